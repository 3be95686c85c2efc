"""The composition root: the only file that names concrete integrations and puts all together."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from slack_sdk import WebClient

from bot.acks import Acks
from bot.clerk import Clerk
from bot.clock import Clock, Rounds
from bot.courier import Courier
from bot.desk import Desk
from bot.inbox import Inbox
from bot.links import Links, read_key
from bot.live import Each, Live
from bot.settings import Settings
from bot.slack import Line, make_app, slack_client
from bot.web import Sources, Web, listen_at
from handlers import setup as team
from handlers.claims import claim_database, claim_file
from handlers.created import with_created
from handlers.gate import Gate
from handlers.moved import moved
from handlers.ports import Builder, Directory, Images, Probe, Runtime, Source, Visitor, Volumes
from handlers.setup import Engine, Environment, InForce, Setup, SetupError
from handlers.store import Store, migrate, open_store
from handlers.work import (
    bring_up,
    deploy,
    engine,
    examine,
    inquire,
    look_around,
    measure,
    read_setup,
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
from integrations.volumes.anywhere import VolumesAnywhere
from integrations.volumes.engines import EngineVolumes
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
    source = GitSource(settings.data / "repositories")
    process = ProcessRuntime(settings.data / "process", source)
    people = SlackDirectory(client)
    hosts = _hosts()
    every = Each(lambda: hosts(seen()).values())
    docker, swarm = _places(seen, hosts)
    runtimes: dict[str, Runtime] = {
        "process": process,
        "docker": DockerRuntime(docker, every),
        "swarm": SwarmRuntime(swarm, every),
    }
    home = settings.data / "volumes"
    volumes = VolumesAnywhere(FolderVolumes(home), EngineVolumes(home, docker, every), docker)
    engines = Live(lambda: {name: host.engine for name, host in hosts(seen()).items()})
    local = EngineImages(Each(lambda: list(engines.values())))
    images = AnyImages(RegistryImages(_registries(seen)), local)
    yard = Yard(engines, Live(lambda: {n: r.credentials for n, r in seen().registries.items()}))
    builder = DockerBuilder(settings.data / "builds", source, yard)
    return Ports(runtimes, source, people, volumes, VersionProbe(), HttpVisitor(), images, builder)


def _registries(seen: Seen) -> Live[Registry]:
    return Live(
        lambda: {n: Registry(one.credentials, one.plain) for n, one in seen().registries.items()}
    )


def _hosts() -> Callable[[Setup], dict[str, Host]]:
    """The Engines of a setup: the same one as long as the file says the same of it."""

    @lru_cache(maxsize=64)
    def host(name: str, at: Engine, keys: tuple[tuple[str, str], ...]) -> Host:
        return Host(engine_at(name, at.address, at.tls), at.router, dict(keys))

    def of(setup: Setup) -> dict[str, Host]:
        keys = tuple((n, o.credentials) for n, o in setup.registries.items() if o.credentials)
        return {name: host(name, engine, keys) for name, engine in setup.engines.items()}

    return of


def _places(
    seen: Seen, hosts: Callable[[Setup], dict[str, Host]]
) -> tuple[Live[Host], Live[Manager]]:
    """The Engine of each environment that has one; those of one Engine share its connections."""

    def on(runtime: str) -> dict[str, tuple[Host, Environment]]:
        setup = seen()
        there, known = setup.environments.items(), hosts(setup)
        return {n: (known[e.engine], e) for n, e in there if e.engine and e.runtime == runtime}

    docker = Live(lambda: {name: host for name, (host, _) in on("docker").items()})
    swarm = Live(lambda: {n: Manager(h, e.swarm.entry) for n, (h, e) in on("swarm").items()})
    return docker, swarm


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Bot:
    """Everything that runs, and the order in which it starts and stops."""

    settings: Settings
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

    @property
    def setup(self) -> Setup:
        return self.bench.declared

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

    def read_setup(self) -> None:
        """Take what the setup file says now, without waiting whether it stays so."""
        if read_setup.read_setup(self.bench, at_once=True):
            self.clock.now("compare_setup")

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
    in_force = team.open_setup(settings.team_file)
    for missing in team.missing_folders(in_force.setup):
        log.warning("%s Environments cannot be filled from it until it is there.", missing)
    for missing in team.missing_secrets(in_force.setup):
        log.warning("%s Nothing that needs it can be deployed until it is there.", missing)
    with ExitStack() as held:
        held.enter_context(claim_file(settings.data / "running.lock", str(settings.data)))
        store = open_store(settings.database_url)
        held.callback(store.close)
        held.enter_context(claim_database(store))
        migrate(store)
        _refuse_moved(store, in_force)
        listener = listen_at(settings.web) if settings.web else None
        if listener is not None:
            held.callback(listener.close)
        bot = _assemble(settings, in_force, store, ports, now)
        if listener is not None and bot.links is not None:
            connected = bot.line.is_ready
            bot.web = Web(listener, Sources(store, in_force, now, bot.links, connected))
        bot.held.push(held.pop_all())
    return bot


def _refuse_moved(store: Store, in_force: InForce) -> None:
    """What the file says may contradict what is there, as when it is read again later."""
    path = in_force.path
    assert path is not None
    with store.read() as session:
        found = moved(session, in_force.setup)
    if found:
        raise SetupError([team.say_at(path, str(path), *one) for one in found.items()])


def _assemble(
    settings: Settings,
    in_force: InForce,
    store: Store,
    ports: PortsOf,
    now: Callable[[], datetime],
) -> Bot:
    client = slack_client(settings)
    acks = Acks()
    courier = Courier(client, store, in_force, now, acks)

    def seen() -> Setup:
        with store.read() as session:
            return with_created(session, in_force.setup)

    used = ports(settings, client, seen)
    bench = Bench(store, in_force, now, wake=courier.wake, **vars(used))
    open_bench(bench)
    running = engine.launch(store)
    gate = Gate(store, in_force, now, running.start, courier.wake)
    clock = Clock(Rounds(gate, bench, running))
    links = _links(settings)
    desk = Desk(gate, clock.now, links)
    clerk = Clerk(Inbox(settings.data / "inbox.db"), desk, client, acks)
    line = Line(make_app(client, desk, clerk, courier.opened), settings, acks)
    return Bot(settings, bench, gate, running, courier, clerk, clock, line, links)


def _links(settings: Settings) -> Links | None:
    """The secret addresses, where there is a web server that answers at them."""
    return Links(settings.web_url, read_key(settings.data)) if settings.web else None


def resource(name: str) -> Path:
    """A file that ships with the bot: at the top of a checkout, inside an installed package."""
    here = Path(__file__).parent
    return next((p for p in (here.parent / name, here / name) if p.is_file()), here / name)
