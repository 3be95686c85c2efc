"""One health question by HTTP, asked from within a container: over the same way that requests take,
on any Engine, wherever that is."""

from __future__ import annotations

from http.client import HTTPException

from integrations.runtimes.docker.client import Engine
from integrations.runtimes.docker.talk import Task
from integrations.runtimes.process.health import Answer, is_enough, parse


def ask_from(engine: Engine, container: str, at: str, question: tuple[str, float]) -> Answer:
    """``container`` has socat; ``at`` is ``ip:port``, ``question`` a path and the seconds it may
    take."""
    path, limit = question
    head = f"GET {path} HTTP/1.1\r\nHost: {at}\r\nUser-Agent: stationmaster\r\n"
    words = ("socat", "-t0", f"-T{limit:g}", "-", f"TCP4:{at},connect-timeout={limit:g}")
    given = f"{head}Connection: close\r\n\r\n".encode()
    read = engine.talk(container, Task(words, given, limit, is_enough))
    if b"Connection refused" in read:
        return Answer(0, "does not listen yet")
    if not read.startswith(b"HTTP/") or b"\r\n\r\n" not in read:
        return Answer(0, f"gave no answer within {limit:g} s")
    try:
        return parse(read)
    except (OSError, HTTPException):
        return Answer(0, "broke off")
