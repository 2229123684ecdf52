"""The load on a server: bursts of one job's requests over some connections, counted.

`wrk` makes the load if it is installed. If it isn't, this file does, run as a script in a process
of its own: each connection sends the request, reads the answer, and sends it again.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import count, repeat
from pathlib import Path
from typing import cast

import uvloop
from failure import Failed
from job import HOST, NUMBER, Job
from material import WORK

SCRIPT = Path(__file__).resolve()
REQUEST = WORK / "request.http"
FIRST_NUMBERS = count(10_000_000, 10_000_000)  # of each burst, far enough from one to the next
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Burst:
    """The result of a burst: answers, those that were no success, and failed connections."""

    answers: int
    seconds: float
    refused: int
    broken: int

    @property
    def rate(self) -> float:
        return self.answers / self.seconds

    @property
    def flaw(self) -> str:
        """Return why the burst counts for nothing, or nothing."""
        if self.refused:
            return f"{self.refused:,} of {self.answers:,} answers weren't 200"
        if self.broken:
            return f"{self.broken:,} connections broke or timed out"
        return "" if self.answers else "no answer came"


def tool() -> str:
    return "wrk" if shutil.which("wrk") else "bench/load.py (wrk isn't on PATH)"


def drive(port: int, job: Job, seconds: float, connections: int) -> Burst:
    """Load the server on a port for some seconds, from this process's cores."""
    REQUEST.write_bytes(job.as_sent(port))
    command = wrk if shutil.which("wrk") else own
    arguments = command(port, seconds, connections, next(FIRST_NUMBERS))
    ended = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise Failed(f"{arguments[0]} ended with {ended.returncode}:\n{ended.stdout}{ended.stderr}")
    return Burst(**json.loads(ended.stdout.splitlines()[-1]))


def wrk(port: int, seconds: float, connections: int, first: int) -> list[str]:
    options = ["-t", "1", "-c", str(connections), "-d", f"{max(1, round(seconds))}s"]
    script = SCRIPT.with_name("request.lua")
    url = f"http://{HOST}:{port}"
    return ["wrk", *options, "--script", str(script), url, "--", str(REQUEST), str(first)]


def own(port: int, seconds: float, connections: int, first: int) -> list[str]:
    numbers = [str(port), str(seconds), str(connections), str(first)]
    return [sys.executable, str(SCRIPT), str(REQUEST), *numbers]


def requests(whole: bytes, first: int) -> Iterator[bytes]:
    """Yield the request again and again, with a number of its own if it has a place for one."""
    before, number, after = whole.partition(NUMBER.encode())
    if not number:
        return repeat(whole)
    return (b"%b%d%b" % (before, each, after) for each in count(first))


class Count:
    """The results that the connections of one burst add up."""

    def __init__(self) -> None:
        self.answers = self.refused = self.broken = 0
        self.over = False


class Connection(asyncio.Protocol):
    """One keep-alive connection, with one request in flight at a time."""

    transport: asyncio.Transport

    def __init__(self, requests: Iterator[bytes], seen: Count) -> None:
        self.requests = requests
        self.seen = seen
        self.status = b""
        self.awaited = 0  # bytes of the answer still to come, once its head was read
        self.head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass of it
        self.transport.write(next(self.requests))

    def data_received(self, data: bytes) -> None:
        if self.status:
            self.awaited -= len(data)
        elif not self.read_head(data):
            return
        if self.awaited < 0:
            self.transport.abort()
        elif self.awaited == 0:
            self.answered()

    def read_head(self, data: bytes) -> bool:
        """Return whether the head is whole; if so, keep the status and the missing length."""
        self.head += data
        end = self.head.find(b"\r\n\r\n")
        if end < 0:
            return False
        length = LENGTH.search(self.head, 0, end)
        if length is None:  # a chunked answer: none of the servers here sends one
            self.transport.abort()
            return False
        self.status = self.head[9:12]
        self.awaited = end + 4 + int(length[1]) - len(self.head)
        self.head = b""
        return True

    def answered(self) -> None:
        if self.seen.over:
            return
        self.seen.answers += 1
        self.seen.refused += self.status != b"200"
        self.status = b""
        self.transport.write(next(self.requests))

    def connection_lost(self, error: Exception | None) -> None:
        self.seen.broken += not self.seen.over


async def burst(request_file: str, port: str, seconds: str, connections: str, first: str) -> Burst:
    each = requests(Path(request_file).read_bytes(), int(first))
    seen, loop = Count(), asyncio.get_running_loop()
    started = time.perf_counter()
    for _ in range(int(connections)):
        await loop.create_connection(lambda: Connection(each, seen), HOST, int(port))
    await asyncio.sleep(float(seconds))
    seen.over = True
    taken = time.perf_counter() - started
    return Burst(seen.answers, taken, seen.refused, seen.broken)


if __name__ == "__main__":
    outcome = uvloop.run(burst(*sys.argv[1:]))
    print(json.dumps(asdict(outcome)))
