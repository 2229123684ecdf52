"""The tags of a document: each declared once, and no circle of parents."""

from __future__ import annotations

from collections.abc import Iterator

from mock_server.core import did_you_mean
from mock_server.documents import DocumentNode
from mock_server.errors import Finding


def tag_findings(top: DocumentNode) -> Iterator[Finding]:
    """Tags that are declared twice, and parents that aren't declared or lead in a circle."""
    listed = top.get("tags")
    nodes: dict[str, DocumentNode] = {}
    for tag in listed.elements() if listed is not None else ():
        name = tag.get("name")
        if name is None or not isinstance(name.value, str):
            continue
        if name.value in nodes:
            yield _finding(name, f'the tag "{name.value}" is declared twice; expected it once')
        nodes.setdefault(name.value, tag)
    if not str(top.value.get("openapi")).startswith(("3.0", "3.1")):
        yield from _parent_findings(nodes)


def _parent_findings(nodes: dict[str, DocumentNode]) -> Iterator[Finding]:
    parents = {name: node.get("parent") for name, node in nodes.items()}
    for name, parent in parents.items():
        if parent is None or not isinstance(parent.value, str):
            continue
        if parent.value not in nodes:
            near = did_you_mean(parent.value, nodes, '"{}"')
            yield _finding(parent, f'the tag "{parent.value}" isn\'t declared{near}')
        elif name in _ancestors(parent.value, parents):
            yield _finding(parent, f'the parents of the tag "{name}" lead back to it')


def _ancestors(name: str, parents: dict[str, DocumentNode | None]) -> set[str]:
    """A tag and those that its parents lead to."""
    found: set[str] = set()
    while name in parents and name not in found:
        found.add(name)
        parent = parents[name]
        if parent is None or not isinstance(parent.value, str):
            break
        name = parent.value
    return found


def _finding(node: DocumentNode, message: str) -> Finding:
    return Finding(node.place, message, node.pointer, "tags")
