"""The schemas of an OpenAPI document, whichever version, as JSON Schema 2020-12.

OpenAPI 3.0 has a dialect of its own (`nullable`, boolean exclusive bounds, siblings of `$ref`
ignored); 3.1 and 3.2 speak 2020-12 already. In all of them the formats `int32` and `int64` set
bounds, and a required property may be missing where it is only read or only written.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Literal

from mock_server.document import BrokenRef, Document, Documents, Node, Tokens

Direction = Literal["request", "reply"]

_RANGES = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
_ONE_SCHEMA = {
    "items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames",
    "unevaluatedItems", "unevaluatedProperties", "contentSchema", "additionalItems",
}  # fmt: skip
_SCHEMA_LISTS = {"allOf", "anyOf", "oneOf", "prefixItems"}
_SCHEMA_MAPS = {"properties", "patternProperties", "dependentSchemas", "$defs", "definitions"}
_NAMES = {"$id", "$anchor", "$dynamicAnchor", "$schema"}
# What stands below these is data, whatever it looks like.
_DATA = {"example", "examples", "default", "value", "enum", "const", "mapping", "description"}
# Where a property is only for the other direction, `required` doesn't hold for it.
_OTHER_WAY = {"request": "readOnly", "reply": "writeOnly"}


class Translation:
    """The documents as one direction sees them, every schema in them in 2020-12's words.

    What needs no change is shared with the document as it was read.
    """

    def __init__(self, documents: Documents, direction: Direction, is_30: bool) -> None:
        self._documents = documents
        self._other_way = _OTHER_WAY[direction]
        self._is_30 = is_30
        self._base = documents.root
        self._done: dict[int, Any] = {}
        self._refs: list[tuple[str, str]] = []
        self._data: dict[str, Any] = {}
        # The documents with schemas that have an $id, an anchor or a $schema of their own.
        self._named: set[str] = set()
        self._in_resource = False
        self.differs = False
        self._start(documents.root)
        self._follow_refs()

    def data(self, document: Document) -> Any:
        """The translated value of a whole document."""
        return self._start(document)

    def resources(self) -> list[tuple[str, Any]]:
        """Every document that is referred to, with its address."""
        return [(d.uri, self._as_schema(d, self._start(d))) for d in self._documents]

    def _as_schema(self, document: Document, data: Any) -> Any:
        """A document in which the engine finds the schemas that have names of their own.

        It looks for `$id`s and anchors where JSON Schema keeps schemas, and `components` is no
        such place: `$defs` is.
        """
        schemas = _components_schemas(data)
        if document.uri not in self._named or not schemas or "$defs" in data:
            return data
        return {**data, "$defs": schemas}

    def _start(self, document: Document) -> Any:
        if document.uri not in self._data:
            self._base = document
            self._data[document.uri] = self._object(document.data, in_components=False)
        return self._data[document.uri]

    def _follow_refs(self) -> None:
        """Schemas that only a `$ref` tells to be schemas, in this file or another."""
        while self._refs:
            ref, base = self._refs.pop()
            try:
                node = self._documents.node(ref, base)
            except BrokenRef:
                continue  # whoever depends on it reports it, with its place
            self._start(node.document)
            if isinstance(node.value, dict) and id(node.value) not in self._done:
                self._base = node.document
                new = self._schema(node.value)
                if new is not node.value:
                    self._replace(node, new)

    def _replace(self, node: Node, new: Any) -> None:
        uri = node.document.uri
        self._data[uri] = _with(self._data[uri], node.tokens, new)

    def _object(self, value: Any, in_components: bool) -> Any:
        """An OpenAPI object: schemas stand below `schema`, `itemSchema` and `schemas`."""
        if isinstance(value, list):
            return _changed_list(value, lambda item: self._object(item, False))
        if not isinstance(value, dict):
            return value
        if isinstance(value.get("$ref"), str):
            self._touch(value["$ref"])
        return _changed(value, lambda key, item: self._member(key, item, in_components))

    def _touch(self, ref: str) -> None:
        """Read the file that a reference between OpenAPI objects leads to."""
        if not ref.startswith("#"):
            base = self._base
            with suppress(BrokenRef):  # whoever depends on it reports it, with its place
                self._start(self._documents.node(ref, base.uri).document)
            self._base = base

    def _member(self, key: str, item: Any, in_components: bool) -> Any:
        if key in ("schema", "itemSchema"):
            return self._schema(item)
        if key == "schemas" and in_components and isinstance(item, dict):
            return _changed(item, lambda _, schema: self._schema(schema))
        if key in _DATA or key.startswith("x-"):
            return item
        return self._object(item, in_components=key == "components")

    def _schema(self, schema: Any) -> Any:
        if not isinstance(schema, dict):
            return schema
        key = id(schema)
        if key not in self._done:
            self._done[key] = schema  # for a schema that an alias makes contain itself
            self._done[key] = self._translated(schema)
        return self._done[key]

    def _translated(self, schema: dict[str, Any]) -> dict[str, Any]:
        if isinstance(schema.get("$ref"), str):
            self._refs.append((schema["$ref"], self._base.uri))
            if self._is_30:
                return schema if len(schema) == 1 else {"$ref": schema["$ref"]}
        if not self._is_30 and not _NAMES.isdisjoint(schema):
            self._named.add(self._base.uri)
            if "$schema" in schema and "$id" not in schema:
                return self._own_dialect(schema)
        new = _changed(schema, self._keyword)
        if self._is_30:
            new = _from_30(new)
        if schema.get("format") in _RANGES:
            new = _bounded(new, *_RANGES[schema["format"]])
        if "required" in schema and isinstance(schema.get("properties"), dict):
            new = self._one_way(new)
        return new

    def _own_dialect(self, schema: dict[str, Any]) -> dict[str, Any]:
        """A schema with a dialect of its own, as a resource of its own (JSON Schema, 8.1.1).

        References inside it start from its `$id`, so those into the document name that in full.
        """
        before, self._in_resource = self._in_resource, True
        new = _changed(schema, self._keyword)
        self._in_resource = before
        return {"$id": f"{self._base.uri}/dialect/{len(self._done)}", **new}

    def _keyword(self, key: str, value: Any) -> Any:
        if key == "$ref" and self._in_resource and isinstance(value, str) and value[:1] == "#":
            return f"{self._base.uri}{value}"
        if key in _ONE_SCHEMA:
            return self._schema(value)
        if key in _SCHEMA_LISTS and isinstance(value, list):
            return _changed_list(value, self._schema)
        if key in _SCHEMA_MAPS and isinstance(value, dict):
            return _changed(value, lambda _, schema: self._schema(schema))
        return value

    def _one_way(self, schema: dict[str, Any]) -> dict[str, Any]:
        """OAS 3.0.4, section 4.7.24.2: a required read-only property is for replies alone."""
        required, properties = schema["required"], schema["properties"]
        if not isinstance(required, list):
            return schema
        kept = [n for n in required if not self._is_other_way(properties.get(n))]
        if len(kept) == len(required):
            return schema
        self.differs = True
        return {**schema, "required": kept}

    def _is_other_way(self, schema: Any) -> bool:
        if not isinstance(schema, dict):
            return False
        if schema.get(self._other_way) is True:
            return True
        try:
            target = self._documents.node(schema["$ref"], self._base.uri).value
        except (KeyError, TypeError, AttributeError, BrokenRef):
            return False
        return isinstance(target, dict) and target.get(self._other_way) is True


def _components_schemas(data: Any) -> Any:
    components = data.get("components") if isinstance(data, dict) else None
    schemas = components.get("schemas") if isinstance(components, dict) else None
    return schemas if isinstance(schemas, dict) else None


def _from_30(schema: dict[str, Any]) -> dict[str, Any]:
    """A 3.0 schema's own words in those of 2020-12 (OAS 3.0.4, section 4.7.24)."""
    new = dict(schema)
    if new.pop("nullable", False) is True and isinstance(new.get("type"), str):
        new["type"] = [new["type"], "null"]
    for bound in ("Minimum", "Maximum"):
        exclusive = new.get(f"exclusive{bound}")
        if isinstance(exclusive, bool):
            del new[f"exclusive{bound}"]
            if exclusive and bound.lower() in new:
                new[f"exclusive{bound}"] = new.pop(bound.lower())
    return schema if new == schema else new


def _bounded(schema: dict[str, Any], least: int, most: int) -> dict[str, Any]:
    new = dict(schema)
    for keyword, limit, tighter in (("minimum", least, max), ("maximum", most, min)):
        written = schema.get(keyword)
        new[keyword] = tighter(written, limit) if isinstance(written, int | float) else limit
    return new


def _changed(value: dict[str, Any], change: Callable[[str, Any], Any]) -> dict[str, Any]:
    """The mapping with each member changed; the same object where nothing did."""
    new = {key: change(key, item) for key, item in value.items()}
    return new if any(new[key] is not item for key, item in value.items()) else value


def _changed_list(value: list[Any], change: Callable[[Any], Any]) -> list[Any]:
    new = [change(item) for item in value]
    return new if any(a is not b for a, b in zip(new, value, strict=True)) else value


def _with(value: Any, tokens: Tokens, new: Any) -> Any:
    """The value with another at those steps, all that isn't on the way shared."""
    if not tokens:
        return new
    step, rest = tokens[0], tokens[1:]
    if isinstance(value, list):
        index = int(step)
        return [*value[:index], _with(value[index], rest, new), *value[index + 1 :]]
    return {**value, step: _with(value[step], rest, new)}
