"""What a test holds: a mock of its own, whose state it sets and whose exchanges it judges."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_server.errors import WrongUse
from mock_server.pytest_plugin.mock_api import MockApi
from mock_server.pytest_plugin.plugin import Servers
from mock_server.settings import Settings
from tests.helpers.running import SECONDS, document_text, json_of, until

PET = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
}
NEW_PET = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
PETS: dict[str, Any] = {
    "/pets/{id}": {
        "get": {
            "operationId": "get_pet",
            "parameters": [ID],
            "responses": {
                "200": {"description": "ok", **json_of(PET, example={"id": 1})},
                "404": {"description": "none"},
            },
        }
    },
    "/pets": {
        "post": {
            "operationId": "create_pet",
            "parameters": [{"name": "dry", "in": "query", "schema": {"type": "boolean"}}],
            "requestBody": {"required": True, **json_of(NEW_PET)},
            "responses": {"201": {"description": "made"}},
        }
    },
}
ORDER = "paid: {scenario: order, state: paid, status: 200, body: {id: 5}}"


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with ExitStack() as stack:
        yield Servers(stack)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("pets")
    (folder / "pets.json").write_text(document_text(PETS))
    replies = folder / "fixtures" / "replies"
    replies.mkdir(parents=True)
    (replies / "get_pet.yaml").write_text(ORDER)
    return Settings(document=folder / "pets.json", fixtures=folder / "fixtures")


@pytest.fixture
def api(servers: Servers, settings: Settings) -> Iterator[MockApi]:
    mock_api = servers.mock_api(settings)
    yield mock_api
    mock_api.close()


def on_a_socket(api: MockApi, **options: Any) -> httpx.Client:
    return httpx.Client(base_url=api.url, **{"timeout": SECONDS, **options})


def rule(api: MockApi, pointer: str) -> str:
    """Return a place in the contract as messages name it."""
    return f"rule {api._worlds.app.parts.contract.documents.root.label}#{pointer}"


# Each has a world of its own


def test_two_mocks_of_one_server_see_nothing_of_each_other(
    servers: Servers, settings: Settings, api: MockApi
) -> None:
    other = servers.mock_api(settings)
    other.reply("get_pet", body={"id": 2})
    other.clock.set(datetime(2030, 1, 1, tzinfo=UTC))
    other.fault("503; next=5")
    other.client().get("/pets/7")
    assert api.url.partition("/_session/")[0] == other.url.partition("/_session/")[0]
    assert httpx.get(f"{api.url}/pets/7").json() == {"id": 1}
    assert [e.path for e in api.exchanges] == ["/pets/7"]
    assert api.clock.now().year != 2030
    other.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_its_control_api_is_reached_on_its_url_and_in_this_process(
    servers: Servers, settings: Settings, host: str
) -> None:
    api = servers.mock_api(replace(settings, host=host))
    assert httpx.get(f"{api.url}/_mock/seed").json() == {"seed": "mock"}
    assert api.client().get("/_mock/seed").json() == {"seed": "mock"}
    assert httpx.get(f"{api.url}/_mock/seed", headers={"Origin": "null"}).status_code == 403


def test_what_happened_is_gone_once_it_is_closed(servers: Servers, settings: Settings) -> None:
    mock_api = servers.mock_api(settings)
    sessions = mock_api._worlds.app.sessions
    before = len(sessions)
    client = mock_api.client()
    client.get("/pets/7")
    mock_api.close()
    assert len(sessions) == before - 1
    assert client.is_closed


def test_an_advance_of_hours_does_not_make_it_idle(api: MockApi) -> None:
    api.reply("get_pet", body={"id": 2})
    api.clock.advance("2d")
    api.change(api._worlds.app.sessions._sweep)
    assert api.client().get("/pets/7").json() == {"id": 2}


# What it does


def test_a_stub_answers_before_all_others_and_the_newest_first(api: MockApi) -> None:
    api.reply("get_pet", body={"id": 2})
    api.reply("get_pet", status=404, when={"path": {"id": 13}})
    client = api.client()
    assert client.get("/pets/7").json() == {"id": 2}
    assert client.get("/pets/13").status_code == 404


def test_a_stub_can_be_a_sequence_or_have_a_timeline(api: MockApi) -> None:
    api.reply("get_pet", sequence=[{"status": 404}, {"status": 200, "body": {"id": 3}}])
    assert [api.client().get("/pets/7").status_code for _ in range(3)] == [404, 200, 200]
    later = {"after": "1m", "status": 200, "body": {"id": 4}}
    api.reply("get_pet", body={"id": 3}, timeline=[later])
    assert api.client().get("/pets/7").json() == {"id": 3}
    api.clock.advance("1m")
    assert api.client().get("/pets/7").json() == {"id": 4}


def test_a_stub_holds_what_it_was_set_to_whatever_becomes_of_that(api: MockApi) -> None:
    body: dict[str, Any] = {"id": 2}
    api.reply("get_pet", body=body)
    body["id"] = "changed"
    assert api.client().get("/pets/7").json() == {"id": 2}


def test_a_stub_that_the_contract_forbids_is_refused_with_pointer_and_rule(api: MockApi) -> None:
    with pytest.raises(WrongUse) as told:
        api.reply("get_pet", body={"id": "x", "name": 5})
    schema = "/paths/~1pets~1{id}/get/responses/200/content/application~1json/schema/properties"
    assert str(told.value).splitlines() == [
        'id in the body is a string, "x"; expected an integer'
        f" (at /body/id, {rule(api, schema + '/id/type')})",
        "name in the body is an integer, 5; expected a string"
        f" (at /body/name, {rule(api, schema + '/name/type')})",
    ]
    assert api.client().get("/pets/7").json() == {"id": 1}


REFUSED = {
    "an operation that isn't there": (
        lambda api: api.reply("get_pets", body={}),
        "no operation of the contract has the id get_pets; did you mean get_pet?",
    ),
    "a member that isn't known": (
        lambda api: api.reply("get_pet", bodi={}, body={"id": 1}),
        "`bodi` isn't known here; expected `when`, `scenario`, `state`, `next_state`, `status`,"
        " `media_type`, `headers`, `body`, `undeclared`, `fault`, `delay`, `timeline`;"
        " did you mean body?",
    ),
    "a body that is no JSON": (
        lambda api: api.reply("get_pet", body=b"1"),
        "this can't be written as JSON: Type is not JSON serializable: bytes",
    ),
    "a rule that says nothing": (
        lambda api: api.fault(next=2),
        "`fault`, `delay` or `limit` is missing",
    ),
    "a fault that isn't known": (
        lambda api: api.fault("resett"),
        "`fault`: 'resett' is no fault; expected reset, close, truncated, malformed,"
        " content-length, chunk, drip, hang, or a status from 400 to 599 such as 429 or 503;"
        " did you mean reset?",
    ),
    "a fault of an operation that isn't there": (
        lambda api: api.fault("503", operation="get_pets"),
        "no operation of the contract has the id get_pets; did you mean get_pet?",
    ),
    "a scenario of no reply": (
        lambda api: api.scenario("odrer", "paid"),
        "No reply knows a scenario odrer; did you mean order?.",
    ),
    "a state that no reply knows": (
        lambda api: api.scenario("order", "payd"),
        "order has no state payd; did you mean paid?; expected one of Started, paid",
    ),
    "no length of time": (
        lambda api: api.clock.advance("5"),
        "'5' is no length of time; expected a length of time such as 250ms, 2s, 5m, 1h or 1d",
    ),
    "a moment without a time zone": (
        lambda api: api.clock.set(datetime(2030, 1, 1)),
        "2030-01-01T00:00:00 has no time zone; expected one, such as UTC",
    ),
    "calls of an operation that isn't there": (
        lambda api: api.assert_not_called("get_pets"),
        "no operation of the contract has the id get_pets; did you mean get_pet?",
    ),
    "a condition on a parameter that isn't there": (
        lambda api: api.assert_not_called("get_pet", path={"pet": 1}),
        "/pets/{id} has no parameter pet (at /path/pet, RULE/paths/~1pets~1{id}/get/parameters)",
    ),
    "a part of a request that isn't known": (
        lambda api: api.assert_called("get_pet", header={"a": "b"}),
        "`header` isn't known here; expected `path`, `query`, `headers`, `body`; did you mean"
        " headers?",
    ),
}


@pytest.mark.parametrize(("wrong", "message"), REFUSED.values(), ids=REFUSED)
def test_what_can_t_be_is_refused_in_plain_words(api: MockApi, wrong: Any, message: str) -> None:
    with pytest.raises(WrongUse) as told:
        wrong(api)
    assert str(told.value) == message.replace("RULE", rule(api, ""))


def test_answers_go_wrong_by_a_rule_in_a_line_or_by_keywords(api: MockApi) -> None:
    api.fault("503; next=1; operation=get_pet")
    api.fault(fault="429", next=1)
    client = api.client()
    assert [client.get("/pets/7").status_code for _ in range(3)] == [429, 503, 200]


def test_a_reply_that_is_marked_may_differ_from_the_contract_and_is_meant(api: MockApi) -> None:
    page = "<html>502 Bad Gateway</html>"
    api.reply("get_pet", status=502, body=page, media_type="text/html", undeclared=True)
    got = api.client().get("/pets/7")
    assert (got.status_code, got.text, got.headers["content-type"]) == (502, page, "text/html")
    api.assert_called("get_pet", times=1, path={"id": 7})
    assert api.breaches() == ""
    (exchange,) = api.exchanges
    assert exchange.reply is not None and exchange.reply.is_undeclared


def test_a_reply_without_the_mark_is_told_how_to_have_it(api: MockApi) -> None:
    with pytest.raises(WrongUse, match="add undeclared: true to send it all the same"):
        api.reply("get_pet", status=502, body="<html>", media_type="text/html")


def test_any_status_of_an_error_is_a_fault(api: MockApi) -> None:
    api.fault("502; next=1")
    client = api.client()
    assert [client.get("/pets/7").status_code for _ in range(2)] == [502, 200]
    assert api.breaches() == ""


def test_a_scenario_is_put_into_a_state(api: MockApi) -> None:
    assert api.client().get("/pets/7").json() == {"id": 1}
    api.scenario("order", "paid")
    assert api.client().get("/pets/7").json() == {"id": 5}


def test_another_seed_makes_up_another_body(api: MockApi) -> None:
    prefer = {"Prefer": "dynamic=maximal"}
    assert api.seed == "mock"
    first = api.client().get("/pets/7", headers=prefer).json()
    api.seed = "spring"
    assert api.client().get("/pets/7", headers=prefer).json() != first


# Time


def test_its_clock_is_set_frozen_advanced_and_resumed(api: MockApi) -> None:
    moment = datetime(2030, 1, 1, tzinfo=UTC)
    api.clock.freeze()
    api.clock.set(moment)
    assert api.clock.now() == moment
    api.clock.advance("90m")
    assert api.clock.now() == moment + timedelta(minutes=90)
    api.clock.resume()
    until(lambda: api.clock.now() > moment + timedelta(minutes=90), "the clock runs")


@pytest.mark.parametrize("how", [on_a_socket, MockApi.client], ids=["socket", "in process"])
def test_a_delayed_reply_waits_for_a_frozen_clock_and_comes_when_that_is_advanced(
    api: MockApi, how: Any
) -> None:
    api.clock.freeze()
    api.fault("delay=1h")
    with ThreadPoolExecutor(1) as pool, how(api, timeout=SECONDS) as client:
        asked = pool.submit(client.get, "/pets/7")
        waiting = api._world.session.clock._waiting
        until(lambda: waiting or asked.done(), "the reply is delayed")
        api.clock.advance("59m")
        assert api.exchanges == []
        assert not asked.done()
        api.clock.advance("1m")
        assert asked.result(SECONDS).json() == {"id": 1}
    api.assert_called("get_pet", times=1)


def test_many_threads_ask_while_the_clock_moves_and_stubs_come(api: MockApi) -> None:
    start = threading.Barrier(5)

    def ask(number: int) -> list[int]:
        start.wait(SECONDS)
        with on_a_socket(api) as client:
            return [client.get(f"/pets/{number}").status_code for _ in range(20)]

    api.fault("delay=1ms")
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(ask, number) for number in range(4)]
        start.wait(SECONDS)
        for number in range(50):
            api.reply("get_pet", body={"id": number})
            api.clock.advance("10ms")
            len(api.exchanges)
        assert [f.result(SECONDS) for f in asked] == [[200] * 20] * 4
    api.assert_called("get_pet", times=80)


# What happened


def test_an_exchange_is_there_as_soon_as_its_client_goes_on(api: MockApi) -> None:
    api.fault("reset")
    with on_a_socket(api) as client:
        for number in range(20):
            with pytest.raises(httpx.TransportError):
                client.get("/pets/7")
            assert len(api.exchanges) == number + 1


def test_an_exchange_whose_client_gave_up_is_waited_for(api: MockApi) -> None:
    api.fault("hang")
    with on_a_socket(api, timeout=0.05) as client, pytest.raises(httpx.ReadTimeout):
        client.get("/pets/7")
    api.assert_called("get_pet", times=1)


def called(api: MockApi) -> None:
    client = api.client()
    client.post("/pets", json={"name": "Rex"})
    client.post("/pets?dry=true", json={"name": "Minka"}, headers={"X-Trace": "5"})
    client.get("/pets/7")


CALLED: dict[str, tuple[dict[str, Any], str]] = {
    "by part of its body": ({"times": 1, "body": {"name": "Rex"}}, ""),
    "by its query": ({"times": 1, "query": {"dry": True}}, ""),
    "by a query that it doesn't have": ({"times": 1, "query": {"dry": None}}, ""),
    "by its headers": ({"times": 1, "headers": {"X-Trace": "5"}}, ""),
    "at all": ({}, ""),
    "too seldom": (
        {"times": 3},
        "create_pet was called 2 times; expected 3 times.\n"
        "  POST /pets → 201\n"
        "  POST /pets?dry=true → 201",
    ),
    "too often": (
        {"times": 0, "body": {"name": "Rex"}},
        "create_pet was called once as expected; expected no call.\n"
        "  POST /pets → 201\n"
        "Calls that differ, the nearest first:\n"
        "  POST /pets?dry=true → 201\n"
        '    body /name is "Minka"; expected "Rex"',
    ),
    "with something else": (
        {"body": {"name": "Minka"}, "query": {"dry": False}, "headers": {"X-Trace": "5"}},
        "create_pet was not called as expected; expected at least once.\n"
        "Calls that differ, the nearest first:\n"
        "  POST /pets?dry=true → 201\n"
        "    query parameter dry is true; expected false\n"
        "  POST /pets → 201\n"
        "    query parameter dry is missing; expected false\n"
        '    header x-trace is missing; expected "5"\n'
        '    body /name is "Rex"; expected "Minka"',
    ),
}


@pytest.mark.parametrize(("expected", "complaint"), CALLED.values(), ids=CALLED)
def test_calls_are_counted_and_the_nearest_are_shown(
    api: MockApi, expected: dict[str, Any], complaint: str
) -> None:
    called(api)
    if not complaint:
        api.assert_called("create_pet", **expected)
        return
    with pytest.raises(AssertionError) as told:
        api.assert_called("create_pet", **expected)
    assert str(told.value) == complaint


def test_an_operation_that_was_not_called_shows_what_was(api: MockApi) -> None:
    with pytest.raises(AssertionError) as told:
        api.assert_called("get_pet", times=1)
    assert str(told.value) == (
        "get_pet was not called; expected once.\nThere were no other requests."
    )
    called(api)
    for _ in range(2):
        api.client().post("/pets", json={"name": "Rex"})
    with pytest.raises(AssertionError) as told:
        api.assert_called("get_pet", path={"id": 8})
    assert str(told.value) == (
        "get_pet was not called as expected; expected at least once.\n"
        "Calls that differ, the nearest first:\n"
        "  GET /pets/7 → 200\n"
        "    path parameter id is 7; expected 8"
    )


def test_only_the_nearest_calls_are_shown(api: MockApi) -> None:
    for number in range(5):
        api.client().get(f"/pets/{number}")
    with pytest.raises(AssertionError) as told:
        api.assert_not_called("get_pet")
    assert str(told.value) == (
        "get_pet was called 5 times; expected no call.\n"
        "  GET /pets/0 → 200\n  GET /pets/1 → 200\n  GET /pets/2 → 200\n  and 2 more"
    )
    api.assert_not_called("create_pet")
    api.assert_not_called("get_pet", path={"id": 9})


# Whether the client kept to the contract


def test_a_breach_is_told_once_with_its_rule(api: MockApi) -> None:
    api.client().get("/pets/x")
    api.client().get("/pets/x")
    api.client().delete("/pets/7")
    schema = rule(api, "/paths/~1pets~1{id}/get/parameters/0/schema/type")
    assert api.breaches() == (
        "3 requests, 2 broke the contract, 1 led to no operation.\n"
        "  get_pet: GET /pets/x (2 times)\n"
        f'    id in the path is a string, "x"; expected an integer ({schema})\n'
        "  no operation: DELETE /pets/7\n"
        "    /pets/7 knows GET, HEAD, OPTIONS, not DELETE."
    )
    assert api.breaches() == ""


def test_what_is_broken_on_purpose_in_a_block_is_no_breach(api: MockApi) -> None:
    with api.allowing_violations():
        api.client().get("/pets/x")
        with on_a_socket(api) as client:
            client.get("/nowhere")
    assert api.breaches() == ""
    api.client().get("/nowhere")
    assert "1 led to no operation" in api.breaches()


def test_errors_pages_and_preflights_are_no_breach(api: MockApi) -> None:
    client = api.client()
    api.fault("503; next=1")
    assert client.get("/pets/7").status_code == 503
    assert client.get("/pets/7", headers={"Prefer": "code=404"}).status_code == 404
    assert client.get("/openapi.yaml").status_code == 200
    asks = {"Origin": "http://a", "Access-Control-Request-Method": "GET"}
    assert client.options("/pets/7", headers=asks).status_code == 204
    assert api.breaches() == ""


# Without a socket


def test_clients_in_the_process_need_no_socket(
    servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pets.json").write_text(document_text(PETS))
    mock_api = servers.mock_api(Settings(document=tmp_path / "pets.json"))

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr("socket.create_server", refuse)
    monkeypatch.setattr("socket.create_connection", refuse)
    assert mock_api.client().get("/pets/7").json() == {"id": 1}
    assert asyncio.run(async_ids(mock_api, 2)) == [1, 1]
    with pytest.raises(AssertionError, match="a socket was opened"):
        _ = mock_api.url
    mock_api.close()


async def async_ids(api: MockApi, times: int) -> list[int]:
    async with api.async_client() as client:
        replies = await asyncio.gather(*(client.get("/pets/7") for _ in range(times)))
    return [reply.json()["id"] for reply in replies]


def test_a_foreign_client_of_the_asgi_app_is_in_the_session(api: MockApi) -> None:
    api.reply("get_pet", body={"id": 2})

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=api.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://foreign") as client:
            return await client.get("/pets/7", headers={"Mock-Session": "another"})

    assert asyncio.run(ask()).json() == {"id": 2}
    api.assert_called("get_pet", times=1)


WRONGS = [
    ("reset", httpx.ReadError),
    ("close", httpx.RemoteProtocolError),
    ("truncated", httpx.RemoteProtocolError),
    ("content-length", httpx.RemoteProtocolError),
    ("chunk", httpx.RemoteProtocolError),
    ("hang", httpx.ReadTimeout),
]


@pytest.mark.parametrize("how", ["socket", "sync", "async"])
@pytest.mark.parametrize(("fault", "error"), WRONGS, ids=[fault for fault, _ in WRONGS])
def test_a_fault_on_the_wire_is_the_same_exception_without_one(
    api: MockApi, fault: str, error: type[Exception], how: str
) -> None:
    api.fault(fault)

    async def ask() -> None:
        async with api.async_client(timeout=0.05 if fault == "hang" else SECONDS) as client:
            await client.get("/pets/7")

    clients: dict[str, Any] = {"socket": on_a_socket, "sync": MockApi.client}
    with pytest.raises(error):
        if how == "async":
            asyncio.run(ask())
        else:
            with clients[how](api, timeout=0.05 if fault == "hang" else SECONDS) as client:
                client.get("/pets/7")
    api.assert_called("get_pet", times=1)


def test_a_body_that_is_streamed_arrives_whole(api: MockApi) -> None:
    parts = iter([b'{"name": ', b'"Rex"}'])
    headers = {"Content-Type": "application/json"}
    assert api.client().post("/pets", content=parts, headers=headers).status_code == 201
    api.assert_called("create_pet", body={"name": "Rex"})


def test_an_async_client_that_is_cancelled_has_left(api: MockApi) -> None:
    api.fault("hang")

    async def leave() -> None:
        async with api.async_client() as client:
            asking = asyncio.create_task(client.get("/pets/7"))
            while not api._world._in_hand:
                await asyncio.sleep(0.005)
            asking.cancel()
            await asyncio.wait([asking])

    asyncio.run(leave())
    api.assert_called("get_pet", times=1)
    assert api.exchanges[0].reply is None
