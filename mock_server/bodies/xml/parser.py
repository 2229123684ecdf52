"""Bytes to the tree of an XML document: no entities, and no more of it than can be dealt with."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from mock_server.bodies.charsets import decode_text
from mock_server.bodies.json_text import UnreadableBody

# Deeper or larger ones are no business data, and would keep everybody else waiting.
MOST_LEVELS = 128
MOST_ELEMENTS = 100_000
# Those that declare namespaces are among them.
MOST_ATTRIBUTES = 100_000

Element = ElementTree.Element


class _Builder(ElementTree.TreeBuilder):
    """Builds the tree and refuses what could be more than it seems."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._count = self._attributes = 0

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        """Entities are declared here, so nothing may be."""
        raise UnreadableBody("the body has a document type declaration; expected none")

    def start(self, tag: Any, attributes: Any) -> Element:
        self._depth += 1
        self._count += 1
        if self._depth > MOST_LEVELS:
            raise UnreadableBody(f"the body is nested deeper than {MOST_LEVELS} levels")
        if self._count > MOST_ELEMENTS:
            raise UnreadableBody(f"the body has more than {MOST_ELEMENTS:,} elements")
        self._add_attributes(len(attributes))
        return super().start(tag, attributes)

    def start_ns(self, prefix: str, uri: str) -> None:
        """Count the declaration of a namespace."""
        self._add_attributes(1)

    def _add_attributes(self, number: int) -> None:
        self._attributes += number
        if self._attributes > MOST_ATTRIBUTES:
            raise UnreadableBody(f"the body has more than {MOST_ATTRIBUTES:,} attributes")

    def end(self, tag: Any) -> Element:
        self._depth -= 1
        return super().end(tag)


def parsed(body: bytes, charset: str | None) -> Element:
    """The root element of a document.

    The charset of the Content-Type goes before the document's own (RFC 7303, section 3). Raises
    UnreadableBody; a document type declaration is one reason, so no entity is ever expanded.
    """
    try:
        if charset is not None:
            body = decode_text(body, charset).encode()
        parser = ElementTree.XMLParser(target=_Builder(), encoding=charset and "utf-8")
        parser.feed(body)
        root: Element = parser.close()
    except ElementTree.ParseError as error:
        (line, column), message = error.position, str(error).partition(":")[0]
        place = f"line {line}, column {column + 1}"
        raise UnreadableBody(f"the body is no XML: {message} at {place}") from None
    except UnreadableBody:
        raise
    except (LookupError, ValueError) as error:
        raise UnreadableBody(f"the body is no XML: {error}") from None
    return root
