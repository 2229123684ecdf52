"""The second engine for any document: its own reading of files and references, then `jsonschema`.

`tests.helpers.judge` reads OpenAPI 3.1 in one file; this reads 3.0, 3.1 and 3.2 in several.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from email.parser import BytesParser
from email.policy import HTTP
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, quote, unquote, urljoin
from xml.etree import ElementTree

import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from jsonschema.validators import validator_for  # type: ignore[import-untyped]
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012, specification_with

from tests.helpers.judge import Reply

UNJUDGED = object()
_FORMATS = Draft202012Validator.FORMAT_CHECKER
_LINES = ("application/jsonl", "application/x-ndjson", "application/ndjson")


class _Loader(yaml.CSafeLoader):
    """YAML by the rules of JSON: dates are strings, and so are `NO` and `12:30`."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag.rpartition(":")[2] in ("null", "float")]
    for first, found in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false|True|False"), None)
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"[-+]?[0-9]+$"), None)


class Place(NamedTuple):
    """A value in a file: its address, and the steps to it."""

    uri: str
    steps: tuple[str, ...]
    value: Any

    def get(self, name: str) -> Place | None:
        """Return a member, if it's there."""
        if not isinstance(self.value, Mapping) or name not in self.value:
            return None
        return Place(self.uri, (*self.steps, name), self.value[name])

    def at(self, name: str) -> Place:
        """Return a member that is there."""
        return Place(self.uri, (*self.steps, name), self.value[name])

    def items(self) -> Iterator[tuple[str, Place]]:
        """Yield the members."""
        for name in self.value if isinstance(self.value, Mapping) else ():
            yield name, Place(self.uri, (*self.steps, name), self.value[name])

    @property
    def ref(self) -> str:
        """Return a reference to it."""
        steps = (step.replace("~", "~0").replace("/", "~1") for step in self.steps)
        return f"{self.uri}#" + "".join(f"/{quote(step, safe='~')}" for step in steps)


class SecondReader:
    """A reader of documents on its own that reports how a reply breaks them."""

    def __init__(self, path: Path) -> None:
        top = _read(path)
        self.uri = path.resolve().as_uri()
        self._is_30 = top["openapi"].startswith("3.0")
        self._dialect = top.get("jsonSchemaDialect", "")
        self._files = cache(self._file)
        registry: Registry[Any] = Registry(retrieve=self._resource)  # type: ignore[call-arg]
        self._registry = registry.with_resource(self.uri, self._resource(self.uri))
        self.top = Place(self.uri, (), self._files(self.uri))

    def _file(self, uri: str) -> Any:
        return _plain(_read(Path(unquote(uri.removeprefix("file://")))), self._is_30)

    def _resource(self, uri: str) -> Resource[Any]:
        specification = DRAFT202012
        if "json-schema.org" in self._dialect:
            specification = specification_with(self._dialect)
        contents = self._files(uri)
        # So that the names that schemas have, by $id and $anchor, are found.
        named = contents.get("components", {}).get("schemas", {})
        return specification.create_resource({**contents, "$defs": named})

    def followed(self, place: Place) -> Place:
        """Return the place that references lead to."""
        while isinstance(place.value, Mapping) and isinstance(place.value.get("$ref"), str):
            uri, _, fragment = urljoin(place.uri, place.value["$ref"]).partition("#")
            place = Place(uri, (), self._files(uri))
            for token in unquote(fragment).split("/")[1:]:
                step = token.replace("~1", "/").replace("~0", "~")
                value = place.value[int(step) if isinstance(place.value, list) else step]
                place = Place(uri, (*place.steps, step), value)
        return place

    def operation(self, path: str, method: str) -> Place:
        """Return the operation at a path as it's written in the document."""
        item = self.followed(self.top.at("paths").at(path))
        found = item.get(method.lower())
        if found is None:
            additional = item.get("additionalOperations")
            found = additional and additional.get(method)
        assert found is not None, f"{method} {path} is no operation"
        return found

    def response(self, operation: Place, status: int) -> Place | None:
        """Return the declared response for a status: exact, its range, or default."""
        declared = operation.get("responses")
        for key in (str(status), f"{status // 100}XX", f"{status // 100}xx", "default"):
            if declared is not None and (found := declared.get(key)) is not None:
                return self.followed(found)
        return None

    def faults(self, operation: Place, method: str, reply: Reply) -> list[str]:
        """Return how a reply breaks what an operation declares."""
        response = self.response(operation, reply.status_code)
        kind = reply.headers.get("content-type", "").split(";")[0].strip()
        if operation.get("responses") is None and reply.status_code == 200:
            return []  # OAS 3.1 lets an operation declare no replies
        if response is None:
            return [f"the status {reply.status_code} isn't declared"]
        found = list(self._header_faults(response, reply))
        content = response.get("content")
        if method == "HEAD" or content is None or not content.value or not kind:
            return found
        entry = _entry(content, kind)
        if entry is None:
            return [*found, f"the media type {kind} isn't declared"]
        return found + self._body_faults(self.followed(entry), kind, reply)

    def _body_faults(self, entry: Place, kind: str, reply: Reply) -> list[str]:
        try:
            value = body_value(kind, reply)
        except ValueError as error:
            return [f"the body can't be read as {kind}: {error}"]
        schema, items = entry.get("schema"), entry.get("itemSchema")
        if value is UNJUDGED or kind.startswith("multipart/"):
            return []
        found = [] if schema is None else self.value_faults(schema, value)
        if items is not None and isinstance(value, list):
            for item in value:
                found += self.value_faults(items, item)
        return found

    def value_faults(self, schema: Place, value: Any) -> list[str]:
        """Return how a value breaks the schema at a place."""
        dialect = validator_for({"$schema": self._dialect}, default=Draft202012Validator)
        judge = dialect({"$ref": schema.ref}, registry=self._registry, format_checker=_FORMATS)
        return [f"{error.json_path}: {error.message[:300]}" for error in judge.iter_errors(value)]

    def _header_faults(self, response: Place, reply: Reply) -> Iterator[str]:
        headers = response.get("headers")
        for name, entry in headers.items() if headers else ():
            header = self.followed(entry)
            text = reply.headers.get(name)
            if text is None and header.value.get("required") and name.lower() != "content-type":
                yield f"the header {name} is missing"
            schema = header.get("schema")
            if text is None or schema is None:
                continue
            kind = self.followed(schema).value.get("type")
            if kind in ("integer", "number", "boolean"):
                try:
                    yield from self.value_faults(schema, json.loads(text))
                except ValueError:
                    yield f"the header {name} is no {kind}: {text}"
            elif kind == "string":
                yield from self.value_faults(schema, text)


@cache
def _read(path: Path) -> Any:
    if path.suffix == ".json":
        return json.loads(path.read_bytes())
    return yaml.load(path.read_bytes(), _Loader)


def _entry(content: Place, kind: str) -> Place | None:
    """Return the entry of a media type: itself, its range, or all."""
    by_essence = {key.split(";")[0].strip().lower(): place for key, place in content.items()}
    main = kind.split("/")[0]
    for key in (kind.lower(), f"{main}/*", "*/*"):
        if key in by_essence:
            return by_essence[key]
    return None


def body_value(kind: str, reply: Reply) -> Any:
    """Return a body's value, by the standard library: the parts of a multipart one.

    Return UNJUDGED if there is nothing that `jsonschema` could judge. Raises ValueError.
    """
    text = reply.content
    if kind in _LINES:
        return [json.loads(line) for line in text.splitlines()]
    if kind.endswith(("/json-seq", "+json-seq")):
        return [json.loads(part) for part in text.removeprefix(b"\x1e").split(b"\x1e")]
    if kind == "text/event-stream":
        return [_event(part) for part in text.decode().split("\n\n") if part]
    if kind.endswith(("/json", "+json")):
        return json.loads(text)
    if kind.endswith(("/xml", "+xml")):
        ElementTree.fromstring(text)
    elif kind == "application/x-www-form-urlencoded":
        parse_qs(text.decode(), keep_blank_values=True, strict_parsing=bool(text))
    elif kind.startswith("multipart/"):
        head = f"Content-Type: {reply.headers['content-type']}\r\n\r\n".encode()
        message = BytesParser(policy=HTTP).parsebytes(head + text)
        if text and (message.defects or not message.is_multipart()):
            raise ValueError(f"{message.defects}")
        return list(message.iter_parts())
    elif kind.startswith("text/"):
        return text.decode()
    return UNJUDGED


def _event(text: str) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for line in text.split("\n"):
        name, _, value = line.partition(": ")
        fields[name] = f"{fields[name]}\n{value}" if name in fields else value
    return fields | ({"retry": int(fields["retry"])} if "retry" in fields else {})


def _plain(value: Any, is_30: bool) -> Any:
    """Return a document in the words of JSON Schema, as replies have to be."""
    if isinstance(value, list):
        return [_plain(item, is_30) for item in value]
    if not isinstance(value, dict):
        return value
    if is_30 and isinstance(value.get("$ref"), str):
        return {"$ref": value["$ref"]}
    new = {str(name): _plain(member, is_30) for name, member in value.items()}
    _drop_write_only(new)
    return _without_30(new) if is_30 else new


def _drop_write_only(schema: dict[str, Any]) -> None:
    """Drop write-only names from `required`: replies may lack them (OAS 3.0.3, Schema Object)."""
    properties, required = schema.get("properties"), schema.get("required")
    if isinstance(properties, dict) and isinstance(required, list):
        schema["required"] = [
            name
            for name in required
            if not (isinstance(properties.get(name), dict) and properties[name].get("writeOnly"))
        ]


def _without_30(schema: dict[str, Any]) -> dict[str, Any]:
    """Write `nullable` and the exclusive bounds of OAS 3.0 in the keywords of 2020-12."""
    for limit, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if schema.get(limit) is True and bound in schema:
            schema[limit] = schema[bound]
        elif isinstance(schema.get(limit), bool):
            del schema[limit]
    if schema.get("nullable") is True and isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
    if schema.keys() == {"nullable"} and schema["nullable"] is True:
        return {"type": "null"}  # which is what is meant by it among alternatives
    return schema
