"""What went over the wire, and what Slack would not have accepted."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playground.bus import Bus
from playground.clock import Clock
from playground.shapes import JSON

_KEPT = 2_000


@dataclass(frozen=True)
class Exchange:
    """One thing that crossed the wire: an API request, an envelope, its ack, a response URL.

    ``violation`` is what Slack would refuse in it, ``doubt`` what its documentation does not allow.
    """

    kind: str
    name: str
    ok: bool
    request: Any = None
    response: Any = None
    ms: float = 0.0
    violation: str | None = None
    doubt: str | None = None


class Inspector:
    """A ring of exchanges, and every violation since it was last cleared.

    ``complain`` hears of each violation at once.
    """

    def __init__(self, bus: Bus, clock: Clock) -> None:
        self._bus = bus
        self._clock = clock
        self._entries: deque[JSON] = deque(maxlen=_KEPT)
        self._count = 0
        self.violations: list[str] = []
        self.complain: Callable[[str], None] | None = None

    def log(self, exchange: Exchange) -> None:
        """Record an exchange and show it to every open page."""
        self._count += 1
        entry = {
            "n": self._count,
            "kind": exchange.kind,
            "at": self._clock.now(),
            "name": exchange.name,
            "ms": round(exchange.ms, 1),
            "ok": exchange.ok,
            "request": exchange.request,
            "response": exchange.response,
        }
        if exchange.doubt:
            entry["doubt"] = exchange.doubt
        if exchange.violation:
            entry["violation"] = exchange.violation
            self._violate(f"{exchange.name}: {exchange.violation}")
        self._entries.append(entry)
        self._bus.publish({"type": "inspector", "entry": entry})

    def since(self, n: int) -> list[JSON]:
        """Return the entries numbered above ``n`` that are still kept, oldest first."""
        return [e for e in self._entries if e["n"] > n]

    def _violate(self, text: str) -> None:
        self.violations.append(text)
        self._bus.publish({"type": "violation", "text": text})
        if self.complain:
            self.complain(text)
