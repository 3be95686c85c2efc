"""Every expected no: why, who, since when, until when, and what to do next with the exact words."""

from __future__ import annotations

from collections.abc import Callable

from bot.views import words
from bot.views.blockers import list_blockers, who_may_clear
from bot.views.told import Told
from bot.views.verbs import VERBS

ENDED = {
    "building": "has to be built first",
    "not_built": "could not be built",
    "queued": "is approved and queued already",
    "running": "is running already",
    "live": "is live already",
    "replaced": "was live, and has been replaced since",
    "rejected": "was rejected",
    "expired": "expired without enough approvals",
    "cancelled": "was called off",
    "blocked": "was blocked by a gate",
    "failed": "failed",
    "rolled_back": "failed and was rolled back",
    "needs_attention": "ended in an unknown state and needs a person",
}


def _unknown(what: str, listing: str) -> Callable[[Told], str]:
    def say(told: Told) -> str:
        meant = f" Did you mean {told.code('nearest')}?" if told.has("nearest") else ""
        known = f" Known: {told.codes('known', 'and')}." if told.items("known") else ""
        none = f"There is no {what} {told.code('name')}." if told.has("name") else f"Which {what}?"
        return f"{none}{meant}{known} See `{listing}`."

    return say


def _unknown_version(told: Told) -> str:
    """The catalogue is read again right away, so trying again is worth the while."""
    meant = f" Did you mean {told.code('nearest')}?" if told.has("nearest") else ""
    newest = f" The newest are {told.codes('known', 'and')}." if told.items("known") else ""
    read = f"Its repository was last read {told.when('read')}" if told.has("read") else ""
    unread = "Its repository could not be read yet"
    error = f", and not since: {told.long('error')}" if told.has("error") else "."
    return (
        f"{told.code('service')} has no version {told.code('version')}.{meant}{newest}"
        f" {read or unread}{error} It is being read again now: just pushed? Try again in a moment."
    )


def _unknown_deployment(told: Told) -> str:
    return f"There is no deployment #{told['deployment']}. `/ops status` shows what is open."


def _service_not_here(told: Told) -> str:
    return (
        f"{told.code('service')} does not run in {told.code('environment')}: only"
        f" {told.codes('known', 'and')} there, by `team.yml`. `/env list` shows what runs where."
    )


def _already_asked(told: Told) -> str:
    until = f" until {told.when('expires')}" if told.has("expires") else ""
    waits = f"waits for approval{until}"
    states = {"building": "is being built", "waiting": waits, "queued": "is queued"}
    state = states.get(str(told.get("state")), "is running")
    return (
        f"{_first_up(told.journey)} is asked for already: {told.deployment} by"
        f" {told.who('requester')}, {told.when('requested')}, {state}. See its card; asking twice"
        " changes nothing."
    )


def _already_decided(told: Told) -> str:
    state = ENDED.get(str(told.get("state")), "is decided already")
    by = f" by {told.who('ended_by')}" if told.has("ended_by") else ""
    at = f", {told.when('ended')}" if told.has("ended") else ""
    return f"Nothing to decide any more: {told.deployment}, {told.journey}, {state}{by}{at}."


def _approval_expired(told: Told) -> str:
    return (
        f"Too late: {told.deployment}, {told.journey}, could be approved until"
        f" {told.when('expires')}. Nothing was changed. {told.who('requester')} can ask anew."
    )


def _request_changed(told: Told) -> str:
    return (
        f"Your click did not count: what would be done for {told.deployment}, {told.journey}, has"
        " changed since that card was drawn. Look at the card as it is now, and decide again."
    )


def _own_request(told: Told) -> str:
    whom = told.people("holders")
    ask = f" Ask {whom}." if whom else " The card says who may."
    return f"You asked for this yourself, so somebody else has to decide.{ask}"


def _already_approved(told: Told) -> str:
    until = f" until {told.when('expires')}" if told.has("expires") else ""
    return (
        f"Your decision about {told.deployment}, {told.journey}, counts already. It needs"
        f" {words.plural(told.number('needed'), 'approval')} from different people{until}."
    )


def _not_permitted(told: Told) -> str:
    what = VERBS.get(str(told.get("permission")), "do this")
    roles = told.codes("roles") if told.items("roles") else "nobody has"
    needs = f"the role {roles}" if told.items("roles") else f"a role {roles}"
    if told.get("permission") == "cancel":
        return f"You may not {what}: only whoever asked for it, or {needs}, may."
    ask = f"Ask {told.people('holders')}." if told.items("holders") else "Nobody has it today."
    return f"You may not {what}: that needs {needs}. {ask} `/ops help` shows what you may do."


def _blocked(told: Told) -> str:
    count = len(told.each("blockers"))
    many = f"{count} things stand in the way:" if count > 1 else "it cannot go ahead."
    return f"{_first_up(told.journey)}: {many}\n{list_blockers(told.items('blockers'))}"


def _nothing_to_roll_back_to(told: Told) -> str:
    live = f"only {told.code('live')} ever was" if told.has("live") else "nothing ever was"
    return (
        f"There is nothing to roll back {told.code('service')} in {told.code('environment')} to:"
        f" {live} live there. Deploy another version:"
        f" `/deploy {told['service']} &lt;version&gt; to {told['environment']}`."
    )


def _never_live_here(told: Told) -> str:
    there = told.codes("known") if told.items("known") else ""
    back = f"A rollback can bring back {there}." if there else "No version of it was."
    return (
        f"{told.code('version')} of {told.code('service')} was never live and well in"
        f" {told.code('environment')}. {back} A version that is new there is deployed:"
        f" `/deploy {told['service']} {told['version']} to {told['environment']}`."
    )


def _not_locked(told: Told) -> str:
    return f"*{told['environment']}* is not locked; nothing to clear."


def _lock_changed(told: Told) -> str:
    return (
        f"The lock you saw is gone, and *{told['environment']}* is locked anew since"
        f" {told.when('since')}: {told.long('reason')} {who_may_clear(told)}"
    )


def _reason_needed(told: Told) -> str:
    what = told["what"] or "do this"
    return f"Say in a few words why you {what}: it is kept, and the next one on call reads it."


def _stranger(told: Told) -> str:
    return "Only members of this workspace can use me. Ask a colleague here to do it for you."


def _directory_stale(told: Told) -> str:
    age = told.number("age")
    old = f"what I know is {words.span(age)} old" if age else "Slack has not told me yet"
    return (
        f"I cannot tell who may do what just now: {old}, and that is too old to rely on."
        " Slack is being asked again; try again in a minute. `/ops status` shows what it says."
    )


def _unknown_person(told: Told) -> str:
    return (
        "I do not know your account yet. The members are being read again now:"
        " try again in a minute."
    )


def _account(kind: str) -> Callable[[Told], str]:
    def say(told: Told) -> str:
        return f"{kind} cannot use me. Ask a full member of this workspace to do it for you."

    return say


def _clock_only(told: Told) -> str:
    return "Only the clock may do that; nobody needs to. `/ops help` shows what you may do."


def _crashed(told: Told) -> str:
    return (
        "Something went wrong in me, and nothing was changed. Try once more; if it happens again,"
        f" give {told.code('id')} to whoever looks after me: the log has it under that id."
    )


def _stale_button(told: Told) -> str:
    return "This button is from an older message and means nothing now. Use the newest card."


def _unknown_word(told: Told) -> str:
    meant = f" Did you mean `{told['command']} {told['nearest']}`?" if told.has("nearest") else ""
    known = words.one_of(f"`{told['command']} {w}`" for w in map(words.escape, told.items("known")))
    return f"{told.code('word')} is no word of {told.code('command')}.{meant} Say {known}."


def _bad_name(told: Told) -> str:
    if told.get("what") == "word":
        return (
            f"I do not understand {told.code('word')}: {told['why']}. It may have been pasted"
            " along; type it again by hand."
        )
    return (
        f"{told.code('word')} cannot be the name of {_a(told['what'])}: {told['why']}. Names are up"
        " to 40 letters, digits and hyphens and begin with a letter. Type it again by hand."
    )


def _bad_version(told: Told) -> str:
    return (
        f"{told.code('word')} cannot be a version: {told['why']}. Versions are up to 64 letters,"
        " digits and `.` `+` `_` `-`, such as `1.4.2`. `/release list` shows those there are."
    )


def _too_many_words(told: Told) -> str:
    return (
        f"I do not know what to do with {told.code('words')}. It goes like this:"
        f" {told.code('usage')}. A reason goes last, after _because_."
    )


def _missing_words(told: Told) -> str:
    return f"Which {told.codes('missing', 'and')}? It goes like this: {told.code('usage')}."


def _too_long(told: Told) -> str:
    mend = "Say it in fewer words."
    if told.has("reason"):
        mend = "Make the reason shorter and put the rest behind a link."
    return f"That is {told['length']} characters; I read {told['limit']}. Nothing was done. {mend}"


def _a(noun: str) -> str:
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun or 'thing'}"


def _first_up(said: str) -> str:
    """A sentence begins with a capital, unless it begins with a name in bold."""
    return said[:1].upper() + said[1:]


REFUSALS: dict[str, Callable[[Told], str]] = {
    "unknown_service": _unknown("service", "/release list"),
    "unknown_environment": _unknown("environment", "/env list"),
    "unknown_version": _unknown_version,
    "unknown_deployment": _unknown_deployment,
    "service_not_here": _service_not_here,
    "already_asked": _already_asked,
    "already_decided": _already_decided,
    "approval_expired": _approval_expired,
    "request_changed": _request_changed,
    "own_request": _own_request,
    "already_approved_by_you": _already_approved,
    "not_permitted": _not_permitted,
    "blocked": _blocked,
    "nothing_to_roll_back_to": _nothing_to_roll_back_to,
    "never_live_here": _never_live_here,
    "not_locked": _not_locked,
    "lock_changed": _lock_changed,
    "reason_needed": _reason_needed,
    "stranger": _stranger,
    "directory_stale": _directory_stale,
    "unknown_person": _unknown_person,
    "bot_account": _account("Bots"),
    "deactivated": _account("Deactivated accounts"),
    "guest": _account("Guests"),
    "clock_only": _clock_only,
    "crashed": _crashed,
    "stale_button": _stale_button,
    "unknown_command": _unknown("command", "/ops help"),
    "unknown_word": _unknown_word,
    "bad_name": _bad_name,
    "bad_version": _bad_version,
    "too_many_words": _too_many_words,
    "missing_words": _missing_words,
    "too_long": _too_long,
}
