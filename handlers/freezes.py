"""The windows of the setup file in which environments are closed: which are open now, and which
come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from handlers.ask import stamp
from handlers.rules import freezes as rule
from handlers.rules.times import Span
from handlers.setup import Freeze, Setup

MOMENT = timedelta(microseconds=1)


def windows(setup: Setup, environment: str, within: Span) -> Iterator[tuple[str, Freeze, Span]]:
    """Each freeze of an environment with its times that reach into ``within``."""
    tier = setup.environments[environment].tier
    for name, freeze in setup.freezes.items():
        if freeze.covers(environment, tier):
            edges = rule.read_edge(freeze.begins), rule.read_edge(freeze.ends)
            for span in rule.spans(*edges, ZoneInfo(freeze.zone), within):
                yield name, freeze, span


def on(setup: Setup, now: datetime, environment: str) -> tuple[dict[str, Any], ...]:
    """What closes an environment now, as refusals and lists tell of it."""
    return tuple(
        {
            "environment": environment,
            "freeze": name,
            "since": stamp(span.start),
            "until": stamp(span.end),
            "reason": freeze.because,
        }
        for name, freeze, span in windows(setup, environment, Span(now, now + MOMENT))
    )
