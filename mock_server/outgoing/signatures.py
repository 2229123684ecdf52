"""Signatures of webhooks: HMAC with SHA-256 as Standard Webhooks, GitHub and Stripe have them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

# How old a signed message may be, in seconds, as the three recommend.
TOLERANCE = 300
_PREFIX = "whsec_"


class Signed(NamedTuple):
    """What is signed: an id, the time in seconds since the epoch, and the body."""

    id: str
    moment: int
    body: bytes


def _digest(key: bytes, content: bytes) -> bytes:
    return hmac.new(key, content, hashlib.sha256).digest()


def _standard_key(secret: str) -> bytes:
    """Return the key of a secret: in base64 behind `whsec_`, else its bytes."""
    if not secret.startswith(_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        raise ValueError(f"what stands behind {_PREFIX} is no base64") from None


def standard(secret: str, signed: Signed) -> dict[str, str]:
    """Return the headers of Standard Webhooks 1.0: id, timestamp and a `v1` signature."""
    content = f"{signed.id}.{signed.moment}.".encode() + signed.body
    code = base64.b64encode(_digest(_standard_key(secret), content)).decode()
    return {
        "webhook-id": signed.id,
        "webhook-timestamp": str(signed.moment),
        "webhook-signature": f"v1,{code}",
    }


def github(secret: str, signed: Signed) -> dict[str, str]:
    """Return the header `X-Hub-Signature-256` of GitHub's webhooks."""
    return {"x-hub-signature-256": f"sha256={_digest(secret.encode(), signed.body).hex()}"}


def stripe(secret: str, signed: Signed) -> dict[str, str]:
    """Return the header `Stripe-Signature` with the time and a `v1` signature."""
    content = f"{signed.moment}.".encode() + signed.body
    return {"stripe-signature": f"t={signed.moment},v1={_digest(secret.encode(), content).hex()}"}


SCHEMES: Mapping[str, Callable[[str, Signed], dict[str, str]]] = {
    "standard": standard,
    "github": github,
    "stripe": stripe,
}
_STRIPE_TIME = re.compile(r"(?:^|,)t=(\d{1,12})(?:,|$)")


def fault_of(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> str:
    """Return what is wrong with the signature of a message; an empty text if it is right.

    `headers` are by lower-case name, `now` is the time in seconds since the epoch.
    """
    scheme = next((name for name in SCHEMES if _HEADERS[name] in headers), None)
    if scheme is None:
        return f"there is no signature; expected one of {', '.join(_HEADERS.values())}"
    text = headers[_HEADERS[scheme]]
    moment = _moment(scheme, headers, text)
    if moment is None:
        return f"{_HEADERS[scheme]} comes without a time"
    if scheme != "github" and abs(now - moment) > TOLERANCE:
        away = f"it was signed {abs(now - moment):.0f} s away from now"
        return f"{away}; at most {TOLERANCE} s are taken"
    expected = SCHEMES[scheme](secret, Signed(headers.get("webhook-id", ""), moment, body))
    codes = [code for code in re.split(r"[ ,]", expected[_HEADERS[scheme]]) if len(code) > 20]
    given = re.split(r"[ ,]", text)
    if any(hmac.compare_digest(code.encode(), one.encode()) for code in codes for one in given):
        return ""
    return f"{_HEADERS[scheme]} isn't that of this body and this secret"


_HEADERS: Mapping[str, str] = {
    "standard": "webhook-signature",
    "github": "x-hub-signature-256",
    "stripe": "stripe-signature",
}


def _moment(scheme: str, headers: Mapping[str, str], text: str) -> int | None:
    if scheme == "github":
        return 0
    if scheme == "stripe":
        found = _STRIPE_TIME.search(text)
        return int(found[1]) if found else None
    stamp = headers.get("webhook-timestamp", "")
    return int(stamp) if stamp.isdecimal() and len(stamp) < 13 else None
