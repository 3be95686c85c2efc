"""What calls change, as the app reads it back and as people see it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from slack_sdk import WebClient

from playground.server import Playground
from tests.playground.webapi.caller import TOKEN
from tests.playground.webapi.seed import manifest, seed
from tests.playground.webapi.stage import Stage
from tests.workspace import JSON, eventually


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Playground(manifest(), seed()) as playground:
        yield Stage(playground)


@pytest.fixture(scope="module")
def client(stage: Stage) -> WebClient:
    return WebClient(token=TOKEN, base_url=stage.playground.api_url, timeout=10)


def texts(stage: Stage, channel: str) -> list[str]:
    told = stage.done("conversations.history", channel=channel)["messages"]
    return [m["text"] for m in reversed(told)]


def test_scheduled_messages_come_at_their_time_and_in_order(stage: Stage) -> None:
    room, now = stage.room(), stage.now()
    for ahead in (300, 100, 200):
        args = {"channel": room, "text": f"in {ahead}", "post_at": now + ahead}
        stage.done("chat.scheduleMessage", **args)
    waiting = stage.done("chat.scheduledMessages.list", channel=room)["scheduled_messages"]
    assert [entry["text"] for entry in waiting] == ["in 100", "in 200", "in 300"]
    stage.advance(250)
    eventually(lambda: texts(stage, room)[1:] == ["in 100", "in 200"])
    last = {"channel": room, "scheduled_message_id": waiting[2]["id"]}
    stage.done("chat.deleteScheduledMessage", **last)
    gone = stage.call("chat.deleteScheduledMessage", **last)
    assert gone["error"] == "invalid_scheduled_message_id"


def test_what_was_made_is_there_after_a_restart(tmp_path: Path) -> None:
    with Playground(manifest(), seed(), tmp_path) as playground:
        stage = Stage(playground)
        room, file, group = stage.room(), stage.file(), stage.group()
        args = {"channel": room, "text": "later", "post_at": stage.now() + 60}
        stage.done("chat.scheduleMessage", **args)
    with Playground(manifest(), seed(), tmp_path) as playground:
        stage = Stage(playground)
        stage.done("files.info", file=file)
        stage.done("usergroups.users.list", usergroup=group)
        stage.advance(61)
        eventually(lambda: texts(stage, room)[1:] == ["later"])


def test_names_in_a_text_become_mentions_on_request(stage: Stage) -> None:
    said = {"channel": "C0OPS", "text": "@release-approvers see #ops and #nowhere, @ana"}
    posted = stage.done("chat.postMessage", **said, link_names=True)
    linked = "<!subteam^S0APPROVERS> see <#C0OPS> and #nowhere, @ana"
    assert posted["message"]["text"] == linked
    changed = stage.done("chat.update", **said, ts=posted["ts"], link_names=True)
    assert changed["text"] == linked
    assert stage.done("chat.update", **said, ts=posted["ts"])["text"] == said["text"]


def test_attachments_are_numbered_and_have_a_fallback(stage: Stage) -> None:
    args = {"channel": "C0OPS", "attachments": [{"text": "x" * 9000}, {"color": "#fff"}]}
    first, second = stage.done("chat.postMessage", **args)["message"]["attachments"]
    assert (first["id"], len(first["text"]), second["id"]) == (1, 8000, 2)
    assert second["fallback"] == "[no preview]"


def test_an_ephemeral_reply_shows_only_where_a_thread_is_under_way(stage: Stage) -> None:
    lone, root = stage.said(), stage.said()
    stage.done("chat.postMessage", channel="C0OPS", text="reply", thread_ts=root)
    for ts, told in ((lone, ["said"]), (root, ["said", "reply", "psst"])):
        args = {"channel": "C0OPS", "user": "U0ANA", "text": "psst", "thread_ts": ts}
        stage.done("chat.postEphemeral", **args)
        assert [m["text"] for m in stage.ana.messages(thread_ts=ts)] == told


def test_a_thread_is_read_in_pages(stage: Stage, client: WebClient) -> None:
    root = stage.said()
    for number in range(4):
        stage.done("chat.postMessage", channel="C0OPS", text=str(number), thread_ts=root)
    pages = client.conversations_replies(channel="C0OPS", ts=root, limit=2)
    assert [[m["text"] for m in p["messages"]] for p in pages] == [["said", "0"], ["1", "2"], ["3"]]


LISTS = {
    "conversations.list": "channels",
    "conversations.members": "members",
    "users.list": "members",
    "users.conversations": "channels",
    "chat.scheduledMessages.list": "scheduled_messages",
}


@pytest.mark.parametrize("method", LISTS)
def test_lists_are_the_same_in_pages_and_at_once(stage: Stage, method: str) -> None:
    name = LISTS[method]
    for _ in range(3):
        stage.scheduled()
    args = {"channel": "C0OPS"} if name == "members" else {}
    whole = stage.done(method, **args, limit=1000)
    assert whole["response_metadata"]["next_cursor"] == ""
    found: list[JSON | str] = []
    cursor = ""
    while not found or cursor:
        page = stage.done(method, **args, limit=2, cursor=cursor)
        found += page[name]
        cursor = page["response_metadata"]["next_cursor"]
    assert [_id(item) for item in found] == [_id(item) for item in whole[name]]


def _id(item: JSON | str) -> str:
    return item if isinstance(item, str) else str(item["id"])


def test_a_window_of_history_has_its_edges_in_or_out(stage: Stage) -> None:
    room = stage.room()
    first, last = stage.spoken(), stage.spoken()
    window = {"channel": room, "oldest": first, "latest": last}
    assert stage.done("conversations.history", **window)["messages"] == []
    both = stage.done("conversations.history", **window, inclusive=True)["messages"]
    assert [m["ts"] for m in both] == [last, first]


def test_a_channel_is_made_filled_named_and_closed(stage: Stage) -> None:
    made = stage.done("conversations.create", name="a-place", is_private=True)["channel"]
    assert made["is_private"] and made["is_member"] and made["creator"] == "U0STATION"
    place = {"channel": made["id"]}
    some = stage.done("conversations.invite", **place, users="U0ANA,U0GONE,U0BEN", force=True)
    assert some["errors"] == [{"user": "U0GONE", "ok": False, "error": "cant_invite"}]
    members = stage.done("conversations.members", **place)["members"]
    assert members == ["U0STATION", "U0ANA", "U0BEN"]
    topic = stage.done("conversations.setTopic", **place, topic="News")["channel"]["topic"]
    assert (topic["value"], topic["creator"]) == ("News", "U0STATION")
    stage.done("conversations.archive", **place)
    assert stage.done("conversations.info", **place)["channel"]["is_archived"]
    listed = stage.done("conversations.list", types="private_channel", exclude_archived=True)
    assert made["id"] not in [channel["id"] for channel in listed["channels"]]


def test_joining_again_is_a_warning(stage: Stage) -> None:
    first = stage.done("conversations.join", channel="C0LEFT")
    assert "warning" not in first and first["channel"]["is_member"]
    again = stage.done("conversations.join", channel="C0LEFT")
    assert again["warning"] == "already_in_channel"
    assert again["response_metadata"] == {"warnings": ["already_in_channel"]}


def test_opening_a_conversation_again_finds_the_same(stage: Stage) -> None:
    first = stage.done("conversations.open", users="U0CLEO,U0DEVI", return_im=True)
    again = stage.done("conversations.open", users="U0DEVI,U0CLEO")
    assert first["channel"]["is_mpim"] and "already_open" not in first
    assert (again["channel"]["id"], again["already_open"]) == (first["channel"]["id"], True)


def test_pins_are_listed_with_who_pinned_them(stage: Stage) -> None:
    room = stage.room()
    ts = stage.spoken()
    stage.done("pins.add", channel=room, timestamp=ts)
    (item,) = stage.done("pins.list", channel=room)["items"]
    assert (item["message"]["ts"], item["created_by"]) == (ts, "U0STATION")
    assert stage.done("conversations.history", channel=room)["pin_count"] == 1
    stage.done("pins.remove", channel=room, timestamp=ts)
    assert stage.done("pins.list", channel=room)["items"] == []


def test_bookmarks_are_listed_the_oldest_first(stage: Stage) -> None:
    room = stage.room()
    for title in ("one", "two"):
        link = {"title": title, "type": "link", "link": "https://x.example"}
        stage.done("bookmarks.add", channel_id=room, **link)
    listed = stage.done("bookmarks.list", channel_id=room)["bookmarks"]
    assert [bookmark["title"] for bookmark in listed] == ["one", "two"]


def test_a_group_is_made_from_its_name_and_given_its_people(stage: Stage) -> None:
    made = stage.done("usergroups.create", name="Night Watch!", channels="C0OPS")["usergroup"]
    assert (made["handle"], made["prefs"]["channels"]) == ("night-watch", ["C0OPS"])
    people = {"usergroup": made["id"], "users": "U0ANA,U0BEN,U0ANA"}
    changed = stage.done("usergroups.users.update", **people, include_count=True)["usergroup"]
    assert (changed["users"], changed["user_count"]) == (["U0ANA", "U0BEN"], 2)
    renamed = stage.done("usergroups.update", usergroup=made["id"], handle="watch")["usergroup"]
    assert (renamed["name"], renamed["handle"]) == ("Night Watch!", "watch")
