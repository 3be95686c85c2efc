"""What runs and what it writes, as people ask for it: answered in private, a long log as a file."""

from __future__ import annotations

import shutil
from pathlib import Path

from handlers.tables import Deployment
from tests.journeys.test_deploying import goes_live
from tests.station import Spot, Station
from tests.workspace import JSON, eventually, words

ANA, OPAL, CLEO = "U0ANA", "U0OPAL", "U0CLEO"


def direct(station: Station, user: str, saying: str) -> JSON:
    """The newest direct message of the bot that says ``saying``."""

    def look() -> JSON | None:
        found = station.workspace.messages(f"D{user[1:]}", user)
        return next((m for m in reversed(found) if saying in words(m)), None)

    return eventually(look, f"a direct message to {user} saying {saying!r}") or {}


def writes(station: Station, spot: Spot, *lines: str) -> None:
    """Have the service that is live there write these lines, as it would."""
    home: Path = station.bot.settings.data / "process" / "instances"
    record = next(
        path for path in home.glob("*/record.json") if f'"{spot.name}"' in path.read_text("utf-8")
    )
    with open(record.with_name("log"), "a", encoding="utf-8") as log:
        log.writelines(f"{line}\n" for line in lines)


def test_what_a_service_wrote_comes_in_private_and_a_long_log_as_a_file(station: Station) -> None:
    spot = station.spot("free")
    goes_live(station, spot, "1.1.0")
    said = station.workspace.types(f"/env logs {spot.name} shop-api", CLEO, spot.channel)
    assert "read logs there" in said
    writes(station, spot, "<!channel> the password=hunter2 is wrong", "calm again")
    said = station.workspace.types(f"/env logs {spot.name} shop-api grep WRONG", ANA, spot.channel)
    assert "direct messages" in said
    short = direct(station, ANA, f"1 line of shop-api in *{spot.name}* with “WRONG”")
    assert "&lt;!channel&gt; the password=[hidden] is wrong" in str(short["blocks"])
    writes(station, spot, *(f"line {number}" for number in range(300)))
    station.workspace.types(f"/env logs {spot.name} shop-api tail 200", ANA, spot.channel)
    long = direct(station, ANA, f"200 lines of shop-api in *{spot.name}*")
    assert "line 299" in words(long)

    def attached() -> list[str]:
        thread = station.workspace.messages(f"D{ANA[1:]}", ANA, long["ts"])
        return [one["name"] for said in thread for one in said.get("files") or ()]

    assert eventually(attached, "the file in the thread") == [f"{spot.name}-shop-api.log"]


def test_what_runs_and_where_is_shown_with_the_time_it_was_read(station: Station) -> None:
    spot = station.spot("free")
    goes_live(station, spot, "1.1.0")

    def shown() -> str:
        said = station.workspace.types(f"/env show {spot.name}", ANA, spot.channel)
        return said if "What runs" in said and "shop-api 1.1.0 #1" in said else ""

    said = eventually(shown, "what runs there")
    assert "commit" in said
    assert "memory" in said
    eventually(
        lambda: "cores busy" in station.workspace.types("/ops hosts", ANA, spot.channel),
        "what the hosts have",
    )


def test_what_is_to_be_is_compared_with_what_runs_line_by_line(station: Station) -> None:
    spot = station.spot("free")
    goes_live(station, spot, "1.1.0")
    said = station.workspace.types(f"/env plan {spot.name}", ANA, spot.channel)
    assert "is being read" in said
    told = words(direct(station, ANA, f"*{spot.name}* as it is to be"))
    assert "version: 1.1.0, as declared" in told
    assert "health check /healthz: as declared. It answered 200 to /healthz." in told
    assert "missing: nothing of it was deployed yet" in told
    assert f"/deploy shop-web &lt;version&gt; to {spot.name}" in told
    said = station.workspace.types("/env plan nowhere", ANA, spot.channel)
    assert "nowhere" in said


def test_what_is_left_over_is_listed_before_it_is_removed(station: Station) -> None:
    spot = station.spot("free")
    goes_live(station, spot, "1.1.0")
    releases = station.bot.settings.data / "process" / "releases" / "shop-api"
    there = next(path for path in releases.iterdir() if not path.name.startswith("."))
    shutil.copytree(there, releases / ("e" * 40))
    station.workspace.types("/ops leftovers", OPAL, spot.channel)
    listed = direct(station, OPAL, "could be removed; nothing was removed yet")
    assert "release eeeeeeeeeeee of shop-api" in words(listed)
    assert (releases / ("e" * 40)).is_dir()
    station.workspace.clicks("Remove them", listed, OPAL, f"D{OPAL[1:]}")
    direct(station, OPAL, "Removed 1 thing")
    assert not (releases / ("e" * 40)).exists()
    assert there.is_dir()


def test_what_an_environment_left_that_is_gone_is_removed_after_a_list_and_its_data_kept(
    station: Station,
) -> None:
    spot = station.spot("free")
    goes_live(station, spot, "1.1.0")
    with station.bot.bench.store.write() as session:
        newest = session.query(Deployment).order_by(Deployment.id.desc()).first()
        assert newest is not None
        facts = {
            column.name: getattr(newest, column.name)
            for column in Deployment.__table__.columns
            if column.name not in ("id", "environment", "state")
        }
        session.add(Deployment(environment="long-gone", state="replaced", **facts))
    data = station.bot.settings.data / "volumes" / "long-gone" / "shop-api" / "data"
    data.mkdir(parents=True)
    (data / "orders").write_text("7", encoding="utf-8")
    station.workspace.types("/ops leftovers", OPAL, spot.channel)
    listed = direct(station, OPAL, "data of shop-api in long-gone")
    assert "*long-gone*: not in `team.yml` any more, or destroyed" in str(listed["blocks"])
    station.workspace.clicks("Remove them", listed, OPAL, f"D{OPAL[1:]}")
    direct(station, OPAL, "Removed")
    eventually(lambda: not data.exists(), "the data gone")
    (copy,) = (data.parent / "backups").iterdir()
    assert (copy / "data" / "orders").read_text("utf-8") == "7"
