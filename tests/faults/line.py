"""One environment, one bot that dies where it is told to, and what must be true when everything is
quiet again."""

from __future__ import annotations

import json
import multiprocessing
import signal
import threading
from collections import Counter
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import psutil
import requests
from sqlalchemy import text

from bot.settings import Settings
from handlers import audit
from handlers.store import open_store
from handlers.subjects import Subject, deployment
from handlers.tables import Card, Deployment, Lock, Note
from tests.faults import mortal
from tests.station import Spot
from tests.workspace import JSON, Workspace, elements, eventually, words

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.faults.mortal"])

LONG = 120.0
"""Seconds that what is waited for may take here: a bot that dies several times on the way starts as
often, which takes seconds each time on a machine that has other things to do."""

Ends = tuple[str, ...]
"""Points where a bot dies, one after another, each time it is started again."""

FINISHED = (
    *("live", "replaced", "rolled_back", "failed", "cancelled", "needs_attention"),
    "not_built",
)


@dataclass
class Prober(AbstractContextManager["Prober"]):
    """Asks the stable address for its version all the time, and keeps every wrong answer."""

    url: str
    allowed: set[str]
    wrong: list[str] = field(default_factory=list)
    asked: int = 0

    def __enter__(self) -> Prober:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(0.05):
            self.asked += 1
            try:
                version = self._version()
                if version not in self.allowed:
                    self.wrong.append(version)
            except (OSError, HTTPException, ValueError, KeyError) as error:
                self.wrong.append(f"{type(error).__name__}: {error}")

    def _version(self) -> str:
        """What a client that comes anew is told. Requests takes four times the processor for it,
        and the bots that are watched need that."""
        with closing(HTTPConnection(urlsplit(self.url).netloc, timeout=5)) as connection:
            connection.request("GET", "/version")
            answer = connection.getresponse()
            said = answer.read()
        if answer.status != HTTPStatus.OK:
            raise ValueError(f"answered {answer.status}: {said!r}")
        return str(json.loads(said)["version"])


@dataclass
class Line:
    """The bot of one database, which may be killed and is started again."""

    workspace: Workspace
    spot: Spot
    settings: Settings
    passed: Path
    process: Any = None
    ends: Ends = ()
    deaths: int = 0
    looks: bool = False
    """Whether its bot looks around all the time."""

    def __post_init__(self) -> None:
        self.store = open_store(self.settings.database_url)

    def begin(self, ends: Ends = ()) -> None:
        """A bot that will die at each of ``ends``."""
        self.stop()
        self.passed.write_text("")
        self.ends, self.deaths = ends, 0
        self._start()

    def _start(self) -> None:
        end = self.ends[self.deaths] if self.deaths < len(self.ends) else ""
        told = (self.settings, self.passed, end, self.looks)
        self.process = FORKS.Process(target=mortal.run, args=told)
        self.process.start()

    def keep_alive(self) -> None:
        """What a process supervisor does."""
        if self.process is None or not self.process.is_alive():
            if self.process is not None:
                self.deaths += 1
                is_meant = self.process.exitcode == -signal.SIGKILL
                assert is_meant and self.deaths <= len(self.ends), "it ended by itself"
            self._start()

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.join()

    def newest(self) -> Deployment | None:
        with self.store.read() as session:
            row = session.query(Deployment).order_by(Deployment.id.desc()).first()
            session.expunge_all()
        return row

    def ask(self, text: str, by: str) -> None:
        """Say it until it is on record: who is not answered says it again."""
        before = self.newest()

        def said() -> bool:
            self.keep_alive()
            if not self.workspace.get("boot", as_=by)["app"]["connected"]:
                return False
            self.workspace.post("command", as_=by, channel=self.spot.channel, text=text)
            now = self.newest()
            return now is not None and (before is None or now.id > before.id)

        eventually(said, text, within=LONG, every=0.05)

    def approve(self) -> None:
        """Click Approve wherever it is offered."""
        for card in self.workspace.cards(self.spot.channel)[-1:]:
            for element in elements(card):
                if element.label == "Approve":
                    self.workspace.presses(element, card["ts"], "U0CLEO", self.spot.channel)

    def settle(self) -> Deployment:
        """Keep the bot alive and approve, until the newest deployment has ended and is shown."""

        def done() -> Deployment | None:
            self.keep_alive()
            row = self.newest()
            if row and row.state == "waiting":
                self.approve()
            return row if row and row.state in FINISHED and self._told(row) else None

        row = eventually(done, "the end of the deployment", within=LONG, every=0.1)
        assert row is not None
        return row

    def _told(self, row: Deployment) -> bool:
        """The card shows the end, its history is posted, and the work itself has ended."""
        return self.is_quiet(deployment(row.id)) and self._shown(row)

    def is_quiet(self, of: Subject) -> bool:
        """The history of it is posted, and no work at all is under way."""
        with self.store.read() as session:
            untold = session.query(Note).filter_by(of=of, ts="").count()
            at_work = session.scalar(
                text("SELECT count(*) FROM workflow_status WHERE status IN ('PENDING', 'ENQUEUED')")
            )
        return not untold and not at_work

    def _shown(self, row: Deployment) -> bool:
        cards = self.workspace.cards(self.spot.channel)
        word = {"live": "Live", "rolled_back": "rolled back", "not_built": "Not built"}.get(
            row.state, ""
        )
        return bool(cards) and word in words(cards[-1])

    def history(self, card: JSON) -> list[JSON]:
        return self.workspace.messages(self.spot.channel, "U0ANA", thread=card["ts"])[1:]

    def check(self, row: Deployment, state: str, serves: str) -> None:
        """The oracles: ended as it should, once, nothing left over, the chain unbroken."""
        assert row.state == state, (row.state, row.failure)
        assert requests.get(f"{self.spot.url()}/version", timeout=5).json()["version"] == serves
        assert self._notes_doubled() == []
        assert self.instances(row) == 1
        with self.store.read() as session:
            held = session.query(Lock).filter_by(kind="operation", released_at=None).count()
            count, problem = audit.verify(session)
            cards = session.query(Card).count()
        assert (held, problem) == (0, "")
        assert count > 0
        assert len(self.workspace.cards(self.spot.channel)) == cards

    def _notes_doubled(self) -> list[Any]:
        card = self.workspace.cards(self.spot.channel)[-1]
        said = Counter(str(m.get("metadata")) for m in self.history(card))
        return [note for note, times in said.items() if times > 1]

    def instances(self, row: Deployment) -> int:
        """How many processes of the service run here; the bot's own and the router are others."""
        home = str(self.settings.data / "process")
        count = 0
        for process in psutil.process_iter():
            try:
                command, folder = process.cmdline(), process.cwd()
            except psutil.Error:
                continue
            count += "server.py" in command and folder.startswith(home) and row.service in folder
        return count
