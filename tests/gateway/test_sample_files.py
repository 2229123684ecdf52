"""Sample files on the mock itself, and the generated addresses that lead to them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.helpers.running import Serve, json_of, thing

TYPES = {
    "image.png": "image/png",
    "image.jpg": "image/jpeg",
    "silver-harbor.jpeg": "image/jpeg",
    "image.svg": "image/svg+xml",
    "document.pdf": "application/pdf",
    "audio.mp3": "audio/mpeg",
    "video.mp4": "video/mp4",
    "archive.zip": "application/zip",
    "notes.txt": "text/plain",
    "ANY.PNG": "image/png",
}


@pytest.mark.parametrize("settings", [{}, {"control": False}, {"cors": False}], ids=str)
def test_a_file_is_served_by_its_ending_to_every_origin(
    serve: Serve, settings: dict[str, Any]
) -> None:
    mock = serve(thing({"200": {}}), **settings)
    for name, media_type in TYPES.items():
        reply = mock.get(f"/_files/{name}", headers={"Origin": "https://page.example"})
        assert reply.status_code == 200
        assert reply.headers["content-type"] == media_type
        assert int(reply.headers["content-length"]) == len(reply.content) > 0
        (origin,) = reply.headers.get_list("access-control-allow-origin")
        assert origin in ("*", "https://page.example")
    bare = mock.get("/_files/image.png")
    assert bare.headers["access-control-allow-origin"] == "*"
    assert mock.client.head("/_files/image.png").content == b""


@pytest.mark.parametrize(
    "path", ["/_files/", "/_files/a.unknown", "/_files/a/b.png", "/files/a.png"]
)
def test_what_is_no_sample_file_is_not_found(serve: Serve, path: str) -> None:
    assert serve(thing({"200": {}})).get(path).status_code == 404


def test_a_file_cannot_be_changed(serve: Serve) -> None:
    mock = serve(thing({"200": {}}))
    assert mock.client.put("/_files/image.png", content=b"x").status_code == 405


def test_the_contract_s_own_path_wins(serve: Serve) -> None:
    own = {"200": {"description": "ok", "content": {"text/plain": {"example": "its own"}}}}
    name = {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}
    mock = serve({"/_files/{name}": thing(own, parameters=[name])["/thing"]})
    assert mock.get("/_files/image.png").text == "its own"


PICTURES = {
    "type": "object",
    "properties": {
        "avatar": {"type": "string"},
        "avatar_url": {"type": "string", "format": "uri"},
        "thumbnailUrl": {"type": "string"},
        "images": {
            "type": "array",
            "uniqueItems": True,
            "minItems": 8,
            "items": {"type": "object", "properties": {"url": {"type": "string"}}},
        },
    },
}
SERVERS: list[tuple[list[dict[str, Any]], str]] = [
    ([], "http://localhost"),
    ([{"url": "/v1"}], "http://localhost"),
    ([{"url": "https://api.example.org/v1"}], "https://api.example.org"),
    ([{"url": "https://{n}.example.org", "variables": {"n": {"default": "a"}}}], "https://a.example.org"),
]  # fmt: skip


@pytest.mark.parametrize(("servers", "origin"), SERVERS, ids=str)
def test_generated_pictures_are_there(
    serve: Serve, servers: list[dict[str, Any]], origin: str
) -> None:
    mock = serve({"servers": servers, **thing({"200": json_of(PICTURES)})})
    made = mock.get("/thing").json()
    urls = [made["avatar"], made["avatar_url"], made["thumbnailUrl"]]
    urls += [image["url"] for image in made["images"]]
    for url in urls:
        parts = urlsplit(url)
        assert f"{parts.scheme}://{parts.netloc}" == origin
        assert mock.get(parts.path).headers["content-type"].startswith("image/")
