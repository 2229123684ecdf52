"""Tokens: a place in a list as an opaque text or number that a schema allows.

A token holds the index of the page's first item and the size of the pages. So the server needs
no memory of the lists that it began.
"""

from __future__ import annotations

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from mock_server.paging.places import Place
from mock_server.paging.window import MOST_ITEMS

_PLAIN = re.compile(r"p0*([0-9]{1,9})\.([0-9]{1,4})")
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_UUID = 0x6D6F636B_0000_4000_8000_000000000000
# The last four digits of a number are the size.
_SIZES = 10_000
# Added to a number, so that no id of an item is taken for a token.
_LARGE = 1_000_000_000
# Lengths that a token is filled up to if a shorter one doesn't fit.
_WIDTHS = (0, 8, 12, 16, 20, 22, 24, 26, 32, 36, 40, 48, 64, 128, 256)


class Spot(NamedTuple):
    """A place in a list: `at` is the index of an item, and the size of the pages (0 if unknown)."""

    at: int
    size: int


# From the shortest tokens to the longest.
_SAMPLES = (Spot(1, 1), Spot(40, 20), Spot(2_000, 1_000))


class TokenForm(NamedTuple):
    """One way to write a place in a list, and to read it again."""

    write: Callable[[Spot], Any]
    read: Callable[[Any], Spot | None]


def token_form(places: Iterable[Place]) -> TokenForm | None:
    """Return the first form whose tokens may stand in all of these places; None if none may."""
    places = list(places)
    for form in _forms():
        tokens = [form.write(spot) for spot in _SAMPLES]
        if all(place.accepts(token) for place in places for token in tokens):
            return form
    return None


def _forms() -> Iterator[TokenForm]:
    for width in _WIDTHS:
        yield TokenForm(partial(_base64, width=width), _read_base64)
    for width in _WIDTHS:
        yield TokenForm(partial(_hex, width=width), _read_hex)
    yield TokenForm(_large, _read_large)
    yield TokenForm(_whole, _read_whole)
    yield TokenForm(lambda spot: spot.at, _read_index)
    for width in _WIDTHS:
        yield TokenForm(partial(_digits, width=width), _read_digits)
    yield TokenForm(_uuid, _read_uuid)
    yield TokenForm(_moment, _read_moment)


def _token_text(spot: Spot, length: int) -> str:
    """Return a text such as `p40.20`, filled up with zeros to a length."""
    size = f".{spot.size}"
    return f"p{str(spot.at).zfill(length - 1 - len(size))}{size}"


def _read_text(text: str) -> Spot | None:
    found = _PLAIN.fullmatch(text)
    return Spot(int(found[1]), int(found[2])) if found else None


def _base64(spot: Spot, width: int) -> str:
    return urlsafe_b64encode(_token_text(spot, width * 3 // 4).encode()).decode().rstrip("=")


def _hex(spot: Spot, width: int) -> str:
    return _token_text(spot, width // 2).encode().hex()


def _digits(spot: Spot, width: int) -> str:
    return str(_large(spot)).zfill(width)


def _read_base64(token: Any) -> Spot | None:
    with suppress(binascii.Error, ValueError, TypeError):
        return _read_text(urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode())
    return None


def _read_hex(token: Any) -> Spot | None:
    with suppress(ValueError, TypeError):
        return _read_text(bytes.fromhex(token).decode())
    return None


def _whole(spot: Spot) -> int:
    return spot.at * _SIZES + spot.size


def _read_whole(token: Any) -> Spot | None:
    if not isinstance(token, int) or isinstance(token, bool) or token < 0:
        return None
    spot = Spot(*divmod(token, _SIZES))
    return spot if 0 < spot.size <= MOST_ITEMS else None


def _large(spot: Spot) -> int:
    return _LARGE + _whole(spot)


def _read_large(token: Any) -> Spot | None:
    return _read_whole(token - _LARGE) if type(token) is int else None


def _read_index(token: Any) -> Spot | None:
    return Spot(token, 0) if isinstance(token, int) and not isinstance(token, bool) else None


def _read_digits(token: Any) -> Spot | None:
    is_text = isinstance(token, str) and token.isascii() and token.isdigit() and len(token) < 300
    return _read_large(int(token)) if is_text else None


def _uuid(spot: Spot) -> str:
    return str(UUID(int=_UUID | spot.at << 16 | spot.size))


def _read_uuid(token: Any) -> Spot | None:
    with suppress(ValueError, AttributeError, TypeError):
        rest = UUID(token).int ^ _UUID
        return Spot(rest >> 16, rest & 0xFFFF) if rest >> 48 == 0 else None
    return None


def _moment(spot: Spot) -> str:
    moment = _EPOCH + timedelta(seconds=spot.at, microseconds=spot.size)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _read_moment(token: Any) -> Spot | None:
    with suppress(ValueError, TypeError):
        passed = datetime.fromisoformat(token) - _EPOCH
        return Spot(passed.days * 86_400 + passed.seconds, passed.microseconds)
    return None
