"""The plugin as a project meets it: its tests are run by a pytest of their own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from mock_server.coverage.report_files import read_report
from mock_server.server.uvicorn_server import new_loop
from tests.helpers.processes import SECONDS, environment
from tests.helpers.running import document_text
from tests.pytest_plugin.test_mock_api import PETS

PLUGIN = ("-p", "mock_server.pytest_plugin.plugin", "-p", "no:cacheprovider")
TABLE = '[tool.mock-server]\ndocument = "pets.json"\n'
IMPORTS = "import httpx\nimport pytest\n"
RULE = "pets.json#/paths/~1pets~1{id}/get/parameters/0/schema/type"
BREACH = f"""\
The client broke the contract. 1 request, 1 broke the contract.
  get_pet: GET /pets/x
    id in the path is a string, "x"; expected an integer (rule {RULE})
"""


@pytest.fixture(autouse=True)
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project with a document, whose pytest has no plugins but those that it is given."""
    new_loop().close()  # what that imports can't be imported twice
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    (pytester.path / "pets.json").write_text(document_text(PETS))
    (pytester.path / "pyproject.toml").write_text(TABLE)
    return pytester.path


def run(pytester: pytest.Pytester, tests: str, *arguments: str) -> pytest.RunResult:
    """Return the result of those tests, with warnings as errors."""
    pytester.makepyfile(test_it=IMPORTS + dedent(tests))
    return pytester.runpytest_inprocess(*PLUGIN, "-W", "error", *arguments)


def told(result: pytest.RunResult, title: str) -> str:
    """Return the report's text below a title, word for word."""
    text = str(result.stdout)
    after = re.split(rf"^_+ {re.escape(title)} _+\n", text, flags=re.MULTILINE)
    assert len(after) == 2, text
    return re.split(r"^[_=]{3,}", after[1], flags=re.MULTILINE)[0]


# A test has a server and a session of its own


def test_a_test_gets_a_mock_and_asks_it_on_a_port_or_in_the_process(
    pytester: pytest.Pytester,
) -> None:
    tests = """
    def test_on_a_port(mock_api):
        assert httpx.get(f"{mock_api.url}/pets/7").json() == {"id": 1}
        mock_api.assert_called("get_pet", times=1)

    def test_in_the_process(mock_api):
        assert mock_api.client().get("/pets/7").json() == {"id": 1}
        mock_api.assert_called("get_pet", times=1)
    """
    run(pytester, tests).assert_outcomes(passed=2)


def test_one_server_serves_the_run_and_no_test_sees_another(pytester: pytest.Pytester) -> None:
    tests = """
    SEEN = []

    @pytest.mark.parametrize("number", range(3))
    def test_alone(mock_api, number):
        SEEN.append(mock_api.url)
        assert mock_api.exchanges == []
        assert mock_api.client().get("/pets/7").json() == {"id": 1}
        mock_api.reply("get_pet", body={"id": 2})
        mock_api.seed = "other"
        mock_api.clock.advance("1h")
        mock_api.fault("reset")

    def test_all():
        assert len(set(SEEN)) == 3
        assert len({url.partition("/_session/")[0] for url in SEEN}) == 1
    """
    run(pytester, tests).assert_outcomes(passed=4)


def test_workers_of_xdist_have_servers_of_their_own(pytester: pytest.Pytester) -> None:
    tests = """
    import os, pathlib, time

    @pytest.mark.parametrize("number", range(4))
    def test_alone(mock_api, number):
        assert mock_api.exchanges == []
        mock_api.reply("get_pet", body={"id": number})
        seen = {httpx.get(f"{mock_api.url}/pets/7").json()["id"] for _ in range(5)}
        assert seen == {number}
        mock_api.assert_called("get_pet", times=5)
        pathlib.Path(f"{os.environ['PYTEST_XDIST_WORKER']}.url").write_text(mock_api.url)
    """
    pytester.makepyfile(test_it=IMPORTS + dedent(tests))
    arguments = (*PLUGIN, "-p", "xdist", "-n", "2", "--dist", "each", "-W", "error")
    pytester.runpytest_inprocess(*arguments).assert_outcomes(passed=8)
    urls = [path.read_text() for path in pytester.path.glob("*.url")]
    assert len({url.partition("/_session/")[0] for url in urls}) == 2


def test_nothing_of_the_server_is_imported_before_a_test_asks_for_it(
    pytester: pytest.Pytester,
) -> None:
    tests = """
    import sys
    HEAVY = {"connexion", "uvicorn", "jsonschema_rs", "mock_server.app", "starlette", "yaml"}

    def test_without():
        assert not HEAVY & set(sys.modules)

    def test_with(mock_api):
        assert HEAVY <= set(sys.modules)
    """
    pytester.makepyfile(test_it=dedent(tests))
    pytester.runpytest_subprocess(*PLUGIN, "-W", "error").assert_outcomes(passed=2)


def test_the_marker_is_known_and_shown(pytester: pytest.Pytester) -> None:
    result = run(pytester, "", "--markers", "--strict-markers")
    result.stdout.fnmatch_lines(["@pytest.mark.mock_api(allow_violations=False, [*][*]settings):*"])


# A client that breaks the contract fails the test


def test_a_test_in_which_the_client_broke_the_contract_fails_at_its_end(
    pytester: pytest.Pytester,
) -> None:
    result = run(pytester, "def test_it(mock_api): mock_api.client().get('/pets/x')")
    result.assert_outcomes(failed=1)
    assert told(result, "test_it") == BREACH


def test_a_request_that_leads_nowhere_breaks_it_too(pytester: pytest.Pytester) -> None:
    result = run(pytester, "def test_it(mock_api): httpx.get(mock_api.url + '/pet/7')")
    result.assert_outcomes(failed=1)
    assert told(result, "test_it") == (
        "The client broke the contract. 1 request, 1 led to no operation.\n"
        "  no operation: GET /pet/7\n"
        "    Things has no path /pet/7; did you mean /pets/{id} or /pets?\n"
    )


def test_what_broke_the_contract_is_shown_beside_another_failure(
    pytester: pytest.Pytester,
) -> None:
    tests = """
    def test_it(mock_api):
        assert mock_api.client().get("/pets/x").status_code == 200
    """
    result = run(pytester, tests)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["E       AssertionError: assert 422 == 200", "*- Captured mock_api call -*"]
    )
    result.stdout.fnmatch_lines(
        ["1 request, 1 broke the contract.", "  get_pet: GET /pets/x"], consecutive=True
    )


ON_PURPOSE = {
    "by its marker": """
        @pytest.mark.mock_api(allow_violations=True)
        def test_it(mock_api):
            assert mock_api.client().get("/pets/x").status_code == 422
        """,
    "by a block": """
        def test_it(mock_api):
            with mock_api.allowing_violations():
                assert httpx.get(mock_api.url + "/pets/x").status_code == 422
            assert mock_api.client().get("/pets/7").status_code == 200
        """,
    "by the module's marker": """
        pytestmark = pytest.mark.mock_api(allow_violations=True)

        def test_it(mock_api):
            mock_api.client().get("/nowhere")
        """,
}


@pytest.mark.parametrize("tests", ON_PURPOSE.values(), ids=ON_PURPOSE)
def test_a_test_can_mean_to_break_the_contract(pytester: pytest.Pytester, tests: str) -> None:
    run(pytester, tests).assert_outcomes(passed=1)


def test_what_a_fixture_breaks_after_the_test_is_an_error(pytester: pytest.Pytester) -> None:
    tests = """
    @pytest.fixture
    def client(mock_api):
        yield mock_api.client()
        mock_api.client().get("/pets/x")

    def test_it(client):
        client.get("/pets/7")
    """
    result = run(pytester, tests)
    result.assert_outcomes(passed=1, errors=1)
    assert BREACH in told(result, "ERROR at teardown of test_it")


def test_a_test_of_unittest_is_judged_as_well(pytester: pytest.Pytester) -> None:
    tests = """
    import unittest

    class TestIt(unittest.TestCase):
        @pytest.fixture(autouse=True)
        def _mock(self, mock_api):
            self.mock_api = mock_api

        def test_it(self):
            self.mock_api.client().get("/pets/x")
    """
    result = run(pytester, tests)
    result.assert_outcomes(failed=1)
    assert told(result, "TestIt.test_it") == BREACH


# What the mock refuses stands at the line of the test


def test_a_stub_that_the_contract_forbids_fails_at_its_line(pytester: pytest.Pytester) -> None:
    tests = """
    def test_it(mock_api):
        mock_api.reply("get_pet", body={"id": "x"})
    """
    result = run(pytester, tests)
    result.assert_outcomes(failed=1)
    schema = "/paths/~1pets~1{id}/get/responses/200/content/application~1json/schema"
    assert told(result, "test_it") == (
        "\nmock_api = <mock_server.pytest_plugin.mock_api.MockApi of Things>\n\n"
        "    def test_it(mock_api):\n"
        '>       mock_api.reply("get_pet", body={"id": "x"})\n'
        'E       mock_server.errors.WrongUse: id in the body is a string, "x"; expected an integer'
        f" (at /body/id, rule pets.json#{schema}/properties/id/type)\n\n"
        "test_it.py:5: WrongUse\n"
    )


def test_a_call_that_was_missed_fails_at_its_line(pytester: pytest.Pytester) -> None:
    tests = """
    def test_it(mock_api):
        mock_api.client().post("/pets", json={"name": "Rex"})
        mock_api.assert_called("create_pet", times=1, body={"name": "Minka"})
    """
    result = run(pytester, tests)
    result.assert_outcomes(failed=1)
    assert told(result, "test_it") == (
        "\nmock_api = <mock_server.pytest_plugin.mock_api.MockApi of Things>\n\n"
        "    def test_it(mock_api):\n"
        '        mock_api.client().post("/pets", json={"name": "Rex"})\n'
        '>       mock_api.assert_called("create_pet", times=1, body={"name": "Minka"})\n'
        "E       AssertionError: create_pet was not called as expected; expected once.\n"
        "E       Calls that differ, the nearest first:\n"
        "E         POST /pets → 201\n"
        'E           body /name is "Rex"; expected "Minka"\n\n'
        "test_it.py:6: AssertionError\n"
    )


# What is served


OTHER = json.dumps(
    {
        "openapi": "3.1.0",
        "info": {"title": "Others", "version": "1"},
        "paths": {"/other": {"get": {"operationId": "other", "responses": {"204": {}}}}},
    }
)


def test_a_marker_names_other_settings_and_each_is_served_once(pytester: pytest.Pytester) -> None:
    (pytester.path / "more").mkdir()
    (pytester.path / "more" / "other.json").write_text(OTHER)
    tests = """
    SEEN = set()
    other = pytest.mark.mock_api(document="more/other.json")

    def base(mock_api):
        return mock_api.url.partition("/_session/")[0]

    @other
    @pytest.mark.parametrize("number", range(2))
    def test_other(mock_api, number):
        assert mock_api.client().get("/other").status_code == 204
        SEEN.add(base(mock_api))

    @other
    class TestNear:
        @pytest.mark.mock_api(document="pets.json")
        def test_near(self, mock_api):
            assert mock_api.client().get("/pets/7").status_code == 200
            assert base(mock_api) not in SEEN and len(SEEN) == 1
    """
    run(pytester, tests).assert_outcomes(passed=3)


GIVEN = {
    "a mapping": "dict(document='more/other.json')",
    "settings": "Settings(document=Path('more/other.json'))",
}


@pytest.mark.parametrize("given", GIVEN.values(), ids=GIVEN)
def test_a_fixture_overrides_what_is_served(pytester: pytest.Pytester, given: str) -> None:
    (pytester.path / "more").mkdir()
    (pytester.path / "more" / "other.json").write_text(OTHER)
    tests = f"""
    from pathlib import Path
    from mock_server.settings import Settings

    @pytest.fixture(scope="session")
    def mock_api_settings():
        return {given}

    def test_it(mock_api):
        assert mock_api.client().get("/other").status_code == 204
    """
    run(pytester, tests).assert_outcomes(passed=1)


def test_without_any_settings_the_shipped_contract_is_served(pytester: pytest.Pytester) -> None:
    (pytester.path / "pyproject.toml").write_text("")
    tests = """
    def test_it(mock_api):
        assert mock_api.client().get("/openapi.json").json()["info"]["title"].startswith("Chroma")
    """
    result = run(pytester, tests)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["mock_api: no document is set, so the shipped one is served*"])


# What was met


ONE_EACH = """
@pytest.mark.parametrize("path", ["/pets/1", "/pets/2"])
def test_it(mock_api, path):
    assert mock_api.client().get(path).status_code == 200

@pytest.mark.mock_api(lenient=True)
def test_lenient(mock_api):
    assert mock_api.client().post("/pets", json={"name": "Rex"}).status_code == 201

@pytest.mark.mock_api(document="other.json")
def test_other(mock_api):
    assert mock_api.client().get("/other").status_code == 204
"""


@pytest.mark.parametrize("workers", [0, 2])
def test_what_the_run_met_is_written_at_its_end(pytester: pytest.Pytester, workers: int) -> None:
    (pytester.path / "other.json").write_text(OTHER)
    (pytester.path / "pyproject.toml").write_text(TABLE + 'coverage = "met.json"')
    pytester.makepyfile(test_it=IMPORTS + ONE_EACH)
    arguments = (*PLUGIN, "-p", "xdist", "-n", str(workers), "-W", "error")
    pytester.runpytest_inprocess(*arguments).assert_outcomes(passed=4)
    assert [path.name for path in pytester.path.glob("met*.json")] == ["met.json"]
    report = read_report(pytester.path / "met.json")
    figure = report.figures["operations"]
    assert (figure.met, figure.of, report.exchanges.counted) == (2, 2, 3)


WRONG = {
    "in pyproject.toml": (
        TABLE + "fixture = 'x'",
        "",
        "pyproject.toml:3: there is no setting fixture; did you mean fixtures?",
    ),
    "in a marker": (
        TABLE,
        "@pytest.mark.mock_api(documnt='pets.json')",
        "pytest.mark.mock_api: there is no setting documnt; did you mean document?",
    ),
    "without its name": (
        TABLE,
        "@pytest.mark.mock_api('pets.json')",
        "pytest.mark.mock_api: expected settings by their names",
    ),
    "of a file that isn't there": (
        TABLE,
        "@pytest.mark.mock_api(document='none.json')",
        "none.json: there is no such file",
    ),
}


@pytest.mark.parametrize(("table", "marker", "message"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_in_the_settings_is_told_in_a_line(
    pytester: pytest.Pytester, table: str, marker: str, message: str
) -> None:
    (pytester.path / "pyproject.toml").write_text(table)
    result = run(pytester, f"{marker}\ndef test_it(mock_api): pass")
    result.assert_outcomes(errors=1)
    assert told(result, "ERROR at setup of test_it") == f"{message}\n"


def test_pytest_s_start_imports_nothing_but_the_plugin_itself(project: Path) -> None:
    code = (
        "import sys, pytest; before = set(sys.modules); import mock_server.pytest_plugin.plugin;"
        "print(*sorted(name for name in set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=project,
        env=environment(),
        capture_output=True,
        timeout=SECONDS,
        text=True,
        check=True,
    )
    package, plugin = "mock_server.pytest_plugin", "mock_server.pytest_plugin.plugin"
    assert done.stdout.split() == ["mock_server", package, plugin]


# What was covered

COVERING = """
import pytest, httpx

@pytest.mark.parametrize("id", [1, 2, 3])
def test_a_pet(mock_api, id):
    assert httpx.get(f"{mock_api.url}/pets/{id}").status_code == 200

def test_in_the_process(mock_api):
    assert mock_api.client().get("/pets/4").status_code == 200
"""
FIGURE = r"^operations +1 of +(\d+) +(\d+) %$"


def covered(
    pytester: pytest.Pytester, *arguments: str, plugins: tuple[str, ...] = ()
) -> pytest.RunResult:
    """Return the result of a run that asks for one operation in four tests."""
    pytester.makepyfile(test_it=COVERING)
    command = (*PLUGIN, *plugins, "-W", "error", *arguments)
    return pytester.runpytest_inprocess(*command)


BY_WORKERS = [(), ("-p", "xdist", "-n", "2")]
# What one worker hands on is what each does.
BY_ONE = [(), ("-p", "xdist", "-n", "1")]


@pytest.mark.parametrize("plugins", BY_WORKERS, ids=["alone", "by workers"])
def test_what_was_met_is_shown_at_the_end_and_written_where_the_settings_say(
    pytester: pytest.Pytester, plugins: tuple[str, ...]
) -> None:
    (pytester.path / "pyproject.toml").write_text(f'{TABLE}coverage = "met.json"\n')
    result = covered(pytester, "--mock-api-coverage", plugins=plugins)
    result.assert_outcomes(passed=4)
    assert result.ret == 0
    shown = str(result.stdout).partition("mock_api: coverage")[2]
    assert "Things 1, 4 exchanges" in shown
    assert re.search(FIGURE, shown, re.MULTILINE)
    written = json.loads((pytester.path / "met.json").read_text())
    assert written["exchanges"]["counted"] == 4
    assert written["figures"]["operations"]["met"] == 1


def test_it_is_written_without_being_shown(pytester: pytest.Pytester) -> None:
    (pytester.path / "pyproject.toml").write_text(f'{TABLE}coverage = "met.json"\n')
    result = covered(pytester)
    assert result.ret == 0
    assert "coverage" not in str(result.stdout)
    assert json.loads((pytester.path / "met.json").read_text())["exchanges"]["counted"] == 4


@pytest.mark.parametrize("plugins", BY_ONE, ids=["alone", "by a worker"])
def test_less_than_was_asked_for_fails_the_run(
    pytester: pytest.Pytester, plugins: tuple[str, ...]
) -> None:
    asked = ("--mock-api-fail-under", "operations=100", "--mock-api-fail-under", "parameters=1")
    result = covered(pytester, *asked, plugins=plugins)
    result.assert_outcomes(passed=4)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    shown = str(result.stdout).partition("mock_api: coverage")[2].splitlines()[1]
    assert re.fullmatch(
        r"coverage of operations is 1 of \d+, [\d.]+ %; expected at least 100 %", shown
    )
    assert covered(pytester, "--mock-api-fail-under", "parameters=1").ret == 0


@pytest.mark.parametrize("plugins", BY_ONE, ids=["alone", "by a worker"])
def test_a_run_that_uses_no_mock_has_met_less_than_was_asked_for(
    pytester: pytest.Pytester, plugins: tuple[str, ...]
) -> None:
    pytester.makepyfile(test_it="def test_without():\n    pass\n")
    command = (*PLUGIN, *plugins, "-W", "error")
    asked = ("--mock-api-fail-under", "1")
    result = pytester.runpytest_inprocess(*command, *asked)
    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    shown = str(result.stdout).partition("mock_api: coverage")[2].splitlines()[1]
    assert shown == "no test has used mock_api, so nothing of a contract was met"
    assert pytester.runpytest_inprocess(*command).ret == 0
    assert pytester.runpytest_inprocess(*command, *asked, "--collect-only").ret == 0


def test_without_being_asked_nothing_is_said_of_it(pytester: pytest.Pytester) -> None:
    result = covered(pytester)
    assert result.ret == 0
    assert "coverage" not in str(result.stdout)


def test_a_threshold_that_can_t_be_one_stops_the_run_before_it_begins(
    pytester: pytest.Pytester,
) -> None:
    result = covered(pytester, "--mock-api-fail-under", "operation=100")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines("*--mock-api-fail-under: there is no kind of part operation;*")
