"""The Engine of the tests: that it is there, whole, and the same for everybody."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.docker.engine import Engine
from tests.docker.images import BUSYBOX, ROUTER, SERVED, image_id, push, variant
from tests.docker.registry import registry
from tests.docker.wire import Refused

JOIN = "from tests.docker.engine import shared_engine\nwith shared_engine() as e: print(e.url)"


def run(engine: Engine, image: str, *words: str) -> str:
    made = engine.ask("POST", "/containers/create", {"Image": image, "Cmd": words, "Tty": True})
    engine.ask("POST", f"/containers/{made['Id']}/start")
    engine.ask("POST", f"/containers/{made['Id']}/wait")
    said: bytes = engine.ask("GET", f"/containers/{made['Id']}/logs?stdout=1&stderr=1")
    engine.ask("DELETE", f"/containers/{made['Id']}")
    return said.decode().strip()


def test_its_images_run(engine: Engine) -> None:
    assert run(engine, f"{SERVED}:latest", "python3", "-c", "import http.server; print('it runs')")
    assert run(engine, f"{ROUTER}:latest", "haproxy", "-v").startswith("HAProxy version")
    assert run(engine, f"{BUSYBOX}:latest", "busybox", "echo", "hello") == "hello"


def test_a_variant_is_an_image_of_its_own(engine: Engine) -> None:
    made = [variant(engine.socket, BUSYBOX, ["busybox", "echo", "a"], str(n)) for n in (1, 2)]
    assert len({*made, image_id(engine.socket, BUSYBOX)}) == 3
    assert [run(engine, image) for image in made] == ["a", "a"]
    for image in made:
        engine.ask("DELETE", f"/images/{image}")


def test_another_process_of_the_run_joins_the_same_engine(engine: Engine) -> None:
    done = subprocess.run(
        (sys.executable, "-c", JOIN), capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == engine.url
    assert engine.answers()


def test_a_registry_keeps_what_is_pushed(engine: Engine, registry: str) -> None:
    name = f"{registry}/shop/tool"
    pushed = push(engine.socket, image_id(engine.socket, BUSYBOX), name, "1.0.0")
    assert pushed.startswith(f"{name}@sha256:")
    engine.ask("DELETE", f"/images/{name}:1.0.0")


def test_a_closed_registry_lets_nobody_in_without_a_password(
    engine: Engine, tmp_path: Path
) -> None:
    refuses = pytest.raises(Refused, match="no basic auth credentials")
    with registry(tmp_path, closed=True) as address, refuses:
        engine.ask("POST", f"/images/create?fromImage={address}/shop/tool&tag=1.0.0")
