"""``make demo`` as a stranger runs it: it comes up, is stopped, is killed, and comes up again."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from bot.demo import LOCK, forget, prepare
from handlers.setup import load
from tests.command import environ, types
from tests.station import ROOT
from tests.workspace import Workspace, eventually, words


class Demo:
    """One demo folder; the parent process can be started, stopped and killed."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.process: Any = None

    def command(self, *more: str) -> list[str]:
        return [sys.executable, "-m", "bot", "demo", "--home", str(self.home), "--no-browser",
                "--port", "0", *more]  # fmt: skip

    def start(self) -> Workspace:
        self.process = subprocess.Popen(self.command(), cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if "ready" in line:
                return Workspace(line.split()[-1].rstrip("/"))
        raise AssertionError("the demo ended without an address")

    def refused(self, *more: str) -> subprocess.CompletedProcess[str]:
        """A start that ends by itself."""
        return subprocess.run(
            self.command(*more), cwd=ROOT, capture_output=True, text=True, timeout=60
        )

    def variables(self) -> dict[str, str]:
        """What the file for the terminal sets."""
        lines = (self.home / "env").read_text().splitlines()
        pairs = [shlex.split(line.removeprefix("export "))[0].partition("=") for line in lines]
        return {name: value for name, _, value in pairs}

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        self.process.send_signal(how)
        self.process.communicate(timeout=30)

    @property
    def ports(self) -> list[int]:
        numbers: list[int] = json.loads((self.home / "ports.json").read_text())
        return numbers

    def version(self, place: int) -> str:
        """What answers at one of the four addresses; empty when nothing does."""
        try:
            answer = requests.get(f"http://127.0.0.1:{self.ports[place]}/version", timeout=5)
            return str(answer.json()["version"]) if answer.ok else ""
        except requests.ConnectionError:
            return ""

    def serves(self, place: int, version: str) -> bool:
        return self.version(place) == version

    def processes(self) -> list[psutil.Process]:
        """Everything that runs from the demo's folder or for it."""
        found = []
        for process in psutil.process_iter():
            try:
                text = " ".join(process.cmdline()) + process.cwd()
            except psutil.Error:
                continue
            if str(self.home) in text and process.pid != os.getpid():
                found.append(process)
        return found

    def bot(self) -> psutil.Process:
        """The bot's own process, which the parent supervises."""
        children = psutil.Process(self.process.pid).children()
        return next(p for p in children if p.cmdline()[1:4] == ["-m", "bot", "run"])


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    demo = Demo(tmp_path / "demo")
    yield demo
    if demo.process and demo.process.poll() is None:
        demo.stop()
    for process in demo.processes():
        process.kill()


def settled(workspace: Workspace) -> bool:
    """All cards of the channel show that they have ended."""
    said = [words(card) for card in workspace.cards("C0STAGING")]
    return all(text.startswith(("Live", "Replaced", "Failed")) for text in said)


def test_its_setup_has_environments_to_create_and_no_freeze_to_run_into(tmp_path: Path) -> None:
    prepare(tmp_path / "demo", 8080)
    setup = load(tmp_path / "demo" / "team.yml")
    assert setup.runtimes == {"process"}
    assert (list(setup.blueprints), setup.freezes) == (["preview"], {})


STAGING_API, STAGING_WEB, PRODUCTION_API, PRODUCTION_WEB = 1, 2, 3, 4


@pytest.mark.timeout(240)
def test_the_demo_survives_ctrl_c_and_kill_and_finds_everything_as_it_was(demo: Demo) -> None:
    workspace = demo.start()
    for place in (STAGING_API, STAGING_WEB, PRODUCTION_API, PRODUCTION_WEB):
        eventually(partial(demo.serves, place, "1.0.0"), "version 1.0.0")

    # A second one is refused before it touches anything, and the terminal finds the first.
    second = demo.refused("--fresh")
    assert (second.returncode, second.stdout) == (2, "")
    assert f"running in {demo.home} already: http://127.0.0.1:{demo.ports[0]}/" in second.stderr
    assert demo.version(STAGING_API) == "1.0.0"
    said = types(environ(**demo.variables()), "say", "/env list", "--as", "U0ANA")
    assert (said.code, said.err) == (0, "")

    # The bot is killed in the middle of a deployment: it comes back and finishes.
    workspace.types("/deploy shop-api 1.1.0 to staging", "U0ANA", "C0STAGING")
    workspace.card("C0STAGING", "Running")
    demo.bot().kill()
    workspace.card("C0STAGING", "Live: shop-api 1.1.0")
    assert demo.version(STAGING_API) == "1.1.0"

    # Ctrl-C leaves nothing behind; the next start has it all again.
    eventually(lambda: settled(workspace), "the last redrawing")
    before = [words(card) for card in workspace.cards("C0STAGING")]
    demo.stop()
    assert demo.processes() == []
    workspace = demo.start()
    assert [words(card) for card in workspace.cards("C0STAGING")] == before
    eventually(lambda: demo.version(STAGING_API) == "1.1.0", "the revival")
    assert "1.1.0" in workspace.types("/env show staging", "U0ANA", "C0STAGING")
    # It was the demo that stopped the services: nobody is told to look for a reason.
    for card in workspace.cards("C0STAGING"):
        thread = workspace.messages("C0STAGING", "U0ANA", card["ts"])
        assert "stopped running" not in words(thread)

    # The whole demo is killed while it deploys: services go on, and the next start finishes.
    workspace.types("/deploy shop-api 1.2.0 to staging", "U0ANA", "C0STAGING")
    workspace.card("C0STAGING", "Running")
    demo.stop(signal.SIGKILL)
    assert demo.version(STAGING_API) == "1.1.0"
    workspace = demo.start()
    workspace.card("C0STAGING", "rolled back")
    assert demo.version(STAGING_API) == "1.1.0"
    eventually(lambda: settled(workspace), "the last redrawing")
    titles = [words(card)[:40] for card in workspace.cards("C0STAGING")]
    assert len(titles) == 4, titles


def test_a_bot_that_cannot_run_is_said_at_once_and_nothing_is_called_ready(demo: Demo) -> None:
    prepare(demo.home, 0)
    (demo.home / "team.yml").write_text("team: T0DEMO\nteams: 1\n")
    said = demo.refused()
    assert said.returncode == 2
    assert "ready" not in said.stdout
    assert "✗ " in said.stderr
    assert "team.yml" in said.stderr
    assert demo.processes() == []


def test_a_fresh_start_forgets_all_but_who_holds_the_folder(tmp_path: Path) -> None:
    prepare(tmp_path, 0)
    (tmp_path / LOCK).write_text("1")
    forget(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [LOCK]
