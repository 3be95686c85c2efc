"""The router of one address: HAProxy in a container that publishes exactly that address, so that
no other service coming or going ever interrupts it.

What it stands for is in its own configuration file, written before each change is made; the change
itself is made in the running process, over its own socket, and may be made again at any time.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from handlers.ports import PortError
from integrations.runtimes.docker import config
from integrations.runtimes.docker.client import Engine, Refused
from integrations.runtimes.docker.config import Lead
from integrations.runtimes.docker.question import ask_from
from integrations.runtimes.docker.record import Record
from integrations.runtimes.docker.talk import Task
from integrations.runtimes.docker.words import OURS, Place, network, router_container
from integrations.runtimes.process.health import Answer

TAKEN = re.compile(r"port is already allocated|address already in use", re.IGNORECASE)
SOCKET = "ABSTRACT-CONNECT:router,unix-tightsocklen=0"
LIMIT = 5.0
UP_WITHIN = 15.0  # seconds a router that was just started has to listen
BAD_STATE = 1  # of srv_admin_state: in maintenance
DRAIN_STATE = 8


@dataclass(frozen=True)
class Server:
    """A container as its router knows it; ``is_open`` when it is given new requests."""

    name: str
    ip: str
    port: int
    is_open: bool


class Router:
    """The router of a place."""

    def __init__(self, engine: Engine, place: Place, image: str) -> None:
        self._engine = engine
        self._place = place
        self._image = image
        self._record = Record(engine, place)

    @property
    def _path(self) -> str:
        return f"/containers/{self._place.router}"

    def make_sure(self, address: str) -> None:
        """Have it there and running, publishing ``address``; what it led to, it leads to again."""
        there = self._engine.find(f"{self._path}/json")
        lead = None
        if there and there["Config"]["Labels"].get(f"{OURS}.address") != address:
            lead = self.lead_if_any()
            self.remove()
            there = None
        if there is None:
            self._create(address)
        if there is None or there["State"]["Status"] == "created":
            self.write(lead or self.lead_if_any())
        if there is None or not there["State"]["Running"]:
            self._start(address)
            self._servers()  # it listens by then

    def is_there(self) -> bool:
        return self._engine.find(f"{self._path}/json") is not None

    def remove(self) -> None:
        """Have none, and the address free for others."""
        self._engine.make_sure("DELETE", self._path, 404, 409, force="1", v="1")

    def lead_if_any(self) -> Lead | None:
        """Where it leads; None when nowhere, or when there is no router."""
        return self._record.read()

    def write(self, lead: Lead | None) -> None:
        """Put on record where it leads from now on; a router that starts again begins with it."""
        self._record.write(lead)

    def have(self, wanted: Iterable[Server]) -> None:
        """Have exactly these servers, each open or drained. Ordered whatever is there already:
        what is so stays so."""
        # New ones are opened before old ones are closed: there is always somebody to ask.
        ordered = sorted(wanted, key=lambda server: not server.is_open)
        now = self._servers([order for server in ordered for order in _orders(server)])
        for server in ordered:
            if now.get(server.name) != server:
                text = f"The router of {self._place.service} does not take {server.name}."
                raise PortError(text)
        self.drop(now.keys() - {server.name for server in ordered})

    def close(self, names: Iterable[str]) -> int:
        """Give these servers no new requests; how many are under way there."""
        wanted = set(names)
        said = self._say(
            [*(f"set server app/{n} state drain" for n in wanted), "show stat app 4 -1"]
        )
        rows = [line.split(",") for line in said.splitlines() if line.startswith("app,")]
        return sum(int(row[4] or 0) for row in rows if row[1] in wanted)

    def asked(self) -> int:
        """How many requests it has handed on since it runs; none where it does not run."""
        try:
            rows = [line.split(",") for line in self._say(["show stat app 2 -1"]).splitlines()]
        except Refused as no:
            if no.status in (404, 409):
                return 0
            raise
        return sum(int(row[7] or 0) for row in rows if row[:2] == ["app", "BACKEND"])

    def drop(self, names: Iterable[str]) -> None:
        """Forget servers; one that still has connections goes with a later change."""
        orders = [f"set server app/{n} state maint;del server app/{n}" for n in names]
        if orders:
            self._say(orders)

    def ask(self, ip: str, port: int, question: tuple[str, float]) -> Answer:
        """One question by HTTP, asked from where the router is: ``question`` is a path and the
        seconds it may take."""
        return ask_from(self._engine, self._place.router, f"{ip}:{port}", question)

    def _create(self, address: str) -> None:
        self._have_network()
        asked = router_container(self._place, self._image, address)
        try:
            self._engine.make_sure(
                "POST", "/containers/create", 409, body=asked, name=self._place.router
            )
        except Refused as no:
            if no.status == 404 and "image" in no.said.lower():
                text = f"The image of the router, {self._image}, is not on {self._engine.name}."
                raise PortError(text, permanent=True) from None
            raise

    def _have_network(self) -> None:
        """Asked twice at once, an Engine makes two of one name and then takes it no more."""
        name = self._place.network
        with self._engine.one_by_one:
            self._engine.make_sure("POST", "/networks/create", 409, body=network(self._place))
            listed = self._engine.ask("GET", "/networks", filters={"name": [name]})
            there = sorted((o["Created"], o["Id"]) for o in listed if o["Name"] == name)
            for _, spare in there[1:]:
                self._engine.make_sure("DELETE", f"/networks/{spare}", 403, 404)

    def _start(self, address: str) -> None:
        try:
            self._engine.make_sure("POST", f"{self._path}/start", 304)
        except Refused as no:
            if TAKEN.search(no.said):
                text = f"Somebody else listens on {address} of {self._engine.name}."
                raise PortError(text, permanent=True) from None
            raise

    def _servers(self, orders: Iterable[str] = ()) -> Mapping[str, Server]:
        """The servers it has, after ``orders``."""
        said = self._say([*orders, "show servers state app"])
        if "# be_id" not in said:
            raise PortError(f"The router of {self._place.service} does not answer.")
        rows = [line.split() for line in said.partition("# be_id")[2].splitlines()[1:]]
        return {row[3]: _server(row) for row in rows if len(row) > 18}

    def _say(self, orders: Iterable[str]) -> str:
        """What it answers; one that has just been started gets a moment to listen."""
        words = ";".join(orders) + "\n"
        task = Task(("socat", "-t0", "-", SOCKET), words.encode(), LIMIT)
        deadline = time.monotonic() + UP_WITHIN
        while True:
            said = self._engine.talk(self._place.router, task).decode("utf-8", "replace")
            if (said and "Connection refused" not in said) or time.monotonic() > deadline:
                return said
            time.sleep(0.05)


def _server(row: list[str]) -> Server:
    ip = "" if row[4] == "-" else row[4]
    return Server(row[3], ip, int(row[18]), not int(row[6]) & (BAD_STATE | DRAIN_STATE))


def _orders(server: Server) -> list[str]:
    """What makes it so, whatever was before; what needs no change is answered with a word."""
    name = f"app/{server.name}"
    return [
        f"add server {name} {server.ip}:{server.port} {config.CHECK}",
        f"enable health {name}",
        f"set server {name} addr {server.ip} port {server.port}",
        f"set server {name} state {'ready' if server.is_open else 'drain'}",
    ]
