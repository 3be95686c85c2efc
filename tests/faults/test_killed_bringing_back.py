"""``kill -9`` at every external call and around every durable step of a reset that waits for an
approval and brings the baseline version back. Whatever happens: it ends as it should, what was live
is replaced once and runs no more, and the data is that of the baseline."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers.tables import Deployment
from tests.faults.conftest import opened
from tests.faults.ground import VERSION, Ground, ask, check, newest, settle
from tests.faults.line import LONG, Ends, Line
from tests.faults.sweep import sweep
from tests.workspace import eventually

NEWER = "1.1.0"


class Home(Ground):
    """A line whose environment has a baseline version, and asks somebody before a reset."""

    KIND = "home"


@pytest.fixture(scope="module")
def homes(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Home]]:
    folder = tmp_path_factory.mktemp("bringing-back")
    yield from opened(lambda number: Home(folder, shop, number), Home.begin)


def approve(line: Line) -> None:
    """Click until it waits no more."""

    def goes_on() -> bool:
        line.keep_alive()
        line.approve()
        row = newest(line)
        return row is not None and row.state != "waiting"

    eventually(goes_on, "the approval of the reset", within=LONG, every=0.1)


def brings_back(home: Home, ends: Ends) -> None:
    line = home.line
    home.deploy(NEWER)
    line.check(line.settle(), "live", NEWER)
    (home.data / "orders").write_text("7", encoding="utf-8")
    line.begin(ends)
    ask(line, f"/env reset {line.spot.name} because it is wrong", "U0OPAL")
    approve(line)
    row = settle(line)
    check(home, row)
    assert home.files == ["catalogue.json"]
    with line.store.read() as session:
        there = session.query(Deployment).filter_by(environment=line.spot.name, state="live")
        (live,) = there.all()
        session.expunge_all()
    assert (live.version, live.part_of) == (VERSION, row.id)
    assert line.instances(live) == 1


@pytest.mark.timeout(900)
def test_whenever_it_is_killed_the_baseline_version_comes_back_once(homes: list[Home]) -> None:
    sweep(homes, brings_back, at_least=60)
