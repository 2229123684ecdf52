"""The OpenAPI document, checked and compiled.

Each error in a document is a finding with its place, and affects only the part that depends on
it. Only a document that can't be read at all stops the start.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mock_server.contract.message_reader import VARIABLE, MessageReader
from mock_server.contract.model import (
    ANY_METHOD,
    Contract,
    Operation,
    OutgoingRequest,
    Response,
)
from mock_server.contract.path_items import LayeredNode
from mock_server.contract.servers import MOST_ADDRESSES, ServerAddress, addresses, are_cut
from mock_server.core import shown_value
from mock_server.documents import METHODS, BrokenRef, Document, DocumentNode, Documents, read_root
from mock_server.errors import Finding, StartError
from mock_server.http_messages import TOKEN

# The methods that the server's parser of HTTP reads (llhttp 9); any other is a 400 of its own.
_READ_METHODS = {
    "GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE", "QUERY",
    "ACL", "BIND", "CHECKOUT", "COPY", "LINK", "LOCK", "M-SEARCH", "MERGE", "MKACTIVITY",
    "MKCALENDAR", "MKCOL", "MOVE", "NOTIFY", "PROPFIND", "PROPPATCH", "PURGE", "REBIND", "REPORT",
    "SEARCH", "SOURCE", "SUBSCRIBE", "UNBIND", "UNLINK", "UNLOCK", "UNSUBSCRIBE",
}  # fmt: skip


def read_contract(
    path: Path | str,
    sse_done: str | None = None,
    allowed: Iterable[Path] = (),
    before: Document | None = None,
    headers: Sequence[str] = (),
) -> Contract:
    """Read and compile the document at that path or URL; `-` is standard input.

    `sse_done` is the data of the event that ends a stream, unless the stream declares another.
    The document may refer to files below the `allowed` folders, too. `before` is the document as
    it was read last time. `headers` are sent with the request for a URL. Raises StartError if the
    document can't be read.
    """
    documents = Documents(read_root(path, before, headers), allowed)
    try:
        return _Reader(documents, _version(documents.top), sse_done).contract()
    except RecursionError:
        place = documents.top.place
        raise StartError([Finding(place, "nested too deeply to be read")]) from None


def _version(top: DocumentNode) -> str:
    """Return the OpenAPI version of the document. Raises StartError if it is unknown."""
    if not isinstance(top.value, dict):
        what = _other_kind(top.value)
        message = f"this is no OpenAPI document; it is {what}; expected a mapping with `openapi`"
        raise _start_error(top, message)
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


def _other_kind(value: Any) -> str:
    """Return words for the kind of a document that isn't a mapping."""
    if value is None:
        return "empty"
    if isinstance(value, list):
        return "a list"
    return "HTML or XML" if str(value).lstrip().startswith("<") else "a text"


def _start_error(node: DocumentNode, message: str) -> StartError:
    return StartError([Finding(node.place, message, node.pointer, "openapi")])


# As deep are callbacks of callbacks read.
_MOST_CALLBACKS_WITHIN = 2


class _Reader:
    """A reader that walks the document once, and collects operations and findings."""

    def __init__(self, documents: Documents, version: str, sse_done: str | None) -> None:
        self.documents, self.version = documents, version
        self.messages = MessageReader(documents, version.startswith("3.0"), sse_done)
        self.schemes = dict(self._security_schemes(documents.top))
        # The addresses of servers that name a host, wherever in the document, each once.
        self.servers: dict[ServerAddress, None] = {}
        self.base_paths = self._base_paths(documents.top)
        self.ids: dict[str, Operation] = {}
        self.reached: dict[str, Operation] = {}
        # The path items that the one being read is inside of: callbacks may have callbacks.
        self._within: list[Any] = []

    def contract(self) -> Contract:
        top = self.documents.top
        info = top.get("info")
        return Contract(
            documents=self.documents,
            requests=self.messages.requests,
            replies=self.messages.replies,
            version=self.version,
            title=str((info and info.value.get("title")) or self.documents.root.path.name)
            if info and isinstance(info.value, dict)
            else self.documents.root.path.name,
            base_paths=self.base_paths,
            operations=tuple(self._operations(top)),
            servers=tuple(self.servers),
            security_schemes=self.schemes,
            webhooks=tuple(self._webhooks(top.get("webhooks"))),
            # Operations may share what is wrong: their path's parameters, say.
            findings=list(dict.fromkeys(self.messages.findings)),
        )

    def _base_paths(self, *owners: DocumentNode | LayeredNode) -> tuple[str, ...]:
        """Return the paths of the servers' addresses, each once."""
        listed = [servers for owner in owners if (servers := owner.get("servers"))]
        found = [
            one
            for servers in listed
            for server in servers.elements()
            for one in self._addresses(server)
        ]
        self.servers.update(dict.fromkeys(address for address in found if address.url))
        return tuple(dict.fromkeys(filter(None, (address.base_path for address in found))))

    def _addresses(self, server: DocumentNode) -> list[ServerAddress]:
        if are_cut(server):
            message = (
                f"its variables make more than {MOST_ADDRESSES} paths;"
                f" the first {MOST_ADDRESSES} are served"
            )
            self.messages.finding(server.get("url") or server, message, "servers")
        try:
            return list(addresses(server))
        except ValueError as error:
            message = f"this is no URL: {error}"
            self.messages.finding(server.get("url") or server, message, "servers")
            return []

    def _operations(self, top: DocumentNode) -> Iterator[Operation]:
        paths = top.get("paths")
        if paths is None and "webhooks" not in top.value and "components" not in top.value:
            self.messages.finding(
                top, "`paths` is missing; expected the operations to serve", "paths"
            )
        # A fragment never reaches a server: of operations that share a path, and that a request
        # fits alike, the one of the path without a fragment answers.
        for path, item in sorted(paths.items() if paths else (), key=lambda entry: "#" in entry[0]):
            if path.startswith("x-"):
                continue
            if not path.startswith("/"):
                self.messages.finding(item, f'the path "{path}" doesn\'t start with "/"', "paths")
            yield from self._path_operations(path if path[:1] == "/" else f"/{path}", item)

    def _path_operations(self, path: str, item: DocumentNode) -> Iterator[Operation]:
        resolved = LayeredNode.of(item)
        if resolved.broken is not None:
            self.messages.finding(resolved.layers[-1], resolved.broken, "$ref")
        for field in resolved.twice():
            message = "what the $ref leads to has this field too; this one counts"
            self.messages.finding(field, message, "$ref")
        additional = resolved.get("additionalOperations")
        methods = [(m.upper(), n) for m in METHODS if (n := resolved.get(m))]
        # An additional one is sent as it stands there (OAS 3.2.0, section 4.9).
        methods += additional.items() if additional else ()
        for method, node in methods:
            if not isinstance(node.value, dict):
                message = "expected an operation: a mapping with `responses`"
                self.messages.finding(node, message, "paths")
                continue
            if not re.fullmatch(TOKEN, method):
                message = f"{shown_value(method)} is no method; expected letters and dashes alone"
                self.messages.finding(node, message, "additionalOperations")
                continue
            operation = self._operation(method, path, self._referred(node), resolved)
            self._check_reach(operation)
            self.ids[operation.id] = operation
            yield operation
        if resolved.broken is not None:
            yield _unknown_operations(path, resolved.layers[-1], self.base_paths)

    def _referred(self, node: DocumentNode) -> DocumentNode:
        """Return the target of an operation that is only a `$ref`.

        An Operation Object has no `$ref` (OAS 3.2.0, section 4.10). Some published documents
        have one all the same, and mean a reference.
        """
        ref = node.get("$ref")
        if ref is None:
            return node
        message = "an operation has no `$ref` in OpenAPI; it is followed all the same"
        self.messages.finding(ref, message, "operation")
        found = self.messages.followed(node)
        return found if found is not None and isinstance(found.value, dict) else node

    def _check_reach(self, operation: Operation) -> None:
        """Add a finding if an operation can't be reached.

        Two paths that differ only in the names of their variables are the same.
        """
        key = f"{operation.method} {VARIABLE.sub('{}', operation.path)}"
        other = self.reached.setdefault(key, operation)
        if operation.method not in _READ_METHODS:
            self._out_of_reach(operation, f"the server can't read the method {operation.method}")
        elif other is not operation:
            self._out_of_reach(operation, f"{other.path} is the same")

    def _out_of_reach(self, operation: Operation, why: str) -> None:
        message = f"{operation.method} {operation.path} can't be reached: {why}"
        self.messages.finding(operation.node, message, "paths")

    def _operation(
        self, method: str, path: str, node: DocumentNode, item: LayeredNode
    ) -> Operation:
        responses = dict(self.messages.responses(node))
        if "responses" not in node.value:  # as OAS 3.1 allows: nothing is known of its replies
            responses = {"200": Response("200", {}, (), node)}
        body = self.messages.body(node)
        return Operation(
            id=self._id(method, path, node),
            method=method,
            path=path,
            parameters=tuple(self.messages.parameters(path, node, item)),
            body=body,
            responses=responses,
            security=self._security(node),
            deprecated=node.value.get("deprecated") is True,
            node=node,
            base_paths=tuple(dict.fromkeys((*self._base_paths(node, item), *self.base_paths))),
            fault=_fault(node, responses),
            callbacks=tuple(self._callbacks(node.get("callbacks"))),
        )

    def _callbacks(self, node: DocumentNode | None) -> Iterator[OutgoingRequest]:
        """Yield the requests in the Callback Objects of an operation."""
        for name, entry in node.items() if node is not None and self._is_open(node) else ():
            found = self.messages.followed(entry)
            if found is None or not isinstance(found.value, dict):
                continue
            for address, item in found.items():
                if not address.startswith("x-"):
                    yield from self._outgoing(name, address, item)

    def _webhooks(self, node: DocumentNode | None) -> Iterator[OutgoingRequest]:
        for name, item in node.items() if node is not None else ():
            if not name.startswith("x-"):
                yield from self._outgoing(name, "", item)

    def _outgoing(self, name: str, address: str, item: DocumentNode) -> Iterator[OutgoingRequest]:
        """Yield a request for each method of a path item."""
        resolved = LayeredNode.of(item)
        for method in METHODS:
            node = resolved.get(method)
            if node is None or not isinstance(node.value, dict):
                continue
            self._within.append(item.value)
            responses = dict(self.messages.responses(node)) if "responses" in node.value else {}
            operation = Operation(
                id=name,
                method=method.upper(),
                path="/",
                parameters=tuple(self.messages.parameters("/", node, resolved)),
                body=self.messages.body(node),
                responses=responses,
                security=(),
                deprecated=False,
                node=node,
                callbacks=tuple(self._callbacks(node.get("callbacks"))),
            )
            self._within.pop()
            yield OutgoingRequest(name, address, operation, node)

    def _is_open(self, node: DocumentNode) -> bool:
        """Return whether callbacks aren't inside themselves, as references can make them."""
        return isinstance(node.value, dict) and len(self._within) < _MOST_CALLBACKS_WITHIN

    def _id(self, method: str, path: str, node: DocumentNode) -> str:
        own = f"{method} {path}"
        name = node.value.get("operationId")
        if not isinstance(name, str) or not name:
            return own
        if name in self.ids:
            other = self.ids[name]
            self.messages.finding(
                node.get("operationId") or node,
                f'the operationId "{name}" is also that of {other.method} {other.path};'
                f' this one is known as "{own}"',
                "operationId",
            )
            return own
        return name

    def _security(self, node: DocumentNode) -> tuple[Mapping[str, tuple[str, ...]], ...]:
        """Return the alternatives, each a mapping of scheme to scopes; none means no credentials.

        An operation's own list replaces the document's list, even if it is empty.
        """
        listed = node.get("security") or self.documents.top.get("security")
        if listed is None:
            return ()
        if not isinstance(listed.value, list):
            self.messages.finding(listed, "expected a list of security requirements", "security")
        return tuple(dict(self._requirement(entry)) for entry in listed.elements())

    def _requirement(self, entry: DocumentNode) -> Iterator[tuple[str, tuple[str, ...]]]:
        if not isinstance(entry.value, dict):
            self.messages.finding(
                entry, "expected a mapping of security scheme to scopes", "security"
            )
        for name, scopes in entry.items():
            if not isinstance(scopes.value, list | None):
                self.messages.finding(scopes, "expected a list of scopes", "security")
            self._take_scheme(name, entry)
            yield name, tuple(str(scope.value) for scope in scopes.elements())

    def _take_scheme(self, name: str, entry: DocumentNode) -> None:
        """Add a security scheme that is named by its URI (OAS 3.2.0, section 4.30).

        The name of a component is no URI. A dangling URI is left undeclared.
        """
        if name in self.schemes or self.version.startswith(("3.0", "3.1")):
            return
        try:
            found = entry.documents.node(name, entry.document.uri).followed()
        except BrokenRef as error:
            if "/" in name or "#" in name:
                self.messages.finding(entry, str(error).replace("$ref ", "", 1), "security")
            return
        if isinstance(found.value, dict):
            self.schemes[name] = found.value

    def _security_schemes(self, top: DocumentNode) -> Iterator[tuple[str, Mapping[str, Any]]]:
        components = top.get("components")
        schemes = components.get("securitySchemes") if components else None
        found = (
            (name, self.messages.followed(node))
            for name, node in (schemes.items() if schemes else ())
        )
        yield from ((n, node.value) for n, node in found if node and isinstance(node.value, dict))


def _fault(node: DocumentNode, responses: Mapping[str, Response]) -> str | None:
    """Return why an operation can't be served; None if it can."""
    if "$ref" in node.value:
        return f"its $ref {node.value['$ref']} leads nowhere"
    return None if responses else "the contract declares no response that can be used"


def _unknown_operations(path: str, item: DocumentNode, base_paths: tuple[str, ...]) -> Operation:
    """Return an operation for all methods of a path with a dangling reference: a fault."""
    return Operation(
        id=path,
        method=ANY_METHOD,
        path=path,
        parameters=(),
        body=None,
        responses={},
        security=(),
        deprecated=False,
        node=item,
        base_paths=base_paths,
        fault=f"the $ref {item.value['$ref']} of its path leads nowhere",
    )
