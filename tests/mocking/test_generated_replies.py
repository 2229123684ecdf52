"""Generated replies that real clients can use, as they come from an app."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest

from tests.helpers.running import Serve
from tests.support.served import Served, json_of, operation, served

WORD = {"type": "string"}
SEEDS = [f"seed={seed}" for seed in "abcdefghijklmnop"]
EVERY_MODE = [f"dynamic={m}" for m in ("true", "minimal", "maximal", "boundary")]


def bodies(server: Served, path: str, *preferences: str) -> list[Any]:
    """Return the bodies for some preferences; for none the plain reply."""
    found = []
    for wish in preferences or ("",):
        got = server.ask("GET", path, None, {"Prefer": wish} if wish else {})
        assert got.status_code == 200, got.content
        found.append(json.loads(got.content))
    return found


def of_schemas(**schemas: Any) -> Mapping[str, Any]:
    return {f"/{name}": {"get": operation(json_of(schema))} for name, schema in schemas.items()}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def test_every_declared_property_is_there_whatever_the_seed() -> None:
    names = {
        "data": {"type": "array", "items": WORD},
        "a": WORD,
        "b": {"type": ["integer", "null"]},
    }
    schema = {"type": "object", "properties": names}
    with served(of_schemas(plain=schema)) as server:
        for body in bodies(server, "/plain", "", *SEEDS, "dynamic=true", "dynamic=maximal"):
            assert names.keys() <= body.keys()
            assert body["b"] is not None


DEFAULTS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "state": {"type": "string", "default": "open"},
        "count": {"type": "integer", "default": 20},
        "none": {"type": ["string", "null"], "default": None},
        "tags": {"type": "array", "items": WORD, "default": ["a", "b"]},
        "options": {"type": "object", "default": {"deep": {"x": 1}}},
        "both": {"type": "string", "default": "default", "example": "example"},
        "wrong": {"type": "integer", "default": "none"},
    },
}


def test_the_plain_reply_has_the_defaults() -> None:
    with served(of_schemas(one=DEFAULTS, all={"type": "array", "items": DEFAULTS})) as server:
        (one,) = bodies(server, "/one")
        told = {name: one[name] for name in DEFAULTS["properties"] if name != "wrong"}
        assert told == {
            "state": "open", "count": 20, "none": None, "tags": ["a", "b"],
            "options": {"deep": {"x": 1}}, "both": "example",
        }  # fmt: skip
        assert isinstance(one["wrong"], int)
        (every,) = bodies(server, "/all")
        assert {item["state"] for item in every} == {"open"}


def test_the_items_of_a_page_have_the_defaults_too() -> None:
    paged = {
        "type": "object",
        "properties": {"data": {"type": "array", "items": DEFAULTS}, "total": {}},
    }
    query = {"name": "page", "in": "query", "schema": {"type": "integer", "default": 1}}
    paths = {"/all": {"get": operation(json_of(paged), parameters=[query])}}
    with served(paths) as server:
        (body,) = bodies(server, "/all")
        assert {item["state"] for item in body["data"]} == {"open"}
        assert {item["both"] for item in body["data"]} >= {"example"}


def test_with_a_seed_or_in_a_mode_other_values_than_the_defaults_come_too() -> None:
    with served(of_schemas(one=DEFAULTS)) as server:
        seeded = bodies(server, "/one", *SEEDS)
        assert len({body["count"] for body in seeded}) > 3
        assert all(body["none"] is not None for body in seeded)
        assert bodies(server, "/one", "dynamic=maximal")[0]["none"] is not None


PETS = {
    "Pet": {
        "oneOf": [ref("Nice"), ref("Hunter")],
        "discriminator": {
            "propertyName": "petType",
            "mapping": {"NICE": "#/components/schemas/Nice", "HUNT": "#/components/schemas/Hunter"},
        },
    },
    "Common": {"type": "object", "required": ["petType"], "properties": {"petType": WORD}},
    "Nice": {"allOf": [ref("Common"), {"properties": {"miaou": {"type": "boolean"}}}]},
    "Hunter": {"allOf": [ref("Common"), {"properties": {"prey": WORD}}]},
}
OPEN_PET = {"type": "object", "required": ["kind"], "properties": {"kind": WORD}}
CAT, DOG = ref("Cat"), ref("Dog")
FAMILY: dict[str, Any] = {
    "Base": {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": WORD},
        "discriminator": {"propertyName": "kind"},
    },
    "Dog": {"allOf": [ref("Base"), {"required": ["bark"], "properties": {"bark": WORD}}]},
    "Puppy": {"allOf": [ref("Dog"), {"properties": {"age": {"type": "integer"}}}]},
}


@pytest.mark.parametrize("version", ["3.0.4", "3.1.0", "3.2.0"])
def test_an_alternative_has_none_of_another_one_s_properties(version: str) -> None:
    paths = of_schemas(pet=ref("Pet"))
    with served(paths, version, components={"schemas": PETS}) as server:
        found = bodies(server, "/pet", *SEEDS)
    assert {body["petType"] for body in found} == {"NICE", "HUNT"}
    for body in found:
        own = "miaou" if body["petType"] == "NICE" else "prey"
        assert body.keys() == {"petType", own}
        assert body[own] is not None


@pytest.mark.parametrize("version", ["3.0.4", "3.1.0", "3.2.0"])
def test_a_base_schema_gives_its_children_too(version: str) -> None:
    paths = of_schemas(base=ref("Base"), dog=ref("Dog"))
    with served(paths, version, components={"schemas": FAMILY}) as server:
        found = bodies(server, "/base", *SEEDS)
        assert {body["kind"] for body in found} == {"Base", "Dog", "Puppy"}
        names = {"Base": {"kind"}, "Dog": {"kind", "bark"}, "Puppy": {"kind", "bark", "age"}}
        assert all(body.keys() == names[body["kind"]] for body in found)
        assert {body["kind"] for body in bodies(server, "/dog", *SEEDS)} == {"Dog"}


def test_a_base_schema_whose_mapping_leaves_it_out_gives_its_children_alone() -> None:
    told = {"propertyName": "kind", "mapping": {"d": "Dog", "p": "#/components/schemas/Puppy"}}
    schemas = {**FAMILY, "Base": {**FAMILY["Base"], "discriminator": told}}
    with served(of_schemas(base=ref("Base")), components={"schemas": schemas}) as server:
        assert {body["kind"] for body in bodies(server, "/base", *SEEDS)} == {"d", "p"}


@pytest.mark.parametrize("keyword", ["oneOf", "anyOf"])
def test_the_property_of_a_discriminator_is_always_there(keyword: str) -> None:
    def of_kind(kind: str, other: str) -> dict[str, Any]:
        properties = {"kind": {"enum": [kind]}, other: WORD}
        return {"type": "object", "required": [other], "properties": properties}

    told = {"propertyName": "kind", "mapping": {"cat": "Cat", "dog": "Dog"}}
    union = {keyword: [ref("Cat"), ref("Dog"), of_kind("fish", "fins")], "discriminator": told}
    schemas = {"Cat": of_kind("cat", "name"), "Dog": of_kind("dog", "age")}
    with served(of_schemas(union=union), components={"schemas": schemas}) as server:
        every = [f"{mode}, {seed}" for mode in EVERY_MODE for seed in SEEDS[:4]]
        assert all("kind" in body for body in bodies(server, "/union", *every))


@pytest.mark.parametrize("keyword", ["anyOf", "oneOf", "allOf"])
def test_a_reference_or_null_of_3_0_is_that(keyword: str) -> None:
    usage = {"type": "object", "required": ["used"], "properties": {"used": {"type": "integer"}}}
    either = {keyword: [ref("Usage"), {"nullable": True}], "default": None}
    schema = {"type": "object", "required": ["usage"], "properties": {"usage": either}}
    with served(of_schemas(n=schema), "3.0.3", components={"schemas": {"Usage": usage}}) as server:
        assert bodies(server, "/n") == [{"usage": None}]
        every = [f"dynamic={m}, seed={s}" for m in ("true", "boundary") for s in range(8)]
        found = [body["usage"] for body in bodies(server, "/n", *every)]
        assert all(u is None or isinstance(u["used"], int) for u in found)
        assert not all(u is None for u in found)


def test_the_source_that_is_listed_is_the_one_that_is_sent(serve: Serve) -> None:
    """An example that doesn't keep to its schema isn't sent, and isn't listed."""
    either = {"oneOf": [CAT, DOG], "discriminator": {"propertyName": "kind"}}
    good, bad = {"value": {"kind": "Cat", "lives": 9}}, {"value": {"kind": "Bird"}}
    examples = {"/good": {"good": good}, "/bad": {"bad": bad}, "/second": {"bad": bad, "g": good}}
    paths = {
        path: {"get": operation({"application/json": {"schema": either, "examples": told}})}
        for path, told in examples.items()
    }
    info = {"title": "T", "version": "1"}
    components = {"schemas": {"Cat": OPEN_PET, "Dog": OPEN_PET}}
    document = {"openapi": "3.1.0", "info": info, "paths": paths, "components": components}
    for invalid, sources in (
        (False, ["example:good", "generated", "example:g"]),
        (True, ["example:good", "example:bad", "example:bad"]),
    ):
        mock = serve(json.dumps(document), invalid_examples=invalid)
        listed = mock.app.parts.contract.operations
        assert [mock.app.parts.sources(one) for one in listed] == [[name] for name in sources]
        assert [mock.get(path).headers["mock-source"] for path in examples] == sources


def test_an_id_is_one_by_itself_as_in_a_list() -> None:
    thing = {"type": "object", "required": ["id"], "properties": {"id": WORD, "n": {}}}
    several = {"type": "array", "items": thing}
    wrapped = {"type": "object", "properties": {"data": thing}}
    with served(of_schemas(one=thing, all=several, wrapped=wrapped)) as server:
        ids = [body["id"] for body in bodies(server, "/one", "", *SEEDS)]
        ids += [item["id"] for body in bodies(server, "/all", "", *SEEDS) for item in body]
        ids += [body["data"]["id"] for body in bodies(server, "/wrapped", "", *SEEDS)]
    assert all(str(UUID(own)) == own for own in ids)


INDEX = {"type": "integer"}


@pytest.mark.parametrize("name", ["index", "position"])
def test_an_index_is_the_place_in_the_list(name: str) -> None:
    def of_items(**more: Any) -> dict[str, Any]:
        item = {
            "type": "object",
            "required": list({name: 0, **more}),
            "properties": {name: INDEX, **more},
        }
        choices = {"type": "array", "minItems": 3, "items": item}
        return {"type": "object", "required": ["choices"], "properties": {"choices": choices}}

    inner = of_items()["properties"]["choices"]
    schemas = {
        "bare": of_items(),
        "things": of_items(id=WORD),
        "nested": of_items(calls=inner),
        "from_1": of_items(**{name: {"type": "integer", "minimum": 1}}),
    }
    with served(of_schemas(**schemas)) as server:
        for path in schemas:
            for body in bodies(server, f"/{path}", "", *SEEDS[:5], "dynamic=maximal"):
                first = 1 if path == "from_1" else 0
                for choices in (body["choices"], *(c.get("calls", []) for c in body["choices"])):
                    found = [choice[name] for choice in choices]
                    assert found == list(range(first, first + len(choices)))


def test_what_is_beside_a_total_is_a_count() -> None:
    names = ("completed", "failed", "cancelled", "total")
    counts = {"type": "object", "properties": dict.fromkeys(names, INDEX)}
    moments = {"type": "object", "properties": dict.fromkeys(("completed", "created"), INDEX)}
    beside = {"properties": {"completed_at": INDEX, "total": INDEX}, "type": "object"}
    with served(of_schemas(counts=counts, moments=moments, beside=beside)) as server:
        for body in bodies(server, "/counts", *SEEDS):
            assert all(0 <= body[name] <= 40 for name in names[:3])
            assert body["total"] == sum(body[name] for name in names[:3])
        assert all(n > 10**9 for b in bodies(server, "/moments", *SEEDS) for n in b.values())
        assert all(body["completed_at"] > 10**9 for body in bodies(server, "/beside", *SEEDS))
