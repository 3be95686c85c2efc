"""Paths in the file are taken from the file's own folder."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, TypeVar

from handlers.setup.parts import Blueprint, Environment, Setup, Spot

E = TypeVar("E", Environment, Blueprint)
P = TypeVar("P", bound=Spot)


def with_absolute_paths(setup: Setup, folder: Path) -> Setup:
    """The same setup with every repository and every folder of data as an absolute path."""
    services = {
        name: service.model_copy(update={"repository": _repository(service.repository, folder)})
        for name, service in setup.services.items()
    }
    environments = {name: _placed(one, folder) for name, one in setup.environments.items()}
    blueprints = {name: _placed(one, folder) for name, one in setup.blueprints.items()}
    engines = {
        name: one.model_copy(update={"tls": str((folder / one.tls).resolve())}) if one.tls else one
        for name, one in setup.engines.items()
    }
    registries = {
        name: one.model_copy(update={"credentials": str((folder / one.credentials).resolve())})
        if one.credentials
        else one
        for name, one in setup.registries.items()
    }
    changed: dict[str, Any] = {"services": services, "environments": environments}
    changed |= {"engines": engines, "registries": registries, "blueprints": blueprints}
    return setup.model_copy(update=changed)


def missing_folders(setup: Setup) -> list[str]:
    """A sentence for every folder of data that is not there. A folder may be away for a while, as
    a mount is: that is no error of the file, and keeps nothing else from going on."""
    return [
        f"{part}.{name}.services.{service}.data.{key}: there is no folder {path}."
        for part in ("environments", "blueprints")
        for name, shape in getattr(setup, part).items()
        for service, place in shape.services.items()
        for key, path in _folders(place)
        if not Path(path).is_dir()
    ]


def missing_secrets(setup: Setup) -> list[str]:
    """Likewise for every secret that cannot be read."""
    return [
        f"{part}.{name}.services.{service}.secrets.{key}: there is no file {path} to be read."
        for part in ("environments", "blueprints")
        for name, shape in getattr(setup, part).items()
        for service, place in shape.services.items()
        for key, path in place.secrets.items()
        if not os.access(path, os.R_OK) or not Path(path).is_file()
    ]


def _folders(place: Spot) -> list[tuple[str, str]]:
    if place.data is None:
        return []
    baseline = [("baseline", place.data.baseline)] if place.data.baseline else []
    return baseline + [("seeds", seed) for seed in place.data.seeds]


def _repository(repository: str, folder: Path) -> str:
    if "://" in repository or re.match(r"^[\w.-]+@[\w.-]+:", repository):
        return repository
    return str((folder / repository).resolve())


def _placed(shape: E, folder: Path) -> E:
    services = {
        name: _with_data(_with_secrets(place, folder), folder)
        for name, place in shape.services.items()
    }
    return shape.model_copy(update={"services": services})


def _with_secrets(place: P, folder: Path) -> P:
    paths = {name: str((folder / path).resolve()) for name, path in place.secrets.items()}
    return place.model_copy(update={"secrets": paths}) if paths else place


def _with_data(place: P, folder: Path) -> P:
    if place.data is None:
        return place
    told = {
        "baseline": str((folder / place.data.baseline).resolve()) if place.data.baseline else "",
        "seeds": tuple(str((folder / seed).resolve()) for seed in place.data.seeds),
    }
    return place.model_copy(update={"data": place.data.model_copy(update=told)})
