"""How long a switch takes beside a plain ``docker service update`` of the same service, in one run.

python -m tests.swarm.pace [PAIRS]
"""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from statistics import median
from typing import Any

from tests.docker.cluster import having, shared_cluster
from tests.runtimes.stage import wait_for
from tests.swarm.stage import SwarmStage


@dataclass(frozen=True)
class Pace:
    """Seconds from the order to the end of the update, one of each pair."""

    ours: tuple[float, ...]
    plain: tuple[float, ...]

    @property
    def ratio(self) -> float:
        return median(self.ours) / median(self.plain)


def measure(stage: SwarmStage, pairs: int, replicas: int) -> Pace:
    ours, plain = [], []
    how: dict[str, Any] = {"replicas": replicas, "monitor": 1.0}
    stage.deploy(stage.of(stage.plan("d1"), **how))
    for number in range(2, pairs + 2):
        plan = stage.of(stage.plan(f"d{number}", number), **how)
        assert stage.begin(plan).state == "healthy"
        began = time.perf_counter()
        stage.runtime.switch(plan)
        assert stage.settled(plan, every=0.01).state == "healthy"
        ours.append(time.perf_counter() - began)
        began = time.perf_counter()
        _update_by_hand(stage, f"PAIR={number}")
        plain.append(time.perf_counter() - began)
    return Pace(tuple(ours), tuple(plain))


def _update_by_hand(stage: SwarmStage, variable: str) -> None:
    service = stage.service()
    words = ("docker", "--host", stage.cluster.manager.url, "service", "update", "--detach")
    more = ("--no-resolve-image", "--env-add", variable, service["Spec"]["Name"])
    subprocess.run((*words, *more), check=True, capture_output=True)

    def is_through() -> bool:
        seen = stage.service()
        is_new = seen["Version"]["Index"] != service["Version"]["Index"]
        status = seen.get("UpdateStatus", {})  # none while it is new
        return is_new and bool(status.get("State") == "completed")

    wait_for(is_through)


def main(pairs: int) -> None:
    with shared_cluster() as cluster, having(cluster, alone=True):
        stage = SwarmStage(cluster, "pace")
        for replicas in (1, 3):
            pace = measure(stage, pairs, replicas)
            each = [f"{name} {median(times):.2f} s" for name, times in vars(pace).items()]
            print(f"{replicas} replicas, medians of {pairs}: {', '.join(each)}; {pace.ratio:.3f}")
            stage.clear()
            stage = SwarmStage(cluster, f"pace{replicas}")
        stage.clear()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
