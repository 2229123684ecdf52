"""The headers and the body of an answer as a canned reply has them, with its secrets masked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mock_server.bodies import body_codec, charset_of
from mock_server.contract import Header, Response
from mock_server.core import parse_json
from mock_server.errors import Problem
from mock_server.generation import Generator
from mock_server.http_messages import decoded, parse_media_type
from mock_server.proxy.bodies import Kept
from mock_server.proxy.masks import FittingMasks, MaskedValue
from mock_server.proxy.upstream import Answer
from mock_server.secrecy import MASKED, OperationSecrets
from mock_server.validation import ABSENT, Judged


class ReplyMasks:
    """Masks for what is secret in the answers of one operation."""

    def __init__(self, secrets: OperationSecrets, generator: Generator) -> None:
        self._secrets = secrets
        self._masks = FittingMasks(secrets.reply, generator)

    def headers(self, response: Response | None, sent: Mapping[str, list[str]]) -> MaskedValue:
        """Return the headers by name; several cookies are a list (RFC 6265, section 3)."""
        known = response.headers if response is not None else ()
        declared = {header.name.lower(): header for header in known}
        found: dict[str, Any] = {}
        left_out = []
        for name, values in sent.items():
            if name == "set-cookie":
                cookies = [self._cookie(value) for value in values]
                found[name] = cookies if len(cookies) > 1 else cookies[0]
            elif (text := self._header(name, ", ".join(values), declared.get(name))) is ABSENT:
                left_out.append(name)
            else:
                found[name] = text
        return MaskedValue(found, tuple(left_out))

    def _header(self, name: str, value: str, declared: Header | None) -> Any:
        if not self._secrets.is_on:
            return value
        if not self._secrets.hides_header_of_reply(name):
            return self._secrets.reply.text(value)
        if declared is None or declared.schema is None:
            return MASKED
        schema, decode = declared.schema, declared.decode

        def accepts(text: Any) -> bool:
            try:
                return schema.is_valid(decode(str(text)))
            except ValueError:
                return False

        found = self._masks.leaf(value, schema, accepts)
        return found if found is ABSENT else str(found)

    def _cookie(self, text: str) -> str:
        """Return a cookie without its value, attributes kept (RFC 6265, section 4.1.1)."""
        if not self._secrets.is_on:
            return text
        pair, semicolon, attributes = text.partition(";")
        return f"{pair.partition('=')[0]}={MASKED}{semicolon}{attributes}"

    def body(self, response: Response, answer: Answer, judged: Judged) -> MaskedValue:
        """Return a canned reply's members about its body: none, or `body` and maybe `media_type`.

        Raises ValueError.
        """
        if judged.key is None:
            is_empty_text = bool(response.content) and answer.status not in (204, 304)
            return MaskedValue({"body": ""} if is_empty_text else {})
        content = response.content[judged.key]
        sent = answer.by_name.get(b"content-type", b"").decode("latin-1") or judged.key
        if type(judged.value) is bytes:
            raise ValueError(f"a body of {sent} has no form in a file of replies")

        def is_accepted(value: Any) -> bool:
            return not body_codec.violations(content, value, ("response", "body"))

        media_type = parse_media_type(sent)
        masked = MaskedValue(judged.value)
        if self._secrets.is_on:
            own = [content.schema] if content.schema is not None else []
            known = self._masked_text(judged, sent) if type(judged.value) is str else judged.value
            is_whole = self._secrets.hides_reply
            masked = self._masks.masked(known, own, is_accepted, is_whole)
        value = masked.value
        if not media_type.is_json and value == judged.value:
            value = judged.text.decode(media_type.charset or "utf-8")
        usual = next(iter(response.content))
        members = {**({"media_type": sent} if sent != usual else {}), "body": value}
        return MaskedValue(members, masked.left_out)

    def undescribed_body(self, answer: Answer, body: Kept) -> dict[str, Any]:
        """Return the members of a body that no contract describes; `body` is as it was sent.

        Raises ValueError for one that is no text.
        """
        try:
            codings = answer.by_name.get(b"content-encoding", b"").decode("latin-1")
            data = decoded(body.data, codings, body.most)
        except Problem as problem:
            raise ValueError(problem.detail.rstrip(".")) from None
        if not data:
            return {}
        sent = answer.by_name.get(b"content-type", b"").decode("latin-1")
        shown = self._secrets.reply_body(data, [(b"content-type", sent.encode("latin-1"))])
        try:
            text = shown.decode(charset_of(sent))
        except UnicodeDecodeError:
            raise ValueError(f"a body of {sent or 'no type'} has no form in a file") from None
        return {"media_type": sent, "body": _as_value(text, sent)}

    def _masked_text(self, judged: Judged, sent: str) -> str:
        """Return a text body, masked as the journal shows it.

        A JSON text stays as it is: it is masked later, like other values.
        """
        media_type = parse_media_type(sent)
        if media_type.is_json:
            return str(judged.value)
        charset = media_type.charset or "utf-8"
        headers = [(b"content-type", sent.encode("latin-1"))]
        return self._secrets.reply_body(judged.text, headers).decode(charset)


def _as_value(text: str, media_type: str) -> Any:
    """Return the value of a text if it is JSON by its type, else the text as it stands."""
    try:
        value = parse_json(text) if parse_media_type(media_type).is_json else text
    except ValueError:
        return text
    return text if value is None or isinstance(value, str) else value
