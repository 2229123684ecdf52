"""The client of the service: it asks, retries if that helps, and waits for an invocation to end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from types import TracebackType
from uuid import UUID

import httpx

from chroma_sync.errors import error_of
from chroma_sync.invocations import Invocation, read_invocation

_LATEST = "/api/v1/sources/{}/invocations/latest-by-keys"
# The service is away for a while; what was asked changes nothing and can be asked again.
_PASSING = (429, 503)


class StillRunning(Exception):
    """An invocation that was not over in time."""

    def __init__(self, invocation: Invocation | None) -> None:
        state = "never synced" if invocation is None else invocation.status.name
        super().__init__(f"the invocation is not over: {state}")
        self.invocation = invocation


class ChromaSync:
    """A client of the service at a base URL.

    `sleep` waits for some seconds; a test gives one that puts the mock's clock on instead.
    """

    def __init__(
        self, base_url: str, *, tries: int = 3, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        self._http = httpx.Client(base_url=base_url, timeout=10)
        self._tries, self._sleep = tries, sleep

    def __enter__(self) -> ChromaSync:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._http.close()

    def latest(self, source_id: UUID | str, keys: Iterable[str]) -> dict[str, Invocation]:
        """Return the latest invocation of each key that has one, by key.

        Raises ServiceError, or httpx.TransportError if no service answers.
        """
        reply = self._post(_LATEST.format(source_id), {"object_keys": list(keys)})
        if reply.status_code != httpx.codes.OK:
            raise error_of(reply)
        return {key: read_invocation(value) for key, value in reply.json().items()}

    def wait(
        self, source_id: UUID | str, key: str, *, every: float = 1, most: float = 60
    ) -> Invocation:
        """Return the invocation of a key when it is over.

        Raises StillRunning, and the errors of `latest`.
        """
        for _ in range(int(most / every) + 1):
            invocation = self.latest(source_id, [key]).get(key)
            if invocation is not None and invocation.status.is_final:
                return invocation
            self._sleep(every)
        raise StillRunning(invocation)

    def _post(self, path: str, body: dict[str, list[str]]) -> httpx.Response:
        for _ in range(self._tries - 1):
            try:
                reply = self._http.post(path, json=body)
            except httpx.TransportError:
                self._sleep(1)
                continue
            if reply.status_code not in _PASSING:
                return reply
            after = reply.headers.get("Retry-After", "")
            self._sleep(float(after) if after.isdecimal() else 1)
        return self._http.post(path, json=body)
