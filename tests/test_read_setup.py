"""The setup file is read again while the bot runs: whole or not at all, and said once."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.reply import reply
from bot.say import plain
from bot.views.notices import draw_notice
from handlers.gate import Gate
from handlers.messages import (
    Actor,
    ApproveDeployment,
    Command,
    ListEnvironments,
    Outcome,
    Question,
    RequestDeploy,
    ShowEnvironment,
)
from handlers.ports import Person
from handlers.setup import open_setup
from handlers.tables import AuditEntry, Measurement, Notice
from handlers.work.bench import Bench, open_bench
from handlers.work.read_setup import read_setup
from integrations.http_visitor import HttpVisitor
from integrations.volumes.folders import FolderVolumes
from tests.desk import PEOPLE, Desk
from tests.fakes import FakeBuilder, FakeDirectory, FakeImages, FakeProbe, FakeRuntime, FakeSource
from tests.station import TEAM

ANA, BEN, OPAL, CLEO, DEVI = "U0ANA", "U0BEN", "U0OPAL", "U0CLEO", "U0DEVI"
FREE, PROD = "free-1", "prod-1"


def people() -> FakeDirectory:
    everybody = [Person(TEAM, user, user) for user in PEOPLE]
    return FakeDirectory(everybody, {"S0APPROVERS": [CLEO, DEVI]})


class Office:
    """A desk whose setup is read from its file, and may be read again."""

    def __init__(self, desk: Desk, path: Path) -> None:
        self.desk, self.path, self.in_force = desk, path, open_setup(path)
        self.tools = Bench(
            desk.store, self.in_force, lambda: desk.at, {"process": FakeRuntime()}, FakeSource(),
            people(), FolderVolumes(path.parent / "volumes"), FakeProbe(), HttpVisitor(),
            FakeImages(), FakeBuilder(),
        )  # fmt: skip
        open_bench(self.tools)
        self.gate = Gate(desk.store, self.in_force, lambda: desk.at, desk.gate.start)

    def change(self, how: Callable[[Any], Any]) -> None:
        told = json.loads(self.path.read_text("utf-8"))
        how(told)
        self.path.write_text(json.dumps(told, indent=1), encoding="utf-8")

    def asks(self, message: Command | Question, by: str) -> Outcome:
        self.desk.directory_read()
        who = Actor(TEAM, by)
        if isinstance(message, Question):
            return self.gate.ask(message, who)
        return self.gate.submit(message, who, f"test:{next(self.desk.keys)}")

    def told(self, user: str = OPAL) -> list[tuple[str, str]]:
        with self.desk.store.read() as session:
            rows = session.query(Notice).filter_by(user=user).order_by(Notice.id).all()
            return [(one.code, plain(draw_notice(one.code, one.facts))) for one in rows]

    def audited(self) -> list[str]:
        with self.desk.store.read() as session:
            return [one.code for one in session.query(AuditEntry).filter_by(action="read_setup")]


@pytest.fixture
def office(desk: Desk, tmp_path: Path) -> Office:
    return Office(desk, tmp_path / "team.yml")


def closes(told: Any) -> None:
    """Only operators may deploy there any more."""
    told["environments"][FREE]["deploy"] = ["operator"]


def test_a_file_that_stays_is_no_news(office: Office) -> None:
    before = office.in_force.setup
    assert [read_setup(office.tools) for _ in range(3)] == [False] * 3
    assert not read_setup(office.tools, at_once=True)
    assert office.in_force.setup is before
    assert (office.told(), office.audited()) == ([], [])


def test_a_change_counts_for_the_next_one_who_asks_once_the_file_has_stayed(
    office: Office,
) -> None:
    assert office.asks(RequestDeploy("shop-api", "1.0.0", FREE), ANA).code == "queued"
    office.change(closes)
    assert not read_setup(office.tools), "it may still be being written"
    assert office.in_force.setup.environments[FREE].deploy == ("developer", "operator")
    assert read_setup(office.tools)
    assert office.asks(RequestDeploy("shop-api", "1.1.0", FREE), ANA).code == "not_permitted"
    ((code, said),) = office.told()
    assert code == "setup_read"
    assert "environments: free-1 changed" in said
    assert "Approvals that were given before are void" in said
    assert office.told(ANA) == []
    assert office.audited() == ["setup_read"]
    assert not read_setup(office.tools)
    assert len(office.told()) == 1


def test_what_is_written_piece_by_piece_is_never_taken_in_part(office: Office) -> None:
    """The first half of a list of environments is a valid file as well."""
    whole = office.path.read_text("utf-8")

    def half(told: Any) -> None:
        told["environments"] = {FREE: told["environments"][FREE]}

    office.change(half)
    assert not read_setup(office.tools)
    office.path.write_text(whole, "utf-8")
    assert [read_setup(office.tools) for _ in range(3)] == [False] * 3
    assert PROD in office.in_force.setup.environments
    assert office.told() == []


def test_whoever_says_that_it_is_whole_does_not_wait(office: Office) -> None:
    office.change(closes)
    assert read_setup(office.tools, at_once=True)
    assert office.in_force.setup.environments[FREE].deploy == ("operator",)


def test_what_only_looks_otherwise_is_taken_and_told_to_nobody(office: Office) -> None:
    office.change(lambda told: None)
    office.path.write_text("# reviewed\n" + office.path.read_text("utf-8"), "utf-8")
    assert read_setup(office.tools, at_once=True)
    assert (office.told(), office.audited()) == ([], [])


def test_a_file_that_cannot_be_used_is_told_once_with_its_lines_and_changes_nothing(
    office: Office,
) -> None:
    before = office.in_force.setup

    def spoils(told: Any) -> None:
        told["environments"][FREE]["tier"] = "playground"
        told["services"]["shop-api"]["variables"] = {"TOKEN": 123456789}

    good = office.path.read_text("utf-8")
    office.change(spoils)
    assert [read_setup(office.tools) for _ in range(4)] == [False] * 4
    assert office.in_force.setup is before
    assert office.asks(RequestDeploy("shop-api", "1.0.0", FREE), ANA).code == "queued"
    ((code, said),) = office.told()
    assert code == "setup_refused"
    assert "cannot be used" in said and "The setup of before stays in force" in said
    lines = office.path.read_text("utf-8").splitlines()
    line = next(n for n, text in enumerate(lines, 1) if '"playground"' in text)
    assert f"team.yml:{line}: environments.{FREE}.tier: expected" in said
    assert "variables.TOKEN: expected text" in said
    assert "123456789" not in said, "what stands in variables may be secret"
    assert str(office.path.parent) not in said
    assert office.audited() == ["setup_refused"]
    office.path.write_text(good, "utf-8")
    assert [read_setup(office.tools) for _ in range(3)] == [False] * 3
    office.change(spoils)
    assert not read_setup(office.tools, at_once=True)
    assert len(office.told()) == 1, "the same mistake again is no news"
    office.path.write_text(good, "utf-8")
    office.change(closes)
    assert read_setup(office.tools, at_once=True)
    assert [code for code, _ in office.told()] == ["setup_refused", "setup_read"]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (lambda path: path.unlink(), "team.yml: cannot be read: No such file"),
        (lambda path: path.write_text("team: [\n", "utf-8"), "team.yml:2: "),
        (lambda path: path.write_bytes(b"\xff\xfe"), "is not text in UTF-8"),
        (lambda path: path.write_text("", "utf-8"), "team.yml:1: team: is missing"),
    ],
    ids=["gone", "broken", "binary", "empty"],
)
def test_whatever_becomes_of_the_file_the_bot_goes_on_and_says_it_once(
    office: Office, how: Callable[[Path], Any], said: str
) -> None:
    before = office.in_force.setup
    how(office.path)
    assert [read_setup(office.tools) for _ in range(3)] == [False] * 3
    assert office.in_force.setup is before
    ((code, told),) = office.told()
    assert code == "setup_refused" and said in told


def test_a_file_of_another_workspace_is_refused(office: Office) -> None:
    office.change(lambda told: told.update(team="T0OTHER"))
    assert not read_setup(office.tools, at_once=True)
    ((_, said),) = office.told()
    assert f"team: is T0OTHER, and this bot serves {TEAM}; start it anew" in said
    assert office.asks(ListEnvironments(), BEN).code == "environments"


def test_an_environment_that_is_added_is_there_with_what_is_known_of_it(office: Office) -> None:
    def adds(told: Any) -> None:
        told["environments"]["lab"] = told["environments"].pop("free-2")

    assert office.asks(ShowEnvironment("lab"), BEN).code == "unknown_environment"
    office.change(adds)
    assert read_setup(office.tools, at_once=True)
    assert office.asks(RequestDeploy("shop-api", "1.0.0", "lab"), ANA).code == "queued"
    assert office.asks(ShowEnvironment("free-2"), BEN).code == "unknown_environment"
    with office.desk.store.read() as session:
        assert session.get(Measurement, ("lab", "cpu")) is not None
    assert "environments: free-2 removed and lab added" in office.told()[0][1]


def test_approvals_given_before_are_void_and_asked_again(office: Office) -> None:
    asked = office.asks(RequestDeploy("shop-api", "1.0.0", "duo-1"), ANA)
    number = int(asked.facts["deployment"])
    seen = office.desk.row(number).fingerprint
    assert office.asks(ApproveDeployment(number, seen), CLEO).code == "approval_counted"
    office.change(lambda told: told["services"]["shop-api"].update(variables={"COLOUR": "red"}))
    assert read_setup(office.tools, at_once=True)
    said = office.asks(ApproveDeployment(number, seen), DEVI)
    assert said.code == "request_changed"
    fresh = office.desk.row(number).fingerprint
    assert fresh != seen
    assert office.asks(ApproveDeployment(number, fresh), DEVI).code == "approval_counted"
    assert office.asks(ApproveDeployment(number, fresh), CLEO).code == "approved"


def test_work_that_has_begun_keeps_the_setup_that_it_began_with(office: Office) -> None:
    before = office.in_force.setup
    others: list[Any] = []
    with office.in_force.held():
        office.change(closes)
        assert read_setup(office.tools, at_once=True)
        looks = threading.Thread(target=lambda: others.append(office.tools.declared))
        looks.start()
        looks.join()
        assert office.tools.declared is before
        assert office.tools.setup.environments[FREE].deploy == ("developer", "operator")
    assert others[0].environments[FREE].deploy == ("operator",)
    assert office.tools.declared is others[0]


def test_looks_at_the_same_moment_take_it_once(office: Office) -> None:
    office.change(closes)
    barrier, took = threading.Barrier(8), []

    def look() -> None:
        barrier.wait()
        took.append(read_setup(office.tools, at_once=True))

    threads = [threading.Thread(target=look) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(took) == [False] * 7 + [True]
    assert [code for code, _ in office.told()] == ["setup_read"]


def test_questions_meanwhile_see_one_setup_or_the_other_and_never_parts_of_both(
    office: Office,
) -> None:
    """Two environments change places in the file, over and over, while others look."""
    done, seen = threading.Event(), set()

    def looks() -> None:
        while not done.is_set():
            told = office.gate.ask(ListEnvironments(), Actor(TEAM, BEN))
            names = [one["environment"] for one in told.facts.get("environments", ())]
            seen.add(tuple(name for name in names if name.startswith("free")))

    office.desk.directory_read()
    watchers = [threading.Thread(target=looks) for _ in range(3)]
    for one in watchers:
        one.start()
    places = json.loads(office.path.read_text("utf-8"))["environments"]
    for turn in range(12):
        gone = ("free-1", "free-2")[turn % 2]
        kept = {name: one for name, one in places.items() if name != gone}
        office.change(lambda told, kept=kept: told.update(environments=kept))  # type: ignore[misc]
        assert read_setup(office.tools, at_once=True)
    done.set()
    for one in watchers:
        one.join()
    assert seen <= {("free-1", "free-2"), ("free-1",), ("free-2",)}
    assert reply(office.asks(ListEnvironments(), BEN)).text
