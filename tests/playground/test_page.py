"""What people can do at the page, against a Bolt app that records what reaches it."""

import json
import threading
import urllib.request
from collections.abc import Iterator
from queue import Queue
from typing import Any

import pytest
from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.server import Playground
from tests.playground.kit import (
    actions,
    asks,
    button,
    confirm,
    modal,
    option,
    options,
    plain,
    section,
)
from tests.workspace import JSON, Person, request

CONTROLS = [
    actions(
        button(action_id="go", value="v1", style="primary", confirm=confirm()),
        {"type": "static_select", "action_id": "pick", "options": options(3)},
        {"type": "overflow", "action_id": "more", "options": options(2)},
        {"type": "checkboxes", "action_id": "tick", "options": options(2)},
        {"type": "users_select", "action_id": "who"},
        {"type": "datepicker", "action_id": "day"},
        {"type": "external_select", "action_id": "search", "min_query_length": 1},
        block_id="row",
    )
]
FORM = modal(
    {**asks("plain_text_input", action_id="text", min_length=2, max_length=5), "block_id": "name"},
    {
        **asks("number_input", action_id="n", is_decimal_allowed=False, min_value="1"),
        "block_id": "n",
    },
    {**asks("email_text_input", action_id="mail"), "block_id": "mail", "optional": True},
    section(accessory={"type": "users_select", "action_id": "who"}, block_id="side"),
    {
        **asks("users_select", action_id="live"),
        "block_id": "live",
        "dispatch_action": True,
        "optional": True,
    },
    callback_id="form",
    notify_on_close=True,
)


@pytest.fixture
def seen() -> "Queue[JSON]":
    return Queue()


@pytest.fixture
def answers() -> dict[str, Any]:
    """What the app acks a submission with; no argument closes the modal."""
    return {}


@pytest.fixture(autouse=True)
def _listening(
    connected: SocketModeHandler, app: App, seen: "Queue[JSON]", answers: dict[str, Any]
) -> None:
    def record(ack: Ack, body: JSON) -> None:
        ack()
        seen.put(body)

    for action in ("go", "pick", "more", "tick", "who", "day", "search", "live"):
        app.action(action)(record)
    app.view_closed("form")(record)
    app.event("app_mention")(lambda body: seen.put(body))
    app.event("message")(lambda body: seen.put(body))
    app.event("app_home_opened")(lambda body: seen.put(body))

    @app.options("search")
    def search(ack: Ack, payload: JSON) -> None:
        ack(options=[option(payload["value"], "found")] * (101 if payload["value"] == "all" else 1))

    @app.command("/form")
    def form(ack: Ack, body: JSON) -> None:
        ack()
        seen.put(body)

    @app.view("form")
    def submitted(ack: Ack, body: JSON) -> None:
        ack(**answers)
        seen.put(body)

    @app.command("/say")
    def say(ack: Ack, body: JSON) -> None:
        ack(response_type="in_channel", text="Aye")
        seen.put(body)

    @app.command("/escaped")
    def escaped(ack: Ack, command: JSON) -> None:
        ack(command["text"])


@pytest.fixture
def board(client: WebClient, ana: Person) -> JSON:
    client.chat_postMessage(channel="C0OPS", text="Board", blocks=CONTROLS)
    return ana.newest()


@pytest.fixture
def opened(ana: Person, client: WebClient, seen: "Queue[JSON]") -> JSON:
    ana.command("/form")
    client.views_open(trigger_id=seen.get(timeout=5)["trigger_id"], view=FORM)
    return ana.modal()


def test_a_click_carries_what_slack_sends(ana: Person, board: JSON, seen: "Queue[JSON]") -> None:
    assert ana.click(board, "go", "row") == {"ok": True}
    body = seen.get(timeout=5)
    assert body["user"] == {"id": "U0ANA", "username": "ana", "name": "ana", "team_id": "T0STATION"}
    assert body["container"]["message_ts"] == board["ts"]
    assert body["message"]["blocks"] == board["blocks"] and "permalink" not in body["message"]
    (action,) = body["actions"]
    assert (action["type"], action["value"], action["style"]) == ("button", "v1", "primary")
    assert body["state"]["values"]["row"]["pick"] == {
        "type": "static_select",
        "selected_option": None,
    }
    assert body["response_url"].split("/hooks/")[1].startswith("actions/T0STATION/")


@pytest.mark.parametrize(
    ("action_id", "value", "key", "sent"),
    [
        ("pick", "1", "selected_option", "1"),
        ("more", "0", "selected_option", "0"),
        ("who", "U0BEN", "selected_user", "U0BEN"),
        ("day", "2026-01-31", "selected_date", "2026-01-31"),
        ("tick", ["0", "1"], "selected_options", ["0", "1"]),
    ],
)
def test_a_choice_is_sent_under_its_own_key(
    ana: Person, board: JSON, seen: "Queue[JSON]", action_id: str, value: Any, key: str, sent: Any
) -> None:
    assert ana.click(board, action_id, "row", value) == {"ok": True}
    found = seen.get(timeout=5)["actions"][0][key]
    if isinstance(found, list):
        assert [o["value"] for o in found] == sent
    else:
        assert (found["value"] if isinstance(found, dict) else found) == sent


@pytest.mark.parametrize(
    ("action_id", "value"),
    [
        ("pick", "9"),
        ("more", "9"),
        ("day", "tomorrow"),
        ("tick", [["0"]]),
        ("none", "x"),
        ("who", 7),
    ],
)
def test_what_is_not_offered_cannot_be_chosen(
    ana: Person, board: JSON, action_id: str, value: Any
) -> None:
    assert not ana.click(board, action_id, "row", value)["ok"]
    entries = ana.get("inspector")["entries"]
    assert "envelope" not in [entry["kind"] for entry in entries]


def test_a_button_of_another_message_cannot_be_clicked(
    ana: Person, board: JSON, client: WebClient
) -> None:
    other = client.chat_postMessage(channel="C0OPS", text="no buttons")
    assert not ana.click({"ts": other["ts"]}, "go", "row")["ok"]
    assert not ana.click({"ts": "1.000000"}, "go", "row")["ok"]


def test_nobody_clicks_in_a_channel_they_are_not_in(board: JSON, playground: Playground) -> None:
    guest = Person(playground.base_url, "U0GUEST")
    assert not guest.click(board, "go", "row")["ok"]


def test_a_deactivated_person_can_do_nothing(
    board: JSON, playground: Playground, ana: Person
) -> None:
    ana.do("control", action="edit_user", user="U0BEN", fields={"deleted": True})
    ben = Person(playground.base_url, "U0BEN")
    for answer in (
        ben.command("/say x"),
        ben.click(board, "go", "row"),
        ben.do("message", channel="C0OPS", text="x"),
    ):
        assert answer == {"ok": False, "error": "This account has been deactivated."}


def test_a_strangers_payload_names_their_own_team(
    playground: Playground, client: WebClient, seen: "Queue[JSON]"
) -> None:
    sam = Person(playground.base_url, "U0STRANGE")
    sam.command("/form", channel="C0RELEASES")
    body = seen.get(timeout=5)
    assert (body["team_id"], body["team_domain"]) == ("T0OTHER", "partner")
    ts = client.chat_postMessage(channel="C0RELEASES", text="x", blocks=CONTROLS)["ts"]
    where = {"channel": "C0RELEASES", "ts": ts, "block_id": "row", "action_id": "go"}
    assert sam.do("action", **where) == {"ok": True}
    body = seen.get(timeout=5)
    assert (body["user"]["team_id"], body["team"]["id"]) == ("T0OTHER", "T0STATION")


def test_suggestions_come_from_the_app_and_only_those_can_be_chosen(
    ana: Person, board: JSON, seen: "Queue[JSON]"
) -> None:
    where = {"channel": "C0OPS", "ts": board["ts"], "block_id": "row", "action_id": "search"}
    assert ana.do("options", **where, value="") == {"options": []}
    assert ana.do("options", **where, value="ap")["options"][0]["value"] == "ap"
    assert ana.click(board, "search", "row", "ap") == {"ok": True}
    assert seen.get(timeout=5)["actions"][0]["selected_option"]["value"] == "ap"
    assert not ana.click(board, "search", "row", "zz")["ok"]
    assert not ana.do("options", **where, value="all")["ok"]
    (violation,) = ana.workspace.violated()
    assert "no more than 100 items" in violation


def test_what_was_offered_before_the_last_suggestions_can_still_be_chosen(
    ana: Person, board: JSON
) -> None:
    where = {"channel": "C0OPS", "ts": board["ts"], "block_id": "row", "action_id": "search"}
    for typed in ("ap", "a"):
        ana.do("options", **where, value=typed)
    assert ana.click(board, "search", "row", "ap") == {"ok": True}


def test_an_answer_in_channel_shows_the_command_too(ana: Person, ben: Person) -> None:
    ana.command("/say <hello>")
    assert [(m["user"], m["text"]) for m in ben.messages()] == [
        ("U0ANA", "/say &lt;hello&gt;"),
        ("U0STATION", "Aye"),
    ]


def test_mentions_are_escaped_for_commands_that_ask(ana: Person) -> None:
    ana.command("/escaped @ben in #ops & more")
    assert ana.newest()["text"] == "<@U0BEN|ben> in <#C0OPS|ops> &amp; more"


def submit(ana: Person, view: JSON, **values: Any) -> JSON:
    given = {"name": {"text": "abc"}, "n": {"n": "3"}, **values}
    return ana.do("submit", view_id=view["id"], values=given)


def test_the_client_checks_inputs_before_the_app_hears_of_them(
    ana: Person, opened: JSON, seen: "Queue[JSON]"
) -> None:
    required = "Please complete this required field."
    answer = ana.do("submit", view_id=opened["id"])
    assert answer["errors"] == {"name": required, "n": required}
    wrong = {"name": {"text": "a"}, "n": {"n": "0"}, "mail": {"mail": "me"}}
    assert set(submit(ana, opened, **wrong)["errors"]) == {"name", "n", "mail"}
    wrong = {"name": {"text": "abcdef"}, "n": {"n": "1.5"}, "mail": {"mail": ""}}
    assert set(submit(ana, opened, **wrong)["errors"]) == {"name", "n"}
    assert seen.empty()


def test_a_submission_carries_the_whole_state(
    ana: Person, opened: JSON, seen: "Queue[JSON]"
) -> None:
    where = {"view_id": opened["id"], "block_id": "side", "action_id": "who"}
    assert ana.do("action", **where, value="U0BEN") == {"ok": True}
    assert seen.get(timeout=5)["view"]["id"] == opened["id"]
    assert submit(ana, opened) == {"ok": True, "closed": True}
    values = seen.get(timeout=5)["view"]["state"]["values"]
    assert values["name"]["text"] == {"type": "plain_text_input", "value": "abc"}
    assert values["side"]["who"] == {"type": "users_select", "selected_user": "U0BEN"}
    assert values["mail"]["mail"] == {"type": "email_text_input", "value": None}


def test_an_input_tells_the_app_only_with_dispatch_action(
    ana: Person, opened: JSON, seen: "Queue[JSON]"
) -> None:
    view_id = opened["id"]
    ana.do("state", view_id=view_id, block_id="name", action_id="text", value="ab")
    ana.do("state", view_id=view_id, block_id="live", action_id="live", value="U0BEN")
    assert seen.get(timeout=5)["actions"][0]["selected_user"] == "U0BEN"
    assert seen.empty()
    assert ana.modal()["state"]["values"]["name"]["text"]["value"] == "ab"


def test_what_was_entered_survives_an_update_that_keeps_the_ids(
    ana: Person, opened: JSON, client: WebClient
) -> None:
    ana.do("state", view_id=opened["id"], block_id="name", action_id="text", value="ab")
    ana.do("state", view_id=opened["id"], block_id="n", action_id="n", value="3")
    renamed = {**FORM["blocks"][1], "block_id": "other"}
    view = {**FORM, "blocks": [FORM["blocks"][0], renamed]}
    client.views_update(view_id=opened["id"], hash=opened["hash"], view=view)
    values = ana.modal()["state"]["values"]
    assert values["name"]["text"]["value"] == "ab" and values["other"]["n"]["value"] is None
    with pytest.raises(SlackApiError, match="hash_conflict"):
        client.views_update(view_id=opened["id"], hash=opened["hash"], view=view)
    assert ana.workspace.violated() == ["views.update: hash_conflict"]


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"side": "not an input"}},
        {"response_action": "update", "view": {**FORM, "title": plain("x" * 25)}},
        {"response_action": "dance"},
    ],
)
def test_a_bad_answer_to_a_submission_leaves_the_modal_with_a_banner(
    ana: Person, opened: JSON, answers: dict[str, Any], answer: JSON
) -> None:
    answers.update(answer)
    assert submit(ana, opened)["banner"] == "We had some trouble connecting. Try again?"
    assert ana.modal()["banner"] and len(ana.workspace.violated()) == 1


def test_modals_stack_up_to_three(
    ana: Person, opened: JSON, answers: dict[str, Any], client: WebClient
) -> None:
    answers.update(response_action="push", view=FORM)
    for depth in (2, 3):
        assert submit(ana, ana.modal()) == {"ok": True, "closed": False}
        assert len(ana.get("modal")["stack"]) == depth
    assert ana.modal()["root_view_id"] == opened["id"]
    assert "banner" in submit(ana, ana.modal())
    assert ana.workspace.violated() == ["view_submission: push_limit_reached"]
    answers.update(response_action="clear")
    assert submit(ana, ana.modal())["ok"] and ana.get("modal") == {"stack": []}


def test_closing_tells_the_app_when_it_asked_to_know(
    ana: Person, opened: JSON, seen: "Queue[JSON]"
) -> None:
    assert ana.do("close", view_id=opened["id"]) == {"ok": True}
    body = seen.get(timeout=5)
    assert (body["type"], body["is_cleared"]) == ("view_closed", False)
    assert not ana.do("close", view_id=opened["id"])["ok"]


def test_a_trigger_works_once_and_for_three_seconds(
    ana: Person, client: WebClient, seen: "Queue[JSON]"
) -> None:
    ana.command("/form")
    trigger = seen.get(timeout=5)["trigger_id"]
    client.views_open(trigger_id=trigger, view=FORM)
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        client.views_open(trigger_id=trigger, view=FORM)
    ana.command("/form")
    ana.do("control", action="advance", seconds=4)
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        client.views_open(trigger_id=seen.get(timeout=5)["trigger_id"], view=FORM)
    refusals = ["exchanged_trigger_id", "expired_trigger_id"]
    assert ana.workspace.violated() == [f"views.open: {refusal}" for refusal in refusals]


def post(url: str, **body: Any) -> tuple[int, bytes]:
    return request(url, body)


def test_a_response_url_takes_five_posts(ana: Person, board: JSON, seen: "Queue[JSON]") -> None:
    ana.click(board, "go", "row")
    url = seen.get(timeout=5)["response_url"]
    assert post(url, text="a", replace_original=True) == (200, b"ok")
    assert ana.newest()["text"] == "a" and "blocks" not in ana.newest()
    assert post(url, text="b") == (200, b"ok")
    assert ana.newest()["ephemeral"]
    assert post(url, text="c", blocks=[{"type": "no"}])[0] == 400
    assert post(url, text="c", response_type="in_channel")[0] == 200
    assert post(url, delete_original=True)[0] == 200
    assert [m["text"] for m in ana.messages()] == ["b", "c"]
    assert post(url, text="d")[0] == 200
    assert post(url, text="e") == (404, b'{"ok": false, "error": "used_url"}')
    bad, used = ana.workspace.violated()
    assert bad.startswith("response_url: invalid_blocks") and used == "response_url: used_url"


def test_a_response_url_expires_after_half_an_hour(ana: Person, seen: "Queue[JSON]") -> None:
    ana.command("/form")
    url = seen.get(timeout=5)["response_url"]
    ana.do("control", action="advance", seconds=1801)
    assert post(url, text="late") == (404, b'{"ok": false, "error": "expired_url"}')
    assert ana.workspace.violated() == ["response_url: expired_url"]


def test_an_ephemeral_is_replaced_through_its_response_url(
    ana: Person, client: WebClient, seen: "Queue[JSON]"
) -> None:
    client.chat_postEphemeral(channel="C0OPS", user="U0ANA", text="x", blocks=CONTROLS)
    ana.click(ana.newest(), "go", "row")
    body = seen.get(timeout=5)
    assert body["container"]["is_ephemeral"] and "message" not in body
    post(body["response_url"], text="y", replace_original=True)
    assert [(m["text"], m["ephemeral"]) for m in ana.messages()] == [("y", True)]
    post(body["response_url"], delete_original=True)
    assert ana.messages() == []


def test_the_app_hears_mentions_and_direct_messages_only(ana: Person, seen: "Queue[JSON]") -> None:
    ana.do("message", channel="C0OPS", text="nothing to see")
    ana.do("message", channel="C0OPS", text="@tester status")
    event = seen.get(timeout=5)["event"]
    assert (event["type"], event["text"]) == ("app_mention", "<@U0STATION> status")
    ana.do("message", channel="D0ANA", text="hi <!channel>")
    event = seen.get(timeout=5)["event"]
    assert (event["channel_type"], event["text"]) == ("im", "hi &lt;!channel&gt;")
    assert event["blocks"][0]["type"] == "rich_text"


def test_opening_home_tells_the_app_which_can_publish(
    ana: Person, client: WebClient, seen: "Queue[JSON]"
) -> None:
    assert ana.get("home") == {"view": None}
    event = seen.get(timeout=5)["event"]
    assert (event["tab"], event["channel"], "view" in event) == ("home", "D0ANA", False)
    client.views_publish(user_id="U0ANA", view={"type": "home", "blocks": CONTROLS})
    view = ana.get("home")["view"]
    assert seen.get(timeout=5)["event"]["view"]["id"] == view["id"]
    where = {"view_id": view["id"], "block_id": "row", "action_id": "go"}
    assert ana.do("action", **where) == {"ok": True}
    assert seen.get(timeout=5)["container"] == {"type": "view", "view_id": view["id"]}


def test_unread_counts_and_mentions_fall_when_read(ana: Person, client: WebClient) -> None:
    client.chat_postMessage(channel="C0OPS", text="one")
    client.chat_postMessage(channel="C0OPS", text="<@U0ANA> two")

    def ops() -> JSON:
        return next(c for c in ana.get("boot")["channels"] if c["id"] == "C0OPS")

    assert (ops()["unread"], ops()["mentions"]) == (2, 1)
    ana.do("read", channel="C0OPS")
    assert (ops()["unread"], ops()["mentions"]) == (0, 0)


@pytest.fixture
def stream(playground: Playground) -> Iterator["Queue[JSON]"]:
    events: Queue[JSON] = Queue()
    answer = urllib.request.urlopen(f"{playground.base_url}/_play/events?as=U0ANA", timeout=10)

    def read() -> None:
        with answer:
            for line in answer:
                if line.startswith(b"data: "):
                    events.put(json.loads(line[6:]))

    thread = threading.Thread(target=read)
    thread.start()
    yield events
    playground.stop()
    thread.join()


def test_the_event_stream_tells_what_concerns_one_person(
    stream: "Queue[JSON]", client: WebClient, ana: Person
) -> None:
    ts = client.chat_postMessage(channel="C0OPS", text="hello")["ts"]
    client.chat_postEphemeral(channel="C0OPS", user="U0BEN", text="not for Ana")
    client.chat_update(channel="C0OPS", ts=ts, text="bye")
    client.chat_delete(channel="C0OPS", ts=ts)
    found = [stream.get(timeout=5) for _ in range(8)]
    kinds = [event["type"] for event in found if event["type"] != "inspector"]
    assert kinds == ["message", "unread", "message_changed", "message_deleted"]
    assert found[0]["message"]["permalink"].endswith(ts.replace(".", ""))
    assert [e["entry"]["name"] for e in found if e["type"] == "inspector"][
        1
    ] == "chat.postEphemeral"
