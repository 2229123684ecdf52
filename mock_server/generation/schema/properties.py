"""The properties of an object that its schemas name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, NamedTuple

from mock_server.documents import BrokenRef
from mock_server.generation.schema.composition import component, forbids
from mock_server.generation.schema.discriminators import ALWAYS, TAG, component_tags
from mock_server.generation.schema.json_types import possible_types
from mock_server.generation.schema.nodes import ValueNode
from mock_server.generation.schema.schema import SchemaSource
from mock_server.generation.values.dates import stage
from mock_server.generation.values.files import is_address
from mock_server.generation.values.keywords import Raw
from mock_server.generation.values.words import plain, words_of

# The names of counts: of all things, and of each kind.
_TOTALS = {"total", "total_count", "count"}
_KINDS = {"failed", "pending", "running", "succeeded", "successful", "skipped", "errored"}


class Property(NamedTuple):
    """One property of an object.

    `examples` holds its value in an example of the whole object. `is_deep` states that its value
    may have members of its own.
    """

    name: str
    node: ValueNode
    required: bool
    examples: tuple[Any, ...]
    is_deprecated: bool = False
    is_deep: bool = False


def properties(node: ValueNode, companions: Mapping[str, Iterable[str]]) -> Iterator[Property]:
    """Yield the declared and required properties, except those that are forbidden or hidden.

    `companions` names the properties that each property requires. Raises BrokenRef.
    """
    required = dict.fromkeys(name for raw in node.raws for name in raw.get("required", ()))
    always = {name: None for raw in node.raws for name in raw.get(ALWAYS, ())}
    declared = dict.fromkeys(name for raw in node.raws for name in raw.get("properties", ()))
    named = declared | always | required | dict.fromkeys(chain(*companions.values()))
    for name in named:
        schemas = [*all_property_schemas(node, name), *_tags(node, name)]
        child = node.node(schemas, _hint(node, name))
        must = name in required
        if must or (fits_name(node, name) and not (forbids(schemas) or _is_hidden(child))):
            examples = tuple(_examples(node, name, child))
            yield Property(name, child, must or name in always, examples, *_nature(child))


def _nature(child: ValueNode) -> tuple[bool, bool]:
    """Return whether a property is deprecated, and whether its value may have members."""
    try:
        is_deprecated = any(raw.get("deprecated") is True for raw in child.raws)
        types = ["string"] if child.says("enum", "const") else possible_types(child)
    except BrokenRef:
        return False, False  # the check of the document reports it
    return is_deprecated, types is None or not {"object", "array"}.isdisjoint(types)


def fits_name(node: ValueNode, name: str) -> bool:
    """Return whether a property may have that name."""
    return all(
        part.child("propertyNames").is_valid(name)
        for part in node.parts
        if "propertyNames" in part.raw
    )


def companions(raws: Iterable[Raw]) -> dict[str, list[str]]:
    """Return the names of the properties that each property requires (`dependentRequired`)."""
    together: dict[str, list[str]] = {}
    for raw in raws:
        for name, others in raw.get("dependentRequired", {}).items():
            together.setdefault(name, []).extend(others)
    return together


def group_of(name: str, companions: Mapping[str, Iterable[str]]) -> set[str]:
    """Return a name and all the names that it requires, directly or not."""
    group = [name]
    for member in group:
        group += [other for other in companions.get(member, ()) if other not in group]
    return set(group)


def all_property_schemas(node: ValueNode, name: str | None) -> list[SchemaSource]:
    """Return the schemas of the property with that name; None is a name that no schema matches."""
    found: list[SchemaSource] = []
    rest: list[SchemaSource] = []
    for part in node.parts:
        own = [part.child(*steps) for steps in _speaking_of(node, part.raw, name)]
        if not own and "additionalProperties" in part.raw:
            own = [part.child("additionalProperties")]
        if not own and "unevaluatedProperties" in part.raw:
            rest.append(part.child("unevaluatedProperties"))
        found += own
    return found or rest


def _speaking_of(node: ValueNode, raw: Raw, name: str | None) -> Iterator[tuple[str, str]]:
    """Yield the steps to each subschema for the property."""
    if name is None:
        return
    if name in raw.get("properties", ()):
        yield "properties", name
    for pattern in raw.get("patternProperties", ()):
        if node.nodes.matches(pattern, name):
            yield "patternProperties", pattern


def _is_hidden(child: ValueNode) -> bool:
    """Return whether the property is only for the other direction, or has a broken reference."""
    try:
        return any(raw.get(child.nodes.hides) is True for raw in child.raws)
    except BrokenRef:
        return True  # the check of the document reports it


def _tags(node: ValueNode, name: str) -> list[SchemaSource]:
    """Return the discriminator's schemas for a property, if the node extends a schema with one."""
    extending = next(filter(None, map(component, node.parts)), None)
    if extending is None:
        return []
    own = [raw.get("properties", {}).get(name) for raw in node.raws]
    if any(isinstance(member, dict) and TAG in member for member in own):
        return []  # the choice that leads here has it already
    bases = [part for part in node.parts if not {"oneOf", "anyOf"} & part.raw.keys()]
    tags = [tag for part in bases for tag in component_tags(part, extending)]
    return [tag.child("properties", name) for tag in tags if name in tag.raw["properties"]]


def _hint(node: ValueNode, name: str) -> str:
    """Return the hint for a property: its name, for some with the owner (`user.name`).

    A name that usually stands for a moment is a count beside a total: `completed` of `total`.
    """
    own, *components = node.names
    if name == "name":
        return f"{next(iter(components), own)}.name"
    if is_address(name):
        return f"{own} {' '.join(components)}.{name}" if own or components else name
    is_kind = stage(name) is not None or plain(name) in _KINDS
    return f"{name}_count" if is_kind and _is_count(node, name) else name


def _is_count(node: ValueNode, name: str) -> bool:
    """Return whether a number is a count: no moment by name, and beside other counts."""
    if words_of(name)[-1:] in (["at"], ["on"], ["timestamp"]):
        return False
    types = {
        other: schema["type"]
        for raw in node.raws
        for other, schema in raw.get("properties", {}).items()
        if isinstance(schema, dict) and schema.get("type") in ("integer", "number")
    }
    others = set(map(plain, types)) - {plain(name)}
    return name in types and not others.isdisjoint(_TOTALS | _KINDS)


def _examples(node: ValueNode, name: str, child: ValueNode) -> Iterator[Any]:
    """Yield the value in the first example that has the property, if it fits and has no members."""
    for raw in node.raws:
        given = raw.get("examples")
        for example in [*(given if isinstance(given, list) else ()), raw.get("example")]:
            if isinstance(example, dict) and not isinstance(example.get(name, []), dict | list):
                if child.accepts(example[name]):
                    yield example[name]
                return
