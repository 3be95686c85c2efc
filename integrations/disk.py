"""Files that are whole or not there, and locks that end with whoever holds them."""

from __future__ import annotations

import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from handlers.ports import PortError


def write_whole(path: Path, text: str) -> None:
    """Replace the content of ``path`` so that a crash leaves the old text or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    sync(path.parent)


def sync(path: Path) -> None:
    """Force a file, or the names in a folder, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Force every regular file and folder below ``folder`` to the disk; links are names only."""
    for where, _, files in os.walk(folder):
        for name in files:
            path = Path(where, name)
            if not path.is_symlink():
                sync(path)
        sync(Path(where))


@contextmanager
def locked(path: Path, patience: float) -> Iterator[int]:
    """Hold the lock file at ``path`` and give its handle; PortError after ``patience`` seconds.

    The kernel frees it when the last process that has the handle is gone, killed or not. The
    file stays: removing it would let two holders in.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(handle, path, time.monotonic() + patience)
        yield handle
    finally:
        os.close(handle)


def _take(handle: int, path: Path, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise PortError(f"{path.name} is busy with another task; try again soon.") from None
            time.sleep(0.005)
