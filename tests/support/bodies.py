"""Bodies: every family of media types, the Encoding Object, and the `xml` keywords."""

from __future__ import annotations

import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import yaml

from tests.helpers.judge import faults
from tests.helpers.second_reader import body_value
from tests.support.served import (
    NO,
    Got,
    Raw,
    Served,
    Table,
    body,
    operation,
    reason,
    served,
)

INTEGER = {"type": "integer"}
THING = {
    "type": "object",
    "required": ["n"],
    "additionalProperties": False,
    "properties": {"n": INTEGER},
    "xml": {"name": "thing"},
}
ROWS = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
Judge = Callable[[Got], bool]


class Media(NamedTuple):
    """Media types of one family: how a thing is written, well and badly, and read from a reply."""

    names: Sequence[str]
    good: bytes
    bad: bytes
    entry: Raw
    version: str = "3.1.0"
    reads: Callable[[Got], Any] | None = None


def tables() -> Iterator[Table]:
    """Media types, encodings and XML."""
    text = (
        "*Requests*: *judged* bodies are read and refused where they break the schema; others are"
        " taken as they come. *Replies*: made up by the schema, or a small valid file."
    )
    rows = [*_media_rows("3.1.0"), *_media_rows("3.2.0"), *_file_rows()]
    yield Table("Media types", text, ("media types", "requests", "replies"), rows)
    text = "Properties of forms, parts of multipart bodies and elements of XML, in requests."
    columns = ("", "supported", "versions", "")
    yield Table("Forms, multipart and XML", text, columns, list(_detail_rows()))


def _media_rows(version: str) -> Iterator[list[str]]:
    """Yield what the families of one version come to; all types of a family have to be alike."""
    families = [media for media in _FAMILIES if media.version == version]
    paths = {
        _path(n, name): {
            "post": operation(requestBody=body({name: media.entry})),
            "get": operation({name: media.entry}),
        }
        for n, media in enumerate(families)
        for name in media.names
    }
    with served(paths, version) as server:
        for n, media in enumerate(families):
            found = {_outcome(server, _path(n, name), name, media) for name in media.names}
            assert len(found) == 1, f"the types of {media.names} differ"
            yield [", ".join(f"`{name}`" for name in media.names), *found.pop()]


def _path(n: int, name: str) -> str:
    return f"/{n}/{name.replace('/', '-')}"


def _outcome(server: Served, path: str, name: str, media: Media) -> tuple[str, str]:
    """Return how bodies of one type are taken, and how those of replies are made."""
    good, bad = (server.post(path, sent, _type(name)) for sent in (media.good, media.bad))
    made = list(server.made_up(path))
    if media.reads is None:
        kept = not any(fault for got in made for fault in server.faults(path, got))
    else:
        kept = all(not faults(THING, media.reads(got)) for got in made)
    judged = "judged" if bad.is_refused else "as they come"
    return judged if good.is_taken else NO, "by the schema" if kept else NO


def _type(name: str) -> str:
    return f"{name}; boundary=b" if name.startswith("multipart") else name


def _file_rows() -> Iterator[list[str]]:
    """Files: any bytes are taken, and what is sent is a file of that type."""
    entry = {"schema": {"type": "string", "format": "binary"}}
    paths = {
        _path(n, name): {
            "post": operation(requestBody=body({name: entry})),
            "get": operation({name: entry}),
        }
        for n, (names, _) in enumerate(_FILES)
        for name in names
    }
    with served(paths, "3.0.4") as server:
        for n, (names, is_one) in enumerate(_FILES):
            sent = [server.post(_path(n, name), _ANY, name).is_taken for name in names]
            made = [is_one(got) for name in names for got in server.made_up(_path(n, name))]
            shown = ", ".join(f"`{name}`" for name in names)
            requests = "as they come" if all(sent) else NO
            yield [shown, requests, "a small valid file" if all(made) else NO]


def _detail_rows() -> Iterator[list[str]]:
    """Each way in which it may be written is taken, and each that breaks it is refused."""
    outcomes = [True] * len(ROWS)
    for version in ("3.0.4", "3.1.0", "3.2.0"):
        those = {f"/{n}": row for n, row in enumerate(ROWS) if version in row["versions"]}
        bodies = {path: body({row["type"]: row["content"]}) for path, row in those.items()}
        paths = {path: {"post": operation(requestBody=one)} for path, one in bodies.items()}
        with served(paths, version) as server:
            for path, row in those.items():
                taken = [_sent(server, path, row["type"], text).is_taken for text in row["good"]]
                refused = [_sent(server, path, row["type"], text).is_refused for text in row["bad"]]
                outcomes[int(path[1:])] &= all(taken) and all(refused)
    for row, supported in zip(ROWS, outcomes, strict=True):
        versions = ", ".join(version[:3] for version in row["versions"])
        why = reason(row.get("reason", ""), supported, row["name"])
        yield [row["name"], "yes" if supported else NO, versions, why]


def _sent(server: Served, path: str, kind: str, text: str) -> Got:
    """Return the reply to a body as it's written; lines of multipart bodies end as they have to."""
    written = text.replace("\n", "\r\n") if kind.startswith("multipart") else text
    return server.post(path, written.encode(), _type(kind))


def multipart(part: bytes, headers: bytes = b'Content-Disposition: form-data; name="n"') -> bytes:
    """Return a body of one part."""
    return b"--b\r\n" + headers + b"\r\n\r\n" + part + b"\r\n--b--\r\n"


def _from_yaml(got: Got) -> Any:
    return yaml.safe_load(got.content)


def _from_xml(got: Got) -> Any:
    root = ElementTree.fromstring(got.content)
    return {child.tag: json.loads(child.text or "null") for child in root}


def _from_form(got: Got) -> Any:
    pairs = (pair.split("=") for pair in got.content.decode().split("&"))
    return {name: json.loads(text) for name, text in pairs}


def _from_parts(got: Got) -> Any:
    parts = body_value("multipart/form-data", got)
    return {part.get_param("name", header="content-disposition"): json.loads(part.get_content())
            for part in parts}  # fmt: skip


def _from_mixed(got: Got) -> Any:
    first, *_ = body_value("multipart/mixed", got)
    return json.loads(first.get_payload(decode=True))


_ONE, _BAD = b'{"n": 1}', b'{"n": "x"}'
_ANY = b"<svg>&#255;</svg>"
_THING, _ITEMS = {"schema": THING}, {"itemSchema": THING}
_EVENT_FIELDS = {"event": {"enum": ["a"]}, "data": {"type": "string"}}
_EVENT = {
    "itemSchema": {"type": "object", "required": ["event", "data"], "properties": _EVENT_FIELDS}
}
_TEXT = {"schema": {"type": "string", "minLength": 2, "maxLength": 9}}
_MIXED = {"schema": {"type": "array", "minItems": 1, "items": THING}}
_JSON_PART = b"Content-Type: application/json"
_FAMILIES = [
    Media(("application/json", "text/json", "application/problem+json"), _ONE, _BAD, _THING),
    Media(("application/x-www-form-urlencoded",), b"n=1", b"n=x", _THING, reads=_from_form),
    Media(("multipart/form-data",), multipart(b"1"), multipart(b"x"), _THING, reads=_from_parts),
    Media(
        ("multipart/mixed", "multipart/related"),
        multipart(_ONE, _JSON_PART),
        multipart(_BAD, _JSON_PART),
        _MIXED,
        reads=_from_mixed,
    ),
    Media(
        ("application/xml", "text/xml", "application/atom+xml"),
        b"<thing><n>1</n></thing>",
        b"<thing><n>x</n></thing>",
        _THING,
        reads=_from_xml,
    ),
    Media(("text/plain", "text/html", "text/csv", "text/markdown"), b"abc", b"a", _TEXT),
    Media(
        ("application/jsonl", "application/x-ndjson"), _ONE + b"\n", _BAD + b"\n", _ITEMS, "3.2.0"
    ),
    Media(
        ("application/json-seq", "application/geo+json-seq"),
        b"\x1e" + _ONE + b"\n",
        b"\x1e" + _BAD + b"\n",
        _ITEMS,
        "3.2.0",
    ),
    Media(
        ("text/event-stream",),
        b"event: a\ndata: x\n\n",
        b"event: b\ndata: x\n\n",
        _EVENT,
        "3.2.0",
    ),
    Media(
        ("application/yaml",),
        b"n: 1\n",
        b"n: x\n",
        _THING,
        reads=_from_yaml,
    ),
    Media(("application/vnd.own", "application/graphql"), b"any", b"\xff", _TEXT),
]


def _begins(*magic: bytes) -> Judge:
    return lambda got: got.content.startswith(magic)


def _is_zip(got: Got) -> bool:
    return zipfile.ZipFile(io.BytesIO(got.content)).testzip() is None


def _is_gzip(got: Got) -> bool:
    return bool(zlib.decompress(got.content, wbits=31))


def _is_svg(got: Got) -> bool:
    return ElementTree.fromstring(got.content).tag.endswith("svg")


def _is_pdf(got: Got) -> bool:
    return re.fullmatch(rb"%PDF-1.*%%EOF\n?", got.content, re.DOTALL) is not None


_OFFICE = "application/vnd.openxmlformats-officedocument"
_FILES: list[tuple[Sequence[str], Judge]] = [
    (("image/png",), _begins(b"\x89PNG\r\n\x1a\n")),
    (("image/jpeg",), _begins(b"\xff\xd8\xff")),
    (("image/gif",), _begins(b"GIF89a")),
    (("image/webp",), lambda got: got.content[8:12] == b"WEBP"),
    (("image/svg+xml",), _is_svg),
    (("image/bmp", "image/tiff", "image/x-icon"), _begins(b"BM", b"II*\0", b"MM\0*", b"\0\0\1\0")),
    (("application/pdf",), _is_pdf),
    (
        (
            "application/zip",
            f"{_OFFICE}.wordprocessingml.document",
            f"{_OFFICE}.spreadsheetml.sheet",
        ),
        _is_zip,
    ),
    (("application/gzip",), _is_gzip),
    (("application/x-tar", "application/x-bzip2"), lambda got: len(got.content) > 9),
    (("audio/wav", "audio/mpeg", "audio/ogg"), _begins(b"RIFF", b"ID3", b"\xff", b"OggS")),
    (("video/mp4",), lambda got: got.content[4:8] == b"ftyp"),
    (("font/ttf", "font/woff", "font/woff2"), _begins(b"\0\1\0\0", b"wOFF", b"wOF2")),
    (("application/octet-stream",), lambda got: bool(got.content)),
]
