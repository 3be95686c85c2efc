"""Calling the Web API, with arguments that are made fresh for each call."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from playground.server import Playground
from tests.workspace import JSON, Person, request

TOKEN = "xoxb-playground"


def post(playground: Playground, method: str, token: str, args: JSON) -> JSON:
    """Call a method with a form, as Slack's Node client does: what is nested goes as JSON."""
    flat = {k: v if isinstance(v, str) else json.dumps(v) for k, v in args.items()}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    body = urlencode({**flat, **({"token": token} if token else {})}).encode()
    _, answer = request(f"{playground.api_url}{method}", body, headers)
    found: JSON = json.loads(answer)
    return found


@dataclass
class Caller:
    """Calls methods as the app does; a subclass makes what ``$`` words in arguments ask for."""

    playground: Playground

    def call(self, method: str, **args: Any) -> JSON:
        """Call a method as the app, with ``$`` arguments made; ``_token`` is another token."""
        filled = {key: self.filled(value) for key, value in args.items()}
        return post(self.playground, method, filled.pop("_token", TOKEN), filled)

    def done(self, method: str, **args: Any) -> JSON:
        """Call a method that has to work."""
        answer = self.call(method, **args)
        assert answer["ok"], (method, answer)
        return answer

    def filled(self, value: Any) -> Any:
        """Return the value with ``$`` words made."""
        if isinstance(value, dict):
            return {key: self.filled(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.filled(item) for item in value]
        if isinstance(value, str) and value.startswith("$"):
            return getattr(self, value[1:])()
        return value

    @property
    def ana(self) -> Person:
        return Person(self.playground.base_url, "U0ANA")

    def now(self) -> int:
        return int(float(self.done("emoji.list")["cache_ts"]))

    def advance(self, seconds: float) -> None:
        self.ana.do("control", action="advance", seconds=seconds)
