"""The built wheel: what is in it, and that it serves by itself."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tomllib
from email import message_from_bytes
from pathlib import Path
from textwrap import dedent
from zipfile import ZipFile

import httpx
import pytest

from mock_server import __version__
from tests.helpers.processes import SECONDS, environment, serving, without_requests
from tests.helpers.running import KEYS, LATEST

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel, built without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=SECONDS)
    (built,) = folder.iterdir()
    return built


def names(wheel: Path) -> set[str]:
    with ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_it_carries_the_contract_and_the_fixtures_byte_for_byte(wheel: Path) -> None:
    fixtures = {path for path in (ROOT / "fixtures").rglob("*") if path.is_file()}
    assert fixtures
    with ZipFile(wheel) as archive:
        for path in {ROOT / "openapi.yaml", *fixtures}:
            name = f"mock_server/shipped/{path.relative_to(ROOT).as_posix()}"
            assert archive.read(name) == path.read_bytes()


def test_it_carries_every_module_the_page_and_the_types(wheel: Path) -> None:
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "mock_server").rglob("*.py")}
    others = {
        "mock_server/control/control.yaml",
        *(
            f"mock_server/console/page/{file.name}"
            for file in (ROOT / "mock_server/console/page").iterdir()
        ),
        "mock_server/gateway/docs_page/index.j2",
        "mock_server/py.typed",
    }
    assert modules | others <= names(wheel)


def test_it_carries_the_sample_files_and_not_what_builds_them(wheel: Path) -> None:
    data = "mock_server/generation/files/data"
    files = {f"{data}/{path.name}" for path in (ROOT / data).iterdir()}
    assert files and files <= names(wheel)
    assert not [name for name in names(wheel) if "sample_files" in name]


def test_it_carries_nothing_else(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in names(wheel)}
    assert tops == {"mock_server", f"contract_mock_server-{__version__}.dist-info"}
    parts = {part for name in names(wheel) for part in name.split("/")}
    assert not parts & {"tests", "bench", "__pycache__"}
    shipped = {name.split("/")[2] for name in names(wheel) if "/shipped/" in name}
    assert shipped == {"openapi.yaml", "fixtures"}


def test_it_says_who_it_is_and_what_it_needs(wheel: Path) -> None:
    info = f"contract_mock_server-{__version__}.dist-info"
    with ZipFile(wheel) as archive:
        metadata = message_from_bytes(archive.read(f"{info}/METADATA"))
        assert archive.read(f"{info}/licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()
    assert metadata["Name"] == "contract-mock-server"
    assert metadata["Version"] == __version__
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    needed = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert len(needed) == len(PROJECT["dependencies"])


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the programs of an environment that has the wheel, and borrows its dependencies."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin/python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    offline = ["--no-index", "--no-deps", "--disable-pip-version-check"]
    subprocess.run([*pip, *offline, str(wheel)], check=True, timeout=SECONDS)
    (site,) = folder.glob("lib/python*/site-packages")
    borrowed = dict.fromkeys(sysconfig.get_paths()[name] for name in ("purelib", "platlib"))
    (site / "borrowed.pth").write_text("\n".join(borrowed))
    return folder / "bin"


def bare() -> dict[str, str]:
    return {k: v for k, v in environment().items() if not k.startswith("PYTHON")}


def test_installed_it_serves_the_shipped_contract_from_any_folder(
    installed: Path, tmp_path: Path
) -> None:
    code = "import mock_server; print(mock_server.__file__)"
    command = [str(installed / "python"), "-c", code]
    found = subprocess.check_output(command, cwd=tmp_path, env=bare(), encoding="utf-8")
    assert Path(found).is_relative_to(installed.parent)

    program = (str(installed / "mock-server"),)
    with serving(cwd=tmp_path, env=bare(), command=program) as server:
        reply = httpx.post(f"{server.url}{LATEST}", json=KEYS)
        assert (reply.status_code, list(reply.json())) == (200, KEYS["object_keys"])
        assert reply.headers["Mock-Source"] == "handler"
        contract = httpx.get(f"{server.url}/openapi.yaml").content
        assert contract == (ROOT / "openapi.yaml").read_bytes()
        assert "swagger-ui" in httpx.get(f"{server.url}/docs/").text
        assert httpx.get(f"{server.url}/_mock/exchanges/count").json() == {"count": 2}
        assert server.end() == 0
        assert without_requests(server.err.complete()) == ""


def test_installed_it_finds_nothing_wrong_in_what_it_ships(installed: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [installed / "mock-server", "check"],
        cwd=tmp_path,
        env=bare(),
        capture_output=True,
        timeout=SECONDS,
    )
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr.endswith(b": 1 operation, 0 findings\n")


def test_installed_it_is_a_plugin_of_pytest(installed: Path, tmp_path: Path) -> None:
    tests = """
    def test_it(mock_api):
        assert mock_api.client().get("/openapi.yaml").status_code == 200
    """
    (tmp_path / "test_it.py").write_text(dedent(tests))
    done = subprocess.run(
        [installed / "python", "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env={k: v for k, v in bare().items() if not k.startswith("PYTEST_")},
        capture_output=True,
        timeout=SECONDS,
        encoding="utf-8",
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "1 passed" in done.stdout


@pytest.mark.parametrize("dependency", PROJECT["dependencies"])
def test_every_dependency_has_a_lower_bound(dependency: str) -> None:
    assert ">=" in dependency
