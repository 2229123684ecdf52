"""Schema keywords: a value that keeps to each, and one that doesn't."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.helpers.string_contents import content_faults
from tests.support.served import (
    FREE,
    NO,
    Raw,
    Served,
    Table,
    body,
    code,
    json_of,
    operation,
    reason,
    served,
)


class Keyword(NamedTuple):
    """A schema in which a keyword decides; one without `bad` values doesn't affect validity.

    `note` always shows in the page, `reason` if the keyword isn't supported.
    """

    names: str
    schema: Any
    good: Sequence[Any]
    bad: Sequence[Any] = ()
    note: str = ""
    reason: str = ""


_ROWS = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
SHARED = _ROWS["shared"]
COMMON, OWN_2020, OWN_30 = (
    [Keyword(**row) for row in _ROWS[name]] for name in ("common", "json_schema_2020", "openapi_30")
)
_ONE_WAY = _ROWS["one_way"]


def tables() -> Iterator[Table]:
    """Yield a table for each dialect."""
    text = (
        "*Requests*: a body that breaks it is refused; what isn't asserted refuses nothing."
        " *Replies*: made-up bodies keep to it in every mode (`dynamic=true`, `minimal`, `maximal`,"
        " `boundary`), by the `jsonschema` package."
    )
    rows = _rows([*OWN_2020, *COMMON], "3.1.0", "3.2.0")
    heading = "Schemas in 3.1 and 3.2: JSON Schema 2020-12"
    yield Table(heading, text, _COLUMNS, rows)
    shared = {name: SHARED[name] for name in ("Cat", "Dog")}
    rows = _rows([*OWN_30, *COMMON], "3.0.4", shared=shared)
    yield Table("Schemas in 3.0", "Draft 4 as OAS 3.0 changes it.", _COLUMNS, rows)


_COLUMNS = ("keyword", "requests", "replies", "")


def _rows(keywords: list[Keyword], *versions: str, shared: Raw = SHARED) -> list[list[str]]:
    """Return what each keyword comes to, in every version the same."""
    paths = {
        f"/{n}": {
            "post": operation(requestBody=body(json_of(keyword.schema))),
            "get": operation(json_of(keyword.schema)),
        }
        for n, keyword in enumerate(keywords)
    }
    paths["/one-way"] = {"post": operation(json_of(_ONE_WAY), requestBody=body(json_of(_ONE_WAY)))}
    found = []
    for version in versions:
        with served(paths, version, components={"schemas": shared}) as server:
            tried = [_row(server, f"/{n}", keyword) for n, keyword in enumerate(keywords)]
            found.append([*tried, _one_way(server)])
    assert all(rows == found[0] for rows in found), "the versions differ"
    return found[0]


def _row(server: Served, path: str, keyword: Keyword) -> list[str]:
    taken = [server.post(path, value).is_taken for value in keyword.good]
    refused = [server.post(path, value).is_refused for value in keyword.bad]
    assert all(server.is_wrong(path, value) for value in keyword.bad), keyword.names
    is_asserted = all(taken) and all(refused)
    made = list(server.made_up(path))
    faults = [fault for got in made for fault in server.faults(path, got)]
    if "content" in keyword.names:  # which no validator asserts
        values = [json.loads(got.content) for got in made]
        faults += [fault for v in values for fault in content_faults(keyword.schema, v, {})]
    requests = ("yes" if keyword.bad else FREE) if is_asserted else NO
    notes = [keyword.note, reason(keyword.reason, is_asserted and not faults, keyword.names)]
    return [code(keyword.names), requests, NO if faults else "yes", " ".join(filter(None, notes))]


def _one_way(server: Served) -> list[str]:
    """`readOnly` and `writeOnly` with `required`: each is asked for on its way alone."""
    whole = {"name": "a", "secret": "b"}
    taken = server.post("/one-way", whole).is_taken
    refused = server.post("/one-way", {"name": "a"}).is_refused
    faults = server.faults("/one-way", server.post("/one-way", whole), "POST")
    requests = "yes" if taken and refused else NO
    note = "Required on its own way alone."
    return ["`readOnly`, `writeOnly`", requests, NO if faults else "yes", note]
