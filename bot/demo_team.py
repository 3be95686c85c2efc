"""The demo's setup file: the example, without what a newcomer's machine may not have."""

from __future__ import annotations

import json
import sys

from bot.wiring import resource

ON_DOCKER = "\n  # Environments on Docker:"
"""Where the example begins to describe what a newcomer's machine may not have."""
BUILT, FIT = "    # Left out, somebody else pushes", "    # It is fit to serve"
"""Between these is what one of its Engines builds."""
ON_DEMAND, FREEZES = "# What short-lived environments", "# Windows in which nothing"
"""Between these is what a demo has as well; a freeze would close it one day."""


def team_file(ports: list[int]) -> str:
    """The example file, which is the demo's own, with addresses that are free on this machine."""
    text = resource("team.example.yml").read_text(encoding="utf-8")
    here, _, elsewhere = text.partition(ON_DOCKER)
    before, _, rest = here.partition(BUILT)
    here = before + rest[rest.index(FIT) :]
    made = elsewhere[elsewhere.index(ON_DEMAND) :].partition(FREEZES)[0]
    text = f"{here}\n{made}"
    for example, port in zip((8101, 8102, 8201, 8202), ports, strict=True):
        text = text.replace(f"127.0.0.1:{example}", f"127.0.0.1:{port}")
    return text.replace("python3,", f"{json.dumps(sys.executable)},")
