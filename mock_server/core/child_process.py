"""Commands of this package that run in a process of their own, which ends with this one.

The process holds a pipe from this one as its standard input. The system closes it when this
process ends, however that comes about, SIGKILL included, on every platform; `mock_server.cli.child`
ends then. Before that the pipe brings what the command itself reads as its standard input.
"""

from __future__ import annotations

import sys


def child_command(*arguments: str) -> tuple[str, ...]:
    """What to run for a command of `mock-server` with those arguments."""
    return (sys.executable, "-m", "mock_server.cli.child", *arguments)


def child_input(content: bytes = b"") -> bytes:
    """What to write to the process at first; the pipe has to stay open until it has ended."""
    return b"%d\n" % len(content) + content
