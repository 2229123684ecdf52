"""The journal holds every exchange, whatever its outcome, bounded by number and by bytes."""

from __future__ import annotations

import json
import time

import pytest

from mock_server.http_messages.messages import Reply
from mock_server.sessions.journal import BYTES_AN_EXCHANGE, MOST_BODY_BYTES, Journal, Received
from tests.helpers.running import KEYS, LATEST, Mock, Serve, json_of, thing


def added(journal: Journal, path: str, body: bytes = b"", reply: bytes | None = b"") -> None:
    answer = None if reply is None else Reply(200, [], reply)
    journal.add(Received(time.time(), "GET", path, "", "thing", [], body), answer)


def paths(journal: Journal) -> list[str]:
    return [exchange.path for exchange in journal]


@pytest.mark.parametrize(("most", "kept"), [(3, ["2", "3", "4"]), (1, ["4"]), (0, [])])
def test_the_oldest_exchanges_give_way(most: int, kept: list[str]) -> None:
    journal = Journal(most, 10**6)
    for number in range(5):
        added(journal, str(number))
    assert (paths(journal), len(journal)) == (kept, len(kept))


def test_bodies_are_bounded_in_all() -> None:
    journal = Journal(1_000, 3 * BYTES_AN_EXCHANGE + 1_000)
    for number in range(10):
        added(journal, str(number), b"x" * 100, b"y" * 200)
    assert paths(journal) == ["7", "8", "9"]
    added(journal, "large", b"x" * 10_001)
    assert paths(journal) == []
    added(journal, "small")
    assert paths(journal) == ["small"]


def test_a_long_body_is_cut_and_a_client_that_left_has_no_reply() -> None:
    journal = Journal(10, 10**9)
    added(journal, "long", b"x" * (MOST_BODY_BYTES + 1), b"y" * (MOST_BODY_BYTES * 2))
    added(journal, "left", b"x" * (MOST_BODY_BYTES + 1), None)
    long, left = journal
    assert long.reply is not None
    assert (len(long.request_body), len(long.reply.body)) == (MOST_BODY_BYTES, MOST_BODY_BYTES)
    assert (len(left.request_body), left.reply) == (MOST_BODY_BYTES, None)


def test_reading_it_is_not_disturbed_by_what_is_added() -> None:
    journal = Journal(3, 10**6)
    added(journal, "a")
    for _ in journal:
        added(journal, "b")
    assert paths(journal) == ["a", "b"]


def test_an_exchange_tells_the_request_and_its_reply(serve: Serve) -> None:
    mock = serve()
    before = time.time()
    reply = mock.post(f"{LATEST}?a=b", json=KEYS, headers={"X-Mine": "yes"})
    (exchange,) = mock.exchanges
    assert before <= exchange.started <= time.time()
    assert exchange.seconds > 0
    assert (exchange.method, exchange.path, exchange.query) == ("POST", LATEST, "a=b")
    assert exchange.operation == "latest_invocations_by_keys"
    assert (b"x-mine", b"yes") in exchange.request_headers
    assert json.loads(exchange.request_body) == KEYS
    assert exchange.reply is not None
    assert (exchange.reply.status, exchange.reply.body) == (200, reply.content)
    assert exchange.reply.source == "handler"


def test_each_exchange_has_the_headers_of_its_own_request(serve: Serve) -> None:
    mock = serve(thing({"200": json_of(True)}))
    sent = ["a", "a", "b", "a", "b", "b"]
    for value in sent:
        mock.get(headers={"X-Mine": value})
    assert [dict(e.request_headers)[b"x-mine"].decode() for e in mock.exchanges] == sent


OUTCOMES = [
    ("POST", LATEST, 200, "latest_invocations_by_keys", "handler"),
    ("POST", f"{LATEST}?__code=500", 500, "latest_invocations_by_keys", "reply:server-error"),
    ("POST", f"{LATEST}?__code=418", 404, "latest_invocations_by_keys", "refusal"),
    ("POST", LATEST.replace("3b24", "zzzz"), 400, "latest_invocations_by_keys", "refusal"),
    ("GET", LATEST, 405, "", "refusal"),
    ("GET", "/nowhere", 404, "", "refusal"),
    ("GET", "/openapi.yaml", 200, "", "page"),
    ("OPTIONS", LATEST, 204, "", "options"),
]


def test_every_outcome_is_in_it_in_order(serve: Serve) -> None:
    mock = serve()
    for method, path, *_ in OUTCOMES:
        mock.client.request(method, path, json=KEYS if method == "POST" else None)
    assert [(e.reply.status, e.operation, e.reply.source) for e in mock.exchanges if e.reply] == [
        (status, operation, source) for _, _, status, operation, source in OUTCOMES
    ]


def test_violations_stand_in_it(serve: Serve) -> None:
    mock = serve()
    mock.post(LATEST, json={})
    (exchange,) = mock.exchanges
    assert exchange.reply is not None
    assert [v.location for v in exchange.reply.violations] == [("request", "body", "object_keys")]


def test_its_size_is_a_setting(serve: Serve) -> None:
    mock = serve(thing({"200": json_of(True)}), journal_size=2)
    for number in range(4):
        mock.get(f"/thing?n={number}")
    assert [e.query for e in mock.exchanges] == ["n=2", "n=3"]


def test_a_reload_keeps_it(serve: Serve) -> None:
    mock: Mock = serve(thing({"200": json_of(True)}))
    mock.get("/thing?n=1")
    mock.app.load()
    mock.get("/thing?n=2")
    assert [e.query for e in mock.exchanges] == ["n=1", "n=2"]
