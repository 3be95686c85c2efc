"""Other ways to an Engine than its socket: over TCP, where both sides prove who they are."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.docker.engine import QUIET, Engine
from tests.docker.images import import_images
from tests.runtimes.stage import free_port


@dataclass(frozen=True)
class Way:
    """An Engine, where it is reached, and the folder with what proves who asks."""

    engine: Engine
    address: str
    tls: str


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


def _openssl(folder: Path, *words: str) -> None:
    subprocess.run(("openssl", *words), cwd=folder, check=True, capture_output=True)
