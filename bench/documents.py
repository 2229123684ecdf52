"""Documents generated for the benchmark, the same in every run."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import records
import yaml
from job import NUMBER, Job
from material import WORK, written

Value: TypeAlias = dict[str, Any]

THING = {"name": "Greenwich", "size": 42, "kind": "new", "tags": ["small", "blue"]}
ERRORS = ("400", "401", "404", "409")
PROSE = (
    "What a careful writer says of a property, so that nobody has to come and ask for it later:"
    " two lines or three."
)


@dataclass(frozen=True, slots=True)
class Document:
    """A document in a file, with a request for each operation that is asked, in order."""

    label: str
    file: Path
    jobs: Sequence[Job]

    @property
    def size(self) -> str:
        return f"{self.file.stat().st_size / 1000:,.0f} kB"


def with_examples(count: int) -> Document:
    """Return operations that each answer the same example, so that only their paths differ."""
    content = linked(count, example=THING)
    return Document(f"{count:,}", written(f"operations-{count}.json", content), jobs(content))


def without_examples(count: int) -> Document:
    """Return operations that each answer a generated value, in YAML: the slowest form to read."""
    content = linked(count)
    file = WORK / f"operations-{count}.yaml"
    # Taken through JSON, no part is in two places, which YAML would write as an alias.
    text = yaml.dump(json.loads(json.dumps(content)), Dumper=yaml.CSafeDumper, sort_keys=False)
    file.write_text(text, encoding="utf-8")
    schemas = len(content["components"]["schemas"])
    return Document(f"{count:,} operations, {schemas} linked schemas", file, jobs(content))


def large(count: int) -> Document:
    """Operations with a schema of its own for each error, and prose at every property, in JSON."""
    links = random.Random(0)
    content = linked(count, example=THING)
    schemas = content["components"]["schemas"]
    told = list(schemas.values())
    for item in content["paths"].values():
        for status in ERRORS:
            told.append(thing(links.choices(list(schemas), k=3)))
            item["get"]["responses"][status] = answered(told[-1])
    for schema in told:
        for each in schema["properties"].values():
            each["description"] = PROSE
    file = written(f"large-{count}.json", content)
    return Document(f"{count:,} operations at length", file, jobs(content))


def linked(count: int, example: Value | None = None) -> Value:
    """Return so many operations on half as many schemas, each of which leads to others."""
    links = random.Random(0)
    names = [f"Thing{number:03}" for number in range(max(1, count // 2))]
    paths = {
        f"/accounts/{{account}}/things{number:04}/{{id}}": {
            "get": operation(number, names[number % len(names)], example)
        }
        for number in range(count)
    }
    schemas = {name: thing(links.choices(names, k=3)) for name in names}
    return described(f"{count} operations", paths, schemas)


def described(title: str, paths: Value, schemas: Value) -> Value:
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1.0.0"},
        "paths": paths,
        "components": {"schemas": schemas},
    }


def operation(number: int, schema: str, example: Value | None) -> Value:
    return {
        "operationId": f"getThing{number:04}",
        "parameters": [
            in_path("account", {"type": "string"}),
            in_path("id", {"type": "integer"}),
            {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1}},
        ],
        "responses": {"200": answered(ref(schema), example)},
    }


def in_path(name: str, schema: Value) -> Value:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def answered(schema: Value, example: Value | None = None) -> Value:
    content = {"schema": schema} | ({} if example is None else {"example": example})
    return {"description": "What was asked for.", "content": {"application/json": content}}


def ref(schema: str) -> Value:
    return {"$ref": f"#/components/schemas/{schema}"}


def thing(links: Sequence[str]) -> Value:
    parent, owner, related = map(ref, links)
    return {
        "type": "object",
        "required": ["name", "size"],
        "properties": {
            "name": {"type": "string", "minLength": 1},
            "size": {"type": "integer", "minimum": 0},
            "weight": {"type": "number", "minimum": 0},
            "is_active": {"type": "boolean"},
            "kind": {"enum": ["new", "used", "broken"]},
            "created_at": {"type": "string", "format": "date-time"},
            "note": {"type": ["string", "null"], "maxLength": 80},
            "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 5},
            "parent": parent,
            "owner": owner,
            "related": {"type": "array", "items": related},
        },
    }


def jobs(content: Value) -> list[Job]:
    return [Job(path.format(account="acme", id=NUMBER)) for path in content["paths"]]


def given(file: Path) -> Document:
    """Return a document given by the caller: its parameters aren't known, so any answer will do."""
    content = records.load(file)
    paths: Mapping[str, Any] = content.get("paths") or {}
    gets = [path for path, item in paths.items() if "get" in item] or list(paths) or ["/"]
    gets.sort(key=lambda path: path.count("{"))
    each = [Job(re.sub(r"\{[^}]*\}", "1", path), wanted=None) for path in gets]
    return Document(file.name, file, each)


def order() -> Document:
    """Return one operation on a schema of 17 properties, as many APIs have it."""
    identity = in_path("id", {"type": "integer", "minimum": 1})
    get = {"operationId": "getOrder", "parameters": [identity]}
    paths = {"/orders/{id}": {"get": {**get, "responses": {"200": answered(ref("Order"))}}}}
    content = described("Orders", paths, {"Order": ORDER, "Address": ADDRESS, "Line": LINE})
    job = Job(f"/orders/{NUMBER}", prefer="dynamic=true")
    return Document("order", written("order.json", content), [job])


def whole(properties: Value) -> Value:
    """Return an object schema that requires every property, so that every server makes as much."""
    return {"type": "object", "required": list(properties), "properties": properties}


TEXT = {"type": "string"}
INSTANT = {"type": "string", "format": "date-time"}
PRICE = {"type": "number", "minimum": 0.01, "maximum": 9999}
ADDRESS = whole(
    {
        "street": TEXT,
        "city": TEXT,
        "postal_code": {"type": "string", "pattern": "^[0-9]{5}$"},
        "country": {"type": "string", "pattern": "^[A-Z]{2}$"},
    }
)
LINE = whole(
    {
        "sku": {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{4}$"},
        "quantity": {"type": "integer", "minimum": 1, "maximum": 20},
        "price": PRICE,
    }
)
ORDER = whole(
    {
        "id": {"type": "integer", "minimum": 1},
        "reference": {"type": "string", "format": "uuid"},
        "status": {"enum": ["open", "paid", "sent", "cancelled"]},
        "name": TEXT,
        "email": {"type": "string", "format": "email"},
        "phone": {"type": "string", "pattern": r"^\+[1-9][0-9]{7,11}$"},
        "url": {"type": "string", "format": "uri"},
        "description": {"type": "string", "minLength": 10, "maxLength": 120},
        "total": PRICE,
        "currency": {"enum": ["EUR", "USD", "GBP"]},
        "is_gift": {"type": "boolean"},
        "discount": {"type": "integer", "minimum": 0, "maximum": 50},
        "tags": {"type": "array", "items": TEXT, "minItems": 2, "maxItems": 2},
        "created_at": INSTANT,
        "delivery_date": {"type": "string", "format": "date"},
        "address": ref("Address"),
        "lines": {"type": "array", "items": ref("Line"), "minItems": 3, "maxItems": 3},
    }
)
