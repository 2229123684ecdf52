"""A rich document with one mistake at a time: each is found at its place, in plain words."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mock_server.contract import read_contract
from mock_server.core import Tokens, member, pointer_of
from mock_server.documents import read_document, read_yaml
from mock_server.errors import Finding
from mock_server.project.check import contract_findings
from mock_server.specification.objects import ObjectKind, Type, kinds_of

RICH = Path(__file__).parent / "rich.yaml"
VERSIONS = ("3.0.3", "3.1.0", "3.2.0")
JARGON = re.compile(
    r"(?<!`)(?:oneOf|anyOf|allOf)|not valid under|KeyError|\bNone\b|\bTrue\b|\bFalse\b|\bdict\b"
    r"|is not of type|is a required property|Unevaluated|Additional properties|does not match"
)
# Another type of value in the place of each.
OTHERS: dict[type, Any] = {str: 5, bool: "yes", int: "many", float: "much", list: "x", dict: 7}


@dataclass(frozen=True)
class Mutation:
    """A document with one mistake; `at` is the place, `name` what was done."""

    name: str
    at: Tokens
    document: dict[str, Any]
    at_key: bool = False


def rich(version: str) -> dict[str, Any]:
    return {**read_yaml(RICH.read_text()), "openapi": version}


def every_object(
    kinds: dict[str, ObjectKind], wanted: Type, value: Any, tokens: Tokens
) -> Iterator[tuple[ObjectKind, dict[str, Any], Tokens]]:
    """Each object of the rich document with its kind, by the table."""
    if wanted.name in ("list", "map") and wanted.inner is not None:
        entries = enumerate(value) if isinstance(value, list) else value.items()
        for key, item in entries:
            yield from every_object(kinds, wanted.inner, item, (*tokens, key))
    elif wanted.name in kinds and isinstance(value, dict):
        kind = kinds["Reference" if wanted.may_refer and "$ref" in value else wanted.name]
        yield kind, value, tokens
        for key, item in value.items():
            below = kind.values or kind.fields.get(key)
            if below is not None and not key.startswith("x-"):
                yield from every_object(kinds, below, item, (*tokens, key))


def changed(document: dict[str, Any], tokens: Tokens) -> tuple[dict[str, Any], Any]:
    """Return a copy, and in it what stands at those steps."""
    copied = copy.deepcopy(document)
    found: Any = copied
    for token in tokens:
        found = member(found, token)
    return copied, found


def objects_of(version: str) -> list[tuple[ObjectKind, dict[str, Any], Tokens]]:
    return list(every_object(kinds_of(version[:3]), Type("OpenAPI"), rich(version), ()))


def deletions(version: str) -> Iterator[Mutation]:
    for kind, _, tokens in objects_of(version):
        for name in kind.required:
            if kind.name != "Reference" and (tokens, name) != ((), "openapi"):
                document, found = changed(rich(version), tokens)
                del found[name]
                yield Mutation(f"without {pointer_of((*tokens, name))}", tokens, document)


def other_types(version: str) -> Iterator[Mutation]:
    for kind, value, tokens in objects_of(version):
        for key in value:
            wanted = kind.values or kind.fields.get(key)
            if wanted is None or wanted.name == "any" or (tokens, key) == ((), "openapi"):
                continue
            document, found = changed(rich(version), tokens)
            found[key] = OTHERS[type(value[key])]
            at = (*tokens, key)
            yield Mutation(f"another type at {pointer_of(at)}", at, document)


def empty_values(version: str) -> Iterator[Mutation]:
    for kind, value, tokens in objects_of(version):
        for key in value:
            wanted = kind.values or kind.fields.get(key)
            if wanted is None or wanted.name == "any":
                continue
            document, found = changed(rich(version), tokens)
            found[key] = None
            at = (*tokens, key)
            if at != ("openapi",):
                yield Mutation(f"nothing at {pointer_of(at)}", at, document)


def misspelt(version: str) -> Iterator[Mutation]:
    for kind, value, tokens in objects_of(version):
        for key in value:
            if key not in kind.fields or key in ("openapi", "$ref") or len(key) < 4:
                continue
            wrong = key[:-2] + key[-1] + key[-2]
            if wrong == key:
                wrong = f"{key}s"
            document, found = changed(rich(version), tokens)
            new = {wrong if name == key else name: item for name, item in found.items()}
            found.clear()
            found.update(new)
            at = (*tokens, wrong)
            yield Mutation(f"{pointer_of(at)}", at, document, at_key=True)


def moved_up(version: str) -> Iterator[Mutation]:
    """Yield a member one level too high, if the object there has no such field."""
    by_place = {tokens: kind for kind, _, tokens in objects_of(version)}
    for kind, value, tokens in objects_of(version):
        above = by_place.get(tokens[:-1])
        if above is None or (above.name == "Schema" and version > "3.1"):
            continue
        for key in value:
            is_free = above.keys is None and above.values is not None
            if key in above.fields or key in kind.required or is_free or key == "$ref":
                continue
            if above.keys is not None and above.keys.fullmatch(key):
                continue
            if kind.name == "Parameter" and key == "required":
                continue
            document, found = changed(rich(version), tokens[:-1])
            found[key] = found[str(tokens[-1])].pop(key)
            at = (*tokens[:-1], key)
            yield Mutation(f"{pointer_of((*tokens, key))} one level up", at, document, at_key=True)


def every(kind: Any) -> list[Any]:
    return [
        pytest.param(version, kind, id=f"{version}-{kind.__name__}", marks=tier(version))
        for version in VERSIONS
    ]


def tier(version: str) -> tuple[pytest.MarkDecorator, ...]:
    """Return the mark of the long tier, unless the version is that of the shipped contract."""
    return () if version == "3.1.0" else (pytest.mark.long,)


def found_in(folder: Path, document: dict[str, Any]) -> list[Finding]:
    path = folder / "openapi.json"
    path.write_text(json.dumps(document, indent=1))
    return list(contract_findings(read_contract(path)))


@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_is_found_in_a_sound_document(version: str, tmp_path: Path) -> None:
    assert found_in(tmp_path, rich(version)) == []


MUTATIONS = [
    param
    for kind in (deletions, other_types, empty_values, misspelt, moved_up)
    for param in every(kind)
]


@pytest.mark.parametrize(("version", "kind"), MUTATIONS)
def test_each_mistake_is_found_where_it_is_in_plain_words(
    version: str, kind: Any, tmp_path: Path
) -> None:
    wrong = []
    for mutation in kind(version):
        found = found_in(tmp_path, mutation.document)
        document = read_document(tmp_path / "openapi.json")
        place = document.key_place if mutation.at_key else document.place
        at = place(mutation.at)
        if at not in [finding.place for finding in found]:
            wrong.append(f"{mutation.name}: not found at {at}: {list(map(str, found))}")
        wrong += [f"{mutation.name}: {f.message}" for f in found if JARGON.search(f.message)]
    assert wrong == []
