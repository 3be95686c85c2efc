"""Hearing out one socket, within a total time and a total size."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

PIECE = 4096


def hear(
    connection: socket.socket, deadline: float, most: int, is_enough: Callable[[bytes], object]
) -> bytes:
    """What comes until it is enough, the other side ends, there is ``most`` of it, or it is
    ``deadline`` by the monotonic clock: a time limit for each read would be none for the whole."""
    heard = b""
    while len(heard) < most and not is_enough(heard):
        connection.settimeout(max(0.001, deadline - time.monotonic()))
        try:
            piece = connection.recv(PIECE)
        except TimeoutError:
            break
        if not piece:
            break
        heard += piece
    return heard
