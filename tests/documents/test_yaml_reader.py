"""YAML read by the rules of YAML 1.2: whole, or refused at the first error."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
import yaml
from hypothesis import given

from mock_server.documents import yaml_reader
from mock_server.documents.positions import MOST_LEVELS, TOO_DEEP, Unreadable
from mock_server.documents.yaml_reader import read_yaml
from tests.helpers.effort import grows_with_length
from tests.helpers.json_texts import JSON_VALUES


def refusal(text: str) -> str:
    """Where and why a YAML text can't be read."""
    with pytest.raises(Unreadable) as caught:
        read_yaml(text)
    return f"{caught.value.line}:{caught.value.column}: {caught.value}"


# Scalars ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # YAML 1.1 takes each of these for something else.
        ("NO", "NO"),
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("Off", "Off"),
        ("y", "y"),
        ("12:30", "12:30"),
        ("190:20:30", "190:20:30"),
        ("2026-01-01", "2026-01-01"),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("1_000", "1_000"),
        ("0b11", "0b11"),
        ("=", "="),
        # The core schema of YAML 1.2.2, section 10.3.2.
        ("~", None),
        ("null", None),
        ("Null", None),
        ("NULL", None),
        ("nUll", "nUll"),
        ("true", True),
        ("True", True),
        ("TRUE", True),
        ("tRue", "tRue"),
        ("false", False),
        ("0", 0),
        ("-0", 0),
        ("+12", 12),
        ("-12", -12),
        ("007", 7),
        ("0o17", 15),
        ("0o8", "0o8"),
        ("017", 17),
        ("0x1F", 31),
        ("0x1f", 31),
        ("0X1F", "0X1F"),
        ("-0x1F", "-0x1F"),
        ("1.", 1.0),
        (".5", 0.5),
        ("-.5", -0.5),
        ("+1.5", 1.5),
        ("1e3", 1000.0),
        ("1E+3", 1000.0),
        ("1.5e-3", 0.0015),
        ("1e", "1e"),
        (".", "."),
        ("1.2.3", "1.2.3"),
        (".nan is one", ".nan is one"),
        ("18446744073709551615", 2**64 - 1),
        ("-9223372036854775808", -(2**63)),
        ("18446744073709551616", 2**64),
        ("0xFFFFFFFFFFFFFFFFFF", 16**18 - 1),
        # Quoted, and tagged.
        ('"5"', "5"),
        ("'null'", "null"),
        ("! 5", "5"),
        ("!!str 5", "5"),
        ("!!str", ""),
        ('!!int "5"', 5),
        ("!!int 0x1F", 31),
        ("!!float 5", 5),
        ("!!bool true", True),
        ('!!null ""', None),
    ],
)
def test_a_scalar_means_what_yaml_1_2_says(text: str, value: object) -> None:
    found = read_yaml(f"key: {text}")["key"]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (".inf", ".inf is no JSON value; quote it if a string is meant"),
        ("-.INF", "-.INF is no JSON value; quote it if a string is meant"),
        (".nan", ".nan is no JSON value; quote it if a string is meant"),
        ("1e400", "1e400 is too large for a number; quote it if a string is meant"),
        pytest.param(
            "9" * 310,
            "99999999999999999999… is too large for a number; quote it if a",
            id="310 digits",
        ),
        pytest.param(
            "9" * 5_000,
            "99999999999999999999… is too large for a number; quote it if a",
            id="5,000 digits",
        ),
        pytest.param(
            "0x" + "F" * 5_000,
            "0xFFFFFFFFFFFFFFFFFF… is too large for a number; quote it",
            id="5,000 hexadecimal digits",
        ),
        ("!!int abc", '"abc" is no int'),
        ("!!bool yes", '"yes" is no bool'),
        ("!!null 0", '"0" is no null'),
        ("!!binary aGk=", "the tag tag:yaml.org,2002:binary is no JSON value"),
        ("!!timestamp 2026-01-01", "the tag tag:yaml.org,2002:timestamp is no JSON value"),
        ("!mine 5", "the tag !mine is no JSON value"),
        ("!!set {a, b}", "the tag tag:yaml.org,2002:set is no JSON value"),
        ("!!omap [a: 1]", "the tag tag:yaml.org,2002:omap is no JSON value"),
        ("!!python/object:os.system {}", "the tag tag:yaml.org,2002:python/object:os.system is no"),
        ("*nowhere", "the alias *nowhere has no anchor before it"),
        ("&a [*a]", "the alias *a has no anchor before it"),
    ],
)
def test_what_is_no_json_value_is_refused_where_it_stands(text: str, why: str) -> None:
    assert refusal(f"first: 1\nkey: {text}").startswith(f"2:{10 if '[*a' in text else 6}: {why}")


# Mappings --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("200: a\n4XX: b", {"200": "a", "4XX": "b"}, id="numbers"),
        pytest.param("0x10: a\n1.0: b\n1: c", {"0x10": "a", "1.0": "b", "1": "c"}, id="as written"),
        pytest.param("null: a\n~: b\ntrue: c", {"null": "a", "~": "b", "true": "c"}, id="words"),
        pytest.param("2026-01-01: a", {"2026-01-01": "a"}, id="a date"),
        pytest.param("'': a\n\" \": b", {"": "a", " ": "b"}, id="blanks"),
        pytest.param("? a\n: 1", {"a": 1}, id="with a question mark"),
        pytest.param("a:\nb: ", {"a": None, "b": None}, id="no value"),
        pytest.param("", None, id="an empty file"),
        pytest.param("# nothing\n", None, id="a comment alone"),
        pytest.param("---\n...\n", None, id="an empty document"),
        pytest.param("%YAML 1.1\n---\na: NO", {"a": "NO"}, id="whatever version it names"),
        pytest.param("!!map {a: !!seq [1]}", {"a": [1]}, id="the tags of what it is"),
    ],
)
def test_keys_are_strings_as_they_are_written(text: str, value: object) -> None:
    assert read_yaml(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param(
            "a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3",
            {"a": {"x": 1, "y": 2}, "b": {"x": 1, "y": 3}},
            id="what is written out wins",
        ),
        pytest.param(
            "b:\n  y: 3\n  <<: {x: 1, y: 2}", {"b": {"x": 1, "y": 3}}, id="also where it came first"
        ),
        pytest.param(
            "<<: [{x: 1}, {x: 2, y: 2}]", {"x": 1, "y": 2}, id="of several the first wins"
        ),
        pytest.param('"<<": 5', {"<<": 5}, id="a quoted one is a key like others"),
        pytest.param(
            "a: &a [1, {b: c}]\nd: *a\ne: &e f\ng: *e",
            {"a": [1, {"b": "c"}], "d": [1, {"b": "c"}], "e": "f", "g": "f"},
            id="aliases",
        ),
        pytest.param(
            "a: &x 1\nb: &x 2\nc: *x", {"a": 1, "b": 2, "c": 2}, id="the anchor before it"
        ),
        pytest.param("&k key: 1\nb: *k", {"key": 1, "b": "key"}, id="an anchor on a key"),
    ],
)
def test_aliases_and_merge_keys_are_followed(text: str, value: object) -> None:
    assert read_yaml(text) == value


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("a: 1\nb: 2\na: 3", '3:1: duplicate key "a"; expected each key once'),
        ("o:\n  a: 1\n  'a': 2", '3:3: duplicate key "a"; expected each key once'),
        ("{a: 1, a: 2}", '1:8: duplicate key "a"; expected each key once'),
        ("? a\n? a", '2:3: duplicate key "a"; expected each key once'),
        ("<<: {a: 1}\n<<: {b: 1}", '2:1: duplicate key "<<"; expected each key once'),
        ("[a]: 1", "1:1: a mapping or list as a key; expected a string"),
        ("{a: 1}: 1", "1:1: a mapping or list as a key; expected a string"),
        ("a: &a b\n*a : 1", "2:1: an alias as a key; expected a string"),
        ("<<: 5", '1:5: "<<" merges mappings; expected a mapping or a list of them'),
        ("<<: [{a: 1}, 5]", '1:15: "<<" merges mappings; expected a mapping or a list of them'),
        ("a: 1\n---\nb: 2", "2:1: a second document starts here; expected one in a file"),
        (
            "a: [1, 2",
            "1:4: the list that begins here isn't closed, or a comma is missing; expected",
        ),
        ("a: b: c", "1:5: `: ` begins a value, and this one has begun already; put the text into"),
        ("a:\n\tb: 1", "2:1: a tab stands here; YAML is indented with spaces alone"),
        ("ä: 'ö\n", "1:4: the text in quotes that begins here has no closing quote"),
        ("é: 1\n  ü\x01: 2", "2:4: the character U+0001 may not stand in YAML"),
        ('a: "\\q"', "1:5: in double quotes a backslash begins an escape, and there is none such"),
    ],
)
def test_what_is_no_yaml_is_refused_with_line_and_column(text: str, refused: str) -> None:
    assert refusal(text).startswith(refused)


@given(JSON_VALUES)
def test_every_json_text_is_yaml_of_the_same_value(value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False)
    assert json.dumps(read_yaml(text)) == json.dumps(value)


# Bounds ----------------------------------------------------------------------------------------


@pytest.fixture(params=["libyaml", "Python"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the parser of an installation with libyaml, and that of one without it."""
    if request.param == "Python":
        monkeypatch.setattr(yaml_reader, "LOADER", yaml.SafeLoader)
    return str(request.param)


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize("behind", ["", "@", "\x07", " 1 ]} %"], ids=ascii)
@pytest.mark.parametrize("levels", [300, 5_000, 100_000])
@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "{a: ["])
def test_a_hundred_thousand_levels_are_refused_at_the_first_too_deep(
    opening: str, levels: int, behind: str
) -> None:
    in_each = opening.count("[") + opening.count("{") + opening.count("-")
    column = len(opening) * (MOST_LEVELS // in_each) + 1
    assert refusal(opening * levels + behind) == f"1:{column}: {TOO_DEEP}"


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize("opening", ["a:", "-"])
def test_block_levels_are_refused_at_the_first_too_deep(opening: str) -> None:
    text = "\n".join(" " * level + opening for level in range(2_000))
    assert refusal(text) == f"{MOST_LEVELS + 1}:{MOST_LEVELS + 1}: {TOO_DEEP}"


@pytest.mark.usefixtures("parser")
def test_an_error_before_the_first_level_too_deep_comes_first() -> None:
    assert TOO_DEEP not in refusal("[" * MOST_LEVELS + "@" + "[" * 100_000)
    assert refusal(f"a: 1\na: {'[' * 5_000}").startswith('2:1: duplicate key "a"')


@pytest.mark.parametrize("text", ["- ä: ['\x07', x]", 'é: "\x01"', "a:\n  ü: \ufffe"])
def test_each_parser_finds_a_forbidden_character_at_the_same_place(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = refusal(text)
    monkeypatch.setattr(yaml_reader, "LOADER", yaml.SafeLoader)
    assert refusal(text) == found
    assert "may not stand in YAML" in found


@pytest.mark.usefixtures("parser")
def test_as_many_levels_as_are_allowed_can_be_written_again() -> None:
    value = read_yaml("[" * MOST_LEVELS + "]" * MOST_LEVELS)
    assert orjson.dumps(value) == b"[" * MOST_LEVELS + b"]" * MOST_LEVELS


@pytest.mark.parametrize(
    "inner",
    [
        pytest.param("[{}, {}, {}, {}, {}, {}, {}, {}, {}, {}]", id="lists"),
        pytest.param("{{a: {}, b: {}, c: {}, d: {}, e: {}, f: {}, g: {}, h: {}}}", id="mappings"),
    ],
)
def test_aliases_that_stand_for_billions_of_values_are_refused(inner: str) -> None:
    lines = ["a0: &a0 x"]
    for level in range(1, 40):
        lines.append(f"a{level}: &a{level} {inner.replace('{}', f'*a{level - 1}')}")
    text = "\n".join(lines).replace("{{", "{").replace("}}", "}")
    assert "aliases expand to more than 5,000,000 values" in refusal(text)


def test_a_text_takes_as_long_to_read_as_it_is_long() -> None:
    assert grows_with_length(lambda n: read_yaml("- {a: [1, x]}\n" * n), 200)
