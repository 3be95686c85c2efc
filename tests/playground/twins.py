"""Two Bolt apps that are not ours, for Python and for Node, as processes of their own."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playground.server import Playground
from tests.conftest import missing
from tests.workspace import Person, eventually

HERE = Path(__file__).parent
MANIFEST = HERE / "journey_manifest.yml"
NODE = HERE / "node_app"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "stationmaster-tests"
MODES, APPS = ("socket", "http"), ("python", "node")


def installed() -> Path:
    """The modules of the Node app, installed once for each lock file, outside the repository."""
    if not (shutil.which("node") and shutil.which("npm")):
        missing("Node with npm")
    lock = (NODE / "package-lock.json").read_bytes()
    home = CACHE / f"node-{hashlib.sha256(lock).hexdigest()[:16]}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock_file:
        fcntl.flock(lock_file, fcntl.LOCK_EX)
        if not home.exists():
            _install(home)
    return home / "node_modules"


def _install(home: Path) -> None:
    fresh = Path(tempfile.mkdtemp(dir=CACHE))
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(NODE / name, fresh / name)
    words = ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(["npm", *words], cwd=fresh, capture_output=True, text=True, check=False)
    if done.returncode:
        missing(f"what the Node app needs ({done.stderr.strip().splitlines()[-1:]})")
    fresh.rename(home)


def command(app: str) -> tuple[list[str], dict[str, str]]:
    """How to start an app, and the variables that only it needs."""
    if app == "python":
        return [sys.executable, str(HERE / "python_app.py")], {}
    return ["node", str(NODE / "app.js")], {"NODE_PATH": str(installed())}


@contextmanager
def reached(app: str, mode: str, log: Path) -> Iterator[Playground]:
    """A workspace in which this app is installed and is reached this way."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/slack/events" if mode == "http" else ""
    with Playground(MANIFEST, request_url=url) as playground:
        environ = {
            **({"APP_PORT": str(port)} if mode == "http" else {}),
            "SLACK_API_URL": playground.api_url,
            "SLACK_BOT_TOKEN": "xoxb-playground",
            "SLACK_APP_TOKEN": "xapp-playground",
            "SLACK_SIGNING_SECRET": "playground-signing-secret",
        }
        with connected(app, Person(playground.base_url, "U0ANA"), environ, log):
            yield playground


@contextmanager
def connected(
    app: str, person: Person, told: dict[str, str], log: Path | None = None
) -> Iterator[None]:
    """Run this app, with only these variables of its own, until the block ends."""
    words, more = command(app)
    own = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    with (
        (log or Path(os.devnull)).open("w") as out,
        subprocess.Popen(words, env={**own, **more, **told}, stdout=out, stderr=out) as it,
    ):
        try:
            eventually(lambda: person.get("boot")["app"]["connected"], f"{app} in {told}")
            yield
        finally:
            it.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
