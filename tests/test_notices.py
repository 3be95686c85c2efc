"""Private notices over the wire: told to one person, changed in place, never told twice."""

from __future__ import annotations

from typing import Any

import pytest

from bot import courier
from bot.views import blocks
from bot.views.message import message
from bot.views.notices import NOTICES
from handlers import notices
from handlers.subjects import Subject
from handlers.tables import Notice
from tests.post import FREE, Post
from tests.workspace import JSON, eventually, words

BOOKING = Subject("booking", 3)


@pytest.fixture(autouse=True)
def sayings(monkeypatch: pytest.MonkeyPatch) -> None:
    """An offer with a button, and what becomes of it."""

    def offer(told: Any) -> Any:
        claim = blocks.actions(blocks.button("Claim", "booking.claim", "3"))
        return message(f"{told['place']} is free.", [blocks.section("It is free."), claim])

    monkeypatch.setitem(NOTICES, "offer", offer)
    monkeypatch.setitem(NOTICES, "claimed", lambda told: f"{told['place']} is yours.")


def tells(post: Post, user: str = "U0ANA") -> int:
    with post.desk.store.write() as session:
        return notices.tell(session, user, post.desk.at, "offer", about=BOOKING, place="staging")


def changes(post: Post, number: int, before: str = "offer") -> bool:
    with post.desk.store.write() as session:
        return notices.change(session, number, before, "claimed", by="U0ANA")


def row(post: Post, number: int) -> Notice:
    with post.desk.store.read() as session:
        found = session.get_one(Notice, number)
        session.expunge(found)
        return found


def settles(post: Post, number: int) -> None:
    eventually(lambda: row(post, number).drawn == row(post, number).revision, "the notice")


def said(post: Post) -> list[JSON]:
    return [m for m in post.cards(post.direct) if "staging" in m["text"]]


@pytest.mark.usefixtures("quick")
def test_a_notice_reaches_one_person_and_changes_in_place(post: Post) -> None:
    number = tells(post)
    post.opens()
    settles(post, number)
    (offered,) = said(post)
    assert "Claim" in words(offered)
    assert changes(post, number)
    settles(post, number)
    (claimed,) = said(post)
    assert (claimed["ts"], claimed["text"]) == (offered["ts"], "staging is yours.")
    assert "Claim" not in words(claimed)
    assert post.workspace.violations == []


@pytest.mark.usefixtures("quick")
def test_a_notice_that_was_overtaken_before_it_was_told_says_how_it_is_now(post: Post) -> None:
    number = tells(post)
    with post.desk.store.write() as session:
        assert notices.change_all(session, BOOKING, "offer", "claimed") == 1
        assert notices.change_all(session, BOOKING, "offer", "claimed") == 0
    post.opens()
    settles(post, number)
    assert [m["text"] for m in said(post)] == ["staging is yours."]


def test_of_two_answers_to_one_notice_the_first_counts(post: Post) -> None:
    number = tells(post)
    assert changes(post, number)
    assert not changes(post, number)
    assert row(post, number).facts == {"place": "staging", "by": "U0ANA"}
    assert row(post, number).revision == 2


@pytest.mark.usefixtures("quick")
def test_a_notice_whose_answer_was_lost_is_found_and_not_told_twice(post: Post) -> None:
    post.fails("reset_after")
    number = tells(post)
    post.opens()
    eventually(lambda: said(post), "the notice")
    changes(post, number)
    settles(post, number)
    assert [m["text"] for m in said(post)] == ["staging is yours."]


def test_a_courier_killed_while_it_tells_leaves_one_notice(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "BACK_OFF", 60.0)
    post.fails("reset_after")
    number = tells(post)
    first = post.opens()
    eventually(lambda: said(post), "the notice")
    first.stop()
    assert (row(post, number).attempts, row(post, number).ts) == (1, "")
    post.opens()
    settles(post, number)
    assert len(said(post)) == 1


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("error", ["user_not_found", "user_disabled", "messages_tab_disabled"])
def test_a_person_who_cannot_be_told_is_given_up_and_holds_up_nobody(
    post: Post, error: str
) -> None:
    post.fails("error", "conversations.open", error=error)
    lost = tells(post, "U0BEN")
    number = post.asks("1.0.0", "free-1")
    post.opens()
    eventually(lambda: row(post, lost).error == error, "giving up")
    post.settles(number)
    told = tells(post)
    settles(post, told)
    assert len(post.cards(FREE)) == 1
    assert row(post, lost).drawn == 0


@pytest.mark.usefixtures("quick")
def test_a_workspace_that_never_granted_the_scope_is_told_all_the_same(post: Post) -> None:
    post.fails("error", "conversations.open", error="missing_scope")
    number = tells(post)
    post.opens()
    settles(post, number)
    assert len(said(post)) == 1


@pytest.mark.usefixtures("quick")
def test_a_deleted_notice_is_not_told_again(post: Post) -> None:
    number = tells(post)
    post.opens()
    settles(post, number)
    post.fails("error", "chat.update", error="message_not_found")
    changes(post, number)
    eventually(lambda: row(post, number).error == "deleted", "giving up")
    assert len(said(post)) == 1
