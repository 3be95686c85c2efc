"""The bench runs and says a figure for every target. What the figures are is not for a test."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.docker.engine import missing_programs
from tests.station import ROOT


@pytest.mark.timeout(300)
def test_the_bench_measures_every_target() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--quick"],
        cwd=ROOT, capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    rows = [row for row in done.stdout.splitlines() if row.endswith((" OK", " MISSED"))]
    (looked,) = (row for row in rows if row.startswith("look at 500 containers"))
    assert " s at most for 500, " in looked, done.stderr
    assert len(rows) == 14 + 2 * (not missing_programs()), done.stdout + done.stderr
