"""Who waits for an ack goes first, for a while."""

from __future__ import annotations

import threading
import time

from bot.acks import CALM, Acks


def passes(acks: Acks, within: float) -> float:
    """How long other work waits."""
    began = time.monotonic()
    acks.let_pass(began + within)
    return time.monotonic() - began


def test_where_nobody_waits_work_goes_on_at_once() -> None:
    assert passes(Acks(), 60) < 5


def test_work_waits_while_an_ack_is_under_way_and_until_it_is_calm() -> None:
    acks, entered, leave = Acks(), threading.Event(), threading.Event()

    def deliver() -> None:
        with acks.one():
            entered.set()
            leave.wait(10)

    thread = threading.Thread(target=deliver)
    thread.start()
    entered.wait(10)
    assert passes(acks, 0.2) >= 0.2
    leave.set()
    thread.join()
    done = time.monotonic()
    acks.let_pass(done + 60)
    assert CALM / 2 < time.monotonic() - done < 10


def test_an_ack_that_never_comes_holds_nothing_up_for_ever() -> None:
    acks = Acks()
    with acks.one():
        assert 0.1 <= passes(acks, 0.1) < 10
