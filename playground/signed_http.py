"""Signed HTTP requests to the app, SLACK.md 2.3; the same envelopes as over a socket."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import aiohttp

from playground import ids
from playground.background import Background
from playground.envelope import DeliveryFailed, Envelope
from playground.inspector import Exchange, Inspector
from playground.manifest import RequestUrls
from playground.shapes import parse

_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"
_AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"
_MAX_REDIRECTS = 2
_LOOK_AGAIN = 0.1
_PATIENCE = aiohttp.ClientTimeout(total=None)  # the dispatch ends it, on the workspace's clock
_CONTENT = {"slash_commands": _FORM, "interactive": _FORM, "events_api": _JSON}


@dataclass(frozen=True)
class Answer:
    """What the app answered."""

    status: int
    headers: Mapping[str, str]
    kind: str
    text: str


class SignedHttp:
    """Posts every delivery to the URL the manifest has for it."""

    def __init__(
        self,
        urls: RequestUrls,
        secret: str,
        inspector: Inspector,
        on_change: Callable[[bool], None],
    ) -> None:
        self._urls = urls
        self._secret = secret
        self._inspector = inspector
        self._on_change = on_change
        self._session: aiohttp.ClientSession | None = None
        self._looking = Background()
        self._complained = False
        self._accepted = False
        self.connected = False

    async def open(self) -> None:
        """Look for the app until it is there."""
        connector = aiohttp.TCPConnector(limit=0)
        self._session = aiohttp.ClientSession(connector=connector, timeout=_PATIENCE)
        if any(self._urls.all()):
            self._looking.start(self._look())

    async def _look(self) -> None:
        while not await self._verified():
            await asyncio.sleep(_LOOK_AGAIN)
        self._accepted = True
        self._set_connected(True)

    async def _verified(self) -> bool:
        """Ask as Slack does before it uses a URL: an echo for events, a word about SSL else."""
        try:
            if self._urls.events:
                return await self._echoes(self._urls.events)
            return await self._says_yes(next(iter(self._urls.all())))
        except (aiohttp.ClientError, OSError):
            return False

    async def _echoes(self, url: str) -> bool:
        challenge = ids.mixed(52)
        asked = {"token": ids.mixed(24), "challenge": challenge, "type": "url_verification"}
        answer = await self._post(url, json.dumps(asked), _JSON, {})
        echoed = answer.status == 200 and challenge in answer.text
        why = f"{url} does not echo the challenge (HTTP {answer.status}): nothing is sent there"
        return self._judged(
            Exchange("envelope", "url_verification", echoed, asked, answer.text), why
        )

    async def _says_yes(self, url: str) -> bool:
        """Ask as Slack does from time to time, with a GET; Bolt's own servers know only POST."""
        asked = {"ssl_check": "1", "token": ids.mixed(24)}
        answer = await self._send("GET", f"{url}?{urlencode(asked)}", "", {})
        if answer.status != 200:
            answer = await self._post(url, urlencode(asked), _FORM, {})
        why = f"{url} does not answer ssl_check with 200 but {answer.status}: nothing is sent there"
        said = Exchange("envelope", "ssl_check", answer.status == 200, asked, answer.text)
        return self._judged(said, why)

    def _judged(self, said: Exchange, why: str) -> bool:
        """Record the answer to a question about a URL; the same complaint only once."""
        if said.ok or not self._complained:
            self._inspector.log(said if said.ok else replace(said, violation=why))
        self._complained = not said.ok
        return said.ok

    def _set_connected(self, connected: bool) -> None:
        if connected != self.connected:
            self.connected = connected
            self._on_change(connected)

    async def carry(self, envelope: Envelope) -> Any:
        """Post the payload; the answer's body is what an ack would carry."""
        url = self._urls.of(envelope.type, envelope.name)
        if not url:
            why = f"the manifest has no URL for {envelope.name}"
            raise DeliveryFailed("dispatch_failed", "unknown_error", why, final=True)
        if (
            not self._accepted
        ):  # Slack does not even save such a URL; why was said when it was asked
            raise DeliveryFailed("dispatch_failed", "connection_failed")
        answer = await self._answer(envelope, url)
        fine = 200 <= answer.status < 300 if envelope.retry else answer.status == 200
        if not fine:
            why = f"HTTP {answer.status}: dispatch_failed"
            final = answer.headers.get("X-Slack-No-Retry") == "1"
            raise DeliveryFailed("dispatch_failed", "http_error", why, final=final)
        return _body(envelope, answer)

    async def _answer(self, envelope: Envelope, url: str) -> Answer:
        try:
            headers = _retry_headers(envelope)
            return await self._post(url, _encoded(envelope), _CONTENT[envelope.type], headers)
        except aiohttp.ClientSSLError:
            raise DeliveryFailed("dispatch_failed", "ssl_error") from None
        except aiohttp.TooManyRedirects:
            why = f"more than {_MAX_REDIRECTS} redirects"
            raise DeliveryFailed("dispatch_failed", "too_many_redirects", why) from None
        except (aiohttp.ClientConnectionError, OSError):
            self._lost()
            raise DeliveryFailed("dispatch_failed", "connection_failed") from None
        except aiohttp.ClientError as problem:
            raise DeliveryFailed("dispatch_failed", "unknown_error", str(problem)) from None

    def _lost(self) -> None:
        if self.connected:
            self._set_connected(False)
            self._looking.start(self._look())

    def timed_out(self, envelope: Envelope) -> DeliveryFailed:
        """Whoever accepts a request and does not answer it is to blame."""
        why = f"no answer to {envelope.name} within 3 seconds: operation_timeout"
        return DeliveryFailed("operation_timeout", "http_timeout", why)

    async def _post(self, url: str, body: str, kind: str, extra: Mapping[str, str]) -> Answer:
        return await self._send("POST", url, body, {**extra, "Content-Type": kind})

    async def _send(self, verb: str, url: str, body: str, extra: Mapping[str, str]) -> Answer:
        if self._session is None:
            raise RuntimeError("the line is not open")
        headers = {**signature(self._secret, body, time.time()), **extra}
        headers |= {"User-Agent": _AGENT, "Accept": "application/json,*/*"}
        sent = self._session.request(
            verb, url, data=body.encode() or None, headers=headers, max_redirects=_MAX_REDIRECTS
        )
        async with sent as answer:
            text = await answer.text(errors="replace")
            return Answer(answer.status, answer.headers, answer.content_type, text)

    async def close(self) -> None:
        """Look no more."""
        await self._looking.close()
        if self._session is not None:
            await self._session.close()


def signature(secret: str, body: str, at: float) -> dict[str, str]:
    """Return the headers that prove who sent this.

    ``at`` is the machine's time, also where the workspace's was moved: the app compares it with
    its own clock.
    """
    base = f"v0:{int(at)}:{body}".encode()
    digest = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(int(at)), "X-Slack-Signature": f"v0={digest}"}


def _encoded(envelope: Envelope) -> str:
    if envelope.type == "slash_commands":
        return urlencode(envelope.payload)
    payload = json.dumps(envelope.payload)
    return urlencode({"payload": payload}) if envelope.type == "interactive" else payload


def _retry_headers(envelope: Envelope) -> dict[str, str]:
    if not envelope.retry or not envelope.retry[0]:
        return {}
    number, reason = envelope.retry
    return {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reason}


def _body(envelope: Envelope, answer: Answer) -> Any:
    """Return the answer as an ack of Socket Mode would say it."""
    if not answer.text:
        return None
    if answer.kind != _JSON:
        return {"text": answer.text} if envelope.type == "slash_commands" else answer.text
    try:
        return parse(answer.text)
    except ValueError:
        return answer.text
