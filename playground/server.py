"""One port for everything: Web API, Socket Mode, response URLs, the page and its API."""

import asyncio
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from aiohttp import web

from playground.api.oauth import Consent
from playground.api.server import Api
from playground.api.uploads import Uploads
from playground.clock import Clock
from playground.control import Control
from playground.guard import guard
from playground.page_api import PageApi, wrapped
from playground.shapes import JSON
from playground.sse import event_stream
from playground.static import page_file
from playground.world import Plan, World, build

_MAX_BODY = 4 * 1024 * 1024
_SHUTDOWN_SECONDS = 1.0


def application(world: World, host: str) -> web.Application:
    """Return the web application of one workspace."""
    api, uploads = Api(world), Uploads(world)
    app = web.Application(middlewares=[guard(host)], client_max_size=_MAX_BODY)
    app.add_routes(
        [
            web.route("GET", "/api/{method}", api.call),
            web.route("POST", "/api/{method}", api.call),
            web.post("/hooks/{path:.+}", api.hook),
            web.post("/upload/v1/{ticket}", uploads.take),
            web.post("/_play/upload", uploads.add),
            web.get("/files-pri/{team:[^/-]+}-{file:[^/]+}/{name:.*}", uploads.give),
            web.get("/_play/file/{file}", uploads.give),
            web.get("/oauth/v2/authorize", Consent(world).agree),
            web.get("/link/", world.socket.serve),
            web.get("/_play/events", event_stream(world)),
            web.post("/_play/control", wrapped(Control(world))),
            *PageApi(world).routes(),
            web.get("/{path:.*}", page_file),
        ]
    )
    app.on_startup.append(lambda _app: _begin(world))
    app.on_shutdown.append(lambda _app: _say_goodbye(world))
    return app


async def _begin(world: World) -> None:
    await world.dispatch.line.open()
    world.agenda.start()


async def _say_goodbye(world: World) -> None:
    world.bus.close()
    await world.agenda.close()
    await world.events.close()
    await world.dispatch.close()


async def serve(
    plan: Plan, host: str, port: int, ready: Callable[[World], None], stop: asyncio.Event
) -> None:
    """Serve a workspace until ``stop``; call ``ready`` with it once it listens."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family)
    shown = f"[{host}]" if ":" in host else host
    base_url = f"http://{shown}:{listener.getsockname()[1]}"
    try:
        world = build(plan, base_url)
    except BaseException:
        listener.close()
        raise
    runner = web.AppRunner(application(world, host), shutdown_timeout=_SHUTDOWN_SECONDS)
    try:
        await runner.setup()
        await web.SockSite(runner, listener).start()
        ready(world)
        await stop.wait()
    finally:
        await runner.cleanup()
        listener.close()
        world.store.close()


class Playground:
    """A workspace in a thread of this process, for tests and the demo.

    ``with Playground(manifest) as playground:`` serves at ``playground.base_url`` on a free port;
    the Web API is at ``playground.api_url``, and ``playground.violations`` can also be read when
    it has stopped.
    """

    def __init__(
        self,
        manifest: Path | JSON,
        seed: Path | JSON | None = None,
        data: Path | None = None,
        clock: Clock | None = None,
        *,
        ack_seconds: float = 3.0,
        request_url: str = "",
        repeatable: bool = False,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self._plan = Plan(manifest, seed, data, clock, ack_seconds, request_url, repeatable)
        self._host = host
        self._port = port
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._listening = threading.Event()
        self._failure: BaseException | None = None
        self.base_url = ""
        self.violations: list[str] = []

    @property
    def api_url(self) -> str:
        """The base URL for a Slack client."""
        return f"{self.base_url}/api/"

    def start(self) -> str:
        """Start serving and return the base URL; raise what kept it from starting."""
        self._thread = threading.Thread(target=self._run, name="playground", daemon=True)
        self._thread.start()
        self._listening.wait()
        if self._failure is not None:
            raise self._failure
        return self.base_url

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as failure:
            self._failure = failure
        finally:
            self._listening.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        await serve(self._plan, self._host, self._port, self._ready, self._stop)

    def _ready(self, world: World) -> None:
        self.base_url = world.chat.base_url
        self.violations = world.inspector.violations
        self._listening.set()

    def stop(self) -> None:
        """Stop serving; harmless when it does not serve."""
        if self._thread is None or self._loop is None:
            return
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def __enter__(self) -> "Playground":
        self.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _value: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.stop()
