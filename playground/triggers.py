"""Trigger ids: the permission to open a modal, good for 3 seconds and one use."""

from dataclasses import dataclass

from playground import ids
from playground.clock import Clock

_SECONDS = 3.0
_REMEMBERED = 10_000


class TriggerRefused(Exception):
    """The trigger id opens nothing; ``code`` is Slack's error."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class _Trigger:
    user: str
    at: float
    used: bool = False


class Triggers:
    """Trigger ids issued with payloads, and whose they are; the oldest are forgotten."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, _Trigger] = {}

    def issue(self, user: str) -> str:
        """Return a new trigger id for something this person just did."""
        now = self._clock.now()
        trigger = f"{int(now * 1000)}.{ids.digits(13)}.{ids.hexadecimal(32)}"
        self._issued[trigger] = _Trigger(user, now)
        if len(self._issued) > _REMEMBERED:
            del self._issued[next(iter(self._issued))]
        return trigger

    def exchange(self, trigger: str) -> str:
        """Use a trigger id up and return whose it was; raise TriggerRefused."""
        if (found := self._issued.get(trigger)) is None:
            raise TriggerRefused("invalid_trigger_id")
        if found.used:
            raise TriggerRefused("exchanged_trigger_id")
        if self._clock.now() - found.at > _SECONDS:
            raise TriggerRefused("expired_trigger_id")
        found.used = True
        return found.user
