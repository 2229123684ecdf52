"""Values with something in them changed; what isn't is shared with them."""

from __future__ import annotations

from collections.abc import Callable, Set
from operator import is_not
from typing import Any

from mock_server.core.json_pointer import Tokens


def changed(value: dict[str, Any], change: Callable[[str, Any], Any]) -> dict[str, Any]:
    """Return the mapping with each member changed; the same object if nothing did."""
    new: dict[str, Any] = {}
    for key, item in value.items():
        after = change(key, item)
        if after is not item:
            new[key] = after
    return {**value, **new} if new else value


def changed_list(value: list[Any], change: Callable[[Any], Any]) -> list[Any]:
    """Return the list with each element changed; the same object if nothing did."""
    new = [change(item) for item in value]
    return new if any(map(is_not, new, value)) else value


def with_changes(
    value: Any, tokens: Tokens, places: Set[Tokens], change: Callable[[Tokens, dict[str, Any]], Any]
) -> Any:
    """The value with each mapping at one of the places changed, the inner ones first.

    What isn't changed is shared: who knows a mapping by its identity finds it again.
    """
    if isinstance(value, list):
        new = [with_changes(v, (*tokens, i), places, change) for i, v in enumerate(value)]
        return new if any(a is not b for a, b in zip(new, value, strict=True)) else value
    if not isinstance(value, dict):
        return value
    inside = changed(value, lambda key, v: with_changes(v, (*tokens, key), places, change))
    return change(tokens, inside) if tokens in places else inside


def with_value(value: Any, tokens: Tokens, new: Any) -> Any:
    """The value with another at those steps, all that isn't on the way shared."""
    if not tokens:
        return new
    step, rest = tokens[0], tokens[1:]
    if isinstance(value, list):
        index = int(step)
        return [*value[:index], with_value(value[index], rest, new), *value[index + 1 :]]
    return {**value, step: with_value(value[step], rest, new)}
