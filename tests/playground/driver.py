"""A person at the page: reads and acts over the page API, and waits for what must come."""

import json
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
JSON = dict[str, Any]


def eventually(look: Callable[[], T], seconds: float = 5.0) -> T:
    """Return the first truthy look within the time, or fail."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.01)
    return found


def request(url: str, body: Any = None, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    """Send one HTTP request; a refused one is an answer too."""
    data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    sent = urllib.request.Request(url, data=data, headers=headers or {})
    try:
        with urllib.request.urlopen(sent, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read()


class Person:
    """One person at the page."""

    def __init__(self, base_url: str, user: str) -> None:
        self.base_url = base_url
        self.user = user

    def get(self, name: str, **query: str) -> JSON:
        words = urllib.parse.urlencode({"as": self.user, **query})
        _, body = request(f"{self.base_url}/_play/{name}?{words}")
        answer: JSON = json.loads(body)
        return answer

    def do(self, name: str, **fields: Any) -> JSON:
        _, body = request(f"{self.base_url}/_play/{name}", {"as": self.user, **fields})
        answer: JSON = json.loads(body)
        return answer

    def command(self, text: str, channel: str = "C0OPS") -> JSON:
        return self.do("command", channel=channel, text=text)

    def messages(self, channel: str = "C0OPS", **query: str) -> list[JSON]:
        found: list[JSON] = self.get("messages", channel=channel, **query)["messages"]
        return found

    def newest(self, channel: str = "C0OPS") -> JSON:
        return self.messages(channel)[-1]

    def click(self, message: JSON, action_id: str, block_id: str, value: Any = None) -> JSON:
        return self.do(
            "action",
            channel="C0OPS",
            ts=message["ts"],
            block_id=block_id,
            action_id=action_id,
            value=value,
        )

    def modal(self) -> JSON:
        """Return the modal in front."""
        top: JSON = self.get("modal")["stack"][-1]
        return top
