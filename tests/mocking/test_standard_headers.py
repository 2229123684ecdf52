"""Declared standard headers, each read by a parser that nobody here wrote or by its grammar."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from http.cookies import SimpleCookie
from typing import Any
from uuid import UUID

import httpx
import pytest
from requests.utils import parse_header_links
from werkzeug import http as werkzeug
from werkzeug.datastructures import WWWAuthenticate

from tests.helpers.running import Mock, Serve, json_of

TEXT = {"type": "string"}
NUMBER = {"type": "integer"}
PETS = {"type": "array", "minItems": 2, "items": {"type": "object", "required": ["name"],
        "properties": {"name": TEXT}}}  # fmt: skip
SEEDS = range(6)
NOW = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)
TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
MEDIA_TYPE = rf"{TOKEN}/{TOKEN}(?:;\s*{TOKEN}=(?:{TOKEN}|\"[^\"]*\"))*"
LIST_OF = r"(?:{0})(?:\s*,\s*(?:{0}))*"
# Numbers, strings and tokens of structured fields (RFC 9651), as far as headers here have them.
PARAMETERS = r'(?:;[a-z*][a-z0-9_.*-]*=(?:\d+|"[^"]*"|[A-Za-z*][^\s,;]*))*'


def date(text: str) -> datetime:
    """Return a date of HTTP, which has one form alone (RFC 9110, section 5.6.7)."""
    found = parsedate_to_datetime(text)
    assert format_datetime(found, usegmt=True) == text
    return found


def is_day_ahead(text: str) -> bool:
    found = date(text)
    return found > NOW and (found.hour, found.minute, found.second) == (0, 0, 0)


def matches(pattern: str) -> Callable[[str, httpx.Response], bool]:
    return lambda text, reply: re.fullmatch(pattern, text) is not None


def is_below(most: int) -> Callable[[str, httpx.Response], bool]:
    return lambda text, reply: text.isascii() and text.isdigit() and 0 <= int(text) <= most


def is_uuid(text: str, reply: httpx.Response) -> bool:
    return str(UUID(text)) == text


def links_lead_somewhere(text: str, reply: httpx.Response) -> bool:
    links = parse_header_links(text)
    statuses = {httpx.get(link["url"]).status_code for link in links if link["rel"]}
    return statuses == {reply.status_code}


def leads_somewhere(text: str, reply: httpx.Response) -> bool:
    return httpx.get(reply.url.join(text)).status_code == reply.status_code


def is_cookie(text: str, reply: httpx.Response) -> bool:
    (morsel,) = SimpleCookie(text).values()
    return bool(morsel.value) and not morsel["secure"]


def is_attachment(text: str, reply: httpx.Response) -> bool:
    kind, parameters = werkzeug.parse_options_header(text)
    return kind == "attachment" and parameters["filename"].endswith(".json")


def is_range(text: str, reply: httpx.Response) -> bool:
    found = werkzeug.parse_content_range_header(text)
    assert found is not None and found.length == len(reply.content)
    return (found.units, found.start, found.stop) == ("bytes", 0, found.length)


def is_challenge(text: str, reply: httpx.Response) -> bool:
    found = WWWAuthenticate.from_header(text)
    return found is not None and found.type in ("bearer", "basic") and bool(found.realm)


def is_tag(text: str, reply: httpx.Response) -> bool:
    tag, is_weak = werkzeug.unquote_etag(text)
    return bool(tag) and not is_weak and werkzeug.quote_etag(tag) == text


def is_cache_control(text: str, reply: httpx.Response) -> bool:
    found = werkzeug.parse_cache_control_header(text)
    return bool(found) and found.to_header() == text


# By name: the schemas that documents give the header, and what its values have to be.
HEADERS: Mapping[str, tuple[list[Any], Callable[[str, httpx.Response], bool]]] = {
    "ETag": ([TEXT, {}], is_tag),
    "Last-Modified": ([TEXT, {**TEXT, "format": "date-time"}],
                      lambda text, _: "T" in text or date(text) < NOW),
    "Expires": ([TEXT], lambda text, _: is_day_ahead(text)),
    "Sunset": ([TEXT], lambda text, _: is_day_ahead(text)),
    "Age": ([TEXT, NUMBER], is_below(3600)),
    "Retry-After": ([TEXT, NUMBER, {**NUMBER, "minimum": 1}], is_below(5)),
    "Location": ([TEXT, {**TEXT, "format": "uri"}, {**TEXT, "format": "uri-reference"}],
                 leads_somewhere),
    "Content-Location": ([TEXT], leads_somewhere),
    "Link": ([TEXT], links_lead_somewhere),
    "Cache-Control": ([TEXT], is_cache_control),
    "Vary": ([TEXT], matches(LIST_OF.format(TOKEN))),
    "Allow": ([TEXT], lambda text, _: "GET" in werkzeug.parse_set_header(text)),
    "Accept-Ranges": ([TEXT], matches("bytes|none")),
    "Accept-Patch": ([TEXT], matches(LIST_OF.format(MEDIA_TYPE))),
    "Accept-Post": ([TEXT], matches(LIST_OF.format(MEDIA_TYPE))),
    "Accept-Query": ([TEXT], matches(LIST_OF.format(f'"{MEDIA_TYPE}"|{TOKEN}/{TOKEN}'))),
    "Content-Language": ([TEXT], matches("[a-z]{2}(-[A-Z]{2})?")),
    "Content-Disposition": ([TEXT], is_attachment),
    "Content-Range": ([TEXT], is_range),
    "WWW-Authenticate": ([TEXT], is_challenge),
    "Set-Cookie": ([TEXT], is_cookie),
    "Strict-Transport-Security": ([TEXT], matches(r"max-age=\d+(; includeSubDomains)?")),
    "Server-Timing": ([TEXT], matches(rf"{TOKEN}(;dur=\d+(\.\d+)?)?")),
    "Deprecation": ([TEXT], lambda text, _: text[0] == "@" and int(text[1:]) < NOW.timestamp()),
    "RateLimit": ([TEXT], matches(rf'"[a-z]+"{PARAMETERS}')),
    "RateLimit-Policy": ([TEXT], matches(rf'"[a-z]+"{PARAMETERS}')),
    "RateLimit-Limit": ([TEXT, NUMBER], is_below(10_000)),
    "RateLimit-Remaining": ([NUMBER], is_below(10_000)),
    "RateLimit-Reset": ([NUMBER], is_below(3600)),
    "X-RateLimit-Limit": ([TEXT, NUMBER], is_below(10_000)),
    "X-RateLimit-Remaining": ([TEXT, NUMBER], is_below(10_000)),
    "X-RateLimit-Reset": ([TEXT, NUMBER], is_below(3600)),
    "X-Request-Id": ([TEXT, {**TEXT, "format": "uuid"}], is_uuid),
    "X-Total-Count": ([TEXT, NUMBER], lambda text, reply: int(text) >= len(reply.json()) > 0),
    "traceparent": ([TEXT], matches("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[01]")),
    "Idempotency-Key": ([TEXT], matches('"[!-~]+"')),
    "Access-Control-Max-Age": ([TEXT, NUMBER], is_below(86_400)),
    "Content-Digest": ([TEXT], matches("sha-256=:[A-Za-z0-9+/]{43}=:")),
}  # fmt: skip


def paths(headers: Mapping[str, Any], schema: Any = PETS, **operation: Any) -> dict[str, Any]:
    """Return the paths of an operation whose reply has those headers."""
    response = {"description": "ok", "headers": headers, **json_of(schema)}
    return {"/pets": {"get": {"operationId": "pets", "responses": {"200": response}, **operation}}}


def all_headers(number: int) -> dict[str, Any]:
    """Return each header with that one of its schemas, or with the last that it has."""
    return {
        name: {"required": True, "schema": schemas[min(number, len(schemas) - 1)]}
        for name, (schemas, _) in HEADERS.items()
    }


def at(mock: Mock, moment: datetime) -> httpx.Response:
    """Return the reply to a request at that time of the session's clock."""
    assert mock.client.put("/_mock/clock", json={"now": moment.isoformat()}).is_success
    return mock.get("/pets")


@pytest.mark.parametrize("number", range(3))
def test_a_standard_header_has_its_own_grammar(serve: Serve, number: int) -> None:
    mock = serve(paths(all_headers(number)))
    at(mock, NOW)
    for seed in SEEDS:
        reply = mock.get("/pets", headers={"prefer": f"seed={seed}"})
        assert reply.status_code == 200, reply.text
        texts = {name: reply.headers[name] for name in HEADERS}
        wrong = {n: text for n, text in texts.items() if not HEADERS[n][1](text, reply)}
        assert wrong == {}
        assert mock.faults(reply) == []
        assert "mock-violations" not in reply.headers


FIRST = {
    "an example": ({"schema": TEXT, "example": "mine"}, "mine"),
    "an example of the schema": ({"schema": {**TEXT, "example": "mine"}}, "mine"),
    "examples": ({"schema": TEXT, "examples": {"one": {"value": "mine"}}}, "mine"),
    "an enum": ({"schema": {"enum": ["mine"]}}, "mine"),
    "a constant": ({"schema": {"const": "mine"}}, "mine"),
    "a default": ({"schema": {**TEXT, "default": "mine"}}, "mine"),
    "a pattern that no value of the grammar fits": ({"schema": {**TEXT, "pattern": "^m1$"}}, "m1"),
    "a shared header": ({"$ref": "#/components/headers/Mine"}, "mine"),
}


@pytest.mark.parametrize(("header", "text"), FIRST.values(), ids=FIRST)
def test_what_the_document_says_of_a_header_goes_first(
    serve: Serve, header: Any, text: str
) -> None:
    names = ("ETag", "Retry-After", "Vary", "X-Request-Id", "Deprecation")
    components = {"headers": {"Mine": {"schema": TEXT, "example": "mine"}}}
    mock = serve({**paths(dict.fromkeys(names, header), NUMBER), "components": components})
    reply = mock.get("/pets")
    assert {name: reply.headers[name] for name in names} == dict.fromkeys(names, text)


PATTERNS = {
    "a tag without quotes": ("ETag", "^[0-9a-f]{32}$"),
    "a weak tag": ("ETag", '^W/"'),
    "an address of another origin": ("Location", "^https://pets[.]example/"),
    "a date by itself": ("Expires", r"^\d{4}-\d\d-\d\d$"),
    "an id without hyphens": ("X-Request-Id", "^[0-9a-f]{32}$"),
}


def test_the_links_of_pages_give_way_to_what_the_document_allows(serve: Serve) -> None:
    mock = serve(paths({"Link": {"required": True, "schema": {**TEXT, "pattern": "^m1$"}}}))
    assert mock.get("/pets").headers["link"] == "m1"


@pytest.mark.parametrize(("name", "pattern"), PATTERNS.values(), ids=PATTERNS)
def test_a_pattern_of_the_document_is_kept(serve: Serve, name: str, pattern: str) -> None:
    mock = serve(paths({name: {"required": True, "schema": {**TEXT, "pattern": pattern}}}))
    reply = mock.get("/pets")
    assert reply.status_code == 200
    assert re.search(pattern, reply.headers[name])


def test_a_time_ahead_is_the_same_all_day_and_moves_on_with_the_clock(serve: Serve) -> None:
    mock = serve(paths({"Sunset": {"schema": TEXT}, "Expires": {"schema": TEXT}}))

    def ahead(moment: datetime) -> tuple[datetime, ...]:
        headers = at(mock, moment).headers
        return date(headers["sunset"]), date(headers["expires"])

    assert ahead(NOW) == ahead(NOW + timedelta(hours=10))
    assert ahead(NOW + timedelta(days=400)) == tuple(t + timedelta(days=400) for t in ahead(NOW))


def test_an_id_and_a_trace_of_the_request_come_back(serve: Serve) -> None:
    mock = serve(paths({"X-Request-Id": {"schema": TEXT}, "traceparent": {"schema": TEXT}}))
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    reply = mock.get("/pets", headers={"x-request-id": "mine-1", "traceparent": trace})
    assert reply.headers["x-request-id"] == "mine-1"
    version, id, span, _ = reply.headers["traceparent"].split("-")
    assert (version, id) == ("00", "4bf92f3577b34da6a3ce929d0e0e4736")
    assert span != "00f067aa0ba902b7"


def test_an_id_that_the_schema_refuses_does_not_come_back(serve: Serve) -> None:
    mock = serve(paths({"X-Request-Id": {"schema": {**TEXT, "format": "uuid"}}}))
    reply = mock.get("/pets", headers={"x-request-id": "no uuid"})
    assert is_uuid(reply.headers["x-request-id"], reply)


def test_a_language_that_is_asked_for_is_named(serve: Serve) -> None:
    mock = serve(paths({"Content-Language": {"schema": TEXT}}))
    asked = {"accept-language": "de-CH, de;q=0.9"}
    assert mock.get("/pets", headers=asked).headers["content-language"] == "de-CH"
    assert mock.get("/pets", headers={"accept-language": "*"}).headers["content-language"] == "en"


def test_the_refusal_of_a_limit_has_nothing_left_and_a_short_wait(serve: Serve) -> None:
    headers = {name: {"schema": NUMBER} for name in ("Retry-After", "X-RateLimit-Remaining")}
    document = paths({})
    document["/pets"]["get"]["responses"]["429"] = {"description": "too many", "headers": headers}
    reply = serve(document).get("/pets", headers={"prefer": "code=429"})
    assert reply.status_code == 429
    assert reply.headers["x-ratelimit-remaining"] == "0"
    assert 1 <= int(reply.headers["retry-after"]) <= 5


def test_a_deprecated_operation_says_since_when(serve: Serve) -> None:
    mock = serve(paths({}, deprecated=True))
    assert re.fullmatch(r"@\d+", mock.get("/pets").headers["deprecation"])


def test_the_same_request_has_the_same_headers(serve: Serve) -> None:
    mock = serve(paths(all_headers(0)))
    mock.client.put("/_mock/clock", json={"now": NOW.isoformat(), "frozen": True})
    one, other = ({**mock.get("/pets").headers} for _ in range(2))
    assert {**one, "date": ""} == {**other, "date": ""}
