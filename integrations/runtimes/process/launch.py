"""Becomes an instance: takes its lock, writes its record, then turns into the service's command.

Run by path in an isolated interpreter, so it imports nothing of ours. The record is written by
the very process that will be the instance, and the lock stays held across ``exec``: whoever is
killed when, there is never a second instance of an operation and never one without a record.

    python -I launch.py FOLDER DIRECTORY RECORD COMMAND...
"""

import fcntl
import json
import os
import signal
import sys
from pathlib import Path

import psutil

HELD = 75  # another launcher was first
NO_COMMAND = 127  # what a shell answers


def launch(folder: Path, directory: str, record: dict[str, object], command: list[str]) -> int:
    """Returns only when there is no instance: it was there already, or cannot be run."""
    os.setsid()
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it, services expect it
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return HELD
    if (folder / "record.json").exists():
        return HELD
    os.set_inheritable(lock, True)
    me = {"pid": os.getpid(), "created": psutil.Process().create_time()}
    _write(folder / "record.json", json.dumps(record | me))
    try:
        os.chdir(directory)
        os.execvp(command[0], command)  # noqa: S606 - no shell is the point
    except OSError as error:
        sys.stderr.write(f"cannot run {command[0]}: {error.strerror}\n")
    return NO_COMMAND


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with open(temporary, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


if __name__ == "__main__":
    sys.exit(launch(Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3]), sys.argv[4:]))
