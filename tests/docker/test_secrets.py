"""Secrets in containers: files that a service reads and nobody else sees, with what an operation is
made of and gone with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from handlers.ports import Errand, Plan, PortError
from integrations.runtimes.docker import client
from integrations.runtimes.docker.gone import gone_from
from integrations.runtimes.docker.secrets import Secrets
from integrations.runtimes.docker.words import place_of
from tests.docker.images import BUSYBOX, image_id
from tests.docker.stage import DockerStage
from tests.docker.ways import Way
from tests.runtimes.stage import wait_for

CANARY = "canary-4711-of-the-shop"
SHOW = "exec 2>&1; cat $0; ls -ld $0; (echo no > $0); id -u"
"""All in one stream: of two, nobody knows which comes first."""


def given(stage: DockerStage, folder: Path, text: str = CANARY, operation: str = "d1") -> Plan:
    """A plan whose containers are given a password."""
    (folder / "password").write_text(text, "utf-8")
    plan = stage.plan(operation, int(operation[1:]))
    assert plan.container
    secrets = (("password", str(folder / "password")),)
    return replace(plan, container=replace(plan.container, secrets=secrets))


def reads(stage: DockerStage, plan: Plan, name: str = "look", image: str = BUSYBOX) -> list[str]:
    """What a program reads there that is run beside the service as its hooks are."""
    words = ("sh", "-c", SHOW, "/run/secrets/password")
    errand = Errand(plan, name, words, image_id(stage.engine.socket, image))
    stage.runtime.send(errand)
    wait_for(lambda: stage.runtime.report(errand).state == "ended")
    log = list(stage.runtime.report(errand).log)
    stage.runtime.recall(errand)
    return log


def volumes(stage: DockerStage) -> list[str]:
    """The names of what is kept for the service beside its containers."""
    wanted = f'{{"label":["stationmaster.service={stage.place[1]}"]}}'
    found = stage.engine.ask("GET", f"/volumes?filters={wanted}")["Volumes"] or ()
    return sorted(one["Name"].rpartition("_")[2] for one in found)


def in_container(stage: DockerStage, operation: str) -> list[str]:
    """What all containers of an operation have there, as the Engine's archives say it."""
    ids = [one["Id"] for one in stage.containers(operation)]
    there = stage.runtime._host(stage.place[0]).engine
    path = "/run/secrets/password"
    archives = [there.read("GET", f"/containers/{one}/archive", None, path=path) for one in ids]
    return [text[512:].rstrip(b"\0").decode() for text in archives]


@pytest.mark.parametrize("user", ["", "65534:65534"])
def test_whoever_it_runs_as_reads_them_and_writes_none(
    stage: DockerStage, tmp_path: Path, user: str
) -> None:
    plan = given(stage, tmp_path, f"{CANARY}\n")
    assert plan.container
    plan = replace(plan, container=replace(plan.container, user=user, read_only=bool(user)))
    stage.runtime.prepare(plan)
    said = reads(stage, plan)
    assert said[0] == CANARY
    assert said[1].startswith("-r--r--r--")
    assert any("Read-only file system" in line for line in said)
    assert said[-1] == (user.partition(":")[0] or "0")
    assert volumes(stage) == [], "nothing but the hook had them"


def test_an_engine_tells_nothing_of_them(stage: DockerStage, tmp_path: Path) -> None:
    stage.deploy(given(stage, tmp_path))
    assert in_container(stage, "d1") == [CANARY]
    (one,) = stage.containers("d1")
    told = json.dumps([
        stage.engine.ask("GET", f"/containers/{one['Id']}/json"),
        stage.engine.ask("GET", "/containers/json?all=1"),
        stage.engine.ask("GET", "/volumes"),
        stage.engine.ask("GET", "/system/df"),
    ])  # fmt: skip
    assert CANARY not in told
    assert str(tmp_path) not in told
    assert stage.get() == "1.1.0 /"


def test_what_nobody_has_any_more_goes_with_the_next_that_tidies_up(
    stage: DockerStage, tmp_path: Path
) -> None:
    """Who was killed between a container and its secrets leaves these, and nothing of its
    operation runs that somebody would retire."""
    stage.deploy(given(stage, tmp_path))
    plan = given(stage, tmp_path, "another", "d2")
    assert stage.begin(plan).state == "healthy"
    stage.runtime.switch(plan)
    stage.runtime.prune(plan)
    assert volumes(stage) == ["d1", "d2"], "what runs still has its own"
    (old,) = stage.containers("d1")
    stage.engine.ask("DELETE", f"/containers/{old['Id']}?force=1")
    assert volumes(stage) == ["d1", "d2"]
    stage.runtime.prune(plan)
    assert volumes(stage) == ["d2"]
    assert in_container(stage, "d2") == ["another"]


def test_one_that_was_changed_reaches_the_next_deployment_and_what_runs_keeps_its_own(
    stage: DockerStage, tmp_path: Path
) -> None:
    first = given(stage, tmp_path)
    stage.deploy(first)
    second = given(stage, tmp_path, "another", "d2")
    assert stage.begin(second).state == "healthy"
    more = replace(first, container=replace(first.container, replicas=2))  # type: ignore[type-var]
    stage.runtime.scale(more)
    assert in_container(stage, "d1") == [CANARY, CANARY], "one that comes later has the same"
    assert in_container(stage, "d2") == ["another"]
    stage.runtime.switch(second)
    stage.runtime.retire(second, "d1")
    assert volumes(stage) == ["d2"]
    stage.runtime.halt(*stage.place, 0.1)
    stage.runtime.revive(second)
    assert in_container(stage, "d2") == ["another"]
    stage.runtime.halt(*stage.place, 0.1)
    stage.runtime.forget(*stage.place)
    assert volumes(stage) == []


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (lambda path: path.unlink(), "cannot be read from .*: No such file"),
        (lambda path: path.write_bytes(b""), "is empty"),
        (lambda path: path.write_bytes(b"x" * 500_001), "has more than 500000 bytes"),
    ],
)
def test_one_that_cannot_be_had_is_said_before_anything_is_there(
    stage: DockerStage, tmp_path: Path, how: Callable[[Path], Any], said: str
) -> None:
    plan = given(stage, tmp_path)
    how(tmp_path / "password")
    with pytest.raises(PortError, match=f"The secret password of {plan.service}.* {said}") as no:
        stage.runtime.prepare(plan)
    assert no.value.permanent
    assert stage.containers(role="router") == []


def test_what_is_broken_off_is_begun_anew_and_never_half_there(
    stage: DockerStage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = given(stage, tmp_path)
    stage.runtime.prepare(plan)
    real = client.Engine.upload
    for after in (False, True):

        def breaks(self: client.Engine, *words: Any, after: bool = after, **more: Any) -> None:
            if after:
                real(self, *words, **more)
            raise PortError("The connection was reset.")

        monkeypatch.setattr(client.Engine, "upload", breaks)
        with pytest.raises(PortError, match="reset"):
            stage.runtime.start(plan)
        assert stage.containers("d1") == [], "none is without what it is to have"
        (tmp_path / "password").write_text(f"as it is now {after}", "utf-8")
    monkeypatch.setattr(client.Engine, "upload", real)
    stage.runtime.start(plan)
    assert in_container(stage, "d1") == ["as it is now True"]
    assert stage.containers(role="carrier") == []
    stage.runtime.retire(plan, "d1")
    assert volumes(stage) == []


def test_a_volume_of_somebody_else_is_not_written(stage: DockerStage, tmp_path: Path) -> None:
    plan = given(stage, tmp_path)
    stage.runtime.prepare(plan)
    name = "_".join(("stationmaster", *stage.place, "d1"))
    stage.engine.ask("POST", "/volumes/create", {"Name": name})
    try:
        with pytest.raises(PortError, match="is somebody else's") as refused:
            stage.runtime.start(plan)
        assert refused.value.permanent
    finally:
        stage.engine.ask("DELETE", f"/volumes/{name}")


def test_who_tidies_up_meanwhile_takes_nothing_that_is_about_to_be_had(
    stage: DockerStage, tmp_path: Path
) -> None:
    plan = given(stage, tmp_path)
    stage.runtime.prepare(plan)
    secrets = Secrets(stage.runtime._host(stage.place[0]).engine)
    with secrets.at_hand(plan):
        assert [one for one in stage.runtime.leftovers(()) if stage.place[0] in one.name] == []
        secrets_of = place_of(plan).secrets("d1")
        assert not gone_from(stage.runtime._host(stage.place[0]).engine, f"/volumes/{secrets_of}")
    secrets.drop(place_of(plan), "d1")
    assert volumes(stage) == []


def test_what_was_left_of_them_is_found_and_removed(stage: DockerStage, tmp_path: Path) -> None:
    plan = given(stage, tmp_path)
    stage.deploy(plan)
    mine = stage.place[0]

    def found(*gone: str) -> list[str]:
        there = stage.runtime.leftovers((), gone)
        return [one.name for one in there if one.kind == "volume" and mine in one.name]

    assert found() == []
    (name,) = found(mine)
    assert name.startswith("secrets ")
    for one in stage.containers():
        stage.engine.ask("DELETE", f"/containers/{one['Id']}?force=1")
    assert found() == [name]
    wanted = [one for one in stage.runtime.leftovers(()) if one.name == name]
    assert stage.runtime.clean(wanted, ()) == tuple(wanted)
    assert volumes(stage) == []


@pytest.mark.parametrize("kind", ["ssh", "tls"])
def test_they_arrive_from_afar_as_well(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    way: Way = request.getfixturevalue(kind)
    stage = DockerStage(way.engine, f"given-{kind}", "afar", way)
    stage.runtime.start(prepared(stage, given(stage, tmp_path)))
    assert in_container(stage, "d1") == [CANARY]
    stage.clear()


def prepared(stage: DockerStage, plan: Plan) -> Plan:
    stage.runtime.prepare(plan)
    return plan
