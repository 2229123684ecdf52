"""Names: the schemas of a contract by `$id` and anchor (JSON Schema core, section 8.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urldefrag, urljoin

from mock_server.core import Tokens, reference_to, resolved, tokens_of, with_value
from mock_server.documents import BrokenRef, Document, Documents
from mock_server.schemas.dialects import Translation
from mock_server.schemas.engine import DRAFTS
from mock_server.schemas.keywords import DRAFT_4

_ANCHORS = ("$anchor", "$dynamicAnchor")
# In these `$ref` stands alone, and an `$id` that is a mere fragment is an anchor.
_EARLY = {f"http://json-schema.org/draft-{number}/schema" for number in ("04", "06", "07")}


class SchemaAddress(NamedTuple):
    """Where a schema stands."""

    document: Document
    tokens: Tokens


class Names:
    """The schemas that have names of their own, and what references from them and to them mean.

    Where a reference from a schema with an `$id` leads nowhere, it is taken as one from the
    document: many who write an `$id` in OpenAPI refer to `#/components/…` all the same.
    """

    def __init__(self, documents: Documents, translation: Translation, dialect: str) -> None:
        self._documents = documents
        self._translation = translation
        self._dialects: dict[tuple[str, Tokens], str] = {("", ()): dialect}
        self._bases: dict[tuple[str, Tokens], str] = {}
        self._places: dict[str, SchemaAddress] = {}
        if documents.own_address is not None:
            self._places[documents.own_address] = SchemaAddress(documents.root, ())
        for document in translation.named_documents():
            for tokens in translation.schema_places(document):
                self._add(SchemaAddress(document, tokens))

    def _add(self, place: SchemaAddress) -> None:
        data = self._translation.data(place.document)
        schema = resolved(data, place.tokens)
        dialect = str(schema.get("$schema", "")).rstrip("#")
        if dialect in DRAFTS:
            self._dialects[place.document.uri, place.tokens] = dialect
        dialect = self._dialect(place)
        base = self._base(place)[0]
        own = schema.get("id" if dialect == DRAFT_4 else "$id")
        is_early = dialect in _EARLY
        if isinstance(own, str) and not (is_early and "$ref" in schema):
            address = joined(base, own).removesuffix("#")
            self._places.setdefault(address, place)
            if not (is_early and own.startswith("#")):
                base = self._bases[place.document.uri, place.tokens] = address
        for keyword in () if is_early else _ANCHORS:
            if isinstance(name := schema.get(keyword), str):
                self._places.setdefault(f"{base}#{name}", place)

    def _dialect(self, place: SchemaAddress) -> str:
        return self._nearest(self._dialects, place)[0] or self._dialects["", ()]

    def _nearest(
        self, known: dict[tuple[str, Tokens], str], place: SchemaAddress
    ) -> tuple[str, Tokens]:
        uri, tokens = place.document.uri, place.tokens
        for end in range(len(tokens), -1, -1):
            if (uri, tokens[:end]) in known:
                return known[uri, tokens[:end]], tokens[:end]
        return "", ()

    def _base(self, place: SchemaAddress) -> tuple[str, Tokens]:
        base, start = self._nearest(self._bases, place)
        return (base, start) if base else (place.document.uri, ())

    def target(self, ref: str, place: SchemaAddress) -> SchemaAddress:
        """The schema that a reference in the schema at a place leads to. Raises BrokenRef."""
        if self._places and (found := self.named(joined(self._base(place)[0], ref))):
            return found
        node = self._documents.node(ref, place.document.uri)
        return SchemaAddress(node.document, node.tokens)

    def named(self, address: str) -> SchemaAddress | None:
        """The schema that has that address, by `$id` and anchor or by `$id` and pointer."""
        address = address.removesuffix("#")
        if address in self._places:
            return self._places[address]
        resource, fragment = urldefrag(address)
        try:
            document, tokens = self._places[resource]
            node = self._documents.at(document, (*tokens, *tokens_of(fragment)), address)
        except (LookupError, ValueError, BrokenRef):
            return None
        return SchemaAddress(node.document, node.tokens)

    def located(self, address: str) -> SchemaAddress:
        """Where a resource of that address begins. Raises BrokenRef."""
        return self._places.get(address) or SchemaAddress(
            self._documents.document(address, address), ()
        )

    def address(self, place: SchemaAddress) -> str:
        """The address of a schema as the engine knows it: from the nearest `$id`."""
        base, start = self._base(place)
        return reference_to(base, place.tokens[len(start) :])

    def resources(self) -> Iterator[tuple[str, Any]]:
        """The documents and the schemas in them that have an `$id`, each by its address.

        Such a schema stands in the document as a reference only: read from two addresses it would
        be two schemas to the engine.
        """
        data = dict(self._translation.resources(self._in_full if self._places else None))
        inner_first = sorted(self._bases.items(), key=lambda known: -len(known[0][1]))
        for (uri, tokens), address in inner_first:
            schema = resolved(data[uri], tokens)
            dialect = self._dialect(SchemaAddress(self._documents.document(uri, uri), tokens))
            yield address, {**schema, "$schema": dialect}
            data[uri] = with_value(data[uri], tokens, {"$ref": address})
        named = {document.uri for document in self._translation.named_documents()}
        for uri, whole in data.items():
            yield uri, self._of_its_dialect(_as_schema(whole) if uri in named else whole)

    def _of_its_dialect(self, data: Any) -> Any:
        return {**data, "$schema": self._dialects["", ()]} if isinstance(data, dict) else data

    def _in_full(self, document: Document, tokens: Tokens, schema: dict[str, Any]) -> Any:
        """A schema whose reference names its target in full, wherever it is read from."""
        new = {key: value for key, value in schema.items() if key not in ("$ref", "$dynamicRef")}
        for key in ("$ref", "$dynamicRef"):
            ref = schema.get(key)
            is_local = key == "$dynamicRef" and isinstance(ref, str) and ref.startswith("#")
            if isinstance(ref, str) and not is_local:
                ref = self._full(ref, SchemaAddress(document, tokens), key)
            if key in schema:
                new[key] = ref
        return new

    def _full(self, ref: str, place: SchemaAddress, keyword: str) -> str:
        if keyword == "$dynamicRef":
            return joined(self._base(place)[0], ref)
        try:
            return self.address(self.target(ref, place))
        except BrokenRef:
            return ref  # whoever depends on it reports it


def _as_schema(data: Any) -> Any:
    """A document in which the engine finds the schemas that have an anchor.

    It looks for them where JSON Schema keeps schemas; `components` is no such place, `$defs` is.
    """
    components = data.get("components") if isinstance(data, dict) else None
    schemas = components.get("schemas") if isinstance(components, dict) else None
    if not isinstance(schemas, dict) or "$defs" in data:
        return data
    return {**data, "$defs": schemas}


def joined(base: str, ref: str) -> str:
    """The address that a reference means from a base (RFC 3986, section 5)."""
    if ref.startswith("#"):  # urljoin knows no URNs
        return urldefrag(base)[0] + ref
    try:
        return urljoin(base, ref)
    except ValueError:  # no address at all, so nothing has it
        return ref
