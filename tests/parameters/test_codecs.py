"""Parameters on the wire become values, and the other way round."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.parameters.codecs import (
    CookieDecoder,
    HeaderDecoder,
    ParameterShape,
    PathDecoder,
    Query,
    QueryDecoder,
    encode,
    shape_of,
)
from tests.helpers.effort import grows_with_length
from tests.helpers.running import Serve, json_of, request, thing


@dataclass
class Schema:
    """A schema without references."""

    raw: Any

    def child(self, *tokens: str | int) -> Schema:
        raw = self.raw
        for token in tokens:
            raw = raw[token]
        return Schema(raw)

    def follow(self, ref: str) -> Schema:
        raise NotImplementedError(ref)


STRING = {"type": "string"}
INTEGER = {"type": "integer"}
STRINGS = {"type": "array", "items": STRING}
INTEGERS = {"type": "array", "items": INTEGER}
RGB = {"type": "object", "properties": dict.fromkeys("RGB", INTEGER)}
FREE = {"type": "object", "additionalProperties": STRING}


def shape(location: str, schema: Any = True, name: str = "color", **how: Any) -> ParameterShape:
    return shape_of(name, location, Schema(schema), **how)


def styled(where: str, schema: Any) -> ParameterShape:
    """Return a shape from three words: `path matrix exploded`."""
    location, style, explode = where.split()
    return shape(location, schema, style=style, explode=explode == "exploded")


def decoded(shape: ParameterShape, text: str) -> Any:
    """Return the one value in a text; raise ValueError if that can't be read."""
    if shape.location == "path":
        return PathDecoder(shape).decode(text)
    if shape.location == "header":
        return HeaderDecoder(shape).decode(text)
    decoder = CookieDecoder([shape]) if shape.location == "cookie" else QueryDecoder([shape])
    query = decoder.decode(text)
    if query.errors:
        raise ValueError(query.errors[shape.name])
    assert query.unknown == ()
    return query.values[shape.name]


@pytest.mark.parametrize(
    ("location", "how", "style", "explode"),
    [
        ("path", {}, "simple", False),
        ("header", {}, "simple", False),
        ("query", {}, "form", True),
        ("cookie", {}, "form", True),
        ("cookie", {"style": "cookie"}, "cookie", True),
        ("query", {"style": "deepObject"}, "deepObject", False),
        ("query", {"style": "pipeDelimited"}, "pipeDelimited", False),
        ("query", {"explode": False}, "form", False),
        ("path", {"style": "matrix", "explode": True}, "matrix", True),
    ],
)
def test_what_is_not_said_is_as_the_specification_has_it(
    location: str, how: dict[str, Any], style: str, explode: bool
) -> None:
    got = shape_of("color", location, **how)
    assert (got.style, got.explode) == (style, explode)


def test_a_style_of_another_location_is_refused() -> None:
    with pytest.raises(ValueError, match="header parameters have no style form; use simple"):
        shape_of("color", "header", style="form")


# OAS 3.1.1, section 4.8.12.4: color is "blue", ["blue","black","brown"], {R:100,G:200,B:150}.
# Brackets, bars and spaces are percent-encoded, as OAS 3.2 writes them.
STYLE_TABLE = {
    "path matrix together": (
        ";color",
        ";color=blue",
        ";color=blue,black,brown",
        ";color=R,100,G,200,B,150",
    ),
    "path matrix exploded": (
        ";color",
        ";color=blue",
        ";color=blue;color=black;color=brown",
        ";R=100;G=200;B=150",
    ),
    "path label together": (".", ".blue", ".blue,black,brown", ".R,100,G,200,B,150"),
    "path label exploded": (".", ".blue", ".blue.black.brown", ".R=100.G=200.B=150"),
    "path simple together": ("", "blue", "blue,black,brown", "R,100,G,200,B,150"),
    "path simple exploded": ("", "blue", "blue,black,brown", "R=100,G=200,B=150"),
    "header simple together": ("", "blue", "blue,black,brown", "R,100,G,200,B,150"),
    "header simple exploded": ("", "blue", "blue,black,brown", "R=100,G=200,B=150"),
    "query form together": (
        "color=",
        "color=blue",
        "color=blue,black,brown",
        "color=R,100,G,200,B,150",
    ),
    "query form exploded": (
        "color=",
        "color=blue",
        "color=blue&color=black&color=brown",
        "R=100&G=200&B=150",
    ),
    "query spaceDelimited together": (
        None,
        None,
        "color=blue%20black%20brown",
        "color=R%20100%20G%20200%20B%20150",
    ),
    "query pipeDelimited together": (
        None,
        None,
        "color=blue%7Cblack%7Cbrown",
        "color=R%7C100%7CG%7C200%7CB%7C150",
    ),
    "query deepObject exploded": (
        None,
        None,
        None,
        "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150",
    ),
    # What it is without `explode: true` isn't said, and there is but one way.
    "query deepObject together": (
        None,
        None,
        None,
        "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150",
    ),
    "cookie form together": (
        "color=",
        "color=blue",
        "color=blue,black,brown",
        "color=R,100,G,200,B,150",
    ),
    "cookie form exploded": (
        "color=",
        "color=blue",
        "color=blue; color=black; color=brown",
        "R=100; G=200; B=150",
    ),
    "cookie cookie together": (
        "color=",
        "color=blue",
        "color=blue,black,brown",
        "color=R,100,G,200,B,150",
    ),
    "cookie cookie exploded": (
        "color=",
        "color=blue",
        "color=blue; color=black; color=brown",
        "R=100; G=200; B=150",
    ),
}
STYLE_VALUES = {
    "empty": (STRING, ""),
    "string": (STRING, "blue"),
    "array": (STRINGS, ["blue", "black", "brown"]),
    "object": (RGB, {"R": 100, "G": 200, "B": 150}),
}
STYLE_CASES = [
    pytest.param(where, schema, value, text, id=f"{where} {column}")
    for where, texts in STYLE_TABLE.items()
    for (column, (schema, value)), text in zip(STYLE_VALUES.items(), texts, strict=True)
    if text is not None
]


@pytest.mark.parametrize(("where", "schema", "value", "text"), STYLE_CASES)
def test_a_text_in_the_style_table_is_read(where: str, schema: Any, value: Any, text: str) -> None:
    assert decoded(styled(where, schema), text) == value


@pytest.mark.parametrize(("where", "schema", "value", "text"), STYLE_CASES)
def test_a_value_in_the_style_table_is_written(
    where: str, schema: Any, value: Any, text: str
) -> None:
    assert encode(styled(where, schema), value) == text


# Styles that came with a version, and the versions of documents that are served.
SINCE = {"cookie cookie": "3.2.0"}
VERSIONS = ("3.0.3", "3.1.1", "3.2.0")


def served(version: str) -> list[tuple[str, str, Any, str]]:
    """Return the rows of the table that a document of that version may have; each has a path.

    A path that ends where a value would stand is another path.
    """
    return [
        (where, *map_)
        for where, texts in STYLE_TABLE.items()
        for map_ in _columns(texts)
        if version >= SINCE.get(where.rpartition(" ")[0], "")
        and not (where.startswith("path simple") and map_[0] == "empty")
    ]


def _columns(texts: tuple[str | None, ...]) -> list[tuple[str, Any, str]]:
    columns = zip(STYLE_VALUES.items(), texts, strict=True)
    return [(column, value, text) for (column, (_, value)), text in columns if text is not None]


def asked(path: str, location: str, text: str) -> bytes:
    """Return a request that carries the text in that part."""
    target = {"path": f"{path}/{text}", "query": f"{path}?{text}"}.get(location, path)
    headers = {"header": f"color: {text}", "cookie": f"cookie: {text}"}
    line = [headers[location]] if location in headers else []
    return request(target, b"", *line, method="GET")


@pytest.mark.parametrize("version", VERSIONS)
def test_every_style_reaches_a_handler_as_its_value(serve: Serve, version: str) -> None:
    rows = served(version)
    paths: dict[str, Any] = {"openapi": version}
    for number, (where, column, _, _) in enumerate(rows):
        location, style, explode = where.split()
        described = {"name": "color", "in": location, "style": style, "required": True}
        described |= {"explode": explode == "exploded", "schema": STYLE_VALUES[column][0]}
        path = f"/{number}/{{color}}" if location == "path" else f"/{number}"
        operation = thing({"200": json_of({})}, parameters=[described], operationId=f"op{number}")
        paths[path] = operation["/thing"]
    handlers = [f"def op{number}(color): return color" for number in range(len(rows))]
    mock = serve(paths, handlers="\n".join(handlers))
    with mock.wire() as wire:
        for number, (where, column, value, text) in enumerate(rows):
            wire.send(asked(f"/{number}", where.split()[0], text))
            answer = wire.answer("GET")
            assert (answer.status, json.loads(answer.body)) == (200, value), f"{where} {column}"


@pytest.mark.parametrize(
    ("where", "schema", "text", "value"),
    [
        pytest.param("path simple together", STRINGS, "", [], id="no members"),
        pytest.param("path simple together", RGB, "", {}, id="no properties"),
        pytest.param("path simple together", STRINGS, "a%2Cb,c", ["a,b", "c"], id="comma as data"),
        pytest.param("path simple together", STRINGS, "a,,b", ["a", "", "b"], id="empty member"),
        pytest.param("path simple together", INTEGERS, "1%2C2", [1, 2], id="comma can't be data"),
        pytest.param("path simple together", STRING, "a,b", "a,b", id="a string isn't split"),
        pytest.param("path simple together", STRING, "%C3%A9+%2F", "é+/", id="plus is itself"),
        pytest.param("path simple together", True, "a,b", "a,b", id="nor what has no type"),
        pytest.param("path simple together", INTEGER, "five", "five", id="left to the validator"),
        pytest.param("path simple exploded", FREE, "a%3D=b%3D", {"a=": "b="}, id="= as data"),
        pytest.param("path simple exploded", FREE, "a=b=c", {"a": "b=c"}, id="first = counts"),
        pytest.param("path label together", STRINGS, ".a.b", ["a", "b"], id="dots of OAS 3.0.3"),
        pytest.param("path label together", STRINGS, ".a.b,c", ["a.b", "c"], id="commas go first"),
        pytest.param("path label exploded", STRINGS, ".a%2Eb", ["a.b"], id="dot as data"),
        pytest.param("path label exploded", STRING, ".a.b", "a.b", id="dots of a string"),
        pytest.param("path matrix together", STRING, ";color=", "", id="empty with ="),
        pytest.param(
            "path matrix exploded", STRINGS, ";color=a;color", ["a", ""], id="bare member"
        ),
        pytest.param("path matrix exploded", FREE, ";a;b=%3B", {"a": "", "b": ";"}, id="bare name"),
        pytest.param("path matrix exploded", FREE, ";color=x", {"color": "x"}, id="same name"),
        pytest.param("path matrix together", STRING, ";col%6Fr=x", "x", id="name encoded"),
        pytest.param("header simple together", STRINGS, "a, b\t,c", ["a", "b", "c"], id="spaces"),
        pytest.param("header simple together", STRINGS, "a%2Cb", ["a%2Cb"], id="no percent"),
        pytest.param("header simple together", INTEGER, " 5 ", 5, id="white space around"),
        pytest.param("query form together", INTEGERS, "color=", [], id="no numbers"),
        pytest.param("query form together", INTEGERS, "color=1%2C2", [1, 2], id="requests' commas"),
        pytest.param(
            "query form together", STRINGS, "color=1%2C2", ["1,2"], id="comma in a string"
        ),
        pytest.param("query form exploded", STRINGS, "color=a,b", ["a,b"], id="comma not split"),
        pytest.param("query form exploded", STRINGS, "color=", [""], id="one empty string"),
        pytest.param("query form exploded", INTEGERS, "color=", [], id="no number"),
        pytest.param("query form exploded", INTEGERS, "color=1", [1], id="one number"),
        pytest.param("query form exploded", STRING, "color", "", id="name alone"),
        pytest.param("query form exploded", STRING, "color=a+b%2B", "a b+", id="plus is a space"),
        pytest.param("query form exploded", STRING, "col%6Fr=a", "a", id="name encoded"),
        pytest.param("query form exploded", STRING, "&&color=a&", "a", id="stray ampersands"),
        pytest.param(
            "query form exploded", STRING, "color=:/?@!$'()*,;=[]", ":/?@!$'()*,;=[]", id="reserved"
        ),
        pytest.param("query form exploded", STRING, "color=100%", "100%", id="a lone %"),
        pytest.param(
            "query form exploded", STRING, "color=5%+of+%41%zz", "5% of A%zz", id="and %zz"
        ),
        pytest.param("query form exploded", FREE, "a%=%", {"a%": "%"}, id="a lone % in a name"),
        pytest.param(
            "query spaceDelimited together", STRINGS, "color=5%%201%", ["5%", "1%"], id="%s"
        ),
        pytest.param("cookie form exploded", STRING, "color=%", "%", id="a lone % in a cookie"),
        pytest.param(
            "cookie form together", STRINGS, "color=5%,%2C", ["5%", ","], id="% and comma"
        ),
        pytest.param("query form exploded", True, "color=5", "5", id="no type"),
        pytest.param("query form exploded", True, "color=5&color=6", ["5", "6"], id="no type, two"),
        pytest.param("query form exploded", FREE, "a=b&c[d]=e", {"a": "b", "c[d]": "e"}, id="free"),
        pytest.param("query spaceDelimited together", STRINGS, "color=a+b", ["a", "b"], id="plus"),
        pytest.param("query spaceDelimited together", INTEGERS, "color=1%202", [1, 2], id="%20"),
        pytest.param("query pipeDelimited together", STRINGS, "color=a|b", ["a", "b"], id="bar"),
        pytest.param("query pipeDelimited together", STRINGS, "color=a%7cb", ["a", "b"], id="%7c"),
        pytest.param(
            "query pipeDelimited exploded", STRINGS, "color=a&color=b", ["a", "b"], id="bars, twice"
        ),
        pytest.param("query deepObject exploded", RGB, "color[R]=1", {"R": 1}, id="brackets"),
        pytest.param("cookie form exploded", STRING, 'color="a b"', "a b", id="quoted"),
        pytest.param("cookie form exploded", STRING, 'color="', '"', id="one quote"),
        pytest.param(
            "cookie form exploded", STRING, "color=a+b%20c", "a+b c", id="plus in a cookie"
        ),
        pytest.param("cookie form exploded", STRING, "color=a=b", "a=b", id="= in a cookie"),
        pytest.param(
            "cookie form exploded", STRINGS, "color=a&color=b", ["a", "b"], id="OAS 3.1 ampersands"
        ),
        pytest.param("cookie form exploded", STRING, "color=a&color=b", "a&color=b", id="a string"),
        pytest.param("cookie cookie exploded", FREE, "a%20=b", {"a%20": "b"}, id="a name as sent"),
        pytest.param("cookie cookie exploded", STRING, 'color="a%20b"', '"a%20b"', id="unchanged"),
        pytest.param(
            "cookie cookie exploded", STRINGS, "color=a;color=b", ["a", "b"], id="no space"
        ),
    ],
)
def test_a_text_is_read_by_its_style(where: str, schema: Any, text: str, value: Any) -> None:
    assert decoded(styled(where, schema), text) == value


@pytest.mark.parametrize(
    ("where", "schema", "text", "message"),
    [
        ("path simple together", STRING, "50%", "has a % without two hexadecimal digits"),
        ("path simple together", STRING, "%GG", "expected %25"),
        ("path simple together", STRING, "%a", "expected %25"),
        ("path simple together", STRING, "%FF", "is no UTF-8 once percent-decoded"),
        ("path simple together", STRING, "%ED%A0%80", "is no UTF-8"),
        ("path simple together", RGB, "R,100,G", '"G" has no value after it'),
        ("path simple exploded", RGB, "R=1,G", '"G" has no =; expected name=value'),
        ("path simple exploded", RGB, "R=1,R=2", '"R" is given twice; expected once'),
        ("path label together", STRING, "blue", "label style starts with '.'; found \"blue\""),
        ("path matrix together", STRING, "blue", "matrix style starts with ';color='"),
        ("path matrix together", STRING, "blue;color=blue", "matrix style starts with"),
        ("path matrix together", STRING, ";colour=blue", 'found ";colour=blue"'),
        ("path matrix together", STRINGS, ";color=a;color=b", "matrix style starts with"),
        ("path matrix exploded", STRINGS, ";color=a;b=c", "matrix style starts with"),
        ("path matrix exploded", STRING, "", "matrix style starts with"),
        ("path matrix exploded", RGB, "R=1", "matrix style starts with"),
        ("header simple exploded", RGB, "R", "expected name=value"),
        ("query form exploded", STRING, "color=a&color=b&color=c", "given 3 times; expected once"),
        ("query form together", STRINGS, "color=a&color=b", "given 2 times; expected once"),
        ("query form exploded", STRING, "color=%FF", "is no UTF-8"),
        ("query form exploded", RGB, "R=1&R=2", '"R": given 2 times; expected once'),
        ("query deepObject exploded", RGB, "color=blue", "expected name[property]=value"),
        ("query deepObject exploded", RGB, "color=a&color[R]=1", "with brackets and without"),
        ("query deepObject exploded", RGB, "color[R", '"[R" can\'t be read; expected [property]'),
        ("query deepObject exploded", RGB, "color[[[", "can't be read"),
        (
            "query deepObject exploded",
            RGB,
            "color" + "[a]" * 33,
            "nested 33 deep; expected at most",
        ),
        ("cookie form exploded", STRING, "color=a; color=b", "given 2 times; expected once"),
        ("cookie form exploded", STRING, "color=%FF", "is no UTF-8"),
    ],
)
def test_a_text_that_the_style_does_not_have_is_told(
    where: str, schema: Any, text: str, message: str
) -> None:
    with pytest.raises(ValueError) as caught:
        decoded(styled(where, schema), text)
    assert message in str(caught.value)


def test_a_long_text_is_told_in_short() -> None:
    with pytest.raises(ValueError, match="has a %") as caught:
        decoded(shape("path", STRING), "%" * 100_000)
    assert len(str(caught.value)) < 200


SHAPES = {
    "oneOf": [
        {"type": "object", "properties": {"kind": {"const": "disc"}, "radius": INTEGER}},
        {
            "type": "object",
            "properties": {
                "kind": {"const": "box"},
                "sides": INTEGERS,
                "open": {"type": "boolean"},
            },
        },
    ]
}
ALL_OR_MANY = {"anyOf": [{"type": "string", "enum": ["all"]}, INTEGERS]}


@pytest.mark.parametrize(
    ("where", "schema", "text", "value"),
    [
        ("query form exploded", SHAPES, "kind=disc&radius=5", {"kind": "disc", "radius": 5}),
        ("query form exploded", SHAPES, "kind=box&open=true", {"kind": "box", "open": True}),
        ("query deepObject exploded", SHAPES, "color[radius]=5", {"radius": 5}),
        ("query deepObject exploded", SHAPES, "color[sides][]=5", {"sides": [5]}),
        ("path simple together", SHAPES, "kind,disc,radius,5", {"kind": "disc", "radius": 5}),
        ("path simple together", ALL_OR_MANY, "1,2", [1, 2]),
        ("path simple together", ALL_OR_MANY, "5", [5]),
        ("path simple together", ALL_OR_MANY, "all", "all"),
        ("path simple together", {"enum": ["all", 5]}, "5", 5),
        ("query form exploded", ALL_OR_MANY, "color=5", [5]),
        ("query form exploded", ALL_OR_MANY, "color=all", "all"),
        ("header simple together", ALL_OR_MANY, "5", [5]),
        ("cookie form together", ALL_OR_MANY, "color=5,6", [5, 6]),
    ],
)
def test_alternatives_are_read_by_the_types_of_their_branches(
    where: str, schema: Any, text: str, value: Any
) -> None:
    assert decoded(styled(where, schema), text) == value


STRING_OR_MANY = {"oneOf": [STRING, STRINGS]}
INTEGER_OR_MANY = {"oneOf": [INTEGER, STRINGS]}
NULL_OR_OBJECT = {"type": ["object", "null"], "properties": {"R": INTEGER}}


@pytest.mark.parametrize(
    ("where", "schema", "text", "value"),
    [
        ("path simple together", STRING_OR_MANY, "a", "a"),
        ("path simple together", STRING_OR_MANY, "a,b", ["a", "b"]),
        ("path simple exploded", STRING_OR_MANY, "a=b", "a=b"),
        ("path simple together", INTEGER_OR_MANY, "5", 5),
        ("path simple together", INTEGER_OR_MANY, "a", ["a"]),
        ("path simple together", {"type": ["array", "null"], "items": INTEGER}, "null", None),
        ("path simple together", {"type": ["array", "null"], "items": INTEGER}, "5", [5]),
        ("path simple together", {"type": ["string", "object"]}, "a", "a"),
        ("path simple together", {"type": ["string", "object"]}, "a,b", {"a": "b"}),
        ("path simple exploded", {"type": ["array", "object"]}, "a=b", {"a": "b"}),
        ("path simple exploded", {"type": ["array", "object"]}, "a,b", ["a", "b"]),
        ("path matrix exploded", {"type": ["array", "object"]}, ";color=b", ["b"]),
        ("path matrix exploded", {"type": ["array", "object"]}, ";a=b", {"a": "b"}),
        ("query form exploded", STRING_OR_MANY, "color=a", "a"),
        ("query form exploded", STRING_OR_MANY, "color=a&color=b", ["a", "b"]),
        ("query form exploded", NULL_OR_OBJECT, "R=5", {"R": 5}),
        ("query form together", NULL_OR_OBJECT, "color=R,5", {"R": 5}),
        ("query form together", NULL_OR_OBJECT, "color=null", None),
        ("query deepObject exploded", NULL_OR_OBJECT, "color=", None),
    ],
)
def test_of_several_types_the_plainest_that_the_text_fits_is_read(
    where: str, schema: Any, text: str, value: Any
) -> None:
    assert decoded(styled(where, schema), text) == value


NESTED = {
    "type": "object",
    "properties": {
        "n": INTEGER,
        "ids": INTEGERS,
        "deep": {"type": "object", "properties": {"n": INTEGER}},
        "rows": {"type": "array", "items": {"type": "object", "properties": {"n": INTEGER}}},
    },
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a[n]=1", {"n": 1}),
        ("a%5Bn%5D=1", {"n": 1}),
        ("a[deep][n]=1", {"deep": {"n": 1}}),
        ("a[deep][m]=1", {"deep": {"m": "1"}}),
        ("a[ids]=1", {"ids": [1]}),
        ("a[ids]=1&a[ids]=2", {"ids": [1, 2]}),
        ("a[ids][]=1", {"ids": [1]}),
        ("a[ids][]=1&a[ids][]=2", {"ids": [1, 2]}),
        ("a[ids][1]=2&a[ids][0]=1", {"ids": [1, 2]}),
        ("a[ids][10]=3&a[ids][9]=2", {"ids": [2, 3]}),
        ("a[ids][x]=1", {"ids": {"x": "1"}}),
        ("a[rows][0][n]=1&a[rows][1][n]=2", {"rows": [{"n": 1}, {"n": 2}]}),
        ("a[rows][][n]=1&a[rows][][n]=2", {"rows": [{"n": 1}, {"n": 2}]}),
        ("a[n][x]=1", {"n": {"x": "1"}}),
        ("a[ids][9999999999]=1", {"ids": {"9999999999": "1"}}),
    ],
)
def test_brackets_lead_inside(text: str, value: Any) -> None:
    assert decoded(shape("query", NESTED, "a", style="deepObject"), text) == value


@pytest.mark.parametrize(
    ("schema", "how", "text", "value"),
    [
        pytest.param(INTEGERS, {}, "a[]=1&a[]=2", [1, 2], id="empty brackets"),
        pytest.param(INTEGERS, {}, "a[]=1", [1], id="empty brackets once"),
        pytest.param(INTEGERS, {}, "a[1]=2&a[0]=1", [1, 2], id="indices"),
        pytest.param(INTEGERS, {"explode": False}, "a[]=1&a[]=2", [1, 2], id="not exploded"),
        pytest.param(STRING_OR_MANY, {}, "a[]=1", ["1"], id="a list of one, or a string"),
        pytest.param(NESTED, {}, "a[n]=1", {"n": 1}, id="brackets for an exploded object"),
        pytest.param(NESTED, {}, "n=1&ids[]=2", {"n": 1, "ids": [2]}, id="brackets in a property"),
        pytest.param(True, {}, "a[x]=1", {"x": "1"}, id="no type"),
    ],
)
def test_brackets_are_understood_where_they_cannot_be_mistaken(
    schema: Any, how: dict[str, Any], text: str, value: Any
) -> None:
    assert decoded(shape("query", schema, "a", **how), text) == value


def test_a_name_with_brackets_that_is_declared_is_just_a_name() -> None:
    shapes = [shape("query", NESTED, "a"), shape("query", INTEGER, "a[n]")]
    assert QueryDecoder(shapes).decode("a[n]=1").values == {"a[n]": 1}


@pytest.mark.parametrize("name", ["a[]", "a[x]", "a.x", "a["])
def test_brackets_behind_a_primitive_are_unknown(name: str) -> None:
    query = QueryDecoder([shape("query", INTEGER, "a")]).decode(f"{name}=1")
    assert query == Query({}, {}, (name,))


@pytest.mark.parametrize(
    ("array_format", "text", "value"),
    [
        ("comma", "a=1,2", [1, 2]),
        ("comma", "a=1", [1]),
        ("repeat", "a=1&a=2", [1, 2]),
        ("brackets", "a[]=1&a[]=2", [1, 2]),
        ("brackets", "a[0]=1&a[1]=2", [1, 2]),
        ("space", "a=1%202", [1, 2]),
        ("pipe", "a=1|2", [1, 2]),
    ],
)
@pytest.mark.parametrize("explode", [True, False])
@pytest.mark.parametrize("style", ["form", "pipeDelimited"])
def test_an_array_format_goes_before_the_document(
    array_format: str, text: str, value: Any, explode: bool, style: str
) -> None:
    shapes = [shape("query", INTEGERS, "a", style=style, explode=explode)]
    assert QueryDecoder(shapes, array_format=array_format).decode(text) == Query(
        {"a": value}, {}, ()
    )


@pytest.mark.parametrize(
    ("object_format", "text", "value"),
    [
        ("flat", "n=1", {"n": 1}),
        ("brackets", "a[n]=1&a[deep][n]=2", {"n": 1, "deep": {"n": 2}}),
        ("dots", "a.n=1&a.deep.n=2", {"n": 1, "deep": {"n": 2}}),
        ("dots", "a.ids[]=1", {"ids": [1]}),
        ("dots", "a.rows[0].n=1", {"rows": [{"n": 1}]}),
    ],
)
@pytest.mark.parametrize("style", ["form", "deepObject"])
def test_an_object_format_goes_before_the_document(
    object_format: str, text: str, value: Any, style: str
) -> None:
    shapes = [shape("query", NESTED, "a", style=style)]
    assert QueryDecoder(shapes, object_format=object_format).decode(text) == Query(
        {"a": value}, {}, ()
    )


def test_an_array_format_holds_inside_an_object_too() -> None:
    decoder = QueryDecoder([shape("query", NESTED, "a", explode=False)], "pipe", "brackets")
    assert decoder.decode("a[ids]=1|2").values == {"a": {"ids": [1, 2]}}


def test_an_array_format_says_nothing_about_objects() -> None:
    decoder = QueryDecoder([shape("query", RGB, "a", explode=False)], array_format="pipe")
    assert decoder.decode("a=R,1").values == {"a": {"R": 1}}


@pytest.mark.parametrize(
    ("formats", "text"),
    [
        (("comma", "auto"), "a[]=1"),
        (("repeat", "auto"), "a[]=1"),
        (("auto", "flat"), "o[n]=1"),
        (("auto", "dots"), "o[n]=1"),
        (("auto", "auto"), "o.n=1"),
    ],
)
def test_a_format_that_was_not_asked_for_is_unknown(formats: tuple[str, str], text: str) -> None:
    shapes = [shape("query", INTEGERS, "a"), shape("query", RGB, "o")]
    assert QueryDecoder(shapes, *formats).decode(text).unknown == (text.removesuffix("=1"),)


def test_a_format_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown formats: arrays tabs, objects auto"):
        QueryDecoder([], array_format="tabs")


PAGE = [
    shape("query", INTEGER, "limit"),
    shape("query", STRINGS, "tag"),
    shape("query", RGB, "color", style="deepObject"),
]


def test_all_parameters_are_read_at_once() -> None:
    query = QueryDecoder(PAGE).decode("color[R]=1&tag=a&limit=5&tag=b&color[G]=2")
    assert query == Query({"color": {"R": 1, "G": 2}, "tag": ["a", "b"], "limit": 5}, {}, ())


def test_what_was_not_sent_has_no_value() -> None:
    assert QueryDecoder(PAGE).decode("") == Query({}, {}, ())


def test_unknown_names_are_listed_once_and_their_values_do_not_matter() -> None:
    query = QueryDecoder(PAGE).decode("limit=5&debug=%FF&x%20y&debug=1&%FF=1")
    assert query == Query({"limit": 5}, {}, ("debug", "x y", "%FF"))


def test_one_parameter_that_cannot_be_read_leaves_the_others_alone() -> None:
    query = QueryDecoder(PAGE).decode("limit=%FF&tag=a&color[R=1&color[G]=2")
    assert (query.values, sorted(query.errors)) == ({"tag": ["a"]}, ["color", "limit"])


@pytest.mark.parametrize(
    ("schema", "values", "unknown"),
    [
        pytest.param(RGB, {"o": {"R": 1}}, ("x",), id="declared properties only"),
        pytest.param(
            {**RGB, "additionalProperties": INTEGER}, {"o": {"R": 1, "x": 2}}, (), id="typed others"
        ),
        pytest.param({**RGB, "additionalProperties": False}, {"o": {"R": 1}}, ("x",), id="closed"),
        pytest.param({"type": "object"}, {"o": {"R": "1", "x": "2"}}, (), id="free-form"),
        pytest.param(
            {"type": "object", "additionalProperties": False}, {}, ("R", "x"), id="no properties"
        ),
        pytest.param({"type": ["object", "string"]}, {}, ("R", "x"), id="an object or a string"),
    ],
)
def test_an_exploded_object_takes_the_names_that_it_speaks_of(
    schema: Any, values: dict[str, Any], unknown: tuple[str, ...]
) -> None:
    decoder = QueryDecoder([shape("query", schema, "o"), shape("query", INTEGER, "limit")])
    query = decoder.decode("R=1&x=2&limit=3")
    assert query == Query({**values, "limit": 3}, {}, unknown)


def test_the_name_of_an_exploded_object_is_not_sent() -> None:
    assert QueryDecoder([shape("query", RGB, "o")]).decode("o=1").unknown == ("o",)


def test_a_parameter_goes_before_another_ones_property_of_that_name() -> None:
    shapes = [shape("query", RGB, "o"), shape("query", STRING, "R")]
    assert QueryDecoder(shapes).decode("R=1&G=2").values == {"R": "1", "o": {"G": 2}}


@pytest.mark.parametrize(
    ("schema", "style", "values"),
    [
        pytest.param(INTEGER, "form", {}, id="as if not sent"),
        pytest.param(STRINGS, "form", {}, id="an array"),
        pytest.param(STRING, "form", {"a": ""}, id="an empty string is a value"),
        pytest.param({"enum": ["a", "b"]}, "form", {}, id="unless it is none of the listed ones"),
        pytest.param(STRINGS, "pipeDelimited", {"a": []}, id="a style that can't be empty"),
    ],
)
def test_an_empty_value_that_is_allowed_is_no_value(
    schema: Any, style: str, values: dict[str, Any]
) -> None:
    shapes = [shape("query", schema, "a", style=style, allow_empty_value=True)]
    empty = () if values else ("a",)
    assert QueryDecoder(shapes).decode("a=") == Query(values, {}, (), empty)


JSON = "application/json"


@pytest.mark.parametrize(
    ("location", "media_type", "text", "value"),
    [
        ("query", JSON, "color=%7B%22a%22:+1%7D", {"a": 1}),
        ("query", "application/vnd.x+json; charset=utf-8", "color=[1]", [1]),
        ("query", "Application/JSON", "color=[1]", [1]),
        ("query", "text/plain", "color=[1]", "[1]"),
        ("query", "application/json-seq", "color=[1]", "[1]"),
        ("path", JSON, "%5B1%5D", [1]),
        ("header", JSON, '{"a": "%20"}', {"a": "%20"}),
        ("cookie", JSON, "color=%22a%22", "a"),
        ("querystring", JSON, "%7B%22a%22:1%7D", {"a": 1}),
        ("querystring", "text/plain", "a=1&b%3D2+3", "a=1&b=2+3"),
    ],
)
def test_content_is_read_by_its_media_type(
    location: str, media_type: str, text: str, value: Any
) -> None:
    assert decoded(shape(location, media_type=media_type), text) == value


def test_content_that_is_text_is_read_by_its_schema() -> None:
    assert decoded(shape("query", INTEGER, media_type="text/plain"), "color=5") == 5


@pytest.mark.parametrize("text", ["{", "NaN", "'a'", "[" * 100_000, "%FF", ""])
def test_content_that_is_no_json_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no JSON|is no UTF-8"):
        decoded(shape("query", media_type=JSON), f"color={text}")


def test_a_whole_query_string_that_is_not_there_has_no_value() -> None:
    decoder = QueryDecoder([shape("querystring", media_type=JSON)])
    assert decoder.decode("") == Query({}, {}, ())


def test_cookies_of_others_are_unknown() -> None:
    decoder = CookieDecoder([shape("cookie", INTEGER, "id")])
    query = decoder.decode('theme=dark;id="5" ; broken; _ga=GA1.2&x')
    assert query == Query({"id": 5}, {}, ("theme", "_ga"))


@pytest.mark.parametrize(
    ("where", "schema", "value"),
    [
        pytest.param("query form exploded", STRINGS, [], id="an array without members"),
        pytest.param("query form together", STRINGS, [""], id="one empty member"),
        pytest.param(
            "query spaceDelimited together", STRINGS, ["a b"], id="a space between spaces"
        ),
        pytest.param("query pipeDelimited together", STRINGS, ["a|b"], id="a bar between bars"),
        pytest.param("query deepObject exploded", FREE, {"a[b]": "c"}, id="brackets in brackets"),
        pytest.param("query deepObject exploded", STRINGS, "a", id="a string for an array"),
        pytest.param("path simple together", STRINGS, [["a"]], id="an array in an array"),
        pytest.param("header simple together", STRINGS, ["a,b"], id="a comma in a header"),
        pytest.param("header simple together", STRING, " a", id="white space around a header"),
        pytest.param("header simple together", STRING, "a\r\nb: c", id="a line end in a header"),
        pytest.param("header simple together", STRING, "€", id="beyond the charset of headers"),
        pytest.param("cookie cookie exploded", STRING, "a;b", id="a semicolon in a cookie"),
        pytest.param("cookie cookie exploded", STRING, "a\nb", id="a line end in a cookie"),
        pytest.param("path simple together", STRING, "\ud800", id="no character"),
    ],
)
def test_a_value_that_a_style_cannot_express_is_not_written(
    where: str, schema: Any, value: Any
) -> None:
    with pytest.raises(ValueError):
        encode(styled(where, schema), value)


@pytest.mark.parametrize(
    ("location", "how", "value", "text"),
    [
        ("query", {"media_type": JSON}, {"a": [1, "é"]}, None),
        ("cookie", {"media_type": JSON}, {"a": "b; c"}, None),
        ("header", {"media_type": JSON}, {"a": "€"}, '{"a": "\\u20ac"}'),
        ("path", {"media_type": JSON}, "a", "%22a%22"),
        ("querystring", {"media_type": JSON}, [1], "%5B1%5D"),
        ("query", {"media_type": "text/plain"}, "a b", "color=a%20b"),
        ("query", {"name": "a&b"}, "c", "a%26b=c"),
        ("query", {}, True, "color=true"),
        ("query", {}, None, "color=null"),
        ("query", {}, 1.5, "color=1.5"),
    ],
)
def test_a_value_is_written_as_it_will_be_read(
    location: str, how: dict[str, Any], value: Any, text: str | None
) -> None:
    wire = encode(shape(location, **how), value)
    assert wire.isascii()
    assert text is None or wire == text


def printable(charset: str, without: str) -> st.SearchStrategy[str]:
    """Texts of what a header or cookie may carry, without white space around."""
    characters = st.characters(codec=charset, exclude_categories=["Cc"], exclude_characters=without)
    return st.text(characters, max_size=8).filter(lambda text: text == text.strip(" \t"))


ANYTHING = st.text(max_size=8) | st.text(',;.=&+%|[] "é/', max_size=8)
NO_SPACE = ANYTHING.filter(lambda text: " " not in text)
NO_BAR = ANYTHING.filter(lambda text: "|" not in text)
HEADER = printable("latin-1", ",=")
COOKIE = printable("ascii", ";= ")
TEXTS = {
    "query spaceDelimited together": NO_SPACE,
    "query pipeDelimited together": NO_BAR,
    "header simple together": HEADER,
    "header simple exploded": HEADER,
    "cookie cookie exploded": COOKIE,
    "cookie cookie together": printable("ascii", ",;= "),
}
WHERE = sorted(where for where in STYLE_TABLE if "deepObject" not in where)
few = settings(max_examples=40)


@pytest.mark.parametrize("where", WHERE)
@few
@given(data=st.data())
def test_every_string_comes_back(where: str, data: st.DataObject) -> None:
    value = data.draw(TEXTS.get(where, ANYTHING))
    wanted = styled(where, STRING)
    assert decoded(wanted, encode(wanted, value)) == value


@pytest.mark.parametrize("where", WHERE)
@few
@given(data=st.data())
def test_every_array_comes_back(where: str, data: st.DataObject) -> None:
    lists = st.lists(TEXTS.get(where, ANYTHING), min_size=1, max_size=4)
    value = data.draw(lists.filter(lambda texts: texts != [""]))
    wanted = styled(where, STRINGS)
    assert decoded(wanted, encode(wanted, value)) == value


@pytest.mark.parametrize("where", WHERE)
@few
@given(data=st.data())
def test_every_object_comes_back(where: str, data: st.DataObject) -> None:
    texts = TEXTS.get(where, ANYTHING)
    names = texts.filter(lambda name: not name.startswith("color["))
    value = data.draw(st.dictionaries(names, texts, min_size=1, max_size=4))
    wanted = styled(where, FREE)
    assert decoded(wanted, encode(wanted, value)) == value


NAMES = st.text(max_size=5).filter(lambda name: not set("[]0123456789") & set(name) and name != "")


@few
@given(
    st.recursive(
        st.dictionaries(NAMES, ANYTHING, min_size=1, max_size=3),
        lambda inner: st.dictionaries(NAMES, inner | ANYTHING, min_size=1, max_size=3),
        max_leaves=6,
    )
)
def test_every_nested_object_comes_back(value: dict[str, Any]) -> None:
    wanted = shape("query", {"type": "object"}, style="deepObject")
    assert decoded(wanted, encode(wanted, value)) == value


EVERY_SHAPE = [
    styled(where, schema)
    for where in STYLE_TABLE
    for schema in (True, False, INTEGER, STRINGS, RGB, NESTED, STRING_OR_MANY)
]
WIRE = st.text() | st.text('color[]=&;.,%2C+|"R01 é\x00', max_size=60)


@settings(max_examples=500)
@given(wanted=st.sampled_from(EVERY_SHAPE), text=WIRE)
def test_no_text_ends_in_anything_but_a_value_or_a_plain_error(
    wanted: ParameterShape, text: str
) -> None:
    with suppress(ValueError):
        decoded_or_told(wanted, text)


def decoded_or_told(wanted: ParameterShape, text: str) -> None:
    if wanted.location == "query":
        query = QueryDecoder([wanted, *PAGE]).decode(text)
        assert not query.values.keys() & query.errors.keys()
    elif wanted.location == "cookie":
        CookieDecoder([wanted]).decode(text)
    else:
        decoded(wanted, text)


HOSTILE: dict[str, Callable[[int], str]] = {
    "deep brackets": lambda n: "color" + "[a]" * n + "=1",
    "open brackets": lambda n: "color" + "[" * n + "=1",
    "empty brackets": lambda n: "color" + "[]" * n + "=1",
    "many properties": lambda n: "&".join(f"color[{k}]=1" for k in range(n)),
    "many unknown names": lambda n: "&".join(f"x{k}=1" for k in range(n)),
    "many members": lambda n: "tag=a&" * n,
    "many digits": lambda n: "limit=" + "9" * n,
    "much to decode": lambda n: "limit=" + "%41" * n,
    "nothing to decode": lambda n: "limit=" + "%" * n,
    "nothing but ampersands": lambda n: "&" * n,
    "nothing but equals signs": lambda n: "=" * n,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_query_string_costs_no_more_than_its_length(name: str) -> None:
    decode = QueryDecoder(PAGE).decode
    assert grows_with_length(lambda n: decode(HOSTILE[name](n)), 2_000)
