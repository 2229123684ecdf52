"""Headers that have a grammar of their own, as a reply that declares them has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from tests.support.served import NO, Raw, Served, Table, json_of, served

ROWS = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
SEEDS = range(5)
_TEXT = {"type": "string"}
_BODY = {"type": "array", "items": {"type": "object", "properties": {"name": _TEXT}}}


def tables() -> Iterator[Table]:
    """Yield the standard headers, each tried with several seeds."""
    text = (
        "A declared header without an example has a value by its own grammar, if its schema takes"
        " that; what the document says of its value, by an example or a schema, goes first. Further"
        " ones, such as `Digest` or `Permissions-Policy`, have one harmless value each."
    )
    paths = {
        f"/{number}": {
            "get": {
                "responses": {
                    "200": {
                        "description": "ok",
                        "headers": {row["name"]: {"required": True, "schema": _TEXT}},
                        "content": json_of(_BODY),
                    }
                }
            }
        }
        for number, row in enumerate(ROWS)
    }
    with served(paths, "3.1.0") as server:
        rows = [_row(server, f"/{number}", row) for number, row in enumerate(ROWS)]
    yield Table("Standard headers", text, ("header", "by its grammar", "source", ""), rows)


def _row(server: Served, path: str, row: Raw) -> list[str]:
    replies = [
        server.ask("GET", path, headers={"Prefer": f"dynamic=true, seed={seed}"}) for seed in SEEDS
    ]
    texts = [reply.headers.get(row["name"].lower(), "") for reply in replies]
    is_kept = all(re.fullmatch(row["pattern"], text) for text in texts)
    return [f"`{row['name']}`", "yes" if is_kept else NO, row["source"] or "–", row["is"]]
