"""What runs, what it wrote, how many there are: at the gate, and as durable work finds it out."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.reply import reply
from bot.views.notices import draw_notice
from handlers.messages import (
    CLOCK,
    CleanUp,
    FindLeftovers,
    ForgetReceipts,
    LockEnvironment,
    Outcome,
    ReadLog,
    ScaleService,
    ShowEnvironment,
    ShowHosts,
)
from handlers.ports import Container, Leftover, Machine, Plan, PortError
from handlers.setup import load
from handlers.tables import AuditEntry, Inquiry, Note, Notice, Scaling
from handlers.work import inquire, look_around
from handlers.work import scale as scale_work
from handlers.work.bench import Bench, open_bench, plan_of
from integrations.http_visitor import HttpVisitor
from integrations.volumes.folders import FolderVolumes
from tests.desk import Desk
from tests.fakes import FakeBuilder, FakeDirectory, FakeImages, FakeProbe, FakeRuntime, FakeSource
from tests.test_gate import make_live

ANA, BEN, CLEO, OPAL = "U0ANA", "U0BEN", "U0CLEO", "U0OPAL"
FREE, PROD = "free-1", "prod-1"
IMAGE = "sha256:" + "1" * 64


class Yard:
    """A desk whose environments are on Docker, and the work that it starts, done at once."""

    def __init__(self, desk: Desk, team: Path) -> None:
        self.desk, self.runtime, self.number = desk, FakeRuntime(), 900
        told = json.loads(team.read_text())
        told["engines"] = {"one": {"address": "unix:///var/run/docker.sock", "router": IMAGE}}
        told["services"]["shop-api"]["variables"] = {"SHOP_TOKEN": "hunter2-and-more"}
        told["services"]["shop-api"]["container"] = {"replicas": 4}
        for name, service in told["services"].items():
            service["image"] = f"local/shop/{name}"
        for environment in told["environments"].values():
            environment |= {"runtime": "docker", "engine": "one"}
            environment["services"]["shop-api"].pop("data", None)
        team.write_text(json.dumps(told))
        desk.setup = load(team)
        self.tools = Bench(
            desk.store, desk.in_force, lambda: self.desk.at, {"docker": self.runtime}, FakeSource(),
            FakeDirectory([], {}), FolderVolumes(team.parent / "volumes"), FakeProbe(),
            HttpVisitor(), FakeImages(), FakeBuilder(),
        )  # fmt: skip
        open_bench(self.tools)

    def deploys(self, environment: str, version: str = "1.1.0") -> Plan:
        """Have a version serve, on record and in the runtime."""
        self.number += 1
        number = self.number
        make_live(self.desk, version, environment, number)
        plan = plan_of(self.tools, self.desk.row(number), fence=number)
        how = plan.container or Container(IMAGE)
        plan = replace(plan, container=replace(how, image=IMAGE))
        self.runtime.prepare(plan)
        self.runtime.start(plan)
        self.runtime.switch(plan)
        return plan

    def works(self) -> None:
        """Do what was asked for, as the engine would."""
        for work in self.desk.started:
            if work.workflow == "inquire":
                inquire.find_out(work.number)
            elif work.workflow == "scale":
                scale_work.carry_out(work.number)
        self.desk.started.clear()

    def told(self, user: str) -> list[Notice]:
        with self.desk.store.read() as session:
            rows = list(session.scalars(select(Notice).where(Notice.user == user)))
            session.expunge_all()
            return rows

    def last(self, user: str) -> tuple[str, dict[str, Any]]:
        row = self.told(user)[-1]
        assert draw_notice(row.code, row.facts).text
        return row.code, row.facts

    def rows(self, table: Any) -> list[Any]:
        with self.desk.store.read() as session:
            rows = list(session.scalars(select(table)))
            session.expunge_all()
            return rows


@pytest.fixture
def yard(desk: Desk, tmp_path: Path) -> Yard:
    return Yard(desk, tmp_path / "team.yml")


def says(outcome: Outcome) -> str:
    return reply(outcome).text


def test_an_environment_shows_what_runs_and_when_that_was_read(yard: Yard) -> None:
    yard.deploys(FREE)
    assert yard.desk.asks(ShowEnvironment(FREE), ANA).facts["instances"] == {}
    look_around.look_around(yard.tools, FREE)
    told = yard.desk.asks(ShowEnvironment(FREE), ANA)
    assert len(told.facts["instances"]["there"]) == 4
    page = str(reply(told).blocks)
    assert "1.1.0 #1 · image `111111111111` · since" in page
    assert "cpu 0.25 of 1 · memory 64 MiB of 256 MiB" in page
    assert "*What runs* (read <!date" in page


def test_what_cannot_be_read_is_said_beside_what_was_read_last(yard: Yard) -> None:
    yard.deploys(FREE)
    look_around.look_around(yard.tools, FREE)
    yard.runtime.fail("inspect", PortError("The Engine does not answer."))
    look_around.look_around(yard.tools, FREE)
    page = str(reply(yard.desk.asks(ShowEnvironment(FREE), ANA)).blocks)
    assert "cannot be read now: The Engine does not answer." in page
    assert "1.1.0 #4" in page


def test_a_log_is_read_outside_and_told_in_private(yard: Yard) -> None:
    yard.runtime.written[FREE, "shop-api"] = ("<!channel> one ```", "two")
    said = yard.desk.asks(ReadLog(FREE, "shop-api"), ANA)
    assert says(said).startswith("The log of shop-api")
    assert yard.runtime.calls == [], "an ask does not reach the network"
    yard.works()
    code, facts = yard.last(ANA)
    assert (code, facts["lines"]) == ("log_read", ["<!channel> one ```", "two"])
    drawn = str(draw_notice(code, facts).blocks)
    assert "&lt;!channel&gt; one '''" in drawn
    assert [e.action for e in yard.rows(AuditEntry)][-2:] == ["ReadLog", "inquire"]


def test_the_answer_is_told_once_however_often_the_work_runs(yard: Yard) -> None:
    yard.desk.asks(ReadLog(FREE, "shop-api"), ANA)
    number = yard.desk.started[0].number
    inquire.find_out(number)
    assert inquire.find_out(number) == "answered before"
    assert len(yard.told(ANA)) == 1


def test_secrets_are_hidden_and_cannot_be_guessed_by_searching(yard: Yard) -> None:
    yard.runtime.written[FREE, "shop-api"] = (
        "login with hunter2-and-more", "PASSWORD=tops3cret ok", "calm",
    )  # fmt: skip
    yard.desk.asks(ReadLog(FREE, "shop-api"), ANA)
    yard.works()
    shown = yard.last(ANA)[1]["lines"]
    assert shown == ["login with [hidden]", "PASSWORD=[hidden] ok", "calm"]
    for guess in ("hunter2", "tops3c"):
        yard.desk.asks(ReadLog(FREE, "shop-api", words=guess), ANA)
        yard.works()
        assert yard.last(ANA)[1]["lines"] == [], "a hit would tell that the guess is right"
    yard.desk.asks(ReadLog(FREE, "shop-api", words="login"), ANA)
    yard.works()
    assert yard.last(ANA)[1]["lines"] == ["login with [hidden]"]


def test_a_long_log_is_a_file_and_is_forgotten_after_a_day(yard: Yard) -> None:
    yard.runtime.written[FREE, "shop-api"] = [f"line {n}" for n in range(400)]
    yard.desk.asks(ReadLog(FREE, "shop-api", tail=300), ANA)
    yard.works()
    _, facts = yard.last(ANA)
    assert (facts["count"], facts["file"]) == (300, "free-1-shop-api.log")
    assert facts["lines"][-1] == "line 399"
    (row,) = yard.rows(Inquiry)
    assert row.found["text"].startswith("line 100\n")
    yard.desk.later(hours=25)
    yard.desk.gate.submit(ForgetReceipts(), CLOCK, "clock:forget")
    assert yard.rows(Inquiry) == []


def test_what_cannot_be_read_is_told_too(yard: Yard) -> None:
    yard.runtime.fail("log", PortError("The Engine does not answer."))
    yard.desk.asks(ReadLog(FREE, "shop-api"), ANA)
    yard.works()
    assert yard.last(ANA) == ("inquiry_failed", yard.last(ANA)[1])
    assert "does not answer" in yard.last(ANA)[1]["sentence"]


@pytest.mark.parametrize(
    ("command", "by", "code"),
    [
        (ReadLog("nowhere", "shop-api"), ANA, "unknown_environment"),
        (ReadLog(FREE, "shop-ap"), ANA, "unknown_service"),
        (ReadLog(FREE, "shop-api"), CLEO, "not_permitted"),
        (ScaleService(FREE, "shop-ap", 2), ANA, "unknown_service"),
        (ScaleService(FREE, "shop-api", 0), ANA, "never_to_none"),
        (ScaleService(FREE, "shop-api", 51), ANA, "too_many_instances"),
        (ScaleService(FREE, "shop-api", 4), ANA, "as_many_already"),
        (ScaleService(FREE, "shop-api", 1), ANA, "second_word_needed"),
        (ScaleService(FREE, "shop-api", 1, "hm"), ANA, "second_word_needed"),
        (ScaleService(FREE, "shop-web", 2), ANA, "nothing_to_scale"),
        (ScaleService(FREE, "shop-api", 5), CLEO, "not_permitted"),
        (ScaleService(PROD, "shop-api", 5), ANA, "not_permitted"),
        (FindLeftovers(), ANA, "not_permitted"),
        (CleanUp(1), OPAL, "list_too_old"),
    ],
)
def test_what_is_refused_says_why(yard: Yard, command: Any, by: str, code: str) -> None:
    yard.deploys(FREE)
    yard.deploys(PROD)
    outcome = yard.desk.asks(command, by)
    assert (outcome.refused, outcome.code) == (True, code)
    assert len(says(outcome)) > 20
    assert yard.desk.started == []


def test_scaling_is_done_told_and_kept_by_later_deployments(yard: Yard) -> None:
    plan = yard.deploys(FREE)
    assert not yard.desk.asks(ScaleService(FREE, "shop-api", 6), ANA).refused
    assert yard.desk.asks(ScaleService(FREE, "shop-api", 7), ANA).code == "scaling_already"
    (work,) = yard.desk.started
    assert (work.workflow, work.environment) == ("scale", FREE)
    yard.works()
    assert len([o for o in yard.runtime.inspect(FREE) if o.operation == plan.operation]) == 6
    assert yard.last(ANA)[0] == "scaling_done"
    assert "scaled" in [note.code for note in yard.rows(Note)]
    later = yard.deploys(FREE, "1.2.0")
    assert later.container is not None
    assert later.container.replicas == 6
    assert scale_work.carry_out(work.number) == "done", "done again it changes nothing"
    assert len(yard.told(ANA)) == 1


def test_less_than_half_needs_a_reason_and_half_does_not(yard: Yard) -> None:
    yard.deploys(FREE)
    said = yard.desk.asks(ScaleService(FREE, "shop-api", 1), ANA)
    assert "because …" in says(said)
    assert yard.desk.asks(ScaleService(FREE, "shop-api", 2), ANA).code == "scaling_asked"
    yard.works()
    because = ScaleService(FREE, "shop-api", 1, "the load test is over")
    assert yard.desk.asks(because, ANA).code == "scaling_asked"  # half of two


def test_a_lock_keeps_others_from_scaling_also_when_it_comes_later(yard: Yard) -> None:
    yard.deploys(FREE)
    yard.desk.asks(ScaleService(FREE, "shop-api", 6), ANA)
    yard.desk.asks(LockEnvironment(FREE, "for 2h", "hands off please"), OPAL)
    yard.works()
    code, facts = yard.last(ANA)
    assert code == "scaling_failed"
    assert "locked" in facts["sentence"]
    assert yard.desk.asks(ScaleService(FREE, "shop-api", 6), ANA).code == "scaling_locked"
    assert "scale" not in [call for call, _ in yard.runtime.calls]


def test_power_that_was_lost_meanwhile_scales_nothing(yard: Yard) -> None:
    yard.deploys(FREE)
    yard.desk.asks(ScaleService(FREE, "shop-api", 6), ANA)
    yard.desk.knows(ANA, is_deactivated=True)
    yard.works()
    assert "scale" not in [call for call, _ in yard.runtime.calls]
    (row,) = yard.rows(Scaling)
    assert row.state == "failed"


def test_what_the_runtime_refuses_is_told_and_not_kept(yard: Yard) -> None:
    yard.deploys(FREE)
    yard.runtime.fail("scale", PortError("There is no room for it.", permanent=True))
    yard.desk.asks(ScaleService(FREE, "shop-api", 6), ANA)
    yard.works()
    assert yard.last(ANA)[0] == "scaling_failed"
    assert "not_scaled" in [note.code for note in yard.rows(Note)]
    later = yard.deploys(FREE, "1.2.0")
    assert later.container is not None
    assert later.container.replicas == 4


def full(free: int) -> Machine:
    return Machine("big", (FREE,), 8.0, 1.0, 100, 50, 1000, free, 12)


def test_a_disk_that_is_nearly_full_is_told_once_until_there_is_room_again(yard: Yard) -> None:
    warned = []
    for free in (500, 90, 80, 120, 90, 200, 50):
        yard.runtime.machines = [full(free)]
        look_around.read_hosts(yard.tools)
        warned.append(len(yard.told(OPAL)))
    assert warned == [0, 1, 1, 1, 1, 1, 2]
    assert yard.last(OPAL)[0] == "disk_nearly_full"
    assert yard.told(ANA) == [], "only those who look after it are told"
    page = str(reply(yard.desk.asks(ShowHosts(), ANA)).blocks)
    assert "*big* · runtime docker · free-1" in page
    assert "🚨 disk 50 bytes of 1000 bytes free" in page


def test_what_a_host_keeps_is_told_and_networks_that_run_out_are_warned_of(yard: Yard) -> None:
    kept = replace(full(500), images=3 * 2**30, volumes=2, networks=27, most_networks=30)
    for networks, said in ((26, "26 networks of 30"), (27, "🚨 27 networks of 30")):
        yard.runtime.machines = [replace(kept, networks=networks)]
        look_around.read_hosts(yard.tools)
        page = str(reply(yard.desk.asks(ShowHosts(), ANA)).blocks)
        assert f"images 3 GiB · 2 volumes · {said}" in page
    yard.runtime.machines = [replace(kept, networks=1, most_networks=0)]
    look_around.read_hosts(yard.tools)
    page = str(reply(yard.desk.asks(ShowHosts(), ANA)).blocks)
    assert "2 volumes · 1 network'" in page, "how many there can be is not known"


def test_a_host_that_does_not_answer_keeps_what_was_read_last(yard: Yard) -> None:
    yard.runtime.machines = [full(500)]
    look_around.read_hosts(yard.tools)
    yard.runtime.machines = [Machine("big", (FREE,), error="The Engine big does not answer.")]
    look_around.read_hosts(yard.tools)
    (host,) = yard.desk.asks(ShowHosts(), ANA).facts["hosts"]
    assert (host["disk"], host["error"]) == (1000, "The Engine big does not answer.")


def test_leftovers_are_listed_first_and_only_those_go_that_nobody_needs_by_then(
    yard: Yard,
) -> None:
    live = yard.deploys(FREE)
    one = Leftover("big", "image", "sha256:aa", "image aa of shop-api", 2**20)
    two = Leftover("big", "volume", "v1", "volume v1 of free-1", 2**10)
    needed = Leftover("big", "release", live.commit, "release of shop-api", 7)
    yard.runtime.lying = [one, two, needed]
    yard.desk.asks(FindLeftovers(), OPAL)
    yard.works()
    code, facts = yard.last(OPAL)
    assert (code, facts["count"]) == ("leftovers_found", 2)
    assert yard.runtime.lying == [one, two, needed], "a list removes nothing"
    assert yard.desk.asks(CleanUp(facts["inquiry"]), BEN).code == "not_permitted"
    yard.runtime.lying.remove(two)
    yard.runtime.lying.append(Leftover("big", "image", "sha256:bb", "image bb", 1))
    yard.desk.asks(CleanUp(facts["inquiry"]), OPAL)
    yard.works()
    assert [left.id for left in yard.runtime.lying] == [live.commit, "sha256:bb"]
    assert yard.last(OPAL) == ("leftovers_removed", yard.last(OPAL)[1])
    assert yard.last(OPAL)[1]["stayed"] == 1
    assert yard.desk.asks(CleanUp(facts["inquiry"]), OPAL).code == "cleaned_already"


def test_one_person_cannot_have_the_network_asked_without_end(yard: Yard) -> None:
    codes = [yard.desk.asks(ReadLog(FREE, "shop-api"), ANA).code for _ in range(7)]
    assert codes == ["log_asked"] * 5 + ["asked_too_much"] * 2
    assert yard.desk.asks(ReadLog(FREE, "shop-api"), BEN).code == "log_asked"


def test_what_is_heard_of_is_looked_at_and_a_deaf_runtime_is_tried_again(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    yard.deploys(FREE)
    stopping = threading.Event()
    heard: list[str] = []

    def watch(changed: Any, is_stopping: Any) -> None:
        heard.append("call")
        if len(heard) == 1:
            raise PortError("The Engine does not answer.")
        changed(FREE)
        changed("of somebody else")
        stopping.set()

    monkeypatch.setattr(yard.runtime, "watch", watch)
    monkeypatch.setattr(look_around, "PAUSE", 0.0)
    look_around.listen(replace(yard.tools, stopping=stopping))
    there = yard.desk.asks(ShowEnvironment(FREE), ANA).facts["instances"]["there"]
    assert (len(heard), len(there)) == (2, 4)
