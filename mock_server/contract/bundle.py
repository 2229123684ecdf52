"""A contract of several files as one document, in which every reference is local."""

from __future__ import annotations

import re
from typing import Any, NamedTuple
from urllib.parse import quote, urljoin

from mock_server.contract.model import Contract
from mock_server.documents import KINDS, BrokenRef, Document, DocumentNode, kind_of

# The section of `components` for an object of another file, by its kind (OAS, section 4.8.7).
_SECTIONS = {
    "schema": "schemas",
    "parameter": "parameters",
    "header": "headers",
    "body": "requestBodies",
    "response": "responses",
    "callback": "callbacks",
    "path item": "pathItems",
    "media type": "mediaTypes",
    "example": "examples",
    "link": "links",
    "security scheme": "securitySchemes",
}
# The versions that have those sections; to others they are extensions.
_SINCE = {"pathItems": "3.1", "mediaTypes": "3.2"}


class _Base(NamedTuple):
    """Where relative references start: in a file, or in a schema with an `$id` of its own."""

    document: Document
    uri: str

    @property
    def is_file(self) -> bool:
        return self.uri == self.document.uri


def bundle(contract: Contract) -> Any:
    """Return the root document, with the objects of other files among its components.

    Returns the document as it was read if no reference leads out of it. A dangling reference
    stays as it is written.
    """
    return _Bundler(contract).document()


class _Bundler:
    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._documents = contract.documents
        self._root = contract.documents.root
        self._names: dict[tuple[str, str], str] = {}
        self._added: dict[str, dict[str, Any]] = {}
        self._waiting: list[tuple[str, str, str, DocumentNode]] = []

    def document(self) -> Any:
        base = _Base(self._root, self._root.uri)
        whole = self._local("document", self._root.data, base)
        while self._waiting:
            kind, section, name, node = self._waiting.pop()
            base = _Base(node.document, node.document.uri)
            self._added[section][name] = self._local(kind, node.value, base)
        if not self._added:
            return whole
        components = _mapping(whole.get("components"))
        added = {s: {**_mapping(components.get(s)), **new} for s, new in self._added.items()}
        return {**whole, "components": {**components, **added}}

    def _local(self, kind: str, value: Any, base: _Base) -> Any:
        """Return the value with local references only; the same object if it has no others."""
        if kind[0] == "[" and isinstance(value, list):
            new = [self._local(kind[1:-1], item, base) for item in value]
            return new if any(a is not b for a, b in zip(new, value, strict=True)) else value
        if not isinstance(value, dict) or kind[0] == "[":
            return value
        if kind[0] == "{":
            return _with(value, {k: self._local(kind[1:-1], v, base) for k, v in value.items()})
        return self._object(kind, value, base) if kind in KINDS else value

    def _object(self, kind: str, value: dict[str, Any], base: _Base) -> dict[str, Any]:
        if kind == "operation" and (node := self._operation(value, base)) is not None:
            return self._object(kind, node.value, _Base(node.document, node.document.uri))
        if kind == "schema" and isinstance(own := value.get("$id"), str):
            base = _Base(base.document, _joined(base.uri, own))
        new = {
            key: self._local(below, member, base)
            for key, member in value.items()
            if (below := kind_of(kind, key, member)) is not None
        }
        if kind in _SECTIONS and isinstance(ref := value.get("$ref"), str):
            new["$ref"] = self._address(kind, ref, base)
        if kind == "schema" and isinstance(choice := value.get("discriminator"), dict):
            new["discriminator"] = self._discriminator(choice, base)
        return _with(value, new)

    def _operation(self, value: dict[str, Any], base: _Base) -> DocumentNode | None:
        """Return the target of an operation's `$ref`, unknown to OpenAPI; None without one."""
        if not isinstance(ref := value.get("$ref"), str):
            return None
        try:
            node = self._documents.node(ref, base.uri).followed()
        except BrokenRef:
            return None
        return node if isinstance(node.value, dict) and "$ref" not in node.value else None

    def _discriminator(self, choice: dict[str, Any], base: _Base) -> dict[str, Any]:
        """Return a discriminator with the addresses in its mapping made local.

        The mapping has names of schemas, too (OAS 3.1.1, section 4.8.25).
        """
        mapping = _mapping(choice.get("mapping"))
        new = {
            key: self._address("schema", ref, base)
            for key, ref in mapping.items()
            if isinstance(ref, str) and not _NAME.fullmatch(ref)
        }
        return _with(choice, {"mapping": _with(mapping, new)}) if new else choice

    def _address(self, kind: str, ref: str, base: _Base) -> str:
        """Return a reference as it is written in the one document."""
        if ref.startswith("#") and (base.document is self._root or not base.is_file):
            return ref
        node = self._target(ref, base)
        if node is None:
            return ref
        if node.document is self._root:
            return f"#{quote(node.pointer, safe=_SAFE)}"
        section, name = self._home(kind, node)
        return f"#/components/{section}/{name}"

    def _target(self, ref: str, base: _Base) -> DocumentNode | None:
        """Return the target of a reference, by its address or by an `$id` or anchor there."""
        try:
            return self._documents.node(ref, base.uri)
        except BrokenRef:
            schema = self._contract.replies.named(_joined(base.uri, ref))
            return self._documents.at(schema.document, schema.tokens, ref) if schema else None

    def _home(self, kind: str, node: DocumentNode) -> tuple[str, str]:
        section = _SECTIONS[kind]
        if self._contract.version < _SINCE.get(section, ""):
            section = f"x-{section}"
        key = (section, node.uri)
        if key not in self._names:
            added = self._added.setdefault(section, {})
            self._names[key] = self._free_name(section, node)
            added[self._names[key]] = None
            self._waiting.append((kind, section, self._names[key], node))
        return section, self._names[key]

    def _free_name(self, section: str, node: DocumentNode) -> str:
        components = _mapping(self._root.data.get("components"))
        taken = {*_mapping(components.get(section)), *self._added[section]}
        last = str(node.tokens[-1]) if node.tokens else node.document.path.stem
        name = wanted = re.sub(r"[^A-Za-z0-9._-]", "_", last) or "_"
        number = 2
        while name in taken:
            name, number = f"{wanted}_{number}", number + 1
        return name


_SAFE = "/~!$&()*+,;=:@-._"
# What is a name rather than an address: it has neither a folder, nor a fragment, nor an ending.
_NAME = re.compile(r"[A-Za-z0-9_-]*")


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _with(value: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Return the mapping with those members; the same object if it has them already."""
    changed = any(new[key] is not value.get(key) for key in new)
    return {**value, **new} if changed else value


def _joined(base: str, ref: str) -> str:
    try:
        return urljoin(base, ref)
    except ValueError:  # no address at all
        return ref
