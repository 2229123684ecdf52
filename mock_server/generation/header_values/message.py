"""The message that a header belongs to, as far as a value may depend on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

DAY = 86_400
_NONE: Mapping[bytes, bytes] = {}


@dataclass(frozen=True, slots=True)
class HeaderMessage:
    """A reply whose headers are made.

    `seed` is the same for the same header of the same reply. `today` is the midnight before the
    session's clock, in seconds since the epoch; `path` is that of the request, with its query;
    `base` is the address that the client knows the mock by. `methods` are those that the path
    answers, `types` the media types of its requests by their method. `value` is the body before
    it is written, `body` what is written, `hint` what the document says about the header.
    """

    seed: str = ""
    today: int = 19_723 * DAY
    status: int = 200
    path: str = "/"
    base: str = ""
    methods: tuple[str, ...] = ("GET",)
    types: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    headers: Mapping[bytes, bytes] = field(default_factory=lambda: _NONE)
    media_type: str = ""
    value: Any = None
    body: bytes = b""
    has_ranges: bool = False
    hint: str = ""
    least: float | None = None

    def asked(self, name: str) -> str:
        """Return the text of a header of the request; an empty one if it wasn't sent."""
        return self.headers.get(name.encode(), b"").decode("latin-1")

    def hexes(self, count: int, more: str = "") -> str:
        """Return so many hexadecimal digits, up to 64, the same for the same seed."""
        text = f"{self.seed}\n{more}".encode("utf-8", "surrogatepass")
        return blake2b(text, digest_size=32).hexdigest()[:count]

    def number(self, low: int, high: int, more: str = "") -> int:
        """Return a whole number from low to high, the same for the same seed."""
        return low + int(self.hexes(12, more), 16) % (high - low + 1)
