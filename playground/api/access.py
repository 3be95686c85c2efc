"""Who may call: the token, its kind, the scopes of the app, and how often."""

from playground.api.errors import Refused, missing_scope
from playground.api.registry import Method
from playground.limits import Limits
from playground.tokens import TokenRefused
from playground.world import World


def scope_headers(wanted: Method, world: World) -> dict[str, str]:
    """Return the headers that say which scopes the app has and which the method takes."""
    if not wanted.caller:
        return {}
    return {
        "x-oauth-scopes": ",".join(world.manifest.scopes),
        "x-accepted-oauth-scopes": ",".join(wanted.scopes),
    }


def check_token(wanted: Method, token: str, world: World) -> None:
    """Raise Refused when this token may not call this method."""
    if not wanted.caller:
        return
    if not token:
        raise Refused("not_authed")
    try:
        kind = world.tokens.kind(token)
    except TokenRefused as refused:
        raise Refused(refused.code) from None
    if kind == "bot" and world.workspace.person(world.workspace.app.user_id).deleted:
        raise Refused("account_inactive")
    if kind != wanted.caller:
        raise Refused("not_allowed_token_type")
    granted = world.manifest.scopes
    if wanted.scopes and not set(wanted.scopes) & set(granted):
        raise missing_scope(wanted.scopes[0], granted)


def check_rate(limits: Limits, method: str, channel: str) -> None:
    """Raise Refused ratelimited when a request comes too soon."""
    if seconds := limits.wait(method, channel):
        raise Refused("ratelimited", status=429, retry_after=seconds)
