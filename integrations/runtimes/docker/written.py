"""What containers wrote, looked through as it comes: however much that is, only the lines that are
asked for are kept."""

from __future__ import annotations

import heapq
import time
from collections import deque
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from handlers.ports import Lines, Wanted
from integrations.runtimes.docker.client import Engine, Refused
from integrations.runtimes.process.logs import WIDE, clean

FAR = 20_000
"""Lines of one container that are looked through for words."""
MUCH = 32 * 2**20  # bytes read in all
FRAME = 256 * 2**10  # bytes of one piece of a log; what is larger was not cut by an Engine


def look_through(engine: Engine, paths: Mapping[str, str], wanted: Wanted) -> Lines:
    """The last lines of all these logs in the order of time. ``paths`` has what stands before each
    line of a log, and where the log is."""
    kept: list[deque[tuple[str, str]]] = []
    left, is_cut = MUCH, False
    for before, path in paths.items():
        found: deque[tuple[str, str]] = deque(maxlen=wanted.tail)
        count, size = _sift(engine, path, wanted, (before, found), left)
        left -= size
        is_cut |= left <= 0 or (bool(wanted.words) and count >= FAR and len(found) < wanted.tail)
        kept.append(found)
    together = heapq.merge(*(sorted(found) for found in kept))
    total = sum(map(len, kept))
    last = islice(together, max(0, total - wanted.tail), None)
    return Lines(tuple(line for _, line in last), is_cut)


def _sift(
    engine: Engine,
    path: str,
    wanted: Wanted,
    into: tuple[str, deque[tuple[str, str]]],
    left: int,
) -> tuple[int, int]:
    """How many lines were looked at, and how many bytes that were."""
    before, found = into
    query: dict[str, Any] = {"stdout": "1", "stderr": "1", "timestamps": "1"}
    query["tail"] = str(FAR if wanted.words else wanted.tail)
    if wanted.since:
        query["since"] = str(int(time.time() - wanted.since))
    count = size = 0
    words = wanted.words.casefold()
    try:
        for piece in unframed_pieces(engine.stream(path, **query)):
            size += len(piece)
            for line in piece.decode("utf-8", "replace").splitlines():
                count += 1
                at, _, text = line.partition(" ")
                shown = clean(text, WIDE)
                if shown and words in shown.casefold():
                    found.append((at, before + shown))
            if size >= left:
                break
    except Refused as no:
        if no.status != 404:  # it has gone meanwhile
            raise
    return count, size


def unframed_pieces(parts: Iterator[bytes]) -> Iterator[bytes]:
    """The log out of its frames; a broken last one is left out."""
    text = b""
    for part in parts:
        text += part
        while len(text) >= 8:
            size = int.from_bytes(text[4:8], "big")
            if size > FRAME:
                return
            if len(text) < 8 + size:
                break
            yield text[8 : 8 + size]
            text = text[8 + size :]
