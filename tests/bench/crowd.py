"""Many people at once: they type through the page's API, and the workspace's inspector says how
long each ack took, so that what the page costs does not count."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bot.listeners.commands import COMMANDS
from tests.bench.mix import Said
from tests.workspace import Workspace

SLOWEST, GIVEN_UP = 2500.0, 3000.0
"""Milliseconds beyond which an ack is in danger, and after which Slack gives up."""
PATIENCE = aiohttp.ClientTimeout(total=30)


@dataclass
class Acks:
    """Milliseconds of every ack; a command that got none counts as long as Slack waits."""

    took: list[float] = field(default_factory=list)
    lost: int = 0
    at_a_time: int = 0
    """Commands of one turn."""

    def at(self, share: float) -> float:
        """The percentile, by nearest rank."""
        return sorted(self.took)[math.ceil(share * len(self.took)) - 1]

    def add(self, other: Acks) -> None:
        self.took += other.took
        self.lost += other.lost
        self.at_a_time = other.at_a_time

    def __str__(self) -> str:
        worst = max(self.took)
        return f"p50 {self.at(0.5):.0f} ms, p99 {self.at(0.99):.0f} ms, worst {worst:.0f} ms"


@dataclass
class Crowd:
    """People in front of one workspace."""

    workspace: Workspace
    seen: int = 0

    def types(self, lines: Sequence[Said], clients: int) -> Acks:
        """Have ``clients`` people type ``lines``, each the next one as soon as it is answered."""
        self.hurries(lines, clients)
        return self.acks(lines)

    def hurries(self, lines: Sequence[Said], clients: int) -> float:
        """The seconds it took until all of them were answered, whatever the answers were."""
        self._entries()
        began = time.monotonic()
        asyncio.run(_type(self.workspace.base_url, lines, clients))
        return time.monotonic() - began

    def acks(self, lines: Sequence[Said]) -> Acks:
        """What became of ``lines``, which were typed just now."""
        acks = [
            entry for entry in self._entries()
            if entry["kind"] == "ack" and entry["name"] in COMMANDS
        ]  # fmt: skip
        took = [float(entry["ms"]) for entry in acks if entry["ok"]]
        lost = len(lines) - len(took)
        return Acks([*took, *[GIVEN_UP] * lost], lost, len(lines))

    def _entries(self) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]]
        entries = self.workspace.get("inspector", since=str(self.seen))["entries"]
        self.seen = entries[-1]["n"] if entries else self.seen
        return entries


async def _type(address: str, lines: Iterable[Said], clients: int) -> None:
    waiting = iter(lines)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(address, connector=connector, timeout=PATIENCE) as session:
        await asyncio.gather(*(_client(session, waiting) for _ in range(clients)))


async def _client(session: aiohttp.ClientSession, waiting: Iterator[Said]) -> None:
    for said in waiting:
        body = {"as": said.user, "channel": said.channel, "text": said.text}
        async with session.post("/_play/command", json=body) as answer:
            await answer.read()
