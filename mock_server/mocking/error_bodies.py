"""Error bodies: what went wrong, put into whatever shape a contract gives its errors.

A body is changed member by member; each change stays where the schema accepts the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import deepcopy
from html import escape
from http import HTTPStatus
from typing import Any, NamedTuple

from mock_server.errors import Problem, Violation

# What error bodies call the parts of a problem, without case and separators.
_MESSAGES = {"", "message", "detail", "details", "msg", "description", "errordescription",
             "errormessage", "reason", "usermessage", "text"}  # fmt: skip
_LISTS = {"errors", "violations", "validation", "validationerrors", "invalidparams", "issues",
          "problems", "causes", "fields", "fielderrors", "messages", *_MESSAGES}  # fmt: skip
_TITLES = {"title", "name", "summary"}
_KINDS = {"error", "type", "code", "errorcode", "kind", "errortype"}
_STATUSES = {"status", "statuscode", "code", "httpstatus", "httpcode", "httpstatuscode"}
_FIELDS = {"field", "property", "path", "param", "parameter", "name", "fieldname", "attribute",
           "key", "loc", "location", "propertypath", "target"}  # fmt: skip
_PARTS = {"in", "source"}
_PATHS = {"path", "instance"}
_VERDICTS = {"success": False, "ok": False, "error": True}
# Where the message goes if there's no better place for it, the best first.
_LAST_RESORTS = ("error", "errors", "title", "info", "type", "code")
_MOST_STEPS = 6

Steps = tuple[str | int, ...]
Change = tuple[Steps, Any]
# A body as the one member of an object, which has no name.
Root = dict[str, Any]
Valid = Callable[[Any], bool]


class ErrorDetails(NamedTuple):
    """What a body tells; `path` is what was asked for."""

    status: int
    title: str
    message: str
    violations: Sequence[Violation] = ()
    path: str = ""

    @classmethod
    def of(cls, problem: Problem, status: int, path: str) -> ErrorDetails:
        """What is told of a problem."""
        return cls(status, problem.title, problem.detail, problem.violations, path)

    @classmethod
    def by_status(cls, status: int, path: str) -> ErrorDetails:
        """What a status alone tells (RFC 9110, section 15)."""
        known = {code.value: code.phrase for code in HTTPStatus}
        phrase = known.get(status, "Error")
        return cls(status, phrase, phrase, (), path)

    def escaped(self) -> ErrorDetails:
        """The same for markup: `&`, `<`, `>` and quotes as references."""
        violations = [violation.mapped(escape) for violation in self.violations]
        return ErrorDetails(
            self.status, escape(self.title), escape(self.message), violations, escape(self.path)
        )

    @property
    def kind(self) -> str:
        """The title as a word."""
        return self.title.lower().replace(" ", "_")

    def message_of(self, violation: Violation) -> str:
        """One violation in a sentence."""
        return self.message if len(self.violations) == 1 else f"{violation.message}."


class Telling(NamedTuple):
    """A body, and whether the message found a place in it."""

    body: Any
    is_told: bool


def describing_properties(
    body: Any, told: ErrorDetails, valid: Valid, is_example: bool = False
) -> Telling:
    """The body with what it tells put in.

    What an example says of the kind of error stays as it is written; one that is no object, and
    has no object in it, has no member for a message, and stays as a whole.
    """
    root = {"": body}
    if is_example and not _has_members(body):
        return Telling(body, False)
    messages = list(_messages(root, told))
    changed = _changed(root, messages)
    changed = changed if is_example else _changed(changed, _facts(changed, told))
    if messages and valid(changed[""]):
        return Telling(changed[""], True)  # as it mostly is
    return _told_in_part(root, messages, told, valid, is_example)


def _has_members(body: Any) -> bool:
    """Whether a body is an object, or a list of some."""
    return isinstance(body, dict) or (isinstance(body, list) and any(map(_has_members, body)))


def _told_in_part(
    root: Root, messages: Sequence[Change], told: ErrorDetails, valid: Valid, is_example: bool
) -> Telling:
    """The body with each change by itself, where that is valid."""
    is_told = False
    for change in messages:
        changed = _changed(root, [change])
        if valid(changed[""]):
            root, is_told = changed, True
    for change in () if is_example else list(_facts(root, told)):
        changed = _changed(root, [change])
        root = changed if valid(changed[""]) else root
    if is_told or is_example:  # of which a single text may be what clients tell errors by
        return Telling(root[""], is_told)
    others = (_changed(root, [change])[""] for change in _last_resorts(root, told))
    return next((Telling(b, True) for b in others if valid(b)), Telling(root[""], False))


def _changed(root: Root, changes: Iterable[Change]) -> Root:
    """The body with other values in those places."""
    changed = deepcopy(root)
    for steps, value in changes:
        inner: Any = changed
        for step in steps[:-1]:
            inner = inner[step]
        inner[steps[-1]] = value
    return changed


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name.lower()))


def _named(inner: Any, steps: Steps = ()) -> Iterator[tuple[Steps, str, Any]]:
    """Every member of every object in the body: its place, its plain name, its value."""
    is_object = isinstance(inner, dict)
    for step, member in inner.items() if is_object else enumerate(inner):
        place = (*steps, step)
        if is_object:
            yield place, _plain(str(step)), member
        if isinstance(member, dict | list) and len(place) < _MOST_STEPS:
            yield from _named(member, place)


def _messages(root: Any, told: ErrorDetails) -> Iterator[Change]:
    lists: list[Steps] = []
    for steps, name, member in _named(root):
        if any(steps[: len(outer)] == outer for outer in lists):
            continue  # which is made anew as a whole
        if isinstance(member, str) and name in _MESSAGES:
            yield steps, told.message
        elif isinstance(member, list) and member and name in _LISTS:
            lists.append(steps)
            yield steps, [_item(member[0], told, v) for v in told.violations or (None,)]


def _item(item: Any, told: ErrorDetails, violation: Violation | None) -> Any:
    """What a list has for one violation, or for the whole."""
    message = told.message if violation is None else told.message_of(violation)
    return message if isinstance(item, str) else _item_member("", item, message, violation)


def _item_member(name: str, member: Any, message: str, violation: Violation | None) -> Any:
    if isinstance(member, str) and name in _MESSAGES:
        return message
    if isinstance(member, dict):
        return {n: _item_member(_plain(n), m, message, violation) for n, m in member.items()}
    if violation is None or not isinstance(member, str | list):
        return deepcopy(member)
    _, part, *inner = (*violation.location, "")
    place = [step for step in (part, *inner) if step]
    if isinstance(member, list):
        return place if name in _FIELDS else deepcopy(member)
    field = ".".join(place[1:]) or part
    told = {**dict.fromkeys(_FIELDS, field), **dict.fromkeys(_PARTS, part)}
    return (told | {"pointer": violation.pointer}).get(name, member)


def _facts(root: Any, told: ErrorDetails) -> Iterator[Change]:
    """What is told beside the message."""
    for steps, name, member in _named(root):
        index = next((step for step in steps if isinstance(step, int)), None)
        if isinstance(member, bool):
            if name in _VERDICTS:
                yield steps, _VERDICTS[name]
        elif isinstance(member, int) and name in _STATUSES:
            yield steps, told.status
        elif isinstance(member, str):
            fact = _fact(name, told, index)
            if fact is not None:
                yield steps, fact


def _fact(name: str, told: ErrorDetails, index: int | None) -> str | None:
    if name in _KINDS:
        is_item = index is not None and index < len(told.violations)
        return told.violations[index or 0].keyword if is_item else told.kind
    if name in _STATUSES:
        return str(told.status)
    if index is not None:
        return None
    return told.title if name in _TITLES else told.path if name in _PATHS else None


def _last_resorts(root: Any, told: ErrorDetails) -> Iterator[Change]:
    """Texts of the body that may be another, those whose names tell most of it first."""
    texts = [(steps, name) for steps, name, member in _named(root) if isinstance(member, str)]
    for last_resort in _LAST_RESORTS:
        yield from ((steps, told.message) for steps, name in texts if name == last_resort)
    if len(texts) == 1:
        yield texts[0][0], told.message
