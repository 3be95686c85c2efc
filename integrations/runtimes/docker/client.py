"""One Docker Engine, asked through the Docker SDK: bounded in connections, in time and in size, and
every failure one sentence.

The SDK carries the questions (sockets, TLS, SSH); its shortcuts are left alone, because they use
the credentials of whoever runs them and pull what is missing.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import IO, Any
from urllib.parse import quote, urlsplit

import requests
from docker import APIClient

from handlers.ports import PortError
from integrations.runtimes.docker.call import Call
from integrations.runtimes.docker.dial import one_sentence, opened
from integrations.runtimes.docker.talk import SIZE, Task, spoken, unframed

LIMIT = 20.0  # seconds one question may take in all
STALL = 60.0  # seconds without a word in a long answer
AT_ONCE = 8  # questions to one Engine at the same time
LOOKING = 4  # of those, the ones of who only looks at many
FULL = "no space left on device"
USED_UP = "address pool"


class Refused(PortError):
    """The Engine answered, and it was a no; ``status`` is that of HTTP, ``said`` its own words."""

    def __init__(self, engine: str, status: int, said: str) -> None:
        self.status, self.said = status, said
        is_full, is_used_up = (words in said.lower() for words in (FULL, USED_UP))
        text = f"The Docker Engine {engine} refused: {said}"
        if is_full:
            text = f"The disk of the Docker Engine {engine} is full: {said}"
        if is_used_up:
            text = (
                f"The Docker Engine {engine} has no addresses for another network: give it"
                " `default-address-pools` in its daemon.json, or destroy an environment there and"
                f" remove what is left over (`/ops leftovers`). It says: {said}"
            )
        is_for_good = status < 500 or is_full or is_used_up
        is_away = status == HTTPStatus.SERVICE_UNAVAILABLE  # of a swarm that chooses its leader
        super().__init__(text.rstrip(".") + ".", permanent=is_for_good, away=is_away)


@dataclass(frozen=True)
class Question:
    """Everything that is sent; ``query`` has text, or what becomes JSON. A file that is sent is
    read from where it is open."""

    method: str
    path: str
    body: bytes | IO[bytes] | Iterable[bytes] = b""
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


class Engine:
    """Questions to one Engine. ``name`` is what people call it; it is at ``unix:///path``,
    ``tcp://host:port`` or ``ssh://user@host``; ``tls`` is a folder with ca.pem, cert.pem and
    key.pem."""

    def __init__(self, name: str, address: str, tls: str = "") -> None:
        self.name = name
        self._address = address
        self._tls = tls
        self.one_by_one = threading.Lock()
        """For changes that the Engine itself does not keep apart."""
        self.looking = threading.BoundedSemaphore(LOOKING)
        """So that who changes something need not wait for who looks at everything."""
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._mutex = threading.Lock()
        self._api: APIClient | None = None

    @property
    def host(self) -> str:
        """The name of its machine; empty for this one."""
        return urlsplit(self._address).hostname or ""

    def ask(self, method: str, path: str, body: Any = None, /, **query: Any) -> Any:
        """The answer, read from JSON; None when it is empty. Refused when it is a no."""
        text = self.read(method, path, body, **query)
        if not text.strip():
            return None
        try:
            return json.loads(text)
        except ValueError:
            raise PortError(f"The answer of the Docker Engine {self.name} is no JSON.") from None

    def find(self, path: str, /, **query: Any) -> Any:
        """What is there, None when nothing is."""
        try:
            return self.ask("GET", path, **query)
        except Refused as no:
            if no.status == 404:
                return None
            raise

    def make_sure(
        self, method: str, path: str, /, *fine: int, body: Any = None, **query: Any
    ) -> bool:
        """Ask for a change; an answer with a status of ``fine`` says that it is so already. Whether
        it was this question that made the change."""
        try:
            self.read(method, path, body, **query)
        except Refused as no:
            if no.status not in fine:
                raise
            return False
        return True

    def read(self, method: str, path: str, body: Any = None, /, **query: Any) -> bytes:
        """The answer as it comes; one that is larger than ``SIZE`` is cut there."""
        question = Question(method, path, _plain(body), query)
        with self._asking(question, LIMIT, LIMIT) as (_, pieces):
            text = bytearray()
            for piece in pieces:
                text += piece
                if len(text) >= SIZE:
                    break
            return bytes(text[:SIZE])

    def stream(
        self, path: str, body: Any = None, /, limit: float = LIMIT, **query: Any
    ) -> Generator[bytes, None, None]:
        """The answer piece by piece, for who keeps little of it; a ``body`` is posted."""
        question = Question("GET" if body is None else "POST", path, _plain(body), query)
        with self._asking(question, min(STALL, limit), limit) as (_, pieces):
            yield from pieces

    def follow(
        self, question: Question, limit: float, call: Call | None = None, stall: float = STALL
    ) -> Iterator[dict[str, Any]]:
        """The words of a long task, each as it comes; PortError when it stalls, is too long, or
        ``call`` is hung up."""
        with self._asking(question, stall, limit, call) as (_, pieces):
            rest = b""
            for piece in pieces:
                *lines, rest = (rest + piece).split(b"\n")
                yield from (json.loads(line) for line in lines if line.strip())
                if len(rest) > SIZE:
                    raise ValueError("a line without an end")
            if rest.strip():
                yield json.loads(rest)

    def headers(self, path: str, /, **query: Any) -> Mapping[str, str]:
        """Those of an answer, without its body."""
        with self._asking(Question("HEAD", path, query=query), LIMIT, LIMIT) as (headers, _):
            return headers

    def upload(
        self, path: str, archive: bytes | Iterable[bytes], /, limit: float = LIMIT, **query: Any
    ) -> None:
        """Send a tar archive."""
        question = Question("PUT", path, archive, query)
        with self._asking(question, min(STALL, limit), limit) as (_, pieces):
            deque(pieces, 0)

    def talk(self, container: str, task: Task) -> bytes:
        """Run a program in a container, by its words and never by a shell, and say to it what it
        is given: what it has answered when it ends, that is enough, or its time is up."""
        wanted = {"AttachStdin": True, "AttachStdout": True, "AttachStderr": True}
        made = self.ask("POST", f"/containers/{container}/exec", wanted | {"Cmd": task.words})
        if not task.given:
            return unframed(self.read("POST", f"/exec/{made['Id']}/start", {}))
        with self._turn(LIMIT):
            line = self._client().exec_start(made["Id"], socket=True)
            # For reading only, the way it comes: what is below it can be written to as well.
            below = getattr(line, "_sock", line)
            try:
                return spoken(below, task, LIMIT)
            finally:
                # Over TLS the answer holds the socket as well; over SSH the program that is told
                # to end may have ended.
                for held in (getattr(line, "_response", line), line, below):
                    with suppress(OSError):
                        held.close()

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """End the connections that are kept for the next questions."""
        with self._mutex:
            if self._api is not None:
                self._api.close()
            self._api = None

    @contextmanager
    def _asking(
        self, question: Question, stall: float, limit: float, call: Call | None = None
    ) -> Iterator[tuple[Mapping[str, str], Iterator[bytes]]]:
        """The headers and pieces of an answer, each within ``stall`` seconds and all within
        ``limit``."""
        deadline = time.monotonic() + limit
        kind = "application/x-tar" if question.method == "PUT" else "application/json"
        with self._turn(limit):
            api = self._client()
            # Names in paths come from team.yml and from the Engine itself; they are quoted all the
            # same, so that none can become another question.
            path = f"/v{api.api_version}{quote(question.path, safe='/:@')}"
            with api.request(
                question.method,
                api.base_url + path,
                params={
                    k: v if isinstance(v, str) else json.dumps(v) for k, v in question.query.items()
                },
                data=question.body,
                headers={"Content-Type": kind, **question.headers},
                stream=True,
                timeout=min(stall, limit),
                allow_redirects=False,
            ) as answer:
                if answer.status_code >= 400:
                    raise self._no(answer)
                if call is not None:
                    call.answered(answer)
                yield answer.headers, _within(deadline, answer.iter_content(None))

    @contextmanager
    def _turn(self, limit: float) -> Iterator[None]:
        """One of our few questions at a time; whatever breaks it is one sentence."""
        if not self._turns.acquire(timeout=limit):
            raise PortError(f"The Docker Engine {self.name} is busy with other questions of ours.")
        try:
            with one_sentence(self.name, self._address):
                yield
        finally:
            self._turns.release()

    def _client(self) -> APIClient:
        with self._mutex:
            if self._api is None:
                self._api = opened(self.name, self._address, self._tls, AT_ONCE, LIMIT)
            return self._api

    def _no(self, answer: requests.Response) -> Refused:
        text = answer.raw.read(65536, decode_content=True).decode("utf-8", "replace").strip()
        try:
            text = str(json.loads(text)["message"])
        except (ValueError, KeyError, TypeError):
            text = text or f"HTTP {answer.status_code}"
        return Refused(self.name, answer.status_code, " ".join(text.split())[:400])


def _plain(body: Any) -> bytes:
    if body is None:
        return b""
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def _within(deadline: float, pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        if time.monotonic() > deadline:
            raise TimeoutError
        yield piece


def engine_at(name: str, address: str, tls: str = "") -> Engine:
    return Engine(name, address, tls)
