"""Tokens and how an app comes by them: which are valid, of what kind, and until when."""

from dataclasses import dataclass

from playground import ids
from playground.clock import Clock
from playground.people import AppIdentity
from playground.store import Store

_CODE_SECONDS = 600.0
_ROTATING_SECONDS = 12 * 60 * 60


class TokenRefused(Exception):
    """A token or code is of no use; ``code`` is Slack's error."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Grant:
    """A bot token given out; with token rotation it expires and comes with a refresh token."""

    token: str
    refresh: str = ""
    seconds: int = 0


class Tokens:
    """The tokens of the one app. Rotation is as its manifest says."""

    def __init__(self, app: AppIdentity, store: Store, clock: Clock, *, rotate: bool) -> None:
        self._app = app
        self._store = store
        self._clock = clock
        self._rotate = rotate
        self._codes: dict[str, tuple[str, float]] = {}

    def kind(self, token: str) -> str:
        """Return ``bot`` or ``app``; raise TokenRefused."""
        known = {self._app.bot_token: "bot", self._app.app_token: "app"}
        record = self._store.get("token", token) or {}
        if token not in known and not record:
            raise TokenRefused("invalid_auth")
        if record.get("revoked"):
            raise TokenRefused("token_revoked")
        if "until" in record and record["until"] < self._clock.now():
            raise TokenRefused("token_expired")
        return known.get(token, "bot")

    def revoke(self, token: str) -> None:
        """Make a token useless; raise TokenRefused for one that already is."""
        self.kind(token)
        self._store.put("token", token, {"revoked": True})

    def issue_code(self, redirect_uri: str) -> str:
        """Return a code that someone who agreed to the installation brings to the app."""
        code = f"{ids.digits(10)}.{ids.digits(10)}.{ids.hexadecimal(32)}"
        self._codes[code] = (redirect_uri, self._clock.now() + _CODE_SECONDS)
        return code

    def exchange(self, code: str, redirect_uri: str) -> Grant:
        """Use a code up; raise TokenRefused invalid_code or bad_redirect_uri."""
        expected, until = self._codes.get(code, ("", 0.0))
        if self._clock.now() > until:
            raise TokenRefused("invalid_code")
        if redirect_uri not in ("", expected):
            raise TokenRefused("bad_redirect_uri")
        del self._codes[code]
        return self._rotating() if self._rotate else Grant(self._app.bot_token)

    def refresh(self, refresh: str) -> Grant:
        """Use a refresh token up; raise TokenRefused invalid_refresh_token."""
        if not self._store.get("refresh", refresh):
            raise TokenRefused("invalid_refresh_token")
        self._store.delete("refresh", refresh)
        return self._rotating()

    def _rotating(self) -> Grant:
        grant = Grant(f"xoxe.xoxb-1-{ids.mixed(32)}", f"xoxe-1-{ids.mixed(32)}", _ROTATING_SECONDS)
        self._store.put("token", grant.token, {"until": self._clock.now() + grant.seconds})
        self._store.put("refresh", grant.refresh, True)
        return grant
