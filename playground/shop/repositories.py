"""Builds the shop's repositories: the same commits, with the same ids, every time."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playground.shop.history import SHOP, Step

FIRST = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
BETWEEN = timedelta(hours=21, minutes=40)
WELL = '    return 200, "well"'
UNWELL = """\
    sentence = "database schema is newer than expected: have 42, code knows 41"
    log("ERROR vouchers: " + sentence)
    return 500, sentence"""
NO_THEME = """\
    theme = json.loads(json.dumps({"colours": {}}))
    log("theme: " + theme["colours"]["accent"])"""
HEALTH = {"": WELL, "theme": WELL, "schema": UNWELL}
BOOT = {"": "", "schema": "", "theme": NO_THEME}


def make_shop(folder: Path) -> None:
    """Make ``shop-api`` and ``shop-web`` in ``folder``; one that is there is left alone."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (steps, colour) in SHOP.items():
        if not (folder / name).exists():
            half = folder / f".{name}.half"
            _make(half, name, colour, steps)
            half.rename(folder / name)


def _make(where: Path, name: str, colour: str, steps: tuple[Step, ...]) -> None:
    shutil.rmtree(where, ignore_errors=True)  # of a run that was ended half-way
    where.mkdir()
    _git(where, "init", "--quiet", "--template=", "--initial-branch=main")
    for number, step in enumerate(steps):
        (where / "server.py").write_text(_server(name, colour, step.flaw), "utf-8")
        (where / "README.md").write_text(_readme(name), "utf-8")
        (where / "CHANGES.md").write_text(_changes(name, steps[: number + 1]), "utf-8")
        if step.needs:
            (where / ".stationmaster.yml").write_text(step.needs, "utf-8")
        who = _who(step, FIRST + number * BETWEEN)
        _git(where, "add", "--all")
        _git(where, "commit", "--quiet", "-m", step.subject, "-m", step.body, facts=who)
        if step.tag:
            _git(where, "tag", "-a", step.tag, "-m", f"{name} {step.tag}", facts=who)


def _server(name: str, colour: str, flaw: str) -> str:
    text = Path(__file__).with_name("server.txt").read_text("utf-8")
    words = {"NAME": name, "COLOUR": colour, "HEALTH": HEALTH[flaw], "BOOT": BOOT[flaw]}
    text = re.sub("@([A-Z]+)@", lambda match: words[match[1]], text)
    return text if BOOT[flaw] else text.replace(".port\n\n    server", ".port\n    server")


def _readme(name: str) -> str:
    return f"# {name}\n\nA service of the demo shop: `python3 server.py --port 8000`.\n"


def _changes(name: str, steps: tuple[Step, ...]) -> str:
    lines = [f"- {step.subject}. {step.body}" for step in reversed(steps)]
    return "\n".join((f"# Changes of {name}", "", *lines, ""))


def _who(step: Step, at: datetime) -> dict[str, str]:
    name, mail = step.author.removesuffix(">").split(" <")
    facts: dict[str, str] = {}
    for role in ("AUTHOR", "COMMITTER"):
        facts |= {f"GIT_{role}_NAME": name, f"GIT_{role}_EMAIL": mail}
        facts[f"GIT_{role}_DATE"] = at.isoformat()
    return facts


def _git(where: Path, *words: str, facts: Mapping[str, str] | None = None) -> None:
    """Without the user's configuration: a signature or a hook would change the ids."""
    alone = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(where)}
    alone |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    still = ("-c", "gc.auto=0", "-c", "core.hooksPath=/dev/null")
    subprocess.run(("git", *still, *words), cwd=where, env=alone | dict(facts or {}), check=True)
