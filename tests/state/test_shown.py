"""`mock-server routes --stateful` shows what is kept, and a test looks at it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from mock_server.cli import main
from tests.helpers.running import document_text
from tests.state.test_recognition import op, pets


def shown(folder: Path, *options: str) -> str:
    document = pets()
    document["/pets"]["delete"] = op("deletePets", "204")
    path = folder / "openapi.json"
    path.write_text(document_text(document))
    done = CliRunner().invoke(main, ["routes", str(path), "--stateful", *options])
    assert done.exit_code == 0, done.output
    return done.output


def test_each_collection_is_printed_with_its_operations_and_the_reason(tmp_path: Path) -> None:
    assert shown(tmp_path).splitlines() == [
        "pets: collection; list, create, read, replace, delete; items at /pets/{petId};"
        " id is called as {petId}",
        "  list     GET     /pets",
        "  create   POST    /pets",
        "  read     GET     /pets/{petId}",
        "  replace  PUT     /pets/{petId}",
        "  delete   DELETE  /pets/{petId}",
        "Without state:",
        "  DELETE  /pets  changes many items at once, which state doesn't follow",
    ]


def test_as_json_it_is_a_list_of_roles_with_operation_ids(tmp_path: Path) -> None:
    (row,) = json.loads(shown(tmp_path, "--json"))
    assert (row["collection"], row["item"]) == ("/pets", "/pets/{petId}")
    roles = ("list", "create", "read", "replace", "patch", "delete")
    assert [row[role] for role in roles] == [
        *("listPets", "createPet", "getPet", "replacePet", None, "deletePet"),
    ]
    assert row["reason"]


def test_a_test_reads_and_seeds_the_items_of_its_mock(pytester: pytest.Pytester) -> None:
    pytester.path.joinpath("openapi.json").write_text(document_text(pets()))
    pytester.makepyprojecttoml('[tool.mock-server]\ndocument = "openapi.json"\nstateful = true\n')
    pytester.makepyfile(
        """
        import pytest


        def test_state(mock_api):
            client = mock_api.client()
            client.post("/pets", json={"id": 0, "name": "Rex"})
            assert mock_api.state("pets") == [{"id": 1, "name": "Rex"}]
            mock_api.set_state("pets", [{"id": 7, "name": "Momo"}])
            assert client.get("/pets/7").json()["name"] == "Momo"


        def test_another_test_sees_nothing_of_it(mock_api):
            assert mock_api.state("pets") == []


        def test_a_collection_that_is_not_kept(mock_api):
            with pytest.raises(Exception, match="There is no collection pet; did you mean pets"):
                mock_api.state("pet")
        """
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=3)
