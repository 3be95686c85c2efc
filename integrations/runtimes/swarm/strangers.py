"""What others have put into a swarm beside what is ours. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from handlers.ports import PortError
from integrations.runtimes.swarm.names import Place, called, label
from integrations.runtimes.swarm.standing import Service


def is_ours(service: Service) -> bool:
    """Is it called what its labels say it is? Labels alone may have been copied."""
    spec = service["Spec"]
    labels = spec.get("Labels")
    role, operation, intent = (label(labels, n) for n in ("role", "operation", "intent"))
    place = Place(label(labels, "environment"), label(labels, "service"))
    try:
        names = {
            "service": lambda: place.stable,
            "trial": lambda: place.trial(operation),
            "router": lambda: place.router,
            "fetch": lambda: place.fetch(operation),
            "errand": lambda: place.errand(operation, intent),
        }
        return role in names and bool(spec["Name"] == names[role]())
    except PortError:  # a label that cannot be a name
        return False


def strangers(services: Iterable[Service], environment: str, network: str) -> list[Service]:
    """What is in the ``network`` of an environment, or goes by its name or labels, and is not ours;
    ``network`` is its id, empty where it has none."""
    return [
        one
        for one in services
        if not is_ours(one) and (_is_of(one, environment) or (network and network in _nets(one)))
    ]


def _is_of(service: Service, environment: str) -> bool:
    """Does it say that it is of this environment, by its labels or else by its name?"""
    says = label(service["Spec"].get("Labels"), "environment")
    named = str(service["Spec"]["Name"]).startswith(f"{called(environment)}_")
    return says == environment if says else named


def _nets(service: Service) -> set[str]:
    """The networks that its tasks are attached to."""
    spec: Any = service["Spec"]
    attached = [*(spec["TaskTemplate"].get("Networks") or ()), *(spec.get("Networks") or ())]
    return {one["Target"] for one in attached}
