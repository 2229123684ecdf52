"""The members of a value that are for one direction alone: `readOnly` and `writeOnly`.

OAS 3.0.4, section 4.7.24.2: a read-only property should not be sent in a request, nor a write-only
one in a response. OAS 3.1 leaves both to JSON Schema, where they are annotations (2020-12
validation, section 9.4): each schema that holds for the property may say it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from mock_server.bodies import body_codec, rules
from mock_server.contract import Content, Example
from mock_server.patterns import matches
from mock_server.schemas import (
    Schema,
    listed,
    property_schemas,
    referred,
    schemas_within,
)

Keyword = Literal["readOnly", "writeOnly"]


def reply_examples(content: Content) -> Mapping[str, Example]:
    """The examples of a reply's content as they are sent: without what is only written."""
    return {
        name: replace(example, value=_sent(content, example.value))
        for name, example in content.examples.items()
    }


def sent_examples(content: Content, invalid_too: bool) -> Mapping[str, Example]:
    """The examples of a reply's content that are sent: those that keep to its schema, or all."""
    return content.once(reply_examples if invalid_too else _valid_examples)


def _valid_examples(content: Content) -> Mapping[str, Example]:
    where = ("response", "body")
    examples = content.once(reply_examples).items()
    return {n: e for n, e in examples if not body_codec.violations(content, e.value, where)}


def _sent(content: Content, value: Any) -> Any:
    item, whole, _ = rules(content)
    if whole is not None:
        value = without(value, [whole], "writeOnly")
    if item is not None and isinstance(value, list):
        return [without(one, [item], "writeOnly") for one in value]
    return value if item is None else without(value, [item], "writeOnly")


def without(value: Any, schemas: Sequence[Schema], keyword: Keyword) -> Any:
    """A value without the members that their schemas mark, however deep inside.

    Of alternatives those count that the value keeps to.
    """
    if isinstance(value, dict):
        holding = list(_holding(schemas, value))
        own = {name: list(_member_schemas(holding, name)) for name in value}
        kept = {name: item for name, item in value.items() if not is_marked(own[name], keyword)}
        return {name: without(item, own[name], keyword) for name, item in kept.items()}
    if isinstance(value, list):
        holding = list(_holding(schemas, value))
        return [
            without(item, list(_item_schemas(holding, index)), keyword)
            for index, item in enumerate(value)
        ]
    return value


def marked_properties(schema: Schema, keyword: Keyword) -> set[str]:
    """The properties of an object that its schema marks, in whichever alternative."""
    named = property_schemas(schemas_within(schema), "properties")
    return {name for name, own in named.items() if is_marked(own, keyword)}


def is_marked(schemas: Iterable[Schema], keyword: Keyword) -> bool:
    """Whether one of the schemas, or of those that hold with it, has the keyword."""
    holding = schemas_within(*schemas, alternatives=False)
    return any(schema.raw.get(keyword) is True for schema in holding)


def _holding(schemas: Iterable[Schema], value: Any) -> Iterator[Schema]:
    """The schemas, and all those inside them that hold for the value as a whole."""
    waiting, seen = list(schemas), set()
    while waiting:
        schema = waiting.pop()
        if isinstance(schema.raw, dict) and schema.uri not in seen:
            seen.add(schema.uri)
            yield schema
            waiting += [*referred(schema), *listed(schema, "allOf"), *_chosen(schema, value)]


def _chosen(schema: Schema, value: Any) -> Iterator[Schema]:
    """The alternatives that the value keeps to."""
    for keyword in ("anyOf", "oneOf"):
        yield from (one for one in listed(schema, keyword) if one.is_valid(value))
    if "if" in schema.raw:
        branch = "then" if schema.child("if").is_valid(value) else "else"
        if branch in schema.raw:
            yield schema.child(branch)


def _member_schemas(holding: Iterable[Schema], name: str) -> Iterator[Schema]:
    """The schemas of an object's member."""
    for schema in holding:
        named = schema.raw.get("properties")
        own = (
            [schema.child("properties", name)] if isinstance(named, dict) and name in named else []
        )
        patterns = schema.raw.get("patternProperties")
        for pattern in patterns if isinstance(patterns, dict) else ():
            if matches(pattern, name):
                own.append(schema.child("patternProperties", pattern))
        if not own and isinstance(schema.raw.get("additionalProperties"), dict):
            own = [schema.child("additionalProperties")]
        yield from own


def _item_schemas(holding: Iterable[Schema], index: int) -> Iterator[Schema]:
    """The schemas of a list's member."""
    for schema in holding:
        first = listed(schema, "prefixItems")
        if index < len(first):
            yield first[index]
        elif isinstance(schema.raw.get("items"), dict):
            yield schema.child("items")
