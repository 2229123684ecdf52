"""Verdicts of schemas, with every reason for a no: which field, what is wrong, and why."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from mock_server.errors import Violation
from mock_server.schemas.slices import MOST_EXPLAINED
from tests.helpers.contents import schema_of
from tests.helpers.judge import CONTRACT, Judge
from tests.helpers.large_schemas import BODY, MANY, TEXTS, component, referring


def told(raw: Any, value: Any, **schemas: Any) -> list[str]:
    """Return what is wrong with a value, one sentence each."""
    return [violation.message for violation in schema_of(raw, schemas).violations(value, BODY)]


def only(raw: Any, value: Any, **schemas: Any) -> Violation:
    (violation,) = schema_of(raw, schemas).violations(value, BODY)
    return violation


# Every violation -------------------------------------------------------------------------------

ORDER = {
    "type": "object",
    "required": ["id", "lines", "email"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "email": {"type": "string", "format": "email"},
        "lines": {
            "type": "array",
            "minItems": 2,
            "items": {
                "type": "object",
                "required": ["sku"],
                "properties": {"sku": {"type": "string"}, "count": {"minimum": 1}},
            },
        },
        "2026": {"type": "object", "additionalProperties": {"type": "integer"}},
    },
}


def test_all_violations_are_told_not_the_first_alone() -> None:
    value = {"id": "x", "lines": [{"count": 0}], "2026": {"007": "a", "8": "b"}, "nite": 1}
    found = schema_of(ORDER).violations(value, BODY)
    assert {(v.pointer, v.keyword) for v in found} == {
        ("", "additionalProperties"),
        ("/email", "required"),
        ("/id", "format"),
        ("/lines", "minItems"),
        ("/lines/0/sku", "required"),
        ("/lines/0/count", "minimum"),
        ("/2026/007", "type"),
        ("/2026/8", "type"),
    }


def test_a_violation_names_the_field_the_place_and_the_rule() -> None:
    order = {"required": ["id"], "properties": {"id": {"type": "string"}}}
    found = only({"$ref": "#/components/schemas/Order"}, {"id": 5}, Order=order)
    assert found == Violation(
        location=("request", "body", "id"),
        pointer="/id",
        keyword="type",
        message="id in the body is an integer, 5; expected a string",
        rule="openapi.json#/components/schemas/Order/properties/id/type",
    )


@pytest.mark.parametrize(
    ("where", "field"),
    [
        (("request", "body"), "a[0].b in the body is"),
        (("request", "query", "q"), "q.a[0].b in the query is"),
        (("request", "path", "id"), "id.a[0].b in the path is"),
        (("response", "body"), "a[0].b in the reply's body is"),
        (("response", "header", "X-A"), "X-A.a[0].b in the reply's header is"),
        (("fixture", "value"), "a[0].b in the value is"),
    ],
)
def test_a_field_is_named_with_the_part_it_came_in(where: tuple[str, ...], field: str) -> None:
    inner = {"type": "object", "properties": {"b": {"type": "string"}}}
    schema = schema_of({"properties": {"a": {"items": inner}}})
    (found,) = schema.violations({"a": [{"b": 5}]}, where)
    assert found.message.startswith(field)
    assert found.location == (*where, "a", "0", "b")
    assert found.pointer == "/a/0/b"


@pytest.mark.parametrize(
    "key", ["a/b", "m~n", "", " ", "%25", "ключ", "0", "00", "+5", "-1", "9" * 30, "a.b", "a[0]"]
)
def test_any_key_is_led_to_by_its_pointer(key: str) -> None:
    found = only({"additionalProperties": {"type": "string"}}, {"first": "a", key: 5})
    assert found.location == ("request", "body", key)
    assert found.pointer == "/" + key.replace("~", "~0").replace("/", "~1")


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "a", "bb", "ccc"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "1"]), inner, max_size=3)
    ),
    max_leaves=8,
)
LEAVES = st.one_of(
    st.fixed_dictionaries({"type": st.sampled_from(["string", "integer", "null", "boolean"])}),
    st.fixed_dictionaries({"enum": st.lists(JSON_VALUES, min_size=1, max_size=2)}),
    st.fixed_dictionaries({"minimum": st.integers(-2, 2)}),
    st.fixed_dictionaries({"maxLength": st.integers(0, 2)}),
)
SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.fixed_dictionaries(
            {"type": st.just("array")},
            optional={"items": inner, "maxItems": st.integers(0, 2), "contains": inner},
        ),
        st.fixed_dictionaries(
            {"type": st.just("object")},
            optional={
                "properties": st.dictionaries(st.sampled_from(["a", "1"]), inner, max_size=2),
                "required": st.lists(st.sampled_from("ab"), unique=True),
                "additionalProperties": st.booleans() | inner,
                "propertyNames": LEAVES,
            },
        ),
        st.fixed_dictionaries({"allOf": st.lists(inner, min_size=1, max_size=2)}),
        st.fixed_dictionaries({"anyOf": st.lists(inner, min_size=1, max_size=2)}),
        st.fixed_dictionaries({"oneOf": st.lists(inner, min_size=1, max_size=2)}),
        st.fixed_dictionaries({"not": inner}),
    ),
    max_leaves=6,
)


@given(SCHEMAS, JSON_VALUES)
def test_what_is_told_agrees_with_a_second_engine(raw: Any, value: Any) -> None:
    """The same verdict; violations just where it is no, and at places where it sees errors too."""
    second = Draft202012Validator(raw)
    schema = schema_of(raw)
    found = schema.violations(value, BODY)
    assert schema.is_valid(value) == second.is_valid(value) == (not found)
    places = {tuple(map(str, error.absolute_path)) for error in second.iter_errors(value)}
    missing = {"required", "dependentRequired"}
    seen = {v.location[2:-1] if v.keyword in missing else v.location[2:] for v in found}
    assert seen == places
    assert all(v.message.startswith(("the body ", *_starts(v))) for v in found)


def _starts(violation: Violation) -> tuple[str, ...]:
    steps = violation.location[2:]
    return (f"[{steps[0]}]", steps[0]) if steps else ()


# Of several alternatives the nearest -----------------------------------------------------------

CIRCLE = {"type": "object", "required": ["radius"], "properties": {"radius": {"type": "number"}}}
SQUARE = {
    "type": "object",
    "required": ["side"],
    "properties": {"side": {"type": "object", "required": ["length"]}},
}


@pytest.mark.parametrize(
    ("raw", "value", "message"),
    [
        pytest.param(
            {"oneOf": [{"type": "string"}, CIRCLE]},
            {"radius": "5"},
            'the body is {"radius":"5"} and fits none of 2 alternatives;'
            ' in the nearest radius is a string, "5"; expected a number',
            id="the one of the right type",
        ),
        pytest.param(
            {"anyOf": [CIRCLE, SQUARE]},
            {"side": {}},
            'the body is {"side":{}} and fits none of 2 alternatives;'
            " in the nearest side.length is missing",
            id="the one that leads deepest",
        ),
        pytest.param(
            {"items": {"oneOf": [{"type": "string"}, {"type": "null"}]}},
            ["a", 5],
            "[1] in the body is 5 and fits none of 2 alternatives;"
            " in the nearest it is an integer, 5; expected a string",
            id="none is near",
        ),
        pytest.param(
            {"oneOf": [{"required": ["a"]}, {"required": ["b"]}, {"type": "string"}]},
            {"a": 1, "b": 2},
            'the body is {"a":1,"b":2} and fits 2 of 3 alternatives; expected exactly one to fit',
            id="two fit",
        ),
        pytest.param(
            {"oneOf": [{"oneOf": [{"type": "string"}, CIRCLE]}, {"type": "null"}]},
            {"2026": 1},
            'the body is {"2026":1} and fits none of 2 alternatives; in the nearest'
            ' it is {"2026":1} and fits none of 2 alternatives; in the nearest'
            " radius is missing; expected a number",
            id="alternatives in alternatives",
        ),
        pytest.param(
            {"oneOf": [{"additionalProperties": {"type": "string"}}, {"type": "null"}]},
            {"2026": 1},
            'the body is {"2026":1} and fits none of 2 alternatives;'
            " in the nearest 2026 is an integer, 1; expected a string",
            id="a key in digits",
        ),
        *(
            pytest.param(
                {"anyOf": [{"type": "object", "additionalProperties": False}, {"type": "null"}]},
                {"a": value},
                f'the body is {{"a":{value}}} and fits none of 2 alternatives;'
                ' in the nearest it has the undeclared "a"; expected no properties',
                id=f"an object without properties, not one with {value}",
            )
            for value in (1, [1], [])
        ),
    ],
)  # fmt: skip
def test_of_alternatives_the_nearest_is_explained(raw: Any, value: Any, message: str) -> None:
    assert told(raw, value) == [message]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"type": "string"}, "a in the body is missing; expected a string"),
        ({"$ref": "#/components/schemas/Id"}, "a in the body is missing; expected a UUID such as"),
        ({"enum": ["x", "y"]}, 'a in the body is missing; expected "x" or "y"'),
        (TEXTS, "a in the body is missing; expected a list, each item a string"),
        (True, "a in the body is missing"),
    ],
)
def test_a_missing_property_is_told_with_what_was_expected(raw: Any, message: str) -> None:
    schema = {"required": ["a"], "properties": {"a": raw}}
    found = told(schema, {}, Id={"type": "string", "format": "uuid"})
    assert len(found) == 1
    assert found[0].startswith(message)


# Large values ----------------------------------------------------------------------------------


@pytest.mark.parametrize("levels", [300, 900, 5_000])
def test_a_deep_wrong_value_is_told_of(levels: int) -> None:
    value: Any = 5
    for _ in range(levels):
        value = [value]
    schema = schema_of({"items": {"$ref": "#/components/schemas/A"}}, {"A": {"type": "string"}})
    assert [v.pointer for v in schema.violations(value, BODY)] == ["/0"]


@pytest.mark.parametrize(
    "index", [0, 1, MOST_EXPLAINED - 1, MOST_EXPLAINED, 3 * MOST_EXPLAINED + 7]
)
@pytest.mark.parametrize(
    ("raw", "around"),
    [
        pytest.param(TEXTS, lambda items: items, id="alone"),
        pytest.param(
            {"properties": {"keys": TEXTS}},
            lambda items: {"first": 1, "keys": items, "last": {"a": 1}},
            id="in an object",
        ),
        pytest.param(
            {"properties": {"keys": {"additionalProperties": {"type": "string"}}}},
            lambda items: {"keys": {f"k{n}": item for n, item in enumerate(items)}, "last": 1},
            id="as a mapping",
        ),
    ],
)  # fmt: skip
def test_the_one_wrong_item_is_found_wherever_it_stands(raw: Any, around: Any, index: int) -> None:
    items: list[Any] = ["a"] * (4 * MOST_EXPLAINED)
    items[index] = 5
    found = only(raw, around(items))
    assert found.keyword == "type"
    assert found.location[-1] in (str(index), f"k{index}")
    assert found.message.endswith("in the body is an integer, 5; expected a string")


@pytest.mark.parametrize(
    ("raw", "value", "expected"),
    [
        pytest.param(
            {**TEXTS, "maxItems": 10}, ["a"] * MANY,
            {(f"the body has {MANY} items; expected at most 10 items")},
            id="too long",
        ),
        pytest.param(
            {**TEXTS, "minItems": 2 * MOST_EXPLAINED}, ["a"] * MANY + [5],
            {f"[{MANY}] in the body is an integer, 5; expected a string"},
            id="long enough, though a piece of it would not be",
        ),
        pytest.param(
            {"required": ["z", "a"]}, {"a": ["b"] * MANY},
            {"z in the body is missing"},
            id="what is missing beside a long list",
        ),
        pytest.param(
            {"required": ["z"], "additionalProperties": {"type": "integer"}},
            {**dict.fromkeys(map(str, range(MANY)), 1), "z": "last"},
            {'z in the body is a string, "last"; expected an integer'},
            id="what is there, though not in the first piece",
        ),
    ],
)  # fmt: skip
def test_nothing_is_told_that_is_not_true_of_the_whole(
    raw: Any, value: Any, expected: set[str]
) -> None:
    assert set(told(raw, value)) == expected


def test_ten_thousand_wrong_keys_are_all_told() -> None:
    keys = MOST_EXPLAINED - 1
    raw = {"properties": {"object_keys": TEXTS}}
    found = schema_of(raw).violations({"object_keys": [5] * keys}, BODY)
    assert [v.pointer for v in found] == [f"/object_keys/{n}" for n in range(keys)]


# Schemas that can't be used --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "flaw"),
    [
        ({"type": "strin"}, "/type: "),
        ({"type": 5}, "/type: "),
        (
            {"properties": {"a": {"minLength": "5"}}},
            '/properties/a/minLength: `minLength` is a string, "5"; expected an integer',
        ),
        ({"required": True}, "/required: `required` is a boolean, true; expected a list"),
        ({"properties": {"0": {"allOf": 5}}}, "/properties/0/allOf: "),
        ({"items": {"$ref": "#/nowhere"}}, "/items/$ref: $ref #/nowhere: "),
        ({"$ref": "#/components/schemas/Loop"}, "/$ref: $ref #/components/schemas/Loop leads back"),
        ({"$ref": "other.json"}, "/$ref: $ref other.json: "),
        ({"$ref": "//["}, "/$ref: $ref //[ is no address"),
        ({"anyOf": [{"$ref": "#here"}]}, "/anyOf/0/$ref: $ref #here: "),
    ],
)
def test_a_schema_that_cannot_be_used_says_where_and_why(raw: Any, flaw: str) -> None:
    schema = schema_of(raw, {"Loop": {"$ref": "#/components/schemas/Loop"}})
    if "leads back" not in flaw:
        assert schema.compile()
    else:
        assert schema.compile() == "$ref #/components/schemas/Loop leads back to itself"
    flaws = ["".join(f"/{t}" for t in tokens[2:]) + f": {why}" for tokens, why in schema.flaws()]
    assert len(flaws) == 1
    assert flaws[0].startswith(flaw)


@pytest.mark.parametrize("raw", [{"type": 5}, {"pattern": "["}, {"$ref": "#/nowhere"}, 5, None, []])
def test_a_schema_that_cannot_be_used_accepts_everything(raw: Any) -> None:
    schema = schema_of(raw)
    assert schema.is_valid({"a": [1]})
    assert schema.violations({"a": [1]}, BODY) == []
    assert schema.fault


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        ({"type": 5, "minLength": 1}, {"minLength": 1}),
        ({"properties": [], "allOf": 5, "required": [5], "$ref": 5, "enum": 5}, {}),
        ({"type": "string", "description": None, "examples": {}}, {"type": "string"}),
        ({"properties": {"a": 5, "b": {"type": 5}}}, {"properties": {"a": 5, "b": {"type": 5}}}),
        (5, True),
        (None, True),
        ([], True),
        (False, False),
    ],
)
def test_who_walks_a_schema_does_not_meet_what_is_no_keyword(raw: Any, seen: Any) -> None:
    outer = schema_of({"properties": {"it": raw}})
    assert outer.child("properties", "it").raw == seen


def test_a_wrong_annotation_does_not_spoil_a_schema() -> None:
    schema = schema_of({"type": "string", "description": None, "examples": {"a": "b"}})
    assert schema.compile() is None
    assert [schema.is_valid(v) for v in ("a", 5)] == [True, False]


def test_references_that_lead_back_to_themselves_are_no_endless_way() -> None:
    loops = {"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}}
    schema = schema_of({"properties": {"a": {"$ref": "#/components/schemas/A"}}}, loops)
    assert schema.child("properties", "a").is_valid(5)
    assert schema.is_valid({"a": 5})


# Many schemas ----------------------------------------------------------------------------------


def test_schemas_judge_the_same_alone_and_among_many() -> None:
    """Many schemas are compiled together; one that can't be used spoils no other."""
    texts = {f"S{n}": {"type": "string", "maxLength": n} for n in range(300)}
    schemas = {**texts, "Bad": {"type": 5}, "Lost": {"$ref": "#/nowhere"}}
    first = schema_of({"type": "array"}, schemas)
    many = [component(first, name) for name in schemas]
    verdicts = [(s.is_valid("a" * n), s.is_valid("a" * (n + 1))) for n, s in enumerate(many[:300])]
    assert verdicts == [(True, False)] * 300
    assert [bool(s.compile()) for s in many[-3:]] == [False, True, True]
    (found,) = many[7].violations("a" * 8, BODY)
    assert found.rule == "openapi.json#/components/schemas/S7/maxLength"


@pytest.mark.parametrize(
    "value",
    [
        "no object",
        {"id": 5, "lines": [{"sku": 1}, {"count": 0}], "other": True},
        {"2026": {"0": {"1": "x"}, "": None}},
        {"lines": [{"sku": 1}] * (MOST_EXPLAINED + 2)},
    ],
    ids=["a text", "several violations", "keys in digits", "a long list"],
)
def test_schemas_explain_the_same_alone_and_among_many(value: Any) -> None:
    alone, *_ = referring({"Order": ORDER})
    among, *_ = referring({"Order": ORDER} | {f"S{n}": {"maxLength": n} for n in range(100)})
    assert among.violations(value, BODY) == alone.violations(value, BODY) != []


def test_what_is_wrong_is_told_the_same_alone_and_among_many() -> None:
    own = {
        "S7": {"properties": {"5": {"items": {"$ref": "#/components/schemas/S8"}}}},
        "S8": {"oneOf": [{"type": "string"}, {"required": ["a"], "type": "object"}]},
    }
    others = {
        f"S{n}": {"properties": {"b": {"$ref": "#/components/schemas/S8"}}} for n in range(99)
    }
    few, many = (
        component(schema_of({}, {**rest, **own}), "S7").violations({"5": ["a", {"b": 1}]}, BODY)
        for rest in ({}, others)
    )
    assert many == few
    assert [violation.pointer for violation in many] == ["/5/1"]


def test_a_schema_is_the_same_however_it_is_reached() -> None:
    schema = schema_of({"items": {"$ref": "#/components/schemas/A"}}, {"A": {"type": "string"}})
    again = schema.child("items").follow("#/components/schemas/A")
    assert again is component(schema, "A")
    assert again.name == "openapi.json#/components/schemas/A"


@pytest.mark.parametrize(
    ("ref", "valid"),
    [("#first", "a"), ("https://example.com/own", 5), ("https://example.com/own#inner", None)],
)
def test_names_of_schemas_are_followed(ref: str, valid: Any) -> None:
    schemas = {
        "A": {"$anchor": "first", "type": "string"},
        "B": {
            "$id": "https://example.com/own",
            "type": "integer",
            "$defs": {"C": {"$dynamicAnchor": "inner", "type": "null"}},
        },
    }
    found = schema_of({}, schemas).follow(ref)
    assert [value for value in ("a", 5, None) if found.is_valid(value)] == [valid]


# The shipped contract --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pointer", "value", "message"),
    [
        ("JobStatus", "done", 'the body is "done" and fits none of 5 alternatives'),
        ("JobStatus", {"complete": {}}, "in the nearest complete.finished_at is missing"),
        (
            "IndexJobMetadata",
            "web_scrape",
            'the body is a string, "web_scrape"; expected an object',
        ),
        (
            "GitRefIdentifier",
            {"sha": "a", "branch": "b"},
            "fits 2 of 2 alternatives; expected exactly one to fit",
        ),
        ("SourceId", "x", 'the body is "x"; expected a UUID such as'),
        ("LatestByKeysRequest", {}, "object_keys in the body is missing; expected a list"),
        ("LatestByKeysRequest", {"object_keys": "a"}, 'object_keys in the body is a string, "a"'),
    ],
)
def test_the_shipped_contract_is_explained(pointer: str, value: Any, message: str) -> None:
    judge = Judge.of(CONTRACT)
    schema = schema_of(
        {"$ref": f"#/components/schemas/{pointer}"}, judge.document["components"]["schemas"]
    )
    assert judge.faults_at(f"/components/schemas/{pointer}", value)
    assert message in "; ".join(v.message for v in schema.violations(value, BODY))
