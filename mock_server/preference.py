"""What a client prefers: `Prefer` (RFC 7240), or Prism's query parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl

from mock_server.errors import InvalidRequest, Violation
from mock_server.media_types import LIST_MEMBER, TOKEN
from mock_server.messages import NO_PREFERENCE, QUERY_PREFERENCES, Preference, Request

# A preference's parts, the preference itself and its parameters: what semicolons stand between.
_PART = re.compile(r'(?:[^";]++|"(?:[^"\\]++|\\.)*+"?)++', re.DOTALL)


def read_preference(request: Request) -> Preference:
    """What a request prefers: by `Prefer` (RFC 7240), else by Prism's `__code` and the like.

    Raises InvalidRequest where a value can't be read.
    """
    asked = _asked(request)
    if not asked:
        return NO_PREFERENCE
    in_header = b"prefer" in request.headers
    return _preference(asked, *(("header", "prefer") if in_header else ("query", "__")))


def unanswered(request: Request) -> list[str]:
    """The names of all that a refused request preferred; `handling` has had its say by then."""
    return [name for name in _asked(request) if name != "handling"]


def asks_leniency(request: Request) -> bool:
    """Whether a request wants to be answered although it breaks the contract."""
    return _asked(request).get("handling", "").lower() == "lenient"


def word(value: str) -> str:
    """A value as it stands behind a preference's name: quoted where it is no token."""
    return value if re.fullmatch(TOKEN, value) else '"' + re.sub(r'(["\\])', r"\\\1", value) + '"'


def _asked(request: Request) -> dict[str, str]:
    """The preferences by lower-case name, whatever their values."""
    prefer = request.header("prefer")
    if prefer is not None:
        return dict(_members(prefer))
    if "__" not in request.query:
        return {}
    pairs = parse_qsl(request.query, keep_blank_values=True)
    return {QUERY_PREFERENCES[name]: value for name, value in pairs if name in QUERY_PREFERENCES}


def _members(text: str) -> Iterator[tuple[str, str]]:
    """Each preference, the first of a name (RFC 7240, section 2), and its parameters.

    A parameter is known as `name;parameter`, of which there is none that we honour.
    """
    seen = {""}
    for member in LIST_MEMBER.findall(text):
        pairs = [part.partition("=") for part in _PART.findall(member)]
        names = [name.strip().lower() for name, _, _ in pairs]
        if not names or names[0] in seen:
            continue
        seen.add(names[0])
        yield names[0], _unquoted(pairs[0][2].strip())
        yield from ((f"{names[0]};{name}", "") for name in names[1:] if name)


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] == '"':
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    return value


# What each preference may be, as a pattern and in words.
_RULES = {
    # One below 200 only announces a reply: a client would go on waiting for it.
    "code": (r"[2-5]\d\d", "a status of three digits from 200 on, such as 404"),
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
