"""Where a stable address leads: the value the runtime and the router exchange, and its rules."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from integrations.disk import write_whole


@dataclass(frozen=True)
class Route:
    """``address`` leads to the instance of ``operation`` that listens on ``port``."""

    address: str
    port: int
    operation: str
    fence: int
    environment: str
    service: str
    version: str
    commit: str

    def is_of(self, environment: str, service: str) -> bool:
        return (self.environment, self.service) == (environment, service)


def refusal(routes: Iterable[Route], new: Route) -> str:
    """Why ``new`` may not replace what is there; empty when it may."""
    for old in routes:
        if old.is_of(new.environment, new.service):
            # The same fence is the same deployment, taking its own switch back.
            if new.fence < old.fence and new.operation != old.operation:
                return (
                    f"An order newer than this one has already led {old.address} "
                    f"to {old.service} {old.version}."
                )
        elif old.address == new.address:
            return f"{new.address} belongs to {old.service} in {old.environment}."
    return ""


def replaced(routes: Iterable[Route], new: Route) -> tuple[Route, ...]:
    """The routes with ``new`` in place of what its service had before."""
    kept = [route for route in routes if not route.is_of(new.environment, new.service)]
    return (*kept, new)


def with_newest_fence(routes: Iterable[Route], new: Route) -> Route:
    """``new``, never with an older fence than what its service had: fences only grow."""
    fences = (old.fence for old in routes if old.is_of(new.environment, new.service))
    return replace(new, fence=max((new.fence, *fences)))


def read_routes(path: Path) -> tuple[Route, ...]:
    """The persisted routes; none when nothing was ever switched."""
    if not path.exists():
        return ()
    return tuple(Route(**row) for row in json.loads(path.read_text("utf-8")))


def write_routes(path: Path, routes: Iterable[Route]) -> None:
    write_whole(path, json.dumps([asdict(route) for route in routes], indent=1))


def split_address(address: str) -> tuple[str, int]:
    """Host and port of ``host:port``; ValueError when it is not one."""
    host, colon, port = address.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not (host and colon and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ValueError(f"{address!r} is not host:port")
    return host, int(port)


def url_of(address: str) -> str:
    """What a person on this machine can open."""
    return "http://" + address.replace("0.0.0.0:", "127.0.0.1:")
