"""The clock: what ticks, that a tick is decided once, and that lost work and lost services are
found."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import func, select

from bot import clock
from bot.clock import GRACE, Clock, Rounds, table
from handlers.ask import Work
from handlers.deployment_rows import work_name
from handlers.gate import Gate
from handlers.messages import CLOCK, Actor, ExpireApprovals, RequestDeploy, ReviveService
from handlers.ports import PortError
from handlers.store import open_store
from handlers.subjects import deployment
from handlers.tables import Account, AuditEntry, Deployment, GroupMember, Lock, Note, Receipt
from handlers.upkeep import KEEP_RECEIPTS, REVIVE_AGAIN
from handlers.work import readings, revive
from handlers.work.bench import Bench
from handlers.work.lost import SETTLED, lost_work
from integrations.http_visitor import HttpVisitor
from integrations.volumes.folders import FolderVolumes
from tests.desk import Desk
from tests.fakes import FakeBuilder, FakeDirectory, FakeImages, FakeProbe, FakeRuntime, FakeSource
from tests.station import Spot, Station
from tests.workspace import eventually, words

CRON = {"year", "month", "day", "week", "day_of_week", "hour", "minute", "second"}


class Ticks:
    """Rounds that only write down when they were asked to go; ``expire`` may fail first."""

    def __init__(self, failures: int = 0) -> None:
        self.seen: dict[str, list[datetime]] = {}
        self.failures = failures

    def _tick(self, name: str, planned: datetime) -> None:
        self.seen.setdefault(name, []).append(planned)

    def read_directory(self, planned: datetime) -> None:
        self._tick("read_directory", planned)

    def read_catalogue(self, planned: datetime) -> None:
        self._tick("read_catalogue", planned)

    def measure(self, planned: datetime) -> None:
        self._tick("measure", planned)

    def look_around(self, planned: datetime) -> None:
        self._tick("look_around", planned)

    def read_traffic(self, planned: datetime) -> None:
        self._tick("read_traffic", planned)

    def sweep_stops(self, planned: datetime) -> None:
        self._tick("sweep_stops", planned)

    def read_hosts(self, planned: datetime) -> None:
        self._tick("read_hosts", planned)

    def tidy(self, planned: datetime) -> None:
        self._tick("tidy", planned)

    def compare_setup(self, planned: datetime) -> None:
        self._tick("compare_setup", planned)

    def read_setup(self, planned: datetime) -> None:
        self._tick("read_setup", planned)

    def revive(self, planned: datetime) -> None:
        self._tick("revive", planned)

    def reconcile(self, planned: datetime) -> None:
        self._tick("reconcile", planned)

    def sweep_bookings(self, planned: datetime) -> None:
        self._tick("sweep_bookings", planned)

    def sweep_environments(self, planned: datetime) -> None:
        self._tick("sweep_environments", planned)

    def forget(self, planned: datetime) -> None:
        self._tick("forget", planned)

    def expire(self, planned: datetime) -> None:
        self._tick("expire", planned)
        if len(self.seen["expire"]) <= self.failures:
            raise RuntimeError("the tick went wrong")


@contextmanager
def ticking(ticks: Ticks) -> Iterator[Clock]:
    started = Clock(ticks)  # type: ignore[arg-type]
    started.start()
    try:
        yield started
    finally:
        started.stop()


@pytest.fixture
def every_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        clock,
        "table",
        lambda rounds: {rounds.expire: {"second": "*"}, rounds.forget: {"hour": "3"}},
    )


def test_the_table_knows_points_in_time_only_never_intervals() -> None:
    for when in table(Ticks()).values():  # type: ignore[arg-type]
        assert set(when) <= CRON


def test_every_tick_is_planned_in_utc_and_may_be_late() -> None:
    with ticking(Ticks()) as started:
        jobs = started._scheduler.get_jobs()
    assert len(jobs) == len(table(Ticks()))  # type: ignore[arg-type]
    for job in jobs:
        assert isinstance(job.trigger, CronTrigger)
        assert job.trigger.timezone == UTC
        assert (job.misfire_grace_time, job.coalesce, job.max_instances) == (GRACE, True, 1)


@pytest.mark.usefixtures("every_second")
def test_a_tick_is_told_the_time_it_was_planned_for() -> None:
    ticks = Ticks()
    with ticking(ticks):
        eventually(lambda: len(ticks.seen.get("expire", ())) >= 2, "two ticks")
    first, second = ticks.seen["expire"][:2]
    assert first.microsecond == second.microsecond == 0
    assert first.utcoffset() == timedelta(0)
    assert second - first == timedelta(seconds=1)


@pytest.mark.usefixtures("every_second")
def test_a_tick_that_fails_stops_neither_itself_nor_the_table(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ticks = Ticks(failures=1)
    with ticking(ticks):
        eventually(lambda: len(ticks.seen.get("expire", ())) >= 2, "the next tick")
    assert "the tick expire failed" in caplog.text


def test_what_is_wanted_now_runs_now_and_once() -> None:
    ticks = Ticks()
    with ticking(ticks) as started:
        for _ in range(10):
            started.now("forget")
        eventually(lambda: "forget" in ticks.seen, "the run")
        assert len(ticks.seen["forget"]) == 1


def rounds(desk: Desk, gate: Gate | None = None) -> Rounds:
    nothing: Any = None
    return Rounds(gate or desk.gate, nothing, nothing)


def count(desk: Desk, what: Any, *where: Any) -> int:
    with desk.store.read() as session:
        return session.scalar(select(func.count()).select_from(what).where(*where)) or 0


def test_two_clocks_on_one_database_end_a_request_once(desk: Desk) -> None:
    told = desk.asks(RequestDeploy("shop-api", "1.1.0", "prod-1"), "U0ANA")
    desk.later(minutes=31)
    twin = open_store(desk.store.url)
    gates = [desk.gate, Gate(twin, desk.in_force, lambda: desk.at, desk.gate.start)]
    barrier = threading.Barrier(2)

    def tick(gate: Gate) -> None:
        barrier.wait()
        rounds(desk, gate).expire(desk.at)

    threads = [threading.Thread(target=tick, args=(gate,)) for gate in gates]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    twin.close()
    assert desk.row(told.facts["deployment"]).state == "expired"
    assert count(desk, Note, Note.code == "expired") == 1
    assert count(desk, AuditEntry, AuditEntry.action == "ExpireApprovals") == 1
    assert count(desk, Receipt, Receipt.key.startswith("clock:ExpireApprovals:")) == 1


def test_a_repeated_tick_gets_the_first_answer_and_an_idle_one_leaves_no_trace(desk: Desk) -> None:
    rounds(desk).expire(desk.at)
    assert count(desk, Receipt) == 0
    desk.asks(RequestDeploy("shop-api", "1.1.0", "prod-1"), "U0ANA")
    desk.later(minutes=31)
    planned = desk.at
    rounds(desk).expire(planned)
    key = f"clock:ExpireApprovals::{planned.isoformat()}"
    assert desk.gate.submit(ExpireApprovals(), CLOCK, key).code == "expired"
    assert count(desk, AuditEntry, AuditEntry.action == "ExpireApprovals") == 1


def test_receipts_are_forgotten_when_nobody_can_deliver_again(desk: Desk) -> None:
    ask = RequestDeploy("shop-api", "1.1.0", "prod-1")
    desk.asks(ask, "U0ANA", key="old")
    desk.later(days=KEEP_RECEIPTS.days, seconds=1)
    desk.asks(ask, "U0ANA", key="new")
    desk.later(days=KEEP_RECEIPTS.days)
    rounds(desk).forget(desk.at)
    with desk.store.read() as session:
        keys = set(session.scalars(select(Receipt.key)))
    assert "old" not in keys
    assert "new" in keys


class States:
    """An engine that says one thing of every operation it is asked about."""

    def __init__(self, state: str) -> None:
        self._state = state

    def states(self, names: list[str]) -> dict[str, str]:
        return dict.fromkeys(names, self._state) if self._state else {}


@pytest.mark.parametrize(
    ("state", "is_lost"),
    [
        ("", True),
        ("ERROR", True),
        ("SUCCESS", True),
        ("CANCELLED", True),
        ("MAX_RECOVERY_ATTEMPTS_EXCEEDED", True),
        ("ENQUEUED", False),
        ("PENDING", False),
        ("DELAYED", False),
    ],
)
def test_work_is_lost_when_the_engine_does_not_have_it_in_hand(
    desk: Desk, state: str, is_lost: bool
) -> None:
    engine: Any = States(state)
    told = desk.asks(RequestDeploy("shop-api", "1.1.0", "free-1"), "U0ANA")
    assert lost_work(desk.store, engine, desk.at + SETTLED) == []
    later = desk.at + SETTLED + timedelta(seconds=1)
    found = [(told.facts["deployment"], state)] if is_lost else []
    assert lost_work(desk.store, engine, later) == found


def test_a_service_that_dies_over_and_over_is_not_started_every_few_seconds(desk: Desk) -> None:
    number = desk.asks(RequestDeploy("shop-api", "1.1.0", "free-1"), "U0ANA").facts["deployment"]
    with desk.store.write() as session:
        session.get_one(Deployment, number).state = "live"

    def revives() -> str:
        key = f"clock:{desk.at.isoformat()}"
        return desk.gate.submit(ReviveService(number), CLOCK, key).code

    assert revives() == "revival_started"
    with desk.store.write() as session:
        session.add(Note(of=deployment(number), at=desk.at, code="not_revived", facts={}))
    desk.later(seconds=REVIVE_AGAIN.seconds - 1)
    assert revives() == "nothing_due"
    desk.later(seconds=1)
    assert revives() == "revival_started"


def test_the_same_bad_news_is_told_once_in_ten_minutes(desk: Desk) -> None:
    number = desk.asks(RequestDeploy("shop-api", "1.1.0", "free-1"), "U0ANA").facts["deployment"]

    def tells(code: str, **facts: str) -> int:
        with desk.store.write() as session:
            revive.tell(session, desk.at, number, code, facts)
        return count(desk, Note, Note.code == code)

    assert tells("not_revived", sentence="The disk is full.") == 1
    for _ in range(3):
        desk.later(minutes=9)
        assert tells("not_revived", sentence="The disk is full.") == 1
    assert tells("not_revived", sentence="It is not prepared.") == 2
    assert tells("revived") == 1
    desk.later(minutes=10)
    assert tells("revived") == 2


def bench(desk: Desk, runtime: FakeRuntime, directory: FakeDirectory | None = None) -> Bench:
    people = directory or FakeDirectory([], {})
    volumes = FolderVolumes(Path("never-used"))
    ports = (
        {"process": runtime},
        FakeSource(),
        people,
        volumes,
        FakeProbe(),
        HttpVisitor(),
        FakeImages(),
        FakeBuilder(),
    )
    return Bench(desk.store, desk.in_force, lambda: desk.at, *ports)


def test_a_runtime_that_cannot_say_is_no_proof_that_something_is_gone(desk: Desk) -> None:
    number = desk.asks(RequestDeploy("shop-api", "1.1.0", "free-1"), "U0ANA").facts["deployment"]
    with desk.store.write() as session:
        session.get_one(Deployment, number).state = "live"
    runtime = FakeRuntime()
    assert readings.not_running(bench(desk, runtime)) == [number]
    for call in ("serving", "instances"):
        runtime.fail(call, PortError("The router does not answer."))
        assert readings.not_running(bench(desk, runtime)) == []


def people(desk: Desk) -> int:
    return count(desk, Account) + count(desk, GroupMember)


@pytest.mark.parametrize("groups", [{}, {"S0OTHER": ["U0ANA"]}])
def test_half_an_answer_about_people_changes_nothing(desk: Desk, groups: dict[str, Any]) -> None:
    before = people(desk)
    tools = bench(desk, FakeRuntime(), FakeDirectory([], groups))
    assert readings.read_directory(tools) is False
    assert people(desk) == before


def wait_for(check: Callable[[], Any], what: str) -> Any:
    return eventually(check, what, 40.0)


def station_rounds(station: Station) -> Rounds:
    return Rounds(station.bot.gate, station.bot.bench, station.bot.engine)


def forgotten(station: Station, spot: Spot, version: str = "1.0.0") -> int:
    """A request whose work was never started, as if the row alone had been written."""
    tools = station.bot.bench
    wait_for(
        lambda: version in station.workspace.types("/release list", "U0ANA", spot.channel),
        "the versions",
    )
    at = datetime.now(UTC) - SETTLED - timedelta(seconds=5)
    gate = Gate(tools.store, tools.in_force, lambda: at, lambda _session, _work: None)
    told = gate.submit(
        RequestDeploy("shop-api", version, spot.name), _ana(station), f"l:{spot.name}"
    )
    assert told.code == "queued", told
    return int(told.facts["deployment"])


def _ana(station: Station) -> Any:
    return Actor(station.bot.setup.team, "U0ANA")


def test_work_the_engine_never_heard_of_is_started_again(station: Station) -> None:
    spot = station.spot("free")
    forgotten(station, spot)
    station_rounds(station).reconcile(datetime.now(UTC))
    station.workspace.card(spot.channel, "Live: shop-api 1.0.0", 40.0)


def test_work_the_engine_gave_up_needs_a_person_and_locks(station: Station) -> None:
    spot, tools, engine = station.spot("free"), station.bot.bench, station.bot.engine
    number = forgotten(station, spot)
    with tools.store.write() as session:
        name = work_name(session.get_one(Deployment, number))
        engine.start(session, Work("revive", name, 10**9))  # fails: there is no such deployment
    wait_for(lambda: engine.states([name]).get(name) == "ERROR", "the failure")
    station_rounds(station).reconcile(datetime.now(UTC))
    station.workspace.card(spot.channel, "needs a person", 40.0)
    with tools.store.read() as session:
        assert session.get_one(Deployment, number).state == "needs_attention"
        lock = session.scalar(select(Lock).where(Lock.environment == spot.name))
        assert lock
        assert "ERROR" in lock.reason
        said = select(Note.code).where(Note.of == deployment(number)).order_by(Note.id.desc())
        assert session.scalar(said) == "needs_attention"


def answer(spot: Spot) -> str:
    try:
        return str(requests.get(f"{spot.url()}/version", timeout=5).json()["version"])
    except (requests.RequestException, ValueError, KeyError):
        return ""


def test_a_killed_service_is_started_again_and_its_thread_says_so(station: Station) -> None:
    spot, runtime = station.spot("free"), station.bot.bench.runtimes["process"]
    forgotten(station, spot)
    station_rounds(station).reconcile(datetime.now(UTC))
    station.workspace.card(spot.channel, "Live: shop-api 1.0.0", 40.0)
    (operation,) = runtime.instances(spot.name, "shop-api")
    first = runtime._instances.find(operation)
    os.kill(first.pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(first.pid)] if psutil.pid_exists(first.pid) else [], 5)
    station_rounds(station).revive(datetime.now(UTC))
    wait_for(lambda: answer(spot) == "1.0.0", "the service")
    assert runtime._instances.find(operation).pid != first.pid
    (card,) = station.workspace.cards(spot.channel)

    def thread() -> bool:
        said = words(station.workspace.messages(spot.channel, "U0ANA", card["ts"]))
        return "was started again" in said

    wait_for(thread, "the note")
