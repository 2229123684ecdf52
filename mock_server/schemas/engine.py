"""The JSON Schema engine: the dialects that it speaks, and how it is asked."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

import jsonschema_rs

from mock_server.documents import BrokenRef
from mock_server.patterns import is_readable
from mock_server.schemas.number_texts import NUMBER_TEXTS

Registry = jsonschema_rs.Registry
Validator = jsonschema_rs.Validator
ValidationError = jsonschema_rs.ValidationError

LATEST = "https://json-schema.org/draft/2020-12/schema"
# The dialects that `jsonSchemaDialect` and `$schema` may name (OAS 3.1.1, section 4.8.1).
DRAFTS = {
    "http://json-schema.org/draft-04/schema": jsonschema_rs.Draft4,
    "http://json-schema.org/draft-06/schema": jsonschema_rs.Draft6,
    "http://json-schema.org/draft-07/schema": jsonschema_rs.Draft7,
    "https://json-schema.org/draft/2019-09/schema": jsonschema_rs.Draft201909,
    LATEST: jsonschema_rs.Draft202012,
}

_VALIDATORS = {
    jsonschema_rs.Draft4: jsonschema_rs.Draft4Validator,
    jsonschema_rs.Draft6: jsonschema_rs.Draft6Validator,
    jsonschema_rs.Draft7: jsonschema_rs.Draft7Validator,
    jsonschema_rs.Draft201909: jsonschema_rs.Draft201909Validator,
    jsonschema_rs.Draft202012: jsonschema_rs.Draft202012Validator,
}

# What is raised for a schema that can't be used.
UNUSABLE = (
    BrokenRef,
    jsonschema_rs.ValidationError,
    jsonschema_rs.ReferencingError,
    ValueError,
)


def _is_byte(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def registered(resources: Iterable[tuple[str, Any]]) -> Registry:
    """Documents by address, for references between them; each names its dialect."""
    return Registry(resources)


def compiled(schema: dict[str, Any], registry: Registry, dialect: str) -> Validator:
    """What judges values by a schema. Raises what is UNUSABLE."""
    return _VALIDATORS[DRAFTS[dialect]](
        schema,
        registry=registry,
        validate_formats=True,
        formats={"byte": _is_byte, "regex": is_readable, **NUMBER_TEXTS},
        offline=True,
    )


class Judge(NamedTuple):
    """What judges by one schema: an engine for it alone, or one for many.

    In one for many a value stands under the schema's own key, and `depth` steps lead to it.
    """

    engine: Validator
    key: str | None = None

    @property
    def depth(self) -> int:
        """How many steps lead to the value in what the engine is given."""
        return 0 if self.key is None else 1

    @property
    def is_valid(self) -> Callable[[Any], bool]:
        """What says yes or no: the engine's own method where nothing need stand between."""
        engine, key = self
        return engine.is_valid if key is None else lambda value: engine.is_valid({key: value})

    def errors(self, value: Any) -> Iterator[ValidationError]:
        """Every reason for a no."""
        return self.engine.iter_errors(value if self.key is None else {self.key: value})


@cache
def meta(dialect: str) -> jsonschema_rs.Validator:
    """What judges the schemas of a dialect themselves; the engine knows each draft's own."""
    validator = _VALIDATORS[DRAFTS[dialect]]
    return validator({"$ref": f"{dialect}#" if "draft-0" in dialect else dialect}, offline=True)
