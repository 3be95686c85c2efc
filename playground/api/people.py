"""users.*, usergroups.*, team.*, bots.*: who is who."""

from playground.api.errors import Refused
from playground.api.paging import page
from playground.api.registry import Call, method
from playground.people import Person
from playground.shapes import JSON


@method("users.info", "users:read", json=False)
def user_info(call: Call) -> JSON:
    """Describe a person."""
    person = call.world.workspace.people.get(call.args.required("user"))
    if person is None:
        raise Refused("user_not_found")
    return {"ok": True, "user": _shown(call, person)}


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
    with_email = "users:read.email" in call.world.manifest.scopes
    return person.slack(now=call.world.clock.now(), with_email=with_email)


@method("usergroups.list", "usergroups:read", json=False)
def group_list(call: Call) -> JSON:
    """List user groups."""
    workspace, with_users = call.world.workspace, call.args.flag("include_users")
    groups = [g.slack(workspace.team.id, with_users=with_users) for g in workspace.groups.values()]
    return {"ok": True, "usergroups": groups}


@method("usergroups.users.list", "usergroups:read", json=False)
def group_users(call: Call) -> JSON:
    """List the members of a user group."""
    group = call.world.workspace.groups.get(call.args.required("usergroup"))
    if group is None:
        raise Refused("no_such_subteam")
    return {"ok": True, "users": list(group.users)}


@method("team.info", "team:read", json=False)
def team_info(call: Call) -> JSON:
    """Describe the workspace."""
    team = call.world.workspace.team
    if call.args.text("team") not in ("", team.id):
        raise Refused("team_not_found")
    icon = {"image_default": True}
    shown = {"id": team.id, "name": team.name, "domain": team.domain, "icon": icon}
    return {"ok": True, "team": {**shown, "email_domain": "", "url": call.world.chat.base_url}}


@method("bots.info", "users:read", json=False)
def bot_info(call: Call) -> JSON:
    """Describe the bot."""
    app = call.world.workspace.app
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
