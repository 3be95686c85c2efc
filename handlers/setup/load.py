"""Reading the file: every problem is named with its line, its place and what was expected."""

from __future__ import annotations

import reprlib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError as Invalid

from handlers.rules.freezes import is_window, read_edge
from handlers.setup.forms import FORMS, port
from handlers.setup.needs import Needs
from handlers.setup.on_demand import enough, on_demand
from handlers.setup.part import Part
from handlers.setup.parts import Environment, Setup
from handlers.setup.paths import with_absolute_paths
from handlers.setup.places import where_it_runs
from handlers.setup.roles import unknown_roles
from handlers.yaml_lines import Document, YamlError, read_yaml


class SetupError(Exception):
    """The file cannot be used; ``problems`` has one sentence for each thing to mend."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


P = TypeVar("P", bound=Part)

RELEASE_FILE = ".stationmaster.yml"
"""The file of a release in its own commit."""


class ReleaseFile(Part):
    """What a release says of itself."""

    needs: Needs = Needs()


def load(path: Path) -> Setup:
    """Read and validate ``path``; relative repositories are taken from the file's own folder."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        hint = "STATION_TEAM says where it is; team.example.yml is one to begin with"
        raise SetupError([f"{path}: cannot be read: {error.strerror}. {hint}."]) from error
    except UnicodeDecodeError as error:
        raise SetupError([f"{path}: is not text in UTF-8."]) from error
    setup, document = _read(str(path), text, Setup)
    setup = with_absolute_paths(setup, path.parent)
    if found := _contradictions(setup):
        raise SetupError([_say(str(path), document, *problem) for problem in found])
    return setup


def load_release(text: str) -> ReleaseFile:
    """The release's own file; SetupError names every problem in it with its line."""
    return _read(RELEASE_FILE, text, ReleaseFile)[0]


def _read(name: str, text: str, kind: type[P]) -> tuple[P, Document]:
    try:
        document = read_yaml(text)
    except YamlError as error:
        raise SetupError([f"{name}:{error.line}: {error.message}"]) from error
    try:
        return kind.model_validate(document.value), document
    except Invalid as error:
        raise SetupError(
            [_say(name, document, tuple(e["loc"]), _expectation(dict(e))) for e in error.errors()]
        ) from error


def say_at(path: Path, name: str, place: tuple[Any, ...], sentence: str) -> str:
    """A problem with a place in a file that was read before, with its line there; ``name`` is what
    the file is called."""
    try:
        document = read_yaml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YamlError):  # it has changed since
        document = Document({}, {})
    return _say(name, document, place, sentence)


def _say(name: str, document: Document, place: tuple[Any, ...], sentence: str) -> str:
    where = ".".join(str(part) for part in place if part != "[key]") or "the file"
    return f"{name}:{document.line(place)}: {where}: {sentence}"


KINDS = {
    "string_type": "text; put it in quotes",
    "tuple_type": "a list such as [a, b]",
    "dict_type": "names, each with what belongs to it",
    "model_type": "keys and their values",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "too_short": "at least one entry",
}
"""What was expected, for each kind of error that says no more than its name."""


def _expectation(error: dict[str, Any]) -> str:
    kind, context, found = error["type"], error.get("ctx", {}), _found(error["input"])
    match kind:
        case "missing":
            return "is missing; please add it."
        case "extra_forbidden":
            return "is not a known key here; is it misspelled or indented wrongly?"
        case "string_pattern_mismatch":
            return f"expected {FORMS[context['pattern']]}; found {found}."
        case "literal_error":
            return f"expected {context['expected']}; found {found}."
        case "greater_than_equal":
            return f"expected at least {context['ge']}; found {found}."
        case "greater_than":
            return f"expected more than {context['gt']:g}; found {found}."
        case "less_than_equal":
            return f"expected at most {context['le']}; found {found}."
        case "value_error":
            return f"{context['error']}; found {found}."
    return f"expected {KINDS.get(kind, error['msg'])}; found {found}."


def _found(value: Any) -> str:
    """What stands there, as far as it helps."""
    return reprlib.repr(value) if value or isinstance(value, int | float) else "nothing"


def _contradictions(setup: Setup) -> list[tuple[tuple[Any, ...], str]]:
    """What each part says alone but the parts do not say together."""
    found: list[tuple[tuple[Any, ...], str]] = []
    taken: dict[tuple[str, int], str] = {}
    for at, environment in _every(setup):
        name = at[1]
        found += unknown_roles(setup, at, environment)
        found += [((*at, *place), said) for place, said in _odd(setup, environment)]
        for service, spot in environment.services.items():
            here = (*at, "services", service)
            if service not in setup.services:
                found.append((here, "is not described under services."))
            if at[0] == "blueprints":
                continue
            # Whichever of its names an address has, it is of one machine: the port counts.
            spot_at = (_machine(setup, environment), port(spot.address))
            if other := taken.get(spot_at):
                said = f"{spot.address} is already the address of {other}."
                found.append(((*here, "address"), said))
            taken[spot_at] = f"{service} in {name}"
        found += [
            ((*at, "has", "services", service), "runs here itself; its version is read there.")
            for service in environment.has.services
            if service in environment.services
        ]
    return found + where_it_runs(setup) + on_demand(setup, taken) + _frozen(setup)


def _frozen(setup: Setup) -> list[tuple[tuple[Any, ...], str]]:
    found: list[tuple[tuple[Any, ...], str]] = []
    for name, freeze in setup.freezes.items():
        if not is_window(read_edge(freeze.begins), read_edge(freeze.ends)):
            said = f"expected the end of what begins {freeze.begins}; found '{freeze.ends}'."
            found.append((("freezes", name, "ends"), said))
        found += [
            (("freezes", name, key), f"there is no environment {one!r}.")
            for key in ("environments", "but")
            for one in getattr(freeze, key)
            if one not in setup.environments
        ]
    return found


def _every(setup: Setup) -> list[tuple[tuple[str, str], Environment]]:
    """Every environment, and for each blueprint one that would be made of it."""
    declared = [(("environments", name), one) for name, one in setup.environments.items()]
    made = [(("blueprints", n), b.at(b.ports)) for n, b in setup.blueprints.items() if enough(b)]
    return declared + made


def _machine(setup: Setup, environment: Environment) -> str:
    engine = setup.engines.get(environment.engine or "")
    return engine.machine if engine else ""


def _odd(setup: Setup, environment: Environment) -> list[tuple[tuple[Any, ...], str]]:
    """What a blueprint says that cannot be."""
    found: list[tuple[tuple[Any, ...], str]] = [
        (("smoke", number, "service"), f"{check.service} is not among the services here.")
        for number, check in enumerate(environment.smoke)
        if check.service not in environment.services
    ]
    for name, place in environment.services.items():
        service = setup.services.get(name)
        if place.data and service and place.data.variable in service.variables:
            said = f"{place.data.variable} is among the service's own variables already."
            found.append((("services", name, "data", "variable"), said))
    return found
