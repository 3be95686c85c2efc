"""Which points of a flow the bot is killed at, and going through them on several lines at once."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

from tests.faults.line import Ends, Line

EVERY_POINT = bool(os.environ.get("STATION_TESTS_EVERY_POINT"))
"""Whether all points are gone through, as `make sweep` does, and not a sample of them."""

SAMPLE = 4
"""Points of a flow that are gone through otherwise, as far apart as they can be: all of them in one
flow, which is killed at one after another."""

TRIES = 5
"""How often a flow is gone through until its points have come by: what repeats, such as looks, does
not repeat as often each time."""

LANES = 4 if EVERY_POINT else 1
"""Lines that are swept side by side, each with its own workspace, database and environment. A
sample has no use for a second one."""

REPEATED = re.compile(
    r"(look|report|chat\.update|postMessage|serving|instances|getPermalink|accepting|deciding|versions)"
    r"#(\d+)$"
)
"""Calls that repeat in a loop: the first two of them stand for all."""


class Swept(Protocol):
    """What a flow runs on."""

    line: Line


L = TypeVar("L", bound=Swept)


def together(*ends: str, alone: Ends = ()) -> list[Ends]:
    """Points of one flow that were chosen one by one: it is killed at one after another, where a
    number counts from where it was started again; and in `make sweep` at each by itself as well."""
    return [ends, *((end,) for end in dict.fromkeys((*ends, *alone)) if EVERY_POINT)]


def worth(point: str) -> bool:
    repeated = REPEATED.search(point)
    return not repeated or int(repeated[2]) <= 2


def sweep(
    lanes: list[L],
    flow: Callable[[L, Ends], None],
    at_least: int = 25,
    worth: Callable[[str], bool] = worth,
) -> None:
    """Go through a flow once undisturbed, and then dying: at a sample of its points one after
    another, or in `make sweep` once for each of them. In the end none may have been missed."""
    points = _points(lanes[0], flow, worth)
    assert len(points) > at_least, points
    apart = len(points) // SAMPLE
    sample = points[apart // 2 :: apart]
    ways = [(p,) for p in points] if EVERY_POINT else [(sample[0], *map(_label, sample[1:]))]

    def part(number: int) -> list[str]:
        mine = ways[number :: len(lanes)]
        return [point for ends in mine for point in _missed(lanes[number], flow, ends)]

    with ThreadPoolExecutor(len(lanes)) as pool:
        missed = [point for some in pool.map(part, range(len(lanes))) for point in some]
    assert not missed, f"of {points} these did not come by: {missed}"


def go_through(lane: L, flow: Callable[[L, Ends], None], ends: Ends) -> None:
    """Go through a flow on one line, dying at these points one after another, or in `make sweep`
    once for each that it has."""
    if EVERY_POINT:
        points = _points(lane, flow, worth)
        missed = [point for one in points for point in _missed(lane, flow, (one,))]
        assert len(missed) <= len(points) // 10, missed
    else:
        missed = list(_missed(lane, flow, ends))
        assert not missed, f"these did not come by: {missed}"


def _points(lane: L, flow: Callable[[L, Ends], None], worth: Callable[[str], bool]) -> list[str]:
    """Those that come by when nothing happens."""
    flow(lane, ())
    assert lane.line.workspace.violated() == []
    return [point for point in lane.line.passed.read_text().splitlines() if worth(point)]


def _label(point: str) -> str:
    return point.partition("#")[0]


def _missed(lane: L, flow: Callable[[L, Ends], None], ends: Ends) -> Ends:
    """Go through a flow until it has died at each of ``ends``; which of them never came by.
    Whatever it dies at, nothing of it is a violation."""
    for _ in range(TRIES):
        try:
            flow(lane, ends)
        except AssertionError as error:
            died = " and ".join(ends[: lane.line.deaths])
            raise AssertionError(f"killed at {died or 'none'} of {ends}: {error}") from error
        seen = lane.line.workspace.violated()
        assert seen == [], seen
        ends = ends[lane.line.deaths :]
        if not ends:
            break
    return ends
