"""Waiting for what is away for a while, such as a daemon that is started anew."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from handlers.ports import PortError

PATIENCE, PAUSE = 60.0, 1.0
"""Seconds for which something outside may be away, and between two tries."""

T = TypeVar("T")


def patiently(act: Callable[[], T], meanwhile: Callable[[], None] = lambda: None) -> T:
    """Do it, and where something outside does not answer, try again for a while; ``meanwhile`` may
    raise to end that earlier. What is permanent is raised at once."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return act()
        except PortError as error:
            if error.permanent or time.monotonic() > until:
                raise
            meanwhile()
            pause(PAUSE)


def pause(seconds: float) -> None:
    """Between two tries. A bot that ends does not hurry them: what it breaks off by its end goes on
    after it, while what is given up here has failed. A machine that goes down stops both the bot
    and the Engine."""
    time.sleep(seconds)
