"""The one table of settings, by which the command line and the environment agree."""

from __future__ import annotations

import os
from dataclasses import FrozenInstanceError, fields
from pathlib import Path
from typing import Any

import click
import httpx
import pytest

from mock_server.cli.serve import serve
from mock_server.settings import Settings, environment_name, environment_of, shipped
from tests.helpers.processes import environment, run, serving

DEFAULTS = {setting.name: setting.default for setting in fields(Settings)}
PARAMETERS = {parameter.name: parameter for parameter in serve.params}


def parsed(*arguments: str) -> Settings:
    """Return the settings of `mock-server serve` with those arguments, in this environment."""
    return Settings(**serve.make_context("serve", list(arguments)).params)


def other(name: str) -> tuple[str, Any]:
    """Return a value of a setting that isn't its default: as text, and as it is read."""
    kind, default = PARAMETERS[name].type, DEFAULTS[name]
    if name == "allow_files":
        return f"some{os.pathsep}other", (Path("some"), Path("other"))
    if default == ():
        return "503; next=3", ("503; next=3",)
    if isinstance(default, bool):
        return str(not default), not default
    if isinstance(kind, click.Choice):
        choice = next(choice for choice in kind.choices if choice != default)
        return choice, choice
    if isinstance(kind, click.FloatRange):
        return "0.5", 0.5
    if name == "reload_every":
        return "7s", "7s"
    if isinstance(kind, click.IntRange):
        return "7", 7
    return "other", Path("other") if isinstance(kind, click.Path) else "other"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in DEFAULTS:
        monkeypatch.delenv(environment_name(name), raising=False)


def test_without_anything_said_all_settings_have_their_defaults() -> None:
    assert parsed() == Settings()


@pytest.mark.parametrize("name", DEFAULTS)
def test_every_setting_can_come_from_the_environment(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, value = other(name)
    monkeypatch.setenv(f"MOCK_SERVER_{name.upper()}", text)
    assert parsed() == Settings(**{name: value})


@pytest.mark.parametrize("name", DEFAULTS)
def test_the_command_line_wins_over_the_environment(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, value = other(name)
    monkeypatch.setenv(environment_name(name), str(DEFAULTS[name]))
    flag = PARAMETERS[name].opts[0] if value is not False else PARAMETERS[name].secondary_opts[0]
    said = [flag] if isinstance(value, bool) else [flag, text]
    if isinstance(value, tuple):
        said = [word for one in value for word in (flag, str(one))]
    assert getattr(parsed(*said[name == "document" :]), name) == value


@pytest.mark.parametrize("name", DEFAULTS)
def test_an_empty_variable_says_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(environment_name(name), "")
    assert parsed() == Settings()


def test_a_setting_that_can_be_said_several_times_has_commas_in_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MOCK_SERVER_FAULT", "503; next=3,delay=2s; every=4")
    assert parsed().fault == ("503; next=3", "delay=2s; every=4")
    assert parsed("--fault", "reset", "--fault", "hang").fault == ("reset", "hang")


def test_secret_names_are_added_and_taken_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert parsed("--secret", "tenant", "--secret", "-pin").secret == ("tenant", "-pin")
    monkeypatch.setenv("MOCK_SERVER_SECRET", "tenant key,-pin")
    assert parsed().secret == ("tenant key", "-pin")


@pytest.mark.parametrize("name", DEFAULTS)
def test_settings_as_an_environment_are_the_same_settings(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = Settings(**{name: other(name)[1]})
    for variable, value in environment_of(said).items():
        monkeypatch.setenv(variable, value)
    assert parsed() == said


def test_a_process_takes_its_settings_from_the_environment(tmp_path: Path) -> None:
    (tmp_path / "thing.yaml").write_text(
        "openapi: 3.1.0\n"
        "info: {title: Thing, version: '1'}\n"
        "paths: {/thing: {get: {operationId: thing, responses: {'200': {description: ok}}}}}\n"
    )
    env = environment(
        MOCK_SERVER_DOCUMENT="thing.yaml", MOCK_SERVER_CORS="no", MOCK_SERVER_PORT="1"
    )
    with serving(cwd=tmp_path, env=env) as server:  # -p 0 is on its command line
        assert server.out.text.startswith("Thing at ")
        reply = httpx.get(f"{server.url}/thing", headers={"Origin": "http://elsewhere.test"})
        assert reply.status_code == 200
        assert "Access-Control-Allow-Origin" not in reply.headers


def test_a_wrong_value_in_the_environment_is_refused_by_its_option(tmp_path: Path) -> None:
    done = run("serve", cwd=tmp_path, env=environment(MOCK_SERVER_PORT="http"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].startswith("Error: Invalid value for '--port'")


def test_settings_are_values() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().port = 1  # type: ignore[misc]


def test_what_is_shipped_is_there() -> None:
    assert shipped("openapi.yaml").is_file()
    assert shipped("fixtures").is_dir()
