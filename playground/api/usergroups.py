"""usergroups.*: the groups that ``<!subteam^…>`` mentions."""

import re
from dataclasses import replace

from playground.api.errors import Refused
from playground.api.registry import Call, method
from playground.people import Usergroup
from playground.shapes import JSON

_MAX_NAME = 80
_MAX_DESCRIPTION = 140
_MAX_USERS = 500
_HANDLE = re.compile(r"[a-z0-9][a-z0-9._-]{0,20}")
_FORBIDDEN = ("channel", "everyone", "group", "here")


@method("usergroups.list", "usergroups:read", json=False)
def group_list(call: Call) -> JSON:
    """List user groups."""
    _check_plan(call)
    groups = call.world.workspace.groups.values()
    with_users, team = call.args.flag("include_users"), call.world.workspace.team.id
    with_count = with_users or call.args.flag("include_count")
    shown = [g.slack(team, with_users=with_users, with_count=with_count) for g in groups]
    return {"ok": True, "usergroups": shown}


@method("usergroups.users.list", "usergroups:read", json=False)
def group_users(call: Call) -> JSON:
    """List the members of a user group."""
    _check_plan(call)
    return {"ok": True, "users": list(_group(call).users)}


@method("usergroups.create", "usergroups:write")
def create(call: Call) -> JSON:
    """Make a user group without members; its handle comes from its name when none is given."""
    _check_plan(call)
    if "name" in call.args.values and not call.args.text("name").strip():
        raise Refused("missing_subteam_name")
    name = call.args.required("name").strip()
    handle = call.args.text("handle") or re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-")
    _check_words(call, None, name, handle)
    now = int(call.world.clock.now())
    made = call.world.workspace.new_group(
        name,
        handle,
        description=call.args.text("description"),
        channels=_channels(call),
        created=now,
        updated=now,
    )
    call.world.news.group_created(made, call.world.workspace.team.id)
    return _answer(call, made)


@method("usergroups.update", "usergroups:write")
def update(call: Call) -> JSON:
    """Change the name, handle, description or channels of a user group."""
    _check_plan(call, "paid_teams_only")
    old = _group(call)
    name = call.args.text("name") or old.name
    handle = call.args.text("handle") or old.handle
    _check_words(call, old, name, handle)
    given = call.args.values
    new = replace(
        old,
        name=name,
        handle=handle,
        description=call.args.text("description") if "description" in given else old.description,
        channels=_channels(call) if "channels" in given else old.channels,
        updated=int(call.world.clock.now()),
    )
    call.world.workspace.keep_group(new)
    return _answer(call, new)


@method("usergroups.users.update", "usergroups:write")
def update_users(call: Call) -> JSON:
    """Replace the members of a user group."""
    _check_plan(call)
    group = _group(call)
    users = list(dict.fromkeys(call.args.items("users")))
    if not users:
        raise Refused("no_users_provided")
    if len(users) > _MAX_USERS:
        raise Refused("subteam_max_users_exceeded")
    people = call.world.workspace.people
    if not all(user in people and not people[user].deleted for user in users):
        raise Refused("invalid_users")
    if any(people[user].is_stranger for user in users):
        raise Refused("failed_for_some_users")
    now = int(call.world.clock.now())
    changed = call.world.workspace.keep_group(replace(group, users=tuple(users), updated=now))
    return _answer(call, changed, with_users=True)


def _check_plan(call: Call, refusal: str = "plan_upgrade_required") -> None:
    if call.world.workspace.team.plan == "free":
        raise Refused(refusal)


def _group(call: Call) -> Usergroup:
    group = call.world.workspace.groups.get(call.args.required("usergroup"))
    if group is None:
        raise Refused("no_such_subteam")
    return group


def _check_words(call: Call, own: Usergroup | None, name: str, handle: str) -> None:
    others = [g for g in call.world.workspace.groups.values() if own is None or g.id != own.id]
    taken = {p.name for p in call.world.workspace.people.values()}
    taken |= {c.name for c in call.world.workspace.channels.values()}
    reasons = {
        "name_too_long": len(name) > _MAX_NAME,
        "description_too_long": len(call.args.text("description")) > _MAX_DESCRIPTION,
        "bad_handle": not _HANDLE.fullmatch(handle),
        "forbidden_handle": handle in _FORBIDDEN,
        "name_already_exists": name in {g.name for g in others},
        "handle_already_exists": handle in taken | {g.handle for g in others},
    }
    if refusal := next((error for error, holds in reasons.items() if holds), None):
        raise Refused(refusal)


def _channels(call: Call) -> tuple[str, ...]:
    wanted, known = call.args.items("channels"), call.world.workspace.channels
    if not all(channel in known and known[channel].kind.endswith("channel") for channel in wanted):
        raise Refused("invalid_channel_provided")
    return tuple(wanted)


def _answer(call: Call, group: Usergroup, *, with_users: bool = False) -> JSON:
    team, with_count = call.world.workspace.team.id, call.args.flag("include_count")
    shown = group.slack(team, with_users=with_users, with_count=with_count)
    return {"ok": True, "usergroup": shown}
