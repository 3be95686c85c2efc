"""A bot that is killed at one exact point of a deployment, in a process of its own.

python -m tests.runtimes.killed HOME ADDRESS SERVICE POINT
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from integrations.runtimes.process import control, instances, launch
from tests.runtimes.stage import Stage


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def around(owner: object, name: str, when: str, only: Callable[..., bool]) -> None:
    """Die before or after the call ``owner.name`` when ``only`` says it is the one."""
    real = getattr(owner, name)

    def call(*given: Any, **named: Any) -> Any:
        mine = only(*given, **named)
        if mine and when == "before":
            die()
        answer = real(*given, **named)
        if mine and when == "after":
            die()
        return answer

    setattr(owner, name, call)


def is_instance(words: list[str], *_: object) -> bool:
    return launch.__file__ in words


def always(*_: object, **__: object) -> bool:
    return True


POINTS: dict[str, tuple[object, str, str, Callable[..., bool]]] = {
    "before the router": (control, "spawn", "before", always),
    "after the router": (control, "spawn", "after", always),
    "before the export": (os, "utime", "before", always),
    "before the spawn": (instances, "spawn", "before", is_instance),
    "after the spawn": (instances, "spawn", "after", is_instance),
    "after the record": (instances.Instances, "start", "after", always),
    "before the switch": (control.Control, "lead", "before", always),
    "after the switch": (control.Control, "lead", "after", always),
    "before the end": (instances.Instances, "end", "before", always),
    "while it ends": (os, "killpg", "after", always),
    "after the end": (instances.Instances, "forget", "before", always),
}


def main(stage: Stage, point: str) -> None:
    owner, name, when, only = POINTS[point]
    around(owner, name, when, only)
    stage.deploy(stage.plan("d2", 2, version="1.2.0"))
    sys.exit(f"never came to: {point}")


if __name__ == "__main__":
    main(Stage(Path(sys.argv[1]), sys.argv[2], sys.argv[3]), sys.argv[4])
