"""Which types of JSON's a value may have."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from mock_server.generation.schema.nodes import ValueNode

# An integer is a number.
TYPES = ("object", "array", "string", "number", "boolean", "null")
# The numbers that are no integers: what `not` asks for, no document.
FRACTION = "(fraction)"
# The least value of each type; null first, which reads as if nothing were there.
LEAST_VALUES: Sequence[Any] = (None, False, 0, "", [], {})
_KEYWORDS = {
    "object": ("properties", "required", "additionalProperties", "patternProperties",
               "propertyNames", "minProperties", "maxProperties", "dependentRequired",
               "dependentSchemas", "unevaluatedProperties"),
    "array": ("items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems",
              "unevaluatedItems"),
    "string": ("minLength", "maxLength", "pattern", "format", "contentEncoding",
               "contentMediaType", "contentSchema"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}  # fmt: skip


def possible_types(node: ValueNode) -> Sequence[str] | None:
    """The types that all parts allow, or that their keywords are for; None where nothing tells."""
    asked = [raw["type"] for raw in node.raws if "type" in raw]
    if not asked:
        return [name for name, keywords in _KEYWORDS.items() if node.says(*keywords)] or None
    types: Sequence[str] = TYPES
    for names in asked:
        types = _both(types, [names] if isinstance(names, str) else names)
    return types


def _both(types: Sequence[str], names: Sequence[str]) -> list[str]:
    """The types that are among the names, or those that they have in common with them."""
    return list(dict.fromkeys(chain.from_iterable(_common(name, names) for name in types)))


def _common(name: str, names: Sequence[str]) -> Sequence[str]:
    if name in names:
        return [name]
    if name == "number":
        return [kind for kind in ("integer", FRACTION) if kind in names]
    return [name] if name in ("integer", FRACTION) and "number" in names else []
