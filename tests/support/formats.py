"""Formats: a text or number of each, and what is none."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from tests.support.served import (
    FREE,
    NO,
    Served,
    Table,
    body,
    code,
    json_of,
    operation,
    reason,
    served,
)


class Format(NamedTuple):
    """A format with what is of it and what isn't; one without `bad` values allows every text."""

    name: str
    good: Sequence[Any]
    bad: Sequence[Any] = ()
    type: str = "string"
    reason: str = ""
    # The look of generated texts, if the `jsonschema` package has no check of its own.
    looks: str = ""


# The OpenAPI Format Registry and JSON Schema 2020-12, Validation, section 7.3.
FORMATS = [
    Format("int32", [2**31 - 1], [2**31, -(2**31) - 1], "integer"),
    Format("int64", [2**63 - 1], [2**63], "integer"),
    Format("int8", [-128, 127], [-129, 128], "integer"),
    Format("int16", [-(2**15), 2**15 - 1], [2**15], "integer"),
    Format("uint8", [0, 255], [-1, 256], "integer"),
    Format("uint16", [0, 2**16 - 1], [-1, 2**16], "integer"),
    Format("uint32", [0, 2**32 - 1], [-1, 2**32], "integer"),
    Format("uint64", [0, 2**64 - 1], [-1, 2**64], "integer"),
    Format("double-int", [2**53 - 1], [2**53], "integer"),
    Format("sf-integer", [10**15 - 1], [10**15], "integer"),
    Format("sf-decimal", [0.125], [10**12], "number"),
    Format("decimal, decimal128", [1.5], (), "number"),
    Format("unixtime", [1_700_000_000], (), "integer"),
    Format("float", [1.5, 3.4e38], [3.5e38], "number"),
    Format("double", [1.5, 1e300], [10**309], "number"),
    Format(
        "date-time",
        ["2024-02-29T12:00:00Z", "2024-01-01T00:00:00.5+02:00"],
        ["2024-02-30T12:00:00Z", "2024-01-01", "2024-01-01T00:00:00"],
    ),
    Format("date", ["2024-02-29"], ["2023-02-29", "2024-1-1"]),
    Format("time", ["12:00:00Z", "12:00:00.5+02:00"], ["25:00:00Z", "12:00"]),
    Format("duration", ["P1D", "PT1H30M"], ["1 day", "P"]),
    Format("email", ["ada@example.com"], ["ada", "@example.com"]),
    Format("idn-email", ["ada@bücher.example"], ["ada"]),
    Format("hostname", ["example.com"], ["-a.example", "a b"]),
    Format("idn-hostname", ["bücher.example"], ["a b"]),
    Format("ipv4", ["127.0.0.1"], ["256.0.0.1", "127.0.0"]),
    Format("ipv6", ["::1"], ["12345::", "127.0.0.1"]),
    Format("uri", ["https://example.com/a?b#c"], ["/a", "https://example.com/ä"]),
    Format("uri-reference", ["/a", "?b"], ["\\a"]),
    Format("iri", ["https://example.com/ä"], ["/ä"]),
    Format("iri-reference", ["/ä"], ["\\ä"]),
    Format("uri-template", ["/a/{b}"], ["/a/{b"]),
    Format(
        "uuid",
        ["178bda33-35fe-4b59-b46c-5e0d4e75d9d0"],
        ["178bda33", "178bda3335fe4b59b46c5e0d4e75d9d0"],
    ),
    Format("json-pointer", ["", "/a/0"], ["a"]),
    Format("relative-json-pointer", ["0/a"], ["/a"]),
    Format("regex", ["^[a-z]+$"], ["[a-z"]),
    Format("byte", ["aGVsbG8="], ["a", "no base64!"], looks="^[A-Za-z0-9+/]*={0,2}$"),
    Format("int64", ["-5", str(2**63 - 1)], [str(2**63), "five"], looks=r"^-?\d+$"),
    Format("uint64", ["5", str(2**64 - 1)], ["-5", str(2**64)], looks=r"^\d+$"),
    Format("decimal", ["12.50"], ["1e5", "five"], looks=r"^-?\d+(\.\d+)?$"),
    Format("decimal128", ["12.5", "1E-7"], ["five", "9" * 35], looks=r"^-?\d+(\.\d+)?$"),
    Format("unixtime", ["1700000000"], ["five"], looks=r"^\d+$"),
    Format("int8, int16, int32, uint8, uint16, uint32, double-int", ["any"], looks=r"^-?\d+$"),
    Format("sf-integer", ["any"], looks=r"^-?\d{1,15}$"),
    Format("sf-decimal", ["any"], looks=r"^-?\d{1,12}\.\d{1,3}$"),
    Format("float, double", ["any"], looks=r"^-?\d+(\.\d+)?$"),
    Format("base64url", ["any"], looks="^[A-Za-z0-9_-]*={0,2}$"),
    Format("char", ["any"], looks="^.$"),
    Format("date-time-local", ["any"], looks=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$"),
    Format("time-local", ["any"], looks=r"^\d\d:\d\d:\d\d(\.\d+)?$"),
    Format("http-date", ["any"], looks=r"^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$"),
    Format("media-range", ["any"], looks=r"^[^/ ]+/[^/ ]+$"),
    Format("language", ["any"], looks=r"^[A-Za-z]{2,3}(-\w+)*$"),
    Format("ipv4-cidr", ["any"], looks=r"^\d+\.\d+\.\d+\.\d+/\d+$"),
    Format("ipv6-cidr", ["any"], looks="^[0-9a-f:]+/[0-9]+$"),
    Format("sf-binary", ["any"], looks="^:[A-Za-z0-9+/]*={0,2}:$"),
    Format("sf-boolean", ["any"], looks=r"^\?[01]$"),
    Format("sf-string", ["any"], looks='^".*"$'),
    Format("sf-token", ["any"], looks=r"^[A-Za-z*][^ ]*$"),
    Format("binary, password, html, commonmark", ["any text"]),
]


def tables() -> Iterator[Table]:
    """Yield the one table of formats."""
    text = (
        "Formats are asserted in 3.0, 3.1 and 3.2; of OpenAPI's registry those of numbers, and of"
        " texts for numbers if the registry has a format for both. A format that isn't known here"
        " allows every value of its type, as JSON Schema says; what is made up goes by its name if"
        " that says something (`phone`, `iban`)."
    )
    found = [_rows(version) for version in ("3.0.4", "3.1.0", "3.2.0")]
    assert all(rows == found[0] for rows in found), "the versions differ"
    yield Table("Formats", text, ("format", "type", "requests", "replies", ""), found[0])


def _rows(version: str) -> list[list[str]]:
    named = [(entry, name) for entry in FORMATS for name in entry.name.split(", ")]
    paths = {
        f"/{entry.type}/{name}": {
            "post": operation(requestBody=body(json_of(_schema(entry, name)))),
            "get": operation(json_of(_list_of(_schema(entry, name)))),
        }
        for entry, name in named
    }
    with served(paths, version) as server:
        outcomes = {
            (entry.type, name): _outcome(server, f"/{entry.type}/{name}", entry)
            for entry, name in named
        }
    return [
        _row(entry, [outcomes[entry.type, name] for name in entry.name.split(", ")])
        for entry in FORMATS
    ]


def _outcome(server: Served, path: str, entry: Format) -> tuple[bool, bool]:
    """Return whether requests are judged as they should be, and generated values keep to it."""
    taken = [server.post(path, value).is_taken for value in entry.good]
    refused = [server.post(path, value).is_refused for value in entry.bad]
    made = list(server.made_up(path))
    faults = [fault for got in made for fault in server.faults(path, got)]
    looks = all(
        re.search(entry.looks, str(text)) for got in made for text in json.loads(got.content)
    )
    return all(taken) and all(refused), looks and not faults


def _row(entry: Format, outcomes: Sequence[tuple[bool, bool]]) -> list[str]:
    is_asserted, is_made = (all(column) for column in zip(*outcomes, strict=True))
    requests = ("yes" if entry.bad else FREE) if is_asserted else NO
    why = reason(entry.reason, is_asserted and is_made, entry.name)
    return [code(entry.name), entry.type, requests, "yes" if is_made else NO, why]


def _schema(entry: Format, name: str) -> dict[str, Any]:
    return {"type": entry.type, "format": name}


def _list_of(schema: Any) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "items": schema}
