"""The OpenAPI document, checked and compiled; never changed afterwards.

What is wrong in a document is a finding with its place, and only the part that depends on it
is affected. Only a document that can't be read at all stops the start.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mock_server.dialects import METHODS, Direction
from mock_server.document import BrokenRef, Documents, Node, read_document
from mock_server.errors import Finding, StartError
from mock_server.parameters import HeaderDecoder, Shape, shape_of
from mock_server.schemas import Schema, Schemas

_CODE = re.compile(r"[1-5]([0-9]{2}|XX)|default")
_VARIABLE = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Example:
    """An answer written in the contract."""

    name: str
    value: Any
    node: Node


@dataclass(frozen=True, slots=True)
class Content:
    """What a body of one media type has to be (OAS 3.1.1, section 4.8.14).

    `item_schema` is what each value of a sequence has to be (OAS 3.2.0, section 4.14).
    """

    key: str
    schema: Schema | None
    examples: Mapping[str, Example]
    node: Node
    item_schema: Schema | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: how it stands on the wire and what its value has to be."""

    name: str
    location: str
    required: bool
    shape: Shape
    schema: Schema | None
    node: Node


@dataclass(frozen=True, slots=True)
class Body:
    """The body of a request, by media type."""

    required: bool
    content: Mapping[str, Content]


@dataclass(frozen=True, slots=True)
class Header:
    """A header of a response."""

    name: str
    required: bool
    shape: Shape
    schema: Schema | None
    decode: Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Response:
    """What one declared status answers with; `code` is "200", "4XX" or "default"."""

    code: str
    content: Mapping[str, Content]
    headers: tuple[Header, ...]
    node: Node


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path. `id` is its operationId, or "GET /path" where it has none."""

    id: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    body: Body | None
    responses: Mapping[str, Response]
    security: tuple[Mapping[str, tuple[str, ...]], ...]
    deprecated: bool
    node: Node
    fault: str | None = None

    def response_for(self, status: int) -> Response | None:
        """The response that covers a status: exact, then its range, then `default`."""
        code = str(status)
        for key in (code, f"{code[0]}XX", "default"):
            if key in self.responses:
                return self.responses[key]
        return None

    @property
    def lowest_success(self) -> tuple[int, Response] | None:
        """The status to answer with when all is well: the lowest 2xx, else default, else any."""
        exact = sorted(code for code in self.responses if code.startswith("2") and code != "2XX")
        if exact:
            return int(exact[0]), self.responses[exact[0]]
        for key in ("2XX", "default"):
            if key in self.responses:
                return 200, self.responses[key]
        first = next(iter(self.responses.values()), None)
        return (int(first.code.replace("X", "0")), first) if first else None


@dataclass(frozen=True)
class Contract:
    """The compiled document."""

    documents: Documents
    requests: Schemas
    replies: Schemas
    version: str
    title: str
    base_paths: tuple[str, ...]
    operations: tuple[Operation, ...]
    security_schemes: Mapping[str, Mapping[str, Any]]
    findings: list[Finding] = field(default_factory=list)


def read_contract(path: Path) -> Contract:
    """Read and compile the document at that path. Raises StartError where it can't be read."""
    documents = Documents(read_document(path))
    try:
        return _Reader(documents, _version(documents.top)).contract()
    except RecursionError:
        place = documents.top.place
        raise StartError([Finding(place, "nested too deeply to be read")]) from None


def _version(top: Node) -> str:
    """The OpenAPI version that the document names. Raises StartError for one not known here."""
    if not isinstance(top.value, dict):
        raise _start_error(top, "this is no OpenAPI document; expected a mapping with `openapi`")
    if "swagger" in top.value:
        raise _start_error(
            top.get("swagger") or top,
            f"Swagger {top.value['swagger']} is not OpenAPI 3; convert it first, for example with:"
            " npx swagger2openapi --outfile openapi.yaml FILE",
        )
    if "openapi" not in top.value:
        raise _start_error(top, "`openapi` is missing; expected the version, such as 3.1.0")
    version = str(top.value["openapi"])
    if not re.fullmatch(r"3\.[012](\.\d+)?(-.*)?", version):
        raise _start_error(
            top.get("openapi") or top, f"OpenAPI {version} is not known; expected 3.0, 3.1 or 3.2"
        )
    return version


def _start_error(node: Node, message: str) -> StartError:
    return StartError([Finding(node.place, message, node.pointer, "openapi")])


class _Reader:
    """Walks the document once and gathers what it says and what is wrong with it."""

    def __init__(self, documents: Documents, version: str) -> None:
        self.documents, self.version = documents, version
        is_30 = version.startswith("3.0")
        self.requests, self.replies = self._schemas(is_30)
        self.findings: list[Finding] = []
        self.ids: dict[str, Operation] = {}
        self.reached: dict[str, Operation] = {}

    def _schemas(self, is_30: bool) -> tuple[Schemas, Schemas]:
        """Both directions share their schemas where none is only for one of them."""
        directions: tuple[Direction, Direction] = ("request", "reply")
        dialect = str(self.documents.top.value.get("jsonSchemaDialect", ""))
        requests, replies = (Schemas(self.documents, d, is_30, dialect) for d in directions)
        differ = requests.translation.differs or replies.translation.differs
        return (requests, replies) if differ else (requests, requests)

    def contract(self) -> Contract:
        top = self.documents.top
        info = top.get("info")
        return Contract(
            documents=self.documents,
            requests=self.requests,
            replies=self.replies,
            version=self.version,
            title=str((info and info.value.get("title")) or self.documents.root.path.name)
            if info and isinstance(info.value, dict)
            else self.documents.root.path.name,
            base_paths=tuple(dict.fromkeys(self._base_paths(top))),
            operations=tuple(self._operations(top)),
            security_schemes=self._security_schemes(top),
            # Operations may share what is wrong: their path's parameters, say.
            findings=list(dict.fromkeys(self.findings)),
        )

    def _finding(self, node: Node, message: str, rule: str = "") -> None:
        self.findings.append(Finding(node.place, message, node.pointer, rule))

    def _base_paths(self, top: Node) -> Iterator[str]:
        """The paths of the servers' addresses."""
        servers = top.get("servers")
        for server in servers.elements() if servers else ():
            try:
                path = urlsplit(_address(server)).path.strip("/")
            except ValueError as error:
                self._finding(server.get("url") or server, f"this is no URL: {error}", "servers")
            else:
                if path:
                    yield f"/{path}"

    def _followed(self, node: Node | None) -> Node | None:
        """The node that a reference leads to; a dangling one is a finding."""
        if node is None:
            return None
        try:
            return node.followed()
        except BrokenRef as error:
            self._finding(node, str(error), "$ref")
            return None

    def _operations(self, top: Node) -> Iterator[Operation]:
        paths = top.get("paths")
        if paths is None and "webhooks" not in top.value and "components" not in top.value:
            self._finding(top, "`paths` is missing; expected the operations to serve", "paths")
        for path, item in paths.items() if paths else ():
            if path.startswith("x-"):
                continue
            if not path.startswith("/"):
                self._finding(item, f'the path "{path}" doesn\'t start with "/"', "paths")
            yield from self._path_operations(path if path[:1] == "/" else f"/{path}", item)

    def _path_operations(self, path: str, item: Node) -> Iterator[Operation]:
        if (resolved := self._followed(item)) is None:
            return
        additional = resolved.get("additionalOperations")
        methods = [(m, n) for m in METHODS if (n := resolved.get(m))]
        for method, node in [*methods, *(additional.items() if additional else ())]:
            if not isinstance(node.value, dict):
                message = "expected an operation: a mapping with `responses`"
                self._finding(node, message, "paths")
                continue
            operation = self._operation(method.upper(), path, node, resolved)
            self._check_reach(operation)
            self.ids[operation.id] = operation
            yield operation

    def _check_reach(self, operation: Operation) -> None:
        """Two paths that differ in the names of their variables alone are one."""
        key = f"{operation.method} {_VARIABLE.sub('{}', operation.path.split('#')[0])}"
        other = self.reached.setdefault(key, operation)
        if other is not operation:
            message = (
                f"{operation.method} {operation.path} can't be reached: {other.path} is the same"
            )
            self._finding(operation.node, message, "paths")

    def _operation(self, method: str, path: str, node: Node, item: Node) -> Operation:
        responses = dict(self._responses(node))
        if "responses" not in node.value:  # as OAS 3.1 allows: nothing is known of its replies
            responses = {"200": Response("200", {}, (), node)}
        body = self._body(node)
        return Operation(
            id=self._id(method, path, node),
            method=method,
            path=path,
            parameters=tuple(self._parameters(path, node, item)),
            body=body,
            responses=responses,
            security=self._security(node),
            deprecated=node.value.get("deprecated") is True,
            node=node,
            fault=None if responses else "the contract declares no response that can be used",
        )

    def _id(self, method: str, path: str, node: Node) -> str:
        own = f"{method} {path}"
        name = node.value.get("operationId")
        if not isinstance(name, str) or not name:
            return own
        if name in self.ids:
            other = self.ids[name]
            self._finding(
                node.get("operationId") or node,
                f'the operationId "{name}" is also that of {other.method} {other.path};'
                f' this one is known as "{own}"',
                "operationId",
            )
            return own
        return name

    def _parameters(self, path: str, node: Node, item: Node) -> Iterator[Parameter]:
        """The operation's own parameters stand before those of its path (OAS, section 4.8.9)."""
        seen: dict[tuple[str, str], Parameter] = {}
        for owner in (node, item):
            listed = owner.get("parameters")
            for entry in listed.elements() if listed else ():
                parameter = self._parameter(entry)
                if parameter and (parameter.location, parameter.name) not in seen:
                    seen[parameter.location, parameter.name] = parameter
        variables = dict.fromkeys(_VARIABLE.findall(re.split("[?#]", path)[0]))
        for parameter in seen.values():
            if parameter.location != "path" or parameter.name in variables:
                yield parameter
            else:
                message = f'the path {path} has no parameter "{parameter.name}"'
                self._finding(parameter.node, message, "parameters")
        for name in variables:
            if ("path", name) not in seen:
                self._finding(node, f'the path parameter "{name}" is not declared', "parameters")
                yield Parameter(name, "path", True, shape_of(name, "path"), None, node)

    def _parameter(self, entry: Node) -> Parameter | None:
        node = self._followed(entry)
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
            self._finding(node, message, "parameters")
            return None
        if location == "header" and name.lower() in _NO_PARAMETERS:
            return None
        shape, schema = self._shaped(name, location, node)
        required = location == "path" or node.value.get("required") is True
        return Parameter(name, location, required, shape, schema, node)

    def _shaped(self, name: str, location: str, node: Node) -> tuple[Shape, Schema | None]:
        """How a value stands on the wire, and what it has to be: by `schema` or by `content`."""
        schemas = self.replies if location == "reply header" else self.requests
        place = location.removeprefix("reply ")
        content = node.get("content")
        for media_type, entry in content.items() if content else ():
            schema = self._schema(entry.get("schema"), schemas)
            return shape_of(name, place, schema=schema, media_type=media_type), schema
        schema = self._schema(node.get("schema"), schemas)
        return self._styled(name, place, node, schema), schema

    def _styled(self, name: str, place: str, node: Node, schema: Schema | None) -> Shape:
        """A style that the place doesn't know is a finding, and its usual style is taken."""
        style, explode = node.value.get("style"), node.value.get("explode")
        details: dict[str, Any] = {
            "explode": explode if isinstance(explode, bool) else None,
            "allow_empty_value": node.value.get("allowEmptyValue") is True,
        }
        try:
            return shape_of(name, place, schema, style=style, **details)
        except (ValueError, TypeError) as error:
            self._finding(node.get("style") or node, str(error), "style")
            return shape_of(name, place, schema, **details)

    def _schema(self, node: Node | None, schemas: Schemas) -> Schema | None:
        """The schema at a node; one that leads nowhere is a finding, and anything goes."""
        if node is None or self._followed(node) is None:
            return None
        if not isinstance(node.value, dict | bool):
            self._finding(node, "expected a schema: a mapping", "schema")
            return None
        return schemas.at(node)

    def _body(self, node: Node) -> Body | None:
        body = self._followed(node.get("requestBody"))
        if body is None or not isinstance(body.value, dict):
            return None
        content = dict(self._content(body, self.requests))
        return Body(body.value.get("required") is True, content)

    def _content(self, owner: Node, schemas: Schemas) -> Iterator[tuple[str, Content]]:
        content = owner.get("content")
        for key, entry in content.items() if content else ():
            node = self._followed(entry)
            if node is None:
                continue
            schema = self._schema(node.get("schema"), schemas)
            items = self._schema(node.get("itemSchema"), schemas)
            yield key, Content(key, schema, dict(self._examples(node, schema)), node, items)

    def _examples(self, node: Node, schema: Schema | None) -> Iterator[tuple[str, Example]]:
        """Named examples, the one `example`, or those that the schema carries."""
        examples = node.get("examples")
        for name, entry in examples.items() if examples else ():
            example = self._followed(entry)
            value = example and (example.get("dataValue") or example.get("value"))
            if value:
                yield name, Example(name, value.value, value)
        if (one := node.get("example")) is not None:
            yield "example", Example("example", one.value, one)
        if not examples and one is None and schema is not None:
            yield from self._schema_examples(node.get("schema"))

    def _schema_examples(self, node: Node | None) -> Iterator[tuple[str, Example]]:
        schema = self._followed(node)
        if schema is None:
            return
        if (one := schema.get("example")) is not None:
            yield "example", Example("example", one.value, one)
        elif (listed := schema.get("examples")) is not None:
            for index, entry in enumerate(listed.elements()):
                yield f"example-{index + 1}", Example(f"example-{index + 1}", entry.value, entry)

    def _responses(self, node: Node) -> Iterator[tuple[str, Response]]:
        responses = node.get("responses")
        for key, entry in responses.items() if responses else ():
            if key.startswith("x-"):
                continue
            code = key.upper() if key != "default" else key
            if not _CODE.fullmatch(code):
                self._finding(
                    entry, f'"{key}" is no status; expected 200, say, 4XX or default', "responses"
                )
                continue
            response = self._followed(entry)
            if response is None:
                continue
            content = dict(self._content(response, self.replies))
            yield code, Response(code, content, tuple(self._headers(response)), response)

    def _headers(self, response: Node) -> Iterator[Header]:
        headers = response.get("headers")
        for name, entry in headers.items() if headers else ():
            node = self._followed(entry)
            # OAS 3.1.1, section 4.8.17: a header named Content-Type is described by `content`.
            if node is None or not isinstance(node.value, dict) or name.lower() == "content-type":
                continue
            shape, schema = self._shaped(name, "reply header", node)
            required = node.value.get("required") is True
            yield Header(name, required, shape, schema, HeaderDecoder(shape).decode)

    def _security(self, node: Node) -> tuple[Mapping[str, tuple[str, ...]], ...]:
        """The alternatives, each a mapping of scheme to scopes; none means no credentials.

        An operation's own list stands for the document's, an empty one too.
        """
        listed = node.get("security") or self.documents.top.get("security")
        if listed is None:
            return ()
        if not isinstance(listed.value, list):
            self._finding(listed, "expected a list of security requirements", "security")
        return tuple(dict(self._requirement(entry)) for entry in listed.elements())

    def _requirement(self, entry: Node) -> Iterator[tuple[str, tuple[str, ...]]]:
        if not isinstance(entry.value, dict):
            self._finding(entry, "expected a mapping of security scheme to scopes", "security")
        for name, scopes in entry.items():
            if not isinstance(scopes.value, list | None):
                self._finding(scopes, "expected a list of scopes", "security")
            yield name, tuple(str(scope.value) for scope in scopes.elements())

    def _security_schemes(self, top: Node) -> dict[str, Mapping[str, Any]]:
        components = top.get("components")
        schemes = components.get("securitySchemes") if components else None
        found = (
            (name, self._followed(node)) for name, node in (schemes.items() if schemes else ())
        )
        return {n: node.value for n, node in found if node and isinstance(node.value, dict)}


_LOCATIONS = ("path", "query", "header", "cookie", "querystring")
# OAS 3.1.1, section 4.8.12.2: header parameters of these names are ignored.
_NO_PARAMETERS = ("accept", "content-type", "authorization")


def _address(server: Node) -> str:
    """A server's address with its variables' defaults put in; empty where it has none."""
    url, variables = server.get("url"), server.get("variables")
    if url is None or not isinstance(url.value, str):
        return ""

    def default(found: re.Match[str]) -> str:
        variable = variables and variables.get(found[1])
        value = variable and variable.get("default")
        return str(value.value) if value else ""

    return _VARIABLE.sub(default, url.value)
