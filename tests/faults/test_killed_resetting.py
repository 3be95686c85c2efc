"""``kill -9`` at every external call and around every durable step of resetting an environment.
Whatever happens: it ends as it should, the data is that of the baseline, nothing is said twice, and
nothing stays held or stopped; the copy is of what was there before."""

from __future__ import annotations

import pytest

from tests.faults.ground import Ground, run
from tests.faults.line import Ends
from tests.faults.sweep import sweep


def resets(ground: Ground, ends: Ends) -> None:
    said = " ".join(ends)
    (ground.data / "orders").write_text(said, encoding="utf-8")
    row = run(ground, ends, f"/env reset {ground.line.spot.name} because it is wrong", "U0OPAL")
    assert ground.files == ["catalogue.json"]
    copy = ground.data.parent / "backups" / f"p{row.id}" / "data"
    assert (copy / "orders").read_text(encoding="utf-8") == said


@pytest.mark.timeout(900)
def test_whenever_it_is_killed_the_environment_ends_as_it_should(grounds: list[Ground]) -> None:
    sweep(grounds, resets, at_least=20)
