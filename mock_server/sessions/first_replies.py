"""First replies by idempotency key, so that a request that is sent again is answered as before."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

from mock_server.errors import KeyReused, KeyUnderWay
from mock_server.http_messages import Reply

SECONDS_KEPT = 86_400.0
MOST_KEYS = 1_000
MOST_KEPT_BYTES = 16 * 1024 * 1024


@dataclass(slots=True)
class _First:
    """The first request with a key, and its reply as soon as there is one."""

    fingerprint: bytes
    began: float
    reply: Reply | None = None

    @property
    def size(self) -> int:
        return 0 if self.reply is None else len(self.reply.body)


class FirstReplies:
    """The replies of one session that its idempotency keys were used for, the oldest first.

    They are kept for a day of the session's clock. There are 1,000 at most, of 16 MiB together:
    the oldest that are complete are forgotten first.
    """

    def __init__(self) -> None:
        self._firsts: OrderedDict[Hashable, _First] = OrderedDict()
        self._bytes = 0

    def begin(self, key: Hashable, fingerprint: bytes, now: float) -> Reply | None:
        """Return the first reply of a key; None for a new key, which is under way from now on.

        Raises KeyUnderWay, and KeyReused for another request than the first one.
        """
        self._forget_expired(now)
        first = self._firsts.get(key)
        if first is None:
            self._firsts[key] = _First(fingerprint, now)
            self._shrink()
            return None
        if first.fingerprint != fingerprint:
            raise KeyReused("The idempotency key came with another request before.")
        if first.reply is None:
            raise KeyUnderWay("The first request with this idempotency key is still under way.")
        return first.reply

    def end(self, key: Hashable, reply: Reply | None) -> None:
        """Keep the reply to a key's first request; without one the key is free again."""
        first = self._firsts.get(key)
        if first is None or first.reply is not None:
            return
        if reply is None or len(reply.body) > MOST_KEPT_BYTES:
            del self._firsts[key]
            return
        first.reply = reply
        self._bytes += first.size
        self._shrink()

    def _forget_expired(self, now: float) -> None:
        for key, first in list(self._firsts.items()):
            if first.began + SECONDS_KEPT > now:
                return
            if first.reply is not None:
                self._forget(key)

    def _shrink(self) -> None:
        if len(self._firsts) <= MOST_KEYS and self._bytes <= MOST_KEPT_BYTES:
            return
        for key in [key for key, first in self._firsts.items() if first.reply is not None]:
            self._forget(key)
            if len(self._firsts) <= MOST_KEYS and self._bytes <= MOST_KEPT_BYTES:
                return

    def _forget(self, key: Hashable) -> None:
        self._bytes -= self._firsts.pop(key).size
