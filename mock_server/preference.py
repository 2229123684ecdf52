"""What a client prefers: `Prefer` (RFC 7240), or Prism's query parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl

from mock_server.errors import InvalidRequest, Violation
from mock_server.messages import NO_PREFERENCE, QUERY_PREFERENCES, Preference, Request

_MEMBER = re.compile(r'\s*(?:((?:"(?:[^"\\]|\\.)*"|[^",])+)|,|")')


def read_preference(request: Request) -> Preference:
    """What a request prefers: by `Prefer` (RFC 7240), else by Prism's `__code` and the like.

    Raises InvalidRequest where a value can't be read.
    """
    prefer = request.headers.get(b"prefer")
    if prefer is not None:
        return _preference(dict(_members(prefer.decode("latin-1"))), "header", "prefer")
    if "__" in request.query:
        pairs = parse_qsl(request.query, keep_blank_values=True)
        asked = {
            QUERY_PREFERENCES[name]: value for name, value in pairs if name in QUERY_PREFERENCES
        }
        return _preference(asked, "query", "__")
    return NO_PREFERENCE


def _members(text: str) -> Iterator[tuple[str, str]]:
    """The preferences by lower-case name; the first of a name counts (RFC 7240, section 2)."""
    seen = set()
    for found in _MEMBER.finditer(text):
        name, _, value = (found.group(1) or "").split(";")[0].partition("=")
        name = name.strip().lower()
        if name and name not in seen:
            seen.add(name)
            yield name, _unquoted(value.strip())


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] == '"':
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    return value


def _preference(asked: dict[str, str], part: str, prefix: str) -> Preference:
    unknown = tuple(name for name in asked if name not in QUERY_PREFERENCES.values())
    code, dynamic = asked.get("code"), asked.get("dynamic")
    problems = []
    if code is not None and not re.fullmatch(r"[1-5]\d\d", code, re.ASCII):
        problems.append(("code", code, "a status of three digits, such as 404"))
    if dynamic not in (None, "true", "false"):
        problems.append(("dynamic", dynamic, "true or false"))
    if problems:
        raise InvalidRequest(
            " ".join(f"The preference {n} is {v!r}; expected {e}." for n, v, e in problems),
            [
                Violation(
                    ("request", part, f"{prefix}{n}" if part == "query" else prefix),
                    "",
                    "preference",
                    f"the preference {n} is {v!r}; expected {e}",
                )
                for n, v, e in problems
            ],
        )
    return Preference(
        code=int(code) if code else None,
        example=asked.get("example"),
        dynamic=None if dynamic is None else dynamic == "true",
        seed=asked.get("seed"),
        unknown=unknown,
    )
