"""A YAML 1.2 text to the JSON value that it stands for, with where each part of it stands."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml

from mock_server.core import Tokens
from mock_server.documents.positions import MOST_LEVELS, TOO_DEEP, Marks, Unreadable, end_of
from mock_server.documents.yaml_mistakes import yaml_mistake
from mock_server.documents.yaml_scalars import plain_scalar

# Without libyaml PyYAML has its parser in Python alone, which is slower and reads the same.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# Aliases can make a small file stand for billions of values.
MOST_VALUES = 5_000_000

_CORE = "tag:yaml.org,2002:"
_TEXT_TAGS = ("!", f"{_CORE}str")
_SCALAR_TAGS: dict[str, tuple[type, ...]] = {
    f"{_CORE}int": (int,),
    f"{_CORE}float": (float, int),
    f"{_CORE}bool": (bool,),
    f"{_CORE}null": (type(None),),
}
_COLLECTION_TAGS = (None, "!", f"{_CORE}map", f"{_CORE}seq")


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
    """Values from YAML's events, without recursion.

    `marks` notes where each one stands, `keys` where the key of a scalar does.
    """

    def __init__(self, marks: Marks | None, keys: Marks | None = None) -> None:
        self.marks, self.keys = marks, keys
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
        for event in yaml.parse(text, Loader=LOADER):
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
            raise _at(event, f'"{event.value}" is no {event.tag.removeprefix(_CORE)}')
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
            raise _TooDeep(event)
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
        is_member = top is not None and isinstance(top.value, dict)
        keyed = is_member and type(event) in _COLLECTIONS
        mark = (top.key_mark if keyed and top is not None else event).start_mark
        self.marks[tokens] = (mark.line + 1, mark.column + 1)
        if is_member and not keyed and top is not None and self.keys is not None:
            key = top.key_mark.start_mark
            self.keys[tokens] = (key.line + 1, key.column + 1)


_COLLECTIONS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)


class _TooDeep(Unreadable):
    """A mapping or a list starts beyond the deepest level."""

    def __init__(self, event: Any) -> None:
        super().__init__(TOO_DEEP, event.start_mark.line + 1, event.start_mark.column + 1)


def _at(event: Any, message: str) -> Unreadable:
    return Unreadable(message, event.start_mark.line + 1, event.start_mark.column + 1)


def _unknown_tag(event: Any) -> Unreadable:
    return _at(event, f"the tag {event.tag} is no JSON value; expected a plain one")


def read_yaml(text: str, marks: Marks | None = None, keys: Marks | None = None) -> Any:
    """The JSON value that a YAML text stands for, by YAML 1.2's core schema.

    Mapping keys are strings as written, a duplicate key is an error, `<<` merges. Where each
    value stands is added to `marks`, and where the key of a scalar stands to `keys`. Raises
    Unreadable.
    """
    try:
        return _Builder(marks, keys).build(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        _refuse_depth(text[: mark.index] if mark else text)
        raise yaml_mistake(text, error) from None
    except yaml.reader.ReaderError as error:
        before = _before(text, error)
        _refuse_depth(before)
        message = f"the character U+{ord(text[len(before)]):04X} may not stand in YAML"
        raise Unreadable(message, *end_of(before)) from None


def _refuse_depth(before: str) -> None:
    """Raise Unreadable where a text is nested too deeply before the parser's error.

    The parser reads ahead, so its error can come before the event that starts the first level
    beyond ours: some releases have a limit of their own. So the text up to that error is read.
    """
    try:
        _Builder(None).build(before)
    except _TooDeep as error:
        raise error from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        if mark and mark.index < len(before):
            _refuse_depth(before[: mark.index])
    except (Unreadable, yaml.YAMLError):
        pass


def _before(text: str, error: yaml.reader.ReaderError) -> str:
    """The text before a character that YAML forbids; libyaml counts bytes, Python characters."""
    if error.encoding == "unicode":
        return text[: error.position]
    return text.encode()[: error.position].decode(errors="ignore")
