"""What runs against what is to run: every verdict, and which of them is drift."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from handlers.rules.drift import (
    AS_DECLARED,
    DIFFERS,
    MISSING,
    NOT_DECLARED,
    Declared,
    How,
    Seen,
    compare,
    drift,
)

IMAGE, OTHER = "shop/api@sha256:" + "a" * 64, "sha256:" + "b" * 64
HOW = How(2, 0.5, 2**27, "its data")
API = Declared("api", HOW, HOW, "d7", "1.1.0", "c" * 40, IMAGE)
ONE = Seen("api", "d7", "1.1.0", "c" * 40, IMAGE, "running", 0.5, 2**27, True, "its data")
SPARE = "its data, volume spare at /spare"
OURS = frozenset({"d6", "d7"})


def said(declared: Declared, *there: Seen) -> dict[str, Any]:
    return {line.what: line for line in compare([declared], there, OURS)}


def changed(declared: Declared, *there: Seen) -> list[tuple[str, Any, Any]]:
    lines = drift(compare([declared], there, OURS))
    return [(line.what, line.declared, line.runs) for line in lines]


def test_what_runs_as_it_is_to_is_said_line_by_line() -> None:
    lines = said(API, ONE, ONE)
    assert list(lines) == ["version", "image", "replicas", "cores", "memory", "mounts", "address"]
    assert {line.state for line in lines.values()} == {AS_DECLARED}
    assert changed(API, ONE, ONE) == []


@pytest.mark.parametrize(
    ("there", "found"),
    [
        ([ONE], [("replicas", 2, 1)]),
        ([ONE, ONE, ONE], [("replicas", 2, 3)]),
        ([], [("service", "1.1.0", None)]),
        ([replace(ONE, state="ended")] * 2, [("service", "1.1.0", None)]),
        ([ONE, replace(ONE, state="unhealthy")], [("replicas", 2, 1)]),
        ([ONE, replace(ONE, state="starting")], []),
        ([ONE, replace(ONE, image=OTHER)], [("image", "a" * 64, "b" * 64)]),
        ([ONE, replace(ONE, image="shop/api:latest")], [("image", "a" * 64, "shop/api:latest")]),
        ([ONE, replace(ONE, cores=2.0)], [("cores", 0.5, 2.0)]),
        ([ONE, replace(ONE, memory=0)], [("memory", 2**27, 0)]),
        ([ONE, replace(ONE, mounts="")], [("mounts", "its data", "")]),
        ([replace(ONE, mounts=SPARE), ONE], [("mounts", "its data", SPARE)]),
        ([replace(ONE, serves=False)] * 2, [("address", "1.1.0", None)]),
        ([ONE, ONE, replace(ONE, operation="x9")], [("beside", None, "1.1.0")]),
        ([ONE, ONE, replace(ONE, operation="d6")], []),
        ([ONE, ONE, replace(ONE, operation="x9", state="ended")], []),
        ([ONE, ONE, replace(ONE, service="spy", operation="", version="")],
         [("beside", None, IMAGE)]),
    ],
)  # fmt: skip
def test_what_others_changed_is_drift(there: list[Seen], found: list[Any]) -> None:
    assert changed(API, *there) == found


def test_what_the_setup_file_changed_differs_and_is_no_drift() -> None:
    for other in ({"replicas": 3}, {"cores": 1.0}, {"memory": 2**28}, {"mounts": ""}):
        declared = replace(API, now=replace(HOW, **other))
        assert DIFFERS in {line.state for line in said(declared, ONE, ONE).values()}
        assert changed(declared, ONE, ONE) == []
    assert changed(replace(API, now=replace(HOW, replicas=3)), ONE) == [("replicas", 3, 1)]
    half = replace(API, now=replace(HOW, memory=2**28))
    assert changed(half, ONE, replace(ONE, memory=2**28)) == []


def test_where_nobody_wrote_down_how_it_was_made_a_difference_is_nobodys_change() -> None:
    declared = replace(API, was=None)
    assert said(declared, ONE)["replicas"].state == DIFFERS
    assert changed(declared, ONE) == []
    assert changed(declared, replace(ONE, cores=9.0), ONE) == []
    assert changed(declared, replace(ONE, mounts=SPARE), ONE) == []
    assert changed(declared, ONE, replace(ONE, image=OTHER)) != []


def test_a_process_is_bound_to_its_commit_and_has_no_limits() -> None:
    one = Declared("api", How(1), How(1), "d7", "1.1.0", "c" * 40)
    runs = replace(ONE, image="", cores=8.0, memory=0)
    assert changed(one, runs) == []
    assert not {"cores", "mounts"} & set(said(one, runs))
    assert changed(one, replace(runs, commit="d" * 40)) == [("commit", "c" * 40, "d" * 40)]


def test_a_service_that_was_never_deployed_is_missing_and_no_drift() -> None:
    line = said(Declared("api", HOW))["service"]
    assert (line.state, line.remedy, line.is_drift) == (MISSING, "deploy", False)


def test_another_version_than_the_baseline_differs_and_a_reset_brings_it_back() -> None:
    line = said(replace(API, baseline="1.0.0"), ONE, ONE)["baseline"]
    assert (line.state, line.remedy, line.is_drift) == (DIFFERS, "reset", False)
    assert "version" in said(replace(API, baseline="1.1.0"), ONE, ONE)


@pytest.mark.parametrize(
    ("there", "what", "remedy"),
    [
        ([ONE], "replicas", "prepare"),
        ([ONE] * 3, "replicas", "deploy"),
        ([], "service", "prepare"),
        ([replace(ONE, image=OTHER)] * 2, "image", "deploy"),
        ([replace(ONE, cores=9.0)] * 2, "cores", "deploy"),
        ([replace(ONE, mounts=SPARE)] * 2, "mounts", "deploy"),
    ],
)
def test_each_says_what_brings_it_back(there: list[Seen], what: str, remedy: str) -> None:
    assert said(API, *there)[what].remedy == remedy


def test_what_is_not_declared_has_no_command_that_removes_it() -> None:
    line = said(API, ONE, ONE, replace(ONE, service="spy", operation=""))["beside"]
    assert (line.state, line.remedy) == (NOT_DECLARED, "")
