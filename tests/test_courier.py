"""The courier over the wire: what Slack is told once, late, elsewhere or in plain words, and
never not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from slack_sdk import WebClient

from bot import courier
from bot.demo import BOT_TOKEN
from bot.letters import CardLetter, Letter, NoteLetter, Rows, due_letters
from bot.post import Post as Carrier
from handlers import deliveries
from handlers.deployment_rows import touch
from handlers.messages import CancelDeployment
from handlers.store import Store
from handlers.tables import Card
from tests.post import FREE, PROD, SENDING, Post, opened
from tests.workspace import eventually, words


@pytest.mark.usefixtures("quick")
def test_a_request_has_one_card_which_follows_its_row(post: Post) -> None:
    number = post.asks()
    post.opens()
    post.settles(number)
    (card,) = post.cards(PROD)
    assert "Waiting for approval" in words(card)
    assert post.card(number).permalink.endswith(card["ts"].replace(".", ""))
    post.desk.asks(CancelDeployment(number), "U0ANA")
    post.settles(number)
    (card,) = post.cards(PROD)
    assert "Waiting for approval" not in words(card)
    assert post.workspace.violations == []


@pytest.mark.usefixtures("quick")
def test_what_is_due_waits_on_either_database(database_url: str, tmp_path: Path) -> None:
    with opened(database_url, tmp_path) as post:
        numbers = [post.asks("1.0.0"), post.asks("1.1.0"), post.asks("1.0.0", "free-1")]
        post.notes(numbers[0], 1)
        post.opens()
        for number in numbers:
            post.settles(number)
        assert [len(post.cards(channel)) for channel in (PROD, FREE)] == [2, 1]


@pytest.mark.usefixtures("quick")
def test_a_channel_that_slack_slows_down_waits_and_the_others_flow(post: Post) -> None:
    post.fails("429", retry_after=2)
    slow = post.asks()
    post.opens()
    eventually(post.sent, "the refused post")
    quick = post.asks("1.0.0", "free-1")
    post.touches(slow)
    post.settles(quick)
    assert post.cards(PROD) == []
    post.settles(slow)
    assert len(post.cards(PROD)) == 1
    (refused,), (sent,) = post.sent()[:1], post.sent(PROD)
    assert 2.0 <= sent["at"] - refused["at"] < 4.0


@pytest.mark.usefixtures("quick")
def test_a_post_whose_answer_was_lost_is_found_and_brought_up_to_date(post: Post) -> None:
    post.fails("reset_after")
    number = post.asks()
    post.opens()
    eventually(lambda: post.cards(PROD), "the card")
    post.desk.asks(CancelDeployment(number), "U0ANA")
    post.settles(number)
    (card,) = post.cards(PROD)
    assert "Waiting for approval" not in words(card)


@pytest.mark.usefixtures("quick")
def test_a_note_whose_answer_was_lost_is_not_said_twice(post: Post) -> None:
    number = post.asks()
    post.opens()
    post.settles(number)
    post.fails("reset_after")
    post.notes(number, 1)
    post.settles(number)
    ts = post.card(number).ts
    assert len(post.workspace.messages(PROD, "U0ANA", ts)) == 2


@pytest.mark.usefixtures("quick")
def test_what_was_read_while_a_message_was_on_its_way_is_not_sent_after_it(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = post.asks()
    read_again, deliver, looks = Event(), CardLetter.deliver, list[int]()

    def deliver_late(letter: CardLetter, to: Carrier) -> bool:
        read_again.wait()
        return deliver(letter, to)

    def read_early(rows: Rows) -> list[Letter]:
        found = due_letters(rows)
        looks.append(len(found))
        if len(looks) == 2:
            read_again.set()
            eventually(lambda: post.card(number).drawn, "the card")
            eventually(lambda: not sender._busy, "the channel to be free")
        return found

    monkeypatch.setattr(CardLetter, "deliver", deliver_late)
    monkeypatch.setattr(courier, "due_letters", read_early)
    monkeypatch.setattr(courier, "PACE", 0.0)
    sender = post.opens()
    eventually(lambda: len(looks) > 3, "further looks")
    sender.stop()
    cards = [sent for sent in post.sent(PROD) if "thread_ts" not in sent["request"]]
    assert (looks[1], len(cards)) == (1, 1)


def test_a_courier_killed_while_it_posts_leaves_one_card(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "BACK_OFF", 60.0)
    post.fails("reset_after")
    number = post.asks()
    first = post.opens()
    eventually(lambda: post.cards(PROD), "the card")
    first.stop()
    row = post.card(number)
    assert (row.attempts, row.ts) == (1, "")  # all that a killed one would leave behind
    post.opens()
    post.settles(number)
    assert len(post.cards(PROD)) == 1


@pytest.mark.usefixtures("quick")
def test_a_post_that_was_begun_and_never_arrived_is_made(post: Post) -> None:
    number = post.asks()
    with post.desk.store.write() as session:
        session.get_one(Card, ("deployment", number)).attempts = 1
    post.opens()
    post.settles(number)
    assert len(post.cards(PROD)) == 1


HTML = "Received a response in a non-JSON format: <!DOCTYPE html><html>502 Bad Gateway"


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("mode", "error"),
    [
        ("500", ""),
        ("error", "internal_error"),
        ("error", "fatal_error"),
        ("error", "service_unavailable"),
        ("error", HTML),
        ("error", "invalid_auth"),
        ("error", "token_revoked"),
        ("error", "ratelimited"),
    ],
)
def test_what_slack_cannot_take_now_is_told_once_it_can(post: Post, mode: str, error: str) -> None:
    post.fails(mode, "*", times=4, error=error or "fatal_error")
    first, second = post.asks("1.0.0"), post.asks("1.0.0", "free-1")
    post.opens()
    eventually(lambda: len(post.sent()) >= 4, "the failures")
    post.notes(first, 1)
    post.settles(first)
    post.settles(second)
    assert [len(post.cards(channel)) for channel in (PROD, FREE)] == [1, 1]
    assert post.card(first).error == ""


class Broken(BaseHTTPRequestHandler):
    """Something between us and Slack that answers every request with an error of its own."""

    def do_POST(self) -> None:
        body = b'{"ok": false, "error": "upstream_gone"}'
        self.send_response(503)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        self.server.asked = getattr(self.server, "asked", 0) + 1  # type: ignore[attr-defined]


@pytest.mark.usefixtures("quick")
def test_a_broken_proxy_makes_nobody_give_up(post: Post) -> None:
    number = post.asks()
    with ThreadingHTTPServer(("127.0.0.1", 0), Broken) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        post.client.base_url = f"http://127.0.0.1:{server.server_port}/"
        one = post.opens()
        eventually(lambda: getattr(server, "asked", 0) > 2, "tries")
        one.stop()
        server.shutdown()
    assert post.card(number).error == ""


@pytest.mark.usefixtures("quick")
def test_refused_blocks_become_plain_words_until_the_next_drawing(post: Post) -> None:
    post.fails("error", error="invalid_blocks")
    number = post.asks()
    post.opens()
    post.settles(number)
    (card,) = post.cards(PROD)
    assert "shop-api" in card["text"]
    assert not card.get("blocks")
    post.touches(number)
    post.settles(number)
    assert post.cards(PROD)[0]["blocks"]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("error", sorted(courier.UNREACHABLE))
def test_a_card_whose_channel_cannot_be_reached_goes_to_the_requester(
    post: Post, error: str
) -> None:
    post.fails("error", error=error)
    number = post.asks()
    post.opens()
    post.settles(number)
    post.notes(number, 1)
    post.settles(number)
    (card,) = post.cards(post.direct)
    assert "shop-api" in words(card)
    assert len(post.workspace.messages(post.direct, "U0ANA", card["ts"])) == 2
    assert post.cards(PROD) == []


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("method", SENDING)
def test_a_channel_that_is_archived_later_does_not_silence_the_card(
    post: Post, method: str
) -> None:
    number = post.asks()
    post.opens()
    post.settles(number)
    post.fails("error", method, error="is_archived")
    post.notes(number, 1)
    post.settles(number)
    (card,) = post.cards(post.direct)
    assert "shop-api" in words(card)


@pytest.mark.usefixtures("quick")
def test_what_nobody_can_be_told_is_given_up_and_counted(post: Post) -> None:
    post.fails("error", error="is_archived", times=2)
    number = post.asks()
    post.opens()
    eventually(lambda: post.card(number).error == "is_archived", "giving up")
    other = post.asks("1.0.0", "free-1")
    post.settles(other)
    assert len([e for e in post.sent() if not e["ok"]]) == 2


@pytest.mark.usefixtures("quick")
def test_a_direct_message_that_cannot_be_changed_any_more_is_not_said_again(post: Post) -> None:
    post.fails("error", error="channel_not_found")
    number = post.asks()
    post.opens()
    post.settles(number)
    post.fails("error", "chat.update", error="channel_not_found")
    post.touches(number)
    eventually(lambda: post.card(number).error == "channel_not_found", "giving up")
    assert len(post.cards(post.direct)) == 1


@pytest.mark.usefixtures("quick")
def test_a_refused_message_does_not_hold_up_its_channel(post: Post) -> None:
    post.fails("error", error="msg_too_long")
    first, second = post.asks("1.0.0"), post.asks("1.1.0")
    post.opens()
    post.settles(second)
    assert post.card(first).error == "msg_too_long"
    assert len(post.cards(PROD)) == 1


@pytest.mark.usefixtures("quick")
def test_a_refused_note_does_not_hold_up_the_next(post: Post) -> None:
    number = post.asks()
    post.opens()
    post.settles(number)
    post.fails("error", error="msg_too_long")
    post.notes(number, 1)
    post.notes(number, 2)
    post.settles(number)
    ts = post.card(number).ts
    (said,) = post.workspace.messages(PROD, "U0ANA", ts)[1:]
    assert "2 of 9" in words(said)


@pytest.mark.usefixtures("quick")
def test_a_card_that_cannot_be_drawn_does_not_hold_up_its_channel(post: Post) -> None:
    broken, fine = post.asks("1.0.0"), post.asks("1.1.0")
    with post.desk.store.write() as session:
        touch(session, broken, changes={"commits": 7})
    post.opens()
    post.settles(fine)
    assert post.card(broken).error == "not drawn"


@pytest.mark.usefixtures("quick")
def test_a_deleted_card_is_posted_anew_and_its_history_goes_on_there(post: Post) -> None:
    number = post.asks()
    post.opens()
    post.settles(number)
    before = post.card(number)
    WebClient(BOT_TOKEN, f"{post.workspace.base_url}/api/").chat_delete(channel=PROD, ts=before.ts)
    post.notes(number, 1)
    post.settles(number)
    (card,) = post.cards(PROD)
    after = post.card(number)
    assert (card["ts"] != before.ts, card["ts"]) == (True, after.ts)
    assert after.permalink != before.permalink
    assert "1 of 9" in words(post.workspace.messages(PROD, "U0ANA", after.ts)[1:])
    assert post.workspace.violated() == ["chat.update: message_not_found"]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("read", ["cards_due", "notices_due", "notes_due"])
def test_what_comes_while_it_looks_has_its_card_before_its_history(
    post: Post, monkeypatch: pytest.MonkeyPatch, read: str
) -> None:
    number = post.asks()
    sender = post.opens()
    post.settles(number)
    sender.stop()
    look = getattr(deliveries, read)

    def meanwhile(store: Store) -> Any:
        found = look(store)
        post.notes(number, 1)
        return found

    monkeypatch.setattr(deliveries, read, meanwhile)
    rows = Rows(post.desk.store, post.desk.in_force, lambda: post.desk.at)
    first = [type(letter) for letter in due_letters(rows) if letter.channel == PROD][:1]
    assert first in ([], [CardLetter])
    monkeypatch.undo()
    assert [type(letter) for letter in due_letters(rows)] == [CardLetter, NoteLetter]


@pytest.mark.usefixtures("quick")
def test_the_history_is_said_once_each_and_in_order_in_the_thread(post: Post) -> None:
    number = post.asks()
    post.opens()
    for count in range(1, 6):
        post.notes(number, count)
        post.couriers[0].wake()
    post.settles(number)
    thread = post.workspace.messages(PROD, "U0ANA", post.card(number).ts)
    assert [words(m).split(" approved: ")[-1][0] for m in thread[1:]] == list("12345")
    assert len(post.cards(PROD)) == 1


def test_a_channel_gets_about_one_message_a_second_while_revisions_rush(post: Post) -> None:
    number = post.asks()
    post.opens()
    eventually(lambda: post.sent(PROD))
    until = datetime.now(UTC) + timedelta(seconds=2.5)

    def rush() -> bool:
        post.touches(number)
        post.couriers[0].wake()
        return datetime.now(UTC) > until

    eventually(rush)
    post.settles(number)
    times = [entry["at"] for entry in post.sent(PROD)]
    assert 3 <= len(times) <= 5
    assert all(later - earlier >= 1.0 for earlier, later in pairwise(times))
