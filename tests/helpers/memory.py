"""The memory that something takes, in a process of its own.

The most that a process ever had never shrinks: in one that had much before, nothing shows.
"""

from __future__ import annotations

import resource
import sys
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from tests.helpers.forks import SERVER

T = TypeVar("T")
_IN_A_MEBIBYTE = 2**20 if sys.platform == "darwin" else 2**10


def taken_by(prepare: Callable[..., Callable[[], T]], *arguments: Any) -> tuple[T, float]:
    """Return an action's result, and by how many MiB the process's peak grew meanwhile.

    The action is what a function of a module prepares; what that takes isn't counted.
    """
    here, there = SERVER.Pipe(duplex=False)
    process = SERVER.Process(target=_measure, args=(there, prepare, arguments), daemon=True)
    with here:
        process.start()
        there.close()
        result, mebibytes = here.recv()
    process.join()
    if mebibytes is None:
        raise AssertionError(result)
    return result, mebibytes


def _measure(
    answer: Connection, prepare: Callable[..., Callable[[], Any]], arguments: tuple[Any, ...]
) -> None:
    """Send the result and the growth, or what went wrong and None."""
    try:
        act = prepare(*arguments)
        before = _peak()
        result = act()
        answer.send((result, _peak() - before))
    except BaseException:
        answer.send((traceback.format_exc(), None))


def _peak() -> float:
    """Return the most that this process ever had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _IN_A_MEBIBYTE
