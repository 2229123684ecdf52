"""Settings from pyproject.toml and from programs, checked by name and kind."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from mock_server.errors import WrongUse
from mock_server.project.pyproject import given, read_table
from mock_server.settings import Settings

EVERY = """
[tool.mock-server]
document = "api/pets.yaml"
document_header = ["Authorization: Bearer x"]
fixtures = "fixtures"
handlers = "handlers.py"
allow_files = ["shared"]
host = "127.0.0.1"
port = 8080
seed = "spring"
reload = false
reload_every = "30s"
cors = false
strict = true
security = false
lenient = true
invalid_examples = true
allow_undeclared = true
strict_parameters = true
query_array_format = "comma"
query_object_format = "brackets"
rewrite_urls = false
sse_done = "[DONE]"
fault = ["503; next=3"]
items = 3
stateful = true
state_items = 5
state_bytes = 5000
body_limit = 1000
head_limit = 2000
field_limit = 20
head_timeout = 2.5
body_timeout = 3
idle_timeout = 4.5
reply_values = 100
reply_tries = 100
reply_bytes = 1000
journal_size = 10
control = false
callbacks = false
callback_hosts = ["api.test"]
webhook_url = "http://127.0.0.1:9/"
webhook_secret = "hush"
webhook_signature = "stripe"
coverage = "coverage.json"
otel = true
control_token = "secret"
control_host = ["mock.test"]
control_origin = ["https://app.test"]
mask_credentials = false
secret = ["nickname"]
log_level = "error"
log_format = "json"
color = "never"
"""


def test_every_setting_can_stand_in_pyproject_toml(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(EVERY)
    table = read_table(tmp_path / "pyproject.toml")
    assert set(table) == {setting.name for setting in fields(Settings)}
    settings = Settings(**table)
    assert all(getattr(settings, s.name) != s.default for s in fields(Settings) if s.name != "host")
    hash(settings)


def test_its_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(EVERY)
    table = read_table(tmp_path / "pyproject.toml")
    assert table["document"] == tmp_path / "api/pets.yaml"
    assert table["fixtures"] == tmp_path / "fixtures"
    assert table["allow_files"] == (tmp_path / "shared",)
    assert table["coverage"] == tmp_path / "coverage.json"
    assert table["handlers"] == str(tmp_path / "handlers.py")


def test_a_module_s_name_and_an_absolute_path_stay_as_they_are(tmp_path: Path) -> None:
    values = {"handlers": "pets.handlers", "document": "/api/pets.yaml", "fixtures": None}
    assert given(values, tmp_path, "here") == {**values, "document": Path("/api/pets.yaml")}


@pytest.mark.parametrize("text", [None, "", "[project]\nname = 'x'\n", "[tool.other]\na = 1\n"])
def test_without_a_table_there_are_none(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "pyproject.toml"
    if text is not None:
        path.write_text(text)
    assert read_table(path) == {}


def test_a_file_that_is_no_toml_is_told_with_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text("a = [1 2]")
    with pytest.raises(WrongUse, match=r"^pyproject\.toml: .*line 1"):
        read_table(tmp_path / "pyproject.toml")


WRONG: dict[str, tuple[Any, str]] = {
    "seed": (1, "seed is 1; expected a text"),
    "head_timeout": (0, "head_timeout is 0; expected a number of seconds above 0"),
    "idle_timeout": ("1s", "idle_timeout is '1s'; expected a number of seconds above 0"),
    "items": (-1, "items is -1; expected a number from 0 to 9999"),
    "port": (True, "port is True; expected a number from 0 to 65535"),
    "strict": ("yes", "strict is 'yes'; expected true or false"),
    "fault": ("503", "fault is '503'; expected a list of texts"),
    "document": (5, "document is 5; expected a path"),
    "log_level": ("loud", "log_level is 'loud'; expected one of debug, info, warning, error"),
    "query_object_format": (
        "x",
        "query_object_format is 'x'; expected one of auto, flat, brackets, dots",
    ),
    "strict-parameters": (
        True,
        "there is no setting strict-parameters; did you mean strict_parameters?",
    ),
    "zzz": (1, "there is no setting zzz"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_can_t_be_is_told_in_plain_words(name: str) -> None:
    value, message = WRONG[name]
    with pytest.raises(WrongUse) as told:
        given({name: value}, Path(), "here")
    assert told.value.lines == [f"here: {message}"]


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(WrongUse) as told:
        given({"seed": 1, "strict": 1}, Path(), "here")
    assert len(told.value.lines) == 2
