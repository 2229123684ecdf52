"""What the console asks for beside the rest: drafts and checks of stubs, exchanges as code."""

from __future__ import annotations

import ast
import json
import subprocess
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from tests.helpers.control import call, wrong
from tests.helpers.running import Mock, Serve

PET = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
}
KITTEN = 'Kätzchen, ; "猫"'
MINKA = {"id": 1, "name": "Minka"}
JSON = {"schema": PET, "examples": {"cat": {"value": MINKA}, KITTEN: {"value": {**MINKA, "id": 2}}}}
PETS: dict[str, Any] = {
    "/pets/{id}": {
        "post": {
            "operationId": "set_pet",
            "parameters": [
                {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
            ],
            "requestBody": {"content": {"application/json": {"schema": PET}}},
            "responses": {
                "200": {
                    "description": "ok",
                    "headers": {"X-Count": {"schema": {"type": "integer", "example": 3}}},
                    "content": {
                        "application/json": JSON,
                        "text/plain": {"schema": {"type": "string"}},
                    },
                },
                "410": {"description": "gone"},
            },
        }
    }
}
PATH = "/pets/7?note=a%20b"


@pytest.fixture
def mock(serve: Serve) -> Mock:
    return serve(PETS)


def draft(mock: Mock, query: str, status: int = 200) -> Any:
    return call(mock, "GET", f"/_mock/stubs/draft?operation=set_pet{query}", status)


# Drafts and checks


def test_a_draft_of_an_example_is_its_reply(mock: Mock) -> None:
    made = draft(mock, "&status=200&example=cat")
    assert made == {
        "operation": "set_pet",
        "status": 200,
        "headers": {"X-Count": "3"},
        "media_type": "application/json",
        "body": MINKA,
    }


def test_an_example_may_have_any_name(mock: Mock) -> None:
    assert draft(mock, f"&example={quote(KITTEN)}")["body"]["id"] == 2


def test_a_draft_without_an_example_is_generated_by_the_seed(mock: Mock) -> None:
    first, again, other = (draft(mock, f"&seed={seed}")["body"] for seed in "aab")
    assert first == again != other
    assert set(first) == {"id", "name"}


def test_a_draft_has_the_media_type_that_was_asked_for(mock: Mock) -> None:
    made = draft(mock, "&media_type=text/plain")
    assert made["media_type"] == "text/plain"
    assert isinstance(made["body"], str)


def test_a_draft_of_a_status_without_a_body_has_none(mock: Mock) -> None:
    assert draft(mock, "&status=410") == {"operation": "set_pet", "status": 410}


@pytest.mark.parametrize("query", ["", "&example=cat", "&status=410", "&media_type=text/plain"])
def test_every_draft_is_a_stub_that_the_contract_allows(mock: Mock, query: str) -> None:
    made = draft(mock, query)
    assert call(mock, "POST", "/_mock/stubs/check", json=made)["operation"] == "set_pet"


def test_a_draft_of_what_is_not_declared_says_what_is(mock: Mock) -> None:
    assert "it declares 200, 410" in draft(mock, "&status=404", 404)["detail"]
    assert draft(mock, "&media_type=image/png", 406)["status"] == 406
    (missing,) = wrong(mock, "GET", "/_mock/stubs/draft?operation=set_pets")
    assert missing.startswith("no operation of the contract has the id set_pets; did you mean")


def test_a_checked_stub_is_not_added(mock: Mock) -> None:
    stub = {"operation": "set_pet", "status": 200, "body": MINKA}
    call(mock, "POST", "/_mock/stubs/check", json=stub)
    assert call(mock, "GET", "/_mock/stubs") == {"stubs": []}


def test_a_check_says_all_that_the_contract_forbids(mock: Mock) -> None:
    body = {"operation": "set_pet", "status": 200, "body": {"id": "one"}}
    problem = call(mock, "POST", "/_mock/stubs/check", 422, json=body)
    assert len(problem["validation"]) == 2
    assert all(v["location"][:3] == ["request", "body", "body"] for v in problem["validation"])


# Exchanges as code


def code(mock: Mock, id: int = 1) -> Any:
    return call(mock, "GET", f"/_mock/exchanges/{id}/code")


def test_the_line_for_curl_sends_the_same_request(mock: Mock) -> None:
    mock.post(PATH, json={"id": 7, "name": "O'Hara"}, headers={"X-Own": "mine"})
    done = subprocess.run(code(mock)["curl"], shell=True, capture_output=True, check=True)
    assert b"200 OK" in done.stdout
    first, second = mock.exchanges
    assert first[3:7] == second[3:7]
    assert first.request_body == second.request_body
    assert (b"x-own", b"mine") in [(n.lower(), v) for n, v in second.request_headers]


def test_the_test_passes_as_it_stands(mock: Mock, pytester: pytest.Pytester) -> None:
    mock.post(PATH, json={"id": 7, "name": "O'Hara"})
    stub = {"operation": "set_pet", "name": "one", "status": 410}
    call(mock, "POST", "/_mock/stubs", 201, json=stub)
    mock.post(PATH, json={"id": 7, "name": "O'Hara"})
    mock.post("/pets/minka", json={"id": "7"})
    mock.get("/nowhere")
    texts = [code(mock, id)["pytest"] for id in (1, 2, 3, 4)]
    assert "mock_api.reply(" in texts[1] and "allow_violations" in texts[2]
    pytester.makepyfile(**{f"test_{n}": text for n, text in enumerate(texts)})
    (pytester.path / "openapi.yaml").write_text(
        mock.client.get("/openapi.json").text, encoding="utf-8"
    )
    pytester.makepyprojecttoml('[tool.mock-server]\ndocument = "openapi.yaml"\n')
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=4)


def test_a_secret_is_in_none_of_the_code(mock: Mock) -> None:
    mock.post(PATH, json=MINKA, headers={"Authorization": "Bearer very-secret"})
    told = code(mock)
    assert "very-secret" not in json.dumps(told)
    ast.parse(told["pytest"])


def test_an_exchange_becomes_a_stub_for_the_same_path(mock: Mock) -> None:
    mock.post(PATH, json=MINKA)
    stub = code(mock)["stub"]
    assert stub == {
        "operation": "set_pet",
        "when": {"path": {"id": 7}},
        "status": 200,
        "headers": {"X-Count": "3"},
        "media_type": "application/json",
        "body": MINKA,
    }
    call(mock, "POST", "/_mock/stubs", 201, json=stub)
    assert mock.post("/pets/7", json=MINKA).headers["mock-source"] == "stub:stub-1"
    assert mock.post("/pets/8", json=MINKA).headers["mock-source"] == "example:cat"


def test_what_no_operation_answered_is_no_stub(mock: Mock) -> None:
    mock.get("/nowhere")
    assert code(mock)["stub"] is None


def test_code_of_a_body_that_was_kept_in_part_is_null(serve: Serve) -> None:
    mock = serve(PETS)
    mock.post(PATH, json={"id": 1, "name": "a" * 70_000})
    told = code(mock)
    assert (told["curl"], told["pytest"]) == (None, None)


# Summaries, places, examples


def summaries(mock: Mock, count: int, after: int = 0) -> list[Any]:
    def events() -> Iterator[Any]:
        headers = {"Last-Event-ID": str(after)}
        with mock.client.stream("GET", "/_mock/exchanges/summaries", headers=headers) as stream:
            for line in stream.iter_lines():
                if line.startswith("data:"):
                    yield json.loads(line.removeprefix("data:"))

    found = events()
    return [next(found) for _ in range(count)]


def test_summaries_begin_with_what_the_journal_holds(mock: Mock) -> None:
    mock.post(PATH, json=MINKA)
    mock.post("/pets/minka?access_token=very-secret", json=MINKA)
    first, second = summaries(mock, 2)
    assert first["id"] == 1 and first["operation"] == "set_pet" and first["status"] == 200
    assert first["source"] == "example:cat" and first["violations"] == 0
    assert second["violations"] == 1 and second["query"] == "access_token=***"
    assert set(first) == {
        *("id", "started", "seconds", "operation", "method", "path", "query", "status"),
        *("source", "violations", "fault"),
    }
    assert [one["id"] for one in summaries(mock, 1, after=1)] == [2]


def test_an_explanation_says_where_the_broken_rule_stands(serve: Serve, tmp_path: Any) -> None:
    (tmp_path / "things.yaml").write_text(
        "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n  /a:\n    get:\n"
        "      operationId: a\n      parameters:\n        - name: n\n          in: query\n"
        "          schema:\n            type: integer\n"
        "      responses: {'200': {description: ok}}\n"
    )
    mock = serve(tmp_path / "things.yaml")
    mock.get("/a?n=x")
    (violation,) = call(mock, "GET", "/_mock/exchanges/1/explanation")["violations"]
    assert violation["place"] == {"file": "things.yaml", "line": 11, "column": 19}


def test_the_contract_lists_the_examples_of_replies(mock: Mock) -> None:
    (operation,) = call(mock, "GET", "/_mock/contract")["operations"]
    assert operation["examples"] == [
        {"status": "200", "media_type": "application/json", "name": name}
        for name in ("cat", KITTEN)
    ]
