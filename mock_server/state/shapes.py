"""What the bodies of an operation hold: an item, a list of items, several at once, or neither."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from mock_server.contract import Content, Operation, Response
from mock_server.documents import BrokenRef
from mock_server.generation import plain
from mock_server.paging import PageMember, SchemaPlace, layout_of, schema_place
from mock_server.schemas import schemas_within
from mock_server.state import names
from mock_server.state.paths import PathSteps, path_steps

Kind = Literal["none", "item", "list", "other"]
Steps = tuple[str, ...]
_ID_WORDS = {"id", "uuid", "guid", "gid", "sid", "uid"}
# What may stand beside the item in an object around it.
_BESIDE = {"meta", "links", "_links", "included", "errors", "success", "status", "message", "code"}


@dataclass(frozen=True, eq=False)
class Shape:
    """What a body holds: `steps` lead to its item or list, `item` is the place of one item."""

    kind: Kind
    steps: Steps = ()
    item: SchemaPlace | None = None
    root: SchemaPlace | None = None
    members: tuple[PageMember, ...] = ()

    @cached_property
    def stems(self) -> tuple[str, ...]:
        """The names of the item's schemas, the nearest first, without what says their forms."""
        return tuple(stems_of(self.item)) if self.item is not None else ()

    def shares(self, other: Shape) -> bool:
        """Whether another has at least half of the members of this one's item."""
        if self.item is None or other.item is None or not self.item.members:
            return False
        mine, its = (set(map(plain, one.item.members)) for one in (self, other) if one.item)
        return 2 * len(mine & its) >= max(1, len(mine))

    def is_like(self, other: Shape) -> bool:
        """Whether both are of one kind of thing, as their schemas are called."""
        if not self.stems and not other.stems:
            return self.shares(other) and other.shares(self)
        mine, its = self.stems[:1], other.stems[:1]
        return bool(mine) and (mine[0] in other.stems or (bool(its) and its[0] in self.stems))


NOTHING = Shape("none")


@dataclass(frozen=True, eq=False)
class Bodies:
    """The bodies of one operation, looked at when first needed."""

    operation: Operation

    @cached_property
    def path(self) -> PathSteps:
        """The operation's path."""
        return path_steps(self.operation.path)

    @cached_property
    def response(self) -> tuple[int, Response] | None:
        """The status and the response of success; 201 before all others of a POST."""
        codes = self.operation.responses
        if self.operation.method == "POST" and "201" in codes:
            return 201, codes["201"]
        found = self.operation.lowest_success
        return found if found is not None and 200 <= found[0] < 300 else None

    @cached_property
    def reply(self) -> Shape:
        """What the reply of success holds."""
        if self.response is None:
            return NOTHING
        shape = NOTHING
        for response in self._successes():
            shape = self._shape(response.content)
            if shape.kind != "none":
                return shape
        return shape

    def _successes(self) -> Iterator[Response]:
        assert self.response is not None
        yield self.response[1]
        for code, response in self.operation.responses.items():
            if code.startswith("2") and response is not self.response[1]:
                yield response

    @cached_property
    def request(self) -> Shape:
        """What the body of a request holds."""
        body = self.operation.body
        return self._shape(body.content, is_request=True) if body is not None else NOTHING

    def _shape(self, content: Mapping[str, Content], is_request: bool = False) -> Shape:
        for key in _in_order(content):
            schema = content[key].schema
            if schema is None:
                return Shape("other")
            with suppress(BrokenRef, RecursionError):
                place = schema_place(schema)
                return self._of(place, is_request)
        return NOTHING

    def _of(self, place: SchemaPlace, is_request: bool) -> Shape:
        if "array" in place.types and "object" not in place.types:
            return self._list(place, (), place, ())
        if "object" not in place.types and not place.members:
            return Shape("other", root=place)
        if not is_request and not _has_id(place):
            layout = layout_of(place, "/".join(("", *self.path.steps)), {})
            if layout is not None and self._is_list(place, layout.items, layout.members):
                assert isinstance(layout.items, SchemaPlace)
                return self._list(layout.items, layout.steps, place, layout.members)
        return self._item(place, is_request)

    def _is_list(self, root: SchemaPlace, items: object, members: tuple[PageMember, ...]) -> bool:
        """Whether the list in an object is what it is about, and none of an item's members."""
        if not isinstance(items, SchemaPlace):
            return False
        key, last = names.single(items.name), names.single(self.path.name)
        is_called_so = key == last or plain(items.name) in _LIST_NAMES
        of_objects = items.item is None or "object" in items.item.types or not items.item.types
        others = {name for name in root.members if plain(name) not in _BESIDE} - {items.name}
        is_alone = not others - {member.steps[0] for member in members}
        return of_objects and (is_called_so or bool(members) or is_alone)

    @staticmethod
    def _list(
        items: SchemaPlace, steps: Steps, root: SchemaPlace, members: tuple[PageMember, ...]
    ) -> Shape:
        item = items.item
        if item is not None and "node" in item.members and "cursor" in item.members:
            item = item.members["node"]
        return Shape("list", steps, item, root, members)

    def _item(self, root: SchemaPlace, is_request: bool) -> Shape:
        """The item in an object, which may stand in another one around it."""
        place, steps = root, tuple[str, ...]()
        own = names.single(self.path.name)
        for _ in range(2):
            inner = None if _has_id(place) else _wrapped(place, own)
            if inner is None:
                break
            place, steps = inner, (*steps, inner.name)
            if "array" in place.types and "object" not in place.types:
                return self._list(place, steps, root, ())
        return Shape("item", steps, place, root)


_LIST_NAMES = {"data", "items", "results", "records", "entries", "values", "value", "content",
               "list", "elements", "objects", "nodes", "edges", "hits", "rows", "resources",
               "collection", "entities"}  # fmt: skip


def _in_order(content: Mapping[str, Content]) -> list[str]:
    """The entries that hold structured values, JSON first."""
    forms = ("application/x-www-form-urlencoded", "multipart/form-data")
    json = [key for key in content if "json" in key or key == "*/*"]
    return sorted(json, key=lambda key: "patch" in key) + [key for key in content if key in forms]


def _has_id(place: SchemaPlace) -> bool:
    return any(plain(name) in _ID_WORDS for name in place.members)


def _wrapped(place: SchemaPlace, own: str) -> SchemaPlace | None:
    """The member that holds the item, if an object is nothing but what stands around one."""
    for name, member in place.members.items():
        key = plain(name)
        is_list = "array" in member.types and "object" not in member.types
        if not (is_list or member.members) or member.types >= {"string"}:
            continue
        if key in names.WRAPPERS or names.single(name) == own:
            others = [other for other in place.members if other != name]
            if key in ("data", "result") or all(plain(o) in _BESIDE for o in others):
                return member
            if names.single(name) == own and len(others) <= 3:
                return member
    alone = [m for n, m in place.members.items() if plain(n) not in _BESIDE]
    if len(alone) == 1 and len(alone[0].members) > 1 and "object" in alone[0].types:
        return alone[0] if _has_id(alone[0]) or own.endswith(names.single(alone[0].name)) else None
    return None


def stems_of(place: SchemaPlace) -> Iterator[str]:
    """The names of the schemas that are put together for a place, without their forms."""
    for schema in schemas_within(*place.schemas):
        tokens = schema.tokens
        if len(tokens) >= 2 and tokens[-2] in ("schemas", "definitions"):
            yield names.stem(str(tokens[-1]))
        elif isinstance(title := schema.raw.get("title"), str) and len(title) < 40:
            yield names.stem(title)
