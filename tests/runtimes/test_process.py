"""What the process runtime shows and guards: looks, logs, ports, addresses, environments."""

from __future__ import annotations

import itertools
import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from handlers.ports import HealthCheck, PortError
from integrations.runtimes.process import instances, logs
from integrations.runtimes.process.runtime import ProcessRuntime
from tests.fakes import FakeSource
from tests.runtimes.stage import COMMITS, Stage, free_port, wait_for

SERVICES = (f"api{number}" for number in itertools.count())


@pytest.fixture
def stage(house: Path) -> Iterator[Stage]:
    stage = Stage(house, service=next(SERVICES))
    yield stage
    stage.rest()


def test_an_instance_gets_a_clean_environment(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")
    stage.deploy(stage.plan("d1"))
    given = dict(line.split("=", 1) for line in stage.get("/env").splitlines())
    ours = {"PORT", "STATION_VERSION", "STATION_COMMIT", "STATION_ENVIRONMENT", "STATION_OPERATION"}
    assert ours | {"COLOUR", "PATH"} <= set(given)
    assert set(given) <= ours | {"COLOUR", "PATH", "HOME", "LANG", "TMPDIR", "LC_CTYPE"}
    assert given["STATION_ENVIRONMENT"] == "staging"
    assert given["STATION_VERSION"] == "1.1.0"


def test_a_sick_instance_is_quoted_without_tricks(stage: Stage) -> None:
    look = stage.begin(stage.plan("d1", behaves="sick"))
    assert look.reason == "It answered 500 to /healthz: the schema is wrong"


def test_a_redirect_is_not_healthy(stage: Stage) -> None:
    look = stage.begin(stage.plan("d1", behaves="redirects"))
    assert (look.state, look.reason) == ("unhealthy", "It answered 302 to /healthz.")


def test_an_answer_that_never_ends_is_given_up_in_time(stage: Stage) -> None:
    health = HealthCheck(request_timeout=0.4)
    plan = replace(stage.plan("d1", behaves="drips"), health=health)
    stage.runtime.prepare(plan)
    stage.runtime.start(plan)
    wait_for(lambda: "no answer" in stage.runtime.look(plan).reason)
    began = time.monotonic()
    assert stage.runtime.look(plan).state == "starting"
    assert time.monotonic() - began < 1


def test_an_exit_code_is_said(stage: Stage) -> None:
    look = stage.begin(stage.plan("d1", behaves="dies"))
    assert look.reason == "It ended with exit code 3."
    assert look.log == ("Traceback: no theme",)


def test_a_command_that_is_not_there_is_said(stage: Stage) -> None:
    look = stage.begin(replace(stage.plan("d1"), command=("no-such-program", "$(id)")))
    assert look.state == "exited"
    assert look.log == ("cannot run no-such-program: No such file or directory",)


def test_a_command_is_words_and_never_a_shell(stage: Stage) -> None:
    echo = (sys.executable, "-c", "import sys; print(sys.argv[1:])", "$(id)", "; id", "{port}")
    look = stage.begin(replace(stage.plan("d1"), command=echo))
    assert look.log[0].startswith("['$(id)', '; id', '2")


def test_a_log_bomb_is_read_in_part_and_without_tricks(stage: Stage) -> None:
    look = stage.begin(stage.plan("d1", behaves="bomb"))
    assert look.state == "healthy"
    assert len(look.log) <= 20
    assert all(len(line) <= 200 and line.isprintable() for line in look.log)
    assert look.log[-1].startswith("<!channel> ")
    assert (stage.record("d1").parent / "log").stat().st_size < logs.KEPT


def test_a_port_that_somebody_has_is_not_given(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = free_port()
    free = free_port()
    with socket.create_server(("127.0.0.1", taken)):
        monkeypatch.setattr(instances, "PORTS", range(taken, taken + 1))
        plan = stage.plan("d1")
        stage.runtime.prepare(plan)
        with pytest.raises(PortError, match="is free"):
            stage.runtime.start(plan)
        monkeypatch.setattr(instances, "PORTS", range(free, free + 1))
        assert stage.begin(plan).state == "healthy"


def test_a_port_that_was_lost_is_said(stage: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as foreign:
        port = str(foreign.getsockname()[1])
        look = stage.begin(replace(stage.plan("d1"), command=(*served(port), "well")))
    assert look.state == "exited"
    assert "was taken by another process" in look.reason


def test_an_answer_of_somebody_else_is_not_health(stage: Stage) -> None:
    stage.deploy(stage.plan("d1"))
    silent = (sys.executable, "-c", "import time; time.sleep(60)")
    plan = replace(stage.plan("d2", 2), command=silent)
    stage.runtime.prepare(plan)
    stage.runtime.start(plan)
    record, other = stage.record("d2"), stage.record("d1").read_text()
    theirs = other.split('"port": ')[1].split(",")[0]
    mine = record.read_text().split('"port": ')[1].split(",")[0]
    record.write_text(record.read_text().replace(f'"port": {mine}', f'"port": {theirs}'))
    look = stage.runtime.look(plan)
    assert (look.state, "Another process" in look.reason) == ("starting", True)


def test_an_address_that_somebody_has_is_known_before_the_start(stage: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as foreign:
        address = f"127.0.0.1:{foreign.getsockname()[1]}"
        with pytest.raises(PortError, match="already in use") as refused:
            stage.runtime.prepare(replace(stage.plan("d1"), address=address))
    assert refused.value.permanent
    assert address in refused.value.message


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "127.0.0.1:0", "nowhere.invalid:80", ":80", "a:b"]
)
def test_an_address_that_is_none_is_refused(stage: Stage, address: str) -> None:
    with pytest.raises(PortError) as refused:
        stage.runtime.prepare(replace(stage.plan("d1"), address=address))
    assert refused.value.permanent


@pytest.mark.parametrize("name", ["../d1", "", "a/b", "-d1", "d\n1", "d" * 200])
def test_a_name_that_is_a_path_is_refused(stage: Stage, name: str) -> None:
    with pytest.raises(PortError) as refused:
        stage.runtime.start(replace(stage.plan("d1"), operation=name))
    assert refused.value.permanent


def test_an_address_may_move(stage: Stage) -> None:
    stage.deploy(stage.plan("d1"))
    moved = replace(stage.plan("d2", 2, version="1.2.0"), address=f"127.0.0.1:{free_port()}")
    stage.deploy(moved)
    served = stage.runtime.serving(*stage.place)
    assert served is not None
    assert served.url == f"http://{moved.address}"
    with pytest.raises(OSError, match="refused"):
        stage.get()


def test_pruning_forgets_old_releases_and_keeps_what_is_needed(stage: Stage) -> None:
    for number in (1, 2, 3, 4):
        version = f"1.{number}.0"
        plan = replace(stage.plan(f"d{number}", number, version=version), keep=1)
        stage.runtime.prepare(plan)
        release = stage.home / "releases" / stage.place[1] / COMMITS[version]
        os.utime(release, (number, number))
    stage.deploy(stage.plan("d1"))
    stage.runtime.prune(replace(stage.plan("d2", 2, version="1.2.0"), keep=1))
    kept = {path.name for path in (stage.home / "releases" / stage.place[1]).iterdir()}
    assert kept == {COMMITS["1.1.0"], COMMITS["1.2.0"]}


def test_a_check_starts_no_router_and_tells_of_one_that_runs(tmp_path: Path) -> None:
    runtime = ProcessRuntime(tmp_path, FakeSource())
    assert "not running" in runtime.check()
    assert not (tmp_path / "router" / "control.json").exists()
    assert runtime.serving("staging", "shop-api") is None
    assert runtime.check() == "The router runs and leads 0 addresses."
    runtime.stop_everything()
    assert "not running" in runtime.check()


def test_the_router_obeys_only_who_knows_its_secret(stage: Stage) -> None:
    stage.runtime.serving(*stage.place)
    door = stage.home / "router" / "control.json"
    assert door.stat().st_mode & 0o077 == 0
    url = f"http://127.0.0.1:{json.loads(door.read_text())['port']}/stop"
    for secret in ("", "Bearer ", "Bearer \xff", "Bearer " + "x" * 43):
        answer = requests.post(url, headers={"Authorization": secret.encode()}, timeout=5)
        assert answer.status_code == 401
    assert len(stage.router()) == 1


def served(port: str) -> tuple[str, str, str]:
    return sys.executable, "served.py", port
