"""An Engine behind TLS takes only those whom its authority has signed, and is taken only where it
is signed itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from handlers.ports import PortError
from integrations.runtimes.docker.client import engine_at
from tests.docker.ways import Way, authority, signed


def test_who_is_signed_is_answered(tls: Way) -> None:
    assert engine_at("far", tls.address, tls.tls).ask("GET", "/info")["ServerVersion"]


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
