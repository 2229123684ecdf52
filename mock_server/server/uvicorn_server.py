"""uvicorn: in the foreground until a signal, or in a thread; reload when a file changes."""

from __future__ import annotations

import asyncio
import errno
import gc
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack, aclosing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn

from mock_server.app import App
from mock_server.core import child_command, child_input, parse_duration
from mock_server.documents import STANDARD_INPUT, shown_path, stamp_of
from mock_server.errors import StartError, WrongUse
from mock_server.fixtures import SUFFIXES
from mock_server.gateway import Receive, Scope, Send
from mock_server.server.eager import EagerStarter
from mock_server.server.event_loop import BackgroundLoop
from mock_server.server.limits import Limits
from mock_server.server.protocol import Protocol
from mock_server.settings import PREFIX, Settings, environment_name, environment_of

log = logging.getLogger("mock_server")

# Seconds that requests in flight have to end once the server is to stop.
SECONDS_TO_END = 10
# Milliseconds between two looks at a file system that sends no events of its changes.
MOST_MS_ASLEEP = 500
# SIGHUP, which Windows has not, comes when a terminal is closed.
_SIGNALS = (signal.SIGINT, signal.SIGTERM, *filter(None, [getattr(signal, "SIGHUP", None)]))

ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; port 0 takes any that is free. Raises WrongUse."""
    if not 0 <= port <= 65535:
        raise WrongUse(f"invalid port {port}; expected 0 to 65535")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        number = error.errno or 0
        words = _WHY_NOT.get(number, os.strerror(number))
        if number < 0:  # an error of a look-up of names
            words = "the host isn't known; expected an address of this machine"
        raise WrongUse(f"can't listen on {host}, port {port}: {words}") from None


_WHY_NOT = {
    errno.EADDRINUSE: "the port is in use; give another with -p",
    errno.EACCES: "the port may not be used by you; give another with -p",
    errno.EADDRNOTAVAIL: "the host is no address of this machine",
}


def base_url(listening: socket.socket) -> str:
    """Return the address that a client on this machine uses."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Uvicorn(uvicorn.Server):
    """uvicorn's server, which ends cleanly at a signal instead of raising it again."""

    def __init__(
        self,
        config: uvicorn.Config,
        app: ASGIApp,
        ready: Callable[[], None],
        starter: EagerStarter,
    ) -> None:
        super().__init__(config)
        self._app, self._ready, self._starter = app, ready, starter

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if isinstance(self._app, App):
            self._app.end()
        await super().shutdown(sockets)
        self._starter.close()
        if isinstance(self._app, App):
            await self._app.close()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        heard = [sig for sig in _SIGNALS if not _is_ignored_hangup(sig)]
        before = {sig: signal.signal(sig, self.handle_exit) for sig in heard}
        try:
            yield
        finally:
            for sig, handler in before.items():
                signal.signal(sig, handler)


def _is_ignored_hangup(number: signal.Signals) -> bool:
    """Return whether a signal is SIGHUP, and this process is to ignore it, as under `nohup`."""
    is_hangup = number not in (signal.SIGINT, signal.SIGTERM)
    return is_hangup and signal.getsignal(number) == signal.SIG_IGN


def _uvicorn(app: ASGIApp, ready: Callable[[], None], limits: Limits | None = None) -> _Uvicorn:
    """Return uvicorn for an app; without limits they are those of the app's settings."""
    if limits is None:
        limits = Limits.of(app.settings) if isinstance(app, App) else Limits()
    starter = EagerStarter()
    protocol: Any = partial(Protocol, limits=limits, starter=starter)
    config = uvicorn.Config(
        app,
        interface="asgi3",
        http=protocol,
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=not (isinstance(app, App) and app.sends_dates),
        proxy_headers=False,
        timeout_graceful_shutdown=SECONDS_TO_END,
    )
    return _Uvicorn(config, app, ready, starter)


def new_loop() -> asyncio.AbstractEventLoop:
    """Return a new event loop of the fastest kind that there is."""
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    import uvloop

    return uvloop.new_event_loop()


def serve(app: App, listening: socket.socket, ready: Callable[[], None]) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP; requests in flight get SECONDS_TO_END to end."""
    # Objects of the start stay, so the collector needn't look at them again. It needn't look so
    # often at the others either.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)
    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(_serve(app, _uvicorn(app, ready), listening))


async def _serve(app: App, server: _Uvicorn, listening: socket.socket) -> None:
    """Serve, and meanwhile examine the document and watch the files."""
    stop = asyncio.Event()
    preparing = asyncio.create_task(prepare(app, server))
    examining = asyncio.create_task(examine(app, server))
    watcher = Watcher(app, examining)
    watching = asyncio.create_task(watcher.watch(stop)) if app.settings.reload else None
    asking = asyncio.create_task(watcher.ask()) if app.settings.reload else None
    try:
        await server.serve(sockets=[listening])
    finally:
        stop.set()
        preparing.cancel()
        watcher.examining.cancel()
        if asking is not None:
            asking.cancel()
        if watching is not None:
            await watching


async def prepare(app: App, server: uvicorn.Server) -> None:
    """Prepare, once the server has started, what the first requests would otherwise wait for."""
    while not server.started:
        await asyncio.sleep(0.01)
    await asyncio.to_thread(app.prepare)


async def examine(app: App, server: uvicorn.Server | None = None) -> None:
    """Log what the full check of the document finds, beyond what is known from reading it.

    The check takes seconds for a large document. So it runs in a process of its own, and this one
    is free for its requests. The shipped document is known to be sound, and with --strict all is
    known before the start.
    """
    settings, root = app.settings, app.parts.contract.documents.root
    if settings.document is None or settings.strict:
        return
    while server is not None and not server.started:
        await asyncio.sleep(0.01)
    allowed = [f"--allow-files={folder}" for folder in settings.allow_files]
    document = "-" if root.stream else str(settings.document)
    printed = await _printed(
        child_command("check", *allowed, "--", document),
        root.source if root.stream else b"",
        # Not among the arguments, which others on this machine can see.
        environment_of(Settings(document_header=settings.document_header)),
    )
    told = {str(finding) for finding in app.parts.findings}
    for line in printed.decode().splitlines():
        if root.stream and line.startswith(f"{STANDARD_INPUT}:"):
            line = root.name + line.removeprefix(STANDARD_INPUT)
        if line not in told:
            log.warning("%s", line)


async def _printed(command: tuple[str, ...], given: bytes, settings: Mapping[str, str]) -> bytes:
    """Return what a command of our own prints, which gets `given` as its standard input.

    The command ends with this process, and when the task is cancelled.
    """
    header = environment_name("document_header")
    clean = {k: v for k, v in os.environ.items() if not k.startswith(PREFIX)}
    clean |= {header: settings[header]} if settings.get(header) else {}
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=clean,
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        with suppress(ConnectionError):
            process.stdin.write(child_input(given))
            await process.stdin.drain()
        printed = await process.stdout.read()
        await process.wait()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    finally:
        process.stdin.close()
    return printed


class Watcher:
    """A watcher that loads an app anew whenever a file that it is made of changes.

    An event of the file system only wakes the watcher; the files themselves decide. So it also
    works for a folder that is replaced, a link that changes, and a file system without events.
    """

    def __init__(self, app: App, examining: asyncio.Task[None]) -> None:
        self._app = app
        self.examining = examining
        read = app.parts.contract.documents.stamps
        self._seen = {path: stamp_of(path) for path in files_of(app)} | read

    async def watch(self, stop: asyncio.Event) -> None:
        """Look whenever something may have changed, until `stop` is set."""
        try:
            while not stop.is_set():
                with suppress(FileNotFoundError):  # a folder was removed just now
                    await self._watch_folders(folders_of(self._app), stop)
        except (OSError, RuntimeError) as error:  # the system limits how much is watched
            log.error("Changes of files are not seen any more: %s", error)

    async def ask(self) -> None:
        """Fetch a document by URL again as often as the settings state, until cancelled."""
        every = self._app.settings.reload_every
        while every is not None and self._app.parts.contract.documents.root.remote is not None:
            await asyncio.sleep(parse_duration(every))
            try:
                changed = await asyncio.to_thread(self._app.parts.contract.documents.changed)
            except StartError as error:
                for line in error.lines:
                    log.error("Not read again, what was there before goes on: %s", line)
                continue
            if changed:
                await self._reload(", ".join(changed))

    async def _watch_folders(self, folders: set[Path], stop: asyncio.Event) -> None:
        """Look, until there are other folders to watch or `stop` is set."""
        from watchfiles import awatch

        wakes = awatch(
            *folders,
            watch_filter=None,
            stop_event=stop,
            rust_timeout=MOST_MS_ASLEEP,
            yield_on_timeout=True,
            recursive=False,
        )
        async with aclosing(wakes):
            async for _ in wakes:
                await self._look()
                if folders_of(self._app) != folders:
                    return

    async def _look(self) -> None:
        app, seen = self._app, self._seen
        for path, stamp in app.parts.contract.documents.stamps.items():
            seen.setdefault(path, stamp)  # files that the last reload has read for the first time
        files = files_of(app)
        now = {path: stamp_of(path) for path in files | seen.keys()}
        changed = sorted(shown_path(path) for path in now if seen.get(path) != now[path])
        self._seen = {path: now[path] for path in files}
        if changed:
            await self._reload(", ".join(changed))

    async def _reload(self, changed: str) -> None:
        self.examining.cancel()
        if await asyncio.to_thread(reload, self._app, changed):
            self.examining = asyncio.create_task(examine(self._app))


def reload(app: App, changed: str) -> bool:
    """Load the app anew, and return whether that worked.

    If it can't be loaded the old state goes on, and the log states why.
    """
    try:
        app.load()
    except StartError as error:
        for line in error.lines:
            log.error("Not reloaded, what was there before goes on: %s", line)
        return False
    except Exception:
        log.exception("Not reloaded after a change of %s, what was there before goes on", changed)
        return False
    for finding in app.parts.findings:
        log.warning("%s", finding)
    log.info("Reloaded after a change of %s", changed)
    return True


def files_of(app: App) -> set[Path]:
    """Return the files that an app is made of, also those that don't exist."""
    parts = app.parts
    files = set(parts.contract.documents.stamps)
    if parts.handlers is not None and parts.handlers.__file__ is not None:
        files.add(Path(parts.handlers.__file__))
    if parts.fixtures is not None:
        inside = [*parts.fixtures.glob("*"), *parts.fixtures.glob("*/*")]
        files.update(path for path in inside if path.suffix in SUFFIXES)
    return {path.absolute() for path in files}


def folders_of(app: App) -> set[Path]:
    """Return the folders in which those files are, or may come to be."""
    folders = {path.parent for path in files_of(app)}
    if app.parts.fixtures is not None:
        fixtures = app.parts.fixtures.absolute()
        folders |= {fixtures, *fixtures.glob("*")}
    # A folder that can't be read would end the watch of all others.
    return {folder for folder in folders if folder.is_dir() and os.access(folder, os.R_OK)}


class BackgroundServer:
    """An app served in a thread of this process, on a free port, until it is stopped.

    A given loop runs already, and goes on afterwards; without one the server has its own. Without
    limits they are those of the app's settings.
    """

    def __init__(
        self,
        app: ASGIApp,
        host: str = "127.0.0.1",
        port: int = 0,
        loop: BackgroundLoop | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._listening = listen(host, port)
        self.url = base_url(self._listening)
        self._ready = threading.Event()
        self._server = _uvicorn(app, self._ready.set, limits)
        self._own = BackgroundLoop(new_loop) if loop is None else None
        self._loop = loop or self._own
        self._serving: Future[None]
        self._ending: ExitStack

    def __enter__(self) -> BackgroundServer:
        """Begin, and wait until it listens. Raises the error that prevents that."""
        with ExitStack() as stack:
            stack.callback(self._stop_listening)
            if self._own is not None:
                stack.enter_context(self._own)
            assert self._loop is not None
            self._serving = self._loop.submit(self._server.serve(sockets=[self._listening]))
            # A server that can't start, or whose loop ends, is never ready.
            self._serving.add_done_callback(lambda _: self._ready.set())
            self._ready.wait()
            if self._serving.done():
                self._serving.result()
            self._ending = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        with self._ending:
            self._serving.result()

    def _stop_listening(self) -> None:
        with suppress(OSError):
            self._listening.close()
