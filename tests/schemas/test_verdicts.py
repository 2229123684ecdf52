"""Every keyword, format and dialect, judged as its specification states."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from jsonschema.validators import validator_for  # type: ignore[import-untyped]

from mock_server.documents.document import Document, Documents
from mock_server.schemas import Schema, Schemas

LATEST = "https://json-schema.org/draft/2020-12/schema"
DRAFT_2019 = "https://json-schema.org/draft/2019-09/schema"
DRAFT_7, DRAFT_6, DRAFT_4 = (f"http://json-schema.org/draft-0{n}/schema#" for n in (7, 6, 4))

# Where a verdict is another one than that of the JSON Schema test suite, by its names there, and
# why. All else in its tests for draft 4, 6, 7, 2019-09 and 2020-12 agrees, the optional ones too.
KNOWN = {
    "format: … is only an annotation by default": "formats are asserted",
    "refRemote, and references to a meta-schema": "no other host is asked; a copy with that `$id`"
    " among the schemas is found",
    "optional/cross-draft": "the same: what it refers to is on another host",
    "vocabulary: a meta-schema that leaves out the validation vocabulary": "a `$schema` that is no"
    " dialect of JSON Schema's own is taken for the document's",
    "recursiveRef: $recursiveRef with nesting, … with several `$id`s": "the engine doesn't enter"
    " the outermost schema of 2019-09 again; `$dynamicRef` of 2020-12 does",
    "draft4, zeroTerminatedFloats: 1.0 is no integer": "it is one, as in every later dialect",
    "draft4, id": "OpenAPI 3.0 has no `id`; with `jsonSchemaDialect` draft 4 has it",
}


def schema_in(schemas: dict[str, Any], version: str = "3.1.0", dialect: str = "") -> Schema:
    """Return the component `It` of a document."""
    whole = {"openapi": version, "components": {"schemas": schemas}}
    document = Document(Path("/api/openapi.json"), b"", "", whole, True)
    compiled = Schemas(Documents(document), "reply", version.startswith("3.0"), dialect)
    return compiled.place(document, ("components", "schemas", "It"))


def verdicts(schema: Schema, values: Sequence[Any]) -> list[bool]:
    assert schema.compile() is None
    return [schema.is_valid(value) for value in values]


Case = tuple[Any, list[Any], list[Any]]

# Keywords of 2020-12: what satisfies them, and what doesn't.
KEYWORDS: dict[str, list[Case]] = {
    "type": [
        ({"type": "integer"}, [1, 1.0, -(10**30)], [1.5, "1", True, None]),
        ({"type": "number"}, [1, 1.5], ["1", False]),
        ({"type": ["string", "null"]}, ["", None], [0, {}, []]),
        ({"type": "boolean"}, [True, False], [0, 1, "true"]),
        ({"type": "object"}, [{}], [[], "{}"]),
        ({"type": "array"}, [[]], [{}, "[]"]),
    ],
    "enum": [
        ({"enum": [1, "a", None, [1], {"a": 1}]}, [1.0, "a", None, [1.0], {"a": 1}], [True, [], 0]),
        ({"enum": [False]}, [False], [0, "", None]),
    ],
    "const": [
        ({"const": 1}, [1, 1.0], [True, "1"]),
        ({"const": None}, [None], [0, False, ""]),
        ({"const": {"a": [0, False]}}, [{"a": [0, False]}], [{"a": [False, 0]}, {"a": [0]}]),
    ],
    "multipleOf": [
        ({"multipleOf": 0.0001}, [0.0075, 0, "x"], [0.00751]),
        ({"multipleOf": 3}, [9, -6, 9.0], [10, 1.5]),
    ],
    "maximum": [({"maximum": 5}, [5, 5.0, -1, "9"], [5.1, 10**30])],
    "exclusiveMaximum": [({"exclusiveMaximum": 5}, [4.999, -1], [5, 5.0, 6])],
    "minimum": [({"minimum": 2**63}, [2**63, 2**70], [2**63 - 1, 0])],
    "exclusiveMinimum": [({"exclusiveMinimum": -0.5}, [-0.4, 0], [-0.5, -1])],
    "maxLength": [({"maxLength": 2}, ["", "ab", "😀😀", 123], ["abc", "😀😀😀"])],
    "minLength": [({"minLength": 2}, ["ab", "é́", 1], ["a", "😀", ""])],
    "pattern": [({"pattern": "b+"}, ["abc", "bb", 5], ["ac", ""])],
    "prefixItems": [({"prefixItems": [{"type": "string"}, {}]}, [[], ["a", 1, 2], 5], [[1]])],
    "items": [
        ({"items": {"type": "string"}}, [[], ["a"], {"0": 1}], [["a", 1]]),
        ({"prefixItems": [{}], "items": False}, [[], [1]], [[1, 2]]),
    ],
    "contains": [({"contains": {"const": 1}}, [[2, 1], {}], [[], [2]])],
    "minContains": [
        ({"contains": {"const": 1}, "minContains": 2}, [[1, 1], [1, 2, 1]], [[1], [2, 2]]),
        ({"contains": {"const": 1}, "minContains": 0}, [[], [2]], []),
    ],
    "maxContains": [({"contains": {"const": 1}, "maxContains": 1}, [[1, 2]], [[1, 1], [2]])],
    "maxItems": [({"maxItems": 1}, [[], [1], "ab"], [[1, 2]])],
    "minItems": [({"minItems": 1}, [[1], ""], [[]])],
    "uniqueItems": [
        ({"uniqueItems": True}, [[1, True], [0, False], [{}, []]], [[1, 1.0], [{}, {}]]),
        ({"uniqueItems": False}, [[1, 1]], []),
    ],
    "unevaluatedItems": [
        (
            {"allOf": [{"prefixItems": [{}]}], "unevaluatedItems": False},
            [[], [1]],
            [[1, 2]],
        ),
        (
            {"contains": {"type": "string"}, "unevaluatedItems": {"type": "null"}},
            [["a", None]],
            [["a", 1]],
        ),
    ],
    "properties": [({"properties": {"a": {"type": "string"}}}, [{}, {"a": "b"}, 5], [{"a": 1}])],
    "patternProperties": [({"patternProperties": {"^x-": False}}, [{"a": 1}], [{"x-a": 1}])],
    "additionalProperties": [
        (
            {"properties": {"a": {}}, "patternProperties": {"^x": {}},
             "additionalProperties": False},
            [{"a": 1, "xy": 2}],
            [{"b": 1}],
        ),
        ({"additionalProperties": {"type": "integer"}}, [{}, {"a": 1}], [{"a": "1"}]),
    ],
    "propertyNames": [({"propertyNames": {"maxLength": 2}}, [{}, {"ab": 1}], [{"abc": 1}])],
    "maxProperties": [({"maxProperties": 1}, [{}, {"a": 1}, [1, 2]], [{"a": 1, "b": 2}])],
    "minProperties": [({"minProperties": 1}, [{"a": 1}, []], [{}])],
    "required": [({"required": ["a", "toString"]}, [{"a": 1, "toString": 2}, []], [{"a": 1}, {}])],
    "dependentRequired": [({"dependentRequired": {"a": ["b"]}}, [{}, {"b": 1}], [{"a": 1}])],
    "dependentSchemas": [
        (
            {"dependentSchemas": {"a": {"maxProperties": 1}}},
            [{"a": 1}, {"b": 1, "c": 2}],
            [{"a": 1, "b": 2}],
        )
    ],
    "unevaluatedProperties": [
        (
            {
                "properties": {"a": {}},
                "anyOf": [{"properties": {"b": {"const": 1}}, "required": ["b"]}, {}],
                "unevaluatedProperties": False,
            },
            [{"a": 1}, {"a": 1, "b": 1}],
            [{"b": 2}, {"c": 1}],
        )
    ],
    "allOf": [({"allOf": [{"minimum": 1}, {"maximum": 2}]}, [1, 2, "a"], [0, 3])],
    "anyOf": [({"anyOf": [{"type": "string"}, {"minimum": 2}]}, ["a", 2, None], [1])],
    "oneOf": [({"oneOf": [{"type": "integer"}, {"minimum": 2}]}, [1, 2.5], [3, 1.5])],
    "not": [({"not": {"type": "string"}}, [1, None], ["a"]), ({"not": {}}, [], [1, None, {}])],
    "if": [
        (
            {"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"maxProperties": 1}},
            [{"a": 1, "b": 1}, {"c": 1}, {}],
            [{"a": 1}, {"c": 1, "d": 1}],
        ),
        ({"if": False, "then": False}, [1], []),
    ],
    "true and false": [(True, [1, None], []), (False, [], [1, None])],
    "what only tells": [
        (
            {"title": "a", "default": 5, "examples": [5], "deprecated": True, "x-a": {}},
            [1, None],
            [],
        ),
        ({"contentEncoding": "base64", "contentMediaType": "application/json"}, ["{", "%"], []),
    ],
}  # fmt: skip
CASES = [
    pytest.param(*case, id=f"{name} {index}")
    for name, cases in KEYWORDS.items()
    for index, case in enumerate(cases)
]


@pytest.mark.parametrize(("raw", "valid", "invalid"), CASES)
def test_a_keyword_means_what_it_says(raw: Any, valid: list[Any], invalid: list[Any]) -> None:
    expected = [True] * len(valid) + [False] * len(invalid)
    second = validator_for({"$schema": LATEST})(raw)
    assert [second.is_valid(value) for value in (*valid, *invalid)] == expected
    assert verdicts(schema_in({"It": raw}), [*valid, *invalid]) == expected


# Formats ---------------------------------------------------------------------------------------

FORMATS: dict[str, tuple[list[Any], list[Any]]] = {
    "int32": ([0, 2**31 - 1, -(2**31), 5.0], [2**31, -(2**31) - 1]),
    "int64": ([2**63 - 1, -(2**63), 1e18], [2**63, -(2**63) - 1, 1e19]),
    "float": ([1.5, -3.4e38, 0], [3.5e38, -1e39, 10**39]),
    "double": ([1.5, 1.7e308, -(10**308)], [10**309]),
    "byte": (["", "aGVsbG8=", "+/+/"], ["aGVsbG8", "aGk=\n", "_-_-", "é", "===="]),
    "uuid": (
        ["3b241101-e2bb-4255-8caf-4136c566a962", "3B241101-E2BB-4255-8CAF-4136C566A962"],
        ["3b241101e2bb42558caf4136c566a962", "3b241101-e2bb-4255-8caf-4136c566a96", "{}", ""],
    ),
    "date-time": (
        ["2026-01-31T12:00:00Z", "2026-01-31t12:00:00.123456+05:30", "1998-12-31T23:59:60Z"],
        ["2026-01-31T12:00:00", "2026-02-30T12:00:00Z", "2026-01-31T24:00:00Z", "2026"],
    ),
    "date": (["2026-01-31", "2024-02-29"], ["2026-02-29", "2026-1-31", "31-01-2026", "20260131"]),
    "time": (["12:00:00Z", "23:59:60Z", "12:00:00.5-01:00"], ["12:00:00", "24:00:00Z", "12:00Z"]),
    "duration": (["P1D", "PT1H30M", "P4W", "P1Y2M3DT4H5M6S"], ["P", "PT", "1D", "P1W1D", "PT1D"]),
    "email": (["ada@example.com", "a.b+c@x.org"], ["ada", "@x.org", "a@", "a b@x.org"]),
    "idn-email": (["실례@실례.테스트"], ["2962"]),
    "hostname": (["example.com", "a", "x-1.y"], ["-a.com", "a_b", "a..b", "a" * 64, ""]),
    "idn-hostname": (["실례.테스트", "example.com"], ["〮실례.테스트"]),
    "ipv4": (["192.0.2.1", "0.0.0.0"], ["256.0.0.1", "1.2.3", "01.2.3.4", "1.2.3.4.5"]),
    "ipv6": (["::1", "2001:db8::a", "::ffff:192.0.2.1"], ["1::2::3", "12345::", "::1%eth0"]),
    "uri": (["https://example.com/a?b#c", "urn:a:b", "mailto:a@b"], ["/a", "//x/a", "a b", "\\"]),
    "uri-reference": (["/a", "#b", "a/b?c", ""], ["\\\\host", "#a\\b", "http://[a"]),
    "uri-template": (["/a/{b}", "/a{?b,c}", "/a"], ["/a/{b", "/a/b}"]),
    "iri": (["https://bücher.example/ü"], ["/ü", "ü"]),
    "iri-reference": (["/ü", "#ü"], ["\\\\ü"]),
    "regex": (["^a+$", "(?<year>\\d{4})", "\\p{Letter}"], ["^(abc]", "*", "a{2,1}"]),
    "json-pointer": (["", "/a/0", "/~01"], ["a", "/~2", "#/a"]),
    "relative-json-pointer": (["0", "1/a", "2#"], ["/a", "-1", "01/a"]),
}  # fmt: skip


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_asserted_of_its_own_kind_of_value(name: str, version: str) -> None:
    valid, invalid = FORMATS[name]
    others = [{}, [], True, 1 if isinstance(invalid[0], str) else "5"]
    schema = schema_in({"It": {"format": name}}, version)
    values = [*valid, *others, *invalid]
    expected = [True] * len(valid + others) + [False] * len(invalid)
    found = dict(zip(map(repr, values), verdicts(schema, values), strict=True))
    assert found == dict(zip(map(repr, values), expected, strict=True))


@pytest.mark.parametrize("name", ["int8", "int32", "uint32", "float", "double"])
def test_a_format_of_numbers_alone_asks_nothing_of_a_text(name: str) -> None:
    schema = schema_in({"It": {"type": "string", "format": name}})
    assert verdicts(schema, ["9" * 40, "x", 5]) == [True, True, False]
    assert schema.raw == {"type": "string", "format": name}


@pytest.mark.parametrize(
    ("raw", "value", "message"),
    [
        ({"type": "integer", "format": "int32"}, 2**31, "expected an integer of 32 bits"),
        ({"type": "number", "format": "int64"}, 1e30, "expected an integer of 64 bits"),
        ({"type": "number", "format": "float"}, 1e39, "expected a number that 32 bits can hold"),
        ({"type": "string", "format": "byte"}, "a", "expected base64 text"),
    ],
)
def test_a_format_that_is_broken_is_named(raw: Any, value: Any, message: str) -> None:
    (found,) = schema_in({"It": raw}).violations(value, ("request", "body"))
    assert found.message.endswith(message)
    assert (found.keyword, found.rule.rpartition("/")[2]) == ("format", "format")


@pytest.mark.parametrize("name", ["password", "binary", "made-up", "int128"])
def test_another_format_asks_nothing(name: Any) -> None:
    assert verdicts(schema_in({"It": {"x": 1, "format": name}}), ["x", 5, 10**40]) == [True] * 3


# Regular expressions (ECMA-262) ----------------------------------------------------------------

PATTERNS: list[tuple[str, list[str], list[str]]] = [
    (r"^\d$", ["0", "9"], ["٠", "x"]),
    (r"^\w+$", ["az_9"], ["é", "-"]),
    (r"^\W$", ["é", "-"], ["a"]),
    (r"^\s$", [" ", "\t", "\u00a0", "\ufeff", "\u2029", "\u2003"], ["\u0001", "\u2013"]),
    (r"^\S$", ["\u2013"], ["\u00a0"]),
    (r"^a$", ["a"], ["a\n", "\na"]),
    (r"^\cC$", ["\u0003"], ["C", r"\cC"]),
    (r"^\u00e9$", ["é"], ["e"]),
    (r"^\x41$", ["A"], ["x41"]),
    (r"^\0$", ["\0"], ["0"]),
    (r"^[^]$", ["a", "\n"], ["", "ab"]),
    (r"^(?<a>x)\k<a>$", ["xx"], ["x"]),
    (r"^(?!no)\w+$", ["yes"], ["no"]),
    (r"(?<=\$)\d+", ["$5"], ["5"]),
    (r"^\p{Letter}+$", ["été", "京"], ["1"]),
    (r"^\p{Script=Greek}$", ["π"], ["p"]),
    (r"^🐲*$", ["", "🐲🐲"], ["🐲x"]),
    (r"^.$", ["😀", "a"], ["\n", "ab"]),
    (r"^[a-z]{2,3}?$", ["ab", "abc"], ["a", "abcd"]),
    (r"^\/\-$", ["/-"], ["/"]),
    (r"^[]$", [], ["", "a"]),
    (r"^[\b]$", ["\b"], ["b"]),
    (r"^\uD83D\uDE00$", ["😀"], ["x"]),
    (r"^[\w-.]+$", ["a-."], ["a b"]),
    (r"^[+-\d]+$", ["+-1"], ["a"]),
    (r"^a{,2}$", ["a{,2}"], ["a"]),
    (r"^{a}$", ["{a}"], ["a"]),
    (r"^\{\d{2}}$", ["{12}"], ["12"]),
    (r"^[{[(?<a>]+$", ["{[(?<a>"], ["b"]),
    (r"^(a)(?<b>x)\k<b>\1$", ["axxa"], ["axx1"]),
    (r"^(?<b>x)(\d)\2$", ["x11"], ["x12"]),
]


@pytest.mark.parametrize(("pattern", "matching", "others"), PATTERNS, ids=[p[0] for p in PATTERNS])
def test_patterns_are_read_as_javascript_reads_them(
    pattern: str, matching: list[str], others: list[str]
) -> None:
    expected = [True] * len(matching) + [False] * len(others)
    assert verdicts(schema_in({"It": {"pattern": pattern}}), [*matching, *others]) == expected
    keys = schema_in({"It": {"patternProperties": {pattern: False}}})
    assert verdicts(keys, [{text: 1} for text in (*matching, *others)]) == [not e for e in expected]


# Names and references --------------------------------------------------------------------------

NUMBER, TEXT = {"type": "integer"}, {"type": "string"}
TREE = {
    "$id": "https://example.com/tree",
    "type": "object",
    "properties": {"nodes": {"items": {"$ref": "node"}}},
    "$defs": {
        "node": {
            "$id": "https://example.com/node",
            "properties": {"value": NUMBER, "below": {"$ref": "tree"}},
        }
    },
}
LIST = {
    "$id": "https://example.com/list",
    "items": {"$dynamicRef": "#item"},
    "$defs": {"any": {"$dynamicAnchor": "item"}},
}
NAMES: dict[str, tuple[dict[str, Any], list[Any], list[Any]]] = {
    "from the nearest $id": (
        {"It": TREE},
        [{"nodes": [{"value": 1, "below": {"nodes": []}}]}],
        [{"nodes": [{"value": "a"}]}, {"nodes": [{"below": {"nodes": [{"value": "a"}]}}]}],
    ),
    "by $id from another component": (
        {"It": {"items": {"$ref": "https://example.com/node"}}, "Tree": TREE},
        [[{"value": 1}]],
        [[{"value": "a"}]],
    ),
    "by $id and pointer": (
        {"It": {"$ref": "https://example.com/tree#/$defs/node/properties/value"}, "Tree": TREE},
        [1],
        ["a"],
    ),
    "by pointer across an $id": (
        {"It": {"$ref": "#/components/schemas/Tree/$defs/node"}, "Tree": TREE},
        [{"value": 1}],
        [{"value": "a"}, {"below": 5}],
    ),
    "inside its own $id": (
        {"It": {"$id": "https://example.com/it", "$ref": "#/$defs/a", "$defs": {"a": NUMBER}}},
        [1],
        ["a"],
    ),
    "from an $id into the document, as many mean it": (
        {"It": {"$id": "it.json", "items": {"$ref": "#/components/schemas/A"}}, "A": NUMBER},
        [[1]],
        [["a"]],
    ),
    "by $anchor": (
        {"It": {"$ref": "#a"}, "Other": {"properties": {"x": {"$anchor": "a", **NUMBER}}}},
        [1],
        ["a"],
    ),
    "an $anchor of its own $id": (
        {
            "It": {
                "$id": "https://example.com/it",
                "$ref": "#a",
                "$defs": {"a": {"$anchor": "a", **NUMBER}},
            },
            "Other": {"$anchor": "a", **TEXT},
        },
        [1],
        ["a"],
    ),
    "a URN": (
        {
            "It": {"$ref": "urn:example:a#/$defs/b"},
            "A": {"$id": "urn:example:a", "$defs": {"b": NUMBER}},
        },
        [1],
        ["a"],
    ),
    "no $id in data": (
        {
            "It": {"items": {"$ref": "https://example.com/a"}},
            "A": {"enum": [{"$id": "https://example.com/a", "type": "null"}]},
            "B": {"$id": "https://example.com/a", **NUMBER},
        },
        [[1]],
        [[None], ["a"]],
    ),
    "a $dynamicRef of its own": (
        {"It": LIST},
        [[1, "a"]],
        [],
    ),
    "a $dynamicRef that is extended": (
        {
            "It": {
                "$id": "https://example.com/texts",
                "$ref": "list",
                "$defs": {"text": {"$dynamicAnchor": "item", **TEXT}},
            },
            "List": LIST,
        },
        [["a"]],
        [[1]],
    ),
    "a percent in a name": (
        {"It": {"items": {"$ref": "#/components/schemas/A/x/a%25b~0~1"}},
         "A": {"x": {"a%b~/": NUMBER}}},
        [[1]],
        [["a"]],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("schemas", "valid", "invalid"), NAMES.values(), ids=NAMES)
def test_references_lead_where_their_base_says(
    schemas: dict[str, Any], valid: list[Any], invalid: list[Any]
) -> None:
    expected = [True] * len(valid) + [False] * len(invalid)
    assert verdicts(schema_in(schemas), [*valid, *invalid]) == expected


def test_a_rule_in_a_schema_with_an_id_is_told_by_its_place_in_the_file() -> None:
    schema = schema_in({"It": {"items": {"$ref": "https://example.com/node"}}, "Tree": TREE})
    (found,) = schema.violations([{"value": "a"}], ("request", "body"))
    assert found.rule == ("openapi.json#/components/schemas/Tree/$defs/node/properties/value/type")
    assert found.message == '[0].value in the body is a string, "a"; expected an integer'


# Older dialects --------------------------------------------------------------------------------

OLDER: dict[str, tuple[str, Any, list[Any], list[Any]]] = {
    "2019-09 tuples": (
        DRAFT_2019,
        {"items": [NUMBER, TEXT], "additionalItems": False},
        [[1, "a"], [1]],
        [["a"], [1, "a", 2]],
    ),
    "2019-09 recursion": (
        DRAFT_2019,
        {"$recursiveAnchor": True, "type": "array", "items": {"$recursiveRef": "#"}},
        [[], [[], [[]]]],
        [[1], [[[1]]]],
    ),
    "2019-09 siblings of a reference": (
        DRAFT_2019,
        {"$ref": "#/$defs/a", "maximum": 5, "$defs": {"a": NUMBER}},
        [5],
        [6, "a"],
    ),
    "7 ignores siblings of a reference": (
        DRAFT_7,
        {"allOf": [{"$ref": "#/definitions/a", "maximum": 5}], "definitions": {"a": NUMBER}},
        [5, 6],
        ["a"],
    ),
    "7 conditions": (DRAFT_7, {"if": NUMBER, "then": {"minimum": 5}}, [5, "a"], [4]),
    "7 dependencies": (
        DRAFT_7,
        {"dependencies": {"a": ["b"], "c": {"maxProperties": 1}}},
        [{"a": 1, "b": 1}, {"c": 1}],
        [{"a": 1}, {"c": 1, "d": 1}],
    ),
    "7 names by $id": (
        DRAFT_7,
        {"allOf": [{"$ref": "#a"}], "definitions": {"a": {"$id": "#a", **NUMBER}}},
        [1],
        ["a"],
    ),
    "7 knows no dependentRequired": (DRAFT_7, {"dependentRequired": {"a": ["b"]}}, [{"a": 1}], []),
    "6 has const and contains": (
        DRAFT_6,
        {"properties": {"a": {"const": 1}, "b": {"contains": NUMBER}}},
        [{"a": 1, "b": [1]}],
        [{"a": 2}, {"b": []}],
    ),
    "6 knows no conditions": (DRAFT_6, {"if": NUMBER, "then": False}, [1], []),
    "4 exclusive bounds": (
        DRAFT_4,
        {"minimum": 5, "exclusiveMinimum": True},
        [6, 5.1],
        [5],
    ),
    "4 knows no const": (DRAFT_4, {"const": 5}, [4], []),
    "4 names by id": (
        DRAFT_4,
        {
            "id": "http://example.com/root",
            "items": {"$ref": "inner"},
            "definitions": {"a": {"id": "inner", **NUMBER}},
        },
        [[1]],
        [["a"]],
    ),
}


@pytest.mark.parametrize("by", ["$schema", "jsonSchemaDialect"])
@pytest.mark.parametrize(("dialect", "raw", "valid", "invalid"), OLDER.values(), ids=OLDER)
def test_an_older_dialect_means_what_it_says(
    by: str, dialect: str, raw: dict[str, Any], valid: list[Any], invalid: list[Any]
) -> None:
    expected = [True] * len(valid) + [False] * len(invalid)
    second = validator_for({"$schema": dialect})(raw)
    assert [second.is_valid(value) for value in (*valid, *invalid)] == expected
    if by == "$schema":
        schema = schema_in({"It": {"$schema": dialect, **raw}})
    else:
        own = {} if dialect == DRAFT_4 else {"$id": "https://example.com/it"}
        schema = schema_in({"It": {**own, **raw}}, dialect=dialect)
    assert verdicts(schema, [*valid, *invalid]) == expected


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        pytest.param({"type": "integer"}, 1.0, id="1.0 is an integer"),
        pytest.param({"format": "email"}, "a@example.com", id="formats"),
        pytest.param({"$schema": "https://example.com/mine", "type": "integer"}, 1, id="unknown"),
    ],
)
def test_what_is_known_to_differ_from_the_test_suite_differs(raw: Any, value: Any) -> None:
    schema = schema_in({"It": raw}, "3.1.0" if "$schema" in raw else "3.0.3")
    assert verdicts(schema, [value, "a"]) == [True, False]
