"""A deployment as the act beat carries it out: steps that are tried again after accidents, and the
way back when that does not help. Also as a process of its own, which can be killed:

python -m tests.docker.act PLANS URL
"""

from __future__ import annotations

import pickle
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from handlers.ports import Plan, PortError, Runtime
from integrations.runtimes.docker.client import engine_at
from integrations.runtimes.docker.runtime import DockerRuntime, Host

ATTEMPTS, PAUSE = 4, 0.1
R = TypeVar("R")


class Unfit(Exception):
    """A definite no."""


def tried(call: Callable[[], R]) -> R:
    for attempt in range(ATTEMPTS):
        try:
            return call()
        except PortError as error:
            if error.permanent or attempt == ATTEMPTS - 1:
                raise
            time.sleep(PAUSE)
    raise AssertionError("unreachable")


def act(runtime: Runtime, plan: Plan, previous: Plan | None) -> str:
    """``live``, or ``rolled back`` with the reason."""
    try:
        tried(lambda: runtime.prepare(plan))
        tried(lambda: runtime.start(plan))
        tried(lambda: healthy(runtime, plan))
        tried(lambda: runtime.switch(plan))
        tried(lambda: healthy(runtime, plan))
    except (PortError, Unfit) as error:
        tried(lambda: go_back(runtime, plan, previous))
        tried(lambda: runtime.retire(plan, plan.operation))
        return f"rolled back: {error}"
    for other in tried(lambda: runtime.instances(plan.environment, plan.service)):
        if other != plan.operation:
            tried(lambda other=other: runtime.retire(plan, other))  # type: ignore[misc]
    tried(lambda: runtime.prune(plan))
    return "live"


def healthy(runtime: Runtime, plan: Plan) -> None:
    deadline = time.monotonic() + plan.health.timeout
    while (look := runtime.look(plan)).state != "healthy":
        if look.state in ("exited", "absent") or time.monotonic() > deadline:
            raise Unfit(look.reason)
        time.sleep(0.05)


def go_back(runtime: Runtime, plan: Plan, previous: Plan | None) -> None:
    serving = runtime.serving(plan.environment, plan.service)
    if serving is not None and serving.operation == plan.operation and previous is not None:
        runtime.switch(previous)


def main(folder: Path, url: str) -> None:
    # The tests' own file, written by their own process.
    plan, previous, router = pickle.loads(folder.read_bytes())
    runtime = DockerRuntime({plan.environment: Host(engine_at("local", url), router)})
    print(act(runtime, plan, previous))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
