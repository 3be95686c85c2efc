"""A bot that is killed before or after one exact change that it asks of a swarm.

python -m tests.swarm.killed FOLDER ENVIRONMENT SERVICE ADDRESS before|after NUMBER
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from integrations.runtimes.docker.client import Engine, Question
from tests.docker.cluster import Cluster
from tests.swarm.stage import ONE_WAY_IN, SwarmStage


def die_at(when: str, number: int) -> None:
    """Die around the ``number``-th change; those that only ask, and health questions, count not."""
    count = iter(range(1, 1000))
    follow, read = Engine.follow, Engine.read

    def around(real: Any, method: str, path: str, call: Any) -> Any:
        is_change = method != "GET" and "/exec" not in path
        here = is_change and next(count) == number
        if here and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        answer = call()
        if here:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    def following(self: Engine, question: Question, limit: float, *how: Any) -> Iterator[Any]:
        def call() -> list[Any]:
            return list(follow(self, question, limit, *how))

        yield from around(follow, question.method, question.path, call)

    def reading(self: Engine, method: str, path: str, body: Any = None, /, **query: Any) -> bytes:
        answer: bytes = around(read, method, path, lambda: read(self, method, path, body, **query))
        return answer

    Engine.follow, Engine.read = following, reading  # type: ignore[method-assign,assignment]


if __name__ == "__main__":
    folder, environment, service, address, when, number = sys.argv[1:]
    stage = SwarmStage(Cluster(Path(folder)), service, environment, ONE_WAY_IN)
    stage.address = address
    die_at(when, int(number))
    plan = stage.plan("d2", 2, version="1.2.0")
    stage.begin(plan)
    stage.runtime.switch(plan)
    stage.settled(plan)
    stage.runtime.retire(plan, "d1")
    stage.runtime.prune(plan)
    sys.exit(0)
