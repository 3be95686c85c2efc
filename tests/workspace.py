"""A person in front of the local workspace: types, clicks, reads. Speaks the page's own API, so
whatever a test does here somebody can do in the browser, and sees what they would see."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import requests

T = TypeVar("T")
JSON = dict[str, Any]

PATIENCE = 60.0
"""Seconds any awaited condition may take on a busy machine."""

RARELY = 0.25
"""Seconds between looks at what takes long: each costs the playground and the test several
milliseconds, and at ten a second they take an eighth of the processor."""

PING = 1.0
"""Seconds between the pings of the tests' Bolt apps. After four without an answer Slack's client
takes its connection for dead and drops what it was reading, which a busy machine must not cause."""


def eventually(
    look: Callable[[], T], what: str = "it", within: float = PATIENCE, every: float = 0.02
) -> T:
    """The first truthy answer of ``look``; fails with the last one when none comes in time. What
    takes longer is looked at less often, for what it waits for needs the processor too."""
    began = time.monotonic()
    last: T | None = None
    while (waited := time.monotonic() - began) < within:
        last = look()
        if last:
            return last
        time.sleep(max(every, min(waited / 10, RARELY)))
    raise AssertionError(f"{what} did not happen within {within:.0f} s; last seen: {last!r}")


def _session() -> requests.Session:
    """One for each thread: a connection for every look would cost more than the look."""
    if not hasattr(_OPEN, "session"):
        _OPEN.session = requests.Session()
        _OPEN.session.trust_env = False
    session: requests.Session = _OPEN.session
    return session


_OPEN = threading.local()


def words(part: Any) -> str:
    """All that can be read in a message, a view or a part of either."""
    if isinstance(part, dict):
        own = [part["text"]] if isinstance(part.get("text"), str) else []
        own += [part["title"]] if isinstance(part.get("title"), str) else []
        return " ".join(
            own + [w for v in part.values() if (w := words(v)) and not isinstance(v, str)]
        )
    if isinstance(part, list):
        return " ".join(w for v in part if (w := words(v)))
    return ""


@dataclass(frozen=True)
class Element:
    """Something to click, with where it stands."""

    block_id: str
    action_id: str
    label: str
    raw: JSON


def elements(part: Any) -> list[Element]:
    """Every element of a message or view that can be used."""
    found = []
    for block in part.get("blocks", []):
        inner = [*block.get("elements", []), block.get("accessory"), block.get("element")]
        for raw in inner:
            if isinstance(raw, dict) and "action_id" in raw:
                label = words(raw.get("text") or raw.get("placeholder") or {})
                found.append(Element(block.get("block_id", ""), raw["action_id"], label, raw))
    return found


def labels(part: Any) -> list[str]:
    """What its buttons and fields are called."""
    return [element.label for element in elements(part)]


def request(url: str, body: Any = None, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    """Send one HTTP request exactly as it is written; a refused one is an answer too."""
    data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    sent = urllib.request.Request(url, data=data, headers=headers or {})
    try:
        with urllib.request.urlopen(sent, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read()


@dataclass
class Workspace:
    """One local workspace; every verb names who acts."""

    base_url: str

    def get(self, what: str, **query: Any) -> JSON:
        query = {("as" if k == "as_" else k): v for k, v in query.items()}
        return self._answer(
            _session().get(f"{self.base_url}/_play/{what}", params=query, timeout=20)
        )

    def post(self, what: str, **body: Any) -> JSON:
        body = {("as" if k == "as_" else k): v for k, v in body.items()}
        return self._answer(_session().post(f"{self.base_url}/_play/{what}", json=body, timeout=20))

    @staticmethod
    def _answer(answer: requests.Response) -> JSON:
        assert answer.status_code < 500, answer.text
        result: JSON = answer.json()
        return result

    def messages(self, channel: str, as_: str, thread: str = "") -> list[JSON]:
        query = {"thread_ts": thread} if thread else {}
        found: list[JSON] = self.get("messages", as_=as_, channel=channel, **query)["messages"]
        return found

    def privates(self, channel: str, as_: str) -> list[JSON]:
        return [m for m in self.messages(channel, as_) if m.get("ephemeral")]

    def types(self, text: str, as_: str, channel: str) -> str:
        """Type a slash command; returns what only this person reads in answer, which is nothing
        where a form opens instead."""
        before = {m["ts"] for m in self.privates(channel, as_)}
        form = self.modal(as_)
        answer = self.post("command", as_=as_, channel=channel, text=text)
        if not answer["ok"]:
            return str(answer["error"])

        def answered() -> str:
            new = [m for m in self.privates(channel, as_) if m["ts"] not in before]
            opened = self.modal(as_) not in (None, form)
            return words(new[-1]) if new else "\0" if opened else ""

        return eventually(answered, f"an answer to {text!r}").strip("\0")

    def clicks(self, label: str, message: JSON, as_: str, channel: str) -> JSON:
        """Click what is labelled ``label`` on a message."""
        target = next((e for e in elements(message) if e.label == label), None)
        assert target, f"no {label!r} among {[e.label for e in elements(message)]}"
        answer = self.presses(target, message["ts"], as_, channel)
        assert answer["ok"], answer
        return answer

    def presses(self, target: Element, ts: str, as_: str, channel: str) -> JSON:
        return self.post(
            "action",
            as_=as_, channel=channel, ts=ts,
            block_id=target.block_id, action_id=target.action_id,
        )  # fmt: skip

    def reads_after(self, act: Callable[[], Any], as_: str, channel: str) -> str:
        """What this person is privately told because of ``act``."""
        before = {m["ts"] for m in self.privates(channel, as_)}
        act()

        def look() -> str:
            new = [m for m in self.privates(channel, as_) if m["ts"] not in before]
            return words(new[-1]) if new else ""

        return eventually(look, "a private answer")

    def cards(self, channel: str, as_: str = "U0ANA") -> list[JSON]:
        return [
            m for m in self.messages(channel, as_) if m.get("bot_id") and not m.get("ephemeral")
        ]

    def card(self, channel: str, saying: str, within: float = PATIENCE) -> JSON:
        """The newest card of a channel, once it says ``saying``."""

        def look() -> JSON | None:
            found = self.cards(channel)
            return found[-1] if found and saying in words(found[-1]) else None

        try:
            return eventually(look, f"a card saying {saying!r}", within) or {}
        except AssertionError:
            found = self.cards(channel)
            raise AssertionError(
                f"no card saying {saying!r}; it says: {words(found[-1]) if found else 'nothing'}"
            ) from None

    def modal(self, as_: str) -> JSON | None:
        """The modal this person has in front of them."""
        stack = self.get("modal", as_=as_)["stack"]
        return stack[-1] if stack else None

    def fills(self, as_: str, **values: Any) -> JSON:
        """Fill the open modal by block id, and submit it."""
        view = eventually(lambda: self.modal(as_), "a modal")
        assert view
        filled: dict[str, JSON] = {}
        for element in elements(view):
            if element.block_id in values:
                filled[element.block_id] = {element.action_id: values[element.block_id]}
        return self.post("submit", as_=as_, view_id=view["id"], values=filled)

    @property
    def violations(self) -> list[str]:
        found: list[str] = self.get("violations")["violations"]
        return found

    def control(self, action: str, **more: Any) -> JSON:
        return self.post("control", action=action, **more)

    def violated(self) -> list[str]:
        """What the app did that Slack would not accept, to be expected from here on no more."""
        found = self.violations
        self.control("clear_violations")
        return found


def given_up(workspace: Workspace, act: Callable[[], T]) -> T:
    """What ``act`` comes to when the app lets its time run out, without waiting for that: once
    it was delivered, the workspace's clock goes on by as much as any answer may take."""
    before = len(workspace.get("inspector")["entries"])
    with ThreadPoolExecutor(1) as pool:
        acting = pool.submit(act)
        eventually(lambda: len(workspace.get("inspector")["entries"]) > before, "the delivery")
        workspace.control("advance", seconds=PATIENCE)
        return acting.result()


@dataclass
class Person:
    """One person in front of the workspace; speaks for nobody else."""

    base_url: str
    user: str

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.base_url)

    def get(self, what: str, **query: str) -> JSON:
        return self.workspace.get(what, as_=self.user, **query)

    def do(self, what: str, **fields: Any) -> JSON:
        return self.workspace.post(what, as_=self.user, **fields)

    def command(self, text: str, channel: str = "C0OPS") -> JSON:
        return self.do("command", channel=channel, text=text)

    def messages(self, channel: str = "C0OPS", thread_ts: str = "") -> list[JSON]:
        return self.workspace.messages(channel, self.user, thread_ts)

    def newest(self, channel: str = "C0OPS") -> JSON:
        return self.messages(channel)[-1]

    def click(self, message: JSON, action_id: str, block_id: str, value: Any = None) -> JSON:
        where = {"channel": "C0OPS", "ts": message["ts"], "block_id": block_id}
        return self.do("action", **where, action_id=action_id, value=value)

    def modal(self) -> JSON:
        """Return the modal in front, which must be there."""
        found = self.workspace.modal(self.user)
        assert found, "no modal is open"
        return found
