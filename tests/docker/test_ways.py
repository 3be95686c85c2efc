"""An Engine behind TLS takes only those whom its authority has signed, and is taken only where it
is signed itself; one behind SSH takes a key."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from handlers.ports import PortError, Volume, Wanted
from integrations.runtimes.docker import client
from integrations.runtimes.docker.client import engine_at
from integrations.runtimes.docker.runtime import Host
from integrations.runtimes.docker.ssh import shared
from integrations.volumes.engines import EngineVolumes
from tests.docker.engine import Engine
from tests.docker.images import ROUTER, image_id
from tests.docker.stage import DockerStage
from tests.docker.ways import Gate, Way, authority, over_ssh, signed
from tests.station import ROOT


def test_who_is_signed_is_answered(tls: Way) -> None:
    assert engine_at("far", tls.address, tls.tls).ask("GET", "/info")["ServerVersion"]


@pytest.mark.parametrize("kind", ["tls", "ssh"])
def test_a_deployment_from_afar_goes_as_any_other(
    request: pytest.FixtureRequest, kind: str
) -> None:
    way: Way = request.getfixturevalue(kind)
    stage = DockerStage(way.engine, f"far-{kind}", "afar", way)
    stage.deploy(stage.plan("d1"))
    stage.deploy(stage.plan("d2", 2, version="1.2.0"))
    assert stage.get() == "1.2.0 /"
    assert stage.runtime.instances(*stage.place) == ("d2",)
    assert stage.runtime.measure("afar").running == {stage.place[1]: "1.2.0"}
    assert [one.operation for one in stage.runtime.inspect("afar")] == ["d2"]
    assert stage.runtime.log(*stage.place, Wanted()).lines == ()
    assert stage.runtime.hosts()[0].error == ""
    stage.clear()


def test_data_goes_over_ssh_and_comes_back_as_it_was(ssh: Way, tmp_path: Path) -> None:
    there = engine_at("far", ssh.address)
    router = image_id(ssh.engine.socket, ROUTER)
    volumes = EngineVolumes(tmp_path / "volumes", {"afar": Host(there, router)})
    (tmp_path / "base").mkdir()
    much = os.urandom(3 * 2**20)  # more than a connection holds at once
    (tmp_path / "base" / "orders").write_bytes(much)
    volume = Volume("afar", "data", str(tmp_path / "base"))
    try:
        assert volumes.restore(volume, "p1") == 1
        kept = volumes.back_up(volume, "p2")
        assert (Path(kept.place) / "data" / "orders").read_bytes() == much
        volumes.restore(replace(volume, baseline=""), "p3")
        assert volumes.files(volume) == 0
        assert volumes.put_back(volume, "p2") == kept
        assert volumes.back_up(volume, "p4").digest == kept.digest
    finally:
        volumes.remove(volume)
    assert volumes.files(volume) is None


def test_a_stranger_is_not_let_in_and_that_is_for_good(tls: Way, tmp_path: Path) -> None:
    authority(tmp_path)
    signed(tmp_path, "client", "extendedKeyUsage=clientAuth")
    shutil.copy(Path(tls.tls) / "ca.pem", tmp_path / "client" / "ca.pem")
    with pytest.raises(PortError) as refused:
        engine_at("far", tls.address, str(tmp_path / "client")).ask("GET", "/info")
    assert refused.value.permanent
    assert "far is not trusted, or does not trust us" in refused.value.message


def test_an_engine_that_somebody_else_has_signed_is_not_believed(tls: Way, tmp_path: Path) -> None:
    authority(tmp_path)
    mine = tmp_path / "client"
    shutil.copytree(tls.tls, mine)
    shutil.copy(tmp_path / "ca.pem", mine / "ca.pem")
    with pytest.raises(PortError) as refused:
        engine_at("far", tls.address, str(mine)).ask("GET", "/info")
    assert refused.value.permanent
    assert "far is not trusted" in refused.value.message


def test_without_a_proof_nothing_is_asked(tls: Way, tmp_path: Path) -> None:
    with pytest.raises(PortError, match=r"ca\.pem, cert\.pem and key\.pem"):
        engine_at("far", tls.address, str(tmp_path)).ask("GET", "/info")


ASKS = """
import sys, time
from integrations.runtimes.docker.client import engine_at
from integrations.runtimes.docker.ssh import shared
there = engine_at("far", sys.argv[1])
there.ask("GET", "/info")
print("asked", flush=True)
time.sleep(60)
"""


def asked(gate: Gate) -> int:
    """How often Docker's command line was started there."""
    return gate.count("Starting session: command")


def test_over_ssh_connections_are_kept_and_all_go_through_one(gate: Gate) -> None:
    engine = engine_at("far", gate.way.address)
    engine.ask("GET", "/info")
    came, began = gate.count("Accepted publickey"), asked(gate)
    for _ in range(20):
        engine.ask("GET", "/info")
    assert (gate.count("Accepted publickey"), asked(gate)) == (came, began)
    stage = DockerStage(gate.engine, "kept", way=gate.way)
    stage.deploy(stage.plan("d1"))
    stage.deploy(stage.plan("d2", 2))
    assert gate.count("Accepted publickey") == came
    assert asked(gate) - began < 20  # of some seventy questions: those that use up theirs
    stage.clear()


def test_however_much_is_asked_at_once_few_connections_are_made(gate: Gate) -> None:
    engine, began = engine_at("far", gate.way.address), asked(gate)
    with ThreadPoolExecutor(32) as pool:
        for said in pool.map(lambda _: engine.ask("GET", "/info"), range(200)):
            assert said["ServerVersion"]
    assert asked(gate) - began <= client.AT_ONCE


def test_what_was_cut_off_is_made_anew(engine: Engine, tmp_path: Path) -> None:
    with over_ssh(engine, tmp_path) as gate:
        there = engine_at("far", gate.way.address)
        there.ask("GET", "/info")
        gate.stop()
        with pytest.raises(PortError, match=" does not answer: ") as cut:
            there.ask("GET", "/info")
        assert not cut.value.permanent
        with pytest.raises(PortError, match="Connection refused") as refused:
            there.ask("GET", "/info")
        assert not refused.value.permanent
        gate.start()
        assert there.ask("GET", "/info")["ServerVersion"]


def test_a_server_that_hangs_is_waited_for_within_bounds(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "LIMIT", 2.0)
    with over_ssh(engine, tmp_path) as gate:
        there = engine_at("far", gate.way.address)
        there.ask("GET", "/info")
        gate.signal(signal.SIGSTOP)
        for question in (
            lambda: there.ask("GET", "/info"),
            lambda: there.upload("/containers/any/archive", bytes(2**22)),
        ):
            began = time.monotonic()
            with pytest.raises(PortError, match=r"no answer in time|timed out") as refused:
                question()
            assert time.monotonic() - began < 5
            assert not refused.value.permanent
        gate.signal(signal.SIGCONT)
        assert there.ask("GET", "/info")["ServerVersion"]


@pytest.mark.parametrize(
    ("name", "said"),
    [("keys", "Permission denied (publickey)"), ("known", "Host key verification failed")],
)
def test_who_is_not_let_in_and_whoever_else_answers_is_told_for_good(
    engine: Engine, tmp_path: Path, name: str, said: str
) -> None:
    with over_ssh(engine, tmp_path) as gate:
        (tmp_path / name).write_text("", "utf-8")
        with pytest.raises(PortError) as refused:
            engine_at("far", gate.way.address).ask("GET", "/info")
    assert refused.value.permanent
    assert said in refused.value.message


def test_a_machine_without_docker_is_told_for_good(engine: Engine, tmp_path: Path) -> None:
    with (
        over_ssh(engine, tmp_path, path=str(tmp_path)) as gate,
        pytest.raises(PortError, match="docker: command not found") as refused,
    ):
        engine_at("far", gate.way.address).ask("GET", "/info")
    assert refused.value.permanent


def asking(process: psutil.Process) -> set[psutil.Process]:
    """What asks for it."""
    return {one for one in process.children() if one.name() == "ssh"}


def test_nothing_that_asks_stays_when_nobody_asks_any_more(gate: Gate) -> None:
    me = psutil.Process()
    before = asking(me)
    there = engine_at("far", gate.way.address)
    there.ask("GET", "/info")
    began = asking(me) - before
    assert began
    there.close()
    assert not began & asking(me)


def test_a_bot_that_is_killed_leaves_nothing_that_asks(gate: Gate) -> None:
    words = (sys.executable, "-c", ASKS, gate.way.address)
    with psutil.Popen(words, cwd=ROOT, stdout=subprocess.PIPE) as bot:
        assert bot.stdout.readline() == b"asked\n"
        began = asking(bot)
        assert began
        bot.kill()
        _, alive = psutil.wait_procs(began, 10)
    assert alive == []


def test_where_there_is_no_ssh_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(PortError, match="the program ssh is not installed here") as refused:
        engine_at("far", "ssh://root@example.com").ask("GET", "/info")
    assert refused.value.permanent


def test_what_asks_is_told_none_of_the_secrets_of_the_bot(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "ssh"
    program.write_text(f"#!/bin/sh\nenv > {tmp_path}/told\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-canary")
    with pytest.raises(PortError):
        engine_at("far", "ssh://root@example.com").ask("GET", "/info")
    told = (tmp_path / "told").read_text("utf-8")
    assert "PATH=" in told
    assert "canary" not in told


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777])
def test_connections_meet_only_where_nobody_else_can_be(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mode: int
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert shared("ssh://host")["ControlMaster"] == "auto"
    (folder,) = tmp_path.iterdir()
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.chmod(mode)
    assert shared("ssh://host") == {"ControlPath": "none"}
    folder.rename(tmp_path / "real")
    (tmp_path / "real").chmod(0o700)
    folder.symlink_to(tmp_path / "real")
    assert shared("ssh://host") == {"ControlPath": "none"}
