"""The files of a contract, `$ref` across them, and where in a file a pointer stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from os.path import relpath
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit
from urllib.request import url2pathname

import orjson

from mock_server.core import (
    Tokens,
    member,
    nearest,
    pointer_of,
    suggestion,
    tokens_of,
)
from mock_server.documents.files import (
    MOST_BYTES,
    OutOfReach,
    Reach,
    Stamp,
    regular_bytes,
    shown_path,
    stamp_of,
    stream_bytes,
    stream_name,
)
from mock_server.documents.json_reader import json_marks, read_json
from mock_server.documents.positions import Marks, Unreadable, end_of
from mock_server.documents.remote import NotFetched, Remote, is_url, origin_of, shown_url
from mock_server.documents.yaml_reader import read_yaml
from mock_server.errors import FilePlace, Finding, StartError, WrongUse


@dataclass(frozen=True)
class Document:
    """One file, read: `data` is its value, `uri` its absolute address.

    `folder` is that of the contract which it belongs to; its own if it is the contract. `stream`
    names what could be read once only, such as a pipe: then `path` is that of no file, and lies in
    the current folder, from which its references lead. `url` is where it was fetched from: its
    references lead from there, `path` is that of no file, and `remote` fetches what else is there.
    """

    path: Path
    source: bytes
    text: str
    data: Any
    is_json: bool
    stamp: Stamp | None = None
    folder: Path | None = None
    stream: str | None = None
    url: str | None = None
    remote: Remote | None = None

    @cached_property
    def uri(self) -> str:
        """The file's address (RFC 8089), or its URL."""
        return self.url or self.path.as_uri()

    @property
    def name(self) -> str:
        """The file's name as messages show it: relative to the current folder where it can be."""
        if self.url is not None:
            return shown_url(self.url)
        return self.stream or shown_path(self.path)

    @property
    def label(self) -> str:
        """The file's name as replies tell it, which is never where it stands on this machine.

        It is relative to the current folder where it lies inside it, or else to the contract's.
        """
        if self.url is not None:
            return relpath(self.path, self.folder or self.path.parent)
        is_inside = self.path.is_relative_to(Path.cwd())
        return self.name if is_inside else relpath(self.path, self.folder or self.path.parent)

    def place(self, tokens: Tokens) -> FilePlace:
        """Where the value at those steps stands, or else the nearest one around it."""
        steps = tuple(int(t) if isinstance(t, str) and t.isdecimal() else t for t in tokens)
        for length in range(len(tokens), -1, -1):
            for candidate in (tokens[:length], steps[:length]):
                if mark := self._marks[0].get(self._spelled(candidate)):
                    return FilePlace(self.name, *mark)
        return FilePlace(self.name, 1, 1)

    def key_place(self, tokens: Tokens) -> FilePlace:
        """Where the key of the member at those steps stands; its value if it has none."""
        mark = self._marks[1].get(self._spelled(tokens))
        return self.place(tokens) if mark is None else FilePlace(self.name, *mark)

    def _spelled(self, tokens: Tokens) -> Tokens:
        """The steps with an index where the value is a list, a key where it is a mapping."""
        value: Any = self.data
        steps: list[str | int] = []
        for token in tokens:
            if isinstance(value, list):
                index = int(token) if str(token).isdecimal() else -1
                steps.append(index)
                value = value[index] if 0 <= index < len(value) else None
            else:
                steps.append(str(token))
                value = value.get(str(token)) if isinstance(value, dict) else None
        return tuple(steps)

    @cached_property
    def _marks(self) -> tuple[Marks, Marks]:
        """Where the values stand, and where the keys of scalar ones do."""
        keys: Marks = {}
        if self.is_json:
            return json_marks(self.text, keys), keys
        marks: Marks = {}
        read_yaml(self.text, marks, keys)
        return marks, keys


def read_root(
    path: Path | str, before: Document | None = None, headers: Sequence[str] = ()
) -> Document:
    """Read the document of a contract: a file, a URL, a pipe or standard input (`-`).

    `before` is the same document as it was read last. A stream is read once, so that one stays; a
    file stays one, since nothing may ever write to a pipe that took its place. `headers` are sent
    to the origin of a URL, each as `Name: value`. Raises StartError.
    """
    if before is not None and before.stream is not None:
        return before
    if isinstance(path, str):
        if is_url(path):
            return _fetched(Remote.of(path, headers))
        path = Path(path)
    name = stream_name(path) if before is None else None
    if name is None:
        return read_document(path)
    try:
        source = stream_bytes(path)
    except OSError as error:
        raise _unreadable(name, error) from None
    stand_in = Path.cwd() / (name if name.startswith("<") else f"<{path.name}>")
    text, data, is_json = _parsed(source, name, is_named_json=False)
    return Document(stand_in, source, text, data, is_json, stream=name)


def _fetched(remote: Remote, url: str | None = None, folder: Path | None = None) -> Document:
    """The document at a URL, by what fetches it; the first is the contract's own.

    Raises StartError.
    """
    name = shown_url(url or remote.url)
    try:
        found = remote.fetch(url or remote.url, may_leave=url is None)
    except NotFetched as error:
        raise WrongUse(f"{name}: {error}") from None
    # Nothing is read there; files that refer to each other have it in common.
    stand_in = Path.cwd() / (unquote(urlsplit(found.url).path).strip("/") or "openapi.yaml")
    text, data, is_json = _parsed(found.content, name, stand_in.suffix == ".json")
    return Document(
        stand_in, found.content, text, data, is_json, None, folder, None, found.url, remote
    )


def read_document(path: Path, folder: Path | None = None, most: int | None = None) -> Document:
    """Read a regular file of YAML or JSON, of at most so many bytes.

    `folder` is that of the contract which refers to it. Raises StartError with file, line and
    column.
    """
    _expect_no_url(path)
    path = path.absolute()
    stamp = stamp_of(path)
    if ".." in path.parts:  # or a file would have two addresses, this one and that of a `$ref`
        path = path.parent.resolve() / path.name
    try:
        source = regular_bytes(path, most)
    except FileNotFoundError:
        near = _file_beside(path)
        raise WrongUse(f"{shown_path(path)}: there is no such file{near}") from None
    except (OSError, ValueError) as error:
        raise _unreadable(shown_path(path), error) from None
    text, data, is_json = _parsed(source, shown_path(path), path.suffix == ".json")
    return Document(path, source, text, data, is_json, stamp, folder)


def _file_beside(path: Path) -> str:
    """The file in the same folder whose name a misspelt one is close to."""
    try:
        stems = {file.stem: file.name for file in islice(path.parent.iterdir(), _MOST_FILES)}
    except (OSError, ValueError):
        return ""
    near = nearest(path.stem, stems)
    return suggestion([stems[near]] if near is not None else [])


# Of a larger folder the others are no suggestion.
_MOST_FILES = 1_000
# A path has lost one of the two slashes; a setting in a file is joined to its folder.
_URL = re.compile(r"(?:^|/)(https?|ftp|file):/(?!/)(.+)", re.IGNORECASE)


def _expect_no_url(path: Path) -> None:
    """Raise WrongUse for a URL that was given as a path, unless there is such a file."""
    found = _URL.search(str(path))
    if found is None or path.exists():
        return
    scheme, rest = found[1].lower(), found[2]
    if scheme == "file":
        raise WrongUse(f"file:///{rest}: expected a path rather than a URL, such as /{rest}")
    url, name = shown_url(f"{scheme}://{rest}"), Path(rest.partition("?")[0]).name or "openapi.yaml"
    if scheme == "ftp":
        raise WrongUse(
            f"{url}: documents are read from http and https alone; get a copy first, for example"
            f" with curl -fsSLo {name} {url}, and give {name}"
        )
    raise WrongUse(f"{url}: a URL was given as a path; expected it as a text, str in Python")


def _unreadable(name: str, error: OSError | ValueError) -> WrongUse:
    reason = getattr(error, "strerror", None) or error
    return WrongUse(f"{name}: the file can't be read: {reason}")


def _parsed(source: bytes, name: str, is_named_json: bool) -> tuple[str, Any, bool]:
    """The text, its value and whether it is JSON. Raises StartError with line and column."""
    try:
        text = _decoded(source)
        return text, *_read(text, is_named_json)
    except Unreadable as error:
        raise StartError([Finding(FilePlace(name, error.line, error.column), str(error))]) from None


def _read(text: str, must_be_json: bool) -> tuple[Any, bool]:
    if must_be_json or _is_json(text):
        return read_json(text), True
    return read_yaml(text), False


def _is_json(text: str) -> bool:
    """A flow mapping in YAML looks like JSON at first, so JSON is only tried there."""
    if text.lstrip()[:1] not in ("{", "["):
        return False
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def _decoded(source: bytes) -> str:
    """The text, its encoding told by its first bytes (YAML 1.2.2, section 5.2)."""
    encoding = json.detect_encoding(source)
    try:
        return source.decode(encoding)
    except UnicodeDecodeError as error:
        before = source[: error.start].decode(encoding, errors="ignore")
        name = encoding.upper().removesuffix("-SIG")
        raise Unreadable(f"the text is not {name}", *end_of(before)) from None


class BrokenRef(Exception):
    """A `$ref` that leads nowhere; the message says why."""


@dataclass(frozen=True, slots=True)
class DocumentNode:
    """A value with the place in the document where it stands."""

    documents: Documents
    document: Document
    tokens: Tokens
    value: Any

    @property
    def pointer(self) -> str:
        """The JSON pointer of the value in its document."""
        return pointer_of(self.tokens)

    @property
    def uri(self) -> str:
        """The absolute address of the value: file and fragment."""
        return f"{self.document.uri}#{self.pointer}"

    @property
    def place(self) -> FilePlace:
        """File, line and column of the value."""
        return self.document.place(self.tokens)

    def get(self, key: str) -> DocumentNode | None:
        """The member of that name; None where there is none, or the value is no mapping."""
        if not isinstance(self.value, dict) or key not in self.value:
            return None
        return DocumentNode(self.documents, self.document, (*self.tokens, key), self.value[key])

    def items(self) -> Iterator[tuple[str, DocumentNode]]:
        """The members of a mapping by name; nothing where the value is no mapping."""
        if isinstance(self.value, dict):
            for key, value in self.value.items():
                yield key, DocumentNode(self.documents, self.document, (*self.tokens, key), value)

    def elements(self) -> Iterator[DocumentNode]:
        """The elements of a list; nothing where the value is no list."""
        if isinstance(self.value, list):
            for index, value in enumerate(self.value):
                yield DocumentNode(self.documents, self.document, (*self.tokens, index), value)

    def followed(self) -> DocumentNode:
        """The node that a chain of `$ref`s leads to; itself without one. Raises BrokenRef."""
        node, seen = self, {self.uri}
        while isinstance(node.value, dict) and isinstance(node.value.get("$ref"), str):
            node = node.documents.node(node.value["$ref"], node.document.uri)
            if node.uri in seen:
                raise BrokenRef(f"$ref {self.value['$ref']} leads back to itself")
            seen.add(node.uri)
        return node


class Documents:
    """The files of one contract; a file is read when something first refers to it.

    `allowed` are folders whose files may be referred to, beside those that are in reach anyway.
    """

    def __init__(self, root: Document, allowed: Iterable[Path] = ()) -> None:
        self.root = root
        self._reach = Reach.of(root.path, allowed)
        self._by_uri: dict[str, Document] = {root.uri: root}
        self._nodes: dict[tuple[str, str], DocumentNode] = {}
        # Every file that something refers to, be it there or not, as it was before it was read.
        self.stamps = {} if root.stream or root.url else {root.path: root.stamp}
        # The address that the root gives itself, where that isn't the file's.
        self.own_address = _own_address(root)

    def __iter__(self) -> Iterator[Document]:
        return iter(list(self._by_uri.values()))

    @property
    def top(self) -> DocumentNode:
        """The whole of the root document."""
        return DocumentNode(self, self.root, (), self.root.data)

    def node(self, ref: str, base: str) -> DocumentNode:
        """What a `$ref` in the document at `base` leads to. Raises BrokenRef."""
        found = self._nodes.get((ref, base))
        if found is None:
            found = self._nodes[ref, base] = self._resolved(ref, base)
        return found

    def _resolved(self, ref: str, base: str) -> DocumentNode:
        try:
            address, fragment = urldefrag(urljoin(base, ref))
        except ValueError as error:
            raise BrokenRef(f"$ref {ref} is no address: {error}") from None
        document = self.document(address, ref)
        try:
            tokens = tokens_of(fragment)
        except ValueError:
            raise BrokenRef(f"$ref {ref}: its fragment is no JSON pointer") from None
        return self.at(document, tokens, ref)

    def at(self, document: Document, tokens: Tokens, ref: str) -> DocumentNode:
        """The node at those steps. Raises BrokenRef which names the step that isn't there."""
        value = document.data
        for depth, token in enumerate(tokens):
            try:
                value = member(value, token)
            except LookupError:
                missing = pointer_of(tokens[: depth + 1])
                meant = _meant(document.data, value, tokens, depth)
                raise BrokenRef(f"$ref {ref}: {document.name} has no {missing}{meant}") from None
        return DocumentNode(self, document, tokens, value)

    def document(self, address: str, ref: str) -> Document:
        """The document at that address, read if it hasn't been yet. Raises BrokenRef."""
        address = self._stored(address)
        if address not in self._by_uri:
            self._check_origin(address, f"$ref {ref}")
            try:
                self._by_uri[address] = self._read(address, f"$ref {ref}")
            except StartError as error:
                raise BrokenRef(f"$ref {ref}: {error}") from None
        return self._by_uri[address]

    def _read(self, address: str, told: str) -> Document:
        """The document at an address of the root's origin. Raises StartError and BrokenRef."""
        if self.root.remote is not None:
            return _fetched(self.root.remote, address, self.root.path.parent)
        path = self._path(address, told)
        return read_document(path, self.root.path.parent, MOST_BYTES)

    def changed(self) -> list[str]:
        """The names of the documents by URL that have another content now. Raises StartError."""
        remote = self.root.remote
        if remote is None:
            return []
        now = {d.uri: _fetched(remote, d.url if d is not self.root else None) for d in self}
        return [d.name for d in self if now[d.uri].source != d.source]

    def content(self, external: str, base: str) -> bytes:
        """What is in the file that an `externalValue` names. Raises BrokenRef."""
        told = f"externalValue {external}"
        try:
            address = self._stored(urldefrag(urljoin(base, external))[0])
            self._check_origin(address, told)
            if self.root.remote is not None:
                return self.root.remote.fetch(address).content
            return regular_bytes(self._path(address, told))
        except ValueError as error:
            raise BrokenRef(f"{told} is no address: {error}") from None
        except OSError as error:
            raise BrokenRef(f"{told} can't be read: {error.strerror or error}") from None
        except NotFetched as error:
            raise BrokenRef(f"{told} can't be read: {error}") from None

    def _check_origin(self, address: str, told: str) -> None:
        """Raise BrokenRef for what is on another host than the root, or in a file beside a URL."""
        parts, root = urlsplit(address), urlsplit(self.root.uri)
        if self.root.remote is not None and parts.scheme == "file":
            raise BrokenRef(f"{told} leads to a file, which no document by URL may refer to")
        is_same = (parts.scheme, parts.netloc) == (root.scheme, root.netloc)
        if self.root.remote is not None and parts.scheme in ("http", "https"):
            is_same = origin_of(address) == origin_of(self.root.uri)
        if not is_same:
            raise BrokenRef(
                f"{told} leads to another host, which is not asked;"
                " keep a copy beside the document and refer to that"
            )

    def _path(self, address: str, told: str) -> Path:
        """The file at an address; it is one that the contract is made of from then on.

        Raises BrokenRef for one that is out of reach.
        """
        path = Path(url2pathname(urlsplit(address).path))
        try:
            self._reach.check(path)
        except OutOfReach as error:
            raise BrokenRef(f"{told} {error}") from None
        self.stamps[path] = stamp_of(path)
        return path

    def _stored(self, address: str) -> str:
        """Where what has that address is kept.

        What stands beside the root by the address that it gives itself stands beside its file.
        """
        own = self.own_address
        if own is None:
            return address
        if address == own:
            return self.root.uri
        beside, here = urljoin(own, "."), urljoin(self.root.uri, ".")
        is_elsewhere = urlsplit(own)[:2] != urlsplit(here)[:2]
        is_beside = is_elsewhere and address.startswith(beside)
        return here + address.removeprefix(beside) if is_beside else address


def _meant(whole: Any, around: Any, tokens: Tokens, depth: int) -> str:
    """What a pointer may have meant whose step at that depth leads nowhere."""
    name = str(tokens[depth])
    components = whole.get("components") if isinstance(whole, dict) else None
    if depth == 2 and tokens[0] == "components" and isinstance(components, dict):
        sections = [s for s, named in components.items() if isinstance(named, dict)]
        others = [s for s in sections if name in components[s]]
        if others:
            return suggestion([f"#{pointer_of(('components', others[0], *tokens[2:]))}"])
    near = nearest(name, around) if isinstance(around, dict) else None
    if near is None:
        return ""
    return suggestion([f"#{pointer_of((*tokens[:depth], near, *tokens[depth + 1 :]))}"])


def _own_address(root: Document) -> str | None:
    """What `$self` says (OAS 3.2.0, section 4.1.2.1); None where that is nothing else."""
    data = root.data if isinstance(root.data, dict) else {}
    own = data.get("$self")
    if not isinstance(own, str) or str(data.get("openapi", "")).startswith(("3.0", "3.1")):
        return None
    try:
        address = urldefrag(urljoin(root.uri, own))[0]
    except ValueError:
        return None
    return None if address == root.uri else address
