"""What blueprints say, against each other and against the environments of the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.setup.forms import HERE
from handlers.setup.parts import Blueprint, Setup
from handlers.setup.places import of_containers, of_secrets, of_swarms

Problems = list[tuple[tuple[Any, ...], str]]


def enough(blueprint: Blueprint) -> bool:
    return len(blueprint.ports) >= len(blueprint.services)


def on_demand(setup: Setup, taken: Mapping[tuple[str, int], str]) -> Problems:
    """Each place with what cannot be there; ``taken`` are the ports of each machine."""
    found: Problems = []
    here = dict(taken)
    for name, blueprint in setup.blueprints.items():
        at = ("blueprints", name)
        found += [((*at, *place), said) for place, said in _of_one(setup, blueprint)]
        ports = [(_machine(setup, blueprint), port) for port in blueprint.ports]
        clash = next((here[port] for port in ports if port in here), "")
        if clash:
            said = f"an address among them is already one of {clash}."
            found.append(((*at, "addresses"), said))
        here |= dict.fromkeys(ports, f"blueprint {name}")
    return found


def _machine(setup: Setup, blueprint: Blueprint) -> str:
    engine = setup.engines.get(blueprint.engine or "")
    return engine.machine if engine else ""


def _of_one(setup: Setup, blueprint: Blueprint) -> Problems:
    found: Problems = []
    if not enough(blueprint):
        said = f"expected at least {len(blueprint.services)} ports, one for each service."
        found.append((("addresses",), said))
    if blueprint.runtime == "process":
        found += _of_processes(blueprint)
    elif enough(blueprint):
        found += of_containers(setup, blueprint.at(blueprint.ports))
        found += [
            (("services", name), f"{name} has no image, which containers need.")
            for name in blueprint.services
            if name in setup.services and setup.services[name].image is None
        ]
    if enough(blueprint):
        found += of_swarms(blueprint.at(blueprint.ports))
        found += of_secrets(blueprint.at(blueprint.ports))
    if blueprint.tier == "production":
        said = "production is declared under environments, not made on demand."
        found.append((("tier",), said))
    if blueprint.ttl > blueprint.longest:
        found.append((("ttl",), "is longer than longest."))
    if blueprint.runtime == "process":
        found += _commands(setup, blueprint)
    return found


def _of_processes(blueprint: Blueprint) -> Problems:
    found: Problems = []
    if not HERE.fullmatch(f"{blueprint.host}:1"):
        said = "expected addresses of this machine, such as 127.0.0.1:8600-8699."
        found.append((("addresses",), said))
    if blueprint.engine is not None:
        found.append((("engine",), "is for docker and swarm; processes run on this machine."))
    return found


def _commands(setup: Setup, blueprint: Blueprint) -> Problems:
    """Where an environment of the file runs it as a process, that is said there."""
    found: Problems = []
    declared = [e.services for e in setup.environments.values() if e.runtime == "process"]
    for name in blueprint.services:
        service = setup.services.get(name)
        if service and not service.command and not any(name in there for there in declared):
            said = f"{name} has no command, which processes need."
            found.append((("services", name), said))
    return found
