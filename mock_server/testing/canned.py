"""A reply that broke a client, as a canned one: text to paste, or kept in a file of fixtures."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from mock_server.documents import Documents, Unreadable, read_document, read_yaml, shown_path
from mock_server.errors import WrongUse
from mock_server.fixtures import SUFFIXES

# What is the same text with and without quotes, in YAML 1.1 too.
_PLAIN = re.compile(r"[A-Za-z_][\w/.-]*(?: [\w/.-]+)*", re.ASCII)
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


def written(value: Any, indent: int = 0) -> str:
    """A JSON value as YAML, which YAML 1.1 reads alike; a line, or lines that are indented."""
    if value and isinstance(value, dict):
        return "".join(
            _yaml_entry(f"{_yaml_text(key)}:", item, indent) for key, item in value.items()
        )
    if value and isinstance(value, list):
        return "".join(_yaml_entry("-", item, indent) for item in value)
    return f"{_yaml_text(value) if isinstance(value, str) else json.dumps(value)}\n"


def _yaml_entry(label: str, item: Any, indent: int) -> str:
    margin = " " * indent
    if item and isinstance(item, dict | list):
        return f"{margin}{label}\n{written(item, indent + 2)}"
    return f"{margin}{label} {written(item)}"


def _yaml_text(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else _escaped(c) for c in quoted)


def _escaped(character: str) -> str:
    """Return a character by its number (YAML 1.2, section 5.7)."""
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def save(folder: Path, operation: str, title: str, members: Mapping[str, Any]) -> tuple[str, Path]:
    """Add a canned reply to a folder of fixtures; its name there, and the file.

    The name is the title, with a number where that is taken; a reply that is there already isn't
    added again. What the file holds is kept as it is. Raises WrongUse where it can't be kept.
    """
    path = _path(folder / "replies", operation)
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    known = _kept_replies(path) if before.strip() else {}
    for name, reply in known.items():
        if reply == members:
            return name, path
    name = next(name for name in _names(title) if name not in known)
    after = _added(path, before, known, {name: dict(members)})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(after, encoding="utf-8")
    return name, path


def _path(folder: Path, operation: str) -> Path:
    """Return the file of an operation's canned replies: the existing one, or a YAML file."""
    if "/" in operation or operation.startswith("."):
        raise WrongUse(f"{operation} can't name a file: give the operation an operationId")
    paths = [folder / f"{operation}{suffix}" for suffix in SUFFIXES]
    return next((path for path in paths if path.exists()), paths[0])


def _kept_replies(path: Path) -> dict[str, Any]:
    value = Documents(read_document(path)).top.value
    if not isinstance(value, dict | None):
        raise WrongUse(f"{shown_path(path)}: expected a mapping of names to replies")
    return value or {}


def _names(title: str) -> Iterator[str]:
    yield title
    number = 2
    while True:
        yield f"{title}-{number}"
        number += 1


def _added(path: Path, before: str, known: Mapping[str, Any], entry: Mapping[str, Any]) -> str:
    """Return the file's text with one more entry. Raises WrongUse if none can be added."""
    if path.suffix == ".json":
        return json.dumps({**known, **entry}, ensure_ascii=False, indent=2) + "\n"
    after = "\n".join(_parts(before, written(entry)))
    try:
        is_added = read_yaml(after) == {**known, **entry}
    except Unreadable:
        is_added = False
    if not is_added:
        raise WrongUse(f"{shown_path(path)}: nothing can be added below what stands there")
    return after


def _parts(before: str, added: str) -> Iterable[str]:
    return (before.rstrip("\n") + "\n", added) if before.strip() else (added,)
