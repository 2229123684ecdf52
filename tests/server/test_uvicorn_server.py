"""The running process: its address, its end, and two servers beside each other."""

from __future__ import annotations

import asyncio
import errno
import os
import pty
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_server.app import create_app
from mock_server.errors import WrongUse
from mock_server.server.event_loop import BackgroundLoop
from mock_server.server.uvicorn_server import BackgroundServer, base_url, listen
from mock_server.settings import Settings
from tests.helpers.processes import (
    COMMAND,
    LISTENING,
    SECONDS,
    checks_in,
    environment,
    run,
    serving,
    without_requests,
)
from tests.helpers.running import KEYS, LATEST, Serve, until

ENDING = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
# A handler that reports its call, and goes on when a test lets it.
WAITING = """\
import asyncio
from pathlib import Path

FOLDER = Path(__file__).parent


async def latest_invocations_by_keys():
    (FOLDER / "called").touch()
    while not (FOLDER / "go").exists():
        await asyncio.sleep(0.01)
    return {}
"""


@contextmanager
def asking(url: str) -> Iterator[Future[httpx.Response]]:
    """Yield a request that is on its way while the block runs."""
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(httpx.post, f"{url}{LATEST}", json=KEYS, timeout=SECONDS)


def refuses(url: str) -> bool:
    """Return whether nothing listens there any more."""
    try:
        httpx.get(url)
    except httpx.ConnectError:
        return True
    except httpx.TransportError:  # accepted at the last moment
        return False
    return False


# The end


@pytest.mark.parametrize("number", ENDING)
def test_a_signal_ends_it_with_exit_code_0_and_without_a_word(
    number: signal.Signals, tmp_path: Path
) -> None:
    with serving(cwd=tmp_path) as server:
        assert server.end(number) == 0
        assert without_requests(server.err.complete()) == ""


@pytest.mark.parametrize("number", ENDING)
def test_a_request_in_flight_is_answered_before_the_end(
    number: signal.Signals, tmp_path: Path
) -> None:
    (tmp_path / "waiting.py").write_text(WAITING)
    with serving("--handlers", "waiting.py", cwd=tmp_path) as server, asking(server.url) as reply:
        until((tmp_path / "called").exists, "the handler is called")
        server.process.send_signal(number)
        until(lambda: refuses(server.url), "nothing new is accepted")
        assert server.process.poll() is None
        (tmp_path / "go").touch()
        assert reply.result().status_code == 200
        assert reply.result().json() == {}
        assert server.process.wait(SECONDS) == 0
        assert without_requests(server.err.complete()) == ""


def test_a_second_ctrl_c_waits_for_nobody_and_tells_who_was_waiting(tmp_path: Path) -> None:
    (tmp_path / "waiting.py").write_text(WAITING)
    with serving("--handlers", "waiting.py", cwd=tmp_path) as server, asking(server.url) as reply:
        until((tmp_path / "called").exists, "the handler is called")
        server.process.send_signal(signal.SIGINT)
        until(lambda: refuses(server.url), "nothing new is accepted")
        assert server.end(signal.SIGINT) == 0
        assert reply.result().status_code == 503
        assert reply.result().json()["detail"] == "The mock server ends."
        assert without_requests(server.err.complete()) == ""


def test_a_client_that_keeps_its_connection_does_not_hold_the_end_up(tmp_path: Path) -> None:
    with serving(cwd=tmp_path) as server, httpx.Client(base_url=server.url) as client:
        assert client.get("/_mock/health").status_code == 200
        assert server.end() == 0


def test_ctrl_c_in_a_terminal_ends_it_cleanly(tmp_path: Path) -> None:
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(tmp_path)
        os.execve(COMMAND[0], [*COMMAND, "serve", "-p", "0"], environment())
    shown = bytearray()

    def read() -> None:
        try:
            while data := os.read(terminal, 4096):
                shown.extend(data)
        except OSError:  # the terminal has lost its process
            pass

    reader = threading.Thread(target=read)
    reader.start()
    try:
        until(
            lambda: LISTENING.search(shown.decode().replace("\r\n", "\n")) or not reader.is_alive(),
            "the line that it listens",
        )
        os.write(terminal, b"\x03")
        reader.join(SECONDS)
        assert not reader.is_alive()
        assert shown.decode().splitlines()[-1] == "^C"
    finally:
        os.kill(process, signal.SIGKILL)
        status = os.waitpid(process, 0)[1]
        os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0


def test_the_document_s_check_does_not_outlive_the_server(tmp_path: Path) -> None:
    paths = ", ".join(f'"/{n}": {{"get": {{"responses": {{}}}}}}' for n in range(5_000))
    (tmp_path / "large.json").write_text(
        f'{{"openapi": "3.1.0", "info": {{"title": "L", "version": "1"}}, "paths": {{{paths}}}}}'
    )
    with serving("large.json", cwd=tmp_path) as server:
        until(lambda: checks_in(tmp_path), "the check runs")
        assert server.end() == 0
        assert checks_in(tmp_path) == []


def test_neither_does_it_outlive_a_server_that_is_killed(tmp_path: Path) -> None:
    paths = ", ".join(f'"/{n}": {{"get": {{"responses": {{}}}}}}' for n in range(5_000))
    (tmp_path / "large.json").write_text(
        f'{{"openapi": "3.1.0", "info": {{"title": "L", "version": "1"}}, "paths": {{{paths}}}}}'
    )
    with serving("large.json", cwd=tmp_path) as server:
        until(lambda: checks_in(tmp_path), "the check runs")
        assert server.end(signal.SIGKILL) == -signal.SIGKILL
        until(lambda: checks_in(tmp_path) == [], "the end of the check")


def test_a_hangup_that_it_was_started_to_ignore_is_ignored(tmp_path: Path) -> None:
    nohup = ("sh", "-c", 'trap "" HUP; exec "$0" "$@"', *COMMAND)
    with serving(cwd=tmp_path, command=nohup) as server:
        server.process.send_signal(signal.SIGHUP)
        assert httpx.get(f"{server.url}/_mock/health").status_code == 200
        assert server.end(signal.SIGTERM) == 0


# Where it listens


def test_port_0_takes_a_free_port_each_time(tmp_path: Path) -> None:
    with serving(cwd=tmp_path) as one, serving(cwd=tmp_path) as other:
        assert one.url != other.url
        assert {httpx.get(f"{url}/_mock/health").status_code for url in (one.url, other.url)} == {
            200
        }


def has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 on this machine")
def test_an_ipv6_host_is_served_and_shown_in_brackets(tmp_path: Path) -> None:
    with serving("--host", "::1", cwd=tmp_path) as server:
        assert server.url.startswith("http://[::1]:")
        assert f"Docs: {server.url}/docs\n" in server.out.text
        assert httpx.get(f"{server.url}/_mock/health").status_code == 200


@pytest.mark.parametrize(("host", "shown"), [("0.0.0.0", "127.0.0.1"), ("localhost", "127.0.0.1")])
def test_the_address_shown_is_one_that_a_client_can_use(host: str, shown: str) -> None:
    with listen(host, 0) as listening:
        assert base_url(listening) == f"http://{shown}:{listening.getsockname()[1]}"


NO_PLACE = {
    "no such host": (
        "nope.invalid",
        0,
        "can't listen on nope.invalid, port 0: the host isn't known",
    ),
    "no address": ("999.1.1.1", 0, "can't listen on 999.1.1.1, port 0: the host isn't known"),
    "another's address": (
        "192.0.2.1",
        0,
        "can't listen on 192.0.2.1, port 0: the host is no address of",
    ),
    "no port": ("127.0.0.1", 65_536, "invalid port 65536; expected 0 to 65535"),
}


@pytest.mark.parametrize(("host", "port", "told"), NO_PLACE.values(), ids=NO_PLACE)
def test_where_it_cannot_listen_it_says_why(host: str, port: int, told: str) -> None:
    with pytest.raises(WrongUse) as refused:
        listen(host, port)
    (line,) = refused.value.lines
    assert line.startswith(told)
    assert "(" not in line


def test_a_host_that_is_not_there_ends_the_start(tmp_path: Path) -> None:
    done = run("serve", "-p", "0", "--host", "192.0.2.1", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1


# What the first requests would wait for


def test_what_takes_long_to_import_is_there_without_any_request(tmp_path: Path) -> None:
    told = environment(PYTHONPROFILEIMPORTTIME="1")
    with serving(cwd=tmp_path, env=told, command=COMMAND) as server:
        server.logged(r"\| +faker$")


# The log


def test_at_level_warning_requests_are_no_news(tmp_path: Path) -> None:
    with serving("--log-level", "warning", cwd=tmp_path) as server:
        httpx.get(f"{server.url}/nowhere")
        httpx.post(f"{server.url}{LATEST}", content=b"{")
        assert server.end() == 0
        assert server.err.complete() == ""


@pytest.mark.parametrize(("level", "told"), [("warning", True), ("error", False)])
def test_the_log_says_as_much_as_it_was_asked_to(level: str, told: bool, tmp_path: Path) -> None:
    with serving("--log-level", level, cwd=tmp_path) as server:
        url = httpx.URL(server.url)
        with socket.create_connection((url.host, url.port or 80)) as wire:
            wire.sendall(b"no HTTP\r\n\r\n")
            assert wire.recv(100).startswith(b"HTTP/1.1 400 ")
        assert server.end() == 0
        assert ("WARNING Invalid HTTP request" in server.err.complete()) == told


# In this process


def test_a_server_in_the_background_answers_until_its_block_ends() -> None:
    with BackgroundServer(create_app(Settings(reload=False))) as server:
        assert httpx.get(f"{server.url}/_mock/health").json()["status"] == "ok"
    assert refuses(server.url)


def test_a_server_in_the_background_leaves_signals_to_its_process() -> None:
    before = [signal.getsignal(number) for number in ENDING]
    with BackgroundServer(create_app(Settings(reload=False))):
        assert [signal.getsignal(number) for number in ENDING] == before


def test_a_server_in_the_background_answers_what_is_in_flight_at_its_end(tmp_path: Path) -> None:
    (tmp_path / "waiting.py").write_text(WAITING)
    app = create_app(Settings(reload=False, handlers=str(tmp_path / "waiting.py")))
    with ThreadPoolExecutor(2) as pool:
        with BackgroundServer(app) as server:
            reply = pool.submit(httpx.post, f"{server.url}{LATEST}", json=KEYS, timeout=SECONDS)
            until((tmp_path / "called").exists, "the handler is called")
            pool.submit(go_when_refused, server.url, tmp_path)
        assert reply.result().status_code == 200


class Unable(asyncio.SelectorEventLoop):
    """A loop that can't listen."""

    async def create_server(self, *_: Any, **__: Any) -> Any:
        raise OSError(errno.EMFILE, "Too many open files")


class Slow(asyncio.SelectorEventLoop):
    """A loop that doesn't get to listen, but reports that it was asked to."""

    asked = False

    async def create_server(self, *_: Any, **__: Any) -> Any:
        self.asked = True
        await asyncio.Event().wait()


def test_a_server_in_the_background_that_cannot_start_says_why() -> None:
    with BackgroundLoop(Unable) as loop:
        server = BackgroundServer(create_app(Settings(reload=False)), loop=loop)
        with pytest.raises(OSError, match="Too many open files"):
            server.__enter__()
        assert refuses(server.url)
        assert loop.call(int) == 0  # it goes on


def test_a_server_in_the_background_whose_loop_ends_before_it_listens_does_not_wait() -> None:
    own = Slow()
    loop = BackgroundLoop(lambda: own)
    with loop, ThreadPoolExecutor(1) as pool:
        server = BackgroundServer(create_app(Settings(reload=False)), loop=loop)
        starting = pool.submit(server.__enter__)
        until(lambda: own.asked, "it begins to listen")
        loop.__exit__()
        assert isinstance(starting.exception(SECONDS), CancelledError)


def test_a_server_in_the_background_does_not_start_in_a_loop_that_was_left() -> None:
    with BackgroundLoop() as loop:
        server = BackgroundServer(create_app(Settings(reload=False)), loop=loop)
    with pytest.raises(RuntimeError, match="closed"):
        server.__enter__()
    assert refuses(server.url)


def go_when_refused(url: str, folder: Path) -> None:
    until(lambda: refuses(url), "nothing new is accepted")
    (folder / "go").touch()


GENERATED = {
    "/thing": {
        "get": {
            "operationId": "thing",
            "responses": {
                "200": {
                    "description": "ok",
                    "content": {"application/json": {"schema": {"type": "string", "minLength": 9}}},
                }
            },
        }
    }
}


def test_two_servers_have_each_their_own_seed(serve: Serve) -> None:
    said = {serve(GENERATED, seed=seed).get().text for seed in ("spring", "autumn")}
    assert len(said) == 2


def test_two_servers_have_each_their_own_journal(serve: Serve) -> None:
    one, other = serve(), serve()
    one.post(LATEST, json=KEYS)
    assert (len(one.exchanges), len(other.exchanges)) == (1, 0)


def test_two_servers_have_each_their_own_fixtures(serve: Serve, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    one, other = serve(), serve(fixtures=empty)
    assert [mock.post(LATEST, json=KEYS).status_code for mock in (one, other)] == [200, 404]


COUNTING = """\
calls = []


def latest_invocations_by_keys(source_id, body):
    calls.append(source_id)
    return {} if len(calls) < 3 else None
"""


@pytest.mark.parametrize("name", ["counting.py", "counting"])
def test_two_servers_have_each_their_own_handlers(
    name: str, serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(sys.modules, "counting", sys)  # put back at the end
    del sys.modules["counting"]
    (tmp_path / "counting.py").write_text(COUNTING)
    mocks = [serve(handlers=Path(name)) for _ in range(2)]
    statuses = [[mock.post(LATEST, json=KEYS).status_code for _ in range(3)] for mock in mocks]
    assert statuses == [[200, 200, 500]] * 2
