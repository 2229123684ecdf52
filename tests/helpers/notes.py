"""Handlers of `world_notes.yaml`: they know who may ask, and keep what each client wrote."""

from __future__ import annotations

from base64 import b64decode
from itertools import count
from typing import Any
from urllib.parse import parse_qs

from mock_server.errors import NotFound, Unauthorized
from mock_server.http_messages.messages import Request

Note = dict[str, Any]

# What each scheme's credentials have to be.
TOKENS = {"ada", "grace"}
SECRET = "open-sesame"
_notes: dict[str, dict[int, Note]] = {token: {} for token in TOKENS}
_ids = count(1)


def list_notes(request: Request) -> list[Note]:
    return list(_own(request).values())


def add_note(request: Request, body: Note) -> tuple[Note, int, dict[str, str]]:
    note = {"id": next(_ids), "text": body["text"]}
    _own(request)[note["id"]] = note
    return note, 201, {"Location": f"/notes/{note['id']}"}


def get_note(request: Request, id: int) -> Note:
    return _found(request, id)


def change_note(request: Request, id: int, body: Note) -> Note:
    _found(request, id)["text"] = body["text"]
    return _found(request, id)


def remove_note(request: Request, id: int) -> tuple[None, int]:
    del _own(request)[_found(request, id)["id"]]
    return None, 204


def with_header(request: Request) -> tuple[None, int]:
    return _known(request.header("x-key"))


def with_query(request: Request) -> tuple[None, int]:
    return _known(parse_qs(request.query)["key"][0])


def with_cookie(request: Request) -> tuple[None, int]:
    cookies = (request.header("cookie") or "").split("; ")
    return _known(dict(cookie.split("=", 1) for cookie in cookies)["session"].strip('"'))


def with_password(request: Request) -> tuple[None, int]:
    sent = (request.header("authorization") or "").partition(" ")[2]
    return _known(b64decode(sent).decode().partition(":")[2])


def _own(request: Request) -> dict[int, Note]:
    token = (request.header("authorization") or "").partition(" ")[2].strip()
    if token not in TOKENS:
        raise Unauthorized("This token isn't known.")
    return _notes[token]


def _found(request: Request, id: int) -> Note:
    notes = _own(request)
    if id not in notes:
        raise NotFound(f"There is no note {id}.")
    return notes[id]


def _known(secret: str | None) -> tuple[None, int]:
    if secret != SECRET:
        raise Unauthorized("This secret isn't known.")
    return None, 204
