"""The servers that are compared: how each is started, and which files it is given."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from job import HOST, LatestByKeys
from material import BENCH, CONTRACT, ROOT, WORK, contract_with_example, written
from records import Records

BIN = Path(sys.executable).parent
NPM = WORK / "npm"
PORT = "{port}"


@dataclass(frozen=True, slots=True)
class Server:
    """A command in which PORT stands for the port; `announcement` is in its output when ready."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path = ROOT
    announcement: str = ""


def bare(fixtures: Path) -> Server:
    """Return the bare app with the settings of mock-server's own uvicorn."""
    settings = "--loop uvloop --http httptools --ws none --lifespan off"
    without = "--no-access-log --no-server-header --no-proxy-headers"
    where = ["--app-dir", str(BENCH), "--host", HOST, "--port", PORT]
    options = [*where, *settings.split(), *without.split()]
    command = [sys.executable, "-m", "uvicorn", "bare_app:app", *options]
    environment = {"BENCH_FIXTURES": str(fixtures)}
    return Server("bare", (*command, "--log-level", "warning"), environment)


def mock_server(*options: str) -> Server:
    """Return mock-server as shipped, its journal on."""
    command = [str(BIN / "mock-server"), "serve", *options, "-p", PORT]
    return Server(
        "mock-server",
        (*command, "--no-reload", "--log-level", "warning"),
        announcement="Mock server is listening on http://",
    )


def mock_server_with(fixtures: Path) -> Server:
    handlers = "mock_server.handlers.chroma_sync"
    return mock_server(CONTRACT.name, "--fixtures", str(fixtures), "--handlers", handlers)


def prism(document: Path, *options: str) -> Server:
    where = ["-p", PORT, "-h", HOST, "-v", "silent"]
    command = (str(NPM / "node_modules/.bin/prism"), "mock", *where, *options, str(document))
    return Server("prism", command, folder=NPM)


def prism_with(asked: LatestByKeys, known: Records) -> Server:
    return prism(contract_with_example(asked, known))


def openapi_backend(known: Records) -> Server:
    script = BENCH / "openapi_backend/server.mjs"
    arguments = [PORT, str(CONTRACT), str(written("records.json", known))]
    return Server("openapi-backend", ("node", str(script), *arguments), folder=NPM)


def npm_missing() -> str:
    """Return why the servers on Node.js can't run, or nothing; install their packages first."""
    missing = [tool for tool in ("node", "npm") if not shutil.which(tool)]
    if missing:
        return f"{' and '.join(missing)} not on PATH"
    wanted, installed = BENCH / "package.json", NPM / "package.json"
    done = NPM / "node_modules/.package-lock.json"  # npm writes it last
    if done.exists() and installed.read_bytes() == wanted.read_bytes():
        return ""
    print(f"Installing bench/package.json into {NPM.relative_to(ROOT)} …", flush=True)
    shutil.rmtree(NPM, ignore_errors=True)
    NPM.mkdir(parents=True)
    shutil.copy(wanted, installed)
    command = ["npm", "install", "--no-audit", "--no-fund", "--loglevel", "error"]
    ended = subprocess.run(command, cwd=NPM, capture_output=True, text=True, check=False)
    return f"npm install failed: {ended.stderr.strip()}" if ended.returncode else ""
