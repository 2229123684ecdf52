"""JSON values compared as WireMock's `equalToJson` does, with a bound on the work."""

from __future__ import annotations

from typing import Any

# How deep a wanted value may be, and how many pairs of values are compared in one body.
MOST_DEPTH = 100
MOST_PAIRS = 500_000


class TooMuch(ValueError):
    """An error for a comparison that goes beyond one of the limits, which its text names."""


class Comparison:
    """A comparison of JSON values with a wanted one.

    With `any_order` lists may be in any order; with `more` objects may have further members. Raises
    TooMuch for a wanted value that is too deep.
    """

    def __init__(self, wanted: Any, any_order: bool, more: bool) -> None:
        if _is_deeper(wanted, MOST_DEPTH):
            raise TooMuch(f"equalToJson is more than {MOST_DEPTH} levels deep")
        self._wanted, self._any_order, self._more = wanted, any_order, more
        self._left = MOST_PAIRS

    def holds(self, found: Any) -> bool:
        """Return whether a value is as wanted. Raises TooMuch."""
        self._left = MOST_PAIRS
        return self._same(self._wanted, found)

    def _same(self, wanted: Any, found: Any) -> bool:
        if isinstance(wanted, dict) and isinstance(found, dict):
            if not self._more and wanted.keys() != found.keys():
                return False
            return all(name in found and self._same(v, found[name]) for name, v in wanted.items())
        if isinstance(wanted, list) and isinstance(found, list):
            if len(wanted) != len(found):
                return False
            if self._any_order:
                return self._same_members(wanted, list(found))
            return all(self._same(w, f) for w, f in zip(wanted, found, strict=True))
        is_boolean = isinstance(wanted, bool)
        return is_boolean is isinstance(found, bool) and bool(wanted == found)

    def _same_members(self, wanted: list[Any], left: list[Any]) -> bool:
        for item in wanted:
            index = next((i for i, other in enumerate(left) if self._is_pair(item, other)), None)
            if index is None:
                return False
            del left[index]
        return True

    def _is_pair(self, wanted: Any, found: Any) -> bool:
        self._left -= 1
        if self._left < 0:
            raise TooMuch(
                f"ignoreArrayOrder compares more than {MOST_PAIRS:,} pairs of values in one body;"
                " expected shorter lists, or the order to count"
            )
        return self._same(wanted, found)


def _is_deeper(value: Any, most: int) -> bool:
    """Return whether a value has more levels than `most`.

    A loop, not a recursion, so that a deep value can't exhaust the stack.
    """
    level = [value]
    for _ in range(most + 1):
        members = [m for v in level if isinstance(v, dict | list) for m in _members(v)]
        if not members:
            return False
        level = members
    return True


def _members(value: dict[str, Any] | list[Any]) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value
