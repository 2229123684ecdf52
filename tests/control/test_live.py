"""Waiting for exchanges, and reading them as they happen."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.helpers.control import CONTROL, call, wrong
from tests.helpers.processes import serving
from tests.helpers.running import SECONDS, Mock, Serve, json_of, thing, until

OK = thing({"200": json_of(True, example="ok")})
WAIT = "/_mock/exchanges/wait"


@pytest.fixture
def mock(serve: Serve) -> Mock:
    return serve(OK)


def listeners(mock: Mock) -> int:
    """Return how many listen to the journal now."""
    return len(mock.app.journal._listeners)


def test_who_waits_is_answered_at_once_where_they_are_there(mock: Mock) -> None:
    mock.get()
    mock.get()
    answer = call(mock, "GET", f"{WAIT}?count=2&timeout=1d")
    assert [e["id"] for e in answer["exchanges"]] == [1, 2]
    assert listeners(mock) == 0


def test_who_waits_is_answered_as_soon_as_the_last_of_them_came(mock: Mock) -> None:
    mock.get()
    with ThreadPoolExecutor(1) as pool:
        url = f"{mock.url}{WAIT}?count=2&timeout=1h&status=200&since=0"
        waiting = pool.submit(httpx.get, url, timeout=SECONDS)
        until(lambda: listeners(mock) == 1, "the call waits")
        mock.get("/nowhere")
        assert not waiting.done()
        mock.get()
        answer = waiting.result(SECONDS).json()
    assert [e["id"] for e in answer["exchanges"]] == [1, 3]


def test_who_waited_in_vain_learns_what_came_instead(mock: Mock) -> None:
    mock.get("/nowhere")
    mock.post("/thing")
    mock.get()
    path = f"{WAIT}?operation=thing&method=POST&timeout=1ms&count=3"
    problem = call(mock, "GET", path, 504)
    assert problem["count"] == 0
    assert problem["detail"] == (
        "0 of 3 exchanges of the kind came within 1ms. The nearest other is GET /thing:"
        " the method is GET; expected POST."
    )
    assert [near["id"] for near in problem["nearest"]] == [3, 2, 1]
    assert problem["nearest"][1]["differences"] == ["the operation is none; expected thing"]
    assert problem["nearest"][2]["status"] == 404
    assert listeners(mock) == 0


def test_a_wait_that_nothing_came_near_says_so(mock: Mock) -> None:
    problem = call(mock, "GET", f"{WAIT}?timeout=1ms", 504)
    assert (problem["count"], problem["nearest"]) == (0, [])


@pytest.mark.parametrize("query", ["timeout=5", "timeout=soon", "count=0", "limit=3"])
def test_a_wait_that_can_t_be_read_is_refused(mock: Mock, query: str) -> None:
    assert wrong(mock, "GET", f"{WAIT}?{query}")


def test_who_leaves_while_waiting_is_waited_for_no_longer(mock: Mock) -> None:
    with mock.wire() as wire:
        wire.send(b"GET %b?timeout=1d HTTP/1.1\r\nhost: localhost\r\n\r\n" % WAIT.encode())
        until(lambda: listeners(mock) == 1, "the call waits")
    until(lambda: listeners(mock) == 0, "nobody listens")


def test_a_server_that_ends_tells_who_waits_for_it(mock: Mock) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(httpx.get, f"{mock.url}{WAIT}?timeout=1d", timeout=SECONDS)
        until(lambda: listeners(mock) == 1, "the call waits")
        mock.server.__exit__()
        assert waiting.result(SECONDS).json()["detail"].startswith("The server ends")


@contextmanager
def events(mock: Mock, query: str = "", **headers: str) -> Iterator[Iterator[dict[str, Any]]]:
    """Yield the exchanges that a stream reports, once it is open."""
    before = listeners(mock)
    path = f"{mock.url}/_mock/exchanges/stream{query}"
    with httpx.stream("GET", path, headers=headers, timeout=SECONDS) as reply:
        assert (reply.status_code, reply.headers["content-type"]) == (200, "text/event-stream")
        until(lambda: listeners(mock) == before + 1, "the stream is open")
        yield parsed(reply.iter_lines())


def parsed(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    id = 0
    for line in lines:
        name, _, value = line.partition(": ")
        if name == "id":
            id = int(value)
        elif name == "data":
            told = json.loads(value)
            assert told["id"] == id
            assert CONTROL.faults_at("/components/schemas/Exchange", told) == []
            yield told


def test_exchanges_are_told_as_they_happen(mock: Mock) -> None:
    mock.get("/before")
    with events(mock) as told:
        for number in range(3):
            mock.get(f"/thing?n={number}")
            event = next(told)
            assert (event["id"], event["request"]["query"]) == (number + 2, f"n={number}")


def test_a_stream_goes_on_after_the_last_event_that_was_read(mock: Mock) -> None:
    for _ in range(4):
        mock.get()
    with events(mock, **{"Last-Event-ID": "2"}) as told:
        assert [next(told)["id"], next(told)["id"]] == [3, 4]
        mock.get()
        assert next(told)["id"] == 5


def test_a_stream_after_an_id_of_another_server_tells_all(mock: Mock) -> None:
    mock.get()
    with events(mock, **{"Last-Event-ID": "700"}) as told:
        assert next(told)["id"] == 1


def test_a_stream_tells_only_the_exchanges_that_are_meant(mock: Mock) -> None:
    with events(mock, "?status=2XX") as told:
        mock.get("/nowhere")
        mock.get()
        assert next(told)["id"] == 2


def test_each_stream_is_told_all_of_its_own_session(mock: Mock) -> None:
    with events(mock) as first, events(mock) as second:
        mock.get(headers={"Mock-Session": "a"})
        mock.get("/thing?main")
        assert next(first) == next(second)
        with httpx.stream(
            "GET",
            f"{mock.url}/_session/a/_mock/exchanges/stream",
            headers={"Last-Event-ID": "0"},
            timeout=SECONDS,
        ) as reply:
            assert next(parsed(reply.iter_lines()))["request"]["query"] == ""


def test_a_stream_ends_when_its_session_is_dropped(mock: Mock) -> None:
    mock.get(headers={"Mock-Session": "a"})
    headers = {"Last-Event-ID": "0", "Mock-Session": "a"}
    path = "/_mock/exchanges/stream"
    with httpx.stream("GET", f"{mock.url}{path}", headers=headers, timeout=SECONDS) as reply:
        told = parsed(reply.iter_lines())
        assert next(told)["id"] == 1
        call(mock, "DELETE", "/_mock/sessions/a", 204)
        assert list(told) == []


def test_who_waits_is_told_that_the_session_is_dropped(mock: Mock) -> None:
    with ThreadPoolExecutor(1) as waiting:
        path = "/_mock/exchanges/wait?count=2&timeout=1h"
        answer = waiting.submit(wrong, mock, "GET", path, 504, headers={"Mock-Session": "a"})
        named = mock.app.sessions.named
        until(lambda: named("a").journal._listeners, "it is waited for")
        mock.get(headers={"Mock-Session": "a"})
        call(mock, "DELETE", "/_mock/sessions/a", 204)
        said = "1 of 2 exchanges of the kind came before the session was dropped."
        assert answer.result(SECONDS) == [said]


def test_a_stream_ends_when_its_client_leaves(mock: Mock) -> None:
    with events(mock):
        assert listeners(mock) == 1
    until(lambda: listeners(mock) == 0, "nobody listens")
    assert mock.get().status_code == 200


def test_a_client_that_reads_slowly_keeps_nobody_waiting_and_nothing_growing(serve: Serve) -> None:
    mock = serve(thing({"200": json_of(True, example="x" * 60_000)}), journal_size=20)
    with mock.wire() as wire:
        wire.send(b"GET /_mock/exchanges/stream HTTP/1.1\r\nhost: localhost\r\n\r\n")
        until(lambda: listeners(mock) == 1, "the stream is open")
        for _ in range(300):
            mock.get()
        assert len(mock.exchanges) == 20
        got = bytearray()
        while b"id: 300\n" not in got or not got.endswith(b"\n\n\r\n"):
            got += wire.socket.recv(1_000_000)
    # Lines with the length of a chunk don't belong to an event.
    lines = (line for line in got.decode().split("\n") if line.startswith(("id: ", "data: ")))
    ids = [event["id"] for event in parsed(lines)]
    assert ids == sorted(set(ids))
    assert len(ids) < 300, "what the journal has let go is left out"


def test_a_server_that_ends_ends_its_streams_properly(tmp_path: Path) -> None:
    with serving(cwd=tmp_path) as server:
        path = f"{server.url}/_mock/exchanges/stream"
        with httpx.stream("GET", path, timeout=SECONDS) as reply:
            server.process.send_signal(signal.SIGTERM)
            assert list(reply.iter_lines()) == []
        assert server.process.wait(SECONDS) == 0


def test_head_of_a_stream_ends_at_once(mock: Mock) -> None:
    reply = mock.client.head("/_mock/exchanges/stream")
    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/event-stream")
    assert listeners(mock) == 0
