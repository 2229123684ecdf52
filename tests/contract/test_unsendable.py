"""What HTTP has no form for is a finding with its place, and the rest is sent all the same."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.running import Serve, json_of, thing

TEXT = {"schema": {"type": "string"}}
OBJECT = {"type": "object", "properties": {"a": {"type": "string"}}}
BAD_TYPES = ["text/plain\n", "text", "", 'text/plain; x="☃"', "text/☃", "text/plain\r\nX: 1"]
BAD_NAMES = ["X Bad", "", "X-A\r\nX-B", "X-☃", "X:", "Größe"]


def one_finding(mock: Any) -> str:
    (only,) = [str(finding) for finding in mock.app.parts.findings]
    assert "\n" not in only and "openapi.yaml:1:" in only
    return str(only)


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_reply_goes_without_a_header_that_has_no_name(serve: Serve, name: str) -> None:
    headers = {name: {"required": True, **TEXT}, "X-Good": {"required": True, **TEXT}}
    mock = serve(thing({"200": json_of(OBJECT) | {"headers": headers}}))
    assert "no header can have the name" in one_finding(mock)
    reply = mock.get()
    assert reply.status_code == 200 and reply.json().keys() == {"a"} and reply.headers["x-good"]


@pytest.mark.parametrize("media_type", BAD_TYPES)
def test_a_reply_goes_without_a_body_that_has_no_type(serve: Serve, media_type: str) -> None:
    headers = {"X-Good": {"required": True, **TEXT}}
    mock = serve(thing({"200": {"content": {media_type: TEXT}, "headers": headers}}))
    assert "no body can be sent with this media type" in one_finding(mock)
    reply = mock.get()
    assert (reply.status_code, reply.content) == (200, b"") and reply.headers["x-good"]


def test_another_type_is_sent_in_its_place(serve: Serve) -> None:
    content = {"text/plain\n": TEXT, **json_of(OBJECT)["content"]}
    assert serve(thing({"200": {"content": content}})).get().json().keys() == {"a"}


@pytest.mark.parametrize("media_type", ["text/plain; x=ü", 'text/plain;x="a b"', "*/*", "text/*"])
def test_what_can_be_sent_is_no_finding(serve: Serve, media_type: str) -> None:
    headers = {"X-_.!~": TEXT}
    mock = serve(thing({"200": {"content": {media_type: TEXT}, "headers": headers}}))
    quoted = media_type.replace("x=ü", 'x="ü"')
    assert len(mock.app.parts.findings) == (quoted != media_type)


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_request_need_not_have_a_header_that_it_cannot_have(serve: Serve, name: str) -> None:
    parameter = {"name": name, "in": "header", "required": True, **TEXT}
    mock = serve(thing({"200": json_of(OBJECT)}, parameters=[parameter]))
    assert "no header can have the name" in one_finding(mock)
    assert mock.get().status_code == 200


def test_a_part_goes_without_what_it_cannot_have(serve: Serve) -> None:
    headers = {"X Bad": {"required": True, **TEXT}}
    encoding = {"a": {"contentType": "text/plain\r\nX: 1, text/html", "headers": headers}}
    content = {"multipart/form-data": {"schema": OBJECT, "encoding": encoding}}
    mock = serve(thing({"200": {"content": content}}))
    assert len(mock.app.parts.findings) == 2
    reply = mock.get()
    assert reply.status_code == 200 and b"Content-Type: text/html\r\n" in reply.content


def test_a_method_that_is_none_is_left_out(serve: Serve) -> None:
    operations = {"BAD\r\nX: 1": {"responses": {}}, "COPY": thing({"200": {}})["/thing"]["get"]}
    mock = serve({"openapi": "3.2.0", "/thing": {"additionalOperations": operations}})
    assert "is no method" in one_finding(mock)
    assert mock.client.options("/thing").headers["allow"] == "COPY, OPTIONS"
    assert mock.client.request("COPY", "/thing").status_code == 200


def test_an_additional_method_keeps_its_case(serve: Serve) -> None:
    """Methods differ by case (RFC 9110, section 9.1); the parser reads capitals alone."""
    one = thing({"200": {}})["/thing"]["get"] | {"operationId": None}
    operations = {name: {**one, "operationId": name} for name in ("COPY", "Copy", "copy")}
    mock = serve({"openapi": "3.2.0", "/thing": {"additionalOperations": operations}})
    assert [o.method for o in mock.app.parts.contract.operations] == ["COPY", "Copy", "copy"]
    told = [finding.message for finding in mock.app.parts.findings]
    assert told == [
        f"{name} /thing can't be reached: the server can't read the method {name}"
        for name in ("Copy", "copy")
    ]
    assert mock.client.request("COPY", "/thing").status_code == 200
    assert mock.exchanges[-1].operation == "COPY"
