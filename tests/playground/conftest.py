"""A workspace for each test, and a real Bolt app connected to it over Socket Mode."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from playground.server import Playground
from tests.workspace import PATIENCE, PING, Person, eventually

MANIFEST = Path(__file__).with_name("manifest.yml")


@pytest.fixture
def playground() -> Iterator[Playground]:
    with Playground(MANIFEST, ack_seconds=PATIENCE) as running:
        yield running
    assert running.violations == [], "violations nobody expected; see Workspace.violated()"


@pytest.fixture
def client(playground: Playground) -> WebClient:
    return WebClient(token="xoxb-playground", base_url=playground.api_url, timeout=10)


@pytest.fixture
def app(client: WebClient) -> App:
    return App(client=client)


@contextmanager
def listening(app: App, playground: Playground) -> Iterator[SocketModeHandler]:
    """Connect a Bolt app; at the end the workspace stops, so that the client need not wait."""
    handler = SocketModeHandler(app, "xapp-playground", ping_interval=PING)
    handler.connect()  # type: ignore[no-untyped-call]
    person = Person(playground.base_url, "U0ANA")
    eventually(lambda: person.get("boot")["app"]["connected"])
    yield handler
    # The client would wait 3 s for a silent socket and 1 s for a message: give it an end to both.
    handler.client.auto_reconnect_enabled = False
    playground.stop()
    eventually(lambda: not handler.client.is_connected())  # closing twice at once fails in the SDK
    handler.client.closed = True
    handler.client.enqueue_message("{}")
    handler.close()  # type: ignore[no-untyped-call]


@pytest.fixture
def connected(app: App, playground: Playground) -> Iterator[SocketModeHandler]:
    with listening(app, playground) as handler:
        yield handler


@pytest.fixture
def ana(playground: Playground) -> Person:
    return Person(playground.base_url, "U0ANA")


@pytest.fixture
def ben(playground: Playground) -> Person:
    return Person(playground.base_url, "U0BEN")
