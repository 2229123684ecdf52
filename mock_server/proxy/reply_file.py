"""The file of one operation's canned replies, which grows while a service is recorded."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from mock_server.contract import Contract
from mock_server.documents import regular_bytes, shown_path, write_text
from mock_server.fixtures import CannedReply, Conditions, Matcher, ReplyReader
from mock_server.http_messages import Request
from mock_server.proxy.yaml_text import as_yaml
from mock_server.validation import Arguments

log = logging.getLogger("mock_server")

# Above these limits a file is too long for a person to read, and each request would cost more.
MOST_REPLIES = 1_000
MOST_IN_TURN = 50
# The member that states why an answer wasn't kept.
NOT_RECORDED = "not-recorded"


class Recorded(NamedTuple):
    """A request, what distinguishes it from others, and its answer.

    `notes` are to stand beside it in the file.
    """

    when: Mapping[str, Any]
    request: Request
    arguments: Arguments
    reply: Mapping[str, Any]
    notes: tuple[str, ...] = ()


class _Entry:
    """A canned reply: what it was recorded from, and its answers in turn.

    `unkept` are the reasons why other answers to such a request aren't among them. If there is no
    answer at all, the first reason stands in its place.
    """

    def __init__(self, name: str, first: Recorded, unkept: tuple[str, ...] = ()) -> None:
        self.name = name
        self.first = first
        self.unkept = unkept
        self.answers = [first.reply]
        self._matcher = Matcher(_canned(name, first.when))

    def holds_for(self, recorded: Recorded) -> bool:
        """Return whether the entry's conditions hold for a request."""
        return _holds(self._matcher, recorded, self.first.when.get("valid", True))

    @property
    def reason(self) -> str | None:
        """Return why there is no answer; None if there is one."""
        return self.first.reply.get(NOT_RECORDED)

    @property
    def text(self) -> str:
        """Return the entry as it stands in the file, with its notes."""
        told = (*self.first.notes, *(f"{NOT_RECORDED}: {reason}" for reason in self.unkept))
        notes = "".join(f"# {' '.join(note.split())}\n" for note in told)
        return notes + as_yaml({self.name: self.members})

    @property
    def members(self) -> dict[str, Any]:
        """Return the entry's members as they stand in the file."""
        when = {"when": self.first.when} if self.first.when else {}
        if len(self.answers) == 1:
            return {**when, **self.answers[0]}
        return {**when, "sequence": self.answers}


class ReplyFile:
    """The canned replies of one operation, in a file that keeps what stands in it already.

    Conditions on a body hold for bodies with further members too, so more special ones stand first.
    If two requests can't be distinguished, their answers are those of one reply, in turn.
    """

    def __init__(self, folder: Path, operation: str, contract: Contract, source_url: str) -> None:
        if operation.startswith(".") or Path(f"{operation}.yaml").name != f"{operation}.yaml":
            raise ValueError("without an operationId no file can be named by it")
        self._operation, self._contract = operation, contract
        self._path = _existing(folder, operation) or folder / f"{operation}.yaml"
        self._before = (
            f"# Recorded from {source_url}; the first whose conditions all hold is sent.\n"
        )
        self._kept: list[tuple[CannedReply, Matcher]] = []
        if self._path.exists():
            self._before = regular_bytes(self._path, most=None).decode()
            self._kept = [(r, Matcher(r)) for r in self._read(self._before)]
        self._entries: list[_Entry] = []
        self._behind: list[str] = []
        self._is_sound = False

    def add(self, recorded: Recorded) -> None:
        """Write an exchange down, if it isn't there. Raises ValueError, OSError and WrongUse."""
        for reply, matcher in list(self._kept):
            if not _holds(matcher, recorded, reply.conditions.is_valid):
                continue
            if reply.not_recorded and NOT_RECORDED not in recorded.reply:
                self._give_way(reply, recorded)
                continue
            log.info("Not recorded: the reply %s in %s is kept", reply.name, shown_path(self._path))
            return
        entries = self._with(recorded)
        if entries is not None:
            self._write(entries)
            self._entries = entries

    def _with(self, recorded: Recorded) -> list[_Entry] | None:
        """Return the entries with one more, or with one extended; None if nothing changes."""
        entries = self._entries
        at = next((i for i, e in enumerate(entries) if e.holds_for(recorded)), len(entries))
        new = _Entry(self._free_name(recorded.reply.get("status", NOT_RECORDED)), recorded)
        if at < len(entries) and new.holds_for(entries[at].first):
            going_on = self._going_on(entries[at], new)
            return None if going_on is None else [*entries[:at], going_on, *entries[at + 1 :]]
        if len(entries) >= MOST_REPLIES:
            raise ValueError(f"there are {MOST_REPLIES} replies already")
        self._read(as_yaml({new.name: new.members}))
        return [*entries[:at], new, *entries[at:]]

    def _going_on(self, entry: _Entry, new: _Entry) -> _Entry | None:
        """Return an entry with a further answer to such a request; None if it stays as it is."""
        reply = new.first.reply
        if new.reason is not None:
            known = {entry.reason, *entry.unkept}
            if new.reason in known or len(entry.unkept) >= MOST_IN_TURN:
                return None
            return _changed(entry, entry.answers, (*entry.unkept, new.reason))
        if entry.reason is not None:  # now there is an answer
            new.unkept = (entry.reason, *entry.unkept)
            self._read(as_yaml({new.name: new.members}))
            return new
        if entry.answers[-1] == reply:
            return None
        if len(entry.answers) >= MOST_IN_TURN:
            raise ValueError(f"{entry.name} has {MOST_IN_TURN} answers in turn already")
        self._read(as_yaml({entry.name: reply}))
        return _changed(entry, [*entry.answers, reply], entry.unkept)

    def _give_way(self, note: CannedReply, recorded: Recorded) -> None:
        """Move a note that there was no answer behind the recorded answer.

        The note goes if it is for the same request.
        """
        block = _block(note.name, self._before)
        self._before = self._before.replace(block, "")
        if note.conditions == _canned(note.name, recorded.when).conditions:
            self._kept = [pair for pair in self._kept if pair[0] is not note]
        elif block:
            self._behind.append(f"{block.rstrip()}\n")

    def _free_name(self, start: int | str) -> str:
        taken = {reply.name for reply, _ in self._kept} | {entry.name for entry in self._entries}
        return next(n for i in range(1, 10_000) if (n := f"{start}-{i}") not in taken)

    def _read(self, text: str) -> list[CannedReply]:
        """Return the replies that a text defines. Raises ValueError with its first finding."""
        with TemporaryDirectory() as folder:
            path = Path(folder) / f"{self._operation}.yaml"
            path.write_text(text)
            reader = ReplyReader(self._contract)
            replies = list(reader.replies(path))
        for finding in reader.findings:
            raise ValueError(getattr(finding, "message", finding))
        return replies

    def _write(self, entries: list[_Entry]) -> None:
        """Replace the file as a whole, so that a reader meets the old or the new one."""
        texts = [entry.text for entry in entries]
        before = [f"{self._before.rstrip()}\n"] if self._before.strip() else []
        text = "\n".join([*before, *texts, *self._behind])
        if self._kept and not self._is_sound:
            self._read(text)
        self._is_sound = True
        write_text(text, self._path)


def _block(name: str, text: str) -> str:
    """Return the lines of a text that define the reply of a name.

    Return an empty text if the reply is written in another way than here.
    """
    found = re.search(rf"(?m)^{re.escape(name)}:\n(?:[ \t][^\n]*\n)+\n?", text)
    return found[0] if found else ""


def _changed(entry: _Entry, answers: list[Mapping[str, Any]], unkept: tuple[str, ...]) -> _Entry:
    """Return an entry with other answers, and other reasons for those that it lacks."""
    changed = _Entry(entry.name, entry.first, unkept)
    changed.answers = answers
    return changed


def _existing(folder: Path, operation: str) -> Path | None:
    found = [folder / f"{operation}{suffix}" for suffix in (".yaml", ".yml", ".json")]
    return next((path for path in found if path.exists()), None)


def _holds(matcher: Matcher, recorded: Recorded, is_valid: bool) -> bool:
    """Return whether conditions hold for a request that is as valid as they require."""
    arguments = recorded.arguments
    return is_valid == recorded.when.get("valid", True) and not (
        matcher.path_difference(arguments.path)
        or matcher.difference(recorded.request, arguments, {})
    )


def _canned(name: str, when: Mapping[str, Any]) -> CannedReply:
    conditions = Conditions(
        path=when.get("path", {}),
        query=when.get("query", {}),
        headers=when.get("headers", {}),
        body=when.get("body"),
        has_body="body" in when,
        is_valid=when.get("valid", True),
    )
    return CannedReply(name, conditions, 200, None, (), None, False)
