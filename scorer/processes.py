"""Who is alive on this machine: a process is known by host, number and start, as numbers are used again."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple


class Process(NamedTuple):
    """One process. ``started`` is a text that differs between two processes that had the same number."""

    host: str
    pid: int
    started: str

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}"


def this_process() -> Process:
    """Return the running process."""
    return Process(socket.gethostname(), os.getpid(), started(os.getpid()) or "")


def is_gone(process: Process) -> bool:
    """Say whether a process has certainly ended; of another host nothing is certain.

    >>> is_gone(this_process()), is_gone(this_process()._replace(host="elsewhere", pid=0))
    (False, False)
    >>> is_gone(this_process()._replace(started="long ago"))
    True
    """
    if process.host != socket.gethostname():
        return False
    return started(process.pid) != process.started


def started(pid: int) -> str | None:
    """Return when the process began, in whatever notation the system has; None when no such process runs."""
    if pid <= 0:
        return None
    if sys.platform == "win32":
        return _started_on_windows(pid)
    if Path("/proc/self/stat").exists():
        return _started_on_linux(pid)
    return _started_by_ps(pid)


def _started_on_linux(pid: int) -> str | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # the name in brackets may hold spaces and brackets: count fields from the last one (proc_pid_stat(5))
    fields = stat.rpartition(")")[2].split()
    state, ticks = fields[0], fields[19]
    return None if state in "ZX" else f"{_boot()}+{ticks}"


def _boot() -> str:
    # ticks count from the start of the machine, so two boots must not be mixed up
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")[:8]
    except OSError:
        return "boot"


def _started_by_ps(pid: int) -> str | None:
    answer = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
    )
    return answer.stdout.strip() or None


def _started_on_windows(pid: int) -> str | None:
    query_limited_information, still_active = 0x1000, 259
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined,unused-ignore]
    kernel.OpenProcess.restype = ctypes.c_void_p
    handle = ctypes.c_void_p(kernel.OpenProcess(query_limited_information, False, pid))
    if not handle:
        return None
    try:
        code = ctypes.c_ulong()
        created, ended, in_kernel, in_user = (ctypes.c_ulonglong() for _ in range(4))
        kernel.GetExitCodeProcess(handle, ctypes.byref(code))
        times = (ctypes.byref(t) for t in (created, ended, in_kernel, in_user))
        known = kernel.GetProcessTimes(handle, *times)
        return str(created.value) if known and code.value == still_active else None
    finally:
        kernel.CloseHandle(handle)
