"""Path Items and operations with the fields that their `$ref` adds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mock_server.documents import BrokenRef, DocumentNode


@dataclass(frozen=True, slots=True)
class LayeredNode:
    """An object whose `$ref` adds to its own fields; its own fields override the added ones.

    OAS 3.1 and 3.2 define this `$ref` for a Path Item Object (section 4.8.9.1). They leave open
    which of two fields of the same name counts. `broken` is why the last `$ref` is dangling.
    """

    layers: tuple[DocumentNode, ...]
    broken: str | None = None

    @classmethod
    def of(cls, node: DocumentNode) -> LayeredNode:
        """Return an object with all targets of its chain of `$ref`s."""
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
        """Return the field of that name; an own field comes before one of a target."""
        found = (node for layer in self.layers if (node := layer.get(key)) is not None)
        return next(found, None)

    def twice(self) -> Iterator[DocumentNode]:
        """Yield the fields that hide one of the same name in the target of a `$ref`."""
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
