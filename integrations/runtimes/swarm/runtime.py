"""The runtime of a swarm. Reads top to bottom as the life of a deployment.

A deployment is proved by a trial, one task beside what serves. The switch is an update of the one
service that the address leads to: the swarm itself replaces task after task, judges each by its
health check, and takes all back when one fails. What it cannot decide is decided here: which order
is the newest, and that what does not come forward is stuck.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from handlers.ports import Look, Measured, Plan, PortError, Say, Serving, silent
from integrations.runtimes.docker.gauge import Gauge
from integrations.runtimes.docker.runtime import Host
from integrations.runtimes.made import Made
from integrations.runtimes.swarm.client import Swarm
from integrations.runtimes.swarm.errands import SwarmErrands
from integrations.runtimes.swarm.fetch import fetch
from integrations.runtimes.swarm.fleet import Fleet
from integrations.runtimes.swarm.left import leave
from integrations.runtimes.swarm.looks import Looks
from integrations.runtimes.swarm.names import Place, label, place_of
from integrations.runtimes.swarm.routers import ATTEMPTS, Order, Routers, order_in
from integrations.runtimes.swarm.spec import (
    Kept,
    checked,
    network,
    stable_service,
    trial_service,
)
from integrations.runtimes.swarm.standing import (
    Service,
    avoiding,
    held_up,
    kept_before,
    operation_of,
    replicas_of,
    rolled_back,
    scaled,
    serving_of,
)
from integrations.runtimes.swarm.watch import SwarmWatch


@dataclass(frozen=True)
class Manager:
    """The Engine of a manager of a swarm, with what is there, and constraints on the nodes that
    get a router."""

    host: Host
    entry: tuple[str, ...] = ()


class Hands:
    """All that works on one swarm."""

    def __init__(self, manager: Manager) -> None:
        host = manager.host
        self.swarm = Swarm(host.engine, host.credentials)
        self.routers = Routers(self.swarm, host.router, manager.entry)
        self.looks = Looks(self.swarm, self.routers)
        self.fleet = Fleet(self.swarm, host.router, Gauge(host.engine, host.router))


class SwarmRuntime(SwarmWatch, SwarmErrands):
    """Implements ``Runtime`` with services of swarms; each environment has a manager of one. The
    ``others`` are looked at only for what was left behind there."""

    def __init__(self, managers: Mapping[str, Manager], others: Iterable[Host] = ()) -> None:
        self._hands = Made(managers, Hands)
        self._others = others

    def check(self) -> str:
        swarms = {id(one.swarm.engine): one for one in self._hands.values()}.values()
        said = [one.fleet.check() for one in swarms]
        return f"{'; '.join(said)}." if said else "No environment is on a swarm."

    def prepare(self, plan: Plan, say: Say = silent) -> None:
        """The network, the way in, the image on every node that may get tasks, and then a record
        of the release that says it is prepared."""
        hands, how, place = self._at(plan), checked(plan), place_of(plan)
        hands.swarm.kept("secrets", how.rollout.secrets)
        hands.swarm.kept("configs", how.rollout.configs)
        hands.swarm.have_network(network(plan.environment, place.network))
        hands.routers.make_sure(plan)
        fetch(hands.swarm, plan, say)
        facts = {"environment": plan.environment, "service": plan.service}
        facts |= {"version": plan.version, "commit": plan.commit}
        labels = place.labels | {"stationmaster.role": "release"}
        hands.swarm.config(place.release(plan.commit), json.dumps(facts, indent=1), labels)

    def start(self, plan: Plan) -> None:
        hands, place = self._at(plan), place_of(plan)
        kept = self._kept(plan)
        stable = hands.swarm.service(place.stable)
        if stable is None or operation_of(stable) != plan.operation:
            hands.swarm.create(trial_service(plan, kept))

    def look(self, plan: Plan) -> Look:
        return self._at(plan).looks.look(plan)

    def switch(self, plan: Plan) -> Serving:
        """Claims the fence on record first and changes the service second, each only as it was
        last seen: of two orders at once the newer one wins, whoever comes first."""
        hands, place = self._at(plan), place_of(plan)
        for _ in range(ATTEMPTS):
            stable = hands.swarm.service(place.stable)
            router = hands.routers.find(plan)
            last = order_in(router)
            if plan.fence < last.fence:
                text = f"A newer order has led {plan.address} to {last.operation} already."
                raise PortError(text, permanent=True)
            if stable and operation_of(stable) == plan.operation:
                hands.swarm.remove(place.trial(plan.operation))
                self._help_along(plan, stable)
                return serving_of(stable)
            self._refuse(plan, stable, last)
            if router is None:
                self._have_router(plan)
            elif self._order(plan, router, stable):
                self._lead(plan, stable)
        raise PortError(f"{plan.service} is changed by others all the time; try again soon.")

    def serving(self, environment: str, service: str) -> Serving | None:
        stable = self._hands[environment].swarm.service(Place(environment, service).stable)
        return serving_of(stable) if stable else None

    def revive(self, plan: Plan) -> None:
        """The swarm keeps alive what it has; this is for what was halted."""
        hands, wanted = self._at(plan), checked(plan).replicas
        for _ in range(ATTEMPTS):
            stable = hands.swarm.service(place_of(plan).stable)
            if stable is None or operation_of(stable) != plan.operation:
                text = f"{plan.address} does not lead to {plan.service} {plan.version}."
                raise PortError(text, permanent=True)
            if replicas_of(stable) or hands.swarm.change(stable, scaled(stable, wanted)):
                hands.routers.make_sure(plan)
                return
        raise PortError(f"{plan.service} is changed by others all the time; try again soon.")

    def instances(self, environment: str, service: str) -> tuple[str, ...]:
        return self._hands[environment].fleet.instances(Place(environment, service))

    def measure(self, environment: str) -> Measured:
        return self._hands[environment].fleet.measure(environment)

    def retire(self, plan: Plan, operation: str) -> None:
        hands, place = self._at(plan), place_of(plan)
        stable = hands.swarm.service(place.stable)
        if stable and operation_of(stable) == operation:
            text = f"{plan.address} leads to it; it cannot be retired."
            raise PortError(text, permanent=True)
        hands.fleet.end(place, operation)

    def halt(self, environment: str, service: str, drain: float) -> None:
        self._hands[environment].fleet.halt(Place(environment, service))

    def forget(self, environment: str, service: str) -> None:
        """The network goes with the last service there."""
        hands, place = self._hands[environment], Place(environment, service)
        if hands.fleet.instances(place):
            raise PortError(f"{service} runs in {environment}.", permanent=True)
        swarm, mine = hands.swarm, {"environment": environment, "service": service}
        for one in swarm.services(**mine):
            swarm.remove(str(one["Spec"]["Name"]))
        for kept in swarm.configs(**mine):
            swarm.drop_config(kept["Spec"]["Name"])
        if not swarm.services(environment=environment):
            leave(swarm.engine, place.network)

    def prune(self, plan: Plan) -> None:
        """Forget the records of releases beyond the newest, except of what is there."""
        hands, place = self._at(plan), place_of(plan)
        there = hands.swarm.services(environment=plan.environment, service=plan.service)
        commits = {plan.commit, *(label(one["Spec"]["Labels"], "commit") for one in there)}
        spared = {place.release(commit) for commit in commits if commit}
        labels = {"environment": plan.environment, "service": plan.service, "role": "release"}
        found = hands.swarm.configs(**labels)
        found.sort(key=lambda one: str(one["CreatedAt"]), reverse=True)
        for one in found[plan.keep :]:
            if one["Spec"]["Name"] not in spared:
                hands.swarm.drop_config(one["Spec"]["Name"])

    def _refuse(self, plan: Plan, stable: Service | None, last: Order) -> None:
        """Only what runs can be led to, or what ran until the very order that is taken back."""
        place, hands = place_of(plan), self._at(plan)
        taken_back = last.operation == plan.operation and last.fence == plan.fence
        if stable and taken_back and rolled_back(stable, last.at):
            text = f"The swarm itself has taken {plan.service} {plan.version} back already."
            raise PortError(text, permanent=True)
        if stable and plan.operation in (last.before, kept_before(stable)):
            return
        if hands.fleet.is_alive(place.trial(plan.operation)):
            return
        # Whoever has led to it since has ended the trial.
        now = hands.swarm.service(place.stable)
        if now is None or operation_of(now) != plan.operation:
            text = f"{plan.service} {plan.version} does not run, so nothing can lead to it."
            raise PortError(text, permanent=True)

    def _have_router(self, plan: Plan) -> None:
        hands = self._at(plan)
        if owner := hands.routers.owner(plan):
            raise PortError(f"{plan.address} is the address of {owner}.", permanent=True)
        hands.routers.make_sure(plan)

    def _order(self, plan: Plan, router: Service, stable: Service | None) -> bool:
        """Put the order on record; whether it is."""
        last = order_in(router)
        if (last.operation, last.fence) == (plan.operation, plan.fence):
            return True
        before = operation_of(stable) if stable else ""
        return self._at(plan).routers.record(router, Order(plan.operation, plan.fence, before))

    def _lead(self, plan: Plan, stable: Service | None) -> None:
        """Begin the update; what came of it is read again by whoever called."""
        swarm = self._at(plan).swarm
        if stable is None:
            swarm.create(stable_service(plan, self._kept(plan)))
        elif kept_before(stable) == plan.operation:
            swarm.take_back(stable)
        else:
            swarm.change(stable, stable_service(plan, self._kept(plan)))

    def _help_along(self, plan: Plan, stable: Service) -> None:
        """Have an update that waits for a lost node go on without it."""
        swarm = self._at(plan).swarm
        held = held_up(stable, swarm.tasks([stable], swarm.nodes()))
        if held:
            swarm.change(stable, avoiding(stable, held))

    def _kept(self, plan: Plan) -> Kept:
        """What the plan's containers are given; a release without its record is not prepared."""
        swarm, rollout = self._at(plan).swarm, checked(plan).rollout
        if not swarm.has_config(place_of(plan).release(plan.commit)):
            text = f"{plan.service} {plan.version} is not prepared."
            raise PortError(text, permanent=True)
        secrets = swarm.kept("secrets", rollout.secrets)
        return Kept(secrets, swarm.kept("configs", rollout.configs))

    def _at(self, plan: Plan) -> Hands:
        return self._hands[plan.environment]
