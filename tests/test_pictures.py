"""Pictures of the calendar: what they are of is read at the gate's rows, on both databases; and
they reach the one who asked once, whatever Slack does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from handlers import calendars
from handlers.messages import (
    BookEnvironments,
    CreateEnvironment,
    DestroyEnvironment,
    FreeEnvironment,
    KeepEnvironment,
    LockEnvironment,
    PostCalendar,
)
from handlers.setup import Freeze, Setup
from handlers.snapshots.calendars import CalendarView
from handlers.tables import Account, Deployment, Picture
from tests.desk import Desk
from tests.post import Post
from tests.station import TEAM
from tests.workspace import JSON, eventually, words


def asks(desk: Desk, *names: str, **more: Any) -> Any:
    return desk.asks(PostCalendar(list(names), **more), "U0ANA")


def view(desk: Desk, *names: str) -> CalendarView:
    assert asks(desk, *names).code == "calendar_coming"
    with desk.store.read() as session:
        number = max(session.query(Picture.id).all())[0]
    return calendars.read(desk.store, desk.setup, desk.at, number)


def bars(desk: Desk, name: str = "free-1") -> list[tuple[str, str, float, float | None, str]]:
    (lane,) = view(desk, name).lanes
    return [
        (b.kind, b.name, _hours(desk, b.start) or 0.0, _hours(desk, b.end), b.what)
        for b in lane.bars
    ]


def _hours(desk: Desk, at: Any) -> float | None:
    return None if at is None else (at - desk.at).total_seconds() / 3600


def test_bookings_are_shown_as_they_were_had_and_as_they_are_to_come(desk: Desk) -> None:
    desk.asks(BookEnvironments(["free-1"], "for 4h", title="load test"), "U0ANA")
    desk.asks(BookEnvironments(["free-1"], "from 20:00 for 1h"), "U0BEN")
    desk.asks(
        BookEnvironments(["free-1"], "from tomorrow 9:00 for 2h", True, "regression"), "U0BEN"
    )
    desk.asks(
        BookEnvironments(["free-1"], "from tomorrow 9:00 for 3h", True, "regression"), "U0OPAL"
    )
    desk.later(hours=1)
    desk.directory_read()
    desk.asks(FreeEnvironment("free-1", 1), "U0ANA")
    desk.asks(FreeEnvironment("free-1", 2), "U0BEN")  # before it began: nobody had it
    assert bars(desk) == [
        ("booked", "U0ANA", -1, 0, "load test"),
        ("shared", "U0BEN", 20, 22, ""),
        ("shared", "U0OPAL", 20, 23, ""),
    ]


def test_locks_of_any_scope_and_requests_for_approval_are_shown(desk: Desk) -> None:
    desk.asks(LockEnvironment("tier:production", "for 2h", "audit of the year"), "U0OPAL")
    desk.asks(BookEnvironments(["duo-1"], "from tomorrow 9:00 for 1h"), "U0BEN")
    assert bars(desk, "duo-1") == [
        ("locked", "U0OPAL", 0, 2, "audit of the year"), ("asked", "U0BEN", 21, 22, ""),
    ]  # fmt: skip
    assert bars(desk, "free-1") == []


def test_freezes_are_shown_every_time_that_they_come(desk: Desk) -> None:
    weekend = Freeze(begins="sat 00:00", ends="mon 00:00", because="weekend", tiers=("test",))
    desk.setup = desk.setup.model_copy(update={"freezes": {"weekend": weekend}})
    first = -12.0 - 48  # the test is at noon of a monday
    assert bars(desk) == [
        ("frozen", "", first + week * 168, first + week * 168 + 48, "weekend") for week in range(3)
    ]
    assert bars(desk, "prod-1") == []


def test_the_end_of_what_was_made_from_a_blueprint_is_shown_wherever_it_lies(desk: Desk) -> None:
    desk.asks(CreateEnvironment("demo", "preview", "for 1d"), "U0ANA")
    assert bars(desk, "demo") == [("gone", "U0ANA", 24, None, "preview")]
    desk.asks(KeepEnvironment("demo", "for 2d"), "U0ANA")
    desk.asks(BookEnvironments(["demo"], "from tomorrow 9:00 for 1h"), "U0BEN")
    assert bars(desk, "demo") == [
        ("booked", "U0BEN", 21, 22, ""), ("gone", "U0ANA", 48, None, "preview"),
    ]  # fmt: skip
    assert bars(desk, "free-1") == []
    desk.asks(DestroyEnvironment("demo", "it has been seen"), "U0ANA")
    desk.later(hours=1)
    desk.directory_read()
    assert bars(desk, "demo") == [("gone", "U0ANA", -1, None, "preview")]


def test_deployments_of_the_last_days_are_shown_newest_first(desk: Desk) -> None:
    for state, hours, version in (("replaced", -30, "1.0.0"), ("rolled_back", -5, "1.1.0"),
                                  ("live", -2, "1.2.0"), ("replaced", -90, "0.9.0"),
                                  ("blocked", -1, "2.0.0")):  # fmt: skip
        _deployed(desk, state, hours, version)
    (lane,) = view(desk, "free-1").lanes
    assert [(m.what, m.state, _hours(desk, m.at)) for m in lane.marks] == [
        ("shop-api 1.2.0", "live", -2),
        ("shop-api 1.1.0", "failed", -5),
        ("shop-api 1.0.0", "live", -30),
    ]


def _deployed(desk: Desk, state: str, hours: float, version: str) -> None:
    at = desk.at + timedelta(hours=hours)
    with desk.store.write() as session:
        session.add(
            Deployment(
                kind="deploy", service="shop-api", environment="free-1", version=version,
                commit="a" * 40, state=state, team=TEAM, requester="U0ANA", requested_at=at,
                started_at=at, live_at=at, ended_at=at,
            )
        )  # fmt: skip


def test_times_are_the_askers_and_the_span_begins_at_their_midnight(desk: Desk) -> None:
    with desk.store.write() as session:
        session.get_one(Account, (TEAM, "U0ANA")).timezone = "Asia/Tokyo"
    seen = view(desk)
    assert seen.zone == "Asia/Tokyo"
    assert (seen.span.start.hour, seen.span.end.hour) == (15, 15)  # midnight in Tokyo
    assert (seen.span.end - seen.span.start).days == 17
    assert [lane.environment for lane in seen.lanes] == list(desk.setup.environments)


def test_more_environments_than_have_room_are_named(desk: Desk) -> None:
    one = desk.setup.environments["free-1"]
    names = {f"more-{n:02}": one for n in range(20)}
    desk.setup = Setup.model_validate(desk.setup.model_copy(update={"environments": names}))
    seen = view(desk)
    assert (len(seen.lanes), len(seen.left_out)) == (12, 8)


def test_an_environment_that_is_gone_when_it_is_drawn_is_left_out(desk: Desk) -> None:
    asks(desk, "free-1", "free-2")
    left = {n: e for n, e in desk.setup.environments.items() if n != "free-1"}
    desk.setup = desk.setup.model_copy(update={"environments": left})
    seen = calendars.read(desk.store, desk.setup, desk.at, 1)
    assert [lane.environment for lane in seen.lanes] == ["free-2"]


@pytest.mark.parametrize(
    ("names", "openly", "code"),
    [(["freee-1"], False, "unknown_environment"), (["free-1", "prod-1"], True, "several_channels"),
     ([], True, "several_channels")],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused(
    desk: Desk, names: list[str], openly: bool, code: str
) -> None:
    outcome = asks(desk, *names, in_channel=openly)
    assert (outcome.code, outcome.refused) == (code, True)
    assert calendars.due(desk.store) == []


def pictures(post: Post, channel: str = "") -> list[JSON]:
    return [m for m in post.cards(channel or post.direct) if m.get("files")]


def is_brought(post: Post) -> bool:
    return calendars.due(post.desk.store) == []


@pytest.mark.usefixtures("quick")
def test_the_picture_comes_to_the_one_who_asked_with_words_beside_it(post: Post) -> None:
    post.desk.asks(BookEnvironments(["free-1"], "for 2h", title="load test"), "U0ANA")
    asks(post.desk, "free-1")
    post.opens()
    eventually(lambda: pictures(post), "the picture")
    (message,) = pictures(post)
    (file,) = message["files"]
    assert file["mimetype"] == "image/png" and file["original_w"] == 1400
    assert "U0ANA has it alone" in file["alt_txt"] and "load test" in file["alt_txt"]
    assert "the next two weeks" in words(message)
    eventually(lambda: is_brought(post))


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
@pytest.mark.parametrize("mode", ["429", "500", "reset_after"])
def test_whatever_slack_does_the_picture_comes_once(post: Post, mode: str, method: str) -> None:
    post.fails(mode, method, **({"retry_after": 1} if mode == "429" else {}))
    asks(post.desk, "free-1")
    post.opens()
    eventually(lambda: is_brought(post), "the picture brought")
    eventually(lambda: pictures(post), "the picture")
    assert len(pictures(post)) == 1


@pytest.mark.usefixtures("quick")
def test_where_the_bot_is_no_member_it_comes_to_the_one_who_asked(post: Post) -> None:
    asks(post.desk, "free-1", in_channel=True)
    post.fails("error", "files.completeUploadExternal", error="not_in_channel")
    post.opens()
    eventually(lambda: pictures(post), "the picture")
    assert "I am not in <#C0FREE001>" in str(pictures(post)[0])


@pytest.mark.usefixtures("quick")
def test_where_slack_takes_no_file_the_words_come(post: Post) -> None:
    post.desk.asks(BookEnvironments(["free-1"], "for 2h", title="load test"), "U0ANA")
    post.fails("error", "files.getUploadURLExternal", error="missing_scope")
    asks(post.desk, "free-1")
    post.opens()

    def told() -> bool:
        return any("In words: Calendar of 1" in words(m) for m in post.cards(post.direct))

    eventually(told, "the words")
    assert any("load test" in words(m) for m in post.cards(post.direct))
