"""The request log: what a developer sees in the terminal of each request."""

from __future__ import annotations

import io
import json
import re
import threading
from pathlib import Path

import httpx
import pytest

from mock_server.cli.request_log import MOST_WAITING, RequestLog, is_colored, printable
from mock_server.errors import Violation
from mock_server.http_messages import Reply
from mock_server.secrecy import Secrets
from mock_server.sessions import Exchange
from tests.helpers.processes import serving
from tests.helpers.running import until

TIME = r"\d\d:\d\d:\d\d"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pets.yaml").write_text(DOCUMENT)
    return tmp_path


DOCUMENT = """\
openapi: 3.1.0
info: {title: Pets, version: '1'}
paths:
  /pets/{id}:
    get:
      operationId: get_pet
      parameters:
        - {name: id, in: path, required: true, schema: {type: integer}}
      responses:
        '200':
          description: The pet
          content: {application/json: {example: Minka}}
"""


def exchange(path: str = "/a", status: int = 200) -> Exchange:
    return Exchange(1, 0.0, 0.001, "GET", path, "", "a", [], b"", 0, Reply(status, [], b""), 0)


def test_each_request_is_a_line_and_a_refusal_says_what_was_wrong(folder: Path) -> None:
    with serving("pets.yaml", cwd=folder) as server:
        for path in ("/pets/7", "/pets/minka", "/pet/7"):
            httpx.get(f"{server.url}{path}")
        until(lambda: server.err.text.count("\n") >= 5, "five lines on stderr")
        lines = server.err.text.splitlines()
    assert re.fullmatch(rf"{TIME} GET     /pets/7 +200 example:example +\d+\.\d ms", lines[0])
    assert re.fullmatch(rf"{TIME} GET     /pets/minka +422 refusal +\d+\.\d ms", lines[1])
    assert lines[2].endswith('└ id in the path is a string, "minka"; expected an integer')
    assert re.fullmatch(rf"{TIME} GET     /pet/7 +404 refusal +\d+\.\d ms", lines[3])
    assert lines[4].endswith("└ Pets has no path /pet/7; did you mean /pets/{id}?")


def test_for_programs_each_line_is_an_object_of_json(folder: Path) -> None:
    with serving("pets.yaml", "--log-format", "json", cwd=folder) as server:
        httpx.get(f"{server.url}/pets/x")
        until(lambda: "\n" in server.err.text, "a line on stderr")
        line = json.loads(server.err.text)
    assert line.pop("time").endswith("Z") and line.pop("ms") > 0
    assert line == {
        "method": "GET",
        "path": "/pets/x",
        "operation": "get_pet",
        "status": 422,
        "source": "refusal",
        "wrong": ['id in the path is a string, "x"; expected an integer'],
    }


def test_at_level_warning_no_request_is_logged(folder: Path) -> None:
    with serving("pets.yaml", "--log-level", "warning", cwd=folder) as server:
        httpx.get(f"{server.url}/pets/x")
    assert server.err.text == ""


def test_at_level_debug_no_library_speaks(folder: Path) -> None:
    with serving("pets.yaml", "--log-level", "debug", cwd=folder) as server:
        httpx.get(f"{server.url}/pets/1", headers={"Prefer": "dynamic=true"})
        until(lambda: "/pets/1" in server.err.text, "the request's line")
    assert "DEBUG" not in server.err.text


def test_only_what_went_wrong_is_written_if_that_was_asked_for() -> None:
    stream = io.StringIO()
    log = RequestLog(stream, secrets=Secrets, only_wrong=True)
    log.add(exchange("/good"))
    log.add(exchange("/bad")._replace(reply=None))
    log.close()
    assert "/good" not in stream.getvalue()
    assert "the client left before the reply" in stream.getvalue()


class Unread(io.StringIO):
    """A stream that no one reads until it is released."""

    def __init__(self) -> None:
        super().__init__()
        self.read = threading.Event()  # type: ignore[assignment]
        self.is_held = threading.Event()

    def write(self, text: str) -> int:
        self.is_held.set()
        self.read.wait()  # type: ignore[attr-defined]
        return super().write(text)


def test_a_stream_that_nobody_reads_holds_no_request_and_says_what_is_left_out() -> None:
    stream = Unread()
    log = RequestLog(stream, secrets=Secrets)
    log.add(exchange("/first"))
    stream.is_held.wait()
    for _ in range(MOST_WAITING + 3):
        log.add(exchange("/more"))
    stream.read.set()  # type: ignore[attr-defined]
    until(lambda: "3 requests aren't logged" in stream.getvalue(), "what is left out")
    log.close()


def test_a_stream_that_is_closed_stops_nothing() -> None:
    stream = io.StringIO()
    log = RequestLog(stream, secrets=Secrets)
    stream.close()
    log.add(exchange())
    log.close()
    log.add(exchange())


def test_colours_are_for_terminals_and_no_color_switches_them_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert is_colored(terminal, "auto") and not is_colored(io.StringIO(), "auto")
    assert is_colored(io.StringIO(), "always") and not is_colored(terminal, "never")
    monkeypatch.setenv("NO_COLOR", "1")
    assert not is_colored(terminal, "auto")


def test_what_a_client_sends_can_t_control_the_terminal() -> None:
    assert printable("/a\x1b[31m\nb") == "/a\\x1b[31m\\x0ab"


def test_an_undeclared_reply_is_a_line_with_what_differs_below(folder: Path) -> None:
    with serving("pets.yaml", cwd=folder) as server:
        httpx.get(f"{server.url}/pets/7", headers={"Prefer": "code=502; undeclared"})
        until(lambda: server.err.text.count("\n") >= 2, "two lines on stderr")
        lines = server.err.text.splitlines()
    assert re.fullmatch(rf"{TIME} GET     /pets/7 +502 undeclared +\d+\.\d ms", lines[0])
    assert lines[1].endswith("└ the status 502 isn't declared by get_pet; it declares 200")


def test_where_only_what_went_wrong_is_logged_an_undeclared_reply_is_left_out() -> None:
    def differing(*parts: str) -> Exchange:
        violations = [Violation((part,), "", "status", "odd") for part in parts]
        reply = Reply(502, [], b"", "undeclared", violations, is_undeclared=True)
        return exchange()._replace(reply=reply)

    stream = io.StringIO()
    log = RequestLog(stream, secrets=Secrets, only_wrong=True)
    log.add(differing("response"))
    log.add(differing("request", "response"))
    log.close()
    assert stream.getvalue().count(" 502 ") == 1
