"""One health question to an instance on this machine, within a total time and a total size."""

from __future__ import annotations

import io
import re
import socket
import time
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse

from integrations.runtimes.process.logs import clean
from integrations.wire import hear

SIZE = 16 * 1024  # bytes of headers and body we are willing to read
PATH = re.compile(r"/[!-~]*", re.ASCII)


@dataclass(frozen=True)
class Answer:
    """``status`` is 0 when there was no answer; ``text`` then says why."""

    status: int
    text: str = ""

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300


def ask(port: int, path: str, limit: float) -> Answer:
    """GET ``path`` from 127.0.0.1; redirects are an answer like any other, ``limit`` is seconds.

    A plain socket because every HTTP client counts its time limit per read, so a service that
    drips one byte a second would hold us for ever.
    """
    deadline = time.monotonic() + limit
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=limit) as connection:
            head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            connection.sendall(
                f"{head}User-Agent: stationmaster\r\nConnection: close\r\n\r\n".encode()
            )
            return parse(_read(connection, deadline))
    except TimeoutError:
        return Answer(0, f"gave no answer within {limit:g} s")
    except ConnectionRefusedError:
        return Answer(0, "does not listen yet")
    except (OSError, HTTPException) as error:
        return Answer(0, f"broke off: {clean(str(error), 80) or type(error).__name__}")


def _read(connection: socket.socket, deadline: float) -> bytes:
    """Everything up to the end, the size or the deadline; too late before the body is an error."""
    read = hear(connection, deadline, SIZE, is_enough)
    if b"\r\n\r\n" not in read and time.monotonic() >= deadline:
        raise TimeoutError
    return read


def is_enough(read: bytes) -> bool:
    """A good answer needs no body, and a service may keep the connection open after it."""
    return b"\r\n\r\n" in read and re.match(rb"HTTP/1\.[01] 2", read) is not None


class _Held(io.BytesIO):
    """What HTTPResponse wants of a socket."""

    def makefile(self, mode: str) -> io.BytesIO:
        return self


def parse(read: bytes) -> Answer:
    """What was answered, out of the bytes of an answer; OSError or HTTPException for no answer."""
    with HTTPResponse(_Held(read)) as response:  # type: ignore[arg-type]
        response.begin()
        try:
            body = response.read(400)
        except (HTTPException, OSError):
            body = b""
        return Answer(response.status, clean(body.decode("utf-8", "replace"), 120))
