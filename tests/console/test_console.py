"""The console in a real browser: what it shows, what it changes, and who can use it."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import httpx
import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from mock_server.sessions import Received
from tests.helpers.browser import Page
from tests.helpers.control import call
from tests.helpers.running import Mock, Serve, until

PETS: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Pets", "version": "1"},
    "paths": {
        "/pets/{id}": {
            "get": {
                "operationId": "get_pet",
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}},
                    {"name": "note", "in": "query", "schema": {"type": "string"}},
                ],
                "responses": {
                    "200": {
                        "description": "The pet",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "required": ["id", "name"],
                                    "properties": {
                                        "id": {"type": "integer"},
                                        "name": {"type": "string"},
                                    },
                                },
                                "examples": {
                                    "cat": {"value": {"id": 1, "name": "Minka"}},
                                    "dog": {"value": {"id": 2, "name": "Rex"}},
                                },
                            }
                        },
                    },
                    "410": {
                        "description": "None",
                        "content": {"application/json": {"schema": {"type": "object"}}},
                    },
                },
            }
        }
    },
}


@pytest.fixture
def mock(serve: Serve) -> Mock:
    return serve(json.dumps(PETS))


def opened(page: Page, mock: Mock, fragment: str = "") -> None:
    page.open("about:blank")  # another fragment alone loads no page anew
    page.open(f"{mock.url}/_mock/{fragment}")


def rows(page: Page) -> list[str]:
    """Return the rows in sight, from the top; the page may draw them anew meanwhile."""
    script = """return [...document.querySelectorAll('[role=option]')]
        .sort((a, b) => a.getAttribute('aria-posinset') - b.getAttribute('aria-posinset'))
        .map((row) => row.textContent)"""
    found: list[str] = page.driver.execute_script(script)
    return found


def text_of(page: Page, css: str) -> str:
    script = "return document.querySelector(arguments[0])?.textContent ?? ''"
    return str(page.driver.execute_script(script, css))


def shows(page: Page, css: str, text: str) -> None:
    until(lambda: text in text_of(page, css), f"{css} shows {text}")


def press(page: Page, text: str) -> None:
    """Press the first button in sight with that text."""
    script = """return [...document.querySelectorAll('button')].find((one) =>
        one.textContent === arguments[0] && one.offsetParent && !one.disabled)"""
    found: list[Any] = []

    def is_there() -> bool:
        found[:] = [page.driver.execute_script(script, text)]
        return found[0] is not None

    until(is_there, f"a button {text}")
    page.driver.execute_script("arguments[0].click()", found[0])


def tab(page: Page, name: str) -> None:
    page.the(f"#tab-{name}").click()


def first(page: Page) -> None:
    """Choose the newest exchange."""
    until(lambda: bool(rows(page)), "an exchange")
    page.the("#list").send_keys(Keys.HOME)


# Traffic


def test_exchanges_appear_as_they_happen_the_newest_first(page: Page, mock: Mock) -> None:
    mock.get("/pets/1")
    opened(page, mock)
    until(lambda: len(rows(page)) == 1, "what the journal held")
    mock.get("/pets/minka")
    until(lambda: len(rows(page)) == 2, "what came since")
    newest, oldest = rows(page)
    assert "/pets/minka" in newest and "422" in newest and "1 violation" in newest
    assert "/pets/1" in oldest and "200" in oldest and "example:cat" in oldest
    assert page.hosts() == {mock.url}
    assert page.errors() == []


@pytest.mark.parametrize(
    ("css", "wanted", "left"),
    [
        ("#filter-operation", "get_pet", {"/pets/1", "/pets/2", "/pets/minka"}),
        ("#filter-status", "2XX", {"/pets/1", "/pets/2"}),
        ("#filter-status", "4XX", {"/pets/minka", "/nowhere"}),
        ("#filter-source", "refusal", {"/pets/minka", "/nowhere"}),
    ],
)
def test_the_traffic_is_filtered(
    page: Page, mock: Mock, css: str, wanted: str, left: set[str]
) -> None:
    for path in ("/pets/1", "/pets/2", "/pets/minka", "/nowhere"):
        mock.get(path)
    opened(page, mock)
    until(lambda: len(rows(page)) == 4, "all")
    Select(page.the(css)).select_by_visible_text(wanted)
    until(lambda: len(rows(page)) == len(left), "those that are left")
    assert all(any(path in row for row in rows(page)) for path in left)


def test_the_traffic_is_filtered_by_violations_path_and_session(page: Page, mock: Mock) -> None:
    for path in ("/pets/1", "/pets/minka"):
        mock.get(path)
    mock.client.get("/pets/3", headers={"Mock-Session": "one"})
    opened(page, mock)
    until(lambda: len(rows(page)) == 2, "those of the main session")
    page.the("#filter-violations").click()
    until(lambda: len(rows(page)) == 1, "the violation")
    assert "/pets/minka" in rows(page)[0]
    page.the("#filter-violations").click()
    page.fill("#filter-path", "pets/1")
    until(lambda: len(rows(page)) == 1 and "/pets/1" in rows(page)[0], "the path")
    page.fill("#filter-path", Keys.DELETE)
    until(lambda: len(page.all("#session-name option")) == 2, "the sessions")
    Select(page.the("#session-name")).select_by_visible_text("one")
    until(lambda: len(rows(page)) == 1 and "/pets/3" in rows(page)[0], "the other session")


def test_an_exchange_is_shown_in_full_with_the_line_of_each_broken_rule(
    page: Page, serve: Serve, tmp_path: Any
) -> None:
    (tmp_path / "pets.json").write_text(json.dumps(PETS, indent=1))
    mock = serve(tmp_path / "pets.json")
    mock.get("/pets/minka", headers={"X-Sent": "by the client"})
    opened(page, mock)
    first(page)
    shows(page, "#exchange", "x-sentby the client")
    shows(page, "#exchange", "id in the path is a string")
    lines = (tmp_path / "pets.json").read_text().splitlines()
    line = next(i for i, text in enumerate(lines, 1) if '"type": "integer"' in text)
    shows(page, "#exchange", f"pets.json:{line}:")
    shows(page, "#exchange", "Reply 422")


def test_an_exchange_says_what_was_considered_and_why_it_did_not_apply(
    page: Page, mock: Mock
) -> None:
    stub = {"operation": "get_pet", "name": "other", "when": {"path": {"id": 2}}, "status": 410}
    call(mock, "POST", "/_mock/stubs", 201, json={**stub, "body": {}})
    mock.get("/pets/1")
    opened(page, mock)
    first(page)
    shows(page, "#exchange", "stub:other")
    shows(page, "#exchange", "path parameter id is 1; expected 2")
    shows(page, "#exchange", "Chosen: example:cat")


def test_what_a_request_holds_is_text_and_never_markup(page: Page, mock: Mock) -> None:
    markup = "<img src=x onerror=\"document.title='run'\"><b>bold</b>"
    mock.get("/pets/1", params={"note": markup}, headers={"X-Markup": markup})
    mock.get(f"/{markup}")
    opened(page, mock)
    first(page)
    page.the("#list").send_keys(Keys.ARROW_DOWN)
    shows(page, "#exchange", markup)
    assert page.all("#exchange img, #exchange b, #list img, #list b") == []
    assert page.driver.title == "Pets: console"
    assert page.errors() == []


def test_secrets_are_masked_before_they_reach_the_page(page: Page, mock: Mock) -> None:
    mock.get("/pets/1", headers={"Authorization": "Bearer very-secret"})
    opened(page, mock)
    first(page)
    shows(page, "#exchange", "authorization")
    press(page, "Copy as curl")
    shows(page, "#exchange pre", "curl -i")
    assert "very-secret" not in page.driver.page_source


def test_an_exchange_is_copied_as_curl_and_as_a_test(page: Page, mock: Mock) -> None:
    mock.get("/pets/1")
    opened(page, mock)
    first(page)
    press(page, "Copy as curl")
    shows(page, "#exchange pre", f"curl -i {mock.url}/pets/1")
    press(page, "Copy as pytest")
    shows(page, "#exchange pre", "def test_get_pet_answers_200(mock_api):")


def add_exchanges(mock: Mock, count: int) -> None:
    """Add so many copies of the last exchange; the journal of a server holds about 5,400.

    A journal is only used in the thread of its server.
    """
    journal, last = mock.app.journal, mock.exchanges[-1]

    async def add() -> None:
        for n in range(count):
            path = f"/pets/{n}"
            journal.add(Received(last.started, "GET", path, "", "get_pet", [], b""), last.reply)

    loop = mock.server._loop
    assert loop is not None
    loop.submit(add()).result()


def test_ten_thousand_exchanges_are_in_the_list_and_a_few_in_the_page(
    page: Page, serve: Serve
) -> None:
    mock = serve(json.dumps(PETS), journal_size=10_000)
    mock.get("/pets/1")
    add_exchanges(mock, 4_999)
    opened(page, mock)
    shows(page, "#count", "5000 exchanges")
    add_exchanges(mock, 4_999)
    mock.get("/pets/1")
    shows(page, "#count", "10000 exchanges")
    assert len(page.all("[role=option]")) < 200
    page.the("#list").send_keys(Keys.HOME)
    shows(page, "#exchange h2", "GET /pets/1")
    page.the("#list").send_keys(Keys.END)
    shows(page, "#notice", "The journal holds no exchange 1")
    assert page.the("[aria-selected=true][role=option]").get_attribute("aria-posinset") == "10000"


def exported(page: Page, press_it: Callable[[], None]) -> Any:
    """Return what the page offers as a file to save."""
    page.driver.execute_script(
        "URL.createObjectURL = (file) => (file.text().then((t) => (window.saved = t)), '#')"
    )
    press_it()
    until(lambda: page.driver.execute_script("return window.saved"), "a file")
    return json.loads(page.driver.execute_script("return window.saved"))


def test_exchanges_are_exported_as_the_filter_lets_them_pass(page: Page, mock: Mock) -> None:
    for path in ("/pets/1", "/pets/2", "/pets/minka"):
        mock.get(path)
    opened(page, mock)
    until(lambda: len(rows(page)) == 3, "all")
    Select(page.the("#filter-status")).select_by_visible_text("2XX")
    until(lambda: len(rows(page)) == 2, "two of them")
    archive = exported(page, page.the("#export").click)
    assert [entry["_id"] for entry in archive["log"]["entries"]] == [1, 2]
    first(page)
    shows(page, "#exchange h2", "/pets/2")
    page.driver.execute_script("window.saved = null")
    export = page.all("#exchange .buttons button")[-1]
    archive = exported(page, export.click)
    assert [entry["_id"] for entry in archive["log"]["entries"]] == [2]


# Operations


def stub_text(page: Page) -> str:
    return str(page.the("#editor-text").get_property("value"))


def open_operation(page: Page, mock: Mock) -> None:
    opened(page, mock)
    tab(page, "operations")
    page.the("summary").click()


def test_an_example_becomes_a_stub_in_two_presses(page: Page, mock: Mock) -> None:
    open_operation(page, mock)
    press(page, "dog (200)")
    until(lambda: "Rex" in stub_text(page), "the example")
    press(page, "Add stub")
    shows(page, "#editor-verdict", "Added: stub-1 answers get_pet")
    reply = mock.get("/pets/7")
    assert (reply.json()["name"], reply.headers["mock-source"]) == ("Rex", "stub:stub-1")


def test_the_server_validates_a_stub_as_it_is_written(page: Page, mock: Mock) -> None:
    open_operation(page, mock)
    press(page, "200")
    shows(page, "#editor-verdict", "The contract allows it.")
    page.fill("#editor-text", '{"operation": "get_pet", "status": 200, "body": {"id": "one"}}')
    shows(page, "#editor-verdict", "body › id")
    assert page.the("#editor-text").get_attribute("aria-invalid") == "true"
    assert not page.the("#editor-add").is_enabled()
    page.fill("#editor-text", "{")
    shows(page, "#editor-verdict", "This is no JSON")
    assert call(mock, "GET", "/_mock/stubs")["stubs"] == []


def test_another_reply_is_generated_on_request(page: Page, mock: Mock) -> None:
    open_operation(page, mock)
    press(page, "200")
    until(lambda: '"name"' in stub_text(page), "a generated reply")
    before = stub_text(page)
    press(page, "Generate another")
    until(lambda: stub_text(page) != before, "another")
    shows(page, "#editor-verdict", "The contract allows it.")


def test_a_request_of_the_catalogue_is_sent(page: Page, mock: Mock) -> None:
    open_operation(page, mock)
    press(page, "Find requests that lead to each status")
    until(lambda: bool(page.all("[aria-label^='Send: 422']")), "the requests")
    page.driver.execute_script("document.querySelector(\"[aria-label^='Send: 422']\").click()")
    shows(page, "#operation-list", "answered 422")
    assert [e.reply.status for e in mock.exchanges if e.reply] == [422]


def test_an_exchange_becomes_a_stub(page: Page, mock: Mock) -> None:
    mock.get("/pets/7")
    opened(page, mock)
    first(page)
    press(page, "Make this a stub")
    until(lambda: "Minka" in stub_text(page), "the reply")
    press(page, "Add stub")
    shows(page, "#editor-verdict", "Added")
    sources = [mock.get(f"/pets/{id}").headers["mock-source"] for id in (7, 8)]
    assert sources == ["stub:stub-1", "example:cat"]


# Session and coverage


def test_the_session_is_seen_set_and_reset(page: Page, mock: Mock) -> None:
    opened(page, mock)
    tab(page, "session")
    press(page, "Freeze")
    shows(page, "[aria-label=Clock]", "frozen")
    press(page, "Advance")
    until(lambda: call(mock, "GET", "/_mock/clock")["offset"] >= 59, "the clock")
    page.fill("[aria-label=Seed] input", "spring")
    press(page, "Use it")
    shows(page, "[aria-label=Seed]", "“spring”")
    Select(page.the("[aria-label=Faults] select")).select_by_visible_text("503")
    press(page, "Add fault")
    shows(page, "[aria-label=Faults]", "fault: 503")
    assert mock.get("/pets/1").status_code == 503
    press(page, "Reset this session")
    shows(page, "[aria-label=Faults]", "None.")
    shows(page, "[aria-label=Seed]", "“mock”")
    assert mock.get("/pets/1").status_code == 200


def test_a_reset_empties_the_traffic(page: Page, mock: Mock) -> None:
    mock.get("/pets/1")
    opened(page, mock)
    until(lambda: len(rows(page)) == 1, "the traffic")
    tab(page, "session")
    press(page, "Reset this session")
    shows(page, "#count", "0 exchanges")
    mock.get("/pets/2")
    tab(page, "traffic")
    until(lambda: len(rows(page)) == 1 and "/pets/2" in rows(page)[0], "what came since")


def test_the_address_may_name_the_session(page: Page, mock: Mock) -> None:
    mock.get("/pets/1")
    mock.client.get("/pets/2", headers={"Mock-Session": "one"})
    page.open(f"{mock.url}/_session/one/_mock")
    until(lambda: len(rows(page)) == 1 and "/pets/2" in rows(page)[0], "its traffic")
    assert page.driver.current_url == f"{mock.url}/_session/one/_mock/"
    until(lambda: page.the("#session-name").get_property("value") == "one", "its name")
    Select(page.the("#session-name")).select_by_visible_text("main")
    until(lambda: len(rows(page)) == 1 and "/pets/1" in rows(page)[0], "the main session's")


def test_coverage_grows_as_requests_come(page: Page, mock: Mock) -> None:
    opened(page, mock)
    tab(page, "coverage")
    shows(page, "#coverage", "operations0 of 1")
    mock.get("/pets/1")
    shows(page, "#coverage", "operations1 of 1")


# Who can use it


def test_the_page_is_open_and_holds_nothing_of_the_mock(serve: Serve) -> None:
    mock = serve(json.dumps(PETS), control_token="secret")
    reply = httpx.get(f"{mock.url}/_mock/")
    assert reply.status_code == 200
    assert "Pets" not in reply.text and "get_pet" not in reply.text
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert httpx.get(f"{mock.url}/_mock/contract").status_code == 401


def test_the_token_comes_in_the_fragment_and_does_not_stay_there(page: Page, serve: Serve) -> None:
    mock = serve(json.dumps(PETS), control_token="secret")
    mock.get("/pets/1")
    opened(page, mock, "#token=secret")
    until(lambda: len(rows(page)) == 1, "the traffic")
    assert page.driver.current_url == f"{mock.url}/_mock/"


def test_the_page_asks_for_a_token_until_it_is_the_right_one(page: Page, serve: Serve) -> None:
    mock = serve(json.dumps(PETS), control_token="secret")
    mock.get("/pets/1")
    opened(page, mock)
    until(lambda: page.the("#ask-token").is_displayed(), "the question")
    page.the("#token").send_keys("wrong", Keys.ENTER)
    until(lambda: page.the("#token").get_property("value") == "", "the question once more")
    assert rows(page) == []
    page.the("#token").send_keys("secret", Keys.ENTER)
    until(lambda: len(rows(page)) == 1, "the traffic")


def test_without_the_control_api_there_is_no_console(serve: Serve) -> None:
    mock = serve(json.dumps(PETS), control=False)
    assert mock.get("/_mock/").status_code == 404


# Accessibility


def findings(page: Page) -> list[str]:
    """Return what axe finds that is serious."""
    page.driver.execute_script(
        (files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")
    )
    script = "axe.run().then(arguments[0], (error) => arguments[0]({violations: [], error}))"
    result = page.driver.execute_async_script(script)
    assert result["passes"], result
    return [
        f"{found['id']}: {node['html']}"
        for found in result["violations"]
        if found["impact"] in ("serious", "critical")
        for node in found["nodes"]
    ]


@pytest.mark.parametrize(("width", "scheme"), [(1200, "light"), (390, "dark")])
def test_axe_finds_nothing_serious(page: Page, mock: Mock, scheme: str, width: int) -> None:
    mock.get("/pets/1")
    mock.get("/pets/minka")
    stub = {"operation": "get_pet", "name": "one", "status": 410, "body": {}}
    call(mock, "POST", "/_mock/stubs", 201, json=stub)
    call(mock, "POST", "/_mock/faults", 201, json={"delay": "1ms"})
    chosen = [{"name": "prefers-color-scheme", "value": scheme}]
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": chosen})
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        opened(page, mock)
        first(page)
        shows(page, "#exchange", "Violations")
        found = findings(page)
        open_operation(page, mock)
        press(page, "dog (200)")
        shows(page, "#editor-verdict", "The contract allows it.")
        found += findings(page)
        for name, sign in (("session", "one"), ("coverage", "get_pet")):
            tab(page, name)
            shows(page, f"#{name}", sign)
            found += findings(page)
        assert found == []
        assert overflow(page) == 0
    finally:
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
        page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def overflow(page: Page) -> int:
    """Return how many pixels of the page are beside the screen."""
    script = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    return int(page.driver.execute_script(script))


def test_the_keyboard_alone_reaches_every_view_and_exchange(page: Page, mock: Mock) -> None:
    for id in (1, 2, 3):
        mock.get(f"/pets/{id}")
    opened(page, mock)
    until(lambda: len(rows(page)) == 3, "the traffic")
    page.the("#tab-traffic").send_keys(Keys.ARROW_RIGHT)
    assert page.the("#operations").is_displayed() and not page.the("#traffic").is_displayed()
    page.driver.switch_to.active_element.send_keys(Keys.ARROW_LEFT)
    page.the("#list").send_keys(Keys.ARROW_DOWN, Keys.ARROW_DOWN)
    shows(page, "#exchange h2", "GET /pets/2")
    active = page.the("#list").get_attribute("aria-activedescendant")
    assert "/pets/2" in page.the(f"#{active}").text
