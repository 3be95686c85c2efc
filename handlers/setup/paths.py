"""Paths in the file are taken from the file's own folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from handlers.setup.parts import Environment, Place, Setup


def with_absolute_paths(setup: Setup, folder: Path) -> Setup:
    """The same setup with every repository and every folder of data as an absolute path."""
    services = {
        name: service.model_copy(update={"repository": _repository(service.repository, folder)})
        for name, service in setup.services.items()
    }
    environments = {name: _placed(one, folder) for name, one in setup.environments.items()}
    engines = {
        name: one.model_copy(update={"tls": str((folder / one.tls).resolve())}) if one.tls else one
        for name, one in setup.engines.items()
    }
    changed = {"services": services, "environments": environments, "engines": engines}
    return setup.model_copy(update=changed)


def missing_folders(setup: Setup) -> list[tuple[tuple[Any, ...], str]]:
    """Every folder of data that is not there, with its place in the file."""
    return [
        (("environments", name, "services", service, "data", key), f"there is no folder {path}.")
        for name, environment in setup.environments.items()
        for service, place in environment.services.items()
        for key, path in _folders(place)
        if not Path(path).is_dir()
    ]


def _folders(place: Place) -> list[tuple[str, str]]:
    if place.data is None:
        return []
    baseline = [("baseline", place.data.baseline)] if place.data.baseline else []
    return baseline + [("seeds", seed) for seed in place.data.seeds]


def _repository(repository: str, folder: Path) -> str:
    if "://" in repository or re.match(r"^[\w.-]+@[\w.-]+:", repository):
        return repository
    return str((folder / repository).resolve())


def _placed(environment: Environment, folder: Path) -> Environment:
    services = {name: _with_data(place, folder) for name, place in environment.services.items()}
    return environment.model_copy(update={"services": services})


def _with_data(place: Place, folder: Path) -> Place:
    if place.data is None:
        return place
    told = {
        "baseline": str((folder / place.data.baseline).resolve()) if place.data.baseline else "",
        "seeds": tuple(str((folder / seed).resolve()) for seed in place.data.seeds),
    }
    return place.model_copy(update={"data": place.data.model_copy(update=told)})
