"""The same journeys with two Bolt apps that nobody adapted to this workspace, in both modes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from playground.server import Playground
from tests.playground.twins import APPS, MODES, reached
from tests.workspace import JSON, Person, Workspace, elements, eventually, given_up, words

CHANNEL = "C0OPS"
TWINS = [f"{app} over {mode}" for app in APPS for mode in MODES]


@pytest.fixture(scope="module", params=TWINS)
def twin(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def running(twin: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    app, mode = twin.split(" over ")
    with reached(app, mode, tmp_path_factory.mktemp("twin") / "app.log") as playground:
        yield playground


@pytest.fixture
def workspace(running: Playground) -> Iterator[Workspace]:
    workspace = Workspace(running.base_url)
    yield workspace
    assert workspace.violated() == []


@pytest.fixture
def ana(workspace: Workspace) -> Person:
    return Person(workspace.base_url, "U0ANA")


@pytest.fixture
def ben(workspace: Workspace) -> Person:
    return Person(workspace.base_url, "U0BEN")


def sees(person: Person, text: str, channel: str = CHANNEL, thread_ts: str = "") -> JSON:
    """The newest message that says exactly this, once it is there."""

    def look() -> JSON | None:
        found = person.messages(channel, thread_ts)
        return next((m for m in reversed(found) if m["text"] == text), None)

    return eventually(look, f"{text!r} in {channel}") or {}


def says(person: Person, text: str, channel: str = CHANNEL) -> str:
    return str(person.do("message", channel=channel, text=text)["ts"])


def opens(person: Person, line: str, title: str) -> JSON:
    assert person.command(line) == {"ok": True}
    return shown(person, title)


def shown(person: Person, title: str) -> JSON:
    """The modal of this title, once it is in front."""

    def look() -> JSON | None:
        stack: list[JSON] = person.get("modal")["stack"]
        return stack[-1] if stack and stack[-1]["title"]["text"] == title else None

    return eventually(look, f"the modal {title}") or {}


def sends(person: Person, view: JSON, name: str, **more: Any) -> JSON:
    return person.do("submit", view_id=view["id"], values={"name": {"text": name}, **more})


def asked(person: Person) -> JSON:
    assert person.command("/ask") == {"ok": True}
    return sees(person, "Deploy?")


def test_a_commands_ack_is_read_by_who_typed_it(ana: Person, ben: Person) -> None:
    assert ana.command("/say hello") == {"ok": True}
    assert sees(ana, "You said hello")["ephemeral"]
    assert "You said hello" not in [m["text"] for m in ben.messages()]


def test_an_ack_for_the_channel_shows_the_command_and_the_answer(ana: Person, ben: Person) -> None:
    assert ana.command("/tell everyone") == {"ok": True}
    assert [m["text"] for m in ben.messages()[-2:]] == ["/tell everyone", "Told: everyone"]


def test_errors_stay_in_the_modal_until_what_is_sent_is_right(ana: Person) -> None:
    view = opens(ana, "/form", "Form")
    assert sends(ana, view, "taken") == {"ok": False, "errors": {"name": "Taken"}}
    assert ana.modal()["state"]["values"]["name"]["text"]["value"] == "taken"
    assert sends(ana, view, "Zoe") == {"ok": True, "closed": True}
    sees(ana, "Hello Zoe", "D0ANA")


def test_modals_are_pushed_changed_and_cleared(ana: Person) -> None:
    assert sends(ana, opens(ana, "/form", "Form"), "more") == {"ok": True, "closed": False}
    more = shown(ana, "More")
    assert more["previous_view_id"] == more["root_view_id"]
    assert sends(ana, more, "other") == {"ok": True, "closed": False}
    assert shown(ana, "Other")["id"] == more["id"]
    assert len(ana.get("modal")["stack"]) == 2
    assert sends(ana, more, "all") == {"ok": True, "closed": True}
    assert ana.get("modal")["stack"] == []


def test_approving_redraws_the_message_answers_in_its_thread_and_thanks(
    ana: Person, ben: Person
) -> None:
    card = asked(ana)
    assert ben.click(card, "approve", "choice") == {"ok": True}
    sees(ben, "Thank you")
    now = sees(ana, "Approved by <@U0BEN>")
    assert now["ts"] == card["ts"] and elements(now) == []
    assert words(ana.messages(thread_ts=card["ts"])[-1]) == "Deploying"
    assert "Thank you" not in [m["text"] for m in ana.messages()]


def test_a_response_url_replaces_the_message_that_was_clicked(ana: Person) -> None:
    card = asked(ana)
    assert ana.click(card, "replace", "choice") == {"ok": True}
    assert sees(ana, "Replaced")["ts"] == card["ts"]


def test_a_click_may_open_a_modal(ana: Person) -> None:
    assert ana.click(asked(ana), "edit", "choice") == {"ok": True}
    assert sends(ana, shown(ana, "Edit"), "Kit") == {"ok": True, "closed": True}
    sees(ana, "Hello Kit", "D0ANA")


def test_home_shows_what_the_app_publishes(ana: Person) -> None:
    ana.get("home")
    home = eventually(lambda: ana.get("home")["view"], "a Home tab")
    assert words(home["blocks"]) == "Welcome, U0ANA"


def test_a_global_shortcut_opens_a_modal(ana: Person) -> None:
    assert ana.do("shortcut", callback_id="open") == {"ok": True}
    view = shown(ana, "Shortcut")
    assert sends(ana, view, "Lin") == {"ok": True, "closed": True}
    sees(ana, "Hello Lin", "D0ANA")


def test_a_message_shortcut_is_answered_for_its_user_alone(ana: Person, ben: Person) -> None:
    ts = says(ben, "wise words")
    assert ana.do("shortcut", callback_id="quote", channel=CHANNEL, ts=ts) == {"ok": True}
    assert sees(ana, "Quoted: wise words")["ephemeral"]


def test_closing_one_modal_or_all_is_told_apart(ana: Person) -> None:
    view = opens(ana, "/form", "Form")
    assert ana.do("close", view_id=view["id"]) == {"ok": True}
    sees(ana, "Closed, all: false", "D0ANA")
    view = opens(ana, "/form", "Form")
    assert ana.do("close", view_id=view["id"], all=True) == {"ok": True}
    sees(ana, "Closed, all: true", "D0ANA")


def test_options_come_from_the_app_while_somebody_types(ana: Person) -> None:
    view = opens(ana, "/form", "Form")
    where = {"view_id": view["id"], "block_id": "fruit", "action_id": "fruit"}
    found = ana.do("options", **where, value="ap")["options"]
    assert [o["value"] for o in found] == ["apple", "apricot"]
    assert ana.do("action", **where, value="apricot") == {"ok": True}
    sees(ana, "Picked apricot", "D0ANA")
    assert sends(ana, view, "all")["closed"]


def test_a_modal_may_answer_into_a_channel_that_was_chosen_in_it(ana: Person, ben: Person) -> None:
    view = opens(ana, "/form", "Form")
    assert sends(ana, view, "Kilroy", place={"where": CHANNEL})["ok"]
    sees(ben, "Kilroy was here")


def test_a_mention_is_answered_in_its_thread(ana: Person) -> None:
    ts = says(ana, "@journey are you there")
    sees(ana, "You called (0)", thread_ts=ts)


def test_a_direct_message_is_answered(ana: Person) -> None:
    says(ana, "hello & goodbye", "D0ANA")
    sees(ana, "Echo: hello &amp; goodbye", "D0ANA")


def test_an_event_without_an_ack_in_time_comes_again_and_says_so(
    ana: Person, workspace: Workspace
) -> None:
    workspace.control("fault", method="app_mention", mode="late_ack", seconds=60)
    ts = says(ana, "@journey again")
    sees(ana, "You called (0)", thread_ts=ts)
    workspace.control("advance", seconds=3)
    sees(ana, "You called (1)", thread_ts=ts)


def test_people_who_change_or_join_are_told_of(ana: Person, workspace: Workspace) -> None:
    workspace.control("edit_user", user="U0BEN", fields={"title": "Boss"})
    sees(ana, "U0BEN has changed")
    workspace.control("join", user="U0GUEST", channel=CHANNEL)
    sees(ana, "Welcome, U0GUEST")
    workspace.control("leave", user="U0GUEST", channel=CHANNEL)


def test_what_is_sent_twice_arrives_twice_and_an_event_says_so(
    ana: Person, workspace: Workspace
) -> None:
    workspace.control("fault", method="app_mention", mode="duplicate")
    ts = says(ana, "@journey twice")
    sees(ana, "You called (0)", thread_ts=ts)
    sees(ana, "You called (1)", thread_ts=ts)
    before = [m["ts"] for m in ana.messages() if m["text"] == "Deploy?"]
    workspace.control("fault", method="/ask", mode="duplicate")
    assert ana.command("/ask") == {"ok": True}
    eventually(
        lambda: [m["text"] for m in ana.messages() if m["ts"] not in before].count("Deploy?") == 2,
        "both questions",
    )


def test_what_is_held_back_is_overtaken(ana: Person, workspace: Workspace) -> None:
    workspace.control("fault", method="message", mode="reorder")
    says(ana, "sooner", "D0ANA")
    says(ana, "later", "D0ANA")
    sees(ana, "Echo: sooner", "D0ANA")
    # What the app was handed counts: it answers each in a thread of its own.
    log = ana.get("inspector")["entries"]
    sent = [e["request"].get("payload", {}) for e in log if e["kind"] == "envelope"]
    events = [payload["event"] for payload in sent if "event" in payload]
    texts = [event["text"] for event in events if event["type"] == "message"]
    assert [text for text in texts if text in ("sooner", "later")] == ["later", "sooner"]


@pytest.mark.timeout(60)
def test_a_command_nobody_answers_fails_before_everyones_eyes(
    ana: Person, workspace: Workspace, twin: str
) -> None:
    # Bolt for Python refuses a request that it has no listener for, and acks no envelope.
    refused = twin == "python over http"
    error = "dispatch_failed" if refused else "operation_timeout"
    typed = partial(ana.command, "/forgotten")
    answer = typed() if refused else given_up(workspace, typed)
    assert answer == {"ok": False, "error": f'/forgotten failed with the error "{error}"'}
    (violation,) = workspace.violated()
    assert error in violation
