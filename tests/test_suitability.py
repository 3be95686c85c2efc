"""Suitability at the gate: what is asked when, what is said, and what is written down of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from handlers.messages import (
    ApproveDeployment,
    BookEnvironments,
    Outcome,
    PlanRelease,
    RequestDeploy,
    RequestRollback,
    ShowEnvironment,
    ShowRelease,
)
from handlers.ports import PortError
from handlers.setup import RELEASE_FILE, load
from handlers.tables import AuditEntry, Deployment, Lock, Measurement, Release
from handlers.work import measure, readings
from handlers.work.bench import Bench
from integrations.http_visitor import HttpVisitor
from integrations.volumes.folders import FolderVolumes
from tests.desk import Desk
from tests.fakes import (
    Commit,
    FakeBuilder,
    FakeDirectory,
    FakeImages,
    FakeProbe,
    FakeRuntime,
    FakeSource,
)
from tests.test_gate import make_live

FREE, PROD = "free-1", "prod-1"
REDIS = "tcp://10.0.0.7:6379/INFO#redis_version:"
NEEDS: dict[str, Any] = {"services": {"redis": ">=7", "shop-web": ">=1.1"}, "memory": "1G"}
GAVE = 2 * 2**30


class Yard:
    """A desk whose services need something, and all that can be read about its environments."""

    def __init__(self, desk: Desk, team: Path) -> None:
        self.desk, self.team = desk, team
        self.runtime, self.source = FakeRuntime(), FakeSource()
        self.probe = FakeProbe(**{REDIS: "7.2.4"})
        self.runtime.room = (2.0, GAVE, GAVE)

    def says(self, change: Callable[[dict[str, Any]], object]) -> None:
        """Change the setup file."""
        told = json.loads(self.team.read_text())
        change(told)
        self.team.write_text(json.dumps(told))
        self.desk.setup = load(self.team)

    def has(self, environment: str, **what: Any) -> None:
        self.says(lambda told: told["environments"][environment].update(has=what))

    def needs(self, **what: Any) -> None:
        self.says(lambda told: told["services"]["shop-api"].update(needs=what))

    @property
    def bench(self) -> Bench:
        desk = self.desk
        return Bench(
            desk.store, desk.in_force, lambda: desk.at, {"process": self.runtime}, self.source,
            FakeDirectory([], {}), FolderVolumes(Path("never-used")), self.probe, HttpVisitor(),
            FakeImages(), FakeBuilder(),
        )  # fmt: skip

    def read(self) -> None:
        """A round of the clock."""
        measure.measure_all(self.bench)
        self.desk.directory_read()

    def asks(self, environment: str, version: str = "1.1.0") -> Outcome:
        return self.desk.asks(RequestDeploy("shop-api", version, environment), "U0ANA")

    def release(self, version: str, **values: Any) -> None:
        with self.desk.store.write() as session:
            row = session.scalar(
                select(Release).where(Release.service == "shop-api", Release.version == version)
            )
            assert row
            for name, value in values.items():
                setattr(row, name, value)

    def count(self, table: Any) -> int:
        with self.desk.store.read() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0

    def fact(self, environment: str, name: str) -> tuple[Any, Any, str]:
        with self.desk.store.read() as session:
            row = session.get_one(Measurement, (environment, name))
            return row.value, row.at, row.error


@pytest.fixture
def yard(desk: Desk, tmp_path: Path) -> Yard:
    yard = Yard(desk, tmp_path / "team.yml")
    for name in (FREE, PROD):
        yard.has(name, services={"redis": REDIS})
    yard.has("free-2", services={"redis": "6.2"})
    return yard


def blockers(outcome: Outcome) -> dict[str, dict[str, Any]]:
    return {b["code"]: b["facts"] for b in outcome.facts.get("blockers", ())}


def missed(outcome: Outcome) -> list[tuple[str, str]]:
    return [(m["what"], m["why"]) for m in blockers(outcome)["unsuitable"]["misses"]]


def test_what_fits_is_deployed_and_what_needs_nothing_asks_nobody(yard: Yard) -> None:
    assert yard.asks(FREE).code == "queued"
    yard.needs(memory="1G", services={"redis": ">=7"})
    yard.read()
    assert yard.asks(PROD).code == "waiting_for_approval"


def test_what_does_not_fit_is_refused_with_every_miss_and_where_it_would_fit(yard: Yard) -> None:
    yard.needs(memory="1G", services={"redis": ">=7"}, networks=["bank"])
    yard.has(PROD, services={"redis": REDIS}, networks=["bank"])
    yard.read()
    outcome = yard.asks("free-2")
    told = blockers(outcome)["unsuitable"]
    assert missed(outcome) == [("redis", "lacks"), ("bank", "lacks")]
    assert told["misses"][0] | {"has": "6.2", "read": None, "needs": ">=7"} == told["misses"][0]
    assert told["fits"] == [PROD]
    assert told["clearers"] == ["U0OPAL"]
    assert yard.count(Deployment) == 0


def test_before_anything_was_read_nothing_fits(yard: Yard) -> None:
    yard.needs(memory="1G", services={"redis": ">=7"})
    assert missed(yard.asks(FREE)) == [("memory", "unknown"), ("redis", "unknown")]


def test_old_readings_block_until_they_are_read_again(yard: Yard) -> None:
    yard.needs(memory="1G", services={"redis": ">=7"})
    yard.read()
    yard.desk.later(seconds=181)
    outcome = yard.asks(FREE)
    assert missed(outcome) == [("memory", "stale"), ("redis", "stale")]
    assert blockers(outcome)["unsuitable"]["fits"] == []
    yard.read()
    assert yard.asks(FREE).code == "queued"


def test_a_reading_that_failed_blocks_however_fresh_the_one_before_is(yard: Yard) -> None:
    yard.needs(memory="1G", services={"redis": ">=7"})
    yard.read()
    yard.probe.said[REDIS] = PortError("It does not answer.")
    yard.runtime.fail("measure", PortError("The disk cannot be measured."), times=9)
    yard.desk.later(seconds=1)
    yard.read()
    outcome = yard.asks(FREE)
    assert missed(outcome) == [("memory", "unknown"), ("redis", "unknown")]
    errors = [m["error"] for m in blockers(outcome)["unsuitable"]["misses"]]
    assert errors == ["The disk cannot be measured.", "It does not answer."]


def approval(outcome: Outcome) -> ApproveDeployment:
    return ApproveDeployment(outcome.facts["deployment"], outcome.facts["fingerprint"])


def test_the_same_is_asked_again_when_it_is_approved(yard: Yard) -> None:
    yard.needs(services={"redis": ">=7"})
    yard.read()
    asked = yard.asks(PROD)
    yard.probe.said[REDIS] = "6.2.14"
    yard.desk.later(seconds=30)
    yard.read()
    refused = yard.desk.asks(approval(asked), "U0CLEO")
    assert missed(refused) == [("redis", "lacks")]
    assert yard.desk.row(asked.facts["deployment"]).state == "waiting"
    yard.probe.said[REDIS] = "7.4"
    yard.desk.later(seconds=30)
    yard.read()
    assert yard.desk.asks(approval(asked), "U0CLEO").code == "approved"


def test_other_needs_are_another_thing_to_approve(yard: Yard) -> None:
    yard.read()
    asked = yard.asks(PROD)
    yard.release("1.1.0", needs={"services": {"redis": ">=7"}})
    assert yard.desk.asks(approval(asked), "U0CLEO").code == "request_changed"
    row = yard.desk.row(asked.facts["deployment"])
    yard.needs(memory="1G")
    fresh = ApproveDeployment(row.id, row.fingerprint)
    assert yard.desk.asks(fresh, "U0CLEO").code == "request_changed"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"needs": None}, "needs_unread"),
        ({"needs_problem": f"{RELEASE_FILE}:1: needs.cpu: is wrong."}, "bad_needs"),
    ],
)
def test_a_release_of_which_nobody_knows_what_it_needs_goes_nowhere_but_back(
    yard: Yard, values: dict[str, Any], code: str
) -> None:
    make_live(yard.desk, "1.1.0", PROD, 900)
    make_live(yard.desk, "1.2.0", PROD, 901)
    yard.release("1.1.0", **values)
    assert list(blockers(yard.asks(FREE))) == [code]
    plan = yard.desk.asks(PlanRelease("shop-api", "1.1.0"), "U0ANA")
    assert (plan.code, plan.refused) == (code, True)
    shown = yard.desk.asks(ShowRelease("shop-api", "1.1.0"), "U0ANA")
    assert shown.facts["doubt"] == code
    back = RequestRollback("shop-api", PROD, "1.1.0")
    assert yard.desk.asks(back, "U0OPAL").code == "queued"


def test_a_rollback_is_kept_by_what_is_surely_missing_and_not_by_a_lack_of_readings(
    yard: Yard,
) -> None:
    make_live(yard.desk, "1.0.0", PROD, 900)
    make_live(yard.desk, "1.1.0", PROD, 901)
    yard.needs(memory="64G", services={"redis": ">=7"})
    back = RequestRollback("shop-api", PROD, "1.0.0")
    yard.probe.said[REDIS] = "6.2"
    yard.read()
    outcome = yard.desk.asks(back, "U0OPAL")
    assert missed(outcome) == [("redis", "lacks")]
    yard.desk.later(seconds=181)
    yard.desk.directory_read()
    assert yard.desk.asks(back, "U0OPAL").code == "queued"


def places(plan: Outcome) -> list[tuple[str, str]]:
    assert plan.code == "plan", plan
    return [(p["environment"], p["fit"]) for p in plan.facts["places"]]


def test_a_plan_ranks_every_environment_and_writes_nothing(yard: Yard) -> None:
    yard.release("1.2.0", needs={"services": {"redis": ">=7", "shop-web": ">=1.1"}})
    yard.runtime.room = (2.0, GAVE, GAVE)
    yard.says(lambda told: told["environments"]["duo-1"]["services"].pop("shop-api"))
    yard.read()
    with yard.desk.store.write() as session:
        for name, version in ((FREE, "1.1.0"), (PROD, "1.2.0")):
            session.get_one(Measurement, (name, "service:shop-web")).value = version
        session.add(Lock(environment=FREE, kind="failure", owner="U0ANA", reason="it burned",
                         since=yard.desk.at))  # fmt: skip
    yard.has("prod-2", services={"redis": "7.0"})
    before = (yard.count(AuditEntry), yard.count(Deployment))
    plan = yard.desk.asks(PlanRelease("shop-api", "v1.2.0"), "U0BEN")
    assert places(plan) == [
        (PROD, "fits"),
        (FREE, "fits"),
        ("prod-2", "after_preparation"),
        ("free-2", "does_not_fit"),
        ("duo-1", "does_not_fit"),
    ]
    by_name = {p["environment"]: p for p in plan.facts["places"]}
    assert [b["code"] for b in by_name[FREE]["blockers"]] == ["locked"]
    assert by_name[PROD]["approvals"] == 1
    assert [m["deploy"] for m in by_name["prod-2"]["misses"]] == ["1.2.0"]
    assert next(m["kind"] for m in by_name["duo-1"]["misses"]) == "place"
    assert (yard.count(AuditEntry), yard.count(Deployment)) == before


def test_a_plan_says_what_the_other_gates_would_say_to_the_one_who_asks(yard: Yard) -> None:
    make_live(yard.desk, "1.2.0", FREE)
    yard.read()
    plan = yard.desk.asks(PlanRelease("shop-api", "1.2.0"), "U0BEN")
    by_name = {p["environment"]: [b["code"] for b in p["blockers"]] for p in plan.facts["places"]}
    assert by_name[FREE] == ["already_live"]
    assert by_name[PROD] == []
    unknown = yard.desk.asks(PlanRelease("shop-api", "9.9"), "U0BEN")
    assert unknown.code == "unknown_version"


def books(yard: Yard, by: str, *release: str) -> Outcome:
    return yard.desk.asks(BookEnvironments([PROD], "for 2h", False, "change", "", (), *release), by)


@pytest.mark.parametrize(
    ("redis", "needs", "others"),
    [
        ("7.0", {"services": {"redis": ">=7"}}, ["prod-2"]),
        ("6.2", {"services": {"redis": ">=7"}}, []),
        ("6.2", {}, ["prod-2", "duo-1"]),
        ("7.0", None, []),
    ],
)
def test_a_booking_for_a_release_is_offered_only_environments_that_it_fits(
    yard: Yard, redis: str, needs: dict[str, Any] | None, others: list[str]
) -> None:
    yard.has("prod-2", services={"redis": redis})
    yard.release("1.1.0", needs=needs)
    yard.read()
    assert books(yard, "U0ANA").code == "booked"
    outcome = books(yard, "U0BEN", "shop-api", "v1.1.0")
    assert outcome.code == "booked_already"
    assert [c["others"] for c in outcome.facts["conflicts"]] == [others]
    any_release = books(yard, "U0BEN")
    assert [c["others"] for c in any_release.facts["conflicts"]] == [["prod-2", "duo-1"]]


def test_what_was_measured_says_nothing_of_tomorrow_but_what_is_lacking_does(yard: Yard) -> None:
    yard.has("prod-2", services={"redis": "7.0"})
    yard.release("1.1.0", needs={"room": {"memory": 900 * 2**40}, "services": {"redis": ">=7"}})
    yard.read()

    def others(when: str) -> list[str]:
        wish = BookEnvironments([PROD], when, False, "change", "", (), "shop-api", "1.1.0")
        assert yard.desk.asks(wish, "U0ANA").code == "booked"
        no = yard.desk.asks(wish, "U0BEN")
        assert no.code == "booked_already", no
        (conflict,) = no.facts["conflicts"]
        return list(conflict["others"])

    assert others("for 1h") == []
    assert others("from tomorrow 9:00 for 1h") == ["prod-2"]


def test_an_environment_shows_what_it_has_and_when_that_was_read(yard: Yard) -> None:
    yard.read()
    has = yard.desk.asks(ShowEnvironment(FREE), "U0ANA").facts["has"]
    now = int(yard.desk.at.timestamp())
    assert {one["name"]: (one["value"], one["read"]) for one in has["room"]} == {
        "cpu": (2.0, now), "memory": (GAVE, now), "disk": (GAVE, now),
    }  # fmt: skip
    assert {one["name"]: one["value"] for one in has["services"]} == {
        "redis": "7.2.4", "shop-api": None, "shop-web": None,
    }  # fmt: skip


def scripted(yard: Yard, **files: str) -> str:
    """A repository with a commit for each version, and what its file says there."""
    repository = yard.desk.setup.services["shop-api"].repository
    commits = [
        Commit(f"{n}" * 40, f"Release {v}", v, {RELEASE_FILE: text} if text else {})
        for n, (v, text) in enumerate(files.items())
    ]
    yard.source.script(repository, *commits)
    return repository


def recorded(yard: Yard, version: str) -> tuple[Any, str]:
    with yard.desk.store.read() as session:
        row = session.scalar(
            select(Release).where(Release.service == "shop-api", Release.version == version)
        )
        assert row
        return row.needs, row.needs_problem


def test_a_release_is_recorded_with_what_its_own_commit_says_it_needs(yard: Yard) -> None:
    scripted(yard, **{"3.0.0": "", "3.1.0": json.dumps({"needs": NEEDS}), "3.2.0": "needs: [7]\n"})
    readings.read_versions(yard.bench, "shop-api")
    assert recorded(yard, "3.0.0") == ({}, "")
    needs, problem = recorded(yard, "3.1.0")
    assert problem == ""
    assert needs["services"] == NEEDS["services"]
    assert needs["room"] == {"memory": 2**30}
    assert recorded(yard, "3.2.0") == (
        {}, f"{RELEASE_FILE}:1: needs: expected keys and their values; found [7].",
    )  # fmt: skip
    yard.read()
    assert missed(yard.asks(FREE, "3.1.0")) == [("shop-web", "lacks")]


def test_what_a_release_needs_is_read_once_and_from_the_commit_it_was_resolved_to(
    yard: Yard,
) -> None:
    scripted(yard, **{"3.0.0": "needs: {cpu: 1}\n"})
    readings.read_versions(yard.bench, "shop-api")
    moved = scripted(yard, **{"2.9.0": "", "3.0.0": "needs: {cpu: 99}\n"})
    readings.read_versions(yard.bench, "shop-api")
    readings.read_versions(yard.bench, "shop-api")
    assert recorded(yard, "3.0.0")[0]["room"] == {"cpu": 1}
    asked = [call for call in yard.source.calls if call.startswith("read")]
    assert asked == [f"read 1 {RELEASE_FILE}"] * 2, "the new version's, and no other"
    assert moved


def test_what_an_earlier_bot_recorded_without_its_needs_is_read_now(yard: Yard) -> None:
    scripted(yard, **{"3.0.0": "needs: {cpu: 1}\n"})
    readings.read_versions(yard.bench, "shop-api")
    yard.release("3.0.0", needs=None)
    assert list(blockers(yard.asks(FREE, "3.0.0"))) == ["needs_unread"]
    readings.read_versions(yard.bench, "shop-api")
    assert recorded(yard, "3.0.0")[0]["room"] == {"cpu": 1}


def test_every_fact_is_written_down_with_the_time_before_it_was_read(yard: Yard) -> None:
    yard.read()
    at = yard.desk.at
    assert yard.fact(FREE, "cpu") == (2.0, at, "")
    assert yard.fact(FREE, "service:redis") == ("7.2.4", at, "")
    assert yard.fact(FREE, "service:shop-api") == (None, at, "")
    with pytest.raises(Exception, match="No row"):
        yard.fact("free-2", "service:redis")


def test_what_could_not_be_read_keeps_what_was_known_and_says_why(yard: Yard) -> None:
    yard.read()
    at = yard.desk.at
    yard.desk.later(seconds=30)
    yard.runtime.fail("measure", RuntimeError("a bug"))
    yard.probe.said[REDIS] = PortError("It does not answer.")
    measure.measure(yard.bench, FREE)
    assert yard.fact(FREE, "service:redis") == ("7.2.4", at, "It does not answer.")
    value, read, error = yard.fact(FREE, "memory")
    assert (value, read) == (GAVE, at)
    assert "the bot's" not in error and "log" in error
    measure.measure(yard.bench, FREE)
    assert yard.fact(FREE, "memory") == (GAVE, yard.desk.at, "")


def test_a_reading_that_began_earlier_does_not_undo_a_later_one(yard: Yard) -> None:
    yard.read()
    late = yard.desk.at

    class Slow(FakeProbe):
        def version(self, address: str) -> str:
            yard.probe, yard.desk.at = FakeProbe(**{REDIS: "8.0"}), late + timedelta(seconds=9)
            measure.measure(yard.bench, FREE)
            return "7.9"

    yard.probe = Slow()
    measure.measure(yard.bench, FREE)
    assert yard.fact(FREE, "service:redis")[0] == "8.0"


def test_many_readings_at_once_are_all_written_and_none_fails(yard: Yard) -> None:
    failed: list[Exception] = []

    def run() -> None:
        try:
            measure.measure(yard.bench, FREE)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert yard.fact(FREE, "service:redis") == ("7.2.4", yard.desk.at, "")
