"""Whether a client kept to the contract, in lines that a person reads."""

from __future__ import annotations

from mock_server.sessions.compliance import MOST_BREACHES, Verdict
from tests.helpers.running import Mock, Serve, thing

LIMIT = {"name": "limit", "in": "query", "schema": {"type": "integer"}}
THING = thing({"204": {}}, parameters=[LIMIT])


def verdict_of(mock: Mock) -> Verdict:
    verdict = Verdict()
    for exchange in mock.exchanges:
        verdict.add(exchange)
    return verdict


def test_no_requests_break_nothing() -> None:
    verdict = Verdict()
    assert (verdict.lines(), verdict.is_broken) == (["No requests."], False)


def test_requests_that_keep_to_the_contract_are_counted(serve: Serve) -> None:
    mock = serve(THING)
    mock.get("/thing?limit=1")
    mock.get("/docs/")
    mock.get("/_mock/health")
    verdict = verdict_of(mock)
    assert verdict.lines() == ["1 request, none broke the contract."]
    assert not verdict.is_broken


def test_each_breach_is_told_once_with_its_request_and_its_rule(serve: Serve) -> None:
    mock = serve(THING)
    for query in ("limit=a", "limit=a", "limit=2"):
        mock.get(f"/thing?{query}")
    mock.post("/thing")
    label = mock.app.parts.contract.documents.root.label
    verdict = verdict_of(mock)
    assert verdict.is_broken
    assert verdict.lines() == [
        "4 requests, 2 broke the contract, 1 led to no operation.",
        "  thing: GET /thing?limit=a (2 times)",
        '    limit in the query is a string, "a"; expected an integer'
        f" (rule {label}#/paths/~1thing/get/parameters/0/schema/type)",
        "  no operation: POST /thing",
        "    /thing knows GET, HEAD, OPTIONS, not POST.",
    ]


def test_an_answer_that_was_given_all_the_same_is_a_breach(serve: Serve) -> None:
    mock = serve(THING, lenient=True)
    assert mock.get("/thing?limit=a").status_code == 204
    assert verdict_of(mock).summary == "1 request, 1 broke the contract."


def test_what_the_mock_itself_does_wrong_is_no_breach(serve: Serve) -> None:
    mock = serve(THING, handlers="def thing():\n    return 'a body'\n")
    assert mock.get("/thing").status_code == 500
    assert mock.exchanges[0].reply is not None and mock.exchanges[0].reply.violations
    assert not verdict_of(mock).is_broken


def test_of_very_many_breaches_the_rest_is_counted(serve: Serve) -> None:
    mock = serve(THING)
    for number in range(MOST_BREACHES + 3):
        mock.get(f"/thing?limit=a{number}")
    lines = verdict_of(mock).lines()
    assert len(lines) == 1 + 2 * MOST_BREACHES + 1
    assert lines[-1] == "  and 3 more"
