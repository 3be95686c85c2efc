"""Other ways to an Engine than its socket: over TCP, where both sides prove who they are, and over
SSH, with a key."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.docker.engine import QUIET, Engine
from tests.docker.images import import_images
from tests.runtimes.stage import free_port
from tests.workspace import eventually

SERVER = "/usr/sbin/sshd"
"""It refuses to be called by a name without its place."""
REAL = shutil.which("ssh")

FAR = ("tls", "ssh") if os.environ.get("STATION_TESTS_EVERY_POINT") else ()
"""Kinds of a docker runtime that `make sweep` holds to the contracts as well; otherwise one
deployment stands for them."""


@dataclass(frozen=True)
class Way:
    """An Engine, where it is reached, and the folder with what proves who asks."""

    engine: Engine
    address: str
    tls: str = ""


@contextmanager
def over_tls() -> Iterator[Way]:
    """An Engine that takes only whom its authority has signed."""
    folder = Path(tempfile.mkdtemp(prefix="station-tls-"))  # sockets have short paths
    authority(folder)
    signed(folder, "server", "subjectAltName=IP:127.0.0.1")
    signed(folder, "client", "extendedKeyUsage=clientAuth")
    address = f"tcp://127.0.0.1:{free_port()}"
    proof = ("--tlscacert", folder / "ca.pem", "--tlscert", folder / "server" / "cert.pem",
             "--tlskey", folder / "server" / "key.pem")  # fmt: skip
    options = (*QUIET, f"--host={address}", "--tlsverify", *map(str, proof))
    engine = Engine(folder / "engine", options=options)
    try:
        engine.start()
        import_images(engine.socket)
        yield Way(engine, address, str(folder / "client"))
    finally:
        engine.stop()
        shutil.rmtree(folder, ignore_errors=True)


def authority(folder: Path) -> None:
    """Who signs the others, as ca.pem."""
    key = ("-newkey", "rsa:2048", "-nodes", "-keyout", "ca-key.pem")
    _openssl(folder, "req", "-x509", *key, "-out", "ca.pem", "-days", "2", "-subj", "/CN=tests")


def signed(folder: Path, name: str, says: str) -> None:
    """A folder with a key, its certificate, and who has signed that."""
    own = folder / name
    own.mkdir()
    (own / "says").write_text(says, "utf-8")
    key = ("-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem")
    _openssl(own, "req", *key, "-out", "asked.pem", "-subj", f"/CN={name}")
    signer = ("-CA", "../ca.pem", "-CAkey", "../ca-key.pem", "-CAcreateserial")
    asked = ("-req", "-in", "asked.pem", "-out", "cert.pem", "-days", "2", "-extfile", "says")
    _openssl(own, "x509", *asked, *signer)
    shutil.copy(folder / "ca.pem", own / "ca.pem")


SSHD = """ListenAddress 127.0.0.1:{port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/keys
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
MaxStartups 100
PidFile none
SetEnv DOCKER_HOST={url} HOME={folder} PATH={path}
"""
ASKS = """Host *
  IdentityFile {folder}/user
  IdentitiesOnly yes
  UserKnownHostsFile {folder}/known
  StrictHostKeyChecking yes
"""


class Gate:
    """An SSH server below ``folder`` that takes one key and leads to an Engine. In ``bin`` there is
    an ``ssh`` that shows this key and takes no other server; ``path`` is where the server finds
    programs."""

    def __init__(self, engine: Engine, folder: Path, path: str = "") -> None:
        self.engine = engine
        self.folder = folder
        self._port = free_port()
        self.way = Way(engine, f"ssh://root@127.0.0.1:{self._port}")
        for name in ("host", "user"):
            words = ("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name))
            subprocess.run(words, check=True)
        shutil.copy(folder / "user.pub", folder / "keys")
        kind, key, *_ = (folder / "host.pub").read_text("utf-8").split()
        (folder / "known").write_text(f"[127.0.0.1]:{self._port} {kind} {key}\n", "utf-8")
        (folder / "asks").write_text(ASKS.format(folder=folder), "utf-8")
        facts = {"port": self._port, "url": engine.url, "path": path or os.environ["PATH"]}
        (folder / "sshd").write_text(SSHD.format(folder=folder, **facts), "utf-8")
        (folder / "bin").mkdir()
        program = folder / "bin" / "ssh"
        program.write_text(f'#!/bin/sh\nexec {REAL} -F {folder}/asks "$@"\n', "utf-8")
        program.chmod(0o755)
        self.start()

    def start(self) -> None:
        Path("/run/sshd").mkdir(exist_ok=True)  # without it the server does not begin
        with (self.folder / "log").open("ab") as log:
            words = (SERVER, "-D", "-e", "-f", str(self.folder / "sshd"))
            self._server = psutil.Popen(words, stderr=log)
        eventually(lambda: _listens(self._port), "the SSH server")

    def signal(self, number: signal.Signals) -> None:
        """Send it to all that serves those who are in."""
        for process in self._server.children(recursive=True):
            process.send_signal(number)

    def stop(self) -> None:
        """End it, and every connection."""
        with contextlib.suppress(psutil.NoSuchProcess):  # stopped before
            for process in (self._server, *self._server.children(recursive=True)):
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
        self._server.wait(10)

    def count(self, words: str) -> int:
        """How often the server has written that."""
        return (self.folder / "log").read_text("utf-8").count(words)


@contextmanager
def over_ssh(engine: Engine, folder: Path, path: str = "") -> Iterator[Gate]:
    """The way to an Engine through an SSH server of its own."""
    bound = os.environ["PATH"]
    gate = Gate(engine, folder, path)
    os.environ["PATH"] = f"{folder / 'bin'}:{bound}"
    try:
        yield gate
    finally:
        os.environ["PATH"] = bound
        gate.stop()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _openssl(folder: Path, *words: str) -> None:
    subprocess.run(("openssl", *words), cwd=folder, check=True, capture_output=True)
