"""What collections start with: the records of a file with the schema of their items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mock_server.documents import BrokenRef
from mock_server.fixtures import Store
from mock_server.schemas import Schema
from mock_server.state.resource import Resource


def seeds_of(resources: Sequence[Resource], store: Store) -> Mapping[str, Sequence[Any]]:
    """The values that each collection starts with, by its name.

    A file of that name wins over others with the same schema.
    """
    found: dict[str, Sequence[Any]] = {}
    for resource in resources:
        own = {uri for form in resource.forms for schema in form.possible for uri in _uris(schema)}
        fitting = [name for name, schema in store.schemas.items() if own & _uris(schema)]
        if fitting:
            name = resource.name if resource.name in fitting else fitting[0]
            found[resource.name] = [_thawed(record.value) for record in store.records[name]]
    return found


def _uris(schema: Schema) -> set[str]:
    """The schema's address, and that of what it refers to."""
    try:
        return {schema.uri, schema.referred().uri}
    except BrokenRef:
        return {schema.uri}


def _thawed(value: Any) -> Any:
    """A copy of a frozen value that may be changed."""
    if isinstance(value, Mapping):
        return {key: _thawed(item) for key, item in value.items()}
    return [_thawed(item) for item in value] if isinstance(value, list | tuple) else value
