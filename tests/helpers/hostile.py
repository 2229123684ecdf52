"""Documents and requests that ask for far too much, each a short one: what a server must survive.

Each has a cheap operation too, `/quick`, whose requests shall not wait for the others.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Schema = dict[str, Any]

QUICK = "/quick"
HEAVY = "/heavy"


@dataclass(frozen=True)
class Hostile:
    """A document, and the request that asks for too much: a GET unless it has a body.

    `status` is that of the right answer; `limit` is what a refusal names, if it is one.
    """

    name: str
    document: Mapping[str, Any]
    status: int
    limit: str = ""
    body: Any = None

    @property
    def text(self) -> str:
        """Return the document as a file has it."""
        return json.dumps(self.document)


def corpus() -> Iterator[Hostile]:
    """Yield every hostile document, the first of them an ordinary one to compare with."""
    yield _reply("an ordinary document", _having("name", {"type": "string"}), 200)
    yield from _alternatives()
    yield from _sizes()
    yield from _chains()
    yield from _bodies()


def _alternatives() -> Iterator[Hostile]:
    parts: list[Schema]
    for keyword in ("anyOf", "oneOf"):
        parts = [{keyword: [_needs(f"x{n}"), _needs(f"y{n}")]} for n in range(40)]
        yield _reply(f"40 x {keyword}", {"type": "object", "allOf": parts}, 200)
    parts = [{"if": _needs(f"x{n}"), "then": _needs(f"y{n}")} for n in range(14)]
    yield _reply("14 x if/then", {"type": "object", "allOf": parts}, 200)
    parts = [{"oneOf": [_constant(f"k{n}", value) for value in range(4)]} for n in range(10)]
    yield _reply("10 x oneOf of 4 constants", {"type": "object", "allOf": parts}, 200)
    yield _reply("alternatives nested six deep", _nested(6, 3), 200)


def _sizes() -> Iterator[Hostile]:
    few = {"pattern": "^[ab]{1,3}$"}
    many = {"type": "object", "minProperties": 1_000, "propertyNames": few}
    yield _reply("more properties than names", many, 501, "20,000 tries")
    yield _tree("a required tree", width=4, depth=12, limit="200,000 values")
    items: Schema = {"type": "integer"}
    for _ in range(3):
        items = {"type": "array", "minItems": 1_000, "items": items}
    yield _reply("a thousand items, three times", items, 501, "200,000 values")
    for count, status, limit in ((1_023, 200, ""), (1_025, 501, "200,000 values")):
        unique = {"type": "array", "minItems": count, "uniqueItems": True, "items": _bits(10)}
        yield _reply(f"{count} of 1024 objects", unique, status, limit)
    long = {"type": "array", "minItems": 1_000, "items": {"type": "string", "minLength": 90_000}}
    yield _reply("long texts", long, 501, "16,777,216 bytes")


def _chains() -> Iterator[Hostile]:
    doubled = _doubled("allOf")
    yield _reply("a reply of the same twice", _ref("A0"), 501, "1,000,000 steps", schemas=doubled)
    last = {"type": "string"}
    names = [f"A{n}" for n in range(5_001)]
    linked = {one: _ref(other) for one, other in pairwise(names)}
    yield _reply("a chain of 5000 references", _ref("A0"), 200, schemas={**linked, names[-1]: last})
    levels = {one: _having("c", _ref(other)) for one, other in pairwise(names[:3_001])}
    deep = {**levels, "A3000": last}
    yield _reply("3000 required levels", _ref("A0"), 501, "100 levels", schemas=deep)


def _doubled(keyword: str) -> dict[str, Schema]:
    """Forty schemas, each of the next one twice."""
    schemas = {f"A{n}": {keyword: [_ref(f"A{n + 1}")] * 2} for n in range(40)}
    return {**schemas, "A40": {"type": "string"}}


def _bodies() -> Iterator[Hostile]:
    for keyword in ("allOf", "oneOf"):
        schemas = {**_doubled(keyword), "Inner": {"properties": {"a": _ref("A0")}}}
        asked = {"requestBody": {"required": True, **_content(_ref("Inner"))}}
        document = _document({"post": asked}, schemas)
        yield Hostile(
            f"40 x {keyword} of the same twice", document, 501, "1,000,000 steps", {"a": 1}
        )
    again = [_having("c", _ref("Node")) for _ in range(4)]
    node = {"anyOf": [*again, {"type": "integer"}]}
    body: Any = "x"
    for _ in range(40):
        body = {"c": body}
    yield Hostile(
        "alternatives that lead to the same recursion",
        _document(
            {"post": {"requestBody": {"required": True, **_content(_ref("Node"))}}}, {"Node": node}
        ),
        422,
        body=body,
    )


def _reply(
    name: str, schema: Schema, status: int, limit: str = "", schemas: Schema | None = None
) -> Hostile:
    return Hostile(name, _document({"get": {}}, schemas or {}, schema), status, limit)


def _tree(name: str, width: int, depth: int, limit: str) -> Hostile:
    names = [str(n) for n in range(width)]
    inner = [_ref(f"N{n + 1}") for n in range(depth - 1)] + [{"type": "string"}]
    schemas = {
        f"N{n}": {"type": "object", "required": names, "properties": dict.fromkeys(names, schema)}
        for n, schema in enumerate(inner)
    }
    return _reply(name, _ref("N0"), 501, limit, schemas)


def _nested(depth: int, width: int) -> Schema:
    if not depth:
        return _constant("k", "leaf")
    names = [f"p{depth}_{n}" for n in range(width)]
    inner = _nested(depth - 1, width)
    return {"oneOf": [{**_having(name, {"type": "string"}), "allOf": [inner]} for name in names]}


def _bits(count: int) -> Schema:
    names = [f"b{n}" for n in range(count)]
    return {
        "type": "object",
        "required": names,
        "properties": {name: {"type": "boolean"} for name in names},
        "additionalProperties": False,
    }


def _needs(name: str) -> Schema:
    return {"required": [name]}


def _constant(name: str, value: Any) -> Schema:
    return {"properties": {name: {"const": value}}, "required": [name]}


def _having(name: str, schema: Schema) -> Schema:
    return {"type": "object", "required": [name], "properties": {name: schema}}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _content(schema: Any) -> Schema:
    return {"content": {"application/json": {"schema": schema}}}


def _document(heavy: Schema, schemas: Schema, reply: Any = True) -> Schema:
    [(method, operation)] = heavy.items()
    answered = {"responses": {"200": {"description": "Right.", **_content(reply)}}}
    quick = {"200": {"description": "Right.", "content": {"application/json": {"example": 1}}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Hostile", "version": "1"},
        "paths": {
            QUICK: {"get": {"operationId": "quick", "responses": quick}},
            HEAVY: {method: {"operationId": "heavy", **operation, **answered}},
        },
        "components": {"schemas": schemas},
    }
