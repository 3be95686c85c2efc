"""Windows in which environments are closed, at the gate and in what is told of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.reply import reply
from bot.say import plain
from handlers.messages import (
    ApproveDeployment,
    Command,
    ListEnvironments,
    Outcome,
    PrepareEnvironment,
    RequestDeploy,
    RequestRollback,
    ResetEnvironment,
)
from handlers.setup import Freeze
from handlers.tables import Deployment
from tests.desk import NOON, VERSIONS, Desk
from tests.station import TEAM

TO_PROD = RequestDeploy("shop-api", "1.1.0", "prod-1")
TO_FREE = RequestDeploy("shop-api", "1.1.0", "free-1")
HOUR = timedelta(hours=1)


def closes(desk: Desk, begins: timedelta, ends: timedelta, **more: Any) -> None:
    """A window beside the time of the test."""
    first, last = (f"{NOON + apart:%Y-%m-%d %H:%M}" for apart in (begins, ends))
    freeze = Freeze(begins=first, ends=last, because="Nobody is there.", **more)
    desk.setup = desk.setup.model_copy(update={"freezes": {"holidays": freeze}})


def blockers(outcome: Outcome) -> list[str]:
    return [one["code"] for one in outcome.facts.get("blockers", ())]


def test_in_a_freeze_nothing_is_deployed_and_it_is_said_until_when(desk: Desk) -> None:
    closes(desk, -HOUR, 2 * HOUR, tiers=("production",))
    no = desk.asks(TO_PROD, "U0ANA")
    assert blockers(no) == ["frozen"]
    said = plain(reply(no))
    assert "*prod-1* is frozen since" in said
    assert "“Nobody is there.” Until then only rollbacks pass." in said
    assert "`holidays` under `freezes:` in `team.yml`" in said
    assert desk.asks(TO_FREE, "U0ANA").code == "queued", "of another tier"
    desk.later(hours=2)
    desk.directory_read()
    assert desk.asks(TO_PROD, "U0ANA").code == "waiting_for_approval", "its end is not in it"


def test_what_was_asked_before_is_not_approved_in_it(desk: Desk) -> None:
    asked = desk.asks(TO_PROD, "U0ANA").facts
    closes(desk, -HOUR, HOUR)
    approved = desk.asks(ApproveDeployment(asked["deployment"], asked["fingerprint"]), "U0CLEO")
    assert "frozen" in blockers(approved)


def test_what_was_well_before_comes_back_in_it(desk: Desk) -> None:
    with desk.store.write() as session:
        for state, version in (("replaced", "1.0.0"), ("live", "1.1.0")):
            session.add(
                Deployment(
                    kind="deploy", service="shop-api", environment="free-1", version=version,
                    commit=VERSIONS[version], state=state, team=TEAM, requester="U0ANA",
                    requested_at=NOON - HOUR, live_at=NOON - HOUR,
                )
            )  # fmt: skip
    closes(desk, -HOUR, HOUR)
    back = desk.asks(RequestRollback("shop-api", "free-1", "1.0.0", "it is bad"), "U0OPAL")
    assert back.code == "queued"


@pytest.mark.parametrize(
    "command", [PrepareEnvironment("free-1"), ResetEnvironment("free-1", "the data is a mess")]
)
def test_nothing_is_prepared_or_reset_in_it(desk: Desk, command: Command) -> None:
    closes(desk, -HOUR, HOUR, environments=("free-1",))
    assert blockers(desk.asks(command, "U0OPAL")) == ["frozen"]


def test_it_is_of_everything_or_of_some_tiers_and_names_and_never_of_what_is_left_out() -> None:
    dates = {"begins": "fri 16:00", "ends": "mon 08:00", "because": "It is the weekend."}
    everywhere = Freeze.model_validate(dates)
    some = Freeze.model_validate({**dates, "tiers": ["test"], "environments": ["prod-1"]})
    but = Freeze.model_validate({**dates, "but": ["prod-1"]})
    places = [("prod-1", "production"), ("free-1", "test"), ("prod-2", "production")]
    assert [everywhere.covers(*place) for place in places] == [True, True, True]
    assert [some.covers(*place) for place in places] == [True, True, False]
    assert [but.covers(*place) for place in places] == [False, True, True]


def test_it_stands_with_its_environments(desk: Desk) -> None:
    closes(desk, -HOUR, HOUR, environments=("free-1",))
    page = plain(reply(desk.asks(ListEnvironments(), "U0ANA")))
    assert page.count("*frozen* until") == 1
    assert "Nobody is there." in page
