"""What people type during the bench: half of it is recorded, some is refused, some only asks."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from tests.station import Spots


@dataclass(frozen=True)
class Said:
    """One line, by whom, where."""

    user: str
    channel: str
    text: str


def mix(spots: Spots, versions: list[str]) -> Iterator[Said]:
    """Ten lines over and over: five requests that wait for approval, each of its own version,
    service or environment; a twin; one without the power; three questions."""
    places = itertools.product(versions, ("shop-api", "shop-web"), spots.by_kind["prod"])
    for turn in itertools.count():
        requests = []
        for who, (version, service, spot) in zip(DEPLOYERS, places, strict=False):
            text = f"/deploy {service} {version} to {spot.name} because of turn {turn}"
            requests.append(Said(who, spot.channel, text))
        if len(requests) < len(DEPLOYERS):
            raise ValueError("the bench has used up its versions; give it more tags")
        one, two, three, four, five = requests
        reader = f"U0CROWD{turn % 16:02}"
        yield from (
            one,
            Said(reader, "C0RELEASES", "/env list"),
            two,
            Said("U0CLEO", four.channel, four.text),
            three,
            Said(reader, "C0RELEASES", "/release list shop-api"),
            four,
            Said("U0BEN", one.channel, one.text),
            five,
            Said(reader, "C0OPS", f"/env show {one.text.split()[4]}"),
        )


DEPLOYERS = ("U0ANA", "U0BEN", "U0OPAL", "U0ANA", "U0BEN")
