"""A build under way: its words, its time, and breaking it off. The Engine ends a build when nobody
listens to it any more."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping
from typing import Any

from handlers.ports import BuildOrder, Built, PortError, Say
from integrations.builds.remains import end_broken_off
from integrations.runtimes.docker.call import Call
from integrations.runtimes.docker.client import FULL, Engine, Question, Refused
from integrations.runtimes.process.logs import clean

LOOK_EVERY = 0.5
"""Seconds between two looks at whether it may go on."""
WIDE = 2000
"""Characters of one line that are kept."""
STEP = re.compile(r"Step (\d+)/(\d+) : (.*)", re.DOTALL)
AWAY = re.compile(r"context canceled|transport is closing|error reading from server|unexpected EOF")
"""Words of an Engine that is going away, and not of what it builds."""
ROOM = "Make room there (`/ops leftovers`), and ask again."
KILLED = re.compile(r"returned a non-zero code: 137\b")


class Running:
    """One build from its beginning to its end."""

    def __init__(self, engine: Engine, order: BuildOrder, write: Say, say: Say) -> None:
        self._engine, self._order, self._write, self._say = engine, order, write, say
        self._rest, self._at, self._failure = "", "", ""
        self._cached = self._steps = 0
        self._is_late = self._is_full = False
        self._stopped: BaseException | None = None

    def through(self, question: Question) -> Built:
        began, call, over = time.monotonic(), Call(), threading.Event()
        watch = threading.Thread(target=self._watch, args=(call, over, began), daemon=True)
        watch.start()
        try:
            limit = self._order.timeout + LOOK_EVERY * 4
            for word in self._engine.follow(question, limit, call, stall=limit):
                self._hear(word)
        except Refused as no:
            return self._refused(no)
        except PortError:
            if self._stopped is None and not self._is_late:
                self._end()
                raise
        except BaseException:
            self._end()
            raise
        finally:
            over.set()
            watch.join()
        is_ended = (self._stopped is None and not self._is_late) or self._end()
        if self._stopped is not None:
            raise self._stopped
        if self._is_late:
            self._flush()
            return Built(self._too_late(is_ended))
        return self._outcome(time.monotonic() - began)

    def _watch(self, call: Call, over: threading.Event, began: float) -> None:
        """Beside the words, which may not come for a long time."""
        while not over.wait(LOOK_EVERY):
            self._is_late = time.monotonic() - began > self._order.timeout
            try:
                self._say("")
            except BaseException as stopped:
                self._stopped = stopped
            if self._is_late or self._stopped is not None:
                call.hang_up()
                return

    def _end(self) -> bool:
        """Whether it has ended for sure: the Engine itself may be what is away; then the next
        attempt looks."""
        try:
            end_broken_off(self._engine, self._order)
        except PortError:
            return False
        return True

    def _hear(self, word: Mapping[str, Any]) -> None:
        if "error" in word:
            self._flush()
            self._failure = clean(str(word["error"]), 400).rstrip(".") or "no reason is given"
            self._write(self._failure)
        *lines, self._rest = re.split(r"[\r\n]", self._rest + str(word.get("stream", "")))
        self._rest = self._rest[-WIDE * 4 :]
        for line in lines:
            self._line(line)

    def _flush(self) -> None:
        self._line(self._rest)
        self._rest = ""

    def _line(self, line: str) -> None:
        shown = clean(line, WIDE)
        if not shown:
            return
        self._write(shown)
        self._is_full = self._is_full or FULL in shown.lower()
        self._cached += shown.strip() == "---> Using cache"
        if step := STEP.fullmatch(shown):
            self._steps = int(step[2])
            self._at = f"step {step[1]} of {step[2]}, {step[3][:120]}"
            self._say(self._at)

    def _outcome(self, took: float) -> Built:
        self._flush()
        if not self._failure:
            kept = f", {self._cached} of {self._steps} steps from the cache" if self._cached else ""
            return Built(detail=f"built in {took:.1f} s{kept}")
        if AWAY.search(self._failure):
            raise PortError(f"{self._engine.name} has broken off the build: {self._failure}.")
        if FULL in self._failure.lower():
            raise PortError(f"{self._full()}: {self._failure}. {ROOM}", permanent=True)
        return Built(f"The build failed{self._where()}: {self._failure}.{self._hint()}")

    def _where(self) -> str:
        return f" at {self._at}" if self._at else ""

    def _hint(self) -> str:
        if KILLED.search(self._failure):
            room = f"{self._order.memory / 2**20:.0f} MiB"
            return f" That is how it ends when its memory of {room} is used up (`memory:`)."
        if self._is_full:
            return f" {self._full()}, or what the build itself may fill. {ROOM}"
        if self._order.network == "none":
            return " It reached no network; `network: bridge` in the setup file would let it."
        return ""

    def _full(self) -> str:
        return f"The disk of the Docker Engine {self._engine.name} is full"

    def _refused(self, no: Refused) -> Built:
        if no.status >= 500 or FULL in no.said.lower():
            raise no
        return Built(f"{self._engine.name} cannot read the Dockerfile: {no.said.rstrip('.')}.")

    def _too_late(self, is_ended: bool) -> str:
        said = f"It was not done within {self._order.timeout:.0f} s"
        if not is_ended:
            return (
                f"{said}{self._where()}, and {self._engine.name} does not answer any more: see how"
                " that is. It ends the build by itself when it goes on."
            )
        return (
            f"{said} and was ended{self._where()}."
            " `timeout:` in the setup file says how long it may take."
        )
