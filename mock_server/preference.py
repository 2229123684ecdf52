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


def asks_leniency(request: Request) -> bool:
    """Whether a request wants to be answered although it breaks the contract."""
    members = _members(request.header("prefer") or "")
    return any(name == "handling" and value.lower() == "lenient" for name, value in members)


# What each preference may be, as a pattern and in words.
_RULES = {
    "code": (r"[1-5]\d\d", "a status of three digits, such as 404"),
    "dynamic": ("true|false|minimal|maximal|boundary", "true, false, minimal, maximal or boundary"),
    "items": (r"\d{1,4}", "a number of items up to 9999"),
    "handling": ("strict|lenient", "strict or lenient"),
}
_NAMES = frozenset({"code", "example", "dynamic", "seed", "items", "handling"})


def _preference(asked: dict[str, str], part: str, prefix: str) -> Preference:
    """The preferences asked for. Raises InvalidRequest with each that can't be read."""
    wrong = [
        _violation(name, asked[name], words, part, prefix)
        for name, (pattern, words) in _RULES.items()
        if name in asked and not re.fullmatch(pattern, asked[name], re.ASCII)
    ]
    if wrong:
        raise InvalidRequest(" ".join(f"{v.message}." for v in wrong), wrong)
    known = {name: value for name, value in asked.items() if name in _NAMES}
    numbers = {name: int(known.pop(name)) for name in ("code", "items") if name in known}
    unknown = tuple(name for name in asked if name not in _NAMES)
    return Preference(**known, **numbers, unknown=unknown)  # type: ignore[arg-type]


def _violation(name: str, value: str, words: str, part: str, prefix: str) -> Violation:
    message = f"the preference {name} is {value!r}; expected {words}"
    where = f"{prefix}{name}" if part == "query" else prefix
    return Violation(("request", part, where), "", "preference", message)
