"""Domains: all values of a place with few possible values, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import Any, Final

from mock_server.generation.schema.composition import forbids
from mock_server.generation.schema.json_types import possible_types
from mock_server.generation.schema.nodes import ValueNode
from mock_server.generation.schema.properties import properties
from mock_server.generation.values.keywords import SizeLimits

# The most values of one place, and the most levels of places within each other.
_MOST = 4_096
_MOST_LEVELS = 8
# Stands for the value of an absent property.
_ABSENT: Final = object()


def all_values(node: ValueNode, levels: int = _MOST_LEVELS) -> Iterator[Any]:
    """Yield the possible values of a place, if they can be listed; of some types yield none.

    The values come from types, listed values and bounds, so the caller has to check them. Raises
    BrokenRef.
    """
    listed = [raw.get("enum", [raw["const"]] if "const" in raw else None) for raw in node.raws]
    options = next((values for values in listed if values is not None), None)
    if options is not None:
        yield from options
    elif node.plan.branches:
        for branch in node.plan.branches if levels else ():
            yield from all_values(branch, levels - 1)
    else:
        for name in possible_types(node) or ():
            yield from _of_type(node, name, levels)


def _of_type(node: ValueNode, name: str, levels: int) -> Iterator[Any]:
    if name == "null":
        yield None
    elif name == "boolean":
        yield from (False, True)
    elif name in ("integer", "number"):
        yield from _integers(node)
    elif name == "object" and levels:
        yield from _objects(node, levels - 1)
    elif name == "array" and levels:
        yield from _lists(node, levels - 1)


def _integers(node: ValueNode) -> Iterator[int]:
    """Yield the integers between the bounds, or from the only bound on."""
    lows = [raw[key] for raw in node.raws for key in ("minimum", "exclusiveMinimum") if key in raw]
    highs = [raw[key] for raw in node.raws for key in ("maximum", "exclusiveMaximum") if key in raw]
    if lows:
        low = int(max(lows))
        yield from range(low - 1, int(min(highs)) + 2 if highs else low + _MOST)
    else:
        high = int(min(highs, default=_MOST))
        yield from range(high, high - _MOST, -1)


def _objects(node: ValueNode, levels: int) -> Iterator[dict[str, Any]]:
    found = list(properties(node, {}))
    columns = [
        [*([] if entry.required else [_ABSENT]), *_few(entry.node, levels)] for entry in found
    ]
    for row in product(*columns):
        pairs = zip(found, row, strict=True)
        yield {entry.name: value for entry, value in pairs if value is not _ABSENT}


def _lists(node: ValueNode, levels: int) -> Iterator[list[Any]]:
    parts = [part.child("items") for part in node.parts if "items" in part.raw]
    if not parts or forbids(parts) or any("prefixItems" in raw for raw in node.raws):
        return
    low, high = SizeLimits.of(node.raws, "Items")
    options = _few(node.node(parts), levels)
    for size in range(low, (low + 8 if high is None else high) + 1):
        yield from map(list, product(options, repeat=size))


def _few(node: ValueNode, levels: int) -> Sequence[Any]:
    return list(islice(all_values(node, levels), _MOST))
