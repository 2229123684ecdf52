"""XML bodies that become values, and values that become XML, by a schema and its `xml` keywords."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.dom import minidom

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.bodies.json_text import UnreadableBody
from mock_server.bodies.xml.codec import Xml
from mock_server.bodies.xml.parser import (
    MOST_ATTRIBUTES,
    MOST_ELEMENTS,
    MOST_LEVELS,
    parsed,
)
from tests.helpers.contents import Raw, schema_of
from tests.helpers.effort import is_linear
from tests.helpers.judge import faults

STRING = {"type": "string"}
INTEGER = {"type": "integer"}
NIL = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"'
DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def encoded(value: Any, raw: Any, schemas: Raw | None = None, version: str = "3.1.0") -> str:
    """Return the document without its declaration; it is well-formed, namespaces and all."""
    document = Xml(schema_of(raw, schemas, version)).encode(value)
    minidom.parseString(document)
    assert document.startswith(DECLARATION)
    return document.removeprefix(DECLARATION).decode()


def decoded(
    body: str | bytes, raw: Any = True, schemas: Raw | None = None, version: str = "3.1.0"
) -> Any:
    body = body if isinstance(body, bytes) else body.encode()
    return Xml(schema_of(raw, schemas, version)).decoder(None)(body)


def named(*properties: tuple[str, Any], **keywords: Any) -> dict[str, Any]:
    """Return an object's schema."""
    return {"type": "object", "xml": {"name": "doc"}, "properties": dict(properties), **keywords}


def animals(array: Raw | None = None, item: Raw | None = None) -> dict[str, Any]:
    """Return the array of the specification's examples, with the `xml` of both its schemas."""
    items = STRING | ({"xml": item} if item else {})
    listed = {"type": "array", "items": items} | ({"xml": array} if array else {})
    return named(("animals", listed))


PETS = {"animals": ["dog", "cat"]}
PERSON = {
    "type": "object",
    "properties": {
        "id": INTEGER | {"xml": {"attribute": True}},
        "name": STRING | {"xml": {"namespace": "https://example.com/sample", "prefix": "sample"}},
    },
}
DOCUMENTATION = {
    "type": "object",
    "properties": {"content": STRING | {"xml": {"nodeType": "cdata"}}},
}
PRODUCT = {
    "xml": {"name": "product"},
    "type": "object",
    "required": ["count", "description", "related"],
    "properties": {
        "count": {"type": ["number", "null"], "xml": {"nodeType": "attribute"}},
        "rating": STRING | {"xml": {"nodeType": "attribute"}},
        "description": STRING,
        "related": {"type": ["object", "null"]},
    },
}

# The examples of OAS 3.1.1, section 4.8.26, and of OAS 3.2.1, "XML Object".
SPECIFIED = {
    "a property is an element of its name": (
        named(("animals", STRING)),
        {"animals": "dog, cat"},
        "<doc><animals>dog, cat</animals></doc>",
    ),
    "a name for a property": (
        named(("animals", STRING | {"xml": {"name": "animal"}})),
        {"animals": "dog"},
        "<doc><animal>dog</animal></doc>",
    ),
    "an array is its items": (
        animals(),
        PETS,
        "<doc><animals>dog</animals><animals>cat</animals></doc>",
    ),
    "a name for the items": (
        animals(item={"name": "animal"}),
        PETS,
        "<doc><animal>dog</animal><animal>cat</animal></doc>",
    ),
    "the name of an array that isn't wrapped is nobody's": (
        animals({"name": "aliens"}, {"name": "animal"}),
        PETS,
        "<doc><animal>dog</animal><animal>cat</animal></doc>",
    ),
    "a wrapped array": (
        animals({"wrapped": True}),
        PETS,
        "<doc><animals><animals>dog</animals><animals>cat</animals></animals></doc>",
    ),
    "a wrapped array by its node type": (
        animals({"nodeType": "element"}, {"name": "animal"}),
        PETS,
        "<doc><animals><animal>dog</animal><animal>cat</animal></animals></doc>",
    ),
    "names for both": (
        animals({"wrapped": True, "name": "aliens"}, {"name": "animal"}),
        PETS,
        "<doc><aliens><animal>dog</animal><animal>cat</animal></aliens></doc>",
    ),
    "a name for the wrapping element": (
        animals({"wrapped": True, "name": "aliens"}),
        PETS,
        "<doc><aliens><aliens>dog</aliens><aliens>cat</aliens></aliens></doc>",
    ),
    "an attribute, a prefix and a namespace": (
        {"$ref": "#/components/schemas/Person"},
        {"id": 123, "name": "example"},
        '<Person id="123"><sample:name xmlns:sample="https://example.com/sample">example'
        "</sample:name></Person>",
    ),
    "attributes and text": (
        {
            "type": "array",
            "xml": {"nodeType": "element", "name": "animals"},
            "items": {
                "xml": {"name": "animal"},
                "properties": {
                    "kind": STRING | {"xml": {"nodeType": "attribute"}},
                    "name": STRING | {"xml": {"nodeType": "text"}},
                },
            },
        },
        [{"kind": "Cat", "name": "Fluffy"}, {"kind": "Dog", "name": "Fido"}],
        '<animals><animal kind="Cat">Fluffy</animal><animal kind="Dog">Fido</animal></animals>',
    ),
    "CDATA": (
        {"$ref": "#/components/schemas/Documentation"},
        {"content": "<html>&amp;]]></html>"},
        "<Documentation><![CDATA[<html>&amp;]]]]><![CDATA[></html>]]></Documentation>",
    ),
    "a name where a component is used": (
        {
            "xml": {"nodeType": "element", "name": "StoredDocument"},
            "$ref": "#/components/schemas/Nameless",
        },
        {"content": "<p/>"},
        "<StoredDocument><![CDATA[<p/>]]></StoredDocument>",
    ),
    "ordered elements": (
        {
            "xml": {"nodeType": "element", "name": "OneTwoThree"},
            "type": "array",
            "prefixItems": [
                STRING | {"xml": {"name": "One"}},
                {
                    "xml": {"name": "Two"},
                    "type": "object",
                    "properties": {
                        "unit": STRING | {"xml": {"nodeType": "attribute"}},
                        "value": {"type": "number", "xml": {"nodeType": "text"}},
                    },
                },
                {"xml": {"name": "Three"}, "type": ["boolean", "null"]},
            ],
        },
        ["Some text", {"unit": "cubits", "value": 42}, None],
        f'<OneTwoThree><One>Some text</One><Two unit="cubits">42</Two><Three {NIL}/></OneTwoThree>',
    ),
    "ordered text": (
        {
            "xml": {"nodeType": "element", "name": "Report"},
            "type": "array",
            "prefixItems": [
                STRING | {"xml": {"nodeType": "text"}},
                {"type": "number", "xml": {"name": "data"}},
                STRING | {"xml": {"nodeType": "text"}},
            ],
        },
        ["Some preamble text.", 42, "Some postamble text."],
        "<Report>Some preamble text.<data>42</data>Some postamble text.</Report>",
    ),
    "null": (
        PRODUCT,
        {"count": None, "description": "Thing", "related": None},
        f"<product><description>Thing</description><related {NIL}/></product>",
    ),
    "an empty object": (
        PRODUCT,
        {"count": 42, "description": "Thing", "related": {}},
        '<product count="42"><description>Thing</description><related/></product>',
    ),
}
COMPONENTS = {
    "Person": PERSON,
    "Documentation": DOCUMENTATION,
    "Nameless": DOCUMENTATION | {"xml": {"nodeType": "none"}},
}


@pytest.mark.parametrize(("raw", "value", "document"), SPECIFIED.values(), ids=SPECIFIED)
def test_the_examples_of_the_specification_hold(raw: Any, value: Any, document: str) -> None:
    assert encoded(value, raw, COMPONENTS) == document
    assert decoded(document, raw, COMPONENTS) == value


@pytest.mark.parametrize(
    ("raw", "document", "value"),
    [
        pytest.param(INTEGER, "<n> 5\n</n>", 5, id="an integer, with white space around it"),
        pytest.param({"type": "number"}, "<n>2.50</n>", 2.5, id="a number"),
        pytest.param({"type": "boolean"}, "<b>true</b>", True, id="a boolean"),
        pytest.param(STRING, "<s> 5 </s>", " 5 ", id="a string that looks like a number"),
        pytest.param(STRING, "<s/>", "", id="an empty string"),
        pytest.param(INTEGER, "<n>five</n>", "five", id="what fits no type stays text"),
        pytest.param(
            {"type": ["string", "null"]}, f"<s {NIL}/>", None, id="null, which isn't empty"
        ),
        pytest.param(
            {"type": "array", "items": INTEGER},
            "<list><item>1</item><item>2</item></list>",
            [1, 2],
            id="an array at the root, whatever its items are called",
        ),
        pytest.param({"type": "array", "items": INTEGER}, "<list/>", [], id="an empty array"),
        pytest.param(
            named(("a", INTEGER)) | {"required": ["a"]},
            "<doc>\n  <a>1</a>\n  <!-- b --><?c?>\n</doc>",
            {"a": 1},
            id="indentation, comments and instructions say nothing",
        ),
        pytest.param(
            named(("a", {"type": "array", "items": INTEGER}), required=["a"]),
            "<doc/>",
            {"a": []},
            id="a required array whose items are none",
        ),
        pytest.param(
            named(("a", {"type": "array", "items": INTEGER})),
            "<doc/>",
            {},
            id="an optional array is absent",
        ),
        pytest.param(
            named(("a", {"type": "array", "items": INTEGER}), ("b", STRING)),
            "<doc><a>1</a><b>x</b><a>2</a></doc>",
            {"a": [1, 2], "b": "x"},
            id="items may be apart",
        ),
        pytest.param(
            named(("a", {"type": "array", "items": INTEGER})),
            "<doc><b>1</b><b>2</b><c d='3'>4</c></doc>",
            {"b": ["1", "2"], "c": {"d": "3"}},
            id="undeclared elements are told by what they hold",
        ),
        pytest.param(
            named(("a", INTEGER)), '<doc a="1"/>', {"@a": "1"}, id="an attribute is no element"
        ),
        pytest.param(
            named(("a", STRING)),
            '<doc xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xml:lang="en"'
            ' xsi:schemaLocation="urn:a a.xsd"><a>1</a></doc>',
            {"a": "1"},
            id="attributes that speak of the document are no data",
        ),
        pytest.param(
            {"oneOf": [named(("a", INTEGER)), named(("b", INTEGER))]},
            "<doc><b>2</b></doc>",
            {"b": 2},
            id="alternatives",
        ),
        pytest.param(
            {"allOf": [named(("a", INTEGER)), named(("b", INTEGER | {"xml": {"name": "B"}}))]},
            "<doc><a>1</a><B>2</B></doc>",
            {"a": 1, "b": 2},
            id="all of several",
        ),
        pytest.param(
            {"type": "object", "additionalProperties": INTEGER},
            "<m><x>1</x><y>2</y></m>",
            {"x": 1, "y": 2},
            id="a map",
        ),
        pytest.param(
            True, "<a><b>1</b><b>2</b><c/></a>", {"b": ["1", "2"], "c": ""}, id="anything"
        ),
    ],
)
def test_what_stands_in_a_document_is_read_by_the_schema(
    raw: Any, document: str, value: Any
) -> None:
    assert decoded(document, raw) == value


LIBRARY = named(
    ("title", STRING),
    ("code", STRING | {"xml": {"namespace": "urn:codes", "prefix": "c"}}),
    xml={"name": "book", "namespace": "urn:books"},
)


@pytest.mark.parametrize(
    "document",
    [
        '<book xmlns="urn:books"><title>T</title><code xmlns="urn:codes">1</code></book>',
        '<b:book xmlns:b="urn:books" xmlns:k="urn:codes"><b:title>T</b:title><k:code>1</k:code>'
        "</b:book>",
        '<b:book xmlns:b="urn:books" xmlns="urn:codes"><title xmlns="">T</title><code>1</code>'
        "</b:book>",
    ],
    ids=["by default", "by other prefixes", "by none"],
)
def test_a_namespace_is_known_by_its_address_whatever_its_prefix(document: str) -> None:
    assert decoded(document, LIBRARY) == {"title": "T", "code": "1"}


def test_an_element_of_another_namespace_is_another_element() -> None:
    document = '<book xmlns="urn:books"><code xmlns="urn:other">1</code></book>'
    assert decoded(document, LIBRARY) == {"{urn:other}code": "1"}


OWN_NAMES = {
    "an element of another name": ({"name": "number"}, "<doc><n>1</n></doc>", "{}n"),
    "an attribute": ({"attribute": True}, "<doc><n>1</n></doc>", "{}n"),
    "an element in a namespace": ({"namespace": "urn:a"}, "<doc><n>1</n></doc>", "{}n"),
    "a text": ({"nodeType": "text"}, "<doc><n>1</n></doc>", "{}n"),
}


@pytest.mark.parametrize(("xml", "body", "name"), OWN_NAMES.values(), ids=OWN_NAMES)
def test_a_property_that_has_another_node_is_not_the_element_of_its_own_name(
    xml: Raw, body: str, name: str
) -> None:
    integer = {"type": "integer", "xml": xml}
    found = decoded(body, named(("n", integer)), version="3.2.0")
    assert "n" not in found and name in found


def test_a_prefix_is_declared_once_and_never_for_two_namespaces() -> None:
    inner = STRING | {"xml": {"prefix": "p", "namespace": "urn:a"}}
    other = STRING | {"xml": {"prefix": "p", "namespace": "urn:b", "attribute": True}}
    raw = named(("x", inner), ("y", other), xml={"name": "d", "prefix": "p", "namespace": "urn:a"})
    value = {"x": "1", "y": "2"}
    document = encoded(value, raw)
    assert document.count('"urn:a"') == document.count('"urn:b"') == 1
    assert decoded(document, raw) == value


@pytest.mark.parametrize(
    ("raw", "version", "root"),
    [
        (named(), "3.1.0", "doc"),
        ({"$ref": "#/components/schemas/Person"}, "3.0.3", "Person"),
        ({"type": "object"}, "3.1.0", "root"),
    ],
    ids=["named", "a component", "neither"],
)
def test_the_root_is_called_what_the_schema_says_or_its_component_is(
    raw: Any, version: str, root: str
) -> None:
    assert encoded({}, raw, COMPONENTS, version) == f"<{root}/>"


@pytest.mark.parametrize(("version", "name"), [("3.1.0", "owner"), ("3.2.0", "Person")])
def test_a_component_gives_its_name_to_a_property_from_3_2_on(version: str, name: str) -> None:
    raw = named(("owner", {"$ref": "#/components/schemas/Person"}))
    value = {"owner": {"id": 1}}
    document = encoded(value, raw, COMPONENTS, version)
    assert document == f'<doc><{name} id="1"/></doc>'
    assert decoded(document, raw, COMPONENTS, version) == value


def test_two_properties_never_share_an_element() -> None:
    raw = named(*((name, {"$ref": "#/components/schemas/Person"}) for name in ("buyer", "seller")))
    value = {"buyer": {"id": 1}, "seller": {"id": 2}}
    document = encoded(value, raw, {"Person": PERSON | {"xml": {"name": "person"}}})
    assert document == '<doc><buyer id="1"/><seller id="2"/></doc>'


def test_a_flat_object_stands_in_the_element_around_it() -> None:
    inner = named(("b", INTEGER), ("c", INTEGER | {"xml": {"attribute": True}}))
    raw = named(("a", inner | {"xml": {"nodeType": "none"}}))
    document = '<doc c="2"><b>1</b></doc>'
    assert encoded({"a": {"b": 1, "c": 2}}, raw) == document
    assert decoded(document, raw) == {"a": {"b": 1, "c": 2}}


def test_a_schema_may_hold_itself() -> None:
    node = {"type": "object", "properties": {"id": INTEGER, "next": {"$ref": "#/x-here/schema"}}}
    value = {"id": 1, "next": {"id": 2, "next": {"id": 3}}}
    assert decoded(encoded(value, node), node) == value


def test_a_text_that_is_xml_already_stays_as_it_is() -> None:
    document = "<?xml version='1.0'?><doc><a>1</a></doc>"
    assert Xml(schema_of(named())).encode(document) == document.encode()
    assert encoded("<b>", STRING) == "<root>&lt;b&gt;</root>"


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        ('<?xml version="1.0" encoding="iso-8859-1"?><s>ß</s>'.encode("latin-1"), None),
        ("<s>ß</s>".encode("utf-16"), None),
        ('<?xml version="1.0" encoding="utf-8"?><s>ß</s>'.encode("latin-1"), "iso-8859-1"),
    ],
    ids=["declared", "marked", "named by the Content-Type, which wins"],
)
def test_a_document_is_read_in_its_charset(body: bytes, charset: str | None) -> None:
    assert Xml(schema_of(STRING)).decoder(charset)(body) == "ß"


def with_attributes(number: int, prefix: str = "") -> str:
    """Return a document whose one element has so many."""
    return "<doc " + " ".join(f"{prefix}a{n}='u'" for n in range(number)) + "/>"


BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))

REFUSED = {
    "no XML": ("nothing", "no XML: syntax error at line 1, column 1"),
    "nothing at all": ("", "no XML: no element found"),
    "an open element": ("<doc>\n<a></doc>", "no XML: mismatched tag at line 2, column 6"),
    "two roots": ("<a/><b/>", "junk after document element"),
    "an unknown prefix": ("<x:doc/>", "unbound prefix"),
    "wrong bytes": (b"<doc>\xff</doc>", "no XML: not well-formed"),
    "an unknown entity": ("<doc>&nbsp;</doc>", "undefined entity"),
    "a bomb": (f'<!DOCTYPE a [<!ENTITY e0 "ha">{BOMB}]><doc>&e9;</doc>', "document type decl"),
    "a file": (
        '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><doc>&f;</doc>',
        "document type decl",
    ),
    "a type from elsewhere": ('<!DOCTYPE a SYSTEM "https://example.com/a.dtd"><doc/>', "type decl"),
    "another root": ("<dog/>", "<dog> in the place of <doc>"),
    "a property twice": ("<doc><a>1</a><a>2</a></doc>", "<a> 2 times; expected it once"),
    "an item of another name": ("<doc><l><n>1</n><m>2</m></l></doc>", "<m> in the place of <n>"),
    "depth": ("<doc>" * 5_000 + "</doc>" * 5_000, f"deeper than {MOST_LEVELS} levels"),
    "many elements": (f"<doc>{'<a/>' * MOST_ELEMENTS}</doc>", "more than 100,000 elements"),
    "many attributes of one": (
        with_attributes(MOST_ATTRIBUTES + 1),
        "more than 100,000 attributes",
    ),
    "many attributes": (
        "<doc>" + with_attributes(2) * 60_000 + "</doc>",
        "more than 100,000 attributes",
    ),
    "many namespaces": (
        with_attributes(MOST_ATTRIBUTES + 1, "xmlns:"),
        "more than 100,000 attributes",
    ),
}


@pytest.mark.parametrize(("body", "told"), REFUSED.values(), ids=REFUSED)
def test_what_is_wrong_with_a_body_is_told_in_plain_words(body: str | bytes, told: str) -> None:
    items = INTEGER | {"xml": {"name": "n"}}
    listed = {"type": "array", "items": items, "xml": {"wrapped": True}}
    with pytest.raises(UnreadableBody) as caught:
        decoded(body, named(("a", STRING), ("l", listed)))
    assert told in str(caught.value)


def test_the_deepest_body_that_is_read_can_be_written_too() -> None:
    document = "<doc>" + "<a>" * (MOST_LEVELS - 1) + "x" + "</a>" * (MOST_LEVELS - 1) + "</doc>"
    raw = {"xml": {"name": "doc"}}
    assert encoded(decoded(document, raw), raw) == document


HOSTILE: dict[str, tuple[Callable[[int], str], int]] = {
    "a long array": (lambda n: f"<doc>{'<a>1</a>' * n}</doc>", 1_000),
    "undeclared elements": (lambda n: f"<doc>{'<b>1</b>' * n}</doc>", 1_000),
    "references": (lambda n: f"<doc><s>{'&lt;]]&gt; ' * n}</s></doc>", 10_000),
    "attributes": (lambda n: "<doc " + " ".join(f'a{k}="1"' for k in range(n)) + "/>", 2_000),
}


@pytest.mark.parametrize(("body", "length"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_body_costs_no_more_than_its_length(
    body: Callable[[int], str], length: int
) -> None:
    raw = named(("a", {"type": "array", "items": INTEGER}), ("s", STRING))
    assert is_linear(body, lambda text: decoded(text, raw), length)


def test_as_many_attributes_as_are_allowed_are_read() -> None:
    parsed(with_attributes(MOST_ATTRIBUTES).encode(), None)
    parsed(with_attributes(MOST_ATTRIBUTES, "xmlns:").encode(), None)


def test_as_many_elements_as_are_allowed_are_read() -> None:
    raw = named(("a", {"type": "array", "items": INTEGER}))
    body = f"<doc>{'<a>1</a>' * (MOST_ELEMENTS - 1)}</doc>"
    assert decoded(body, raw) == {"a": [1] * (MOST_ELEMENTS - 1)}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"a": "bell\x07"}, r'XML has no way to say "bell\\u0007"'),
        ([{"a": "\ufffe"}], "XML has no way to say"),
        ("\ud800", "XML has no way to say"),
    ],
)
def test_a_character_that_xml_does_not_have_is_refused(value: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Xml(schema_of({"type": "object"})).encode(value)


# Any text that XML has characters for.
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]) | st.sampled_from("\t\n\r"))


@pytest.mark.parametrize(
    ("name", "element"),
    [
        ("two words", "two_x0020_words"),
        ("1st", "_x0031_st"),
        ("a:b", "a_x003A_b"),
        ("größe", "größe"),
        ("名前", "名前"),
        ("😀", "_x0001F600_"),
        ("_x0020_", "_x005F_x0020_"),
        ("", "_x_"),
    ],
)
def test_a_name_that_xml_does_not_have_is_escaped(name: str, element: str) -> None:
    raw = {"type": "object", "additionalProperties": STRING}
    document = encoded({name: "x"}, raw)
    assert document == f"<root><{element}>x</{element}></root>"
    assert decoded(document, raw) == {name: "x"}


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), TEXT))
def test_any_name_comes_back_as_it_went_out(value: dict[str, str]) -> None:
    raw = {"type": "object", "additionalProperties": STRING}
    assert decoded(encoded(value, raw), raw) == value


SCALARS: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (STRING, TEXT),
    (INTEGER, st.integers()),
    ({"type": "number"}, st.integers() | st.floats(allow_nan=False, allow_infinity=False)),
    ({"type": "boolean"}, st.booleans()),
    ({"type": ["integer", "null"]}, st.none() | st.integers()),
    ({"type": ["string", "null"]}, st.none() | TEXT),
    ({"enum": ["a", "b", None]}, st.sampled_from(["a", "b", None])),
]
PLAIN_SCALARS = SCALARS[:4]
Case = tuple[Any, st.SearchStrategy[Any]]


@st.composite
def xml_keywords(draw: st.DrawFn, name: str) -> Any:
    """Return an `xml` with a name or a namespace, or neither."""
    said: dict[str, Any] = {}
    if draw(st.booleans()):
        said["name"] = f"{name}-xml"
    if draw(st.booleans()):
        said["namespace"] = draw(st.sampled_from(["urn:a", "urn:b"]))
        if draw(st.booleans()):
            said["prefix"] = draw(st.sampled_from("pq"))
    return said


@st.composite
def scalars(draw: st.DrawFn, name: str) -> Case:
    raw, values = draw(st.sampled_from(SCALARS))
    return {**raw, "xml": draw(xml_keywords(name))}, values


@st.composite
def attributes(draw: st.DrawFn, name: str) -> Case:
    raw, values = draw(st.sampled_from(PLAIN_SCALARS))
    word = draw(st.sampled_from([{"attribute": True}, {"nodeType": "attribute"}]))
    return {**raw, "xml": draw(xml_keywords(name)) | word}, values


@st.composite
def arrays(draw: st.DrawFn, name: str, depth: int) -> Case:
    """Return arrays, wrapped or not; unwrapped ones are required, so that an empty one is known."""
    raw, values = draw(schemas(f"{name}-item", depth - 1))
    word = draw(st.sampled_from([{}, {"wrapped": True}, {"nodeType": "element"}]))
    array = {"type": "array", "items": raw, "xml": draw(xml_keywords(name)) | word}
    return array, st.lists(values, max_size=3)


@st.composite
def objects(draw: st.DrawFn, name: str, depth: int) -> Case:
    names = draw(st.lists(st.sampled_from("abcdef"), unique=True, max_size=4))
    kinds = {one: draw(st.one_of(schemas(one, depth - 1), attributes(name=one))) for one in names}
    required = [one for one in names if kinds[one][0].get("type") == "array" or draw(st.booleans())]
    values = st.fixed_dictionaries(
        {one: kinds[one][1] for one in required},
        optional={one: kinds[one][1] for one in names if one not in required},
    )
    properties = {one: raw for one, (raw, _) in kinds.items()}
    xml = draw(xml_keywords(name))
    return {"type": "object", "properties": properties, "required": required, "xml": xml}, values


def schemas(name: str, depth: int) -> st.SearchStrategy[Case]:
    """Return a schema that has `xml` keywords, and the values that satisfy it."""
    if not depth:
        return scalars(name)
    return st.one_of(scalars(name), arrays(name, depth), objects(name, depth))


@given(st.data())
def test_a_value_comes_back_as_it_went_out(data: st.DataObject) -> None:
    raw, values = data.draw(schemas("top", 3))
    value = data.draw(values)
    assert faults(raw, value) == []
    document = encoded(value, raw)
    assert decoded(document, raw) == value
