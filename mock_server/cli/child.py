"""A command that ends with the process that started it: `core.child_process` is the other end."""

from __future__ import annotations

import io
import os
import sys
import threading

from mock_server.cli import main

_PIPE = 0
# Another than the command's own: nobody is left to read it.
PARENT_ENDED = 3


def run() -> None:
    """Read what the command is given as its standard input, and run it.

    Its settings are those of the process that started it; no file of the working directory adds to
    them.
    """
    size = int(b"".join(iter(lambda: _read(1).strip(), b"")))
    given = b""
    while len(given) < size:
        given += _read(size - len(given))
    sys.stdin = io.TextIOWrapper(io.BytesIO(given))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    main(obj={})


def _read(most: int) -> bytes:
    """Return some bytes of the pipe; end the process if the pipe is closed."""
    read = os.read(_PIPE, most)
    if not read:
        os._exit(PARENT_ENDED)
    return read


def _end_with_parent() -> None:
    while True:
        _read(1)


if __name__ == "__main__":
    run()
