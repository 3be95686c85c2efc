"""The figures beside what they should be."""

from __future__ import annotations

from dataclasses import dataclass

from tests.bench.crowd import SLOWEST
from tests.bench.load import ALL, ONE, SOME, Measured
from tests.bench.overhead import Ratios
from tests.bench.rows import Answers

TIMES_BARE, AT_ONCE = 3.0, 1000.0
READY, MEGABYTES, OVERHEAD = 3.0, 150.0, 1.10
ANSWER, BOARD = 100, 500


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


def lines(bare: Measured, ours: Measured, answers: Answers, ratios: Ratios) -> list[Line]:
    """Every target with its figure."""
    return [*_acks(bare, ours), *_answers(answers), *_process(ours, ratios)]


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


def table(found: list[Line]) -> str:
    head = f"{'what':<26} {'target':<22} {'measured':<52} verdict"
    rows = [str(line) if line.target else str(line).removesuffix("OK").rstrip() for line in found]
    return "\n".join([head, "-" * len(head), *rows])
