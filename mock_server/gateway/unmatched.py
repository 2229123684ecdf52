"""The methods that a path allows, and the reason why nothing answers a request."""

from __future__ import annotations

from typing import Any

from mock_server.contract import Routes
from mock_server.core import suggestion
from mock_server.documents import METHODS
from mock_server.errors import MethodNotAllowed, NotFound, Problem, UnknownMethod


def known_methods(routes: Routes[Any], path: str) -> list[str]:
    """Return the methods that a path answers; none if nothing leads there."""
    known = routes.methods(path)
    if "GET" in known and "HEAD" not in known:
        known.append("HEAD")
    if known and "OPTIONS" not in known:
        known.append("OPTIONS")
    return known


def is_known(routes: Routes[Any], method: str) -> bool:
    """Return whether any path has that method, or could have it (OAS, section 4.8.9.1)."""
    return method.lower() in METHODS or routes.has_method(method)


def unmatched(routes: Routes[Any], whose: str, method: str, path: str) -> Problem:
    """Return why nothing answers a method on a path, with what there is instead."""
    if known := known_methods(routes, path):
        return not_allowed(routes, whose, method, path, known)
    if not is_known(routes, method):
        return _unknown(whose, method)
    near = routes.close_to(path)
    return NotFound(f"{whose} has no path {path}{suggestion(near) or '.'}")


def not_allowed(
    routes: Routes[Any], whose: str, method: str, path: str, known: list[str]
) -> MethodNotAllowed | UnknownMethod:
    """Return why a path doesn't answer a method, with those that it answers."""
    if not is_known(routes, method):
        return _unknown(whose, method)
    allowed = ", ".join(known)
    detail = f"{path} knows {allowed}, not {method}."
    return MethodNotAllowed(detail, headers=[("Allow", allowed)])


def _unknown(whose: str, method: str) -> UnknownMethod:
    return UnknownMethod(f"{whose} has the method {method} on no path.")
