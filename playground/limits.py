"""Slack's rate limits: a token bucket for each method, and one for each channel posted to."""

from dataclasses import dataclass
from math import ceil

from playground.clock import Clock

# Requests per minute of each tier, https://docs.slack.dev/apis/web-api/rate-limits
_TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
_METHOD_TIERS = {
    "chat.delete": 3,
    "chat.postEphemeral": 4,
    "chat.update": 3,
    "conversations.history": 3,
    "conversations.info": 3,
    "conversations.join": 3,
    "conversations.list": 2,
    "conversations.members": 4,
    "conversations.open": 3,
    "conversations.replies": 3,
    "reactions.add": 3,
    "reactions.get": 3,
    "reactions.remove": 2,
    "team.info": 3,
    "usergroups.list": 2,
    "usergroups.users.list": 2,
    "users.info": 4,
    "users.list": 2,
    "users.lookupByEmail": 3,
    "views.open": 4,
    "views.publish": 4,
    "views.push": 4,
    "views.update": 4,
}
_POST_BURST = 5
_POST_PER_SECOND = 1.0


@dataclass
class _Bucket:
    left: float
    at: float


class Limits:
    """Off until switched on; then answers how long a request must wait."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}
        self.strict = False

    def wait(self, method: str, channel: str) -> int:
        """Return 0 and take a token, or the whole seconds of ``Retry-After``."""
        if not self.strict:
            return 0
        if method == "chat.postMessage":
            return self._take(f"{method} {channel}", _POST_BURST, _POST_PER_SECOND)
        if (tier := _METHOD_TIERS.get(method)) is None:
            return 0
        per_minute = _TIERS[tier]
        return self._take(method, per_minute, per_minute / 60)

    def _take(self, key: str, burst: float, per_second: float) -> int:
        now = self._clock.now()
        bucket = self._buckets.setdefault(key, _Bucket(burst, now))
        bucket.left = min(burst, bucket.left + (now - bucket.at) * per_second)
        bucket.at = now
        if bucket.left < 1:
            return ceil((1 - bucket.left) / per_second)
        bucket.left -= 1
        return 0
