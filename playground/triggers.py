"""Trigger ids: the permission to open a modal, good for 3 seconds and one use."""

from dataclasses import dataclass
from itertools import takewhile

from playground import ids
from playground.clock import Clock

_SECONDS = 3.0
_REMEMBERED = 600.0  # after this long an expired trigger is one that never was


class TriggerRefused(Exception):
    """The trigger id opens nothing; ``code`` is Slack's error."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class _Issued:
    user: str
    at: float
    used: bool = False


class Triggers:
    """Trigger ids issued with payloads, and whose they are."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, _Issued] = {}

    def issue(self, user: str) -> str:
        """Return a new trigger id for something this person just did."""
        now = self._clock.now()
        self._forget(now - _REMEMBERED)
        trigger = f"{int(now * 1000)}.{ids.digits(13)}.{ids.hexadecimal(32)}"
        self._issued[trigger] = _Issued(user, now)
        return trigger

    def _forget(self, before: float) -> None:
        old = takewhile(lambda item: item[1].at < before, self._issued.items())
        for trigger, _ in list(old):
            del self._issued[trigger]

    def exchange(self, trigger: str) -> str:
        """Use a trigger id up and return whose it was; raise TriggerRefused."""
        issued = self._issued.get(trigger)
        if issued is None:
            raise TriggerRefused("invalid_trigger_id")
        if issued.used:
            raise TriggerRefused("exchanged_trigger_id")
        if self._clock.now() - issued.at > _SECONDS:
            raise TriggerRefused("expired_trigger_id")
        issued.used = True
        return issued.user
