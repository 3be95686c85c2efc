"""What hooks mean for a request: bound by its approval, refused where they cannot be kept to, and
the way that they close."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from handlers.gating import current_fingerprint
from handlers.messages import Outcome, ProposeRollback, RequestDeploy, RequestRollback
from handlers.setup import load
from handlers.snapshots import deployment_view
from handlers.tables import Deployment, HookRun, Preparation
from tests.databases import migrated
from tests.desk import Desk, open_desk
from tests.test_gate import make_live

MIGRATE = {"name": "migrate", "command": ["a"], "way_back": "reversible"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(migrated(f"sqlite:///{tmp_path / 'station.db'}"), tmp_path) as desk:
        yield desk


def declare(desk: Desk, folder: Path, **facts: Any) -> None:
    """Have the service run one hook before each version."""
    team = folder / "team.yml"
    told = json.loads(team.read_text("utf-8"))
    told["services"]["shop-api"]["hooks"] = {"before": [MIGRATE | facts]}
    team.write_text(json.dumps(told), "utf-8")
    desk.setup = load(team)


def has_run(desk: Desk, number: int, way_back: str, state: str = "done", minutes: int = 60) -> None:
    """Put a hook of a deployment into the rows, as work would leave it."""
    with desk.store.write() as session:
        session.add(
            HookRun(
                deployment=number, name="migrate", position=0, phase="before", command=["a"],
                image="", timeout=60, way_back=way_back, undo=["b"], state=state,
                began_at=desk.at + timedelta(minutes=minutes),
            )
        )  # fmt: skip


def back(desk: Desk, version: str = "1.0.0") -> Outcome:
    return desk.asks(RequestRollback("shop-api", "prod-1", version), "U0OPAL")


def why(outcome: Outcome) -> list[tuple[str, str]]:
    return [(one["code"], one["facts"]["hook"]) for one in outcome.facts["blockers"]]


def fingerprint(desk: Desk) -> str:
    with desk.store.read() as session:
        return current_fingerprint(session, desk.setup, session.get_one(Deployment, 1))


def test_an_approval_binds_each_hook_and_its_way_back(desk: Desk, tmp_path: Path) -> None:
    seen = set[str]()
    declare(desk, tmp_path)
    desk.asks(RequestDeploy("shop-api", "1.0.0", "prod-1"), "U0ANA")
    for change in ({}, {"way_back": "irreversible"}, {"command": ["b"]}, {"undo": ["c"]}):
        declare(desk, tmp_path, **change)
        seen.add(fingerprint(desk))
    assert len(seen) == 4


def test_a_request_shows_the_hooks_as_they_are_declared(desk: Desk, tmp_path: Path) -> None:
    declare(desk, tmp_path, way_back="irreversible")
    desk.asks(RequestDeploy("shop-api", "1.0.0", "prod-1"), "U0ANA")
    with desk.store.read() as session:
        view = deployment_view(session, desk.setup, desk.at, 1)
    assert [(one.name, one.phase, one.way_back) for one in view.hooks] == [
        ("migrate", "before", "irreversible")
    ]


def test_where_no_data_is_kept_a_hook_that_needs_a_copy_is_refused(
    desk: Desk, tmp_path: Path
) -> None:
    declare(desk, tmp_path, way_back="needs_backup")
    request = RequestDeploy("shop-api", "1.0.0", "prod-1")
    team = json.loads((tmp_path / "team.yml").read_text("utf-8"))
    team["environments"]["prod-1"]["services"]["shop-api"].pop("data")
    (tmp_path / "team.yml").write_text(json.dumps(team), "utf-8")
    desk.setup = load(tmp_path / "team.yml")
    assert why(desk.asks(request, "U0ANA")) == [("without_data", "migrate")]
    elsewhere = RequestDeploy("shop-api", "1.0.0", "prod-2")
    assert desk.asks(elsewhere, "U0ANA").code == "waiting_for_approval"


@pytest.mark.parametrize("state", ["begun", "done", "failed"])
@pytest.mark.parametrize("way_back", ["irreversible", "needs_backup"])
def test_no_rollback_goes_behind_what_cannot_be_taken_back(
    desk: Desk, way_back: str, state: str
) -> None:
    make_live(desk, "1.0.0", "prod-1", 900)
    make_live(desk, "1.1.0", "prod-1", 901)
    has_run(desk, 901, way_back, state)
    assert why(back(desk)) == [("closed", "migrate")]
    refused = desk.asks(ProposeRollback("shop-api", "prod-1"), "U0OPAL")
    assert why(refused) == [("closed", "migrate")]


@pytest.mark.parametrize(
    ("way_back", "state", "minutes"),
    [("reversible", "done", 60), ("irreversible", "planned", 60), ("irreversible", "undone", 60),
     ("irreversible", "done", 1)],
)  # fmt: skip
def test_what_can_be_taken_back_or_ran_before_closes_no_way(
    desk: Desk, way_back: str, state: str, minutes: int
) -> None:
    make_live(desk, "1.0.0", "prod-1", 900)
    make_live(desk, "1.1.0", "prod-1", 901)
    has_run(desk, 901, way_back, state, minutes)
    assert desk.asks(ProposeRollback("shop-api", "prod-1"), "U0OPAL").facts["version"] == "1.0.0"
    assert back(desk).code == "queued"


def test_a_version_that_served_since_is_proposed_and_the_one_before_is_not(desk: Desk) -> None:
    make_live(desk, "1.0.0", "prod-1", 900)
    has_run(desk, 900, "irreversible", minutes=16)
    make_live(desk, "1.1.0", "prod-1", 1000)
    make_live(desk, "1.2.0", "prod-1", 1100)
    proposal = desk.asks(ProposeRollback("shop-api", "prod-1"), "U0OPAL").facts
    assert (proposal["version"], proposal["others"]) == ("1.1.0", [])


def test_a_reset_since_then_brings_data_that_no_hook_has_touched(desk: Desk) -> None:
    make_live(desk, "1.0.0", "prod-1", 900)
    make_live(desk, "1.1.0", "prod-1", 901)
    has_run(desk, 901, "irreversible")
    with desk.store.write() as session:
        session.add(
            Preparation(
                kind="reset", environment="prod-1", state="done", team="T", requester="U0OPAL",
                reason="", queue_place=0, requested_at=desk.at,
                ended_at=desk.at + timedelta(minutes=61),
            )
        )  # fmt: skip
    assert back(desk).code == "queued"
