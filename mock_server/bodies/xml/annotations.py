"""What schemas say of the XML nodes that stand for values: names, namespaces, kinds of nodes.

OAS 3.1.1, section 4.8.26; OAS 3.2.1, "XML Object". A place is one spot in a value with all the
schemas that speak of it; it is read when it is first needed, so a schema that holds itself ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import unquote, urldefrag

from mock_server.bodies.xml.names import Tag, is_plain_name
from mock_server.schemas import (
    ANY,
    EVERYTHING,
    Schema,
    Types,
    listed,
    only_array,
    property_schemas,
    referred,
    required_names,
    schemas_within,
    types_of,
)

Path = tuple[str, ...]

_NODE_TYPES = ("element", "attribute", "text", "cdata", "none")
_COMPONENTS = ("schemas", "definitions", "$defs")


def _component(schema: Schema) -> str | None:
    """The name of a schema that is a component, or that stands at the top of a file."""
    tokens = unquote(urldefrag(schema.uri).fragment).split("/")[1:]
    named = len(tokens) == 1 or (len(tokens) > 1 and tokens[-2] in _COMPONENTS)
    return tokens[-1].replace("~1", "/").replace("~0", "~") if named else None


class Naming(NamedTuple):
    """Where the name of a node comes from, unless `xml` says it."""

    inferred: str
    by_component: bool = False  # a component's name goes before the inferred one (OAS 3.2)
    below: bool = False  # the same for what is inside
    forced: str | None = None  # this name goes before what `xml` says
    is_root: bool = False


class XmlPlace:
    """One spot in a value: what it may be, and the node that stands for it.

    `naming` is the name that the node has unless a schema gives it another, and what goes before.
    """

    def __init__(self, naming: Naming, schemas: Iterable[Schema], types: Types) -> None:
        self.naming, self.own, self.types = naming, tuple(schemas), types

    @cached_property
    def schemas(self) -> tuple[Schema, ...]:
        """Every schema that speaks of this place."""
        return schemas_within(*self.own)

    @cached_property
    def _chain(self) -> tuple[Schema, ...]:
        """The schema and those that it refers to, by `$ref` or an `allOf` of one."""
        chain: dict[int, Schema] = {}
        waiting = list(self.own[:1])
        while waiting and isinstance(waiting[0].raw, dict) and id(waiting[0].raw) not in chain:
            schema = waiting[0]
            chain[id(schema.raw)] = schema
            alone = listed(schema, "allOf")
            waiting = referred(schema) or (alone if len(alone) == 1 else [])
        return tuple(chain.values())

    @cached_property
    def _xml(self) -> Mapping[str, Any]:
        """The `xml` keyword; what is said at the place itself goes before what it refers to."""
        said: dict[str, Any] = {}
        for schema in self._chain:
            if isinstance(xml := schema.raw.get("xml"), dict):
                said = {**xml, **said}
        return said

    @property
    def has_name(self) -> bool:
        """Whether a schema gives the name."""
        return isinstance(self._xml.get("name"), str)

    @cached_property
    def tag(self) -> Tag:
        """The name of the node; in a name that `xml` gives, a colon ends a prefix."""
        naming = self.naming
        components = map(_component, self._chain) if naming.by_component else iter(())
        inferred = next(filter(None, components), None) or naming.inferred
        before, _, given = self._xml["name"].rpartition(":") if self.has_name else ("", "", "")
        namespace, prefix = self._xml.get("namespace"), self._xml.get("prefix", before)
        return Tag(
            naming.forced or given or inferred,
            namespace if isinstance(namespace, str) and namespace else None,
            prefix if isinstance(prefix, str) and is_plain_name(prefix) else None,
        )

    @cached_property
    def node_type(self) -> str:
        """The kind of the node (OAS 3.2.1, "XML Node Types"; `attribute` is an older word)."""
        if self._xml.get("nodeType") in _NODE_TYPES:
            return str(self._xml["nodeType"])
        if self._xml.get("attribute") is True:
            return "attribute"
        return "none" if self.is_array and not self.is_wrapped else "element"

    @property
    def is_wrapped(self) -> bool:
        """Whether an array is inside an element of its own (`wrapped` is the older word)."""
        return self._xml.get("nodeType") == "element" or self._xml.get("wrapped") is True

    @property
    def is_text(self) -> bool:
        """Whether it is text of the element around it."""
        return self.node_type in ("text", "cdata")

    @property
    def is_array(self) -> bool:
        """Whether a value that isn't null is an array."""
        return only_array(self.types)

    @property
    def is_flat(self) -> bool:
        """Whether it is an object whose properties stand in the element around it."""
        return self.node_type == "none" and self.types.only_object

    @property
    def is_nullable(self) -> bool:
        """Whether a schema speaks of null."""
        return "null" in self.types.names and self.types.names != EVERYTHING

    def item(self, index: int) -> XmlPlace:
        """The place of an array's member."""
        *prefix, rest = self.items
        return prefix[index] if index < len(prefix) else rest

    @cached_property
    def items(self) -> tuple[XmlPlace, ...]:
        """The places of an array's members: those of `prefixItems`, and that of all others."""
        inside, naming = self.types.inside, self._item_naming
        first: list[Schema] = []
        for schema in self.schemas:
            first = first or listed(schema, "prefixItems")
        rest = [s.child("items") for s in self.schemas if isinstance(s.raw.get("items"), dict)]
        return (
            *(XmlPlace(naming, [schema], inside.item(i)) for i, schema in enumerate(first)),
            XmlPlace(naming, rest, inside.items),
        )

    @property
    def _item_naming(self) -> Naming:
        """Items are called what the element around them is, or else their property."""
        if self.naming.is_root:
            return self.naming._replace(inferred="item", forced=None, is_root=False)
        return self._member_naming(
            self.naming.inferred if self.node_type == "none" else self.tag.local
        )

    def _member_naming(self, name: str, forced: str | None = None) -> Naming:
        below = self.naming.below
        return Naming(name, by_component=below, below=below, forced=forced)

    @cached_property
    def properties(self) -> dict[str, XmlPlace]:
        """The places of the declared properties.

        Where a name that is said elsewhere would be that of several, each has its property's.
        """
        named = property_schemas(self.schemas, "properties")
        types = self.types.inside.property
        found = {
            name: XmlPlace(self._member_naming(name), own, types(name))
            for name, own in named.items()
        }
        times = Counter(place.tag for place in found.values() if place.node_type == "element")
        return {
            name: place
            if times[place.tag] < 2
            else XmlPlace(self._member_naming(name, forced=name), place.own, place.types)
            for name, place in found.items()
        }

    def property(self, name: str) -> XmlPlace:
        """The place of a property, declared or not."""
        if name in self.properties:
            return self.properties[name]
        patterns = property_schemas(self.schemas, "patternProperties").values()
        further = [s.child("additionalProperties") for s in self.schemas if _has_further(s)]
        own = [*(one for pattern in patterns for one in pattern), *further]
        return XmlPlace(self._member_naming(name), own, self.types.inside.property(name))

    @cached_property
    def slots(self) -> Slots:
        """Where the nodes inside its element belong."""
        return Slots(self)


def _has_further(schema: Schema) -> bool:
    return isinstance(schema.raw.get("additionalProperties"), dict)


def root_place(schema: Schema | None) -> XmlPlace:
    """The place of a whole body.

    The root is called what its component is, and so are the members of a root that is an array;
    since OAS 3.2 so is all that is inside.
    """
    below = schema is not None and not schema.version.startswith(("3.0", "3.1"))
    naming = Naming("root", by_component=True, below=below, is_root=True)
    return XmlPlace(naming, [schema] if schema else [], types_of(schema) if schema else ANY)


Index = dict[str, list[tuple[Tag, Path, XmlPlace]]]


class Slots:
    """Where each node inside an element belongs, by its name.

    `text` is what its text belongs to; `implied` are the values of properties that have no node:
    a required array without members, an attribute that may be null.
    """

    def __init__(self, owner: XmlPlace) -> None:
        self._owner = owner
        self._elements: Index = {}
        self._attributes: Index = {}
        self.text: tuple[Path, XmlPlace] | None = None
        self.implied: list[tuple[Path, Any]] = []
        self._read(owner, (), frozenset())

    def _read(self, owner: XmlPlace, path: Path, above: frozenset[int]) -> None:
        required = {name for schema in owner.own for name in required_names(schema)}
        for name, place in owner.properties.items():
            here, ids = (*path, name), frozenset(id(s.raw) for s in place.schemas)
            if place.is_flat and not ids & above:
                self._read(place, here, above | ids)
            else:
                self._add(place, here, name in required)

    def _add(self, place: XmlPlace, path: Path, required: bool) -> None:
        if place.is_text:
            self.text = (path, place)
        elif place.node_type == "attribute":
            self._attributes.setdefault(place.tag.local, []).append((place.tag, path, place))
            self.implied.extend([(path, None)] if place.is_nullable else [])
        else:
            bare = "array" in place.types.names and not place.is_wrapped
            for tag in {part.tag for part in (place.items if bare else ())} | {place.tag}:
                self._elements.setdefault(tag.local, []).append((tag, path, place))
            self.implied.extend([(path, [])] if place.is_array and bare and required else [])

    def element(self, found: Tag, parent: str | None) -> tuple[Path, XmlPlace] | None:
        """The property that an element stands for."""
        return _covering(self._elements, found, parent)

    def attribute(self, found: Tag) -> tuple[Path, XmlPlace] | None:
        """The property that an attribute stands for."""
        return _covering(self._attributes, found, None)

    def further(self, found: Tag, mark: str) -> tuple[Path, XmlPlace]:
        """The property that an undeclared node stands for, by a name that no other has."""
        name = found.local
        if name in self._owner.properties:
            name = f"{{{found.namespace}}}{name}" if found.namespace else f"{mark or '{}'}{name}"
        return (name,), self._owner.property(name)


def _covering(index: Index, found: Tag, parent: str | None) -> tuple[Path, XmlPlace] | None:
    candidates = index.get(found.local, ())
    return next(((p, place) for tag, p, place in candidates if tag.covers(found, parent)), None)
