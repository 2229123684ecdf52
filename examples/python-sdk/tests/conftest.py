"""A client of the mock whose waits take no time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chroma_sync import ChromaSync
from mock_server.pytest_plugin.mock_api import MockApi


@pytest.fixture
def waits() -> list[float]:
    """Return the seconds that the client waited for, one after the other."""
    return []


@pytest.fixture
def client(mock_api: MockApi, waits: list[float]) -> Iterator[ChromaSync]:
    """Yield a client whose waits put the mock's clock on; the clock stands still otherwise."""
    mock_api.clock.freeze()

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        mock_api.clock.advance(f"{seconds}s")

    with ChromaSync(mock_api.url, sleep=sleep) as client:
        yield client
