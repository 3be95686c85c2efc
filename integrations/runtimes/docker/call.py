"""A long answer under way, which somebody else than who reads it can break off."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

import requests


class Call:
    """Given along with a question. Hanging up ends the reading at once, in whatever thread; done
    before there is an answer, it ends that when it comes."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._answer: requests.Response | None = None
        self._is_over = False

    def answered(self, answer: requests.Response) -> None:
        with self._mutex:
            self._answer = answer
            if self._is_over:
                _hang_up(answer)

    def hang_up(self) -> None:
        with self._mutex:
            self._is_over = True
            if self._answer is not None:
                _hang_up(self._answer)


def _hang_up(answer: requests.Response) -> None:
    """Closing it would wait for who reads; the other side hears of this at once."""
    line = getattr(getattr(answer.raw, "_connection", None), "sock", None)
    if line is not None:
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)
