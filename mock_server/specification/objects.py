"""The table of objects, read: by version, which fields an object has, and of which types."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from re import Pattern
from re import compile as regex

from mock_server.specification.table import TEXT

VERSIONS = ("3.0", "3.1", "3.2")


@dataclass(frozen=True, slots=True)
class Type:
    """What a field takes: `name` is a scalar's, an object's, or `list` or `map` of `inner`."""

    name: str
    inner: Type | None = None
    may_refer: bool = False
    may_be_boolean: bool = False


@dataclass(frozen=True, slots=True)
class ObjectKind:
    """One kind of object: its fields with their types; those that are required.

    An object of keys that the author chooses has no fields: `keys` is what these look like,
    `key_words` says so, `values` is what each leads to.
    """

    name: str
    fields: dict[str, Type] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    keys: Pattern[str] | None = None
    key_words: str = ""
    values: Type | None = None

    @property
    def title(self) -> str:
        """The object as the specification calls it."""
        return f"{self.name} Object"


STATUS = regex(r"[1-5](?:[0-9]{2}|XX)|default")
_OPEN_KINDS = (
    ObjectKind("Paths", {}, (), regex("/.*"), "a path that begins with /", Type("Path Item")),
    ObjectKind(
        "Responses",
        {},
        (),
        STATUS,
        "a status such as 200, a class of them such as 2XX, or default",
        Type("Response", may_refer=True),
    ),
    ObjectKind("Callback", {}, (), None, "an expression for a URL", Type("Path Item")),
    ObjectKind(
        "Security Requirement",
        {},
        (),
        None,
        "the name of a security scheme",
        Type("list", Type("string")),
    ),
)


@cache
def kinds_of(version: str) -> dict[str, ObjectKind]:
    """Every kind of object that a version has, by name; `version` is such as `3.1`."""
    kinds = {kind.name: kind for kind in _OPEN_KINDS}
    for block in TEXT.strip().split("\n\n"):
        name, *lines = block.splitlines()
        kinds[name] = _kind(name, lines, version)
    return kinds


def version_with(name: str, field_name: str) -> str | None:
    """The first version in which an object has that field; None if none has."""
    has = (v for v in VERSIONS if field_name in kinds_of(v)[name].fields)
    return next(has, None)


def _kind(name: str, lines: list[str], version: str) -> ObjectKind:
    fields: dict[str, Type] = {}
    required = []
    for line in lines:
        head, _, rest = line.strip().partition(" ")
        field_name, mark, until = head.partition("!")
        written, since = _split(rest)
        if not _is_in(version, since):
            continue
        fields[field_name] = _type(written)
        if mark and version <= (until or version):
            required.append(field_name)
    return ObjectKind(name, fields, tuple(required))


def _split(rest: str) -> tuple[str, str]:
    """The type and the versions of a line; most lines name none."""
    words, _, last = rest.rpartition(" ")
    is_version = bool(last) and last.strip("+-") in VERSIONS
    return (words, last) if is_version else (rest, "")


def _is_in(version: str, versions: str) -> bool:
    named = versions.strip("+-")
    if versions.endswith("+"):
        return version >= named
    return version <= named if versions.startswith("-") else not named or version == named


def _type(written: str) -> Type:
    if written[0] in "[{":
        return Type("list" if written[0] == "[" else "map", _type(written[1:-1]))
    name, *others = written.split("|")
    return Type(name, may_refer="Reference" in others, may_be_boolean="boolean" in others)
