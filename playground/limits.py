"""Slack's rate limits: a token bucket for each method, and one for each channel posted to."""

from collections import Counter
from dataclasses import dataclass
from math import ceil

from playground.clock import Clock

# Requests per minute of each tier, https://docs.slack.dev/apis/web-api/rate-limits
_PER_MINUTE = {1: 1, 2: 20, 3: 50, 4: 100}
TIERS = {
    1: ["apps.connections.open"],
    2: [
        *("bookmarks.add", "conversations.archive", "conversations.create", "conversations.list"),
        *("conversations.setTopic", "emoji.list", "pins.add", "pins.list", "pins.remove"),
        *("reactions.remove", "usergroups.create", "usergroups.list", "usergroups.update"),
        *("usergroups.users.list", "usergroups.users.update", "users.conversations", "users.list"),
    ],
    3: [
        *("bookmarks.list", "bots.info", "chat.delete", "chat.deleteScheduledMessage"),
        *("chat.scheduleMessage", "chat.scheduledMessages.list", "chat.update"),
        *("conversations.history", "conversations.info", "conversations.invite"),
        *("conversations.join", "conversations.open", "conversations.replies", "files.delete"),
        *("reactions.add", "reactions.get", "team.info", "users.lookupByEmail"),
    ],
    4: [
        *("api.test", "chat.postEphemeral", "conversations.members", "oauth.v2.access"),
        *("files.completeUploadExternal", "files.getUploadURLExternal", "files.info"),
        *("users.info", "users.profile.get"),
        *("views.open", "views.publish", "views.push", "views.update"),
    ],
}
_TIER = {method: tier for tier, methods in TIERS.items() for method in methods}
# "Hundreds of requests per minute": auth.test, chat.getPermalink.
_SPECIAL = {"auth.test": 600, "chat.getPermalink": 600}
_POSTING = ("chat.postMessage", "response_url")
_POST_BURST = 5
_POST_PER_SECOND = 1.0
_POSTS_OF_WORKSPACE = 300  # "several hundred messages per minute per workspace"
EVENTS_PER_HOUR = 30_000
_MINUTE = 60


@dataclass
class _Bucket:
    left: float
    at: float


class Limits:
    """Off until switched on; then answers how long a request must wait."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}
        self._events: Counter[int] = Counter()
        self.events_per_hour = EVENTS_PER_HOUR
        self.strict = False

    def wait(self, method: str, channel: str) -> int:
        """Return 0 and take a token, or the whole seconds of ``Retry-After``."""
        if not self.strict:
            return 0
        if method in _POSTING:
            in_channel = self._take(f"post {channel}", _POST_BURST, _POST_PER_SECOND)
            return in_channel or self._per_minute("post", _POSTS_OF_WORKSPACE)
        tier = _TIER.get(method)
        per_minute = _PER_MINUTE[tier] if tier else _SPECIAL.get(method, 0)
        return self._per_minute(method, per_minute) if per_minute else 0

    def event(self) -> int | None:
        """Count an event; return None, or when the minute began in which it is one too many."""
        if not self.strict:
            return None
        minute = int(self._clock.now()) // _MINUTE
        for old in [m for m in self._events if m <= minute - _MINUTE]:
            del self._events[old]
        if self._events.total() >= self.events_per_hour:
            return minute * _MINUTE
        self._events[minute] += 1
        return None

    def _per_minute(self, key: str, count: int) -> int:
        return self._take(key, count, count / 60)

    def _take(self, key: str, burst: float, per_second: float) -> int:
        now = self._clock.now()
        bucket = self._buckets.setdefault(key, _Bucket(burst, now))
        bucket.left = min(burst, bucket.left + (now - bucket.at) * per_second)
        bucket.at = now
        if bucket.left < 1:
            return ceil((1 - bucket.left) / per_second)
        bucket.left -= 1
        return 0
