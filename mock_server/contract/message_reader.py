"""The parts of messages in a document: parameters, bodies, responses and their headers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from mock_server.contract.model import Body, Content, Example, Header, Parameter, Response
from mock_server.contract.path_items import LayeredNode
from mock_server.contract.stream_ends import DONE_EXTENSION, is_event_stream, shown_end
from mock_server.core import shown_value
from mock_server.documents import BrokenRef, DocumentNode, Documents, Unreadable, read_json
from mock_server.errors import Finding
from mock_server.http_messages import (
    LIST_MEMBER,
    TOKEN,
    parse_media_type,
    unsendable_media_type,
)
from mock_server.parameters import HeaderDecoder, ParameterShape, shape_of
from mock_server.schemas import Schema, Schemas

_CODE = re.compile(r"[1-5]([0-9]{2}|XX)|default")
VARIABLE = re.compile(r"\{([^{}]+)\}")
_LOCATIONS = ("path", "query", "header", "cookie", "querystring")
# OAS 3.1.1, section 4.8.12.2: header parameters of these names are ignored.
_NO_PARAMETERS = ("accept", "content-type", "authorization")


class MessageReader:
    """A reader that compiles the messages in a document, and collects findings."""

    def __init__(self, documents: Documents, is_30: bool, sse_done: str | None = None) -> None:
        self.documents = documents
        self._sse_done = sse_done
        self.requests, self.replies = self._schemas(is_30)
        self.findings: list[Finding] = []

    def _schemas(self, is_30: bool) -> tuple[Schemas, Schemas]:
        """Return the schemas of requests and of replies; the same ones if they don't differ."""
        dialect = str(self.documents.top.value.get("jsonSchemaDialect", ""))
        requests = Schemas(self.documents, "request", is_30, dialect)
        seen = requests.translation
        if not (seen.has_one_way or seen.differs):
            return requests, requests
        replies = Schemas(self.documents, "reply", is_30, dialect)
        differ = seen.differs or replies.translation.differs
        return (requests, replies) if differ else (requests, requests)

    def finding(self, node: DocumentNode, message: str, rule: str = "") -> None:
        """Add a finding at a node, or at the `$ref` of a reference."""
        at = (node.get("$ref") or node) if rule == "$ref" else node
        self.findings.append(Finding(at.place, message, at.pointer, rule))

    def followed(self, node: DocumentNode | None) -> DocumentNode | None:
        """Return the target of a reference; a dangling reference is a finding."""
        if node is None:
            return None
        try:
            return node.followed()
        except BrokenRef as error:
            self.finding(node, str(error), "$ref")
            return None

    def parameters(self, path: str, node: DocumentNode, item: LayeredNode) -> Iterator[Parameter]:
        """Yield the parameters of an operation; its own override its path's (OAS 4.8.9)."""
        seen: dict[tuple[str, str], Parameter] = {}
        for listed in (node.get("parameters"), item.get("parameters")):
            for entry in listed.elements() if listed else ():
                parameter = self._parameter(entry)
                if parameter and (parameter.location, parameter.name) not in seen:
                    seen[parameter.location, parameter.name] = parameter
        variables = dict.fromkeys(VARIABLE.findall(re.split("[?#]", path)[0]))
        for parameter in seen.values():
            if parameter.location != "path" or parameter.name in variables:
                yield parameter
            else:
                message = f'the path {path} has no parameter "{parameter.name}"'
                self.finding(parameter.node, message, "parameters")
        for name in variables:
            if ("path", name) not in seen:
                self.finding(node, f'the path parameter "{name}" is not declared', "parameters")
                yield Parameter(name, "path", True, shape_of(name, "path"), None, node)

    def _parameter(self, entry: DocumentNode) -> Parameter | None:
        node = self.followed(entry)
        if node is None:
            return None
        name, location = (
            (node.value.get(k) for k in ("name", "in"))
            if isinstance(node.value, dict)
            else (None, None)
        )
        if not isinstance(name, str) or location not in _LOCATIONS:
            known = ", ".join(_LOCATIONS)
            message = f"expected a parameter with `name` and `in` (one of {known})"
            self.finding(node, message, "parameters")
            return None
        if location == "header" and (
            name.lower() in _NO_PARAMETERS or not self._is_header_name(name, node)
        ):
            return None
        shape, schema = self._shaped(name, location, node)
        required = location == "path" or node.value.get("required") is True
        examples = self._field_examples(node, schema)
        content = next((one for _, one in self._content(node, self.requests)), None)
        return Parameter(name, location, required, shape, schema, node, examples, content)

    def _shaped(
        self, name: str, location: str, node: DocumentNode
    ) -> tuple[ParameterShape, Schema | None]:
        """Return the shape of a value on the wire, and its schema, by `schema` or `content`."""
        schemas = self.replies if location == "reply header" else self.requests
        place = location.removeprefix("reply ")
        for media_type, entry in self._entries(node):
            schema = self._schema(entry.get("schema"), schemas)
            return shape_of(name, place, schema=schema, media_type=media_type), schema
        schema = self._schema(node.get("schema"), schemas)
        return self._styled(name, place, node, schema), schema

    def _styled(
        self, name: str, place: str, node: DocumentNode, schema: Schema | None
    ) -> ParameterShape:
        """Return the shape by a style; an unknown style is a finding, and the default is used."""
        style, explode = node.value.get("style"), node.value.get("explode")
        details: dict[str, Any] = {
            "explode": explode if isinstance(explode, bool) else None,
            "allow_empty_value": node.value.get("allowEmptyValue") is True,
        }
        try:
            return shape_of(name, place, schema, style=style, **details)
        except (ValueError, TypeError) as error:
            self.finding(node.get("style") or node, str(error), "style")
            return shape_of(name, place, schema, **details)

    def _schema(self, node: DocumentNode | None, schemas: Schemas) -> Schema | None:
        """Return the schema at a node; a dangling one is a finding, and None allows any value."""
        if node is None:
            return None
        if not isinstance(node.value, dict | bool):
            self.finding(node, "expected a schema: a mapping", "schema")
            return None
        schema = schemas.at(node)
        try:
            schema.referred()
        except BrokenRef as error:
            self.finding(node, str(error), "$ref")
            return None
        return schema

    def body(self, node: DocumentNode) -> Body | None:
        """Return the request body that an operation declares; None without one."""
        body = self.followed(node.get("requestBody"))
        if body is None or not isinstance(body.value, dict):
            return None
        content = dict(self._content(body, self.requests))
        return Body(body.value.get("required") is True, content)

    def _content(self, owner: DocumentNode, schemas: Schemas) -> Iterator[tuple[str, Content]]:
        for key, node in self._entries(owner):
            schema = self._schema(node.get("schema"), schemas)
            items = self._schema(node.get("itemSchema"), schemas)
            examples = dict(self._examples(node, schema, partial(_value_of, media_type=key)))
            yield key, Content(key, schema, examples, node, items)

    def _entries(self, owner: DocumentNode) -> Iterator[tuple[str, DocumentNode]]:
        """Yield the Media Type Objects of a `content` by key, with references followed."""
        content = owner.get("content")
        for key, entry in content.items() if content else ():
            node = self.followed(entry)
            if node is not None and self._is_media_type(key, entry):
                self._check_encodings(node)
                yield key, node

    def _is_media_type(self, text: str, node: DocumentNode) -> bool:
        """Return whether a body can have that media type or range; else add a finding."""
        why = unsendable_media_type(text)
        if why is not None:
            self.finding(node, f"no body can be sent with this media type: {why}", "content")
        return why is None

    def _is_header_name(self, name: str, node: DocumentNode) -> bool:
        """Return whether a header can have that name (RFC 9110, 5.1); else add a finding."""
        is_name = re.fullmatch(TOKEN, name) is not None
        if not is_name:
            message = (
                f"no header can have the name {shown_value(name)};"
                " expected letters, digits and dashes alone"
            )
            self.finding(node, message, "headers")
        return is_name

    def _check_encodings(self, node: DocumentNode) -> None:
        """Add a finding for each header name or media type of an encoding that can't be sent."""
        for entry in _encodings(node):
            headers, said = entry.get("headers"), entry.get("contentType")
            for name, header in headers.items() if headers else ():
                self._is_header_name(name, header)
            if said is not None and isinstance(said.value, str):
                for member in filter(None, map(str.strip, LIST_MEMBER.findall(said.value))):
                    self._is_media_type(member, said)

    def _examples(
        self, node: DocumentNode, schema: Schema | None, read: Callable[[bytes], Any] | None = None
    ) -> Iterator[tuple[str, Example]]:
        """Yield the named examples and the one `example`, or else the examples of the schema.

        `read` parses an example that is written as it is sent.
        """
        examples = node.get("examples")
        for name, entry in examples.items() if examples else ():
            example = self.followed(entry)
            value = example and (example.get("dataValue") or example.get("value"))
            if value:
                yield name, Example(name, value.value, value)
            elif example and read and (found := self._serialized_example(name, example, read)):
                yield name, found
        if (one := node.get("example")) is not None:
            yield "example", Example("example", one.value, one)
        if not examples and one is None and schema is not None:
            yield from self._schema_examples(schema)

    def _serialized_example(
        self, name: str, example: DocumentNode, read: Callable[[bytes], Any]
    ) -> Example | None:
        """Return an example that is written as it is sent (OAS 3.2.0, section 4.19).

        An unreadable example is a finding.
        """
        node = example.get("serializedValue") or example.get("externalValue")
        if node is None or not isinstance(node.value, str):
            return None
        keyword = str(node.tokens[-1])
        try:
            if keyword == "serializedValue":
                return Example(name, read(node.value.encode()), node)
            written = self.documents.content(node.value, node.document.uri)
            return Example(name, read(written), node)
        except BrokenRef as error:
            self.finding(node, str(error), keyword)
        except Unreadable as error:
            self.finding(node, f"the example is no JSON: {error}", keyword)
        except ValueError as error:
            self.finding(node, f"the example can't be read: {error}", keyword)
        return None

    def _field_examples(
        self,
        node: DocumentNode,
        schema: Schema | None,
        read: Callable[[bytes], Any] | None = None,
    ) -> dict[str, Example]:
        """Return the examples of a parameter or a header, which are in its `content` if any."""
        owner = next((entry for _, entry in self._entries(node)), node)
        return dict(self._examples(owner, schema, read))

    def _schema_examples(self, owner: Schema) -> Iterator[tuple[str, Example]]:
        referred = owner.referred()
        schema = self.documents.at(referred.document, referred.tokens, "")
        if (one := schema.get("example")) is not None:
            yield "example", Example("example", one.value, one, is_of_schema=True)
        elif (listed := schema.get("examples")) is not None:
            for index, entry in enumerate(listed.elements()):
                name = f"example-{index + 1}"
                yield name, Example(name, entry.value, entry, is_of_schema=True)

    def responses(self, node: DocumentNode) -> Iterator[tuple[str, Response]]:
        """Yield an operation's responses by code; a dangling one is left out."""
        responses = node.get("responses")
        for key, entry in responses.items() if responses else ():
            if key.startswith("x-"):
                continue
            code = key.upper() if key != "default" else key
            if not _CODE.fullmatch(code):
                self.finding(
                    entry, f'"{key}" is no status; expected 200, say, 4XX or default', "responses"
                )
                continue
            response = self.followed(entry)
            if response is None:
                continue
            content = dict(self._reply_content(response, node))
            yield code, Response(code, content, tuple(self._headers(response)), response)

    def _reply_content(
        self, response: DocumentNode, operation: DocumentNode
    ) -> Iterator[tuple[str, Content]]:
        """Yield the content of a response, with the ends of its streams of events."""
        for key, content in self._content(response, self.replies):
            done = self._done(content.node, response, operation) if is_event_stream(key) else None
            yield key, content if done is None else replace(content, done=done)

    def _done(
        self, entry: DocumentNode, response: DocumentNode, operation: DocumentNode
    ) -> str | None:
        """Return the data of the last event of a stream, by extension, setting or example."""
        own = entry.get(DONE_EXTENSION)
        if own is not None and isinstance(own.value, str):
            return own.value or None
        if own is not None:
            message = f"`{DONE_EXTENSION}` is the data of an event; expected a string"
            self.finding(own, message, DONE_EXTENSION)
        if self._sse_done:
            return self._sse_done
        nodes = (entry, response, operation, self.followed(operation.get("requestBody")))
        return next(filter(None, (shown_end(node) for node in nodes if node)), None)

    def _headers(self, response: DocumentNode) -> Iterator[Header]:
        headers = response.get("headers")
        for name, entry in headers.items() if headers else ():
            node = self.followed(entry)
            # OAS 3.1.1, section 4.8.17: a header named Content-Type is described by `content`.
            if node is None or not isinstance(node.value, dict) or name.lower() == "content-type":
                continue
            if not self._is_header_name(name, entry):
                continue
            shape, schema = self._shaped(name, "reply header", node)
            required = node.value.get("required") is True
            decode = HeaderDecoder(shape).decode
            examples = self._field_examples(node, schema, partial(_field_value, decode=decode))
            yield Header(name, required, shape, schema, decode, examples)


def _field_value(written: bytes, decode: Callable[[str], Any]) -> Any:
    """Return the value of a header field; a line end at the end of a file is dropped."""
    try:
        return decode(written.decode().rstrip("\r\n"))
    except UnicodeDecodeError:
        raise ValueError("it is no utf-8") from None


def _encodings(node: DocumentNode) -> Iterator[DocumentNode]:
    """Yield the Encoding Objects of a Media Type Object (OAS 3.2.0, section 4.15)."""
    named, prefix, of_items = (
        node.get(key) for key in ("encoding", "prefixEncoding", "itemEncoding")
    )
    yield from (entry for _, entry in named.items()) if named else ()
    yield from prefix.elements() if prefix else ()
    if of_items is not None:
        yield of_items


def _value_of(written: bytes, media_type: str) -> Any:
    """Return the value of a body: parsed JSON, other text as it is, else the bytes."""
    try:
        text = written.decode()
    except UnicodeDecodeError:
        return written
    return read_json(text) if parse_media_type(media_type).is_json else text
