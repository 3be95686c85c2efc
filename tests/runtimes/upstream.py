"""A server that is written by hand, for answers that no decent server would give."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

Answer = Callable[[socket.socket, bytes], bool]


class Upstream:
    """A server that is written by hand: what it was asked, and how it answers, byte by byte."""

    def __init__(self, *answers: Answer) -> None:
        self.asked: list[bytes] = []
        self._answers = list(answers)
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):  # closed before
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for connection in self._open:
            connection.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            while head := self._read_head(connection):
                self.asked.append(head)
                answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
                if not answer(connection, head):
                    connection.close()
                    return
        except OSError:
            return

    def _read_head(self, connection: socket.socket) -> bytes:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            piece = connection.recv(1)
            if not piece:
                return b""
            head += piece
        return head


def says(text: bytes, keep: bool = True) -> Answer:
    def answer(connection: socket.socket, head: bytes) -> bool:
        connection.sendall(text)
        return keep

    return answer


def echoes(connection: socket.socket, head: bytes) -> bool:
    """Answers with the body it was sent, chunks and all."""
    body = b""
    if b"content-length" in head.lower():
        size = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        while len(body) < size:
            body += connection.recv(size - len(body))
    elif b"chunked" in head.lower():
        while not body.endswith(b"0\r\n\r\n"):
            body += connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    return True


WELL = says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
