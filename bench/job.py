"""The requests that the servers are sent, and the answers that they must give."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any

from failure import Failed
from records import Records

HOST = "127.0.0.1"
NUMBER = "{n}"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Job:
    """One request, sent over and over: a POST of JSON if it has a body, else a GET.

    NUMBER in its path stands for a number that no two requests share, so that no server answers
    from memory.
    """

    path: str
    body: bytes = b""
    prefer: str = ""
    wanted: int | None = 200  # the status of its answer; None if any will do

    @property
    def method(self) -> str:
        return "POST" if self.body else "GET"

    @property
    def headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json"} if self.body else {}
        return headers | ({"Prefer": self.prefer} if self.prefer else {})

    def as_sent(self, port: int) -> bytes:
        """Return the request's bytes, with NUMBER still among them."""
        headers = {"Host": f"{HOST}:{port}", **self.headers}
        if self.body:
            headers["Content-Length"] = str(len(self.body))
        lines = [f"{self.method} {self.path} HTTP/1.1", *map(": ".join, headers.items()), "", ""]
        return "\r\n".join(lines).encode() + self.body

    def ask(self, port: int, number: int = 1, timeout: float = 30) -> Answer | None:
        """Return the answer of the server on a port, or None if no server listens there yet."""
        connection = HTTPConnection(HOST, port, timeout=timeout)
        try:
            path = self.path.replace(NUMBER, str(number))
            connection.request(self.method, path, self.body or None, self.headers)
            response = connection.getresponse()
            return Answer(response.status, response.read())
        except (OSError, HTTPException):
            return None
        finally:
            connection.close()

    def is_done_by(self, answer: Answer | None) -> bool:
        return answer is not None and self.wanted in (None, answer.status)


@dataclass(frozen=True, slots=True)
class LatestByKeys:
    """A request for some keys of one source, on the shipped contract."""

    source: str
    keys: Sequence[str]

    @property
    def job(self) -> Job:
        body = json.dumps({"object_keys": self.keys}).encode()
        return Job(f"/api/v1/sources/{self.source}/invocations/latest-by-keys", body)

    def expected(self, records: Records) -> dict[str, Any]:
        return {key: records[self.source][key] for key in self.keys}


def latest_by_keys(records: Records, count: int) -> LatestByKeys:
    """Return a request for `count` keys of the source that has the most."""
    source = max(records, key=lambda each: len(records[each]))
    keys = sorted(records[source])[:count]
    if len(keys) < count:
        raise Failed(f"the fixtures have {len(keys)} keys in their largest source, not {count}")
    return LatestByKeys(source, keys)
