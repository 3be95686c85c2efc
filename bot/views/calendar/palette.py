"""The colours of the picture, which has a ground of its own: whatever the theme of Slack around
it, each text stands on the same colour. No text with 4.5 : 1 on white as well as on Slack's dark
theme exists, so a picture without a ground could not be read in both."""

from __future__ import annotations

from dataclasses import dataclass

GROUND, WEEKEND = "#f6f8fa", "#e7ebf0"
TEXT, MUTED = "#1f2328", "#57606a"
BORDER = "#768390"
"""Stands out from white and from Slack's dark theme alike, by more than 3 : 1."""
DAY, LANE, NOW = "#c9d1d9", "#aab4be", "#b42318"
LIVE, FAILED, RUNNING = "#1a7f37", "#b42318", "#57606a"


@dataclass(frozen=True)
class Look:
    """How a bar is drawn: not by its colour alone, for those who cannot tell them apart."""

    fill: str
    edge: str
    text: str
    pattern: str = ""
    """dashed (its edge) or hatched."""


BARS = {
    "booked": Look("#1f5fa8", "#174a84", "#ffffff"),
    "shared": Look("#d6e6f8", "#1f5fa8", TEXT),
    "asked": Look(GROUND, "#1f5fa8", TEXT, "dashed"),
    "locked": Look("#fde4c4", "#9a5b00", TEXT, "hatched"),
    "failed": Look("#f9d3d0", "#b42318", TEXT, "hatched"),
    "frozen": Look("#d9d2f0", "#5b3fa0", TEXT, "hatched"),
    "gone": Look("#d8dee4", "#57606a", TEXT, "hatched"),
}

MARKS = {"live": LIVE, "failed": FAILED, "running": RUNNING}
