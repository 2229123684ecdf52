"""Replies put together from records that were judged and written before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mock_server.document import Documents, read_document
from mock_server.fragments import Fragments, Writer
from mock_server.frozen import frozen
from mock_server.schemas import Schemas

_RECORD = {"$ref": "#/components/schemas/Record"}
_FIRST, _SECOND = frozen({"id": 1}), frozen({"id": 2, "tags": ["ä"]})


def writer(folder: Path, schema: Any) -> Writer | None:
    """What writes replies of a schema where two records are known."""
    schemas = {"Record": {"type": "object", "required": ["id"]}, "Reply": schema}
    path = folder / "api.json"
    path.write_text(json.dumps({"components": {"schemas": schemas}}))
    documents = Documents(read_document(path))
    engine = Schemas(documents, "reply", False)
    record, reply = (engine.place(documents.root, ("components", "schemas", n)) for n in schemas)
    return Fragments([(record, _FIRST), (record, _SECOND)]).writer(reply)


_MAPPING = {"type": "object", "additionalProperties": _RECORD}
_LIST = {"type": "array", "items": _RECORD}
WRITTEN: dict[str, tuple[Any, Any]] = {
    "one": (_RECORD, _SECOND),
    "a list": (_LIST, [_SECOND, _FIRST]),
    "a list with one twice": (_LIST, [_FIRST, _FIRST]),
    "an empty list": (_LIST, []),
    "a described list": ({**_LIST, "title": "All", "description": "all"}, [_FIRST]),
    "a mapping": (_MAPPING, {"a": _FIRST, "b": _SECOND}),
    "an empty mapping": (_MAPPING, {}),
    "a mapping by text": ({**_MAPPING, "propertyNames": {"type": "string"}}, {"a": _FIRST}),
}


@pytest.mark.parametrize(("schema", "value"), WRITTEN.values(), ids=WRITTEN)
def test_a_reply_of_records_alone_is_written_from_their_bytes(
    tmp_path: Path, schema: object, value: object
) -> None:
    write = writer(tmp_path, schema)
    assert write is not None
    text = write(value)
    assert text is not None
    assert json.loads(text) == value


FOREIGN: dict[str, tuple[Any, Any]] = {
    "an equal value": (_RECORD, {"id": 1}),
    "a scalar": (_RECORD, 5),
    "a list for one": (_RECORD, [_FIRST]),
    "a foreign item": (_LIST, [_FIRST, {"id": 2}]),
    "a mapping for a list": (_LIST, {"a": _FIRST}),
    "a foreign member": (_MAPPING, {"a": _FIRST, "b": {"id": 2}}),
    "a list for a mapping": (_MAPPING, [_FIRST]),
    "a key that is no text": (_MAPPING, {1: _FIRST}),
}


@pytest.mark.parametrize(("schema", "value"), FOREIGN.values(), ids=FOREIGN)
def test_a_reply_that_isnt_of_records_alone_is_not_written(
    tmp_path: Path, schema: object, value: object
) -> None:
    write = writer(tmp_path, schema)
    assert write is not None
    assert write(value) is None


MORE: dict[str, Any] = {
    "a length": {**_LIST, "minItems": 1},
    "unique items": {**_LIST, "uniqueItems": True},
    "required members": {**_MAPPING, "required": ["a"]},
    "names by pattern": {**_MAPPING, "propertyNames": {"pattern": "^a"}},
    "two types": {**_LIST, "type": ["array", "null"]},
    "no type": {"items": _RECORD},
    "items of another schema": {"type": "array", "items": {"type": "object"}},
    "a ref with a sibling": {**_RECORD, "required": ["name"]},
    "anything": True,
}


@pytest.mark.parametrize("schema", MORE.values(), ids=MORE)
def test_a_schema_that_asks_for_more_has_no_writer(tmp_path: Path, schema: object) -> None:
    assert writer(tmp_path, schema) is None


def test_without_a_schema_or_a_record_there_is_no_writer() -> None:
    assert Fragments([]).writer(None) is None
