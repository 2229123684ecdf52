"""Requests made from a document, for every operation and everything a client can prefer of it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlencode

from mock_server.bodies.body_codec import encode
from mock_server.contract.model import Body, Content, Contract, Operation, Parameter
from mock_server.generation.schema import Generator, Mode, ValueShape
from mock_server.http_messages.media_types import concrete
from mock_server.parameters.codecs import encode as encode_parameter


@dataclass
class Call:
    """One request."""

    method: str
    path: str
    query: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    cookies: list[str] = field(default_factory=list)
    body: bytes | None = None

    @property
    def target(self) -> str:
        """Return path and query."""
        glue = "&" if "?" in self.path else "?"
        return self.path + (glue + "&".join(self.query) if self.query else "")

    def sent_headers(self, **more: str) -> dict[str, str]:
        """Return all headers."""
        cookies = {"Cookie": "; ".join(self.cookies)} if self.cookies else {}
        return {**self.headers, **cookies, **more}


class Wish(NamedTuple):
    """A preference for a reply, and the status that has to come."""

    headers: Mapping[str, str]
    status: int


class Calls:
    """A maker of requests for one contract."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._generator = Generator()

    def call(self, operation: Operation, mode: Mode, everything: bool) -> Call:
        """Return a valid request: with all that may be sent, or with what must be alone."""
        call = Call(operation.method, operation.path.partition("#")[0])
        for parameter in operation.parameters:
            if everything or parameter.required:
                self._add(call, parameter, mode)
        if operation.body and (everything or operation.body.required):
            self._add_body(call, operation.body, mode)
        for name in next(iter(operation.security), {}):
            _add_credentials(call, self._contract.security_schemes.get(name, {}))
        return call

    def _add(self, call: Call, parameter: Parameter, mode: Mode) -> None:
        text = self._written(parameter, mode)
        if text is None:
            return
        if parameter.location == "path":
            call.path = call.path.replace(f"{{{parameter.name}}}", text)
        elif parameter.location == "header":
            call.headers[parameter.name] = text
        elif parameter.location == "cookie":
            call.cookies.append(text)
        elif text:
            call.query.append(text)

    def _written(self, parameter: Parameter, mode: Mode) -> str | None:
        """Return a value as it's written; None if no style can write it and it needn't be sent."""
        if parameter.schema is None:
            return encode_parameter(parameter.shape, "x")
        usual: Mode = "typical"
        for seed, one in enumerate([mode, *[usual] * 9] if parameter.required else [mode]):
            shape = ValueShape(mode=one, direction="request")
            value = self._generator.value(parameter.schema, f"{parameter.name}{seed}", shape=shape)
            with suppress(ValueError):
                text = encode_parameter(parameter.shape, value)
                # A segment of dots alone is none on its way (RFC 3986, section 5.2.4).
                nowhere = parameter.location == "path" and not text.strip(".")
                if value is not None and not nowhere:
                    return text
        return None

    def _add_body(self, call: Call, body: Body, mode: Mode) -> None:
        for key, content in body.content.items():
            kind = concrete(key)
            value = self._body_value(content, mode)
            call.body, call.headers["Content-Type"], *_ = encode(value, content, kind)
            return

    def _body_value(self, content: Content, mode: Mode) -> Any:
        shape = ValueShape(mode=mode, direction="request")
        if content.item_schema is not None:
            return [self._generator.value(content.item_schema, content.key, shape=shape)]
        if content.schema is not None:
            return self._generator.value(content.schema, content.key, shape=shape)
        return b"x"


def _add_credentials(call: Call, scheme: Mapping[str, Any]) -> None:
    kind, name = str(scheme.get("scheme", "bearer")).lower(), str(scheme.get("name", ""))
    if scheme.get("type") == "apiKey":
        if scheme["in"] == "query":
            call.query.append(urlencode({name: "key"}))
        elif scheme["in"] == "cookie":
            call.cookies.append(f"{name}=key")
        else:
            call.headers[name] = "key"
    elif kind == "basic":
        call.headers["Authorization"] = f"Basic {b64encode(b'user:password').decode()}"
    elif scheme.get("type") in ("http", "oauth2", "openIdConnect"):
        call.headers["Authorization"] = f"{kind} token"


def wishes(operation: Operation) -> Iterator[Wish]:
    """Everything that can be preferred of an operation's replies."""
    lowest = operation.lowest_success
    if lowest is None:
        return
    yield Wish({}, lowest[0])
    for dynamic in ("true", "minimal", "maximal", "boundary"):
        yield Wish({"Prefer": f"dynamic={dynamic}"}, lowest[0])
    for code, response in operation.responses.items():
        status = 418 if code == "default" else int(code.replace("XX", "18"))
        if status < 200:
            continue
        yield Wish({"Prefer": f"code={status}"}, status)
        yield Wish({"Prefer": f"code={status}, dynamic=true"}, status)
        for key, content in response.content.items():
            accept = {"Accept": concrete(key)}
            yield Wish({**accept, "Prefer": f"code={status}"}, status)
            yield Wish({**accept, "Prefer": f"code={status}, dynamic=boundary"}, status)
            for name in content.examples:
                quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
                prefer = f"code={status}, example={quoted}"
                yield Wish({**accept, "Prefer": prefer}, status)
