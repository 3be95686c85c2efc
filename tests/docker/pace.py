"""How long a deployment in a container takes beside a plain script of the same questions to the
same Engine, and beside ``docker service update`` of the same image on a swarm, by turns in one run.

python -m tests.docker.pace [PAIRS]
"""

from __future__ import annotations

import socket
import sys
import time
from dataclasses import dataclass, replace
from statistics import median

from handlers.ports import Plan
from integrations.runtimes.docker import config
from integrations.runtimes.docker.config import Lead
from integrations.runtimes.docker.talk import unframed
from integrations.runtimes.docker.words import place_of, service_container
from tests.docker.cluster import having, missing_for_cluster, shared_cluster
from tests.docker.engine import Engine, shared_engine
from tests.docker.stage import DockerStage
from tests.swarm.pace import _update_by_hand
from tests.swarm.stage import SwarmStage

WATCH = 2.0
"""Seconds that every side watches the new version before the old one goes."""
EAGER, INTERVAL = 0.05, 0.25
CLI = ("socat", "-t0", "-", "ABSTRACT-CONNECT:router,unix-tightsocklen=0")


@dataclass(frozen=True)
class Pace:
    """Seconds of each pair, from the order until the old version is gone."""

    ours: tuple[float, ...]
    plain: tuple[float, ...]

    @property
    def ratio(self) -> float:
        return median(self.ours) / median(self.plain)


def ours(stage: DockerStage, plan: Plan, watch: float) -> float:
    """The steps of the act beat, at its pace."""
    began = time.perf_counter()
    stage.runtime.prepare(plan)
    stage.runtime.start(plan)
    up = time.monotonic()
    while stage.runtime.look(plan).state != "healthy":
        time.sleep(min(INTERVAL, EAGER + time.monotonic() - up))
    stage.runtime.switch(plan)
    until = time.monotonic() + watch
    while (left := until - time.monotonic()) > 0:
        assert stage.runtime.look(plan).state == "healthy"
        time.sleep(min(INTERVAL, left))
    for other in stage.runtime.instances(*stage.place):
        if other != plan.operation:
            stage.runtime.retire(plan, other)
    stage.runtime.prune(plan)
    return time.perf_counter() - began


def by_hand(stage: DockerStage, plan: Plan, old: Plan, watch: float) -> float:
    """The same work by somebody who knows the Engine and the router, and looks at nothing twice."""
    began, ask, place = time.perf_counter(), stage.engine.ask, place_of(plan)
    name, before = place.container(plan.operation, 1), place.container(old.operation, 1)
    ask("GET", f"/images/{stage.image}/json")
    ask("POST", f"/images/{stage.image}/tag?repo=pace/{plan.service}&tag={plan.operation}")
    ask("GET", f"/containers/{place.router}/json")
    ask("POST", f"/containers/create?name={name}", service_container(plan, 1))
    ask("POST", f"/containers/{name}/start")
    networks = ask("GET", f"/containers/{name}/json")["NetworkSettings"]["Networks"]
    ip = networks[place.network]["IPAddress"]
    up = time.monotonic()
    while not is_healthy(stage.engine, place.router, ip):
        time.sleep(min(INTERVAL, EAGER + time.monotonic() - up))
    lead = Lead(plan.operation, plan.fence, plan.version, plan.commit, plan.address, 8080,
                ((f"{plan.operation}-1", ip),))  # fmt: skip
    ask("PUT", f"/containers/{place.router}/archive?path=/", config.archive_of(lead))
    new = f"app/{plan.operation}-1"
    orders = (
        f"add server {new} {ip}:8080 {config.CHECK};enable health {new};"
        f"set server {new} state ready;set server app/{old.operation}-1 state drain\n"
    )
    run(stage.engine, place.router, CLI, orders.encode())
    ask("POST", f"/containers/{name}/update", {"RestartPolicy": {"Name": "unless-stopped"}})
    until = time.monotonic() + watch
    while (left := until - time.monotonic()) > 0:
        assert is_healthy(stage.engine, place.router, ip)
        time.sleep(min(INTERVAL, left))
    ask("GET", "/containers/json?all=1")
    while flying(stage.engine, place.router, f"{old.operation}-1"):
        time.sleep(0.1)
    gone = f"set server app/{old.operation}-1 state maint;del server app/{old.operation}-1\n"
    run(stage.engine, place.router, CLI, gone.encode())
    ask("POST", f"/containers/{before}/stop?t=5")
    ask("DELETE", f"/containers/{before}")
    ask("GET", "/containers/json?all=1")
    for image in ask("GET", "/images/json"):
        if any(tag.startswith(f"pace/{plan.service}") for tag in image["RepoTags"] or ()):
            ask("GET", f"/images/{image['Id']}/json")
    return time.perf_counter() - began


def flying(engine: Engine, router: str, server: str) -> int:
    said = run(engine, router, CLI, b"show stat app 4 -1\n").decode()
    rows = [line.split(",") for line in said.splitlines() if line.startswith(f"app,{server},")]
    return sum(int(row[4] or 0) for row in rows)


def is_healthy(engine: Engine, router: str, ip: str) -> bool:
    given = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    said = run(engine, router, ("socat", "-t0", "-T2", "-", f"TCP4:{ip}:8080"), given)
    return said.startswith(b"HTTP/1.1 200")


def run(engine: Engine, container: str, words: tuple[str, ...], given: bytes) -> bytes:
    asked = {"AttachStdin": True, "AttachStdout": True, "AttachStderr": True, "Cmd": words}
    made = engine.ask("POST", f"/containers/{container}/exec", asked)["Id"]
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(engine.socket))
        head = f"POST /exec/{made}/start HTTP/1.1\r\nHost: docker\r\nContent-Length: 2\r\n"
        line.sendall(f"{head}Content-Type: application/json\r\n\r\n{{}}".encode())
        said = b""
        while b"\r\n\r\n" not in said:
            said += line.recv(65536)
        line.sendall(given)
        while piece := line.recv(65536):
            said += piece
    return unframed(said.partition(b"\r\n\r\n")[2])


def measure(engine: Engine, pairs: int, watch: float = WATCH) -> Pace:
    """Both sides have a service of their own; the first pair warms up."""
    sides = [DockerStage(engine, f"pace-{name}", environment="pace") for name in ("a", "b")]
    took: list[list[float]] = [[], []]
    try:
        for stage in sides:
            stage.deploy(stage.plan("d1"))
        for number in range(2, pairs + 3):
            plans = [s.plan(f"d{number}", number, version="1.2.0") for s in sides]
            old = replace(sides[1].plan(f"d{number - 1}"), fence=number)
            took[0].append(ours(sides[0], plans[0], watch))
            took[1].append(by_hand(sides[1], plans[1], old, watch))
    finally:
        for stage in sides:
            stage.clear()
    return Pace(tuple(took[0][1:]), tuple(took[1][1:]))


def updates(pairs: int) -> list[float]:
    """``docker service update``, start-first, watched as long."""
    with shared_cluster() as cluster, having(cluster, alone=True):
        stage = SwarmStage(cluster, "pace")
        plan = stage.plan("d1")
        how = plan.container
        assert how is not None
        rollout = replace(how.rollout, monitor=WATCH)
        stage.deploy(replace(plan, container=replace(how, rollout=rollout)))
        took = []
        for number in range(pairs):
            began = time.perf_counter()
            _update_by_hand(stage, f"PAIR={number}")
            took.append(time.perf_counter() - began)
        stage.clear()
        return took


def main(pairs: int) -> None:
    with shared_engine() as engine:
        pace = measure(engine, pairs)
    print(
        f"medians of {pairs}: deployment {median(pace.ours):.2f} s, the same by a script"
        f" {median(pace.plain):.2f} s: {pace.ratio:.3f} times"
    )
    if not missing_for_cluster():
        took = median(updates(pairs))
        print(f"docker service update {took:.2f} s: {median(pace.ours) / took:.3f} times")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
