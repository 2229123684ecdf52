"""A secret is shown nowhere, wherever in an exchange it stands, and all else is shown.

Every case goes through a proxy that records; then everything that shows exchanges is read.
"""

from __future__ import annotations

import base64
import gzip
import json
import logging
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import orjson
import pytest
import yaml

from mock_server.coverage import write_report
from mock_server.proxy.app import Proxy, Proxying
from mock_server.server.uvicorn_server import BackgroundServer
from mock_server.settings import Settings
from tests.helpers.running import SECONDS, document_text, until
from tests.helpers.service import Seen, Service, json_reply, reply

# A text that stands nowhere else, in none of the forms that are secret by themselves.
SECRET = "Zq7vK9xWm2"
NUMBER = 90817263
OPEN = "Plain4Sight"
JWT = f"eyJhbGciOiJIUzI1NiJ9.{SECRET}eyJzdWIiOiIxIn0.c2ln-{SECRET}"
PEM = f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n{SECRET}\n-----END PRIVATE KEY-----\n"
OK = json_reply(b"{}")


@dataclass(frozen=True)
class Case:
    """A request and its answer; somewhere in them stand the secret, and what is to be seen."""

    path: str = "/anything"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    media_type: str = ""
    answer: bytes = OK


def sent(body: Any, media_type: str = "application/json", **more: Any) -> Case:
    """Return a request with that body."""
    data = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else b""
    return Case(body=data or orjson.dumps(body), media_type=media_type, **more)


def answered(body: Any, media_type: str = "application/json", *headers: str) -> Case:
    """Return a request that is answered with that body."""
    data = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else b""
    kind = f"Content-Type: {media_type}"
    return Case(answer=reply(200, data or orjson.dumps(body), kind, *headers))


def part(name: str, content: str, more: str = "") -> str:
    return f'--B\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{content}\r\n'


MULTIPART = "multipart/form-data; boundary=B"
FORM = "application/x-www-form-urlencoded"
NAMES = [
    "password", "Password", "userPassword", "user_password", "user-password", "user password",
    "user.password", "passwords", "passwd", "pwd", "passphrase", "secret", "clientSecret",
    "client_secret", "token", "accessToken", "refresh_token", "id_token", "device_code", "bearer",
    "api_key", "apiKey", "APIKEY", "API Key", "privateKey", "access-key", "session_id", "SessionID",
    "sid", "otp", "pin", "cvv", "CVC", "csrf", "_csrf", "xsrfToken", "signature", "sig",
    "credential", "credentials", "connectionString", "authorization", "password_confirmation",
    "X-Hub-Signature-256", "secret_access_key", "password2",
]  # fmt: skip

HIDDEN: dict[str, Case] = {
    # By name
    **{f"{name} in JSON": sent({name: SECRET, "open": OPEN}) for name in NAMES},
    **{f"{name} in a reply": answered({name: SECRET, "open": OPEN}) for name in NAMES},
    **{
        f"{name} in a query": Case(path=f"/anything?{quote(name)}={SECRET}&open={OPEN}")
        for name in NAMES
    },
    **{f"{name} in a form": sent(f"{quote(name)}={SECRET}&open={OPEN}", FORM) for name in NAMES},
    "a number": sent({"pin": NUMBER, "open": OPEN}),
    "nested": sent({"a": [{"b": {"password": SECRET}}], "open": OPEN}),
    "below a name": sent({"credentials": {"user": SECRET, "x": [SECRET]}, "open": OPEN}),
    "elements": answered({"tokens": [SECRET, SECRET], "open": OPEN}),
    "spaced JSON": sent(f'{{\n  "password" : "{SECRET}",\n "open": "{OPEN}"}}'),
    "escaped name": sent(f'{{"pass\\u0077ord": "{SECRET}", "open": "{OPEN}"}}'),
    "escaped quotes": sent({"password": f'a"{SECRET}\\"', "open": OPEN}),
    "broken JSON": sent(f'{{"open": "{OPEN}", "password": "{SECRET}'),
    "JSON in a string": sent({"data": json.dumps({"password": SECRET}), "open": OPEN}),
    "JSON of a vendor": sent({"password": SECRET, "open": OPEN}, "application/vnd.a+json"),
    "JSON without a type": sent(json.dumps({"password": SECRET, "open": OPEN}), ""),
    "lines of JSON": answered(
        f'{{"token": "{SECRET}"}}\n{{"open": "{OPEN}"}}\n', "application/jsonl"
    ),
    "events": answered(f'data: {{"token": "{SECRET}", "open": "{OPEN}"}}\n\n', "text/event-stream"),
    "brackets": Case(path=f"/anything?user[password]={SECRET}&open={OPEN}"),
    "encoded brackets": Case(path=f"/anything?user%5Bpassword%5D={SECRET}&open={OPEN}"),
    "below brackets": sent(f"credentials[0][user]={SECRET}&open={OPEN}", FORM),
    "dots": sent(f"user.password={SECRET}&open={OPEN}", FORM),
    "JSON in a query": Case(path=f"/anything?q={quote(json.dumps({'token': SECRET}))}&o={OPEN}"),
    "multipart": sent(part("password", SECRET) + part("open", OPEN) + "--B--\r\n", MULTIPART),
    "JSON in multipart": sent(
        part("x", f'{{"password": "{SECRET}", "open": "{OPEN}"}}') + "--B--\r\n", MULTIPART
    ),
    "beside a binary part": sent(
        (part("token", SECRET) + part("open", OPEN)).encode()
        + part("file", "\xff\xfe", '; filename="a"').encode("latin-1") + b"--B--\r\n",
        MULTIPART,
    ),
    "an element of XML": sent(f"<a><password>{SECRET}</password><b>{OPEN}</b></a>", "text/xml"),
    "an element with a prefix": answered(
        f'<x:a xmlns:x="u"><x:Token y="1">{SECRET}</x:Token><b>{OPEN}</b></x:a>', "application/xml"
    ),
    "below an element": sent(
        f"<a><credentials><u>{SECRET}</u></credentials><b>{OPEN}</b></a>", "application/xml"
    ),
    "CDATA": sent(f"<a><secret><![CDATA[{SECRET}]]></secret><b>{OPEN}</b></a>", "text/xml"),
    "an attribute": sent(f'<a apiKey="{SECRET}" b="{OPEN}"/>', "application/xml"),
    "an attribute in quotes": answered(f"<a apiKey = '{SECRET}' b='{OPEN}'/>", "application/xml"),
    "YAML": sent(f"open: {OPEN}\npassword: {SECRET}\n", "application/yaml"),
    "below a name of YAML": sent(f"open: {OPEN}\nsecrets:\n  a:\n    - {SECRET}\n", "text/yaml"),
    "YAML between braces": sent(f"a: {{open: {OPEN}, token: {SECRET}}}\n", "application/yaml"),
    "text": answered(f"password={SECRET} {OPEN}", "text/plain"),
    "OAuth's code": Case(path=f"/anything?code={SECRET}&state={OPEN}"),
    "OAuth's code in a form": sent(f"grant_type=authorization_code&code={SECRET}&x={OPEN}", FORM),
    "OAuth's code in JSON": sent({"grant_type": OPEN, "code": SECRET}),
    # Headers
    "Authorization": Case(headers={"Authorization": f"Bearer {SECRET}", "X-Open": OPEN}),
    "Basic": Case(headers={"Authorization": f"Basic {SECRET}", "X-Open": OPEN}),
    "Proxy-Authorization": Case(headers={"Proxy-Authorization": SECRET, "X-Open": OPEN}),
    "a cookie": Case(headers={"Cookie": f"theme={SECRET}; sid={SECRET}", "X-Open": OPEN}),
    "X-Auth-Token": Case(headers={"X-Auth-Token": SECRET, "X-Open": OPEN}),
    "X-CSRF-Token": Case(headers={"X-CSRF-Token": SECRET, "X-Open": OPEN}),
    "Set-Cookie": answered({"open": OPEN}, "application/json", f"Set-Cookie: a={SECRET}; Path=/"),
    "a header of a reply": answered({"open": OPEN}, "application/json", f"X-Api-Key: {SECRET}"),
    "Location": answered(
        {"open": OPEN}, "application/json", f"Location: https://a.example/?access_token={SECRET}"
    ),
    "a fragment in Location": answered(
        {"open": OPEN}, "application/json", f"Location: https://a.example/#id_token={SECRET}&a=1"
    ),
    "Referer": Case(headers={"Referer": f"https://a.example/?token={SECRET}&open={OPEN}"}),
    "a code in Referer": Case(headers={"Referer": f"https://a.example/?code={SECRET}&state={OPEN}"}),
    "the key of a scheme in Referer": Case(
        headers={"Referer": f"https://a.example/?k={SECRET}&open={OPEN}"}
    ),
    # By form
    "JWT": sent({"x": JWT, "open": OPEN}),
    "JWT in a header": Case(headers={"X-Other": f"a {JWT}", "X-Open": OPEN}),
    "JWT in a path": Case(path=f"/anything/{JWT}?open={OPEN}"),
    "JWT in a text": answered(f"{OPEN} {JWT} and more", "text/plain"),
    "PEM": sent({"x": PEM, "open": OPEN}),
    "PEM in a text": answered(f"{OPEN}\n{PEM}", "text/plain"),
    "user and password in a URL": sent({"url": f"https://ada:{SECRET}@a.example/{OPEN}"}),
    "a user alone in a URL": answered({"url": f"https://{SECRET}@a.example/{OPEN}"}),
    "a query in a URL": sent({"url": f"https://a.example/{OPEN}?x=1&sig={SECRET}"}),
    "an escaped URL": sent(f'{{"url": "https:\\/\\/a.example\\/{OPEN}?x=1\\u0026token={SECRET}"}}'),
    "a URL in a query": Case(
        path=f"/anything?to={quote(f'https://a.example/?token={SECRET}', safe='')}&open={OPEN}"
    ),
    "a connection string": sent({"db": f"Server=s;Password={SECRET};Database={OPEN}"}),
    # By the schema
    "format: password": sent({"marked": SECRET, "open": OPEN}, path="/marked/1"),
    "writeOnly": sent({"hidden": SECRET, "open": OPEN}, path="/marked/1"),
    "writeOnly below": sent({"inner": {"hidden": [SECRET]}, "open": OPEN}, path="/marked/1"),
    "items": sent({"list": [SECRET], "open": OPEN}, path="/marked/1"),
    "marked in a reply": Case(
        path="/marked/1", answer=json_reply(f'{{"marked": "{SECRET}", "open": "{OPEN}"}}'.encode())
    ),
    "a parameter of a query": Case(path=f"/marked/1?word={SECRET}&open={OPEN}"),
    "a parameter of a path": Case(path=f"/reset/{SECRET}/of/{OPEN}"),
    "the key of a scheme": Case(path=f"/anything?k={SECRET}&open={OPEN}"),
    "the key of a scheme as a header": Case(headers={"X-K": SECRET, "X-Open": OPEN}),
    "named by the setting": sent({"Tenant_Word": SECRET, "open": OPEN}),
    # Compressed, and in other charsets
    "gzip": Case(
        body=gzip.compress(json.dumps({"password": SECRET, "open": OPEN}).encode()),
        media_type="application/json",
        headers={"Content-Encoding": "gzip"},
    ),
    "a compressed reply": answered(
        gzip.compress(json.dumps({"token": SECRET, "open": OPEN}).encode()),
        "application/json",
        "Content-Encoding: gzip",
    ),
    "UTF-16": sent(
        f'{{"password": "{SECRET}"}}'.encode("utf-16-le"), "text/plain; charset=utf-16-le"
    ),
    # What is wrong
    "a violation": sent({"password": SECRET, "open": 5}, path="/strict"),
    "a violation of a secret": sent({"password": [SECRET]}, path="/strict"),
    "a violation around a secret": sent({"login": {"password": SECRET}}, path="/strict"),
    "a violation of a parameter": Case(path=f"/strict?pin={SECRET}"),
    "a violation of a reply": Case(
        path="/strict", answer=json_reply(b'{"login": {"password": "%s"}}' % SECRET.encode())
    ),
}  # fmt: skip

SHOWN: dict[str, Case] = {
    **{
        f"{name} in JSON": sent({name: OPEN})
        for name in (
            "next_page_token", "page_token", "pageToken", "nextToken", "continuation_token",
            "cursor", "etag", "author", "tokenizer", "secretary", "assigned", "pin_code", "pinCode",
            "token_type", "password_hint", "key", "compass", "monkey", "public_key", "design",
            "signal", "state", "code",
        )
    },
    **{
        f"{name} counts": sent({name: NUMBER})
        for name in ("total_tokens", "max_tokens", "prompt_tokens", "completion_tokens", "tokens",
                     "outputTokens", "maxTokens", "expires_in")
    },
    "code in a query": Case(path=f"/anything?code={OPEN}"),
    "page_token in a query": Case(path=f"/anything?page_token={OPEN}"),
    "author in XML": sent(f"<a><author>{OPEN}</author></a>", "application/xml"),
    "author in a form": sent(f"author={OPEN}", FORM),
    "cursor in multipart": sent(part("cursor", OPEN) + "--B--\r\n", MULTIPART),
    "code and reason": answered({"code": OPEN, "reason": "x"}),
    "a URL": sent({"url": f"https://a.example:80/{OPEN}?page=2#top"}),
    "an address": sent({"mail": f"{OPEN}@a.example"}),
    "taken out by the setting": sent({"sessionId": OPEN}),
}  # fmt: skip

WORDS = {"type": "string"}
MARKED = {
    "type": "object",
    "properties": {
        "marked": {"type": "string", "format": "password"},
        "hidden": {"type": "string", "writeOnly": True},
        "list": {"type": "array", "items": {"$ref": "#/components/schemas/Word"}},
        "inner": {"$ref": "#/components/schemas/Inner"},
    },
}
STRICT = {
    "type": "object",
    "properties": {
        "open": WORDS,
        "password": WORDS,
        "login": {"oneOf": [{"type": "string"}, {"type": "object", "required": ["user"]}]},
    },
}


def operation(id: str, schema: Any, *parameters: Any) -> dict[str, Any]:
    """Return a POST that takes and gives what keeps to a schema, in any media type."""
    content = {name: {"schema": schema} for name in ("application/json", "application/xml", "*/*")}
    return {
        "post": {
            "operationId": id,
            "parameters": list(parameters),
            "requestBody": {"content": content},
            "responses": {"default": {"description": "", "content": content}},
        }
    }


def parameter(name: str, location: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": location, "required": location == "path", "schema": schema}


DOCUMENT = {
    "security": [{}],
    "components": {
        "securitySchemes": {
            "query": {"type": "apiKey", "in": "query", "name": "k"},
            "header": {"type": "apiKey", "in": "header", "name": "X-K"},
        },
        "schemas": {
            "Word": {"type": "string", "format": "password"},
            "Inner": {"type": "object", "properties": {"hidden": {
                "type": "array", "items": WORDS, "writeOnly": True}}},
        },
    },
    "/anything": operation(
        "anything", {}, parameter("X-Open", "header"), parameter("open", "query")
    ),
    "/anything/{rest}": operation("rest", {}, parameter("rest", "path", type="string")),
    "/marked/{id}": operation(
        "marked", MARKED, parameter("id", "path", type="string"),
        parameter("word", "query", type="string", format="password"),
    ),
    "/reset/{token}/of/{name}": operation(
        "reset", {}, parameter("token", "path", type="string"),
        parameter("name", "path", type="string"),
    ),
    "/strict": operation("strict", STRICT, parameter("pin", "query", type="integer")),
}  # fmt: skip
SETTINGS = ("tenantWord", "-session_id")
# `session_id` is the one name of the list that the setting takes out here.
CASES = {**{n: c for n, c in HIDDEN.items() if "ession" not in n}, **SHOWN}
OUTPUTS = ["exchanges", "exchange", "har", "stream", "requests", "found", "unmatched",
           "explanation", "waited", "logs", "coverage", "recordings"]  # fmt: skip


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@dataclass(frozen=True)
class Run:
    """What every output shows of all cases, and of each case."""

    texts: Mapping[str, str]
    of_case: Mapping[str, Mapping[str, str]]


def answer_of(seen: Seen, connection: socket.socket) -> bytes:
    (name,) = seen.all("x-case")
    return list(CASES.values())[int(name)].answer


def run_all(folder: Path, **settings: Any) -> Run:
    """Send every case, and read every output."""
    document = folder / "openapi.yaml"
    document.write_text(document_text({"openapi": "3.1.0", **DOCUMENT}))
    log, lines = logging.getLogger("mock_server"), _Lines()
    log.addHandler(lines)
    with ExitStack() as stack:
        stack.callback(log.removeHandler, lines)
        service = stack.enter_context(Service(answer_of))
        named = Settings(document=document, reload=False, journal_size=10_000, **settings)
        app = Proxy(named, Proxying(service.url, record=folder / "recorded", seconds=SECONDS))
        app.coverage.begin()
        url = stack.enter_context(BackgroundServer(app)).url
        client = stack.enter_context(httpx.Client(base_url=url, timeout=SECONDS))
        for number, case in enumerate(CASES.values()):
            headers = {**case.headers, "X-Case": str(number)}
            if case.media_type:
                headers["Content-Type"] = case.media_type
            client.post(case.path, content=case.body, headers=headers)
        until(lambda: len(app.journal) == len(CASES), "all exchanges in the journal")
        texts, of_case = _read(client)
        write_report(app.coverage.report(), folder / "coverage.json")
        texts["coverage"] = (folder / "coverage.json").read_text()
        texts["logs"] = "\n".join(lines.lines)
        files = sorted((folder / "recorded" / "replies").iterdir())
        texts["recordings"] = "\n".join(path.read_text() for path in files)
        return Run(texts, of_case)


def _read(client: httpx.Client) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    ids = range(1, len(CASES) + 1)
    each = {
        "exchange": [client.get(f"/_mock/exchanges/{id}").text for id in ids],
        "explanation": [client.get(f"/_mock/exchanges/{id}/explanation").text for id in ids],
    }
    calls = {
        "exchanges": client.get("/_mock/exchanges"),
        "har": client.get("/_mock/exchanges.har"),
        "requests": client.get("/__admin/requests"),
        "found": client.post("/__admin/requests/find", json={}),
        "unmatched": client.get("/__admin/requests/unmatched"),
        "waited": client.get("/_mock/exchanges/wait?path=/x&timeout=1ms&count=5"),
    }
    texts = {name: _with_decoded(got.text) for name, got in calls.items()}
    texts |= {name: "\n".join(map(_with_decoded, found)) for name, found in each.items()}
    with client.stream("GET", "/_mock/exchanges/stream", headers={"Last-Event-ID": "0"}) as got:
        pieces = []
        for line in got.iter_lines():
            pieces += [line] if line.startswith("data:") else []
            if len(pieces) == len(CASES):
                break
    texts["stream"] = "\n".join(map(_with_decoded, pieces))
    by_name = {
        name: {output: _with_decoded(found[number]) for output, found in each.items()}
        for number, name in enumerate(CASES)
    }
    return texts, by_name


def _with_decoded(text: str) -> str:
    """Return a text, with what its members in base64 stand for, compressed or not."""
    found = []
    for key in ("base64", "bodyAsBase64"):
        for piece in text.split(f'"{key}":"')[1:]:
            data = base64.b64decode(piece.partition('"')[0])
            plain = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
            found += [plain.decode("latin-1"), plain.replace(b"\0", b"").decode("latin-1")]
    return "\n".join([text, *found])


@pytest.fixture(scope="module")
def masked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    yield run_all(tmp_path_factory.mktemp("masked"), secret=SETTINGS)


@pytest.mark.parametrize("output", OUTPUTS)
def test_no_output_has_a_secret(masked: Run, output: str) -> None:
    text = masked.texts[output]
    assert text
    assert _around(text, SECRET) == []


def test_a_number_that_is_secret_is_shown_nowhere(masked: Run) -> None:
    number = list(CASES).index("a number") + 1
    assert f'"pin":{NUMBER}' not in masked.texts["exchanges"]
    assert (
        str(NUMBER)
        not in json.loads(masked.of_case["a number"]["exchange"].splitlines()[0])["request"][
            "body"
        ]["text"]
    )
    assert f"pin: {NUMBER}" not in masked.texts["recordings"]
    assert number > 0


@pytest.mark.parametrize("case", [name for name in CASES if name != "UTF-16"])
def test_what_is_not_secret_is_shown_beside_it(masked: Run, case: str) -> None:
    text = masked.of_case[case]["exchange"]
    source = CASES[case]
    told = f"{source.path}{source.headers}{source.body!r}{source.answer!r}"
    if OPEN in told:
        assert OPEN in text
    elif case.endswith("counts"):
        assert str(NUMBER) in text


def test_every_case_has_what_it_is_about() -> None:
    for name, case in HIDDEN.items():
        told = f"{case.path}{case.headers}{case.body!r}{case.answer!r}"
        if "gzip" in name or "compressed" in name or name in ("UTF-16", "a number"):
            continue
        assert SECRET in told, name


@pytest.fixture(scope="module")
def unmasked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    yield run_all(tmp_path_factory.mktemp("unmasked"), mask_credentials=False)


@pytest.mark.parametrize("case", [name for name in HIDDEN if name in CASES and name != "a number"])
def test_a_setting_shows_all(unmasked: Run, case: str) -> None:
    assert SECRET in unmasked.of_case[case]["exchange"]


@pytest.mark.parametrize("output", ["har", "requests", "stream", "recordings", "logs"])
def test_the_setting_is_for_all_outputs(unmasked: Run, output: str) -> None:
    assert SECRET in unmasked.texts[output]


def test_what_is_recorded_can_be_read_back(masked: Run) -> None:
    assert yaml.safe_load(masked.texts["recordings"].split("# Recorded")[1].partition("\n")[2])


def _around(text: str, word: str) -> list[str]:
    """Return the text around a word in a text, each time."""
    found: list[str] = []
    at = text.find(word)
    while at >= 0 and len(found) < 12:
        found.append(text[max(0, at - 160) : at + 40])
        at = text.find(word, at + 1)
    return found
