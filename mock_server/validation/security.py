"""Security: which credentials an operation asks for, and what a request lacks of them.

The alternatives of an operation are compiled once (OAS 3.1.1, sections 4.8.27 and 4.8.30); a
request only runs them. A mock knows no secrets: whatever has the form that a scheme asks for is
taken. A token may name its scopes itself, `Bearer mock:scope=pets.read pets.write`, and is then
held to them; any other token is taken to have all. What a client sent is never told again.
"""

from __future__ import annotations

import re
from binascii import a2b_base64
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qsl

from mock_server.core import did_you_mean
from mock_server.documents import DocumentNode
from mock_server.errors import Forbidden, InvalidRequest, Unauthorized, Violation
from mock_server.http_messages import Request

Find = Callable[[Request], str]
Read = Callable[[str], str]

# RFC 9110, section 5.6.2: what names of headers and of authentication schemes are made of.
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# RFC 6749, section 3.3.
_SCOPE = re.compile(r"[!#-\[\]-~]+")
_OWN_SCOPES = re.compile(r"mock:scopes?=(.*)", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
# RFC 7616, section 3.4.
_DIGEST_PARTS = ("username", "realm", "nonce", "uri", "response")


class Secured(Protocol):
    """What has security: an operation of the contract."""

    @property
    def security(self) -> Sequence[Mapping[str, Sequence[str]]]:
        """The alternatives, each a mapping of scheme to scopes."""

    @property
    def node(self) -> DocumentNode:
        """Where it stands."""


class SecurityRules:
    """The credentials that one operation asks for, compiled.

    `faults` says in words what can't be judged: a scheme that isn't declared, or is declared in a
    way that no request could satisfy. Nothing is asked for it. Nor is anything for `mutualTLS`:
    the certificate of a client can't be seen here.
    """

    def __init__(self, operation: Secured, schemes: Mapping[str, Mapping[str, Any]]) -> None:
        self.faults: list[str] = []
        rule = _rule(operation)
        compiled = {
            name: self._compiled(name, schemes)
            for name in dict.fromkeys(name for names in operation.security for name in names)
        }
        self._alternatives = [
            [
                _Requirement(name, scheme, scopes, rule)
                for name, scopes in alternative.items()
                if (scheme := compiled[name]) is not None
            ]
            for alternative in operation.security
        ] or [[]]
        self._ways = [_way(alternative) for alternative in self._alternatives]
        self._challenges = _challenges(
            r.scheme.challenge for alternative in self._alternatives for r in alternative
        )

    @property
    def is_open(self) -> bool:
        """Whether every request passes, so that none need be checked."""
        return not all(self._alternatives)

    def check(self, request: Request) -> None:
        """Raise Unauthorized or Forbidden where no alternative is met.

        The violations are those of the alternative that came nearest.
        """
        failed = []
        for requirements in self._alternatives:
            lacks = [lack for r in requirements if (lack := r.lack(request)) is not None]
            if not lacks:
                return
            failed.append(lacks)
        raise self._problem(failed)

    def _compiled(self, name: str, schemes: Mapping[str, Mapping[str, Any]]) -> _Scheme | None:
        try:
            if name not in schemes:
                hint = did_you_mean(name, schemes, '"{}"')
                raise ValueError(f"is not declared in components/securitySchemes{hint}")
            return _scheme(schemes[name])
        except ValueError as error:
            self.faults.append(f'the security scheme "{name}" {error}')
            return None

    def _problem(self, failed: Sequence[Sequence[_Lack]]) -> InvalidRequest:
        distances = [
            _distance(lacks, len(alternative))
            for lacks, alternative in zip(failed, self._alternatives, strict=True)
        ]
        nearest = distances.index(min(distances))
        lacks = failed[nearest]
        violations = [lack.violation for lack in lacks]
        told = [f"{violation.message}." for violation in violations]
        if all(lack.scopes for lack in lacks):
            return Forbidden(
                " ".join(told), violations, _challenges(lack.challenge for lack in lacks)
            )
        others = [way for way in dict.fromkeys(self._ways) if way != self._ways[nearest]]
        if others:
            told.append(f"Or send {', or '.join(others)}.")
        return Unauthorized(" ".join(told), violations, self._challenges)


def _rule(operation: Secured) -> str:
    """Return the place of the requirements: the operation's own list, else the document's."""
    node = operation.node
    listed = node.get("security") or node.documents.top.get("security") or node
    return f"{listed.document.label}#{listed.pointer}"


def _way(alternative: Iterable[_Requirement]) -> str:
    """Return a phrase for all the credentials that one alternative asks for."""
    return " and ".join(dict.fromkeys(r.scheme.expected for r in alternative))


def _challenges(challenges: Iterable[str | None]) -> list[tuple[str, str]]:
    """Return a header for each distinct challenge (RFC 9110, section 11.6.1)."""
    return [("WWW-Authenticate", challenge) for challenge in dict.fromkeys(challenges) if challenge]


class _Lack(NamedTuple):
    """What one scheme lacks in a request.

    `sent`: the request has credentials. `scopes`: how many scopes they lack, if they lack nothing
    else. `challenge`: the challenge of the answer then.
    """

    violation: Violation
    sent: bool = False
    scopes: int = 0
    challenge: str | None = None


def _distance(lacks: Sequence[_Lack], asked: int) -> tuple[bool, bool, int, int]:
    """Return how far a request is from an alternative of `asked` schemes; less is nearer.

    An alternative that lacks only scopes is nearest. Next is one with any credentials sent, then
    the one with the fewest lacks.
    """
    unsent = sum(not lack.sent for lack in lacks)
    scopes = sum(lack.scopes for lack in lacks)
    return not all(lack.scopes for lack in lacks), unsent == asked, len(lacks), scopes


def _no_fault(credentials: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class _Scheme:
    """Credentials of one kind: their place, how they are read and how they are asked for.

    `find` returns the credentials of a request, or the empty string. `fault` returns what is
    wrong with them, or the empty string.
    """

    location: str
    field: str
    expected: str
    find: Find
    fault: Read = _no_fault
    challenge: str | None = None
    is_token: bool = False


class _Requirement:
    """One scheme of an alternative, with the scopes that it has to have."""

    def __init__(self, name: str, scheme: _Scheme, scopes: Sequence[str], rule: str) -> None:
        self.scheme = scheme
        self._name = name
        self._scopes = scopes if scheme.is_token else ()
        self._rule = rule
        self._absent = _Lack(self._violation("are missing"))

    def lack(self, request: Request) -> _Lack | None:
        """Return what the request lacks for this requirement; None if it lacks nothing."""
        credentials = self.scheme.find(request)
        if not credentials:
            return self._absent
        if fault := self.scheme.fault(credentials):
            return _Lack(self._violation(fault), sent=True)
        if self._scopes and (missing := _missing(self._scopes, credentials)):
            return self._too_narrow(missing)
        return None

    def _too_narrow(self, missing: Sequence[str]) -> _Lack:
        names = ", ".join(f'"{scope}"' for scope in missing)
        noun = "scope" if len(missing) == 1 else "scopes"
        violation = self._violation(
            f"lack the {noun} {names}",
            f'"Authorization: Bearer mock:scope={" ".join(self._scopes)}"',
        )
        return _Lack(violation, True, len(missing), _insufficient(self._scopes))

    def _violation(self, fault: str, expected: str | None = None) -> Violation:
        where = ("request", self.scheme.location, self.scheme.field)
        message = f'the credentials for "{self._name}" {fault}'
        expected = expected or self.scheme.expected
        return Violation(where, "", "security", f"{message}; expected {expected}", self._rule)


def _missing(scopes: Sequence[str], token: str) -> list[str]:
    """Return the scopes that a token lacks; none if the token doesn't name its own.

    Spaces, commas and pluses separate scopes, but a scope may also contain commas and pluses.
    """
    own = _OWN_SCOPES.match(token)
    if own is None:
        return []
    held = {*re.split(r"[\s,+]+", own[1]), *own[1].split()}
    return [scope for scope in scopes if scope not in held]


def _insufficient(scopes: Sequence[str]) -> str:
    """Return the challenge to a token that lacks scopes (RFC 6750, section 3.1)."""
    sayable = all(_SCOPE.fullmatch(scope) for scope in scopes)
    told = f', scope="{" ".join(scopes)}"' if sayable else ""
    return f'Bearer error="insufficient_scope"{told}'


def _scheme(declared: Mapping[str, Any]) -> _Scheme | None:
    """Return the scheme of that declaration; None for one that is always satisfied.

    Raises ValueError if the declaration is unusable; its text ends a sentence about the scheme.
    """
    kind = declared.get("type")
    compile_kind = _KINDS.get(kind) if isinstance(kind, str) else None
    if compile_kind is None:
        raise ValueError(_unknown("type", kind, _KINDS))
    return compile_kind(declared)


def _unknown(member: str, value: Any, known: Iterable[str]) -> str:
    *others, last = known
    is_told = isinstance(value, str) and value
    found = f'has the {member} "{value}"' if is_told else f"has no {member}"
    return f"{found}; expected {', '.join(others)} or {last}"


def _mutual_tls(declared: Mapping[str, Any]) -> None:
    """Return None, always satisfied: a certificate of the client isn't visible in HTTP."""


def _api_key(declared: Mapping[str, Any]) -> _Scheme:
    location, name = declared.get("in"), declared.get("name")
    if not isinstance(location, str) or location not in _PLACES:
        raise ValueError(_unknown("in", location, _PLACES))
    if not isinstance(name, str) or not name:
        raise ValueError(f"has no name; expected that of the {location} with the key")
    if location == "header" and not _TOKEN.fullmatch(name):
        raise ValueError(f'has the name "{name}", which no header can have')
    find, expected = _PLACES[location]
    return _Scheme(location, name, expected.format(name), find(name))


def _header_value(name: str) -> Find:
    key = name.lower().encode()
    return lambda request: request.headers.get(key, b"").decode("latin-1").strip()


def _query_value(name: str) -> Find:
    return lambda request: dict(parse_qsl(request.query)).get(name, "").strip()


def _cookie_value(name: str) -> Find:
    return lambda request: next((v for n, v in _cookies(request) if n == name and v), "")


def _cookies(request: Request) -> Iterator[tuple[str, str]]:
    """Yield the cookies of a request (RFC 6265, section 4.2.1), their values unquoted."""
    for cookie in (request.header("cookie") or "").split(";"):
        name, _, value = cookie.partition("=")
        yield name.strip(), value.strip(' \t"')


def _http(declared: Mapping[str, Any]) -> _Scheme:
    """Return the scheme of Authorization by its name, in any case (RFC 9110, 11.1)."""
    name = declared.get("scheme")
    if not isinstance(name, str) or not _TOKEN.fullmatch(name):
        raise ValueError(_unknown("scheme", name, ("basic", "bearer", "another name of a scheme")))
    if name.lower() == "bearer":
        return _bearer("Bearer")
    if name.lower() == "basic":
        words = "<base64 of user:password>"
        return _authorization("Basic", words, 'Basic realm="*"', _basic_fault)
    if name.lower() == "digest":
        words = ", ".join(f"{part}=…" for part in _DIGEST_PARTS)
        return _authorization("Digest", words, _DIGEST_CHALLENGE, _digest_fault)
    return _authorization(name, "<credentials>", name)


def _bearer(challenge: str) -> _Scheme:
    """Return the scheme of a token in Authorization (RFC 6750, section 2.1).

    Every server supports this one way.
    """
    return _authorization("Bearer", "<token>", challenge, is_token=True)


def _authorization(
    name: str, words: str, challenge: str, fault: Read = _no_fault, is_token: bool = False
) -> _Scheme:
    expected = f'the header "Authorization: {name} {words}"'
    find = _authorized(name)
    return _Scheme("header", "Authorization", expected, find, fault, challenge, is_token)


def _authorized(name: str) -> Find:
    """Return a function that finds the credentials after the scheme's name in Authorization.

    An alternative that asks for two schemes can only be met by sending the header twice. A
    repeated header arrives joined by commas.
    """
    credentials = re.compile(rf"(?:^|,)[ \t]*{re.escape(name)}[ \t]+(.+)", re.IGNORECASE)

    def find(request: Request) -> str:
        sent = request.header("authorization")
        found = sent and credentials.search(sent)
        return found[1].strip() if found else ""

    return find


def _basic_fault(credentials: str) -> str:
    """Return what is wrong with Basic credentials (RFC 7617, section 2)."""
    try:
        decoded = a2b_base64(credentials.partition(",")[0].strip(), strict_mode=True)
    except ValueError:
        return "are no base64"
    if b":" not in decoded:
        return "have no colon between user and password"
    return "have a control character, such as a line break" if _CONTROL.search(decoded) else ""


# A name with a token or a quoted string behind it (RFC 9110, sections 11.2 and 5.6).
_PART = rf"{_TOKEN.pattern}[ \t]*=[ \t]*(?:{_TOKEN.pattern}|\"(?:[^\"\\]|\\.)*+\")"
# Either one word or a list of such parts (RFC 9110, section 11.4).
_CREDENTIALS = re.compile(
    rf"[-0-9A-Za-z._~+/]+=*|[ \t,]*+{_PART}(?:[ \t]*+,[ \t,]*+(?:{_PART})?)*+"
)


def _digest_fault(credentials: str) -> str:
    """Return what is wrong with the form of Digest credentials; a mock knows no secrets.

    RFC 7616, section 3.4, names the parameters; the client chooses which of them it sends.
    """
    is_formed = _CREDENTIALS.fullmatch(credentials) is not None
    return "" if is_formed else "are no parameters such as username=…, with commas between them"


# Clients compute nothing without a nonce (RFC 7616, section 3.3); the mock never checks it.
_DIGEST_CHALLENGE = 'Digest realm="*", nonce="mock", qop="auth"'
_PLACES: Mapping[str, tuple[Callable[[str], Find], str]] = {
    "header": (_header_value, 'the header "{}: <key>"'),
    "query": (_query_value, 'the query parameter "{}=<key>"'),
    "cookie": (_cookie_value, 'the cookie "{}=<key>"'),
}
_KINDS: Mapping[str, Callable[[Mapping[str, Any]], _Scheme | None]] = {
    "apiKey": _api_key,
    "http": _http,
    "mutualTLS": _mutual_tls,
    "oauth2": lambda declared: _bearer("OAuth2"),
    "openIdConnect": lambda declared: _bearer("OpenID"),
}
