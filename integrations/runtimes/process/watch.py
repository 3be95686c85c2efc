"""What processes run, write and leave behind, for people on call."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psutil

from handlers.ports import Leftover, Lines, Look, Machine, Plan, PortError, Running, Wanted
from integrations.machine import cores, machine
from integrations.runtimes.pace import Pace
from integrations.runtimes.process import logs
from integrations.runtimes.process.control import Control
from integrations.runtimes.process.instances import Instance, Instances
from integrations.runtimes.process.route import Route


class ProcessWatch:
    """The part of the process runtime that looks and tidies up."""

    _home: Path
    _instances: Instances
    _router: Control
    _pace: Pace

    def inspect(self, environment: str) -> tuple[Running, ...]:
        leads = {route.operation for route in self._routes()}
        here = [i for i in self._instances.all() if i.environment == environment]
        found = [self._running(instance, instance.operation in leads) for instance in here]
        return tuple(sorted(found, key=lambda one: (one.service, one.operation)))

    def log(self, environment: str, service: str, wanted: Wanted) -> Lines:
        if wanted.since:
            text = "Processes do not write when they wrote a line: please ask without a time."
            raise PortError(text, permanent=True)
        here = [
            i for i in self._instances.all() if (i.environment, i.service) == (environment, service)
        ]
        leads = {route.operation for route in self._routes()}
        chosen = [i for i in here if i.operation in leads] or sorted(here, key=_created)[-1:]
        if not chosen:
            return Lines(())
        return logs.look_through(self._instances.folder(chosen[0].operation) / "log", wanted)

    def hosts(self) -> tuple[Machine, ...]:
        alive = [i for i in self._instances.all() if self._instances.alive(i)]
        there = tuple(sorted({i.environment for i in alive}))
        try:
            return (replace(machine(self._home), environments=there, running=len(alive)),)
        except (OSError, PortError) as error:
            return (Machine("this machine", there, error=f"It cannot be measured: {error}."),)

    def scale(self, plan: Plan) -> None:
        if plan.container is not None and plan.container.replicas > 1:
            text = f"{plan.service} runs as a process in {plan.environment}: one, and no more."
            raise PortError(text, permanent=True)
        lead = next((r for r in self._routes() if r.operation == plan.operation), None)
        if lead is None or plan.fence < lead.fence:
            text = f"{plan.address} does not lead to {plan.service} {plan.version}, or not for it."
            raise PortError(text, permanent=True)

    def requests(self, environment: str) -> int | None:
        """A router of an older bot, which goes on, does not count."""
        if not self._router.persisted():
            return 0
        traffic = self._router.traffic()
        if traffic.asked is None:
            return None
        here = [route.address for route in traffic.routes if route.environment == environment]
        return sum(traffic.asked.get(address, 0) for address in here)

    def restart(self, plan: Plan, old: Collection[datetime]) -> int:
        """There is one of each, which is away for a moment: its address leads nowhere meanwhile."""
        if not any(route.operation == plan.operation for route in self._routes()):
            text = f"{plan.address} does not lead to {plan.service} {plan.version}."
            raise PortError(text, permanent=True)
        there = self._instances.find(plan.operation)
        if there and self._instances.alive(there) and _since(there) in old:
            self._end(there, plan.drain)
        self.revive(plan)
        return int(self.look(plan).state != "healthy")

    def leftovers(
        self, needed: Collection[str], gone: Collection[str] = ()
    ) -> tuple[Leftover, ...]:
        lost = self._orphans(gone)
        ended = {one.environment for one in lost}
        kept = {route.commit for route in self._routes() if route.environment not in ended}
        kept |= {i.commit for i in self._instances.all() if i.environment not in ended}
        kept |= set(needed)
        name = machine(self._home).name
        releases = tuple(
            Leftover(name, "release", f"{path.parent.name}/{path.name}", _titled(path), _size(path))
            for path in sorted((self._home / "releases").glob("*/*"))
            if not path.name.startswith(".") and path.name not in kept
        )
        return (*lost, *releases)

    def _orphans(self, gone: Collection[str]) -> tuple[Leftover, ...]:
        there = {(one.environment, one.service) for one in self._instances.all()}
        there |= {(route.environment, route.service) for route in self._routes()}
        name = machine(self._home).name
        return tuple(
            Leftover(name, "process", f"{place}/{service}", f"{service} in {place}", 0, place)
            for place, service in sorted(there)
            if place in gone
        )

    def clean(
        self, which: Collection[Leftover], needed: Collection[str], gone: Collection[str] = ()
    ) -> tuple[Leftover, ...]:
        ended = tuple(one for one in self._orphans(gone) if one in which)
        for one in ended:
            place, _, service = one.id.partition("/")
            self.halt(place, service, 0.0)
            self.forget(place, service)
        return (*ended, *self._clean_releases(which, needed))

    def _clean_releases(
        self, which: Collection[Leftover], needed: Collection[str]
    ) -> tuple[Leftover, ...]:
        wanted = {one.id for one in which if one.kind == "release"}
        gone = []
        for one in self.leftovers(needed):
            if one.kind == "release" and one.id in wanted:
                service, _, commit = one.id.partition("/")
                with self._hold_releases(service):
                    # Looked at again in its turn: it may have been prepared meanwhile.
                    if one.id in {left.id for left in self.leftovers(needed)}:
                        self._forget_release(self._home / "releases" / service / commit)
                        gone.append(one)
        return tuple(gone)

    def watch(self, changed: Callable[[str], None], stopping: Callable[[], bool]) -> None:
        """Nobody tells of processes: they are looked at."""

    def _running(self, instance: Instance, serves: bool) -> Running:
        alive = self._instances.alive(instance)
        used, memory = _cost(instance.pid) if alive else (0.0, 0)
        age = time.time() - instance.created
        return Running(
            service=instance.service,
            operation=instance.operation,
            version=instance.version,
            commit=instance.commit,
            image="",
            number=1,
            state="running" if alive else "ended",
            since=_since(instance),
            restarts=0,
            cpu=self._pace.rate(instance.operation, used, age) if alive else 0.0,
            cores=cores(),
            memory=memory,
            limit=0,
            serves=serves,
            host="",
        )

    def revive(self, plan: Plan) -> None:
        raise NotImplementedError

    def look(self, plan: Plan) -> Look:
        raise NotImplementedError

    def _end(self, found: Instance, drain: float) -> None:
        raise NotImplementedError

    def _routes(self) -> tuple[Route, ...]:
        raise NotImplementedError

    def _forget_release(self, release: Path) -> None:
        raise NotImplementedError

    def halt(self, environment: str, service: str, drain: float) -> None:
        raise NotImplementedError

    def forget(self, environment: str, service: str) -> None:
        raise NotImplementedError

    def _hold_releases(self, service: str) -> AbstractContextManager[int]:
        raise NotImplementedError


def _since(instance: Instance) -> datetime | None:
    return datetime.fromtimestamp(instance.created, UTC) if instance.created else None


def _created(instance: Instance) -> float:
    return instance.created


def _titled(path: Path) -> str:
    return f"release {path.name[:12]} of {path.parent.name}"


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_symlink())


def _cost(pid: int) -> tuple[float, int]:
    """Seconds of processor and bytes of memory, its children included."""
    used, memory = 0.0, 0
    try:
        main = psutil.Process(pid)
        family = [main, *main.children(recursive=True)]
    except psutil.Error:
        return 0.0, 0
    for process in family:
        try:
            times = process.cpu_times()
            used += times.user + times.system
            memory += process.memory_info().rss
        except psutil.Error:
            continue
    return used, memory
