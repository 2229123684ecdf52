"""Requests and replies against the contract: every violation, not the first alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from mock_server.bodies import Decoder, UnreadableBody, body_codec, known_charset
from mock_server.contract import Body, Content, Operation, Parameter, Response
from mock_server.core import did_you_mean, one_of, shown_value
from mock_server.errors import InvalidRequest, MissingMediaType, UnsupportedMediaType, Violation
from mock_server.http_messages import (
    CONNECTION_HEADERS,
    QUERY_PREFERENCES,
    TOKEN,
    MediaType,
    Request,
    find_media_type,
    header_bytes,
    header_lines,
    parse_media_type,
)
from mock_server.parameters import (
    CookieDecoder,
    HeaderDecoder,
    ParameterShape,
    QueryDecoder,
)
from mock_server.secrecy import OperationSecrets, Secrets, discreet_in_reply, discreet_in_request
from mock_server.validation.client_habits import with_habit, with_habit_of_text
from mock_server.validation.encoded_commas import PathReader, Separation
from mock_server.validation.security import SecurityRules

# As many Content-Type values as a client in its right mind sends; others are judged anew.
MOST_CONTENT_TYPES = 64
_TYPE = ("request", "header", "content-type")


class _Absent:
    """What stands for a body that wasn't sent."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Any = _Absent()


class Arguments(NamedTuple):
    """The values of a request that keeps to the contract, by the part they came in."""

    path: Mapping[str, Any]
    query: Mapping[str, Any]
    header: Mapping[str, Any]
    cookie: Mapping[str, Any]
    body: Any


_NONE: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class RequestOptions:
    """How strictly requests are read: the settings that say so.

    `body_limit` is that of a body once it is decompressed; `array_format` and `object_format` are
    those of `parameters.QueryDecoder`; `schemes` are the contract's security schemes, None where
    credentials aren't asked for; `secrets` are where none are quoted.
    """

    body_limit: int
    lenient: bool = False
    strict_parameters: bool = False
    array_format: str = "auto"
    object_format: str = "auto"
    schemes: Mapping[str, Mapping[str, Any]] | None = None
    secrets: Secrets = field(default_factory=Secrets)


class RequestRules:
    """What one operation asks of its requests, compiled."""

    def __init__(self, operation: Operation, options: RequestOptions) -> None:
        self._operation = operation
        self._strict = options.strict_parameters
        self._security = _security(operation, options)
        parts: dict[str, list[Parameter]] = {"path": [], "query": [], "header": [], "cookie": []}
        for parameter in operation.parameters:
            parts["query" if parameter.location == "querystring" else parameter.location].append(
                parameter
            )
        self._path = [PathReader(p, _shape(p)) for p in parts["path"]]
        self._query = parts["query"]
        shapes = [_shape(p) for p in self._query]
        formats = options.array_format, options.object_format
        self._decode_query = QueryDecoder(shapes, *formats).decode
        self._separate_query = Separation(
            self._query, QueryDecoder(shapes, *formats, encoded_commas=True).decode
        )
        self._headers = [
            (p, p.name.lower().encode(), HeaderDecoder(_shape(p)).decode) for p in parts["header"]
        ]
        self._cookies = parts["cookie"]
        shapes = [_shape(p) for p in self._cookies]
        self._decode_cookies = CookieDecoder(shapes).decode
        self._separate_cookies = Separation(
            self._cookies, CookieDecoder(shapes, encoded_commas=True).decode
        )
        needs_type = operation.method == "QUERY"
        self._body = BodyRules(operation.body, needs_type) if operation.body else None
        self._secrets = options.secrets.of_operation(operation)

    def path_values(self, variables: Mapping[str, str]) -> tuple[dict[str, Any], list[Violation]]:
        """The values of the path's variables, and every violation in them."""
        values: dict[str, Any] = {}
        violations: list[Violation] = []
        for reader in self._path:
            parameter = reader.parameter
            try:
                value = values[parameter.name] = reader.value(variables[parameter.name])
            except ValueError as error:
                violations.append(_unreadable(parameter, str(error)))
            else:
                _judge(parameter, value, violations)
        return values, violations

    def check(
        self, request: Request, path: Mapping[str, Any], found: Sequence[Violation]
    ) -> Arguments:
        """The values that the request carries, those of the path already known.

        Raises InvalidRequest, or UnsupportedMediaType, with every violation.
        """
        violations = list(found)
        arguments = Arguments(
            path,
            self._query_values(request, violations) if self._query or self._strict else _NONE,
            self._header_values(request, violations) if self._headers else _NONE,
            self._cookie_values(request, violations) if self._cookies else _NONE,
            self._body.value(request, violations) if self._body else ABSENT,
        )
        refused = self._refused(request) if self._security is not None else None
        if violations or refused:
            raise _problem(self._discreet(violations, arguments), refused, arguments)
        return arguments

    def _discreet(self, violations: Iterable[Violation], arguments: Arguments) -> list[Violation]:
        """The violations as they may be shown: what is wrong with a secret doesn't quote it."""
        secrets = self._secrets
        return [discreet_in_request(v, secrets, _part_of(arguments, v)) for v in violations]

    def _refused(self, request: Request) -> InvalidRequest | None:
        """Why the request's credentials don't do."""
        assert self._security is not None
        try:
            self._security.check(request)
        except InvalidRequest as problem:
            return problem
        return None

    def _query_values(self, request: Request, violations: list[Violation]) -> Mapping[str, Any]:
        query = without_preferences(request.query)
        sent = self._decode_query(query)
        self._separate_query(sent, query)
        _judge_named(self._query, sent.values, sent.errors, violations, sent.empty)
        if self._strict and sent.unknown:
            violations.extend(self._undeclared(name) for name in sent.unknown)
        return sent.values

    def _undeclared(self, name: str) -> Violation:
        known = [p.name for p in self._query]
        hint = did_you_mean(name, known)
        expected = one_of(known).replace('"', "") if known else "none"
        message = f"{name} in the query isn't declared; expected {expected}{hint}"
        return Violation(("request", "query", name), "", "undeclared", message)

    def _cookie_values(self, request: Request, violations: list[Violation]) -> Mapping[str, Any]:
        cookies = request.header("cookie") or ""
        sent = self._decode_cookies(cookies)
        self._separate_cookies(sent, cookies)
        _judge_named(self._cookies, sent.values, sent.errors, violations)
        return sent.values

    def _header_values(self, request: Request, violations: list[Violation]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        errors: dict[str, str] = {}
        for parameter, name, decode_text in self._headers:
            if name in request.headers:
                try:
                    values[parameter.name] = decode_text(request.headers[name].decode("latin-1"))
                except ValueError as error:
                    errors[parameter.name] = str(error)
        _judge_named([p for p, _, _ in self._headers], values, errors, violations)
        return values


def _part_of(arguments: Arguments, violation: Violation) -> Any:
    """The value that a violation is about: the body's, or a parameter's."""
    _, location, *steps = violation.location
    if location == "body":
        return arguments.body
    named: Mapping[str, Any] = getattr(arguments, location, _NONE)
    return named.get(steps[0]) if steps else None


def _shape(parameter: Parameter) -> ParameterShape:
    """How a parameter is read: one whose text is a form or XML as a body of that type is."""
    content = parameter.content
    if content is None or (read := _text_reader(content)) is None:
        return parameter.shape
    return replace(parameter.shape, parse=lambda text: read(text.encode()))


def _text_reader(content: Content) -> Decoder | None:
    try:
        return content.once(body_codec.text_reader)
    except ValueError:  # no media type at all
        return None


def _security(operation: Operation, options: RequestOptions) -> SecurityRules | None:
    """What credentials an operation asks for; None where every request passes."""
    if options.schemes is None or not operation.security:
        return None
    rules = SecurityRules(operation, options.schemes)
    return None if rules.is_open else rules


class BodyRules:
    """What an operation asks of the body of its requests, compiled."""

    def __init__(self, body: Body, needs_type: bool = False) -> None:
        """Take what is declared; `needs_type` is for a body that isn't read without a type."""
        self._required = body.required
        self._needs_type = needs_type
        self._content = body.content
        self._known: dict[bytes, tuple[Content, Decoder]] = {}

    def value(self, request: Request, violations: list[Violation]) -> Any:
        """What the body says; ABSENT where none was sent."""
        if not request.body and not self._takes_empty(request):
            if self._required:
                expected = one_of_types(self._content)
                message = f"the body is missing; expected {expected}"
                violations.append(_body_violation("required", message))
            return ABSENT
        sent = request.headers.get(b"content-type", b"")
        if not sent and self._needs_type:
            message = f"the content type is missing; expected {one_of_types(self._content)}"
            violations.append(Violation(_TYPE, "", "required", message))
            return ABSENT
        try:
            content, decode = self._known.get(sent) or self._chosen(sent)
            value = decode(request.body)
            if type(value) is bytes:
                return value
        except UnreadableBody as error:
            violations.append(_body_violation("syntax", str(error)))
            return ABSENT
        except ValueError as error:
            violations.append(_body_violation("content-type", str(error), "header"))
            return ABSENT
        schema = content.schema
        if schema is None or content.item_schema is not None or not schema.is_valid(value):
            violations.extend(_body_violations(content, value))
        return value

    def _takes_empty(self, request: Request) -> bool:
        """Whether no bytes are a body all the same: an empty text or file is one, if declared.

        Of any other type they are none, though some clients name one whenever they might send a
        body.
        """
        try:
            media_type = parse_media_type(request.header("content-type") or "")
        except ValueError:
            return False
        may_be_empty = media_type.essence in ("text/plain", "application/octet-stream")
        return may_be_empty and find_media_type(self._content, media_type) is not None

    def _chosen(self, sent: bytes) -> tuple[Content, Decoder]:
        """What a body of that Content-Type has to be, and how it is read. Raises ValueError."""
        text = sent.decode("latin-1")
        # A body without a type is taken for the first that is declared, as RFC 9110, section 8.3
        # lets a recipient guess.
        media_type = parse_media_type(text or _first_concrete(self._content))
        key = entry_for(self._content, media_type)
        chosen = (self._content[key], body_codec.decoder(self._content[key], media_type))
        # A boundary is of one request alone.
        if media_type.type != "multipart" and len(self._known) < MOST_CONTENT_TYPES:
            self._known[sent] = chosen
        return chosen


def entry_for(content: Mapping[str, Content], media_type: MediaType) -> str:
    """The declared entry that a body of that media type belongs to. Raises ValueError."""
    if media_type.charset is not None and not known_charset(media_type.charset):
        raise ValueError(f"the charset {media_type.charset} isn't known; expected utf-8")
    key = find_media_type(content, media_type)
    if key is None:
        expected = one_of_types(content)
        raise ValueError(f"the content type is {media_type.essence}; expected {expected}")
    return key


def _first_concrete(content: Mapping[str, Content]) -> str:
    return next((key for key in content if "*" not in key), "application/octet-stream")


def without_preferences(query: str) -> str:
    """A query without Prism's preferences, which are nobody's parameters."""
    if "__" not in query:
        return query
    return "&".join(p for p in query.split("&") if p.split("=")[0] not in QUERY_PREFERENCES)


def one_of_types(content: Mapping[str, Content]) -> str:
    """The declared media types in a row."""
    return one_of(list(content)).replace('"', "") if content else "no content"


def _problem(
    violations: list[Violation], refused: InvalidRequest | None, arguments: Arguments
) -> InvalidRequest:
    """One problem for all that is wrong: credentials decide its kind, then the content type."""
    if refused is not None:
        problem = refused
        problem.detail = " ".join(filter(None, (refused.detail, summary(violations))))
        problem.violations = (*refused.violations, *violations)
    else:
        wrong_type = any(v.keyword == "content-type" for v in violations)
        no_type = any(v.location == _TYPE and v.keyword == "required" for v in violations)
        kind: type[InvalidRequest] = UnsupportedMediaType if wrong_type else InvalidRequest
        kind = MissingMediaType if no_type else kind
        problem = kind(summary(violations), violations)
    problem.arguments = arguments
    return problem


def summary(violations: Sequence[Violation], most: int = 5) -> str:
    """The violations in a sentence each; how many more there are is said."""
    said = [f"{v.message}." for v in violations[:most]]
    if len(violations) > most:
        said.append(f"And {len(violations) - most} more.")
    return " ".join(said)


def _judge_named(
    parameters: Iterable[Parameter],
    values: Mapping[str, Any],
    errors: Mapping[str, str],
    violations: list[Violation],
    empty: Sequence[str] = (),
) -> None:
    for parameter in parameters:
        if parameter.name in errors:
            violations.append(_unreadable(parameter, errors[parameter.name]))
        elif parameter.name in values:
            _judge(parameter, values[parameter.name], violations)
        elif parameter.required and parameter.name not in empty:
            violations.append(_missing(parameter))


def _judge(parameter: Parameter, value: Any, violations: list[Violation]) -> None:
    schema = parameter.schema
    if schema is not None and not schema.is_valid(value):
        if value == "" and parameter.shape.allow_empty_value:
            return
        where = ("request", parameter.location, parameter.name)
        found = schema.violations(value, where)
        violations.extend(with_habit(v, value, parameter.required) for v in found)


def _unreadable(parameter: Parameter, message: str) -> Violation:
    text = f"{parameter.name} in the {parameter.location}: {with_habit_of_text(message)}"
    return _parameter_violation(parameter, "style", text)


def _missing(parameter: Parameter) -> Violation:
    text = f"{parameter.name} in the {parameter.location} is missing"
    return _parameter_violation(parameter, "required", text)


def _parameter_violation(parameter: Parameter, keyword: str, message: str) -> Violation:
    where = ("request", parameter.location, parameter.name)
    rule = f"{parameter.node.document.label}#{parameter.node.pointer}"
    return Violation(where, "", keyword, message, rule)


def _body_violations(content: Content, value: Any) -> list[Violation]:
    try:
        return body_codec.violations(content, value, ("request", "body"))
    except ValueError:  # the engine writes down nothing that is nested deeper than 254 levels
        message = "the body is not as declared, and nested too deeply to say where"
        return [_body_violation("depth", message)]


def _body_violation(keyword: str, message: str, part: str = "body") -> Violation:
    location = ("request", part) if part == "body" else ("request", part, keyword)
    return Violation(location, "", keyword, message)


def reply_violations(
    response: Response,
    headers: Mapping[str, str],
    key: str | None,
    value: Any,
    secrets: OperationSecrets,
) -> list[Violation]:
    """Every way in which a reply breaks the response that declares it; no secret is quoted.

    `key` is the entry of `content` that the body belongs to, None for a reply without a body.
    """
    violations: list[Violation] = []
    if key is not None:
        violations += body_codec.violations(response.content[key], value, ("response", "body"))
    if headers:
        violations.extend(unsendable_headers(headers))
    if response.headers:
        violations.extend(_header_violations(response, headers))
    return [discreet_in_reply(violation, secrets, value) for violation in violations]


def unsendable_headers(headers: Mapping[str, str]) -> Iterable[Violation]:
    """Headers that HTTP has no form for (RFC 9110, sections 5.1 and 5.5)."""
    for name, text in headers.items():
        where = ("response", "header", name)
        if not re.fullmatch(TOKEN, name):
            message = (
                f"the header {shown_value(name)} can't be sent; expected letters, digits and dashes"
            )
            yield Violation(where, "", "name", message)
        elif any(header_bytes(t).decode("latin-1") != t for t in header_lines(name, text)):
            message = (
                f"the header {name} can't be sent with {shown_value(text)}; expected plain text"
            )
            yield Violation(where, "", "value", message)


def _header_violations(response: Response, headers: Mapping[str, str]) -> Iterable[Violation]:
    sent = {name.lower(): value for name, value in headers.items()}
    for header in response.headers:
        where = ("response", "header", header.name)
        text = sent.get(header.name.lower())
        if text is None:
            if header.required and header.name.lower() not in CONNECTION_HEADERS:
                yield Violation(where, "", "required", f"the header {header.name} is missing")
            continue
        try:
            value = header.decode(text)
        except ValueError as error:
            yield Violation(where, "", "style", f"the header {header.name}: {error}")
            continue
        if header.schema is not None:
            yield from header.schema.violations(value, where)
