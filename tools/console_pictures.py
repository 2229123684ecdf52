"""Take the pictures of the console that the docs show: `python -m tools.console_pictures`.

It needs chromium and chromedriver, as the tests of pages do.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import httpx
from selenium.webdriver.common.keys import Keys

from mock_server.app import create_app
from mock_server.server import BackgroundServer
from mock_server.settings import Settings
from tests.helpers.browser import Page, browser
from tests.helpers.running import HANDBOOK, LATEST, until

PICTURES = Path(__file__).parent.parent / "docs" / "guides" / "pictures"
WINDOW = {"width": 1200, "height": 760, "deviceScaleFactor": 1, "mobile": False}
PHONE = {"width": 390, "height": 760, "deviceScaleFactor": 1, "mobile": True}


def take() -> None:
    """Serve the shipped contract, send it sample requests, and take each picture."""
    PICTURES.mkdir(exist_ok=True)
    app = create_app(Settings(reload=False))
    with (
        BackgroundServer(app) as server,
        tempfile.TemporaryDirectory() as profile,
        browser(Path(profile)) as page,
    ):
        _ask(server.url)
        _traffic(page, server.url)
        _operations(page)


def _ask(url: str) -> None:
    bodies = [{"object_keys": ["README.md"]}, {"object_keys": "README.md"}, {"object_keys": []}]
    with httpx.Client(base_url=url) as client:
        for body in (*bodies, *bodies[:1]):
            client.post(LATEST, json=body)
        client.get(f"/api/v1/sources/{HANDBOOK}")
        client.post(LATEST, json=bodies[1])


def _traffic(page: Page, url: str) -> None:
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", WINDOW)
    page.open(f"{url}/_mock/")
    until(lambda: len(page.all("[role=option]")) == 6, "the traffic")
    page.the("#list").send_keys(Keys.HOME)
    page.the("#exchange table")
    _save(page, "console-traffic")


def _operations(page: Page) -> None:
    page.the("#tab-operations").click()
    page.the("summary").click()
    page.the("details .buttons button").click()
    until(lambda: "allows it" in page.the("#editor-verdict").text, "the verdict")
    _save(page, "console-operations")
    dark = [{"name": "prefers-color-scheme", "value": "dark"}]
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": dark})
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    page.the("#tab-traffic").click()
    until(lambda: page.all("[role=option]"), "the traffic")
    _save(page, "console-phone")


def _save(page: Page, name: str) -> None:
    page.driver.save_screenshot(str(PICTURES / f"{name}.png"))


if __name__ == "__main__":
    take()
