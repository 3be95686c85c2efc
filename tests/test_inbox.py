"""What was acked is decided, whatever happens in between."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.acks import Acks
from bot.clerk import Clerk, Delivery, Way, unpacked
from bot.inbox import AT_MOST, Inbox, NotAccepted
from bot.views.message import Message
from handlers.messages import Actor, RequestDeploy
from tests.workspace import eventually

ITEM = {"n": 1}


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    inbox = Inbox(tmp_path / "inbox.db")
    yield inbox
    inbox.close()


def test_what_was_put_is_there_for_the_next_process_in_the_order_it_came(
    inbox: Inbox, tmp_path: Path
) -> None:
    for key in ("c", "a", "b"):
        inbox.put(key, {"key": key})
    inbox.done("a")
    inbox.close()
    again = Inbox(tmp_path / "inbox.db")
    assert [key for key, _ in again.waiting()] == ["c", "b"]
    again.close()


def test_what_is_dealt_with_leaves_the_file_once_it_is_quiet(inbox: Inbox) -> None:
    inbox.put("a", ITEM)
    inbox.done("a")
    eventually(lambda: inbox.waiting() == [], "an empty file")


def test_what_is_dealt_with_leaves_also_where_it_is_never_quiet(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.inbox.QUIET", 3600)
    for number in range(AT_MOST):
        inbox.put(f"k{number}", ITEM)
        inbox.done(f"k{number}")
    inbox.put("last", ITEM)
    eventually(lambda: len(inbox.waiting()) <= 2, "room in the file")


def test_a_twin_of_a_delivery_is_kept_once(inbox: Inbox) -> None:
    inbox.put("click:1", {"n": 1})
    inbox.put("click:1", {"n": 2})
    assert inbox.waiting() == [("click:1", {"n": 1})]


def test_two_hundred_at_once_are_all_on_disk(inbox: Inbox) -> None:
    threads = [threading.Thread(target=inbox.put, args=(f"k{n}", ITEM)) for n in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {key for key, _ in inbox.waiting()} == {f"k{n}" for n in range(200)}


def test_what_cannot_be_written_is_not_accepted(inbox: Inbox) -> None:
    inbox._file.execute("PRAGMA query_only=ON")
    with pytest.raises(NotAccepted):
        inbox.put("k", ITEM)
    inbox._file.execute("PRAGMA query_only=OFF")
    inbox.put("k", ITEM)
    assert inbox.waiting() == [("k", ITEM)]


def test_a_delivery_is_the_same_after_the_disk() -> None:
    command = RequestDeploy("shop-api", "1.0.0", "staging", "because")
    way = Way("http://127.0.0.1/hooks/x", "C0STAGING", "U0ANA")
    delivery = Delivery("slash:1", command, Actor("T0STATION", "U0ANA"), way)
    assert unpacked("slash:1", delivery.packed()) == delivery


class StumblingDesk:
    """Cannot answer the first thing it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def answer(self, _message: object, _actor: object, key: str) -> Message:
        self.asked.append(key)
        if len(self.asked) == 1:
            raise ZeroDivisionError
        return Message("Done.")


def test_one_delivery_that_cannot_be_answered_keeps_no_other_from_it(inbox: Inbox) -> None:
    desk: Any = StumblingDesk()
    clerk = Clerk(inbox, desk, WebClient("xoxb-x", base_url="http://127.0.0.1:9/"), Acks())
    inbox.put("from:another:version", {"message": "NoSuchCommand"})
    clerk.start()
    for key in ("slash:1", "slash:2"):
        way = Way("http://127.0.0.1:9/hooks/x", "C0STAGING", "U0ANA")
        command = RequestDeploy("shop-api", "1.0.0", "staging")
        clerk.accept(Delivery(key, command, Actor("T0STATION", "U0ANA"), way))
    eventually(lambda: desk.asked == ["slash:1", "slash:2"], "both decisions")
    clerk.stop()
