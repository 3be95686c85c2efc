"""The docker runtime beyond what every runtime promises: replicas, limits, registries, mending."""

from __future__ import annotations

import socket
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from handlers.ports import Container, Errand, Leftover, Plan, PortError, Wanted
from integrations.runtimes.docker.client import engine_at
from integrations.runtimes.docker.runtime import DockerRuntime, Host
from tests.docker.engine import Engine
from tests.docker.images import BUSYBOX, ROUTER, SERVED, image_id, push, variant
from tests.docker.registry import registry as open_registry
from tests.docker.stage import DockerStage
from tests.runtimes.stage import wait_for


def with_replicas(plan: Plan, image: str, count: int, surge: int = 1) -> Plan:
    how = Container(image, replicas=count, memory=64 * 2**20, surge=surge, unavailable=surge - 1)
    return replace(plan, container=how)


def test_replicas_take_turns_behind_one_address(stage: DockerStage) -> None:
    plan = with_replicas(stage.plan("d1"), stage.image, 3)
    assert stage.begin(plan).state == "healthy"
    assert len(stage.alive("d1")) == 1, "as many as may be there beside those that serve"
    stage.runtime.switch(plan)
    assert len(stage.alive("d1")) == 3
    names = {stage.get("/env").partition("HOSTNAME=")[2].split("\n")[0] for _ in range(9)}
    assert len(names) == 3


def test_a_roll_never_has_more_than_the_surge_above_and_keeps_the_last_as_the_way_back(
    stage: DockerStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = with_replicas(stage.plan("d1"), stage.image, 3, surge=2)
    new = replace(old, operation="d2", fence=2, version="1.2.0")
    stage.begin(old)
    stage.runtime.switch(old)
    stage.begin(new)
    counts: list[int] = []
    ask = engine_calls(stage, lambda: counts.append(len(stage.alive())), monkeypatch)
    stage.runtime.switch(new)
    assert ask
    assert max(counts) <= 5
    assert len(stage.alive("d2")) == 3
    assert 1 <= len(stage.alive("d1")) <= 2
    assert {stage.get() for _ in range(6)} == {"1.2.0 /"}


def engine_calls(stage: DockerStage, look: object, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Look after every change that is asked of the Engine."""
    from integrations.runtimes.docker.client import Engine as Client

    real, seen = Client.read, list[str]()

    def read(self: Client, method: str, path: str, /, *more: object, **query: object) -> bytes:
        answer = real(self, method, path, *more, **query)
        if method != "GET":
            seen.append(path)
            look()  # type: ignore[operator]
        return answer

    monkeypatch.setattr(Client, "read", read)
    return seen


def test_a_replica_that_is_unfit_in_the_middle_of_a_roll_is_taken_back(stage: DockerStage) -> None:
    old = with_replicas(stage.plan("d1"), stage.image, 3)
    stage.begin(old)
    stage.runtime.switch(old)
    # The first of the new ones is fit and the others are not: they share one room in memory.
    new = replace(old, operation="d2", fence=2, version="1.2.0", command=ONLY_THE_FIRST)
    assert stage.begin(new).state == "healthy"
    with pytest.raises(PortError, match=r"d2-2 is not fit to serve. It ended") as refused:
        stage.runtime.switch(new)
    assert refused.value.permanent
    serving = stage.runtime.serving(*stage.place)
    assert serving is not None
    assert serving.operation == "d2", "people have to lead it back, and it says so"
    back = replace(old, fence=2)
    stage.runtime.switch(back)
    stage.runtime.retire(back, "d2")
    assert len(stage.alive("d1")) == 3
    assert stage.containers("d2") == []
    assert {stage.get() for _ in range(6)} == {"1.1.0 /"}


FIRST = (
    "import os, socket, sys; me = socket.gethostbyname(socket.gethostname());"
    "first = socket.gethostbyname('d2-1');"
    "sys.exit(4) if me != first else os.execvp('python3',"
    " ['python3', 'served.py', '{port}', 'well', '0.0.0.0'])"
)
ONLY_THE_FIRST = ("python3", "-c", FIRST)


def test_what_runs_out_of_memory_is_named(stage: DockerStage) -> None:
    eat = ("python3", "-c", "x = [b'x' * 2**20 for _ in range(500)]")
    plan = replace(stage.plan("d1"), command=eat, container=Container(stage.image, memory=2**25))
    look = stage.begin(plan)
    assert look.state == "exited"
    assert look.reason == "It ended because it ran out of memory: it has 32 MB."


def test_what_runs_out_of_memory_under_load_is_named_though_the_engine_starts_it_again(
    stage: DockerStage,
) -> None:
    small = Container(stage.image, memory=2**26)
    plan = replace(stage.plan("d1", behaves="hungry"), container=small)
    stage.deploy(plan)
    with suppress(requests.RequestException):
        stage.get("/order")
    (one,) = stage.containers("d1")

    def is_named() -> bool:
        # The router may ask it again once it is back, and so end it once more.
        times = stage.engine.ask("GET", f"/containers/{one['Id']}/json")["RestartCount"]
        said = f"It ended because it ran out of memory and was started again ({times} times)"
        return times > 0 and stage.runtime.look(plan).reason == f"{said}: it has 64 MB."

    wait_for(is_named)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("python3", "-c", "raise SystemExit(0)"), "It ended with exit code 0."),
        (("python3", "-c", "raise SystemExit(1)"), "It ended with exit code 1."),
        (("python3", "-c", "import os; os.kill(os.getpid(), 9)"), "It ended: it was killed"),
    ],
)
def test_how_it_ended_is_said(stage: DockerStage, words: tuple[str, ...], said: str) -> None:
    plan = replace(stage.plan("d1"), command=words)
    look = stage.begin(plan)
    assert look.state == "exited"
    assert look.reason.startswith(said)


def test_what_ends_when_it_has_traffic_is_seen_with_its_last_words_and_led_back(
    stage: DockerStage,
) -> None:
    first, plan = stage.plan("d1", 2), stage.plan("d2", 2, "fades", version="1.2.0")
    stage.deploy(stage.plan("d1"))
    assert stage.begin(plan).state == "healthy"
    stage.runtime.switch(plan)
    assert stage.get("/order") == "1.2.0 /order"
    wait_for(lambda: stage.runtime.look(plan).state == "exited")
    look = stage.runtime.look(plan)
    assert look.reason == "It ended by itself and was started again (1 times)."
    assert "Traceback: no theme" in look.log
    assert stage.runtime.switch(first).operation == "d1"
    stage.runtime.retire(first, "d2")
    assert {stage.get() for _ in range(3)} == {"1.1.0 /"}
    assert stage.containers("d2") == []


def test_a_command_that_is_not_there_is_said(stage: DockerStage) -> None:
    plan = replace(stage.plan("d1"), command=("/nowhere",))
    look = stage.begin(plan)
    assert (look.state, look.reason) == ("exited", "It ended with exit code 127.")
    assert "/nowhere" in look.log[-1]


def test_an_address_that_somebody_has_is_known_before_anything_is_started(
    stage: DockerStage,
) -> None:
    with socket.create_server(("127.0.0.1", int(stage.address.split(":")[1]))):
        with pytest.raises(PortError, match="Somebody else listens on") as refused:
            stage.runtime.prepare(stage.plan("d1"))
        assert refused.value.permanent
        assert stage.address in refused.value.message
    stage.deploy(stage.plan("d1"))
    assert stage.get() == "1.1.0 /"


def test_an_address_that_changes_is_another_door_to_the_same(stage: DockerStage) -> None:
    plan = stage.plan("d1")
    stage.deploy(plan)
    stage.address = f"127.0.0.1:{int(stage.address.split(':')[1]) + 1}"
    moved = stage.plan("d2", 2, version="1.2.0")
    stage.runtime.prepare(moved)
    wait_for(lambda: stage.get() == "1.1.0 /")


def test_an_image_that_nobody_has_is_said(stage: DockerStage) -> None:
    plan = replace(stage.plan("d1"), container=Container("sha256:" + "0" * 64))
    with pytest.raises(PortError, match="no registry has it") as refused:
        stage.runtime.prepare(plan)
    assert refused.value.permanent


def test_what_ends_by_itself_is_started_again_and_what_moved_is_found(stage: DockerStage) -> None:
    stage.deploy(stage.plan("d1"))
    (container,) = stage.alive("d1")
    router = stage.containers(role="router")[0]["Id"]
    stage.engine.ask("POST", f"/containers/{container}/stop?t=0")
    thief = stage.plan("thief", version="1.3.0")
    stage.runtime.start(thief)  # takes the address that became free in the network
    stage.engine.ask("POST", f"/containers/{container}/start")
    stage.engine.ask("POST", f"/containers/{router}/stop?t=0")
    assert stage.runtime.serving(*stage.place) is not None
    wait_for(lambda: stage.get() == "1.1.0 /")
    assert {stage.get() for _ in range(5)} == {"1.1.0 /"}


def test_only_what_serves_is_started_again_by_the_engine(stage: DockerStage) -> None:
    plan = stage.plan("d1")
    stage.begin(plan)
    assert policy(stage, "d1") == "no"
    stage.runtime.switch(plan)
    assert policy(stage, "d1") == "unless-stopped"


def policy(stage: DockerStage, operation: str) -> str:
    (one,) = stage.containers(operation)
    there = stage.engine.ask("GET", f"/containers/{one['Id']}/json")
    return str(there["HostConfig"]["RestartPolicy"]["Name"])


def in_registry(
    stage: DockerStage, address: str, tag: str, nobody: bool = True
) -> tuple[Plan, str]:
    image = variant(stage.engine.socket, SERVED, ["true"], f"{stage.place[1]}-{tag}")
    name = push(stage.engine.socket, image, f"{address}/{stage.place[1]}", tag)
    stage.engine.ask("DELETE", f"/images/{image}?force=1")
    return replace(stage.plan(f"d{tag}"), container=Container(name)), image


def test_an_image_comes_from_its_registry_by_its_digest(stage: DockerStage, registry: str) -> None:
    plan, image = in_registry(stage, registry, "1")
    said: list[str] = []
    stage.runtime.prepare(plan, said.append)
    stage.deploy(plan)
    (container,) = stage.containers("d1")
    assert container["ImageID"] == image
    stage.clear()
    stage.engine.ask("DELETE", f"/images/{image}?force=1")


def test_a_digest_that_a_registry_does_not_have_is_said(stage: DockerStage, registry: str) -> None:
    image = f"{registry}/shop/nothing@sha256:{'1' * 64}"
    with pytest.raises(PortError, match="has no") as refused:
        stage.runtime.prepare(replace(stage.plan("d1"), container=Container(image)))
    assert refused.value.permanent


def test_a_closed_registry_is_opened_with_the_password_of_a_file(
    stage: DockerStage, engine: Engine, tmp_path: Path
) -> None:
    secret = tmp_path / "robot"
    secret.write_text("robot\nlet-me-in\n", "utf-8")
    with open_registry(tmp_path / "closed", closed=True) as address:
        name = f"{address}/shop/tool"
        image = image_id(engine.socket, BUSYBOX)
        pushed = push(engine.socket, image, name, "1", ("robot", "let-me-in"))
        engine.ask("DELETE", f"/images/{name}:1")
        plan = replace(stage.plan("d1"), container=Container(pushed))
        with pytest.raises(PortError, match="check its credentials") as refused:
            stage.runtime.prepare(plan)
        assert "let-me-in" not in refused.value.message
        host = Host(
            engine_at("local", engine.url), image_id(engine.socket, ROUTER), {address: str(secret)}
        )
        DockerRuntime({stage.place[0]: host}).prepare(plan)
    assert engine.ask("GET", f"/images/{pushed}/json")["Id"] == image


def test_a_registry_that_is_away_is_an_accident(stage: DockerStage) -> None:
    image = f"127.0.0.1:9/shop/api@sha256:{'1' * 64}"
    with pytest.raises(PortError, match="cannot be fetched") as refused:
        stage.runtime.prepare(replace(stage.plan("d1"), container=Container(image)))
    assert not refused.value.permanent


def test_pruning_lets_go_of_old_images_of_the_service_and_keeps_what_a_rollback_needs(
    stage: DockerStage, registry: str
) -> None:
    made = [in_registry(stage, registry, str(number)) for number in (1, 2, 3, 4)]
    for plan, _ in made:
        stage.runtime.prepare(plan)
    serving = made[0][0]
    stage.deploy(serving)
    stage.runtime.prune(replace(made[3][0], keep=3))
    there = [is_there(stage, image) for _, image in made]
    assert there == [True, False, True, True]
    stage.clear()
    for _, image in made:
        if is_there(stage, image):
            stage.engine.ask("DELETE", f"/images/{image}?force=1")


def is_there(stage: DockerStage, image: str) -> bool:
    listed = stage.engine.ask("GET", "/images/json?all=1")
    return any(one["Id"] == image for one in listed)


def test_pruning_takes_away_what_has_ended_of_others_and_nothing_that_serves(
    stage: DockerStage,
) -> None:
    """All ends where a daemon dies, and nobody retires what does not run."""
    stage.begin(stage.plan("d1"))
    for serves in (stage.plan("d2", 2), stage.plan("d3", 3)):
        assert stage.begin(serves).state == "healthy"
        stage.runtime.switch(serves)
    for operation in ("d1", "d3"):
        (one,) = stage.containers(operation)
        stage.engine.ask("POST", f"/containers/{one['Id']}/stop?t=0")
    stage.runtime.prune(stage.plan("d4", 4))
    there = {one["Labels"]["stationmaster.operation"]: one["State"] for one in stage.containers()}
    assert there == {"d2": "running", "d3": "exited"}, "what the address leads to may come back"


def test_foreign_containers_are_never_touched(stage: DockerStage) -> None:
    plan = stage.plan("d1")
    stage.deploy(plan)
    foreign = stage.engine.ask(
        "POST",
        "/containers/create",
        {
            "Image": f"{BUSYBOX}:latest",
            "Cmd": ["sleep", "60"],
            "Labels": {"stationmaster.environment": stage.place[0], "by": "hand"},
        },
    )["Id"]
    stage.engine.ask("POST", f"/containers/{foreign}/start")
    stage.runtime.retire(plan, "d0")
    stage.runtime.prune(plan)
    stage.runtime.halt(*stage.place, drain=1)
    assert stage.engine.ask("GET", f"/containers/{foreign}/json")["State"]["Running"]
    stage.engine.ask("DELETE", f"/containers/{foreign}?force=1")


def test_an_engine_that_cannot_be_reached_is_said_and_the_others_are_not_touched(
    stage: DockerStage,
) -> None:
    stage.deploy(stage.plan("d1"))
    router = image_id(stage.engine.socket, ROUTER)
    gone = Host(engine_at("lab", "unix:///nowhere/docker.sock"), router)
    both = DockerRuntime(
        {"lab": gone, stage.place[0]: Host(engine_at("local", stage.engine.url), router)}
    )
    for ask in (lambda: both.measure("lab"), lambda: both.serving("lab", "api"), both.check):
        with pytest.raises(PortError, match="lab") as refused:
            ask()
        assert not refused.value.permanent
    assert both.serving(*stage.place) is not None
    assert stage.place[1] in both.measure(stage.place[0]).running


def test_a_log_bomb_with_tricks_is_read_in_bounded_memory_and_harmless(
    stage: DockerStage,
) -> None:
    plan = with_replicas(stage.plan("d1"), stage.image, 1)
    words = (
        "import sys,time\n"
        "sys.stdout.buffer.write(b'x' * 2000 + b'\\n' + b'noise of it\\n' * 400000)\n"
        "out = b'\\x1b[31mred\\x1b[0m \\xff\\xfe <!channel> \\xe2\\x80\\xaeend\\n'\n"
        "sys.stdout.buffer.write(out)\n"
        "sys.stdout.flush(); time.sleep(600)"
    )
    stage.runtime.prepare(plan)
    stage.runtime.start(replace(plan, command=("python3", "-c", words)))
    end = Wanted(tail=3)
    wait_for(lambda: "end" in "".join(stage.runtime.log(*stage.place, end).lines))
    tracemalloc.start()
    found = stage.runtime.log(*stage.place, replace(end, words="RED"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.lines == ("red �� <!channel> end",)
    assert found.is_cut, "not all could be looked through"
    assert peak < 8 * 2**20


def test_a_clean_up_sees_and_touches_nothing_of_others(stage: DockerStage) -> None:
    ask = stage.engine.ask
    ask("POST", "/volumes/create", {"Name": "theirs", "Labels": {"com.example": "1"}})
    label = {"stationmaster.environment": stage.place[0]}
    ask("POST", "/volumes/create", {"Name": "ours", "Labels": label})
    left = {one.id: one for one in stage.runtime.leftovers(())}
    assert "ours" in left
    assert "theirs" not in left
    fake = replace(left["ours"], id="theirs")
    assert stage.runtime.clean((fake,), ()) == ()
    assert stage.runtime.clean((left["ours"],), ()) == (left["ours"],)
    assert stage.runtime.clean((left["ours"],), ()) == ()
    assert ask("GET", "/volumes/theirs")["Name"] == "theirs"
    ask("DELETE", "/volumes/theirs")


def test_an_image_of_ours_that_nobody_needs_is_left_over_until_somebody_gives_it_a_name(
    stage: DockerStage, registry: str
) -> None:
    plan, image = in_registry(stage, registry, "1")
    stage.runtime.prepare(plan)
    exact = plan.container.image if plan.container else ""

    def left(*needed: str) -> list[Leftover]:
        return [one for one in stage.runtime.leftovers(needed) if one.id == image]

    assert left(image) == left(exact) == []
    (mine,) = left()
    assert mine.size > 0
    stage.engine.ask("POST", f"/images/{image}/tag?repo=theirs&tag=1")
    assert left() == []
    assert stage.runtime.clean((mine,), ()) == ()
    stage.engine.ask("DELETE", "/images/theirs:1")
    assert stage.runtime.clean((mine,), ()) == (mine,)
    assert not is_there(stage, image)


def test_all_that_an_environment_left_goes_with_its_network_and_nothing_else_does(
    stage: DockerStage, engine: Engine
) -> None:
    lost = DockerStage(engine, "api", "lost-one")
    kept = DockerStage(engine, "api", "lost-one-and-kept")
    for one in (lost, kept):
        assert one.begin(one.plan("d1")).state == "healthy"
        one.runtime.switch(one.plan("d1"))
    elsewhere = DockerRuntime({}, [lost.runtime._hosts["elsewhere"]])
    left = elsewhere.leftovers((), ("lost-one",))
    mine = tuple(o for o in left if o.environment)
    assert {o.environment for o in mine} == {"lost-one"}
    assert [o.kind for o in mine] == ["container", "container", "network"]
    assert elsewhere.clean(mine, (), ()) == ()
    assert set(elsewhere.clean(mine, (), ("lost-one",))) == set(mine)
    assert kept.runtime.instances(*kept.place) == ("d1",)
    with pytest.raises(requests.RequestException):
        lost.get("/")
    engine.purge("stationmaster.environment=lost-one-and-kept")


def test_one_host_that_is_gone_does_not_hide_the_others(stage: DockerStage) -> None:
    good = stage.runtime._hosts[stage.place[0]]
    gone = Host(engine_at("gone", "unix:///nowhere/docker.sock"), good.router)
    seen = {one.name: one for one in DockerRuntime({"a": gone, "b": good}).hosts()}
    assert "gone" in seen["gone"].error
    assert seen["local"].error == ""
    assert seen["local"].free_disk > 0


def test_a_host_says_what_it_keeps(stage: DockerStage) -> None:
    stage.begin(stage.plan("d1"))
    (before,) = stage.runtime.hosts()
    ask, pools = stage.engine.ask, stage.engine.ask("GET", "/info").get("DefaultAddressPools")
    ask("POST", "/networks/create", {"Name": "one-more"})
    ask("POST", "/volumes/create", {"Name": "one-more"})
    (after,) = stage.runtime.hosts()
    ask("DELETE", "/networks/one-more")
    ask("DELETE", "/volumes/one-more")
    assert before.images > 2**20
    assert after.volumes == before.volumes + 1
    assert after.networks == before.networks + 1 > 1
    assert (after.most_networks > after.networks) == bool(pools)


def test_a_container_that_ends_is_heard_of(stage: DockerStage) -> None:
    plan = stage.plan("d1")
    stage.begin(plan)
    words = {"Image": stage.image, "Cmd": ["sleep", "100"]}
    labels = {"stationmaster.environment": "of-another-bot", "stationmaster.service": plan.service}
    other = stage.engine.ask("POST", "/containers/create", {**words, "Labels": labels})["Id"]
    heard: list[str] = []
    with ThreadPoolExecutor(1) as pool:
        listening = pool.submit(stage.runtime.watch, heard.append, lambda: bool(heard))
        # Whatever it takes until the Engine is listened to: one that ends is started again.
        while not listening.done():
            stage.engine.ask("POST", f"/containers/{other}/restart?t=0")
            for one in stage.containers("d1"):
                stage.engine.ask("POST", f"/containers/{one['Id']}/restart?t=0")
        listening.result()
    assert set(heard) == {stage.place[0]}


def test_an_errand_may_have_an_image_of_its_own_and_is_confined_as_the_service(
    stage: DockerStage,
) -> None:
    plan = stage.plan("d1", 7)
    stage.runtime.prepare(plan)
    own = image_id(stage.engine.socket, BUSYBOX)
    errand = Errand(plan, "hook-check", ("ls", "/usr/bin/python3"), own)
    stage.runtime.send(errand)
    wait_for(lambda: stage.runtime.report(errand).state == "ended")
    assert stage.runtime.report(errand).code != 0, "there is no Python in that image"
    (found,) = stage.containers("d1", role="errand")
    made = stage.engine.ask("GET", f"/containers/{found['Id']}/json")
    assert made["Image"] == own
    labels = {
        name: made["Config"]["Labels"][f"stationmaster.{name}"] for name in ("intent", "fence")
    }
    assert labels == {"intent": "hook-check", "fence": "7"}
    host = made["HostConfig"]
    assert (host["CapDrop"], host["Privileged"], host["Binds"]) == (["ALL"], False, None)
    assert host["SecurityOpt"] == ["no-new-privileges"]
    assert host["RestartPolicy"]["Name"] == "no"
    assert host["Memory"] == (plan.container.memory if plan.container else 0)
    assert list(made["NetworkSettings"]["Networks"]) == [f"stationmaster-{stage.place[0]}"]


@pytest.mark.parametrize("image", ["busybox:latest", "registry.example.com/a", "sha256:12"])
def test_an_errand_s_image_names_exact_bytes_or_nothing_runs(
    stage: DockerStage, image: str
) -> None:
    plan = stage.plan("d1")
    stage.runtime.prepare(plan)
    with pytest.raises(PortError, match="does not name exact bytes") as refused:
        stage.runtime.send(Errand(plan, "hook-check", ("ls",), image))
    assert refused.value.permanent
