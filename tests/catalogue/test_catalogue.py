"""The catalogue of statuses: each line, tried with curl on a server, does what it states."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from mock_server.catalogue.catalogue import as_text, catalogue
from mock_server.errors import WrongUse
from mock_server.settings import Settings
from tests.helpers.running import Mock, Serve, json_of, thing

CONTRACTS = Path(__file__).parents[1] / "contracts"
READABLE = (
    "dangling_refs", "duplicate_ids", "examples", "fixtures", "methods", "no_responses",
    "parameters", "path_parameters", "same_paths", "security", "status_keys", "styles",
    "world_depot", "world_library", "world_zoo",
)  # fmt: skip
SECONDS = 30
STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
SOURCE = re.compile(rb"^mock-source: (.*?)\r?$", re.MULTILINE | re.IGNORECASE)

Told = list[dict[str, Any]]


def told(mock: Mock, *operations: str) -> Told:
    return catalogue(mock.app.settings, operations, mock.url)


def lines(entries: Told) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each request with the status that it stands under."""
    for entry in entries:
        for status in entry["statuses"]:
            yield from ((status["status"], one) for one in status["requests"])


def run(line: str) -> bytes:
    done = subprocess.run(["sh", "-c", line], capture_output=True, timeout=SECONDS)
    assert done.returncode == 0, (line, done.stderr)
    return done.stdout


def wrong(entries: Told) -> list[str]:
    """Return the lines that don't lead to what they state."""
    found = []
    for status, one in lines(entries):
        shown = run(one["curl"])
        came = int(STATUS.findall(shown)[-1]), SOURCE.findall(shown)[-1].decode("latin-1")
        if came != (status, one["source"]):
            found.append(f"{one['curl']} -> {came}")
    return found


def by_status(entries: Told, kind: str | None = None) -> dict[int, list[str]]:
    """Return what is shown for each status of a single operation."""
    [entry] = entries
    return {
        status["status"]: [r["shows"] for r in status["requests"] if kind in (None, r["kind"])]
        for status in entry["statuses"]
    }


def test_curl_is_there() -> None:
    assert shutil.which("curl"), "these tests send with curl what a reader would send"


@pytest.mark.parametrize("name", READABLE)
def test_each_line_leads_where_it_says(name: str, serve: Serve) -> None:
    entries = told(serve(CONTRACTS / f"{name}.yaml"))
    assert wrong(entries) == []


def test_each_line_for_the_shipped_contract_leads_where_it_says(shipped: Mock) -> None:
    assert wrong(told(shipped)) == []


def test_every_declared_status_of_the_shipped_contract_is_met_by_both_kinds(
    shipped: Mock,
) -> None:
    entries = told(shipped)
    for status in (200, 400, 401, 403, 404, 500):
        assert by_status(entries, "preference")[status][0] == f"Prefer: code={status}"
        assert by_status(entries, "request")[status]


def test_the_ordinary_requests_for_the_shipped_contract_say_what_is_wrong(shipped: Mock) -> None:
    shown = by_status(told(shipped), "request")
    assert shown[400] == [
        "object_keys in the body is missing; expected a list, each item a string",
        'source_id in the path is "wrong"; expected a UUID such as'
        " 3b241101-e2bb-4255-8caf-4136c566a962",
        "the content type is application/x-undeclared; expected application/json",
    ]
    assert shown[404] == [
        "a valid request for what isn't known",
        "the conditions of the canned reply source-not-found",
    ]
    assert shown[500] == [
        "the conditions of the canned reply server-error",
        "the conditions of the canned reply server-error-by-key",
    ]


def test_the_text_is_a_script_that_sends_them_all(shipped: Mock) -> None:
    entries = told(shipped)
    came = STATUS.findall(run("\n".join(as_text(entries))))
    assert [int(status) for status in came] == [status for status, _ in lines(entries)]


def test_the_text_says_first_what_each_line_shows(serve: Serve) -> None:
    schema = {"type": "integer"}
    query = [{"name": "q", "in": "query", "schema": schema, "required": True, "example": 5}]
    mock = serve(thing({"200": json_of(schema, example=7)}, parameters=query))
    assert list(as_text(told(mock))) == [
        "# GET /thing (thing)",
        "",
        "## 200 200",
        "# a valid request",
        f"curl -i '{mock.url}/thing?q=5'",
        "# Prefer: code=200",
        f"curl -i '{mock.url}/thing?q=5' -H 'Prefer: code=200'",
        "# Prefer: code=200, example=example",
        f"curl -i '{mock.url}/thing?q=5' -H 'Prefer: code=200, example=example'",
        "",
        "## 406 (not declared)",
        "# an Accept that nothing declared satisfies, application/x-undeclared",
        f"curl -i '{mock.url}/thing?q=5' -H 'Accept: application/x-undeclared'",
        "",
        "## 422 (not declared)",
        "# q in the query is missing",
        f"curl -i {mock.url}/thing",
        "",
    ]


def test_what_a_document_says_over_several_lines_stays_a_comment(serve: Serve) -> None:
    description = "first\nrm -rf x\u2028y\x0b"
    mock = serve(thing({"200": {"description": description}}))
    for line in as_text(told(mock)):
        assert not line or line.startswith(("#", "curl "))


def test_every_example_has_a_line_whatever_its_name_and_type(serve: Serve) -> None:
    names = ["plain", "two words", 'a "quoted", one', "Ä", "line\nbreak"]
    in_json = {"schema": True, "examples": {name: {"value": name} for name in names}}
    in_text = {"schema": True, "examples": {"as text": {"value": "t"}}}
    content = {"application/json": in_json, "text/plain": in_text}
    entries = told(serve(thing({"200": {}, "404": {"content": content}})))
    found = [one["source"] for status, one in lines(entries) if status == 404]
    assert len(found) == 1 + len(names) + 1
    assert wrong(entries) == []


SCHEMES = {
    "components": {
        "securitySchemes": {
            "token": {"type": "oauth2", "flows": {}},
            "key": {"type": "apiKey", "in": "query", "name": "key"},
            "session": {"type": "apiKey", "in": "cookie", "name": "session"},
            "user": {"type": "http", "scheme": "basic"},
            "digest": {"type": "http", "scheme": "digest"},
            "own": {"type": "http", "scheme": "Hawk"},
        }
    }
}


@pytest.mark.parametrize(
    "security",
    [
        [{"token": ["pets.read", "pets.write"]}],
        [{"key": [], "session": []}],
        [{"user": []}],
        [{"digest": []}],
        [{"own": []}],
        [{"user": [], "token": ["pets.read"]}],
        [{"user": []}, {"token": ["pets.read"]}],
    ],
    ids=["token", "key and cookie", "basic", "digest", "own", "both", "either"],
)
def test_missing_credentials_and_scopes_lead_to_401_and_403(
    security: list[Mapping[str, Any]], serve: Serve
) -> None:
    responses: dict[str, Any] = {"200": {}, "401": {}, "403": {}}
    entries = told(serve({**thing(responses, security=security), **SCHEMES}))
    shown = by_status(entries, "request")
    assert (shown[200], shown[401]) == (["a valid request"], ["no credentials"])
    has_scope = "pets.read" in str(security)
    assert bool(shown[403]) is has_scope
    assert wrong(entries) == []


def test_without_security_nothing_is_said_of_credentials(serve: Serve) -> None:
    mock = serve({**thing({"200": {}}, security=[{"user": []}]), **SCHEMES}, security=False)
    assert list(by_status(told(mock))) == [200]


CONDITIONS = """\
by-path: {when: {path: {id: 13}}, status: 404}
by-query: {when: {query: {state: gone, q: 5}}, status: 410}
by-header: {when: {headers: {X-Test: "no: 1"}}, status: 409}
by-absence: {when: {query: {q: null}, path: {id: 14}}, status: 418}
by-body: {when: {body: {tags: [x], deep: {on: true}}}, status: 423}
never: {when: {path: {id: no number}}, status: 424}
"""


def test_the_conditions_of_canned_replies_are_made_into_requests(serve: Serve) -> None:
    body = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
    codes = ("200", "404", "409", "410", "418", "423", "424")
    operation = {
        "operationId": "thing",
        "parameters": [
            {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}},
            {"name": "q", "in": "query", "schema": {"type": "integer"}},
        ],
        "requestBody": json_of(body),
        "responses": {code: {"description": code} for code in codes},
    }
    mock = serve({"/things/{id}": {"post": operation}}, fixtures={"replies/thing.yaml": CONDITIONS})
    entries = told(mock)
    shown = by_status(entries, "request")
    for status, name in ((404, "by-path"), (409, "by-header"), (410, "by-query"),
                         (418, "by-absence"), (423, "by-body")):  # fmt: skip
        assert shown[status] == [f"the conditions of the canned reply {name}"]
    assert shown[424] == []
    assert wrong(entries) == []


FORGETTING = """\
from mock_server.errors import NotFound

kept = {1, 2}


def get_thing(id):
    if id not in kept:
        raise NotFound(f"There is no {id}.")
    return id


def delete_thing(id):
    if id not in kept:
        raise NotFound(f"There is no {id}.")
    kept.discard(id)
    return None, 204
"""


def test_what_handlers_remember_of_a_trial_changes_no_other_line(serve: Serve) -> None:
    integer = {"type": "integer"}
    own = [{"name": "id", "in": "path", "required": True, "schema": integer, "example": 1}]
    gone = {"404": {"description": "none"}}
    delete = {"204": {"description": "gone"}, **gone}
    get = {"200": {"description": "it", **json_of(integer)}, **gone}
    document: dict[str, Any] = {
        "/a/{id}": {"delete": {"operationId": "delete_thing", "responses": delete}},
        "/b/{id}": {"get": {"operationId": "get_thing", "responses": get}},
    }
    for item in document.values():
        item["parameters"] = own
    mock = serve(document, handlers=FORGETTING)
    entries = told(mock)
    for entry in entries:
        shown = by_status([entry], "request")
        assert shown[min(shown)] == ["a valid request"]
        assert shown[404] == ["a valid request for what isn't known"]
    for status, one in lines(entries):
        fresh = serve(document, handlers=FORGETTING)
        assert STATUS.findall(run(one["curl"].replace(mock.url, fresh.url))) == [b"%d" % status]


def test_a_status_that_nothing_leads_to_says_so(serve: Serve) -> None:
    never: dict[str, Any] = {"103": {}, "200": {}, "404": {}}
    [entry] = told(serve(thing(never)))
    by_code = {status["status"]: status for status in entry["statuses"]}
    assert by_code[103]["requests"] == []
    assert "from 200 on" in by_code[103]["notes"][0]
    assert by_code[404]["notes"] == ["no ordinary request leads here"]
    assert by_code[200]["notes"] == []


def test_an_example_that_breaks_its_schema_is_told_of_and_has_no_line(serve: Serve) -> None:
    examples = {"right": {"value": 1}, "wrong": {"value": "one"}}
    mock = serve(thing({"200": json_of({"type": "integer"}, examples=examples)}))
    [note] = told(mock)[0]["statuses"][0]["notes"]
    assert note.startswith("Prefer: code=200, example=wrong leads to 500: ")
    assert "example:wrong" not in str(told(mock))


def test_where_no_request_can_be_made_it_is_said_why(serve: Serve) -> None:
    body = {"required": True, **json_of(False)}
    [entry] = told(serve(thing({"200": {}}, "post", requestBody=body)))
    [status] = entry["statuses"]
    assert status["requests"] == []
    assert status["notes"] == ["no request can be made: nothing can be sent as the body"]


def test_an_operation_that_another_hides_has_no_lines_and_says_which(serve: Serve) -> None:
    answer = {"responses": {"200": {"description": "fine"}}}
    hidden = [{"name": "b", "in": "path", "required": True, "schema": {"type": "string"}}]
    entries = told(
        serve({"/{a}": {"get": answer}, "/{b}": {"get": {**answer, "parameters": hidden}}})
    )
    first, second = (list(lines([entry])) for entry in entries)
    assert first and not second
    [status] = entries[1]["statuses"]
    assert status["notes"] == ["Prefer: code=200 leads to another operation, GET /{a}"]


def test_a_handler_that_never_answers_is_not_waited_for(serve: Serve) -> None:
    handler = "import asyncio\nasync def thing():\n    await asyncio.sleep(3600)\n"
    mock = serve(thing({"200": {}, "404": {}}), handlers=handler)
    assert by_status(told(mock)) == {200: [], 404: ["Prefer: code=404"]}


def test_a_delay_is_not_waited_for(serve: Serve) -> None:
    late = "late: {when: {query: {q: 1}}, status: 504, delay: 20m}"
    mock = serve(thing({"200": {}, "504": {}}), fixtures={"replies/thing.yaml": late})
    shown = by_status(told(mock), "request")
    assert shown[504] == ["the conditions of the canned reply late"]


IN_TURN = """\
turns:
  when: {query: {q: 1}}
  sequence: [{status: 503}, {status: 200}]
opened: {when: {query: {q: 2}}, status: 202, scenario: door, next_state: open}
inside: {when: {query: {q: 3}}, status: 409, scenario: door, state: open}
"""


def test_each_line_holds_for_a_mock_that_was_just_started(serve: Serve) -> None:
    responses: dict[str, Any] = {"200": {}, "202": {}, "409": {}, "503": {}}
    mock = serve(thing(responses), fixtures={"replies/thing.yaml": IN_TURN})
    entries = told(mock)
    shown = by_status(entries, "request")
    assert shown[503] == ["the conditions of the canned reply turns"]
    assert (shown[202], shown[409]) == (["the conditions of the canned reply opened"], [])
    for status, one in lines(entries):
        mock.app.sessions.main.reset()
        assert STATUS.findall(run(one["curl"])) == [b"%d" % status]


UNDECLARED = """\
down: {when: {query: {q: 1}}, status: 502, undeclared: true, body: gone}
odd: {when: {query: {q: 2}}, status: 200, undeclared: true, body: odd}
lost: {when: {query: {q: 3}}, not-recorded: it was down}
"""


def test_undeclared_replies_are_listed_with_the_conditions_that_lead_there(serve: Serve) -> None:
    mock = serve(thing({"200": {}}), fixtures={"replies/thing.yaml": UNDECLARED})
    entries = told(mock)
    shown = by_status(entries, "request")
    assert shown[502] == ["the conditions of the canned reply down"]
    assert "the conditions of the canned reply odd" in shown[200]
    for status, one in lines(entries):
        assert STATUS.findall(run(one["curl"])) == [b"%d" % status]


def test_the_statuses_of_ranges_and_default_are_ones_that_are_not_declared(serve: Serve) -> None:
    mock = serve(thing({"200": {}, "400": {}, "4XX": {}, "500": {}, "default": {}}))
    [entry] = told(mock)
    assert {s["status"]: s["declared"] for s in entry["statuses"]} == {
        200: "200", 400: "400", 401: "4XX", 500: "500", 503: "default",
    }  # fmt: skip


def test_a_lenient_server_s_catalogue_has_no_refusals(serve: Serve) -> None:
    body = {"required": True, **json_of({"type": "integer"})}
    strict = thing({"200": {}, "422": {}}, "post", requestBody=body)
    assert by_status(told(serve(strict)), "request")[422]
    assert by_status(told(serve(strict, lenient=True)), "request")[422] == []


def test_the_running_server_s_journal_knows_nothing_of_it(shipped: Mock) -> None:
    before = len(shipped.exchanges)
    told(shipped)
    assert len(shipped.exchanges) == before


def test_the_catalogue_is_ready_to_be_written_as_json(serve: Serve) -> None:
    mock = serve(CONTRACTS / "world_depot.yaml")
    assert json.loads(json.dumps(told(mock))) == told(mock)


def test_a_body_that_is_no_text_is_told_in_base64(serve: Serve) -> None:
    body = {"required": True, "content": {"image/png": {}}}
    entries = told(serve(thing({"200": {}}, "post", requestBody=body)))
    _, one = next(lines(entries))
    assert one["request"]["body_base64"].startswith("iVBORw0KGgo")
    assert wrong(entries) == []


def test_operations_can_be_picked_by_their_ids() -> None:
    settings = Settings(document=CONTRACTS / "world_zoo.yaml")
    picked = catalogue(settings, ["add_animal"])
    assert [entry["operation"] for entry in picked] == ["add_animal"]
    with pytest.raises(WrongUse, match="did you mean add_animal"):
        catalogue(settings, ["add_animals"])


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("reset", "Prefer: code=200 leads to no reply, by the fault reset"),
        ("close; operation=thing", "Prefer: code=200 leads to no reply, by the fault close"),
        ("reset; operation=other", None),
    ],
)
def test_a_status_that_a_fault_keeps_from_everyone_says_so(
    serve: Serve, rule: str, said: str | None
) -> None:
    paths = thing({"200": {}}) | {
        "/other": {"get": {"operationId": "other", "responses": {"200": {"description": ""}}}}
    }
    mock = serve(paths, fault=(rule,))
    (entry,) = catalogue(mock.app.settings, ["thing"])
    (status,) = entry["statuses"]
    assert (said in status["notes"]) if said else status["requests"]
