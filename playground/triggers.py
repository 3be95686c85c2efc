"""Trigger ids: the permission to open a modal, good for 3 seconds and one use."""

from playground import ids
from playground.clock import Clock

_SECONDS = 3.0


class TriggerRefused(Exception):
    """The trigger id opens nothing; ``code`` is Slack's error."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Triggers:
    """Trigger ids issued with payloads, and whose they are."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, tuple[str, float]] = {}
        self._used: set[str] = set()

    def issue(self, user: str) -> str:
        """Return a new trigger id for something this person just did."""
        now = self._clock.now()
        trigger = f"{int(now * 1000)}.{ids.digits(13)}.{ids.hexadecimal(32)}"
        self._issued[trigger] = (user, now)
        return trigger

    def exchange(self, trigger: str) -> str:
        """Use a trigger id up and return whose it was; raise TriggerRefused."""
        if trigger in self._used:
            raise TriggerRefused("exchanged_trigger_id")
        if trigger not in self._issued:
            raise TriggerRefused("invalid_trigger_id")
        user, at = self._issued[trigger]
        if self._clock.now() - at > _SECONDS:
            raise TriggerRefused("expired_trigger_id")
        self._used.add(trigger)
        return user
