"""4.11: how often, where the workspace is strict about it; and faults on demand."""

from collections.abc import Callable
from functools import partial, reduce
from typing import Any

from playground.limits import TIERS
from tests.playground.calls.stage import Call, Stage, calls, done, fails, holds, works
from tests.playground.webapi.accepted import ACCEPTED
from tests.workspace import JSON, eventually

_MOST = {1: 1, 2: 20, 3: 50, 4: 100}
_LONG = 3_600.0


def _strictly(stage: Stage, act: Callable[[], JSON], **more: Any) -> JSON:
    """Do it where limits hold, after an hour of rest."""
    stage.advance(_LONG)
    stage.ana.do("control", action="strict_rate_limits", on=True, **more)
    try:
        return act()
    finally:
        stage.ana.do("control", action="strict_rate_limits", on=False)


def _often(stage: Stage, method: str, times: int) -> JSON:
    answer: JSON = {}
    for _ in range(times):
        answer = stage.form(method, "error=any" if method == "api.test" else "")
    return holds(answer["error"] != "ratelimited", answer["error"])


def _of_tier(stage: Stage, tier: int, more: int) -> JSON:
    """Call a method of a tier as often as it may be in a minute, and so much more."""
    method = {1: "apps.connections.open", 4: "users.info"}.get(tier, TIERS[tier][0])
    assert method in TIERS[tier] and method in ACCEPTED
    if tier != 1:
        return _strictly(stage, lambda: _often(stage, method, _MOST[tier] + more))
    token = "xapp-playground"
    headers = {"Authorization": f"Bearer {token}"}

    def connect() -> JSON:
        for _ in range(more):
            done(stage.raw(method, headers=headers))
        return stage.raw(method, headers=headers)

    return _strictly(stage, connect)


def _posts(stage: Stage, count: int, channel: str = "C0GENERAL") -> JSON:
    answers = (stage.post(channel=channel, text="x") for _ in range(count))
    return reduce(lambda before, answer: answer if before["ok"] else before, answers)


def _answers(stage: Stage, count: int) -> JSON:
    def answer() -> JSON:
        for _ in range(count - 1):
            done(stage.hook(stage.command()["response_url"], text="x"))
        return stage.hook(stage.command()["response_url"], text="x")

    return _strictly(stage, answer)


def _rested(stage: Stage, seconds: float) -> JSON:
    """Post as fast as it goes, rest, and post again."""

    def act() -> JSON:
        _posts(stage, 5)
        assert stage.post(channel="C0GENERAL", text="x")["error"] == "ratelimited"
        stage.advance(seconds)
        return stage.post(channel="C0GENERAL", text="x")

    return _strictly(stage, act)


def _events(stage: Stage, count: int) -> JSON:
    """Say so much where three events an hour are allowed; ok when the app hears each of it."""

    def act() -> JSON:
        before = len(stage.events)
        for number in range(count):
            stage.types(f"event {number}", "D0ANA")
        eventually(lambda: len(stage.events) >= before + min(count, 3), "the events")
        entries = stage.ana.get("inspector", since="0")["entries"]
        limited = [e for e in entries if e["name"] == "app_rate_limited"]
        return holds(count <= 3 and not limited, "app_rate_limited")

    return _strictly(stage, act, events_per_hour=3)


def _faulty(stage: Stage, mode: str, **more: Any) -> JSON:
    if mode:
        stage.ana.do("control", action="fault", method="chat.postMessage", mode=mode, **more)
    return stage.post(text="x")


CASES: list[Call] = [
    *(
        call
        for tier in (1, 2, 3, 4)
        for call in calls(
            f"4.11 tier {tier}: {_MOST[tier]} a minute",
            works(partial(_of_tier, tier=tier, more=0)),
            fails("ratelimited", partial(_of_tier, tier=tier, more=1)),
        )
    ),
    *calls(
        "4.11 chat.postMessage: one a second and channel, with bursts",
        works(lambda s: _strictly(s, lambda: _posts(s, 5))),
        works(lambda s: _rested(s, 1)),
        fails("ratelimited", lambda s: _strictly(s, lambda: _posts(s, 6))),
        fails("ratelimited", lambda s: _rested(s, 0.9)),
    ),
    *calls(
        "4.11 response_url: as posting",
        works(lambda s: _answers(s, 5)),
        fails("ratelimited", lambda s: _answers(s, 6)),
    ),
    *calls(
        "4.11 off unless it is switched on",
        works(lambda s: _posts(s, 50)),
        fails("ratelimited", lambda s: _strictly(s, lambda: _posts(s, 50))),
    ),
    *calls(
        "4.11 events: so many an hour, then app_rate_limited",
        works(lambda s: _events(s, 3)),
        fails("app_rate_limited", lambda s: _events(s, 4)),
    ),
    *calls(
        "4.11 faults on demand",
        works(lambda s: _faulty(s, "")),
        works(lambda s: _faulty(s, "slow", seconds=0.01)),
        fails("ratelimited", lambda s: _faulty(s, "429")),
        fails("internal_error", lambda s: _faulty(s, "500")),
        fails("fatal_error", lambda s: _faulty(s, "error")),
    ),
]
