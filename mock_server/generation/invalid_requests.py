"""A valid request to requests that each break exactly one rule, with the rule.

Values that may be wrong are proposed by the schema's keywords; the product's own check says which
are, and only those with exactly one violation are given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, NamedTuple

from mock_server.contract import Parameter
from mock_server.errors import Violation
from mock_server.generation.requests import Requests, RequestValues
from mock_server.http_messages import Request
from mock_server.schemas import (
    FORMAT_RANGES,
    INTEGER_FORMATS,
    Schema,
    Types,
    item_schemas,
    property_schemas,
    schemas_within,
    types_of,
)
from mock_server.validation import ABSENT

PARTS = ("body", "path", "query", "header", "cookie", "content-type")
ALL_PARTS = (*PARTS, "credentials")
# So deep inside a body values are broken.
DEEPEST = 5
# A list or text that is longer than this says nothing that a shorter one wouldn't.
MOST_ADDED = 10_000
_OTHER_TYPE = "application/x-undeclared"
_OF_TYPES: tuple[tuple[str, Any], ...] = (
    ("string", "wrong"), ("integer", 7), ("number", 0.5), ("boolean", True), ("null", None),
    ("array", []), ("object", {}),
)  # fmt: skip
_CLOSED = ("additionalProperties", "unevaluatedProperties")
# Texts of which a pattern or a format lets hardly all pass.
_TEXTS = ("wrong", "", "!", "0", "A", " ", "not\u00a0ascii")


class InvalidRequestCase(NamedTuple):
    """A request that breaks one rule, and which."""

    request: Request
    violation: Violation


def invalid_requests(
    requests: Requests, asked: RequestValues, parts: Sequence[str] = ALL_PARTS
) -> Iterator[InvalidRequestCase]:
    """The requests that break one rule of what a valid one keeps to, part by part."""
    for part in parts:
        for request in _PROPOSALS.get(part, _proposed_parameters)(requests, asked, part):
            found = requests.violations(request)
            if len(found) == 1:
                yield InvalidRequestCase(request, found[0])


def _written_request(requests: Requests, asked: RequestValues) -> Iterator[Request]:
    """The request, where it can be written at all."""
    with suppress(ValueError, TypeError):
        yield requests.written(asked)


def _proposed_parameters(requests: Requests, asked: RequestValues, part: str) -> Iterator[Request]:
    values = asked.part(part)
    own = [p for p in requests.operation.parameters if p.location.startswith(part)]
    for parameter in own:
        for changed in _changed(parameter, values):
            yield from _written_request(requests, asked.with_part(part, changed))
    if part == "query":
        for request in _written_request(requests, asked):
            query = "&".join(filter(None, (request.query, "undeclared=1")))
            yield request._replace(query=query)


def _changed(parameter: Parameter, values: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    name = parameter.name
    if parameter.required and parameter.location != "path":
        yield {other: value for other, value in values.items() if other != name}
    if parameter.schema is not None and name in values:
        for wrong in wrong_values(values[name], [parameter.schema]):
            yield {**values, name: wrong}


def _proposed_bodies(requests: Requests, asked: RequestValues, part: str) -> Iterator[Request]:
    body = requests.operation.body
    if asked.body is ABSENT or body is None:
        return
    schema = body.content[asked.key].schema
    for wrong in wrong_values(asked.body, [schema]) if schema else ():
        yield from _written_request(requests, asked._replace(body=wrong))
    for request in _written_request(requests, asked):
        yield request._replace(body=request.body[:-1])
    yield from _written_request(requests, asked._replace(body=ABSENT))


def _proposed_type(requests: Requests, asked: RequestValues, part: str) -> Iterator[Request]:
    """A body of a type that isn't declared."""
    if asked.body is not ABSENT:
        for request in _written_request(requests, asked):
            headers = {**request.headers, b"content-type": _OTHER_TYPE.encode()}
            yield request._replace(headers=headers)


def _proposed_credentials(requests: Requests, asked: RequestValues, part: str) -> Iterator[Request]:
    for index in range(len(asked.credentials)):
        others = [c for i, c in enumerate(asked.credentials) if i != index]
        yield from _written_request(requests, asked._replace(credentials=others))


_PROPOSALS = {
    "body": _proposed_bodies,
    "content-type": _proposed_type,
    "credentials": _proposed_credentials,
}


def wrong_values(value: Any, schemas: Sequence[Schema], levels: int = DEEPEST) -> Iterator[Any]:
    """Values like a valid one that may break one rule of the schemas which hold for it."""
    within = schemas_within(*schemas)
    rules = [schema.raw for schema in within]
    if isinstance(value, dict):
        yield from _wrong_objects(value, within, rules, levels)
    elif isinstance(value, list):
        yield from _wrong_lists(value, within, rules, levels)
    elif isinstance(value, str):
        yield from _wrong_texts(value, rules)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _wrong_numbers(value, rules)
    yield from _wrong_types(schemas)


def _wrong_types(schemas: Sequence[Schema]) -> Iterator[Any]:
    types: Types | None = None
    for schema in schemas:
        types = types_of(schema) if types is None else types & types_of(schema)
    for name, value in _OF_TYPES:
        if types is not None and name not in types.names:
            yield value
    yield "wrong"  # none of an enum's


def _wrong_objects(
    value: dict[str, Any], within: Sequence[Schema], rules: list[Any], levels: int
) -> Iterator[Any]:
    required = {name for raw in rules for name in raw.get("required", ())}
    for name in value:
        if name in required:
            yield {other: member for other, member in value.items() if other != name}
    if levels:
        properties = property_schemas(within, "properties")
        for name, member in value.items():
            for wrong in wrong_values(member, properties.get(name, []), levels - 1):
                yield {**value, name: wrong}
    if any(raw.get(keyword, True) is not True for raw in rules for keyword in _CLOSED):
        yield {**value, "undeclared": True}
    yield from (dict(islice(value.items(), n - 1)) for n in _limits(rules, "minProperties") if n)
    for most in _limits(rules, "maxProperties"):
        yield value | {f"undeclared{n}": True for n in range(most + 1 - len(value))}


def _wrong_lists(
    value: list[Any], within: Sequence[Schema], rules: list[Any], levels: int
) -> Iterator[Any]:
    if levels:
        for index, item in enumerate(value[:1]):
            for wrong in wrong_values(item, item_schemas(within, index), levels - 1):
                yield [*value[:index], wrong, *value[index + 1 :]]
    if not value and levels:
        items = item_schemas(within, 0)
        yield from ([wrong] for wrong in (_wrong_types(items) if items else ()))
    yield from (value[: n - 1] for n in _limits(rules, "minItems") if n)
    if value:
        yield from ((value * (n + 1))[: n + 1] for n in _limits(rules, "maxItems"))
        yield [*value, value[0]]


def _wrong_texts(value: str, rules: list[Any]) -> Iterator[Any]:
    yield from (value[: n - 1] for n in _limits(rules, "minLength") if n)
    yield from (value + "x" * (n + 1 - len(value)) for n in _limits(rules, "maxLength"))
    if any(keyword in raw for raw in rules for keyword in ("format", "pattern", "enum", "const")):
        yield from _TEXTS


def _wrong_numbers(value: float, rules: list[Any]) -> Iterator[Any]:
    bounds = (("minimum", -1), ("maximum", 1), ("exclusiveMinimum", 0), ("exclusiveMaximum", 0))
    for keyword, step in bounds:
        for raw in rules:
            if isinstance(limit := raw.get(keyword), int | float) and not isinstance(limit, bool):
                yield limit + step
    yield from (value + raw["multipleOf"] / 2 for raw in rules if "multipleOf" in raw)
    formats = {raw.get("format") for raw in rules}
    limits = [FORMAT_RANGES[n] for n in FORMAT_RANGES if n in formats & INTEGER_FORMATS]
    yield from (int(number) for low, high in limits for number in (high + 1, low - 1))


def _limits(rules: list[Any], keyword: str) -> Iterator[int]:
    for raw in rules:
        if isinstance(limit := raw.get(keyword), int) and limit < MOST_ADDED:
            yield limit
