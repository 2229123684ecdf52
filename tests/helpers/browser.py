"""A real browser without a window, and the requests that it sent."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
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

from tests.helpers.running import until

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
    """The page that the browser shows, and the requests that it sent for it."""

    driver: webdriver.Chrome

    def open(self, url: str) -> None:
        self._entries("performance")
        self._entries("browser")
        self.driver.get(url)

    def all(self, css: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def the(self, css: str) -> WebElement:
        """Return the first element of those; it may take a while to be there."""
        until(lambda: self.all(css), css)
        return self.all(css)[0]

    def fill(self, css: str, text: str) -> None:
        self.the(css).send_keys(Keys.CONTROL, "a")
        self.the(css).send_keys(text)

    def _entries(self, kind: str) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.driver.get_log(kind)  # type: ignore[no-untyped-call]
        return entries

    def hosts(self) -> set[str]:
        """Return the hosts asked since the page was opened; the page's policy stops others."""
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
        """Return what the console holds against the page."""
        return [e["message"] for e in self._entries("browser") if e["level"] == "SEVERE"]


@contextmanager
def browser(profile: Path, *flags: str) -> Iterator[Page]:
    """Yield a browser with a profile of its own; skip the test if there is none."""
    if BROWSER is None or DRIVER is None:
        assert not REQUIRED, "no chromium and chromedriver, and here the browser may not be missing"
        pytest.skip("no chromium and chromedriver on this machine")
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for flag in (*FLAGS, *flags, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    try:
        yield Page(driver)
    finally:
        driver.quit()
