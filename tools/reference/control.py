"""The page of the control API, from its OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

import yaml

from tools.reference.markdown import MADE, code, table

_METHODS = ("get", "put", "post", "patch", "delete")
_HEAD = f"""# Control API

{MADE}
A running server describes these calls at `/_mock/openapi.yaml`, and checks each by that document.
How to use them: [the guide](../guides/control-api.md). Who may:
[security](../explanation/security.md).

"""


def page() -> str:
    """Return the whole page."""
    read = document()
    parts = [_HEAD + str(read["info"]["description"])]
    for tag in read["tags"]:
        rows = list(_rows(read, tag["name"]))
        parts.append(f"## {tag['name']}\n\n{tag['description']}\n")
        parts.append(table(("call", "meaning", "parameters and body"), rows))
    return "\n".join(parts)


def document() -> dict[str, Any]:
    """Return the OpenAPI document of the control API."""
    text = files("mock_server.control").joinpath("control.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def _rows(document: Mapping[str, Any], tag: str) -> Iterator[list[str]]:
    for path, item in document["paths"].items():
        shared = item.get("parameters", [])
        for method in _METHODS:
            operation = item.get(method)
            if operation is not None and tag in operation["tags"]:
                call = code(f"{method.upper()} {path}")
                words = ". ".join(_texts(operation))
                given = [*shared, *operation.get("parameters", [])]
                yield [call, words, ", ".join(_inputs(document, given, operation))]


def _texts(operation: Mapping[str, Any]) -> Iterator[str]:
    yield operation["summary"].rstrip(".")
    if "description" in operation:
        yield operation["description"]


def _inputs(
    document: Mapping[str, Any], parameters: list[Any], operation: Mapping[str, Any]
) -> Iterator[str]:
    """Yield the names of query parameters and headers, then the members of the JSON body."""
    for parameter in parameters:
        found = _resolved(document, parameter)
        if found["in"] != "path":
            yield code(found["name"])
    content = _resolved(document, operation.get("requestBody", {})).get("content", {})
    for media in content.values():
        for name in _resolved(document, media.get("schema", {})).get("properties", {}):
            yield code(name) + " (body)"


def _resolved(document: Mapping[str, Any], node: Any) -> Any:
    while "$ref" in node:
        target: Any = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node
