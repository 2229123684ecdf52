"""A JSON text (RFC 8259) to its value, and to where each part of it stands."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import Any

import orjson

from mock_server.core import NUMBER_RANGE, parse_json
from mock_server.documents.positions import MOST_LEVELS, TOO_DEEP, Marks, Unreadable, end_of

_NUMBER = re.compile(r"[0-9.eE+-]{1,20}")


def read_json(text: str) -> Any:
    """The value of a JSON text (RFC 8259); a duplicate key is an error. Raises Unreadable."""
    try:
        value = parse_json(text)
    except orjson.JSONDecodeError as error:
        _refuse_depth(text)
        raise json_mistake(text, error) from None
    try:
        if _is_too_deep(value):
            json_marks(text)
        json.loads(text, object_pairs_hook=_once_each)
    except _Repeated:
        json_marks(text)
    return value


class JsonMistake(Unreadable):
    """What is wrong with a text that should be JSON; `number` is one that is out of range."""

    def __init__(self, message: str, line: int, column: int, number: str = "") -> None:
        super().__init__(message, line, column)
        self._number = number

    def told(self, where: str = "") -> str:
        """What is wrong, to follow the name of the text: "is no JSON: … at column 3".

        A number that is too large is JSON all the same (RFC 8259, section 6, leaves the range to
        who reads it).
        """
        at = f" at {where}" if where else ""
        if not self._number:
            return f"is no JSON: {self}{at}"
        return f"has the number {self._number}{at}, which is out of range; expected {NUMBER_RANGE}"


def json_mistake(text: str, error: orjson.JSONDecodeError) -> JsonMistake:
    """What is wrong with a text that orjson refused, and where.

    From 3.11 on orjson runs out of a buffer of its own where lists are nested and never closed, and
    calls that a lack of memory, too early in the text. Python's parser knows the right place.
    """
    message, before = error.msg, error.pos
    if "infinity" in message and (found := _NUMBER.match(text, before)):
        message = f"the number {found[0]} is out of range; expected {NUMBER_RANGE}"
        return JsonMistake(message, *end_of(text[:before]), found[0])
    if "memory" in message:
        try:
            json.loads(text, parse_int=str)
        except json.JSONDecodeError as found:
            before = found.pos
            is_cut = not text[before:].strip()
            message = "unexpected end of data" if is_cut else "unexpected character"
        except RecursionError:  # the lists are nested too deeply for that one
            pass
    return JsonMistake(message, *end_of(text[:before]))


def _refuse_depth(text: str) -> None:
    """Raise Unreadable where a text is JSON up to the first level beyond the deepest.

    Parsers have limits of their own, and each another message.
    """
    levels = 0
    for found in _JSON_TOKEN.finditer(text):
        word = found.group()
        levels += (word in "{[") - (word in "}]")
        if levels > MOST_LEVELS:
            if _is_json_so_far(text[: found.end()]):
                raise Unreadable(TOO_DEEP, *end_of(text[: found.start()]))
            return


def _is_json_so_far(text: str) -> bool:
    try:
        json.loads(text, parse_int=str)
    except json.JSONDecodeError as error:
        return error.pos == len(text)
    return True


def _is_too_deep(value: Any) -> bool:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(MOST_LEVELS):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if type(outer) is dict else outer)
            if type(inner) is dict or type(inner) is list
        ]
        if not level:
            return False
    return True


class _Repeated(Exception):
    """An object has a key twice."""


def _once_each(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _ in pairs}) < len(pairs):
        raise _Repeated


_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def json_marks(text: str, keys: Marks | None = None) -> Marks:
    """Where each value of a JSON text stands; the text is known to be JSON.

    Where the key of a scalar stands is added to `keys`.

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
            top[1:] = [parse_json(word), start]
            if tuple(entry[1] for entry in stack) in marks:
                message = f'duplicate key "{top[1]}"; expected each key once'
                raise Unreadable(message, *end_of(text[:start]))
        elif word != ":":
            place = top[2] if top and top[0] and word in "{[" else start
            line = bisect_right(starts, place)
            tokens = tuple(entry[1] for entry in stack)
            marks[tokens] = (line, place - starts[line - 1] + 1)
            if keys is not None and top and top[0] and word not in "{[":
                line = bisect_right(starts, top[2])
                keys[tokens] = (line, top[2] - starts[line - 1] + 1)
            if word in "{[":
                if len(stack) == MOST_LEVELS:
                    raise Unreadable(TOO_DEEP, *end_of(text[:start]))
                stack.append([word == "{", None if word == "{" else 0, start])
    return marks
