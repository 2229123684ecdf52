"""Documents are read with the rules of YAML 1.2 and JSON, and everything in them has its place."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given

from mock_server.core.json_pointer import Tokens
from mock_server.documents.document import (
    BrokenRef,
    Document,
    DocumentNode,
    Documents,
    read_document,
)
from mock_server.documents.positions import MOST_LEVELS, TOO_DEEP
from mock_server.errors import StartError, WrongUse
from tests.helpers.json_texts import JSON_VALUES

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Return a function that writes files into the current folder."""
    monkeypatch.chdir(tmp_path)

    def written(content: str | bytes, name: str = "a.yaml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def line(path: Path) -> str:
    """Return the one line that a file is refused with."""
    with pytest.raises(StartError) as caught:
        read_document(path)
    (only,) = caught.value.lines
    return only


# Files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "start"),
    [
        pytest.param("utf-8", b"", id="UTF-8"),
        pytest.param("utf-8-sig", b"", id="UTF-8 with a mark"),
        pytest.param("utf-16", b"", id="UTF-16 with a mark"),
        pytest.param("utf-16-be", b"\xfe\xff", id="UTF-16, big end first, with a mark"),
        pytest.param("utf-16-le", b"", id="UTF-16 without a mark"),
        pytest.param("utf-16-be", b"", id="UTF-16, big end first, without a mark"),
        pytest.param("utf-32", b"", id="UTF-32"),
    ],
)
@pytest.mark.parametrize("name", ["a.yaml", "a.json"])
def test_the_encoding_is_told_by_the_first_bytes(
    write: Write, encoding: str, start: bytes, name: str
) -> None:
    path = write(start + '{"aé😀": 1}'.encode(encoding), name)
    document = read_document(path)
    assert document.data == {"aé😀": 1}
    assert str(document.place(("aé😀",))) == f"{name}:1:9"


@pytest.mark.parametrize(
    ("source", "refused"),
    [
        (b"a: b\xff", "a.yaml:1:5: the text is not UTF-8"),
        ("é: 1\n  ü: ".encode() + b"\xe9", "a.yaml:2:6: the text is not UTF-8"),
        ("é: 1\n".encode("utf-16") + b"\x00\xd8", "a.yaml:2:1: the text is not UTF-16"),
        (b"a: b\n  \xc3", "a.yaml:2:3: the text is not UTF-8"),
    ],
)
def test_bytes_that_are_no_text_are_refused_where_they_stand(
    write: Write, source: bytes, refused: str
) -> None:
    assert line(write(source)) == refused


def test_a_file_that_is_no_yaml_is_refused_with_its_name(write: Write) -> None:
    assert line(write("a: 1\na: 2", "sub/b.yaml")) == (
        'sub/b.yaml:2:1: duplicate key "a"; expected each key once'
    )


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("none.yaml", "there is no such file"),
        ("folder", "the file can't be read: Is a directory"),
        ("x" * 300, "the file can't be read: File name too long"),
        ("nul\0", "the file can't be read: embedded null byte"),
        ("file/below.yaml", "the file can't be read: Not a directory"),
    ],
)
def test_a_file_that_cannot_be_read_is_wrong_use(write: Write, name: str, why: str) -> None:
    write("", "folder/some")
    write("", "file")
    with pytest.raises(WrongUse) as caught:
        read_document(Path(name))
    assert caught.value.lines == [f"{name}: {why}"]


@pytest.mark.parametrize("name", ["a.yaml", "a.yml", "a.json", "a"])
def test_json_is_read_whatever_the_name(write: Write, name: str) -> None:
    document = read_document(write(' \n{"a": [1, null, "x"]}', name))
    assert (document.data, document.is_json) == ({"a": [1, None, "x"]}, True)


def test_a_flow_mapping_is_yaml_though_it_looks_like_json(write: Write) -> None:
    document = read_document(write("{a: NO, 'b': [1]} # so"))
    assert (document.data, document.is_json) == ({"a": "NO", "b": [1]}, False)


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("", "1:1: Input is a zero-length, empty document"),
        ("{a: 1}", "1:2: "),
        ('{"a": 1,}', "1:8: trailing comma is not allowed"),
        ('{"a":\n NaN}', "2:2: unexpected character"),
        ('{"a": 1e400}', "1:7: the number 1e400 is out of range; expected -1.8e308 to 1.8e308"),
        ('[1,\n"\\ud800"]', "2:"),
        ('{"a": 1, "b": {"c": 1,\n "c": 2}}', '2:2: duplicate key "c"; expected each key once'),
        ('{"a": {"x": 1}, "\\u0061": 2}', '1:17: duplicate key "a"; expected each key once'),
        pytest.param(
            "[" * 300 + "]" * 300,
            f"1:{MOST_LEVELS + 1}: nested deeper than {MOST_LEVELS} levels",
            id="300 levels",
        ),
        pytest.param("[" * MOST_LEVELS, f"1:{MOST_LEVELS + 1}: ", id="all levels, none closed"),
        pytest.param("[\n" * 190 + "[", "191:2: unexpected end of data", id="191 lists"),
        pytest.param("[ \n" * 220 + "x", "221:1: unexpected character", id="220 lists, and a word"),
    ],
)
def test_what_is_no_json_is_refused_with_line_and_column(
    write: Write, text: str, refused: str
) -> None:
    assert line(write(text, "a.json")).startswith(f"a.json:{refused}")


@pytest.mark.parametrize("name", ["a.yaml", "a.json"])
@pytest.mark.parametrize("levels", [MOST_LEVELS + 1, 1_000, 1_001, 2_000, 100_000])
@pytest.mark.parametrize(
    ("opening", "in_each", "closing"),
    [("[", 1, "]"), ('{"a":', 1, "}"), ('[{"a\\"[":\n', 2, "}]"), ("[", 1, ""), ("[", 1, "]x")],
)
def test_json_that_is_nested_too_deeply_is_refused_in_the_words_of_yaml(
    write: Write, name: str, opening: str, in_each: int, closing: str, levels: int
) -> None:
    text = opening * levels + "1" + closing * levels
    before = opening * (MOST_LEVELS // in_each)
    line_number, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    assert line(write(text, name)) == f"{name}:{line_number}:{column}: {TOO_DEEP}"


@pytest.mark.parametrize("name", ["a.yaml", "a.json"])
def test_json_may_have_as_many_levels_as_yaml(write: Write, name: str) -> None:
    text = "[" * MOST_LEVELS + "]" * MOST_LEVELS
    assert orjson.dumps(read_document(write(text, name)).data).decode() == text


def test_a_bracket_in_a_string_is_no_level(write: Write) -> None:
    text = json.dumps({"[{" * 200: ["[" * 300] * 300})
    assert read_document(write(text, "a.json")).data == json.loads(text)
    assert line(write(f"{text},", "b.json")).startswith(f"b.json:1:{len(text) + 1}: ")


def test_a_duplicate_key_is_an_error_in_json_that_a_yaml_file_holds(write: Write) -> None:
    assert (
        line(write('{"a": 1, "a": 2}')) == 'a.yaml:1:10: duplicate key "a"; expected each key once'
    )


# Places ----------------------------------------------------------------------------------------

YAML = """\
# A comment first.
openapi: 3.1.0
paths:
  /a~b/{c}:  # a path
    get: {responses: {200: {description: x}}}
    "put":
      parameters:
      - name: q
        in: query
      -   name: r
  ? long
  : - - 1
      - deeper
common: &common
  x: 1
alias: *common
merged:
  <<: *common
  y: [1,
    2]
text: |
  several
  lines
empty:
"""
JSON = """\
{"openapi": "3.1.0",
 "paths": {
   "/a~b/{c}": {"get": {"responses": {"200": {"description": "x"}}},
     "put": {"parameters": [{"name": "q",
       "in": "query"}, {"name": "r"}]}},
   "long": [[1, "a \\" [ { , : \\\\"], {}, []]},
 "empty": null, "": {"": 5}, "😀": 1, "e\\u0301": [true]
}
"""


@pytest.mark.parametrize(
    ("tokens", "place"),
    [
        pytest.param((), "2:1", id="the whole"),
        pytest.param(("openapi",), "2:10", id="a scalar, where it stands itself"),
        pytest.param(("paths",), "3:1", id="a mapping, where its key stands"),
        pytest.param(("paths", "/a~b/{c}"), "4:3", id="a key with signs"),
        pytest.param(("paths", "/a~b/{c}", "get", "responses", "200"), "5:23", id="in flow style"),
        pytest.param(("paths", "/a~b/{c}", "put"), "6:5", id="a quoted key"),
        pytest.param(("paths", "/a~b/{c}", "put", "parameters"), "7:7", id="a list"),
        pytest.param(("paths", "/a~b/{c}", "put", "parameters", 0), "8:9", id="its first element"),
        pytest.param(
            ("paths", "/a~b/{c}", "put", "parameters", "1"), "10:11", id="an index as text"
        ),
        pytest.param(("paths", "/a~b/{c}", "put", "parameters", 1, "name"), "10:17", id="in it"),
        pytest.param(
            ("paths", "/a~b/{c}", "put", "parameters", 7, "in"), "7:7", id="beyond its end"
        ),
        pytest.param(("paths", "long", 0, 1), "13:9", id="lists in a list"),
        pytest.param(("common", "x"), "15:6", id="below an anchor"),
        pytest.param(("alias",), "16:8", id="an alias"),
        pytest.param(("alias", "x"), "16:8", id="what an alias brings"),
        pytest.param(("merged", "x"), "17:1", id="what is merged in"),
        pytest.param(("merged", "y", 1), "20:5", id="on a line of its own"),
        pytest.param(("text",), "21:7", id="a block"),
        pytest.param(("empty",), "24:7", id="nothing"),
        pytest.param(("paths", "/nope", "get"), "3:1", id="what isn't there: the nearest around"),
        pytest.param(("openapi", "major"), "2:10", id="below a scalar"),
    ],
)
def test_every_value_in_yaml_has_its_place(write: Write, tokens: Tokens, place: str) -> None:
    assert str(read_document(write(YAML)).place(tokens)) == f"a.yaml:{place}"


@pytest.mark.parametrize(
    ("tokens", "place"),
    [
        pytest.param((), "1:1", id="the whole"),
        pytest.param(("openapi",), "1:13", id="a scalar, where it stands itself"),
        pytest.param(("paths",), "2:2", id="an object, where its key stands"),
        pytest.param(("paths", "/a~b/{c}", "get", "responses", "200"), "3:39", id="deep inside"),
        pytest.param(("paths", "/a~b/{c}", "put", "parameters"), "4:14", id="a list"),
        pytest.param(("paths", "/a~b/{c}", "put", "parameters", 0), "4:29", id="its first element"),
        pytest.param(("paths", "/a~b/{c}", "put", "parameters", 0, "in"), "5:14", id="in it"),
        pytest.param(
            ("paths", "/a~b/{c}", "put", "parameters", "1", "name"), "5:33", id="the next"
        ),
        pytest.param(("paths", "/a~b/{c}", "put", "parameters", 2), "4:14", id="beyond its end"),
        pytest.param(("paths", "long", 0, 1), "6:17", id="a text with brackets and quotes"),
        pytest.param(("paths", "long", 1), "6:37", id="an empty object"),
        pytest.param(("paths", "long", 2), "6:41", id="an empty list"),
        pytest.param(("empty",), "7:11", id="null"),
        pytest.param(("", ""), "7:26", id="empty keys"),
        pytest.param(("😀",), "7:35", id="a sign beyond the BMP is one column"),
        pytest.param(("e\u0301", 0), "7:50", id="an escaped key"),
    ],
)
def test_every_value_in_json_has_its_place(write: Write, tokens: Tokens, place: str) -> None:
    assert str(read_document(write(JSON, "a.json")).place(tokens)) == f"a.json:{place}"


@given(JSON_VALUES)
def test_places_are_told_of_every_value_there_is(value: Any) -> None:
    for text, is_json in (
        (json.dumps(value), True),
        (json.dumps(value, ensure_ascii=False), False),
    ):
        document = Document(Path("/a"), text.encode(), text, value, is_json)
        for tokens, inner in walked(value):
            place = document.place(tokens)
            assert place.line == 1
            begins = text[place.column - 1 :]
            if tokens and isinstance(tokens[-1], str) and isinstance(inner, dict | list):
                begins = begins[len(json.dumps(tokens[-1], ensure_ascii=is_json)) + 2 :]
            assert json.JSONDecoder().raw_decode(begins)[0] == inner


def walked(value: Any, tokens: Tokens = ()) -> list[tuple[Tokens, Any]]:
    """Return every value in a value, with the steps to it."""
    found = [(tokens, value)]
    members = (
        value
        if isinstance(value, dict)
        else dict(enumerate(value if isinstance(value, list) else ()))
    )
    for key, item in members.items():
        found += walked(item, (*tokens, key))
    return found


def test_a_file_outside_the_current_folder_is_named_in_full(write: Write) -> None:
    path = write("a: 1", "here/a.yaml")
    write("", "there/b.yaml")
    os.chdir(path.parent.parent / "there")
    assert str(read_document(path).place(("a",))) == f"{path}:1:4"
    assert str(read_document(Path("../here/a.yaml")).place(("a",))) == f"{path}:1:4"
    assert str(read_document(Path("b.yaml")).place(())) == "b.yaml:1:1"


def test_replies_never_tell_where_a_file_stands_on_this_machine(write: Write) -> None:
    path = write("{a: {$ref: parts/b.yaml}, c: {$ref: ../c.yaml}}", "api/a.yaml")
    write("1", "api/parts/b.yaml"), write("2", "c.yaml")
    documents = Documents(read_document(path))
    files = [documents.node(ref, documents.root.uri).document for ref in REFS]
    assert [file.label for file in files] == ["api/a.yaml", "api/parts/b.yaml", "c.yaml"]
    os.chdir(path.parent / "parts")
    assert [file.label for file in files] == ["a.yaml", "b.yaml", "../c.yaml"]


REFS = ("", "parts/b.yaml", "../c.yaml")


# References ------------------------------------------------------------------------------------


FILES = {
    "api/openapi.yaml": """
        $self: {a: 1}
        paths: {"/a/{b}": {get: {list: [first, second]}}}
        "é %": here
        lone: {$ref: "#/paths"}
        chain: {$ref: "#/lone"}
        loop: {$ref: "#/pool"}
        pool: {$ref: "#/loop"}
        self: {$ref: "#/self"}
        """,
    "api/parts/pets.json": '{"Pet": {"up": 1}, "back": {"$ref": "../openapi.yaml#/lone"}}',
    "api/with space#.yaml": "a: 5",
    "shared.yaml": "a: 6\n",
    "api/broken.yaml": "a: [",
}


@pytest.fixture
def documents(write: Write) -> Documents:
    for name, text in FILES.items():
        write("\n".join(part.strip() for part in text.splitlines()), name)
    return Documents(read_document(Path("api/openapi.yaml")))


def at(documents: Documents, ref: str) -> DocumentNode:
    return documents.node(ref, documents.root.uri)


@pytest.mark.parametrize(
    ("ref", "value"),
    [
        ("#/$self/a", 1),
        ("#/paths/~1a~1{b}/get/list/1", "second"),
        ("#/paths/~1a~1%7Bb%7D/get/list/0", "first"),
        ("#/%C3%A9%20%25", "here"),
        ("openapi.yaml#/$self/a", 1),
        ("./parts/../openapi.yaml#/$self/a", 1),
        ("parts/pets.json#/Pet", {"up": 1}),
        ("parts/pets.json", {"Pet": {"up": 1}, "back": {"$ref": "../openapi.yaml#/lone"}}),
        ("with%20space%23.yaml#/a", 5),
        ("../shared.yaml#/a", 6),
    ],
)
def test_references_lead_inside_a_file_and_to_others(
    documents: Documents, ref: str, value: object
) -> None:
    assert at(documents, ref).value == value


def test_a_file_is_read_once_however_it_is_named(documents: Documents) -> None:
    back = at(documents, "parts/pets.json#/back").followed()
    assert back.document is documents.root
    assert back.pointer == "/paths"
    assert [document.path.name for document in documents] == ["openapi.yaml", "pets.json"]


@pytest.mark.parametrize("name", ["../api/openapi.yaml", "parts/../openapi.yaml", "./openapi.yaml"])
def test_the_document_itself_is_read_once_however_it_is_named(
    documents: Documents, name: str
) -> None:
    os.chdir(documents.root.path.parent)
    named = Documents(read_document(Path(name)))
    assert at(named, "parts/pets.json#/back").followed().document is named.root


@pytest.mark.parametrize(
    ("ref", "why"),
    [
        ("#/nope/x", "$ref #/nope/x: api/openapi.yaml has no /nope"),
        ("#/paths/~1a/get", "$ref #/paths/~1a/get: api/openapi.yaml has no /paths/~1a"),
        ("#/paths/~1a~1{b}/get/list/2", "has no /paths/~1a~1{b}/get/list/2"),
        ("#/paths/~1a~1{b}/get/list/-1", "has no /paths/~1a~1{b}/get/list/-1"),
        ("#/paths/~1a~1{b}/get/list/01", "has no /paths/~1a~1{b}/get/list/01"),
        ("#/paths/~1a~1{b}/get/list/first", "has no /paths/~1a~1{b}/get/list/first"),
        ("#/$self/a/b", "has no /$self/a/b"),
        ("#name", "$ref #name: its fragment is no JSON pointer"),
        ("none.yaml#/a", "$ref none.yaml#/a: api/none.yaml: there is no such file"),
        ("broken.yaml", "$ref broken.yaml: api/broken.yaml:1:4: the list that begins here"),
        ("parts", "$ref parts: api/parts: the file can't be read: Is a directory"),
        ("a%00b", "embedded null byte"),
        ("https://example.com/a.yaml#/a", "leads to another host, which is not asked"),
        ("//example.com/a.yaml", "leads to another host, which is not asked"),
        ("file://example.com/etc/passwd", "leads to another host, which is not asked"),
        ("urn:uuid:00000000-0000-4000-8000-000000000000", "leads to another host"),
        ("http://[", "$ref http://[ is no address: Invalid IPv6 URL"),
        ("//[", "$ref //[ is no address: Invalid IPv6 URL"),
    ],
)
def test_a_reference_that_leads_nowhere_says_why(documents: Documents, ref: str, why: str) -> None:
    with pytest.raises(BrokenRef) as caught:
        at(documents, ref)
    assert why in str(caught.value)


def test_a_chain_of_references_is_followed_to_its_end(documents: Documents) -> None:
    assert at(documents, "#/chain").followed().pointer == "/paths"


@pytest.mark.parametrize("name", ["loop", "pool", "self"])
def test_a_chain_that_leads_back_to_itself_is_told(documents: Documents, name: str) -> None:
    with pytest.raises(BrokenRef, match="leads back to itself"):
        at(documents, f"#/{name}").followed()


def test_a_node_knows_its_members_and_their_places(documents: Documents) -> None:
    listed = at(documents, "#/paths/~1a~1{b}/get/list")
    assert [(n.value, n.pointer, str(n.place)) for n in listed.elements()] == [
        ("first", "/paths/~1a~1{b}/get/list/0", "api/openapi.yaml:3:33"),
        ("second", "/paths/~1a~1{b}/get/list/1", "api/openapi.yaml:3:40"),
    ]
    own = documents.top.get("$self")
    assert own is not None
    assert [(name, node.value) for name, node in own.items()] == [("a", 1)]


@pytest.mark.parametrize("value", [None, True, 5, "text", [], {}])
def test_what_has_no_members_has_none(value: Any, tmp_path: Path) -> None:
    document = Document(tmp_path / "a.json", b"", "", value, True)
    node = Documents(document).top
    assert (node.get("a"), list(node.items()), list(node.elements())) == (None, [], [])


OWN = "https://example.com/v1/api.yaml"
OWN_REFS = {
    "itself": (f"{OWN}#/a", 1),
    "a file beside it": ("https://example.com/v1/parts/b.yaml#/b", 2),
    "that file by its own folder": ("parts/b.yaml#/b", 2),
    "itself from that file": ("parts/b.yaml#/back", 1),
}


@pytest.mark.parametrize(("ref", "value"), OWN_REFS.values(), ids=OWN_REFS)
def test_what_a_document_calls_itself_leads_to_its_file_and_those_beside_it(
    tmp_path: Path, ref: str, value: int
) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/b.yaml").write_text(f"b: 2\nback: {{$ref: '{OWN}#/a'}}\n")
    (tmp_path / "api.yaml").write_text(f"openapi: 3.2.0\n$self: {OWN}\na: 1\n")
    documents = Documents(read_document(tmp_path / "api.yaml"))
    assert documents.node(ref, documents.root.uri).followed().value == value


@pytest.mark.parametrize("line", ["openapi: 3.1.0", "openapi: 3.2.0"])
def test_another_address_than_its_own_is_not_asked(tmp_path: Path, line: str) -> None:
    own = "https://example.com/v2/api.yaml" if "3.2" in line else OWN
    (tmp_path / "api.yaml").write_text(f"{line}\n$self: {own}\na: 1\n")
    documents = Documents(read_document(tmp_path / "api.yaml"))
    with pytest.raises(BrokenRef, match="another host"):
        documents.node(f"{OWN}#/a", documents.root.uri)
