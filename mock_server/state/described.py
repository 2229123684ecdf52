"""Recognised resources in words, for `mock-server routes --stateful`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mock_server.contract import Operation
from mock_server.state.resource import Place, Recognised, Resource


def state_lines(found: Recognised, operations: Iterable[Operation]) -> Iterator[str]:
    """Each resource with its operations and the reason, then what is answered without state."""
    for resource in found.resources:
        yield from _resource_lines(resource)
    ids = {b.operation.id for one in found.resources for p in one.places for b in p.roles.values()}
    rest = [o for o in operations if o.id not in ids and o.id in found.stateless]
    if rest:
        yield "Without state:"
    for operation in rest:
        yield f"  {operation.method:7} {operation.path}  {found.stateless[operation.id]}"


def _resource_lines(resource: Resource) -> Iterator[str]:
    kind = "singleton" if resource.is_singleton else "collection"
    begin = f", {resource.items} items at the start" if resource.items else ""
    yield f"{resource.name}: {kind}{begin}; {resource.why}"
    for place in resource.places:
        view = " (view)" if place in resource.views else ""
        yield from (f"  {line}{view}" for line in _place_lines(place))


def _place_lines(place: Place) -> Iterator[str]:
    for role, bodies in place.roles.items():
        yield f"{role:8} {bodies.operation.method:7} {bodies.operation.path}"
