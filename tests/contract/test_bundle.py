"""A contract of several files is one document too, which any tool can read by itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from openapi_spec_validator import validate

from mock_server.contract.bundle import bundle
from mock_server.contract.reader import read_contract
from tests.helpers.running import Serve

SPLIT = Path(__file__).parents[1] / "contracts" / "split" / "openapi.yaml"
Write = Callable[..., Any]


@pytest.fixture
def bundled(tmp_path: Path) -> Write:
    """Return the one document of files by their names, the first of them the root."""

    def written(version: str = "3.1.0", **files: Any) -> Any:
        for name, value in files.items():
            path = tmp_path / f"{name.replace('__', '/')}.yaml"
            path.parent.mkdir(exist_ok=True)
            info = {"openapi": version, "info": {"title": "t", "version": "1"}, "paths": {}}
            path.write_text(json.dumps({**info, **value} if name == "root" else value))
        return bundle(read_contract(tmp_path / "root.yaml"))

    return written


def refs(value: Any) -> Iterator[str]:
    """Yield every `$ref` in a value."""
    if isinstance(value, dict):
        yield from (ref for ref in [value.get("$ref")] if isinstance(ref, str))
    members = value.values() if isinstance(value, dict) else value
    for member in members if isinstance(value, dict | list) else ():
        yield from refs(member)


def accepts(whole: Any, name: str, value: Any) -> bool:
    """Return whether a second engine finds that a value keeps to a schema of the components."""
    return bool(
        Draft202012Validator({"$ref": f"#/components/schemas/{name}", **whole}).is_valid(value)
    )


def test_every_reference_of_the_one_document_leads_to_a_place_in_it() -> None:
    whole = bundle(read_contract(SPLIT))
    assert len(list(refs(whole))) > 5
    assert all(ref.startswith("#/") for ref in refs(whole))
    validate(whole)


def test_what_other_files_hold_stands_among_the_components_by_its_kind(bundled: Write) -> None:
    parts: dict[str, dict[str, Any]] = {
        "parameters": {"Page": {"name": "page", "in": "query", "schema": {"type": "integer"}}},
        "headers": {"Left": {"schema": {"type": "integer"}}},
        "requestBodies": {"New": {"content": {"text/plain": {}}}},
        "responses": {"Done": {"description": "d", "links": {"next": {"$ref": "#/links/Next"}}}},
        "examples": {"One": {"value": 1}},
        "links": {"Next": {"operationId": "thing"}},
        "callbacks": {"Told": {"{$url}": {"post": {"responses": {"200": {"description": "d"}}}}}},
        "securitySchemes": {"Key": {"type": "apiKey", "name": "k", "in": "query"}},
        "pathItems": {"Thing": {"get": {"responses": {"200": {"$ref": "#/responses/Done"}}}}},
        "schemas": {"Size": {"type": "integer"}},
    }
    components = {
        section: {f"Own{name}": {"$ref": f"parts.yaml#/{section}/{name}"} for name in members}
        for section, members in parts.items()
    }
    whole = bundled(root={"components": components}, parts=parts)
    for section, members in parts.items():
        assert set(whole["components"][section]) == {n for m in members for n in (m, f"Own{m}")}
    assert whole["components"]["responses"]["Done"]["links"]["next"]["$ref"] == (
        "#/components/links/Next"
    )
    validate(whole)


def test_files_that_refer_to_each_other_end(bundled: Write) -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "b.yaml"}}}
    back = {"type": "object", "properties": {"back": {"$ref": "a.yaml"}, "root": {}}}
    back["properties"]["root"] = {"$ref": "root.yaml#/components/schemas/A"}  # type: ignore[index]
    whole = bundled(root={"components": {"schemas": {"A": {"$ref": "a.yaml"}}}}, a=node, b=back)
    assert set(whole["components"]["schemas"]) == {"A", "a", "b"}
    assert accepts(whole, "A", {"next": {"back": {"next": {}}, "root": {}}})
    assert not accepts(whole, "A", {"next": {"back": {"next": 5}}})
    assert not accepts(whole, "A", {"next": {"root": 5}})
    validate(whole)


def test_a_reference_starts_at_the_file_that_it_stands_in(bundled: Write) -> None:
    whole = bundled(
        root={"components": {"schemas": {"A": {"$ref": "in/a.yaml#/x"}}}},
        in__a={"x": {"items": {"$ref": "#/y"}}, "y": {"$ref": "../b.yaml"}},
        b={"type": "integer"},
    )
    assert [accepts(whole, "A", value) for value in ([1], ["1"])] == [True, False]


def test_two_things_of_one_name_get_two_names(bundled: Write) -> None:
    own = {"Pet": {"items": {"$ref": "a.yaml#/Pet"}, "not": {"$ref": "b.yaml#/Pet"}}}
    whole = bundled(
        root={"components": {"schemas": own}}, a={"Pet": {"minimum": 1}}, b={"Pet": {"maxItems": 0}}
    )
    assert set(whole["components"]["schemas"]) == {"Pet", "Pet_2", "Pet_3"}
    assert [accepts(whole, "Pet", value) for value in ([1], [0], [])] == [True, False, False]


def test_a_name_that_no_component_may_have_is_written_otherwise(bundled: Write) -> None:
    schemas = {"A": {"$ref": "b%20c.yaml#/d%C3%A9~1e"}}
    whole = bundled(root={"components": {"schemas": schemas}}, **{"b c": {"dé/e": {"minimum": 1}}})
    assert list(whole["components"]["schemas"]) == ["A", "d__e"]
    assert not accepts(whole, "A", 0)


@pytest.mark.parametrize("ref", ["#there", "a.yaml#there", "https://here.test/there"])
def test_schemas_are_found_by_the_names_that_they_give_themselves(bundled: Write, ref: str) -> None:
    there = {"$anchor": "there", "minimum": 1}
    if ref.startswith("https"):
        there = {"$id": ref, "minimum": 1}
    whole = bundled(
        root={"components": {"schemas": {"A": {"$ref": "a.yaml#/$defs/start"}}}},
        a={"$defs": {"start": {"items": {"$ref": ref}}, "there": there}},
    )
    assert [accepts(whole, "A", value) for value in ([1], [0])] == [True, False]


def test_inside_a_schema_with_an_id_references_start_there(bundled: Write) -> None:
    named = {"$id": "https://here.test/a", "$defs": {"n": {"minimum": 1}}, "$ref": "#/$defs/n"}
    whole = bundled(root={"components": {"schemas": {"A": {"$ref": "a.yaml"}}}}, a=named)
    assert whole["components"]["schemas"]["a"] == named


def test_the_mapping_of_a_discriminator_is_followed(bundled: Write) -> None:
    mapping = {"cat": "a.yaml#/Cat", "dog": "Dog", "gone": "gone.yaml"}
    choice = {"discriminator": {"propertyName": "kind", "mapping": mapping}}
    whole = bundled(
        root={"components": {"schemas": {"Pet": choice, "Dog": {}}}}, a={"Cat": {"minimum": 1}}
    )
    found = whole["components"]["schemas"]["Pet"]["discriminator"]["mapping"]
    assert found == {**mapping, "cat": "#/components/schemas/Cat"}


def test_a_version_without_such_components_has_them_as_an_extension(bundled: Write) -> None:
    item = {"get": {"responses": {"200": {"description": "d"}}}}
    whole = bundled("3.0.3", root={"paths": {"/a": {"$ref": "a.yaml"}}}, a=item)
    assert whole["components"] == {"x-pathItems": {"a": item}}
    validate(whole)


def test_what_is_no_reference_stays_as_it_is(bundled: Write) -> None:
    schema = {
        "enum": [{"$ref": "a.yaml"}],
        "properties": {"$ref": {"type": "string"}},
        "x-own": {"$ref": "a.yaml"},
        "example": {"$ref": "a.yaml"},
    }
    root = {"components": {"schemas": {"A": schema, "B": {"$ref": "a.yaml"}}}}
    assert bundled(root=root, a={})["components"]["schemas"]["A"] == schema


@pytest.mark.parametrize("ref", ["gone.yaml", "https://elsewhere.test/a", "a.yaml#/gone", "//["])
def test_a_reference_that_leads_nowhere_stays_as_it_is_written(bundled: Write, ref: str) -> None:
    whole = bundled(root={"components": {"schemas": {"A": {"$ref": ref}}}}, a={})
    assert whole["components"] == {"schemas": {"A": {"$ref": ref}}}


def test_a_document_that_names_its_own_file_is_one_document(bundled: Write) -> None:
    schemas = {"A": {"$ref": "root.yaml#/components/schemas/B%20"}, "B ": {"minimum": 1}}
    whole = bundled(root={"components": {"schemas": schemas}})
    assert whole["components"]["schemas"] == {**schemas, "A": {"$ref": "#/components/schemas/B%20"}}


# As it is served ---------------------------------------------------------------------------------


def test_openapi_json_is_one_document(serve: Serve) -> None:
    whole = serve(SPLIT).get("/openapi.json").json()
    assert whole == bundle(read_contract(SPLIT))


def test_the_files_are_served_where_openapi_yaml_refers_to_them(serve: Serve) -> None:
    mock = serve(SPLIT)
    root = mock.get("/openapi.yaml")
    assert root.content == SPLIT.read_bytes()
    validate(yaml.safe_load(root.text), base_uri=f"{mock.url}/openapi.yaml")
    for name, kind in (("parts/schemas.json", "json"), ("parts/paths.yaml", "yaml")):
        reply = mock.get(f"/{name}")
        assert reply.content == (SPLIT.parent / name).read_bytes()
        assert reply.headers["content-type"] == f"application/{kind}"


def test_a_file_outside_of_the_documents_folder_is_in_the_one_document_alone(
    serve: Serve, tmp_path: Path
) -> None:
    (tmp_path / "api").mkdir()
    (tmp_path / "shared.yaml").write_text("{type: integer}")
    components = "components: {schemas: {A: {$ref: ../shared.yaml}}}"
    path = tmp_path / "api" / "root.yaml"
    path.write_text(f"openapi: 3.1.0\ninfo: {{title: t, version: '1'}}\n{components}\n")
    mock = serve(path, allow_files=(tmp_path,))
    assert mock.get("/shared.yaml").status_code == 404
    schemas = mock.get("/openapi.json").json()["components"]["schemas"]
    assert schemas == {"A": {"$ref": "#/components/schemas/shared"}, "shared": {"type": "integer"}}
