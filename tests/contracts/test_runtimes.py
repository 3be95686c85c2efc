"""What every runtime promises, whatever runs things in it: the docstrings of ``Runtime``."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
import requests

from handlers.ports import Container, Leftover, Look, Plan, PortError, Runtime, Wanted
from integrations.runtimes.process.runtime import ProcessRuntime
from tests.docker.cluster import having
from tests.docker.stage import DockerStage
from tests.docker.ways import FAR
from tests.fakes import FakeRuntime
from tests.runtimes.stage import Stage
from tests.swarm.stage import ONE_WAY_IN, SwarmStage

PATIENT = pytest.param("swarm", marks=pytest.mark.timeout(300))
"""Others may have the cluster for themselves meanwhile."""
AnyStage = Stage | DockerStage | SwarmStage
BEHAVIOURS = {"sick": "unhealthy", "dies": "exited"}


class Bench:
    """One runtime under test, and how to make plans that behave in it."""

    def __init__(
        self,
        runtime: Runtime,
        plan: Callable[..., Plan],
        stage: Stage | DockerStage | SwarmStage | None,
    ) -> None:
        self.runtime = runtime
        self._plan = plan
        self._stage = stage
        self.replaces = isinstance(stage, SwarmStage)
        self.writes = isinstance(stage, Stage) or stage is None
        self.place = (plan("d0").environment, plan("d0").service)

    def plan(
        self, operation: str, fence: int = 1, behaves: str = "well", version: str = "1.1.0"
    ) -> Plan:
        if isinstance(self.runtime, FakeRuntime) and behaves in BEHAVIOURS:
            state = "unhealthy" if behaves == "sick" else "exited"
            self.runtime.script(self.name(operation), state, log=("Traceback: no theme",))  # type: ignore[arg-type]
        return self._plan(operation, fence, behaves, version)

    def name(self, operation: str) -> str:
        return self._plan(operation).operation

    def begin(self, plan: Plan) -> Look:
        if self._stage:
            return self._stage.begin(plan)
        self.runtime.prepare(plan)
        self.runtime.start(plan)
        return self.runtime.look(plan)

    def switch(self, plan: Plan) -> None:
        """Switch, and wait where that takes its time."""
        self.runtime.switch(plan)
        if isinstance(self._stage, SwarmStage):
            assert self._stage.settled(plan).state == "healthy"

    def kill(self, plan: Plan) -> None:
        """The machine takes it away."""
        if isinstance(self.runtime, FakeRuntime):
            self.runtime.crash(plan.operation)
        elif self._stage:
            self._stage.rest()

    def replicas(self, plan: Plan, count: int) -> Plan:
        """The same with another number of instances."""
        how = plan.container or Container("sha256:" + "0" * 64)
        return replace(plan, container=replace(how, replicas=count))

    def has_written(self, plan: Plan, *lines: str) -> None:
        """Have what runs write these lines."""
        if isinstance(self.runtime, FakeRuntime):
            self.runtime.written[self.place] = lines
        elif isinstance(self._stage, Stage):
            folder = self._stage.record(plan.operation.rpartition(".")[2]).parent
            with open(folder / "log", "a", encoding="utf-8") as log:
                log.writelines(f"{line}\n" for line in lines)

    def count(self, operation: str) -> int:
        if self._stage:
            return len(self._stage.alive(operation))
        assert isinstance(self.runtime, FakeRuntime)
        return self.runtime.started.count(self.name(operation))


SERVICES = (f"api{number}" for number in itertools.count())


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("house")
    yield home
    Stage(home).clear()


@pytest.fixture(params=["process", "fake", "docker", *FAR, PATIENT])
def bench(request: pytest.FixtureRequest, house: Path) -> Iterator[Bench]:
    service = next(SERVICES)
    if request.param == "docker":
        docker = DockerStage(request.getfixturevalue("engine"), service)
        yield Bench(docker.runtime, docker.plan, docker)
        docker.clear()
        return
    if request.param in ("tls", "ssh"):
        way = request.getfixturevalue(request.param)
        far = DockerStage(way.engine, service, way=way)
        yield Bench(far.runtime, far.plan, far)
        far.clear()
        return
    if request.param == "swarm":
        cluster = request.getfixturevalue("cluster")
        with having(cluster, alone=False):
            swarm = SwarmStage(cluster, service, entry=ONE_WAY_IN)
            yield Bench(swarm.runtime, swarm.plan, swarm)
            swarm.clear()
        return
    stage = Stage(house, service=service)
    if request.param == "process":
        yield Bench(stage.runtime, stage.plan, stage)
        stage.rest()
    else:
        yield Bench(FakeRuntime(), stage.plan, None)


@pytest.fixture
def runtime(bench: Bench) -> Runtime:
    return bench.runtime


def test_a_ready_runtime_says_so_in_one_line(runtime: Runtime) -> None:
    assert runtime.check().endswith(".")
    assert "\n" not in runtime.check()


def test_before_the_first_switch_nothing_serves(bench: Bench) -> None:
    assert bench.runtime.serving(*bench.place) is None
    assert bench.runtime.instances(*bench.place) == ()


def test_what_was_never_started_is_absent(bench: Bench) -> None:
    assert bench.runtime.look(bench.plan("d1")).state == "absent"


def test_what_is_not_prepared_cannot_start(bench: Bench) -> None:
    with pytest.raises(PortError) as refused:
        bench.runtime.start(bench.plan("d1"))
    assert refused.value.permanent


def test_preparing_changes_nothing_that_serves(bench: Bench) -> None:
    bench.runtime.prepare(bench.plan("d1"))
    assert bench.runtime.instances(*bench.place) == ()
    assert bench.runtime.serving(*bench.place) is None


def test_a_good_release_becomes_healthy_and_serves_after_the_switch(bench: Bench) -> None:
    plan = bench.plan("d1")
    assert bench.begin(plan).state == "healthy"
    assert bench.runtime.serving(*bench.place) is None
    served = bench.runtime.switch(plan)
    assert bench.runtime.serving(*bench.place) == served
    assert (served.operation, served.version) == (plan.operation, "1.1.0")
    assert served.commit == plan.commit
    assert served.url == f"http://{plan.address}"


@pytest.mark.parametrize(("behaves", "state"), BEHAVIOURS.items())
def test_a_bad_release_is_seen_with_its_last_words(bench: Bench, behaves: str, state: str) -> None:
    look = bench.begin(bench.plan("d1", behaves=behaves))
    assert look.state == state
    assert look.reason
    if behaves == "dies":
        assert look.log[-1] == "Traceback: no theme"


def test_starting_again_is_the_same_instance(bench: Bench) -> None:
    plan = bench.plan("d1")
    bench.begin(plan)
    bench.runtime.start(plan)
    assert bench.count("d1") == 1


def test_what_has_ended_is_not_started_twice(bench: Bench) -> None:
    plan = bench.plan("d1", behaves="dies")
    bench.begin(plan)
    bench.runtime.start(plan)
    assert bench.runtime.look(plan).state == "exited"
    assert bench.runtime.instances(*bench.place) == ()


def test_sixteen_starts_at_once_are_one_instance(bench: Bench) -> None:
    plan = bench.plan("d1")
    bench.runtime.prepare(plan)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: bench.runtime.start(plan), range(16)))
    assert answers == [None] * 16
    assert bench.count("d1") == 1
    assert bench.runtime.instances(*bench.place) == (bench.name("d1"),)


def test_sixteen_switches_at_once_all_succeed(bench: Bench) -> None:
    plan = bench.plan("d1")
    bench.begin(plan)
    with ThreadPoolExecutor(16) as pool:
        answers = set(pool.map(lambda _: bench.runtime.switch(plan), range(16)))
    assert answers == {bench.runtime.serving(*bench.place)}


def test_nothing_leads_to_what_does_not_run(bench: Bench) -> None:
    absent, ended = bench.plan("d1"), bench.plan("d2", behaves="dies")
    bench.begin(ended)
    for plan in (absent, ended):
        with pytest.raises(PortError) as refused:
            bench.runtime.switch(plan)
        assert refused.value.permanent


def test_an_order_older_than_the_last_is_refused(bench: Bench) -> None:
    old, new = bench.plan("d1", fence=1), bench.plan("d2", fence=2)
    bench.begin(old)
    bench.begin(new)
    bench.runtime.switch(new)
    with pytest.raises(PortError) as refused:
        bench.runtime.switch(old)
    assert refused.value.permanent
    assert bench.runtime.serving(*bench.place) == bench.runtime.switch(new)


def test_a_deployment_may_take_its_own_switch_back(bench: Bench) -> None:
    old, new = bench.plan("d1", fence=1), bench.plan("d2", fence=2)
    bench.begin(old)
    bench.begin(new)
    bench.runtime.switch(old)
    bench.runtime.switch(new)
    assert bench.runtime.switch(replace(old, fence=2)).operation == old.operation


def test_what_serves_is_never_retired(bench: Bench) -> None:
    plan = bench.plan("d1")
    bench.begin(plan)
    bench.runtime.switch(plan)
    with pytest.raises(PortError) as refused:
        bench.runtime.retire(plan, plan.operation)
    assert refused.value.permanent
    assert bench.runtime.instances(*bench.place) == (bench.name("d1"),)


def test_what_was_retired_is_absent_and_retiring_it_again_is_success(bench: Bench) -> None:
    plan = bench.plan("d1")
    bench.begin(plan)
    for _ in range(2):
        bench.runtime.retire(plan, plan.operation)
    assert bench.runtime.look(plan).state == "absent"
    assert bench.runtime.instances(*bench.place) == ()


def test_two_services_cannot_have_one_address(bench: Bench) -> None:
    plan = bench.plan("d1")
    bench.begin(plan)
    bench.runtime.switch(plan)
    other = replace(bench.plan("d2", fence=2), service=f"{bench.place[1]}-web")

    def bring_up() -> None:
        bench.begin(other)
        bench.runtime.switch(other)

    with pytest.raises(PortError) as refused:
        bring_up()
    assert refused.value.permanent
    assert plan.address in refused.value.message


def test_reviving_what_lives_changes_nothing(bench: Bench) -> None:
    plan = bench.plan("d1")
    bench.begin(plan)
    bench.runtime.switch(plan)
    bench.runtime.revive(plan)
    assert bench.count("d1") == 1


def test_halted_nothing_runs_there_and_what_served_comes_back_when_revived(bench: Bench) -> None:
    plan = bench.plan("d1")
    bench.runtime.halt(*bench.place, drain=1)
    bench.begin(plan)
    bench.runtime.switch(plan)
    bench.begin(bench.plan("d2"))
    for _ in range(2):
        bench.runtime.halt(*bench.place, drain=1)
        assert bench.runtime.instances(*bench.place) == ()
    bench.runtime.revive(plan)
    assert bench.runtime.instances(*bench.place) == (plan.operation,)


def test_only_what_the_address_leads_to_is_revived(bench: Bench) -> None:
    plan = bench.plan("d1")
    bench.begin(plan)
    with pytest.raises(PortError) as refused:
        bench.runtime.revive(plan)
    assert refused.value.permanent


def test_pruning_keeps_what_runs(bench: Bench) -> None:
    for number in (1, 2, 3):
        plan = replace(bench.plan(f"d{number}", number, version=f"1.{number}.0"), keep=1)
        bench.begin(plan)
        bench.runtime.switch(plan)
        there = bench.runtime.instances(*bench.place)
        bench.runtime.prune(plan)
        # A runtime that replaces instances by itself may be about to end the one before.
        assert set(bench.runtime.instances(*bench.place)) >= {bench.name(f"d{number}")}
        assert bench.replaces or bench.runtime.instances(*bench.place) == there
    bench.runtime.start(replace(plan, operation=bench.name("d4")))


def test_there_is_room_and_before_the_first_switch_nothing_runs(bench: Bench) -> None:
    there = bench.runtime.measure(bench.place[0])
    assert there.cores >= 1
    assert min(there.memory, there.disk) > 2**20
    assert bench.place[1] not in there.running
    plan = bench.plan("d1")
    bench.begin(plan)
    assert bench.place[1] not in bench.runtime.measure(plan.environment).running


def test_what_runs_is_what_the_address_leads_to_in_that_environment(bench: Bench) -> None:
    old, new = bench.plan("d1", fence=1, version="1.1.0"), bench.plan("d2", 2, version="1.2.0")
    for plan in (old, new):
        bench.begin(plan)
        bench.switch(plan)
        assert bench.runtime.measure(plan.environment).running[plan.service] == plan.version
    assert bench.runtime.measure("elsewhere").running == {}


def test_what_has_died_does_not_run_whatever_leads_to_it(bench: Bench) -> None:
    plan = bench.plan("d1")
    bench.begin(plan)
    bench.switch(plan)
    bench.kill(plan)
    assert plan.service not in bench.runtime.measure(plan.environment).running


def test_each_instance_is_seen_with_what_it_runs_and_uses(bench: Bench) -> None:
    assert bench.runtime.inspect("elsewhere") == ()
    old, new = bench.plan("d1", 1), bench.plan("d2", 2, version="1.2.0")
    bench.begin(old)
    bench.switch(old)
    bench.begin(new)
    there = {o.operation: o for o in bench.runtime.inspect("staging") if o.service == old.service}
    assert set(there) == {old.operation, new.operation}
    assert [there[plan.operation].serves for plan in (old, new)] == [True, False]
    one = there[old.operation]
    assert (one.version, one.commit, one.state) == (old.version, old.commit, "running")
    assert one.since is not None
    assert one.memory is None or one.memory > 2**16
    assert one.cpu is None or 0 <= one.cpu < 64
    assert one.mounts == ()
    if old.container:
        assert one.image == old.container.image
        assert (one.cores, one.limit) == (old.container.cpu, old.container.memory)


def test_what_has_died_is_seen_as_ended(bench: Bench) -> None:
    plan = bench.plan("d1")
    bench.begin(plan)
    bench.switch(plan)
    bench.kill(plan)
    seen = [o for o in bench.runtime.inspect("staging") if o.service == plan.service]
    assert "running" not in {one.state for one in seen}


def test_what_has_ended_is_started_again_where_it_is_the_way_back(bench: Bench) -> None:
    """As on a machine that goes down in the middle of a deployment."""
    first, plan = bench.plan("d1", 2), bench.plan("d2", 2, version="1.2.0")
    for one in (bench.plan("d1"), plan):
        assert bench.begin(one).state == "healthy"
        bench.switch(one)
    for one in (first, plan):
        bench.kill(one)
    if not bench.replaces:
        with pytest.raises(PortError, match=r"1\.1\.0 does not run"):
            bench.runtime.switch(replace(first, fence=3))
    bench.switch(first)
    serving = bench.runtime.serving(*bench.place)
    assert serving is not None
    assert serving.operation == first.operation
    assert bench.runtime.look(first).state == "healthy"
    if not bench.replaces:
        assert bench.runtime.instances(*bench.place) == (first.operation,)


def test_the_last_lines_of_what_serves_can_be_read_and_searched(bench: Bench) -> None:
    plan = bench.plan("d1")
    assert bench.runtime.log(*bench.place, Wanted()).lines == ()
    bench.begin(plan)
    bench.switch(plan)
    if bench.writes:
        bench.has_written(plan, "one", "a Red thing", "three", "a red end")
        assert bench.runtime.log(*bench.place, Wanted(tail=2)).lines == ("three", "a red end")
        found = bench.runtime.log(*bench.place, Wanted(words="red")).lines
        assert found == ("a Red thing", "a red end")


def test_every_host_says_what_it_has_and_what_is_free(bench: Bench) -> None:
    machines = bench.runtime.hosts()
    assert machines
    for one in machines:
        assert one.name
        assert one.error == ""
        assert one.cores > 0
        assert 0 < one.free_memory <= one.memory
        assert 0 <= one.free_disk <= one.disk


def test_as_many_serve_as_are_asked_for_and_asking_again_changes_nothing(bench: Bench) -> None:
    plan = bench.plan("d1")
    bench.begin(plan)
    bench.switch(plan)
    if isinstance(bench.runtime, ProcessRuntime):
        with pytest.raises(PortError) as refused:
            bench.runtime.scale(bench.replicas(plan, 2))
        assert refused.value.permanent
        return
    for count in (3, 3, 1):
        bench.runtime.scale(bench.replicas(plan, count))
        seen = [o for o in bench.runtime.inspect("staging") if o.operation == plan.operation]
        serving = [o for o in seen if o.serves and o.state == "running"]
        assert len(serving) == count
        assert bench.runtime.serving(*bench.place) is not None


def test_only_what_the_address_leads_to_is_scaled(bench: Bench) -> None:
    old, new = bench.plan("d1", 1), bench.plan("d2", 2)
    bench.begin(old)
    bench.begin(new)
    bench.switch(new)
    for plan in (replace(old, fence=3), replace(new, fence=1)):
        with pytest.raises(PortError) as refused:
            bench.runtime.scale(bench.replicas(plan, 1))
        assert refused.value.permanent


def moments(bench: Bench, plan: Plan) -> set[datetime]:
    seen = (o for o in bench.runtime.inspect("staging") if o.operation == plan.operation)
    return {one.since for one in seen if one.since}


def restarts(bench: Bench, plan: Plan, old: set[datetime]) -> list[int]:
    """How many were left after each call, the last of them none."""
    left = [bench.runtime.restart(plan, old)]
    while left[-1]:
        left.append(bench.runtime.restart(plan, old))
        time.sleep(0.05)
    return left


def test_restarted_it_is_what_it_was_and_what_was_restarted_is_left_alone(bench: Bench) -> None:
    plan = bench.plan("d1")
    bench.begin(plan)
    bench.switch(plan)
    old = moments(bench, plan)
    assert len(old) == 1
    restarts(bench, plan, old)
    new = moments(bench, plan)
    assert len(new) == 1
    assert not new & old
    assert bench.runtime.look(plan).state == "healthy"
    assert bench.runtime.instances(*bench.place) == (plan.operation,)
    assert bench.runtime.restart(plan, old) == 0
    assert moments(bench, plan) == new


def test_of_several_never_more_than_half_are_away_at_once(bench: Bench) -> None:
    plan = bench.plan("d1")
    bench.begin(plan)
    bench.switch(plan)
    if isinstance(bench.runtime, ProcessRuntime):
        return
    three = bench.replicas(plan, 3)
    bench.runtime.scale(three)
    old = moments(bench, three)
    assert len(old) == 3
    left = bench.runtime.restart(three, old)
    while left:
        seen = [o for o in bench.runtime.inspect("staging") if o.operation == plan.operation]
        assert sum(o.state == "running" for o in seen) >= 2
        left = bench.runtime.restart(three, old)
        time.sleep(0.05)
    assert len(moments(bench, three)) == 3
    assert not moments(bench, three) & old


def test_requests_are_counted_and_looks_are_none_of_them(bench: Bench) -> None:
    plan = bench.plan("d1")
    bench.begin(plan)
    bench.switch(plan)
    before = bench.runtime.requests(plan.environment)
    if before is None:
        assert bench.replaces  # a swarm does not tell
        return
    bench.runtime.look(plan)
    assert bench.runtime.requests(plan.environment) == before
    if isinstance(bench.runtime, FakeRuntime):
        bench.runtime.asked[plan.environment] = before + 3
    else:
        for _ in range(3):
            assert requests.get(f"http://{plan.address}/healthz", timeout=5).ok
    assert bench.runtime.requests(plan.environment) == before + 3
    assert bench.runtime.requests("elsewhere") == 0


def test_only_what_the_address_leads_to_is_restarted(bench: Bench) -> None:
    old, new = bench.plan("d1", 1), bench.plan("d2", 2)
    bench.begin(old)
    bench.begin(new)
    bench.switch(new)
    with pytest.raises(PortError) as refused:
        bench.runtime.restart(old, moments(bench, old))
    assert refused.value.permanent


def test_what_belongs_to_an_environment_that_is_gone_is_left_over_and_goes(bench: Bench) -> None:
    plan = bench.plan("d1")
    bench.begin(plan)
    bench.switch(plan)
    environment, service = bench.place

    def mine(*gone: str) -> tuple[Leftover, ...]:
        left = bench.runtime.leftovers({plan.commit}, gone)
        return tuple(o for o in left if o.environment == environment and service in o.name)

    assert mine() == mine("another") == ()
    left = mine(environment)
    assert left
    assert bench.runtime.clean(left, {plan.commit}) == ()
    assert bench.runtime.clean(left, {plan.commit}, ("another",)) == ()
    assert bench.runtime.instances(*bench.place) == (plan.operation,)
    assert set(bench.runtime.clean(left, {plan.commit}, (environment,))) == set(left)
    assert bench.runtime.clean(left, {plan.commit}, (environment,)) == ()
    assert bench.runtime.instances(*bench.place) == ()
    assert bench.runtime.serving(*bench.place) is None
    assert mine(environment) == ()


def test_what_runs_is_never_left_over_and_nothing_else_is_removed(bench: Bench) -> None:
    plan = bench.plan("d1")
    bench.begin(plan)
    bench.switch(plan)
    left = bench.runtime.leftovers({plan.commit})
    assert not [one for one in left if plan.commit in one.id]
    assert bench.runtime.clean((), ()) == ()
    assert bench.runtime.instances(*bench.place) == (plan.operation,)


def test_one_stops_listening_when_told_to(bench: Bench) -> None:
    bench.runtime.watch(lambda environment: None, lambda: True)


def test_what_is_forgotten_leaves_its_address_to_others(bench: Bench) -> None:
    plan = bench.plan("d1")
    bench.begin(plan)
    bench.switch(plan)
    with pytest.raises(PortError) as alive:
        bench.runtime.forget(*bench.place)
    assert alive.value.permanent
    bench.runtime.halt(*bench.place, drain=0.0)
    for _ in range(2):
        bench.runtime.forget(*bench.place)
    assert bench.runtime.serving(*bench.place) is None
    other = replace(plan, environment="elsewhere", operation=bench.name("d2"))
    bench.begin(other)
    bench.switch(other)
    serving = bench.runtime.serving("elsewhere", plan.service)
    assert serving is not None
    assert serving.operation == other.operation
    bench.runtime.halt("elsewhere", plan.service, 0.0)
