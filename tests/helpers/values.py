"""Schemas in memory, values made for them, and what a second engine finds wrong with those."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from typing import Any, get_args
from urllib.parse import quote

import jsonschema_rs
import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from mock_server.documents.document import BrokenRef
from mock_server.generation.schema import Generator, Mode, ValueShape
from tests.helpers.judge import CONTRACT

MODES: tuple[Mode, ...] = get_args(Mode)
SEEDS = [str(n) for n in range(12)]
USER: dict[str, Any] = {
    "type": "object",
    "required": ["id", "name", "tags"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "name": {"type": "string"},
        "email": {"type": "string", "format": "email"},
        "code": {"type": "string", "pattern": "^[^ab]{3}[A-Z]+$"},
        "description": {"type": "string"},
        "age": {"type": "integer"},
        "created_at": {"type": "string", "format": "date-time"},
        "updated_at": {"type": "string", "format": "date-time"},
        "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        "address": {"type": "object", "properties": {"city": {"type": "string"}}},
        "extra": {"type": "object"},
    },
}


class Plain:
    """A schema in a document in memory, judged by jsonschema-rs."""

    def __init__(self, document: Any, *tokens: str | int) -> None:
        self.document, self.tokens, self.raw = document, tokens, document
        for token in tokens:
            self.raw = self.raw[token]
        steps = (quote(str(t).replace("~", "~0").replace("/", "~1"), safe="~") for t in tokens)
        self.uri = "mem:///contract.json#" + "".join(f"/{step}" for step in steps)
        self._engine: jsonschema_rs.Validator | None = None

    def child(self, *tokens: str | int) -> Plain:
        return Plain(self.document, *self.tokens, *tokens)

    def follow(self, ref: str) -> Plain:
        if not ref.startswith("#/") and ref != "#":
            raise BrokenRef(f"there is no {ref}")
        return Plain(self.document, *ref.split("/")[1:])

    def extending(self) -> list[Plain]:
        """None: the tests of whole documents have families."""
        return []

    def is_valid(self, value: Any, /) -> bool:
        if self._engine is None:
            registry = jsonschema_rs.Registry([("mem:///contract.json", self.document)])
            self._engine = jsonschema_rs.Draft202012Validator(
                {"$ref": self.uri}, registry=registry, validate_formats=True
            )
        return self._engine.is_valid(value)


class Unjudged(Plain):
    """A schema that no engine can read, which the server takes as accepting everything."""

    def child(self, *tokens: str | int) -> Unjudged:
        return Unjudged(self.document, *self.tokens, *tokens)

    def is_valid(self, value: Any, /) -> bool:
        return True


def made(schema: Any, seed: str = "seed", known: dict[str, Any] | None = None, **shape: Any) -> Any:
    """Return the value of a schema for one seed."""
    return Generator().value(Plain(schema), seed, shape=ValueShape(**shape), known=known or {})


def many(schema: Any, count: int = 60, **shape: Any) -> list[Any]:
    """Return its values for so many seeds."""
    generator, plain = Generator(), Plain(schema)
    return [generator.value(plain, str(n), shape=ValueShape(**shape)) for n in range(count)]


def faults(schema: Any, value: Any) -> list[str]:
    """Return what a second engine finds wrong."""
    formats = Draft202012Validator.FORMAT_CHECKER
    judge = Draft202012Validator(schema, format_checker=formats)
    return [error.message for error in judge.iter_errors(value)]


@cache
def contract() -> Any:
    """Return the contract that this project ships."""
    return yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))


def contract_values(name: str, count: int, **shape: Any) -> list[Any]:
    """So many values of one of its components."""
    generator, schema = Generator(), Plain(contract(), "components", "schemas", name)
    return [generator.value(schema, str(n), shape=ValueShape(**shape)) for n in range(count)]


def printed(code: str, **environment: str) -> str:
    """Return what Python code prints in a process of its own."""
    command = [sys.executable, "-c", code]
    root = CONTRACT.parent
    run = subprocess.run(command, cwd=root, env=environment, capture_output=True, check=True)
    return run.stdout.decode()
