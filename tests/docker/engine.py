"""A Docker Engine of the tests' own: containerd and dockerd below one folder, nothing shared with
an Engine that the machine may have. Needs root, on a Linux machine.

One is enough for a whole run: its processes share it and the last one to leave takes it away. What
a killed run has left behind is taken away by the next.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from tests.docker.images import import_images
from tests.docker.wire import Refused, ask
from tests.workspace import eventually

PROGRAMS = ("dockerd", "containerd", "runc", "haproxy", "socat", "busybox")
CONTAINERD = """version = 2
root = "{folder}/containerd"
state = "{folder}/containerd-run"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "{folder}/containerd.sock"
"""
POOL = "--default-address-pool=base=10.208.0.0/12,size=24"
"""By itself an Engine has addresses for 31 networks, and all Engines of one machine share them."""
BARE = ("--bridge=none", "--iptables=false", "--ip6tables=false")
"""Containers of one network reach each other and are reached from this machine without any rule
of a firewall; nothing of the machine's own rules is touched."""
QUIET = (*BARE, POOL)


def missing_programs() -> list[str]:
    """What has to be installed before an Engine can be started here."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return ["root on Linux"]
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    return [name for name in PROGRAMS if not shutil.which(name, path=path)]


class Engine:
    """An Engine below ``folder``. ``enter`` are words before its programs, such as those that
    enter a network namespace; ``options`` are further words for dockerd."""

    def __init__(
        self, folder: Path, enter: tuple[str, ...] = (), options: tuple[str, ...] = QUIET
    ) -> None:
        self.folder = folder
        self.socket = folder / "docker.sock"
        self.url = f"unix://{self.socket}"
        self._enter = enter
        self._options = options

    def start(self, live_restore: bool = True) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        config = self.folder / "containerd.toml"
        config.write_text(CONTAINERD.format(folder=self.folder), "utf-8")
        self._spawn("containerd", ("-c", str(config)))
        eventually((self.folder / "containerd.sock").exists, "containerd")
        self.start_daemon(live_restore)

    def start_daemon(self, live_restore: bool = True) -> None:
        words = [
            f"--containerd={self.folder}/containerd.sock", f"--host={self.url}",
            f"--data-root={self.folder}/data", f"--exec-root={self.folder}/exec",
            f"--pidfile={self.folder}/docker.pid", *self._options,
        ]  # fmt: skip
        self._spawn("dockerd", (*words, *(["--live-restore"] if live_restore else [])))
        eventually(self.answers, "the Engine", 30)

    def answers(self) -> bool:
        try:
            ask(self.socket, "GET", "/_ping")
        except (OSError, Refused):
            return False
        return True

    def signal(self, number: signal.Signals) -> None:
        """Send it to the daemon alone: containers and containerd do not notice."""
        for process in self._processes("dockerd"):
            process.send_signal(number)
            if number == signal.SIGKILL:
                process.wait(10)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        return ask(self.socket, method, path, body)

    def purge(self, label: str = "") -> None:
        """Take away all containers, networks and volumes, or those with a label."""
        chosen = f'{{"label":["{label}"]}}' if label else "{}"
        for one in self.ask("GET", f"/containers/json?all=1&filters={chosen}"):
            self._drop(f"/containers/{one['Id']}?force=1&v=1")
        for one in self.ask("GET", f"/networks?filters={chosen}"):
            if one["Name"] not in ("bridge", "host", "none", "ingress", "docker_gwbridge"):
                self._drop(f"/networks/{one['Id']}")
        for one in self.ask("GET", f"/volumes?filters={chosen}")["Volumes"] or ():
            self._drop(f"/volumes/{one['Name']}?force=1")

    def stop(self) -> None:
        """Take everything away, in whatever state it is."""
        self.signal(signal.SIGCONT)
        if self.answers():
            with contextlib.suppress(OSError, Refused):
                self.purge()
        for name in ("dockerd", "containerd"):
            for process in self._processes(name):
                process.terminate()
                with contextlib.suppress(psutil.Error):
                    process.wait(10)
        for shim in self._processes("containerd-shim-runc-v2"):
            for process in [*shim.children(recursive=True), shim]:
                with contextlib.suppress(psutil.Error):
                    process.kill()
        for line in reversed(Path("/proc/self/mounts").read_text("utf-8").splitlines()):
            place = line.split()[1]
            if place.startswith(f"{self.folder}/"):
                subprocess.run(("umount", "--lazy", place), check=False, capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _drop(self, path: str) -> None:
        with contextlib.suppress(Refused):  # gone since it was listed
            self.ask("DELETE", path)

    def _spawn(self, name: str, words: tuple[str, ...]) -> None:
        path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
        program = shutil.which(name, path=path)
        assert program, name
        with (self.folder / f"{name}.log").open("ab") as log:
            # Its parent is not us: whoever starts it may leave before others that use it.
            subprocess.Popen(
                (*self._enter, "setsid", "--fork", program, *words),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, "PATH": path},
            ).wait()  # fmt: skip

    def _processes(self, name: str) -> list[psutil.Process]:
        """Those of this folder alone; never by name only."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                words = process.cmdline()
                if words and os.path.basename(words[0]) == name:
                    here = any(f"{self.folder}/" in word for word in words[1:])
                    found += [process] if here else []
        return found


@contextmanager
def shared_engine() -> Iterator[Engine]:
    """The one Engine of this checkout's tests, with the images of ``images.py``."""
    key = hashlib.sha256(str(Path(__file__).parent).encode()).hexdigest()[:8]
    folder = Path(tempfile.gettempdir()) / f"station-docker-{key}"
    turn, users = (open(f"{folder}.{name}", "w") for name in ("turn", "users"))  # noqa: SIM115
    with turn, users:
        engine = Engine(folder / "engine")
        with held(turn):
            if is_alone(users) or not engine.answers():
                engine.stop()
                engine.start()
                import_images(engine.socket)
            fcntl.flock(users, fcntl.LOCK_SH)
        yield engine
        with held(turn):
            if is_alone(users):
                engine.stop()


@contextmanager
def started(folder: Path, *more: str, pool: str = POOL) -> Iterator[Engine]:
    """An Engine below ``folder`` with the same images; ``more`` are further words for dockerd."""
    engine = Engine(folder, options=(*BARE, pool, *more))
    try:
        engine.start()
        import_images(engine.socket)
        yield engine
    finally:
        engine.stop()


@contextmanager
def own_engine(*more: str) -> Iterator[Engine]:
    """One for whoever breaks it, or needs another than all others have; it leaves no trace."""
    folder = Path(tempfile.mkdtemp(prefix="station-own-"))  # sockets have short paths
    try:
        with started(folder / "engine", *more) as engine:
            yield engine
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def held(file: Any) -> Iterator[None]:
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


def is_alone(users: Any) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(users, fcntl.LOCK_UN)
    return True
