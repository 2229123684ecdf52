"""Validators of a representation, and the conditions that a request puts on them (RFC 9110, 13)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from hashlib import blake2b
from typing import Literal, NamedTuple

# RFC 9110, section 8.8.3: an entity tag, or `*` for any representation.
_TAG = re.compile(r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_CONDITIONS = (b"if-none-match", b"if-match", b"if-modified-since", b"if-unmodified-since")
# The methods whose reply may be 304: they read (RFC 9110, section 13.1.2; RFC 10008 for QUERY).
READING = frozenset({"GET", "HEAD", "QUERY"})
Outcome = Literal["go on", "not modified", "failed"]


def etag_of(body: bytes) -> str:
    """Return the strong entity tag of a representation: the same bytes have the same one."""
    return f'"{blake2b(body, digest_size=8).hexdigest()}"'


def http_date(moment: float) -> str:
    """Return a moment, in seconds since the epoch, as IMF-fixdate (RFC 9110, section 5.6.7)."""
    return formatdate(int(moment), usegmt=True)


def parse_http_date(text: str) -> float | None:
    """Return the seconds since the epoch of a date in any of HTTP's three forms; None if in none.

    RFC 9110, section 13.1.3: what is no date is no condition.
    """
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError):
        return None


class Validators(NamedTuple):
    """What tells one version of a representation from another.

    `etag` is as the header has it, `modified` in seconds since the epoch. None is for no such.
    """

    etag: str | None = None
    modified: float | None = None

    @classmethod
    def of(cls, headers: Mapping[bytes, bytes]) -> Validators:
        """Return those that a reply's headers, by lower-case name, have."""
        tag, date = headers.get(b"etag"), headers.get(b"last-modified")
        modified = None if date is None else parse_http_date(date.decode("latin-1"))
        return cls(None if tag is None else tag.decode("latin-1"), modified)


@dataclass(frozen=True, slots=True)
class Preconditions:
    """The conditions of one request; a text is None if the header wasn't sent."""

    match: str | None
    none_match: str | None
    modified_since: float | None
    unmodified_since: float | None

    @classmethod
    def of(cls, headers: Mapping[bytes, bytes]) -> Preconditions | None:
        """Return the conditions in a request's headers; None without one."""
        if not any(name in headers for name in _CONDITIONS):
            return None
        texts = {name: headers[name].decode("latin-1") for name in _CONDITIONS if name in headers}
        dates = {name: parse_http_date(text) for name, text in texts.items()}
        return cls(
            texts.get(b"if-match"),
            texts.get(b"if-none-match"),
            dates.get(b"if-modified-since"),
            dates.get(b"if-unmodified-since"),
        )

    def outcome(self, method: str, found: Validators | None, *others: str) -> Outcome:
        """Return what a representation with those validators makes of them; None is for no such.

        `others` are entity tags that stand for the same version. The order of the conditions is
        that of RFC 9110, section 13.2.2.
        """
        if found is None:
            return "failed" if self.match is not None else "go on"
        tags = tuple(tag for tag in (found.etag, *others) if tag is not None)
        if self._is_failed(found, tags):
            return "failed"
        if self.none_match is not None:
            if not _names(self.none_match, tags, is_strong=False):
                return "go on"
            return "not modified" if method in READING else "failed"
        is_old = _is_later(self.modified_since, found.modified, or_same=True)
        return "not modified" if is_old and method in READING else "go on"

    def _is_failed(self, found: Validators, tags: tuple[str, ...]) -> bool:
        if self.match is not None:
            return not _names(self.match, tags, is_strong=True)
        return _is_later(found.modified, self.unmodified_since)


def _is_later(one: float | None, other: float | None, *, or_same: bool = False) -> bool:
    """Return whether a moment is later than another; False if one of them isn't known."""
    if one is None or other is None:
        return False
    return one >= other if or_same else one > other


def _names(text: str, tags: tuple[str, ...], *, is_strong: bool) -> bool:
    """Return whether a list of entity tags has one of those, or is `*`.

    A weak tag never fits a strong comparison (RFC 9110, section 8.8.3.2).
    """
    if text.strip() == "*":
        return True
    asked = {(bool(weak), opaque) for weak, opaque in _TAG.findall(text)}
    if is_strong:
        return any((False, tag) in asked for tag in tags)
    opaque = {tag for _, tag in asked}
    return any(tag.removeprefix("W/") in opaque for tag in tags)


def fits_range(condition: str | None, found: Validators) -> bool:
    """Return whether `If-Range` lets a range be sent; without the header it may be.

    RFC 9110, section 13.1.5: tags are compared strongly, a date has to be exactly the same.
    """
    if condition is None:
        return True
    text = condition.strip()
    if text.startswith(('"', "W/")):
        return text == found.etag and not text.startswith("W/")
    date = parse_http_date(text)
    return date is not None and date == found.modified


_RANGE = re.compile(r"bytes[ \t]*=[ \t]*(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))[ \t]*", re.IGNORECASE)


class ByteRange(NamedTuple):
    """The bytes of a body from `first` to `last`, both included."""

    first: int
    last: int


def byte_range(text: str, size: int) -> ByteRange | Literal["unsatisfiable"] | None:
    """Return the one range of bytes that `Range` asks of a body of so many bytes.

    None is for what is ignored: another unit, several ranges, or what can't be read
    (RFC 9110, section 14.2).
    """
    found = _RANGE.fullmatch(text.strip())
    if found is None:
        return None
    first, last, suffix = found.groups()
    if suffix is not None:
        length = min(int(suffix), size)
        return ByteRange(size - length, size - 1) if length else "unsatisfiable"
    start, end = int(first), min(int(last), size - 1) if last else size - 1
    if last and int(last) < start:
        return None
    return ByteRange(start, end) if start < size else "unsatisfiable"
