"""Everything that makes one workspace, put together."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playground import ids
from playground import manifest as manifests
from playground.agenda import Agenda, Scheduled
from playground.bus import Bus
from playground.chat import Chat
from playground.clock import Clock, ShiftedClock, Stamps, StandingClock, SystemClock
from playground.controls import Controls
from playground.delivery import Delivery
from playground.dispatch import Dispatch
from playground.envelope import Line
from playground.events import Events
from playground.faults import Faults
from playground.files import Files
from playground.hooks import Hooks
from playground.inspector import Exchange, Inspector
from playground.limits import Limits
from playground.manifest import Manifest
from playground.news import News
from playground.payloads import Payloads
from playground.shapes import JSON
from playground.signed_http import SignedHttp
from playground.socket_mode import SocketMode
from playground.store import Store
from playground.timeline import Timeline
from playground.tokens import Tokens
from playground.triggers import Triggers
from playground.views import Views
from playground.workspace import Workspace, furnished, read_seed


@dataclass(frozen=True)
class Plan:
    """What a workspace is made from.

    With ``request_url`` the app is reached there by signed requests, whatever its manifest says;
    ``repeatable`` makes every id and time the same in every run.
    """

    manifest: Path | JSON
    seed: Path | JSON | None = None
    data: Path | None = None
    clock: Clock | None = None
    ack_seconds: float = 3.0
    request_url: str = ""
    repeatable: bool = False


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
    dispatch: Dispatch
    delivery: Delivery
    controls: Controls
    events: Events
    news: News
    files: Files
    agenda: Agenda
    tokens: Tokens
    faults: Faults
    limits: Limits


def build(plan: Plan, base_url: str) -> World:
    """Put a workspace together that answers at ``base_url``."""
    if plan.repeatable:
        ids.repeat(0)
    manifest = manifests.load(plan.manifest, plan.request_url)
    store, bus = Store(plan.data), Bus()
    clock = ShiftedClock(plan.clock or (StandingClock() if plan.repeatable else SystemClock()))
    stamps = Stamps(clock, store)
    inspector = Inspector(bus, clock)
    workspace = furnished(read_seed(plan.seed), manifest.name, store)
    timeline = Timeline(store, stamps)
    chat = Chat(workspace, timeline, bus, base_url)
    views = Views(workspace, stamps, bus)
    triggers = Triggers(clock)
    app, team = workspace.app, workspace.team
    files = Files(store, clock, base_url, (app.user_id, team.id))
    hooks = Hooks(chat, files, clock, team.id)
    faults = Faults()

    socket, line = _lines(manifest, workspace, clock, inspector, bus)
    dispatch = Dispatch(line, clock, inspector, faults, plan.ack_seconds)
    delivery = Delivery(
        manifest=manifest,
        workspace=workspace,
        chat=chat,
        views=views,
        triggers=triggers,
        hooks=hooks,
        files=files,
        payloads=Payloads(workspace),
        dispatch=dispatch,
        inspector=inspector,
        stamps=stamps,
    )
    limits = Limits(clock)
    events = Events(manifest, workspace, views, dispatch, stamps, clock, limits)
    chat.listener = workspace.listener = events
    return World(
        manifest, clock, store, bus, inspector, workspace, timeline, chat, views, triggers, hooks,
        socket, dispatch, delivery, Controls(delivery), events, News(app.user_id, events), files,
        Agenda(store, clock, _post_due(workspace, chat, inspector)),
        Tokens(app, store, clock, rotate=manifest.token_rotation), faults, limits,
    )  # fmt: skip


def _lines(
    manifest: Manifest, workspace: Workspace, clock: ShiftedClock, inspector: Inspector, bus: Bus
) -> tuple[SocketMode, Line]:
    """Return Socket Mode, which an app that gets requests cannot use, and the way to the app."""

    def tell_connected(connected: bool) -> None:
        bus.publish({"type": "app", "connected": connected})

    app, urls = workspace.app, manifest.urls
    socket = SocketMode(app.id, clock, inspector, tell_connected, enabled=urls is None)
    if urls is None:
        return socket, socket
    return socket, SignedHttp(urls, app.signing_secret, inspector, tell_connected)


def _post_due(
    workspace: Workspace, chat: Chat, inspector: Inspector
) -> Callable[[Scheduled], None]:
    def post(entry: Scheduled) -> None:
        channel = workspace.channels[entry.channel]
        if channel.archived:
            inspector.log(Exchange("api", "scheduled message", ok=False, violation="is_archived"))
        else:
            chat.post_as_app(channel, entry.content)

    return post
