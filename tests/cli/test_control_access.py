"""The start of a server: who can use the control API, and a token if a person can read it."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import httpx
import pytest

from tests.helpers.control import call
from tests.helpers.processes import COMMAND, environment, run, serving
from tests.helpers.running import SECONDS, Mock, Serve, json_of, thing

OK = thing({"200": json_of(True, example="ok")})
ANY = "0.0.0.0"


def line(out: str) -> str:
    """Return the line of the start about the control API."""
    (said,) = re.findall(r"^Control API: (.*)$", out, re.MULTILINE)
    return str(said)


SAID: dict[tuple[str, ...], str] = {
    (): "this machine only",
    ("--host", "localhost"): "this machine only",
    ("--control-token", "t"): "this machine only, with the token",
    ("--host", ANY, "--control-token", "t"): "anyone who has the token",
    ("--host", ANY): "nobody, until it has a token",
    ("--host", ANY, "--no-control"): "off",
    ("--control-origin", "http://b.test", "--control-origin", "http://a.test"): (
        "this machine only; pages of http://a.test, http://b.test too"
    ),
}


@pytest.mark.parametrize(("options", "said"), SAID.items(), ids=str)
def test_one_line_at_the_start_says_who_can_use_it(options: tuple[str, ...], said: str) -> None:
    with serving(*options) as server:
        assert line(server.out.text) == said
        told = said.startswith("nobody")
        if told:
            server.logged("--control-token or MOCK_SERVER_CONTROL_TOKEN")
            server.logged("--no-control")
        assert told == ("--no-control" in server.err.text)


CONSOLE: dict[tuple[str, ...], bool] = {
    (): True,
    ("--control-token", "secret"): True,
    ("--host", ANY): False,
    ("--no-control",): False,
}


@pytest.mark.parametrize(("options", "is_there"), CONSOLE.items(), ids=str)
def test_the_start_says_where_the_console_is_without_the_token(
    options: tuple[str, ...], is_there: bool
) -> None:
    with serving(*options) as server:
        assert (f"Console: {server.url}/_mock/\n" in server.out.text) == is_there
        assert "secret" not in server.out.text + server.err.text


@pytest.mark.parametrize("variable", ["CONTROL_TOKEN", "CONTROL_HOST", "CONTROL_ORIGIN"])
def test_the_environment_says_the_same(variable: str) -> None:
    value = {"CONTROL_HOST": "mock", "CONTROL_ORIGIN": "http://a.test,http://b.test"}
    env = environment(**{f"MOCK_SERVER_{variable}": value.get(variable, "t")})
    with serving(env=env) as server, httpx.Client(base_url=server.url) as client:
        headers = {
            "CONTROL_TOKEN": {"Authorization": "Bearer t"},
            "CONTROL_HOST": {"Host": "mock:80"},
            "CONTROL_ORIGIN": {"Origin": "http://b.test"},
        }
        assert client.get("/_mock/seed", headers=headers[variable]).status_code == 200


def test_without_a_terminal_no_token_is_made_and_nobody_is_answered() -> None:
    with serving("--host", ANY) as server, httpx.Client(base_url=server.url) as client:
        for path in ("/_mock/exchanges", "/__admin/requests"):
            reply = client.get(path)
            assert reply.status_code == 403
            assert "--control-token" in reply.json()["detail"]
        assert client.get("/_mock/health").status_code == 200
        assert "Token" not in server.out.text + server.err.text


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize("name", [("serve",), ("proxy", "http://127.0.0.1:9")], ids=str)
def test_on_a_terminal_a_token_is_made_and_shown_there_alone(name: tuple[str, ...]) -> None:
    import pty

    near, far = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, *name, "-p", "0", "--host", ANY],
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=far,
    ) as process:
        os.close(far)
        try:
            assert process.stdout is not None
            out = "".join(until_it_listens(process.stdout))
            shown = shown_on(near)
            (token,) = re.findall(r"Token of the control API, for this run: (\S+)", shown)
            assert f"Console: {out.split()[-1]}/_mock/#token={token}" in shown
            assert len(token) >= 32 and token not in out
            assert line(out) == "anyone who has the token"
            with httpx.Client(base_url=out.split()[-1]) as client:
                assert client.get("/_mock/seed").status_code == 401
                headers = {"Authorization": f"Bearer {token}"}
                assert client.get("/_mock/seed", headers=headers).status_code == 200
        finally:
            process.terminate()
            os.close(near)


def until_it_listens(stream: IO[bytes]) -> Iterator[str]:
    """Yield the lines of a stream up to the one that states where the server listens."""
    for read in stream:
        yield read.decode()
        if b"is listening" in read:
            return


def shown_on(terminal: int) -> str:
    """Return what a terminal shows by now, once there is a line."""
    shown = b""
    while select.select([terminal], [], [], 0 if b"\n" in shown else SECONDS)[0]:
        shown += os.read(terminal, 4096)
    return shown.decode()


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("--control-origin", "*", "http://localhost:3000"),
        ("--control-origin", "localhost:3000", "http://localhost:3000"),
        ("--control-host", "mock:80", "without a port"),
    ],
)
def test_what_is_no_origin_or_name_keeps_it_from_starting(
    option: str, value: str, expected: str
) -> None:
    done = run("serve", "-p", "0", option, value)
    assert done.returncode == 2
    assert option.removeprefix("--") in done.stderr and expected in done.stderr
    assert "Traceback" not in done.stderr


def test_a_command_beside_the_server_finds_the_token(tmp_path: Path) -> None:
    asking = (
        "import os, urllib.request as u; "
        "r = u.Request(os.environ['MOCK_SERVER_URL'] + '/_mock/seed', "
        "headers={'Authorization': 'Bearer ' + os.environ['MOCK_SERVER_CONTROL_TOKEN']}); "
        "print(u.urlopen(r).read().decode())"
    )
    done = run("exec", "--control-token", "secret", "--", sys.executable, "-c", asking)
    assert (done.returncode, done.stdout) == (0, '{"seed":"mock"}\n'), done.stderr


def test_the_report_of_coverage_is_fetched_with_the_token(serve: Serve) -> None:
    mock: Mock = serve(OK, control_token="secret")
    assert run("coverage", "--url", mock.url).returncode == 2
    assert run("coverage", "--url", mock.url, "--control-token", "secret").returncode == 0
    env = environment(MOCK_SERVER_CONTROL_TOKEN="secret")
    assert run("coverage", "--url", mock.url, env=env).returncode == 0


def test_a_mock_that_runs_elsewhere_is_given_the_token(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mock_server.testing.exploration import RunningMock

    mock = serve(OK, control_token="secret")
    RunningMock(mock.url, token="secret").reply("thing", status=200, body=True)
    assert mock.get().json() is True
    monkeypatch.setenv("MOCK_SERVER_CONTROL_TOKEN", "secret")
    RunningMock(mock.url).reply("thing", status=200, body=True)
    headers = {"Authorization": "Bearer secret"}
    assert len(call(mock, "GET", "/_mock/stubs", headers=headers)["stubs"]) == 1
