"""JSON texts are read and written exactly, with integers of any size."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core import parse_json, write_json

BORDERS = [
    2**63 - 1, 2**63, 2**64 - 1, 2**64, 10**19 - 1, 10**19, 10**20, 10**30, 10**307,
    -(2**63), -(2**63) - 1, -(2**64), -(10**30),
]  # fmt: skip


@pytest.mark.parametrize("number", BORDERS)
def test_an_integer_of_any_size_is_read_and_written_exactly(number: int) -> None:
    for value in (number, [number], [1, number], {"a": {"b": number}}, {"a": [number, "x"]}):
        for text in (json.dumps(value), json.dumps(value, indent=1), json.dumps(value).encode()):
            found = parse_json(text)
            assert found == value and write_json(found) == orjson_like(value)


def orjson_like(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


@given(
    st.recursive(
        st.integers(-(10**40), 10**40) | st.text() | st.floats(allow_nan=False) | st.booleans(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ).filter(lambda value: "Infinity" not in json.dumps(value))
)
def test_what_is_written_is_what_is_read_again(value: Any) -> None:
    assert parse_json(write_json(value)) == value


@pytest.mark.parametrize(
    "text",
    [
        '{"id": "12345678901234567890123"}',
        "1234567890123456789012.5",
        "1e25",
        "[0.1234567890123456789]",
    ],
)
def test_what_only_looks_like_a_long_integer_is_read_as_ever(text: str) -> None:
    assert parse_json(text) == orjson.loads(text)
    assert type(parse_json(text)) is type(orjson.loads(text))


@pytest.mark.parametrize(
    "text",
    ["[18446744073709551616", "18446744073709551616 NaN", "[018446744073709551616]", "9" * 400],
)
def test_a_text_that_is_no_json_is_refused_beside_long_integers_too(text: str) -> None:
    with pytest.raises(orjson.JSONDecodeError):
        parse_json(text)


def test_a_long_integer_may_stand_deep_inside() -> None:
    depth = 1000
    value = parse_json("[" * depth + str(10**30) + "]" * depth)
    for _ in range(depth):
        value = value[0]
    assert value == 10**30


def test_a_dataclass_may_hold_a_long_integer() -> None:
    @dataclass
    class Order:
        number: int

    assert write_json({"order": Order(10**30)}) == b'{"order":{"number":%d}}' % 10**30


def test_what_json_has_no_word_for_is_refused_as_ever() -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        write_json([10**30, object()])
