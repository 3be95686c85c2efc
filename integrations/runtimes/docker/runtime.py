"""Containers on Docker Engines. Reads top to bottom as the life of a deployment."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from handlers.ports import Look, Measured, Plan, PortError, Say, Serving, silent
from integrations.runtimes.docker.client import Engine
from integrations.runtimes.docker.config import Lead
from integrations.runtimes.docker.containers import Containers, Found
from integrations.runtimes.docker.errands import DockerErrands
from integrations.runtimes.docker.gauge import Gauge
from integrations.runtimes.docker.images import Images
from integrations.runtimes.docker.looks import Looks, check_path
from integrations.runtimes.docker.restart import restart
from integrations.runtimes.docker.roll import Hands, Roll, is_way_back
from integrations.runtimes.docker.router import Router, Server
from integrations.runtimes.docker.secrets import read_secrets
from integrations.runtimes.docker.usage import Usage
from integrations.runtimes.docker.watch import DockerWatch
from integrations.runtimes.docker.words import Place, container_of, place_of


@dataclass(frozen=True)
class Host:
    """An Engine, the image of routers there, and for each registry the file with the name and the
    password to use."""

    engine: Engine
    router: str
    credentials: Mapping[str, str] = field(default_factory=dict)


class DockerRuntime(DockerWatch, DockerErrands):
    """Implements ``Runtime`` with containers; each environment is on one of the ``hosts``. The
    ``others`` are looked at only for what was left behind there."""

    def __init__(self, hosts: Mapping[str, Host], others: Iterable[Host] = ()) -> None:
        self._hosts = hosts
        self._others = others
        self._turns: defaultdict[Place, threading.RLock] = defaultdict(threading.RLock)
        self._usages: dict[int, Usage] = {}
        self._gauges: dict[int, Gauge] = {}

    def check(self) -> str:
        said = []
        for host in {id(h.engine): h for h in self._hosts.values()}.values():
            facts = host.engine.ask("GET", "/info")
            if host.engine.find(f"/images/{host.router}/json") is None:
                text = f"The image of the router, {host.router}, is not on {host.engine.name}."
                raise PortError(text, permanent=True)
            running = f"{facts['ContainersRunning']} containers run there"
            said.append(f"{host.engine.name} answers (Docker {facts['ServerVersion']}, {running})")
        return f"{'; '.join(said)}." if said else "No environment is on a Docker Engine."

    def prepare(self, plan: Plan, say: Say = silent) -> None:
        """Also makes the router and so takes the address: that somebody else has it should be
        known before the start, and so should a secret that cannot be had."""
        check_path(plan)
        read_secrets(plan)
        self._images(plan.environment).prepare(plan, say)
        with self._turns[place_of(plan)]:
            self._hands(place_of(plan)).router.make_sure(plan.address)

    def start(self, plan: Plan) -> None:
        """Starts as many at once as may be there beside those that serve."""
        how, hands = container_of(plan), self._hands(place_of(plan))
        with self._turns[place_of(plan)]:
            if not hands.router.is_there():
                text = f"{plan.service} {plan.version} is not prepared."
                raise PortError(text, permanent=True)
            for number in range(1, min(max(1, how.surge), how.replicas) + 1):
                hands.containers.start(plan, number)

    def look(self, plan: Plan) -> Look:
        hands = self._hands(place_of(plan))
        return hands.looks.all(plan, _of(plan, hands))

    def switch(self, plan: Plan) -> Serving:
        """Also brings the replicas that there was no room for yet, as those of others go. Before
        that it puts on record that the address leads here: what fails on the way has to be
        switched back, and that brings back what went."""
        hands = self._hands(place_of(plan))
        with self._turns[place_of(plan)]:
            lead = hands.router.lead_if_any()
            if lead is not None and plan.fence < lead.fence:
                text = f"A newer order has led {plan.address} to {lead.version} already."
                raise PortError(text, permanent=True)
            alive = any(one.is_alive for one in _of(plan, hands))
            if not alive and not is_way_back(plan, lead):
                text = f"{plan.service} {plan.version} does not run, so nothing can lead to it."
                raise PortError(text, permanent=True)
            return _serving(Roll(hands, plan).through(lead))

    def serving(self, environment: str, service: str) -> Serving | None:
        place = Place(environment, service)
        lead = self._hands(place).router.lead_if_any()
        if lead is not None:
            self._mend(place, lead)
        return None if lead is None else _serving(lead)

    def revive(self, plan: Plan) -> None:
        how, place = container_of(plan), place_of(plan)
        hands = self._hands(place)
        with self._turns[place]:
            lead = hands.router.lead_if_any()
            if lead is None or lead.operation != plan.operation:
                text = f"{plan.address} does not lead to {plan.service} {plan.version}."
                raise PortError(text, permanent=True)
            hands.router.make_sure(plan.address)
            for number in range(1, how.replicas + 1):
                hands.containers.start(plan, number)
                hands.containers.run(place.container(plan.operation, number))
            there = tuple(one for one in _of(plan, hands) if one.is_alive)
            for one in there:
                hands.containers.keep_up(one)
            _lead_again(hands, lead, there)

    def restart(self, plan: Plan, old: Collection[datetime]) -> int:
        place = place_of(plan)
        hands = self._hands(place)
        with self._turns[place]:
            lead = hands.router.lead_if_any()
            if lead is None or lead.operation != plan.operation:
                text = f"{plan.address} does not lead to {plan.service} {plan.version}."
                raise PortError(text, permanent=True)
            left = restart(hands, plan, _of(plan, hands), old)
            now = replace(lead, servers=tuple((o.name, o.ip) for o in _of(plan, hands) if o.ip))
            if now != lead:
                hands.router.write(now)
            return left

    def instances(self, environment: str, service: str) -> tuple[str, ...]:
        there = self._hands(Place(environment, service)).containers.of(Place(environment, service))
        return tuple(dict.fromkeys(one.operation for one in there if one.is_alive))

    def measure(self, environment: str) -> Measured:
        host = self._host(environment)
        room = self._gauge(host).read()
        alive: dict[str, set[str]] = defaultdict(set)
        for one in Containers(host.engine).of_environment(environment):
            if one.state == "running":
                alive[one.service].add(one.operation)
        leads = {
            service: self._hands(Place(environment, service)).router.lead_if_any()
            for service in alive
        }
        running = {
            service: lead.version
            for service, lead in leads.items()
            if lead is not None and lead.operation in alive[service]
        }
        return Measured(room.cores, room.memory, room.disk, running)

    def retire(self, plan: Plan, operation: str) -> None:
        place = place_of(plan)
        hands = self._hands(place)
        with self._turns[place]:
            lead = hands.router.lead_if_any()
            if lead is not None and lead.operation == operation:
                text = f"{plan.address} leads to it; it cannot be retired."
                raise PortError(text, permanent=True)
            hands.end(hands.containers.of_operation(place, operation), plan.drain)
            hands.containers.secrets.drop(place, operation)

    def halt(self, environment: str, service: str, drain: float) -> None:
        place = Place(environment, service)
        hands = self._hands(place)
        with self._turns[place]:
            alive = tuple(one for one in hands.containers.of(place) if one.is_alive)
            hands.drain(alive, drain)
            for one in alive:
                hands.containers.stop(one)

    def forget(self, environment: str, service: str) -> None:
        """The network goes with the last service there."""
        place = Place(environment, service)
        hands = self._hands(place)
        with self._turns[place]:
            there = hands.containers.of(place)
            if any(one.is_alive for one in there):
                raise PortError(f"{service} runs in {environment}.", permanent=True)
            for one in there:
                hands.containers.remove(one)
            hands.containers.secrets.drop_all(place)
            hands.router.remove()
        network = f"/networks/{place.network}"
        self._host(environment).engine.make_sure("DELETE", network, 403, 404, 409)

    def prune(self, plan: Plan) -> None:
        """Also what has ended of other operations, as all does where a daemon dies, and secrets
        that nobody has any more, as where a bot dies: nobody retires what does not run."""
        hands = self._hands(place_of(plan))
        with self._turns[place_of(plan)]:
            lead = hands.router.lead_if_any()
            kept = {plan.operation, *([lead.operation] if lead else [])}
            for one in hands.containers.of(place_of(plan)):
                if not one.is_alive and one.operation not in kept:
                    hands.containers.remove(one)
            hands.containers.secrets.drop_all(place_of(plan), but=kept)
        self._images(plan.environment).prune(plan)

    def _mend(self, place: Place, lead: Lead) -> None:
        """What the Engine has started again by itself may have another address in the network,
        and a router may have been stopped: see to it, unless somebody works on that place."""
        turn, hands = self._turns[place], self._hands(place)
        if not turn.acquire(blocking=False):
            return
        try:
            hands.router.make_sure(lead.address)
            there = hands.containers.of_operation(place, lead.operation)
            running = tuple(one for one in there if one.state == "running" and one.ip)
            if {(one.name, one.ip) for one in running} - set(lead.servers):
                _lead_again(hands, lead, running)
        finally:
            turn.release()

    def _is_prepared(self, place: Place) -> bool:
        return self._hands(place).router.is_there()

    def _hands(self, place: Place) -> Hands:
        host = self._host(place.environment)
        containers = Containers(host.engine)
        router = Router(host.engine, place, host.router)
        return Hands(containers, router, Looks(containers, router))

    def _images(self, environment: str) -> Images:
        host = self._host(environment)
        return Images(host.engine, host.credentials)

    def _gauge(self, host: Host) -> Gauge:
        return self._gauges.setdefault(id(host.engine), Gauge(host.engine, host.router))

    def _host(self, environment: str) -> Host:
        try:
            return self._hosts[environment]
        except KeyError:
            raise PortError(f"{environment} is on no Docker Engine.", permanent=True) from None


def _of(plan: Plan, hands: Hands) -> tuple[Found, ...]:
    return hands.containers.of_operation(place_of(plan), plan.operation)


def _lead_again(hands: Hands, lead: Lead, there: tuple[Found, ...]) -> None:
    """The same operation as before, wherever its containers are now."""
    now = replace(lead, servers=tuple((one.name, one.ip) for one in there if one.ip))
    if now != lead:
        hands.router.write(now)
    hands.router.have(Server(one.name, one.ip, one.port, True) for one in there if one.ip)


def _serving(lead: Lead) -> Serving:
    return Serving(lead.operation, lead.version, lead.commit, f"http://{lead.address}")
