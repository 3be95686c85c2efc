"""Routers in a swarm: made sure of, asked, and where the last order of each address is on record.

The record is in the router's labels because those are never rolled back: what the swarm takes back
by itself, it takes back with all labels of that service.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handlers.ports import Plan, PortError
from integrations.runtimes.docker.client import Refused
from integrations.runtimes.docker.question import ask_from
from integrations.runtimes.docker.words import OURS, container_of
from integrations.runtimes.process.health import Answer
from integrations.runtimes.swarm.client import Swarm
from integrations.runtimes.swarm.entry import Way, router_service, way_of
from integrations.runtimes.swarm.names import label, place_of
from integrations.runtimes.swarm.standing import Service

ATTEMPTS = 20
"""Times to begin anew when others change the same service; each time somebody came further."""
LOCAL = "com.docker.swarm.service.name"


@dataclass(frozen=True)
class Order:
    """The last switch that was ordered: its operation and fence, what served before, and when."""

    operation: str = ""
    fence: int = 0
    before: str = ""
    at: str = ""

    @property
    def labels(self) -> dict[str, str]:
        facts = {"order": self.operation, "fence": str(self.fence), "before": self.before}
        return {f"{OURS}.{name}": value for name, value in facts.items()} if self.operation else {}


def order_in(router: Service | None) -> Order:
    if router is None:
        return Order()
    labels = router["Spec"]["Labels"]
    fence = label(labels, "fence") or "0"
    return Order(
        label(labels, "order"), int(fence), label(labels, "before"), router.get("UpdatedAt", "")
    )


class Routers:
    """The routers of a swarm, all of one ``image``, on nodes that meet ``constraints``."""

    def __init__(self, swarm: Swarm, image: str, constraints: tuple[str, ...] = ()) -> None:
        self._swarm = swarm
        self._image = image
        self._constraints = constraints

    def find(self, plan: Plan) -> Service | None:
        return self._swarm.service(place_of(plan).router)

    def make_sure(self, plan: Plan) -> None:
        """Have one there of the right shape. An address of somebody else is left to them."""
        way = self._way(plan)
        for _ in range(ATTEMPTS):
            router = self.find(plan)
            if router and label(router["Spec"]["Labels"], "shape") == way.shape:
                return
            if router is None and self.owner(plan):
                return
            labels = way.place.labels | {f"{OURS}.role": "router"}
            config = self._swarm.config(way.config, way.text, labels)
            spec = router_service(way, config, order_in(router).labels)
            if router is None:
                self._swarm.create(spec)
            elif self._swarm.change(router, spec):
                return
        raise PortError(f"The router of {plan.service} is changed by others all the time.")

    def owner(self, plan: Plan) -> str:
        """Whose the plan's address is, when it is another service's; empty when it is free."""
        ours, port = place_of(plan).router, plan.address.rpartition(":")[2]
        for router in self._swarm.services(role="router"):
            labels = router["Spec"]["Labels"]
            theirs = label(labels, "address").rpartition(":")[2]
            if theirs == port and router["Spec"]["Name"] != ours:
                return f"{label(labels, 'service')} in {label(labels, 'environment')}"
        return ""

    def record(self, router: Service, order: Order) -> bool:
        """Put an order on record, unless the router was changed since it was seen."""
        spec = dict(router["Spec"])
        spec["Labels"] = spec["Labels"] | order.labels
        return self._swarm.change(router, spec)

    def ask(self, plan: Plan, ip: str, port: int) -> Answer | None:
        """One health question from where the router is; None when there is none to ask here."""
        container = self._local(plan)
        if container is None:
            return None
        question = (plan.health.path, plan.health.request_timeout)
        try:
            return ask_from(self._swarm.engine, container, f"{ip}:{port}", question)
        except Refused:  # it is on its way in or out
            return None

    def _local(self, plan: Plan) -> str | None:
        """The router's container on the manager itself."""
        wanted = {"label": [f"{LOCAL}={place_of(plan).router}"], "status": ["running"]}
        found: list[Mapping[str, Any]] = self._swarm.engine.ask(
            "GET", "/containers/json", filters=wanted
        )
        return str(found[0]["Id"]) if found else None

    def _way(self, plan: Plan) -> Way:
        return way_of(plan, container_of(plan).port, self._image, self._constraints)
