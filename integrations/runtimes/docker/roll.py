"""A roll: containers of one operation take over from those of all others, a few at a time.

At most ``surge`` more than ``replicas`` are there at any moment, and at least ``replicas`` less
``unavailable`` serve. The last ``surge`` of the others stay there, drained, as the way back. Where
it is, is read anew at every turn, so one that was broken off is simply rolled again.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from handlers.ports import Container, Look, Plan, PortError
from integrations.runtimes.docker.client import Refused
from integrations.runtimes.docker.config import Lead
from integrations.runtimes.docker.containers import Containers, Found
from integrations.runtimes.docker.looks import Looks
from integrations.runtimes.docker.router import Router, Server
from integrations.runtimes.docker.words import container_of, place_of

PAUSE = 0.1  # seconds between looks while something has to come true


@dataclass(frozen=True)
class Hands:
    """What works on one service."""

    containers: Containers
    router: Router
    looks: Looks

    def drain(self, going: tuple[Found, ...], limit: float) -> None:
        """No new requests for these; wait for those under way, at most ``limit`` seconds; then
        the router forgets them, so that their addresses can be others'."""
        names = {one.name for one in going if one.state == "running"}
        deadline = time.monotonic() + limit
        try:
            while names and self.router.close(names) and time.monotonic() < deadline:
                time.sleep(PAUSE)
            self.router.drop(names)
        except Refused as no:
            if no.status not in (404, 409):  # there is no router, or it does not run
                raise

    def end(self, going: tuple[Found, ...], limit: float) -> None:
        self.drain(going, limit)
        for one in going:
            self.containers.stop(one)
            self.containers.remove(one)


def is_way_back(plan: Plan, lead: Lead | None) -> bool:
    """Whether a deployment takes its own switch back by ``plan``."""
    return lead is not None and lead.fence == plan.fence and lead.operation != plan.operation


class Roll:
    """One roll to what ``plan`` says."""

    def __init__(self, hands: Hands, plan: Plan) -> None:
        self._hands = hands
        self._plan = plan
        self._how: Container = container_of(plan)
        self._proved: set[str] = set()
        self._is_back = False

    def through(self, before: Lead | None) -> Lead:
        """Roll until all replicas serve and no others do. PortError when one of them is unfit:
        then the address leads here on record, and has to be led back."""
        mine, _ = self._read()
        self._proved = {one.name for one in mine if one.is_alive}
        # Who takes a switch back does it because the others are unfit.
        self._is_back = is_way_back(self._plan, before)
        if self._is_back:
            for one in mine:
                if not one.is_alive:  # ended since, as all does where a daemon dies
                    self._hands.containers.run(one.id)
        lead = self._record(mine, before)
        deadline = time.monotonic() + self._plan.health.timeout
        while not self._is_through():
            if self._step():
                deadline = time.monotonic() + self._plan.health.timeout
            elif time.monotonic() > deadline:
                raise PortError(self._late(), permanent=True)
            else:
                time.sleep(PAUSE)
        return self._record(self._read()[0], lead)

    def _step(self) -> bool:
        """Do what can be done now; whether anything was."""
        mine, others = self._read()
        proved = [one for one in mine if self._is_proved(one)]
        self._lead(proved, others)
        room = self._how.replicas + self._how.surge - len(mine) - len(others)
        missing = self._how.replicas - len(mine)
        if missing <= 0:
            return False
        if room > 0:
            numbers = set(range(1, self._how.replicas + 1)) - {one.number for one in mine}
            for number in sorted(numbers)[: min(room, missing)]:
                self._hands.containers.start(self._plan, number)
            return True
        closed = others[self._needed(proved) :]
        spare = closed[: max(0, len(others) - self._how.surge)][:missing]
        self._hands.end(spare, self._plan.drain)
        return bool(spare)

    def _is_through(self) -> bool:
        mine, others = self._read()
        proved = [one for one in mine if self._is_proved(one)]
        if len(proved) < self._how.replicas:
            return False
        self._lead(proved, others)
        for one in proved:
            self._hands.containers.keep_up(one)
        return True

    def _lead(self, proved: list[Found], others: tuple[Found, ...]) -> None:
        needed = self._needed(proved)
        wanted = [self._server(one, True) for one in proved]
        wanted += [self._server(one, True) for one in others[:needed]]
        wanted += [self._server(one, False) for one in others[needed:]]
        self._hands.router.have(server for server in wanted if server.ip)

    def _needed(self, proved: list[Found]) -> int:
        """How many of the others have to serve still."""
        if self._is_back and proved:
            return 0
        return max(0, self._how.replicas - self._how.unavailable - len(proved))

    def _is_proved(self, one: Found) -> bool:
        """Those that were there before the roll have been looked at by whoever asked for it."""
        if one.name in self._proved:
            return True
        look: Look = self._hands.looks.all(self._plan, (one,))
        if look.state in ("exited", "absent"):
            text = f"The container {one.name} is not fit to serve. {look.reason}"
            raise PortError(" ".join((text, *look.log[-1:])), permanent=True)
        if look.state == "healthy":
            self._proved.add(one.name)
        return look.state == "healthy"

    def _late(self) -> str:
        mine, _ = self._read()
        late = ", ".join(one.name for one in mine if one.name not in self._proved)
        limit = f"{self._plan.health.timeout:.0f} s"
        return f"{late or 'A container'} had {limit} to become healthy and is not."

    def _record(self, mine: tuple[Found, ...], before: Lead | None) -> Lead:
        plan = self._plan
        lead = Lead(
            operation=plan.operation,
            fence=plan.fence,
            version=plan.version,
            commit=plan.commit,
            address=plan.address,
            port=self._how.port,
            servers=tuple((one.name, one.ip) for one in mine if one.ip),
        )
        if lead != before:
            self._hands.router.write(lead)
        return lead

    def _read(self) -> tuple[tuple[Found, ...], tuple[Found, ...]]:
        """Ours, and those of all others that run; the ones that are next to go are last."""
        there = self._hands.containers.of(place_of(self._plan))
        mine = tuple(one for one in there if one.operation == self._plan.operation)
        others = tuple(one for one in there if one.operation != self._plan.operation)
        return mine, tuple(one for one in others if one.state == "running")

    def _server(self, one: Found, is_open: bool) -> Server:
        return Server(one.name, one.ip, one.port, is_open)
