"""What stands where in an OpenAPI document (OAS 3.2, section 4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mock_server.core import Tokens

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")

# The members of each kind of object, each by its own kind, as far as references and schemas are
# below it. `{kind}` is a mapping of them, `[kind]` a list.
_MEMBERS: dict[str, dict[str, str]] = {
    "document": {"paths": "{path item}", "webhooks": "{path item}", "components": "components"},
    "components": {
        "schemas": "{schema}",
        "parameters": "{parameter}",
        "headers": "{header}",
        "requestBodies": "{body}",
        "responses": "{response}",
        "callbacks": "{callback}",
        "pathItems": "{path item}",
        "mediaTypes": "{media type}",
        "examples": "{example}",
        "links": "{link}",
        "securitySchemes": "{security scheme}",
    },
    "path item": {
        **dict.fromkeys(METHODS, "operation"),
        "additionalOperations": "{operation}",
        "parameters": "[parameter]",
    },
    "operation": {
        "parameters": "[parameter]",
        "requestBody": "body",
        "responses": "{response}",
        "callbacks": "{callback}",
    },
    "callback": {},  # of any name: see kind_of
    "parameter": {"schema": "schema", "content": "{media type}", "examples": "{example}"},
    "header": {"schema": "schema", "content": "{media type}", "examples": "{example}"},
    "body": {"content": "{media type}"},
    "response": {"headers": "{header}", "content": "{media type}", "links": "{link}"},
    "media type": {
        "schema": "schema",
        "itemSchema": "schema",
        "encoding": "{encoding}",
        "prefixEncoding": "[encoding]",
        "itemEncoding": "encoding",
        "examples": "{example}",
    },
    "encoding": {"headers": "{header}"},
    "example": {},
    "link": {},
    "security scheme": {},
    "schema": {
        **dict.fromkeys(
            ("items", "additionalProperties", "not", "if", "then", "else", "contains",
             "propertyNames", "unevaluatedItems", "unevaluatedProperties", "contentSchema",
             "additionalItems"),
            "schema",
        ),
        **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), "[schema]"),
        **dict.fromkeys(
            ("properties", "patternProperties", "dependentSchemas", "$defs", "definitions",
             "dependencies"),
            "{schema}",
        ),
    },
}  # fmt: skip
KINDS = frozenset(_MEMBERS)
# The keywords whose values are schemas, or have some.
SCHEMA_HOLDERS = frozenset(_MEMBERS["schema"])


def kind_of(owner: str, key: str, value: Any = None) -> str | None:
    """The kind of a member of an object of a kind; None where nothing below it matters."""
    if owner == "schema" and key == "items" and isinstance(value, list):  # up to 2019-09
        return "[schema]"
    if owner == "callback":
        return None if key == "$ref" or key.startswith("x-") else "path item"
    return _MEMBERS[owner].get(key)


def objects(value: Any, kind: str) -> Iterator[tuple[Tokens, str, dict[str, Any]]]:
    """An object and each that is written in it: the steps to it, its kind, and itself."""
    if kind in KINDS and isinstance(value, dict):
        yield (), kind, value
    for step, below, member in _below(value, kind):
        for steps, inner, found in objects(member, below):
            yield (step, *steps), inner, found


def inner_schemas(schema: Any) -> Iterator[Tokens]:
    """The steps from a schema to itself and to each that is written in it, if it is a mapping."""
    for steps, _, _ in objects(schema, "schema"):
        yield steps


def _below(value: Any, kind: str) -> Iterator[tuple[str | int, str, Any]]:
    if kind.startswith("["):
        items = enumerate(value) if isinstance(value, list) else ()
        yield from ((index, kind[1:-1], item) for index, item in items)
    elif isinstance(value, dict):
        for key, item in value.items():
            below = kind[1:-1] if kind.startswith("{") else kind_of(kind, key, item)
            if below is not None:
                yield key, below, item
