"""The way to an Engine over SSH: OpenSSH's own client runs Docker's command line on that machine,
which hands on to the Engine what is said to it.

The SDK's own way begins anew for every question, which makes a deployment take ten times as long,
and it waits for answers without an end. Here connections are kept for further questions, all go
through one that OpenSSH shares, and a socket lies between, so that there is an end to every wait.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from docker.errors import DockerException
from docker.transport.basehttpadapter import BaseHTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool

PROGRAM = "ssh"
COMMAND = "docker system dial-stdio"
OPTIONS = {
    "BatchMode": "yes",  # nobody is there to type a password
    "LogLevel": "ERROR",
    "ConnectTimeout": "10",
    "ServerAliveInterval": "5",
    "ServerAliveCountMax": "3",
    "ForwardAgent": "no",
    "ClearAllForwardings": "yes",
}
SHARED_FOR = 60  # seconds that the shared connection outlives the last of ours
PASSED_ON = ("HOME", "PATH", "USER", "LOGNAME", "SSH_AUTH_SOCK", "KRB5CCNAME", "TMPDIR")
"""Of the environment of the bot, which has its secrets."""
FOR_GOOD = ("Permission denied", "Host key verification failed", "not found")
"""Words of refusals that stay until somebody changes something."""
LAST_WORDS = 1.0  # seconds for them to come, once the connection has broken


class NotLetIn(DockerException):  # type: ignore[misc]
    """SSH lets nobody in, or there is no Docker behind it: trying again is of no use."""


class Line(HTTPConnection):
    """One connection to the Engine; its other end is a program of our own."""

    def __init__(self, words: tuple[str, ...], limit: float) -> None:
        super().__init__("localhost", timeout=limit)
        self._words = words
        self._limit = limit
        self._program: subprocess.Popen[bytes] | None = None
        self._complaint: IO[bytes] | None = None
        self._is_answered = True

    def connect(self) -> None:
        self._end()
        if shutil.which(PROGRAM) is None:
            raise NotLetIn(f"the program {PROGRAM} is not installed here")
        ours, theirs = socket.socketpair()
        ours.settimeout(self._limit)
        self._complaint = tempfile.TemporaryFile()  # noqa: SIM115
        with theirs:
            self._program = subprocess.Popen(
                self._words, stdin=theirs.fileno(), stdout=theirs.fileno(), stderr=self._complaint,
                env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
                start_new_session=True,  # Ctrl-C at a terminal is for the bot to hear
            )  # fmt: skip
        self.sock = ours

    def getresponse(self) -> Any:
        self._is_answered = False
        try:
            return super().getresponse()
        except ConnectionError:
            said = self._last_words()
            if any(words in said for words in FOR_GOOD):
                raise NotLetIn(said) from None
            if said:
                raise ConnectionError(said) from None
            raise
        finally:
            self._is_answered = True

    def close(self) -> None:
        """Also asked for while an answer begins that ends with the connection."""
        super().close()
        if self._is_answered:
            self._end()

    def _end(self) -> None:
        program, self._program = self._program, None
        if program is not None:
            # Asked to end, it would pass that on to the connection which others share.
            program.kill()
            program.wait()
        if self._complaint is not None:
            self._complaint.close()
            self._complaint = None

    def _last_words(self) -> str:
        """What the program complained of before it ended."""
        if self._program is None or self._complaint is None:
            return ""
        try:
            self._program.wait(LAST_WORDS)
        except subprocess.TimeoutExpired:
            return ""
        self._complaint.seek(0)
        lines = self._complaint.read(65536).decode("utf-8", "replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")


class Lines(HTTPConnectionPool):
    """The connections to one Engine, at most ``most`` of which are kept."""

    def __init__(self, words: tuple[str, ...], limit: float, most: int) -> None:
        super().__init__("localhost", timeout=limit, maxsize=most)
        self._words = words
        self._limit = limit

    def _new_conn(self) -> Line:
        return Line(self._words, self._limit)


class Adapter(BaseHTTPAdapter):  # type: ignore[misc]
    """What the SDK asks by, for ``ssh://user@host:port``."""

    def __init__(self, address: str, limit: float, most: int) -> None:
        super().__init__()
        self._lines = Lines(words_for(address), limit, most)

    def get_connection(self, url: str, proxies: Mapping[str, str] | None = None) -> Lines:
        return self._lines

    def request_url(self, request: Any, proxies: Mapping[str, str]) -> str:
        return str(request.path_url)

    def close(self) -> None:
        self._lines.close()
        super().close()


def words_for(address: str) -> tuple[str, ...]:
    """What is run for a connection."""
    at = urlsplit(address)
    options = OPTIONS | shared(address)
    words = [PROGRAM, "-T", *(f"-o{name}={value}" for name, value in options.items())]
    words += ["-l", at.username] if at.username else []
    words += ["-p", str(at.port)] if at.port else []
    return (*words, "--", at.hostname or "", COMMAND)


def shared(address: str) -> dict[str, str]:
    """Where connections to the same machine meet: a folder that nobody else can write to. Without
    one, each is made by itself."""
    folder = Path(tempfile.gettempdir()) / f"stationmaster-ssh-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        facts = folder.lstat()
    except OSError:
        return {"ControlPath": "none"}
    if facts.st_uid != os.getuid() or facts.st_mode & 0o170077 != 0o040000:
        return {"ControlPath": "none"}
    name = hashlib.sha256(address.encode()).hexdigest()[:16]
    return {
        "ControlMaster": "auto",
        "ControlPersist": str(SHARED_FOR),
        "ControlPath": str(folder / name),
    }
