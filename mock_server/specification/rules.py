"""What the fields of one object ask of each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from mock_server.core import nearest
from mock_server.specification.words import JSON_TYPES, meant_type, wrong_member


class Wrong(NamedTuple):
    """Something wrong in an object: in the value of that field, or in the whole if there is none.

    `at_key` is true if the field itself shouldn't be there; `item` is that of a list.
    """

    field: str | None
    message: str
    at_key: bool = False
    item: int | None = None


Members = dict[str, Any]
Rule = Callable[[Members, str], Iterator[Wrong]]

_STYLES = {
    "path": ("matrix", "label", "simple"),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "header": ("simple",),
    "cookie": ("form",),
}


def _member(
    object_: Members, field: str, options: tuple[str, ...], note: str = ""
) -> Iterator[Wrong]:
    value = object_.get(field)
    if isinstance(value, str) and value not in options:
        yield Wrong(field, f"`{field}` {wrong_member(value, options)}{note}")


def _not_both(object_: Members, one: str, other: str) -> Iterator[Wrong]:
    if one in object_ and other in object_:
        yield Wrong(other, f"`{other}` stands beside `{one}`; expected one of them alone", True)


def _one_of_two(object_: Members, one: str, other: str) -> Iterator[Wrong]:
    if one not in object_ and other not in object_:
        yield Wrong(None, f"`{one}` is missing; expected `{one}` or `{other}`")


def _parameter(object_: Members, version: str) -> Iterator[Wrong]:
    places: tuple[str, ...] = ("query", "header", "path", "cookie")
    if version >= "3.2":
        places = (*places, "querystring")
    yield from _member(object_, "in", places, _in_body(object_))
    place = object_.get("in")
    if place == "path" and object_.get("required") is not True:
        is_there = isinstance(object_.get("required"), bool)
        what = "is false" if is_there else "is missing"
        message = f"`required` {what}; expected `required: true`, as every parameter in a path"
        if is_there or "required" not in object_:
            yield Wrong("required" if is_there else None, message)
    if isinstance(place, str) and place in _STYLES:
        cookie = ("cookie",) if version >= "3.2" and place == "cookie" else ()
        styles = (*_STYLES[place], *cookie)
        yield from _member(object_, "style", styles, f" for a parameter in {place}")
    yield from _shaped(object_, version)


def _in_body(object_: Members) -> str:
    if object_.get("in") in ("body", "formData"):
        return "; since OpenAPI 3.0 a body stands in `requestBody` of the operation"
    return ""


def _shaped(object_: Members, version: str) -> Iterator[Wrong]:
    """What parameters and headers share."""
    if object_.get("in") == "querystring":
        if "content" not in object_:
            yield Wrong(None, "`content` is missing; expected it for a parameter in querystring")
    else:
        yield from _one_of_two(object_, "schema", "content")
    yield from _not_both(object_, "schema", "content")
    yield from _not_both(object_, "example", "examples")
    content = object_.get("content")
    if isinstance(content, dict) and len(content) != 1:
        message = f"`content` has {len(content)} media types; expected exactly one"
        yield Wrong("content", message)
    if "content" in object_ and "schema" not in object_:
        others: tuple[str, ...] = ("style", "explode", "allowReserved")
        others += ("example", "examples") if version < "3.2" else ()
        for name in others:
            if name in object_:
                message = f"`{name}` has no meaning beside `content`; expected it beside `schema`"
                yield Wrong(name, message, True)


def _header(object_: Members, version: str) -> Iterator[Wrong]:
    yield from _member(object_, "style", ("simple",))
    yield from _shaped(object_, version)


def _media_type(object_: Members, version: str) -> Iterator[Wrong]:
    yield from _not_both(object_, "example", "examples")
    yield from _not_both(object_, "encoding", "prefixEncoding")
    yield from _not_both(object_, "encoding", "itemEncoding")


def _encoding(object_: Members, version: str) -> Iterator[Wrong]:
    yield from _member(object_, "style", _STYLES["query"])


def _example(object_: Members, version: str) -> Iterator[Wrong]:
    yield from _not_both(object_, "value", "externalValue")
    yield from _not_both(object_, "value", "dataValue")
    yield from _not_both(object_, "value", "serializedValue")
    yield from _not_both(object_, "serializedValue", "externalValue")


def _link(object_: Members, version: str) -> Iterator[Wrong]:
    yield from _not_both(object_, "operationRef", "operationId")
    if version > "3.0":
        yield from _one_of_two(object_, "operationId", "operationRef")


def _license(object_: Members, version: str) -> Iterator[Wrong]:
    yield from _not_both(object_, "identifier", "url")


_SCHEMES: dict[str, tuple[str, ...]] = {
    "apiKey": ("name", "in"),
    "http": ("scheme",),
    "oauth2": ("flows",),
    "openIdConnect": ("openIdConnectUrl",),
    "mutualTLS": (),
}
# Fields that have a meaning for one type of security scheme alone.
_OWN_FIELDS = {
    "name": "apiKey", "in": "apiKey", "scheme": "http", "bearerFormat": "http",
    "flows": "oauth2", "openIdConnectUrl": "openIdConnect", "oauth2MetadataUrl": "oauth2",
}  # fmt: skip


def _security_scheme(object_: Members, version: str) -> Iterator[Wrong]:
    types = tuple(t for t in _SCHEMES if version > "3.0" or t != "mutualTLS")
    yield from _member(object_, "type", types)
    kind = object_.get("type")
    if kind not in types:
        return
    for name in _SCHEMES[kind]:
        if name not in object_:
            message = f"`{name}` is missing; expected it for a security scheme of type {kind}"
            yield Wrong(None, message)
    for name, owner in _OWN_FIELDS.items():
        if name in object_ and owner != kind:
            yield Wrong(name, f"`{name}` has no meaning for a security scheme of type {kind}", True)
    if kind == "apiKey":
        yield from _member(object_, "in", ("query", "header", "cookie"))


_FLOWS = {
    "implicit": ("authorizationUrl",),
    "password": ("tokenUrl",),
    "clientCredentials": ("tokenUrl",),
    "authorizationCode": ("authorizationUrl", "tokenUrl"),
    "deviceAuthorization": ("deviceAuthorizationUrl", "tokenUrl"),
}
_URLS = ("authorizationUrl", "tokenUrl", "deviceAuthorizationUrl")


def flow_rule(flow: str) -> Rule:
    """What one of the OAuth flows asks of its fields."""

    def rule(object_: Members, version: str) -> Iterator[Wrong]:
        wanted = _FLOWS.get(flow, ())
        for name in wanted:
            if name not in object_:
                yield Wrong(None, f"`{name}` is missing; expected it in the flow {flow}")
        for name in _URLS:
            if name in object_ and name not in wanted:
                yield Wrong(name, f"`{name}` has no meaning in the flow {flow}", True)

    return rule


def _server_variable(object_: Members, version: str) -> Iterator[Wrong]:
    options = object_.get("enum")
    if version > "3.0" and options == []:
        yield Wrong("enum", "`enum` is an empty list; expected at least one value")


def _xml(object_: Members, version: str) -> Iterator[Wrong]:
    yield from _member(object_, "nodeType", ("element", "attribute", "text", "cdata", "none"))


def _openapi(object_: Members, version: str) -> Iterator[Wrong]:
    own = object_.get("$self")
    if isinstance(own, str) and "#" in own:
        yield Wrong("$self", f'`$self` is "{own}"; expected an address without a fragment')


def _added_methods(object_: Members, version: str) -> Iterator[Wrong]:
    for name in object_.get("additionalOperations") or ():
        if re.fullmatch(r"GET|PUT|POST|DELETE|OPTIONS|HEAD|PATCH|TRACE|QUERY", name):
            message = f"{name} has a field of its own; expected `{name.lower()}` in the Path Item"
            yield Wrong("additionalOperations", message)


def _schema(object_: Members, version: str) -> Iterator[Wrong]:
    if version == "3.0":
        yield from _type_3_0(object_)
    else:
        yield from _type(object_)
        if object_.get("nullable") is True:
            kind = object_.get("type")
            instead = f"type: [{kind}, 'null']" if isinstance(kind, str) else "a type 'null'"
            message = (
                f"`nullable` has no effect since OpenAPI 3.1; expected {instead}, which allows null"
            )
            yield Wrong("nullable", message, True)
    if version == "3.0" and object_.get("required") == []:
        message = "`required` is an empty list; OpenAPI 3.0 expects one name or more, or no list"
        yield Wrong("required", message)
    for name in ("allOf", "oneOf", "anyOf"):
        if object_.get(name) == [] and version > "3.0":
            yield Wrong(name, f"`{name}` is an empty list; expected at least one schema")
    required = object_.get("required")
    if isinstance(required, list) and all(isinstance(one, str) for one in required):
        twice = sorted({one for one in required if required.count(one) > 1})
        if twice:
            yield Wrong("required", f'`required` names "{twice[0]}" twice; expected each name once')
        yield from _required_names(object_, required)


def _required_names(object_: Members, required: list[str]) -> Iterator[Wrong]:
    """Names that aren't among the properties, and are close to one that isn't required yet."""
    properties = object_.get("properties")
    if not isinstance(properties, dict) or {"allOf", "$ref", "oneOf", "anyOf"} & object_.keys():
        return
    free = [name for name in properties if name not in required]
    for name in required:
        near = nearest(name, free) if name not in properties else None
        if near is not None:
            message = f'`required` names "{name}", which is none of the properties'
            yield Wrong("required", f'{message}; did you mean "{near}"?')


def _type_3_0(object_: Members) -> Iterator[Wrong]:
    kind = object_.get("type")
    if isinstance(kind, list):
        others = [one for one in kind if one != "null"]
        instead = f"`type: {others[0]}`" if len(others) == 1 else "one type"
        null = " and, for null, `nullable: true` beside it" if "null" in kind else ""
        several = "; several types are alternatives of `oneOf`" if len(others) > 1 else ""
        message = f"`type` is a list; OpenAPI 3.0 expects {instead}{null}{several}"
        yield Wrong("type", f"{message}; lists of types come with 3.1")
    elif kind == "null":
        message = '`type` is "null"; OpenAPI 3.0 has no such type, expected `nullable: true` beside'
        yield Wrong("type", f"{message} another")
    elif isinstance(kind, str):
        yield from _type_name(object_, kind, JSON_TYPES)


def _type(object_: Members) -> Iterator[Wrong]:
    kind = object_.get("type")
    options = (*JSON_TYPES, "null")
    if isinstance(kind, list):
        if not kind:
            yield Wrong("type", "`type` is an empty list; expected at least one type")
        for one in kind:
            yield from _type_name(object_, one, options)
    elif isinstance(kind, str):
        yield from _type_name(object_, kind, options)


def _type_name(object_: Members, kind: Any, options: tuple[str, ...]) -> Iterator[Wrong]:
    if "type" in object_ and kind not in options:
        shown = wrong_member(kind, options).partition("; did you mean")[0]
        meant = meant_type(kind) if isinstance(kind, str) else ""
        mended = f'; did you mean "{meant}"?' if meant else ""
        yield Wrong("type", f"`type` {shown}{mended}")


def _each_once(object_: Members, version: str) -> Iterator[Wrong]:
    """A parameter is known by its name and place (OAS 3.0.4, section 4.7.8)."""
    listed = object_.get("parameters")
    seen: set[tuple[str, str]] = set()
    for index, one in enumerate(listed if isinstance(listed, list) else ()):
        name, place = (one.get("name"), one.get("in")) if isinstance(one, dict) else (None, None)
        if not isinstance(name, str) or not isinstance(place, str):
            continue
        if (name, place) in seen:
            message = f'the parameter "{name}" in {place} is listed twice; expected it once'
            yield Wrong("parameters", message, item=index)
        seen.add((name, place))


def _path_item(object_: Members, version: str) -> Iterator[Wrong]:
    yield from _added_methods(object_, version)
    yield from _each_once(object_, version)


RULES: dict[str, Rule] = {
    "OpenAPI": _openapi,
    "Path Item": _path_item,
    "Operation": _each_once,
    "Parameter": _parameter,
    "Header": _header,
    "Media Type": _media_type,
    "Encoding": _encoding,
    "Example": _example,
    "Link": _link,
    "License": _license,
    "Security Scheme": _security_scheme,
    "Server Variable": _server_variable,
    "XML": _xml,
    "Schema": _schema,
}
