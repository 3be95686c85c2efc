"""The last lines a service wrote, fit for a person's eyes: bounded, without tricks."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import deque
from pathlib import Path

from handlers.ports import Lines, Wanted

READ = 64 * 1024  # bytes read from the end, whatever the size of the log
KEPT = 16 * 1024 * 1024  # bytes a log may have before it begins anew
FAR = 4 * 1024 * 1024  # bytes looked through where somebody asks for lines
LINES = 20
WIDTH = 200
WIDE = 500  # characters of a line that somebody asks for
# Control sequences, operating system commands (titles, links) and other escapes of ECMA-48.
ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])")


def tail(path: Path) -> tuple[str, ...]:
    """At most 20 lines of at most 200 characters; none when there is no log."""
    try:
        with open(path, "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - READ))
            text = file.read(READ).decode("utf-8", "replace")
    except FileNotFoundError:
        return ()
    lines = (clean(line) for line in re.split(r"[\r\n]+", text)[-LINES * 4 :])
    return tuple(line for line in lines if line)[-LINES:]


def look_through(path: Path, wanted: Wanted) -> Lines:
    """The lines asked for, out of the end of the log, whatever its size."""
    try:
        with open(path, "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - FAR))
            text = file.read(FAR).decode("utf-8", "replace")
    except FileNotFoundError:
        return Lines(())
    found = Sieve(wanted)
    for line in re.split(r"[\r\n]+", text):
        found.take(line)
    return Lines(tuple(found.lines), size > FAR and len(found.lines) < wanted.tail)


class Sieve:
    """Keeps the last lines that are asked for, and none besides."""

    def __init__(self, wanted: Wanted) -> None:
        self.lines: deque[str] = deque(maxlen=max(1, wanted.tail))
        self._words = wanted.words.casefold()

    def take(self, line: str, before: str = "") -> None:
        shown = clean(line, WIDE)
        if shown and self._words in shown.casefold():
            self.lines.append(before + shown)


def clean(text: str, width: int = WIDTH) -> str:
    """One line without escapes, control characters and characters that turn or hide text."""
    bare = ESCAPES.sub("", text[: width * 20]).replace("\t", "    ")
    shown = "".join(c for c in bare if not unicodedata.category(c).startswith("C"))
    return shown.rstrip()[:width]


def trim(path: Path) -> None:
    """Cut a log that has grown too large down to its end; services append, so none notices.

    What is written while we cut may be lost; a full disk would be worse.
    """
    try:
        if path.stat().st_size <= KEPT:
            return
        with open(path, "rb+") as file:
            file.seek(-READ, os.SEEK_END)
            end = file.read(READ)
            file.truncate(0)
        with open(path, "ab") as file:
            file.write(end)
    except FileNotFoundError:
        return
