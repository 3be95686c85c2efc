"""Errands as processes: begun once, their end read from the disk after any crash."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import psutil

from handlers.ports import Errand, Plan, PortError, Report, Say, silent
from integrations.runtimes.process import logs, run_once
from integrations.runtimes.process.instances import SIGNALS, Instances, is_close, mark_of, named
from integrations.runtimes.process.spawn import collect, has_ended, spawn, until

START_LIMIT = 10.0  # seconds it may take until its record is there
GRACE = 5.0  # seconds between asking it to end and ending it


class ProcessErrands:
    """The part of the process runtime that runs programs once. Each is a session of its own and
    carries a mark of its own: what ends instances does not touch it."""

    _home: Path
    _instances: Instances

    def send(self, errand: Errand, say: Say = silent) -> None:
        words = [word for word in errand.words if "\0" not in word]
        if not words or len(words) < len(errand.words):
            raise PortError(f"{errand.name} has no command that can be run.", permanent=True)
        folder, directory = self._at(errand), self._prepared(errand.plan)
        with self._hold(_name(errand)):
            if _read(folder / "record.json") is not None:
                return
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            head = [sys.executable, "-I", run_once.__file__, str(folder), str(directory)]
            variables = self._instances.variables(errand.plan, _name(errand))
            pid = spawn([*head, *words], variables, folder / "log")
            until(lambda: _read(folder / "record.json") is not None or has_ended(pid), START_LIMIT)
            if _read(folder / "record.json") is None:
                raise PortError(f"{errand.name} could not be begun.")

    def report(self, errand: Errand) -> Report:
        folder = self._at(errand)
        record = _read(folder / "record.json")
        if record is None:
            return Report("absent", reason="There is nothing of it.")
        runs = self._runs(errand, record)
        ended = _read(folder / "ended.json")  # after the look: it is written before the end
        logs.trim(folder / "log")
        log = logs.tail(folder / "log")
        if ended is not None:
            collect(int(record["pid"]))
            return Report("ended", int(ended["code"]), _end(int(ended["code"])), log)
        if runs or any(self._instances.marked(_name(errand))):
            return Report("running", reason="It runs.", log=log)
        return Report("ended", reason="It was ended; its exit code is not known.", log=log)

    def recall(self, errand: Errand) -> None:
        folder = self._at(errand)
        with self._hold(_name(errand)):
            record = _read(folder / "record.json")
            if record is not None and self._runs(errand, record):
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(int(record["pid"]), signal.SIGTERM)
                until(lambda: not self._runs(errand, record), GRACE)
            for process in self._instances.marked(_name(errand)):
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
            if record is not None:
                if not until(lambda: not self._runs(errand, record), GRACE):
                    raise PortError(f"{errand.name} cannot be ended.")
                collect(int(record["pid"]))
            shutil.rmtree(folder, ignore_errors=True)

    def _runs(self, errand: Errand, record: dict[str, Any]) -> bool:
        """Never another process that was given the same number since."""
        try:
            process = psutil.Process(int(record["pid"]))
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            is_ours = mark_of(process) == f"{self._instances.key}:{_name(errand)}"
            return is_ours and is_close(process.create_time(), float(record["created"]))
        except psutil.NoSuchProcess:
            return False

    def _at(self, errand: Errand) -> Path:
        return self._home / "errands" / _name(errand)

    def _prepared(self, plan: Plan) -> Path:
        raise NotImplementedError

    def _hold(self, operation: str) -> AbstractContextManager[int]:
        raise NotImplementedError


def _name(errand: Errand) -> str:
    return named(f"{errand.plan.operation}:{errand.name}")


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        raise PortError(f"{path} cannot be read.") from None
    return found


def _end(code: int) -> str:
    if code < 0:
        return f"It ended: {SIGNALS.get(code, f'signal {-code} ended it')}."
    return f"It ended with exit code {code}."
