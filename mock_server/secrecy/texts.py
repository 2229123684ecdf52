"""Secrets inside a text: by the names beside them, or by what they look like.

A text may be anything, and be cut anywhere: a body, a header, a message that quotes a value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, unquote_plus

from mock_server.secrecy.names import Hit, SecretNames

MASKED = "***"
# Texts nest in texts (JSON in JSON); deeper levels aren't searched.
MOST_LEVELS = 5

# RFC 7519, section 3, and RFC 7516: a header in base64url, and what belongs to it.
_JWT = re.compile(r"(?<![\w-])eyJ[\w-]{6,}(?:\.[\w-]*){1,4}")
# RFC 7468; what is cut has no end.
_PEM = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----.*?(?:-----END \1-----|\Z)", re.DOTALL)
# RFC 3986, section 3.2.1.
_USERINFO = re.compile(r"(?<=://)[^\s/\"'<>?#\\]+@")
# Credentials as they stand in a header (RFC 9110, section 11.4), quoted in a text.
_CREDENTIALS = re.compile(
    r"(?i)\b(bearer|basic|token)(?=\s{1,8}[\w.~+/=-]*[0-9])\s{1,8}[\w.~+/=-]{12,}"
)
# Each match begins at the start of a name, so that a long name is searched once.
_QUERY = re.compile(
    r"(?<=[?#])[^\s\"'<>\\?#=&]*=[^\s\"'<>\\]*"
    r"|(?<![?#\w.%\[\]$~+-])[\w.%\[\]$~+-]+=[^\s\"'<>\\]+"
)
_QUOTED_PAIR = re.compile(
    r"(?<![\w.%\[\]$~:-])([\w.%\[\]$~:-]+)(\s{0,8}=\s{0,8})(\"[^\"]*(?:\"|\Z)|'[^']*(?:'|\Z))"
)
_CODE_STANDS_BESIDE = frozenset({"state", "grant_type", "code_verifier", "redirect_uri"})

_JSON = re.compile(
    r'"(?:[^"\\]|\\.|\\\Z)*(?:"|\Z)|[{}\[\]]|(?<![\w.])-?[0-9][0-9.eE+-]*(?![\w])', re.DOTALL
)
_AFTER_NAME = re.compile(r"\s*:\s*")
_TAG = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
    r"|</?[A-Za-z_](?:[^<>\"']|\"[^\"]*(?:\"|\Z)|'[^']*(?:'|\Z))*(?:>|\Z)",
    re.DOTALL,
)
_TAG_NAME = re.compile(r"</?([\w.:-]+)")
# A member of YAML between braces.
_FLOW = re.compile(r"(?<=[{,])\s{0,8}([\w.$-]+):\s{1,8}([^\s,{}\[\]\"'][^,{}\[\]]*)")
# The prefix of a name in YAML: the indentation, and marks of elements.
_INDENT = re.compile(r"[ \t]*(?:- *)*")


class _Edit(NamedTuple):
    start: int
    end: int
    text: str


class TextMask:
    """A mask for the secrets in texts; queries of URLs may have secret names of their own."""

    def __init__(self, names: SecretNames, in_queries: SecretNames | None = None) -> None:
        self._names, self._in_queries = names, in_queries or names

    def text(self, text: str, level: int = 0) -> str:
        """Return a text of any kind with its secrets masked."""
        if level >= MOST_LEVELS:
            return text
        if '"' in text:
            text = _edited(text, _JsonScan(self._names, text, lambda s: self.text(s, level + 1)))
        if "<" in text:
            text = self.xml(text)
        return self._plain(text, level)

    def query(self, query: str, level: int = 0) -> str:
        """Return a query or a form, still percent-encoded, with its secrets masked."""
        if "=" not in query:
            return query
        pairs = [member.partition("=") for member in query.split("&")]
        names = [_decoded(name) for name, _, _ in pairs]
        is_code_secret = not _CODE_STANDS_BESIDE.isdisjoint(names)
        shown = []
        for name, (raw, equals, value) in zip(names, pairs, strict=True):
            hit = _hit_of_path(self._in_queries, name)
            is_secret = hit is not None and (hit.of_numbers or not value.isdigit())
            is_secret = is_secret or (is_code_secret and name == "code")
            if value and is_secret:
                value = MASKED
            elif value:
                value = self._query_value(value, level)
            shown.append(f"{raw}{equals}{value}")
        return "&".join(shown)

    def lines(self, text: str) -> str:
        """Return a text of lines such as `name: value` (YAML) with its secrets masked."""
        return _edited(text, [*self._line_edits(text), *self._flow(text)])

    def xml(self, text: str) -> str:
        """Return XML or HTML with the secrets in its elements and attributes masked."""
        return _edited(text, self._xml(text))

    def hit(self, name: str) -> Hit | None:
        """Return which values of a name are secret; None if the name isn't secret."""
        return self._names.hit(name)

    def is_secret(self, name: str) -> bool:
        """Return whether a name or a part of its path is secret, as in `credentials[0][user]`."""
        return _hit_of_path(self._names, name) is not None

    def _query_value(self, value: str, level: int) -> str:
        plain = _decoded(value)
        hidden = self.text(plain, level + 1)
        if hidden == plain:
            return value
        return quote(hidden, safe="*/:?@!$,;~") if plain != value else hidden

    def _plain(self, text: str, level: int) -> str:
        if "-----BEGIN " in text:
            text = _PEM.sub(MASKED, text)
        if "eyJ" in text:
            text = _JWT.sub(MASKED, text)
        if "@" in text:
            text = _USERINFO.sub(f"{MASKED}@", text)
        text = _CREDENTIALS.sub(rf"\1 {MASKED}", text)
        if "=" in text:
            text = _QUOTED_PAIR.sub(self._quoted_pair, text)
            text = _QUERY.sub(lambda found: self._pairs(found.group(), level), text)
        return text

    def _pairs(self, text: str, level: int) -> str:
        """Return pairs, masked; `&` joins them, or `;` as in a connection string."""
        if "&" in text or ";" not in text:
            return self.query(text, level)
        return ";".join(self.query(pair, level) for pair in text.split(";"))

    def _quoted_pair(self, found: re.Match[str]) -> str:
        name, equals, value = found.groups()
        if not self.is_secret(name) or len(value) < 2:
            return found.group()
        return f"{name}{equals}{value[0]}{MASKED}{value[0]}"

    def _line_edits(self, text: str) -> Iterator[_Edit]:
        depth = None  # of the secret name that the lines stand below
        for line in re.finditer(r"[^\n]+", text):
            indent, name, value = _parts_of(line.group().rstrip())
            is_below = depth is not None and (indent > depth or name is None)
            depth = depth if is_below else None
            hit = self._names.hit(name) if name is not None else None
            if not is_below and hit is None:
                continue
            if value and value[0] not in "|>":
                end = line.start() + len(line.group().rstrip())
                yield _Edit(end - len(value), end, MASKED)
            elif not is_below:
                depth = indent

    def _flow(self, text: str) -> Iterator[_Edit]:
        for found in _FLOW.finditer(text):
            if self._names.hit(found.group(1)) is not None:
                yield _Edit(found.start(2), found.end(2), MASKED)

    def _xml(self, text: str) -> Iterator[_Edit]:
        inside, depth, end = "", 0, 0
        for found in _TAG.finditer(text):
            tag = found.group()
            if inside and found.start() > end and text[end : found.start()].strip():
                yield _Edit(end, found.start(), MASKED)
            end = found.end()
            if tag.startswith("<!"):
                if inside and tag.startswith("<![CDATA["):
                    yield _Edit(found.start(), end, MASKED)
                continue
            name = _TAG_NAME.match(tag)
            local = name.group(1).rpartition(":")[2] if name else ""
            if tag.startswith("</"):
                depth -= local == inside
                inside = inside if depth > 0 else ""
                continue
            is_secret = bool(inside) or self._names.hit(local) is not None
            yield from self._attributes(tag, found.start(), is_secret)
            if tag.endswith("/>") or not is_secret:
                continue
            depth = depth + (local == inside) if inside else 1
            inside = inside or local
        if inside and text[end:].strip():
            yield _Edit(end, len(text), MASKED)

    def _attributes(self, tag: str, start: int, is_inside: bool) -> Iterator[_Edit]:
        for found in _QUOTED_PAIR.finditer(tag):
            name, _, value = found.groups()
            local = name.rpartition(":")[2]
            if name.startswith("xmlns"):
                continue
            if (is_inside or self._names.hit(local) is not None) and len(value) > 2:
                mark = value[0]
                at = start + found.start(3), start + found.end(3)
                yield _Edit(*at, f"{mark}{MASKED}{mark}")


class _Frame:
    """A list or an object that is being read."""

    def __init__(self, around: Hit | None) -> None:
        self.around = around
        self.members: dict[str, re.Match[str]] = {}


class _JsonScan:
    """The edits of a text that has JSON in it, whole or cut, alone or between other words."""

    def __init__(self, names: SecretNames, text: str, inner: Callable[[str], str]) -> None:
        self._names, self._text, self._inner = names, text, inner
        self._frames = [_Frame(None)]

    def __iter__(self) -> Iterator[_Edit]:
        name: tuple[str, int] | None = None
        for found in _JSON.finditer(self._text):
            token = found.group()
            key = name[0] if name is not None and name[1] == found.start() else None
            name = None
            if token in "}]":
                if len(self._frames) > 1:
                    yield from self._codes(self._frames.pop())
                continue
            colon = _AFTER_NAME.match(self._text, found.end())
            if token.startswith('"') and key is None and colon:
                name = (_unquoted(token), colon.end())
                continue
            yield from self._value(key, token, found)
        for frame in self._frames:
            yield from self._codes(frame)

    def _value(self, key: str | None, token: str, found: re.Match[str]) -> Iterator[_Edit]:
        around = self._frames[-1].around
        hit = around or (self._names.hit(key) if key is not None else None)
        if token in "{[":
            self._frames.append(_Frame(hit if hit is not None and hit.in_containers else None))
            return
        if key is not None:
            self._frames[-1].members[key] = found
        is_text = token.startswith('"')
        if hit is not None and (is_text or hit.of_numbers):
            yield _Edit(found.start(), found.end(), f'"{MASKED}"')
        elif is_text and len(token) > 2:
            yield from self._inside(token, found)

    def _inside(self, token: str, found: re.Match[str]) -> Iterator[_Edit]:
        plain = _unquoted(token)
        if (hidden := self._inner(plain)) != plain:
            yield _Edit(found.start(), found.end(), json.dumps(hidden, ensure_ascii=False))

    def _codes(self, frame: _Frame) -> Iterator[_Edit]:
        """Yield the edit of an authorization code in an object of its grant (RFC 6749, 4.1)."""
        code = frame.members.get("code")
        if code is not None and is_grant(frame.members) and code.group().startswith('"'):
            yield _Edit(code.start(), code.end(), f'"{MASKED}"')


def is_grant(members: Mapping[str, Any]) -> bool:
    """Return whether a `code` among these is an authorization code (RFC 6749, section 4.1)."""
    return not _CODE_STANDS_BESIDE.isdisjoint(members)


def _hit_of_path(names: SecretNames, name: str) -> Hit | None:
    whole = names.hit(name)
    parts = [part for part in re.split(r"[\[\].]", name) if part]
    if len(parts) < 2:
        return whole
    *outer, last = parts
    around = next((h for part in outer if (h := names.hit(part)) and h.in_containers), None)
    return around or names.hit(last) or whole


def _edited(text: str, edits: Any) -> str:
    """Return the text with its edits applied; of edits that overlap, only the first is applied."""
    parts, end = [], 0
    for edit in sorted(edits):
        if edit.start < end:
            continue
        parts += [text[end : edit.start], edit.text]
        end = edit.end
    return "".join([*parts, text[end:]]) if parts else text


def _parts_of(line: str) -> tuple[int, str | None, str]:
    """Return the indentation of a line, the name before its colon, and the rest.

    The name is None if the line has none.
    """
    found = _INDENT.match(line)
    indent = found.end() if found else 0
    head, colon, value = line.partition(":")
    if not colon or (value and value[0] not in " \t"):
        return indent, None, line[indent:]
    return indent, head[indent:].strip(" \t\"'"), value.lstrip()


def _unquoted(token: str) -> str:
    """Return the text of a JSON string; a cut or broken one only loses its quotes."""
    try:
        return str(json.loads(token, strict=False))
    except ValueError:
        return token[1:].removesuffix('"')


def _decoded(text: str) -> str:
    return unquote_plus(text, errors="surrogateescape")
