"""oauth.v2.access, and the page that sends someone back to the app with a code for it."""

from urllib.parse import urlencode

from aiohttp import web

from playground.api.errors import Refused
from playground.api.registry import Call, method
from playground.shapes import JSON
from playground.tokens import Grant, TokenRefused
from playground.world import World


@method("oauth.v2.access", caller="", json=False)
def access(call: Call) -> JSON:
    """Exchange a code, or with token rotation a refresh token, for a bot token."""
    app, args = call.world.workspace.app, call.args
    if args.text("client_id") != app.client_id:
        raise Refused("invalid_client_id")
    if args.text("client_secret") != app.client_secret:
        raise Refused("bad_client_secret")
    try:
        return _installed(call, _grant(call, args.text("grant_type")))
    except TokenRefused as refused:
        raise Refused(refused.code) from None


def _grant(call: Call, grant_type: str) -> Grant:
    if grant_type == "refresh_token":
        return call.world.tokens.refresh(call.args.text("refresh_token"))
    if grant_type not in ("", "authorization_code"):
        raise Refused("invalid_grant_type")
    return call.world.tokens.exchange(call.args.text("code"), call.args.text("redirect_uri"))


def _installed(call: Call, grant: Grant) -> JSON:
    workspace = call.world.workspace
    team, app = workspace.team, workspace.app
    answer: JSON = {
        "ok": True,
        "access_token": grant.token,
        "token_type": "bot",
        "scope": ",".join(call.world.manifest.scopes),
        "bot_user_id": app.user_id,
        "app_id": app.id,
        "team": {"id": team.id, "name": team.name},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {"id": next(p.id for p in workspace.people.values() if p.full_member)},
    }
    if grant.refresh:
        answer |= {"expires_in": grant.seconds, "refresh_token": grant.refresh}
    return answer


class Consent:
    """``/oauth/v2/authorize``: whoever opens it agrees, and is sent on with a code."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def agree(self, request: web.Request) -> web.StreamResponse:
        """Redirect to the app; an address its manifest does not list is refused."""
        query, declared = request.query, self._world.manifest.redirect_urls
        target = query.get("redirect_uri") or next(iter(declared), "")
        if query.get("client_id") != self._world.workspace.app.client_id:
            raise web.HTTPBadRequest(text="invalid_client_id")
        if not any(target == url or target.startswith(f"{url}/") for url in declared):
            raise web.HTTPBadRequest(text="bad_redirect_uri")
        code = self._world.tokens.issue_code(target)
        answer = urlencode({"code": code, "state": query.get("state", "")})
        raise web.HTTPFound(f"{target}{'&' if '?' in target else '?'}{answer}")
