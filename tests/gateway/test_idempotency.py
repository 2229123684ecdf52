"""Idempotency keys: a repeated request is answered once (draft-ietf-httpapi-idempotency-key-07)."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import Any

import httpx
import pytest

from mock_server.sessions import first_replies
from tests.helpers.running import Mock, Serve, json_of, thing

TEXT = {"type": "string"}
KEY = {"name": "Idempotency-Key", "in": "header", "schema": TEXT}
ORDER = {"type": "object", "required": ["name"], "properties": {"name": TEXT}}
COUNTING = """
count = 0

def thing(body=None):
    global count
    count += 1
    return {"name": str(count)}, 201, {"X-Count": str(count)}
"""


def paths(*codes: str, key: Any = KEY, method: str = "post") -> dict[str, Any]:
    made = {"201": json_of(ORDER), **{code: {} for code in codes}}
    return thing(made, method, parameters=[key], requestBody=json_of(ORDER))


def send(mock: Mock, key: str, name: str = "a", **headers: str) -> httpx.Response:
    sent = {"idempotency-key": key, **headers}
    return mock.post("/thing", json={"name": name}, headers=sent)


def test_the_same_request_again_gets_the_first_reply_to_the_byte(serve: Serve) -> None:
    mock = serve(paths(), handlers=COUNTING)
    first, again = send(mock, "k1"), send(mock, "k1")
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert again.headers.pop("idempotent-replayed") == "true"
    assert {**first.headers, "date": ""} == {**again.headers, "date": ""}
    assert "idempotent-replayed" not in first.headers
    assert send(mock, "k2").json() == {"name": "2"}


@pytest.mark.parametrize(
    "schema", [TEXT, {**TEXT, "pattern": "^[a-z0-9]+$"}, {**TEXT, "pattern": '^"'}]
)
def test_the_bare_and_the_quoted_key_are_one(serve: Serve, schema: Any) -> None:
    mock = serve(paths(key={**KEY, "schema": schema}), handlers=COUNTING)
    replies = [send(mock, key) for key in ("k1", '"k1"', "k1")]
    assert [reply.json() for reply in replies] == [{"name": "1"}] * 3


@pytest.mark.parametrize(
    ("codes", "status"), [(("409",), 409), (("422",), 422), (("409", "422"), 422), ((), 422)]
)
def test_another_body_with_the_same_key_is_refused(
    serve: Serve, codes: tuple[str, ...], status: int
) -> None:
    mock = serve(paths(*codes), handlers=COUNTING)
    assert send(mock, "k1").status_code == 201
    assert send(mock, "k1", "b").status_code == status
    assert send(mock, "k1").json() == {"name": "1"}


def test_a_key_whose_first_request_is_under_way_is_409(serve: Serve) -> None:
    slow = 'slow:\n  status: 201\n  body: {name: "1"}\n  delay: 30s\n'
    mock = serve(paths("409"), fixtures={"replies/thing.yaml": slow})
    clock(mock, frozen=True)
    with ThreadPoolExecutor() as pool:
        both = [pool.submit(send, mock, "k1") for _ in range(2)]
        (refused,), (first,) = wait(both, return_when=FIRST_COMPLETED)
        assert refused.result().status_code == 409
        clock(mock, advance="30s")
        assert first.result().json() == {"name": "1"}
    assert send(mock, "k1").json() == {"name": "1"}


def test_a_key_is_forgotten_after_a_day_of_the_clock(serve: Serve) -> None:
    mock = serve(paths(), handlers=COUNTING)
    clock(mock, frozen=True)
    assert send(mock, "k1").json() == {"name": "1"}
    clock(mock, advance="23h")
    assert send(mock, "k1").json() == {"name": "1"}
    clock(mock, advance="1h")
    assert send(mock, "k1", "b").json() == {"name": "2"}


def test_a_key_belongs_to_its_session_its_operation_and_its_client(serve: Serve) -> None:
    mock = serve(paths(), handlers=COUNTING)
    clients: list[dict[str, str]] = [{}, {"mock-session": "other"}, {"authorization": "Bearer b"}]
    counts = [send(mock, "k1", **headers).json()["name"] for headers in clients]
    again = [send(mock, "k1", **headers).json()["name"] for headers in clients]
    assert counts == again == ["1", "2", "3"]


def test_a_reset_forgets_the_keys(serve: Serve) -> None:
    mock = serve(paths(), handlers=COUNTING)
    send(mock, "k1")
    assert mock.client.post("/_mock/reset").is_success
    assert send(mock, "k1").json() == {"name": "2"}


def test_a_refused_request_does_not_use_its_key(serve: Serve) -> None:
    mock = serve(paths("400"), handlers=COUNTING)
    wrong = mock.post("/thing", json={"name": 5}, headers={"idempotency-key": "k1"})
    assert wrong.status_code == 400
    assert send(mock, "k1").json() == {"name": "1"}


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_failure_for_now_is_no_last_word(serve: Serve, status: int) -> None:
    mock = serve(paths(str(status)), handlers=COUNTING)
    assert send(mock, "k1", prefer=f"code={status}").status_code == status
    assert send(mock, "k1").status_code == 201


def test_without_a_declared_key_nothing_is_kept(serve: Serve) -> None:
    document = thing({"201": json_of(ORDER)}, "post", requestBody=json_of(ORDER))
    mock = serve(document, handlers=COUNTING)
    assert [send(mock, "k1").json()["name"] for _ in range(2)] == ["1", "2"]


def test_a_request_without_the_key_is_answered_each_time(serve: Serve) -> None:
    mock = serve(paths(), handlers=COUNTING)
    replies = [mock.post("/thing", json={"name": "a"}).json()["name"] for _ in range(2)]
    assert [*replies, send(mock, "").json()["name"]] == ["1", "2", "3"]


def test_the_oldest_of_many_keys_is_forgotten(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_replies, "MOST_KEYS", 2)
    mock = serve(paths(), handlers=COUNTING)
    assert [send(mock, key).json()["name"] for key in ("a", "b", "c")] == ["1", "2", "3"]
    assert [send(mock, key).json()["name"] for key in ("c", "b", "a")] == ["3", "2", "4"]


def test_of_many_clients_with_one_key_one_is_answered_anew(serve: Serve) -> None:
    mock = serve(paths(), handlers=COUNTING)
    with ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(lambda _: send(mock, "k1"), range(64)))
    assert {reply.status_code for reply in replies} <= {201, 409}
    assert {reply.json()["name"] for reply in replies if reply.status_code == 201} == {"1"}
    assert send(mock, "k2").json() == {"name": "2"}


def test_an_item_is_made_once(serve: Serve) -> None:
    item = {**ORDER, "required": ["id", "name"], "properties": {"id": TEXT, "name": TEXT}}
    id = {"name": "id", "in": "path", "required": True, "schema": TEXT}
    ok = {"description": "ok", **json_of(item)}
    every = {"description": "ok", **json_of({"type": "array", "items": item})}
    create = {"operationId": "create", "parameters": [KEY], "requestBody": json_of(ORDER)}
    document = {
        "/orders": {"get": {"operationId": "list", "responses": {"200": every}},
                    "post": {**create, "responses": {"201": ok}}},
        "/orders/{id}": {"parameters": [id],
                         "get": {"operationId": "read", "responses": {"200": ok}}},
    }  # fmt: skip
    mock = serve(document, stateful=True)
    before = len(mock.get("/orders").json())
    one, again = (
        mock.post("/orders", json={"name": "a"}, headers={"idempotency-key": "k1"}).json()
        for _ in range(2)
    )
    assert one == again == mock.get(f"/orders/{one['id']}").json()
    assert len(mock.get("/orders").json()) == before + 1


def test_the_reason_is_shown(serve: Serve) -> None:
    mock = serve(paths(), handlers=COUNTING)
    send(mock, "k1")
    send(mock, "k1")
    kept = mock.get("/_mock/exchanges").json()["exchanges"][-1]["reply"]
    assert kept["why"].endswith("the first reply to this idempotency key again")


def clock(mock: Mock, **change: Any) -> None:
    method = "PUT" if change.pop("frozen", False) else "PATCH"
    body = {"frozen": True} if method == "PUT" else change
    reply = mock.client.request(method, "/_mock/clock", json=body)
    assert reply.is_success, reply.text
