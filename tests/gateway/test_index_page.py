"""The page at `/`, which a browser gets; other clients get the contract's reply."""

from __future__ import annotations

from tests.helpers.running import Serve, document_text, json_of, thing

BROWSER = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}


def test_a_browser_at_the_root_gets_links_to_docs_document_and_exchanges(serve: Serve) -> None:
    mock = serve(document_text(thing({"200": json_of({})})))
    reply = mock.get("/", headers=BROWSER)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
    for path in ("/docs", "/openapi.yaml", "/_mock/exchanges"):
        assert f'href="{path}"' in reply.text
    assert mock.get("/", headers={"Accept": "application/json"}).status_code == 404
    assert mock.post("/", headers=BROWSER).status_code == 404


def test_a_contract_that_has_the_root_itself_wins(serve: Serve) -> None:
    paths = {"/": thing({"200": json_of({}, example=1)})["/thing"]}
    assert serve(document_text(paths)).get("/", headers=BROWSER).text == "1"


def test_a_title_is_shown_as_text(serve: Serve) -> None:
    mock = serve('{"openapi": "3.1.0", "info": {"title": "<b>", "version": "<i>"}, "paths": {}}')
    assert "&lt;b&gt;" in mock.get("/", headers=BROWSER).text
    assert "<i>" not in mock.get("/", headers=BROWSER).text
