"""The list of slow tests, which `make slow` writes and `make quick` leaves out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

LIST = Path(__file__).parent.parent / "slow.txt"
# In seconds, of one case of a test.
SLOW = 0.25


def mark_slow(items: Iterable[pytest.Item]) -> None:
    """Mark the tests that the list names with `slow`."""
    listed = frozenset(LIST.read_text(encoding="utf-8").splitlines())
    for item in items:
        if function_of(item.nodeid) in listed:
            item.add_marker(pytest.mark.slow)


def function_of(nodeid: str) -> str:
    """Return the test that a case belongs to."""
    return nodeid.partition("[")[0]


class Recorder:
    """A plugin that writes the list anew after a run."""

    def __init__(self) -> None:
        self._longest: defaultdict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how long the slowest case of a test took."""
        if report.when == "call":
            name = function_of(report.nodeid)
            self._longest[name] = max(self._longest[name], report.duration)

    def pytest_sessionfinish(self) -> None:
        """Write the list."""
        slow = sorted(name for name, seconds in self._longest.items() if seconds > SLOW)
        LIST.write_text("".join(f"{name}\n" for name in slow), encoding="utf-8")
