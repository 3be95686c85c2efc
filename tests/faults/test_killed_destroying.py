"""``kill -9`` at every external call and around every durable step of destroying an environment
that was made from a blueprint. Whatever happens: it ends as it should, nothing of it is left, its
data is kept once, its ports are free, and nothing is said twice."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest
import requests

from handlers import audit
from handlers.subjects import created, deployment
from handlers.tables import Created, Deployment, Lock, TakenPort
from integrations.git_source import GitSource
from integrations.runtimes.process.runtime import ProcessRuntime
from tests.faults.ground import VERSION, Ground
from tests.faults.line import LONG, Ends, Line
from tests.faults.sweep import sweep
from tests.workspace import eventually, words

ANA = "U0ANA"
NUMBERS = itertools.count(1)


def row_of(line: Line, name: str) -> Created | None:
    with line.store.read() as session:
        row = session.query(Created).filter_by(environment=name).first()
        session.expunge_all()
    return row


def says(line: Line, said: str, state: str, name: str) -> Created:
    """Say it until it is on record that the environment is in that state, or beyond it."""
    order = ["open", "going", "stuck", "gone"]

    def heard() -> Created | None:
        line.keep_alive()
        row = row_of(line, name)
        if row is not None and order.index(row.state) >= order.index(state):
            return row
        if line.workspace.get("boot", as_=ANA)["app"]["connected"]:
            line.workspace.post("command", as_=ANA, channel=line.spot.channel, text=said)
        return None

    row = eventually(heard, said, within=LONG, every=0.1)
    assert row is not None
    return row


def is_made_and_used(ground: Ground) -> Created:
    """One with a version that is live there and data, made by a bot that nothing happens to, and
    that has nothing left to do: what it left, the next one would begin with."""
    line, name = ground.line, f"demo-{next(NUMBERS)}"
    line.begin()
    row = says(line, f"/env create {name} from preview", "open", name)
    line.ask(f"/deploy shop-api {VERSION} to {name}", ANA)

    def live() -> bool:
        with line.store.read() as session:
            found = session.query(Deployment).filter_by(environment=name, state="live")
            numbers = [one.id for one in found]
        return len(numbers) == 1 and line.is_quiet(deployment(numbers[0]))

    eventually(live, f"{VERSION} live in {name}", within=LONG)
    return row


def settle(line: Line, name: str) -> Created:
    """Keep the bot alive until it is gone and everything of it is told."""

    def ended() -> Created | None:
        line.keep_alive()
        row = row_of(line, name)
        if row is None or row.state not in ("gone", "stuck"):
            return None
        shown = any(f"Destroyed: {name} from" in words(c) for c in cards(line))
        return row if line.is_quiet(created(row.id)) and shown else None

    row = eventually(ended, f"the end of {name}", within=LONG, every=0.1)
    assert row is not None
    return row


def cards(line: Line) -> list[dict[str, object]]:
    return line.workspace.cards(line.spot.channel)


def check(ground: Ground, row: Created) -> None:
    """The oracles."""
    line, name, data = ground.line, row.environment, ground.line.settings.data
    assert row.state == "gone", row.failure
    runtime = ProcessRuntime(data / "process", GitSource(data / "repositories"))
    assert runtime.inspect(name) == ()
    assert runtime.serving(name, "shop-api") is None
    place = data / "volumes" / name / "shop-api"
    assert "data" not in [path.name for path in place.iterdir()]
    assert [path.name for path in (place / "backups").iterdir()] == [f"e{row.id}"]
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://{row.shape['services']['shop-api']['address']}/version", timeout=5)
    with line.store.read() as session:
        assert session.query(TakenPort).filter_by(created=row.id).count() == 0
        assert session.query(Lock).filter_by(environment=name, released_at=None).count() == 0
        assert audit.verify(session)[1] == ""
    (card,) = (c for c in cards(line) if f"Destroyed: {name} from" in words(c))
    said = Counter(str(m.get("metadata")) for m in line.history(card))
    assert [note for note, times in said.items() if times > 1] == []


def destroys(ground: Ground, ends: Ends) -> None:
    line = ground.line
    name = is_made_and_used(ground).environment
    line.begin(ends)
    says(line, f"/env destroy {name} because we have seen it", "going", name)
    check(ground, settle(line, name))


@pytest.mark.timeout(900)
def test_whenever_it_is_killed_all_of_it_goes_and_once(grounds: list[Ground]) -> None:
    sweep(grounds, destroys, at_least=15)
