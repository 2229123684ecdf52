"""Rules in fixtures and on the command line are checked where they stand when they are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from mock_server.app import App, create_app
from mock_server.errors import StartError
from mock_server.faults import Fault, Rule
from mock_server.server import files_of
from mock_server.settings import Settings
from tests.processes import run
from tests.running import document_text, json_of, thing

OK = thing({"200": json_of(True, example={"a": 1})})


def app(folder: Path, *said: str, **files: str) -> App:
    """An app of one operation with those rules and files of fixtures."""
    (folder / "openapi.yaml").write_text(document_text(OK))
    for name, text in files.items():
        path = folder / "fixtures" / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    fixtures = folder / "fixtures" if files else None
    return create_app(Settings(document=folder / "openapi.yaml", fixtures=fixtures, fault=said))


def findings(folder: Path, *said: str, **files: str) -> list[str]:
    with pytest.raises(StartError) as caught:
        app(folder, *said, **files)
    return [line.removeprefix(str(folder / "fixtures") + "/") for line in caught.value.lines]


def test_a_file_of_rules_is_a_list_of_mappings(tmp_path: Path) -> None:
    text = "- fault: 503\n  next: 3\n  operation: thing\n- {fault: drip, over: 2s}\n"
    rules = (Rule(Fault("503"), operation="thing", next=3), Rule(Fault("drip", over=2)))
    assert app(tmp_path, faults=text).parts.faults == rules


def test_a_file_without_rules_is_none(tmp_path: Path) -> None:
    assert app(tmp_path, faults="# later\n").parts.faults == ()
    assert app(tmp_path, faults="[]\n").parts.faults == ()


WRONG = {
    "no-list": ("fault: reset\n", "faults.yaml:1:1: expected a list of faults"),
    "no-mapping": ("- reset\n", "faults.yaml:1:3: expected a mapping with `fault`, `delay`, "),
    "unknown-member": (
        "- fault: reset\n  nxt: 3\n",
        "faults.yaml:2:8: `nxt` isn't known here; expected `fault`, `delay`, `next`,",
    ),
    "near-member": ("- {fault: reset, nxt: 3}\n", "did you mean next? (at /0/nxt, rule fault)"),
    "unknown-fault": (
        "- delay: 1s\n- fault: rest\n",
        "faults.yaml:2:10: `fault`: 'rest' is no fault; expected reset, close,",
    ),
    "near-operation": (
        "- {fault: reset, operation: things}\n",
        "faults.yaml:1:29: no operation of the contract has the id things; did you mean thing?",
    ),
    "together": (
        "- fault: reset\n  next: 3\n  every: 2\n",
        "faults.yaml:3:10: `every` can't stand beside `next` (at /0/every, rule fault)",
    ),
    "nothing": ("- next: 3\n", "faults.yaml:1:3: `fault`, `delay` or `limit` is missing (at /0,"),
    "no-yaml": ("- {fault\n", "faults.yaml:"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_in_the_file_is_told_with_its_place(tmp_path: Path, case: str) -> None:
    text, told = WRONG[case]
    [line] = findings(tmp_path, faults=text)
    assert told in line


def test_what_is_wrong_with_a_canned_reply_is_told_with_its_place(tmp_path: Path) -> None:
    text = "odd:\n  status: 200\n  body: {}\n  fault: rest\n  delay: soon\n"
    first, second = findings(tmp_path, replies__thing=text)
    assert first.startswith("replies/thing.yaml:4:10: `fault`: 'rest' is no fault; expected reset")
    assert second.startswith("replies/thing.yaml:5:10: `delay`: 'soon' is no delay; expected")


def test_what_is_wrong_on_the_command_line_is_all_told(tmp_path: Path) -> None:
    first, second = findings(tmp_path, "rest; operation=thin")
    assert first.startswith("--fault 'rest; operation=thin': `fault`: 'rest' is no fault")
    assert second.endswith("has the id thin; did you mean thing?")


def test_a_wrong_rule_ends_the_command_with_exit_code_2(tmp_path: Path) -> None:
    done = run("serve", "-p", "0", "--fault", "503; next=0", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "--fault '503; next=0': `next`: '0' is no count; expected a number from 1 on\n"
    )


def test_a_file_that_is_changed_is_in_force_after_a_reload(tmp_path: Path) -> None:
    served = app(tmp_path, faults="- {fault: 503, next: 5}\n")
    file = tmp_path / "fixtures" / "faults.yaml"
    assert file in files_of(served)
    session = served.sessions.named("a")
    session.faults.pick("thing", "client", "mock")
    served.load()
    assert [listed.left for listed in session.faults.list()] == [4]
    file.write_text("- fault: reset\n")
    served.load()
    for each in (session, served.sessions.main, served.sessions.named("b")):
        assert each.faults.rules == (Rule(Fault("reset")),)
