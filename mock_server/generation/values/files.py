"""Addresses of sample files, which the mock itself serves: what a page shows isn't broken."""

from __future__ import annotations

import base64

from mock_server.generation.files import FILES, sample_file
from mock_server.generation.values.random_source import Source, Text
from mock_server.generation.values.texts import slug
from mock_server.generation.values.words import table, words_of

IMAGES = {"image", "img", "avatar", "thumbnail", "thumb", "icon", "logo", "photo", "picture",
          "banner", "cover", "poster", "screenshot"}  # fmt: skip
# The endings of the files that names speak of.
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
    """The address of a sample file on the mock; any name with the ending of one leads to it."""
    return f"{source.origin}{FILES}{name}"


def linked(*endings: str) -> Text:
    """A leaf that is the address of a sample file with one of these endings."""
    return lambda source: file_url(source, f"{slug(source)}.{source.pick(endings)}")


image = linked("png", "jpg", "webp")


def base64_image(source: Source) -> str:
    """A picture in base64."""
    return base64.b64encode(sample_file("image.png")).decode()


def is_address(name: str) -> bool:
    """Whether a property is called like an address: `url`, `avatarUrl`, `image_src`."""
    words = words_of(name)
    return bool(words) and words[-1] in _ADDRESSES


def file_by_name(name: str) -> Text | None:
    """The address of a file of the kind that a name speaks of; None if it speaks of none."""
    kinds = [_ENDINGS[word] for word in words_of(name) if word in _ENDINGS]
    return linked(*kinds[0]) if kinds else None
