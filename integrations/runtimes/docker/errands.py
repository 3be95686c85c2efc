"""Errands as containers: made once by their names, looked at by them after any crash."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from handlers.ports import Errand, PortError, Report, Say, silent
from integrations.runtimes.docker.client import Refused
from integrations.runtimes.docker.containers import last_words
from integrations.runtimes.docker.gone import take_away
from integrations.runtimes.docker.images import Images
from integrations.runtimes.docker.looks import said_end
from integrations.runtimes.docker.secrets import Secrets
from integrations.runtimes.docker.words import (
    GRACE,
    Place,
    container_of,
    errand_container,
    image_named,
    place_of,
)

if TYPE_CHECKING:
    from integrations.runtimes.docker.runtime import Host


class DockerErrands:
    """The part of the docker runtime that runs programs once."""

    _turns: defaultdict[Place, threading.RLock]

    def send(self, errand: Errand, say: Say = silent) -> None:
        engine, name = self._host(errand.plan.environment).engine, _name(errand)
        if errand.image:
            self._images(errand.plan.environment).have(
                image_named(errand.image), errand.plan.service, say
            )
        with self._turns[place_of(errand.plan)]:
            there = engine.find(f"/containers/{name}/json")
            if there is None:
                self._create(errand)
            if there is None or there["State"]["Status"] == "created":
                engine.make_sure("POST", f"/containers/{name}/start", 304)

    def report(self, errand: Errand) -> Report:
        engine, name = self._host(errand.plan.environment).engine, _name(errand)
        there = engine.find(f"/containers/{name}/json")
        if there is None:
            return Report("absent", reason="There is no container of it.")
        state, log = there["State"] | {"Restarts": 0}, last_words(engine, name)
        if state["Status"] in ("running", "paused", "restarting"):
            return Report("running", reason="It runs.", log=log)
        code = None if state["Status"] == "created" else int(state["ExitCode"])
        return Report("ended", code, said_end(errand.plan, state), log)

    def recall(self, errand: Errand) -> None:
        engine, name = self._host(errand.plan.environment).engine, _name(errand)
        engine.make_sure("POST", f"/containers/{name}/stop", 304, 404, t=str(GRACE))
        take_away(engine, name, name)
        if container_of(errand.plan).secrets:
            with self._turns[place_of(errand.plan)]:
                Secrets(engine).drop(place_of(errand.plan), errand.plan.operation)

    def _create(self, errand: Errand) -> None:
        """One that others have made meanwhile is the same."""
        plan, engine = errand.plan, self._host(errand.plan.environment).engine
        if not self._is_prepared(place_of(plan)):
            text = f"{plan.service} {plan.version} is not prepared."
            raise PortError(text, permanent=True)
        body: Mapping[str, Any] = errand_container(errand)
        try:
            with Secrets(engine).at_hand(plan):
                engine.make_sure("POST", "/containers/create", 409, body=body, name=_name(errand))
        except Refused as no:
            if no.status == 404 and "image" in no.said.lower():
                text = f"{plan.service} {plan.version} is not prepared: its image is not there."
                raise PortError(text, permanent=True) from None
            raise

    def _is_prepared(self, place: Place) -> bool:
        raise NotImplementedError

    def _host(self, environment: str) -> Host:
        raise NotImplementedError

    def _images(self, environment: str) -> Images:
        raise NotImplementedError


def _name(errand: Errand) -> str:
    return place_of(errand.plan).errand(errand.plan.operation, errand.name)
