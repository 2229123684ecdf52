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
from mock_server.contract import Contract, Example, Header, Operation, ServerAddress
from mock_server.core import Tokens, value_at, with_value
from mock_server.http_messages import Request, client_base
from mock_server.mocking.drafts import Draft, Maker
from mock_server.mocking.negotiation import GENERATED
from mock_server.mocking.page_links import with_own_links
from mock_server.validation import Arguments

# What may stand before a URL in a text, and behind the address that it begins with.
_BEFORE = r"(?<![^\s<>\"'(,;])"
_BEHIND = r"(?=[/?#\s<>\"'),;]|$)"
# What an example is for so many addresses of clients is remembered.
MOST_REMEMBERED = 64
_WHERE = ("response", "body")
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
        longest = sorted(self._by_url, key=len, reverse=True)
        pattern = "|".join(map(re.escape, longest))
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

    def led_back(self, text: str, base: _Base) -> str:
        """A text whose URLs begin with the client's address and base path."""
        if self._pattern is None or not base.address:
            return text
        return self._pattern.sub(lambda found: self._base_of(self._by_url[found[0]], base), text)

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
        origin = draft.choice.origin
        if draft.declared:
            draft = draft._replace(headers=self._headers(draft, request, arguments))
        if draft.choice.key is None:
            return draft
        if isinstance(origin, Example):
            return self._of_example(draft, origin, request)
        is_made = origin is GENERATED and self._addresses.rewrites
        return self._of_made(draft, request) if is_made else draft

    def _of_made(self, draft: Draft, request: Request) -> Draft:
        places = list(self._addresses.places(draft.value))
        draft = self._changed(draft, draft.value, places, self._base(request))
        content = draft.choice.response.content[str(draft.choice.key)]

        def is_valid(value: Any) -> bool:
            return not body_codec.violations(content, value, _WHERE)

        own = f"{client_base(request)}{request.path}"
        return draft._replace(value=with_own_links(draft.value, own, is_valid))

    def _base(self, request: Request) -> _Base:
        return _Base(client_base(request), _used_base(self._operation, request.path))

    # Bodies

    def _of_example(self, draft: Draft, example: Example, request: Request) -> Draft:
        found = self._places.get(id(example))
        if found is None:  # the example is kept with it, so that the identity stays its own
            found = self._places[id(example)] = (
                example, list(self._addresses.places(draft.value))
            )  # fmt: skip
        if not found[1]:
            return draft
        base = self._base(request)
        if (id(example), base) not in self._known:
            changed = self._changed(draft, draft.value, found[1], base)
            if len(self._known) >= MOST_REMEMBERED:
                return changed
            self._known[id(example), base] = changed.value
        return draft._replace(value=self._known[id(example), base])

    def _changed(self, draft: Draft, value: Any, places: list[Tokens], base: _Base) -> Draft:
        """The draft with each URL led back whose schema accepts that."""
        if not places:
            return draft
        assert draft.choice.key is not None, "what has no body has no URLs in it"
        content = draft.choice.response.content[draft.choice.key]

        def wrong(changed: Any) -> int:
            return len(body_codec.violations(content, changed, _WHERE))

        def led(value: Any, tokens: Tokens) -> Any:
            text = self._addresses.led_back(value_at(value, tokens), base)
            return with_value(value, tokens, text)

        most, whole = wrong(value), value
        for tokens in places:
            whole = led(whole, tokens)
        if wrong(whole) <= most:
            return draft._replace(value=whole)
        for tokens in places:
            changed = led(value, tokens)
            value = changed if wrong(changed) <= most else value
        return draft._replace(value=value)

    # Headers

    def _headers(self, draft: Draft, request: Request, arguments: Arguments) -> Mapping[str, str]:
        headers = dict(draft.headers)
        code = draft.choice.response.code
        for header in draft.choice.response.headers:
            if header.name not in draft.declared or header.name not in headers:
                continue
            text = headers[header.name]
            if (code, header.name) in self._made:
                lead = _LEADING[header.name.lower()]
                found = next(lead(self, draft, request, arguments, header), None)
                headers[header.name] = text if found is None else found
            elif self._has_url(text):
                changed = self._addresses.led_back(text, self._base(request))
                headers[header.name] = changed if _accepts(header, changed) else text
        return headers

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
        text = f'<{client_base(request)}{request.path}{query}>; rel="self"'
        if _accepts(header, text):
            yield text


_Lead = Callable[[Links, Draft, Request, Arguments, Header], Iterator[str]]
_LEADING: Mapping[str, _Lead] = {"location": Links._location, "link": Links._link}


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
