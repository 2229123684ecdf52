"""YAML 1.2 and JSON read with positions, and the files of one document with `$ref` across them."""

from mock_server.documents.document import (
    BrokenRef,
    Document,
    DocumentNode,
    Documents,
    read_document,
    read_root,
)
from mock_server.documents.files import (
    STANDARD_INPUT,
    regular_bytes,
    shown_path,
    stamp_of,
    stream_name,
)
from mock_server.documents.json_reader import json_mistake, read_json
from mock_server.documents.positions import Unreadable
from mock_server.documents.remote import is_url, shown_url
from mock_server.documents.structure import (
    KINDS,
    METHODS,
    SCHEMA_HOLDERS,
    inner_schemas,
    kind_of,
    objects,
)
from mock_server.documents.written_files import check_writable, write_text
from mock_server.documents.yaml_reader import read_yaml
from mock_server.documents.yaml_scalars import plain_scalar

__all__ = [
    "KINDS",
    "METHODS",
    "SCHEMA_HOLDERS",
    "STANDARD_INPUT",
    "BrokenRef",
    "Document",
    "DocumentNode",
    "Documents",
    "Unreadable",
    "check_writable",
    "inner_schemas",
    "is_url",
    "json_mistake",
    "kind_of",
    "objects",
    "plain_scalar",
    "read_document",
    "read_json",
    "read_root",
    "read_yaml",
    "regular_bytes",
    "shown_path",
    "shown_url",
    "stamp_of",
    "stream_name",
    "write_text",
]
