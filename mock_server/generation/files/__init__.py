"""Tiny valid files by media type: what a mock answers with if a contract asks for a file.

They are data of this package; `tools/sample_files` in the repository builds them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

_OFFICE = "application/vnd.openxmlformats-officedocument"
# The media types of each file; it is sent as the first.
_TYPES: Mapping[str, tuple[str, ...]] = {
    "image.png": ("image/png", "image/apng"),
    "image.jpg": ("image/jpeg", "image/jpg"),
    "image.gif": ("image/gif",),
    "image.webp": ("image/webp",),
    "image.svg": ("image/svg+xml",),
    "image.bmp": ("image/bmp", "image/x-ms-bmp"),
    "image.tiff": ("image/tiff",),
    "image.ico": ("image/x-icon", "image/vnd.microsoft.icon"),
    "document.pdf": ("application/pdf", "application/x-pdf"),
    "document.docx": (f"{_OFFICE}.wordprocessingml.document",),
    "document.xlsx": (f"{_OFFICE}.spreadsheetml.sheet",),
    "document.rtf": ("application/rtf",),
    "document.txt": ("application/octet-stream",),
    "archive.zip": ("application/zip", "application/x-zip-compressed"),
    "archive.gz": ("application/gzip", "application/x-gzip"),
    "archive.tar": ("application/x-tar",),
    "archive.bz2": ("application/x-bzip2",),
    "audio.wav": ("audio/wav", "audio/wave", "audio/x-wav", "audio/vnd.wave"),
    "audio.mp3": ("audio/mpeg", "audio/mp3"),
    "audio.ogg": ("audio/ogg", "audio/opus"),
    "video.mp4": ("video/mp4",),
    "font.ttf": ("font/ttf", "font/sfnt"),
    "font.woff": ("font/woff", "application/font-woff"),
    "font.woff2": ("font/woff2",),
    "model.glb": ("model/gltf-binary",),
    "module.wasm": ("application/wasm",),
    "data.cbor": ("application/cbor",),
    "data.msgpack": ("application/msgpack", "application/vnd.msgpack"),
}
_NAMES = {media_type: name for name, types in _TYPES.items() for media_type in types}
_DATA = resources.files(__name__) / "data"

# The media type of each sample file, by the file's name.
SAMPLE_FILES: Mapping[str, str] = MappingProxyType(
    {name: "text/plain" if name.endswith(".txt") else types[0] for name, types in _TYPES.items()}
)


def sample(media_type: str) -> bytes | None:
    """Return a small valid file of a media type, its parameters aside; None for an unknown type."""
    name = _NAMES.get(media_type.partition(";")[0].strip().lower())
    return None if name is None else sample_file(name)


@cache
def sample_file(name: str) -> bytes:
    """Return the content of the sample file with that name. Raises FileNotFoundError."""
    return (_DATA / name).read_bytes()
