"""The real bot, which kills itself with SIGKILL at one chosen point: right before or right after
an external call, around a durable step, or inside a transaction that is about to commit. A point is
``label#number``, or only its label for the first time that it comes by."""

from __future__ import annotations

import functools
import os
import signal
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from slack_sdk import WebClient
from sqlalchemy.orm import Session

from bot import clock, courier, wiring
from bot.inbox import Inbox
from bot.settings import Settings
from handlers.gate import Gate
from handlers.ports import BuildOrder, Built, Say
from handlers.tables import Drift
from handlers.work import (
    bring_up,
    build,
    build_steps,
    deploy,
    drift,
    look_around,
    refit,
    steps,
    take_down,
)
from handlers.work.bench import Bench
from handlers.work.engine import exactly_once
from integrations.runtimes.docker import watch

SLACK_CALLS = ("chat.postMessage", "chat.update", "chat.getPermalink")


@dataclass
class Fate:
    """Counts the points as they are passed, writes them down, and ends the process at its own."""

    passed: Path
    end: str
    counts: Counter[str] = field(default_factory=Counter)
    turn: threading.Lock = field(default_factory=threading.Lock)

    def point(self, label: str) -> None:
        with self.turn:
            self.counts[label] += 1
            name = f"{label}#{self.counts[label]}"
            with self.passed.open("a") as file:
                file.write(f"{name}\n")
        if self.end in (name, label):
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, label: str, call: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(call)
        def run(*args: Any, **kwargs: Any) -> Any:
            self.point(f"before {label}")
            answer = call(*args, **kwargs)
            self.point(f"after {label}")
            return answer

        return run


class Mortal:
    """A port whose every call is such a point."""

    def __init__(self, name: str, port: Any, fate: Fate) -> None:
        self._name, self._port, self._fate = name, port, fate

    def __getattr__(self, call: str) -> Any:
        return self._fate.around(f"{self._name}.{call}", getattr(self._port, call))


class MortalBuilder(Mortal):
    """One that also dies while something is built: at a line that the build writes."""

    def build(self, order: BuildOrder, write: Say, say: Say) -> Built:
        def written(line: str) -> None:
            self._fate.point("within builder.build")
            write(line)

        done: Built = self._fate.around("builder.build", self._port.build)(order, written, say)
        return done


def run(settings: Settings, passed: Path, end: str, looks: bool = False) -> None:
    """The whole bot until it is killed; ``end`` is the point, or empty for a long life. It
    ``looks`` around all the time, or else only when somebody asks."""
    fate = Fate(passed, end)
    _wrap_slack(fate)
    _wrap_work(fate)
    _wrap_noticing(fate)
    drift.SETTLE = timedelta(seconds=1)
    courier.PACE = 0.1  # pacing is tested elsewhere
    clock.table = lambda rounds: {  # nothing but readings ticks here
        rounds.read_directory: {"second": "*/30"},
        rounds.read_catalogue: {"second": "10,40"},
        rounds.revive: {"hour": "0"},
        **({rounds.look_around: {"second": "*"}} if looks else {}),
    }
    look_around.listen = lambda tools: None
    wiring.build(settings, functools.partial(_ports, fate)).start()
    threading.Event().wait()


def _ports(fate: Fate, settings: Settings, client: WebClient, seen: wiring.Seen) -> wiring.Ports:
    real = wiring.real_ports(settings, client, seen)
    runtimes: dict[str, Any] = {k: Mortal("runtime", v, fate) for k, v in real.runtimes.items()}
    source: Any = Mortal("source", real.source, fate)
    volumes: Any = Mortal("volumes", real.volumes, fate)
    builder: Any = MortalBuilder("builder", real.builder, fate)
    return replace(real, runtimes=runtimes, source=source, volumes=volumes, builder=builder)


def _wrap_slack(fate: Fate) -> None:
    call = WebClient.api_call

    def api_call(client: WebClient, api_method: str, **kwargs: Any) -> Any:
        if api_method not in SLACK_CALLS:
            return call(client, api_method, **kwargs)
        return fate.around(api_method, call)(client, api_method, **kwargs)

    WebClient.api_call = api_call  # type: ignore[method-assign,assignment]


def _wrap_noticing(fate: Fate) -> None:
    """Around what tells people of a change, not around the looks that tell nobody anything."""
    tell, notice = drift._tell, drift.notice

    def told(
        tools: Bench, session: Session, environment: str, new: list[Drift], over: list[Drift]
    ) -> None:
        if new or over:
            fate.point("before telling")
        tell(tools, session, environment, new, over)
        if new or over:
            session.flush()
            fate.point("inside transaction telling")

    def noticed(*what: Any) -> None:
        before = fate.counts["inside transaction telling"]
        notice(*what)
        if fate.counts["inside transaction telling"] > before:
            fate.point("after telling")

    drift._tell = told
    drift.notice = noticed  # type: ignore[assignment]


def _wrap_work(fate: Fate) -> None:
    perform, performed = steps.perform, refit.perform

    def step(name: str, body: steps.Body, deployment: int, cancellable: bool) -> Any:
        return fate.around(f"step {name}", perform)(name, body, deployment, cancellable)

    def once(name: str, body: Callable[[Session, int], Any], deployment: int) -> Any:
        def inside(session: Session, number: int) -> Any:
            answer = body(session, number)
            session.flush()
            fate.point(f"inside transaction {name}")
            return answer

        return fate.around(f"transaction {name}", exactly_once)(name, inside, deployment)

    Inbox.put = fate.around("accepting", Inbox.put)  # type: ignore[method-assign]
    Gate.submit = fate.around("deciding", Gate.submit)  # type: ignore[method-assign]
    steps.perform = step
    deploy.exactly_once = once  # type: ignore[attr-defined]
    refit.perform = lambda name, body, number: fate.around(f"step {name}", performed)(
        name, body, number
    )
    bring_up.exactly_once = once  # type: ignore[attr-defined]
    built = build_steps.perform
    build_steps.perform = lambda name, body, number: fate.around(f"step build.{name}", built)(
        name, body, number
    )
    build.exactly_once = once  # type: ignore[attr-defined]
    taken = take_down.perform
    take_down.perform = lambda name, body, number: fate.around(f"step {name}", taken)(
        name, body, number
    )
    take_down.exactly_once = once  # type: ignore[attr-defined]
    watch.remove = fate.around("engine.remove", watch.remove)  # type: ignore[attr-defined]
