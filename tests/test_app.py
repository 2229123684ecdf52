"""Settings to an ASGI app: what it is made of, and what it does with new files."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_server.app import App, create_app
from mock_server.errors import StartError
from mock_server.settings import Settings
from tests.helpers.running import KEYS, LATEST, SECONDS, Serve, document_text, json_of, thing

STRING = json_of({"type": "string", "minLength": 9})


def ask(app: App, *requests: tuple[str, str, Any]) -> list[httpx.Response]:
    """Return the replies of an app to requests, without a socket."""

    async def all_of_them() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
            return [await client.request(method, url, json=body) for method, url, body in requests]

    return asyncio.run(all_of_them())


def made_of(folder: Path, paths: dict[str, Any], **settings: Any) -> App:
    document = folder / "api.json"
    document.write_text(document_text(paths))
    return create_app(Settings(document=document, **settings))


# ASGI


def test_without_settings_it_is_the_shipped_contract_s() -> None:
    (reply,) = ask(create_app(), ("POST", LATEST, KEYS))
    assert (reply.status_code, list(reply.json())) == (200, KEYS["object_keys"])


def test_who_waits_for_it_can_give_up(tmp_path: Path) -> None:
    handlers = tmp_path / "waiting.py"
    handlers.write_text(
        "import asyncio\nfrom pathlib import Path\n"
        f"async def thing():\n    Path({str(tmp_path / 'called')!r}).touch()\n"
        "    await asyncio.Event().wait()\n"
    )
    app = made_of(tmp_path, thing({"200": STRING}), handlers=str(handlers))

    async def given_up() -> bool:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
            waiting = asyncio.create_task(client.get("/thing"))
            while not (tmp_path / "called").exists() and not waiting.done():
                await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.wait([waiting])
            return waiting.cancelled()

    assert asyncio.run(asyncio.wait_for(given_up(), SECONDS))


def test_it_goes_along_with_a_server_that_tells_of_start_and_end() -> None:
    told = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    answered: list[str] = []

    async def receive() -> Any:
        return told.pop(0)

    async def send(message: Any) -> None:
        answered.append(message["type"])

    app: Callable[..., Awaitable[None]] = create_app()
    asyncio.run(app({"type": "lifespan", "asgi": {"version": "3.0"}}, receive, send))  # type: ignore[arg-type]
    assert answered == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


# New files


def test_what_is_loaded_anew_is_served_and_the_journal_goes_on(tmp_path: Path) -> None:
    app = made_of(tmp_path, thing({"200": json_of({"const": "first"})}))
    ask(app, ("GET", "/thing", None))
    (tmp_path / "api.json").write_text(document_text(thing({"200": json_of({"const": "second"})})))
    app.load()
    (reply,) = ask(app, ("GET", "/thing", None))
    assert reply.json() == "second"
    bodies = [exchange.reply.body for exchange in app.journal if exchange.reply]
    assert bodies == [b'"first"', b'"second"']


@pytest.mark.parametrize("broken", ["{", "", '{"openapi": "4.0"}', "[]"])
def test_what_cannot_be_loaded_leaves_what_is_there(broken: str, tmp_path: Path) -> None:
    app = made_of(tmp_path, thing({"200": json_of({"const": "first"})}))
    parts = app.parts
    (tmp_path / "api.json").write_text(broken)
    with pytest.raises(StartError):
        app.load()
    assert app.parts is parts
    assert ask(app, ("GET", "/thing", None))[0].json() == "first"


WITH_A_MISTAKE = thing({"200": json_of({"type": "string"}, example=7)})


def test_a_mistake_in_the_document_does_not_stop_it(tmp_path: Path) -> None:
    (reply,) = ask(made_of(tmp_path, WITH_A_MISTAKE), ("GET", "/thing", None))
    assert (reply.status_code, type(reply.json())) == (200, str)


def test_strict_takes_no_mistake(tmp_path: Path) -> None:
    with pytest.raises(StartError) as refused:
        made_of(tmp_path, WITH_A_MISTAKE, strict=True)
    (line,) = refused.value.lines
    assert "api.json:1:" in line and "expected a string" in line


# Where replies come from

REPLY = "late:\n  when: {query: {late: 'yes'}}\n  status: 200\n  body: canned by a file\n"
HANDLER = "def thing():\n    return 'made by a handler'\n"
EXAMPLES = {"short": {"value": "an example"}, "long": {"value": "another example"}}
SOURCES = {
    "generated": ({}, {}, ["generated"]),
    "the first example": ({"examples": EXAMPLES}, {}, ["example:short"]),
    "a canned reply before": ({}, {"fixtures": REPLY}, ["reply:late", "generated"]),
    "a handler instead": ({"examples": EXAMPLES}, {"handlers": HANDLER}, ["handler"]),
    "all": (
        {"examples": EXAMPLES},
        {"fixtures": REPLY, "handlers": HANDLER},
        ["reply:late", "handler"],
    ),
}


@pytest.mark.parametrize(("content", "files", "expected"), SOURCES.values(), ids=SOURCES)
def test_the_sources_that_are_listed_are_those_that_replies_name(
    content: dict[str, Any], files: dict[str, str], expected: list[str], serve: Serve
) -> None:
    fixtures = {"replies/thing.yaml": files["fixtures"]} if "fixtures" in files else None
    paths = thing(
        {"200": json_of({"type": "string"}, **content)},
        parameters=[{"name": "late", "in": "query", "schema": {"type": "string"}}],
    )
    mock = serve(paths, fixtures=fixtures, handlers=files.get("handlers"))
    (operation,) = mock.app.parts.contract.operations
    assert mock.app.parts.sources(operation) == expected
    asked = ["/thing?late=yes", "/thing"] if fixtures else ["/thing"]
    assert [mock.get(path).headers["Mock-Source"] for path in asked] == expected


def test_an_operation_that_cannot_be_served_says_so_in_its_sources(tmp_path: Path) -> None:
    app = made_of(tmp_path, thing({}))
    (operation,) = app.parts.contract.operations
    (source,) = app.parts.sources(operation)
    assert source.startswith("501, ")


# Handlers

LOOKED_UP_BY_NAME = """\
from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Thing:
    name: str = "looked up"


def thing() -> str:
    return Thing().name
"""


@pytest.mark.parametrize("name", ["things.py", "json.py", "two.dots.py"])
def test_handlers_are_any_python_of_any_name(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, f"handlers:{Path(name).stem}", sys)  # put back at the end
    (tmp_path / name).write_text(LOOKED_UP_BY_NAME)
    app = made_of(tmp_path, thing({"200": STRING}), handlers=str(tmp_path / name))
    assert ask(app, ("GET", "/thing", None))[0].json() == "looked up"
    assert sys.modules["json"] is json


def test_handlers_in_a_package_may_import_their_neighbours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    package = tmp_path / "neighbourly"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "words.py").write_text("WORD = 'from next door'\n")
    (package / "handlers.py").write_text("from .words import WORD\ndef thing(): return WORD\n")
    try:
        app = made_of(tmp_path, thing({"200": STRING}), handlers="neighbourly.handlers")
    finally:
        for name in [name for name in sys.modules if name.startswith("neighbourly")]:
            del sys.modules[name]
    assert ask(app, ("GET", "/thing", None))[0].json() == "from next door"


PLACES = {
    "in the module": ("\n1 / 0\n", "handlers.py:2:1: ZeroDivisionError: "),
    "in a library that it calls": ("import json\njson.loads('{')\n", "handlers.py:2:1: JSON"),
    "in its syntax": ("def thing(:\n", "handlers.py:1:11: "),
    "in its bytes": ("a = '\0'\n", "handlers.py:1:"),
}


@pytest.mark.parametrize(("text", "told"), PLACES.values(), ids=PLACES)
def test_broken_handlers_are_told_by_the_user_s_own_line(
    text: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "handlers.py").write_text(text)
    with pytest.raises(StartError) as refused:
        made_of(tmp_path, thing({"200": STRING}), handlers="handlers.py")
    (line,) = refused.value.lines
    assert line.startswith(told)
    assert "\n" not in line
