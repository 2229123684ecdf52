"""The limits of one connection: bytes, fields and seconds."""

from __future__ import annotations

from dataclasses import dataclass

from mock_server.settings import Settings

_DEFAULTS = Settings()


@dataclass(frozen=True, slots=True)
class Limits:
    """The size of a head, and the time that a client has for each step.

    `head` is in bytes, `fields` a number. `head_seconds` is for a whole head, `body_seconds`
    without a byte of a body, `idle_seconds` between two requests. What a client still sends behind
    a refusal is thrown away. The connection ends after `linger_seconds` or `linger_bytes`, or once
    nothing has come for `quiet_seconds`.
    """

    head: int = _DEFAULTS.head_limit
    fields: int = _DEFAULTS.field_limit
    head_seconds: float = _DEFAULTS.head_timeout
    body_seconds: float = _DEFAULTS.body_timeout
    idle_seconds: float = _DEFAULTS.idle_timeout
    linger_seconds: float = 30.0
    quiet_seconds: float = 5.0
    linger_bytes: int = 256 * 1024 * 1024

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """Return the limits that the settings name."""
        return cls(
            settings.head_limit,
            settings.field_limit,
            settings.head_timeout,
            settings.body_timeout,
            settings.idle_timeout,
        )
