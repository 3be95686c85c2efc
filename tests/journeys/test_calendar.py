"""The calendar through the local workspace: a picture for the one who asks, or in a channel."""

from __future__ import annotations

from tests.station import Station
from tests.workspace import JSON, eventually, request, words


def pictures(station: Station, channel: str, user: str) -> list[JSON]:
    return [m for m in station.workspace.messages(channel, user) if m.get("files")]


def direct(station: Station, user: str) -> str:
    channels = station.workspace.get("boot", as_=user)["channels"]
    return next(str(c["id"]) for c in channels if c["is_im"])


def test_a_freeze_keeps_deployments_out_and_is_in_the_picture(station: Station) -> None:
    spot, work = station.spot("shut"), station.workspace
    said = work.types(f"/deploy shop-api 1.0.0 to {spot.name}", "U0ANA", spot.channel)
    assert "is frozen since" in said and "“It moves.” Until then only rollbacks pass." in said
    assert "*frozen* until" in work.types(f"/env show {spot.name}", "U0ANA", spot.channel)
    work.types(f"/env calendar {spot.name}", "U0DEVI", spot.channel)
    home = direct(station, "U0DEVI")
    (message,) = eventually(lambda: pictures(station, home, "U0DEVI"), "the picture")
    assert "frozen" in message["files"][0]["alt_txt"]


def test_a_picture_of_an_environment_comes_to_who_asked_and_to_its_channel(
    station: Station,
) -> None:
    spot, work = station.spot("free"), station.workspace
    work.types(f'/env book {spot.name} for 2h "load test"', "U0ANA", spot.channel)
    told = work.types(f"/env calendar {spot.name}", "U0BEN", spot.channel)
    assert "comes to your direct messages" in told
    home = direct(station, "U0BEN")
    (message,) = eventually(lambda: pictures(station, home, "U0BEN"), "the picture")
    (file,) = message["files"]
    assert "has it alone" in file["alt_txt"] and "load test" in file["alt_txt"]
    status, content = request(file["url_private"])
    assert status == 200 and content.startswith(b"\x89PNG")

    work.types(f"/env calendar {spot.name} in channel", "U0BEN", spot.channel)
    there = eventually(
        lambda: pictures(station, spot.channel, "U0ANA") or pictures(station, home, "U0BEN")[1:],
        "the picture for everybody",
    )
    assert spot.name in words(there[0])
    assert "did you mean" in work.types("/env calendar fre-1", "U0BEN", spot.channel).lower()
