"""How much has to be met at least."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mock_server.core import did_you_mean
from mock_server.coverage.parts import KINDS
from mock_server.coverage.report import ALL, Report
from mock_server.errors import WrongUse


class Threshold(NamedTuple):
    """Of which kind of part how many of a hundred have to be met."""

    kind: str
    percent: float

    @classmethod
    def read(cls, text: str) -> Threshold:
        """One as people write it: `80` for all together, `operations=100`. Raises WrongUse."""
        kind, _, number = text.rpartition("=")
        kind = kind.strip() or ALL
        if kind not in (*KINDS, ALL):
            known = ", ".join(KINDS)
            raise WrongUse(
                f"there is no kind of part {kind}; expected {known}{did_you_mean(kind, KINDS)}"
            )
        try:
            percent = float(number.strip().removesuffix("%"))
        except ValueError:
            percent = -1.0
        if not 0 <= percent <= 100:
            raise WrongUse(f"{text!r} is no threshold; expected 80, say, or operations=100")
        return cls(kind, percent)


def shortfalls(report: Report, thresholds: Iterable[Threshold]) -> Iterator[str]:
    """Yield a line for each threshold that isn't reached."""
    figures = report.figures
    for kind, percent in thresholds:
        figure = figures.get(kind)
        if figure is not None and figure.met * 100 < percent * figure.of:
            shown = f"{figure.met} of {figure.of}, {figure.percent:.6g} %"
            yield f"coverage of {kind} is {shown}; expected at least {percent:g} %"
