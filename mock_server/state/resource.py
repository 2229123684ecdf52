"""Collections, their items and singletons, as a document has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from mock_server.contract import Operation
from mock_server.paging import SchemaPlace
from mock_server.state.identity import Key
from mock_server.state.paths import PathSteps
from mock_server.state.shapes import Bodies

Role = Literal["list", "create", "read", "replace", "patch", "delete", "action", "link", "unlink"]
ROLES: tuple[Role, ...] = ("list", "create", "read", "replace", "patch", "delete")


@dataclass(frozen=True, eq=False)
class Place:
    """One path at which items are met, with what each operation there does to them.

    `parents` are the parameters of the path that lead to other items, by name; `variable` is the
    parameter that has the id. `relation` names the way in which items belong to the parent.
    """

    path: PathSteps
    roles: Mapping[Role, Bodies]
    variable: str | None = None
    parents: tuple[str, ...] = ()
    relation: str = ""


@dataclass(frozen=True, eq=False)
class Resource:
    """A collection with its items, or a singleton, which has neither list nor id.

    `collection` and `item` are where they stand, `views` the other paths that show the same items.
    `forms` are the item's places in replies, the fullest first. `items` says how many it starts
    with; `is_open` that an item is made when it is first asked for, as no other way leads to one;
    `cascade` names the collections whose items go with their parent.
    """

    name: str
    collection: Place | None
    item: Place | None
    key: Key | None
    forms: tuple[SchemaPlace, ...]
    why: str
    views: tuple[Place, ...] = ()
    items: int = 0
    is_open: bool = False
    is_stated: bool = False
    cascade: tuple[str, ...] = ()

    @property
    def is_singleton(self) -> bool:
        """Whether there is one item alone, without an id."""
        return self.collection is None and self.key is None

    @property
    def roles(self) -> dict[Role, Operation]:
        """The operation of each role, at the collection and at the item."""
        places = [place for place in (self.collection, self.item) if place is not None]
        return {role: b.operation for place in places for role, b in place.roles.items()}

    @property
    def places(self) -> tuple[Place, ...]:
        """All paths at which its items are met."""
        own = [place for place in (self.collection, self.item) if place is not None]
        return (*own, *self.views)

    def as_json(self) -> dict[str, Any]:
        """What `mock-server routes --stateful --json` says of it."""
        roles = self.roles
        found: dict[str, Any] = {
            "name": self.name,
            "collection": _path(self.collection),
            "item": _path(self.item),
            **{role: roles[role].id if role in roles else None for role in ROLES},
            "id": ".".join(self.key.steps) if self.key else None,
            "items": self.items,
            "reason": self.why,
        }
        found["views"] = [_view_json(view) for view in self.views]
        return found


def _path(place: Place | None) -> str | None:
    if place is None:
        return None
    first = next(iter(place.roles.values()), None)
    return first.operation.path if first else "/" + "/".join(place.path.steps)


def _view_json(view: Place) -> dict[str, Any]:
    return {"path": _path(view), **{role: b.operation.id for role, b in view.roles.items()}}


@dataclass(frozen=True)
class Recognised:
    """What of a document is stateful, and why the rest of what looks like it isn't."""

    resources: tuple[Resource, ...]
    stateless: Mapping[str, str] = field(default_factory=dict)
