"""A bare ASGI app that does mock-server's work on the shipped contract, and nothing else.

A careful person would write it by hand for this one operation with the same engine: route, judge
the path and the body, look up, judge the reply, send. uvicorn serves it with the settings that
mock-server uses. `BENCH_FIXTURES` names the fixtures folder.
"""

from __future__ import annotations

import os
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias

import jsonschema_rs
import orjson
import records

Message: TypeAlias = dict[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

ROOT = Path(__file__).resolve().parent.parent
ROUTE = re.compile(r"/api/v1/sources/([^/]+)/invocations/latest-by-keys")
CONTRACT = "file:///openapi.yaml"
REGISTRY = jsonschema_rs.Registry(
    [(CONTRACT, records.load(ROOT / "openapi.yaml"))], draft=jsonschema_rs.Draft202012
)
FIXTURES = Path(os.environ.get("BENCH_FIXTURES", ROOT / "fixtures"))
# Parsed once more by orjson, whose values share their keys and lie close together: 10,000 of them
# are then judged and serialised three times as fast as PyYAML's.
RECORDS: records.Records = orjson.loads(orjson.dumps(records.read(FIXTURES)))


def judge(schema: str) -> Callable[[Any], bool]:
    """Return whether a value keeps to a schema of the contract, formats asserted."""
    reference = {"$ref": f"{CONTRACT}#/components/schemas/{schema}"}
    return jsonschema_rs.Draft202012Validator(
        reference, registry=REGISTRY, validate_formats=True
    ).is_valid


is_source_id = judge("SourceId")
is_request = judge("LatestByKeysRequest")
is_reply = judge("HashMap")


async def app(scope: Message, receive: Receive, send: Send) -> None:
    matched = ROUTE.fullmatch(scope["path"])
    if matched is None:
        return await answer(send, 404, error("not_found"))
    if scope["method"] != "POST":
        return await answer(send, 405, error("method_not_allowed"))
    source = matched[1]
    if not is_source_id(source):
        return await answer(send, 400, error("bad_source_id"))
    try:
        request = orjson.loads(await body_of(receive))
    except orjson.JSONDecodeError:
        return await answer(send, 400, error("bad_json"))
    if not is_request(request):
        return await answer(send, 400, error("bad_request"))
    invocations = RECORDS.get(source)
    if invocations is None:
        return await answer(send, 404, error("not_found"))
    reply = {key: invocations[key] for key in request["object_keys"] if key in invocations}
    if not is_reply(reply):
        return await answer(send, 500, error("bad_reply"))
    return await answer(send, 200, reply)


async def body_of(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message["body"]
    if not message["more_body"]:
        return body
    chunks = [body]
    while message["more_body"]:
        message = await receive()
        chunks.append(message["body"])
    return b"".join(chunks)


async def answer(send: Send, status: int, value: object) -> None:
    body = orjson.dumps(value)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def error(code: str) -> dict[str, str]:
    return {"error": code, "message": code}
