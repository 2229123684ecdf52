"""What calls itself too deeply for Python's usual stack has one that is deep enough."""

from __future__ import annotations

import sys

import pytest

from mock_server.core.recursion import in_deep_stack


def depth(calls: int) -> int:
    return 1 + depth(calls - 1) if calls else 0


def test_a_call_goes_far_deeper_than_usual_and_leaves_the_limit_as_it_was() -> None:
    before, calls = sys.getrecursionlimit(), 20_000
    with pytest.raises(RecursionError):
        depth(calls)
    assert in_deep_stack(lambda: depth(calls)) == calls
    assert sys.getrecursionlimit() == before


def test_what_a_call_raises_is_raised() -> None:
    before = sys.getrecursionlimit()
    with pytest.raises(ZeroDivisionError):
        in_deep_stack(lambda: 1 // 0)
    assert sys.getrecursionlimit() == before
