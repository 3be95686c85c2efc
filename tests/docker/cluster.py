"""A swarm of three Engines on one machine: each lives in a network namespace of its own, with its
own containerd and everything else; a bridge joins them. Needs root, on a Linux machine.

One serves a whole run: its processes share it and the last one to leave takes it away, with what
a killed run has left behind. A test that breaks a node has the cluster for itself meanwhile.

The kernel of such a machine may lack IPVS: the routing mesh and virtual addresses are then not
there, while overlay networks, names of tasks and ports published by hosts are.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from ipaddress import IPv4Network
from itertools import islice
from pathlib import Path
from typing import Any

from tests.docker.engine import Engine, held, is_alone, missing_programs
from tests.docker.images import import_images
from tests.docker.wire import Refused
from tests.workspace import eventually

NOBODYS = IPv4Network("198.18.0.0/15")
NAMES = ("n1", "n2", "n3")
HEARTBEAT = 2_000_000_000
"""Nanoseconds between two signs of life of a node; three missed ones make it a lost one."""


def missing_for_cluster() -> list[str]:
    gone = missing_programs()
    if gone:
        return gone
    found = _run("ip", "-V", check=False) and _run("iptables", "-V", check=False)
    return [] if found else ["iproute2 and iptables"]


class Node(Engine):
    """One Engine of the cluster, in its network namespace."""

    def __init__(self, folder: Path, space: str, address: str, options: tuple[str, ...]) -> None:
        # Not `ip netns exec`: its own /sys has no control groups, which the Engine needs.
        enter = (
            "nsenter", f"--net=/run/netns/{space}",
            "unshare", "--uts", "sh", "-c", f"hostname {folder.name}; exec \"$@\"", "sh",
        )  # fmt: skip
        super().__init__(folder, enter, options)
        self.space = space
        self.address = address

    @property
    def id(self) -> str:
        """What the swarm knows it by; also when it is down."""
        kept = self.folder / "node"
        if not kept.exists():
            kept.write_text(self.ask("GET", "/info")["Swarm"]["NodeID"], "utf-8")
        return kept.read_text("utf-8")

    def start(self, live_restore: bool = False) -> None:
        super().start(live_restore)

    def start_daemon(self, live_restore: bool = False) -> None:
        super().start_daemon(live_restore)

    def kill(self) -> None:
        """End the daemon at once; its containers run on, as a machine's would not."""
        self.signal(signal.SIGKILL)

    def stop(self) -> None:
        """At once: nothing of a swarm that ends as a whole has to move to another node."""
        self.kill()
        super().stop()


class Cluster:
    """Three nodes; the first one is the manager."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        digest = hashlib.sha256(str(folder).encode()).digest()
        self._key = f"st{digest.hex()[:6]}"
        # 198.18.0.0/15 is nobody's: it is kept for measurements between two networks.
        number = int.from_bytes(digest[4:6], "big") % 2**13
        self._subnet = next(islice(NOBODYS.subnets(new_prefix=28), number, None))
        options = (
            "--bridge=none", "--ip6tables=false", f"--insecure-registry={self._subnet}",
            "--max-concurrent-downloads=2",
        )  # fmt: skip
        self.nodes = tuple(
            Node(folder / name, f"{self._key}-{name}", str(self._subnet[2 + number]), options)
            for number, name in enumerate(NAMES)
        )
        self.manager, *others = self.nodes
        self.workers = tuple(others)

    @property
    def gateway(self) -> str:
        """This machine, as the nodes see it."""
        return str(self._subnet[1])

    def start(self) -> None:
        self._lay_network()
        with ThreadPoolExecutor(len(self.nodes)) as pool:
            list(pool.map(lambda node: node.start(), self.nodes))
        self._join()
        self._share_images()

    def stop(self) -> None:
        with ThreadPoolExecutor(len(self.nodes)) as pool:
            list(pool.map(lambda node: node.stop(), self.nodes))
        for number, node in enumerate(self.nodes, start=1):
            _run("ip", "link", "del", f"{self._key}-{number}", check=False)
            _run("ip", "netns", "del", node.space, check=False)
        _run("ip", "link", "del", self._key, check=False)
        for words in self._passes():
            _run("iptables", "-D", *words, check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def answers(self) -> bool:
        return all(node.answers() for node in self.nodes) and self.ready() == len(self.nodes)

    def ready(self) -> int:
        try:
            nodes = self.manager.ask("GET", "/nodes")
        except (OSError, Refused):
            return 0
        return sum(node["Status"]["State"] == "ready" for node in nodes)

    def host_of(self, node: str) -> Node:
        """The node by the id that the swarm knows it by."""
        return next(one for one in self.nodes if one.id == node)

    def mend(self) -> None:
        """Bring every node back after a test has broken some."""
        for node in self.nodes:
            if not node.answers():
                node.start_daemon()
        eventually(lambda: self.ready() == len(self.nodes), "the swarm to be whole", 60)

    def share(self, *images: str) -> None:
        """Have images of the manager on every node, under the same ids."""
        names = "&".join(f"names={image}" for image in images)
        saved = self.manager.ask("GET", f"/images/get?{names}")
        with ThreadPoolExecutor(len(self.workers)) as pool:
            list(
                pool.map(lambda node: node.ask("POST", "/images/load?quiet=1", saved), self.workers)
            )

    def _lay_network(self) -> None:
        _run("ip", "link", "add", self._key, "type", "bridge")
        _run("ip", "addr", "add", f"{self.gateway}/28", "dev", self._key)
        _run("ip", "link", "set", self._key, "up")
        for words in self._passes():
            _run("iptables", "-I", *words)
        for number, node in enumerate(self.nodes, start=1):
            outside = f"{self._key}-{number}"
            _run("ip", "netns", "add", node.space)
            _run("ip", "link", "add", outside, "type", "veth", "peer", "eth0", "netns", node.space)
            _run("ip", "link", "set", outside, "master", self._key, "up")
            inside = ("ip", "-n", node.space)
            _run(*inside, "addr", "add", f"{node.address}/28", "dev", "eth0")
            for device in ("lo", "eth0"):
                _run(*inside, "link", "set", device, "up")
            _run(*inside, "route", "add", "default", "via", self.gateway)

    def _passes(self) -> tuple[tuple[str, ...], ...]:
        """Rules that let pass what goes over the bridge, whatever the machine's own rules are."""
        return (("FORWARD", "-i", self._key, "-o", self._key, "-j", "ACCEPT"),)

    def _join(self) -> None:
        body = {
            "ListenAddr": f"{self.manager.address}:2377",
            "AdvertiseAddr": self.manager.address,
            "Spec": {"Dispatcher": {"HeartbeatPeriod": HEARTBEAT}},
        }
        self.manager.ask("POST", "/swarm/init", body)
        token = self.manager.ask("GET", "/swarm")["JoinTokens"]["Worker"]
        for node in self.workers:
            body = {
                "ListenAddr": f"{node.address}:2377",
                "AdvertiseAddr": node.address,
                "RemoteAddrs": [f"{self.manager.address}:2377"],
                "JoinToken": token,
            }
            node.ask("POST", "/swarm/join", body)
        eventually(lambda: self.ready() == len(self.nodes), "the swarm", 60)
        assert len({node.id for node in self.nodes}) == len(self.nodes)

    def _share_images(self) -> None:
        import_images(self.manager.socket)
        self.share(*(image["RepoTags"][0] for image in self.manager.ask("GET", "/images/json")))


@contextmanager
def shared_cluster() -> Iterator[Cluster]:
    """The one cluster of this checkout's tests."""
    key = hashlib.sha256(str(Path(__file__).parent).encode()).hexdigest()[:6]
    folder = Path(tempfile.gettempdir()) / f"station-swarm-{key}"
    turn, users = (open(f"{folder}.{name}", "w") for name in ("turn", "users"))  # noqa: SIM115
    with turn, users:
        cluster = Cluster(folder)
        with held(turn):
            if is_alone(users) or not cluster.answers():
                cluster.stop()
                cluster.start()
            fcntl.flock(users, fcntl.LOCK_SH)
        yield cluster
        with held(turn):
            if is_alone(users):
                cluster.stop()


@contextmanager
def having(cluster: Cluster, alone: bool) -> Iterator[None]:
    """Use the cluster beside others, or alone because this breaks it. Whoever waits to be alone
    waits at the door, so that nobody else comes in before."""
    door, calm = (open(f"{cluster.folder}.{name}", "w") for name in ("door", "calm"))  # noqa: SIM115
    with door, calm:
        with held(door):
            fcntl.flock(calm, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        try:
            yield
        finally:
            if alone:
                cluster.mend()


def _run(*words: str, check: bool = True) -> bool:
    """Whether it succeeded; its words in the error when it had to."""
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    done: Any = None
    with suppress(FileNotFoundError):
        done = subprocess.run(
            words, capture_output=True, text=True, check=False, env={**os.environ, "PATH": path}
        )
    succeeded = done is not None and done.returncode == 0
    assert succeeded or not check, f"{' '.join(words)}: {done and done.stderr}"
    return succeeded
