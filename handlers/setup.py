"""team.yml -> one validated, frozen Setup. Every problem is named with its file, line and place.

``team.example.yml`` is the manual of this file and an input of its tests.
"""

from __future__ import annotations

import hashlib
import re
import reprlib
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic import ValidationError as Invalid

from handlers.yaml_lines import Document, YamlError, read_yaml

NAME = r"^[a-z][a-z0-9-]{0,39}$"
USER = r"^[UW][A-Z0-9]{2,20}$"
GROUP = r"^S[A-Z0-9]{2,20}$"
CHANNEL = r"^[CG][A-Z0-9]{2,20}$"
TEAM = r"^[TE][A-Z0-9]{2,20}$"
ADDRESS = r"^(127\.0\.0\.1|localhost|0\.0\.0\.0):[1-9]\d{0,4}$"
PATH = r"^/[\x21-\x7e]*$"
VARIABLE = r"^[A-Z][A-Z0-9_]*$"

FORMS = {
    NAME: "a name of small letters, digits and hyphens that begins with a letter",
    USER: "the id of a Slack user, such as U0123ABCD (their profile → Copy member ID)",
    GROUP: "the id of a Slack user group, such as S0123ABCD",
    CHANNEL: "the id of a Slack channel, such as C0123ABCD (its details, at the very bottom)",
    TEAM: "the id of a Slack workspace, such as T0123ABCD",
    ADDRESS: "an address of this machine, such as 127.0.0.1:8101",
    PATH: "a path such as /healthz",
    VARIABLE: "the name of a variable in capital letters, such as SHOP_THEME",
}
"""What each pattern means, for people."""


def port(address: str) -> int:
    return int(address.rpartition(":")[2])


def real_port(address: str) -> str:
    if port(address) > 65535:
        raise ValueError("expected a port of at most 65535")
    return address


def formed(pattern: str) -> StringConstraints:
    return StringConstraints(pattern=pattern)


Name = Annotated[str, formed(NAME)]
UserId = Annotated[str, formed(USER)]
GroupId = Annotated[str, formed(GROUP)]
ChannelId = Annotated[str, formed(CHANNEL)]
TeamId = Annotated[str, formed(TEAM)]
Address = Annotated[str, formed(ADDRESS), AfterValidator(real_port)]
Count = Annotated[int, Field(strict=True, ge=0, le=10)]

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def seconds(text: Any) -> float:
    """``90s``, ``30m``, ``4h``, ``2d`` -> seconds."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd])", text) if isinstance(text, str) else None
    length = float(match[1]) * _UNITS[match[2]] if match else 0.0
    if not 0 < length <= 30 * 86400:
        raise ValueError("expected a time such as 45s, 30m, 4h or 2d, at most 30d")
    return length


Duration = Annotated[float, BeforeValidator(seconds)]


class Part(BaseModel):
    """A part of the file: unknown keys are refused, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Role(Part):
    """Who has a role: people by Slack user id, and everybody in some user groups."""

    people: tuple[UserId, ...] = ()
    groups: tuple[GroupId, ...] = ()


class Health(Part):
    path: Annotated[str, formed(PATH)] = "/healthz"
    timeout: Duration = 30.0


class Service(Part):
    """Something the team deploys, and how its process is started and judged."""

    repository: str
    command: Annotated[tuple[str, ...], Field(min_length=1)]
    variables: dict[Annotated[str, formed(VARIABLE)], str] = {}
    health: Health = Health()
    drain: Duration = 10.0
    watch: Duration = 3.0
    """How long the new version is watched after the switch before the old one is stopped."""
    keep: Annotated[int, Field(strict=True, ge=2, le=50)] = 5


class Approvals(Part):
    needed: Count = 0
    by: tuple[Name, ...] = ("approver",)
    expire: Duration = 1800.0


class Place(Part):
    """A service's place in an environment: its stable address, and a stricter count if wanted."""

    address: Address
    approvals: Count | None = None


class Environment(Part):
    tier: Literal["development", "test", "staging", "production"]
    channel: ChannelId
    runtime: Literal["process"] = "process"
    services: Annotated[dict[Name, Place], Field(min_length=1)]
    deploy: tuple[Name, ...] = ("developer", "operator")
    rollback: tuple[Name, ...] = ("operator", "approver")
    unlock: tuple[Name, ...] = ("operator", "approver")
    approvals: Approvals = Approvals()
    lock_on_failure: bool | None = None

    @property
    def locks_on_failure(self) -> bool:
        """Production is locked after a failure unless the file says otherwise; others are not."""
        if self.lock_on_failure is None:
            return self.tier == "production"
        return self.lock_on_failure

    def approvals_needed(self, service: str) -> int:
        stricter = self.services[service].approvals
        return self.approvals.needed if stricter is None else stricter

    def may(self, permission: str) -> tuple[str, ...]:
        """The roles that have a permission here: deploy, rollback, unlock or approve."""
        if permission == "approve":
            return self.approvals.by
        roles: tuple[str, ...] = getattr(self, permission)
        return roles


class Setup(Part):
    team: TeamId
    roles: dict[Name, Role]
    services: Annotated[dict[Name, Service], Field(min_length=1)]
    environments: Annotated[dict[Name, Environment], Field(min_length=1)]

    @cached_property
    def policy(self) -> str:
        """Names what was in force when something was approved: any change here is another one."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]

    @property
    def groups(self) -> tuple[str, ...]:
        return tuple(sorted({g for role in self.roles.values() for g in role.groups}))


class SetupError(Exception):
    """The file cannot be used; ``problems`` has one sentence for each thing to mend."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load(path: Path) -> Setup:
    """Read and validate ``path``; relative repositories are taken from the file's own folder."""
    try:
        document = read_yaml(path.read_text(encoding="utf-8"))
    except OSError as error:
        hint = "STATION_TEAM says where it is; team.example.yml is one to begin with"
        raise SetupError([f"{path}: cannot be read: {error.strerror}. {hint}."]) from error
    except UnicodeDecodeError as error:
        raise SetupError([f"{path}: is not text in UTF-8."]) from error
    except YamlError as error:
        raise SetupError([f"{path}:{error.line}: {error.message}"]) from error
    try:
        setup = Setup.model_validate(document.value)
    except Invalid as error:
        raise SetupError(
            [_say(path, document, tuple(e["loc"]), _expectation(dict(e))) for e in error.errors()]
        ) from error
    problems = [_say(path, document, *problem) for problem in _contradictions(setup)]
    if problems:
        raise SetupError(problems)
    return _with_absolute_repositories(setup, path.parent)


def _say(path: Path, document: Document, place: tuple[Any, ...], sentence: str) -> str:
    where = ".".join(str(part) for part in place if part != "[key]") or "the file"
    return f"{path}:{document.line(place)}: {where}: {sentence}"


KINDS = {
    "string_type": "text; put it in quotes",
    "tuple_type": "a list such as [a, b]",
    "dict_type": "names, each with what belongs to it",
    "model_type": "keys and their values",
    "int_type": "a whole number",
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
    taken: dict[int, str] = {}
    for name, environment in setup.environments.items():
        at = ("environments", name)
        for permission in ("deploy", "rollback", "unlock", "approve"):
            place = (*at, "approvals", "by") if permission == "approve" else (*at, permission)
            found += [
                (place, f"there is no role {role!r} under roles.")
                for role in environment.may(permission)
                if role not in setup.roles and (permission != "approve" or _asks(environment))
            ]
        for service, spot in environment.services.items():
            here = (*at, "services", service)
            if service not in setup.services:
                found.append((here, "is not described under services."))
            # Whichever of its names an address has, it is of this machine: the port counts.
            if other := taken.get(port(spot.address)):
                said = f"{spot.address} is already the address of {other}."
                found.append(((*here, "address"), said))
            taken[port(spot.address)] = f"{service} in {name}"
    return found


def _asks(environment: Environment) -> bool:
    return any(environment.approvals_needed(service) for service in environment.services)


def _with_absolute_repositories(setup: Setup, folder: Path) -> Setup:
    def absolute(repository: str) -> str:
        if "://" in repository or re.match(r"^[\w.-]+@[\w.-]+:", repository):
            return repository
        return str((folder / repository).resolve())

    services = {
        name: service.model_copy(update={"repository": absolute(service.repository)})
        for name, service in setup.services.items()
    }
    return setup.model_copy(update={"services": services})
