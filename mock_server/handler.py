"""A handler: a function bound to an operation, its arguments given by name."""

from __future__ import annotations

import inspect
import keyword
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mock_server.contract import Operation, Parameter
from mock_server.document import shown
from mock_server.errors import StartError
from mock_server.messages import Request
from mock_server.records import Records
from mock_server.sessions import Session
from mock_server.validate import ABSENT, Arguments


@dataclass(frozen=True, slots=True)
class Handler:
    """A function bound to an operation."""

    name: str
    call: Callable[[Request, Arguments, Session], Any]


def identifier(name: str) -> str:
    """A name of the contract as Python can say it: `X-Request-ID` is `x_request_id`.

    A name that is an identifier already stays as it is; a keyword gets an underscore behind it.
    """
    if not name.isidentifier():
        name = re.sub(r"\W", "_", name).lower()
    return f"{name}_" if keyword.iskeyword(name) else name


def bind(function: Callable[..., Any], operation: Operation, records: Records) -> Handler:
    """A handler that gives the function its arguments by name.

    Parameters of the contract by their names, as identifiers where they are none; `body`, None
    where none was sent; `records` as the session sees them, `request` and `session`, where the
    contract has no such parameter.
    What wasn't sent is the argument's default, else None. Raises StartError for an argument that
    nothing gives.
    """
    offered = {identifier(p.name): _part_and_name(p) for p in operation.parameters}
    signature = inspect.signature(function).parameters.values()
    plan: list[tuple[str, int, str, Any]] = []
    for argument in signature:
        if argument.kind in _NAMED:
            found = offered.pop(argument.name, None) or _EXTRAS.get(argument.name)
            default = None if argument.default is argument.empty else argument.default
            if found is not None:
                plan.append((argument.name, *found, default))
            elif argument.default is argument.empty:
                raise StartError(_unknown(function, argument.name, operation))
        elif argument.kind is argument.VAR_KEYWORD:
            plan += [(name, *found, None) for name, found in offered.items()]
    name = getattr(function, "__qualname__", type(function).__qualname__)
    return Handler(f"{function.__module__}.{name}", _caller(function, plan, records))


_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
# What a handler may ask for beside the parameters stands in no part of the request.
_EXTRA = -1
_EXTRAS = {name: (_EXTRA, name) for name in ("body", "records", "request", "session")}


def _part_and_name(parameter: Parameter) -> tuple[int, str]:
    part = "query" if parameter.location == "querystring" else parameter.location
    return Arguments._fields.index(part), parameter.name


def _caller(
    function: Callable[..., Any], plan: list[tuple[str, int, str, Any]], records: Records
) -> Callable[[Request, Arguments, Session], Any]:
    takes = {name for _, part, name, _ in plan if part == _EXTRA}
    takes_body, takes_request = "body" in takes, "request" in takes
    takes_records, takes_session = "records" in takes, "session" in takes
    sent = [entry for entry in plan if entry[1] != _EXTRA]

    def call(request: Request, arguments: Arguments, session: Session) -> Any:
        given = {argument: arguments[p].get(n, d) for argument, p, n, d in sent}
        if takes_records:
            given["records"] = session.records(records)
        if takes_session:
            given["session"] = session
        if takes_body:
            given["body"] = None if arguments.body is ABSENT else arguments.body
        if takes_request:
            given["request"] = request
        return function(**given)

    return call


def _unknown(function: Callable[..., Any], name: str, operation: Operation) -> str:
    known = ", ".join([*(identifier(p.name) for p in operation.parameters), *_EXTRAS])
    code = function.__code__
    return (
        f"{shown(Path(code.co_filename))}:{code.co_firstlineno}:1: the handler"
        f" {function.__name__} asks for {name!r}, which {operation.id} doesn't have;"
        f" there is {known}"
    )
