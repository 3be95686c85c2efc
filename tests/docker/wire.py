"""One question to an Engine, for what tests do beside the code under test."""

from __future__ import annotations

import base64
import json
import socket
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

LIMIT = 60.0


class Refused(Exception):
    """The Engine said no; ``status`` is how."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(f"{status} {said}")
        self.status = status


class _Connection(HTTPConnection):
    def __init__(self, path: Path, limit: float) -> None:
        super().__init__("docker", timeout=limit)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def ask(
    path: Path, method: str, target: str, body: Any = None, who: tuple[str, str] | None = None
) -> Any:
    """The answer, from JSON where it is; ``body`` is sent as JSON unless it is bytes. ``who`` are
    the credentials for a registry, which some questions need even where they are empty."""
    connection = _Connection(path, LIMIT)
    kind = "application/x-tar" if isinstance(body, bytes) else "application/json"
    headers = {"Content-Type": kind}
    if who is not None:
        facts = {"username": who[0], "password": who[1]} if who[0] else {}
        headers["X-Registry-Auth"] = base64.urlsafe_b64encode(json.dumps(facts).encode()).decode()
    sent = body if isinstance(body, bytes) or body is None else json.dumps(body)
    try:
        connection.request(method, target.replace(" ", "%20"), sent, headers)
        answer = connection.getresponse()
        text = answer.read()
    finally:
        connection.close()
    if answer.status >= 400:
        raise Refused(answer.status, text.decode("utf-8", "replace"))
    is_json = answer.headers.get("Content-Type", "").startswith("application/json")
    if is_json and b"\n{" not in text.strip():
        return json.loads(text) if text else None
    return text
