"""Parts: the schemas that hold in one place together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import unquote

from mock_server.generation.schema.schema import SchemaSource

_COMPONENT = re.compile(r"#/(?:components/schemas|\$defs|definitions)/([^/]+)$")


def opened(roots: Iterable[SchemaSource]) -> Iterator[SchemaSource]:
    """Yield the schemas and those of their references and `allOf`, each once. Raises BrokenRef."""
    seen: set[str] = set()
    waiting = list(roots)
    while waiting:
        schema = waiting.pop(0)
        raw = schema.raw
        if schema.uri in seen or raw is True or raw == {}:
            continue
        seen.add(schema.uri)
        yield schema
        if isinstance(raw, dict):
            refs = [raw[key] for key in ("$ref", "$dynamicRef") if key in raw]
            waiting += [schema.follow(ref) for ref in refs]
            waiting += [schema.child("allOf", i) for i in range(len(raw.get("allOf", ())))]


def component(schema: SchemaSource) -> str | None:
    """Return the name under which a schema stands among the components."""
    found = _COMPONENT.search(unquote(schema.uri))
    return found and found[1]


def forbids(schemas: Iterable[SchemaSource]) -> bool:
    """Return whether one of the schemas is false, so that no value is allowed."""
    return any(schema.raw is False for schema in schemas)


def place_of(parts: Sequence[SchemaSource], uri: str) -> str:
    """Return the address of the component in a place; `uri` if there is no component."""
    return next((part.uri for part in parts if component(part)), uri)
