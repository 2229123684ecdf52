"""The page of problem types, from the tree of errors."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from mock_server import errors
from mock_server.errors import Problem
from tools.reference.markdown import MADE, table

_HEAD = f"""# Problem types

{MADE}
An error of the server has the status and the body that the operation declares for it. Of the
statuses in a row the first that is declared is used: by itself, by a range such as `4XX`, or by
`default`. If none is declared, the first of the row is sent with a problem document (RFC 9457):
`type` is `about:blank`, `title` as below, `status`, `detail`, and for a request that breaks the
document `validation`, a list of the violations. Handlers raise the same
classes: `from mock_server import NotFound`.

"""


def page() -> str:
    """Return the whole page."""
    rows = ([f"`{cls.__name__}`", _codes(cls), cls.title, _words(cls)] for cls in sorted_problems())
    return _HEAD + table(("class", "statuses", "title", "when"), rows)


def sorted_problems() -> list[type[Problem]]:
    """Return every kind of problem, by its first status."""
    return sorted(_kinds(Problem), key=lambda kind: (kind.codes[0], kind.__name__))


def _kinds(root: type[Problem]) -> Iterator[type[Problem]]:
    for kind in root.__subclasses__():
        if kind.__module__ == errors.__name__:
            yield kind
            yield from _kinds(kind)


def _codes(kind: type[Problem]) -> str:
    return ", ".join(map(str, kind.codes))


def _words(kind: type[Problem]) -> str:
    return (inspect.getdoc(kind) or "").partition("\n\n")[0]
