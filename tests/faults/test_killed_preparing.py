"""``kill -9`` at every external call and around every durable step of preparing an environment.
Whatever happens: it ends as it should, the data is that of the baseline, nothing is said twice, and
nothing stays held or stopped."""

from __future__ import annotations

import pytest

from tests.faults.ground import VERSION, Ground, run
from tests.faults.line import Ends, Prober
from tests.faults.sweep import sweep


def prepares(ground: Ground, ends: Ends) -> None:
    for path in ground.data.iterdir():
        path.unlink()
    with Prober(ground.line.spot.url(), {VERSION}) as prober:
        run(ground, ends, f"/env prepare {ground.line.spot.name}", "U0OPAL")
    assert prober.wrong == []
    assert ground.files == ["catalogue.json"]


@pytest.mark.timeout(900)
def test_whenever_it_is_killed_the_environment_ends_as_it_should(grounds: list[Ground]) -> None:
    sweep(grounds, prepares, at_least=20)
