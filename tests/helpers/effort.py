"""How much work something takes, counted rather than timed."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def calls(action: Callable[[], object]) -> int:
    """How many functions are called, Python's and C's."""
    count = 0

    def counting(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before, collects = sys.getprofile(), gc.isenabled()
    gc.disable()  # it may call whoever asked to be told of it
    sys.setprofile(counting)
    try:
        action()
    finally:
        sys.setprofile(before)
        if collects:
            gc.enable()
    return count


def grows_with_length(act: Callable[[int], object], length: int) -> bool:
    """Whether four times the length takes no more than about four times the calls."""
    small, large = (calls(lambda n=n: act(n)) for n in (length, 4 * length))  # type: ignore[misc]
    return large <= 5 * small + 1_000
