"""Starts processes that outlive us, and learns how those that were ours have ended."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from handlers.ports import PortError


def until(is_so: Callable[[], bool], limit: float) -> bool:
    """Wait until something is so, at most ``limit`` seconds; whether it came to be."""
    deadline = time.monotonic() + limit
    while not (so := is_so()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return so


def spawn(words: list[str], variables: dict[str, str], log: Path) -> int:
    """Start a detached process that writes to ``log``; its id.

    Not ``subprocess``: its objects complain when they are dropped before the process ends, and
    these processes are meant to outlive us.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), flags, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    try:
        return os.posix_spawn(words[0], words, variables, file_actions=actions, setsigmask=[])
    except (OSError, ValueError) as error:
        raise PortError(f"No process can be started: {error}.") from None


def collect(pid: int) -> int | None:
    """The exit code of a child of ours that has ended; None while it runs, 0 if not our child."""
    try:
        ended, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return 0
    return os.waitstatus_to_exitcode(status) if ended else None


def has_ended(pid: int) -> bool:
    """Looks without reaping: the exit code belongs to the record, if there will be one."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
