"""Schemas and contents of documents that are never written to a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mock_server.contract.model import Content
from mock_server.documents.document import Document, DocumentNode, Documents
from mock_server.schemas import Schema, Schemas

Raw = Mapping[str, Any]


def _placed(data: Any, version: str, schemas: Raw) -> tuple[DocumentNode, Schemas]:
    whole = {"openapi": version, "x-here": data, "components": {"schemas": schemas}}
    document = Document(Path("/api/openapi.json"), b"", "", whole, True)
    documents = Documents(document)
    compiled = Schemas(documents, "request", version.startswith("3.0"))
    return DocumentNode(documents, document, ("x-here",), data), compiled


def schema_of(raw: Any, schemas: Raw | None = None, version: str = "3.1.0") -> Schema:
    """Return a schema in a document that has those components."""
    node, compiled = _placed({"schema": raw}, version, schemas or {})
    return compiled.place(node.document, ("x-here", "schema"))


def content_of(key: str, entry: Any, schemas: Raw | None = None, version: str = "3.1.0") -> Content:
    """Return a Media Type Object as an operation has it."""
    node, compiled = _placed(entry, version, schemas or {})
    whole, item = (
        compiled.at(found) if (found := node.get(name)) else None
        for name in ("schema", "itemSchema")
    )
    return Content(key, whole, {}, node, item)
