"""4.8: channels, people and groups: opening, making, inviting, looking up."""

import itertools

from tests.playground.calls.stage import Call, Stage, calls, done, elsewhere, fails, works
from tests.workspace import JSON

_NUMBERS = itertools.count()
_EIGHT = "U0ANA,U0BEN,U0CLEO,U0DEVI,U0OPAL,U0GUEST"


def _open(stage: Stage, **sent: str) -> JSON:
    return stage.api("conversations.open", **sent)


def _make(stage: Stage, name: str) -> JSON:
    return stage.api("conversations.create", name=name)


def _new(stage: Stage) -> JSON:
    return _make(stage, f"made-{next(_NUMBERS)}")


def _invite(stage: Stage, users: str) -> JSON:
    room = done(_new(stage))["channel"]["id"]
    return stage.api("conversations.invite", channel=room, users=users)


def _invited_again(stage: Stage) -> JSON:
    return stage.api("conversations.invite", channel="C0OPS", users="U0ANA")


def _groups(plan: str) -> JSON:
    with elsewhere(plan=plan) as other:
        return other.form("usergroups.users.list", "usergroup=S0APPROVERS")


CASES: list[Call] = [
    *calls(
        "4.8 conversations.open: people who are there",
        works(lambda s: _open(s, users="U0ANA")),
        fails("users_list_not_supplied", lambda s: _open(s)),
        fails("user_not_found", lambda s: _open(s, users="U0NOBODY")),
        fails("user_disabled", lambda s: _open(s, users="U0GONE")),
    ),
    *calls(
        "4.8 conversations.open: up to eight",
        works(lambda s: _open(s, users=_EIGHT)),
        fails("too_many_users", lambda s: _open(s, users=",".join(f"U{n}" for n in range(9)))),
        fails("user_not_found", lambda s: _open(s, users=",".join(f"U{n}" for n in range(8)))),
    ),
    *calls(
        "4.8 conversations.create: a name that is free",
        works(_new),
        fails("name_taken", lambda s: _make(s, "ops")),
    ),
    *calls(
        "4.8 conversations.create: small letters, digits, - and _, up to 80",
        works(lambda s: _make(s, "a-1_b")),
        works(lambda s: _make(s, "x" * 80)),
        fails("invalid_name_required", lambda s: _make(s, "")),
        fails("invalid_name_maxlength", lambda s: _make(s, "x" * 81)),
        fails("invalid_name_punctuation", lambda s: _make(s, "---")),
        fails("invalid_name_specials", lambda s: _make(s, "Big Name")),
    ),
    *calls(
        "4.8 conversations.invite: others, who are not there yet",
        works(lambda s: _invite(s, "U0ANA,U0BEN")),
        fails("already_in_channel", _invited_again),
        fails("cant_invite_self", lambda s: _invite(s, "U0STATION")),
    ),
    *calls(
        "4.8 users.lookupByEmail: an address of the workspace",
        works(lambda s: s.form("users.lookupByEmail", "email=ana@t0station.example")),
        fails("users_not_found", lambda s: s.form("users.lookupByEmail", "email=x@y.example")),
    ),
    *calls(
        "4.8 users.info: somebody who is there",
        works(lambda s: s.form("users.info", "user=U0ANA")),
        fails("user_not_found", lambda s: s.form("users.info", "user=U0NOBODY")),
    ),
    *calls(
        "4.8 usergroups.users.list: a group that is there, in a workspace that pays",
        works(lambda s: s.form("usergroups.users.list", "usergroup=S0APPROVERS")),
        works(lambda s: _groups("plus")),
        fails("no_such_subteam", lambda s: s.form("usergroups.users.list", "usergroup=S0NONE")),
        fails("plan_upgrade_required", lambda s: _groups("free")),
    ),
]
