"""The bot's command line as somebody types it: a process of its own, its words and its exit."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.demo import APP_TOKEN, BOT_TOKEN
from tests.station import ROOT

KEPT = ("PATH", "HOME", "LANG", "TMPDIR")


@dataclass(frozen=True)
class Said:
    """What a command wrote, and how it ended."""

    code: int
    out: str
    err: str


@contextmanager
def logs_kept() -> Iterator[None]:
    """Whatever is done to the loggers inside is undone."""
    names = ("", "bot", "handlers", "integrations", "dbos")
    loggers = [logging.getLogger(name) for name in names]
    before = [(one, one.handlers[:], one.level, one.propagate) for one in loggers]
    try:
        yield
    finally:
        for one, handlers, level, propagate in before:
            one.handlers[:], one.propagate = handlers, propagate
            one.setLevel(level)


def environ(**variables: str) -> dict[str, str]:
    """Nothing but the given variables and what every process needs."""
    return {k: os.environ[k] for k in KEPT if k in os.environ} | variables


def told(home: Path, team_file: Path, base_url: str, **more: str) -> dict[str, str]:
    """The environment of a bot that belongs to the workspace at ``base_url``."""
    return environ(
        SLACK_BOT_TOKEN=BOT_TOKEN,
        SLACK_APP_TOKEN=APP_TOKEN,
        SLACK_API_URL=f"{base_url}/api/",
        STATION_DATA=str(home),
        STATION_TEAM=str(team_file),
        **more,
    )


def command(*words: str) -> list[str]:
    return [sys.executable, "-W", "error", "-m", "bot", *words]


def types(environ: Mapping[str, str], *words: str) -> Said:
    """Run one command to its end."""
    done = subprocess.run(
        command(*words), env=dict(environ), cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    return Said(done.returncode, done.stdout, done.stderr)
