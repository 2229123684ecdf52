"""A folder of fixtures: records, canned replies, faults, checked when they are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mock_server.contract import Contract
from mock_server.document import shown
from mock_server.errors import StartError, WrongUse
from mock_server.fault_files import FaultReader
from mock_server.faults import Rule
from mock_server.fixture_reader import FixtureReader, meant
from mock_server.fragments import Fragments
from mock_server.record_files import RecordReader
from mock_server.records import Records
from mock_server.replies import CannedReply
from mock_server.reply_files import ReplyReader

SUFFIXES = (".yaml", ".yml", ".json")
FAULTS = "faults"
_FOLDERS = ("records", "replies")
_FAULTS_FILE = f"{FAULTS}.yaml"


@dataclass(frozen=True)
class Store:
    """What the fixtures say: records, their bytes, canned replies by operation id, and faults."""

    records: Records = field(default_factory=lambda: Records({}))
    fragments: Fragments = field(default_factory=lambda: Fragments(()))
    replies: Mapping[str, tuple[CannedReply, ...]] = field(default_factory=dict)
    faults: tuple[Rule, ...] = ()


def read_store(folder: Path, contract: Contract) -> Store:
    """Read the fixtures in a folder. Raises StartError with every finding in them."""
    if not folder.is_dir():
        raise WrongUse(f"{shown(folder)}: there is no such folder of fixtures")
    entries = _Entries(contract)
    entries.check(folder)
    reader = RecordReader(contract)
    records = {p.stem: tuple(reader.records(p)) for p in _files(folder / "records")}
    reader.check_references(records)
    answers = ReplyReader(contract)
    replies = {p.stem: tuple(answers.replies(p)) for p in _files(folder / "replies")}
    wrongs = FaultReader(contract)
    faults = tuple(rule for p in _files(folder) if p.stem == FAULTS for rule in wrongs.rules(p))
    if findings := [*entries.findings, *reader.findings, *answers.findings, *wrongs.findings]:
        raise StartError(findings)
    return Store(Records(records), Fragments(reader.judged), replies, faults)


def _entries(folder: Path) -> list[Path]:
    """What is in a folder; what is hidden is an editor's own."""
    return sorted(folder.glob("[!.]*"))


def _files(folder: Path) -> list[Path]:
    return [p for p in _entries(folder) if p.suffix in SUFFIXES and p.is_file()]


class _Entries(FixtureReader):
    """What stands in the folder itself."""

    def check(self, folder: Path) -> None:
        """What is misspelt, or in another place, would be silently without effect."""
        self._check_once(_files(folder))
        for entry in _entries(folder):
            if entry.name in _FOLDERS and entry.is_dir():
                self._check_names(entry)
            elif entry.stem == FAULTS and entry.suffix in SUFFIXES and entry.is_file():
                continue
            elif entry.suffix in SUFFIXES or (entry.is_dir() and entry.name != "__pycache__"):
                message = "expected `records`, `replies` and `faults.yaml` in a folder of fixtures"
                self.file_finding(entry, message + meant(entry.name, (*_FOLDERS, _FAULTS_FILE)))

    def _check_names(self, folder: Path) -> None:
        self._check_once(_files(folder))
        for entry in _entries(folder):
            if entry.is_dir():
                self.file_finding(entry, "expected files here; what is in a folder isn't read")

    def _check_once(self, paths: list[Path]) -> None:
        names: dict[str, Path] = {}
        for path in paths:
            first = names.setdefault(path.stem, path)
            if first is not path:
                self.file_finding(path, f"expected one file of that name; there is {first.name}")
