"""Records that can't be changed, and their copies that can."""

from __future__ import annotations

import operator
from collections.abc import Callable
from copy import copy, deepcopy
from typing import Any

import orjson
import pytest

from mock_server.frozen import frozen

CHANGES: dict[str, tuple[Any, Callable[[Any], Any]]] = {
    "dict[key] =": ({"a": 1}, lambda v: operator.setitem(v, "a", 2)),
    "del dict[key]": ({"a": 1}, lambda v: operator.delitem(v, "a")),
    "dict |=": ({"a": 1}, lambda v: v.__ior__({"b": 2})),
    "dict.clear": ({"a": 1}, lambda v: v.clear()),
    "dict.pop": ({"a": 1}, lambda v: v.pop("a")),
    "dict.popitem": ({"a": 1}, lambda v: v.popitem()),
    "dict.setdefault": ({"a": 1}, lambda v: v.setdefault("b", 2)),
    "dict.update": ({"a": 1}, lambda v: v.update(a=2)),
    "list[index] =": ([2, 1], lambda v: operator.setitem(v, 0, 5)),
    "list[slice] =": ([2, 1], lambda v: operator.setitem(v, slice(0, 1), [5])),
    "del list[index]": ([2, 1], lambda v: operator.delitem(v, 0)),
    "list +=": ([2, 1], lambda v: v.__iadd__([5])),
    "list *=": ([2, 1], lambda v: v.__imul__(2)),
    "list.append": ([2, 1], lambda v: v.append(5)),
    "list.extend": ([2, 1], lambda v: v.extend([5])),
    "list.insert": ([2, 1], lambda v: v.insert(0, 5)),
    "list.pop": ([2, 1], lambda v: v.pop()),
    "list.remove": ([2, 1], lambda v: v.remove(1)),
    "list.clear": ([2, 1], lambda v: v.clear()),
    "list.sort": ([2, 1], lambda v: v.sort()),
    "list.reverse": ([2, 1], lambda v: v.reverse()),
}


@pytest.mark.parametrize(("value", "change"), CHANGES.values(), ids=CHANGES)
def test_a_record_refuses_every_change(value: Any, change: Callable[[Any], Any]) -> None:
    record = frozen(value)
    with pytest.raises(TypeError, match="make a copy"):
        change(record)
    assert record == value


@pytest.mark.parametrize("copied", [copy, deepcopy])
@pytest.mark.parametrize(("value", "change"), CHANGES.values(), ids=CHANGES)
def test_a_copy_of_a_record_can_be_changed(
    value: Any, change: Callable[[Any], Any], copied: Callable[[Any], Any]
) -> None:
    record = frozen(value)
    own = copied(record)
    change(own)
    assert own != value
    assert record == value


def test_what_stands_inside_a_record_is_frozen_and_in_a_deep_copy_is_not() -> None:
    record = frozen({"a": [{"b": [1]}]})
    with pytest.raises(TypeError):
        record["a"][0]["b"].append(2)
    own = deepcopy(record)
    own["a"][0]["b"].append(2)
    assert (own, record) == ({"a": [{"b": [1, 2]}]}, {"a": [{"b": [1]}]})


@pytest.mark.parametrize("value", [None, True, 1, 1.5, "a"])
def test_a_scalar_stays_itself(value: object) -> None:
    assert frozen(value) is value


def test_a_record_is_written_as_what_it_was() -> None:
    assert orjson.dumps(frozen({"a": [1, {"b": None}]})) == b'{"a":[1,{"b":null}]}'
