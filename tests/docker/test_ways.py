"""An Engine behind TLS takes only those whom its authority has signed, and is taken only where it
is signed itself; one behind SSH takes a key."""

from __future__ import annotations

import pickle
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from handlers.ports import Plan, PortError
from integrations.runtimes.docker.client import engine_at
from tests.conftest import missing
from tests.docker.engine import Engine
from tests.docker.images import ROUTER, image_id
from tests.docker.stage import DockerStage
from tests.docker.ways import SERVER, Way, authority, over_ssh, signed
from tests.station import ROOT


def test_who_is_signed_is_answered(tls: Way) -> None:
    assert engine_at("far", tls.address, tls.tls).ask("GET", "/info")["ServerVersion"]


def test_a_deployment_over_tls_goes_as_any_other(tls: Way) -> None:
    stage = DockerStage(tls.engine, "far", way=tls)
    stage.deploy(stage.plan("d1"))
    stage.deploy(stage.plan("d2", 2, version="1.2.0"))
    assert stage.get() == "1.2.0 /"
    assert stage.runtime.instances(*stage.place) == ("d2",)
    stage.clear()


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


@pytest.fixture
def ssh(engine: Engine, tmp_path: Path) -> Iterator[str]:
    if not (Path(SERVER).is_file() and shutil.which("ssh") and find_spec("paramiko")):
        missing("OpenSSH's server and client, and paramiko")
    with over_ssh(engine, tmp_path) as address:
        yield address


def acts(stage: DockerStage, address: str, plans: tuple[Plan, Plan | None]) -> str:
    """A whole deployment by a process of its own, which ends with all that asks for it: the SDK
    does not wait for the programs that it starts."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(pickle.dumps((*plans, image_id(stage.engine.socket, ROUTER))))
        file.flush()
        words = (sys.executable, "-m", "tests.docker.act", file.name, address)
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=250)
        return done.stdout.strip() or done.stderr


@pytest.mark.timeout(300)
def test_a_deployment_over_ssh_goes_as_any_other(stage: DockerStage, ssh: str) -> None:
    old, new = stage.plan("d1", 1), stage.plan("d2", 2, version="1.2.0")
    for plan, previous in ((old, None), (new, old)):
        assert acts(stage, ssh, (plan, previous)) == "live"
        assert stage.get() == f"{plan.version} /"
    assert stage.runtime.instances(*stage.place) == ("d2",)


@pytest.mark.timeout(300)
def test_without_its_key_nobody_gets_in(stage: DockerStage, ssh: str, tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("", "utf-8")
    said = acts(stage, ssh, (stage.plan("d1"), None))
    assert "PortError: The Docker Engine local at ssh://" in said
    assert stage.runtime.instances(*stage.place) == ()
