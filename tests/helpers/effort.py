"""The work that something takes, whatever the machine is, and whatever else runs on it.

The calls of functions are counted. What a regular expression or a copy does is no call; there the
work of one input is measured by that of another, sixteen times as long.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")
# A time that is shorter than the clock can measure.
_INSTANT = 20e-6


def calls(action: Callable[[], object]) -> int:
    """Return how many functions are called, Python's and C's."""
    count = 0

    def counting(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before, collects = sys.getprofile(), gc.isenabled()
    gc.disable()  # it may call the callbacks that were registered with it
    sys.setprofile(counting)
    try:
        action()
    finally:
        sys.setprofile(before)
        if collects:
            gc.enable()
    return count


def grows_with_length(act: Callable[[int], object], length: int) -> bool:
    """Return whether four times the length takes no more than about four times the calls."""
    small, large = (calls(lambda n=n: act(n)) for n in (length, 4 * length))  # type: ignore[misc]
    return large <= 5 * small + 1_000


def is_linear(make: Callable[[int], T], use: Callable[[T], object], length: int) -> bool:
    """Return whether sixteen times the length takes no more than about sixteen times the work.

    In time that grows with the square it would be 256 times; what grows faster is seen before, at
    four times the length. The processor's time for this thread alone is what counts, and the least
    that was ever needed.
    """
    short = make(length)
    least = max(min(_seconds(use, short) for _ in range(3)), _INSTANT)
    longer = ((4 * times * least, make(times * length)) for times in (4, 16))
    return all(any(_seconds(use, long) <= most for _ in range(3)) for most, long in longer)


def _seconds(use: Callable[[T], object], value: T) -> float:
    collects = gc.isenabled()
    gc.disable()
    start = time.thread_time()
    try:
        use(value)
        return time.thread_time() - start
    finally:
        if collects:
            gc.enable()
