"""Where a release fits: asked for, brought about, and looked at again right before it starts."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers.work import measure
from tests.station import RULES, Spot, Station, make_spots, open_station
from tests.workspace import words


class Redis(socketserver.ThreadingTCPServer):
    """Says the version that a test gives it."""

    daemon_threads = True
    says = "7.2.4"

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.server_address[1]}/INFO%20server#redis_version:"


class Answering(socketserver.BaseRequestHandler):
    server: Redis

    def handle(self) -> None:
        self.request.recv(100)
        self.request.sendall(f"redis_version:{self.server.says}\r\n".encode())


@pytest.fixture(scope="module")
def redis() -> Iterator[Redis]:
    with Redis() as server:
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def whole(shop: Path, redis: Redis, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """One environment with a Redis that can be asked, one with none, and no clock that measures:
    what is seen here was read when it had to be."""
    with pytest.MonkeyPatch.context() as patch:
        has = {"services": {"redis": redis.address}}
        patch.setitem(RULES, "stocked", {"tier": "staging", "has": has})
        spots = make_spots({"stocked": 1, "free": 1})
        with open_station(tmp_path_factory.mktemp("fitting"), shop, spots) as station:
            patch.setattr(measure, "measure_all", lambda _tools: None)
            yield station


def types(station: Station, spot: Spot, text: str) -> str:
    return station.workspace.types(text, "U0ANA", spot.channel)


def test_a_release_is_led_to_where_it_fits_and_kept_from_where_it_no_longer_does(
    station: Station, redis: Redis
) -> None:
    stocked, bare = station.spot("stocked"), station.spot("free")
    plan = types(station, stocked, "/release plan shop-web 2.1.0")
    assert "needs 64 MiB of memory, shop-api &gt;=1.3 and redis &gt;=7" in plan, plan
    assert f"*{stocked.name}* fits after preparation" in plan
    assert plan.index(stocked.name) < plan.index(f"*{bare.name}* does not fit")
    assert "needs redis &gt;=7, has none (`team.yml`)" in plan

    refused = types(station, stocked, f"/deploy shop-web 2.1.0 to {stocked.name}")
    remedy = f"/deploy shop-api 1.3.0 to {stocked.name}"
    assert f"*shop-web 2.1.0* does not fit *{stocked.name}* as it is" in refused
    assert "needs shop-api &gt;=1.3, has none running (read" in refused
    assert f"first `{remedy}`" in refused
    assert station.workspace.cards(stocked.channel) == []

    types(station, stocked, remedy)
    station.workspace.card(stocked.channel, "Live: shop-api 1.3.0")
    assert f"*{stocked.name}* fits" in types(station, stocked, "/release plan shop-web 2.1.0")

    redis.says = "6.2.14"
    types(station, stocked, f"/deploy shop-web 2.1.0 to {stocked.name}")
    card = station.workspace.card(stocked.channel, "needs redis")
    assert "needs redis &gt;=7, has 6.2.14 (read" in words(card)

    redis.says = "7.4"
    measure.measure(station.bot.bench, stocked.name)
    types(station, stocked, f"/deploy shop-web 2.1.0 to {stocked.name}")
    station.workspace.card(stocked.channel, "Live: shop-web 2.1.0")
