"""Containers of services: made once by their names, recognised by their labels after any crash."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from handlers.ports import Plan, PortError
from integrations.runtimes.docker.client import Engine, Refused
from integrations.runtimes.docker.gone import take_away
from integrations.runtimes.docker.secrets import Secrets
from integrations.runtimes.docker.talk import unframed
from integrations.runtimes.docker.times import moment
from integrations.runtimes.docker.words import (
    GRACE,
    OURS,
    Place,
    alias,
    chosen,
    place_of,
    service_container,
)
from integrations.runtimes.process.logs import LINES, clean

READY = ("created", "running", "paused", "restarting")
KEEP_UP = {"RestartPolicy": {"Name": "unless-stopped"}}


@dataclass(frozen=True)
class Found:
    """A container of a service as the Engine lists it."""

    id: str
    state: str
    ip: str
    image: str
    labels: Mapping[str, str]

    @property
    def operation(self) -> str:
        return self.labels.get(f"{OURS}.operation", "")

    @property
    def service(self) -> str:
        return self.labels.get(f"{OURS}.service", "")

    @property
    def port(self) -> int:
        """What it listens on inside."""
        return int(self.labels.get(f"{OURS}.port", "0"))

    @property
    def number(self) -> int:
        return int(self.labels.get(f"{OURS}.number", "0"))

    @property
    def name(self) -> str:
        return alias(self.operation, self.number)

    @property
    def is_alive(self) -> bool:
        return self.state in ("running", "restarting", "paused")


class Containers:
    """All containers of services on one Engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.secrets = Secrets(engine)

    def of(self, place: Place) -> tuple[Found, ...]:
        wanted = chosen(environment=place.environment, service=place.service, role="service")
        return self._list(wanted)

    def of_operation(self, place: Place, operation: str) -> tuple[Found, ...]:
        return tuple(one for one in self.of(place) if one.operation == operation)

    def of_environment(self, environment: str) -> tuple[Found, ...]:
        return self._list(chosen(environment=environment, role="service"))

    def strangers(self, environment: str) -> tuple[Found, ...]:
        """What others have put into the network of an environment; each by its own name."""
        wanted = {"network": [f"{OURS}-{environment}"]}
        listed = self._engine.ask("GET", "/containers/json", None, all="1", filters=wanted)
        found = [
            (one["Names"][0].lstrip("/"), _found(one))
            for one in listed
            if f"{OURS}.environment" not in one["Labels"] and one["State"] != "removing"
        ]
        return tuple(replace(one, labels={f"{OURS}.service": name}) for name, one in sorted(found))

    def start(self, plan: Plan, number: int) -> None:
        """Make sure that it was made and started once; what has ended since stays ended.

        What timed out at our side may have happened all the same: of one name there is only one,
        and what is there already is looked at before it is touched.
        """
        name = place_of(plan).container(plan.operation, number)
        if not self._create(plan, number, name):
            there = self._engine.find(f"/containers/{name}/json")
            if there is None:
                raise PortError(f"The container {name} is still being removed.")
            if there["State"]["Status"] != "created":
                return
        self.run(name)

    def run(self, name: str) -> None:
        """Start what was created or has ended; running is success."""
        self._engine.make_sure("POST", f"/containers/{name}/start", 304)

    def keep_up(self, found: Found) -> None:
        """From now on the Engine starts it again by itself."""
        self._engine.ask("POST", f"/containers/{found.id}/update", KEEP_UP)

    def inspect(self, found: Found) -> Mapping[str, Any] | None:
        """Its state in all detail; None when it is gone."""
        there = self._engine.find(f"/containers/{found.id}/json")
        if there is None:
            return None
        state: dict[str, Any] = there["State"] | {"Restarts": there["RestartCount"]}
        if state["Running"] and state["Restarts"]:
            state["OOMKilled"] = self._ran_out_of_memory(there)
        return state

    def _ran_out_of_memory(self, there: Mapping[str, Any]) -> bool:
        """Before it was started again, which makes its state forget it: as far as the Engine, which
        keeps its last few hundred events, still knows."""
        made, started = (moment(text) for text in (there["Created"], there["State"]["StartedAt"]))
        if made is None or started is None:
            return False
        query = {
            "since": f"{made.timestamp():.6f}",
            "until": f"{started.timestamp():.6f}",  # an end that is to come would be waited for
            "filters": {"container": [there["Id"]], "event": ["oom"]},
        }
        return bool(self._engine.read("GET", "/events", None, **query).strip())

    def log(self, found: Found) -> tuple[str, ...]:
        """The last lines that it wrote, fit for a person's eyes."""
        return last_words(self._engine, found.id)

    def stop(self, found: Found) -> None:
        """Ask it to end, then end it; it stays there, ended."""
        path = f"/containers/{found.id}/stop"
        self._engine.make_sure("POST", path, 304, 404, t=str(GRACE))

    def remove(self, found: Found) -> None:
        """Take away what has ended; being taken away by somebody else is success."""
        take_away(self._engine, found.id, found.name)

    def _create(self, plan: Plan, number: int, name: str) -> bool:
        """Whether it was made just now; False when one of that name is there."""
        body = service_container(plan, number)
        try:
            with self.secrets.at_hand(plan):
                return self._engine.make_sure(
                    "POST", "/containers/create", 409, body=body, name=name
                )
        except Refused as no:
            if no.status == 404 and "image" in no.said.lower():
                text = f"{plan.service} {plan.version} is not prepared: its image is not there."
                raise PortError(text, permanent=True) from None
            raise

    def _list(self, wanted: Mapping[str, list[str]]) -> tuple[Found, ...]:
        listed = self._engine.ask("GET", "/containers/json", None, all="1", filters=wanted)
        found = [_found(one) for one in listed if one["State"] != "removing"]
        return tuple(sorted(found, key=lambda one: (one.operation, one.number)))


def last_words(engine: Engine, container: str) -> tuple[str, ...]:
    """The last lines that a container wrote, fit for a person's eyes."""
    query = {"stdout": "1", "stderr": "1", "tail": str(LINES * 2)}
    try:
        framed = engine.read("GET", f"/containers/{container}/logs", None, **query)
    except Refused:
        return ()
    text = unframed(framed).decode("utf-8", "replace")
    lines = (clean(line) for line in re.split(r"[\r\n]+", text)[-LINES * 4 :])
    return tuple(line for line in lines if line)[-LINES:]


def _found(listed: Mapping[str, Any]) -> Found:
    networks = listed["NetworkSettings"]["Networks"].values()
    ip = next((one["IPAddress"] for one in networks if one["IPAddress"]), "")
    return Found(listed["Id"], listed["State"], ip, listed["ImageID"], listed["Labels"])
