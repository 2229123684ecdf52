"""XML bodies to values and back, as a schema and its `xml` keywords say.

OAS 3.1.1, section 4.8.26; OAS 3.2.1, "XML Object". A property is an element of its name, or what
`xml` says; an array is its items, inside an element of their own where it is wrapped; null is
`xsi:nil`. What XML doesn't tell apart is read by the types of the schema.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from mock_server.bodies.json_text import UnreadableBody
from mock_server.bodies.xml.annotations import Path, Slots, XmlPlace, root_place
from mock_server.bodies.xml.names import Tag, read_tag, written_name
from mock_server.bodies.xml.parser import Element, parsed
from mock_server.contract import Content
from mock_server.core import shown_value
from mock_server.schemas import PRIMITIVES, Schema, coerce

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_NIL = f"{{{_XSI}}}nil"
_XML = "http://www.w3.org/XML/1998/namespace"
_SCALARS = PRIMITIVES - {"null"}

# XML 1.0, section 2.2.
_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Xml:
    """The XML bodies of one schema; what the schema says is read once, when first needed."""

    def __init__(self, schema: Schema | None) -> None:
        self._place = root_place(schema)
        self._is_text = schema is not None and "string" in self._place.types.names

    @classmethod
    def of(cls, content: Content) -> Xml:
        """Those of a content."""
        return cls(content.schema)

    def decoder(self, charset: str | None) -> Callable[[bytes], Any]:
        """What makes a value of a body in that charset, the one that the Content-Type names.

        The decoder raises UnreadableBody for what isn't well-formed, for any document type
        declaration (no entity is ever expanded), for a root or an item of another name than `xml`
        gives it, and for an element that comes twice but is no array.
        """
        return lambda body: self._decoded(parsed(body, charset))

    def _decoded(self, root: Element) -> Any:
        _expect(root, self._place, None)
        return _value(root, self._place)

    def encode(self, value: Any) -> bytes:
        """The XML document that stands for a value; a text that is XML already stays as it is.

        Decoding gives the value again but for what XML has no way to say: an optional array
        without members, an optional attribute that is null. Raises ValueError for characters that
        XML doesn't have.
        """
        if isinstance(value, str) and value.lstrip().startswith("<") and not self._is_text:
            return value.encode()
        return (
            b'<?xml version="1.0" encoding="UTF-8"?>\n'
            + _element(self._place, value, None).encode()
        )


def _expect(element: Element, place: XmlPlace, parent: str | None) -> None:
    """An element has the name that `xml` gives it; one that is only inferred isn't asked for."""
    found = read_tag(element.tag)
    if place.has_name and not place.tag.covers(found, parent):
        raise UnreadableBody(f"the body has {found} in the place of {place.tag}")


def _value(element: Element, place: XmlPlace) -> Any:
    """The value of an element, by the types that its schema allows."""
    names, text = place.types.names, element.text or ""
    if element.get(_NIL, "").strip() in ("true", "1"):
        return None
    has_inside = len(element) > 0 or any(map(_is_data, map(read_tag, element.keys())))
    is_bare = not names & _SCALARS and not text.strip()
    if "object" in names and (has_inside or is_bare or place.slots.text):
        return _object(element, place)
    if "array" in names and (len(element) > 0 or is_bare or _mixes_text(place)):
        return _array(element, place)
    return _scalar(text, place)


def _scalar(text: str, place: XmlPlace) -> Any:
    """White space around what is no string has no meaning; a list in one text has it between."""
    if place.is_array:
        return [coerce(piece, place.types.inside.items) for piece in text.split()]
    return coerce(text if "string" in place.types.names else text.strip(), place.types)


def _is_data(attribute: Tag) -> bool:
    """Whether an attribute that no schema knows is data, and doesn't speak of the document."""
    return attribute.namespace not in (_XSI, _XML)


def _mixes_text(place: XmlPlace) -> bool:
    """Whether some members of an array are text between its elements."""
    return any(item.is_text for item in place.items)


def _array(element: Element, place: XmlPlace) -> list[Any]:
    parent = read_tag(element.tag).namespace
    nodes: list[Element | str] = list(element)
    if _mixes_text(place):
        nodes = [node for node in _nodes(element) if not isinstance(node, str) or node.strip()]
    return [_member(node, place.item(index), parent) for index, node in enumerate(nodes)]


def _nodes(element: Element) -> Iterator[Element | str]:
    yield element.text or ""
    for child in element:
        yield child
        yield child.tail or ""


def _member(node: Element | str, place: XmlPlace, parent: str | None) -> Any:
    if isinstance(node, str):
        return _scalar(node, place)
    _expect(node, place, parent)
    return _value(node, place)


def _object(element: Element, place: XmlPlace) -> dict[str, Any]:
    values: dict[str, Any] = {}
    slots = place.slots
    for name, text in element.items():
        tag = read_tag(name)
        if (known := slots.attribute(tag)) or _is_data(tag):
            path, inner = known or slots.further(tag, "@")
            _put(values, path, _scalar(text, inner))
    for path, inner, children in _groups(element, place.slots):
        _put(values, path, _grouped(children, inner))
    if slots.text:
        text = "".join(node for node in _nodes(element) if isinstance(node, str))
        # Between elements, white space is there for whoever reads the document.
        text = text.strip() if len(element) else text
        _put(values, slots.text[0], _scalar(text, slots.text[1]), wanted=bool(text))
    for path, implied in slots.implied:
        _put(values, path, implied)
    return values


def _groups(element: Element, slots: Slots) -> Iterable[tuple[Path, XmlPlace, list[Element]]]:
    """The elements inside, by the property that they stand for; each name is looked up once."""
    parent = read_tag(element.tag).namespace
    known: dict[str, list[Element]] = {}
    groups: dict[Path, tuple[Path, XmlPlace, list[Element]]] = {}
    for child in element:
        if child.tag not in known:
            tag = read_tag(child.tag)
            path, place = slots.element(tag, parent) or slots.further(tag, "")
            known[child.tag] = groups.setdefault(path, (path, place, []))[2]
        known[child.tag].append(child)
    return groups.values()


def _put(values: dict[str, Any], path: Path, value: Any, wanted: bool = True) -> None:
    """Put a value where the path leads, unless there is one."""
    *above, last = path
    if wanted:
        for name in above:
            values = values.setdefault(name, {})
        values.setdefault(last, value)


def _grouped(children: list[Element], place: XmlPlace) -> Any:
    """The value of the elements of one name: an array, where it may be one."""
    bare = "array" in place.types.names and not place.is_wrapped
    if bare and (place.is_array or len(children) > 1):
        values = [_value(child, place.item(index)) for index, child in enumerate(children)]
        is_null = values == [None] and place.is_nullable and not place.item(0).is_nullable
        return None if is_null else values
    if len(children) > 1:
        raise UnreadableBody(f"the body has {place.tag} {len(children)} times; expected it once")
    return _value(children[0], place)


class _Start:
    """A start tag while it is written: its attributes, and the prefixes that are known inside."""

    def __init__(self, tag: Tag, around: _Start | None) -> None:
        self.attributes: list[tuple[str, str]] = []
        self._spaces: dict[str, str] = dict(around._spaces) if around else {"xml": _XML}
        parent: str | None = around.namespace if around else None
        prefix = tag.prefix if tag.prefix and self._spaces.get(tag.prefix) == parent else None
        self.namespace: str | None = tag.namespace or (
            parent if prefix else self._inherited(parent)
        )
        self.name = self.qualified(tag._replace(prefix=prefix or (tag.namespace and tag.prefix)))

    def _inherited(self, parent: str | None) -> str | None:
        """Without a prefix a name takes what `xmlns` hands on: that of the parent, or none."""
        handed = self._spaces.get("")
        if handed and handed != parent:
            self._declare("", "")
            return None
        return handed or None

    def _declare(self, prefix: str, namespace: str) -> None:
        self._spaces[prefix] = namespace
        self.attributes.append((f"xmlns:{prefix}" if prefix else "xmlns", namespace))

    def qualified(self, tag: Tag, default: str = "") -> str:
        """The name as it is written; a prefix that stands for another namespace is left to that."""
        prefix = tag.prefix or ""
        if tag.namespace is not None:
            prefix = prefix or default
            while prefix and self._spaces.get(prefix, tag.namespace) != tag.namespace:
                prefix += "_"
            if self._spaces.get(prefix) != tag.namespace:
                self._declare(prefix, tag.namespace)
        name = written_name(tag.local)
        return f"{prefix}:{name}" if prefix else name

    def add(self, tag: Tag, text: str) -> None:
        """Put an attribute; without a prefix it is in no namespace (XML Namespaces, 6.2)."""
        tag = tag if tag.namespace else Tag(tag.local)
        self.attributes.append((self.qualified(tag, "ns"), text))


def _element(place: XmlPlace, value: Any, around: _Start | None) -> str:
    """The element that stands for a value."""
    start = _Start(place.tag, around)
    content = "".join(_content(place, value, start))
    written = "".join(f" {key}={quoteattr(_legal(text))}" for key, text in start.attributes)
    return (
        f"<{start.name}{written}>{content}</{start.name}>"
        if content
        else f"<{start.name}{written}/>"
    )


def _content(place: XmlPlace, value: Any, start: _Start) -> Iterator[str]:
    """What stands between the tags; attributes go into the first of them."""
    if value is None:
        start.add(Tag("nil", _XSI, "xsi"), "true")
    elif isinstance(value, list):
        yield from (_node(place.item(i), member, start) for i, member in enumerate(value))
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from _property(place.property(name), member, start)
    else:
        yield _escaped(_element_text(value))


def _property(place: XmlPlace, value: Any, start: _Start) -> Iterator[str]:
    if place.node_type == "attribute":
        if value is not None:
            start.add(place.tag, _element_text(value))
    elif _stands_alone(place, value):
        yield from _content(place, value, start)
    else:
        yield _node(place, value, start)


def _stands_alone(place: XmlPlace, value: Any) -> bool:
    """Whether what a property holds has no element of the property's own around it."""
    if isinstance(value, list):
        return not place.is_wrapped and not place.is_text
    return isinstance(value, dict) and place.is_flat


def _node(place: XmlPlace, value: Any, start: _Start) -> str:
    if not place.is_text:
        return _element(place, value, start)
    text = _element_text(value)
    # A carriage return is only safe as a reference, and CDATA has none.
    if place.node_type == "cdata" and "\r" not in text:
        return f"<![CDATA[{_legal(text).replace(']]>', ']]]]><![CDATA[>')}]]>"
    return _escaped(text)


def _element_text(value: Any) -> str:
    """A value as text: a list has spaces between its members, null is empty."""
    if isinstance(value, list):
        return " ".join(map(_element_text, value))
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def _escaped(text: str) -> str:
    return escape(_legal(text), {"\r": "&#13;"})


def _legal(text: str) -> str:
    if _NO_XML.search(text):
        raise ValueError(f"XML has no way to say {shown_value(text)}")
    return text
