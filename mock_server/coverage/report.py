"""The figures: what of a contract was met, what wasn't, and where that is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, NamedTuple

from mock_server.contract import Contract
from mock_server.coverage.parts import BESIDE, KINDS, ContractPart, parts_of
from mock_server.coverage.tally import Tally
from mock_server.errors import FilePlace, WrongUse

FORMAT = "mock-server coverage"
VERSION = 1
ALL = "all"


class Subject(NamedTuple):
    """The contract that a report is about; `digest` changes with its text."""

    title: str
    version: str
    file: str
    digest: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to be met, and whether it was. One added at run time has no place."""

    kind: str
    operation: str
    direction: str
    name: str
    place: FilePlace | None
    pointer: str
    met: bool

    @property
    def identity(self) -> tuple[str, ...]:
        """What is the same in every report of a contract."""
        file = self.place.file if self.place else ""
        return self.kind, self.operation, self.direction, self.name, file, self.pointer

    @property
    def text(self) -> str:
        """What it is, in a few words."""
        if self.kind == "operations":
            return self.name if self.operation == self.name else f"{self.name} ({self.operation})"
        by = self.direction if self.kind in _TOLD_BY else ""
        return " ".join(filter(None, (self.operation, by, self.name)))


# Of these it isn't plain who sends them.
_TOLD_BY = frozenset({"media-types", "examples", "enums", "branches"})


class Figure(NamedTuple):
    """How many of one kind were met, of how many."""

    met: int
    of: int

    @property
    def percent(self) -> float:
        """What was met of a hundred; all of nothing is all."""
        return 100 * self.met / self.of if self.of else 100.0

    def __str__(self) -> str:
        return f"{int(self.percent)} %"


class Exchanges(NamedTuple):
    """How many exchanges a report is made from.

    `cut` are those with a body that was kept in part, `forgotten` those that nobody counted,
    `astray` those whose path is no operation's.
    """

    counted: int = 0
    cut: int = 0
    forgotten: int = 0
    astray: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """What of one contract was met."""

    subject: Subject
    exchanges: Exchanges
    entries: tuple[Entry, ...]

    @property
    def figures(self) -> dict[str, Figure]:
        """A figure for each kind that there is, and one for all of the contract."""
        found = {kind: _figure(e for e in self.entries if e.kind == kind) for kind in KINDS}
        whole = _figure(e for e in self.entries if e.kind not in BESIDE)
        return {**{kind: figure for kind, figure in found.items() if figure.of}, ALL: whole}

    def missing(self, kind: str) -> list[Entry]:
        """Return the parts of a kind that weren't met."""
        return [entry for entry in self.entries if entry.kind == kind and not entry.met]

    def lines(self) -> list[str]:
        """Return the figures, a line each."""
        figures = self.figures
        width = max(map(len, figures))
        return [f"{k:{width}}  {f.met:>5} of {f.of:>5}  {f!s:>5}" for k, f in figures.items()]

    def as_json(self) -> dict[str, Any]:
        """Return the report as it is written to a file, and read from one."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "contract": self.subject._asdict(),
            "exchanges": self.exchanges._asdict(),
            "figures": {
                kind: {"met": f.met, "of": f.of, "percent": round(f.percent, 2)}
                for kind, f in self.figures.items()
            },
            "parts": [_entry_json(entry) for entry in self.entries],
        }


def _figure(entries: Iterable[Entry]) -> Figure:
    met = [entry.met for entry in entries]
    return Figure(sum(met), len(met))


def _entry_json(entry: Entry) -> dict[str, Any]:
    place = entry.place
    return {
        "kind": entry.kind,
        "operation": entry.operation or None,
        "direction": entry.direction or None,
        "name": entry.name,
        "met": entry.met,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "pointer": entry.pointer if place else None,
    }


def report(contract: Contract, tally: Tally, parts: Sequence[ContractPart] | None = None) -> Report:
    """Return the report of a tally; `parts` are the parts of the contract, if known already."""
    found = parts_of(contract, {}) if parts is None else parts
    entries = [_report_entry(part, part.key in tally.met) for part in found]
    stubs = [
        Entry(key.kind, key.operation, key.direction, key.name, None, "", key in tally.met)
        for key in sorted(tally.stubs)
    ]
    exchanges = Exchanges(tally.exchanges, tally.cut, tally.forgotten, tally.astray)
    return Report(subject_of(contract), exchanges, (*entries, *stubs))


def _report_entry(part: ContractPart, met: bool) -> Entry:
    kind, operation, direction, _ = part.key
    return Entry(kind, operation, direction, part.name, part.place, part.pointer, met)


def subject_of(contract: Contract) -> Subject:
    """Return the description of a contract for its report."""
    root = contract.documents.root
    info = root.data.get("info")
    version = info.get("version", "") if isinstance(info, dict) else ""
    digests = sorted(sha256(document.source).digest() for document in contract.documents)
    digest = sha256(b"".join(digests)).hexdigest()
    return Subject(contract.title, str(version), root.label, digest)


def merged(reports: Mapping[str, Report]) -> Report:
    """One report of several, by their names: what one of them met was met.

    Raises WrongUse where they are of different contracts.
    """
    (first_name, first), *others = reports.items()
    entries = {entry.identity: entry for entry in first.entries}
    counts = [first.exchanges]
    for name, other in others:
        if other.subject.digest != first.subject.digest:
            raise WrongUse(_apart(name, other.subject, first_name, first.subject))
        counts.append(other.exchanges)
        for entry in other.entries:
            known = entries.setdefault(entry.identity, entry)
            if entry.met and not known.met:
                entries[entry.identity] = entry
    kinds = list(KINDS)
    ordered = sorted(entries.values(), key=lambda entry: kinds.index(entry.kind))
    return replace(
        first, exchanges=Exchanges(*map(sum, zip(*counts, strict=True))), entries=tuple(ordered)
    )


def _apart(name: str, one: Subject, other_name: str, other: Subject) -> str:
    said, known = f"{one.title} {one.version}", f"{other.title} {other.version}"
    whose = f"{said}, and {other_name} of {known}" if said != known else f"another text of {said}"
    than = "" if said != known else f" than {other_name}"
    return f"{name} is of {whose}{than}; only reports of one contract can be merged"
