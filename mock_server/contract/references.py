"""Every object of a contract, in whichever file, used or not, and the references that dangle."""

from __future__ import annotations

from collections.abc import Iterator

from mock_server.contract.model import Contract
from mock_server.documents import BrokenRef, DocumentNode, objects
from mock_server.errors import Finding


def dangling_references(contract: Contract) -> Iterator[Finding]:
    """Yield findings of dangling references; schemas report theirs when they are compiled."""
    for kind, node in every_object(contract):
        ref = node.value.get("$ref")
        if isinstance(ref, str) and kind != "schema":
            try:
                node.followed()
            except BrokenRef as error:
                written = node.get("$ref") or node
                yield Finding(written.place, str(error), written.pointer, "$ref")


def every_object(contract: Contract) -> Iterator[tuple[str, DocumentNode]]:
    """Yield each object once, with its kind; of schemas only the outermost."""
    waiting = [("document", contract.documents.top)]
    seen: set[tuple[str, int]] = set()
    while waiting:
        kind, top = waiting.pop()
        for inner, node in _objects(kind, top):
            if (key := (inner, id(node.value))) not in seen:
                seen.add(key)
                yield inner, node
                if (target := _target(node)) is not None:
                    waiting.append((inner, target))


def _objects(kind: str, top: DocumentNode) -> Iterator[tuple[str, DocumentNode]]:
    schema: tuple[str | int, ...] | None = None
    for steps, inner, value in objects(top.value, kind):
        if schema is not None and steps[: len(schema)] == schema:
            continue  # inside of the schema before
        schema = steps if inner == "schema" else None
        yield inner, DocumentNode(top.documents, top.document, (*top.tokens, *steps), value)


def _target(node: DocumentNode) -> DocumentNode | None:
    ref = node.value.get("$ref")
    if not isinstance(ref, str):
        return None
    try:
        return node.documents.node(ref, node.document.uri)
    except BrokenRef:
        return None
