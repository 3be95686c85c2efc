"""Programs that are run in a container and talked to, and what they say, out of its frames."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

SIZE = 8 * 2**20  # bytes of an answer that we are willing to read


def _never(said: bytes) -> bool:
    return False


@dataclass(frozen=True)
class Task:
    """A program to run in a container, what it is told, and when we have heard enough of it. One
    that is told something must not speak before it was: its first words may be lost."""

    words: tuple[str, ...]
    given: bytes = b""
    limit: float = 10.0
    enough: Callable[[bytes], object] = _never


def spoken(line: Any, task: Task, limit: float) -> bytes:
    """What a program says, out of the frames that the Engine puts its two outputs into; it is told
    what it is given within ``limit`` seconds."""
    deadline = time.monotonic() + task.limit
    line.settimeout(limit)
    framed = b""
    with suppress(BrokenPipeError, ConnectionResetError):  # it has spoken and ended before
        line.sendall(task.given)
    while len(framed) < SIZE and not task.enough(unframed(framed)):
        left = deadline - time.monotonic()
        if left <= 0:
            break
        line.settimeout(left)
        try:
            piece = line.recv(65536)
        except (TimeoutError, ConnectionResetError):
            break
        if not piece:
            break
        framed += piece
    return unframed(framed)


def unframed(text: bytes) -> bytes:
    """The log of a container without a terminal, out of its frames; a broken last one left out."""
    said = bytearray()
    while len(text) >= 8 and len(text) >= 8 + (size := int.from_bytes(text[4:8], "big")):
        said += text[8 : 8 + size]
        text = text[8 + size :]
    return bytes(said)
