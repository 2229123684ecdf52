"""The explanation of a reply: why the client got it, and why the others didn't apply."""

from __future__ import annotations

from mock_server.mocking.explanation import MOST_HEADER_BYTES
from tests.helpers.running import HANDBOOK, LATEST, Mock, Serve, json_of, thing

EXPLAIN = {"Prefer": "explain"}
TWO = {
    "replies/thing.yaml": """
    far: {when: {query: {a: '1', b: '2', c: '3'}}, status: 200, body: far}
    near: {when: {query: {a: '1'}}, status: 200, body: near}
    """
}
THING = thing({"200": json_of({"type": "string"}, examples={"one": {"value": "x"}})})


def told(mock: Mock, path: str = "/thing", **headers: str) -> list[str]:
    reply = mock.get(path, headers=EXPLAIN | headers)
    assert reply.headers["preference-applied"].split(", ")[-1] == "explain"
    return reply.headers["mock-explanation"].split(" | ")


def test_it_names_what_was_chosen_and_then_the_nearest_first(serve: Serve) -> None:
    assert told(serve(THING, fixtures=TWO)) == [
        "thing: example:one, the first example",
        'reply:near: query parameter a is missing; expected "1"',
        'reply:far: query parameter a is missing; expected "1",'
        ' query parameter b is missing; expected "2", query parameter c is missing; expected "3"',
    ]


def test_a_reply_that_applied_is_told_with_its_reason(serve: Serve) -> None:
    first, *others = told(serve(THING, fixtures=TWO), "/thing?a=1")
    assert first == "thing: reply:near, its conditions hold"
    assert [other.split(":")[1] for other in others] == ["far"]


def test_what_was_not_asked_to_be_explained_is_not(serve: Serve) -> None:
    assert "mock-explanation" not in serve(THING, fixtures=TWO).get("/thing").headers


def test_a_refusal_is_explained_too(shipped: Mock) -> None:
    headers = {"Prefer": "explain, code=403"}
    reply = shipped.post(LATEST.replace(HANDBOOK, "x"), json={"object_keys": []}, headers=headers)
    assert reply.status_code == 400
    assert reply.headers["preference-applied"] == "explain"
    assert reply.headers["mock-preference-ignored"] == "code"
    first, second, *_ = reply.headers["mock-explanation"].split(" | ")
    assert first.startswith("latest_invocations_by_keys: refusal, refused")
    assert 'path parameter source_id is "x"' in second


def test_a_session_s_scenarios_are_among_the_reasons(serve: Serve) -> None:
    text = "a: {scenario: order, state: paid, status: 200, body: x}"
    mock = serve(THING, fixtures={"replies/thing.yaml": text})
    reason = 'reply:a: scenario order is "Started"; expected "paid"'
    assert told(mock)[1] == reason
    mock.app.sessions.named("one").move("order", "paid")
    assert told(mock, **{"Mock-Session": "one"}) == ["thing: reply:a, its conditions hold"]


def test_the_header_stays_small_enough_for_every_client(serve: Serve) -> None:
    entries = (f"r{n}: {{when: {{query: {{q: '{n}'}}}}, status: 200, body: x}}" for n in range(500))
    mock = serve(THING, fixtures={"replies/thing.yaml": "\n".join(entries)})
    parts = told(mock)
    assert parts[-1] == "…".encode().decode("latin-1") or parts[-1] == "?"
    assert len(" | ".join(parts)) < MOST_HEADER_BYTES + 200
