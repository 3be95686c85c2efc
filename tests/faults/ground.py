"""One environment that may be prepared and reset, and doing so with some deaths."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import requests
from sqlalchemy import text

from handlers import audit
from handlers.subjects import preparation
from handlers.tables import Lock, Preparation
from tests.faults.lane import Lane
from tests.faults.line import LONG, Ends, Line
from tests.workspace import eventually, words

VERSION = "1.0.0"
ENDED = ("done", "aborted", "blocked", "stuck")
SHOWN = {"done": "Done: ", "aborted": "Aborted: ", "stuck": "Needs a person: "}


class Ground(Lane):
    """A line whose environment may be reset, with a version that is live there."""

    KIND = "free"

    def begin(self) -> None:
        self.deploy(VERSION)
        self.line.check(self.line.settle(), "live", VERSION)

    @property
    def data(self) -> Path:
        return self.line.settings.data / "volumes" / self.line.spot.name / "shop-api" / "data"

    @property
    def files(self) -> list[str]:
        return sorted(path.name for path in self.data.iterdir())


def newest(line: Line) -> Preparation | None:
    with line.store.read() as session:
        row = session.query(Preparation).order_by(Preparation.id.desc()).first()
        session.expunge_all()
    return row


def ask(line: Line, said: str, by: str) -> None:
    """Say it until it is on record."""
    before = newest(line)

    def heard() -> bool:
        line.keep_alive()
        if not line.workspace.get("boot", as_=by)["app"]["connected"]:
            return False
        line.workspace.post("command", as_=by, channel=line.spot.channel, text=said)
        now = newest(line)
        return now is not None and (before is None or now.id > before.id)

    eventually(heard, said, within=LONG, every=0.05)


def settle(line: Line) -> Preparation:
    """Keep the bot alive until the newest preparation has ended and everything of it is told."""

    def ended() -> Preparation | None:
        line.keep_alive()
        row = newest(line)
        if row is None or row.state not in ENDED:
            return None
        card = line.workspace.cards(line.spot.channel)[-1]
        shown = SHOWN.get(row.state, "") in words(card)
        return row if line.is_quiet(preparation(row.id)) and shown else None

    row = eventually(ended, "the end of the preparation", within=LONG, every=0.1)
    assert row is not None
    return row


def check(ground: Ground, row: Preparation, state: str = "done") -> None:
    """The oracles."""
    line = ground.line
    assert row.state == state, (row.state, row.failure)
    if state == "done":
        answer = requests.get(f"{line.spot.url()}/version", timeout=5)
        assert answer.json()["version"] == VERSION
    assert [path for path in ground.data.parent.iterdir() if path.name.startswith(".")] == []
    with line.store.read() as session:
        assert session.query(Lock).filter_by(kind="operation", released_at=None).count() == 0
        assert audit.verify(session)[1] == ""
        cards = session.scalar(text("SELECT count(*) FROM cards"))
    shown = line.workspace.cards(line.spot.channel)
    assert len(shown) == cards
    said = Counter(str(m.get("metadata")) for m in line.history(shown[-1]))
    assert [note for note, times in said.items() if times > 1] == []


def run(ground: Ground, ends: Ends, said: str, by: str) -> Preparation:
    """One flow that dies at each of ``ends``, and then the oracles."""
    line = ground.line
    line.begin(ends)
    ask(line, said, by)
    row = settle(line)
    check(ground, row)
    return row
