"""The figures that were measured, and how each compares with its target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isnan
from statistics import median

VOID = "void"  # what stands where no round counted


@dataclass(frozen=True, slots=True)
class Series:
    """One server's figures, one for each round; void rounds aren't among them."""

    name: str
    values: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return median(self.values) if self.values else float("nan")


@dataclass(frozen=True, slots=True)
class Target:
    """A figure and its bound: at least so much, or at most."""

    label: str
    figure: float
    bound: float
    at_most: bool = False
    digits: int = 2

    @property
    def verdict(self) -> str:
        if isnan(self.figure):
            return VOID
        met = self.figure <= self.bound if self.at_most else self.figure >= self.bound
        return "met" if met else "missed"

    def __str__(self) -> str:
        bound = f"{'≤' if self.at_most else '≥'} {self.bound:.{self.digits}f}"
        shown = f"{self.figure:.{self.digits}f}"
        return f"{self.label:<46}{shown:>8}   target {bound:<8}{self.verdict}"


def ratio(over: Series, under: Series, bound: float, *, of: str, at_most: bool = False) -> Target:
    """Return how the medians of two servers compare."""
    label = f"{of}: {over.name} / {under.name}"
    return Target(label, over.median / under.median, bound, at_most)


def spread(several: Sequence[Series], bound: float, *, of: str) -> Target:
    """Return how far apart the medians are; void if one of them is."""
    medians = [series.median for series in several]
    figure = float("nan") if any(map(isnan, medians)) else min(medians) / max(medians)
    return Target(f"{of}: slowest / fastest", figure, bound)


def show(title: str, unit: str, several: Sequence[Series], digits: int = 0) -> None:
    print(f"\n{title}")
    print(f"  {unit:<18}{'median':>12}{'min':>12}{'max':>12}")
    for series in several:
        print(f"  {series.name:<18}" + "".join(f"{each:>12}" for each in cells(series, digits)))


def cells(series: Series, digits: int) -> list[str]:
    if not series.values:
        return [VOID, "", ""]
    figures = (series.median, min(series.values), max(series.values))
    return [f"{figure:,.{digits}f}" for figure in figures]
