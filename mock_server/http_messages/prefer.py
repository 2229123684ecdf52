"""What a client prefers: `Prefer` (RFC 7240), or Prism's query parameters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from mock_server.core import parse_duration, read_delay
from mock_server.errors import InvalidRequest, Violation
from mock_server.http_messages.faults import Fault, read_kind
from mock_server.http_messages.media_types import LIST_MEMBER, TOKEN
from mock_server.http_messages.messages import (
    NO_PREFERENCE,
    QUERY_PREFERENCES,
    Preference,
    Request,
    told_bytes,
)

_UNDECLARED = "undeclared"
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


def refusal_preferences(request: Request) -> tuple[dict[str, str], list[str], Fault | None]:
    """What a refused request preferred: what is honoured all the same, the names of what isn't.

    That is an explanation, and what is to go wrong with the answer, which the last part of the
    result is, if it can be read; `handling` has had its say by then.
    """
    asked = _asked(request)
    asked.pop("handling", None)
    wire = {name: value for name, value in asked.items() if name in WRONGS}
    try:
        preference = _preference(wire, "header", "prefer")
    except InvalidRequest:
        return {}, list(asked), None
    honoured = {name: value for name, value in wire.items() if is_honoured(name, preference)}
    honoured |= {name: value for name, value in asked.items() if name == "explain"}
    return honoured, [name for name in asked if name not in honoured], preference.wrong


def preference_headers(
    preference: Preference, is_generated: bool, is_undeclared: bool = False
) -> list[tuple[bytes, bytes]]:
    """What of a preference was honoured (RFC 7240, section 3), and what could not be."""
    honoured = {
        "code": True,
        "undeclared": is_undeclared and preference.may_be_undeclared,
        "example": True,
        "dynamic": preference.is_dynamic is is_generated,
        "seed": is_generated,
        "items": is_generated,
        "handling": True,
        "explain": True,
        **{name: is_honoured(name, preference) for name in WRONGS},
    }
    asked = {name: getattr(preference, name.replace("-", "_")) for name in honoured}
    if preference.may_be_undeclared:
        asked["undeclared"] = ""  # it is said by its name alone
    applied = {n: str(v) for n, v in asked.items() if v is not None and honoured[n]}
    ignored = [n for n, v in asked.items() if v is not None and not honoured[n]]
    return preference_text(applied, [*ignored, *preference.unknown])


def preference_text(
    applied: Mapping[str, str], ignored: Iterable[str]
) -> list[tuple[bytes, bytes]]:
    """The headers that tell what was honoured and what was not."""
    texts = (
        (b"preference-applied", [_applied(name, value) for name, value in applied.items()]),
        (b"mock-preference-ignored", list(ignored)),
    )
    return [(name, told_bytes(", ".join(values))) for name, values in texts if values]


def _applied(name: str, value: str) -> str:
    return f"{name}={preference_word(value)}" if value else name


def is_honoured(name: str, preference: Preference) -> bool:
    """Whether a preference of what is to go wrong has any effect beside the others."""
    return name != "over" or preference.fault == "drip"


def asks_explanation(request: Request) -> bool:
    """Whether a request that prefers something wants to be told why it is answered as it is."""
    return b"explain" in request.headers[b"prefer"].lower() and "explain" in _asked(request)


def asks_leniency(request: Request) -> bool:
    """Whether a request wants to be answered although it breaks the contract."""
    return _asked(request).get("handling", "").lower() == "lenient"


def preference_word(value: str) -> str:
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
    asked = {QUERY_PREFERENCES[name]: value for name, value in pairs if name in QUERY_PREFERENCES}
    return asked | ({_UNDECLARED: "true"} if asked.get(_UNDECLARED) == "" else {})


def _members(text: str) -> Iterator[tuple[str, str]]:
    """Each preference, the first of a name (RFC 7240, section 2), and its parameters.

    A parameter is known as `name;parameter`; the one that is honoured, `code=500; undeclared`, as
    the preference of its own name.
    """
    seen = {""}
    for member in LIST_MEMBER.findall(text):
        pairs = [part.partition("=") for part in _PART.findall(member)]
        names = [name.strip().lower() for name, _, _ in pairs]
        if not names or names[0] in seen:
            continue
        seen.add(names[0])
        yield names[0], _value_of(names[0], pairs[0])
        for name, pair in zip(names[1:], pairs[1:], strict=True):
            if (names[0], name) == ("code", _UNDECLARED):
                if name not in seen:
                    seen.add(name)
                    yield name, _value_of(name, pair)
            elif name:
                yield f"{names[0]};{name}", ""


def _value_of(name: str, pair: tuple[str, str, str]) -> str:
    """The value of a preference; `undeclared` alone says that it is true."""
    _, equals, value = pair
    return "true" if name == _UNDECLARED and not equals else _unquoted(value.strip())


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] == '"':
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    return value


# What each preference may be, as a pattern and in words.
_RULES = {
    # One below 200 only announces a reply: a client would go on waiting for it.
    "code": (r"[2-5]\d\d", "a status of three digits from 200 on, such as 404"),
    "dynamic": ("true|false|minimal|maximal|boundary", "true, false, minimal, maximal or boundary"),
    "undeclared": ("true|false", "true or false"),
    "items": (r"\d{1,4}", "a number of items up to 9999"),
    "handling": ("strict|lenient", "strict or lenient"),
}
# What is to go wrong, each with what reads it.
WRONGS: dict[str, Callable[[str], Any]] = {
    "fault": read_kind,
    "delay": read_delay,
    "retry-after": parse_duration,
    "over": parse_duration,
}
_NAMES = frozenset({*_RULES, "example", "seed", "explain", *WRONGS})


def _preference(asked: dict[str, str], part: str, prefix: str) -> Preference:
    """The preferences asked for. Raises InvalidRequest with each that can't be read."""
    wrong = [
        _violation(name, f"is {asked[name]!r}; expected {words}", part, prefix)
        for name, (pattern, words) in _RULES.items()
        if name in asked and not re.fullmatch(pattern, asked[name], re.ASCII)
    ]
    wrong += [
        _violation(name, message, part, prefix) for name, message in _unreadable(asked).items()
    ]
    if wrong:
        raise InvalidRequest(" ".join(f"{v.message}." for v in wrong), wrong)
    known = {name.replace("-", "_"): asked[name] for name in asked if name in _NAMES}
    numbers = {name: int(known.pop(name)) for name in ("code", "items") if name in known}
    unknown = tuple(name for name in asked if name not in _NAMES)
    return Preference(**known, **numbers, unknown=unknown)  # type: ignore[arg-type]


def _unreadable(asked: dict[str, str]) -> dict[str, str]:
    """What is wrong with the preferences of what is to go wrong, by their names."""
    wrong = {}
    for name, read in WRONGS.items():
        try:
            if name in asked:
                read(asked[name])
        except ValueError as error:
            wrong[name] = f"can't be read: {error}"
    return wrong


def _violation(name: str, message: str, part: str, prefix: str) -> Violation:
    message = f"the preference {name} {message}"
    where = f"{prefix}{name}" if part == "query" else prefix
    return Violation(("request", part, where), "", "preference", message)
