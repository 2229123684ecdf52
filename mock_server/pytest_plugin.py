"""pytest: the fixture `mock_api`, a mock of its own for each test.

Nothing of the server is imported before the first test that asks for it. It has no assertions that
pytest could make more of: PYTEST_DONT_REWRITE.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from mock_server.coverage import Report
    from mock_server.mock_api import MockApi
    from mock_server.settings import Settings
    from mock_server.worlds import Worlds

MARKER = (
    "mock_api(allow_violations=False, **settings): serve what these settings name, such as"
    " document and fixtures; allow_violations lets the client break the contract."
)
_HELD = pytest.StashKey["_Held"]()


class _Held:
    """The mock of one test, and whether its client may break the contract."""

    def __init__(self, mock_api: MockApi, allows: bool) -> None:
        self.mock_api, self.allows = mock_api, allows

    def breaches(self) -> str:
        return "" if self.allows else self.mock_api.breaches()


class Servers:
    """The servers of a run: one for each distinct set of settings, begun when first needed.

    At the end what was met of a contract is written to the file that its settings name for that;
    a `worker` of several has a file of its own, with its name in it.
    """

    def __init__(self, stack: ExitStack, worker: str = "") -> None:
        from mock_server.background import BackgroundLoop
        from mock_server.server import new_loop

        self._stack, self._worker = stack, worker
        self._loop = stack.enter_context(BackgroundLoop(new_loop))
        stack.callback(self._write_reports)
        self._worlds: dict[Settings, Worlds] = {}
        self._addresses: dict[Settings, str] = {}

    def mock_api(self, settings: Settings) -> MockApi:
        """A mock of what the settings name, in a session of its own. Raises StartError."""
        from mock_server.app import create_app
        from mock_server.mock_api import MockApi
        from mock_server.worlds import Worlds

        if settings not in self._worlds:
            self._worlds[settings] = Worlds(create_app(settings), self._loop)
        worlds = self._worlds[settings]
        return MockApi(worlds, worlds.open(), lambda: self._address(settings))

    def _address(self, settings: Settings) -> str:
        """Where the settings are served; no socket is opened before someone asks."""
        from mock_server.server import BackgroundServer

        if settings not in self._addresses:
            server = BackgroundServer(self._worlds[settings], loop=self._loop)
            self._addresses[settings] = self._stack.enter_context(server).url
        return self._addresses[settings]

    def _write_reports(self) -> None:
        """Write what was met, settings of one file together. Raises WrongUse."""
        from mock_server.coverage import merged
        from mock_server.coverage.report_files import write_report

        reports: dict[Path, dict[str, Report]] = {}
        for number, (settings, worlds) in enumerate(self._worlds.items(), 1):
            if settings.coverage is not None:
                of_file = reports.setdefault(settings.coverage, {})
                report = self._loop.call(worlds.app.coverage.report)
                of_file[f"server {number} of {settings.document}"] = report
        for path, of_file in reports.items():
            named = path.with_stem(".".join(filter(None, [path.stem, self._worker])))
            write_report(merged(of_file), named)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", MARKER)


@pytest.fixture(scope="session")
def mock_api_settings() -> Settings | Mapping[str, Any]:
    """What `mock_api` serves, beyond what pyproject.toml says; a project may override it."""
    return {}


@pytest.fixture(scope="session")
def _mock_api_servers(pytestconfig: pytest.Config) -> Iterator[Servers]:
    worker = getattr(pytestconfig, "workerinput", {}).get("workerid", "")
    with _told(), ExitStack() as stack:
        yield Servers(stack, worker)


@pytest.fixture(scope="session")
def _mock_api_base(
    pytestconfig: pytest.Config, mock_api_settings: Settings | Mapping[str, Any]
) -> Settings:
    """What is served where no marker says otherwise.

    A mapping goes before what `[tool.mock-server]` in pyproject.toml says, and whole settings
    stand in its place. Relative paths begin at the file, or at pytest's root folder.
    """
    from mock_server.given_settings import given, read_table
    from mock_server.settings import Settings

    if isinstance(mock_api_settings, Settings):
        return mock_api_settings
    root = pytestconfig.rootpath
    with _told():
        table = read_table(root / "pyproject.toml")
        return Settings(**{**table, **given(mock_api_settings, root, "mock_api_settings")})


@pytest.fixture
def mock_api(
    request: pytest.FixtureRequest, _mock_api_servers: Servers, _mock_api_base: Settings
) -> Iterator[MockApi]:
    """A mock of the contract for this test alone, on a free port or without a socket."""
    from mock_server.given_settings import given

    with _told():
        marked = _marked(request.node)
        allows = bool(marked.pop("allow_violations", False))
        named = given(marked, request.config.rootpath, "pytest.mark.mock_api")
        if "document" in named:  # another contract has a report of its own, if any
            named.setdefault("coverage", None)
        mock_api = _mock_api_servers.mock_api(replace(_mock_api_base, **named))
    held = request.node.stash[_HELD] = _Held(mock_api, allows)
    try:
        yield mock_api
        _fail_for(held.breaches())
    finally:
        mock_api.close()


@contextmanager
def _told() -> Iterator[None]:
    """What is wrong in the settings, or in what they name, is told without a traceback."""
    from mock_server.errors import StartError

    try:
        yield
    except StartError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


def _marked(node: pytest.Item) -> dict[str, Any]:
    """What the markers say; one that is nearer to the test wins."""
    marks = list(node.iter_markers("mock_api"))
    if any(mark.args for mark in marks):
        pytest.fail("pytest.mark.mock_api: expected settings by their names", pytrace=False)
    return {name: value for mark in reversed(marks) for name, value in mark.kwargs.items()}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail a test in which the client broke the contract; one that failed shows it beside."""
    try:
        result = yield
    except BaseException:
        held = item.stash.get(_HELD, None)
        if held is not None and (told := held.breaches()):
            item.add_report_section("call", "mock_api", told)
        raise
    held = item.stash.get(_HELD, None)
    if held is not None:
        _fail_for(held.breaches())
    return result


def _fail_for(breaches: str) -> None:
    __tracebackhide__ = True
    if breaches:
        pytest.fail(f"The client broke the contract. {breaches}", pytrace=False)
