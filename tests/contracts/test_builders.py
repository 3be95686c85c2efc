"""What every builder promises: the docstring of ``Builder``, held against a real Engine and a real
registry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from handlers.ports import Builder, BuildOrder, Built, Images, PortError
from tests.docker.registry import registry as real_registry
from tests.docker.ways import FAR
from tests.docker.yard import BROKEN, ENDLESS, GOOD, Ground
from tests.fakes import FakeBuilder


@dataclass
class Site:
    """One builder; ``order`` gives an order for a commit of its own that goes well or as said."""

    builder: Builder
    images: Images
    order: Callable[..., BuildOrder]
    anew: Callable[[], Builder]
    rests: Callable[[BuildOrder], int]
    """How much of a build runs still."""


@pytest.fixture(params=["fake", "docker", "closed", *FAR])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    if request.param == "fake":
        yield _fake()
        return
    keys, url, tls = "", "", ""
    if request.param in FAR:
        way = request.getfixturevalue(request.param)
        engine, url, tls = way.engine, way.address, way.tls
    else:
        engine = request.getfixturevalue("engine")
    if request.param == "closed":
        keys = str(tmp_path / "keys")
        Path(keys).write_text("robot\nlet-me-in\n", "utf-8")
    with real_registry(tmp_path / "registry", closed=bool(keys)) as host:
        ground = Ground(engine, host, tmp_path, keys, url, tls)
        yield Site(
            ground.builder, ground.images, ground.order, ground.anew,
            lambda order: len(ground.running(order)),
        )  # fmt: skip
        ground.close()


def _fake() -> Site:
    builder, numbers = FakeBuilder(), iter(range(100))

    def order(dockerfile: str = GOOD, **how: Any) -> BuildOrder:
        if dockerfile != GOOD:
            builder.fail("build", Built("The build failed at step 2 of 3: code 1."))
        number = next(numbers)
        commit = f"{number:040x}"
        one = BuildOrder(f"b{number}", "lab", "api", "shop", commit, "r.example.com/shop/api")
        return replace(one, **how)

    return Site(builder, builder.images, order, lambda: builder, lambda order: 0)


def test_a_commit_becomes_an_image_that_its_registry_has_under_the_commit(site: Site) -> None:
    order, lines = site.order(), list[str]()
    assert site.builder.fetch(order)
    done = site.builder.build(order, lines.append)
    assert not done.problem
    assert done.detail
    assert lines
    pushed = site.builder.push(order)
    assert pushed.startswith(f"{order.image}@sha256:")
    assert site.images.resolve(order.image, order.commit) == pushed


def test_what_was_done_is_not_done_again_by_whoever_comes_after_a_crash(site: Site) -> None:
    order = site.order()
    site.builder.fetch(order)
    site.builder.build(order)
    for builder in (site.builder, site.anew()):
        lines: list[str] = []
        builder.fetch(order)
        assert builder.build(order, lines.append) == Built(detail="it was built already")
        assert lines == []
    pushed = site.builder.push(order)
    assert site.anew().push(order) == pushed


def test_another_order_for_the_same_commit_finds_what_was_built(site: Site) -> None:
    order = site.order()
    site.builder.fetch(order)
    site.builder.build(order)
    site.builder.discard(order)
    other = replace(order, name="b99999")
    site.builder.fetch(other)
    assert site.builder.build(other).detail == "it was built already"
    site.builder.discard(other)


def test_a_build_that_fails_says_why_and_is_no_accident(site: Site) -> None:
    order, lines = site.order(BROKEN), list[str]()
    site.builder.fetch(order)
    done = site.builder.build(order, lines.append)
    assert "failed at step 2" in done.problem
    assert lines
    with pytest.raises(PortError, match="does not have what was built") as refused:
        site.builder.push(order)
    assert refused.value.permanent


def test_what_stops_it_is_passed_on_and_nothing_runs_on(site: Site) -> None:
    class Stop(Exception):
        pass

    def say(words: str) -> None:
        raise Stop

    order = site.order(ENDLESS)
    site.builder.fetch(order)
    with pytest.raises(Stop):
        site.builder.build(order, say=say)
    assert site.rests(order) == 0
    with pytest.raises(PortError):
        site.builder.push(order)


def test_nothing_is_built_that_was_not_fetched_and_nothing_pushed_that_was_not_built(
    site: Site,
) -> None:
    order = site.order()
    for act in (site.builder.build, site.builder.push):
        with pytest.raises(PortError) as refused:
            act(order)
        assert refused.value.permanent


def test_discarding_leaves_nothing_to_build_from_and_may_be_done_again(site: Site) -> None:
    order = site.order()
    site.builder.fetch(order)
    for builder in (site.builder, site.anew()):
        builder.discard(order)
    with pytest.raises(PortError, match="is not fetched"):
        site.builder.build(order)


def test_only_the_newest_images_stay_where_they_were_built(site: Site) -> None:
    orders = [site.order(keep=2) for _ in range(3)]
    for order in orders:
        site.builder.fetch(order)
        site.builder.build(order)
        site.builder.push(order)
        site.builder.discard(order)
    again = [site.builder.build(o).detail for o in orders[1:]]
    assert again == ["it was built already"] * 2
    with pytest.raises(PortError, match="does not have what was built"):
        site.builder.push(orders[0])


def test_where_builds_can_run_is_said_in_one_line(site: Site) -> None:
    assert site.builder.check("lab").startswith("lab builds")
