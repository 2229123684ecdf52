"""Schemathesis, with every check and phase that it has, finds nothing wrong in what is sent."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.helpers.notes import SECRET, TOKENS
from tests.helpers.processes import environment
from tests.helpers.running import HANDBOOK, KEYS, Serve

TESTS = Path(__file__).parent
CONTRACTS = TESTS / "contracts"
SHIPPED = TESTS.parent / "openapi.yaml"
COMMAND = Path(sys.executable).with_name("schemathesis")
SECONDS = 300
# As many made-up requests to one operation as there is time for, beside those that Schemathesis
# works out to cover a document. They are the same in every run: where only the replies are others,
# fewer will do.
MOST_EXAMPLES = 15
FEWER_EXAMPLES = 5
PHASES = "examples,coverage,fuzzing,stateful"
# What a mock can't hold without a handler, and why.
KEEPS_NOTHING = "use_after_free"  # what was deleted is made up anew when it is read

Config = Mapping[str, Any]
NOTHING: Config = {}
# With it, the handler of the shipped contract has something to report.
KNOWN: Config = {
    "dictionaries": {"sources": {"values": [HANDBOOK]}, "keys": {"values": KEYS["object_keys"]}},
    "parameters": {
        "path.source_id": {"dictionary": "sources", "probability": 0.5},
        "body.object_keys[*]": {"dictionary": "keys", "probability": 0.5},
    },
}
CREDENTIALS: Config = {
    "auth": {
        "openapi": {
            "token": {"bearer": sorted(TOKENS)[0]},
            "password": {"username": "u", "password": SECRET},
            **{place: {"api_key": SECRET} for place in ("header", "query", "cookie")},
        }
    }
}
# Two clients, neither of whom may see what is the other's (Web Fuzzing Commons).
PEERS: Config = {"auth": {"wfc": {"path": "peers.json", "peers": sorted(TOKENS)}}}


class Run(NamedTuple):
    """A document, how it is served, and how it is called."""

    document: Path
    handlers: Path | None = None
    config: Config = NOTHING
    arguments: tuple[str, ...] = ()
    prefer: str = ""
    without: str = ""
    examples: int = MOST_EXAMPLES


RUNS = {
    "shipped": Run(SHIPPED, config=KNOWN),
    "shipped, made up": Run(SHIPPED, config=KNOWN, prefer="dynamic=true", examples=FEWER_EXAMPLES),
    "records that are listed, added, changed and removed": Run(
        CONTRACTS / "world_library.yaml", without=KEEPS_NOTHING
    ),
    "alternatives, conditions, headers and cookies": Run(CONTRACTS / "world_zoo.yaml"),
    "odd paths and several content types": Run(CONTRACTS / "world_depot.yaml"),
    "credentials, and notes that are kept": Run(
        CONTRACTS / "world_notes.yaml", TESTS / "helpers/notes.py", CREDENTIALS
    ),
    "notes that are one client's own": Run(
        CONTRACTS / "world_notes.yaml",
        TESTS / "helpers/notes.py",
        PEERS,
        ("--include-path-regex", "/notes"),
    ),
    "fullest": Run(CONTRACTS / "world_zoo.yaml", prefer="dynamic=maximal", examples=FEWER_EXAMPLES),
    "most awkward": Run(
        CONTRACTS / "world_library.yaml",
        prefer="dynamic=boundary",
        without=KEEPS_NOTHING,
        examples=FEWER_EXAMPLES,
    ),
}


# One run is enough to see at once what a change broke; fuzzing at length is for the long tier.
AT_ONCE = "shipped"


@pytest.mark.parametrize(
    "run",
    [
        pytest.param(run, id=name, marks=() if name == AT_ONCE else pytest.mark.long)
        for name, run in RUNS.items()
    ],
)
def test_schemathesis_finds_nothing(run: Run, serve: Serve, tmp_path: Path) -> None:
    mock = serve(None if run.document == SHIPPED else run.document, handlers=run.handlers)
    (tmp_path / "peers.json").write_text(json.dumps({"auth": [client(name) for name in TOKENS]}))
    (tmp_path / "schemathesis.toml").write_text(toml({"warnings": {"fail-on": True}, **run.config}))
    arguments = [*run.arguments, *(["--header", f"Prefer: {run.prefer}"] if run.prefer else [])]
    if run.without:
        arguments += ["--exclude-checks", run.without]
    done = subprocess.run(
        [COMMAND, "--no-color", "run", run.document, "--url", mock.url, "--checks", "all",
         "--phases", PHASES, "--max-examples", str(run.examples), "--generation-deterministic",
         *arguments],
        cwd=tmp_path, env=environment(), capture_output=True, encoding="utf-8", timeout=SECONDS,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Fuzzing (in" in done.stdout


def client(name: str) -> dict[str, Any]:
    """Return a client with a token of its own, in the words of Web Fuzzing Commons."""
    header = {"name": "Authorization", "value": f"Bearer {name}"}
    return {"name": name, "fixedHeaders": [header]}


def toml(config: Config, table: str = "") -> str:
    """Return a configuration as TOML; a string of JSON is one of TOML too."""
    plain = {name: value for name, value in config.items() if not isinstance(value, Mapping)}
    text = f"[{table}]\n" if plain else ""
    text += "".join(f"{json.dumps(name)} = {json.dumps(value)}\n" for name, value in plain.items())
    for name, value in config.items():
        if isinstance(value, Mapping):
            text += toml(value, f"{table}.{json.dumps(name)}".lstrip("."))
    return text
