"""Images that nobody has built yet: built once for each commit before anybody is asked, whoever
waits, and nothing is decided about but what the registry itself has."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from handlers.ask import Work
from handlers.gating import current_fingerprint
from handlers.messages import (
    CLOCK,
    ApproveDeployment,
    CancelDeployment,
    ForgetReceipts,
    Outcome,
    PlanRelease,
    ReadBuildLog,
    ReconcileBuild,
    RequestDeploy,
    ResetEnvironment,
    ShowRelease,
)
from handlers.ports import BuildOrder, Built, PortError, Say, silent
from handlers.snapshots import deployment_view
from handlers.subjects import build as build_subject
from handlers.tables import Build, Deployment, Inquiry, Note, Release, Step
from handlers.work import build as work
from handlers.work import build_log, build_steps, engine, images, inquire, patience
from handlers.work.bench import open_bench
from handlers.work.lost import SETTLED, lost_builds
from tests.desk import Desk
from tests.test_artefacts import IMAGE, Quay
from tests.test_clock import States
from tests.test_gate import make_live
from tests.test_suitability import FREE, PROD, blockers

COMMIT = "b" * 40
OTHER_FREE = "free-2"


class Works(Quay):
    """A quay whose api is built; work is done when a test says so, and not before."""

    def __init__(self, desk: Desk, team: Path) -> None:
        super().__init__(desk, team)
        self.says(self._built)
        open_bench(self.bench)

    @staticmethod
    def _built(told: dict[str, Any]) -> None:
        told["services"]["shop-api"]["build"] = {
            "engine": "lab",
            "arguments": {"API_TOKEN": "hunter22", "COLOUR": "green"},
        }

    def asks_for(self, environment: str, version: str = "1.1.0") -> int:
        said = self.desk.asks(RequestDeploy("shop-api", version, environment), "U0ANA")
        assert said.code == "building", said
        return int(said.facts["deployment"])

    def begun(self) -> list[Work]:
        return [one for one in self.desk.started if one.workflow == "build"]

    def works(self, number: int = 1) -> str:
        """What the engine would do with a build."""
        return str(work.build.__wrapped__(number))  # type: ignore[attr-defined]

    def build(self, number: int = 1) -> Build:
        with self.desk.store.read() as session:
            row = session.get_one(Build, number)
            session.expunge(row)
            return row

    def notes(self, number: int) -> list[tuple[str, dict[str, Any]]]:
        with self.desk.store.read() as session:
            mine = select(Note).where(Note.subject == "deployment", Note.number == number)
            return [(n.code, n.facts) for n in session.scalars(mine.order_by(Note.id))]

    def steps(self, number: int = 1) -> dict[str, str]:
        with self.desk.store.read() as session:
            mine = select(Step).where(Step.of == build_subject(number)).order_by(Step.position)
            return {step.name: step.state for step in session.scalars(mine)}


@pytest.fixture
def works(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Works:
    def once(name: str, body: Callable[[Session, int], Any], number: int) -> Any:
        with desk.store.write() as session:
            return body(session, number)

    def start(session: Session, one: Work) -> None:
        event.listen(session, "after_commit", lambda _: desk.started.append(one), once=True)

    monkeypatch.setattr(work, "exactly_once", once)
    monkeypatch.setattr(engine, "start", start)
    monkeypatch.setattr(patience, "PAUSE", 0.01)
    monkeypatch.setattr(build_steps, "SAY_EVERY", 0.0)
    return Works(desk, tmp_path / "team.yml")


def test_what_nobody_has_built_is_built_before_anybody_is_asked(works: Works) -> None:
    number = works.asks_for(PROD)
    (begun,) = works.begun()
    assert (begun.name, begun.queue) == ("build:1", "builds")
    row = works.row(number)
    assert (row.state, row.artefact, row.expires_at, row.build) == ("building", "", None, 1)
    click = works.desk.asks(ApproveDeployment(number, row.fingerprint), "U0CLEO")
    assert click.code == "already_decided"
    works.desk.later(minutes=20)
    works.desk.directory_read()
    assert works.works() == "built"
    row = works.row(number)
    exact = works.images.there[f"{IMAGE}:{COMMIT}"]
    assert (row.state, row.artefact) == ("waiting", exact)
    assert row.expires_at == works.desk.at + timedelta(minutes=30)
    with works.desk.store.read() as session:
        mine = session.get_one(Deployment, number)
        assert current_fingerprint(session, works.desk.setup, mine) == row.fingerprint
    assert works.recorded() == (exact, "", "")
    assert works.desk.asks(ApproveDeployment(number, row.fingerprint), "U0CLEO").code == "approved"


def test_where_nobody_has_to_approve_it_goes_on_by_itself(works: Works) -> None:
    number = works.asks_for(FREE)
    works.works()
    assert works.row(number).state == "queued"
    assert works.desk.started[-1].name == f"op:{number}:1"
    assert set(works.steps().values()) == {"complete"}
    assert [code for code, _ in works.notes(number)] == ["requested", "built"]


def test_two_who_ask_for_one_commit_wait_for_one_build(works: Works) -> None:
    numbers = [works.asks_for(place) for place in (FREE, OTHER_FREE, PROD)]
    assert len(works.begun()) == 1
    works.works()
    assert works.builder.began == [COMMIT]
    assert [works.row(n).state for n in numbers] == ["queued", "queued", "waiting"]
    assert len({works.row(n).artefact for n in numbers}) == 1


def test_what_is_known_is_asked_for_as_ever(works: Works) -> None:
    works.there("1.1.0", f"{IMAGE}@sha256:{'a' * 64}")
    assert works.asks(FREE).code == "queued"
    assert works.begun() == []


def test_what_the_registry_has_under_the_commit_is_not_built_again(works: Works) -> None:
    exact = works.images.there[f"{IMAGE}:{COMMIT}"] = f"{IMAGE}@sha256:{'c' * 64}"
    number = works.asks_for(FREE)
    assert works.works() == "built"
    assert works.builder.began == []
    assert works.row(number).artefact == exact
    assert works.steps() == {"look": "complete"}
    assert works.notes(number)[-1][1]["found"] is True


def test_a_commit_that_was_built_is_known_by_its_tag_as_well(works: Works) -> None:
    exact = works.images.there[f"{IMAGE}:{COMMIT}"] = f"{IMAGE}@sha256:{'c' * 64}"
    images.read_images(works.bench, "shop-api")
    assert works.recorded() == (exact, "", "")
    assert works.asks(FREE).code == "queued"


def test_a_build_that_fails_ends_the_request_with_its_last_lines(works: Works) -> None:
    works.builder.lines = tuple(f"line {n}" for n in range(40))
    works.builder.fail("build", Built("The build failed at step 2 of 3, RUN make: code 2."))
    number = works.asks_for(PROD)
    assert works.works() == "failed"
    row = works.row(number)
    assert (row.state, row.failure) == (
        "not_built",
        "The build failed at step 2 of 3, RUN make: code 2.",
    )
    assert row.log == [f"line {n}" for n in range(30, 40)]
    code, facts = works.notes(number)[-1]
    assert (code, facts["file"], facts["build"]) == (
        "not_built",
        "shop-api-bbbbbbbb-build-1.log",
        1,
    )
    assert works.steps() == {"look": "complete", "fetch": "complete", "build": "error"}
    assert works.build().said.splitlines() == list(works.builder.lines)
    again = works.asks_for(PROD)
    assert works.works(2) == "built"
    assert works.row(again).state == "waiting"


def test_other_bytes_than_were_pushed_are_not_used(works: Works) -> None:
    class Meddled(type(works.builder)):  # type: ignore[misc]
        def push(self, order: BuildOrder, say: Say = silent) -> str:
            pushed: str = super().push(order, say)
            self.images.there[f"{IMAGE}:{COMMIT}"] = f"{IMAGE}@sha256:{'e' * 64}"
            return pushed

    works.builder = Meddled(works.images)
    open_bench(works.bench)
    number = works.asks_for(FREE)
    assert works.works() == "failed"
    assert "somebody else pushes there as well" in works.row(number).failure
    assert works.recorded()[0] == ""


@pytest.mark.parametrize("step", ["fetch", "build", "push"])
def test_what_is_away_for_a_moment_is_waited_for(works: Works, step: str) -> None:
    works.builder.fail(step, *[PortError("It does not answer.")] * 3)
    number = works.asks_for(FREE)
    assert works.works() == "built"
    assert works.row(number).state == "queued"


@pytest.mark.parametrize("step", ["fetch", "push"])
def test_what_will_not_change_is_told_at_once(works: Works, step: str) -> None:
    works.builder.fail(step, PortError("The disk is full.", permanent=True))
    number = works.asks_for(FREE)
    assert works.works() == "failed"
    assert works.row(number).failure == "The disk is full."
    assert works.builder.fetched == set()


def test_what_stays_away_is_told_in_the_end(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PATIENCE", 0.0)
    monkeypatch.setattr("handlers.work.steps.PAUSE", 0.01)
    works.builder.fail("push", *[PortError("The registry does not answer.")] * 20)
    number = works.asks_for(FREE)
    assert works.works() == "failed"
    assert works.row(number).failure == "The registry does not answer."


def test_a_build_that_nobody_waits_for_any_more_is_ended(works: Works) -> None:
    number = works.asks_for(FREE)

    class Called(type(works.builder)):  # type: ignore[misc]
        def build(self, order: BuildOrder, write: Say = silent, say: Say = silent) -> Built:
            works.desk.asks(CancelDeployment(number), "U0ANA")
            done: Built = super().build(order, write, say)
            return done

    works.builder = Called(works.images)
    open_bench(works.bench)
    assert works.works() == "cancelled"
    assert works.row(number).state == "cancelled"
    assert works.builder.there == {}
    assert works.notes(number)[-1][0] == "cancelled"


def test_who_asks_while_a_build_is_being_ended_gets_one_of_their_own(works: Works) -> None:
    first = works.asks_for(FREE)
    works.desk.asks(CancelDeployment(first), "U0ANA")
    with works.desk.store.write() as session:
        work._begin(session, 1)
    problem = work.look(1)
    assert problem is not None
    assert problem["cancelled"]
    second = works.asks_for(FREE)
    assert works.row(second).build == 1
    with works.desk.store.write() as session:
        work._finish(session, 1, problem)
    assert works.row(second).build == 2
    assert [one.name for one in works.begun()] == ["build:1", "build:2"]
    assert works.works(2) == "built"
    assert works.row(second).state == "queued"


def test_what_other_gates_refuse_is_not_built(works: Works) -> None:
    make_live(works.desk, "1.1.0", FREE, 900)
    works.says(lambda told: told["services"]["shop-api"].update(needs={"features": ["magic"]}))
    told = blockers(works.asks(FREE))
    assert "unsuitable" in told
    assert "no_artefact" not in told
    assert works.begun() == []


def test_a_place_that_has_gone_meanwhile_blocks_only_its_own_request(works: Works) -> None:
    here, gone = works.asks_for(FREE), works.asks_for(OTHER_FREE)
    works.says(lambda told: told["environments"].pop(OTHER_FREE))
    open_bench(works.bench)
    works.works()
    assert (works.row(here).state, works.row(gone).state) == ("queued", "blocked")
    assert works.notes(gone)[-1][1]["blockers"][0]["code"] == "not_in_setup_any_more"


def test_a_service_that_is_not_built_any_more_says_so(works: Works) -> None:
    number = works.asks_for(FREE)
    works.says(lambda told: told["services"]["shop-api"].pop("build"))
    open_bench(works.bench)
    assert works.works() == "failed"
    assert works.row(number).failure == ("How shop-api is built is not in the setup file any more.")


def test_secrets_are_hidden_in_what_is_kept_and_told(works: Works) -> None:
    works.builder.lines = (
        "using hunter22 now",
        "-----BEGIN PRIVATE KEY-----",
        "MIIEvQIBADANBg",
        "-----END PRIVATE KEY-----",
        "password=letmein99",
    )
    works.builder.fail("build", Built("The build failed: password=letmein99 is wrong."))
    number = works.asks_for(FREE)
    works.works()
    row = works.row(number)
    told = works.build().said + row.failure + str(row.log) + str(works.notes(number))
    for secret in ("hunter22", "MIIEvQ", "letmein99"):
        assert secret not in told
    assert "[hidden]" in told


def test_a_log_is_bounded_and_says_what_is_left_out(works: Works) -> None:
    works.asks_for(FREE)
    written = build_log.BuildLog(works.bench, works.build())
    for number in range(20_000):
        written.write(f"line {number} " + "x" * 40)
    written.close()
    said = works.build().said
    assert len(said) < build_log.FIRST + build_log.LAST + 200
    assert said.startswith("line 0 ")
    assert build_log.LEFT_OUT in said
    assert said.splitlines()[-1].startswith("line 19999 ")
    assert written.last(1)[0].startswith("line 19999 ")


def test_what_was_written_before_a_crash_is_kept(works: Works) -> None:
    works.asks_for(FREE)
    before = build_log.BuildLog(works.bench, works.build())
    before.write("first")
    before.close()
    after = build_log.BuildLog(works.bench, works.build())
    after.write("second")
    after.close()
    assert works.build().said.splitlines() == ["first", build_log.AGAIN, "second"]


def test_logs_are_forgotten_after_a_while(works: Works) -> None:
    works.asks_for(FREE)
    works.works()
    works.desk.later(days=29)
    works.desk.gate.submit(ForgetReceipts(), CLOCK, "one")
    assert works.build().said
    works.desk.later(days=2)
    works.desk.gate.submit(ForgetReceipts(), CLOCK, "two")
    assert (works.build().said, works.build().state) == ("", "built")


def test_who_may_read_what_it_writes_may_read_what_its_build_wrote(works: Works) -> None:
    def reads(by: str, version: str = "1.1.0") -> Outcome:
        return works.desk.asks(ReadBuildLog("shop-api", version), by)

    assert reads("U0ANA").code == "never_built"
    works.asks_for(FREE)
    assert reads("U0ANA").code == "no_build_log"
    works.works()
    assert reads("U0CLEO").code == "not_permitted"
    asked = reads("U0ANA")
    assert asked.code == "build_log_asked"
    with works.desk.store.read() as session:
        row = session.get_one(Inquiry, asked.facts["inquiry"])
        kind, words = row.kind, row.words
    found = inquire.KINDS[kind][0](works.bench, words)
    assert found.facts["lines"] == list(works.builder.lines)
    assert found.facts["state"] == "built"


def test_a_build_that_the_engine_lost_is_started_again_or_ended(works: Works) -> None:
    number = works.asks_for(FREE)

    def reconciled(state: str, key: str) -> str:
        return works.desk.gate.submit(ReconcileBuild(1, state), CLOCK, key).code

    assert reconciled("", "a") == "started_again"
    assert [one.name for one in works.begun()] == ["build:1", "build:1"]
    assert reconciled("ERROR", "b") == "needs_attention"
    assert works.row(number).state == "not_built"
    assert reconciled("ERROR", "c") == "nothing_due"


@pytest.mark.parametrize(("state", "is_lost"), [("", True), ("ERROR", True), ("PENDING", False)])
def test_a_build_is_lost_when_the_engine_does_not_have_it_in_hand(
    works: Works, state: str, is_lost: bool
) -> None:
    running: Any = States(state)
    works.asks_for(FREE)
    assert lost_builds(works.desk.store, running, works.desk.at + SETTLED) == []
    later = works.desk.at + SETTLED + timedelta(seconds=1)
    assert lost_builds(works.desk.store, running, later) == ([(1, state)] if is_lost else [])


def test_the_work_of_a_build_that_is_over_does_nothing(works: Works) -> None:
    works.asks_for(FREE)
    works.works()
    assert works.works() == "stop"
    assert works.builder.began == [COMMIT]


def test_a_plan_and_a_page_say_that_it_is_built_first(works: Works) -> None:
    plan = works.desk.asks(PlanRelease("shop-api", "1.1.0"), "U0ANA").facts
    (place,) = (one for one in plan["places"] if one["environment"] == FREE)
    assert (place["builds"], place["blockers"]) == (True, [])
    assert works.desk.asks(ShowRelease("shop-api", "1.1.0"), "U0ANA").facts["builds"] is True


def test_a_reset_builds_nothing_and_says_what_does(works: Works) -> None:
    def baseline(told: dict[str, Any]) -> None:
        told["environments"][FREE]["services"]["shop-api"]["baseline"] = "1.1.0"
        told["environments"][FREE]["reset"] = {"by": ["operator"]}

    works.says(baseline)
    said = works.desk.asks(ResetEnvironment(FREE, "the data is spoilt"), "U0OPAL")
    assert blockers(said)["no_artefact"]["builds"] is True


def test_bytes_on_record_count_more_than_what_was_built_meanwhile(works: Works) -> None:
    known = f"{IMAGE}@sha256:{'d' * 64}"
    number = works.asks_for(FREE)
    with works.desk.store.write() as session:
        mine = select(Release).where(Release.service == "shop-api", Release.commit == COMMIT)
        session.scalars(mine).one().artefact = known
    works.works()
    assert works.row(number).artefact == known


def test_another_version_that_went_live_meanwhile_is_what_it_replaces(works: Works) -> None:
    number = works.asks_for(PROD)
    make_live(works.desk, "1.0.0", PROD, 900)
    works.works()
    row = works.row(number)
    assert row.replaces == 900
    assert any(one.name.startswith(f"examine:{number}:") for one in works.desk.started)


def test_a_card_shows_the_steps_of_the_build_and_what_is_usual(works: Works) -> None:
    works.asks_for(FREE)
    works.works()
    number = works.asks_for(PROD, "1.2.0")
    with works.desk.store.write() as session:
        work._begin(session, 2)
    with works.desk.store.read() as session:
        view = deployment_view(session, works.desk.setup, works.desk.at, number)
    assert [step.name for step in view.steps] == list(work.STEPS)
    assert all(step.usual is not None for step in view.steps)
    assert view.usual is not None
