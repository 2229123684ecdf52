"""Parameters: every style in every place, as the tables of the specification write them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.support.served import (
    NO,
    Got,
    Raw,
    Served,
    Table,
    json_of,
    operation,
    served,
)

VERSIONS = ("3.0.4", "3.1.0", "3.2.0")
KINDS = ("single", "list", "object")
INTEGER = {"type": "integer"}
SCHEMAS: Mapping[str, Any] = {
    "single": INTEGER,
    "list": {"type": "array", "items": INTEGER, "minItems": 2, "maxItems": 2},
    "object": {
        "type": "object",
        "required": ["R", "G"],
        "additionalProperties": False,
        "properties": {"R": INTEGER, "G": INTEGER},
    },
}


_HEADERS = "Required ones are always there."
FEATURES = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))


class Style(NamedTuple):
    """The texts of 3, [3, 4] and {"R": 3, "G": 4}; None if the specification has no way."""

    place: str
    style: str
    explode: bool
    single: str | None
    list: str | None
    object: str | None
    versions: tuple[str, ...] = VERSIONS


# OAS 3.1.1, section 4.8.12.3, and OAS 3.2.0, section 4.12.4.
STYLES = [
    Style("path", "simple", False, "3", "3,4", "R,3,G,4"),
    Style("path", "simple", True, "3", "3,4", "R=3,G=4"),
    Style("path", "label", False, ".3", ".3,4", ".R,3,G,4"),
    Style("path", "label", True, ".3", ".3.4", ".R=3.G=4"),
    Style("path", "matrix", False, ";p=3", ";p=3,4", ";p=R,3,G,4"),
    Style("path", "matrix", True, ";p=3", ";p=3;p=4", ";R=3;G=4"),
    Style("query", "form", False, "p=3", "p=3,4", "p=R,3,G,4"),
    Style("query", "form", True, "p=3", "p=3&p=4", "R=3&G=4"),
    Style("query", "spaceDelimited", False, None, "p=3%204", "p=R%203%20G%204"),
    Style("query", "pipeDelimited", False, None, "p=3%7C4", "p=R%7C3%7CG%7C4"),
    Style("query", "deepObject", True, None, None, "p%5BR%5D=3&p%5BG%5D=4"),
    Style("header", "simple", False, "3", "3,4", "R,3,G,4"),
    Style("header", "simple", True, "3", "3,4", "R=3,G=4"),
    Style("cookie", "form", False, "p=3", "p=3,4", "p=R,3,G,4"),
    Style("cookie", "form", True, "p=3", "p=3&p=4", "R=3&G=4"),
    Style("cookie", "cookie", False, "p=3", "p=3,4", "p=R,3,G,4", ("3.2.0",)),
    Style("cookie", "cookie", True, "p=3", "p=3; p=4", "R=3; G=4", ("3.2.0",)),
]


def tables() -> Iterator[Table]:
    """Return the tables of styles, and of the other fields of a parameter."""
    text = (
        "What is written as the specification has it is read, coerced by the schema, and refused"
        " where it breaks it. A dash stands where the specification has no such form."
    )
    columns = ("in", "style", "explode", *KINDS, "versions")
    outcomes = _outcomes(list(_tries()))
    yield Table("Parameters by style", text, columns, [_style_row(s, outcomes) for s in STYLES])
    rows = [_feature_row(feature, outcomes) for feature in FEATURES]
    rows.append(["headers of replies", "yes" if _reply_header() else NO, "3.1", _HEADERS])
    yield Table("Parameters beside their style", "", ("", "supported", "versions", ""), rows)


class Try(NamedTuple):
    """A parameter, written well and badly, in some versions; `key` is what it is known by."""

    key: str
    parameter: Raw
    good: str
    bad: str
    versions: Sequence[str] = VERSIONS


def _tries() -> Iterator[Try]:
    """Yield all of them."""
    for style in STYLES:
        for kind, text in zip(KINDS, style[3:6], strict=True):
            said = {"style": style.style, "explode": style.explode, "schema": SCHEMAS[kind]}
            parameter = {"in": style.place, "required": True, **said}
            if text is not None:
                bad = text.replace("3", "x")
                yield Try(_key(style, kind), parameter, text, bad, style.versions)
    for feature in FEATURES:
        yield Try(**{("key" if k == "name" else k): v for k, v in feature.items() if k != "note"})


def _key(style: Style, kind: str) -> str:
    return f"{style.place} {style.style} {style.explode} {kind}"


def _outcomes(tries: Sequence[Try]) -> Mapping[str, bool]:
    """Return whether each is taken and refused as it should be, in all of its versions."""
    found = dict.fromkeys((one.key for one in tries), True)
    for version in VERSIONS:
        those = [one for one in tries if version in one.versions]
        paths = {_path(n, one): _item(one.parameter) for n, one in enumerate(those)}
        with served(paths, version) as server:
            for n, one in enumerate(those):
                taken = _sent(server, n, one, one.good).is_taken
                refused = _sent(server, n, one, one.bad).is_refused
                found[one.key] = found[one.key] and taken and refused
    return found


def _path(n: int, one: Try) -> str:
    return f"/{n}/{{p}}" if one.parameter["in"] == "path" else f"/{n}"


def _item(parameter: Raw) -> dict[str, Any]:
    return {"get": operation(json_of(INTEGER), parameters=[{"name": "p", **parameter}])}


def _sent(server: Served, n: int, one: Try, text: str) -> Got:
    """Return the reply to a parameter as it's written."""
    place = one.parameter["in"]
    if place == "path":
        return server.ask("GET", f"/{n}/{text}")
    if place in ("query", "querystring"):
        return server.ask("GET", f"/{n}?{text}" if text else f"/{n}")
    return server.ask("GET", f"/{n}", headers={"Cookie" if place == "cookie" else "p": text})


def _style_row(style: Style, outcomes: Mapping[str, bool]) -> list[str]:
    found = [outcomes.get(_key(style, kind)) for kind in KINDS]
    cells = ["–" if one is None else "yes" if one else NO for one in found]
    shown = ", ".join(version[:3] for version in style.versions)
    return [style.place, style.style, str(style.explode).lower(), *cells, shown]


def _feature_row(feature: Raw, outcomes: Mapping[str, bool]) -> list[str]:
    versions = ", ".join(version[:3] for version in feature.get("versions", VERSIONS))
    supported = "yes" if outcomes[feature["name"]] else NO
    return [feature["name"], supported, versions, feature.get("note", "")]


def _reply_header() -> bool:
    """Return whether declared headers of a reply follow their schemas, lists and objects too."""
    headers = {
        f"X-{kind}": {"required": True, "explode": True, "schema": schema}
        for kind, schema in SCHEMAS.items()
    }
    response = {"description": "d", "headers": headers}
    with served({"/a": {"get": {"responses": {"200": response}}}}) as server:
        sent = server.ask("GET", "/a").headers
    pairs = dict(pair.split("=") for pair in sent["x-object"].split(","))
    numbers = [sent["x-single"], *sent["x-list"].split(","), *pairs.values()]
    return len(numbers) == 5 and pairs.keys() == {"R", "G"} and all(map(_is_integer, numbers))


def _is_integer(text: str) -> bool:
    return isinstance(json.loads(text), int)
