"""What an effect says when a version is not fit to serve, and how it waits for a switch that takes
its time."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from handlers.ports import Look, PortError
from handlers.work import effects, patience
from handlers.work.effects import _unfit
from handlers.work.steps import Verdict

JOB: Any = SimpleNamespace(plan=SimpleNamespace(service="api", version="1.1.0"))


@pytest.mark.parametrize(
    ("look", "why"),
    [
        (Look("unhealthy", "It answered 500."), "it answered 500"),
        (Look("exited", ""), "it is exited"),
    ],
)
def test_the_reason_goes_on_in_the_same_sentence(look: Look, why: str) -> None:
    assert _unfit(JOB, look) == f"api 1.1.0 is not fit to serve: {why}."


class Rolling:
    """A runtime whose switch takes as long as its looks last."""

    def __init__(self, *looks: tuple[str, str]) -> None:
        self._looks: Iterator[Any] = iter([Look(state, reason) for state, reason in looks])  # type: ignore[arg-type]
        self.ordered: list[str] = []
        self.leads_to = "d2"
        self.retire: Any = None

    def look(self, plan: Any) -> Any:
        return next(self._looks)

    def switch(self, plan: Any) -> None:
        self.ordered.append(plan.version)

    def serving(self, *place: str) -> Any:
        return SimpleNamespace(operation=self.leads_to, version={"d1": "1.0.0"}.get(self.leads_to))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the card was told meanwhile."""
    said: list[str] = []
    tools = SimpleNamespace(stopping=threading.Event())
    monkeypatch.setattr(effects, "bench", lambda: tools)
    monkeypatch.setattr(effects, "WATCH_INTERVAL", 0.01)
    monkeypatch.setattr(effects, "HELP_EVERY", 0.015)
    monkeypatch.setattr(effects, "show_progress", lambda _, name, text: said.append(text))
    return said


def job(runtime: Rolling) -> Any:
    return SimpleNamespace(
        plan=SimpleNamespace(service="api", version="1.1.0", operation="d2"),
        previous=SimpleNamespace(service="api", version="1.0.0", operation="d1"),
        service=SimpleNamespace(watch=0.0),
        row=SimpleNamespace(id=2, environment="staging", service="api"),
        runtime=runtime,
        stop_if_cancelled=lambda: None,
    )


ROLLING = [("switching", "1 of 2 up.")] * 5 + [("switching", "2 of 2 up.")]


def test_a_switch_under_way_is_shown_waited_for_and_helped_along(told: list[str]) -> None:
    runtime = Rolling(*ROLLING, ("healthy", ""))
    watched = job(runtime)
    watched.service.watch = 0.001
    assert inspect.unwrap(effects.watch)(watched).startswith("healthy for")
    assert told == ["1 of 2 up.", "2 of 2 up."]
    assert set(runtime.ordered) == {"1.1.0"}


def test_a_switch_that_gets_stuck_after_its_watch_fails_all_the_same(told: list[str]) -> None:
    watched = job(Rolling(*ROLLING, *[("unhealthy", "No node takes it.")] * 3))
    watched.service.watch = 0.001
    with pytest.raises(Verdict) as failed:
        inspect.unwrap(effects.watch)(watched)
    assert str(failed.value) == (
        "After the switch: api 1.1.0 is not fit to serve: no node takes it."
    )


def test_what_goes_up_and_down_under_traffic_is_not_fit(told: list[str]) -> None:
    sick, well = ("unhealthy", "It answered 500."), ("healthy", "")
    watched = job(Rolling(*[well, sick] * 4))
    watched.service.watch = 10
    with pytest.raises(Verdict) as failed:
        inspect.unwrap(effects.watch)(watched)
    assert str(failed.value) == (
        "After the switch, in 4 of 8 looks: api 1.1.0 is not fit to serve: it answered 500."
    )


@pytest.mark.parametrize("step", [effects.go_back, effects.discard])
def test_what_is_away_on_the_way_back_is_waited_for(
    told: list[str], monkeypatch: pytest.MonkeyPatch, step: Any
) -> None:
    """An Engine that is started anew is no reason to call a person."""
    monkeypatch.setattr(patience, "PAUSE", 0.0)
    runtime, away = Rolling(), iter([PortError("It does not answer.")] * 20)
    runtime.leads_to = "d1"
    asked = runtime.serving

    def serving(*place: str) -> Any:
        for error in away:
            raise error
        return asked(*place)

    monkeypatch.setattr(runtime, "serving", serving)
    monkeypatch.setattr(runtime, "look", lambda plan: Look("healthy", ""))
    given = job(runtime)
    runtime.retire = lambda *what: None
    assert inspect.unwrap(step)(given)
    assert list(away) == []
    monkeypatch.setattr(patience, "PATIENCE", 0.0)
    for permanent in (False, True):
        away = iter([PortError("It does not answer.", permanent)] * 2)
        with pytest.raises(PortError):
            inspect.unwrap(step)(given)
        assert len(list(away)) == 1


def test_an_accident_now_and_then_is_none_and_the_last_look_is_a_good_one(told: list[str]) -> None:
    sick, well = ("unhealthy", "It answered 500."), ("healthy", "")
    watched = job(Rolling(sick, sick, well, *[well] * 9, sick, well))
    watched.service.watch = 0.001
    assert inspect.unwrap(effects.watch)(watched).startswith("healthy for")


def test_the_way_back_is_waited_for_and_helped_along(told: list[str]) -> None:
    runtime = Rolling(*ROLLING, ("healthy", ""))
    assert inspect.unwrap(effects.go_back)(job(runtime)) == "1.0.0 answers again"
    assert told == ["1 of 2 up.", "2 of 2 up."]
    assert set(runtime.ordered) == {"1.0.0"}
    assert len(runtime.ordered) > 1


def test_a_way_back_that_the_runtime_went_by_itself_is_waited_for_too(told: list[str]) -> None:
    runtime = Rolling(*ROLLING, ("healthy", ""))
    runtime.leads_to = "d1"
    assert inspect.unwrap(effects.go_back)(job(runtime)) == "1.0.0 was led to all along"
    assert told == ["1 of 2 up.", "2 of 2 up."]


def test_a_way_back_that_gets_stuck_is_said(told: list[str]) -> None:
    runtime = Rolling(*ROLLING, ("unhealthy", "No node takes it."))
    with pytest.raises(Verdict) as failed:
        inspect.unwrap(effects.go_back)(job(runtime))
    assert str(failed.value) == "1.0.0 does not come back: No node takes it."
