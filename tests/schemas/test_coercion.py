"""Texts become values by the types of a schema, to the letter of JSON's grammar."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.documents.document import BrokenRef
from mock_server.schemas.coercion import EVERYTHING, Types, coerce, types_of


@dataclass
class Schema:
    """A schema in a document of its own, which `#/…` leads around in."""

    raw: Any
    root: Any = field(default=None)

    def child(self, *tokens: str | int) -> Schema:
        raw = self.raw
        for token in tokens:
            raw = raw[token]
        return Schema(raw, self._root)

    def follow(self, ref: str) -> Schema:
        try:
            return Schema(self._root, self._root).child(*ref.split("/")[1:])
        except KeyError:
            raise BrokenRef(ref) from None

    @property
    def _root(self) -> Any:
        return self.raw if self.root is None else self.root


def types(*names: str) -> Types:
    return Types(frozenset(names))


NUMBER = types("number", "integer")
INTEGER = types("integer")


@pytest.mark.parametrize(
    ("text", "allowed", "value"),
    [
        pytest.param("5", INTEGER, 5, id="a whole number"),
        pytest.param("-3", INTEGER, -3, id="a negative number"),
        pytest.param("0", INTEGER, 0, id="zero"),
        pytest.param("-0", INTEGER, 0, id="minus zero"),
        pytest.param("1e3", INTEGER, 1000, id="an exponent that leaves it whole"),
        pytest.param("5E-1", INTEGER, "5E-1", id="an exponent that doesn't"),
        pytest.param("5.0", INTEGER, "5.0", id="a fraction, where only integers are allowed"),
        pytest.param("5", NUMBER, 5, id="a whole number, where any number is allowed"),
        pytest.param("5.0", NUMBER, 5.0, id="a fraction"),
        pytest.param("-2.5e-3", NUMBER, -0.0025, id="a fraction with an exponent"),
        pytest.param("true", types("boolean"), True, id="true"),
        pytest.param("false", types("boolean"), False, id="false"),
        pytest.param("null", types("null", "integer"), None, id="null"),
        pytest.param("", types("null", "integer"), None, id="empty, where null is allowed"),
        pytest.param("5", types("null", "integer"), 5, id="a number beside null"),
        pytest.param("true", types("boolean", "integer"), True, id="a boolean beside a number"),
        pytest.param("1", types("boolean", "integer"), 1, id="a number beside a boolean"),
        pytest.param("5", types("string", "integer"), "5", id="a string goes before a number"),
        pytest.param("true", types("string", "boolean"), "true", id="and before a boolean"),
        pytest.param("null", types("string", "null"), "null", id="and before null"),
        pytest.param("", types("string", "null"), "", id="even an empty one"),
        pytest.param("5", Types(EVERYTHING), "5", id="a schema that says nothing"),
        pytest.param("9" * 4000, INTEGER, int("9" * 4000), id="as long as Python converts"),
    ],
)
def test_a_text_becomes_the_value_that_the_schema_allows(
    text: str, allowed: Types, value: Any
) -> None:
    got = coerce(text, allowed)
    assert (type(got), got) == (type(value), value)


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        *(
            pytest.param(text, NUMBER, id=name)
            for name, text in {
                "hexadecimal": "0x5",
                "a space": " 5",
                "a line end": "5\n",
                "an underscore": "1_000",
                "Arabic digits": "٣",
                "full-width digits": "５",
                "a leading zero": "007",
                "a plus sign": "+5",
                "no digit before the point": ".5",
                "no digit after the point": "5.",
                "an empty exponent": "5e",
                "NaN": "NaN",
                "infinity": "Infinity",
                "beyond every float": "1e999",
                "more digits than Python converts": "9" * 5000,
                "empty": "",
                "null": "null",
            }.items()
        ),
        pytest.param("True", types("boolean"), id="a capital letter"),
        pytest.param("1", types("boolean"), id="a number for a boolean"),
        pytest.param("", types("boolean"), id="a flag without a value"),
        pytest.param("NULL", types("null"), id="null in capitals"),
        pytest.param("5", types("array"), id="a number for an array"),
        pytest.param("5", types(), id="a schema that allows nothing"),
    ],
)
def test_what_fits_nothing_stays_a_text_for_the_validator(text: str, allowed: Types) -> None:
    assert coerce(text, allowed) == text


KINDS: dict[str, type] = {"integer": int, "number": float, "boolean": bool, "null": type(None)}
NUMBER_LIKE = st.text("0123456789.eE+-", max_size=12)


@given(
    text=st.text() | NUMBER_LIKE | st.sampled_from(["true", "false", "null", ""]),
    names=st.sets(st.sampled_from(sorted(EVERYTHING))),
)
def test_only_types_that_are_allowed_come_out(text: str, names: set[str]) -> None:
    got = coerce(text, types(*names))
    assert got == text or type(got) in {KINDS[name] for name in names if name in KINDS}


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_is_read_as_it_is_written(number: float) -> None:
    assert coerce(repr(number), NUMBER) == number


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        pytest.param(True, EVERYTHING, id="true"),
        pytest.param(False, (), id="false"),
        pytest.param({}, EVERYTHING, id="empty"),
        pytest.param({"description": "any"}, EVERYTHING, id="no type"),
        pytest.param({"properties": {"a": {}}}, EVERYTHING, id="properties without a type"),
        pytest.param({"type": "string"}, ("string",), id="one type"),
        pytest.param({"type": ["string", "null"]}, ("string", "null"), id="several types"),
        pytest.param({"type": "number"}, ("number", "integer"), id="a number may be whole"),
        pytest.param({"enum": ["a", 1, None]}, ("string", "integer", "number", "null"), id="enum"),
        pytest.param({"enum": [True]}, ("boolean",), id="a boolean is no number"),
        pytest.param({"enum": [[], {}]}, ("array", "object"), id="enum of an array and an object"),
        pytest.param({"type": "integer", "enum": [1, 2]}, ("integer",), id="type and enum"),
        pytest.param({"type": "string", "enum": [1]}, (), id="type against enum"),
        pytest.param({"const": None}, ("null",), id="const null"),
        pytest.param({"const": 1.0}, ("integer", "number"), id="const 1.0 is 1"),
        pytest.param(
            {"allOf": [{"type": "number"}, {"type": ["integer", "string"]}]},
            ("integer",),
            id="allOf is what all allow",
        ),
        pytest.param(
            {"oneOf": [{"type": "string"}, {"type": "array"}]}, ("string", "array"), id="oneOf"
        ),
        pytest.param(
            {"anyOf": [{"type": "boolean"}, {"type": "null"}]}, ("boolean", "null"), id="anyOf"
        ),
        pytest.param({"anyOf": [{"type": "null"}, {}]}, EVERYTHING, id="anyOf something and any"),
        pytest.param(
            {"type": "string", "oneOf": [{"type": "string"}, {"type": "null"}]},
            ("string",),
            id="type and oneOf",
        ),
        pytest.param(
            {"$ref": "#/$defs/a", "$defs": {"a": {"type": "integer"}}}, ("integer",), id="$ref"
        ),
        pytest.param(
            {"$ref": "#/$defs/a", "type": "null", "$defs": {"a": {"type": ["integer", "null"]}}},
            ("null",),
            id="$ref with a sibling",
        ),
        pytest.param({"$ref": "#/nowhere"}, EVERYTHING, id="$ref to nothing"),
        pytest.param({"$ref": "#"}, EVERYTHING, id="$ref to itself"),
        pytest.param(
            {"allOf": [{"$ref": "#"}, {"type": "string"}]}, ("string",), id="allOf with itself"
        ),
    ],
)
def test_a_schema_names_its_types(raw: Any, names: tuple[str, ...]) -> None:
    assert types_of(Schema(raw)).names == frozenset(names)


def test_members_of_an_array_have_types_by_position() -> None:
    raw = {"type": "array", "prefixItems": [{"type": "null"}], "items": {"type": "integer"}}
    inside = types_of(Schema(raw)).inside
    assert [inside.item(index).names for index in (0, 1, 99)] == [
        {"null"},
        {"integer"},
        {"integer"},
    ]


@pytest.mark.parametrize(
    ("raw", "known", "other", "free"),
    [
        pytest.param({}, {"integer"}, EVERYTHING, False, id="nothing said about others"),
        pytest.param({"additionalProperties": False}, {"integer"}, set(), False, id="forbidden"),
        pytest.param({"additionalProperties": True}, {"integer"}, EVERYTHING, True, id="allowed"),
        pytest.param(
            {"additionalProperties": {"type": "null"}}, {"integer"}, {"null"}, True, id="typed"
        ),
        pytest.param(
            {"patternProperties": {"^x": {"type": "null"}}, "additionalProperties": False},
            {"integer"},
            {"null"},
            True,
            id="by a pattern",
        ),
        pytest.param(
            {"additionalProperties": True, "allOf": [{"additionalProperties": False}]},
            set(),
            set(),
            False,
            id="allowed here, forbidden in allOf",
        ),
        pytest.param(
            {"allOf": [{"type": "object", "properties": {"a": {"minimum": 1}}}]},
            {"integer"},
            EVERYTHING,
            False,
            id="declared twice",
        ),
        pytest.param(
            {"allOf": [{"additionalProperties": {"type": "null"}}]},
            set(),
            {"null"},
            True,
            id="allOf doesn't know the properties beside it",
        ),
    ],
)
def test_properties_have_types_by_name(
    raw: dict[str, Any], known: set[str], other: set[str], free: bool
) -> None:
    allowed = types_of(Schema({"type": "object", "properties": {"a": {"type": "integer"}}, **raw}))
    inside = allowed.inside
    named = [set(inside.property(name).names) for name in "az"]
    assert (named, inside.free) == ([known, set(other)], free)


def test_what_stands_inside_one_alternative_is_not_diluted_by_the_others() -> None:
    array = {"type": "array", "items": {"type": "integer"}}
    allowed = types_of(Schema({"oneOf": [{"type": "string"}, array]}))
    assert allowed.inside.item(0).names == {"integer"}


def test_alternatives_add_up_inside() -> None:
    arrays = [{"type": "array", "items": {"type": name}} for name in ("integer", "null")]
    assert types_of(Schema({"anyOf": arrays})).inside.item(0).names == {"integer", "null"}


A = {"type": "object", "properties": {"n": {"type": "integer"}}}


@pytest.mark.parametrize(
    ("other", "names"),
    [
        pytest.param({"type": "object", "properties": {"b": {}}}, {"integer"}, id="not spoken of"),
        pytest.param({"properties": {"b": {}}}, {"integer"}, id="by one without a type"),
        pytest.param({**A, "additionalProperties": False}, {"integer"}, id="by both"),
        pytest.param(
            {"type": "object", "additionalProperties": False}, {"integer"}, id="forbidden by one"
        ),
        pytest.param({"type": "object", "additionalProperties": True}, {"integer"}, id="anything"),
        pytest.param(
            {"type": "object", "additionalProperties": {"type": "null"}},
            {"integer", "null"},
            id="another type by one",
        ),
    ],
)
@pytest.mark.parametrize("keyword", ["oneOf", "anyOf"])
def test_an_alternative_that_does_not_speak_of_a_property_leaves_it_to_the_others(
    keyword: str, other: Any, names: set[str]
) -> None:
    for alternatives in ([A, other], [other, A], [other, other, A]):
        allowed = types_of(Schema({keyword: alternatives}))
        assert allowed.inside.property("n").names == names


def test_an_alternative_that_does_not_speak_of_items_leaves_them_to_the_others() -> None:
    arrays = [{"type": "array"}, {"type": "array", "items": {"type": "integer"}}]
    assert types_of(Schema({"oneOf": arrays})).inside.item(0).names == {"integer"}


AUTO_OR_NUMBER = {"oneOf": [{"type": "string", "enum": ["auto", "7"]}, {"type": "integer"}]}


@pytest.mark.parametrize(
    ("raw", "text", "value"),
    [
        pytest.param(AUTO_OR_NUMBER, "auto", "auto", id="one that is listed"),
        pytest.param(AUTO_OR_NUMBER, "7", "7", id="one that is listed goes before a number"),
        pytest.param(AUTO_OR_NUMBER, "5", 5, id="a number"),
        pytest.param(AUTO_OR_NUMBER, "no", "no", id="neither, left to the validator"),
        pytest.param({"anyOf": [{"const": "all"}, {"type": "boolean"}]}, "true", True, id="const"),
        pytest.param({"enum": ["a", None]}, "", None, id="null beside what is listed"),
        pytest.param(
            {"anyOf": [{"const": "a"}, {"type": ["string", "integer"]}]}, "5", "5", id="any string"
        ),
        pytest.param(
            {"type": ["string", "integer"], "allOf": [{"enum": ["a", 5]}]}, "5", 5, id="allOf"
        ),
    ],
)
def test_where_strings_are_listed_others_are_none(raw: Any, text: str, value: Any) -> None:
    assert coerce(text, types_of(Schema(raw))) == value


def test_a_schema_that_holds_itself_is_read_as_deep_as_one_looks() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#"}, "at": {"type": "integer"}}}
    allowed = types_of(Schema(node))
    for _ in range(1000):
        allowed = allowed.inside.property("next")
    assert allowed.inside.property("at").names == {"integer"}


def test_a_schema_that_holds_itself_is_read_once() -> None:
    allowed = types_of(
        Schema({"type": "array", "items": {"oneOf": [{"$ref": "#"}, {"$ref": "#"}]}})
    )
    assert allowed.inside.item(0) is allowed
