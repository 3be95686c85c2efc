"""Questions to the manager of a swarm: services changed only as they were last seen."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from handlers.ports import PortError
from integrations.runtimes.docker.client import LIMIT, Engine, Question, Refused
from integrations.runtimes.docker.images import auth_for
from integrations.runtimes.docker.talk import unframed
from integrations.runtimes.docker.words import chosen
from integrations.runtimes.process.logs import LINES, clean
from integrations.runtimes.swarm.seen import Node, Task, moment, node_of, task_of
from integrations.runtimes.swarm.standing import Service

MOVED = "update out of sequence"
"""How a manager says that somebody else has changed it in between."""
TAKEN = "name conflicts with an existing object"
"""How it says so when another one of that name came in the same moment."""
STAMP = re.compile(r"^\S+Z ")


class Swarm:
    """One swarm, through one of its managers."""

    def __init__(self, engine: Engine, credentials: Mapping[str, str]) -> None:
        """``credentials`` has a file for each registry: what nodes show it for an image."""
        self.engine = engine
        self._credentials = credentials

    def state(self) -> Mapping[str, Any]:
        seen: Mapping[str, Any] = self.engine.ask("GET", "/info")
        return seen

    def now(self) -> datetime:
        """By the manager's clock, as everything else that it says."""
        try:
            return moment(self.state()["SystemTime"])
        except (KeyError, ValueError):
            return datetime.now(UTC)

    def nodes(self) -> dict[str, Node]:
        return {one["ID"]: node_of(one) for one in self.engine.ask("GET", "/nodes")}

    def service(self, name: str) -> Service | None:
        found: Service | None = self.engine.find(f"/services/{name}")
        return found if found and found["Spec"]["Name"] == name else None

    def network(self, name: str) -> str:
        """The id of the network of that name; empty when there is none."""
        found = self.engine.find(f"/networks/{name}")
        return str(found["Id"]) if found and found["Name"] == name else ""

    def have_network(self, wanted: Mapping[str, Any]) -> None:
        """Make sure that there is one; asked for twice at once, a swarm takes one and says so."""
        try:
            self.engine.make_sure("POST", "/networks/create", 409, body=wanted)
        except Refused as no:
            if TAKEN not in no.said:
                raise

    def services(self, **labels: str) -> list[Service]:
        found: list[Service] = self.engine.ask("GET", "/services", filters=chosen(**labels))
        return found

    def tasks(self, services: Iterable[Service], nodes: Mapping[str, Node]) -> list[Task]:
        wanted = [one["ID"] for one in services]
        if not wanted:
            return []
        try:
            seen = self.engine.ask("GET", "/tasks", filters={"service": wanted})
        except Refused as no:
            if no.status != 404:
                raise
            # One of them is gone since: a swarm then tells nothing of the others either.
            every = self.engine.ask("GET", "/tasks")
            seen = [one for one in every if one["ServiceID"] in wanted]
        return [task_of(one, nodes) for one in seen]

    def is_up(self, task: str) -> bool:
        """Does it run still, on a node that can be reached, whatever became of its service?"""
        seen = self.engine.find(f"/tasks/{task}")
        return seen is not None and task_of(seen, self.nodes()).is_up

    def create(self, spec: Mapping[str, Any]) -> None:
        """Make sure that there is a service of that name; one that is there is left as it is."""
        try:
            self._send("/services/create", spec)
        except Refused as no:
            if no.status != 409:
                raise

    def change(self, seen: Service, spec: Mapping[str, Any]) -> bool:
        """Whether it was changed: not when somebody else has done so since it was ``seen``."""
        return self._update(seen, spec, {})

    def take_back(self, seen: Service) -> bool:
        """Back to what it was before its last change; whether it was, as in ``change``."""
        return self._update(seen, seen["Spec"], {"rollback": "previous"})

    def remove(self, name: str) -> None:
        self.engine.make_sure("DELETE", f"/services/{name}", 404)

    def log(self, task: Task) -> tuple[str, ...]:
        """The last lines that a task wrote, wherever it is or was, fit for a person's eyes."""
        query = {"stdout": "1", "stderr": "1", "tail": str(LINES * 2), "timestamps": "1"}
        try:
            framed = self.engine.read("GET", f"/tasks/{task.id}/logs", None, **query)
        except PortError:
            return ()
        # Both outputs come side by side: their times put them into order again.
        lines = sorted(unframed(framed).decode("utf-8", "replace").splitlines())
        words = (clean(STAMP.sub("", line)) for line in lines[-LINES * 4 :])
        return tuple(line for line in words if line)[-LINES:]

    def config(self, name: str, data: str, labels: Mapping[str, str]) -> str:
        """The id of the config of that name, made if it is not there."""
        packed = base64.b64encode(data.encode()).decode()
        body = {"Name": name, "Labels": labels, "Data": packed}
        self.engine.make_sure("POST", "/configs/create", 409, body=body)
        return self.kept("configs", (name,))[name]

    def has_config(self, name: str) -> bool:
        return self.engine.find(f"/configs/{name}") is not None

    def configs(self, **labels: str) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = self.engine.ask(
            "GET", "/configs", filters=chosen(**labels)
        )
        return found

    def drop_config(self, name: str) -> None:
        """Forget it, unless a task still has it: the swarm itself refuses that."""
        self.engine.make_sure("DELETE", f"/configs/{name}", 400, 404, 409)

    def kept(self, kind: str, names: tuple[str, ...]) -> dict[str, str]:
        """The ids of secrets or configs; a permanent PortError names what is not there."""
        if not names:
            return {}
        listed = self.engine.ask("GET", f"/{kind}", filters={"name": list(names)})
        found = {one["Spec"]["Name"]: str(one["ID"]) for one in listed}
        for name in names:
            if name not in found:
                text = f"{self.engine.name} keeps no {kind[:-1]} {name}."
                raise PortError(text, permanent=True)
        return {name: found[name] for name in names}

    def refusal(self, image: str) -> str:
        """Why the registry does not hand out an image, in its words; empty when it would."""
        auth = auth_for(image.partition("/")[0], self._credentials)
        question = Question("GET", f"/distribution/{image}/json", headers={"X-Registry-Auth": auth})
        try:
            list(self.engine.follow(question, LIMIT))
        except Refused as no:
            return no.said.rstrip(".")
        return ""

    def _update(self, seen: Service, spec: Mapping[str, Any], more: Mapping[str, str]) -> bool:
        query = {"version": str(seen["Version"]["Index"]), **more}
        try:
            self._send(f"/services/{seen['ID']}/update", spec, query)
        except Refused as no:
            if MOVED in no.said or no.status == 404:
                return False
            raise
        return True

    def _send(self, path: str, spec: Mapping[str, Any], query: Mapping[str, str] = {}) -> None:
        image = spec["TaskTemplate"]["ContainerSpec"]["Image"]
        auth = auth_for(image.partition("/")[0], self._credentials)
        headers = {"X-Registry-Auth": auth}
        question = Question("POST", path, json.dumps(spec).encode(), query, headers)
        for _ in self.engine.follow(question, LIMIT):
            pass
