"""A process runtime on a stage: one service, one address, behaviours by name, no traces left."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import requests

from handlers.ports import HealthCheck, Look, Plan
from integrations.runtimes.process.instances import MARKER, Instances
from integrations.runtimes.process.runtime import ProcessRuntime
from tests.fakes import Commit, FakeSource
from tests.workspace import PATIENCE

SERVED = Path(__file__).with_name("served.py")
COMMITS = {f"1.{n}.0": f"{n:040x}" for n in range(1, 30)}


class Stage:
    """Everything a test needs to bring releases to one address."""

    def __init__(self, home: Path, address: str = "", service: str = "api") -> None:
        self.home = home
        self.place = ("staging", service)
        self.address = address or f"127.0.0.1:{free_port()}"
        self.source = FakeSource()
        files = {"served.py": SERVED.read_text("utf-8")}
        history = [Commit(commit, "Work", v, files) for v, commit in COMMITS.items()]
        self.source.script("shop", *history)
        self.runtime = ProcessRuntime(home, self.source)

    def plan(
        self, operation: str, fence: int = 1, behaves: str = "well", version: str = "1.1.0"
    ) -> Plan:
        return Plan(
            operation=self.name(operation),
            fence=fence,
            environment=self.place[0],
            service=self.place[1],
            version=version,
            commit=COMMITS[version],
            repository="shop",
            command=(sys.executable, "served.py", "{port}", behaves),
            address=self.address,
            variables=(("COLOUR", "green"),),
            health=HealthCheck(request_timeout=1.0),
            drain=6.0,
        )

    def name(self, operation: str) -> str:
        """Operations are unique in a home, so stages that share one put their service before."""
        service = self.place[1]
        return operation if service == "api" or not operation else f"{service}.{operation}"

    def begin(self, plan: Plan) -> Look:
        """Prepare, start, and look until there is a verdict."""
        self.runtime.prepare(plan)
        self.runtime.start(plan)
        return self.verdict(plan)

    def verdict(self, plan: Plan) -> Look:
        wait_for(lambda: self.runtime.look(plan).state not in ("starting", "absent"))
        return self.runtime.look(plan)

    def deploy(self, plan: Plan) -> None:
        """A whole good deployment, as the act beat would do it."""
        before = self.runtime.serving(*self.place)
        assert self.begin(plan).state == "healthy"
        self.runtime.switch(plan)
        if before and before.operation != plan.operation:
            self.runtime.retire(plan, before.operation)

    def get(self, path: str = "/") -> str:
        with requests.Session() as session:
            session.trust_env = False
            return session.get(f"http://{self.address}{path}", timeout=5).text

    def alive(self, operation: str = "") -> list[psutil.Process]:
        """What really runs, whatever the records say."""
        mark = f"{Instances(self.home).key}:{self.name(operation)}"
        return [p for p in psutil.process_iter() if mark_of(p).startswith(mark)]

    def router(self) -> list[psutil.Process]:
        folder = str(self.home / "router")
        return [p for p in psutil.process_iter() if folder in words_of(p)]

    def record(self, operation: str) -> Path:
        return self.home / "instances" / self.name(operation) / "record.json"

    def rest(self) -> None:
        """End the instances and leave the router to the next stage of the same home."""
        for process in self.alive():
            process.kill()
        wait_for(lambda: not self.alive())

    def clear(self) -> None:
        for process in self.router():
            process.kill()
        self.rest()
        wait_for(lambda: not self.router())


def words_of(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def mark_of(process: psutil.Process) -> str:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return ""
        return process.environ().get(MARKER, "")
    except psutil.Error:
        return ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(is_so: Callable[[], object], limit: float = PATIENCE, every: float = 0.01) -> None:
    deadline = time.monotonic() + limit
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to be in time"
        time.sleep(every)
