"""A JSON text (RFC 8259) to its value, and to where each part of it stands."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import Any

import orjson

from mock_server.core import json_fault
from mock_server.documents.positions import MOST_LEVELS, TOO_DEEP, Marks, Unreadable, end_of


def read_json(text: str) -> Any:
    """The value of a JSON text (RFC 8259); a duplicate key is an error. Raises Unreadable."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        fault = f"the text {json_fault(error)}".removeprefix("the text is no JSON: ")
        raise Unreadable(fault, error.lineno, error.colno) from None
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
                raise Unreadable(message, *end_of(text[:start]))
        elif word != ":":
            place = top[2] if top and top[0] and word in "{[" else start
            line = bisect_right(starts, place)
            marks[tuple(entry[1] for entry in stack)] = (line, place - starts[line - 1] + 1)
            if word in "{[":
                if len(stack) == MOST_LEVELS:
                    raise Unreadable(TOO_DEEP, *end_of(text[:start]))
                stack.append([word == "{", None if word == "{" else 0, start])
    return marks
