"""Everything that makes one workspace, put together."""

from dataclasses import dataclass
from pathlib import Path

from playground import manifest as manifests
from playground.bus import Bus
from playground.chat import Chat
from playground.clock import Clock, ShiftedClock, Stamps, SystemClock
from playground.delivery import Delivery
from playground.events import Events
from playground.faults import Faults
from playground.hooks import Hooks
from playground.inspector import Inspector
from playground.limits import Limits
from playground.manifest import Manifest
from playground.payloads import Payloads
from playground.shapes import JSON
from playground.socket_mode import SocketMode
from playground.store import Store
from playground.timeline import Timeline
from playground.triggers import Triggers
from playground.views import Views
from playground.workspace import Workspace, read_seed


@dataclass(frozen=True)
class Plan:
    """What a workspace is made from."""

    manifest: Path | JSON
    seed: Path | JSON | None = None
    data: Path | None = None
    clock: Clock | None = None
    ack_seconds: float = 3.0


@dataclass(frozen=True)
class World:
    """The parts of one running workspace."""

    manifest: Manifest
    clock: ShiftedClock
    store: Store
    bus: Bus
    inspector: Inspector
    workspace: Workspace
    timeline: Timeline
    chat: Chat
    views: Views
    triggers: Triggers
    hooks: Hooks
    socket: SocketMode
    delivery: Delivery
    events: Events
    faults: Faults
    limits: Limits


def build(plan: Plan, base_url: str) -> World:
    """Put a workspace together that answers at ``base_url``."""
    manifest = manifests.load(plan.manifest)
    store, bus = Store(plan.data), Bus()
    clock = ShiftedClock(plan.clock or SystemClock())
    stamps = Stamps(clock, store)
    inspector = Inspector(bus, clock)
    workspace = Workspace(read_seed(plan.seed), manifest.name, store)
    timeline = Timeline(store, stamps)
    chat = Chat(workspace, timeline, bus, base_url)
    views = Views(workspace, stamps, bus)
    triggers = Triggers(clock)
    hooks = Hooks(chat, clock, workspace.team.id)

    def tell_connected(connected: bool) -> None:
        bus.publish({"type": "app", "connected": connected})

    socket = SocketMode(workspace.app.id, clock, inspector, plan.ack_seconds, tell_connected)
    delivery = Delivery(
        manifest=manifest,
        workspace=workspace,
        chat=chat,
        views=views,
        triggers=triggers,
        hooks=hooks,
        payloads=Payloads(workspace),
        transport=socket,
        inspector=inspector,
        stamps=stamps,
    )
    return World(
        manifest=manifest,
        clock=clock,
        store=store,
        bus=bus,
        inspector=inspector,
        workspace=workspace,
        timeline=timeline,
        chat=chat,
        views=views,
        triggers=triggers,
        hooks=hooks,
        socket=socket,
        delivery=delivery,
        events=Events(manifest, workspace, views, socket, stamps, clock),
        faults=Faults(),
        limits=Limits(clock),
    )
