"""The machine: its cores, shared out between server and load, and its memory figures."""

from __future__ import annotations

import os
import platform
import re
import sys
from pathlib import Path
from typing import TypeAlias

Cores: TypeAlias = frozenset[int]


def available() -> Cores:
    """Return the cores that this process may use; none if the system doesn't let one choose."""
    if sys.platform == "linux":
        return frozenset(os.sched_getaffinity(0))
    return frozenset()


def server_cores() -> Cores:
    return frozenset(sorted(ALL)[:1])


def load_cores() -> Cores:
    return frozenset(sorted(ALL)[1:2]) or server_cores()


def pin(cores: Cores) -> None:
    """Keep this process, and those that it starts, on these cores."""
    if sys.platform == "linux" and cores:
        os.sched_setaffinity(0, cores)


def resident(pid: int) -> float:
    """Return the resident memory of a process in MiB, from /proc; none of one that has ended."""
    return mebibytes(pid, "VmRSS")


def most_resident(pid: int) -> float:
    """Return the highest resident memory that a process ever had."""
    return mebibytes(pid, "VmHWM")


def mebibytes(pid: int, entry: str) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    kibibytes = re.search(rf"^{entry}:\s+(\d+) kB$", status, re.MULTILINE)
    return int(kibibytes[1]) / 1024 if kibibytes else 0.0  # a zombie has no such line


def group(leader: int) -> list[int]:
    """Return the processes that run in a leader's group; the leader alone if there is no /proc."""
    running = [leader]
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            _, _, fields = stat.read_text(encoding="ascii", errors="replace").rpartition(")")
        except (FileNotFoundError, ProcessLookupError):
            continue
        state, _, process_group = fields.split()[:3]
        pid = int(stat.parent.name)
        if int(process_group) == leader and pid != leader and state != "Z":
            running.append(pid)
    return running


def facts() -> list[str]:
    return [
        f"{cpu_model()}, {os.cpu_count()} cores; {pinning()}",
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
    ]


def cpu_model() -> str:
    try:
        listed = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    named = re.search(r"^model name\s*:\s*(.+)$", listed, re.MULTILINE)
    return named[1] if named else platform.machine()


def pinning() -> str:
    if len(ALL) < 2:
        return "server and load share the cores, so take the figures with care"
    return f"server on core {min(server_cores())}, load on core {min(load_cores())}"


ALL = available()  # read before this process is pinned
