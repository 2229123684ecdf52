"""Addresses of sample files, which the mock itself serves, so that pages show no broken images."""

from __future__ import annotations

import base64

from mock_server.generation.files import FILES, sample_file
from mock_server.generation.values.random_source import Source, Text
from mock_server.generation.values.texts import slug
from mock_server.generation.values.words import table, words_of

IMAGES = {"image", "img", "avatar", "thumbnail", "thumb", "icon", "logo", "photo", "picture",
          "banner", "cover", "poster", "screenshot"}  # fmt: skip
# The file endings that fit a word in a property's name.
_ENDINGS: dict[str, tuple[str, ...]] = table(
    (" ".join(sorted(IMAGES)), ("png", "jpg", "webp")),
    ("gif", ("gif",)),
    ("svg", ("svg",)),
    ("favicon", ("ico",)),
    ("pdf invoice receipt document contract report statement brochure", ("pdf",)),
    ("audio sound recording song podcast voice mp3", ("mp3",)),
    ("video movie clip trailer mp4", ("mp4",)),
    ("zip archive backup", ("zip",)),
    ("font", ("woff2",)),
    ("file attachment download media", ("pdf", "png", "txt")),
)
_ADDRESSES = {"url", "uri", "href", "link", "src"}


def file_url(source: Source, name: str) -> str:
    """Return the address of a sample file on the mock; its ending decides which file is served."""
    return f"{source.origin}{FILES}{name}"


def linked(*endings: str) -> Text:
    """Return a leaf of addresses of sample files with one of these endings."""
    return lambda source: file_url(source, f"{slug(source)}.{source.pick(endings)}")


image = linked("png", "jpg", "webp")


def base64_image(source: Source) -> str:
    """Return a picture in base64."""
    return base64.b64encode(sample_file("image.png")).decode()


def is_address(name: str) -> bool:
    """Return whether a property has the name of an address: `url`, `avatarUrl`, `image_src`."""
    words = words_of(name)
    return bool(words) and words[-1] in _ADDRESSES


def file_by_name(name: str) -> Text | None:
    """Return a leaf of addresses of files of the kind in a name; None for a name without one."""
    kinds = [_ENDINGS[word] for word in words_of(name) if word in _ENDINGS]
    return linked(*kinds[0]) if kinds else None
