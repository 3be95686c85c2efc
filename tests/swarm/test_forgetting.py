"""What is made on demand in a swarm is gone without a trace when it is forgotten."""

from __future__ import annotations

from typing import Any

from tests.docker.cluster import Cluster, having
from tests.runtimes.stage import wait_for
from tests.swarm.stage import SwarmStage

NAME = "on-demand"


def there(cluster: Cluster) -> list[str]:
    """Everything of the swarm that carries the label of the environment."""
    label = f'{{"label":["stationmaster.environment={NAME}"]}}'
    found: list[str] = []
    for kind in ("services", "configs", "networks"):
        listed: Any = cluster.manager.ask("GET", f"/{kind}?filters={label}") or []
        found += [one.get("Name") or one["Spec"]["Name"] for one in listed]
    return found


def test_the_last_service_that_is_forgotten_takes_all_that_was_there_along(
    cluster: Cluster,
) -> None:
    with having(cluster, alone=False):
        stages = [SwarmStage(cluster, service, NAME) for service in ("api", "web")]
        for stage in stages:
            plan = stage.plan("d1")
            stage.begin(plan)
            stage.runtime.switch(plan)
            stage.settled(plan)
        for stage in stages:
            assert any("router" in name for name in there(cluster))
            stage.runtime.halt(*stage.place, 0.0)
            for _ in range(2):
                stage.runtime.forget(*stage.place)
        wait_for(lambda: there(cluster) == [], 60)
