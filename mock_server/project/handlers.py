"""A handler: a function bound to an operation, its arguments given by name."""

from __future__ import annotations

import inspect
import keyword
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from mock_server.contract import Operation, Parameter
from mock_server.documents import shown_path
from mock_server.errors import StartError
from mock_server.fixtures import Records
from mock_server.http_messages import Request
from mock_server.sessions import Session
from mock_server.validation import ABSENT, Arguments


@dataclass(frozen=True, slots=True)
class Handler:
    """A function bound to an operation."""

    name: str
    call: Callable[[Request, Arguments, Session], Any]


def identifier(name: str) -> str:
    """Return a name of the contract as a Python identifier: `X-Request-ID` is `x_request_id`.

    A name that is an identifier already stays as it is. A keyword gets an underscore at its end.
    """
    if not name.isidentifier():
        name = re.sub(r"\W", "_", name).lower()
    return f"{name}_" if keyword.iskeyword(name) else name


def bind(function: Callable[..., Any], operation: Operation, records: Records) -> Handler:
    """Return a handler that passes the function its arguments by name.

    The function may name parameters of the contract, as identifiers. Unless the contract has a
    parameter of the same name, it may also name these: `body`, None if none was sent; `records`
    as the session has them; the session's `items` by collection (`items.values("pets")`);
    `request`; and `session`. A parameter that wasn't sent gets the argument's default, else
    None. Raises StartError if an argument has neither a source nor a default.
    """
    offered = {identifier(p.name): _part_and_name(p) for p in operation.parameters}
    plan: list[tuple[str, int, str, Any]] = []
    for argument in _arguments(function, operation):
        if argument.kind in _NAMED:
            found = offered.pop(argument.name, None) or _EXTRAS.get(argument.name)
            default = None if argument.default is argument.empty else argument.default
            if found is not None:
                plan.append((argument.name, *found, default))
            elif argument.default is argument.empty:
                raise StartError(_unknown(function, argument.name, operation))
        elif argument.kind is argument.VAR_KEYWORD:
            plan += [(name, *found, None) for name, found in offered.items()]
    return Handler(_name(function), _caller(function, plan, records))


def _arguments(function: Callable[..., Any], operation: Operation) -> list[inspect.Parameter]:
    """Return a function's arguments. Raises StartError if they are unknown, or not by name."""
    try:
        arguments = list(inspect.signature(function).parameters.values())
    except (ValueError, TypeError):  # the function isn't written in Python
        raise StartError(
            _unusable(function, "has arguments that can't be told", operation)
        ) from None
    for argument in arguments:
        if argument.kind is argument.POSITIONAL_ONLY and argument.default is argument.empty:
            fault = f"takes {argument.name!r} by its position alone"
            raise StartError(_unusable(function, fault, operation))
    return arguments


def _name(function: Callable[..., Any]) -> str:
    """Return the name with its module of a function, or of its type if it has no name."""
    named = function if hasattr(function, "__qualname__") else type(function)
    return f"{named.__module__}.{named.__qualname__}"


_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
# The part of the arguments that aren't parameters: they are in no part of the request.
_EXTRA = -1
_EXTRAS = {name: (_EXTRA, name) for name in ("body", "items", "records", "request", "session")}


def _part_and_name(parameter: Parameter) -> tuple[int, str]:
    part = "query" if parameter.location == "querystring" else parameter.location
    return Arguments._fields.index(part), parameter.name


def _caller(
    function: Callable[..., Any], plan: list[tuple[str, int, str, Any]], records: Records
) -> Callable[[Request, Arguments, Session], Any]:
    takes = {name for _, part, name, _ in plan if part == _EXTRA}
    takes_body, takes_request = "body" in takes, "request" in takes
    takes_items = "items" in takes
    takes_records, takes_session = "records" in takes, "session" in takes
    sent = [entry for entry in plan if entry[1] != _EXTRA]

    def call(request: Request, arguments: Arguments, session: Session) -> Any:
        given = {}
        for argument, part, name, default in sent:
            given[argument] = arguments[part].get(name, default)
        if takes_records:
            given["records"] = session.records(records)
        if takes_items:
            given["items"] = session.items
        if takes_session:
            given["session"] = session
        if takes_body:
            given["body"] = None if arguments.body is ABSENT else arguments.body
        if takes_request:
            given["request"] = request
        return function(**given)

    return call


def _unknown(function: Callable[..., Any], name: str, operation: Operation) -> str:
    short = getattr(function, "__name__", type(function).__name__)
    return (
        f"{_place(function)}the handler {short} asks for {name!r}, which {operation.id}"
        f" doesn't have; there is {_known_arguments(operation)}"
    )


def _unusable(function: Callable[..., Any], fault: str, operation: Operation) -> str:
    return (
        f"{_place(function)}the handler of {operation.id}, {_name(function)}, {fault}; expected a"
        f" function that asks by name for what it needs: there is {_known_arguments(operation)}"
    )


def _known_arguments(operation: Operation) -> str:
    return ", ".join([*(identifier(p.name) for p in operation.parameters), *_EXTRAS])


def _place(function: Callable[..., Any]) -> str:
    """Return the place of a function's code as a prefix; empty if it isn't Python."""
    while isinstance(function, partial):
        function = function.func
    written = inspect.unwrap(function)
    for candidate in (written, getattr(written, "__init__", None), type(written).__call__):
        code = getattr(candidate, "__code__", None)
        if code is not None:
            return f"{shown_path(Path(code.co_filename))}:{code.co_firstlineno}:1: "
    return ""
