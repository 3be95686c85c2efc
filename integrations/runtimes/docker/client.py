"""One Docker Engine, asked over its API: bounded in connections, in time and in size, and every
failure one sentence.

Written on the standard library: what the usual client does on its own (credentials of whoever runs
it, pulls of images that are missing, time limits for each read only) is what must not happen here.
"""

from __future__ import annotations

import json
import re
import select
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.parse import quote, urlencode

from handlers.ports import PortError
from integrations.runtimes.docker.dial import Dial, Line

OLDEST, NEWEST = (1, 40), (1, 47)
"""Versions of the API that this speaks: what an Engine answers is of the older of both sides'."""
LIMIT = 20.0  # seconds one question may take in all
STALL = 60.0  # seconds without a word in a long answer
AT_ONCE = 8  # questions to one Engine at the same time
SIZE = 8 * 2**20  # bytes of an answer that we are willing to read
SPACE = re.compile(r"no space left on device", re.IGNORECASE)


class Refused(PortError):
    """The Engine answered, and it was a no; ``status`` is that of HTTP, ``said`` its own words."""

    def __init__(self, engine: str, status: int, said: str) -> None:
        self.status, self.said = status, said
        if SPACE.search(said):
            text = f"The disk of the Docker Engine {engine} is full: {said}"
        else:
            text = f"The Docker Engine {engine} refused: {said}"
        super().__init__(text.rstrip(".") + ".", permanent=status < 500 or bool(SPACE.search(said)))


@dataclass(frozen=True)
class Question:
    """Everything that is sent; ``query`` has text, or what becomes JSON."""

    method: str
    path: str
    body: bytes = b""
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


class Engine:
    """Questions to one Engine. ``name`` is what people call it."""

    def __init__(self, name: str, dial: Dial) -> None:
        self.name = name
        self._dial = dial
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._idle: list[Line] = []
        self._mutex = threading.Lock()
        self._version = ""

    def ask(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """The answer, read from JSON; None when it is empty. Refused when it is a no."""
        text = self.read(method, path, body, **query)
        if not text.strip():
            return None
        try:
            return json.loads(text)
        except ValueError:
            raise PortError(f"The answer of the Docker Engine {self.name} is no JSON.") from None

    def find(self, path: str, **query: Any) -> Any:
        """What is there, None when nothing is."""
        try:
            return self.ask("GET", path, **query)
        except Refused as no:
            if no.status == 404:
                return None
            raise

    def make_sure(self, method: str, path: str, *fine: int, body: Any = None, **query: Any) -> None:
        """Ask for a change; an answer with a status of ``fine`` says that it is so already."""
        try:
            self.read(method, path, body, **query)
        except Refused as no:
            if no.status not in fine:
                raise

    def read(self, method: str, path: str, body: Any = None, **query: Any) -> bytes:
        """The answer as it comes; one that is larger than ``SIZE`` is cut there."""
        deadline = time.monotonic() + LIMIT
        question = Question(method, path, _plain(body), query)
        with self._asking(question, deadline) as (line, answer):
            text = bytearray()
            while len(text) < SIZE:
                line.allow(deadline - time.monotonic())
                piece = answer.read1(65536)
                if not piece:
                    line.reusable = not answer.will_close
                    break
                text += piece
            return bytes(text)

    def follow(self, question: Question, limit: float) -> Iterator[dict[str, Any]]:
        """The words of a long task, each as it comes; PortError when it stalls or is too long."""
        deadline = time.monotonic() + limit
        with self._asking(question, deadline) as (line, answer):
            while True:
                line.allow(min(STALL, deadline - time.monotonic()))
                words = answer.readline(SIZE)
                if not words:
                    return
                if words.strip():
                    yield json.loads(words)

    def upload(self, path: str, archive: bytes, **query: Any) -> None:
        """Send a tar archive."""
        self.read("PUT", path, archive, **query)

    def talk(self, container: str, words: list[str], given: bytes, limit: float) -> bytes:
        """Run a program in a container, by its words and never by a shell, and say ``given`` to
        it: what it answers on its two outputs until it ends. PortError when it takes too long."""
        task = {"AttachStdin": True, "AttachStdout": True, "AttachStderr": True, "Cmd": words}
        made = self.ask("POST", f"/containers/{container}/exec", task)
        deadline = time.monotonic() + limit
        with self._line(deadline) as line:
            line.say(self._words(Question("POST", f"/exec/{made['Id']}/start", b"{}")))
            line.allow(deadline - time.monotonic())
            answer = HTTPResponse(line.socket, method="POST")
            answer.begin()
            if answer.status not in (101, 200):
                raise self._no(answer)
            line.say(given)
            return bytes(_outputs(line, answer, deadline))

    def close(self) -> None:
        with self._mutex:
            for line in self._idle:
                line.close()
            self._idle.clear()

    @contextmanager
    def _asking(self, question: Question, deadline: float) -> Iterator[tuple[Line, HTTPResponse]]:
        with self._line(deadline) as line:
            line.say(self._words(question))
            line.allow(deadline - time.monotonic())
            with HTTPResponse(line.socket, method=question.method) as answer:
                answer.begin()
                if answer.status >= 400:
                    raise self._no(answer)
                yield line, answer

    @contextmanager
    def _line(self, deadline: float) -> Iterator[Line]:
        """A connection of our own for a while; whatever breaks it is one sentence."""
        if not self._turns.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise PortError(f"The Docker Engine {self.name} is busy with other questions of ours.")
        line = None
        try:
            line = self._taken(deadline)
            yield line
        except TimeoutError:
            raise PortError(f"The Docker Engine {self.name} gave no answer in time.") from None
        except (OSError, HTTPException, ValueError) as error:
            said = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise PortError(
                f"The Docker Engine {self.name} broke off: {said.rstrip('.')}."
            ) from None
        finally:
            self._turns.release()
            if line is not None:
                self._give_back(line)

    def _taken(self, deadline: float) -> Line:
        with self._mutex:
            while self._idle:
                line = self._idle.pop()
                # Something to read on an idle connection is its end.
                if not select.select([line.socket], [], [], 0)[0]:
                    line.reusable = False
                    return line
                line.close()
        line = self._dial.connect(self.name, max(0.1, deadline - time.monotonic()))
        if not self._version:
            try:
                self._version = self._agreed(line, deadline)
            except BaseException:
                line.close()
                raise
        return line

    def _give_back(self, line: Line) -> None:
        with self._mutex:
            if line.reusable and len(self._idle) < AT_ONCE:
                self._idle.append(line)
                return
        line.close()

    def _agreed(self, line: Line, deadline: float) -> str:
        """The version of the API that both sides speak, as the beginning of every path."""
        line.say(b"GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n")
        line.allow(deadline - time.monotonic())
        with HTTPResponse(line.socket, method="GET") as answer:
            answer.begin()
            answer.read()
        theirs = re.fullmatch(r"(\d+)\.(\d+)", answer.headers.get("Api-Version", ""))
        if answer.status != 200 or theirs is None:
            raise PortError(f"What answers as {self.name} is no Docker Engine.")
        version = int(theirs[1]), int(theirs[2])
        if version < OLDEST:
            text = f"The Docker Engine {self.name} is too old: version 19.03 or newer is needed."
            raise PortError(text, permanent=True)
        return "/v{}.{}".format(*min(version, NEWEST))

    def _words(self, question: Question) -> bytes:
        """A question as it is sent. Names in paths come from team.yml and from the Engine itself;
        they are quoted all the same, so that none can become another question."""
        query = {k: v if isinstance(v, str) else json.dumps(v) for k, v in question.query.items()}
        asked = f"?{urlencode(query)}" if query else ""
        kind = "application/x-tar" if question.method == "PUT" else "application/json"
        lines = [
            f"{question.method} {self._version}{quote(question.path, safe='/:@')}{asked} HTTP/1.1",
            "Host: docker", f"Content-Type: {kind}", f"Content-Length: {len(question.body)}",
            *(f"{name}: {value}" for name, value in question.headers.items()),
        ]  # fmt: skip
        return "\r\n".join([*lines, "", ""]).encode() + question.body

    def _no(self, answer: HTTPResponse) -> Refused:
        text = answer.read(65536).decode("utf-8", "replace").strip()
        try:
            text = str(json.loads(text)["message"])
        except (ValueError, KeyError, TypeError):
            text = text or f"HTTP {answer.status}"
        return Refused(self.name, answer.status, " ".join(text.split())[:400])


def _plain(body: Any) -> bytes:
    if body is None:
        return b""
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def _outputs(line: Line, answer: HTTPResponse, deadline: float) -> bytearray:
    """Both outputs of a program, out of the frames that the Engine puts them into."""
    said, rest = bytearray(), b""
    stream = answer.fp
    while len(said) < SIZE:
        line.allow(deadline - time.monotonic())
        piece = stream.read1(65536)
        if not piece:
            break
        rest += piece
        while len(rest) >= 8 and len(rest) >= 8 + (size := int.from_bytes(rest[4:8], "big")):
            said += rest[8 : 8 + size]
            rest = rest[8 + size :]
    return said


def unframed(text: bytes) -> bytes:
    """The log of a container without a terminal, out of its frames."""
    said = bytearray()
    while len(text) >= 8:
        size = int.from_bytes(text[4:8], "big")
        said += text[8 : 8 + size]
        text = text[8 + size :]
    return bytes(said)


def engine_at(name: str, address: str, tls: str = "") -> Engine:
    return Engine(name, Dial(address, tls))
