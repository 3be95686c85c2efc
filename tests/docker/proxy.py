"""A proxy in front of an Engine's socket: it logs every call, and does something to one of them."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

FAULTS = ("drop request", "drop answer", "500", "stall", "kill before", "kill after")
STALLED = 5.0
"""Seconds an answer is kept back for: longer than the client of the tests waits."""

ERROR = (
    b"HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\n"
    b'Content-Length: 31\r\nConnection: close\r\n\r\n{"message": "it has had a fault"}'
)
ERROR = ERROR.replace(b"31", str(len(ERROR.partition(b"\r\n\r\n")[2])).encode())


@dataclass
class Call:
    """What was asked, and the status of the answer; 0 while there is none."""

    method: str
    path: str
    status: int = 0


@dataclass
class Proxy:
    """``calls`` are those since the last ``aim``; the one with the number that was aimed at (from
    one on) meets its fault, once."""

    path: Path
    engine: Path
    calls: list[Call] = field(default_factory=list)
    hit: Call | None = None
    kill: Callable[[], None] = lambda: None
    _target: int = 0
    _fault: str = ""
    _mutex: threading.Lock = field(default_factory=threading.Lock)
    _ended: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"unix://{self.path}"

    def aim(self, fault: str = "", number: int = 0) -> None:
        with self._mutex:
            self.calls, self.hit = [], None
            self._fault, self._target = fault, number

    def rest(self) -> None:
        """No fault any more, though none may have been met."""
        with self._mutex:
            self._fault = ""

    def serve(self, server: socket.socket) -> None:
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(line,), daemon=True).start()

    def end(self) -> None:
        self._ended.set()

    def _one(self, line: socket.socket) -> None:
        with line, contextlib.suppress(OSError):
            question = _question(line)
            if question is None:
                return
            call, fault = self._called(question)
            if fault == "kill before":
                self.kill()
            if fault in ("drop request", "kill before"):
                return
            if fault == "500":
                call.status = 500
                line.sendall(ERROR)
                return
            self._forward(line, question, call, fault)

    def _called(self, question: bytes) -> tuple[Call, str]:
        method, path, *_ = question.split(b" ", 2)
        with self._mutex:
            call = Call(method.decode(), path.decode())
            self.calls.append(call)
            is_it = bool(self._fault) and len(self.calls) == self._target
            if is_it:
                self.hit = call
            return call, self._fault if is_it else ""

    def _forward(self, line: socket.socket, question: bytes, call: Call, fault: str) -> None:
        with socket.socket(socket.AF_UNIX) as engine:
            engine.connect(str(self.engine))
            engine.sendall(_closing(question))
            if fault == "kill within":
                self.kill()  # whatever of it has been done by now
                return
            if fault:
                said = _all(engine) if b"\r\nUpgrade:" not in question else engine.recv(65536)
                call.status = _status(said)
                if fault == "kill after":
                    self.kill()
                if fault == "stall":
                    self._ended.wait(STALLED)
                return
            up = threading.Thread(target=_pump, args=(line, engine), daemon=True)
            up.start()
            first = engine.recv(65536)
            call.status = _status(first)
            line.sendall(first)
            _pump(engine, line)


@contextmanager
def proxy(folder: Path, engine: Path) -> Iterator[Proxy]:
    path = folder / "proxy.sock"
    one = Proxy(path, engine)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen(64)
        thread = threading.Thread(target=one.serve, args=(server,), daemon=True)
        thread.start()
        yield one
        one.end()
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def _question(line: socket.socket) -> bytes | None:
    """Head and body of the one question that a connection is for."""
    text = b""
    while b"\r\n\r\n" not in text:
        piece = line.recv(65536)
        if not piece:
            return None
        text += piece
    head, _, body = text.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
    is_in_pieces = b"\r\ntransfer-encoding: chunked" in head.lower()
    while (length and len(body) < int(length[1])) or (
        is_in_pieces and not body.endswith(b"0\r\n\r\n")
    ):
        piece = line.recv(65536)
        if not piece:
            return None
        body += piece
    return head + b"\r\n\r\n" + body


def _closing(question: bytes) -> bytes:
    """The same question, after whose answer the Engine ends the connection."""
    if b"\r\nUpgrade:" in question:
        return question
    head, _, body = question.partition(b"\r\n\r\n")
    head = re.sub(rb"(?i)\r\nconnection: [^\r]*", b"", head)
    return head + b"\r\nConnection: close\r\n\r\n" + body


def _status(answer: bytes) -> int:
    found = re.match(rb"HTTP/1\.\d (\d{3})", answer)
    return int(found[1]) if found else 0


def _all(line: socket.socket) -> bytes:
    said = b""
    while piece := line.recv(65536):
        said += piece
    return said


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
