"""A workspace with one of everything, and fresh things in it for each call of the tables."""

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import requests
from slack_bolt import Ack, App
from slack_sdk import WebClient

from playground.server import Playground
from tests.playground.conftest import listening
from tests.playground.kit import home, modal
from tests.playground.webapi.caller import TOKEN, Caller
from tests.playground.webapi.seed import manifest, seed
from tests.workspace import JSON, Person, request

DOT = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"
CLIENT = {
    "client_id": "1700000000.1700000001",
    "client_secret": "playground-client-secret",
}


@dataclass
class Stage(Caller):
    """Makes what a call is about: ``$said`` in its arguments is a message just posted, and so on.

    ``made`` holds what was made last, for arguments that belong together.
    """

    triggers: "queue.Queue[str]" = field(default_factory=queue.Queue)
    made: JSON = field(default_factory=dict)

    def said(self) -> str:
        ts: str = self.done("chat.postMessage", channel="C0OPS", text="said")["ts"]
        return ts

    def heard(self) -> str:
        """What a person said."""
        ts: str = self.ana.do("message", channel="C0OPS", text="heard")["ts"]
        return ts

    def reply(self) -> str:
        args = {"channel": "C0OPS", "text": "reply", "thread_ts": self.said()}
        ts: str = self.done("chat.postMessage", **args)["ts"]
        return ts

    def pinned(self) -> str:
        ts = self.said()
        self.done("pins.add", channel="C0OPS", timestamp=ts)
        return ts

    def reacted(self) -> str:
        ts = self.said()
        self.done("reactions.add", channel="C0OPS", timestamp=ts, name="tada")
        return ts

    def room(self) -> str:
        """A new channel with nobody but the app."""
        number = self.made["rooms"] = self.made.get("rooms", 0) + 1
        made = self.done("conversations.create", name=f"room-{number}")["channel"]
        self.made["room"] = made["id"]
        return str(made["id"])

    def note(self) -> str:
        """What Slack itself said in the room made last."""
        told = self.done("conversations.history", channel=self.made["room"])["messages"]
        return str(told[-1]["ts"])

    def spoken(self) -> str:
        """A message in the room made last, or the one that was there when it was closed."""
        if "spoken" in self.made:
            return str(self.made.pop("spoken"))
        return str(self.done("chat.postMessage", channel=self.made["room"], text="spoken")["ts"])

    def closed(self) -> str:
        """A new channel, archived."""
        room = self.room()
        self.made["spoken"] = self.spoken()
        self.done("conversations.archive", channel=room)
        return room

    def full_of_pins(self) -> str:
        room = self.room()
        for _ in range(100):
            self.done("pins.add", channel=room, timestamp=self.spoken())
        return room

    def full_of_bookmarks(self) -> str:
        link = {"title": "T", "type": "link", "link": "https://x.example"}
        room = self.room()
        for _ in range(100):
            self.done("bookmarks.add", channel_id=room, **link)
        return room

    def full_of_plans(self) -> str:
        room, soon = self.room(), self.soon()
        for _ in range(30):
            self.done("chat.scheduleMessage", channel=room, text="x", post_at=soon)
        return room

    def covered(self) -> str:
        """A message with as many emoji of the app as it may have."""
        ts = self.said()
        for number in range(23):
            self.done("reactions.add", channel="C0OPS", timestamp=ts, name=f"e{number}")
        return ts

    def group_talk(self) -> str:
        opened = self.done("conversations.open", users="U0ANA,U0BEN")
        return str(opened["channel"]["id"])

    def promised(self) -> JSON:
        """An upload without its bytes."""
        return self.done("files.getUploadURLExternal", filename="dot.gif", length=len(DOT))

    def uploaded(self) -> str:
        """An upload with its bytes, not complete."""
        promise = self.promised()
        status, _ = request(promise["upload_url"], DOT)
        assert status == 200
        return str(promise["file_id"])

    def empty(self) -> str:
        """The id of an upload whose bytes never came."""
        return str(self.promised()["file_id"])

    def file(self) -> str:
        done = self.done("files.completeUploadExternal", files=[{"id": "$uploaded"}])
        return str(done["files"][0]["id"])

    def deleted(self) -> str:
        file = self.file()
        self.done("files.delete", file=file)
        return file

    def soon(self) -> int:
        return self.now() + 3600

    def scheduled(self) -> str:
        number = self.made["plans"] = self.made.get("plans", 0) + 1
        # Ten minutes apart, so that no five minutes hold too many.
        args = {"channel": "C0OPS", "text": "later", "post_at": self.soon() + number * 600}
        made = self.done("chat.scheduleMessage", **args)
        return str(made["scheduled_message_id"])

    def group(self) -> str:
        number = self.made["groups"] = self.made.get("groups", 0) + 1
        made = self.done("usergroups.create", name=f"Group {number}")["usergroup"]
        return str(made["id"])

    def trigger(self) -> str:
        """A trigger of Ana's, fresh."""
        self.ana.command("/form")
        return self.triggers.get(timeout=20)

    def used_trigger(self) -> str:
        trigger = self.trigger()
        self.done("views.open", trigger_id=trigger, view=modal())
        return trigger

    def old_trigger(self) -> str:
        trigger = self.trigger()
        self.advance(3.1)
        return trigger

    def trigger_of_ben(self) -> str:
        """A trigger of someone with no modal open."""
        Person(self.playground.base_url, "U0BEN").command("/form")
        return self.triggers.get(timeout=20)

    def trigger_on_view(self) -> str:
        self.view()
        return self.trigger()

    def trigger_on_three(self) -> str:
        """A trigger of someone with three modals open."""
        for trigger in (self.trigger_on_view(), self.trigger()):
            self.done("views.push", trigger_id=trigger, view=modal())
        return self.trigger()

    def taken(self) -> JSON:
        """A modal with the external id of an open one."""
        return modal(external_id=self.shown())

    def huge(self) -> JSON:
        text = {"type": "mrkdwn", "text": "x" * 2900}
        return modal(*({"type": "section", "text": text} for _ in range(100)))

    def at_home(self) -> str:
        """Someone with a published Home tab."""
        self.done("views.publish", user_id="U0CLEO", view=home())
        return "U0CLEO"

    def shown(self) -> str:
        """The external id of an open modal."""
        self.view()
        return f"shown-{self.made['views']}"

    def view(self) -> str:
        """An open modal; ``$hash`` is its hash."""
        number = self.made["views"] = self.made.get("views", 0) + 1
        shown = modal(external_id=f"shown-{number}")
        opened = self.done("views.open", trigger_id="$trigger", view=shown)
        self.made["hash"] = opened["view"]["hash"]
        return str(opened["view"]["id"])

    def hash(self) -> str:
        return str(self.made["hash"])

    def code(self) -> str:
        """What someone who agrees to install the app brings it."""
        base = self.playground.base_url
        where = f"{base}/oauth/v2/authorize?client_id={CLIENT['client_id']}"
        return sent_on(where)


def sent_on(url: str) -> str:
    """Return the code in the address a consent page sends people on to."""
    answer = requests.get(url, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"].split("code=")[1].split("&")[0]


@contextmanager
def staged() -> Iterator[Stage]:
    """A stage with a connected app behind it that hands out its triggers."""
    with Playground(manifest(), seed()) as playground:
        stage = Stage(playground)
        app = App(client=WebClient(token=TOKEN, base_url=playground.api_url, timeout=10))

        @app.command("/form")
        def give(ack: Ack, command: JSON) -> None:
            ack()
            stage.triggers.put(command["trigger_id"])

        with listening(app, playground):
            yield stage
