"""The gate by itself: real database, real rules, no Slack and no work. Starts are counted."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.orm import Session

from handlers.ask import Work
from handlers.gate import Gate
from handlers.messages import Actor, Command, Outcome, Question
from handlers.people import DIRECTORY
from handlers.setup import InForce, Setup, load
from handlers.store import Store, open_store
from handlers.tables import Account, Deployment, GroupMember, Reading, Release
from tests.station import TEAM, make_spots, write_team

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
CROWD = [f"U0CROWD{i:02}" for i in range(16)]
PEOPLE = ["U0ANA", "U0BEN", "U0CLEO", "U0DEVI", "U0OPAL", *CROWD]
SPOTS = {"free": 2, "prod": 2, "duo": 1}
VERSIONS = {"1.0.0": "a" * 40, "1.1.0": "b" * 40, "1.2.0": "c" * 40}


@dataclass
class Desk:
    """What a test has in hand: it sets the time, asks, and sees what would have been started."""

    store: Store
    setup: Setup
    at: datetime = NOON
    started: list[Work] = field(default_factory=list)
    keys: Iterator[int] = field(default_factory=itertools.count)

    @property
    def in_force(self) -> InForce:
        return InForce(self.setup)

    @property
    def gate(self) -> Gate:
        return Gate(self.store, self.in_force, lambda: self.at, self._start)

    def _start(self, session: Session, work: Work) -> None:
        @event.listens_for(session, "after_commit", once=True)
        def committed(_session: Session) -> None:
            self.started.append(work)

    def asks(
        self, message: Command | Question, by: str, key: str = "", team: str = TEAM
    ) -> Outcome:
        actor = Actor(team, by)
        if isinstance(message, Question):
            return self.gate.ask(message, actor)
        return self.gate.submit(message, actor, key or f"test:{next(self.keys)}")

    def later(self, **span: float) -> None:
        self.at += timedelta(**span)

    def row(self, number: int) -> Deployment:
        with self.store.read() as session:
            row = session.get_one(Deployment, number)
            session.expunge(row)
            return row

    def knows(self, user: str, **facts: bool) -> None:
        """Change what the directory says of one account."""
        with self.store.write() as session:
            account = session.get_one(Account, (TEAM, user))
            for name, value in facts.items():
                setattr(account, name, value)

    def directory_read(self) -> None:
        with self.store.write() as session:
            session.merge(Reading(of=DIRECTORY, at=self.at, error=""))


@contextmanager
def open_desk(url: str, folder: Path, spots_of: dict[str, int] = SPOTS) -> Iterator[Desk]:
    spots = make_spots(spots_of)
    setup = load(write_team(folder / "team.yml", folder / "shop", spots))
    store = open_store(url)
    desk = Desk(store, setup)
    with store.write() as session:
        session.add_all(_account(user) for user in PEOPLE)
        session.add_all(
            GroupMember(group="S0APPROVERS", user=u) for u in ["U0CLEO", "U0DEVI", *CROWD]
        )
        session.add_all(
            Release(
                service=service, version=version, commit=commit, subject=f"Release {version}",
                tagged_at=NOON, seen_at=NOON, order=order, needs={},
            )
            for service in setup.services
            for order, (version, commit) in enumerate(VERSIONS.items())
        )  # fmt: skip
    desk.directory_read()
    yield desk
    store.close()


def _account(user: str) -> Account:
    return Account(
        team=TEAM, user=user, name=user, timezone="UTC",
        is_bot=False, is_guest=False, is_deactivated=False, is_stranger=False,
    )  # fmt: skip
