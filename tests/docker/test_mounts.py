"""What containers find beside their image, as others may have changed it behind the bot's back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from handlers.ports import ITS_DATA, ITS_SECRETS, Plan
from integrations.runtimes.docker.words import SECRETS, VOLUME
from tests.docker.stage import DockerStage
from tests.docker.wire import Refused


def kept(stage: DockerStage, folder: Path, image: str = "") -> Plan:
    """A service with data and a secret."""
    (folder / "password").write_text("tops3cret", "utf-8")
    plan = stage.plan("d1")
    assert plan.container
    secrets = (("password", str(folder / "password")),)
    how = replace(plan.container, keeps_data=True, secrets=secrets)
    return replace(plan, container=replace(how, image=image or how.image))


def recreated(stage: DockerStage, how: Callable[[dict[str, Any]], Any]) -> None:
    """Somebody makes the container anew, by its name and labels, with other mounts."""
    (one,) = stage.containers("d1")
    there = stage.engine.ask("GET", f"/containers/{one['Id']}/json")
    asked = there["Config"] | {"HostConfig": there["HostConfig"]}
    how(asked["HostConfig"])
    stage.engine.ask("DELETE", f"/containers/{one['Id']}?force=1")
    made = stage.engine.ask("POST", f"/containers/create?name={there['Name'][1:]}", asked)
    stage.engine.ask("POST", f"/containers/{made['Id']}/start")


def mounts(stage: DockerStage) -> tuple[str, ...]:
    (one,) = [one for one in stage.runtime.inspect(stage.place[0]) if one.service == stage.place[1]]
    return one.mounts


def without(target: str) -> Callable[[dict[str, Any]], None]:
    def change(host: dict[str, Any]) -> None:
        host["Mounts"] = [one for one in host["Mounts"] if one["Target"] != target]

    return change


def others(host: dict[str, Any]) -> None:
    host["Mounts"][0]["Source"] = "station-spare"


def may_write(host: dict[str, Any]) -> None:
    host["Mounts"][1]["ReadOnly"] = False


def may_not_write(host: dict[str, Any]) -> None:
    host["Mounts"][0]["ReadOnly"] = True


def more(host: dict[str, Any]) -> None:
    host["Binds"] = ["/etc/hostname:/host:ro"]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (without(VOLUME), (ITS_SECRETS,)),
        (without(SECRETS), (ITS_DATA,)),
        (others, (ITS_SECRETS, f"volume station-spare at {VOLUME}")),
        (may_not_write, (ITS_SECRETS, f"volume {{data}} at {VOLUME}, to be read only")),
        (may_write, (ITS_DATA, f"volume {{data}}_d1 at {SECRETS}")),
        (more, ("bind /etc/hostname at /host, to be read only", ITS_DATA, ITS_SECRETS)),
    ],
)
def test_what_was_mounted_otherwise_is_seen(
    stage: DockerStage, tmp_path: Path, change: Callable[[Any], Any], found: tuple[str, ...]
) -> None:
    """The image has a volume of its own, which is nobody's change."""
    plan = kept(stage, tmp_path, with_a_volume(stage))
    stage.runtime.prepare(plan)
    stage.runtime.start(plan)
    assert mounts(stage) == (ITS_DATA, ITS_SECRETS)
    recreated(stage, change)
    data = "_".join(("stationmaster", *stage.place))
    assert mounts(stage) == tuple(one.format(data=data) for one in found)
    stage.clear()
    with suppress(Refused):
        stage.engine.ask("DELETE", "/volumes/station-spare")


def with_a_volume(stage: DockerStage) -> str:
    made = stage.engine.ask("POST", "/containers/create", {"Image": stage.image, "Cmd": ["true"]})
    path = f"/commit?container={made['Id']}&changes=VOLUME%20/spool"
    image: str = stage.engine.ask("POST", path)["Id"]
    stage.engine.ask("DELETE", f"/containers/{made['Id']}?force=1")
    return image
