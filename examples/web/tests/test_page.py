"""The pages in a browser: one follows an invocation by the mock's clock, one shows an order."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from mock_server.pytest_plugin.mock_api import MockApi

OPERATION = "latest_invocations_by_keys"
HANDBOOK = "3b241101-e2bb-4255-8caf-4136c566a962"
ARCHIVE = "178bda33-35fe-4b59-b46c-5e0d4e75d9d0"
SECONDS = 20

Follow = Callable[[str, str], None]
Shows = Callable[[str], None]
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Quiet(SimpleHTTPRequestHandler):
    """A handler that serves files and logs nothing."""

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """Serve the page's folder, and yield its address."""
    folder = str(Path(__file__).parent.parent)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Yield Chromium or Chrome, with a profile of its own."""
    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or shutil.which("google-chrome") or ""
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    driver = Chrome(options=options, service=Service(shutil.which("chromedriver")))
    yield driver
    driver.quit()


@pytest.fixture
def follow(browser: Chrome, site: str, mock_api: MockApi) -> Iterator[Follow]:
    """Yield a function that opens the page for a key of a source; the mock's clock stands still."""
    mock_api.clock.freeze()

    def open_page(source: str, key: str) -> None:
        asked = {"api": mock_api.url, "source": source, "key": key, "every": 20}
        browser.get(f"{site}/index.html?{urlencode(asked)}")

    yield open_page
    browser.get("about:blank")  # it asks no more


@pytest.fixture
def shows(browser: Chrome) -> Shows:
    """Return a function that waits until the page shows a text."""

    def wait(text: str) -> None:
        what = f"the page never showed {text!r}"
        WebDriverWait(browser, SECONDS, 0.01).until(
            lambda _: text in browser.find_element(By.ID, "state").text, what
        )

    return wait


def test_an_invocation_is_followed_until_it_is_complete(
    follow: Follow, shows: Shows, mock_api: MockApi
) -> None:
    follow(HANDBOOK, "polling/complete.md")
    shows("pending")
    mock_api.clock.advance("2s")
    shows("processing")
    mock_api.clock.advance("4s")
    shows("complete after 4 s")


def test_an_invocation_that_failed_says_why(
    follow: Follow, shows: Shows, mock_api: MockApi
) -> None:
    follow(HANDBOOK, "polling/failed.md")
    shows("pending")
    mock_api.clock.advance("1h")
    shows("failed: GitHub answered 502 while fetching polling/failed.md")


def test_a_service_that_is_away_is_asked_again(
    follow: Follow, shows: Shows, mock_api: MockApi
) -> None:
    mock_api.fault("503; next=2", operation=OPERATION)
    follow(HANDBOOK, "polling/complete.md")
    shows("pending")
    asked = [e for e in mock_api.exchanges if e.operation == OPERATION]
    assert [e.reply.status for e in asked[:3] if e.reply] == [503, 503, 200]


def test_an_error_of_the_service_is_shown_in_its_words(follow: Follow, shows: Shows) -> None:
    follow("00000000-0000-4000-8000-000000000403", "SE")
    shows("This API key may not read the invocations of this source.")


def test_a_key_that_was_never_synced_is_told(follow: Follow, shows: Shows) -> None:
    follow(ARCHIVE, "no such key")
    shows("It was never synced.")


def amounts(browser: Chrome, place: str) -> list[list[str]]:
    """Return the cells of the rows in a part of the table."""
    rows = browser.find_elements(By.CSS_SELECTOR, f"#{place} tr")
    return [[cell.text for cell in row.find_elements(By.TAG_NAME, "td")] for row in rows]


def cents(text: str) -> int:
    """Return the cents of an amount such as `12.50 EUR`."""
    return round(float(text.split()[0]) * 100)


@pytest.mark.mock_api(document="shop.yaml")
@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_order_on_the_page_adds_up(
    browser: Chrome, site: str, mock_api: MockApi, number: int
) -> None:
    browser.get(f"{site}/order.html?{urlencode({'api': mock_api.url, 'id': number})}")
    title = browser.find_element(By.ID, "title")
    WebDriverWait(browser, SECONDS, 0.01).until(lambda _: title.text.startswith("Order"))
    lines, sums = amounts(browser, "lines"), amounts(browser, "sums")
    for _, quantity, price, total in lines:
        assert int(quantity) * cents(price) == cents(total)
    subtotal, tax, shipping, whole = (cents(row[-1]) for row in sums)
    assert subtotal == sum(cents(line[-1]) for line in lines)
    assert whole == subtotal + tax + shipping
    assert len({row[-1].split()[1] for row in (*lines, *sums)}) == 1
