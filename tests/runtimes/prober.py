"""Asks an address 200 times a second, open loop, until its input ends; then says how it went.

Half of the questions come on kept connections, half on fresh ones; one in ten has a body, and
four times a second there is one that takes 2 s.

    python -m tests.runtimes.prober ADDRESS
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

from aiohttp import ClientSession, ClientTimeout, TCPConnector

EVERY = 0.005


@dataclass
class Tally:
    """What was asked and what came of it; times in seconds, slow questions not among them."""

    asked: int = 0
    slow: int = 0
    failed: list[str] = field(default_factory=list)
    versions: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)

    def summary(self) -> str:
        times = sorted(self.times)
        marks = {f"p{p}": round(times[len(times) * p // 100] * 1000, 1) for p in (50, 95, 99)}
        facts = {"asked": self.asked, "slow": self.slow, "failed": self.failed[:20]}
        facts |= {"max": round(times[-1] * 1000, 1), "versions": dict(self.versions)}
        return json.dumps(facts | {"ms": marks})


async def ask(client: ClientSession, url: str, number: int, tally: Tally) -> None:
    is_slow = number % 50 == 0
    began = time.perf_counter()
    tally.asked += 1
    tally.slow += is_slow
    try:
        body = b"x" * 3000 if number % 10 == 5 else None
        path = "/slow?2" if is_slow else f"/n{number}"
        async with client.request("POST" if body else "GET", url + path, data=body) as answer:
            text = await answer.text()
            version, _, rest = text.partition(" ")
            if answer.status != 200 or rest != ("3000" if body else path):
                tally.failed.append(f"{number}: {answer.status} {text[:80]}")
            tally.versions[version] += 1
    except Exception as error:
        tally.failed.append(f"{number}: {error!r}")
    if not is_slow:
        tally.times.append(time.perf_counter() - began)


async def probe(url: str) -> Tally:
    tally, tasks = Tally(), set()
    limit = ClientTimeout(total=20)
    kept = ClientSession(connector=TCPConnector(limit=0), timeout=limit)
    fresh = ClientSession(connector=TCPConnector(limit=0, force_close=True), timeout=limit)
    end = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    print("asking", flush=True)
    began, number = time.perf_counter(), 0
    async with kept, fresh:
        while not end.done():
            number += 1
            await asyncio.sleep(max(0, began + number * EVERY - time.perf_counter()))
            client = fresh if number % 2 else kept
            tasks.add(asyncio.create_task(ask(client, url, number, tally)))
        await asyncio.gather(*tasks)
    return tally


if __name__ == "__main__":
    print(asyncio.run(probe(f"http://{sys.argv[1]}")).summary())
