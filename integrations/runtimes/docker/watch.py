"""What containers run, write and leave behind, for people on call."""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from handlers.ports import Leftover, Lines, Machine, Plan, PortError, Running, Wanted
from integrations.runtimes.docker.client import AT_ONCE, LOOKING, Engine, Question
from integrations.runtimes.docker.containers import Containers, Found
from integrations.runtimes.docker.gauge import Gauge, kept
from integrations.runtimes.docker.left import find_leftovers, remove
from integrations.runtimes.docker.roll import Hands, Roll
from integrations.runtimes.docker.router import Server
from integrations.runtimes.docker.seen import running_of
from integrations.runtimes.docker.times import moment
from integrations.runtimes.docker.usage import Usage
from integrations.runtimes.docker.words import OURS, Place, container_of, place_of
from integrations.runtimes.docker.written import look_through

if TYPE_CHECKING:
    from integrations.runtimes.docker.runtime import Host

log = logging.getLogger(__name__)

LISTEN = 50.0  # seconds for which Engines are listened to in all
SPELL = 5.0  # seconds of one question to an Engine for what happens
HEARD = ("start", "die", "destroy", "update", "rename", "pause", "unpause", "oom")
MOST = 20  # instances whose logs are read together


def _runs(facts: Mapping[str, Any]) -> bool:
    return bool(facts["State"]["Running"])


def _serves(one: Found, leads: str | None) -> bool:
    return bool(one.operation) and one.operation == leads


class DockerWatch:
    """The part of the docker runtime that looks, scales and tidies up."""

    _hosts: Mapping[str, Host]
    _others: Iterable[Host]
    _turns: defaultdict[Place, threading.RLock]
    _usages: dict[int, Usage]

    def inspect(self, environment: str) -> tuple[Running, ...]:
        """Asks for each container, for a few of them at once."""
        engine = self._host(environment).engine
        ours = Containers(engine).of_environment(environment)
        there = [*ours, *Containers(engine).strangers(environment)]
        services = sorted({one.service for one in ours})
        with ThreadPoolExecutor(LOOKING) as pool:
            leads = dict(zip(services, pool.map(self._leads(environment), services), strict=True))
            seen = list(zip(there, pool.map(self._look_at(environment), there), strict=True))
        since = {one.id: moment(f["State"]["StartedAt"]) for one, f in seen if f and _runs(f)}
        used = self._usage(engine).of({i: at for i, at in since.items() if at})
        found = [
            running_of(one, facts, used.get(one.id), serves=_serves(one, leads.get(one.service)))
            for one, facts in seen
            if facts is not None
        ]
        return tuple(sorted(found, key=lambda one: (one.service, one.operation, one.number)))

    def log(self, environment: str, service: str, wanted: Wanted) -> Lines:
        place = Place(environment, service)
        engine = self._host(environment).engine
        there = Containers(engine).of(place)
        leads = self._leads(environment)(service)
        chosen = [one for one in there if one.operation == leads]
        if not chosen and there:
            newest = max(there, key=lambda one: int(one.labels.get(f"{OURS}.fence", "0")))
            chosen = [one for one in there if one.operation == newest.operation]
        paths = {
            f"{one.number}| " if len(chosen) > 1 else "": f"/containers/{one.id}/logs"
            for one in chosen[:MOST]
        }
        return look_through(engine, paths, wanted)

    def hosts(self) -> tuple[Machine, ...]:
        by_engine: dict[int, list[str]] = defaultdict(list)
        for name, host in self._hosts.items():
            by_engine[id(host.engine)].append(name)
        if not by_engine:
            return ()
        with ThreadPoolExecutor(min(AT_ONCE, len(by_engine))) as pool:
            found = pool.map(self._machine, by_engine.values())
            return tuple(sorted(found, key=lambda one: one.name))

    def requests(self, environment: str) -> int | None:
        engine, count = self._host(environment).engine, 0
        for service in {one.service for one in Containers(engine).of_environment(environment)}:
            with engine.looking:
                count += self._hands(Place(environment, service)).router.asked()
        return count

    def scale(self, plan: Plan) -> None:
        how, place = container_of(plan), place_of(plan)
        hands = self._hands(place)
        with self._turns[place]:
            lead = hands.router.lead_if_any()
            if lead is None or lead.operation != plan.operation:
                text = f"{plan.address} does not lead to {plan.service} {plan.version}."
                raise PortError(text, permanent=True)
            if plan.fence < lead.fence:
                text = f"A newer order has led {plan.address} to {lead.version} already."
                raise PortError(text, permanent=True)
            try:
                Roll(hands, plan).through(lead)
            except PortError:
                hands.router.write(lead)
                self._keep(hands, place, plan, {name for name, _ in lead.servers})
                raise
            numbers = range(1, how.replicas + 1)
            there = hands.containers.of_operation(place, plan.operation)
            self._keep(hands, place, plan, {one.name for one in there if one.number in numbers})

    def leftovers(
        self, needed: Collection[str], gone: Collection[str] = ()
    ) -> tuple[Leftover, ...]:
        """An Engine that no environment is on any more need not answer."""
        used = {host.engine.name for host in self._hosts.values()}
        found: list[Leftover] = []
        for name, engine in self._engines().items():
            try:
                found += find_leftovers(engine, needed, gone)
            except PortError as error:
                if name in used:
                    raise
                log.warning("nothing is known of what was left there: %s", error.message)
        return tuple(found)

    def clean(
        self, which: Collection[Leftover], needed: Collection[str], gone: Collection[str] = ()
    ) -> tuple[Leftover, ...]:
        engines, wanted = self._engines(), set(which)
        removed = []
        for one in self.leftovers(needed, gone):
            if one in wanted and remove(engines[one.host], one):
                removed.append(one)
        return tuple(removed)

    def _engines(self) -> dict[str, Engine]:
        """Those that environments are on, and those that they may have been on."""
        hosts = (*self._hosts.values(), *self._others)
        return {host.engine.name: host.engine for host in hosts}

    def watch(self, changed: Callable[[str], None], stopping: Callable[[], bool]) -> None:
        engines = list({id(host.engine): host.engine for host in self._hosts.values()}.values())
        filters = {"label": [f"{OURS}.environment"], "type": ["container"], "event": list(HEARD)}
        listen([Ear(engine, filters, self._about) for engine in engines], changed, stopping)

    def _about(self, attributes: Mapping[str, Any]) -> Iterable[str]:
        """Another bot may have environments on the same Engine."""
        name = attributes.get(f"{OURS}.environment")
        return (str(name),) if name in self._hosts else ()

    def _keep(self, hands: Hands, place: Place, plan: Plan, names: Collection[str]) -> None:
        """Have only these of the operation; the others finish what they do and go."""
        there = hands.containers.of_operation(place, plan.operation)
        hands.end(tuple(one for one in there if one.name not in names), plan.drain)
        staying = tuple(one for one in there if one.name in names and one.ip)
        lead = hands.router.lead_if_any()
        servers = tuple((one.name, one.ip) for one in staying)
        if lead is not None and lead.servers != servers:
            hands.router.write(replace(lead, servers=servers))
        hands.router.have(Server(one.name, one.ip, one.port, True) for one in staying)

    def _machine(self, environments: list[str]) -> Machine:
        host = self._host(environments[0])
        name, there = host.engine.name, tuple(sorted(environments))
        try:
            info = host.engine.ask("GET", "/info")
            room = self._gauge(host).read()
            rest = kept(host.engine, info)
        except PortError as error:
            return Machine(name, there, error=error.message)
        return Machine(
            name=name,
            environments=there,
            cores=room.cores,
            busy=room.load,
            memory=int(info["MemTotal"]),
            free_memory=room.memory,
            disk=room.all_disk,
            free_disk=room.disk,
            running=int(info["ContainersRunning"]),
            **asdict(rest),
        )

    def _leads(self, environment: str) -> Callable[[str], str]:
        def of(service: str) -> str:
            lead = self._hands(Place(environment, service)).router.lead_if_any()
            return lead.operation if lead else ""

        return of

    def _look_at(self, environment: str) -> Callable[[Found], Mapping[str, Any] | None]:
        engine = self._host(environment).engine

        def look(one: Found) -> Mapping[str, Any] | None:
            with engine.looking:
                found: Mapping[str, Any] | None = engine.find(f"/containers/{one.id}/json")
                return found

        return look

    def _usage(self, engine: Engine) -> Usage:
        return self._usages.setdefault(id(engine), Usage(engine))

    def _host(self, environment: str) -> Host:
        raise NotImplementedError

    def _gauge(self, host: Host) -> Gauge:
        raise NotImplementedError

    def _hands(self, place: Place) -> Hands:
        raise NotImplementedError


@dataclass(frozen=True)
class Ear:
    """What of an Engine is listened to, and which environments an event is about."""

    engine: Engine
    filters: Mapping[str, list[str]]
    about: Callable[[Mapping[str, Any]], Iterable[str]]


def listen(
    ears: Sequence[Ear], changed: Callable[[str], None], stopping: Callable[[], bool]
) -> None:
    """Listen with all of them, for a while; PortError from the first that hears nothing."""
    if not ears:
        return
    with ThreadPoolExecutor(len(ears)) as pool:
        listening = [pool.submit(_listen, ear, changed, stopping) for ear in ears]
    for one in listening:
        one.result()


def _listen(ear: Ear, changed: Callable[[str], None], stopping: Callable[[], bool]) -> None:
    """The Engine ends each answer by itself, so that nobody holds a connection for ever."""
    deadline = time.monotonic() + LISTEN
    since = time.time()
    while time.monotonic() < deadline and not stopping():
        until = since + SPELL
        query = {"filters": ear.filters, "since": f"{since:.9f}", "until": f"{until:.9f}"}
        for event in ear.engine.follow(Question("GET", "/events", query=query), SPELL + 15.0):
            for name in ear.about(event.get("Actor", {}).get("Attributes", {})):
                changed(name)
        since = until
