"""Error bodies of every shape, which describe the error and agree with their status."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.running import Serve, json_of, thing

STRING = {"type": "string"}
INTEGER = {"type": "integer"}
TOLD = 'the body is a string, "x"; expected an integer.'


def shape(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": [*properties], "properties": properties}


def listing(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": 1}


SHAPES: list[tuple[str, Any, Any]] = [
    ("error", shape(error=STRING), {"error": TOLD}),
    ("errors", shape(errors=listing(STRING)), {"errors": [TOLD]}),
    ("nested", shape(error=shape(message=STRING, code=INTEGER)),
     {"error": {"message": TOLD, "code": 422}}),
    ("kind", shape(error=shape(message=STRING, code=STRING)),
     {"error": {"message": TOLD, "code": "invalid_request"}}),
    ("detail", shape(detail=STRING), {"detail": TOLD}),
    ("rfc9457", shape(type=STRING, title=STRING, status=INTEGER, detail=STRING, instance=STRING),
     {"type": "invalid_request", "title": "Invalid request", "status": 422, "detail": TOLD,
      "instance": "/thing"}),
    ("msg", shape(msg=STRING, ok={"type": "boolean"}), {"msg": TOLD, "ok": False}),
    ("fields", shape(errors=listing(shape(field=STRING, message=STRING))),
     {"errors": [{"field": "body", "message": TOLD}]}),
    ("fastapi", shape(detail=listing(shape(loc=listing(STRING), msg=STRING, type=STRING))),
     {"detail": [{"loc": ["body"], "msg": TOLD, "type": "type"}]}),
    ("json api", shape(errors=listing(shape(status=STRING, title=STRING, detail=STRING,
                                            source=shape(pointer=STRING)))),
     {"errors": [{"status": "422", "detail": TOLD, "source": {"pointer": ""}}]}),
    ("text", STRING, TOLD),
    ("list", listing(shape(message=STRING)), [{"message": TOLD}]),
    ("title", shape(title=STRING, status=INTEGER), {"title": TOLD, "status": 422}),
    ("one text", shape(fault=STRING, count=INTEGER), {"fault": TOLD}),
    ("optional", {"type": "object", "properties": {"error": {
        "type": "object", "properties": {"text": {**STRING}, "code": INTEGER}}}},
     {"error": {"text": TOLD, "code": 422}}),
    ("fixed", shape(message=STRING, status={"const": 400}, error={"enum": ["bad"]}),
     {"message": TOLD, "status": 400, "error": "bad"}),
    ("short", shape(message={**STRING, "maxLength": 3}, reason=STRING), {"reason": TOLD}),
]  # fmt: skip


def within(part: Any, whole: Any) -> bool:
    """Return whether all of the part is in the whole, at the same place."""
    if isinstance(part, dict):
        return all(name in whole and within(part[name], whole[name]) for name in part)
    if isinstance(part, list):
        return len(part) == len(whole) and all(map(within, part, whole))
    return bool(part == whole)


@pytest.mark.parametrize(
    ("schema", "body"), [row[1:] for row in SHAPES], ids=[r[0] for r in SHAPES]
)
def test_the_text_arrives_wherever_the_shape_has_a_place_for_it(
    serve: Serve, schema: Any, body: Any
) -> None:
    paths = thing({"200": {}, "422": json_of(schema)}, "post", requestBody=json_of(INTEGER))
    mock = serve(paths)
    reply = mock.post(json="x")
    assert (reply.status_code, mock.faults(reply)) == (422, [])
    assert within(body, reply.json()), reply.json()


def test_a_list_of_objects_has_one_for_each_violation(serve: Serve) -> None:
    answer = shape(errors=listing(shape(property=STRING, message=STRING, code=STRING)))
    body = json_of(shape(name=STRING, pet=shape(age=INTEGER)))
    mock = serve(thing({"200": {}, "400": json_of(answer)}, "post", requestBody=body))
    reply = mock.post(json={"name": 1, "pet": {"age": "old"}})
    assert mock.faults(reply) == []
    told = [(e["property"], e["code"], e["message"]) for e in reply.json()["errors"]]
    assert [row[:2] for row in told] == [("name", "type"), ("pet.age", "type")]
    assert "pet.age" in told[1][2]


def test_an_example_keeps_what_it_says_beside_the_message(serve: Serve) -> None:
    example = {"code": "E7", "errors": [{"field": "email", "message": "Wrong.", "code": "E8"}]}
    answer = json_of(True, example=example)
    mock = serve(thing({"200": {}, "400": answer}, "post", requestBody=json_of(shape(age=INTEGER))))
    told = 'age in the body is a string, "x"; expected an integer.'
    expected = {"code": "E7", "errors": [{"field": "age", "message": told, "code": "E8"}]}
    assert mock.post(json={"age": "x"}).json() == expected


def test_the_kind_of_error_that_an_example_names_stays(serve: Serve) -> None:
    answer = json_of(shape(error=STRING), example={"error": "invalid_grant"})
    mock = serve(thing({"200": {}, "400": answer}, "post", requestBody=json_of(INTEGER)))
    assert mock.post(json="x").json() == {"error": "invalid_grant"}


@pytest.mark.parametrize("code", [400, 403, 404, 409, 500, 503])
def test_a_generated_error_agrees_with_its_status(serve: Serve, code: int) -> None:
    problem = shape(status=INTEGER, title=STRING, code=STRING, success={"type": "boolean"})
    mock = serve(thing({"200": {}, "default": json_of(problem)}))
    reply = mock.get(headers={"prefer": f"code={code}, dynamic=true"})
    assert (reply.status_code, mock.faults(reply)) == (code, [])
    phrases = {400: "Bad Request", 403: "Forbidden", 404: "Not Found", 409: "Conflict",
               500: "Internal Server Error", 503: "Service Unavailable"}  # fmt: skip
    kind = phrases[code].lower().replace(" ", "_")
    assert reply.json() == {"status": code, "title": phrases[code], "code": kind, "success": False}
