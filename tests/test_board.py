"""The board: what waits for whom, what they hold, how every environment is; on both databases."""

from __future__ import annotations

from typing import Any

import pytest

from bot.views.board import draw_board, draw_home, short_board
from bot.views.told import Told
from handlers import homes
from handlers.messages import (
    Actor,
    ApproveBooking,
    ApproveDeployment,
    BookEnvironments,
    ClaimOffer,
    FreeEnvironment,
    JoinWaitList,
    LockEnvironment,
    RequestDeploy,
    ShowBoard,
)
from tests.desk import Desk
from tests.station import TEAM
from tests.views.hostile import problems, view_problems
from tests.views.read import lines

FREE, PROD, DUO = "free-1", "prod-1", "duo-1"


def board(desk: Desk, of: str) -> dict[str, Any]:
    outcome = desk.asks(ShowBoard(), of)
    assert outcome.code == "board", outcome
    return dict(outcome.facts)


def place(desk: Desk, name: str, of: str = "U0ANA") -> dict[str, Any]:
    (found,) = (p for p in board(desk, of)["environments"] if p["environment"] == name)
    return dict(found)


def books(desk: Desk, by: str, where: str = FREE, when: str = "for 2h") -> dict[str, Any]:
    outcome = desk.asks(BookEnvironments([where], when), by)
    assert not outcome.refused, outcome
    (told,) = outcome.facts["bookings"]
    return dict(told)


def test_a_request_waits_for_who_may_approve_it_until_they_have(desk: Desk) -> None:
    asked = desk.asks(RequestDeploy("shop-api", "1.0.0", DUO, "now"), "U0BEN")
    number, seen = asked.facts["deployment"], desk.row(asked.facts["deployment"]).fingerprint
    for user, waits in (("U0CLEO", True), ("U0BEN", False), ("U0ANA", False)):
        told = [r["deployment"] for r in board(desk, user)["requests"]]
        assert told == ([number] if waits else []), user
    assert desk.asks(ApproveDeployment(number, seen), "U0CLEO").code == "approval_counted"
    assert board(desk, "U0CLEO")["requests"] == []
    (other,) = board(desk, "U0DEVI")["requests"]
    assert (other["count"], other["needed"], other["reason"]) == (1, 2, "now")


def test_a_booking_waits_for_who_may_approve_it_until_they_have(desk: Desk) -> None:
    mine = books(desk, "U0BEN", DUO)
    (asked,) = board(desk, "U0CLEO")["booking_requests"]
    assert (asked["booking"], asked["owner"]) == (mine["booking"], "U0BEN")
    assert board(desk, "U0BEN")["booking_requests"] == []  # never their own
    desk.asks(ApproveBooking(mine["booking"], asked["fingerprint"]), "U0CLEO")
    assert board(desk, "U0CLEO")["booking_requests"] == []
    assert len(board(desk, "U0DEVI")["booking_requests"]) == 1


def test_what_one_holds_and_waits_for_is_on_their_board_alone(desk: Desk) -> None:
    now = books(desk, "U0ANA")
    books(desk, "U0BEN", when="from 15:00 for 1h")
    desk.asks(JoinWaitList(FREE, "for 1h"), "U0OPAL")
    desk.asks(JoinWaitList(FREE, "for 1h"), "U0BEN")
    assert [b["booking"] for b in board(desk, "U0ANA")["mine"]] == [now["booking"]]
    (wait,) = board(desk, "U0BEN")["waits"]
    assert (wait["environment"], wait["place"]) == (FREE, 2)
    told = place(desk, FREE, "U0OPAL")
    assert [b["owner"] for b in told["bookings"]] == ["U0ANA"]
    assert (told["next"]["owner"], told["waiting"], told["theirs"]) == ("U0BEN", 2, False)
    assert place(desk, FREE, "U0ANA")["theirs"]


def test_an_offer_waits_for_who_was_offered_it(desk: Desk) -> None:
    books(desk, "U0ANA")
    desk.asks(JoinWaitList(FREE, "for 1h"), "U0BEN")
    desk.asks(FreeEnvironment(FREE), "U0ANA")
    (offer,) = board(desk, "U0BEN")["offers"]
    assert (board(desk, "U0ANA")["offers"], board(desk, "U0BEN")["mine"]) == ([], [])
    desk.asks(ClaimOffer(offer["booking"]), "U0BEN")
    told = board(desk, "U0BEN")
    assert (told["offers"], [b["booking"] for b in told["mine"]]) == ([], [offer["booking"]])


def test_a_lock_is_on_every_environment_that_it_covers_and_none_that_is_over(desk: Desk) -> None:
    desk.asks(LockEnvironment("tier:production", "for 1h", "the fair"), "U0OPAL")
    assert [lock["reason"] for lock in place(desk, PROD)["held"]] == ["the fair"]
    assert place(desk, FREE)["held"] == []
    desk.later(hours=1)
    desk.directory_read()
    assert place(desk, PROD)["held"] == []


def test_what_is_over_is_on_no_board(desk: Desk) -> None:
    books(desk, "U0ANA")
    desk.later(hours=2)
    desk.directory_read()
    told = place(desk, FREE)
    assert (board(desk, "U0ANA")["mine"], told["bookings"], told["next"]) == ([], [], None)


def test_a_stranger_sees_no_board(desk: Desk) -> None:
    assert desk.asks(ShowBoard(), "U0NOBODY").code == "unknown_person"


# What is drawn of it


def drawn(desk: Desk, of: str) -> list[str]:
    return lines(draw_board(Told(board(desk, of))).blocks)


def test_the_board_says_what_waits_then_what_is_held_then_all_there_is(desk: Desk) -> None:
    mine = books(desk, "U0BEN")
    desk.asks(RequestDeploy("shop-api", "1.0.0", PROD, "customers wait"), "U0ANA")
    read = drawn(desk, "U0BEN")
    heads = [read.index(h) for h in ("Waits for you", "You have", "5 environments")]
    assert heads == sorted(heads)
    assert "[Approve] [Reject]" in read and "[Extend 1 h] [Give back]" in read
    assert any(f"#{mine['booking']}" in line and "14:00" in line for line in read)
    assert any(line.startswith("🟢 *free-2*") for line in read)
    assert "[Book]" in " ".join(read)


def test_who_has_nothing_is_told_what_there_is_to_do(desk: Desk) -> None:
    read = drawn(desk, "U0OPAL")
    assert read[0] == "*Nothing waits for you, and you hold nothing.*"
    assert "/env book" in read[1]


@pytest.mark.parametrize("count", [1, 40, 97, 98, 300, 5000])
def test_all_environments_fit_however_many_they_are(count: int) -> None:
    facts = {"environments": [_place(n, "locked" if n == count - 1 else "") for n in range(count)]}
    said = draw_board(Told(facts))
    assert view_problems(draw_home(said)) == []
    read = "\n".join(lines(said.blocks))
    assert f"{count} environment" in read
    assert f"*env-{count - 1}*" in read  # what is locked comes first where there is no room
    if count <= 300:
        assert all(f"*env-{n}*" in read for n in range(count))
    assert problems(short_board(Told(facts))) == []


def _place(n: int, reason: str) -> dict[str, Any]:
    live = {"version": "1.0.0", "state": "live", "requester": "U0ANA", "at": 1_800_000_000}
    held = [{"environment": "all", "reason": reason, "owner": "U0OPAL", "until": 1_800_000_000}]
    return {
        "environment": f"env-{n}", "tier": "test", "channel": "C0OPS", "lock": None,
        "services": [{"service": f"service-{s}", "live": live} for s in range(3)], "open": [],
        "held": held if reason else [], "bookings": [], "next": None, "may_book": True,
    }  # fmt: skip


def test_a_hundred_things_that_wait_leave_room_for_the_environments() -> None:
    one = {"booking": 1, "environment": "staging", "start": 1_800_000_000, "end": 1_800_003_600}
    facts = {
        "offers": [one] * 100,
        "mine": [one] * 100,
        "environments": [_place(n, "") for n in range(50)],
    }
    said = draw_board(Told(facts))
    assert view_problems(draw_home(said)) == []
    read = lines(said.blocks)
    assert "~ and 90 more" in read and any("*env-49*" in line for line in read)


# Whose Home is behind


def due(desk: Desk) -> str:
    found = homes.next_due(desk.store, desk.at)
    return found.actor.user if found else ""


def draw(desk: Desk, shown: str = "x") -> None:
    found = homes.next_due(desk.store, desk.at)
    assert found
    homes.drawn(desk.store, found, desk.at, shown)


def opens(desk: Desk, user: str, is_empty: bool = False) -> None:
    homes.opened(desk.store, Actor(TEAM, user), desk.at, is_empty)


def test_a_home_is_behind_when_opened_and_when_anything_has_happened_since(desk: Desk) -> None:
    assert due(desk) == ""
    opens(desk, "U0ANA")
    assert due(desk) == "U0ANA"
    draw(desk)
    assert due(desk) == ""
    books(desk, "U0BEN")
    assert due(desk) == "U0ANA"
    draw(desk)
    opens(desk, "U0ANA")
    assert due(desk) == "U0ANA"


def test_who_opens_comes_before_who_has_theirs_open_and_those_take_turns(desk: Desk) -> None:
    for user in ("U0ANA", "U0BEN"):
        opens(desk, user)
        draw(desk)
        desk.later(seconds=1)
    books(desk, "U0OPAL")
    opens(desk, "U0CLEO")
    turns = []
    while user := due(desk):
        turns.append(user)
        desk.later(seconds=1)
        draw(desk)
    assert turns == ["U0CLEO", "U0ANA", "U0BEN"]


def test_a_home_that_was_left_long_ago_is_not_drawn_until_it_is_opened(desk: Desk) -> None:
    opens(desk, "U0ANA")
    draw(desk)
    desk.later(hours=2)
    desk.directory_read()
    books(desk, "U0BEN")
    assert due(desk) == ""
    opens(desk, "U0ANA")
    assert due(desk) == "U0ANA"


def test_a_home_that_slack_does_not_take_is_left_until_it_is_opened(desk: Desk) -> None:
    opens(desk, "U0ANA")
    found = homes.next_due(desk.store, desk.at)
    assert found
    homes.failed(desk.store, found, "not_enabled")
    assert due(desk) == ""
    opens(desk, "U0ANA", is_empty=True)
    again = homes.next_due(desk.store, desk.at)
    assert again and again.shown == ""
