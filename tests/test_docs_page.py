"""The docs page in a real browser: it shows the contract, tries it out, and asks no other host."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.running import LATEST, Mock, Serve, until

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
REQUIRED = os.environ.get("MOCK_SERVER_TEST_BROWSER") == "required"
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1200,3000",
)


@dataclass(frozen=True)
class Page:
    """What the browser shows, and what it asked for to show it."""

    driver: webdriver.Chrome

    def open(self, url: str) -> None:
        self._entries("performance")
        self._entries("browser")
        self.driver.get(url)

    def all(self, css: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def the(self, css: str) -> WebElement:
        """The first element of those; it may take a while to be there."""
        until(lambda: self.all(css), css)
        return self.all(css)[0]

    def fill(self, css: str, text: str) -> None:
        self.the(css).send_keys(Keys.CONTROL, "a")
        self.the(css).send_keys(text)

    def _entries(self, kind: str) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.driver.get_log(kind)  # type: ignore[no-untyped-call]
        return entries

    def hosts(self) -> set[str]:
        """Those that were asked since the page was opened; what its policy stops isn't asked."""
        messages = [json.loads(e["message"])["message"] for e in self._entries("performance")]
        named: dict[str, list[dict[str, Any]]] = {}
        for message in messages:
            named.setdefault(message["method"], []).append(message["params"])
        failed = named.get("Network.loadingFailed", [])
        stopped = {event["requestId"] for event in failed if event.get("blockedReason") == "csp"}
        sent = [e for e in named["Network.requestWillBeSent"] if e["requestId"] not in stopped]
        urls = [httpx.URL(event["request"]["url"]) for event in sent]
        own = ("chrome", "data", "blob")  # of the browser, or of the page itself
        return {f"{url.scheme}://{url.netloc.decode()}" for url in urls if url.scheme not in own}

    def errors(self) -> list[str]:
        """What the console holds against the page."""
        return [e["message"] for e in self._entries("browser") if e["level"] == "SEVERE"]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    if BROWSER is None or DRIVER is None:
        assert not REQUIRED, "no chromium and chromedriver, and here the browser may not be missing"
        pytest.skip("no chromium and chromedriver on this machine")
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('browser')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    try:
        yield Page(driver)
    finally:
        driver.quit()


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


SPLIT = Path(__file__).parent / "contracts" / "split" / "openapi.yaml"


def test_a_document_in_several_files_is_shown_and_tried_out(page: Page, serve: Serve) -> None:
    mock = serve(SPLIT)
    page.open(f"{mock.url}/docs")
    page.the(".opblock-summary-control").click()
    page.fill("input[placeholder='id']", "7")
    page.the(".execute").click()
    until(lambda: mock.exchanges and mock.exchanges[-1].operation == "get_pet", "the reply")
    assert page.the(".response .response-col_status").text.startswith("200")
    assert page.errors() == []
