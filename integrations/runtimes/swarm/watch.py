"""What a swarm runs, writes and leaves behind, for people on call."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from handlers.ports import Leftover, Lines, Machine, Plan, PortError, Running, Wanted
from integrations.runtimes.docker.client import Engine
from integrations.runtimes.docker.gauge import kept
from integrations.runtimes.docker.watch import Ear, listen
from integrations.runtimes.docker.words import OURS
from integrations.runtimes.docker.written import look_through
from integrations.runtimes.swarm.left import find_orphans, is_manager, remove_orphan
from integrations.runtimes.swarm.names import KEPT, Place, label, place_of
from integrations.runtimes.swarm.routers import ATTEMPTS, order_in
from integrations.runtimes.swarm.seen import Node, Task
from integrations.runtimes.swarm.spec import checked
from integrations.runtimes.swarm.standing import (
    UNDER_WAY,
    Service,
    begun_anew,
    mounts_of,
    newest_failure,
    operation_of,
    replicas_of,
    scaled,
    sentence,
)
from integrations.runtimes.swarm.strangers import is_ours, strangers

if TYPE_CHECKING:
    from integrations.runtimes.docker.runtime import Host
    from integrations.runtimes.swarm.runtime import Hands

PAUSE = 0.2
COMES_UP = 20.0  # seconds beyond its own time to become healthy that a task has to be placed


class SwarmWatch:
    """The part of the swarm runtime that looks, scales and tidies up. What tasks use is known to
    their own nodes alone, and a manager does not tell it."""

    _hands: Mapping[str, Hands]
    _others: Iterable[Host]

    def inspect(self, environment: str) -> tuple[Running, ...]:
        swarm = self._hands[environment].swarm
        every = swarm.services()
        added = strangers(every, environment, swarm.network(Place(environment, "").network))
        services = [one for one in every if _is_kept(one, environment)] + added
        by_id = {one["ID"]: one for one in services}
        others = {one["ID"]: str(one["Spec"]["Name"]) for one in added}
        tasks = swarm.tasks(services, swarm.nodes())
        there = sorted((t for t in tasks if t.wanted == "running"), key=lambda t: t.created)
        numbers: dict[tuple[str, str], int] = {}
        found = []
        for task in there:
            one = by_id[task.service]
            key = (one["ID"], task.operation)
            numbers[key] = numbers.get(key, 0) + 1
            failed = sum(t.has_failed and t.operation == task.operation for t in tasks)
            seen = _running(one, task, numbers[key], failed)
            found.append(_of_others(seen, others[one["ID"]]) if one["ID"] in others else seen)
        return tuple(sorted(found, key=lambda one: (one.service, one.operation, one.number)))

    def log(self, environment: str, service: str, wanted: Wanted) -> Lines:
        """The swarm itself gathers what the tasks wrote, wherever they are."""
        swarm, place = self._hands[environment].swarm, Place(environment, service)
        found = swarm.service(place.stable)
        if found is None:
            trials = swarm.services(environment=environment, service=service, role="trial")
            found = max(trials, key=lambda one: str(one["CreatedAt"]), default=None)
        if found is None:
            return Lines(())
        tasks = swarm.tasks([found], swarm.nodes())
        mine = [t for t in tasks if t.operation == operation_of(found) and t.wanted == "running"]
        mine = sorted(mine, key=lambda t: t.created) or sorted(tasks, key=lambda t: t.created)[-1:]
        paths = {
            f"{number}| " if len(mine) > 1 else "": f"/tasks/{task.id}/logs"
            for number, task in enumerate(mine, start=1)
        }
        return look_through(swarm.engine, paths, wanted)

    def hosts(self) -> tuple[Machine, ...]:
        by_swarm: dict[int, list[str]] = {}
        for name, hands in self._hands.items():
            by_swarm.setdefault(id(hands.swarm.engine), []).append(name)
        found = [m for names in by_swarm.values() for m in self._machines(sorted(names))]
        return tuple(sorted(found, key=lambda one: one.name))

    def scale(self, plan: Plan) -> None:
        hands, place, wanted = self._hands[plan.environment], place_of(plan), checked(plan).replicas
        if plan.fence < order_in(hands.routers.find(plan)).fence:
            text = f"A newer order has led {plan.address} elsewhere already."
            raise PortError(text, permanent=True)
        before = self._change(hands, place, plan, wanted)
        deadline = time.monotonic() + plan.health.timeout + COMES_UP
        while True:
            stable = hands.swarm.service(place.stable)
            tasks = hands.swarm.tasks([stable], hands.swarm.nodes()) if stable else []
            mine = [t for t in tasks if t.operation == plan.operation]
            alive = [t for t in mine if not t.has_ended]
            if sum(t.runs for t in alive) >= wanted and len(alive) <= wanted:
                return
            if time.monotonic() > deadline:
                self._change(hands, place, plan, before)
                failure = newest_failure(mine)
                why = failure or next((t for t in alive if t.is_due), None)
                said = f"Not all {wanted} tasks came up: {why.say() if why else 'no reason given'}"
                raise PortError(sentence(said), permanent=True)
            time.sleep(PAUSE)

    def requests(self, environment: str) -> int | None:
        """Each node counts for itself, and a manager does not tell what."""
        return None

    def restart(self, plan: Plan, old: Collection[datetime]) -> int:
        """The swarm itself replaces task after task, by an update that changes nothing else."""
        swarm, place = self._hands[plan.environment].swarm, place_of(plan)
        stable = swarm.service(place.stable)
        if stable is None or operation_of(stable) != plan.operation:
            text = f"{plan.address} does not lead to {plan.service} {plan.version}."
            raise PortError(text, permanent=True)
        tasks = [t for t in swarm.tasks([stable], swarm.nodes()) if t.wanted == "running"]
        stale = sum(t.created in old for t in tasks)
        state = (stable.get("UpdateStatus") or {}).get("State", "")
        if stale and state not in UNDER_WAY:
            swarm.change(stable, begun_anew(stable))
        fresh = sum(t.runs and t.created not in old for t in tasks)
        missing = max(0, replicas_of(stable) - stale - fresh)
        return stale + missing + (state in UNDER_WAY and not stale and not missing)

    def leftovers(
        self, needed: Collection[str], gone: Collection[str] = ()
    ) -> tuple[Leftover, ...]:
        """Nodes tidy up what they fetched by themselves, and a swarm keeps no volumes of ours."""
        engines = self._engines().values() if gone else ()
        return tuple(one for engine in engines for one in find_orphans(engine, gone))

    def clean(
        self, which: Collection[Leftover], needed: Collection[str], gone: Collection[str] = ()
    ) -> tuple[Leftover, ...]:
        engines = self._engines()
        left = [one for one in self.leftovers(needed, gone) if one in which]
        return tuple(one for one in left if remove_orphan(engines[one.host], one))

    def _engines(self) -> dict[str, Engine]:
        """Those that environments are on, and those that they may have been on."""
        used = {hands.swarm.engine.name: hands.swarm.engine for hands in self._hands.values()}
        others = {host.engine.name: host.engine for host in self._others}
        return {name: one for name, one in others.items() if is_manager(one)} | used

    def watch(self, changed: Callable[[str], None], stopping: Callable[[], bool]) -> None:
        """An event of a service has its name and none of its labels."""
        by_swarm: dict[int, list[str]] = {}
        for name, hands in self._hands.items():
            by_swarm.setdefault(id(hands.swarm.engine), []).append(name)
        ears = [self._ear(names) for names in by_swarm.values()]
        listen(ears, changed, stopping)

    def _ear(self, environments: list[str]) -> Ear:
        def about(attributes: Mapping[str, Any]) -> Iterable[str]:
            return environments if str(attributes.get("name")).startswith(f"{OURS}_") else ()

        return Ear(self._hands[environments[0]].swarm.engine, {"type": ["service"]}, about)

    def _change(self, hands: Hands, place: Place, plan: Plan, wanted: int) -> int:
        """Ask for so many; how many there were before."""
        for _ in range(ATTEMPTS):
            stable = hands.swarm.service(place.stable)
            if stable is None or operation_of(stable) != plan.operation:
                text = f"{plan.address} does not lead to {plan.service} {plan.version}."
                raise PortError(text, permanent=True)
            before = replicas_of(stable)
            if before == wanted or hands.swarm.change(stable, scaled(stable, wanted)):
                return before
        raise PortError(f"{plan.service} is changed by others all the time; try again soon.")

    def _machines(self, environments: list[str]) -> Iterable[Machine]:
        hands = self._hands[environments[0]]
        there = tuple(environments)
        try:
            nodes, services = hands.swarm.nodes(), hands.swarm.services()
            tasks = hands.swarm.tasks(services, nodes)
            room, name = hands.fleet.gauge.read(), hands.swarm.state().get("Name", "")
            rest = kept(hands.swarm.engine, {})
        except PortError as error:
            return [Machine(hands.swarm.engine.name, there, error=error.message)]
        return [
            _machine(one, there, [t for t in tasks if t.node == one and not t.has_ended])
            if one.name != name
            else Machine(
                one.name, there, room.cores, room.load, one.memory, room.memory,
                room.all_disk, room.disk, sum(t.node == one and t.runs for t in tasks),
                **asdict(rest),
            )
            for one in nodes.values()
        ]  # fmt: skip


def _machine(node: Node, environments: tuple[str, ...], tasks: list[Task]) -> Machine:
    """Of other nodes than the manager only what they have and what is promised is known."""
    if not node.is_ready:
        return Machine(node.name, environments, error=f"The node {node.name} cannot be reached.")
    free = node.memory - sum(task.memory for task in tasks)
    return Machine(
        name=node.name,
        environments=environments,
        cores=node.cores,
        memory=node.memory,
        free_memory=max(0, free),
        running=len(tasks),
    )


def _is_kept(service: Service, environment: str) -> bool:
    labels = service["Spec"].get("Labels")
    mine = label(labels, "environment") == environment and label(labels, "role") in KEPT
    return mine and is_ours(service)


def _of_others(seen: Running, name: str) -> Running:
    """Whatever its labels say, it goes by its own name alone."""
    return replace(seen, service=name, operation="", version="", commit="", serves=False)


def _running(service: Service, task: Task, number: int, failed: int) -> Running:
    spec: Mapping[str, Any] = service["Spec"]
    how = spec["TaskTemplate"]
    limits = how.get("Resources", {}).get("Limits", {})
    state: Literal["running", "starting", "unhealthy", "ended"] = "starting"
    if task.has_ended:
        state = "ended"
    elif task.is_out_of_reach:
        state = "unhealthy"
    elif task.runs:
        state = "running"
    return Running(
        service=label(spec.get("Labels"), "service"),
        operation=task.operation,
        version=task.version,
        commit=label(spec.get("Labels"), "commit"),
        image=how.get("ContainerSpec", {}).get("Image", ""),
        number=number,
        state=state,
        since=task.created,
        restarts=failed,
        cpu=None,
        cores=limits.get("NanoCPUs", 0) / 1e9,
        memory=None,
        limit=int(limits.get("MemoryBytes", 0)),
        serves=label(spec.get("Labels"), "role") == "service"
        and task.operation == operation_of(service),
        host=task.node.name if task.node else "",
        mounts=mounts_of(service),
    )
