"""App Homes over the wire: published when they change, and not when they do not."""

from __future__ import annotations

from typing import Any

import pytest

from bot.clerk import Way, bring
from bot.courier import Courier
from bot.views.message import Message
from handlers import homes
from handlers.messages import Actor, BookEnvironments, FreeEnvironment
from tests.post import Post
from tests.station import TEAM
from tests.workspace import eventually, words

ANA = Actor(TEAM, "U0ANA")


def published(post: Post) -> list[Any]:
    entries = post.workspace.get("inspector")["entries"]
    return [entry for entry in entries if entry["name"] == "views.publish"]


def is_up_to_date(post: Post) -> bool:
    return homes.next_due(post.desk.store, post.desk.at) is None


def settles(post: Post) -> None:
    eventually(lambda: is_up_to_date(post), "every Home up to date")


@pytest.fixture
def courier(post: Post) -> Courier:
    """One that has published Ana's Home."""
    courier = post.opens()
    courier.opened(ANA, True)
    settles(post)
    assert len(published(post)) == 1
    return courier


@pytest.mark.usefixtures("quick")
def test_a_home_is_published_again_only_when_it_shows_something_else(
    post: Post, courier: Courier
) -> None:
    assert post.desk.asks(
        FreeEnvironment("free-1"), "U0BEN"
    ).refused  # it is on record all the same
    settles(post)
    courier.opened(ANA, False)
    settles(post)
    assert len(published(post)) == 1
    courier.opened(ANA, True)  # Slack has lost it
    settles(post)
    post.desk.asks(BookEnvironments(["free-1"], "for 2h"), "U0BEN")
    settles(post)
    assert len(published(post)) == 3


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("mode", ["429", "500", "reset_after"])
def test_a_home_that_slack_cannot_take_now_is_brought_later(
    post: Post, courier: Courier, mode: str
) -> None:
    post.fails(mode, "views.publish", **({"retry_after": 1} if mode == "429" else {}))
    post.desk.asks(BookEnvironments(["free-1"], "for 2h", title="load test"), "U0BEN")
    settles(post)
    view = post.workspace.get("home", as_="U0ANA", tab="messages")["view"]
    assert "load test" in words(view["blocks"])


@pytest.mark.usefixtures("quick")
def test_who_cannot_be_drawn_a_home_does_not_keep_others_from_theirs(
    post: Post, courier: Courier
) -> None:
    courier.opened(Actor(TEAM, "U0NOBODY"), True)
    courier.opened(Actor(TEAM, "U0BEN"), True)
    settles(post)
    assert post.workspace.get("home", as_="U0BEN", tab="messages")["view"]
    post.workspace.violated()


def test_an_answer_whose_window_cannot_open_any_more_is_a_direct_message(post: Post) -> None:
    way = Way("", "U0ANA", "U0ANA", "1.2.expired")
    bring(Message("Extended."), way, post.client)
    assert words(post.workspace.messages(post.direct, "U0ANA")[-1]) == "Extended."
    post.workspace.violated()
