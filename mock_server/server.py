"""uvicorn: in the foreground until a signal, or in a thread; reload when a file changes."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import uvicorn

from mock_server.app import App
from mock_server.document import shown
from mock_server.errors import StartError, WrongUse
from mock_server.settings import PREFIX

log = logging.getLogger("mock_server")

# Requests in flight get this long to end once the server was told to.
SECONDS_TO_END = 10
# A connection that a client's pool keeps open is kept longer than most pools do.
SECONDS_TO_KEEP_ALIVE = 75
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes any that is free. Raises WrongUse."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OverflowError:
        raise WrongUse(f"port {port} is no port; expected 0 to 65535") from None
    except socket.gaierror:
        raise WrongUse(f"host {host} isn't known; expected an address of this machine") from None
    except PermissionError:
        raise WrongUse(f"port {port} may not be used by you; give another with -p") from None
    except OSError as error:
        if "in use" in str(error):
            raise WrongUse(f"port {port} is in use on {host}; give another with -p") from None
        raise WrongUse(f"can't listen on {host}, port {port}: {error.strerror}") from None


def base_url(listening: socket.socket) -> str:
    """The address that a client on this machine uses."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Uvicorn(uvicorn.Server):
    """uvicorn's server, which ends cleanly at a signal instead of raising it again."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {sig: signal.signal(sig, self.handle_exit) for sig in _SIGNALS}
        try:
            yield
        finally:
            for sig, handler in before.items():
                signal.signal(sig, handler)


def _uvicorn(app: App, ready: Callable[[], None]) -> _Uvicorn:
    config = uvicorn.Config(
        app,
        interface="asgi3",
        http="httptools",
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=SECONDS_TO_KEEP_ALIVE,
        timeout_graceful_shutdown=SECONDS_TO_END,
    )
    return _Uvicorn(config, ready)


def _new_loop() -> asyncio.AbstractEventLoop:
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    import uvloop

    return uvloop.new_event_loop()


def serve(app: App, listening: socket.socket, ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM; requests in flight get SECONDS_TO_END to end."""
    # What is there now stays: the collector need not look at it again, nor so often at the rest.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)
    with asyncio.Runner(loop_factory=_new_loop) as runner:
        runner.run(_serve(app, _uvicorn(app, ready), listening))


async def _serve(app: App, server: _Uvicorn, listening: socket.socket) -> None:
    """Serve, and beside that watch the files and examine the document."""
    stop = asyncio.Event()
    beside = [asyncio.create_task(examine(app, server))]
    if app.settings.reload:
        beside.append(asyncio.create_task(watch(app, stop)))
    try:
        await server.serve(sockets=[listening])
    finally:
        stop.set()
        beside[0].cancel()
        await asyncio.gather(*beside, return_exceptions=True)


async def examine(app: App, server: uvicorn.Server | None = None) -> None:
    """Log what the full check of the document finds, beyond what reading it has told already.

    The check takes seconds for a large document, so it runs in a process of its own and leaves
    this one to its requests. The shipped document is known to be sound, and with --strict all is
    known before the start.
    """
    if app.settings.is_shipped or app.settings.strict:
        return
    while server is not None and not server.started:
        await asyncio.sleep(0.01)
    command = (sys.executable, "-m", "mock_server", "check", str(app.settings.document))
    clean = {k: v for k, v in os.environ.items() if not k.startswith(PREFIX)}
    process = await asyncio.create_subprocess_exec(
        *command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=clean
    )
    try:
        out, _ = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    told = {str(finding) for finding in app.parts.findings}
    for line in out.decode().splitlines():
        if line not in told:
            log.warning("%s", line)


async def watch(app: App, stop: asyncio.Event) -> None:
    """Load the app anew whenever a file that it is made of changes, until told to stop."""
    from watchfiles import awatch

    while not stop.is_set():
        files, folders = watched(app)

        def concerns(_: Any, path: str, files: set[Path] = files) -> bool:
            return Path(path) in files or any(f in Path(path).parents for f in files)

        async for changes in awatch(
            *sorted(folders), watch_filter=concerns, step=50, stop_event=stop, recursive=False
        ):
            names = ", ".join(sorted({shown(Path(path)) for _, path in changes}))
            if await asyncio.to_thread(reload, app, names):
                await examine(app)
            if watched(app)[1] != folders:
                break  # the contract is now made of other files


def reload(app: App, changed: str) -> bool:
    """Load the app anew; where that can't be done the old state goes on, and the log says why."""
    try:
        app.load()
    except StartError as error:
        for line in error.lines:
            log.error("Not reloaded, what was there before goes on: %s", line)
        return False
    for finding in app.parts.findings:
        log.warning("%s", finding)
    log.info("Reloaded after a change of %s", changed)
    return True


def watched(app: App) -> tuple[set[Path], set[Path]]:
    """The files that make up the app (folders for all that is in them), and folders to watch."""
    parts = app.parts
    files = {document.path.resolve() for document in parts.contract.documents}
    module = getattr(parts.handlers, "__file__", None) or getattr(
        getattr(parts.handlers, "__spec__", None), "origin", None
    )
    if module:
        files.add(Path(module).resolve())
    folders = {path.parent for path in files}
    if parts.fixtures is not None:
        fixtures = parts.fixtures.resolve()
        files.add(fixtures)
        folders.update(f for f in (fixtures, *fixtures.glob("*")) if f.is_dir())
    return files, folders


class BackgroundServer:
    """An app served in a thread of this process, on a free port, until it is stopped."""

    def __init__(self, app: App, host: str = "127.0.0.1", port: int = 0) -> None:
        self._listening = listen(host, port)
        self.url = base_url(self._listening)
        self._ready = threading.Event()
        self._server = _uvicorn(app, self._ready.set)
        self._thread = threading.Thread(target=self._run, name="mock-server", daemon=True)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=_new_loop) as runner:
            runner.run(self._server.serve(sockets=[self._listening]))

    def __enter__(self) -> BackgroundServer:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
        with suppress(OSError):
            self._listening.close()
