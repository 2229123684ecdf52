"""Operations on one path, distinguished by the request; a slash at the end is accepted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.control import call
from tests.helpers.proxied import Pass
from tests.helpers.running import Mock, Serve, document_text, json_of, thing
from tests.helpers.service import json_reply


def talking(**stream: Any) -> dict[str, Any]:
    schema = {"type": "object", "required": ["q"], "properties": {"q": {"type": "string"}}}
    schema["properties"] |= stream  # type: ignore[operator]
    return {"required": True, **json_of(schema | {"required": ["q", *(["s"] if stream else [])]})}


def answering(name: str, body: Any = None, **more: Any) -> dict[str, Any]:
    own = {"requestBody": body} if body else {}
    item: dict[str, Any] = thing({"200": json_of(True, example=name)}, "post", **more, **own)
    return dict(item["/thing"])


PLAIN = talking()
PLAIN["content"]["application/json"]["schema"]["properties"]["s"] = {"enum": [False]}
PATHS = {
    "/talk": answering("plain", PLAIN, operationId="plain"),
    "/talk#stream": answering("stream", talking(s={"enum": [True]}), operationId="stream"),
}


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(
    ("body", "operation"),
    [
        ({"q": "x"}, "plain"),
        ({"q": "x", "s": False}, "plain"),
        ({"q": "x", "s": True}, "stream"),
        pytest.param({"q": 1, "s": True}, "stream", id="nearest, though it doesn't fit"),
        pytest.param({}, "plain", id="fits neither"),
    ],
)
def test_of_paths_that_differ_in_a_fragment_the_one_whose_request_fits_answers(
    serve: Serve, body: dict[str, Any], operation: str, order: int
) -> None:
    mock = serve(dict(list(PATHS.items())[::order]))
    reply = mock.post("/talk", json=body, headers={"Prefer": "explain"})
    assert mock.exchanges[-1].operation == operation
    assert (
        "of /talk, /talk#stream the request fits this one best"
        in (reply.headers["mock-explanation"])
    )
    assert reply.json() == operation or reply.status_code == 422


def test_the_explanation_is_of_the_operation_that_answered(serve: Serve) -> None:
    mock = serve(PATHS)
    mock.post("/talk", json={"q": "x", "s": True})
    route = call(mock, "GET", "/_mock/exchanges/1/explanation")["route"]
    assert route["operation"] == "stream"
    assert route["notes"] == ["of /talk, /talk#stream the request fits this one best"]


def test_each_has_variables_of_its_own_name(serve: Serve) -> None:
    def item(name: str, kind: str) -> dict[str, Any]:
        where = {"name": name, "in": "path", "required": True, "schema": {"type": kind}}
        return answering(name, parameters=[where], operationId=name)

    mock = serve({"/t/{a}": item("a", "integer"), "/t/{b}#x": item("b", "boolean")})
    assert [mock.post(f"/t/{value}").json() for value in ("1", "true")] == ["a", "b"]


@pytest.mark.parametrize(
    ("query", "body", "operation"),
    [
        ("?x=1", {"q": "a", "s": True}, "queried"),
        ("", {"q": "a"}, "plain"),
        pytest.param("?x=1", {"q": "a"}, "plain", id="the query alone doesn't make it fit"),
        pytest.param("?x=2", {"q": "a", "s": True}, "plain", id="another query"),
    ],
)
def test_of_paths_that_differ_in_a_query_the_one_whose_request_fits_answers(
    serve: Serve, query: str, body: dict[str, Any], operation: str
) -> None:
    queried = answering("queried", talking(s={"enum": [True]}), operationId="queried")
    mock = serve({"/talk": PATHS["/talk"], "/talk?x=1": queried})
    mock.post(f"/talk{query}", json=body)
    assert mock.exchanges[-1].operation == operation


def test_the_proxy_judges_by_the_one_that_fits(proxy: Pass) -> None:
    passed = proxy(document_text(PATHS), lambda seen, connection: json_reply(b"1"))
    reply = passed.client.post("/talk", json={"q": "x", "s": True})
    assert "mock-violations" not in reply.headers
    assert passed.last.operation == "stream"


def test_coverage_counts_the_one_that_answered(serve: Serve) -> None:
    mock = serve(PATHS)
    mock.post("/talk", json={"q": "x", "s": True})
    parts = call(mock, "GET", "/_mock/coverage")["parts"]
    met = {part["operation"]: part["met"] for part in parts if part["kind"] == "operations"}
    assert met == {"plain": False, "stream": True}


# The slash at the end


def getting(*paths: str) -> dict[str, Any]:
    return {
        path: thing({"200": json_of(True, example=path)}, operationId=path)["/thing"]
        for path in paths
    }


def word(mock: Mock, path: str) -> Any:
    reply = mock.get(path)
    return reply.json() if reply.status_code == 200 else reply.status_code


@pytest.mark.parametrize(
    ("known", "asked"),
    [
        ("/a", "/a/"),
        ("/a/", "/a"),
        ("/a/b", "/a/b/"),
        ("/docsets", "/docsets/"),
        ("/_mocks", "/_mocks/"),
    ],
)
def test_a_slash_too_many_or_too_few_is_forgiven_and_told(
    serve: Serve, known: str, asked: str
) -> None:
    mock = serve(getting(known))
    told = f"the document has {known}; the slash at the end is forgiven"
    reply = mock.get(asked, headers={"Prefer": "explain"})
    assert reply.json() == known and told in reply.headers["mock-explanation"]
    assert call(mock, "GET", "/_mock/exchanges/1/explanation")["route"]["notes"] == [told]
    assert mock.exchanges[0].path == asked
    exact = mock.get(known, headers={"Prefer": "explain"})
    assert "slash" not in exact.headers["mock-explanation"]


def test_paths_that_it_tells_apart_stay_apart(serve: Serve) -> None:
    mock = serve(getting("/a", "/a/"))
    assert (word(mock, "/a"), word(mock, "/a/")) == ("/a", "/a/")


def test_another_method_of_the_very_path_is_no_reason_to_forgive(serve: Serve) -> None:
    paths = getting("/a", "/a/")
    paths["/a/"] = {"post": paths["/a/"]["get"]}
    assert serve(paths).get("/a/").status_code == 405


def test_a_method_that_the_path_lacks_is_told_with_those_it_has(serve: Serve) -> None:
    reply = serve(getting("/a")).post("/a/")
    assert (reply.status_code, reply.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_one_slash_is_forgiven_and_no_more(serve: Serve) -> None:
    mock = serve(getting("/a"))
    assert [word(mock, path) for path in ("/a//", "/a/b", "//a")] == [404, 404, 404]


def test_a_variable_is_never_empty(serve: Serve) -> None:
    parameter = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    paths = getting("/a/{id}")
    paths["/a/{id}"]["get"]["parameters"] = [parameter]
    mock = serve(paths)
    assert [word(mock, path) for path in ("/a/", "/a/1/")] == [404, "/a/{id}"]


def test_the_base_path_alone_is_the_root_below_it(serve: Serve) -> None:
    mock = serve({"servers": [{"url": "/v1"}], **getting("/")})
    assert [word(mock, path) for path in ("/v1", "/v1/", "/")] == ["/", "/", "/"]


def test_what_stands_beside_the_contract_is_not_taken_from_it(serve: Serve) -> None:
    mock = serve(getting("/_mock/health/", "/openapi.json/"))
    assert mock.get("/_mock/health").json()["status"] == "ok"
    assert mock.get("/openapi.json").json()["openapi"] == "3.1.0"
