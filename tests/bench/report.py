"""The figures beside what they should be."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from tests.bench.carry import Carried
from tests.bench.crowd import SLOWEST
from tests.bench.fleet import Looked
from tests.bench.load import ALL, ONE, SOME, Measured
from tests.bench.overhead import Ratios
from tests.bench.rows import Answers
from tests.docker.pace import Pace

TIMES_BARE, AT_ONCE = 3.0, 1000.0
READY, MEGABYTES, OVERHEAD = 3.0, 150.0, 1.10
ANSWER, BOARD = 100, 500
LOOK, QUESTIONS = 5.0, 8
A_SECOND, SHARE = 500, 1.0
"""Commands a second that the workspace has to carry, and the milliseconds of the processor each may
cost it there: half a processor's, so that it is never what holds an app up."""


@dataclass(frozen=True)
class Line:
    """One row of the table."""

    what: str
    target: str
    measured: str
    is_met: bool

    def __str__(self) -> str:
        return f"{self.what:<26} {self.target:<22} {self.measured:<52} {self.verdict}"

    @property
    def verdict(self) -> str:
        return "OK" if self.is_met else "MISSED"


@dataclass(frozen=True)
class Found:
    """All that was measured."""

    bare: Measured
    ours: Measured
    carried: Carried
    answers: Answers
    ratios: Ratios
    looked: Looked
    docks: Looked | None
    pace: Pace | None
    """It and ``docks`` are None where there is no Engine."""


def lines(found: Found) -> list[Line]:
    """Every target with its figure."""
    return [
        *_acks(found.bare, found.ours),
        *_workspace(found.carried),
        *_answers(found.answers),
        *_process(found.ours, found.ratios),
        *_fleet(found.looked),
        *_docks(found.docks),
        *_containers(found.pace),
    ]


def _workspace(carried: Carried) -> list[Line]:
    """Of the local workspace itself, with the bare app behind it."""
    own, through = median(carried.own), median(carried.through)
    here, there = (
        1000 * spent / carried.commands for spent in (carried.workspace_cpu, carried.app_cpu)
    )
    return [
        Line("bare app's own limit", "", f"{own:.0f} commands/s from a mere socket", True),
        Line(
            "  through the workspace", f">= {A_SECOND} commands/s",
            f"{through:.0f} commands/s", through >= A_SECOND,
        ),
        Line(
            "  processor it takes", f"< {SHARE:.0f} ms a command",
            f"{here:.2f} ms, the bare app takes {there:.2f} ms", here < SHARE,
        ),
    ]  # fmt: skip


def _acks(bare: Measured, ours: Measured) -> list[Line]:
    floor, some, burst = bare.acks[SOME], ours.acks[SOME], ours.acks[ALL]
    times, most = some.at(0.99) / floor.at(0.99), f"<= {TIMES_BARE:.0f} x bare"
    lost = sum(acks.lost for acks in ours.acks.values())
    said = sum(len(acks.took) for acks in ours.acks.values())
    slowest = max(burst.took)
    return [
        Line("ack, 1 client, bare", "", str(bare.acks[ONE]), True),
        Line("ack, 1 client", "", str(ours.acks[ONE]), True),
        Line("ack, 16 clients, bare", "", str(floor), True),
        Line("ack, 16 clients", "", str(some), True),
        Line("  its p99", most, f"{times:.1f} x bare", times <= TIMES_BARE),
        Line(f"ack, {burst.at_a_time} at once, bare", "", str(bare.acks[ALL]), True),
        Line(f"ack, {burst.at_a_time} at once", "p99 < 1 s", str(burst), burst.at(0.99) < AT_ONCE),
        Line("  the slowest of them", "<= 2.5 s", f"{slowest:.0f} ms", slowest <= SLOWEST),
        Line("commands without an ack", "0", f"{lost} of {said}", not lost),
    ]


def _answers(answers: Answers) -> list[Line]:
    """Of one person's question, without Slack: what a store full of bookings costs."""
    return [
        Line(what, f"p99 < {most} ms", str(took), took.at(0.99) < most)
        for what, most, took in (
            ("booking, 100,000 in store", ANSWER, answers.booked),
            ("conflict, 100,000 in store", ANSWER, answers.refused),
            ("sweep, 100,000 in store", ANSWER, answers.swept),
            ("board, 100,000 in store", BOARD, answers.board),
        )
    ]


def _process(ours: Measured, ratios: Ratios) -> list[Line]:
    start, memory = max(ours.starts), max(ours.megabytes)
    sizes = f"{ours.megabytes[0]:.0f} MB after start, at most {memory:.0f} MB"
    starts = ", ".join(f"{seconds:.1f}" for seconds in ours.starts)
    return [
        Line("start to ready", f"< {READY:.0f} s", f"{starts} s", start < READY),
        Line("resident memory", f"< {MEGABYTES:.0f} MB", sizes, memory < MEGABYTES),
        Line(
            "deployment beside script", f"< {OVERHEAD:.2f}", str(ratios), ratios.middle < OVERHEAD
        ),
    ]


def _fleet(looked: Looked) -> list[Line]:
    slowest = max(looked.took)
    figure = f"{slowest:.1f} s at most for {looked.found}, {looked.at_once} questions at once"
    is_met = slowest < LOOK and looked.found == 500 and looked.at_once <= QUESTIONS
    return [Line("look at 500 containers", f"< {LOOK:.0f} s", figure, is_met)]


def _docks(looked: Looked | None) -> list[Line]:
    """Of 500 real containers a hundred are routers, which are no instances."""
    if looked is None:
        return []
    slowest = max(looked.took)
    figure = f"{slowest:.1f} s at most, {looked.found} instances"
    is_met = slowest < LOOK and looked.found == 400
    return [Line("  on a real Engine", f"< {LOOK:.0f} s", figure, is_met)]


def _containers(pace: Pace | None) -> list[Line]:
    if pace is None:
        return []
    figure = f"{pace.ratio:.3f} ({median(pace.ours):.1f} s beside {median(pace.plain):.1f} s)"
    is_met = pace.ratio < OVERHEAD
    return [Line("in containers, beside one", f"< {OVERHEAD:.2f}", figure, is_met)]


def table(found: list[Line]) -> str:
    head = f"{'what':<26} {'target':<22} {'measured':<52} verdict"
    rows = [str(line) if line.target else str(line).removesuffix("OK").rstrip() for line in found]
    return "\n".join([head, "-" * len(head), *rows])
