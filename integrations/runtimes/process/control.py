"""The bot's side of the router: find it, start it when it is missing, give it orders."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import requests

from handlers.ports import PortError
from integrations.disk import locked
from integrations.runtimes.process import logs
from integrations.runtimes.process.route import Route, read_routes
from integrations.runtimes.process.spawn import collect, has_ended, spawn, until

ROOT = Path(__file__).parents[3]
START_LIMIT = 15.0  # seconds; a loaded machine imports slowly
ORDER_LIMIT = 5.0
HELD = 75  # exit code of a router that found another one; that one may be about to end
ENDED = (0, -9, -15)  # and of one that was ended on purpose, by us or by somebody
UNANSWERED = (OSError, ValueError, KeyError)  # requests' own errors are OSErrors
PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR")


@dataclass(frozen=True)
class Traffic:
    """All the router knows: its process, its routes, requests under way per operation."""

    pid: int
    routes: tuple[Route, ...]
    flying: dict[str, int]
    asked: dict[str, int] | None  # requests per address since it runs, if it counts them
    silent: tuple[str, ...]  # addresses it cannot listen on, somebody else has them

    def of(self, environment: str, service: str) -> Route | None:
        return next((route for route in self.routes if route.is_of(environment, service)), None)


class Control:
    """Talks to the one router of a home through a port of this machine and a secret in a file."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "router"
        self._door = self._folder / "control.json"
        self._child: int | None = None

    def traffic(self) -> Traffic:
        return _traffic(self._order("GET", "/traffic", {}))

    def traffic_if_any(self) -> Traffic | None:
        """The same without starting a router where none answers."""
        try:
            return _traffic(self._send("GET", "/traffic", {}))
        except UNANSWERED:
            return None

    def lead(self, route: Route) -> None:
        """New requests go there once this returns; a permanent PortError when it is refused."""
        self._order("POST", "/lead", asdict(route))

    def leave(self, environment: str, service: str) -> None:
        """The address of a service leads nowhere any more, and is free for others."""
        self._order("POST", "/leave", {"environment": environment, "service": service})

    def reserve(self, address: str) -> None:
        """Listen on the address; a permanent PortError when somebody else does."""
        self._order("POST", "/reserve", {"address": address})

    def persisted(self) -> tuple[Route, ...]:
        """What a router would start with; for when it must not be started."""
        return read_routes(self._folder / "routes.json")

    def stop(self) -> None:
        """End the router; its routes stay for the next one. Not running is success."""
        pid = self._pid()
        if pid is None:
            return
        with contextlib.suppress(*UNANSWERED):
            self._send("POST", "/stop", {})
        if not until(lambda: self._is_gone(pid), START_LIMIT):
            raise PortError(f"The router (process {pid}) does not end.")

    def _order(self, method: str, path: str, body: dict[str, object]) -> dict[str, Any]:
        try:
            return self._send(method, path, body)
        except UNANSWERED:
            self._ensure()
        try:
            return self._send(method, path, body)
        except UNANSWERED:
            raise PortError("The router does not answer; its log is router/log.") from None

    def _ensure(self) -> None:
        with locked(self._folder / "start.lock", START_LIMIT * 2):
            logs.trim(self._folder / "log")
            if not until(self._comes_up, START_LIMIT):
                raise PortError("The router does not start; its log is router/log.")

    def _comes_up(self) -> bool:
        """Start a router unless one is there or on its way; whether it answers."""
        if self._pid() is not None:
            return True
        code = None if self._child is None else collect(self._child)
        if code not in (None, HELD, *ENDED):
            words = "".join(logs.tail(self._folder / "log")[-1:]) or "it gave no reason"
            self._child = None
            raise PortError(f"The router does not start: {words}.")
        if self._child is None or code is not None:
            line = [sys.executable, "-P", "-m", f"{__package__}.router", str(self._folder)]
            kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
            self._child = spawn(line, kept | {"PYTHONPATH": str(ROOT)}, self._folder / "log")
        return False

    def _pid(self) -> int | None:
        """The process of the router, when there is one and it answers."""
        try:
            return int(self._send("GET", "/ping", {})["pid"])
        except UNANSWERED:
            return None

    def _is_gone(self, pid: int) -> bool:
        if pid == self._child:
            collect(pid)
        return has_ended(pid)

    def _send(self, method: str, path: str, body: dict[str, object]) -> dict[str, Any]:
        door = json.loads(self._door.read_text("utf-8"))
        with requests.Session() as session:
            session.trust_env = False  # a proxy of the environment must not see the secret
            response = session.request(
                method,
                f"http://127.0.0.1:{door['port']}{path}",
                json=body,
                headers={"Authorization": f"Bearer {door['token']}"},
                timeout=ORDER_LIMIT,
                allow_redirects=False,
            )
        answer: dict[str, Any] = response.json()
        if response.status_code == 409:
            raise PortError(str(answer["refused"]), permanent=True)
        response.raise_for_status()
        return answer


def _traffic(answer: dict[str, Any]) -> Traffic:
    routes = tuple(Route(**row) for row in answer["routes"])
    return Traffic(
        answer["pid"], routes, answer["flying"], answer.get("asked"), tuple(answer["silent"])
    )
