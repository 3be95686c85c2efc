"""Registries that lie, and registries that go away in the middle: nothing but the bytes that were
approved ever gets onto an Engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from handlers.ports import Container, Plan, PortError
from integrations.runtimes.docker import images
from tests.conftest import missing
from tests.docker.act import act, tried
from tests.docker.engine import Engine, missing_programs, own_engine
from tests.docker.images import SERVED, push, variant
from tests.docker.lying import LAYER, MANIFEST, Front, flipped, front
from tests.docker.stage import DockerStage


@pytest.fixture
def before(registry: str) -> Iterator[Front]:
    with front(registry) as one:
        yield one


def pushed(stage: DockerStage, before: Front, label: str) -> tuple[Plan, str]:
    """A plan whose image comes through what stands before the registry, with layers of its own;
    and its id there."""
    files = {"own": f"{stage.place[1]} {label}".encode() * 50_000}
    image = variant(stage.engine.socket, SERVED, ["true"], f"{stage.place[1]}-{label}", files)
    name = f"{stage.place[1]}-{label}"
    exact = push(stage.engine.socket, image, f"{before.registry}/{name}", "1")
    stage.engine.ask("DELETE", f"/images/{image}?force=1")
    asked = f"{before.address}/{name}@{exact.rpartition('@')[2]}"
    return replace(stage.plan(f"d{label}"), container=Container(asked)), image


@pytest.fixture(scope="module")
def once() -> Iterator[Engine]:
    """One that asks a registry once: by itself each asks for a minute."""
    gone = missing_programs()
    if gone:
        missing(f"for a Docker Engine: {', '.join(gone)}")
    with own_engine("--max-download-attempts=1") as engine:
        yield engine


@pytest.fixture
def impatient(once: Engine) -> Iterator[DockerStage]:
    stage = DockerStage(once, "api")
    yield stage
    stage.clear()


@pytest.mark.parametrize("about", [MANIFEST, LAYER])
def test_other_bytes_than_the_digest_names_are_refused_for_good(
    stage: DockerStage, before: Front, about: str
) -> None:
    plan, image = pushed(stage, before, "1")
    before.about, before.spoil = about, flipped
    with pytest.raises(PortError, match="verification failed") as refused:
        stage.runtime.prepare(plan)
    assert refused.value.permanent
    assert image not in {one["Id"] for one in stage.engine.ask("GET", "/images/json?all=1")}
    with pytest.raises(PortError, match="not prepared"):
        stage.runtime.start(plan)


def test_a_registry_that_goes_away_in_the_middle_and_comes_back_is_waited_for(
    stage: DockerStage, before: Front
) -> None:
    plan, image = pushed(stage, before, "2")
    before.about, before.cuts, before.refusals = LAYER, 1, 1
    tried(lambda: stage.runtime.prepare(plan))
    assert (before.cuts, before.refusals) == (0, 0)
    assert plan.container
    assert stage.engine.ask("GET", f"/images/{plan.container.image}/json")["Id"] == image


@pytest.mark.parametrize(("status", "said"), [(503, "503"), (429, "was asked too often by local")])
def test_a_registry_that_has_enough_for_good_in_the_middle_leaves_what_serves(
    impatient: DockerStage, before: Front, status: int, said: str
) -> None:
    stage, ever = impatient, 10_000
    first = stage.plan("d1")
    stage.deploy(first)
    plan, image = pushed(stage, before, "2")
    before.about, before.cuts, before.refusals, before.status = LAYER, 1, ever, status
    ended = act(stage.runtime, plan, first)
    assert ended.startswith("rolled back: ")
    assert said in ended
    assert "html" not in ended.lower()
    assert before.cuts == 0
    assert before.refusals < ever
    assert stage.containers("d2") == []
    assert image not in {one["Id"] for one in stage.engine.ask("GET", "/images/json?all=1")}
    serving = stage.runtime.serving(*stage.place)
    assert serving is not None
    assert serving.operation == "d1"
    assert stage.get("/version")


def test_a_layer_that_does_not_come_any_further_is_given_up_and_fetched_when_it_comes(
    impatient: DockerStage, before: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "STALL", 1.0)
    first = impatient.plan("d1")
    impatient.deploy(first)
    plan, image = pushed(impatient, before, "2")
    before.about, before.stalls = LAYER, 10_000
    ended = act(impatient.runtime, plan, first)
    assert "has come no further for 1 s: its registry stalls, or local does." in ended
    assert impatient.get() == "1.1.0 /"
    before.stalls = 0
    before.over.set()
    tried(lambda: impatient.runtime.prepare(plan))
    assert plan.container
    there = impatient.engine.ask("GET", f"/images/{plan.container.image}/json")
    assert there["Id"] == image
