"""users.*, team.*, bots.*, emoji.*: who is who."""

from playground.api.errors import Refused
from playground.api.paging import page
from playground.api.registry import Call, method
from playground.people import Person
from playground.shapes import JSON


@method("users.info", "users:read", json=False)
def user_info(call: Call) -> JSON:
    """Describe a person."""
    return {"ok": True, "user": _shown(call, _person(call, call.args.required("user")))}


@method("users.profile.get", "users.profile:read", json=False)
def user_profile(call: Call) -> JSON:
    """Return the profile of a person, of the bot by default."""
    person = _person(call, call.args.text("user") or call.me)
    return {"ok": True, "profile": person.profile(with_email=_with_email(call))}


def _person(call: Call, user: str) -> Person:
    person = call.world.workspace.people.get(user)
    if person is None:
        raise Refused("user_not_found")
    return person


@method("users.list", "users:read", json=False)
def user_list(call: Call) -> JSON:
    """List everyone, the deactivated included."""
    people = [_shown(call, person) for person in call.world.workspace.people.values()]
    return {
        "ok": True,
        "cache_ts": int(call.world.clock.now()),
        **page(call.args, "members", people),
    }


@method("users.lookupByEmail", "users:read.email", json=False)
def lookup(call: Call) -> JSON:
    """Find an active person by address."""
    email = call.args.required("email").lower()
    for person in call.world.workspace.people.values():
        if person.email == email and not person.deleted:
            return {"ok": True, "user": _shown(call, person)}
    raise Refused("users_not_found")


def _shown(call: Call, person: Person) -> JSON:
    user = person.slack(now=call.world.clock.now(), with_email=_with_email(call))
    return {**user, "locale": "en-US"} if call.args.flag("include_locale") else user


def _with_email(call: Call) -> bool:
    return "users:read.email" in call.world.manifest.scopes


@method("team.info", "team:read", json=False)
def team_info(call: Call) -> JSON:
    """Describe the workspace, named by id, by domain or not at all."""
    team = call.world.workspace.team
    if call.args.text("team") not in ("", team.id):
        raise Refused("team_not_found")
    if call.args.text("domain"):
        raise Refused("team_not_on_enterprise")
    icon = {"image_default": True}
    shown = {"id": team.id, "name": team.name, "domain": team.domain, "icon": icon}
    return {"ok": True, "team": {**shown, "email_domain": "", "url": call.world.chat.base_url}}


@method("bots.info", "users:read", json=False)
def bot_info(call: Call) -> JSON:
    """Describe the bot."""
    app = call.world.workspace.app
    if call.args.text("team_id") not in ("", call.world.workspace.team.id):
        raise Refused("team_not_found")
    if call.args.required("bot") != app.bot_id:
        raise Refused("bot_not_found")
    bot = {
        "id": app.bot_id,
        "deleted": False,
        "name": call.world.workspace.app_name,
        "updated": 0,
        "app_id": app.id,
        "user_id": app.user_id,
        "icons": {},
    }
    return {"ok": True, "bot": bot}


@method("emoji.list", "emoji:read", json=False)
def emoji_list(call: Call) -> JSON:
    """List the custom emoji of the workspace: it has none."""
    answer: JSON = {"ok": True, "emoji": {}, "cache_ts": f"{call.world.clock.now():.6f}"}
    if call.args.flag("include_categories"):
        answer |= {"categories_version": "5", "categories": []}
    return answer
