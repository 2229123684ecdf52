"""YAML 1.2 and JSON files, `$ref` across them, and where in a file a pointer stands."""

from __future__ import annotations

import json
import re
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from math import isinf
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit
from urllib.request import url2pathname

import orjson
import yaml

from mock_server.errors import Finding, Place, StartError, WrongUse

Tokens = tuple[str | int, ...]
Marks = dict[Tokens, tuple[int, int]]
Stamp = tuple[int, int, int]

# Deep enough for any document a person wrote, and shallow enough to be written as JSON again.
MOST_LEVELS = 254
_TOO_DEEP = f"nested deeper than {MOST_LEVELS} levels"
# Aliases can make a small file stand for billions of values.
MOST_VALUES = 5_000_000

_CONSTANTS = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INDEX = re.compile(r"0|[1-9][0-9]{0,15}")
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NO_JSON = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_CORE = "tag:yaml.org,2002:"
_TEXT_TAGS = ("!", f"{_CORE}str")
_SCALAR_TAGS: dict[str, tuple[type, ...]] = {
    f"{_CORE}int": (int,),
    f"{_CORE}float": (float, int),
    f"{_CORE}bool": (bool,),
    f"{_CORE}null": (type(None),),
}
_COLLECTION_TAGS = (None, "!", f"{_CORE}map", f"{_CORE}seq")


class Unreadable(Exception):
    """A text that is no YAML 1.2 or JSON; line and column count from 1."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.line, self.column = line, column


def pointer_of(tokens: Tokens) -> str:
    """The JSON pointer (RFC 6901) of those steps; the empty string for the whole document."""
    return "".join("/" + str(t).replace("~", "~0").replace("/", "~1") for t in tokens)


def tokens_of(pointer: str) -> Tokens:
    """The steps of a JSON pointer, percent-decoded as in a URI fragment.

    Raises ValueError where it doesn't start with a slash.
    """
    if not pointer:
        return ()
    if not pointer.startswith("/"):
        raise ValueError(f'a JSON pointer starts with "/", not {pointer!r}')
    return tuple(t.replace("~1", "/").replace("~0", "~") for t in unquote(pointer).split("/")[1:])


def member(value: Any, token: str | int) -> Any:
    """What one step of a pointer leads to (RFC 6901, section 4). Raises LookupError."""
    if isinstance(value, dict):
        return value[str(token)]
    if isinstance(value, list) and _INDEX.fullmatch(str(token)):
        return value[int(token)]
    raise LookupError(token)


def plain_scalar(text: str) -> Any:
    """The value of an unquoted scalar by the core schema of YAML 1.2, section 10.3.2.

    Raises ValueError for infinities and NaN, which JSON can't say.
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in "-+.0123456789":
        return text
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if _FLOAT.fullmatch(text):
        return _float(text)
    if _NO_JSON.fullmatch(text):
        raise ValueError(f"{text} is no JSON value; quote it if a string is meant")
    return text


def _integer(text: str) -> int | float:
    """Beyond 64 bits it is the nearest float, as most readers of JSON have it."""
    try:
        number = int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
        return number if -(2**63) <= number < 2**64 else float(number)
    except (OverflowError, ValueError):  # ValueError: Python reads no more than 4,300 digits
        raise _too_large(text) from None


def _float(text: str) -> float:
    number = float(text)
    if isinf(number):
        raise _too_large(text)
    return number


def _too_large(text: str) -> ValueError:
    short = text if len(text) <= 20 else f"{text[:20]}…"
    return ValueError(f"{short} is too large for a number; quote it if a string is meant")


@dataclass(slots=True)
class _Open:
    """A mapping or a list that isn't closed yet."""

    value: dict[str, Any] | list[Any]
    tokens: Tokens
    anchor: str | None
    key: str | None = None
    key_mark: Any = None
    merged: list[dict[str, Any]] = field(default_factory=list)
    size: int = 1


class _Builder:
    """Values from YAML's events, without recursion; `marks` notes where each one stands."""

    def __init__(self, marks: Marks | None) -> None:
        self.marks = marks
        self.stack: list[_Open] = []
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.root: Any = None
        self.documents = 0

    def build(self, text: str) -> Any:
        steps: dict[type, Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.AliasEvent: self._alias,
            yaml.MappingStartEvent: lambda event: self._open(event, {}),
            yaml.SequenceStartEvent: lambda event: self._open(event, []),
            yaml.MappingEndEvent: self._close,
            yaml.SequenceEndEvent: self._close,
            yaml.DocumentStartEvent: self._document,
        }
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            step = steps.get(type(event))
            if step is not None:
                step(event)
        return self.root

    def _document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            raise _at(event, "a second document starts here; expected one in a file")

    def _scalar(self, event: Any) -> None:
        top = self.stack[-1] if self.stack else None
        if top is not None and top.key is None and isinstance(top.value, dict):
            self._key(top, event)
            return
        value = self._scalar_value(event)
        if event.anchor:
            self.anchors[event.anchor] = (value, 1)
        self._add(value, 1, event)

    def _key(self, top: _Open, event: Any) -> None:
        """Keys are strings as they are written: `200:` is "200"."""
        key = event.value
        if key in top.value or (key == "<<" and event.implicit[0] and top.merged):
            raise _at(event, f'duplicate key "{key}"; expected each key once')
        if event.anchor:
            self.anchors[event.anchor] = (key, 1)
        # The same keys come again and again: one object for each saves memory and lookups.
        top.key, top.key_mark = sys.intern(key), event

    def _scalar_value(self, event: Any) -> Any:
        if event.tag in _TEXT_TAGS:
            return event.value
        try:
            if event.tag is None:
                return plain_scalar(event.value) if event.implicit[0] else event.value
            value = plain_scalar(event.value)
        except ValueError as error:
            raise _at(event, str(error)) from None
        if event.tag not in _SCALAR_TAGS:
            raise _unknown_tag(event)
        if type(value) not in _SCALAR_TAGS[event.tag]:
            raise _at(event, f"{event.value!r} is no {event.tag.removeprefix(_CORE)}")
        return value

    def _alias(self, event: Any) -> None:
        if event.anchor not in self.anchors:
            raise _at(event, f"the alias *{event.anchor} has no anchor before it")
        value, size = self.anchors[event.anchor]
        top = self.stack[-1] if self.stack else None
        if top is not None and top.key is None and isinstance(top.value, dict):
            raise _at(event, "an alias as a key; expected a string")
        self._add(value, size, event)

    def _open(self, event: Any, value: dict[str, Any] | list[Any]) -> None:
        top = self.stack[-1] if self.stack else None
        if top is not None and top.key is None and isinstance(top.value, dict):
            raise _at(event, "a mapping or list as a key; expected a string")
        if event.tag not in _COLLECTION_TAGS:
            raise _unknown_tag(event)
        if len(self.stack) >= MOST_LEVELS:
            raise _at(event, _TOO_DEEP)
        tokens = self._tokens(top)
        self._mark(tokens, top, event)
        self.stack.append(_Open(value, tokens, event.anchor))

    def _close(self, event: Any) -> None:
        done = self.stack.pop()
        for merged in done.merged:  # what is written out wins over what is merged in
            for key, value in merged.items():
                done.value.setdefault(key, value)  # type: ignore[union-attr]
        if done.anchor:
            self.anchors[done.anchor] = (done.value, done.size)
        self._put(done.value, done.size, event)

    def _add(self, value: Any, size: int, event: Any) -> None:
        top = self.stack[-1] if self.stack else None
        self._mark(self._tokens(top), top, event)
        self._put(value, size, event)

    def _put(self, value: Any, size: int, event: Any) -> None:
        if not self.stack:
            self.root = value
            return
        top = self.stack[-1]
        top.size += size
        if top.size > MOST_VALUES:
            raise _at(event, f"aliases expand to more than {MOST_VALUES:,} values")
        if isinstance(top.value, list):
            top.value.append(value)
            return
        assert top.key is not None
        if top.key == "<<" and top.key_mark.implicit[0]:
            self._merge(top, value, event)
        else:
            top.value[top.key] = value
        top.key = None

    @staticmethod
    def _merge(top: _Open, value: Any, event: Any) -> None:
        sources = value if isinstance(value, list) else [value]
        if not all(isinstance(source, dict) for source in sources):
            raise _at(event, '"<<" merges mappings; expected a mapping or a list of them')
        top.merged.extend(sources)

    @staticmethod
    def _tokens(top: _Open | None) -> Tokens:
        if top is None:
            return ()
        return (*top.tokens, len(top.value) if isinstance(top.value, list) else top.key or "")

    def _mark(self, tokens: Tokens, top: _Open | None, event: Any) -> None:
        """A member is found where its key stands, a lone scalar where it stands itself."""
        if self.marks is None:
            return
        keyed = top is not None and isinstance(top.value, dict) and type(event) in _COLLECTIONS
        mark = (top.key_mark if keyed and top is not None else event).start_mark
        self.marks[tokens] = (mark.line + 1, mark.column + 1)


_COLLECTIONS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)


def _at(event: Any, message: str) -> Unreadable:
    return Unreadable(message, event.start_mark.line + 1, event.start_mark.column + 1)


def _unknown_tag(event: Any) -> Unreadable:
    return _at(event, f"the tag {event.tag} is no JSON value; expected a plain one")


def read_yaml(text: str, marks: Marks | None = None) -> Any:
    """The JSON value that a YAML text stands for, by YAML 1.2's core schema.

    Mapping keys are strings as written, a duplicate key is an error, `<<` merges. Where each
    value stands is added to `marks`. Raises Unreadable.
    """
    try:
        return _Builder(marks).build(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = ", ".join(filter(None, (error.context, error.problem)))
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise Unreadable(words, line, column) from None
    except yaml.reader.ReaderError as error:
        before = text.encode()[: error.position].decode(errors="ignore")
        message = f"the character U+{error.character:04X} may not stand in YAML"
        raise Unreadable(message, *_end_of(before)) from None


def _end_of(text: str) -> tuple[int, int]:
    """The line and column that come behind a text."""
    return text.count("\n") + 1, len(text) - text.rfind("\n")


def read_json(text: str) -> Any:
    """The value of a JSON text (RFC 8259); a duplicate key is an error. Raises Unreadable."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Unreadable(error.msg, error.lineno, error.colno) from None
    try:
        orjson.dumps(value)
        json.loads(text, object_pairs_hook=_once_each)
    except (TypeError, _Repeated):  # TypeError: nested too deeply to be written again
        json_marks(text)
    return value


class _Repeated(Exception):
    """An object has a key twice."""


def _once_each(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _ in pairs}) < len(pairs):
        raise _Repeated


_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def json_marks(text: str) -> Marks:
    """Where each value of a JSON text stands; the text is known to be JSON.

    Raises Unreadable for a duplicate key, and where it is nested too deeply.
    """
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    marks: Marks = {}
    stack: list[list[Any]] = []  # [is it an object, the key or index now, where the key stands]
    for found in _JSON_TOKEN.finditer(text):
        word, start = found.group(), found.start()
        top = stack[-1] if stack else None
        if word in "}]":
            stack.pop()
        elif word == ",":
            assert top is not None
            top[1] = None if top[0] else top[1] + 1
        elif top is not None and top[0] and top[1] is None:
            top[1:] = [orjson.loads(word), start]
            if tuple(entry[1] for entry in stack) in marks:
                message = f'duplicate key "{top[1]}"; expected each key once'
                raise Unreadable(message, *_end_of(text[:start]))
        elif word != ":":
            place = top[2] if top and top[0] and word in "{[" else start
            line = bisect_right(starts, place)
            marks[tuple(entry[1] for entry in stack)] = (line, place - starts[line - 1] + 1)
            if word in "{[":
                if len(stack) == MOST_LEVELS:
                    raise Unreadable(_TOO_DEEP, *_end_of(text[:start]))
                stack.append([word == "{", None if word == "{" else 0, start])
    return marks


@dataclass(frozen=True)
class Document:
    """One file, read: `data` is its value, `uri` its absolute address."""

    path: Path
    source: bytes
    text: str
    data: Any
    is_json: bool
    stamp: Stamp | None = None

    @cached_property
    def uri(self) -> str:
        """The file's address (RFC 8089)."""
        return self.path.as_uri()

    @property
    def name(self) -> str:
        """The file's name as messages show it: relative to the current folder where it can be."""
        return shown(self.path)

    def place(self, tokens: Tokens) -> Place:
        """Where the value at those steps stands, or else the nearest one around it."""
        steps = tuple(int(t) if isinstance(t, str) and t.isdecimal() else t for t in tokens)
        for length in range(len(tokens), -1, -1):
            for candidate in (tokens[:length], steps[:length]):
                if mark := self._marks.get(self._spelled(candidate)):
                    return Place(self.name, *mark)
        return Place(self.name, 1, 1)

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
    def _marks(self) -> Marks:
        if self.is_json:
            return json_marks(self.text)
        marks: Marks = {}
        read_yaml(self.text, marks)
        return marks


def shown(path: Path) -> str:
    """A path for a message: relative to the current folder where it lies inside it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def stamp_of(path: Path) -> Stamp | None:
    """What changes with a file: its inode, its time and its size; None where it isn't there."""
    try:
        found = path.stat()
    except (OSError, ValueError):  # ValueError: a name with a null character
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def read_document(path: Path) -> Document:
    """Read a YAML or JSON file. Raises StartError with file, line and column."""
    path = path.absolute()
    stamp = stamp_of(path)
    if ".." in path.parts:  # or a file would have two addresses, this one and that of a `$ref`
        path = path.parent.resolve() / path.name
    try:
        source = path.read_bytes()
    except FileNotFoundError:
        raise WrongUse(f"{shown(path)}: there is no such file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise WrongUse(f"{shown(path)}: the file can't be read: {reason}") from None
    try:
        text = _decoded(source)
        data, is_json = _read(text, path.suffix == ".json")
    except Unreadable as error:
        place = Place(shown(path), error.line, error.column)
        raise StartError([Finding(place, str(error))]) from None
    return Document(path, source, text, data, is_json, stamp)


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
        raise Unreadable(f"the text is not {name}", *_end_of(before)) from None


class BrokenRef(Exception):
    """A `$ref` that leads nowhere; the message says why."""


@dataclass(frozen=True, slots=True)
class Node:
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
    def place(self) -> Place:
        """File, line and column of the value."""
        return self.document.place(self.tokens)

    def get(self, key: str) -> Node | None:
        """The member of that name; None where there is none, or the value is no mapping."""
        if not isinstance(self.value, dict) or key not in self.value:
            return None
        return Node(self.documents, self.document, (*self.tokens, key), self.value[key])

    def items(self) -> Iterator[tuple[str, Node]]:
        """The members of a mapping by name; nothing where the value is no mapping."""
        if isinstance(self.value, dict):
            for key, value in self.value.items():
                yield key, Node(self.documents, self.document, (*self.tokens, key), value)

    def elements(self) -> Iterator[Node]:
        """The elements of a list; nothing where the value is no list."""
        if isinstance(self.value, list):
            for index, value in enumerate(self.value):
                yield Node(self.documents, self.document, (*self.tokens, index), value)

    def followed(self) -> Node:
        """The node that a chain of `$ref`s leads to; itself without one. Raises BrokenRef."""
        node, seen = self, {self.uri}
        while isinstance(node.value, dict) and isinstance(node.value.get("$ref"), str):
            node = node.documents.node(node.value["$ref"], node.document.uri)
            if node.uri in seen:
                raise BrokenRef(f"$ref {self.value['$ref']} leads back to itself")
            seen.add(node.uri)
        return node


class Documents:
    """The files of one contract; a file is read when something first refers to it."""

    def __init__(self, root: Document) -> None:
        self.root = root
        self._by_uri: dict[str, Document] = {root.uri: root}
        # Every file that something refers to, be it there or not, as it was before it was read.
        self.stamps = {root.path: root.stamp}

    def __iter__(self) -> Iterator[Document]:
        return iter(list(self._by_uri.values()))

    @property
    def top(self) -> Node:
        """The whole of the root document."""
        return Node(self, self.root, (), self.root.data)

    def node(self, ref: str, base: str) -> Node:
        """What a `$ref` in the document at `base` leads to. Raises BrokenRef."""
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

    def at(self, document: Document, tokens: Tokens, ref: str) -> Node:
        """The node at those steps. Raises BrokenRef which names the step that isn't there."""
        value = document.data
        for depth, token in enumerate(tokens):
            try:
                value = member(value, token)
            except LookupError:
                missing = pointer_of(tokens[: depth + 1])
                raise BrokenRef(f"$ref {ref}: {document.name} has no {missing}") from None
        return Node(self, document, tokens, value)

    def document(self, address: str, ref: str) -> Document:
        """The document at that address, read if it hasn't been yet. Raises BrokenRef."""
        if address not in self._by_uri:
            parts = urlsplit(address)
            if (parts.scheme, parts.netloc) != urlsplit(self.root.uri)[:2]:
                raise BrokenRef(
                    f"$ref {ref} leads to another host, which is not asked;"
                    " keep a copy beside the document and refer to that"
                )
            path = Path(url2pathname(parts.path))
            self.stamps[path] = stamp_of(path)
            try:
                self._by_uri[address] = read_document(path)
            except StartError as error:
                raise BrokenRef(f"$ref {ref}: {error}") from None
        return self._by_uri[address]
