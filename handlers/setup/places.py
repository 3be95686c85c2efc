"""What environments say of where they run, against what services and engines say."""

from __future__ import annotations

from typing import Any

from handlers.setup.forms import HERE
from handlers.setup.hooks import Hook
from handlers.setup.parts import Environment, Setup
from handlers.setup.swarms import Placed, Swarm

Problems = list[tuple[tuple[Any, ...], str]]


def where_it_runs(setup: Setup) -> Problems:
    """Each place in the file with what cannot be there."""
    found: Problems = [
        (("engines", name, "address"), "needs tls: over plain TCP anybody could command it.")
        for name, engine in setup.engines.items()
        if engine.address.startswith("tcp://") and not engine.tls
    ]
    for name, environment in setup.environments.items():
        ask = _of_processes if environment.runtime == "process" else of_containers
        said_of = ask(setup, environment) + of_swarms(environment) + of_secrets(environment)
        found += [(("environments", name, *place), said) for place, said in said_of]
    return found + _commands(setup) + _images(setup) + _builds(setup) + _hooks(setup)


def _commands(setup: Setup) -> Problems:
    found: Problems = []
    for name, service in setup.services.items():
        where = [
            at
            for at, environment in setup.environments.items()
            if environment.runtime == "process" and name in environment.services
        ]
        if where and not service.command:
            said = f"is missing; {', '.join(where)} runs it as a process. Please add it."
            found.append((("services", name, "command"), said))
    return found


def _images(setup: Setup) -> Problems:
    """An image where containers need one, from a registry that is allowed."""
    found: Problems = []
    for name, service in setup.services.items():
        where = _in_containers(setup, name)
        at = ("services", name, "image")
        registry = (service.image or "").partition("/")[0]
        if where and service.image is None:
            said = f"is missing; {', '.join(where)} runs it in containers. Please add it."
            found.append((at, said))
        elif service.image and registry not in ("local", *setup.registries):
            known = ", ".join(sorted(setup.registries)) or "none is there"
            said = f"{registry} is not under registries ({known}); images come from those only."
            found.append((at, said))
    if "local" in setup.registries:
        said = "is the word for images that Engines have themselves, and no registry."
        found.append((("registries", "local"), said))
    return found


def _builds(setup: Setup) -> Problems:
    """What is built has a name of its own in a registry, and an Engine that builds it. An image
    that is missing where containers run it, and a registry called local, are said already."""
    found: Problems = []
    taken: dict[str, str] = {}
    for name, service in setup.services.items():
        if service.build is None:
            continue
        at, image = ("services", name, "image"), service.image or ""
        if not image and not _in_containers(setup, name):
            said = "is missing; what build: makes is pushed under that name. Please add it."
            found.append((at, said))
        elif image.startswith("local/") and "local" not in setup.registries:
            said = "is of Engines alone; what build: makes is pushed to one of the registries."
            found.append((at, said))
        elif image and image in taken:
            said = f"is what {taken[image]} builds already; two builds need two names."
            found.append((at, said))
        taken.setdefault(image, name)
        if service.build.engine not in setup.engines:
            said = f"there is no engine {service.build.engine!r} under engines."
            found.append((("services", name, "build", "engine"), said))
    return found


def _in_containers(setup: Setup, service: str) -> list[str]:
    """The environments where containers run it."""
    return [
        name
        for name, environment in setup.environments.items()
        if environment.runtime != "process" and service in environment.services
    ]


def _hooks(setup: Setup) -> Problems:
    """What a hook says of itself that cannot be."""
    found: Problems = []
    for name, service in setup.services.items():
        seen = set[str]()
        for phase, place, hook in service.hooks.all:
            at = ("services", name, "hooks", phase, place)
            if hook.name in seen:
                found.append(((*at, "name"), f"{hook.name} is the name of another hook already."))
            seen.add(hook.name)
            found += [((*at, key), said) for key, said in _odd_hook(setup, phase, hook)]
    return found


def _odd_hook(setup: Setup, phase: str, hook: Hook) -> list[tuple[str, str]]:
    found = []
    if hook.undo and hook.way_back != "reversible":
        found.append(("undo", f"is for what is reversible; this is {hook.way_back}."))
    if phase == "after" and hook.way_back == "needs_backup":
        said = "needs_backup is for before: later the old version is kept at hand and has the data."
        found.append(("way_back", said))
    registry = (hook.image or "").partition("/")[0]
    if registry and not registry.startswith("sha256:") and registry not in setup.registries:
        known = ", ".join(sorted(setup.registries)) or "none is there"
        said = f"{registry} is not under registries ({known}); images come from those only."
        found.append(("image", said))
    return found


def _of_processes(setup: Setup, environment: Environment) -> Problems:
    found: Problems = [
        (
            ("services", name, "address"),
            "expected an address of this machine, such as 127.0.0.1:8101;"
            f" found {place.address!r}.",
        )
        for name, place in environment.services.items()
        if not HERE.fullmatch(place.address)
    ]
    if environment.engine is not None:
        found.append((("engine",), "is for docker and swarm; processes run on this machine."))
    return found


def of_containers(setup: Setup, environment: Environment) -> Problems:
    found: Problems = []
    if environment.engine is None:
        found.append((("runtime",), "needs engine: which of the engines runs it. Please add it."))
    elif environment.engine not in setup.engines:
        said = f"there is no engine {environment.engine!r} under engines."
        found.append((("engine",), said))
    for name, place in environment.services.items():
        if place.data is not None and environment.runtime == "swarm":
            said = (
                "a volume is on one node, and a swarm puts tasks on any; nor can the bot reach"
                " another node's. Run it with runtime: docker, or keep its data outside."
            )
            found.append((("services", name, "data"), said))
    return found


def of_swarms(environment: Environment) -> Problems:
    """What only a swarm knows what to do with."""
    if environment.runtime != "swarm":
        said = f"is for runtime swarm; this is {environment.runtime}."
        found: Problems = [(("swarm",), said)] if environment.swarm != Swarm() else []
        return found + [
            (("services", name, "swarm"), said)
            for name, place in environment.services.items()
            if place.swarm != Placed()
        ]
    return []


def of_secrets(environment: Environment) -> Problems:
    """Files that the bot itself brings to where they are read."""
    said = {
        "process": "are for containers; a process reads files of this machine itself.",
        "swarm": "are for docker; a swarm keeps its own: name them in swarm: {secrets: […]}.",
    }.get(environment.runtime)
    return [
        (("services", name, "secrets"), said)
        for name, place in environment.services.items()
        if place.secrets and said
    ]
