"""Runs one command to its end: takes the errand's lock, writes its record, then how it ended.

Run by path in an isolated interpreter, so it imports nothing of ours. It outlives the bot, and the
exit code is on the disk before it ends itself: whoever is killed when, nothing runs twice.

    python -I run_once.py FOLDER DIRECTORY COMMAND...
"""

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path

import psutil

HELD = 75  # another one was first
NO_COMMAND = 127  # what a shell answers


def run(folder: Path, directory: str, command: list[str]) -> int:
    """The exit code of the command, which is in ``ended.json`` by then."""
    os.setsid()
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return HELD
    if (folder / "record.json").exists():
        return HELD
    _write(folder / "record.json", {"pid": os.getpid(), "created": psutil.Process().create_time()})
    try:
        code = subprocess.call(command, cwd=directory, stdin=subprocess.DEVNULL)
    except OSError as error:
        sys.stderr.write(f"cannot run {command[0]}: {error.strerror}\n")
        code = NO_COMMAND
    sys.stderr.flush()
    _write(folder / "ended.json", {"code": code})
    return 0


def _write(path: Path, said: dict[str, object]) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with open(temporary, "w", encoding="utf-8") as file:
        file.write(json.dumps(said))
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), sys.argv[2], sys.argv[3:]))
