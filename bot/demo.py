"""``make demo``: a local Slack in the browser, two small services in git, and the bot between.

The parent only starts the workspace and the bot and watches them; the bot does not know that it
is not Slack. Everything lives in one folder, and a second start finds it as it was left.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import webbrowser
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import requests

from bot.demo_team import team_file
from bot.first_trains import send_first_trains
from bot.wiring import resource
from handlers.claims import claim_file
from handlers.store import StoreError
from integrations.git_source import GitSource
from integrations.runtimes.process.runtime import ProcessRuntime
from playground.shop import make_shop

BOT_TOKEN, APP_TOKEN = "xoxb-playground", "xapp-playground"
READY_WITHIN = 20.0
PAUSE_BEFORE_RESTART = 1.0
CANNOT_RUN = 2
"""The bot's exit code when starting it again is useless until somebody changes something."""
LOCK = "demo.lock"

Child = subprocess.Popen[bytes]


@dataclass(frozen=True)
class Stage:
    """Where the demo keeps its things, and the address of its page."""

    home: Path
    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def environ(self) -> dict[str, str]:
        """The bot's environment; a proxy would keep it from this machine's own addresses."""
        kept = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        return kept | self.variables

    @property
    def variables(self) -> dict[str, str]:
        return {
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "SLACK_API_URL": f"{self.address}api/",
            "STATION_DATA": str(self.home / "data"),
            "STATION_TEAM": str(self.home / "team.yml"),
            "DATABASE_URL": "",
        }


def demo(home: Path, port: int, fresh: bool, browser: bool) -> int:
    """Run until Ctrl-C; then stop all that was started, and keep what was done."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    with ExitStack() as held:
        try:
            # Before anything else: a second demo would stop the services of the first.
            held.enter_context(claim_file(home / LOCK, str(home)))
        except StoreError:
            print(f"✗ A demo is running in {home} already{_its_address(home)}.", file=sys.stderr)
            return CANNOT_RUN
        _wait_for_earlier_bot(home, stop)
        if fresh:
            forget(home)
        return _play(prepare(home, port), browser, stop)


def _its_address(home: Path) -> str:
    try:
        port = json.loads((home / "ports.json").read_text())[0]
    except OSError:  # it has only just begun
        return ""
    return f": {Stage(home, port).address}"


def _wait_for_earlier_bot(home: Path, stop: threading.Event) -> None:
    """A demo that was killed leaves a bot that is still ending, and holds the data until then.
    StoreError when it does not end: somebody runs it, and its services are not ours to stop."""
    until = time.monotonic() + READY_WITHIN
    while (home / "data").is_dir() and not stop.is_set():
        try:
            with claim_file(home / "data" / "running.lock", str(home / "data")):
                return
        except StoreError:
            if time.monotonic() > until:
                raise
            stop.wait(0.1)


def forget(home: Path) -> None:
    """Delete everything but the lock: whoever starts next must meet the same file."""
    _runtime(home).stop_everything()
    for path in home.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != LOCK:
            path.unlink()


def _play(stage: Stage, browser: bool, stop: threading.Event) -> int:
    children = [start_workspace(stage)]
    log = stage.home / "logs" / "bot.log"
    earlier = log.stat().st_size if log.exists() else 0
    children.append(start_bot(stage))
    try:
        code = _wait_until_up(stage, children, stop)
        if code is None:
            _welcome(stage, browser)
            where = (stage.address, stage.home)
            threading.Thread(target=send_first_trains, args=where, daemon=True).start()
            code = _keep_up(stage, children, stop)
        if code == CANNOT_RUN:
            _say_why(log, earlier)
        return code
    finally:
        print("\nStopping; everything is kept for the next start.", flush=True)
        for child in reversed(children):
            _end(child)
        _runtime(stage.home).stop_everything()


def _keep_up(stage: Stage, children: list[Child], stop: threading.Event) -> int:
    """Start the bot again whenever it ends, until Ctrl-C; returns the exit code."""
    while not stop.wait(0.5):
        workspace, bot = children
        if workspace.poll() is not None:
            print("The local workspace has stopped; ending.", file=sys.stderr)
            return 1
        if bot.poll() == CANNOT_RUN:
            return CANNOT_RUN
        if bot.returncode is not None:
            print(f"The bot ended ({bot.returncode}); starting it again.", flush=True)
            stop.wait(PAUSE_BEFORE_RESTART)
            children[1] = start_bot(stage)
    return 0


def _say_why(log: Path, earlier: int) -> None:
    """The bot's complaints, which are the lines with a cross; not those of ``earlier`` starts."""
    with log.open("rb") as file:
        file.seek(earlier)
        said = file.read().decode("utf-8", "replace").splitlines()
    complaints = [line for line in said if line.startswith("✗")]
    print("\n".join(complaints or [f"✗ The bot cannot run; {log} says why."]), file=sys.stderr)


def prepare(home: Path, port: int) -> Stage:
    """Make the folder, the git repositories and the setup file, unless an earlier start did."""
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "shop").is_dir():
        make_shop(home / "shop.new")
        (home / "shop.new").rename(home / "shop")
    ports = home / "ports.json"
    if not ports.is_file():
        numbers = free_ports(5, port)
        _write(ports, json.dumps(numbers))
        _write(home / "team.yml", team_file(numbers[1:]))
    stage = Stage(home, json.loads(ports.read_text())[0])
    # For people: what the terminal's commands need to find this demo.
    exports = (f"export {name}={shlex.quote(value)}" for name, value in stage.variables.items())
    _write(home / "env", "\n".join(exports) + "\n")
    return stage


def free_ports(count: int, first: int) -> list[int]:
    """``count`` different ports that are free now, the first one ``first`` if it is."""
    sockets = []
    for wanted in [first] + [0] * (count - 1):
        holder = socket.socket()
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            holder.bind(("127.0.0.1", wanted))
        except OSError:
            holder.bind(("127.0.0.1", 0))
        sockets.append(holder)
    ports = [holder.getsockname()[1] for holder in sockets]
    for holder in sockets:
        holder.close()
    return ports


def _write(path: Path, text: str) -> None:
    temporary = path.with_suffix(".new")
    temporary.write_text(text, encoding="utf-8")
    temporary.rename(path)


def start_workspace(stage: Stage) -> Child:
    return _child(
        stage,
        "playground",
        "--manifest", str(resource("app_manifest.yml")),
        "--port", str(stage.port),
        "--data", str(stage.home / "workspace"),
        "--while-stdin",
    )  # fmt: skip


def start_bot(stage: Stage) -> Child:
    return _child(stage, "bot", "run", "--while-stdin")


def _child(stage: Stage, module: str, *arguments: str) -> Child:
    """In a session of its own, so that Ctrl-C reaches only the parent; when the parent is gone,
    however it went, the child's standard input ends and so does the child."""
    stage.home.joinpath("logs").mkdir(exist_ok=True)
    with stage.home.joinpath("logs", f"{module}.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=Path(__file__).parent.parent,
            env=stage.environ,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _wait_until_up(stage: Stage, children: list[Child], stop: threading.Event) -> int | None:
    """None when it is up, else the exit code: 0 when it was stopped before."""
    workspace, bot = children
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until and not stop.wait(0.1):
        if bot.poll() == CANNOT_RUN:
            return CANNOT_RUN
        if workspace.poll() is not None:
            break
        try:
            boot = requests.get(f"{stage.address}_play/boot", params={"as": "U0ANA"}, timeout=2)
        except requests.RequestException:
            continue
        if boot.ok and boot.json()["app"]["connected"]:
            return None
    if stop.is_set():
        return 0
    print(f"✗ The demo did not come up; {stage.home / 'logs'} says why.", file=sys.stderr)
    return 1


def _welcome(stage: Stage, browser: bool) -> None:
    env = stage.home / "env"
    short = env.relative_to(Path.cwd()) if env.is_relative_to(Path.cwd()) else env
    print(f"\n  Stationmaster is ready:  {stage.address}\n", flush=True)
    print("  Ctrl-C stops it; the next `make demo` finds everything as it was.", flush=True)
    print(f"  For the terminal: source {shlex.quote(str(short))}", flush=True)
    can_show = sys.platform == "darwin" or os.environ.get("DISPLAY")
    if browser and can_show:
        webbrowser.open(stage.address)


def _end(child: Child) -> None:
    child.terminate()
    try:
        child.wait(timeout=8)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _runtime(home: Path) -> ProcessRuntime:
    data = home / "data"
    return ProcessRuntime(data / "process", GitSource(data / "repositories"))
