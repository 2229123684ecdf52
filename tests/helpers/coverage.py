"""The coverage that a running server has by now."""

from __future__ import annotations

from mock_server.coverage.report import Report
from tests.helpers.running import Mock


def report_of(mock: Mock) -> Report:
    """Return its report, when every request before has been written down.

    A client may have its answer a moment before; the next request on its connection has to wait.
    """
    mock.get("/_mock/health")
    return mock.app.coverage.report()
