"""Secrets that services find as files: bound by approvals, told when others, shown to nobody."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from handlers import drifts, file_changes
from handlers.gating import current_fingerprint
from handlers.messages import CLOCK, CompareSetup, ReadLog, RequestDeploy
from handlers.setup import load
from handlers.tables import Deployment
from handlers.work import steps
from handlers.work.bench import plan_of
from tests.desk import Desk
from tests.test_gate import make_live
from tests.test_instances import ANA, FREE, IMAGE, OPAL, Yard

CANARY = "canary-4711-of-the-shop"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return tmp_path / "key"


@pytest.fixture
def yard(desk: Desk, tmp_path: Path, key: Path) -> Yard:
    """Its api is given a key, which has stood there for long."""
    yard, team = Yard(desk, tmp_path / "team.yml"), tmp_path / "team.yml"
    told = json.loads(team.read_text("utf-8"))
    for environment in told["environments"].values():
        environment["services"]["shop-api"]["secrets"] = {"api-key": "key"}
    team.write_text(json.dumps(told), "utf-8")
    desk.setup = load(team)
    object.__setattr__(yard.tools, "in_force", desk.in_force)
    written(key, f"{CANARY}\nsecond-line-of-it\n", 1000)
    return yard


def written(path: Path, text: str, at: float) -> None:
    path.write_text(text, "utf-8")
    os.utime(path, (at, at))


def is_live(yard: Yard) -> Deployment:
    """A version that was deployed with what stands there now."""
    make_live(yard.desk, "1.1.0", FREE, 900)
    row = yard.desk.row(900)
    made = drifts.made_as(yard.desk.setup, FREE, "shop-api", row.started_at)
    with yard.desk.store.write() as session:
        session.execute(update(Deployment).values(made_as=made, artefact=IMAGE))
    return yard.desk.row(900)


def changes(yard: Yard) -> list[str]:
    with yard.desk.store.read() as session:
        found = file_changes.changes(session, yard.desk.setup, FREE)
    return [f"{one['what']}:{one['remedy']}" for one in found]


def test_a_plan_says_where_they_are_and_not_what_is_in_them(yard: Yard, key: Path) -> None:
    plan = plan_of(yard.tools, is_live(yard), 900)
    assert plan.container is not None
    assert plan.container.secrets == (("api-key", str(key.resolve())),)
    assert CANARY not in repr(plan)


def test_one_that_was_written_anew_is_told_once_and_the_same_version_may_come_again(
    yard: Yard, key: Path
) -> None:
    is_live(yard)
    asked = RequestDeploy("shop-api", "1.1.0", FREE)
    assert changes(yard) == []
    assert "already_live" in str(yard.desk.asks(asked, ANA).facts)
    written(key, CANARY, 2000)
    assert changes(yard) == ["secrets:deploy"]
    for _ in range(2):
        yard.desk.later(minutes=1)
        yard.desk.gate.submit(CompareSetup(), CLOCK, f"clock:{yard.desk.at}")
    assert [one.code for one in yard.told(OPAL)] == ["setup_changed"]
    _, facts = yard.last(OPAL)
    assert CANARY not in str(facts)
    assert "already_live" not in str(yard.desk.asks(asked, ANA).facts)


def test_what_was_written_while_a_version_came_may_not_have_been_given(
    yard: Yard, key: Path
) -> None:
    written(key, CANARY, yard.desk.at.timestamp() + 1)
    is_live(yard)
    assert changes(yard) == ["secrets:deploy"]


def test_an_approval_is_bound_to_what_stood_there(yard: Yard, key: Path) -> None:
    row = is_live(yard)
    with yard.desk.store.read() as session:
        before = current_fingerprint(session, yard.desk.setup, row)
        assert current_fingerprint(session, yard.desk.setup, row) == before
        written(key, "another", 2000)
        assert current_fingerprint(session, yard.desk.setup, row) != before


Shown = Callable[[Yard], Any]


def in_a_log(yard: Yard) -> Any:
    yard.runtime.written[FREE, "shop-api"] = (f"login with {CANARY}", "calm", "second-line-of-it")
    yard.desk.asks(ReadLog(FREE, "shop-api"), ANA)
    yard.works()
    return yard.last(ANA)[1]["lines"]


def in_a_failure(yard: Yard) -> Any:
    log = [f"login with {CANARY}", "calm", "second-line-of-it"]
    safe = steps.hidden(yard.tools, {"sentence": CANARY, "log": log, "cancelled": False})
    assert safe["sentence"] == "[hidden]"
    return safe["log"]


@pytest.mark.parametrize("shown", [in_a_log, in_a_failure])
def test_nobody_is_shown_what_a_service_writes_of_them(yard: Yard, shown: Shown) -> None:
    assert shown(yard) == ["login with [hidden]", "calm", "[hidden]"]
