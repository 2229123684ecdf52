"""Families: what schemas are called, which extend which, and what they list for a property."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

from mock_server.core import Tokens
from mock_server.documents import BrokenRef, Document, DocumentNode, Documents

_HOLDERS = ("schemas", "$defs", "definitions")
_COMPOSED = ("allOf", "oneOf", "anyOf")


class SchemaPlace(NamedTuple):
    """Where a schema stands: the address of its document, and the steps to it."""

    uri: str
    tokens: Tokens

    @property
    def name(self) -> str | None:
        """The name that it has among the components; None where it is none of them."""
        return str(self.tokens[-1]) if self.tokens[-2:-1] and self._is_held else None

    @property
    def _is_held(self) -> bool:
        return self.tokens[-2] in _HOLDERS and "properties" not in self.tokens[-3:-2]


class Families:
    """The schemas of a contract's documents and their relations."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def value(self, place: SchemaPlace) -> Any:
        """What stands at a place, as it was written."""
        document = self._documents.document(place.uri, place.uri)
        return self._documents.at(document, place.tokens, "").value

    def referred(self, schema: Any, document: Document | str) -> SchemaPlace | None:
        """Where the `$ref` of a schema leads; None where it has none or it is broken."""
        ref = schema.get("$ref") if isinstance(schema, dict) else None
        base = document if isinstance(document, str) else document.uri
        return self._place(ref, base) if isinstance(ref, str) else None

    def mapped(self, target: Any, document: Document) -> SchemaPlace | None:
        """The schema that an entry of a mapping means, by its name or by reference."""
        if not isinstance(target, str):
            return None
        for base in (document.uri, self._documents.root.uri):
            place = self._place(f"#/components/schemas/{target}", base)
            if place and "/" not in target:
                return place
        return self._place(target, document.uri)

    def _place(self, ref: str, base: str) -> SchemaPlace | None:
        try:
            node = self._documents.node(ref, base)
        except BrokenRef:
            return None
        return SchemaPlace(node.document.uri, node.tokens)

    def extending(self, place: SchemaPlace) -> tuple[SchemaPlace, ...]:
        """The components that extend a schema by `allOf`, and those that extend these."""
        found: dict[SchemaPlace, None] = {}
        waiting = [place]
        while waiting:
            children = self._children.get(waiting.pop(), ())
            waiting += [child for child in children if child not in found]
            found.update(dict.fromkeys(children))
        return tuple(found)

    def extended(self, place: SchemaPlace) -> tuple[SchemaPlace, ...]:
        """The schemas that a component extends, and those that these extend."""
        found: dict[SchemaPlace, None] = {}
        waiting = [place]
        while waiting:
            parents = self._parents.get(waiting.pop(), ())
            waiting += [parent for parent in parents if parent not in found]
            found.update(dict.fromkeys(parents))
        return tuple(found)

    @cached_property
    def _children(self) -> dict[SchemaPlace, list[SchemaPlace]]:
        children: dict[SchemaPlace, list[SchemaPlace]] = {}
        for child, parents in self._parents.items():
            for parent in parents:
                children.setdefault(parent, []).append(child)
        return children

    @cached_property
    def _parents(self) -> dict[SchemaPlace, list[SchemaPlace]]:
        return {
            SchemaPlace(component.document.uri, component.tokens): list(
                self._in_all_of(component.value, component.document.uri)
            )
            for document in self._documents
            for component in _components(self._documents, document)
        }

    def _in_all_of(self, schema: Any, uri: str) -> Iterator[SchemaPlace]:
        parts = schema.get("allOf") if isinstance(schema, dict) else None
        for part in parts if isinstance(parts, list) else ():
            if place := self.referred(part, uri):
                yield place
            yield from self._in_all_of(part, uri)

    def listed(
        self, place: SchemaPlace, name: str, without: SchemaPlace | None = None
    ) -> dict[str, None]:
        """The texts that `enum` and `const` of a schema, or of what it is made of, list there.

        Neither what the one `without` says counts, nor what it is made of.
        """
        found: dict[str, None] = {}
        seen = {without} if without else set()
        waiting = [place]
        while waiting:
            here = waiting.pop()
            if here in seen:
                continue
            seen.add(here)
            schema = self.value(here)
            if isinstance(schema, dict):
                found.update(dict.fromkeys(self._own_texts(schema, name, here)))
                waiting += self._composing(schema, here)
        return found

    def _own_texts(self, schema: dict[str, Any], name: str, here: SchemaPlace) -> Iterator[str]:
        yield from self.texts(schema, name, here.uri)
        told = schema.get("discriminator")
        if isinstance(told, dict) and told.get("propertyName") == name:
            yield from mapping_of(told)
            parts = [*self._composing(schema, here), *self.extending(here)]
            yield from (part.name for part in parts if part.name)

    def _composing(self, schema: dict[str, Any], here: SchemaPlace) -> Iterator[SchemaPlace]:
        if place := self.referred(schema, here.uri):
            yield place
        for keyword in _COMPOSED:
            parts = schema.get(keyword)
            for index in range(len(parts) if isinstance(parts, list) else 0):
                yield SchemaPlace(here.uri, (*here.tokens, keyword, index))

    def texts(self, schema: dict[str, Any], name: str, uri: str) -> list[str]:
        """The texts that `enum` and `const` of a schema's own property list."""
        return list(_texts(self._property(schema, name, uri)))

    def _property(self, schema: dict[str, Any], name: str, uri: str) -> Any:
        members = schema.get("properties")
        member = members.get(name) if isinstance(members, dict) else None
        place = self.referred(member, uri)
        return self.value(place) if place else member


def mapping_of(discriminator: dict[str, Any]) -> dict[str, Any]:
    """What a discriminator says of its values; nothing where that is no mapping."""
    mapping = discriminator.get("mapping")
    return mapping if isinstance(mapping, dict) else {}


def _components(documents: Documents, document: Document) -> Iterator[DocumentNode]:
    top: DocumentNode | None = DocumentNode(documents, document, (), document.data)
    for step in ("components", "schemas"):
        top = top.get(step) if top else None
    for _, component in top.items() if top else ():
        yield component


def _texts(schema: Any) -> Iterator[str]:
    if not isinstance(schema, dict):
        return
    listed = schema.get("enum")
    values = [*(listed if isinstance(listed, list) else ()), schema.get("const")]
    yield from (value for value in values if isinstance(value, str))
