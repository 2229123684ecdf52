"""A client's bug, found by what the contract allows, shrunk to the least, reported and kept."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import httpx
import pytest
from hypothesis import seed, settings

from mock_server.documents.yaml_reader import read_yaml
from mock_server.errors import WrongUse
from mock_server.pytest_plugin.mock_api import MockApi
from mock_server.testing import RunningMock, explore
from mock_server.testing import mock_api as mock_api_
from mock_server.testing.canned import save, written
from tests.helpers.running import KEYS, LATEST, Serve

OPERATION = "latest_invocations_by_keys"
LEAST = """\
  status: 200
  body:
    "":
      created_at: "2000-01-01T00:00:00Z"
      id: "00000000-0000-4000-8000-000000000000"
      metadata:
        github:
          git_ref_identifier:
            sha: ""
        collection_name: ""
        database_name: ""
"""
NEVER_SAVED = settings(database=None, derandomize=True, max_examples=200)


class Client:
    """The sample client, with bugs that are planted: each method believes too much."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def _latest(self) -> Any:
        reply = self._http.post(LATEST, json=KEYS)
        return reply.json() if reply.is_success else {}

    def states(self) -> list[str]:
        return [one["status"].upper() for one in self._latest().values()]

    def sources(self) -> list[str]:
        return [one["source_id"] for one in self._latest().values()]

    def owners(self) -> list[str]:
        return [one.get("source_id", "").upper() for one in self._latest().values()]

    def ids(self) -> list[str]:
        return [one["id"] for one in self._latest().values()]


def broken(test: Callable[..., Any], **named: Any) -> str:
    """Return the report on the reply that broke a test."""
    with pytest.raises((KeyError, AttributeError)) as raised:
        test(**named)
    return raised.value.__notes__[0]


def told(name: str, rest: str, kept: str = "") -> str:
    where = f"To keep it, add it to replies/{OPERATION}.yaml of the fixtures."
    return (
        f"The smallest reply to {OPERATION} that breaks the client:\n\n"
        f"{name}:\n{LEAST}{rest}\n{kept or where}"
    )


# The planted bugs


def test_a_client_that_cannot_read_a_status_that_is_an_object_is_found(mock_api: MockApi) -> None:
    @mock_api_.explore(OPERATION)
    @NEVER_SAVED
    def test_states(mock_api: MockApi) -> None:
        Client(mock_api.client()).states()

    failed = '      status:\n        failed:\n          error: ""\n'
    assert broken(test_states, mock_api=mock_api) == told("states", failed)


@pytest.mark.long
def test_a_client_that_needs_a_source_is_found_where_it_is_absent(mock_api: MockApi) -> None:
    @explore(OPERATION)
    @NEVER_SAVED
    def test_sources(mock_api: MockApi) -> None:
        Client(mock_api.client()).sources()

    assert broken(test_sources, mock_api=mock_api) == told("sources", "      status: pending\n")


@pytest.mark.long
def test_a_client_that_needs_a_source_is_found_where_it_is_null(mock_api: MockApi) -> None:
    @explore(OPERATION)
    @NEVER_SAVED
    def test_owners(mock_api: MockApi) -> None:
        Client(mock_api.client()).owners()

    null = "      source_id: null\n      status: pending\n"
    assert broken(test_owners, mock_api=mock_api) == told("owners", null)


def test_a_client_that_reads_what_the_contract_says_stands(mock_api: MockApi) -> None:
    @explore(OPERATION)
    @NEVER_SAVED
    def test_ids(mock_api: MockApi) -> None:
        Client(mock_api.client()).ids()

    test_ids(mock_api=mock_api)


# What a client meets


def test_a_client_meets_every_declared_status_unless_some_are_named(mock_api: MockApi) -> None:
    met = {"all": set[int](), "some": set[int]()}

    @explore(OPERATION)
    @NEVER_SAVED
    def test_all(mock_api: MockApi) -> None:
        met["all"].add(mock_api.client().post(LATEST, json=KEYS).status_code)

    @explore(OPERATION, statuses=[400, 404])
    @NEVER_SAVED
    def test_some(mock_api: MockApi) -> None:
        met["some"].add(mock_api.client().post(LATEST, json=KEYS).status_code)

    test_all(mock_api=mock_api)
    test_some(mock_api=mock_api)
    assert met == {"all": {200, 400, 401, 403, 404, 500}, "some": {400, 404}}


def test_the_settings_of_hypothesis_below_are_kept(mock_api: MockApi) -> None:
    counts = []

    @explore(OPERATION)
    @settings(max_examples=7, database=None)
    @seed(1)
    def test_some(mock_api: MockApi) -> None:
        counts.append(mock_api.client().post(LATEST, json=KEYS).content)

    test_some(mock_api=mock_api)
    first = counts[:]
    counts.clear()
    test_some(mock_api=mock_api)
    assert len(first) == 7
    assert counts == first


def test_a_test_that_does_not_ask_for_the_mock_is_given_none(mock_api: MockApi) -> None:
    seen = []

    @explore(OPERATION)
    @settings(max_examples=3, database=None)
    def test_it(address: str) -> None:
        seen.append(address)

    assert list(inspect.signature(test_it).parameters) == ["address", "mock_api"]
    test_it(address="x", mock_api=mock_api)
    assert seen == ["x"] * 3


def test_an_async_test_is_refused() -> None:
    async def test_it() -> None: ...

    with pytest.raises(TypeError, match="test_it is async"):
        explore(OPERATION)(test_it)


# In pytest, and beside a server


def test_pytest_shows_the_reply_and_gives_the_test_its_fixtures(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(
        test_it=f"""
        from hypothesis import settings
        from mock_server.testing import mock_api

        @mock_api.explore("{OPERATION}", statuses=[200], save="fixtures")
        @settings(database=None, derandomize=True)
        def test_sources(mock_api, tmp_path):
            answer = mock_api.client().post("{LATEST}", json={KEYS!r})
            assert all("source_id" in one for one in answer.json().values())
        """
    )
    plugins = ("-p", "mock_server.pytest_plugin.plugin", "-p", "no:cacheprovider")
    result = pytester.runpytest_inprocess(*plugins)
    result.assert_outcomes(failed=1)
    path = pytester.path / "fixtures" / "replies" / f"{OPERATION}.yaml"
    result.stdout.fnmatch_lines(["E *breaks the client:", "E *sources:", "E *kept as sources in *"])
    assert path.read_text() == f"sources:\n{LEAST}      status: pending\n"


def test_a_client_of_a_running_server_is_explored_in_a_session(
    tmp_path: Path, serve: Serve
) -> None:
    mock = serve()
    here = RunningMock(mock.url, session="explored")

    @explore(OPERATION, mock=here, statuses=[200], save=tmp_path)
    @NEVER_SAVED
    def test_states() -> None:
        with httpx.Client(base_url=f"{mock.url}/_session/explored") as http:
            Client(http).states()

    before = mock.client.post(LATEST, json=KEYS).json()
    kept = f"It is kept as states in {tmp_path}/replies/{OPERATION}.yaml."
    failed = '      status:\n        failed:\n          error: ""\n'
    assert broken(test_states) == told("states", failed, kept)
    assert mock.client.post(LATEST, json=KEYS).json() == before


def test_a_kept_reply_breaks_the_client_again(
    tmp_path: Path, serve: Serve, mock_api: MockApi
) -> None:
    @explore(OPERATION, save=tmp_path)
    @NEVER_SAVED
    def test_states(mock_api: MockApi) -> None:
        Client(mock_api.client()).states()

    with pytest.raises(AttributeError):
        test_states(mock_api=mock_api)
    with pytest.raises(AttributeError):
        Client(serve(fixtures=tmp_path).client).states()


# Kept replies


def test_what_a_file_holds_is_kept_and_names_are_unique(tmp_path: Path) -> None:
    path = tmp_path / "replies" / "get.yaml"
    path.parent.mkdir()
    before = "# Ours.\nodd: {status: 200, body: 1}\n"
    path.write_text(before)
    assert save(tmp_path, "get", "odd", {"status": 200, "body": 2}) == ("odd-2", path)
    assert save(tmp_path, "get", "odd", {"status": 200, "body": 2}) == ("odd-2", path)
    assert save(tmp_path, "get", "odd", {"status": 204}) == ("odd-3", path)
    assert path.read_text() == before + dedent(
        """
        odd-2:
          status: 200
          body: 2

        odd-3:
          status: 204
        """
    )


def test_a_file_that_nothing_can_be_added_to_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "replies" / "get.yaml"
    path.parent.mkdir()
    path.write_text("{odd: {status: 200}}\n")
    with pytest.raises(WrongUse):
        save(tmp_path, "get", "new", {"status": 204})
    assert path.read_text() == "{odd: {status: 200}}\n"


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"a": [{"b": [1, [2, {}], []]}, "x"]}, id="nested"),
        pytest.param(
            ["yes", "No", "null", "~", "1", "1.5", "0x1", "12:30", "", " ", "#"], id="odd"
        ),
        pytest.param(["a: b", "- a", "a #b", "\x00\x85\u2028\ufeff\U0001f600\\\"'"], id="escaped"),
        pytest.param([1e300, 1e16, 5e-324, -0.5, 2**63, True, None], id="numbers"),
        pytest.param({"": {"a b": 1, "2000-01-01": 2, "<<": 3}}, id="names"),
    ],
)
def test_what_is_written_is_read_again(value: Any) -> None:
    assert read_yaml(written({"value": value})) == {"value": value}
