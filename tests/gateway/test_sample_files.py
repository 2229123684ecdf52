"""Sample files on the mock itself, and the generated addresses that lead to them."""

from __future__ import annotations

from typing import Any

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
SERVERS: list[list[dict[str, Any]]] = [
    [],
    [{"url": "/v1"}],
    [{"url": "https://api.example.org/v1"}],
    [{"url": "https://{n}.example.org", "variables": {"n": {"default": "a"}}}],
    [{"url": "http://[not a url"}],
]
ORIGINS = ["http://localhost"] * 2 + ["https://api.example.org", "https://a.example.org"]


def pictures(made: dict[str, Any]) -> list[str]:
    urls = [made["avatar"], made["avatar_url"], made["thumbnailUrl"]]
    return [*urls, *(image["url"] for image in made["images"])]


@pytest.mark.parametrize("servers", SERVERS, ids=str)
def test_generated_pictures_are_where_the_client_finds_the_mock(
    serve: Serve, servers: list[dict[str, Any]]
) -> None:
    mock = serve({"servers": servers, **thing({"200": json_of(PICTURES)})})
    for base in ("", "/_session/mine"):
        for url in pictures(mock.get(f"{base}/thing").json()):
            assert url.startswith(f"{mock.url}{base}/_files/")
            reply = mock.get(url.removeprefix(mock.url))
            assert reply.headers["content-type"].startswith("image/")


@pytest.mark.parametrize(("servers", "origin"), [*zip(SERVERS, ORIGINS, strict=False)], ids=str)
def test_if_urls_are_left_alone_they_are_on_the_first_server(
    serve: Serve, servers: list[dict[str, Any]], origin: str
) -> None:
    document = {"servers": servers, **thing({"200": json_of(PICTURES)})}
    made = serve(document, rewrite_urls=False).get("/thing").json()
    assert all(url.startswith(f"{origin}/_files/") for url in pictures(made))
