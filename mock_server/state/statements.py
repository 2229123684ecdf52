"""`state.yaml` of a folder of fixtures: what it states, or corrects, of a document's state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from mock_server.contract import Contract, Operation
from mock_server.core import did_you_mean
from mock_server.documents import DocumentNode
from mock_server.errors import StartError
from mock_server.fixtures import FixtureReader, state_file
from mock_server.paging import SchemaPlace
from mock_server.state.identity import Key
from mock_server.state.recognition import recognised
from mock_server.state.resource import ROLES, Place, Recognised, Resource, Role
from mock_server.state.shapes import Bodies

_MEMBERS = ("id", "items", "cascade", "collection", "item", *ROLES)


def stated(contract: Contract, folder: Path | None) -> Recognised:
    """What a document's state is, as recognised and as `state.yaml` states it.

    Raises StartError with each wrong statement, by line and column.
    """
    found = recognised(contract)
    path = state_file(folder) if folder is not None else None
    return found if path is None else StatementReader(contract).read(path, found)


class StatementReader(FixtureReader):
    """Reads statements of state and gathers what is wrong with them."""

    def read(self, path: Path, found: Recognised) -> Recognised:
        """What was recognised, corrected by a file. Raises StartError."""
        top = self.top(path)
        if top is not None and top.value is not None and self.is_mapping(top):
            found = self._corrected(top, found)
        if self.findings:
            raise StartError(self.findings)
        return found

    def _corrected(self, top: DocumentNode, found: Recognised) -> Recognised:
        known = {resource.name: resource for resource in found.resources}
        stateless = dict(found.stateless)
        for name, node in top.items():
            if node.value is False:
                self._drop(name, node, known, stateless)
            elif self.is_mapping(node, _MEMBERS):
                self.check_members(node, (), _MEMBERS)
                self._state(name, node, known)
        return Recognised(tuple(known.values()), stateless)

    def _drop(
        self,
        name: str,
        node: DocumentNode,
        known: dict[str, Resource],
        stateless: dict[str, str],
    ) -> None:
        """Take one out: `false` in the place of its members says that it isn't kept."""
        if name not in known:
            message = f"no collection is recognised as {name}" + did_you_mean(name, known)
            self.finding(node, message, "state")
            return
        for place in known.pop(name).places:
            stateless |= {b.operation.id: "as state.yaml states" for b in place.roles.values()}

    def _state(self, name: str, node: DocumentNode, known: dict[str, Resource]) -> None:
        own = known.get(name)
        roles = self._roles(node)
        if own is None and not roles:
            message = (
                f"no collection is recognised as {name}{did_you_mean(name, known)}; to state a new"
                f" one, name its operations: {', '.join(ROLES)}"
            )
            self.finding(node, message, "state")
            return
        resource = self._with_roles(name, own, roles, node)
        if resource is None:
            return
        resource = self._with_key(resource, node.get("id"))
        resource = self._with_items(resource, node.get("items"))
        cascade = node.get("cascade")
        if cascade is not None:
            resource = replace(resource, cascade=self._names(cascade))
        known[name] = replace(resource, is_stated=True)

    def _names(self, node: DocumentNode) -> tuple[str, ...]:
        if isinstance(node.value, list) and all(isinstance(one, str) for one in node.value):
            return tuple(node.value)
        self.finding(node, "expected a list of the names of collections", "type")
        return ()

    def _roles(self, node: DocumentNode) -> dict[Role, Operation | None]:
        operations = {operation.id: operation for operation in self.contract.operations}
        found: dict[Role, Operation | None] = {}
        for role in ROLES:
            stated = node.get(role)
            if stated is None:
                continue
            if stated.value is None or stated.value is False:
                found[role] = None
            elif stated.value in operations:
                found[role] = operations[stated.value]
            else:
                meant = did_you_mean(str(stated.value), operations)
                message = f"the contract has no operation {stated.value}{meant}"
                self.finding(stated, message, role)
        return found

    def _with_roles(
        self,
        name: str,
        own: Resource | None,
        stated: Mapping[Role, Operation | None],
        node: DocumentNode,
    ) -> Resource | None:
        around, at = _of(own.collection if own else None), _of(own.item if own else None)
        for role, operation in stated.items():
            roles = around if role in ("list", "create") else at
            if operation is None:
                roles.pop(role, None)
            else:
                roles[role] = Bodies(operation)
        collection = _place(around, own.collection if own else None)
        item = _place(at, own.item if own else None, is_item=True)
        if own is None and item is None:
            message = f"{name} needs an operation on one item: read, replace, patch or delete"
            self.finding(node, message, "required")
            return None
        forms = tuple(_forms({**around, **at})) or (own.forms if own else ())
        key = own.key if own else None
        why = "as state.yaml states"
        made = Resource(name, collection, item, key, forms, why, own.views if own else ())
        if own is not None:
            return replace(made, items=own.items, is_open=own.is_open)
        if item is not None and item.variable is not None and node.get("id") is None:
            message = "`id` is missing: which member of an item has the id of the path"
            self.finding(node, message, "required")
            return None
        return made

    def _with_key(self, resource: Resource, node: DocumentNode | None) -> Resource:
        if node is None:
            return resource
        steps = tuple(node.value.split(".")) if isinstance(node.value, str) else ()
        for form in resource.forms:
            place = _at(form, steps)
            if steps and place is not None:
                return replace(resource, key=Key(steps, place, "as state.yaml states"))
        members = {name for form in resource.forms for name in form.members}
        meant = did_you_mean(str(node.value), members)
        self.finding(node, f"no reply shows a member {node.value} of an item{meant}", "id")
        return resource

    def _with_items(self, resource: Resource, node: DocumentNode | None) -> Resource:
        if node is None:
            return resource
        if isinstance(node.value, int) and not isinstance(node.value, bool) and node.value >= 0:
            return replace(resource, items=node.value)
        self.finding(node, "expected how many items it starts with, 0 or more", "items")
        return resource


def _of(place: Place | None) -> dict[Role, Bodies]:
    return dict(place.roles) if place is not None else {}


def _place(roles: dict[Role, Bodies], own: Place | None, is_item: bool = False) -> Place | None:
    if not roles:
        return own if own is not None and not is_item else None
    first = next(iter(roles.values())).path
    if own is not None and own.path.shape in {b.path.shape for b in roles.values()}:
        return replace(own, roles=roles)
    variable = first.variable if is_item else None
    parents = tuple(name for name in first.variables if name != variable)
    return Place(first, roles, variable, parents)


def _forms(roles: Mapping[Role, Bodies]) -> Iterator[SchemaPlace]:
    for role in ("read", "create", "replace", "patch", "list"):
        bodies = roles.get(role)
        if bodies is not None and bodies.reply.item is not None:
            yield bodies.reply.item


def _at(place: SchemaPlace, steps: tuple[str, ...]) -> SchemaPlace | None:
    found: SchemaPlace | None = place
    for step in steps:
        found = found.members.get(step) if found is not None else None
    return found
