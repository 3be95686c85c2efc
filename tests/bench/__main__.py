"""``python -m tests.bench``: measure, print one table, exit with 1 when a target is missed."""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from tests.bench import carry, fleet, load, overhead, rows
from tests.bench.load import Size
from tests.bench.report import Found, lines, table
from tests.docker.engine import missing_programs, shared_engine
from tests.docker.pace import WATCH, Pace, measure

QUICK = Size(turns=1, warm=10, one=10, some=40, all=40)


def main() -> int:
    """The whole bench, or a quick one whose figures prove only that it runs."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="seconds; the figures mean little")
    quick = parser.parse_args().quick
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # or its Engines would live on
    home = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        bare, ours = load.measure(_folder(home, "load"), QUICK if quick else Size())
        carried = carry.measure(_folder(home, "carry"), *((1, 200) if quick else (5, 900)))
        pairs, watch = (1, "0.3s") if quick else (7, "2s")
        answers = rows.measure(_folder(home, "rows"), *((2_000, 10) if quick else (100_000, 500)))
        looked = fleet.measure(_folder(home, "fleet"), 2 if quick else 7)
        docks = (
            None if missing_programs() else _docks(home, *((1, 1) if quick else (5, fleet.PLACES)))
        )
        ratios = overhead.measure(_folder(home, "overhead"), pairs, watch)
        pace = None if missing_programs() else _in_containers(1 if quick else 7, quick)
    except (TimeoutError, AssertionError):
        print(f"the logs of what was measured are in {home}", file=sys.stderr)
        raise
    found = lines(Found(bare, ours, carried, answers, ratios, looked, docks, pace))
    print(table(found))
    shutil.rmtree(home, ignore_errors=True)
    return 0 if all(line.is_met for line in found) else 1


def _in_containers(pairs: int, quick: bool) -> Pace:
    with shared_engine() as engine:
        return measure(engine, pairs, 0.3 if quick else WATCH)


def _docks(home: Path, times: int, places: int) -> fleet.Looked:
    return fleet.measure_for_real(_folder(home, "docks"), times, places)


def _folder(home: Path, name: str) -> Path:
    folder = home / name
    folder.mkdir()
    return folder


if __name__ == "__main__":
    sys.exit(main())
