"""What this machine has for those who run on it."""

from __future__ import annotations

import os
import platform
import shutil
from pathlib import Path

import psutil

from handlers.ports import Machine, PortError


def cores() -> float:
    """The processors that this process may use, which its children inherit."""
    if hasattr(os, "sched_getaffinity"):
        return float(len(os.sched_getaffinity(0)))
    return float(os.cpu_count() or 1)


def free_memory() -> int:
    """Bytes that a new process could get without swapping."""
    try:
        return int(psutil.virtual_memory().available)
    except OSError as error:
        raise PortError(f"The memory cannot be measured: {error.strerror}.") from None


def free_disk(folder: Path) -> int:
    """Bytes that we may still write below ``folder``."""
    try:
        return shutil.disk_usage(folder).free
    except OSError as error:
        raise PortError(f"The disk cannot be measured: {error.strerror}.") from None


def machine(folder: Path) -> Machine:
    """This machine as a host of what is kept below ``folder``."""
    memory, disk = psutil.virtual_memory(), shutil.disk_usage(folder)
    return Machine(
        name=platform.node() or "this machine",
        cores=cores(),
        busy=os.getloadavg()[0],
        memory=int(memory.total),
        free_memory=free_memory(),
        disk=disk.total,
        free_disk=disk.free,
    )
