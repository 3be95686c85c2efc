"""The composition root: the only file that names concrete integrations and puts all together."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from slack_sdk import WebClient

from bot.acks import Acks
from bot.clerk import Clerk
from bot.clock import Clock, Rounds
from bot.courier import Courier
from bot.desk import Desk
from bot.inbox import Inbox
from bot.links import Links, read_key
from bot.live import Live
from bot.settings import Settings
from bot.slack import Line, make_app, slack_client
from bot.web import Sources, Web, listen_at
from handlers import setup as team
from handlers.claims import claim_database, claim_file
from handlers.created import with_created
from handlers.gate import Gate
from handlers.ports import Builder, Directory, Images, Probe, Runtime, Source, Visitor, Volumes
from handlers.setup import Environment, Setup
from handlers.store import Store, migrate, open_store
from handlers.work import (
    bring_up,
    deploy,
    engine,
    examine,
    inquire,
    look_around,
    measure,
    readings,
    revive,
    scale,
    take_down,
)
from handlers.work import build as build_image
from handlers.work.bench import Bench, open_bench
from integrations.builds.docker import DockerBuilder, Yard
from integrations.git_source import GitSource
from integrations.http_visitor import HttpVisitor
from integrations.images.local import AnyImages, EngineImages
from integrations.images.registry import Registry, RegistryImages
from integrations.probes.versions import VersionProbe
from integrations.runtimes.docker.client import engine_at
from integrations.runtimes.docker.runtime import DockerRuntime, Host
from integrations.runtimes.process.runtime import ProcessRuntime
from integrations.runtimes.swarm.runtime import Manager, SwarmRuntime
from integrations.slack_directory import SlackDirectory
from integrations.volumes.folders import FolderVolumes

log = logging.getLogger(__name__)

WORKFLOWS = (
    deploy.deploy,
    examine.examine,
    revive.revive,
    bring_up.bring_up,
    inquire.inquire,
    scale.scale,
    take_down.take_down,
    build_image.build,
)
"""Imported before the engine is launched, so that it finds them by name when it recovers."""

STOP_WITHIN = 2
"""Seconds that work under way has to reach its next step when the bot is told to stop."""


@dataclass(frozen=True)
class Ports:
    """The implementations in use; tests put scripted ones in their place."""

    runtimes: dict[str, Runtime]
    source: Source
    directory: Directory
    volumes: Volumes
    probe: Probe
    visitor: Visitor
    images: Images
    builder: Builder


Seen = Callable[[], Setup]
"""The setup as it is seen now: with the environments that were made from blueprints."""
PortsOf = Callable[[Settings, WebClient, Seen], Ports]


def real_ports(settings: Settings, client: WebClient, seen: Seen) -> Ports:
    setup = seen()
    source = GitSource(settings.data / "repositories")
    process = ProcessRuntime(settings.data / "process", source)
    volumes = FolderVolumes(settings.data / "volumes")
    people = SlackDirectory(client)
    hosts = _hosts(setup)
    runtimes = {"process": process, **_of_containers(seen, hosts)}
    images = AnyImages(_registries(setup), EngineImages(host.engine for host in hosts.values()))
    builder = DockerBuilder(settings.data / "builds", source, _yard(setup, hosts))
    return Ports(runtimes, source, people, volumes, VersionProbe(), HttpVisitor(), images, builder)


def _yard(setup: Setup, hosts: dict[str, Host]) -> Yard:
    engines = {name: host.engine for name, host in hosts.items()}
    return Yard(engines, {name: one.credentials for name, one in setup.registries.items()})


def _registries(setup: Setup) -> RegistryImages:
    return RegistryImages(
        {name: Registry(one.credentials, one.plain) for name, one in setup.registries.items()}
    )


def _hosts(setup: Setup) -> dict[str, Host]:
    keys = {name: one.credentials for name, one in setup.registries.items() if one.credentials}
    return {
        name: Host(engine_at(name, engine.address, engine.tls), engine.router, keys)
        for name, engine in setup.engines.items()
    }


def _of_containers(seen: Seen, hosts: dict[str, Host]) -> dict[str, Runtime]:
    """The Engine of each environment that has one; those of one Engine share its connections."""

    def on(runtime: str) -> dict[str, tuple[Host, Environment]]:
        there = seen().environments.items()
        return {n: (hosts[e.engine], e) for n, e in there if e.engine and e.runtime == runtime}

    docker = Live(lambda: {name: host for name, (host, _) in on("docker").items()})
    swarm = Live(lambda: {n: Manager(h, e.swarm.entry) for n, (h, e) in on("swarm").items()})
    every = tuple(hosts.values())
    return {"docker": DockerRuntime(docker, every), "swarm": SwarmRuntime(swarm, every)}


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Bot:
    """Everything that runs, and the order in which it starts and stops."""

    settings: Settings
    setup: Setup
    bench: Bench
    gate: Gate
    engine: engine.Engine
    courier: Courier
    clerk: Clerk
    clock: Clock
    line: Line
    links: Links | None = None
    web: Web | None = None
    held: ExitStack = field(default_factory=ExitStack)
    """The claims and the database, given back in turn at the end."""

    def start(self) -> None:
        """Readings first, so that nobody and nothing is refused for being unknown; then open the
        doors. Versions that an earlier start has read are good enough to begin with."""
        readings.read_directory(self.bench)
        readings.read_unread_catalogue(self.bench)
        measure.measure_all(self.bench)
        self.clock.start()
        self.clock.now("read_catalogue")
        self.clock.now("revive")
        self.clock.now("compare_setup")
        self.clock.now("look_around")
        self.clock.now("read_hosts")
        listening = threading.Thread(target=look_around.listen, args=(self.bench,), daemon=True)
        listening.start()
        self.courier.start()
        self.clerk.start()
        self.line.open()
        if self.web is not None:
            self.web.open()

    def stop(self) -> None:
        """Close the doors, let steps under way end, say what is left to say."""
        self.bench.stopping.set()
        self.line.close()
        if self.web is not None:
            self.web.close()
        self.clerk.stop()
        self.clock.stop()
        self.engine.stop(STOP_WITHIN)
        self.courier.stop()
        self.held.close()


def build(
    settings: Settings,
    ports: PortsOf = real_ports,
    now: Callable[[], datetime] = utc_now,
) -> Bot:
    """Put a bot together. Raises SetupError or StoreError with what is wrong."""
    setup = team.load(settings.team_file)
    for missing in team.missing_folders(setup):
        log.warning("%s Environments cannot be filled from it until it is there.", missing)
    with ExitStack() as held:
        held.enter_context(claim_file(settings.data / "running.lock", str(settings.data)))
        store = open_store(settings.database_url)
        held.callback(store.close)
        held.enter_context(claim_database(store))
        migrate(store)
        listener = listen_at(settings.web) if settings.web else None
        if listener is not None:
            held.callback(listener.close)
        bot = _assemble(settings, setup, store, ports, now)
        if listener is not None and bot.links is not None:
            connected = bot.line.is_ready
            bot.web = Web(listener, Sources(store, setup, now, bot.links, connected))
        bot.held.push(held.pop_all())
    return bot


def _assemble(
    settings: Settings,
    setup: Setup,
    store: Store,
    ports: PortsOf,
    now: Callable[[], datetime],
) -> Bot:
    client = slack_client(settings)
    acks = Acks()
    courier = Courier(client, store, setup, now, acks)

    def seen() -> Setup:
        with store.read() as session:
            return with_created(session, setup)

    used = ports(settings, client, seen)
    bench = Bench(store, setup, now, wake=courier.wake, **vars(used))
    open_bench(bench)
    running = engine.launch(store)
    gate = Gate(store, setup, now, running.start, courier.wake)
    clock = Clock(Rounds(gate, bench, running))
    links = _links(settings)
    desk = Desk(gate, clock.now, links)
    clerk = Clerk(Inbox(settings.data / "inbox.db"), desk, client, acks)
    line = Line(make_app(client, desk, clerk, courier.opened), settings, acks)
    return Bot(settings, setup, bench, gate, running, courier, clerk, clock, line, links)


def _links(settings: Settings) -> Links | None:
    """The secret addresses, where there is a web server that answers at them."""
    return Links(settings.web_url, read_key(settings.data)) if settings.web else None


def resource(name: str) -> Path:
    """A file that ships with the bot: at the top of a checkout, inside an installed package."""
    here = Path(__file__).parent
    return next((p for p in (here.parent / name, here / name) if p.is_file()), here / name)
