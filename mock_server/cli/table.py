"""The operations of a document, a line each."""

from __future__ import annotations

from typing import Any


def table(parts: Any) -> list[str]:
    """Return a line for each operation: method, path, and where its replies come from."""
    rows = [(o.method, o.path, parts.sources(o)) for o in parts.contract.operations]
    width = max((len(path) for _, path, _ in rows), default=0)
    return [f"{method:7} {path:{width}}  {_few(sources)}" for method, path, sources in rows]


def _few(sources: list[str], most: int = 4) -> str:
    if len(sources) <= most:
        return ", ".join(sources)
    return ", ".join([*sources[: most - 1], f"{len(sources) - most} more", sources[-1]])
