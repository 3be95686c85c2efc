"""Data put into a volume by a process of its own, which can be killed:

python -m tests.docker.carry TASK
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from handlers.ports import Volume
from integrations.runtimes.docker.client import engine_at
from integrations.runtimes.docker.runtime import Host
from integrations.volumes.engines import EngineVolumes


@dataclass(frozen=True)
class Task:
    """What is asked of the volumes of ``home`` by way of ``url``, and of which service."""

    asks: str
    home: str
    url: str
    router: str
    environment: str
    service: str
    baseline: str

    def volumes(self) -> EngineVolumes:
        host = Host(engine_at("local", self.url), self.router)
        return EngineVolumes(Path(self.home), {self.environment: host})

    def carry_out(self) -> None:
        volume = Volume(self.environment, self.service, self.baseline, user="65534:65534")
        volumes = self.volumes()
        if self.asks in ("provision", "remove"):
            getattr(volumes, self.asks)(volume)
        else:
            getattr(volumes, self.asks)(volume, "kept")

    def written(self) -> str:
        return json.dumps(asdict(self))


if __name__ == "__main__":
    Task(**json.loads(sys.argv[1])).carry_out()
