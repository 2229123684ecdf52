"""Credentials that a client would send: those that satisfy what an operation asks for.

A mock knows no secrets, so each is a value of the right form (see `security`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from mock_server.contract import Operation

BASIC = "Basic bW9jazptb2Nr"  # mock:mock (RFC 7617, section 2)
DIGEST = 'Digest username="mock", realm="*", nonce="mock", uri="/", response="mock"'
BEARER = "Bearer mock"
# A token that names its own scopes, and none that a document asks for.
NARROW = "Bearer mock:scope=none"


class Credential(NamedTuple):
    """The credential for one scheme: `location` is "header", "query" or "cookie"."""

    location: str
    name: str
    value: str


def credentials(
    operation: Operation, schemes: Mapping[str, Mapping[str, Any]]
) -> tuple[Credential, ...]:
    """Return the credentials for the alternative of an operation that asks for the fewest."""
    ways = [_way(alternative, schemes) for alternative in operation.security]
    return min(ways, key=len, default=())


def narrow_credentials(
    operation: Operation, schemes: Mapping[str, Mapping[str, Any]]
) -> tuple[tuple[str, ...], tuple[Credential, ...]] | None:
    """Return the scopes of an alternative, and credentials whose token has none of them.

    None if no alternative asks for a scope.
    """
    for alternative in operation.security:
        scopes = tuple(scope for names in alternative.values() for scope in names)
        way = _way(alternative, schemes)
        if scopes and any(BEARER in one.value for one in way):
            return scopes, tuple(c._replace(value=c.value.replace(BEARER, NARROW)) for c in way)
    return None


def _way(
    alternative: Mapping[str, Sequence[str]], schemes: Mapping[str, Mapping[str, Any]]
) -> tuple[Credential, ...]:
    """Return the credentials of one alternative; two schemes of one header share it."""
    found: dict[tuple[str, str], list[str]] = {}
    for name in alternative:
        credential = _credential(schemes.get(name, {}))
        if credential is not None:
            found.setdefault(credential[:2], []).append(credential.value)
    return tuple(Credential(*place, ", ".join(values)) for place, values in found.items())


def _credential(scheme: Mapping[str, Any]) -> Credential | None:
    """Return the credential for one scheme; None if the scheme asks for none."""
    kind = scheme.get("type")
    if kind == "apiKey":
        return Credential(str(scheme.get("in")), str(scheme.get("name")), "mock")
    if kind in ("oauth2", "openIdConnect"):
        return Credential("header", "Authorization", BEARER)
    if kind == "http":
        return Credential("header", "Authorization", _authorization(str(scheme.get("scheme"))))
    return None


def _authorization(scheme: str) -> str:
    """Return the value of Authorization for a scheme by its name (RFC 9110, section 11.4)."""
    known = {"basic": BASIC, "digest": DIGEST, "bearer": BEARER}
    return known.get(scheme.lower(), f"{scheme} mock")
