"""``kill -9`` at every external call and around every durable step of stopping an environment,
restarting it, starting it, and waking it by a deployment. Whatever happens: stopped nothing runs,
started what ran before runs as it was, nothing is said twice, and nothing stays held."""

from __future__ import annotations

import pytest
import requests

from handlers.tables import Deployment, Preparation, Stop
from tests.faults.ground import Ground, ask, check, newest, settle
from tests.faults.lane import other
from tests.faults.line import LONG, Ends
from tests.faults.sweep import sweep
from tests.workspace import elements, eventually, labels

ANA = "U0ANA"


def live(ground: Ground) -> list[tuple[int, str]]:
    with ground.line.store.read() as session:
        rows = session.query(Deployment).filter_by(state="live")
        return [(row.id, row.commit) for row in rows]


def lasting(ground: Ground) -> list[str]:
    with ground.line.store.read() as session:
        return [row.by for row in session.query(Stop).filter_by(ended_at=None)]


def asks_twice(ground: Ground, verb: str) -> Preparation:
    """Say it, and click the second word, until it is on record."""
    line, label = ground.line, verb.capitalize()
    before = newest(line)

    def heard() -> bool:
        line.keep_alive()
        if not line.workspace.get("boot", as_=ANA)["app"]["connected"]:
            return False
        private = line.workspace.privates(line.spot.channel, ANA)
        asked = [m for m in private if labels(m) == [label]]
        if asked:
            (button,) = elements(asked[-1])
            line.workspace.presses(button, asked[-1]["ts"], ANA, line.spot.channel)
        else:
            said = f"/env {verb} {line.spot.name}"
            line.workspace.post("command", as_=ANA, channel=line.spot.channel, text=said)
        now = newest(line)
        return now is not None and (before is None or now.id > before.id)

    eventually(heard, verb, within=LONG, every=0.05)
    return settle(line)


def comes_to_rest(ground: Ground, ends: Ends) -> None:
    line = ground.line
    line.begin(ends)
    assert asks_twice(ground, "stop").state == "done"
    assert lasting(ground) == [ANA]
    assert requests.get(f"{line.spot.url()}/version", timeout=5).status_code >= 500


def stops_starts_and_restarts(ground: Ground, ends: Ends) -> None:
    before = live(ground)
    comes_to_rest(ground, ends)
    ask(ground.line, f"/env start {ground.line.spot.name}", ANA)
    check(ground, settle(ground.line))
    check(ground, asks_twice(ground, "restart"))
    assert (lasting(ground), live(ground)) == ([], before)


def wakes(ground: Ground, ends: Ends) -> None:
    line, version = ground.line, other(ground.serves or "1.0.0")
    comes_to_rest(ground, ends)
    ground.deploy(version)
    line.check(line.settle(), "live", version)
    ground.serves = version
    assert lasting(ground) == []


@pytest.mark.timeout(900)
def test_whenever_it_is_killed_it_stops_and_comes_back_as_it_was(grounds: list[Ground]) -> None:
    sweep(grounds, stops_starts_and_restarts, at_least=20)


@pytest.mark.timeout(900)
def test_whenever_it_is_killed_a_deployment_wakes_it_once(grounds: list[Ground]) -> None:
    sweep(grounds, wakes, at_least=20)
