"""A courier between rows that tests move and a workspace that tests break."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from slack_sdk import WebClient

from bot.acks import Acks
from bot.courier import Courier
from bot.slack import slack_client
from handlers.deployment_rows import note, touch
from handlers.messages import RequestDeploy
from handlers.tables import Card, Note
from playground.server import Playground
from tests.desk import SPOTS, Desk, open_desk
from tests.station import MANIFEST, make_spots, seed, settings
from tests.workspace import JSON, Workspace, eventually

PROD, FREE = "C0PROD001", "C0FREE001"
SENDING = ("chat.postMessage", "chat.update")


@dataclass
class Post:
    """A courier between rows that tests move and a workspace that tests break."""

    desk: Desk
    workspace: Workspace
    client: WebClient
    couriers: list[Courier] = field(default_factory=list)

    def opens(self) -> Courier:
        """A courier like that of a bot that was just started."""
        new = Courier(
            self.client, self.desk.store, self.desk.in_force, lambda: self.desk.at, Acks()
        )
        self.couriers.append(new)
        new.start()
        return new

    def asks(self, version: str = "1.0.0", environment: str = "prod-1") -> int:
        """A new request, whose card is due; its number."""
        told = self.desk.asks(RequestDeploy("shop-api", version, environment), "U0ANA")
        assert not told.refused, told
        return int(told.facts["deployment"])

    def touches(self, number: int) -> None:
        with self.desk.store.write() as session:
            touch(session, number)

    def notes(self, number: int, count: int) -> None:
        with self.desk.store.write() as session:
            note(session, number, self.desk.at, "approved", by="U0CLEO", count=count, needed=9)

    def fails(self, mode: str, method: str = "chat.postMessage", **more: Any) -> None:
        self.workspace.control("fault", mode=mode, method=method, **more)

    def card(self, number: int) -> Card:
        with self.desk.store.read() as session:
            row = session.get_one(Card, ("deployment", number))
            session.expunge(row)
            return row

    def shows(self, number: int) -> bool:
        """Does Slack have all there is to know of it?"""
        with self.desk.store.read() as session:
            card = session.get_one(Card, ("deployment", number))
            unsaid = session.query(Note).filter_by(number=number, ts="").count()
            return card.drawn == card.revision and not unsaid

    def settles(self, number: int) -> None:
        eventually(lambda: self.shows(number), f"the card of {number}")

    def sent(self, channel: str = "") -> list[JSON]:
        """Every message that Slack was asked to post or change, in order."""
        entries = self.workspace.get("inspector")["entries"]
        calls = [e for e in entries if e["name"] in SENDING]
        return [e for e in calls if not channel or e["request"].get("channel") == channel]

    def cards(self, channel: str) -> list[JSON]:
        return self.workspace.cards(channel, "U0ANA")

    @property
    def direct(self) -> str:
        """Ana's direct messages with the bot."""
        channels = self.workspace.get("boot", as_="U0ANA")["channels"]
        return next(str(c["id"]) for c in channels if c["is_im"])


@contextmanager
def opened(url: str, folder: Path) -> Iterator[Post]:
    with (
        Playground(MANIFEST, seed(make_spots(SPOTS))) as playground,
        open_desk(url, folder) as desk,
    ):
        desk.at = datetime.now(UTC)
        desk.directory_read()
        client = slack_client(settings(playground.base_url, folder, folder))
        post = Post(desk, Workspace(playground.base_url), client)
        try:
            yield post
        finally:
            for one in post.couriers:
                one.stop()
    assert playground.violations == []
