"""JSON values as YAML that is easy to read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from mock_server.documents import plain_scalar

# Texts that every reader of YAML, of any version, takes for the text that they are.
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*|[1-5][0-9]{2}-[0-9]{1,4}")
_NOT_PLAIN = frozenset({"yes", "no", "on", "off", "y", "n", "true", "false", "null"})
# Characters that YAML 1.2, section 5.1, leaves out, or at which it breaks a line.
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")


def as_yaml(value: Any) -> str:
    """Return a value as a block of YAML."""
    return "".join(f"{line}\n" for line in _yaml_lines(value))


def _yaml_lines(value: Any) -> Iterator[str]:
    if isinstance(value, dict) and value:
        for name, member in value.items():
            yield from _yaml_entry(f"{_scalar(name)}:", member)
    elif isinstance(value, list) and value:
        for element in value:
            yield from _element(element)
    else:
        yield _scalar(value)


def _yaml_entry(head: str, value: Any) -> Iterator[str]:
    if isinstance(value, dict | list) and value:
        yield head
        yield from (f"  {line}" for line in _yaml_lines(value))
    else:
        yield f"{head} {_scalar(value)}"


def _element(value: Any) -> Iterator[str]:
    """Yield the lines of a list's element; its content begins behind the dash."""
    for number, line in enumerate(_yaml_lines(value)):
        yield f"{'  ' if number else '- '}{line}"


def _scalar(value: Any) -> str:
    if isinstance(value, str) and _is_plain(value):
        return value
    return _ESCAPED.sub(_escape, json.dumps(value, ensure_ascii=False))


def _is_plain(text: str) -> bool:
    fits = _PLAIN.fullmatch(text) is not None and text.lower() not in _NOT_PLAIN
    return fits and plain_scalar(text) == text


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
