"""A document leads only to files that may be read, and those are regular and of a bounded size."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from mock_server.contract.reader import read_contract
from mock_server.documents import files
from mock_server.errors import StartError
from mock_server.settings import Settings
from tests.helpers.processes import COMMAND, SECONDS, environment, run, serving
from tests.helpers.running import Serve, document_text, json_of, thing

TOLD = "outside of the folders that may be read"
PET = "{type: object, required: [name], properties: {name: {type: string, example: Minka}}}"


def document(ref: str) -> str:
    return (
        "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n  /thing:\n    get:\n"
        "      responses: {'200': {description: ok, content: {application/json: {schema:\n"
        f"        {{$ref: '{ref}'}}}}}}}}}}\n"
    )


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current folder, with a file in it, and others beside and above it."""
    folder = tmp_path / "project"
    for name in ("project/api/own.yaml", "project/shared/pet.yaml", "secret/pet.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(PET)
    monkeypatch.chdir(folder)
    return folder


def findings(path: Path, *allowed: Path) -> list[str]:
    return [str(finding) for finding in read_contract(path, allowed=allowed).findings]


# What may be read


@pytest.mark.parametrize(
    "ref",
    ["own.yaml", "./own.yaml", "../shared/pet.yaml", "../api/../shared/pet.yaml", "%6Fwn.yaml"],
)
def test_a_document_below_the_current_folder_leads_to_all_that_is_there(
    project: Path, ref: str
) -> None:
    (project / "api/openapi.yaml").write_text(document(ref))
    assert findings(project / "api/openapi.yaml") == []


@pytest.mark.parametrize(
    ("ref", "leads_to"),
    [
        pytest.param("../../secret/pet.yaml", "../secret/pet.yaml", id="out by dots"),
        pytest.param("..%2F..%2Fsecret%2Fpet.yaml", "../secret/pet.yaml", id="escaped dots"),
        pytest.param("SECRET", "../secret/pet.yaml", id="an absolute path"),
        pytest.param("file://SECRET", "../secret/pet.yaml", id="a URL"),
        pytest.param("link.yaml", "../secret/pet.yaml", id="a link to a file"),
        pytest.param("linked/pet.yaml", "../secret/pet.yaml", id="a link to a folder"),
        pytest.param("../../secret/none.yaml", "../secret/none.yaml", id="a file that isn't there"),
    ],
)
def test_what_lies_outside_is_a_finding_that_names_the_option_which_allows_it(
    project: Path, ref: str, leads_to: str
) -> None:
    secret = project.parent / "secret"
    (project / "api/link.yaml").symlink_to(secret / "pet.yaml")
    (project / "api/linked").symlink_to(secret)
    ref = ref.replace("SECRET", str(secret / "pet.yaml"))
    (project / "api/openapi.yaml").write_text(document(ref))
    (only,) = findings(project / "api/openapi.yaml")
    assert only.startswith(
        f"api/openapi.yaml:7:16: $ref {ref} leads to {leads_to}, {TOLD};"
        " --allow-files ../secret allows it"
    )
    if "none" not in ref:
        assert findings(project / "api/openapi.yaml", secret) == []


def test_a_link_that_stays_inside_is_followed(project: Path) -> None:
    (project / "api/link.yaml").symlink_to(project / "shared/pet.yaml")
    (project / "api/openapi.yaml").write_text(document("link.yaml"))
    assert findings(project / "api/openapi.yaml") == []


def test_a_document_elsewhere_leads_to_what_is_below_its_own_folder(project: Path) -> None:
    other = project.parent / "secret"
    (other / "below").mkdir()
    (other / "below/pet.yaml").write_text(PET)
    for ref, count in (("below/pet.yaml", 0), ("../project/shared/pet.yaml", 1)):
        (other / "openapi.yaml").write_text(document(ref))
        assert len(findings(other / "openapi.yaml")) == count


def test_the_root_of_the_file_system_is_no_folder_of_a_project(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "api/openapi.yaml").write_text(document("../shared/pet.yaml"))
    monkeypatch.chdir("/")
    (only,) = findings(project / "api/openapi.yaml")
    assert TOLD in only


def test_an_example_outside_is_not_read(project: Path, serve: Serve) -> None:
    (project.parent / "secret/body.json").write_text('{"token": "s3cret"}')
    example = {"externalValue": str(project.parent / "secret/body.json")}
    text = thing({"200": json_of({"type": "object"}, examples={"one": example})})
    (project / "openapi.json").write_text(document_text(text))
    mock = serve(project / "openapi.json")
    (only,) = mock.app.parts.findings
    assert TOLD in only.message and only.pointer.endswith("/examples/one/externalValue")
    assert "s3cret" not in mock.get().text


def test_the_full_check_reads_no_other_files_either(project: Path) -> None:
    """The library that it is done with would read any file and any URL by itself."""
    pipe = project.parent / "secret/pipe.yaml"
    os.mkfifo(pipe)  # a process that opens it waits without end
    (project / "api/openapi.yaml").write_text(document("../../secret/pipe.yaml"))
    checked = run("check", "api/openapi.yaml", cwd=project)
    assert [TOLD in line for line in checked.stdout.splitlines()] == [True]


def test_the_option_is_named_in_the_environment_and_again_and_again(project: Path) -> None:
    (project.parent / "third").mkdir()
    (project / "openapi.yaml").write_text(document("../secret/pet.yaml"))
    folders = [str(project.parent / name) for name in ("third", "secret")]
    assert run("check", "openapi.yaml", cwd=project).returncode == 1
    options = [f"--allow-files={folder}" for folder in folders]
    assert run("check", "openapi.yaml", *options, cwd=project).returncode == 0
    named = environment(MOCK_SERVER_ALLOW_FILES=os.pathsep.join(folders))
    assert run("check", "openapi.yaml", cwd=project, env=named).returncode == 0


def test_a_folder_that_is_allowed_has_to_be_there(project: Path) -> None:
    (project / "openapi.yaml").write_text(document("api/own.yaml"))
    checked = run("check", "openapi.yaml", "--allow-files", "none", cwd=project)
    assert checked.returncode == 2
    assert checked.stderr == "--allow-files none: there is no such folder\n"


def test_what_is_allowed_is_checked_beside_the_server_too(project: Path) -> None:
    (project / "openapi.yaml").write_text(
        document("../secret/pet.yaml").replace("description: ok", "description: 1")
    )
    with serving("openapi.yaml", "--allow-files", "../secret", cwd=project) as server:
        server.logged("^WARNING .*is an integer, 1; expected a string")
    assert TOLD not in server.err.text


# Of what kind


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        pytest.param(os.mkfifo, "a pipe", id="a pipe"),
        pytest.param(lambda path: path.mkdir(), "Is a directory", id="a folder"),
        pytest.param(lambda path: path.symlink_to("/dev/zero"), "a device", id="a device"),
    ],
)
def test_what_is_no_regular_file_is_a_finding_and_never_opened(
    project: Path, make: Callable[[Path], object], kind: str
) -> None:
    make(project / "odd.yaml")
    (project / "openapi.yaml").write_text(document("odd.yaml"))
    (only,) = findings(project / "openapi.yaml", Path("/dev"))
    assert only.startswith("openapi.yaml:7:16: $ref odd.yaml") and kind in only


def test_a_file_that_is_too_large_is_a_finding_that_says_how_much_is_read(project: Path) -> None:
    with (project / "large.yaml").open("wb") as large:
        large.truncate(files.MOST_BYTES + 1)
    (project / "openapi.yaml").write_text(document("large.yaml"))
    (only,) = findings(project / "openapi.yaml")
    assert "it is larger than 64 MiB, the most that is read" in only


def test_a_file_of_the_most_bytes_is_read(tmp_path: Path) -> None:
    (tmp_path / "some").write_bytes(b"12345")
    assert files.regular_bytes(tmp_path / "some", most=5) == b"12345"
    with pytest.raises(OSError, match="larger"):
        files.regular_bytes(tmp_path / "some", most=4)


# The document itself


NAMED = '{"openapi": "3.1.0", "info": {"title": "Piped", "version": "1"}, "paths": {}}'


@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_a_document_comes_from_standard_input(project: Path, name: str) -> None:
    text = document("api/own.yaml").replace("description: ok", "description: 1")
    checked = subprocess.run(
        [*COMMAND, "check", name],
        input=text,
        cwd=project,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert checked.stdout.startswith("<stdin>:6:40: `description` is an integer, 1")
    assert checked.returncode == 1


def test_a_document_from_a_pipe_is_read_once_and_still_checked_reloaded_and_reported(
    project: Path,
) -> None:
    os.mkfifo(project / "pipe")
    text = document("api/own.yaml").replace("description: ok", "description: 1")
    writing = threading.Thread(target=(project / "pipe").write_text, args=[text], daemon=True)
    writing.start()
    with serving("pipe", "--coverage", "met.json", cwd=project) as server:
        server.logged("^WARNING pipe:6:40: `description` is an integer, 1")
        (project / "api/own.yaml").write_text(PET.replace("Minka", "Mohrle"))
        server.logged("^INFO Reloaded after a change of api/own.yaml")
        assert server.end() == 0
    assert '"operations": 1' not in server.err.text
    assert (project / "met.json").is_file()


def test_how_each_status_is_met_is_shown_of_a_document_from_standard_input(project: Path) -> None:
    shown = subprocess.run(
        [*COMMAND, "errors", "-"],
        input=document("api/own.yaml"),
        cwd=project,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert "/thing" in shown.stdout and shown.returncode == 0


def test_a_device_without_end_is_no_document() -> None:
    with pytest.raises(StartError, match="larger than 64 MiB"):
        read_contract(Path("/dev/zero"))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (
            "ftp://example.com/v1/pets.yaml",
            "ftp://example.com/v1/pets.yaml: documents are read from http and https alone; get a"
            " copy first, for example with curl -fsSLo pets.yaml ftp://example.com/v1/pets.yaml,"
            " and give pets.yaml",
        ),
        (
            "file:///srv/pets.yaml",
            "file:///srv/pets.yaml: expected a path rather than a URL, such as /srv/pets.yaml",
        ),
    ],
)
def test_a_url_is_refused_with_what_to_do(project: Path, name: str, told: str) -> None:
    served = run("serve", name, cwd=project)
    assert (served.returncode, served.stderr) == (2, f"{told}\n")


def test_a_path_that_looks_like_a_url_is_read_if_it_is_there(project: Path) -> None:
    (project / "http:").mkdir()
    (project / "http:/pets.yaml").write_text(NAMED)
    assert read_contract(Path("http:/pets.yaml")).title == "Piped"


def test_a_document_that_becomes_a_pipe_is_not_waited_for(project: Path, serve: Serve) -> None:
    mock = serve(thing({"200": json_of({"type": "string"}, example="first")}))
    path = mock.app.settings.document
    assert isinstance(path, Path)
    text = path.read_text()
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(StartError, match="it is a pipe; expected a regular file"):
        mock.app.load()
    path.unlink()
    path.write_text(text.replace("first", "second"))
    mock.app.load()
    assert mock.get().json() == "second"


def test_what_is_served_of_a_document_s_files_obeys_the_same_rule(
    project: Path, serve: Serve
) -> None:
    (project / "api/link.yaml").symlink_to(project.parent / "secret/pet.yaml")
    (project / "api/openapi.yaml").write_text(
        document("link.yaml") + "  /other: {get: {responses: {'200': {description: ok, content:"
        " {application/json: {schema: {$ref: own.yaml}}}}}}}\n"
    )
    mock = serve(project / "api/openapi.yaml")
    assert mock.get("/own.yaml").text == PET
    assert mock.get("/link.yaml").status_code == 404


def test_the_settings_of_a_program_take_folders(project: Path, serve: Serve) -> None:
    (project / "openapi.yaml").write_text(document("../secret/pet.yaml"))
    mock = serve(project / "openapi.yaml", allow_files=(project.parent / "secret",))
    assert mock.app.parts.findings == [] and Settings().allow_files == ()
