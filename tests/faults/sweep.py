"""Which points of a flow the bot is killed at, and going through them on several lines at once."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

from tests.faults.line import Line

EVERY_POINT = bool(os.environ.get("STATION_TESTS_EVERY_POINT"))
"""Whether all points are gone through, as `make sweep` does, and not a sample of them."""

SAMPLE = 4
"""Points of a flow that are gone through otherwise, as far apart as they can be."""

TRIES = 5
"""How often a flow is gone through until a point of it comes by."""

LANES = 4 if EVERY_POINT else 1
"""Lines that are swept side by side, each with its own workspace, database and environment. A
sample is not worth a second one: the flows stand in files of their own, which the processes of a
run share."""

REPEATED = re.compile(
    r"(look|report|chat\.update|postMessage|serving|instances|getPermalink|accepting|deciding|versions)"
    r"#(\d+)$"
)
"""Calls that repeat in a loop: the first two of them stand for all."""


class Swept(Protocol):
    """What a flow runs on."""

    line: Line


L = TypeVar("L", bound=Swept)


def chosen(*points: str) -> tuple[str, ...]:
    """Of points that were chosen one by one, every other one in `make test`."""
    return points if EVERY_POINT else points[::2]


def worth(point: str) -> bool:
    repeated = REPEATED.search(point)
    return not repeated or int(repeated[2]) <= 2


def sweep(
    lanes: list[L],
    flow: Callable[[L, str], bool],
    at_least: int = 25,
    worth: Callable[[str], bool] = worth,
) -> None:
    """Go through a flow once undisturbed, and then once for each of its points, or for a sample of
    them, dying there. A point that did not come by is gone through again: what repeats, such as
    looks, does not repeat as often each time. In the end none may have been missed, and nothing of
    it is a violation."""
    flow(lanes[0], "")
    points = [p for p in lanes[0].line.passed.read_text().splitlines() if worth(p)]
    assert len(points) > at_least, points
    if not EVERY_POINT:
        apart = len(points) // SAMPLE
        points = points[apart // 2 :: apart]
    assert lanes[0].line.workspace.violated() == []

    def part(number: int) -> list[str]:
        missed = []
        for point in points[number :: len(lanes)]:
            try:
                missed += [] if comes_by(lanes[number], point) else [point]
            except AssertionError as error:
                raise AssertionError(f"killed at {point!r}: {error}") from error
        return missed

    def comes_by(lane: L, point: str) -> bool:
        for _ in range(TRIES):
            died = flow(lane, point)
            seen = lane.line.workspace.violated()
            assert seen == [], seen
            if died:
                return True
        return False

    with ThreadPoolExecutor(len(lanes)) as pool:
        missed = [point for some in pool.map(part, range(len(lanes))) for point in some]
    assert missed == []


def go_through(lane: L, flow: Callable[[L, str], bool], points: tuple[str, ...]) -> None:
    """Go through a flow on one line, dying at each of these points, or in `make sweep` at every one
    that it has."""
    if EVERY_POINT:
        flow(lane, "")
        points = tuple(p for p in lane.line.passed.read_text().splitlines() if worth(p))
    died = []
    for point in points:
        try:
            died.append(any(flow(lane, point) for _ in range(TRIES if EVERY_POINT else 1)))
        except AssertionError as error:
            raise AssertionError(f"killed at {point!r}: {error}") from error
    assert died.count(False) <= len(points) // 10
