"""What is made on demand in a swarm comes at once, and is gone without a trace when forgotten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from integrations.runtimes.docker.client import engine_at
from integrations.runtimes.swarm.client import Swarm
from integrations.runtimes.swarm.names import Place
from integrations.runtimes.swarm.spec import network
from tests.docker.cluster import Cluster, having
from tests.runtimes.stage import wait_for
from tests.swarm.stage import ONE_WAY_IN, SwarmStage

NAME = "on-demand"


def there(cluster: Cluster) -> list[str]:
    """Everything of the swarm that carries the label of the environment."""
    label = f'{{"label":["stationmaster.environment={NAME}"]}}'
    found: list[str] = []
    for kind in ("services", "configs", "networks"):
        listed: Any = cluster.manager.ask("GET", f"/{kind}?filters={label}") or []
        found += [one.get("Name") or one["Spec"]["Name"] for one in listed]
    return found


def test_services_that_come_at_once_to_a_new_environment_share_one_network(
    stage: SwarmStage,
) -> None:
    name = Place(f"new-{stage.place[1]}", "").network
    wanted = network(f"new-{stage.place[1]}", name)
    swarm = Swarm(engine_at("the swarm", stage.cluster.manager.url), {})
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(swarm.have_network, [wanted] * 8))
    listed = stage.cluster.manager.ask("GET", f'/networks?filters={{"name":["{name}"]}}')
    assert [one["Name"] for one in listed] == [name]
    stage.cluster.manager.ask("DELETE", f"/networks/{name}")
    swarm.engine.close()


def test_the_last_service_that_is_forgotten_takes_all_that_was_there_along(
    cluster: Cluster,
) -> None:
    with having(cluster, alone=False):
        stages = [SwarmStage(cluster, service, NAME, ONE_WAY_IN) for service in ("api", "web")]
        with ThreadPoolExecutor(len(stages)) as pool:
            list(pool.map(lambda stage: stage.deploy(stage.plan("d1")), stages))
            list(pool.map(lambda stage: stage.runtime.halt(*stage.place, 0.0), stages))
        for stage in stages:
            assert any("router" in name for name in there(cluster))
            for _ in range(2):
                stage.runtime.forget(*stage.place)
        wait_for(lambda: there(cluster) == [])
