"""URLs of made-up and example replies that lead back to the mock, by the address a client uses.

A URL that begins with the address of one of the document's servers gets the scheme, the host and
the base path that the client used. Where URLs stand in an example is found once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from mock_server.bodies import body_codec
from mock_server.contract import (
    Content,
    Contract,
    Example,
    Header,
    Operation,
    Response,
    ServerAddress,
    server_origin,
)
from mock_server.core import Tokens, value_at, with_value, write_json
from mock_server.errors import Violation
from mock_server.generation import FILES
from mock_server.http_messages import Request, client_base, uri_text
from mock_server.mocking.drafts import Draft, Maker
from mock_server.mocking.negotiation import GENERATED
from mock_server.mocking.page_links import made_up_links, may_have_links, with_own_links
from mock_server.validation import Arguments

# What may stand before a URL in a text, and behind the address that it begins with.
_BEFORE = r"(?<![^\s<>\"'(,;])"
_BEHIND = r"(?=[/?#\s<>\"'),;]|$)"
# What an example is for so many addresses of clients is remembered.
MOST_REMEMBERED = 64
_VARIABLE = re.compile(r"\{([^{}]+)\}")
# What says of itself which value a header has.
_GIVING = frozenset({"const", "enum", "example", "examples", "pattern"})


class _Base(NamedTuple):
    """The address that a client knows the mock by, and the base path of the server it thinks of."""

    address: str
    path: str


class Addresses:
    """The addresses of a contract's servers, and the operations that may be led to."""

    def __init__(self, contract: Contract, rewrite: bool = True) -> None:
        self.operations = contract.operations
        self.rewrites = rewrite
        self._shared = frozenset(contract.base_paths)
        self._by_url = {one.url: one for one in contract.servers if rewrite}
        # Where sample files are said to be, which stand beside all base paths.
        self._files = server_origin(contract.documents.top) + FILES.rstrip("/")
        urls = [*self._by_url, *([self._files] if rewrite else ())]
        longest = sorted(urls, key=len, reverse=True)
        pattern = "|".join(map(re.escape, longest))
        # How such a URL begins in what is written as JSON.
        self._written = [write_json(url)[1:-1] for url in longest]
        self._pattern = re.compile(f"{_BEFORE}(?:{pattern}){_BEHIND}") if longest else None

    def places(self, value: Any, tokens: Tokens = ()) -> Iterator[Tokens]:
        """The steps to each text of a value in which such a URL stands."""
        if isinstance(value, str):
            if self._pattern is not None and self._pattern.search(value):
                yield tokens
        elif self._pattern is not None and isinstance(value, dict | list):
            named = value.items() if isinstance(value, dict) else enumerate(value)
            for step, member in named:
                yield from self.places(member, (*tokens, step))

    def may_stand_in(self, text: bytes) -> bool:
        """Whether such a URL may stand in a value that is written so."""
        return any(url in text for url in self._written)

    def led_back(self, text: str, base: _Base) -> str:
        """A text whose URLs begin with the client's address and base path."""
        if self._pattern is None or not base.address:
            return text
        return self._pattern.sub(lambda found: self._new_base(found[0], base), text)

    def _new_base(self, url: str, base: _Base) -> str:
        if url == self._files:
            return base.address + FILES.rstrip("/")
        return self._base_of(self._by_url[url], base)

    def _base_of(self, server: ServerAddress, base: _Base) -> str:
        """Who uses a server of the whole document, or none, is led to the same.

        Another has a base path that not all paths are served behind.
        """
        is_everywhere = not base.path or base.path in self._shared
        return base.address + (base.path if is_everywhere else server.base_path)


class Links:
    """The links of one operation's replies."""

    def __init__(self, operation: Operation, addresses: Addresses, maker: Maker) -> None:
        self._operation, self._addresses, self._maker = operation, addresses, maker
        self._places: dict[int, tuple[Example, list[Tokens]]] = {}
        self._known: dict[tuple[int, _Base], Any] = {}
        # Whether a URL stands in what a declared header is sent with.
        self._with_urls: dict[str, bool] = {}
        self._made = {
            (response.code, header.name): header
            for response in operation.responses.values()
            for header in response.headers
            if header.name.lower() in _LEADING and _is_free(header)
        }

    def leading_back(self, draft: Draft, request: Request, arguments: Arguments) -> Draft:
        """A draft whose URLs, but for those that somebody wrote for it, lead to the mock."""
        choice, value = draft.choice, draft.value
        origin = choice.origin
        if draft.declared:
            draft = draft._replace(headers=self._headers(draft, request, arguments))
        if choice.key is None or not self._addresses.rewrites:
            return draft
        content = choice.response.content[choice.key]
        if isinstance(origin, Example):
            whole = self._of_example(origin, value, content, request)
        elif origin is GENERATED:
            whole = self._of_made(value, content, request, arguments)
        else:
            return draft
        return draft if whole is value else draft._replace(value=whole, is_judged=False)

    def value(self, value: Any, content: Content, request: Request) -> Any:
        """A value of a content whose URLs lead to the mock."""
        places = list(self._addresses.places(value))
        return self._changed(value, content, places, self._base(request)) if places else value

    def _base(self, request: Request) -> _Base:
        return _Base(client_base(request), _used_base(self._operation, request.path))

    # Bodies

    def _of_example(self, example: Example, value: Any, content: Content, request: Request) -> Any:
        if value is not example.value:  # a page of it
            return self.value(value, content, request)
        found = self._places.get(id(example))
        if found is None:  # the example is kept with it, so that the identity stays its own
            found = self._places[id(example)] = (example, [*self._addresses.places(value)])
        if not found[1]:
            return value
        base = self._base(request)
        if (id(example), base) not in self._known:
            changed = self._changed(value, content, found[1], base)
            if len(self._known) >= MOST_REMEMBERED:
                return changed
            self._known[id(example), base] = changed
        return self._known[id(example), base]

    def _of_made(self, value: Any, content: Content, request: Request, arguments: Arguments) -> Any:
        """A made-up value; what a client sent and gets back stays as it is."""
        text = _written(value)
        found = [*self._addresses.places(value)] if self._addresses.may_stand_in(text) else []
        pages = [*made_up_links(value)] if may_have_links(text) else []
        if not found and not pages:
            return value
        sent = set(_texts([arguments.body, arguments.query]))
        places = [tokens for tokens in found if value_at(value, tokens) not in sent]
        links = [link for link in pages if value_at(value, link.tokens) not in sent]
        value = self._changed(value, content, places, self._base(request))
        own = f"{client_base(request)}{uri_text(request.path)}"
        return with_own_links(value, links, own, lambda v: not _violations(content, v))

    def _changed(self, value: Any, content: Content, places: list[Tokens], base: _Base) -> Any:
        """The value with each URL led back whose schema accepts that."""

        def led(value: Any, tokens: Tokens) -> Any:
            text = self._addresses.led_back(value_at(value, tokens), base)
            return with_value(value, tokens, text)

        most, whole = len(_violations(content, value)), value
        for tokens in places:
            whole = led(whole, tokens)
        if len(_violations(content, whole)) <= most:
            return whole
        for tokens in places:
            changed = led(value, tokens)
            value = changed if len(_violations(content, changed)) <= most else value
        return value

    # Headers

    def headers(
        self, headers: Mapping[str, str], response: Response, request: Request
    ) -> dict[str, str]:
        """The headers that a response declares, with URLs that lead to the mock."""
        return {n: self._led(response, n, text, request) for n, text in headers.items()}

    def _headers(self, draft: Draft, request: Request, arguments: Arguments) -> Mapping[str, str]:
        headers = dict(draft.headers)
        response = draft.choice.response
        for name in draft.declared:
            header = self._made.get((response.code, name))
            if header is None:
                headers[name] = self._led(response, name, headers[name], request)
            else:
                lead = _LEADING[name.lower()]
                found = next(lead(self, draft, request, arguments, header), None)
                headers[name] = headers[name] if found is None else found
        return headers

    def _led(self, response: Response, name: str, text: str, request: Request) -> str:
        if not self._has_url(text):
            return text
        changed = self._addresses.led_back(text, self._base(request))
        own = (header for header in response.headers if header.name == name)
        return changed if all(_accepts(header, changed) for header in own) else text

    def _has_url(self, text: str) -> bool:
        if text not in self._with_urls:
            self._with_urls[text] = any(True for _ in self._addresses.places(text))
        return self._with_urls[text]

    def _location(
        self, draft: Draft, request: Request, arguments: Arguments, header: Header
    ) -> Iterator[str]:
        """The addresses of what a reply may lead to, whole and by their paths alone."""
        address, base = self._base(request)
        for path in self._paths(draft, arguments):
            whole, alone = f"{address}{base}{path}", f"{request.prefix}{base}{path}"
            yield from (text for text in (whole, alone) if _accepts(header, text))

    def _paths(self, draft: Draft, arguments: Arguments) -> Iterator[str]:
        """What was made, by its id, then what is there otherwise, the nearest first."""
        own = self._operation.path.partition("?")[0].partition("#")[0].rstrip("/")
        known = {**_ids(arguments.body), **_ids(draft.value), **arguments.path}
        gets = [one for one in self._addresses.operations if one.method == "GET" and not one.fault]
        for get in gets:
            before, slash, last = get.path.rpartition("/")
            variable = _VARIABLE.fullmatch(last)
            if slash and before == own and variable is not None:
                value = self._id(get, variable[1], known)
                if value is not None and (path := _filled(before, arguments.path)) is not None:
                    yield f"{path}/{quote(str(value), safe='')}"
        others = [one for one in gets if one.path != own or self._operation.method != "GET"]
        for get in sorted(others, key=lambda one: -_shared_steps(one.path, own)):
            if (path := _filled(get.path, arguments.path)) is not None:
                yield path

    def _id(self, get: Operation, variable: str, known: Mapping[str, Any]) -> Any:
        """The value of the variable of what was made: one that is known, else one made up."""
        declared = (p for p in get.parameters if (p.location, p.name) == ("path", variable))
        parameter = next(declared, None)
        schema = parameter.schema if parameter is not None else None
        for value in _ids_for(variable, self._operation.path, known):
            if schema is None or schema.is_valid(value):
                return value
        return self._maker.id_value(schema) if schema is not None else None

    def _link(
        self, draft: Draft, request: Request, arguments: Arguments, header: Header
    ) -> Iterator[str]:
        """A link to what was asked for (RFC 8288)."""
        query = f"?{request.query}" if request.query else ""
        address = f"{client_base(request)}{uri_text(request.path + query)}"
        text = f'<{address}>; rel="self"'
        if _accepts(header, text):
            yield text


_Lead = Callable[[Links, Draft, Request, Arguments, Header], Iterator[str]]
_LEADING: Mapping[str, _Lead] = {"location": Links._location, "link": Links._link}


def _written(value: Any) -> bytes:
    """A made-up value as JSON; a file or a text of another type isn't JSON, but may hold URLs."""
    return value if isinstance(value, bytes) else write_json(value)


def _violations(content: Content, value: Any) -> list[Violation]:
    return body_codec.violations(content, value, ("response", "body"))


def _texts(value: Any) -> Iterator[str]:
    """The texts in a value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for member in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(member)


def _used_base(operation: Operation, path: str) -> str:
    """The base path that stands before an operation's own path in a request's."""
    steps = operation.path.partition("?")[0].partition("#")[0].count("/")
    found = (
        base
        for base in operation.base_paths
        if path.startswith(f"{base}/") and path.count("/") == base.count("/") + steps
    )
    return next(found, "")


def _is_free(header: Header) -> bool:
    """Whether nothing says which value a header has, so that it would be made up."""
    raw = header.schema.raw if header.schema is not None else {}
    return not header.examples and isinstance(raw, dict) and raw.keys().isdisjoint(_GIVING)


def _accepts(header: Header, text: str) -> bool:
    return header.schema is None or header.schema.is_valid(header.decode(text))


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name.lower()))


def _ids(value: Any) -> dict[str, Any]:
    """The plain values of an object, or of the one object that it holds."""
    if not isinstance(value, dict):
        return {}
    inner = [member for member in value.values() if isinstance(member, dict)]
    found = _ids(inner[0]) if len(inner) == 1 else {}
    return {**found, **{n: v for n, v in value.items() if isinstance(v, str | int)}}


def _ids_for(variable: str, collection: str, known: Mapping[str, Any]) -> Iterator[str | int]:
    """What may be the value of a path's variable: a member of its name, or an id."""
    named = {_plain(name): value for name, value in known.items()}
    noun = _plain(collection.rpartition("/")[2]).removesuffix("s")
    for name in (_plain(variable), "id", f"{noun}id", "uuid", "slug"):
        value = named.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            yield value


def _filled(path: str, values: Mapping[str, Any]) -> str | None:
    """A path with its variables' values; None if one isn't known."""
    path = path.partition("?")[0].partition("#")[0]
    names = _VARIABLE.findall(path)
    if any(not isinstance(values.get(name), str | int) for name in names):
        return None
    return _VARIABLE.sub(lambda found: quote(str(values[found[1]]), safe=""), path)


def _shared_steps(one: str, other: str) -> int:
    """How many steps two paths have in common from the beginning."""
    pairs = list(zip(one.split("/"), other.split("/"), strict=False))
    return next((n for n, (a, b) in enumerate(pairs) if a != b), len(pairs))
