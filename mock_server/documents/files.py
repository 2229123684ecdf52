"""Files by path: what may be read of a contract's, what kind they are, and how they are named."""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from os.path import relpath
from pathlib import Path
from typing import BinaryIO

Stamp = tuple[int, int, int]

# Of what a document refers to no larger file is read, nor more of a pipe.
MOST_MEBIBYTES = 64
MOST_BYTES = MOST_MEBIBYTES * 1024 * 1024
STANDARD_INPUT = "<stdin>"

_TOO_LARGE = f"it is larger than {MOST_MEBIBYTES} MiB, the most that is read"
# The file descriptors of a process by path, as Linux and the BSDs have them.
_DESCRIPTOR = re.compile(r"/dev/(?:(stdin)|(stdout)|(stderr)|fd/(\d+))|/proc/self/fd/(\d+)")
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def shown_path(path: Path) -> str:
    """A path for a message: relative to the current folder if it lies inside it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def stamp_of(path: Path) -> Stamp | None:
    """What changes with a file: its inode, its time and its size; None if it isn't there."""
    try:
        found = path.stat()
    except (OSError, ValueError):  # ValueError: a name with a null character
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def descriptor_of(path: Path) -> int | None:
    """The file descriptor that a path such as `/dev/stdin` or `/dev/fd/63` names."""
    found = _DESCRIPTOR.fullmatch(str(path))
    if found is None:
        return None
    standard = [number for number in (0, 1, 2) if found[number + 1]]
    return standard[0] if standard else int(found[4] or found[5])


def kind_of_file(mode: int) -> str:
    """What a file is by its `st_mode`, in words."""
    return _KINDS.get(stat.S_IFMT(mode), "a file")


def regular_bytes(path: Path, most: int | None = MOST_BYTES) -> bytes:
    """All of a regular file of at most so many bytes.

    A device or a pipe isn't even opened. Raises OSError, and ValueError for a path with a null
    character.
    """
    _expect_regular(path.stat(), path)
    with open(path, "rb", opener=_without_waiting) as file:
        status = os.fstat(file.fileno())
        _expect_regular(status, path)  # it may have been replaced just now
        if most is None:
            return file.read()
        if status.st_size > most:
            raise OSError(errno.EFBIG, _TOO_LARGE)
        return _at_most(file, most)


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _expect_regular(status: os.stat_result, path: Path) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(status.st_mode):
        kind = kind_of_file(status.st_mode)
        raise OSError(errno.EINVAL, f"it is {kind}; expected a regular file", str(path))


def _at_most(file: BinaryIO, most: int) -> bytes:
    content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, _TOO_LARGE)
    return content


def stream_name(path: Path) -> str | None:
    """The name for messages of what can be read once only; None for a file, and for none.

    That is `-` and the file descriptors of this process, whatever they lead to, pipes and devices.
    """
    if str(path) == "-" or descriptor_of(path) == 0:
        return STANDARD_INPUT
    if descriptor_of(path) is not None:
        return str(path)
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return None
    return None if stat.S_ISREG(mode) or stat.S_ISDIR(mode) else shown_path(path)


def stream_bytes(path: Path) -> bytes:
    """All that comes from what can be read once only. Raises OSError."""
    if stream_name(path) != STANDARD_INPUT:
        with path.open("rb") as file:
            return _at_most(file, MOST_BYTES)
    if sys.stdin is None:
        raise OSError(errno.EBADF, "there is no standard input")
    return _at_most(sys.stdin.buffer, MOST_BYTES)


class OutOfReach(Exception):
    """A file lies outside of all that may be read; the message says where, and what allows it."""


@dataclass(frozen=True)
class Reach:
    """The folders below which the files lie that a document may refer to, links resolved."""

    folders: tuple[Path, ...]

    @classmethod
    def of(cls, document: Path, allowed: Iterable[Path] = ()) -> Reach:
        """The current folder if the document lies below it, else the document's; those allowed.

        The root of the file system is no folder of a project, so the document's counts there.
        """
        own, current = document.parent.resolve(), Path.cwd().resolve()
        is_below = own.is_relative_to(current) and current.parent != current
        return cls((current if is_below else own, *(folder.resolve() for folder in allowed)))

    def check(self, path: Path) -> None:
        """Raise OutOfReach for a path that leads out of the folders, by a link too."""
        try:
            real = path.resolve()
        except (OSError, RuntimeError, ValueError):  # a loop of links, say: nothing is there
            return
        if not any(real.is_relative_to(folder) for folder in self.folders):
            raise OutOfReach(
                f"leads to {relpath(real)}, outside of the folders that may be read;"
                f" --allow-files {relpath(real.parent)} allows it"
            )
