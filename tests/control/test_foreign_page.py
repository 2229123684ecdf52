"""A page of another origin, in a real browser, tries the control API in every way that there is."""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.helpers.browser import Page, browser
from tests.helpers.control import call
from tests.helpers.running import Mock, Serve, json_of, thing, until

SECRET = "what only the journal knows"
OPERATIONS = thing({"200": json_of({"type": "string"}, example="ok")}, "post",
                   requestBody=json_of({"type": "string"}))  # fmt: skip
STUB = {"operation": "thing", "status": 200, "body": "changed"}

# Each is the body of an async function; what it returns is what the page got to see.
READS = {
    "fetch": "return (await fetch(url)).text()",
    "fetch with credentials": "return (await fetch(url, {credentials: 'include'})).text()",
    "fetch without CORS": "return (await fetch(url, {mode: 'no-cors'})).text()",
    "fetch with a header": "return (await fetch(url, {headers: {'Mock-Session': 'a'}})).text()",
    "XMLHttpRequest": """
        const asked = new XMLHttpRequest();
        asked.open('GET', url);
        asked.send();
        await new Promise((done) => { asked.onloadend = done; });
        return asked.responseText""",
    "script": """
        const seen = [];
        window.onerror = (message) => { seen.push(message); };
        await element('script', {src: url});
        return JSON.stringify([seen, Object.keys(window).filter((key) => /exchange/.test(key))])""",
    "module": "return JSON.stringify(await import(url))",
    "style": """
        await element('link', {rel: 'stylesheet', href: url});
        return [...document.styleSheets].map((sheet) => sheet.cssRules.length).join()""",
    "image": "return `${await element('img', {src: url})}`",
    "image with CORS": "return `${await element('img', {src: url, crossOrigin: ''})}`",
    "video": "return `${await element('video', {src: url})}`",
    "object": "return `${await element('object', {data: url})}`",
    "frame": """
        const {frame} = await framed({src: url});
        return frame.contentWindow.document.body.innerText""",
    "event stream": """
        const source = new EventSource(stream);
        const told = await new Promise((done) => {
            source.onmessage = (event) => done(event.data);
            source.onerror = () => done('');
        });
        source.close();
        return told""",
    "worker": "return `${new Worker(url)}`",
    "window": """
        const opened = window.open(url);
        await pause();
        const text = opened.document.body.innerText;
        opened.close();
        return text""",
}
CHANGES = {
    "fetch of JSON": "await fetch(url, {method: 'POST', headers: json, body})",
    "fetch of text": "await fetch(url, {method: 'POST', body})",
    "fetch of text without CORS": "await fetch(url, {method: 'POST', mode: 'no-cors', body})",
    "fetch of no type without CORS": """
        await fetch(url, {method: 'POST', mode: 'no-cors', body: new Blob([body])})""",
    "fetch with credentials": """
        await fetch(url, {method: 'POST', mode: 'no-cors', credentials: 'include', body})""",
    "fetch without a body": "await fetch(reset, {method: 'POST', mode: 'no-cors'})",
    "fetch that is kept alive": """
        await fetch(url, {method: 'POST', mode: 'no-cors', keepalive: true, body})""",
    "fetch of DELETE": "await fetch(read, {method: 'DELETE'})",
    "fetch of PUT": "await fetch(seed, {method: 'PUT', headers: json, body: '{\"seed\": \"x\"}'})",
    "beacon": "navigator.sendBeacon(url, body); await pause()",
    "beacon of JSON": """
        navigator.sendBeacon(url, new Blob([body], {type: 'application/json'})); await pause()""",
    "form": "await form('application/x-www-form-urlencoded', url)",
    "form of text": "await form('text/plain', url)",
    "multipart form": "await form('multipart/form-data', url)",
    "form without fields": "await form('text/plain', reset, false)",
    "ping": """
        const link = Object.assign(document.createElement('a'), {href: '#', ping: reset});
        document.body.append(link);
        link.click();
        await pause()""",
    "WebSocket": """
        const socket = new WebSocket(reset.replace('http', 'ws'));
        await new Promise((done) => { socket.onclose = done; socket.onopen = done; })""",
}
HELPERS = """
const json = {'Content-Type': 'application/json'};
const pause = () => new Promise((done) => setTimeout(done, 300));
const element = (name, members) => new Promise((done) => {
    const made = Object.assign(document.createElement(name), members);
    made.onload = () => done([name, made.naturalWidth, made.contentDocument]);
    made.onerror = () => done('');
    document.body.append(made);
    if (name === 'video') { setTimeout(done, 300, ''); }
});
const framed = (members) => new Promise((done) => {
    const frame = Object.assign(document.createElement('iframe'), members);
    frame.onload = () => done({frame});
    document.body.append(frame);
});
const form = async (type, action, hasFields = true) => {
    const target = `frame${Math.random()}`;
    const loaded = new Promise((done) => {
        const frame = Object.assign(document.createElement('iframe'), {name: target});
        document.body.append(frame);
        setTimeout(() => { frame.onload = done; setTimeout(done, 1000); }, 0);
    });
    const made = Object.assign(document.createElement('form'), {
        method: 'post', enctype: type, action, target,
    });
    if (hasFields) {
        // As text/plain this is JSON.
        const [name, value] = [body.slice(0, -1) + ', "x": "', '"}'];
        made.append(Object.assign(document.createElement('input'), {name, value}));
    }
    document.body.append(made);
    made.submit();
    await loaded;
};
"""


@dataclass(frozen=True)
class Elsewhere:
    """A server of pages whose origin is another than the mock's."""

    url: str
    pages: dict[str, str]


class _Pages(BaseHTTPRequestHandler):
    def __init__(self, pages: dict[str, str], *args: Any) -> None:
        self._pages = pages
        super().__init__(*args)

    def do_GET(self) -> None:
        body = self._pages.get(self.path, "<title>page</title><body></body>").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def pages_elsewhere() -> Iterator[Elsewhere]:
    pages: dict[str, str] = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Pages, pages))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield Elsewhere(f"http://localhost:{server.server_address[1]}", pages)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Elsewhere]:
    with pages_elsewhere() as found:
        yield found


def started(serve: Serve, **settings: Any) -> Mock:
    """Return a mock whose journal holds a body that no page may read."""
    mock = serve(OPERATIONS, **settings)
    mock.client.post("/thing", json=SECRET)
    return mock


def state(mock: Mock) -> list[Any]:
    """All that the control API can change, of the main session and of all others."""
    paths = ("stubs", "faults", "scenarios", "seed")
    told = [call(mock, "GET", f"/_mock/{path}") for path in paths]
    sessions = [session["name"] for session in call(mock, "GET", "/_mock/sessions")["sessions"]]
    clock = call(mock, "GET", "/_mock/clock")
    own = [(e.id, e.method, e.path) for e in mock.exchanges if e.operation]
    return [*told, sessions, clock["frozen"], clock["offset"], own]


def tried(page: Page, mock: Mock, code: str) -> str:
    """Return the value that a script has on the open page; an error is a value, too."""
    values = {
        "url": f"{mock.url}/_mock/stubs", "read": f"{mock.url}/_mock/exchanges",
        "stream": f"{mock.url}/_mock/exchanges/stream", "reset": f"{mock.url}/_mock/reset",
        "seed": f"{mock.url}/_mock/seed", "body": json.dumps(STUB),
    }  # fmt: skip
    known = "".join(f"const {name} = {json.dumps(value)};" for name, value in values.items())
    script = (
        f"{known}{HELPERS}const done = arguments[arguments.length - 1];"
        f"(async () => {{ {code} }})()"
        ".then((seen) => done(['seen', `${seen}`]), (error) => done(['refused', `${error}`]))"
    )
    page.driver.set_script_timeout(20)
    kind, seen = page.driver.execute_async_script(script)
    return f"{kind}: {seen}"


def reading(code: str) -> str:
    """Return the code of a page, with what it reads as its `url`."""
    return f"{{ const url = read; {code} }}"


@pytest.mark.parametrize("way", READS)
def test_a_foreign_page_reads_nothing(
    page: Page, serve: Serve, elsewhere: Elsewhere, way: str
) -> None:
    mock = started(serve)
    before = state(mock)
    page.open(elsewhere.url)
    assert SECRET not in tried(page, mock, reading(READS[way]))
    assert SECRET not in page.driver.page_source
    assert state(mock) == before


@pytest.mark.parametrize("way", CHANGES)
def test_a_foreign_page_changes_nothing(
    page: Page, serve: Serve, elsewhere: Elsewhere, way: str
) -> None:
    mock = started(serve)
    call(mock, "POST", "/_mock/stubs", 201, json={**STUB, "body": "mine"})
    before = state(mock)
    page.open(elsewhere.url)
    tried(page, mock, CHANGES[way])
    assert state(mock) == before
    assert mock.client.post("/thing", json="x").json() == "mine"


FRAMED = {
    "a sandboxed frame": {"sandbox": "allow-scripts allow-forms"},
    "a data URL": {},
}


@pytest.mark.parametrize("where", FRAMED)
def test_a_page_of_no_origin_reads_and_changes_nothing(
    page: Page, serve: Serve, elsewhere: Elsewhere, where: str
) -> None:
    mock = started(serve)
    before = state(mock)
    ways = [f"fetch('{mock.url}/_mock/exchanges').then((r) => r.text())"]
    for path in ("stubs", "reset"):
        options = json.dumps({"method": "POST", "mode": "no-cors", "body": json.dumps(STUB)})
        ways.append(f"fetch('{mock.url}/_mock/{path}', {options}).then((r) => r.text())")
        ways.append(f"fetch('{mock.url}/_mock/{path}', {{method: 'POST', mode: 'no-cors'}})")
    source = (
        f"<script>Promise.allSettled([{','.join(ways)}]).then((all) =>"
        " parent.postMessage(JSON.stringify([origin, all]), '*'))</script>"
    )
    page.open(elsewhere.url)
    script = """
        const [members, source, isData, done] = arguments;
        window.onmessage = (event) => done(event.data);
        const frame = Object.assign(document.createElement('iframe'), members);
        for (const [name, value] of Object.entries(members)) frame.setAttribute(name, value);
        if (isData) frame.src = 'data:text/html,' + encodeURIComponent(source);
        else frame.srcdoc = source;
        document.body.append(frame);
    """
    page.driver.set_script_timeout(20)
    is_data = where == "a data URL"
    told = page.driver.execute_async_script(script, FRAMED[where], source, is_data)
    assert json.loads(told)[0] == "null"
    assert SECRET not in told
    assert state(mock) == before


def test_a_link_from_another_page_leads_to_a_refusal(
    page: Page, serve: Serve, elsewhere: Elsewhere
) -> None:
    mock = started(serve)
    elsewhere.pages["/link"] = f"<a href='{mock.url}/_mock/exchanges'>exchanges</a>"
    page.open(f"{elsewhere.url}/link")
    page.the("a").click()
    until(lambda: page.driver.current_url.startswith(mock.url), "the link leads to the mock")
    assert "--control-origin" in page.driver.page_source
    assert SECRET not in page.driver.page_source


def test_whoever_types_the_address_reads_it(page: Page, serve: Serve) -> None:
    mock = started(serve)
    page.open(f"{mock.url}/_mock/exchanges")
    assert SECRET in page.driver.page_source


def test_the_contract_s_paths_are_open_to_a_foreign_page(
    page: Page, serve: Serve, elsewhere: Elsewhere
) -> None:
    mock = started(serve)
    page.open(elsewhere.url)
    asked = f"""
        const options = {{method: 'POST', headers: json, body: '"x"'}};
        return (await fetch('{mock.url}/thing', options)).text()"""
    assert tried(page, mock, asked) == 'seen: "ok"'


def test_a_page_of_a_listed_origin_reads_and_changes_with_the_token(
    page: Page, serve: Serve, elsewhere: Elsewhere
) -> None:
    mock = serve(OPERATIONS, control_origin=(elsewhere.url,), control_token="secret", cors=False)
    page.open(elsewhere.url)
    headers = "headers: {...json, Authorization: 'Bearer secret'}"
    changed = f"return (await fetch(url, {{method: 'POST', {headers}, body}})).status"
    assert tried(page, mock, changed) == "seen: 201"
    seed = 'body: \'{"seed": "x"}\''
    put = f"return (await fetch(seed, {{method: 'PUT', {headers}, {seed}}})).text()"
    assert tried(page, mock, put) == 'seen: {"seed":"x"}'
    without = "return (await fetch(seed)).status"
    assert tried(page, mock, without) == "seen: 401"


def test_a_page_under_a_name_that_was_made_to_lead_here_reads_nothing(
    serve: Serve, tmp_path_factory: pytest.TempPathFactory
) -> None:
    mock = started(serve)
    before = state(mock)
    port = mock.url.rpartition(":")[2]
    with browser(
        tmp_path_factory.mktemp("browser"), "--host-resolver-rules=MAP evil.test 127.0.0.1"
    ) as page:
        page.open(f"http://evil.test:{port}/openapi.json")
        same = "const own = location.origin;"
        for code in (
            "return (await fetch(`${own}/_mock/exchanges`)).text()",
            "return (await fetch(`${own}/_mock/reset`, {method: 'POST'})).text()",
            "const options = {method: 'POST', headers: json, body};"
            "return (await fetch(`${own}/_mock/stubs`, options)).text()",
        ):
            seen = tried(page, mock, same + code)
            assert "--control-host" in seen
            assert SECRET not in seen
    assert state(mock) == before
