"""What of an exchange is nobody's business: credentials are told as `***`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus

from mock_server.fixtures import Difference
from mock_server.http_messages import RawHeaders
from mock_server.validation import ABSENT, Secrets

MASKED = "***"
# An explanation quotes what was sent; the call of that name gives it without the credentials.
_QUOTING = frozenset({"mock-explanation"})


class Mask:
    """Hides the credentials that a contract's security schemes name, and the usual ones."""

    def __init__(self, schemes: Mapping[str, Mapping[str, Any]]) -> None:
        secrets = Secrets(schemes)
        self._headers, self._query = secrets.headers | _QUOTING, secrets.query

    def headers(self, raw: RawHeaders) -> list[tuple[str, str]]:
        """The headers as text, by lower-case name."""
        texts = ((n.decode("latin-1").lower(), v.decode("latin-1")) for n, v in raw)
        return [(name, MASKED if name in self._headers else value) for name, value in texts]

    def query(self, query: str) -> str:
        """A query, still percent-encoded."""
        if not self._query or not query:
            return query
        return "&".join(map(self._parameter, query.split("&")))

    def difference(self, difference: Difference) -> Difference:
        """What differs from a condition, both sides hidden where one would tell a credential."""
        kind, _, name = difference.where.rpartition(" ")
        is_header = kind == "header" and name.lower() in self._headers
        query = difference.where.removeprefix("query parameter ")
        if not is_header and (query == difference.where or query not in self._query):
            return difference
        sides = (v if v is ABSENT else MASKED for v in difference[1:])
        return Difference(difference.where, *sides)

    def _parameter(self, parameter: str) -> str:
        name, equals, _ = parameter.partition("=")
        return f"{name}={MASKED}" if equals and unquote_plus(name) in self._query else parameter


class NoMask(Mask):
    """Hides nothing."""

    def __init__(self) -> None:
        self._headers = self._query = frozenset()
