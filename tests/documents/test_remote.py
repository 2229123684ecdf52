"""Documents by URL: what is fetched, with which limits, and what is never asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from mock_server.contract import read_contract
from mock_server.documents.remote import NotFetched, Remote, shown_url
from mock_server.errors import StartError
from mock_server.project.check import findings
from mock_server.settings import Settings
from tests.helpers.processes import run, serving

SECRET = "s3cret-t0ken"
PET = "type: string\nexample: Minka\n"
PETS = """\
openapi: 3.1.0
info: {title: Pets, version: '1'}
paths:
  /pet:
    get:
      operationId: get_pet
      responses:
        '200':
          description: The pet
          content: {application/json: {schema: {$ref: 'REF'}}}
"""


@dataclass
class Site:
    """What is at an origin: texts by path, or places to redirect to; and what was asked of it."""

    url: str
    texts: dict[str, str] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    token: str | None = None
    is_endless: bool = False
    ended: threading.Event = field(default_factory=threading.Event)
    is_dripping: threading.Event = field(default_factory=threading.Event)

    def document(self, ref: str = "pet.yaml") -> str:
        """Put a document there, and return its URL."""
        self.texts["/v1/pets.yaml"] = PETS.replace("REF", ref)
        self.texts["/v1/pet.yaml"] = PET
        return f"{self.url}/v1/pets.yaml"


@contextmanager
def site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            credentials = self.headers["Authorization"]
            here.asked.append((self.path, credentials))
            if here.is_dripping.is_set():
                self._drip()
                return
            if (to := here.redirects.get(self.path)) is not None:
                self.send_response(302)
                self.send_header("Location", to)
                self.end_headers()
            elif here.token and credentials != f"Bearer {here.token}":
                self.send_error(401)
            elif self.path not in here.texts:
                self.send_error(404)
            else:
                self._send(here.texts[self.path].encode())

        def _send(self, content: bytes) -> None:
            self.send_response(200)
            if not here.is_endless:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            try:
                self.wfile.write(content)
                while here.is_endless:
                    self.wfile.write(b"# more\n" * 1000)
            except OSError:
                pass

        def _drip(self) -> None:
            """Send a head that never ends, a line at a time."""
            try:
                self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                while here.is_dripping.is_set():
                    self.wfile.write(b"X-More: of it\r\n")
                    here.ended.wait(0.02)
            except OSError:
                pass

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here = Site(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield here
    finally:
        here.is_endless = False
        here.is_dripping.clear()
        here.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def sites() -> Iterator[tuple[Site, Site]]:
    with ExitStack() as stack:
        yield stack.enter_context(site()), stack.enter_context(site())


@pytest.fixture
def web(sites: tuple[Site, Site]) -> Site:
    return sites[0]


def refused(url: str, *headers: str) -> str:
    with pytest.raises(StartError) as caught:
        read_contract(url, headers=headers)
    assert SECRET not in str(caught.value)
    return str(caught.value)


def test_a_document_by_url_is_read_with_what_it_refers_to_beside_it(web: Site) -> None:
    contract = read_contract(web.document())
    assert contract.title == "Pets"
    assert findings(Settings(document=web.document())) == []
    assert {path for path, _ in web.asked} == {"/v1/pets.yaml", "/v1/pet.yaml"}


def test_its_findings_say_the_url(web: Site) -> None:
    url = web.document()
    web.texts["/v1/pet.yaml"] = "type: strin\n"
    (line,) = findings(Settings(document=url))
    assert line.startswith(f"{web.url}/v1/pet.yaml:1:7: `type` is ")


@pytest.mark.parametrize(
    ("ref", "why"),
    [
        ("OTHER/v1/pet.yaml", "leads to another host, which is not asked"),
        ("/etc/hostname", "the server answers with 404"),
        ("file:///etc/hostname", "leads to a file, which no document by URL may refer to"),
        ("file:pet.yaml", "leads to a file, which no document by URL may refer to"),
        ("gone.yaml", "the server answers with 404"),
        ("moved.yaml", "it redirects to another host, which is not followed"),
        ("local.yaml", "which is not followed"),
    ],
)
def test_a_reference_that_leads_out_of_its_origin_is_a_finding(
    sites: tuple[Site, Site], ref: str, why: str
) -> None:
    web, other = sites
    other.texts["/v1/pet.yaml"] = PET
    web.redirects = {
        "/v1/moved.yaml": f"{other.url}/v1/pet.yaml",
        "/v1/local.yaml": "file:///etc/hostname",
    }
    (line,) = findings(Settings(document=web.document(ref.replace("OTHER", other.url))))
    assert why in line
    assert other.asked == []


def test_headers_are_sent_to_its_own_origin_alone(sites: tuple[Site, Site]) -> None:
    web, other = sites
    url = web.document()
    other.texts = web.texts
    web.redirects = {"/latest": f"{web.url}/v1/pets.yaml", "/moved": f"{other.url}/v1/pets.yaml"}
    header = f"Authorization: Bearer {SECRET}"
    for path in ("/v1/pets.yaml", "/latest", "/moved"):
        assert read_contract(f"{web.url}{path}", headers=[header]).title == "Pets"
    assert {credentials for _, credentials in web.asked} == {f"Bearer {SECRET}"}
    assert {credentials for _, credentials in other.asked} == {None}
    assert url.startswith(web.url)


@pytest.mark.parametrize("to", ["https://127.0.0.1:1/x", "file:///etc/passwd", "ftp://h/x"])
def test_a_redirect_to_another_scheme_is_not_followed(web: Site, to: str) -> None:
    web.redirects = {"/": to}
    assert "it redirects from http" in refused(f"{web.url}/")


def test_redirects_without_end_are_given_up(web: Site) -> None:
    web.redirects = {"/": f"{web.url}/"}
    assert refused(f"{web.url}/")
    assert len(web.asked) < 12


def test_what_is_too_large_or_too_slow_is_given_up(web: Site) -> None:
    url = web.document()
    web.is_endless = True
    with pytest.raises(NotFetched, match="it is larger than 100000 B"):
        Remote(url, most=100_000).fetch(url)
    with pytest.raises(NotFetched, match=r"it takes longer than 0\.05 s"):
        Remote(url, seconds=0.05, most=10**12).fetch(url)


def test_a_head_that_comes_bit_by_bit_is_given_up(web: Site) -> None:
    url = web.document()
    web.is_dripping.set()
    with pytest.raises(NotFetched, match=r"it takes longer than 0\.3 s"):
        Remote(url, seconds=0.3).fetch(url)


def test_credentials_that_are_missing_are_asked_for(web: Site) -> None:
    web.token = SECRET
    url = web.document()
    assert "answers with 401; expected credentials in --document-header" in refused(url)
    assert "answers with 401" in refused(url, f"Authorization: Basic {SECRET}")


@pytest.mark.parametrize(
    ("url", "headers", "why"),
    [
        (f"https://ada:{SECRET}@example.com/a", [], "a user and a password in a URL"),
        ("http://", [], "is no URL"),
        ("http://[", [], "is no URL"),
        ("http://host:99999999/", [], "is no URL"),
        ("http://127.0.0.1:1/a", [], "it can't be reached"),
        ("http://127.0.0.1:1/a", [SECRET], "--document-header is no header"),
        ("http://127.0.0.1:1/a", [f"A: {SECRET}\r\nB: c"], "--document-header is no header"),
    ],
)
def test_what_cannot_be_fetched_says_why_and_shows_no_secret(
    url: str, headers: list[str], why: str
) -> None:
    assert why in refused(url, *headers)


def test_a_shown_url_has_neither_credentials_nor_a_query() -> None:
    assert shown_url(f"https://a:{SECRET}@host/x.yaml?key={SECRET}#f") == "https://host/x.yaml"


def test_settings_show_no_header() -> None:
    assert SECRET not in repr(Settings(document_header=(f"A: {SECRET}",)))


def test_every_command_takes_a_url(web: Site, tmp_path: Path) -> None:
    url = web.document()
    web.token = SECRET
    header = f"--document-header=Authorization: Bearer {SECRET}"
    for command in ("check", "routes", "errors"):
        done = run(command, url, header, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert SECRET not in done.stdout + done.stderr
    done = run("exec", url, header, "--", "true", cwd=tmp_path)
    assert (done.returncode, SECRET in done.stderr) == (0, False)


def test_it_is_served_checked_and_read_again_as_often_as_is_said(web: Site, tmp_path: Path) -> None:
    url = web.document()
    web.token = SECRET
    web.texts["/v1/pets.yaml"] = web.texts["/v1/pets.yaml"].replace("The pet", "5")
    header = f"--document-header=Authorization: Bearer {SECRET}"
    with serving(url, header, "--reload-every", "100ms", cwd=tmp_path) as server:
        assert httpx.get(f"{server.url}/pet").json() == "Minka"
        server.logged("^WARNING http://.*pets.yaml:9:24: `description` is an integer, 5")
        web.texts["/v1/pet.yaml"] = PET.replace("Minka", "Mohrle")
        server.logged("^INFO Reloaded after a change of http://.*/v1/pet.yaml")
        assert httpx.get(f"{server.url}/pet").json() == "Mohrle"
        web.token = "another"
        server.logged("^ERROR Not read again, what was there before goes on: .* 401")
        assert httpx.get(f"{server.url}/pet").json() == "Mohrle"
        assert SECRET not in server.err.text
