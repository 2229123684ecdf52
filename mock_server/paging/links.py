"""Links from one page to another: the address that a client used, with another position in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote_plus

from mock_server.generation import plain
from mock_server.http_messages import Request, uri_text
from mock_server.paging.places import Place

_ABSOLUTE_FORMATS = {"uri", "url", "iri"}
_HOST = re.compile(r"[A-Za-z0-9.\-_~%:\[\]]+")
# In a Link header's order (RFC 8288, section 3; the relations are IANA's).
RELATIONS = {"first": "first", "previous": "prev", "next": "next", "last": "last"}


@dataclass(frozen=True, slots=True)
class Address:
    """The address that a client used: `base` is scheme and host, and what is before the path."""

    base: str
    path: str
    query: str

    def written(self, form: str, query: str | None = None) -> str:
        """Return the address with another query; `form` is absolute, path, or query."""
        query = self.query if query is None else query
        asked = f"?{query}" if query else ""
        if form == "query":
            return asked or "?"
        return f"{self.base if form == 'absolute' else self.prefix}{self.path}{asked}"

    @property
    def prefix(self) -> str:
        """What stands between the host and the path."""
        _, _, rest = self.base.partition("://")
        return "".join(rest.partition("/")[1:])

    def with_query(self, dropped: Iterable[str], added: Mapping[str, object]) -> str:
        """Return the query without the dropped parameters, and with the added ones at its end."""
        without = {*dropped, *added}
        pairs = [pair for pair in self.query.split("&") if pair]
        kept = [pair for pair in pairs if unquote_plus(pair.partition("=")[0]) not in without]
        new = [f"{quote(name, safe='')}={quote(str(v), safe='')}" for name, v in added.items()]
        return "&".join([*kept, *new])


def address_of(request: Request) -> Address:
    """Return the address that a request was sent to (RFC 9110, section 7.1)."""
    host = request.header("host") or ""
    if not _HOST.fullmatch(host):
        host = "localhost"
    base = f"{request.scheme}://{host}{request.prefix}"
    return Address(base, uri_text(request.path), uri_text(request.query))


def link_forms(place: Place) -> tuple[str, ...]:
    """Return the forms of a link, first the one that the format, name or example suggests."""
    first = _first_form(place)
    return (first, *(form for form in ("absolute", "path", "query") if form != first))


def _first_form(place: Place) -> str:
    if place.formats & _ABSOLUTE_FORMATS:
        return "absolute"
    key = plain(place.name)
    if key.split("_")[-1:] == ["path"]:
        return "path"
    for hint in place.hints:
        if isinstance(hint, str) and hint:
            forms = {"/": "path", "?": "query"}
            return forms.get(hint[0], "absolute")
    # Twilio's `next_page_uri` is a path, which its libraries put behind their base address.
    return "path" if key.endswith("page_uri") else "absolute"


def link_header(links: Mapping[str, str | None]) -> str | None:
    """Return the value of a `Link` header (RFC 8288); None if there is no other page."""
    found = [f'<{url}>; rel="{RELATIONS[name]}"' for name, url in links.items() if url]
    return ", ".join(found) or None
