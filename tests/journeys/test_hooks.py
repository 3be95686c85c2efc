"""Hooks of deployments, in processes and in containers: they run once, on the card; what fails is
led back as each hook allows; and what cannot be taken back is said before anybody says yes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from handlers.snapshots import deployment_view
from tests.docker.engine import Engine
from tests.docker.shop import docked, on_docker, shop_images
from tests.journeys.test_deploying import goes_live, version_at
from tests.station import (
    Spot,
    Station,
    connected,
    end_processes,
    make_spots,
    write_team,
)
from tests.workspace import JSON, words

Hook = dict[str, Any]
Opened = Callable[..., tuple[Station, Spot]]

pytestmark = pytest.mark.timeout(300)
"""Several deployments each, and of each container a busy machine takes its time."""

decided = pytest.mark.parametrize("opened", ["process"], indirect=True)
"""What the bot itself decides is the same for every runtime."""


@pytest.fixture(params=["process", "docker"])
def opened(request: pytest.FixtureRequest, shop: Path, tmp_path: Path) -> Iterator[Opened]:
    """A station whose service has hooks, and an environment of it where one approver is asked."""
    with ExitStack() as stack:

        def open_with(before: tuple[Hook, ...] = (), after: tuple[Hook, ...] = ()) -> Any:
            engine = request.getfixturevalue("engine") if request.param == "docker" else None
            hooks = {"before": [*before], "after": [*after]}
            return stack.enter_context(_station(tmp_path, shop, engine, hooks))

        yield open_with


@contextmanager
def _station(
    home: Path, shop: Path, engine: Engine | None, hooks: dict[str, list[Hook]]
) -> Iterator[tuple[Station, Spot]]:
    spots = make_spots({"prod": 1}).named("hooked")
    team = write_team(home / "team.yml", shop, spots)
    _give(team, hooks, "python3" if engine else sys.executable)
    if engine:
        on_docker(team, engine, keeps_data=True)
        shop_images(engine, shop, ("1.0.0", "1.1.0", "1.2.0"))
    with (
        connected(home, team, spots) if not engine else docked(engine, home, team, spots) as station
    ):
        yield station, spots.take("prod")
    if not engine:
        end_processes(station.bot)


def _give(team: Path, hooks: dict[str, list[Hook]], python: str) -> None:
    setup = json.loads(team.read_text("utf-8"))
    for hook in (one for phase in hooks.values() for one in phase):
        for key in ("command", "undo"):
            if key in hook:
                hook[key] = [python, "-c", hook[key]]
    service = setup["services"]["shop-api"]
    service |= {"hooks": hooks, "variables": {"SHOP_PASSWORD": "hunter2-and-more"}}
    team.write_text(json.dumps(setup), encoding="utf-8")


def hook(name: str, way_back: str, command: str, **more: Any) -> Hook:
    return {"name": name, "way_back": way_back, "command": command, **more}


TOLD = "import os; print('to', os.environ['STATION_VERSION'])"
UNTOLD = "import os; print('back to', os.environ['STATION_BACK_TO'])"
MIGRATE = {"name": "migrate", "way_back": "reversible", "command": TOLD, "undo": UNTOLD}
FAILS = "import os, sys; print('no such column', os.environ['SHOP_PASSWORD']); sys.exit(3)"


def asks(station: Station, spot: Spot, version: str) -> JSON:
    said = f"/deploy shop-api {version} to {spot.name}"
    station.workspace.types(said, "U0ANA", spot.channel)
    return station.workspace.card(spot.channel, f"Waiting for approval: shop-api {version}")


def approved(station: Station, spot: Spot, version: str, until: str) -> str:
    """What its card says in the end."""
    card = asks(station, spot, version)
    station.workspace.clicks("Approve", card, "U0CLEO", spot.channel)
    return words(station.workspace.card(spot.channel, until))


def steps(station: Station, number: int) -> dict[str, str]:
    """The steps of a deployment, each with what it said."""
    with station.bot.bench.store.read() as session:
        view = deployment_view(session, station.bot.bench.setup, station.bot.bench.now(), number)
    return {step.name: step.detail for step in view.steps}


def test_a_hook_runs_once_and_is_undone_when_its_version_or_a_person_goes_back(
    opened: Opened,
) -> None:
    station, spot = opened([dict(MIGRATE)])
    card = asks(station, spot, "1.0.0")
    assert "`migrate`: is undone on the way back" in words(card)
    station.workspace.clicks("Approve", card, "U0CLEO", spot.channel)
    station.workspace.card(spot.channel, "Live: shop-api 1.0.0")
    assert steps(station, 1)["hook:migrate"] == "ended well: to 1.0.0"
    goes_live(station, spot, "1.1.0", "U0CLEO")
    approved(station, spot, "1.2.0", "Failed and rolled back")
    assert steps(station, 3)["undo:3:migrate"] == "ended well: back to 1.1.0"
    station.workspace.types(f"/rollback shop-api in {spot.name} to 1.0.0", "U0OPAL", spot.channel)
    station.workspace.card(spot.channel, "Live: rollback of shop-api to 1.0.0")
    assert [name for name in steps(station, 4) if ":" in name] == ["undo:2:migrate"]
    assert steps(station, 4)["undo:2:migrate"] == "ended well: back to 1.0.0"
    assert version_at(spot) == "1.0.0"


def test_when_one_fails_before_nothing_is_switched_and_its_last_words_are_on_the_card(
    opened: Opened,
) -> None:
    only_then = f"import os\nif os.environ['STATION_VERSION'] == '1.1.0': {FAILS.partition(';')[0]}"
    only_then = f"{only_then}; print('no such column', os.environ['SHOP_PASSWORD']); sys.exit(3)"
    station, spot = opened([hook("migrate", "reversible", only_then, undo=UNTOLD)])
    goes_live(station, spot, "1.0.0", "U0CLEO")
    said = approved(station, spot, "1.1.0", "Failed and rolled back")
    assert "The hook migrate failed: it ended with exit code 3." in said
    assert "no such column [hidden]" in said
    assert "hunter2" not in str(station.workspace.messages(spot.channel, "U0ANA"))
    assert set(steps(station, 2)) == {"prepare", "hook:migrate", "go_back", "discard"}
    assert version_at(spot) == "1.0.0"


def test_when_one_fails_after_the_old_version_answers_again(opened: Opened) -> None:
    fails = f"import os, sys\nif os.environ['STATION_VERSION'] == '1.1.0': {FAILS}"
    station, spot = opened([dict(MIGRATE)], [hook("announce", "reversible", fails)])
    goes_live(station, spot, "1.0.0", "U0CLEO")
    said = approved(station, spot, "1.1.0", "Failed and rolled back")
    assert "The hook announce failed" in said
    assert "1.0.0 was left serving" in said
    there = steps(station, 2)
    assert there["go_back"] == "1.0.0 answers again"
    assert there["undo:2:migrate"] == "ended well: back to 1.0.0"
    assert version_at(spot) == "1.0.0"


@decided
def test_behind_what_cannot_be_taken_back_nobody_goes(opened: Opened) -> None:
    station, spot = opened([hook("drop-old", "irreversible", TOLD)])
    card = asks(station, spot, "1.0.0")
    assert "*This cannot be taken back.* Once `drop-old` has begun" in words(card)
    station.workspace.clicks("Approve", card, "U0CLEO", spot.channel)
    station.workspace.card(spot.channel, "Live: shop-api 1.0.0")
    said = approved(station, spot, "1.2.0", "Needs a person")
    assert "Its hook drop-old cannot be taken back" in said
    assert "is locked" in said
    assert version_at(spot) == "1.0.0"
    station.workspace.clicks("Clear lock", _newest(station, spot), "U0OPAL", spot.channel)


def _newest(station: Station, spot: Spot) -> JSON:
    return station.workspace.cards(spot.channel)[-1]


@decided
def test_a_rollback_past_it_is_refused_with_the_reason(opened: Opened) -> None:
    station, spot = opened([hook("drop-old", "irreversible", TOLD)])
    goes_live(station, spot, "1.0.0", "U0CLEO")
    goes_live(station, spot, "1.1.0", "U0CLEO")
    said = station.workspace.types(
        f"/rollback shop-api in {spot.name} to 1.0.0", "U0OPAL", spot.channel
    )
    assert "There is no way back to 1.0.0" in said
    assert "it cannot be taken back" in said
    said = station.workspace.types(f"/rollback shop-api in {spot.name}", "U0OPAL", spot.channel)
    assert "There is no way back to 1.0.0" in said


def catalogue_of(station: Station, spot: Spot) -> Path:
    """Where its data is, on this machine or on that of the Engine, which is the same."""
    engines = station.bot.setup.engines
    if not engines:
        place = station.bot.settings.data / "volumes" / spot.name / "shop-api/data"
        return Path(place, "catalogue.json")
    folder = Path(engines["dock"].address.removeprefix("unix://")).parent
    name = f"stationmaster_{spot.name}_shop-api"
    return folder / "data" / "volumes" / name / "_data" / "data" / "catalogue.json"


def test_data_that_a_hook_needs_a_copy_of_is_put_back(opened: Opened) -> None:
    spoil = "import os, pathlib; p = pathlib.Path(os.environ['SHOP_DATA'], 'catalogue.json')"
    spoil += "; print(p.write_text(os.environ['STATION_VERSION']))"
    station, spot = opened([hook("rewrite", "needs_backup", spoil)])
    card = asks(station, spot, "1.0.0")
    assert "a copy of the data is kept first" in words(card)
    station.workspace.clicks("Approve", card, "U0CLEO", spot.channel)
    station.workspace.card(spot.channel, "Live: shop-api 1.0.0")
    catalogue = catalogue_of(station, spot)
    assert catalogue.read_text("utf-8") == "1.0.0"
    goes_live(station, spot, "1.1.0", "U0CLEO")
    said = station.workspace.types(
        f"/rollback shop-api in {spot.name} to 1.0.0", "U0OPAL", spot.channel
    )
    assert "what was written since its copy of the data was taken would be lost" in said
    approved(station, spot, "1.2.0", "Failed and rolled back")
    assert catalogue.read_text("utf-8") == "1.1.0"
    assert steps(station, 3)["put_back:3:rewrite"] == "1 file as before rewrite"


def test_a_hook_that_fails_half_way_leaves_the_data_as_it_was(opened: Opened) -> None:
    spoil = "import os, pathlib, sys; p = pathlib.Path(os.environ['SHOP_DATA'], 'catalogue.json')"
    spoil += "; v = os.environ['STATION_VERSION']; p.write_text(v); sys.exit(3 * (v != '1.0.0'))"
    station, spot = opened([hook("rewrite", "needs_backup", spoil)])
    goes_live(station, spot, "1.0.0", "U0CLEO")
    said = approved(station, spot, "1.1.0", "Failed and rolled back")
    assert "The hook rewrite failed" in said
    assert steps(station, 2)["put_back:2:rewrite"] == "1 file as before rewrite"
    assert catalogue_of(station, spot).read_text("utf-8") == "1.0.0"
    assert version_at(spot) == "1.0.0"


@decided
def test_one_that_does_not_end_is_ended_and_counts_as_failed(opened: Opened) -> None:
    endless = "import time; print('waiting for a lock', flush=True); time.sleep(600)"
    station, spot = opened([hook("migrate", "reversible", endless, timeout="1s", undo=UNTOLD)])
    said = approved(station, spot, "1.0.0", "Failed: shop-api 1.0.0")
    assert "The hook migrate failed: it did not end within 1 s." in said
    assert "waiting for a lock" in said
    assert "undo:1:migrate" not in steps(station, 1)
    assert list((station.bot.settings.data / "process" / "errands").iterdir()) == []


@decided
def test_called_off_the_hook_under_way_ends_first_and_is_undone(
    opened: Opened, tmp_path: Path
) -> None:
    called_off = tmp_path / "called-off"
    waits = f"while not os.path.exists({str(called_off)!r}): time.sleep(0.05)"
    slow = f"import os, time\nprint('half way', flush=True)\n{waits}\nprint('through')"
    station, spot = opened([hook("migrate", "reversible", slow, timeout="60s", undo=UNTOLD)])
    card = asks(station, spot, "1.0.0")
    station.workspace.clicks("Approve", card, "U0CLEO", spot.channel)
    card = station.workspace.card(spot.channel, "half way")
    station.workspace.clicks("Cancel", card, "U0ANA", spot.channel)
    station.workspace.card(spot.channel, "asked to stop it")
    called_off.touch()
    station.workspace.card(spot.channel, "Cancelled: shop-api 1.0.0")
    there = steps(station, 1)
    assert there["hook:migrate"] == "ended well: through"
    assert there["undo:1:migrate"].startswith("ended well")
    assert "switch" not in there


@decided
def test_when_its_way_back_fails_a_person_is_called(opened: Opened) -> None:
    stuck = "import sys; print('the column is in use'); sys.exit(4)"
    station, spot = opened([hook("migrate", "reversible", TOLD, undo=stuck)])
    said = approved(station, spot, "1.2.0", "Needs a person")
    assert "Going back failed too: Taking migrate back failed: it ended with exit code 4." in said
    assert "is locked" in said
