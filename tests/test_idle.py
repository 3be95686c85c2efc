"""Environments that nobody uses: told, stopped, kept and destroyed, at the gate."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.listeners.rest import _command
from bot.reply import reply
from bot.say import plain
from bot.views import actions
from bot.views.notices import draw_notice
from handlers.messages import (
    BookEnvironments,
    CreateEnvironment,
    DestroyEnvironment,
    KeepRunning,
    LockEnvironment,
    RequestDeploy,
    ShowUsage,
    StopEnvironment,
)
from handlers.setup import load
from handlers.tables import Created, Deployment, Idle, Notice
from handlers.work.bench import Bench
from handlers.work.traffic import read_traffic
from integrations.http_visitor import HttpVisitor
from integrations.volumes.folders import FolderVolumes
from tests.databases import empty_database
from tests.desk import Desk, open_desk
from tests.fakes import FakeBuilder, FakeDirectory, FakeImages, FakeProbe, FakeRuntime, FakeSource
from tests.test_rests import asked, says, tick
from tests.test_stops import comes_to_rest, goes_live
from tests.workspace import labels

ANA, BEN, OPAL = "U0ANA", "U0BEN", "U0OPAL"


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """free-1 and what is made from the blueprint rest when nobody has used them for two hours."""
    with open_desk(empty_database(request, tmp_path), tmp_path) as desk:
        says(desk, tmp_path, "free-1", idle_stop="2h")
        team = tmp_path / "team.yml"
        told = json.loads(team.read_text())
        told["blueprints"]["preview"]["idle_stop"] = "2h"
        team.write_text(json.dumps(told))
        desk.setup = load(team)
        yield desk


def notices(desk: Desk, user: str) -> list[tuple[str, dict[str, Any]]]:
    with desk.store.read() as session:
        rows = session.query(Notice).filter_by(user=user).order_by(Notice.id)
        return [(row.code, row.facts) for row in rows]


def last(desk: Desk, user: str) -> tuple[str, dict[str, Any]]:
    return notices(desk, user)[-1]


def pressed(desk: Desk, label: str, by: str) -> Any:
    """What a button of the last notice asks for."""
    code, facts = last(desk, by)
    drawn = {"blocks": list(draw_notice(code, facts).blocks)}
    for block in drawn["blocks"]:
        for raw in block.get("elements", []):
            if raw.get("text", {}).get("text", "").startswith(label):
                value = actions.unpack(raw["value"])
                if raw["action_id"] == actions.ENVIRONMENT_DESTROY:
                    return DestroyEnvironment(value["environment"], "it", value["created"])
                return _command(raw["action_id"], value)
    raise AssertionError(labels(drawn))


def test_who_deployed_there_is_told_first_and_then_it_is_stopped(desk: Desk) -> None:
    goes_live(desk)
    assert tick(desk, minutes=89).code == "nothing_due"
    said = tick(desk, minutes=1)
    assert dict(said.facts) == {"idle_soon": ["free-1"]}
    code, facts = last(desk, BEN)
    assert code == "idle_soon"
    drawn = draw_notice(code, facts)
    assert "has not been used since" in plain(drawn)
    assert [x.split(" until")[0] for x in labels({"blocks": list(drawn.blocks)})] == [
        "Stop now", "Keep",
    ]  # fmt: skip
    assert tick(desk, minutes=29).code == "nothing_due"
    assert tick(desk, minutes=1).code == "stops_swept"
    assert asked(desk) == [("stop", "clock", "nobody used it")]
    assert tick(desk, seconds=5).code == "nothing_due"
    comes_to_rest(desk, by="clock")
    tick(desk, seconds=5)
    assert last(desk, BEN)[0] == "idle_stopped"
    assert len(notices(desk, BEN)) == 1


def test_whoever_made_one_may_keep_it_stop_it_or_delete_it(desk: Desk) -> None:
    desk.asks(CreateEnvironment("demo", "preview"), ANA)
    goes_live(desk, "demo")
    tick(desk, minutes=90)
    code, facts = last(desk, ANA)
    buttons = labels({"blocks": list(draw_notice(code, facts).blocks)})
    assert [one.split(" until")[0] for one in buttons] == ["Stop now", "Keep", "Delete"]
    keep, stop, delete = (pressed(desk, one, ANA) for one in ("Keep", "Stop now", "Delete"))
    assert desk.asks(keep, ANA).code == "kept_running"
    assert last(desk, ANA)[0] == "idle_kept"
    assert tick(desk, hours=23).code == "nothing_due"
    assert desk.asks(stop, ANA).code == "preparation_queued"
    assert isinstance(delete, DestroyEnvironment)
    assert desk.asks(DestroyEnvironment("demo", "not wanted", delete.created), ANA).code == (
        "destroying"
    )
    with desk.store.read() as session:
        assert session.get_one(Created, 1).state == "going"


def test_kept_it_is_told_again_when_that_is_over(desk: Desk) -> None:
    goes_live(desk)
    tick(desk, minutes=90)
    desk.asks(KeepRunning("free-1", "for 3h"), BEN)
    assert tick(desk, hours=3).code == "stops_swept"
    assert [code for code, _ in notices(desk, BEN)] == ["idle_kept", "idle_soon"]
    assert tick(desk, minutes=30).code == "stops_swept"


@pytest.mark.parametrize("changed", [False, True])
def test_the_button_is_the_second_word_for_what_was_told(desk: Desk, changed: bool) -> None:
    goes_live(desk)
    tick(desk, minutes=90)
    stop = pressed(desk, "Stop now", BEN)
    assert isinstance(stop, StopEnvironment)
    if changed:
        goes_live(desk, service="shop-web")
    assert desk.asks(stop, BEN).code == ("sure_to_stop" if changed else "preparation_queued")


@pytest.mark.parametrize("use", ["deployment", "booking", "request", "kept"])
def test_used_again_it_runs_on_and_that_is_said(desk: Desk, tmp_path: Path, use: str) -> None:
    goes_live(desk)
    tick(desk, minutes=90)
    desk.later(minutes=1)
    if use == "deployment":
        desk.asks(RequestDeploy("shop-api", "1.1.0", "free-1"), ANA)
        with desk.store.write() as session:
            row = session.query(Deployment).filter_by(state="queued").one()
            row.state, row.ended_at = "cancelled", desk.at
    elif use == "booking":
        desk.asks(BookEnvironments(("free-1",), "for 1h"), ANA)
    elif use == "kept":
        desk.asks(KeepRunning("free-1", "for 1h"), ANA)
    else:
        runtime = FakeRuntime()
        reads(desk, tmp_path, runtime)
        runtime.asked["free-1"] = 1
        desk.later(seconds=30)
        reads(desk, tmp_path, runtime)
    tick(desk)
    assert last(desk, BEN)[0] == ("idle_kept" if use == "kept" else "idle_over")
    assert tick(desk, minutes=30).code == "nothing_due"


def reads(desk: Desk, folder: Path, runtime: FakeRuntime) -> None:
    bench = Bench(
        desk.store, desk.in_force, lambda: desk.at, {"process": runtime}, FakeSource(),
        FakeDirectory([], {}), FolderVolumes(folder / "volumes"), FakeProbe(), HttpVisitor(),
        FakeImages(), FakeBuilder(),
    )  # fmt: skip
    read_traffic(bench)


def test_only_a_count_that_has_grown_is_use(desk: Desk, tmp_path: Path) -> None:
    goes_live(desk)
    goes_live(desk, "free-2")
    comes_to_rest(desk, "free-2")
    runtime = FakeRuntime()
    seen = []
    for count in (5, 5, 7, None, 7, 9, 0, 0, 2):
        runtime.asked["free-1"] = count
        desk.later(minutes=1)
        reads(desk, tmp_path, runtime)
        with desk.store.read() as session:
            seen.append(session.get_one(Idle, "free-1").asked_at == desk.at)
            assert session.get(Idle, "free-2") is None
    assert seen == [False, False, True, False, False, True, False, False, True]


def test_who_does_not_answer_keeps_nobody_else_waiting(desk: Desk, tmp_path: Path) -> None:
    names, together = ("free-1", "free-2"), threading.Barrier(2)
    for name in names:
        goes_live(desk, name)

    class Slow(FakeRuntime):
        def requests(self, environment: str) -> int | None:
            together.wait(10)  # answers when the other is asked, too
            return super().requests(environment)

    reads(desk, tmp_path, Slow())
    with desk.store.read() as session:
        assert all(session.get(Idle, name) for name in names)


def test_usage_shows_what_runs_for_nobody_with_buttons(desk: Desk) -> None:
    goes_live(desk)
    goes_live(desk, "free-2")
    desk.later(hours=3)
    desk.directory_read()
    drawn = reply(desk.asks(ShowUsage("", 30), ANA))
    assert "*free-1* runs, not used since" in plain(drawn)
    assert "*free-2* runs, not used" not in plain(drawn)
    desk.later(hours=22)
    desk.directory_read()
    drawn = reply(desk.asks(ShowUsage("", 30), ANA))
    assert "*free-2* runs, not used since" in plain(drawn)
    buttons = [one.split(" until")[0] for one in labels({"blocks": list(drawn.blocks)})]
    assert buttons == ["Stop now", "Keep", "Stop now"]


def test_what_somebody_keeps_others_out_of_is_neither_told_nor_stopped(desk: Desk) -> None:
    goes_live(desk)
    desk.asks(LockEnvironment("free-1", "for 4h", "load test"), OPAL)
    assert tick(desk, hours=3).code == "nothing_due"
    assert notices(desk, BEN) == []
