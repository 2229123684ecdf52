"""The docs page in a real browser: it shows the contract, tries it out, and asks no other host."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers.browser import Page
from tests.helpers.running import LATEST, Mock, Serve, until

ARCHIVE = "178bda33-35fe-4b59-b46c-5e0d4e75d9d0"


def test_the_page_shows_the_contract_and_tries_its_operation_out(page: Page, serve: Serve) -> None:
    mock = serve()
    page.open(f"{mock.url}/docs")
    assert page.the(".opblock-summary-method").text == "POST"
    assert page.the(".info .title").text.startswith("Chroma Sync Service")
    assert "latest-by-keys" in page.the(".opblock-summary-path").text.replace("\u200b", "")

    page.the(".opblock-summary-control").click()
    page.fill(".parameters input", ARCHIVE)
    page.fill("textarea.body-param__text", '{"object_keys": ["SE", "no such key"]}')
    page.the(".execute").click()
    assert page.the(".live-responses-table .response .response-col_status").text.startswith("200")
    shown = json.loads(page.the(".live-responses-table .highlight-code code").text)

    (tried,) = [e for e in mock.exchanges if e.method == "POST"]
    assert tried.path == LATEST.replace(LATEST.split("/")[4], ARCHIVE)
    assert tried.reply is not None and tried.reply.source == "handler"
    assert shown == json.loads(tried.reply.body)
    assert list(shown) == ["SE"]
    assert page.hosts() == {mock.url}
    assert page.errors() == []


ELSEWHERE = "http://elsewhere.test"
LEADING_AWAY = {
    "info": {
        "title": "</title><script>document.title = 'run'</script>",
        "version": "1",
        "description": f"![logo]({ELSEWHERE}/a.png) <img src='{ELSEWHERE}/b.png'>",
    },
    "servers": [{"url": ELSEWHERE}],
    "/away": {
        "servers": [{"url": ELSEWHERE}],
        "get": {
            "operationId": "away",
            "servers": [{"url": f"{ELSEWHERE}/base"}],
            "responses": {
                "200": {
                    "description": "ok",
                    "content": {"application/json": {"schema": {"$ref": f"{ELSEWHERE}/s.json"}}},
                }
            },
        },
    },
}


def test_wherever_the_contract_leads_no_other_host_is_asked(page: Page, serve: Serve) -> None:
    mock = serve(LEADING_AWAY)
    page.open(f"{mock.url}/docs")
    page.the(".opblock-summary-control").click()
    page.the(".execute").click()
    assert page.the(".live-responses-table .response .response-col_status").text[:3].isdecimal()
    assert [e.operation for e in mock.exchanges if e.operation] == ["away"]
    assert page.driver.title == f"{LEADING_AWAY['info']['title']} · mock-server"  # type: ignore[index]
    assert page.hosts() == {mock.url}


THING = {"/thing": {"get": {"summary": "A thing", "responses": {"200": {"description": "ok"}}}}}


@pytest.mark.parametrize("version", ["3.0.4", "3.1.1", "3.2.0"])
def test_documents_of_every_version_are_shown(version: str, page: Page, serve: Serve) -> None:
    mock: Mock = serve({"openapi": version, **THING})
    page.open(f"{mock.url}/docs")
    assert page.the(".opblock-summary-description").text == "A thing"
    assert page.errors() == []


def test_a_document_of_webhooks_alone_is_shown(page: Page, serve: Serve) -> None:
    info = {"title": "Things", "version": "1"}
    webhooks = {"thing": THING["/thing"]}
    mock = serve(json.dumps({"openapi": "3.1.0", "info": info, "webhooks": webhooks}))
    page.open(f"{mock.url}/docs")
    assert page.the(".opblock-summary-description").text == "A thing"
    assert page.errors() == []


SPLIT = Path(__file__).parents[1] / "contracts" / "split" / "openapi.yaml"


def test_a_document_in_several_files_is_shown_and_tried_out(page: Page, serve: Serve) -> None:
    mock = serve(SPLIT)
    page.open(f"{mock.url}/docs")
    page.the(".opblock-summary-control").click()
    page.fill("input[placeholder='id']", "7")
    page.the(".execute").click()
    until(lambda: mock.exchanges and mock.exchanges[-1].operation == "get_pet", "the reply")
    assert page.the(".response .response-col_status").text.startswith("200")
    assert page.errors() == []


@pytest.mark.parametrize("name", ["localhost", "app.localhost"])
@pytest.mark.parametrize("prefix", ["", "/_session/a"])
def test_it_works_under_every_name_of_this_machine_and_in_a_session(
    page: Page, serve: Serve, name: str, prefix: str
) -> None:
    mock = serve(THING)
    own = mock.url.replace("127.0.0.1", name)
    page.open(f"{own}{prefix}/docs")
    assert page.the(".opblock-summary-description").text == "A thing"
    page.the(".opblock-summary-control").click()
    page.the(".execute").click()
    assert page.the(".live-responses-table .response .response-col_status").text.startswith("200")
    session = "a" if prefix else ""
    assert [e.operation for e in mock.exchanges_of(session) if e.operation] == ["GET /thing"]
    assert page.errors() == []
    assert page.hosts() == {own}


@pytest.mark.parametrize("name", ["%22%3E%3Cb%3E", "';b", "%3C%2Fscript%3E%3Cb%3E"])
def test_the_name_of_a_session_is_no_part_of_the_page_s_code(serve: Serve, name: str) -> None:
    reply = serve(THING).get(f"/_session/{name}/docs/")
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "<b>" not in reply.text and "';b" not in reply.text
