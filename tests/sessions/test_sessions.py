"""Each session is a world of its own: what happens in one, no other sees."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_server.app import create_app
from mock_server.errors import WrongSession
from mock_server.server.uvicorn_server import BackgroundServer
from mock_server.sessions.journal import Received
from mock_server.sessions.sessions import (
    MOST_SESSIONS,
    SECONDS_BETWEEN_SWEEPS,
    SECONDS_IDLE,
    InitialState,
    Sessions,
)
from mock_server.settings import Settings
from tests.helpers.effort import is_linear
from tests.helpers.running import (
    KEYS,
    LATEST,
    SECONDS,
    Mock,
    Serve,
    document_text,
    json_of,
    thing,
    until,
)

TEXT = {"type": "string"}
THING = thing({"200": json_of(TEXT)})


def canned(text: str) -> dict[str, str]:
    return {"replies/thing.yaml": text}


ORDER = canned(
    """
    paid: {scenario: order, state: Started, next_state: paid, status: 200, body: new}
    shipped: {scenario: order, state: paid, next_state: shipped, status: 200, body: paid}
    done: {scenario: order, state: shipped, status: 200, body: shipped}
    """
)
IN_TURN = canned("turns: {sequence: [{status: 200, body: a}, {status: 200, body: b}]}")
IN_TIME = canned(
    """
    job:
      status: 200
      body: pending
      timeline:
        - {after: 2s, status: 200, body: running}
        - {after: 1m, status: 200, body: done}
    """
)


def said(mock: Mock, times: int = 1, **headers: str) -> list[Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return [mock.get("/thing", headers=named).json() for _ in range(times)]


# Which session a request is in


def test_a_request_names_its_session_in_a_header_a_cookie_or_its_path(serve: Serve) -> None:
    mock = serve(THING, fixtures=IN_TURN)
    in_header = mock.get("/thing", headers={"Mock-Session": "one"}).json()
    in_cookie = mock.get("/thing", headers={"Cookie": "a=b; mock-session=one; c=d"}).json()
    in_path = mock.get("/_session/one/thing").json()
    assert (in_header, in_cookie, in_path) == ("a", "b", "b")
    assert said(mock) == ["a"]
    assert [e.path for e in mock.exchanges_of("one")] == ["/thing"] * 3


def test_the_header_wins_over_the_cookie_and_the_path_over_both(serve: Serve) -> None:
    mock = serve(THING, fixtures=IN_TURN)
    both = {"Mock-Session": "header", "Cookie": "mock-session=cookie"}
    mock.get("/thing", headers=both)
    mock.get("/_session/path/thing", headers=both)
    names = [session.name for session in mock.app.sessions]
    counts = {name: len(mock.exchanges_of(name)) for name in names}
    assert counts == {"": 0, "header": 1, "path": 1}


def test_another_cookie_names_no_session(serve: Serve) -> None:
    mock = serve(THING, fixtures=IN_TURN)
    mock.get("/thing", headers={"Cookie": "not-mock-session=x; mock-sessions=y"})
    assert len(mock.exchanges) == 1


def test_a_path_in_a_session_keeps_its_query_and_its_encoding(serve: Serve) -> None:
    mock = serve({"/a/{b}": {"get": {"responses": {"200": {"description": "ok"}}}}})
    assert mock.get("/_session/one/a/x%2Fy?c=%20d").status_code == 200
    (exchange,) = mock.exchanges_of("one")
    assert (exchange.path, exchange.query) == ("/a/x%2Fy", "c=%20d")


def test_a_path_of_the_contract_wins_over_a_session_s(serve: Serve) -> None:
    mock = serve({"/_session/one/thing": THING["/thing"]})
    mock.get("/_session/one/thing")
    assert [e.path for e in mock.exchanges] == ["/_session/one/thing"]


def test_what_is_no_operation_is_in_the_session_s_journal_too(serve: Serve) -> None:
    mock = serve(THING)
    assert mock.get("/nowhere", headers={"Mock-Session": "one"}).status_code == 404
    assert mock.get("/_session/one/nowhere").status_code == 404
    assert len(mock.exchanges_of("one")) == 2
    assert mock.exchanges == []


WRONG = ["", "a b", "a/b", "a,b", "ü", "x" * 101]


@pytest.mark.parametrize("path", ["/thing", "/nowhere"])
@pytest.mark.parametrize("name", WRONG)
def test_what_can_t_be_a_name_is_refused_and_makes_no_session(
    serve: Serve, name: str, path: str
) -> None:
    mock = serve(THING)
    reply = mock.get(path, headers={"Mock-Session": name.encode()})
    assert reply.status_code == 400
    assert reply.headers["content-type"] == "application/problem+json"
    assert "can't be the name of a session; expected 1 to 100 letters" in reply.json()["detail"]
    assert len(mock.app.sessions) == 1


# What a session has of its own


def test_a_scenario_moves_in_its_session_alone(serve: Serve) -> None:
    mock = serve(THING, fixtures=ORDER)
    assert said(mock, 2, Mock_Session="one") == ["new", "paid"]
    assert said(mock, 1, Mock_Session="two") == ["new"]
    assert said(mock, 3, Mock_Session="one") == ["shipped"] * 3
    assert dict(mock.app.sessions.named("one").met.scenarios) == {"order": "shipped"}


def test_a_scenario_without_a_state_applies_in_any_and_moves_all_the_same(serve: Serve) -> None:
    text = """
    over: {scenario: s, state: end, status: 200, body: over}
    any: {scenario: s, next_state: end, status: 200, body: any}
    """
    mock = serve(THING, fixtures=canned(text))
    assert said(mock, 3) == ["any", "over", "over"]


def test_a_sequence_ends_with_its_last_reply(serve: Serve) -> None:
    mock = serve(THING, fixtures=IN_TURN)
    assert said(mock, 4) == ["a", "b", "b", "b"]


def test_a_sequence_goes_on_only_when_it_is_sent(serve: Serve) -> None:
    mock = serve(THING, fixtures=IN_TURN)
    assert mock.get("/thing", headers={"Accept": "text/html"}).status_code == 406
    assert mock.get("/thing", headers={"Prefer": "dynamic=true"}).status_code == 200
    assert said(mock, 2) == ["a", "b"]


def test_many_clients_of_a_sequence_get_each_reply_once(serve: Serve) -> None:
    replies = ", ".join(f"{{status: 200, body: '{n}'}}" for n in range(40))
    mock = serve(THING, fixtures=canned(f"all: {{sequence: [{replies}]}}"))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: said(mock)[0], range(40)))
    assert sorted(map(int, found)) == list(range(40))


def test_a_reply_becomes_another_with_time_from_when_it_is_first_sent(serve: Serve) -> None:
    mock = serve(THING, fixtures=IN_TIME)
    clock = mock.app.sessions.named("one").clock
    clock.freeze()
    clock.advance(3_600)
    found = []
    for seconds in (0, 1, 1, 57, 1, 3_600):
        clock.advance(seconds)
        found += said(mock, 1, Mock_Session="one")
    assert found == ["pending", "pending", "running", "running", "done", "done"]
    assert said(mock) == ["pending"]


def test_a_session_has_a_seed_of_its_own(serve: Serve) -> None:
    mock = serve(THING)
    mock.app.sessions.named("one").seed = "other"
    usual, other = said(mock), said(mock, Mock_Session="one")
    assert usual != other
    assert said(mock, Mock_Session="one") == other
    assert said(mock, Mock_Session="one", Prefer="seed=mock") == usual


def test_the_journal_tells_why_a_reply_was_chosen(serve: Serve) -> None:
    mock = serve(THING, fixtures=IN_TURN)
    said(mock, 2)
    assert [e.reply.why for e in mock.exchanges if e.reply] == [
        "its conditions hold; stage 1 of 2",
        "its conditions hold; stage 2 of 2",
    ]


def test_an_exchange_keeps_what_it_met(serve: Serve) -> None:
    mock = serve(THING, fixtures=ORDER)
    said(mock, 3)
    assert [e.met.scenarios.get("order") for e in mock.exchanges] == [None, "paid", "shipped"]


# Its end


def test_a_reset_takes_a_session_back_to_its_start(serve: Serve) -> None:
    mock = serve(THING, fixtures=ORDER)
    session = mock.app.sessions.named("one")
    said(mock, 2, Mock_Session="one")
    session.clock.freeze()
    session.clock.advance(99)
    session.seed = "other"
    session.reset()
    assert (session.met.scenarios, session.seed, list(session.journal)) == ({}, "mock", [])
    assert abs(session.clock.offset) < 1
    assert said(mock, 2, Mock_Session="one") == ["new", "paid"]


def test_ids_of_exchanges_are_not_used_again(serve: Serve) -> None:
    mock = serve(THING)
    said(mock, 2)
    mock.app.sessions.main.reset()
    said(mock, 2)
    assert [e.id for e in mock.exchanges] == [3, 4]
    assert mock.app.journal.find(2) is None
    found = mock.app.journal.find(4)
    assert found is not None and found.id == 4


def test_a_reload_keeps_what_a_session_knows(serve: Serve) -> None:
    mock = serve(THING, fixtures=ORDER)
    said(mock)
    mock.app.load()
    assert said(mock) == ["paid"]


class Machine:
    """A machine's time, which goes on only if a test moves it."""

    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


def test_the_number_of_sessions_is_bounded_and_the_longest_unused_goes() -> None:
    sessions = Sessions(InitialState())
    for number in range(MOST_SESSIONS):
        sessions.named(str(number))
    sessions.named("0")
    sessions.named("one more")
    names = {session.name for session in sessions}
    assert len(names) == MOST_SESSIONS + 1  # the main one as well
    assert {"0", "one more", ""} < names and "1" not in names


@pytest.mark.parametrize(("idle", "is_there"), [(SECONDS_IDLE + 1, False), (10.0, True)])
def test_an_idle_session_is_dropped_by_its_own_clock(idle: float, is_there: bool) -> None:
    machine = Machine()
    sessions = Sessions(InitialState(), machine)
    sessions.named("old").clock.advance(idle)
    machine.time += SECONDS_BETWEEN_SWEEPS
    sessions.named("new")
    assert ("old" in {session.name for session in sessions}) is is_there


def test_journals_are_bounded_all_together() -> None:
    sessions = Sessions(InitialState(journal_size=10_000))
    for number in range(60):
        journal = sessions.named(str(number)).journal
        for _ in range(20):
            journal.add(Received(0.0, "GET", "/", "", "", [], b"x" * 50_000), None)
    kept = {session.name: len(session.journal) for session in sessions}
    assert kept["59"] == 20
    assert kept["0"] == 0
    assert sum(kept.values()) * 50_000 <= 32 * 1024 * 1024


def test_what_comes_late_to_a_dropped_session_takes_no_room_from_the_others() -> None:
    sessions = Sessions(InitialState())
    for _ in range(1_000):
        late = sessions.named("late").journal
        sessions.drop("late")
        late.add(Received(0.0, "GET", "/", "", "", [], b"x" * 50_000), None)
    journal = sessions.named("other").journal
    journal.add(Received(0.0, "GET", "/", "", "", [], b"x"), None)
    assert len(journal) == 1


# The shipped records that change


POLLED = {"object_keys": ["polling/complete.md", "polling/failed.md", "README.md"]}


def test_an_invocation_can_be_polled_until_it_ends() -> None:
    app = create_app(Settings(reload=False))
    session = app.sessions.named("poll")
    session.clock.freeze()

    async def polls() -> list[dict[str, Any]]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
            found = []
            for seconds in (0, 1.9, 0.2, 2, 2, 3_600):
                session.clock.advance(seconds)
                headers = {"Mock-Session": "poll"}
                reply = await client.post(LATEST, json=POLLED, headers=headers)
                found.append(reply.json())
            return found

    found = asyncio.run(polls())
    statuses = [[form(poll[key]["status"]) for key in POLLED["object_keys"][:2]] for poll in found]
    assert statuses == [
        ["pending", "pending"],
        ["pending", "pending"],
        ["processing", "processing"],
        ["processing", "failed"],
        ["complete", "failed"],
        ["complete", "failed"],
    ]


def form(status: Any) -> str:
    return status if isinstance(status, str) else str(next(iter(status)))


def test_records_that_do_not_change_are_the_same_in_every_session(shipped: Mock) -> None:
    one = shipped.post(LATEST, json=KEYS, headers={"Mock-Session": "one"})
    assert one.content == shipped.post(LATEST, json=KEYS).content


def test_a_listener_hears_of_every_session_those_to_come_included(serve: Serve) -> None:
    mock = serve(THING)
    said(mock, 1, Mock_Session="before")
    heard: list[str] = []
    mock.app.sessions.listen(lambda exchange: heard.append(exchange.query))
    for number, headers in enumerate([{}, {"Mock-Session": "before"}, {"Mock-Session": "after"}]):
        mock.get(f"/thing?{number}", headers=headers)
    until(lambda: len(heard) == 3, "all are heard")
    assert heard == ["0", "1", "2"]


# What they cost


MANY = """
import asyncio, json, sys
from mock_server.app import create_app

app = create_app()
path, body = sys.argv[1], sys.argv[2].encode()
headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]


async def ask(name):
    async def receive():
        return {"type": "http.request", "body": body}

    async def send(message):
        assert message.get("status", 200) == 200

    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode()}
    own = [*headers, (b"mock-session", name.encode())]
    await app({**scope, "query_string": b"", "headers": own}, receive, send)


async def all_of_them():
    for numbers in (range(10_000), range(0, 10_000, 10)):  # some poll once more
        for number in numbers:
            await ask(f"session-{number}")


asyncio.run(all_of_them())
pages = int(open("/proc/self/statm").read().split()[1])
print(len(app.sessions), pages)
"""


@pytest.mark.long
@pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="no /proc to read the memory from"
)
def test_ten_thousand_sessions_take_less_than_200_mib() -> None:
    command = [sys.executable, "-c", MANY, LATEST, json.dumps(POLLED)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=SECONDS * 10)
    sessions, pages = map(int, done.stdout.split())
    assert sessions == 10_001
    assert pages * os.sysconf("SC_PAGE_SIZE") < 200 * 2**20


# Names


def test_a_cookie_costs_no_more_than_its_length() -> None:
    sessions = Sessions(InitialState())

    def look(cookie: bytes) -> None:
        with suppress(WrongSession):
            sessions.of({b"cookie": cookie})

    for made in (b" ", b";", b"; ", b"mock-session=", b" mock-session= "):
        assert is_linear(lambda n, made=made: b"mock-session=" + made * n + b"x", look, 1_000)  # type: ignore[misc]


@pytest.mark.parametrize("spaces", ["", "  "])
def test_a_cookie_names_a_session_whatever_stands_around_it(spaces: str) -> None:
    sessions = Sessions(InitialState())
    cookie = f"a=b;{spaces}mock-session=one{spaces}; c=d".encode()
    assert sessions.of({b"cookie": cookie}).name == "one"


def test_the_name_of_a_session_is_bounded(serve: Serve) -> None:
    mock = serve(THING)
    statuses = [mock.get(headers={"Mock-Session": "x" * n}).status_code for n in (100, 101)]
    assert statuses == [200, 400]


@pytest.mark.parametrize("path", ["thing", "_mock/seed", "docs"])
def test_a_session_s_path_is_not_within_another_s(serve: Serve, path: str) -> None:
    reply = serve(THING).get(f"/_session/a/_session/b/{path}")
    assert reply.status_code == 404
    assert "has no path /_session/b/" in reply.json()["detail"]


def test_ten_thousand_prefixes_are_one_that_isn_t_known(serve: Serve) -> None:
    assert serve(THING).get("/_session/a" * 5_000).status_code == 404


def test_the_name_of_a_stub_is_bounded(serve: Serve) -> None:
    mock = serve(THING)
    stub = {"operation": "thing", "status": 200, "body": "a"}
    statuses = [
        mock.post("/_mock/stubs", json={**stub, "name": "x" * n}).status_code for n in (100, 101)
    ]
    assert statuses == [201, 422]


LONG = "x" * 30_000


PAGED = thing({"200": json_of({"type": "array", "items": TEXT})}, parameters=[
    {"name": "page", "in": "query", "schema": TEXT}, {"name": "q", "in": "query", "schema": TEXT}
])  # fmt: skip


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mock]:
    """Yield one server for all tests of long headers."""
    path = tmp_path_factory.mktemp("long") / "openapi.json"
    path.write_text(document_text(PAGED))
    app = create_app(Settings(document=path, reload=False))
    with BackgroundServer(app) as server, httpx.Client(base_url=server.url) as client:
        yield Mock(server.url, app, client, server)


@pytest.mark.parametrize(
    "headers",
    [
        {"Prefer": f"seed={LONG}, explain"},
        {"Prefer": f"{LONG}, explain"},
        {"Prefer": f"code={LONG}, explain"},
        {"Prefer": f"example={LONG}, explain"},
        {"Prefer": f"fault={LONG}"},
        {"Mock-Session": LONG},
        {"Accept": f"text/{LONG}"},
        {"Origin": f"http://{LONG}"},
        {"Origin": "http://a", "Access-Control-Request-Method": LONG},
        {"Origin": "http://a", "Access-Control-Request-Method": "GET",
         "Access-Control-Request-Headers": LONG},
        {"Host": LONG},
        {"Authorization": LONG},
        {"Cookie": f"mock-session={LONG}"},
    ],
    ids=lambda headers: " ".join(f"{n}: {v[:9]}" for n, v in headers.items()),
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "OPTIONS", "POST"])
@pytest.mark.parametrize("path", ["/thing", f"/thing?page={LONG}&q={LONG[:9]}", f"/{LONG}"])
def test_no_header_of_a_reply_grows_with_those_of_the_request(
    mock: Mock, method: str, path: str, headers: dict[str, str]
) -> None:
    reply = mock.client.request(method, path, headers=headers)
    sizes = {name: len(value) for name, value in reply.headers.items()}
    assert max(sizes.values()) <= 5_000, sizes
