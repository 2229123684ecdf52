"""A schema that takes too many steps to judge one value is refused before it is used."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.running import Serve, document_text, json_of, thing


def doubled(keyword: str, count: int) -> dict[str, Any]:
    """Schemas of which each is made of the next one twice."""
    ref = "#/components/schemas/A{}"
    schemas: dict[str, Any] = {
        f"A{n}": {keyword: [{"$ref": ref.format(n + 1)}] * 2} for n in range(count)
    }
    return {**schemas, f"A{count}": {"type": "string"}}


def document(schemas: dict[str, Any], body: Any) -> str:
    paths = thing({"200": json_of(True, example=1)}, "post", requestBody=json_of(body))
    return document_text({**paths, "components": {"schemas": schemas}})


@pytest.mark.parametrize("keyword", ["allOf", "anyOf"])
@pytest.mark.parametrize(("count", "status"), [(15, 200), (25, 501)])
def test_many_steps_are_made_and_too_many_refused(
    serve: Serve, keyword: str, count: int, status: int
) -> None:
    mock = serve(document(doubled(keyword, count), {"$ref": "#/components/schemas/A0"}))
    reply = mock.post(json="x")
    assert reply.status_code == status
    assert ("A0 takes more than 1,000,000 steps" in reply.text) is (status == 501)


def test_what_is_inside_counts_too_and_what_is_beside_does_not(serve: Serve) -> None:
    schemas = doubled("allOf", 40)
    inside = {"properties": {"a": {"items": {"$ref": "#/components/schemas/A0"}}}}
    assert serve(document(schemas, inside)).post(json={}).status_code == 501
    assert serve(document(schemas, {"properties": {"a": True}})).post(json={}).status_code == 200


def test_a_schema_that_leads_back_to_itself_has_an_end(serve: Serve) -> None:
    node = {"anyOf": [{"$ref": "#/components/schemas/N"}, {"$ref": "#/components/schemas/N"}, True]}
    assert serve(document({"N": node}, node)).post(json=1).status_code == 200
