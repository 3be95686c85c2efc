"""Ways to an Engine: its socket on this machine, TCP with TLS, or SSH."""

from __future__ import annotations

import re
import socket
import ssl
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from handlers.ports import PortError

HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,252}", re.ASCII)
USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}", re.ASCII)
CONNECT = 10.0


@dataclass
class Line:
    """A connection, and what keeps it up."""

    socket: socket.socket
    process: subprocess.Popen[bytes] | None = None
    reusable: bool = field(default=False)

    def allow(self, seconds: float) -> None:
        """How long the next read may take; TimeoutError when there is no time left."""
        if seconds <= 0:
            raise TimeoutError
        self.socket.settimeout(seconds)

    def say(self, text: bytes) -> None:
        self.socket.sendall(text)

    def close(self) -> None:
        self.socket.close()
        if self.process is not None:
            self.process.kill()
            self.process.wait()


class Dial:
    """Where an Engine is: ``unix:///path``, ``tcp://host:port`` or ``ssh://user@host``. ``tls`` is
    a folder with ca.pem, cert.pem and key.pem."""

    def __init__(self, address: str, tls: str = "") -> None:
        self._address = address
        self._to = urlsplit(address)
        self._tls = Path(tls) if tls else None

    @property
    def host(self) -> str:
        """The name of the machine; empty for this one."""
        return "" if self._to.scheme == "unix" else self._to.hostname or ""

    def connect(self, name: str, limit: float) -> Line:
        try:
            line = self._open(min(limit, CONNECT))
        except ssl.SSLError as error:
            said = getattr(error, "verify_message", "") or error.reason or str(error)
            text = f"The Docker Engine {name} is not trusted, or does not trust us: {said}."
            raise PortError(text, permanent=True) from None
        except OSError as error:
            said = error.strerror or str(error) or "no answer in time"
            text = f"The Docker Engine {name} cannot be reached at {self._address}: {said}."
            raise PortError(text) from None
        line.socket.settimeout(limit)
        return line

    def _open(self, limit: float) -> Line:
        if self._to.scheme == "unix":
            plain = socket.socket(socket.AF_UNIX)
            try:
                plain.settimeout(limit)
                plain.connect(self._to.path)
            except BaseException:
                plain.close()
                raise
            return Line(plain)
        if self._to.scheme == "ssh":
            return self._over_ssh()
        host, port = self._to.hostname or "", self._to.port or 2376
        plain = socket.create_connection((host, port), limit)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._tls is None:
            return Line(plain)
        try:
            return Line(self._trusted(self._tls).wrap_socket(plain, server_hostname=host))
        except BaseException:
            plain.close()
            raise

    def _trusted(self, tls: Path) -> ssl.SSLContext:
        try:
            context = ssl.create_default_context(cafile=str(tls / "ca.pem"))
            context.load_cert_chain(str(tls / "cert.pem"), str(tls / "key.pem"))
        except FileNotFoundError:
            text = f"{tls} has to have ca.pem, cert.pem and key.pem."
            raise PortError(text, permanent=True) from None
        return context

    def _over_ssh(self) -> Line:
        """The Engine's own way over SSH: its client there passes the socket on."""
        host, user = self._to.hostname or "", self._to.username or ""
        if not HOST.fullmatch(host) or (user and not USER.fullmatch(user)):
            raise PortError(f"{self._address!r} is no address for SSH.", permanent=True)
        words = ["ssh", "-o", "BatchMode=yes", "-o", f"ConnectTimeout={CONNECT:.0f}"]
        words += ["-p", str(self._to.port)] if self._to.port else []
        words += ["-l", user] if user else []
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(
                [*words, "--", host, "docker", "system", "dial-stdio"],
                stdin=theirs.fileno(), stdout=theirs.fileno(), stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        return Line(ours, process)
