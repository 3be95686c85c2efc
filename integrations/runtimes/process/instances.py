"""Instances as processes: started once, recognised after any crash, ended without mistakes."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import re
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import psutil

from handlers.ports import Plan, PortError
from integrations.disk import locked, write_whole
from integrations.runtimes.process import launch, logs
from integrations.runtimes.process.spawn import collect, has_ended, spawn, until

# Below the range the kernel takes the ports of outgoing connections from (32768 on Linux), so
# that none of those can sit on a port between our choosing it and the service's listening.
PORTS = range(20000, 30000)
TRIES = 200
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}", re.ASCII)
PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR")
START_LIMIT = 10.0  # seconds a launcher may take to write its record
GRACE = 5.0  # seconds between asking an instance to end and ending it
MARKER = "STATION_OPERATION"
SIGNALS = {-9: "it was killed (signal 9)", -15: "it was asked to end (signal 15)"}


@dataclass(frozen=True)
class Instance:
    """The record of an instance. ``ended`` is its exit code, minus the signal, None if unknown."""

    operation: str
    environment: str
    service: str
    version: str
    commit: str
    fence: int
    port: int
    pid: int
    created: float
    ended: int | None = None


class Instances:
    """All instances of one runtime home, found by their records."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._folder = home / "instances"
        self._mutex = threading.Lock()
        self.key = hashlib.sha256(str(home).encode()).hexdigest()[:12]

    def folder(self, operation: str) -> Path:
        return self._folder / named(operation)

    def log(self, operation: str) -> tuple[str, ...]:
        logs.trim(self.folder(operation) / "log")
        return logs.tail(self.folder(operation) / "log")

    def find(self, operation: str) -> Instance | None:
        """The record, with the exit code in it as soon as it can be known."""
        with self._mutex:
            instance = self._read(operation)
            if instance is None or instance.ended is not None:
                return instance
            return self._reap(instance)

    def all(self) -> tuple[Instance, ...]:
        paths = sorted(self._folder.glob("*/record.json"))
        found = (self.find(path.parent.name) for path in paths)
        return tuple(instance for instance in found if instance)

    def alive(self, instance: Instance) -> bool:
        return instance.ended is None and self._process(instance) is not None

    def owns_port(self, instance: Instance) -> bool:
        """Does this instance, or a child of it, listen on its port? True when we may not look."""
        try:
            main = psutil.Process(instance.pid)
            return _listens(main, instance.port) or any(
                _listens(child, instance.port) for child in main.children(recursive=True)
            )
        except psutil.AccessDenied:
            return True
        except psutil.NoSuchProcess:
            return False

    def start(self, plan: Plan, directory: Path) -> Instance:
        """Start the instance of ``plan`` in ``directory``. The caller looked for it before."""
        command = [word for word in plan.command if "\0" not in word]
        if not command or len(command) < len(plan.command):
            raise PortError(f"{plan.service} has no command that can be run.", permanent=True)
        folder = self.folder(plan.operation)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with locked(self._home / "locks" / "ports", START_LIMIT * 2):
            port = self._free_port()
            record = asdict(_record(plan, port))
            words = [word.replace("{port}", str(port)) for word in command]
            head = [sys.executable, "-I", launch.__file__, str(folder), str(directory)]
            variables = self.variables(plan, plan.operation) | {"PORT": str(port)}
            pid = spawn([*head, json.dumps(record), *words], variables, folder / "log")
            return self._arrival(plan.operation, pid)

    def end(self, instance: Instance) -> None:
        """Ask the instance and its children to end, wait for 5 s, then end them."""
        if self._process(instance):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(instance.pid, signal.SIGTERM)
            until(lambda: not self.alive(self.find(instance.operation) or instance), GRACE)
        for process in self.marked(instance.operation):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        gone = until(lambda: not self.alive(self.find(instance.operation) or instance), GRACE)
        if not gone:
            raise PortError(f"The instance of {instance.operation} cannot be ended.")

    def forget(self, operation: str) -> None:
        """Remove the record only: the log stays readable until it is pruned."""
        (self.folder(operation) / "record.json").unlink(missing_ok=True)

    def remove(self, operation: str) -> None:
        shutil.rmtree(self.folder(operation), ignore_errors=True)

    def remove_traces(self, age: float) -> None:
        """Remove what was left by instances that were retired more than ``age`` seconds ago."""
        for folder in self._folder.glob("*"):
            is_old = folder.stat().st_mtime < time.time() - age
            if is_old and not (folder / "record.json").exists():
                shutil.rmtree(folder, ignore_errors=True)

    def marked(self, operation: str) -> Iterator[psutil.Process]:
        """Every process that carries the mark of this operation in its environment."""
        for process in psutil.process_iter():
            if mark_of(process) == f"{self.key}:{operation}":
                yield process

    def _read(self, operation: str) -> Instance | None:
        try:
            text = (self.folder(operation) / "record.json").read_text("utf-8")
            return Instance(**json.loads(text))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError):
            raise PortError(f"The record of {operation} cannot be read.") from None

    def _reap(self, instance: Instance) -> Instance:
        """Learn the exit code of an instance that we started ourselves and that has ended."""
        with contextlib.suppress(psutil.NoSuchProcess, ChildProcessError):
            process = psutil.Process(instance.pid)
            is_dead = process.status() == psutil.STATUS_ZOMBIE
            if is_dead and is_close(process.create_time(), instance.created):
                pid, status = os.waitpid(instance.pid, os.WNOHANG)
                if pid:
                    instance = replace(instance, ended=os.waitstatus_to_exitcode(status))
                    path = self.folder(instance.operation) / "record.json"
                    write_whole(path, json.dumps(asdict(instance)))
        return instance

    def _process(self, instance: Instance) -> psutil.Process | None:
        """The living process, never another one that was given the same number since.

        Its mark decides. Without one, because some services overwrite their environment to set
        their title, the creation time does; that is reckoned from the clock, which may be set.
        """
        try:
            process = psutil.Process(instance.pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                return None
            mark = mark_of(process)
            is_same = mark == f"{self.key}:{instance.operation}"
            is_same = is_same or (not mark and is_close(process.create_time(), instance.created))
            return process if is_same else None
        except psutil.NoSuchProcess:
            return None

    def _arrival(self, operation: str, pid: int) -> Instance:
        """The record that the launcher ``pid``, or a launcher that was quicker, has written."""
        code: int | None = None
        deadline = time.monotonic() + START_LIMIT
        while time.monotonic() < deadline:
            is_over = code is None and has_ended(pid)
            if instance := self.find(operation):
                return instance
            code = collect(pid) if is_over else code
            if code not in (None, launch.HELD):
                break
            time.sleep(0.005)
        words = self.log(operation)[-1:] or ("it gave no reason",)
        raise PortError(f"The instance of {operation} could not be started: {words[0]}.")

    def _free_port(self) -> int:
        taken = {instance.port for instance in self.all()}
        for port in random.SystemRandom().sample(PORTS, min(TRIES, len(PORTS))):
            if port not in taken and _is_free(port):
                return port
        raise PortError(f"No port between {PORTS.start} and {PORTS.stop} is free.")

    def variables(self, plan: Plan, mark: str) -> dict[str, str]:
        """What a process of the plan finds in its environment; it is recognised by ``mark``."""
        kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        return (
            kept
            | dict(plan.variables)
            | {
                "STATION_VERSION": plan.version,
                "STATION_COMMIT": plan.commit,
                "STATION_ENVIRONMENT": plan.environment,
                MARKER: f"{self.key}:{mark}",
            }
        )


def named(name: str) -> str:
    """The name, when it can be the name of a folder; a permanent PortError otherwise."""
    if not NAME.fullmatch(name):
        raise PortError(f"{name[:80]!r} cannot be a name here.", permanent=True)
    return name


def _record(plan: Plan, port: int) -> Instance:
    who = (plan.operation, plan.environment, plan.service, plan.version, plan.commit)
    return Instance(*who, fence=plan.fence, port=port, pid=0, created=0.0)


def mark_of(process: psutil.Process) -> str:
    try:
        return process.environ().get(MARKER, "")
    except (psutil.Error, OSError):
        return ""


def is_close(created: float, recorded: float) -> bool:
    # Linux counts it from a boot time in whole seconds, which moves by one as clocks are set.
    return abs(created - recorded) < 1.5


def _listens(process: psutil.Process, port: int) -> bool:
    connections = process.net_connections(kind="tcp")
    return any(c.status == psutil.CONN_LISTEN and c.laddr.port == port for c in connections)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
