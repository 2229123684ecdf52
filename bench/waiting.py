"""How long a plain request waits while another one asks for far too much."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import machine
import servers
from failure import Failed
from figures import Series
from job import HOST, Job
from material import ROOT, written
from processes import Running, running

sys.path.append(str(ROOT))  # the tests are tried with the same documents
from tests.helpers.hostile import HEAVY, QUICK, Hostile, corpus

WAIT_MS = 50.0  # of 999 requests in 1,000
END_MS = 1_000.0  # from SIGTERM to the end
SHARE = 0.999


def waits(seconds: float) -> Iterator[tuple[Series, Series]]:
    """Return, by document, the waits of plain requests and from SIGTERM to the end, in ms."""
    for number, hostile in enumerate(corpus()):
        file = written(f"hostile-{number}.json", hostile.document)
        server = servers.mock_server(str(file), "--no-reload")
        with running(server, machine.server_cores()) as process:
            process.until_ready(Job(QUICK))
            process.until_alone()
            yield Series(hostile.name, _plain(process, hostile, seconds)), _ended(process, hostile)


def slowest(waited: Series) -> float:
    """Return the wait that 999 of 1,000 requests don't exceed."""
    ordered = sorted(waited.values)
    return ordered[min(len(ordered) - 1, int(SHARE * len(ordered)))]


def _plain(process: Running, hostile: Hostile, seconds: float) -> list[float]:
    """Return the waits of plain requests on one connection, with the others on another."""
    found: list[float] = []
    with _asking_too_much(process.port, hostile):
        connection = http.client.HTTPConnection(HOST, process.port, timeout=60)
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            began = time.perf_counter()
            connection.request("GET", QUICK)
            reply = connection.getresponse()
            reply.read()
            found.append(1_000 * (time.perf_counter() - began))
            if reply.status != 200:
                raise Failed(f"{hostile.name}: a plain request was answered {reply.status}")
            time.sleep(0.001)
        connection.close()
    return found


@contextmanager
def _asking_too_much(port: int, hostile: Hostile) -> Iterator[None]:
    """Send the hostile request again and again until the end."""
    over = threading.Event()
    thread = threading.Thread(target=_ask, args=(port, hostile, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()


def _ask(port: int, hostile: Hostile, over: threading.Event) -> None:
    body = None if hostile.body is None else json.dumps(hostile.body)
    headers = {"Prefer": "dynamic=true", "Content-Type": "application/json"}
    while not over.is_set():
        connection = http.client.HTTPConnection(HOST, port, timeout=60)
        try:
            connection.request("GET" if body is None else "POST", HEAVY, body, headers)
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            return  # the server ends
        finally:
            connection.close()


def _ended(process: Running, hostile: Hostile) -> Series:
    """Return the milliseconds from SIGTERM, with a hostile request in hand, to the end."""
    with _asking_too_much(process.port, hostile):
        time.sleep(0.05)
        began = time.perf_counter()
        process.process.send_signal(signal.SIGTERM)
        try:
            process.process.wait(10)
        except subprocess.TimeoutExpired:
            raise Failed(f"{hostile.name}: the server didn't end in 10 s") from None
    return Series(hostile.name, [1_000 * (time.perf_counter() - began)])
