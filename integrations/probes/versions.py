"""The version that a service says it has, over HTTP or over plain TCP."""

from __future__ import annotations

import re
import socket
import ssl
import time
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from handlers.ports import PortError
from integrations.wire import hear

LIMIT = 3.0
SIZE = 16 * 1024
DOTTED, NUMBER = rb"\d+(?:\.\d+)+", rb"\d+(?:\.\d+)*"
PRE_RELEASE = rb"(?:-?(?:a|b|rc|alpha|beta)\.?\d*)?"
PORTS = {"http": 80, "https": 443}
STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")


@dataclass(frozen=True)
class VersionProbe:
    """Implements ``Probe``. ``limit`` is the longest one look may take, in seconds."""

    limit: float = LIMIT

    def version(self, address: str) -> str:
        at = urlsplit(address)
        name = at._replace(fragment="").geturl()
        deadline = time.monotonic() + self.limit
        try:
            with _connected(at, self.limit) as connection:
                connection.sendall(_question(at))
                heard = hear(connection, deadline, SIZE, lambda read: _found(at, read, b"[^\\w.]"))
        except TimeoutError:
            raise PortError(f"{name} gave no answer within {self.limit:g} s.") from None
        except OSError as error:
            raise PortError(f"{name} does not answer: {error.strerror or error}.") from None
        return _read(at, name, heard, self.limit)


def _connected(at: SplitResult, limit: float) -> socket.socket:
    port = at.port or PORTS[at.scheme]
    plain = socket.create_connection((at.hostname, port), timeout=limit)
    if at.scheme != "https":
        return plain
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=at.hostname)
    except BaseException:
        plain.close()
        raise


def _question(at: SplitResult) -> bytes:
    if at.scheme == "tcp":
        words = unquote(at.path.removeprefix("/"))
        return f"{words}\r\n".encode() if words else b""
    path = at._replace(scheme="", netloc="", fragment="").geturl() or "/"
    head = f"GET {path} HTTP/1.1\r\nHost: {at.netloc}\r\nUser-Agent: stationmaster\r\n"
    return f"{head}Accept: */*\r\nConnection: close\r\n\r\n".encode()


def _found(at: SplitResult, heard: bytes, end: bytes) -> str:
    """The version in what was heard. It ends with ``end``: while more may come, a number that
    nothing follows may be half of one."""
    said = heard if at.scheme == "tcp" else heard.partition(b"\r\n\r\n")[2]
    after, number = unquote(at.fragment).encode(), DOTTED
    if after:
        _, there, said = said.partition(after)
        if not there:
            return ""
        number = NUMBER
    match = re.search(rb"(?<![\w.])v?(" + number + PRE_RELEASE + rb")(?=" + end + rb")", said)
    return match[1].decode() if match else ""


def _read(at: SplitResult, name: str, heard: bytes, limit: float) -> str:
    if not heard:
        raise PortError(f"{name} gave no answer within {limit:g} s.")
    status = STATUS.match(heard)
    if at.scheme != "tcp" and (status is None or not status[1].startswith(b"2")):
        said = status[1].decode() if status else "something that is not HTTP"
        raise PortError(f"{name} answered {said}.")
    version = _found(at, heard, b"[^\\w.]|$")
    if not version:
        raise PortError(f"{name} answers, and says no version.", permanent=True)
    return version
