"""What environments left behind that are gone: listed, removed after a list, and never too much."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot.views.notices import draw_notice
from handlers.messages import CleanUp, FindLeftovers
from handlers.ports import Leftover, PortError, Volume
from handlers.tables import AuditEntry, Created, Deployment
from handlers.work import tidy
from handlers.work.bench import Bench
from tests.desk import Desk
from tests.test_instances import FREE, OPAL, Yard

OLD = "old"


@pytest.fixture
def yard(desk: Desk, tmp_path: Path) -> Yard:
    return Yard(desk, tmp_path / "team.yml")


def moved(yard: Yard, name: str) -> None:
    """What was deployed last is said to be in an environment that the file has no more."""
    with yard.desk.store.write() as session:
        here = update(Deployment).where(Deployment.id == yard.number)
        session.execute(here.values(environment=name))
    there = yard.runtime
    plan = replace(there._instances[f"d{yard.number}"], environment=name)
    there._instances[plan.operation] = there._routes[name, plan.service] = plan
    del there._routes["prod-1", plan.service]


def has(yard: Yard, name: str) -> Volume:
    volume = Volume(name, "shop-api")
    yard.tools.volumes.provision(volume)
    (Path(yard.tools.volumes.where(volume)) / "orders").write_text("7", encoding="utf-8")
    return volume


def found(yard: Yard) -> dict[str, Any]:
    yard.desk.asks(FindLeftovers(), OPAL)
    yard.works()
    code, facts = yard.last(OPAL)
    assert code == "leftovers_found"
    return dict(facts)


def test_what_belongs_to_no_environment_any_more_is_listed_and_goes_after_the_list(
    yard: Yard,
) -> None:
    yard.deploys(FREE)
    here = yard.number
    volume = has(yard, FREE)
    assert found(yard)["count"] == 0
    yard.deploys("prod-1")
    moved(yard, OLD)
    lost = has(yard, OLD)
    facts = found(yard)
    assert (facts["count"], facts["environments"]) == (2, [OLD])
    drawn = str(draw_notice("leftovers_found", facts).blocks)
    assert "not in `team.yml` any more, or destroyed" in drawn
    assert f"What still runs of {OLD} is stopped" in drawn
    assert yard.runtime.instances(OLD, "shop-api"), "a list removes nothing"
    yard.desk.asks(CleanUp(facts["inquiry"]), OPAL)
    yard.works()
    assert yard.last(OPAL)[1]["count"] == 2
    assert yard.runtime.instances(OLD, "shop-api") == ()
    assert yard.runtime.instances(FREE, "shop-api") == (f"d{here}",)
    data = Path(yard.tools.volumes.where(lost))
    assert not data.exists()
    (copy,) = (data.parent / "backups").iterdir()
    assert (copy / "data" / "orders").read_text("utf-8") == "7"
    assert Path(yard.tools.volumes.where(volume)).is_dir()
    assert yard.desk.row(yard.number).state == "removed", "it is not looked for any more"
    assert yard.desk.row(here).state == "live"


def test_an_environment_that_is_back_by_then_keeps_all_it_has(yard: Yard) -> None:
    yard.deploys("prod-1")
    moved(yard, OLD)
    has(yard, OLD)
    facts = found(yard)
    environments = yard.tools.declared.environments
    back = {**environments, OLD: environments[FREE]}
    yard.tools.declared.__dict__["environments"] = back
    yard.desk.asks(CleanUp(facts["inquiry"]), OPAL)
    yard.works()
    assert (yard.last(OPAL)[1]["count"], yard.last(OPAL)[1]["stayed"]) == (0, 2)
    assert yard.runtime.instances(OLD, "shop-api") != ()


def test_what_none_of_our_rows_knows_is_nobodys_business(yard: Yard) -> None:
    yard.deploys("prod-1")
    plan = next(iter(yard.runtime._instances.values()))
    yard.runtime._instances["d1"] = replace(plan, environment="of-others", operation="d1")
    has(yard, "of-others")
    assert found(yard)["count"] == 0


def test_what_was_removed_stays_removed_when_the_work_runs_again(yard: Yard) -> None:
    yard.deploys("prod-1")
    moved(yard, OLD)
    has(yard, OLD)
    left = tidy.find(yard.tools)
    assert set(tidy.clean(yard.tools, left, "again")) == set(left)
    calls = len(yard.runtime.calls)
    assert set(tidy.clean(yard.tools, left, "again")) == set(left), "it says the same again"
    assert "halt" not in [call for call, _ in yard.runtime.calls[calls:]]


def test_what_a_killed_try_has_removed_is_told_as_removed(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = Leftover("dock", "image", "sha256:1", "image 1 of shop-api", 7)
    yard.runtime.lying = [image, replace(image, id="sha256:2")]
    facts = found(yard)
    yard.desk.asks(CleanUp(facts["inquiry"]), OPAL)
    with monkeypatch.context() as killed:
        killed.setattr(tidy, "_forget", interrupt)
        with pytest.raises(KeyboardInterrupt):
            yard.works()
    assert yard.runtime.lying == []
    yard.works()
    code, told = yard.last(OPAL)
    assert (code, told["count"], told["size"], told["stayed"]) == ("leftovers_removed", 2, 14, 0)


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def destroyed(yard: Yard, name: str, state: str = "gone") -> None:
    with yard.desk.store.write() as session:
        session.add(
            Created(
                environment=name, blueprint="preview", shape={}, state=state, team="T",
                owner=OPAL, created_at=yard.desk.at, ends_at=yard.desk.at,
            )
        )  # fmt: skip


def test_what_is_left_of_a_destroyed_environment_goes_by_itself(yard: Yard) -> None:
    yard.deploys("prod-1")
    moved(yard, "demo")
    destroyed(yard, "demo")
    has(yard, OLD)
    tidy.finish_destroyed(yard.tools)
    assert yard.runtime.instances("demo", "shop-api") == ()
    assert [e.code for e in yard.rows(AuditEntry)].count("leftovers_removed") == 1
    tidy.finish_destroyed(yard.tools)
    assert [e.code for e in yard.rows(AuditEntry)].count("leftovers_removed") == 1


def test_what_was_only_taken_out_of_the_file_does_not_go_by_itself(yard: Yard) -> None:
    yard.deploys("prod-1")
    moved(yard, OLD)
    destroyed(yard, "demo")
    has(yard, OLD)
    tidy.finish_destroyed(yard.tools)
    assert yard.runtime.instances(OLD, "shop-api") != ()
    assert [one.environment for one in tidy.find(yard.tools)] == [OLD, OLD]


def test_a_runtime_that_does_not_answer_keeps_nobody_from_the_next_round(yard: Yard) -> None:
    yard.deploys("prod-1")
    moved(yard, "demo")
    destroyed(yard, "demo")
    yard.runtime.fail("leftovers", PortError("The Engine does not answer."))
    tidy.finish_destroyed(yard.tools)
    assert yard.runtime.instances("demo", "shop-api") != ()
    tidy.finish_destroyed(yard.tools)
    assert yard.runtime.instances("demo", "shop-api") == ()


def test_what_a_rollback_needs_stays(yard: Yard) -> None:
    live = yard.deploys(FREE)
    yard.runtime.lying = [Leftover("big", "release", live.commit, "release", 7)]
    assert [one for one in tidy.find(yard.tools) if one.kind == "release"] == []
    assert isinstance(yard.tools, Bench)
