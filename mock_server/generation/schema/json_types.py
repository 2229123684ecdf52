"""The JSON types that a value may have."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from mock_server.generation.schema.nodes import ValueNode

# An integer is a number.
TYPES = ("object", "array", "string", "number", "boolean", "null")
# The numbers that aren't integers. Only generated schemas have this type, for `not`.
FRACTION = "(fraction)"
# The least value of each type; null first, because most clients read it as absent.
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
    """Return the types that all parts allow, else those of their keywords; None if unknown."""
    asked = [raw["type"] for raw in node.raws if "type" in raw]
    if not asked:
        return [name for name, keywords in _KEYWORDS.items() if node.says(*keywords)] or None
    types: Sequence[str] = TYPES
    for names in asked:
        types = _both(types, [names] if isinstance(names, str) else names)
    return types


def other_types(node: ValueNode, types: Sequence[str]) -> list[str]:
    """Return the types that a value may have besides those that the keywords apply to.

    A keyword doesn't restrict other types: `{contains: false}` allows anything but lists.
    """
    return [] if node.says("type") else [name for name in TYPES if name not in types]


def _both(types: Sequence[str], names: Sequence[str]) -> list[str]:
    """Return the types that both lists allow; `number` includes integers and fractions."""
    return list(dict.fromkeys(chain.from_iterable(_common(name, names) for name in types)))


def _common(name: str, names: Sequence[str]) -> Sequence[str]:
    if name in names:
        return [name]
    if name == "number":
        return [kind for kind in ("integer", FRACTION) if kind in names]
    return [name] if name in ("integer", FRACTION) and "number" in names else []
