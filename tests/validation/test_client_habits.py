"""What generated clients are known to send is understood, or named in what is wrong with it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.running import Mock, Serve, json_of, thing


def query(name: str, schema: Any, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, **more}


def served(serve: Serve, *parameters: dict[str, Any], **settings: Any) -> Mock:
    return serve(thing({"200": json_of(True)}, parameters=list(parameters)), **settings)


def detail(mock: Mock, path: str) -> str:
    reply = mock.get(path)
    assert reply.status_code == 422
    return str(reply.json()["detail"])


# Values that were made texts by the way


@pytest.mark.parametrize(
    ("kind", "text", "hint"),
    [
        ("boolean", "True", "Python's str(True)? send true"),
        ("boolean", "False", "Python's str(False)? send false"),
        ("integer", "None", "Python's str(None)? leave it out"),
        ("integer", "null", "a null that was written as text? leave it out"),
        ("integer", "undefined", "JavaScript's undefined? leave it out"),
        ("number", "NaN", "a number that couldn't be computed? leave it out"),
        ("object", "[object Object]", "JavaScript's text for any object? send its properties"),
        ("number", "1e400", "this number is out of range, -1.8e308 to 1.8e308"),
        ("number", "-1E999", "this number is out of range, -1.8e308 to 1.8e308"),
    ],
)
def test_a_habit_of_clients_is_named_with_what_to_send(
    serve: Serve, kind: str, text: str, hint: str
) -> None:
    style = {"style": "deepObject"} if kind == "object" else {}
    told = detail(served(serve, query("a", {"type": kind}, **style)), f"/thing?a={text}")
    assert hint in told


@pytest.mark.parametrize("text", ["true1", "none", "Undefined", "nan", "1e4", "truE"])
def test_what_is_no_habit_is_told_without_a_guess(serve: Serve, text: str) -> None:
    told = detail(served(serve, query("a", {"type": "boolean"})), f"/thing?a={text}")
    assert told == f'a in the query is a string, "{text}"; expected a boolean.'


def test_true_is_no_habit_where_no_boolean_is_expected(serve: Serve) -> None:
    told = detail(served(serve, query("a", {"type": "integer"})), "/thing?a=True")
    assert told == 'a in the query is a string, "True"; expected an integer.'


def test_a_habit_is_found_inside_of_a_list_too(serve: Serve) -> None:
    flags = query("a", {"type": "array", "items": {"type": "boolean"}})
    told = detail(served(serve, flags), "/thing?a=true&a=True")
    assert "a[1] in the query" in told and "Python's str(True)? send true" in told


def test_what_has_to_be_sent_is_not_to_be_left_out(serve: Serve) -> None:
    required = query("a", {"type": "integer"}, required=True)
    assert "undefined? send a value" in detail(served(serve, required), "/thing?a=undefined")
    inside = {"name": "a", "in": "path", "required": True, "schema": {"type": "integer"}}
    mock = serve({"/t/{a}": thing({"200": json_of(True)}, parameters=[inside])["/thing"]})
    assert "undefined? send a value" in detail(mock, "/t/undefined")


@pytest.mark.parametrize("text", ["undefined", "None", "True", "NaN", "null"])
def test_where_any_text_will_do_it_is_one(serve: Serve, text: str) -> None:
    assert served(serve, query("a", {"type": "string"})).get(f"/thing?a={text}").status_code == 200


# Encoded commas in one text

KINDS = {"type": "array", "items": {"enum": ["album", "artist", "a,b"]}}
POINT = {
    "type": "object",
    "properties": {"x": {"type": "integer"}, "s": {"type": "string"}},
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("schema", "text", "fits"),
    [
        pytest.param(KINDS, "album%2Cartist", True, id="a list"),
        pytest.param(KINDS, "album%2cartist,album", True, id="both kinds of commas"),
        pytest.param(KINDS, "a%2Cb,album", True, id="data that fits stays data"),
        pytest.param(KINDS, "album%2Cother", False, id="fits neither way"),
        pytest.param(POINT, "x%2C1", True, id="an object"),
        pytest.param(POINT, "s,a%2Cb", True, id="data in an object"),
        pytest.param(POINT, "x%2Cy", False, id="an object that fits neither way"),
    ],
)
def test_an_encoded_comma_separates_where_only_that_fits(
    serve: Serve, schema: Any, text: str, fits: bool
) -> None:
    mock = served(serve, query("a", schema, explode=False))
    assert mock.get(f"/thing?a={text}").status_code == (200 if fits else 422)


def test_data_that_fits_is_not_taken_apart(serve: Serve, tmp_path: Any) -> None:
    handlers = "def thing(a):\n    return a\n"
    strings = query("a", {"type": "array", "items": {"type": "string"}}, explode=False)
    document = thing({"200": json_of({"type": "array"})}, parameters=[strings])
    assert serve(document, handlers=handlers).get("/thing?a=x%2Cy,z").json() == ["x,y", "z"]
    separating = serve(document, handlers=handlers, query_array_format="comma")
    assert separating.get("/thing?a=x%2Cy,z").json() == ["x", "y", "z"]


def test_with_explode_an_encoded_comma_is_data(serve: Serve) -> None:
    mock = served(serve, query("a", KINDS))
    assert mock.get("/thing?a=album%2Cartist").status_code == 422
    assert mock.get("/thing?a=a%2Cb").status_code == 200


def test_it_separates_in_a_path_and_a_cookie_too(serve: Serve) -> None:
    inside = {"name": "a", "in": "path", "required": True, "schema": KINDS}
    mock = serve({"/t/{a}": thing({"200": json_of(True)}, parameters=[inside])["/thing"]})
    told = [mock.get(f"/t/{text}").status_code for text in ("album%2Cartist", "album%2Cx")]
    assert told == [200, 422]
    cookie = {"name": "a", "in": "cookie", "explode": False, "schema": KINDS}
    mock = served(serve, cookie)
    texts = ("album%2Cartist", "album%2Cx")
    told = [mock.get(headers={"Cookie": f"a={text}"}).status_code for text in texts]
    assert told == [200, 422]


# Bodies


@pytest.mark.parametrize(
    "media_type", ["text/plain;charset=UTF-8", "application/octet-stream", "application/xml", "?"]
)
@pytest.mark.parametrize(("required", "status"), [(False, 200), (True, 422)])
def test_no_bytes_of_a_type_that_is_not_declared_are_no_body(
    serve: Serve, media_type: str, required: bool, status: int
) -> None:
    body = {"required": required, **json_of({"type": "object"})}
    mock = serve(thing({"200": json_of(True)}, "post", requestBody=body))
    reply = mock.post(content=b"", headers={"Content-Type": media_type})
    assert reply.status_code == status
    assert status == 200 or "the body is missing" in reply.json()["detail"]


@pytest.mark.parametrize("media_type", ["text/plain", "application/octet-stream"])
def test_no_bytes_are_a_text_or_a_file_where_one_is_declared(serve: Serve, media_type: str) -> None:
    body = {"required": True, "content": {media_type: {}}}
    mock = serve(thing({"200": json_of(True)}, "post", requestBody=body))
    reply = mock.post(content=b"", headers={"Content-Type": media_type})
    assert reply.status_code == 200


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            b'{"a": 1e400}',
            "the body has the number 1e400 at line 1, column 7, which is out of range",
        ),
        (b"-1e999", "the body has the number -1e999 at line 1, column 1, which is out of range"),
        (b"1e", "the body is no JSON: "),
    ],
)
def test_a_number_that_is_too_large_is_json_all_the_same(
    serve: Serve, text: bytes, told: str
) -> None:
    mock = serve(thing({"200": json_of(True)}, "post", requestBody=json_of(True)))
    reply = mock.post(content=text, headers={"Content-Type": "application/json"})
    assert reply.status_code == 422 and reply.json()["detail"].startswith(told)


def test_so_it_is_in_a_parameter_a_form_and_a_sequence(serve: Serve) -> None:
    written = {"name": "a", "in": "query", "content": {"application/json": {}}}
    assert "has the number 1e400" in detail(served(serve, written), "/thing?a=1e400")
    lines: dict[str, Any] = {"content": {"application/jsonl": {"itemSchema": {}}}}
    mock = serve({"openapi": "3.2.0", **thing({"200": json_of(True)}, "post", requestBody=lines)})
    reply = mock.post(content=b"1\n1e400\n", headers={"Content-Type": "application/jsonl"})
    assert "line 2 has the number 1e400 at column 1" in reply.json()["detail"]
