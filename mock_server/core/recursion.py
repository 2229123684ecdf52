"""A call that goes deeper than Python's usual stack does."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

Result = TypeVar("Result")

MOST_CALLS = 200_000
# What is not used of it costs no memory.
STACK_BYTES = 512 * 1024 * 1024


def in_deep_stack(call: Callable[[], Result]) -> Result:
    """What a call gives that may call itself very deeply; it runs in a thread of its own.

    How deep calls may go is said for all threads at once, so it is only for the time of the call.
    """
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except BaseException as error:
            future.set_exception(error)

    most, size = sys.getrecursionlimit(), threading.stack_size(STACK_BYTES)
    thread = threading.Thread(target=run)
    sys.setrecursionlimit(max(most, MOST_CALLS))
    try:
        thread.start()
        threading.stack_size(size)
        return future.result()
    finally:
        threading.stack_size(size)
        sys.setrecursionlimit(most)
