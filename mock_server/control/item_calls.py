"""The calls about the items of a session, each named by its operation in the control API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mock_server.core import did_you_mean
from mock_server.errors import NotFound
from mock_server.sessions import Session
from mock_server.state import Store


class ItemCalls:
    """The control API's calls that read and change a session's items."""

    def __init__(self, stores: Mapping[str, Store]) -> None:
        self._stores = stores

    def list_collections(self, session: Session) -> dict[str, Any]:
        """Return every collection, with how many items it has."""
        counted = {name: len(store.values(session)) for name, store in self._stores.items()}
        return {"collections": [{"name": n, "items": count} for n, count in counted.items()]}

    def clear_collections(self, session: Session) -> None:
        """Reset every collection to the items that it starts with."""
        session.items.clear()

    def list_items(self, session: Session, collection: str) -> dict[str, Any]:
        """Return the items of a collection, in the order in which they came."""
        return {"items": list(self._store(collection).values(session).values())}

    def fill_collection(
        self, session: Session, collection: str, body: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Replace all items of a collection."""
        self._store(collection).fill(session, body["items"])
        return self.list_items(session, collection)

    def clear_collection(self, session: Session, collection: str) -> None:
        """Reset a collection to the items that it starts with."""
        session.items.clear(self._store(collection).name)

    def read_item(self, session: Session, collection: str, id: str) -> Any:
        """Return one item, with its write-only members."""
        values = self._store(collection).values(session)
        if id not in values:
            raise NotFound(f"{collection} has no item {id}.")
        return {"item": values[id]}

    def _store(self, name: str) -> Store:
        """Return the store of a collection. Raises NotFound."""
        if name not in self._stores:
            known = did_you_mean(name, self._stores)
            hint = known or ("" if self._stores else "; nothing is kept without --stateful")
            raise NotFound(f"There is no collection {name}{hint}.")
        return self._stores[name]
