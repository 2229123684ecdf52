"""The one request that every server answers, and the answer that each must give."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from failure import Failed
from records import Records

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Job:
    """A POST of some keys of one source; `body_file` holds what is sent."""

    source: str
    keys: Sequence[str]
    body_file: Path

    @property
    def path(self) -> str:
        return f"/api/v1/sources/{self.source}/invocations/latest-by-keys"

    def ask(self, port: int, timeout: float = 30) -> Answer | None:
        """The answer of the server on a port, or None where none listens there yet."""
        connection = HTTPConnection(HOST, port, timeout=timeout)
        try:
            body = self.body_file.read_bytes()
            connection.request("POST", self.path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            return Answer(response.status, response.read())
        except (OSError, HTTPException):
            return None
        finally:
            connection.close()

    def expected(self, records: Records) -> dict[str, Any]:
        return {key: records[self.source][key] for key in self.keys}


def new_job(records: Records, count: int, folder: Path) -> Job:
    """Ask for `count` keys of the source that has the most."""
    source = max(records, key=lambda each: len(records[each]))
    keys = sorted(records[source])[:count]
    if len(keys) < count:
        raise Failed(f"the fixtures have {len(keys)} keys in their largest source, not {count}")
    body_file = folder / f"body-{count}.json"
    body_file.write_text(json.dumps({"object_keys": keys}), encoding="utf-8")
    return Job(source, keys, body_file)
