"""One mechanism carries out the steps of everything that has steps on its card."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from handlers.messages import CreateEnvironment, PrepareEnvironment
from handlers.ports import PortError
from handlers.rules.secrets import HIDDEN
from handlers.setup import load
from handlers.subjects import Subject, created, preparation
from handlers.tables import Step
from handlers.work import patience, steps
from handlers.work.bench import Bench, bench, open_bench
from handlers.work.steps import Verdict, conduct, lay_out
from integrations.http_visitor import HttpVisitor
from integrations.volumes.folders import FolderVolumes
from tests.desk import Desk
from tests.fakes import FakeBuilder, FakeDirectory, FakeImages, FakeProbe, FakeRuntime, FakeSource

SECRET = "hunter2-and-more"
Made = Callable[[Desk], Subject]


def prepared(desk: Desk) -> Subject:
    assert desk.asks(PrepareEnvironment("free-1"), "U0OPAL").code == "preparation_queued"
    return preparation(1)


def destroyed(desk: Desk) -> Subject:
    outcome = desk.asks(CreateEnvironment("demo", "preview", ""), "U0ANA")
    assert outcome.code == "environment_created"
    return created(1)


@pytest.fixture(params=[prepared, destroyed])
def of(
    request: pytest.FixtureRequest, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Subject:
    """What has a step ``stop`` on its card, where a service has a secret."""
    monkeypatch.setattr(steps, "PAUSE", 0.001)
    team = tmp_path / "team.yml"
    told = json.loads(team.read_text())
    told["services"]["shop-api"]["variables"] = {"SHOP_TOKEN": SECRET}
    team.write_text(json.dumps(told))
    desk.setup = load(team)
    open_bench(
        Bench(
            desk.store,
            desk.in_force,
            lambda: desk.at,
            {"process": FakeRuntime()},
            FakeSource(),
            FakeDirectory([], {}),
            FolderVolumes(tmp_path / "volumes"),
            FakeProbe(),
            HttpVisitor(),
            FakeImages(),
            FakeBuilder(),
        )
    )
    made: Made = request.param
    subject = made(desk)
    with desk.store.write() as session:
        lay_out(session, subject, ("stop",))
    return subject


def shown(desk: Desk, of: Subject) -> tuple[str, str]:
    with desk.store.read() as session:
        step = session.get_one(Step, (of.kind, of.number, "stop"))
        return step.state, step.detail


def test_what_is_done_is_shown_with_its_detail(desk: Desk, of: Subject) -> None:
    assert conduct(of, "stop", lambda: 3, lambda given: f"{given} stopped") is None
    assert shown(desk, of) == ("complete", "3 stopped")


def test_accidents_are_tried_again_and_what_is_for_good_is_not(desk: Desk, of: Subject) -> None:
    tried: list[int] = []

    def body(permanent: bool) -> str:
        tried.append(1)
        raise PortError("It does not answer.", permanent)

    problem = conduct(of, "stop", lambda: True, body)
    assert (problem or {})["sentence"] == "It does not answer."
    assert len(tried) == 1
    conduct(of, "stop", lambda: False, body)
    assert len(tried) == 1 + steps.ATTEMPTS
    assert shown(desk, of) == ("error", "It does not answer.")


def test_what_is_away_is_waited_for_and_the_card_says_so(
    desk: Desk, of: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(patience, "pause", lambda seconds: said.append(shown(desk, of)[1]))
    errors = [PortError(f"{SECRET} does not answer.", away=True)] * (steps.ATTEMPTS + 5)

    def body(_given: None) -> str:
        if errors:
            raise errors.pop()
        return "stopped"

    assert conduct(of, "stop", lambda: None, body) is None
    assert len(said) == steps.ATTEMPTS + 5
    assert set(said) == {f"{HIDDEN} does not answer. It is waited for."}
    assert shown(desk, of) == ("complete", "stopped")


def test_it_is_waited_for_no_longer_than_patience_lasts(
    desk: Desk, of: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []
    monkeypatch.setattr(patience, "pause", lambda seconds: None)
    monkeypatch.setattr(patience, "PATIENCE", 0.0)

    def body(_given: None) -> str:
        tried.append(1)
        raise PortError("It does not answer.", away=True)

    problem = conduct(of, "stop", lambda: None, body)
    assert (problem or {})["sentence"] == "It does not answer."
    assert len(tried) == steps.ATTEMPTS


def test_a_bot_that_ends_does_not_give_up_what_it_waits_for(
    desk: Desk, of: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine that goes down stops the bot and the Engine: what is tried in vain meanwhile would
    have failed, while what is broken off goes on afterwards."""
    monkeypatch.setattr(patience, "PATIENCE", 0.3)
    bench().stopping.set()
    began = time.monotonic()

    def body(_given: None) -> str:
        raise PortError("It does not answer.", away=True)

    conduct(of, "stop", lambda: None, body)
    assert time.monotonic() - began >= 0.3


def test_who_has_waited_looks_again_whether_it_is_still_wanted(
    desk: Desk, of: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was called off or lost its hold meanwhile is not done, though the Engine is back."""
    monkeypatch.setattr(patience, "pause", lambda seconds: None)
    done: list[int] = []

    def begin() -> int:
        if done:
            raise Verdict("It was called off.", cancelled=True)
        return 1

    def body(given: int) -> str:
        done.append(given)
        raise PortError("It does not answer.", away=True)

    problem = conduct(of, "stop", begin, body)
    assert (problem or {})["cancelled"]
    assert done == [1]


@pytest.mark.parametrize(
    "error",
    [PortError(f"It said {SECRET}.", permanent=True), Verdict(f"It said {SECRET}.", (SECRET,))],
)
def test_nothing_secret_is_shown_or_handed_on(desk: Desk, of: Subject, error: Exception) -> None:
    def body(_given: None) -> str:
        raise error

    problem = conduct(of, "stop", lambda: None, body)
    assert problem is not None
    assert SECRET not in json.dumps(problem)
    assert SECRET not in shown(desk, of)[1]


def test_a_bug_gives_a_number_to_look_for_and_says_nothing_else(desk: Desk, of: Subject) -> None:
    def begin() -> None:
        raise ZeroDivisionError(SECRET)

    problem = conduct(of, "stop", begin, lambda _given: "never")
    assert problem is not None
    assert problem["sentence"].startswith("The bot itself failed in this step; its log has")
    assert shown(desk, of)[0] == "error"
