"""``kill -9`` at every external call while what a lost environment left is removed after a list.
Whatever happens: all that was listed of it goes, its data is kept once, and it is told once."""

from __future__ import annotations

import pytest

from handlers import audit
from handlers.tables import Created, Inquiry, Notice, TakenPort
from integrations.git_source import GitSource
from integrations.runtimes.process.runtime import ProcessRuntime
from tests.faults.ground import VERSION, Ground
from tests.faults.line import LONG, Ends, Line
from tests.faults.sweep import sweep
from tests.faults.test_killed_destroying import is_made_and_used
from tests.workspace import JSON, elements, eventually, words

OPAL = "U0OPAL"
DIRECT = f"D{OPAL[1:]}"


def is_lost(ground: Ground) -> str:
    """An environment that runs and has data, and that nobody knows any more."""
    row = is_made_and_used(ground)
    ground.line.stop()
    with ground.line.store.write() as session:
        session.get_one(Created, row.id).state = "gone"
        session.query(TakenPort).filter_by(created=row.id).delete()
    return row.environment


def is_heard(line: Line) -> bool:
    line.keep_alive()
    return bool(line.workspace.get("boot", as_=OPAL)["app"]["connected"])


def listed(line: Line, name: str) -> JSON:
    """The newest list that has it."""

    def look() -> JSON | None:
        if is_heard(line):
            found = line.workspace.messages(DIRECT, OPAL)
            mine = [m for m in found if f"*{name}*" in words(m) and elements(m)]
            if mine:
                return mine[-1]
            said = "/ops leftovers"
            line.workspace.post("command", as_=OPAL, channel=line.spot.channel, text=said)
        return None

    return eventually(look, f"a list with {name}", within=LONG, every=0.3) or {}


def removes(line: Line, name: str) -> None:
    """Click until the click is on record, and wait until it is told what became of it."""

    def told() -> bool:
        if not is_heard(line):
            return False
        with line.store.read() as session:
            asked = session.query(Inquiry).filter_by(kind="clean_up").order_by(Inquiry.id.desc())
            mine = [one for one in asked if name in str(one.words)]
            done = [one for one in mine if one.state != "asked"]
        if not mine:
            message = listed(line, name)
            (button,) = elements(message)
            line.workspace.presses(button, message["ts"], OPAL, DIRECT)
        return bool(done)

    eventually(told, f"{name} removed", within=LONG, every=0.3)


def tidies(ground: Ground, ends: Ends) -> None:
    line, data = ground.line, ground.line.settings.data
    name = is_lost(ground)
    line.begin(ends)
    removes(line, name)
    runtime = ProcessRuntime(data / "process", GitSource(data / "repositories"))
    assert runtime.inspect(name) == ()
    assert runtime.serving(name, "shop-api") is None
    place = data / "volumes" / name / "shop-api"
    assert not (place / "data").exists()
    assert len([p for p in (place / "backups").iterdir() if p.name.startswith("tidied-")]) == 1
    assert runtime.serving(line.spot.name, "shop-api") is not None, f"{VERSION} serves as before"
    with line.store.read() as session:
        facts = [n.facts for n in session.query(Notice).filter_by(code="leftovers_removed")]
        cleaned = session.query(Inquiry).filter_by(kind="clean_up").count()
        assert audit.verify(session)[1] == ""
    assert len(facts) == cleaned
    assert facts[-1]["count"] >= 2
    assert facts[-1]["stayed"] == 0


@pytest.mark.timeout(900)
def test_whenever_it_is_killed_all_that_was_listed_goes_and_is_told_once(
    grounds: list[Ground],
) -> None:
    sweep(grounds, tidies, at_least=10)
