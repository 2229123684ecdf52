"""Running servers, for every test that needs one."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, settings

from mock_server.app import App, create_app
from mock_server.contract.reader import read_contract
from mock_server.proxy.app import Proxy, Proxying
from mock_server.server.uvicorn_server import BackgroundServer
from mock_server.settings import Settings
from tests.helpers.browser import Page, browser
from tests.helpers.proxied import Pass, Passed
from tests.helpers.running import SECONDS, Mock, Serve, document_text
from tests.helpers.service import Answer, Service
from tests.helpers.slow_tests import Recorder, mark_slow

# How every property is tried; a test says only how often. What takes long and what is slow to draw
# depends on the machine, so no property fails for that. In CI the examples are the same each time.
settings.register_profile(
    "tests",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("tests")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option with which `make slow` writes the list of slow tests."""
    parser.addoption("--record-slow", action="store_true", help="write tests/slow.txt anew")


def pytest_configure(config: pytest.Config) -> None:
    """Record how long tests take, if that was asked for; only the controller hears of all."""
    if config.getoption("record_slow") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Recorder())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the slow tests."""
    mark_slow(items)


def pytest_xdist_auto_num_workers() -> int:
    """Three workers for two cores: a test that talks to a server waits as long as it computes."""
    return max(2, (os.cpu_count() or 1) * 3 // 2)


@pytest.fixture(scope="session", autouse=True)
def _read_once() -> Iterator[None]:
    """Read once what every server or client reads for itself, and no test changes.

    Those are the document of the control API, and the certificates that httpx trusts. To read them
    takes ten times as long as to start a server.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mock_server.control.api.read_contract", cache(read_contract))
        patch.setattr(ssl, "create_default_context", cache(ssl.create_default_context))
        yield


@pytest.fixture(scope="session")
def _closing() -> Iterator[ThreadPoolExecutor]:
    """Servers end beside the tests: uvicorn looks ten times a second whether it should."""
    with ThreadPoolExecutor(8) as pool:
        yield pool


def _running(app: App, stack: ExitStack, closing: ThreadPoolExecutor) -> Mock:
    server = BackgroundServer(app)
    server.__enter__()
    stack.callback(closing.submit, server.__exit__)
    client = stack.enter_context(httpx.Client(base_url=server.url, timeout=SECONDS))
    return Mock(server.url, app, client, server)


@pytest.fixture(scope="session")
def shipped(_closing: ThreadPoolExecutor) -> Iterator[Mock]:
    """Yield the server of the shipped contract, its records, replies and handler, for all tests."""
    with ExitStack() as stack:
        yield _running(create_app(Settings(reload=False)), stack, _closing)


@pytest.fixture
def client(shipped: Mock) -> httpx.Client:
    """Return a client of the shipped server."""
    return shipped.client


@pytest.fixture
def serve(tmp_path: Path, _closing: ThreadPoolExecutor) -> Iterator[Serve]:
    """Yield a function that starts servers of other contracts, fixtures, handlers and settings."""
    with ExitStack() as stack:

        def start(
            document: Path | str | Mapping[str, Any] | None = None,
            *,
            fixtures: Path | Mapping[str, str] | None = None,
            handlers: Path | str | None = None,
            **others: Any,
        ) -> Mock:
            named = Settings(
                document=_document(document, tmp_path),
                fixtures=_fixtures(fixtures, tmp_path),
                handlers=_handlers(handlers, tmp_path),
                **{"reload": False, **others},
            )
            return _running(create_app(named), stack, _closing)

        yield start


@pytest.fixture
def proxy(tmp_path: Path, _closing: ThreadPoolExecutor) -> Iterator[Pass]:
    """Yield a function that starts proxies, each in front of a service of its own."""
    with ExitStack() as stack:

        def start(
            document: Path | str | Mapping[str, Any] | None,
            answer: Answer | str,
            *,
            enforce: bool = False,
            fallback: bool = False,
            record: Path | None = None,
            record_all: bool = False,
            seconds: float = SECONDS,
            base: str = "",
            **others: Any,
        ) -> Passed:
            service = Service(answer) if callable(answer) else None
            url = stack.enter_context(service).url + base if service else str(answer)
            proxying = Proxying(url, enforce, fallback, record, seconds, record_all)
            named = Settings(document=_document(document, tmp_path), **{"reload": False, **others})
            mock = _running(Proxy(named, proxying), stack, _closing)
            return Passed(mock, service or Service(lambda seen, connection: None))

        yield start


def _document(document: Path | str | Mapping[str, Any] | None, folder: Path) -> Path | None:
    if document is None or isinstance(document, Path):
        return document
    path = folder / "openapi.yaml"
    path.write_text(document if isinstance(document, str) else document_text(document))
    return path


def _fixtures(fixtures: Path | Mapping[str, str] | None, folder: Path) -> Path | None:
    if fixtures is None or isinstance(fixtures, Path):
        return fixtures
    for name, text in fixtures.items():
        path = folder / "fixtures" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder / "fixtures"


def _handlers(handlers: Path | str | None, folder: Path) -> str | None:
    if handlers is None or isinstance(handlers, Path):
        return None if handlers is None else str(handlers)
    path = folder / "handlers.py"
    path.write_text(handlers)
    return str(path)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """Yield a browser."""
    with browser(tmp_path_factory.mktemp("browser")) as page:
        yield page
