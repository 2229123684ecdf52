"""Which types of JSON's a value may have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mock_server.generate.nodes import Node

# An integer is a number.
TYPES = ("object", "array", "string", "number", "boolean", "null")
# The least value of each type; null first, which reads as if nothing were there.
LEAST_VALUES: Sequence[Any] = (None, False, 0, "", [], {})
_KEYWORDS = {
    "object": ("properties", "required", "additionalProperties", "patternProperties",
               "propertyNames", "minProperties", "maxProperties", "dependentRequired",
               "dependentSchemas", "unevaluatedProperties"),
    "array": ("items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems",
              "unevaluatedItems"),
    "string": ("minLength", "maxLength", "pattern", "format", "contentEncoding"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}  # fmt: skip


def types_of(node: Node) -> Sequence[str] | None:
    """The types that all parts allow, or that their keywords are for; None where nothing tells."""
    asked = [raw["type"] for raw in node.raws if "type" in raw]
    if not asked:
        return [name for name, keywords in _KEYWORDS.items() if node.says(*keywords)] or None
    types: Sequence[str] = TYPES
    for names in asked:
        types = _both(types, [names] if isinstance(names, str) else names)
    return types


def _both(types: Sequence[str], names: Sequence[str]) -> list[str]:
    """The types that are among the names; every integer is a number."""
    narrowed = ["integer" if t == "number" and "number" not in names else t for t in types]
    return [t for t in narrowed if t in names or (t == "integer" and "number" in names)]
