"""Each sample is a valid file of its type, as readers see it that had no part in making it."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import re
import shutil
import struct
import subprocess
import tarfile
import wave
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from mock_server.generation import files as samples
from mock_server.generation.files import sample
from mock_server.http_messages.media_types import USUAL, parse_media_type
from tools.sample_files import files

TEXT = b"Hello from the mock server.\n"
OFFICE = "application/vnd.openxmlformats-officedocument"


def made(media_type: str) -> bytes:
    found = sample(media_type)
    assert found is not None, f"there is no sample of {media_type}"
    return found


@pytest.mark.parametrize(
    ("media_type", "magic"),
    [
        ("image/png", rb"\x89PNG\r\n\x1a\n"),
        ("image/jpeg", rb"\xff\xd8\xff.*\xff\xd9$"),
        ("image/gif", rb"GIF89a.*;$"),
        ("image/webp", rb"RIFF....WEBPVP8L"),
        ("image/svg+xml", rb"<svg "),
        ("image/bmp", rb"BM"),
        ("image/tiff", rb"II\*\x00"),
        ("image/x-icon", rb"\x00\x00\x01\x00"),
        ("application/pdf", rb"%PDF-1\.4.*%%EOF\n$"),
        ("application/zip", rb"PK\x03\x04"),
        ("application/gzip", rb"\x1f\x8b"),
        ("audio/wav", rb"RIFF....WAVE"),
        ("audio/mpeg", rb"\xff\xf3"),
        ("audio/ogg", rb"OggS"),
        ("video/mp4", rb"....ftyp"),
        ("font/ttf", rb"\x00\x01\x00\x00"),
        ("font/woff", rb"wOFF"),
        ("font/woff2", rb"wOF2"),
        ("model/gltf-binary", rb"glTF"),
        ("application/wasm", rb"\x00asm"),
        ("application/rtf", rb"\{\\rtf1"),
    ],
)
def test_a_file_looks_like_its_type(media_type: str, magic: bytes) -> None:
    assert re.match(magic, made(media_type), re.DOTALL)


def test_a_type_that_is_not_known_has_no_sample() -> None:
    assert sample("application/x-unheard-of") is None
    assert sample("nonsense") is None


def test_parameters_and_case_make_no_difference() -> None:
    assert sample("IMAGE/PNG; q=1") == sample("image/png")


def test_every_type_that_is_sent_for_a_range_has_a_sample() -> None:
    told = ("application/json", "text/plain", "model/gltf+json", "multipart/mixed")
    binary = [name for name in USUAL if name not in told]
    assert binary and all(sample(name) for name in binary)


def test_a_file_is_small_and_its_type_is_written_as_types_are() -> None:
    for name, types in samples._TYPES.items():
        for media_type in types:
            assert str(parse_media_type(media_type)) == media_type
            assert sample(media_type) == samples.sample_file(name)
        assert 0 < len(samples.sample_file(name)) <= 10_240


def test_the_files_are_those_that_their_script_builds() -> None:
    built = files()
    assert built == {name: samples.sample_file(name) for name in built}
    assert built.keys() == samples._TYPES.keys()
    data = Path(samples.__file__).parent / "data"
    assert {path.name for path in data.iterdir()} == set(built)


def chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the chunks of a PNG, their checksums compared."""
    rest = png[8:]
    while rest:
        (size,) = struct.unpack(">I", rest[:4])
        kind, data, checksum = rest[4:8], rest[8 : 8 + size], rest[8 + size : 12 + size]
        assert struct.pack(">I", zlib.crc32(kind + data)) == checksum
        yield kind, data
        rest = rest[12 + size :]


def test_the_png_is_one_pixel_that_can_be_unpacked() -> None:
    found = dict(chunks(made("image/png")))
    assert list(found) == [b"IHDR", b"IDAT", b"IEND"]
    assert struct.unpack(">II", found[b"IHDR"][:8]) == (1, 1)
    assert zlib.decompress(found[b"IDAT"]) == b"\0\0\x80\x80"


def test_the_svg_is_xml() -> None:
    assert ElementTree.fromstring(made("image/svg+xml")).tag == "{http://www.w3.org/2000/svg}svg"


def test_every_object_of_the_pdf_stands_where_its_table_says() -> None:
    content = made("application/pdf")
    (start,) = re.findall(rb"startxref\n(\d+)\n", content)
    table = content[int(start) :]
    assert table.startswith(b"xref\n0 6\n")
    for number, offset in enumerate(re.findall(rb"(\d{10}) 00000 n \n", table), 1):
        assert content[int(offset) :].startswith(b"%d 0 obj\n" % number)
    (length, stream) = re.findall(rb"/Length (\d+) >>\nstream\n(.*)\nendstream", content)[0]
    assert len(stream) == int(length)


def unzipped(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def untarred(content: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        files = {member.name: archive.extractfile(member) for member in archive}
        return {name: file.read() for name, file in files.items() if file}


@pytest.mark.parametrize(
    ("media_type", "unpack", "found"),
    [
        ("application/zip", unzipped, {"hello.txt": TEXT}),
        ("application/x-tar", untarred, {"hello.txt": TEXT}),
        ("application/gzip", gzip.decompress, TEXT),
        ("application/x-bzip2", bz2.decompress, TEXT),
    ],
)
def test_an_archive_can_be_unpacked(
    media_type: str, unpack: Callable[[bytes], object], found: object
) -> None:
    assert unpack(made(media_type)) == found


@pytest.mark.parametrize("kind", ["wordprocessingml.document", "spreadsheetml.sheet"])
def test_an_office_document_names_parts_that_are_there(kind: str) -> None:
    files = unzipped(made(f"{OFFICE}.{kind}"))
    trees = {name: ElementTree.fromstring(content) for name, content in files.items()}
    parts = {node.get("PartName") for node in trees["[Content_Types].xml"] if node.get("PartName")}
    assert parts == {f"/{name}" for name in files if not name.endswith((".rels", "Types].xml"))}
    for name in (name for name in files if name.endswith(".rels")):
        folder = name.rpartition("_rels/")[0]
        assert {folder + str(node.get("Target")) for node in trees[name]} <= set(files)
    assert b"Hello" in b"".join(files.values())


def test_the_wav_is_a_tenth_of_a_second_of_silence() -> None:
    with wave.open(io.BytesIO(made("audio/wav"))) as sound:
        assert sound.getnframes() / sound.getframerate() == 0.1
        assert set(sound.readframes(800)) == {0x80}


def boxes(content: bytes) -> dict[bytes, bytes]:
    """Return the boxes of an MP4, by their kinds."""
    found = {}
    while content:
        (size,) = struct.unpack(">I", content[:4])
        assert 8 <= size <= len(content)
        found[content[4:8]] = content[8:size]
        content = content[size:]
    return found


def test_the_picture_of_the_mp4_stands_where_its_index_says() -> None:
    content = made("video/mp4")
    index = boxes(content)
    assert list(index) == [b"ftyp", b"moov", b"mdat"]
    path = [b"trak", b"mdia", b"minf", b"stbl"]
    inner = index[b"moov"]
    for kind in path:
        inner = boxes(inner)[kind]
    table = boxes(inner)
    (offset,), (size,) = (
        struct.unpack(">8xI", table[b"stco"]),
        struct.unpack(">12xI", table[b"stsz"]),
    )
    assert content[offset : offset + size] == index[b"mdat"]


def test_the_glb_holds_a_json_scene() -> None:
    content = made("model/gltf-binary")
    _, version, size, length, kind = struct.unpack("<4sIIII", content[:20])
    assert (version, size, kind) == (2, len(content), 0x4E4F534A)
    assert json.loads(content[20 : 20 + length]) == {"asset": {"version": "2.0"}}


SHOWN = (
    "image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml", "image/bmp",
    "image/x-icon", "audio/wav", "audio/mpeg", "audio/ogg", "video/mp4", "font/ttf", "font/woff",
    "font/woff2",
)  # fmt: skip
# A picture's first pixel, a sound's or film's length, the width of an A in a font.
SEEN = {
    **dict.fromkeys(SHOWN[:7], "0,128,128,255"),
    "image/jpeg": "128,128,128,255",
    "audio/wav": "0.1",
    "audio/mpeg": "0.252",
    "audio/ogg": "0.2",
    "video/mp4": "1",
    **dict.fromkeys(SHOWN[-3:], "512"),
}
PAGE = """<!doctype html><pre></pre><script>
const see = {
  image: (url) => new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement("canvas").getContext("2d");
      canvas.drawImage(image, 0, 0);
      resolve(canvas.getImageData(0, 0, 1, 1).data.join());
    };
    image.onerror = () => reject("no picture");
    image.src = url;
  }),
  play: (url, kind) => new Promise((resolve, reject) => {
    const player = document.createElement(kind);
    player.oncanplaythrough = () => resolve(String(player.duration));
    player.onerror = () => reject(player.error.message);
    player.preload = "auto";
    player.src = url;
  }),
  font: async (url, kind, name) => {
    document.fonts.add(await new FontFace(name, `url(${url})`).load());
    const canvas = document.createElement("canvas").getContext("2d");
    canvas.font = `1024px ${name}`;
    return String(canvas.measureText("A").width);
  },
};
const seen = {};
const all = Object.entries(FILES).map(async ([type, url]) => {
  const [kind, name] = type.split("/");
  seen[type] = await (see[kind] ?? see.play)(url, kind, name).catch(String);
});
Promise.all(all).then(() => {
  document.querySelector("pre").textContent = JSON.stringify(seen);
});
</script>"""


def test_a_browser_shows_every_picture_plays_every_sound_and_takes_every_font(
    tmp_path: Path,
) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium on this machine")
    urls = {kind: f"data:{kind};base64,{base64.b64encode(made(kind)).decode()}" for kind in SHOWN}
    page = tmp_path / "page.html"
    page.write_text(PAGE.replace("FILES", json.dumps(urls)))
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/user"]
    command = [chromium, *flags, "--virtual-time-budget=30000", "--dump-dom", page.as_uri()]
    done = subprocess.run(command, capture_output=True, timeout=60, check=True)
    (told,) = re.findall(rb"<pre>(.*?)</pre>", done.stdout)
    assert json.loads(told) == SEEN
