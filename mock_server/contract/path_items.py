"""Path Items and operations with what a `$ref` beside their own fields brings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mock_server.documents import BrokenRef, DocumentNode


@dataclass(frozen=True, slots=True)
class LayeredNode:
    """An object whose `$ref` adds to its own fields; of a field in both its own counts.

    So OAS 3.1 and 3.2 have it of a Path Item Object (section 4.8.9.1), which leaves fields in both
    open. `broken` says why the last `$ref` leads nowhere.
    """

    layers: tuple[DocumentNode, ...]
    broken: str | None = None

    @classmethod
    def of(cls, node: DocumentNode) -> LayeredNode:
        """An object with all that its chain of `$ref`s leads to."""
        layers = [node]
        while isinstance(ref := _ref(layers[-1]), str):
            last = layers[-1]
            try:
                target = last.documents.node(ref, last.document.uri)
            except BrokenRef as error:
                return cls(tuple(layers), str(error))
            if any(target.uri == layer.uri for layer in layers):
                return cls(tuple(layers), f"$ref {ref} leads back to itself")
            layers.append(target)
        return cls(tuple(layers))

    @property
    def is_mapping(self) -> bool:
        """Whether it is an object at all, as far as it can be read."""
        return all(isinstance(layer.value, dict) for layer in self.layers)

    def get(self, key: str) -> DocumentNode | None:
        """The field of that name, its own before that of what it refers to."""
        found = (node for layer in self.layers if (node := layer.get(key)) is not None)
        return next(found, None)

    def twice(self) -> Iterator[DocumentNode]:
        """The fields that hide one of the same name in what a `$ref` leads to."""
        known: dict[str, DocumentNode] = {}
        hidden = {
            key
            for layer in self.layers
            for key, node in layer.items()
            if key != "$ref" and known.setdefault(key, node) is not node
        }
        yield from (known[key] for key in sorted(hidden))


def _ref(node: DocumentNode) -> object:
    return node.value.get("$ref") if isinstance(node.value, dict) else None
