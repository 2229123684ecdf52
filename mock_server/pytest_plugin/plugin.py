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
    from mock_server.coverage import Runs
    from mock_server.pytest_plugin.mock_api import MockApi
    from mock_server.pytest_plugin.session_app import SessionApps
    from mock_server.settings import Settings

MARKER = (
    "mock_api(allow_violations=False, **settings): serve what these settings name, such as"
    " document and fixtures; allow_violations lets the client break the contract."
)
_HELD = pytest.StashKey["_Held"]()
_RUNS = pytest.StashKey["Runs"]()
_SHORT = pytest.StashKey[list[str]]()
_SHIPPED = pytest.StashKey[bool]()
SHIPPED = (
    "no document is set, so the shipped one is served, the Chroma Sync Service's; expected"
    ' document = "…" in [tool.mock-server] of pyproject.toml'
)
# Under which name a worker of xdist hands its reports on.
_HANDED_ON = "mock_api_coverage"


class _Held:
    """The mock of one test, and whether its client may break the contract."""

    def __init__(self, mock_api: MockApi, allows: bool) -> None:
        self.mock_api, self.allows = mock_api, allows

    def breaches(self) -> str:
        return "" if self.allows else self.mock_api.breaches()


class Servers:
    """The servers of a run: one for each distinct set of settings, begun when first needed.

    With `counts` what is met of every contract is counted, whatever its settings say.
    """

    def __init__(self, stack: ExitStack, counts: bool = False) -> None:
        from mock_server.server import BackgroundLoop, new_loop

        self._stack, self._counts = stack, counts
        self._loop = stack.enter_context(BackgroundLoop(new_loop))
        self._worlds: dict[Settings, SessionApps] = {}
        self._addresses: dict[Settings, str] = {}

    def mock_api(self, settings: Settings) -> MockApi:
        """Return a mock of what the settings name, in its own session. Raises StartError."""
        from mock_server.app import create_app
        from mock_server.pytest_plugin.mock_api import MockApi
        from mock_server.pytest_plugin.session_app import SessionApps

        if settings not in self._worlds:
            # It is served to this machine alone, whatever address the settings name.
            app = create_app(replace(settings, host="127.0.0.1"))
            if self._counts:
                app.coverage.begin()
            self._worlds[settings] = SessionApps(app, self._loop)
        worlds = self._worlds[settings]
        return MockApi(worlds, worlds.open(), lambda: self._address(settings))

    def runs(self) -> Runs:
        """Return the coverage reports of the servers for which it is counted."""
        from mock_server.coverage import Runs

        runs = Runs()
        for settings, worlds in self._worlds.items():
            if self._counts or settings.coverage is not None:
                runs.add(self._loop.call(worlds.app.coverage.report), settings.coverage)
        return runs

    def _address(self, settings: Settings) -> str:
        """Where the settings are served; no socket is opened before someone asks."""
        from mock_server.server import BackgroundServer, Limits

        if settings not in self._addresses:
            limits = Limits.of(settings)
            server = BackgroundServer(self._worlds[settings], loop=self._loop, limits=limits)
            self._addresses[settings] = self._stack.enter_context(server).url
        return self._addresses[settings]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Make the options known."""
    group = parser.getgroup("mock_api", "the mock server's fixture mock_api")
    group.addoption(
        "--mock-api-coverage",
        action="store_true",
        help="Show at the end what of the contract was met.",
    )
    group.addoption(
        "--mock-api-fail-under",
        action="append",
        default=[],
        metavar="[KIND=]PERCENT",
        help="Fail below that: of the whole contract, or of a kind of part; may be repeated.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", MARKER)
    if config.getoption("--mock-api-fail-under"):
        _thresholds(config)  # what is wrong in them is told before the tests


def _thresholds(config: pytest.Config) -> list[Any]:
    from mock_server.coverage import Threshold
    from mock_server.errors import WrongUse

    try:
        return [Threshold.read(text) for text in config.getoption("--mock-api-fail-under")]
    except WrongUse as error:
        raise pytest.UsageError(f"--mock-api-fail-under: {error}") from None


def _is_counted(config: pytest.Config) -> bool:
    asked = config.getoption("--mock-api-coverage"), config.getoption("--mock-api-fail-under")
    return any(asked)


@pytest.fixture(scope="session")
def mock_api_settings() -> Settings | Mapping[str, Any]:
    """Return settings of `mock_api` beyond pyproject.toml; a project may override this."""
    return {}


@pytest.fixture(scope="session")
def _mock_api_servers(pytestconfig: pytest.Config) -> Iterator[Servers]:
    with ExitStack() as stack:
        servers = Servers(stack, _is_counted(pytestconfig))
        yield servers
        pytestconfig.stash[_RUNS] = servers.runs()


@pytest.fixture(scope="session")
def _mock_api_base(
    pytestconfig: pytest.Config, mock_api_settings: Settings | Mapping[str, Any]
) -> Settings:
    """Return the settings that are used unless a marker changes them.

    A mapping goes before what `[tool.mock-server]` in pyproject.toml says, and whole settings
    stand in its place. Relative paths begin at the file, or at pytest's root folder.
    """
    from mock_server.project import given, read_table
    from mock_server.settings import Settings

    if isinstance(mock_api_settings, Settings):
        return mock_api_settings
    root = pytestconfig.rootpath
    with _start_errors_shown():
        table = read_table(root / "pyproject.toml")
        return Settings(**{**table, **given(mock_api_settings, root, "mock_api_settings")})


@pytest.fixture
def mock_api(
    request: pytest.FixtureRequest, _mock_api_servers: Servers, _mock_api_base: Settings
) -> Iterator[MockApi]:
    """Yield a mock of the contract for this test alone, on a free port or without a socket."""
    from mock_server.project import given

    with _start_errors_shown():
        marked = _marked(request.node)
        allows = bool(marked.pop("allow_violations", False))
        named = given(marked, request.config.rootpath, "pytest.mark.mock_api")
        if "document" in named:  # another contract has a report of its own, if any
            named.setdefault("coverage", None)
        settings = replace(_mock_api_base, **named)
        mock_api = _mock_api_servers.mock_api(settings)
    if settings.is_shipped:
        request.config.stash[_SHIPPED] = True
        request.node.add_report_section("setup", "mock_api", SHIPPED)
    held = request.node.stash[_HELD] = _Held(mock_api, allows)
    try:
        yield mock_api
        _fail_for(held.breaches())
    finally:
        mock_api.close()


@contextmanager
def _start_errors_shown() -> Iterator[None]:
    """Fail without a traceback if the settings, or what they name, are wrong."""
    from mock_server.errors import StartError

    try:
        yield
    except StartError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


def _marked(node: pytest.Item) -> dict[str, Any]:
    """Return the settings of the markers; one that is nearer to the test wins."""
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


# What was covered


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Where something is to be met, a run in which no test asks for a mock has met nothing."""
    config = session.config
    if config.getoption("--mock-api-fail-under") and not config.option.collectonly:
        from mock_server.coverage import Runs

        config.stash[_RUNS] = Runs()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what a worker of xdist has met, in the process that tells it."""
    written = getattr(node, "workeroutput", {}).get(_HANDED_ON, [])
    if written:
        from mock_server.coverage import Runs

        node.config.stash.setdefault(_RUNS, Runs()).read(written)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand on what was met, or judge it and write it where all of it is known."""
    config = session.config
    runs = config.stash.get(_RUNS, None)
    if runs is None:
        return
    if (output := getattr(config, "workeroutput", None)) is not None:
        output[_HANDED_ON] = runs.as_json()
        return
    short = config.stash[_SHORT] = [
        *_unwritten_reports(runs),
        *_shortfalls(runs, _thresholds(config)),
    ]
    if short and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _unwritten_reports(runs: Runs) -> list[str]:
    """Write the reports, and return the errors that kept them from being written."""
    from mock_server.errors import WrongUse

    try:
        runs.write()
    except WrongUse as error:
        return error.lines
    return []


def _shortfalls(runs: Runs, thresholds: list[Any]) -> list[str]:
    """Return a line for each threshold that isn't reached."""
    if thresholds and not runs.reports:
        return ["no test has used mock_api, so nothing of a contract was met"]
    return runs.shortfalls(thresholds)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Show what was met, and what is missing of what was asked for."""
    if config.stash.get(_SHIPPED, False):
        terminalreporter.line(f"mock_api: {SHIPPED}")
    runs, short = config.stash.get(_RUNS, None), config.stash.get(_SHORT, [])
    if runs is None:
        return
    lines = list(runs.lines()) if config.getoption("--mock-api-coverage") else []
    if lines or short:
        terminalreporter.section("mock_api: coverage")
    for line in lines:
        terminalreporter.line(line)
    for line in short:
        terminalreporter.line(line, red=True)
