"""What a deployment costs beside the same steps by hand: a script that calls the same runtime,
without a database and without Slack. By turns, each in its own environment."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from handlers.ports import Plan
from handlers.setup import Setup, load
from handlers.tables import Deployment
from handlers.work.bench import plan_for
from handlers.work.effects import EAGER, WATCH_INTERVAL
from integrations.git_source import GitSource
from integrations.runtimes.process.runtime import ProcessRuntime
from integrations.volumes.folders import FolderVolumes
from tests.bench.place import BOT, STEP, Place, open_place, running

SERVICE, VERSIONS = "shop-api", ("1.0.0", "1.1.0")
PATIENCE = 60.0


@dataclass
class Ratios:
    """Seconds of each pair: the whole thing, and the same steps by hand."""

    pairs: list[tuple[float, float]] = field(default_factory=list)

    @property
    def middle(self) -> float:
        return median(whole / by_hand for whole, by_hand in self.pairs)

    def __str__(self) -> str:
        whole, by_hand = (median(side) for side in zip(*self.pairs, strict=True))
        return f"{self.middle:.3f} times ({whole:.2f} s to {by_hand:.2f} s)"


@dataclass(frozen=True)
class Script:
    """A deployment without Stationmaster."""

    setup: Setup
    runtime: ProcessRuntime
    volumes: FolderVolumes
    commits: dict[str, str]

    def deploy(self, number: int, environment: str, version: str) -> float:
        """Seconds from the beginning until the old version is gone."""
        row = Deployment(
            id=number, service=SERVICE, environment=environment, version=version,
            commit=self.commits[version],
        )  # fmt: skip
        plan = plan_for(self.setup, self.volumes, row, fence=number)
        began = time.monotonic()
        self._bring(plan)
        for name in self.runtime.instances(environment, SERVICE):
            if name != plan.operation:
                self.runtime.retire(plan, name)
        self.runtime.prune(plan)
        return time.monotonic() - began

    def _bring(self, plan: Plan) -> None:
        self.runtime.prepare(plan)
        self.runtime.start(plan)
        began = time.monotonic()
        while self.runtime.look(plan).state != "healthy":
            time.sleep(min(plan.health.interval, EAGER + time.monotonic() - began))
        self.runtime.switch(plan)
        until = time.monotonic() + self.setup.services[SERVICE].watch
        while (left := until - time.monotonic()) > 0:
            assert self.runtime.look(plan).state == "healthy"
            time.sleep(min(WATCH_INTERVAL, left))


def measure(home: Path, pairs: int, watch: str) -> Ratios:
    """The first pair only warms up: nothing is exported or listening before it."""
    ratios = Ratios()
    with open_place(home, {"free": 2}, 0, watch=watch) as place, running(place, BOT):
        script = _script(place)
        whole, by_hand = (spot.name for spot in place.spots.by_kind["free"])
        try:
            for number in range(pairs + 1):
                version = VERSIONS[number % 2]
                took = _command_to_live(place, whole, version)
                ratios.pairs.append((took, script.deploy(number + 1, by_hand, version)))
        finally:
            script.runtime.stop_everything()
    del ratios.pairs[0]
    return ratios


def _script(place: Place) -> Script:
    setup = load(place.home / "team.yml")
    source = GitSource(place.home / "script" / "repositories")
    tags = source.versions(setup.services[SERVICE].repository)
    runtime = ProcessRuntime(place.home / "script" / "process", source)
    volumes = FolderVolumes(place.home / "script" / "volumes")
    return Script(setup, runtime, volumes, {tag.version: tag.commit for tag in tags})


def _command_to_live(place: Place, environment: str, version: str) -> float:
    began = datetime.now(UTC).replace(tzinfo=None)
    text = f"/deploy {SERVICE} {version} to {environment}"
    place.workspace.post("command", as_="U0ANA", channel="C0RELEASES", text=text)
    until = time.monotonic() + PATIENCE
    while (live_at := _live_since(place, began)) is None:
        if time.monotonic() > until:
            raise TimeoutError(f"{text} did not go live")
        time.sleep(STEP)
    return (live_at - began).total_seconds()


def _live_since(place: Place, moment: datetime) -> datetime | None:
    """When the commit of the deployment that was asked for after ``moment`` could be seen."""
    query = "SELECT 1 FROM deployments WHERE state = 'live' AND requested_at >= ?"
    database = place.home / "data" / "stationmaster.db"
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute(query, (moment.isoformat(" "),)).fetchone()
    return datetime.now(UTC).replace(tzinfo=None) if found else None
