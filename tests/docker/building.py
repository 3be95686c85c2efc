"""A shop whose api is built: its repository has Dockerfiles, and no image of it is anywhere."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.docker.engine import Engine
from tests.docker.images import SERVED
from tests.docker.shop import on_docker
from tests.runtimes.repository import Repository

GOOD = (
    f'FROM {SERVED}\nARG COLOUR=none\nCOPY server.py /srv/\nRUN echo "it is $COLOUR"\n'
    'CMD ["python3", "/srv/server.py"]\n'
)
BROKEN = (
    f"FROM {SERVED}\nCOPY server.py /srv/\n"
    "RUN for n in 1 2 3 4 5 6 7 8 9; do echo compiling $n; done; cat /nothing 2>&1\n"
)
SLOW = f"FROM {SERVED}\nRUN echo it begins; sleep 300\n"
DOCKERFILES = {"1.0.0": GOOD, "1.1.0": GOOD, "1.3.0": BROKEN, "1.4.0": SLOW}


def code_of(shop: Path, version: str) -> str:
    """The api of the shop in a version, which also answers outside of its container."""
    return subprocess.run(
        ("git", "-C", str(shop / "shop-api"), "show", f"{version}:server.py"),
        check=True, capture_output=True, text=True,
    ).stdout.replace('"127.0.0.1"', '"0.0.0.0"')  # fmt: skip


def building_shop(shop: Path, folder: Path) -> Path:
    """The repository of an api with a version for each Dockerfile; the code is the shop's own, and
    of this run: an Engine that others use as well has built nothing of it yet."""
    repository = Repository(folder)
    for version, dockerfile in DOCKERFILES.items():
        code = code_of(shop, min(version, "1.1.0"))
        files = {"server.py": f"{code}\n# {version} in {folder}\n", "Dockerfile": dockerfile}
        repository.commit(f"Release {version}", files, version)
    return folder


def building(team: Path, engine: Engine, registry: str, repository: Path, name: str) -> None:
    """Change a setup so that every environment is on the Engine, and the api is built there and
    pushed under that name."""
    on_docker(team, engine)
    setup = json.loads(team.read_text("utf-8"))
    setup["registries"] = {registry: {}}
    setup["services"]["shop-api"] |= {
        "repository": str(repository),
        "image": f"{registry}/{name}",
        "build": {"engine": "dock", "arguments": {"COLOUR": "green"}, "timeout": "60s"},
    }
    team.write_text(json.dumps(setup), encoding="utf-8")
