"""Files that are written: regular ones as a whole or not at all, devices and pipes as they are."""

from __future__ import annotations

import os
import stat
import sys
import threading
from contextlib import suppress
from pathlib import Path

from mock_server.documents.files import descriptor_of, kind_of_file, shown_path
from mock_server.errors import WrongUse


def check_writable(path: Path) -> None:
    """Raise WrongUse for what `write_text` couldn't write to much later.

    That is a folder, a socket or a block device, a file in a folder that isn't there, and a file
    descriptor that isn't open.
    """
    try:
        number = descriptor_of(path)
        mode = path.stat().st_mode if number is None else os.fstat(number).st_mode
    except (OSError, ValueError):
        if descriptor_of(path) is not None:
            raise WrongUse(f"{path}: this file descriptor isn't open") from None
        if not _target(path).parent.is_dir():
            raise WrongUse(f"{shown_path(path)}: there is no such folder to write it to") from None
        return
    if stat.S_ISDIR(mode) or stat.S_ISSOCK(mode) or stat.S_ISBLK(mode):
        kind = kind_of_file(mode)
        raise WrongUse(f"{shown_path(path)}: it is {kind}; expected a file, a pipe or a terminal")


def write_text(text: str, path: Path) -> None:
    """Write a text to a path; nothing but a regular file is ever replaced.

    A regular file is there as a whole or not at all. A symbolic link stays, and what it leads to
    is written. Into a pipe or a device, `/dev/stdout` or `/dev/null` say, the text is written; a
    pipe that nobody reads is refused, as it would be waited for without end. Raises WrongUse.
    """
    check_writable(path)
    try:
        if (number := descriptor_of(path)) is not None:
            _write_to_descriptor(text, number)
        elif _is_regular_or_absent(path):
            _replace(_target(path), text)
        else:
            _write_into(text, path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise WrongUse(f"{shown_path(path)}: the file can't be written: {reason}") from None


def _target(path: Path) -> Path:
    """What a symbolic link leads to, be it there or not; any other path as it is."""
    return path.resolve() if path.is_symlink() else path


def _is_regular_or_absent(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:
        return True


def _replace(path: Path, text: str) -> None:
    beside = path.with_name(f".mock-server.{os.getpid()}.{threading.get_ident()}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise


def _write_to_descriptor(text: str, number: int) -> None:
    """Write where this process writes already, behind what it has written there."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    with os.fdopen(os.dup(number), "w", encoding="utf-8") as file:
        file.write(text)


def _write_into(text: str, path: Path) -> None:
    """Write into what is there; a pipe isn't waited for."""
    opened = os.open(path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))
    if hasattr(os, "O_NONBLOCK"):
        os.set_blocking(opened, True)
    with os.fdopen(opened, "w", encoding="utf-8") as file:
        file.write(text)
