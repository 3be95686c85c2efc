"""The package a release is made of: whole, installable, and the same command inside."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.station import ROOT

NEEDED = [
    "bot/cli.py",
    "bot/app_manifest.yml",
    "bot/team.example.yml",
    "handlers/migrations/env.py",
    "handlers/migrations/versions/0001_the_first_shape_of_the_tables.py",
    "playground/page/index.html",
    "playground/workspace.yml",
    "playground/shop/server.txt",
    "integrations/runtimes/process/router.py",
]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_all_that_the_bot_reads(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert [name for name in NEEDED if name not in names] == []
    assert [name for name in names if name.startswith("tests/")] == []


def test_the_installed_command_runs_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    program = (
        "from bot.cli import main; from bot.wiring import resource;"
        "assert resource('app_manifest.yml').is_file(); main(['doctor'])"
    )
    answer = subprocess.run(
        [sys.executable, "-P", "-c", program],
        cwd=tmp_path, env={"PATH": os.environ["PATH"], "PYTHONPATH": str(site)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "SLACK_BOT_TOKEN is not set" in answer.stdout, answer.stderr


def test_the_manifest_of_the_package_names_the_console_script(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    entry = next(name for name in archive.namelist() if name.endswith("entry_points.txt"))
    assert "stationmaster = bot.cli:main" in archive.read(entry).decode()


def test_lock_files_carry_hashes_and_no_addresses() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert "://" not in text
        assert "index-url" not in text
