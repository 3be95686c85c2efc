"""Every code has its sentence; a refusal says who, since when, until when and what to do next."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.reply import known_codes, reply
from bot.views import actions
from bot.views.bookings.card import BOOKING_NOTES
from bot.views.created import NOTES as CREATED_NOTES
from bot.views.history import NOTES
from bot.views.message import Message
from bot.views.preparations import PREPARATION_NOTES
from handlers.messages import Outcome
from tests.views.read import DATE, lines
from tests.views.samples import ANA, BEN, BLOCKED, CLEO, DEVI, LOCK, OPAL

ROOT = Path(__file__).parent.parent
ASKED = 1_790_000_000
REQUEST: dict[str, Any] = {
    "deployment": 12,
    "kind": "deploy",
    "service": "api",
    "version": "1.1.0",
    "environment": "production",
    "requester": ANA,
    "state": "waiting",
    "fingerprint": "f",
    "requested": ASKED,
    "expires": ASKED + 1800,
    "ended": None,
    "ended_by": "",
    "needed": 2,
    "link": "https://station.slack.com/p1",
}
CARD = "<https://station.slack.com/p1|#12>"
ITS_CARD = "<https://station.slack.com/p1|Its card>"
AHEAD = {**REQUEST, "deployment": 11, "service": "web", "version": "2.0.0", "requester": BEN}


def read(code: str, facts: dict[str, Any]) -> str:
    said = reply(Outcome(code, facts, refused=True))
    return "\n".join(lines(said.blocks)) if said.blocks else DATE.sub(r"\1", said.text)


def source(*folders: str) -> str:
    files = (p for f in folders for p in (ROOT / f).rglob("*.py"))
    return "\n".join(p.read_text(encoding="utf-8") for p in files)


def test_every_code_of_the_handlers_has_a_sentence() -> None:
    code = re.compile(r'(?:Outcome|Refusal|Blocker|_No)\(\s*"(\w+)"')
    used = set(code.findall(source("handlers", "bot")))
    used |= set(re.findall(r'return "(\w+)"', source("handlers/rules")))
    assert used - known_codes() == set()


def test_every_note_of_the_handlers_is_said_or_left_to_the_card() -> None:
    told = set(re.findall(r'note\([^()"]*(?:\([^()]*\)[^()"]*)*"(\w+)"', source("handlers")))
    assert {"approved", "blocked", "turning_back", "lock_cleared"} <= told
    quiet = {"requested", "started", "ended", "booking_expired", "lock_over"}
    quiet |= {"reset_rejected", "reset_expired"}
    said = {*NOTES, *BOOKING_NOTES, *PREPARATION_NOTES, *CREATED_NOTES}
    assert told - said <= quiet
    ends = {"live", "rolled_back", "failed", "cancelled", "needs_attention", "unwell"}
    assert ends | {"revived", "not_revived"} <= set(NOTES)


def test_a_code_nobody_has_words_for_is_named_and_harmless() -> None:
    assert read("<!channel>", {}).startswith("That was refused: `&lt;!channel&gt;`.")


READ = int(datetime(2026, 11, 23, 9, 12, tzinfo=UTC).timestamp())


def unsuitable(**miss: Any) -> dict[str, Any]:
    """A deployment that is kept by one miss."""
    facts = {
        "service": "api",
        "version": "1.1.0",
        "environment": "staging",
        "misses": [{"kind": "service", "what": "postgres", "needs": ">=15", "why": "lacks"} | miss],
        "fits": ["production"],
        "clearers": [OPAL],
    }
    return {
        "service": "api", "version": "1.1.0", "environment": "staging",
        "blockers": [{"code": "unsuitable", "facts": facts}],
    }  # fmt: skip


MISSES: list[tuple[dict[str, Any], str]] = [
    (
        {"has": "14.8", "read": READ},
        "needs postgres &gt;=15, has 14.8 (read 23 Nov 2026 09:12 UTC)",
    ),
    ({"has": "14.8"}, "needs postgres &gt;=15, has 14.8 (`team.yml`)"),
    ({"has": None}, "needs postgres &gt;=15, has none (`team.yml`)"),
    (
        {"has": None, "read": READ, "deploy": "15.2"},
        "needs postgres &gt;=15, has none running (read 23 Nov 2026 09:12 UTC)"
        " → first `/deploy postgres 15.2 to staging`",
    ),
    (
        {"has": "noble", "read": READ, "why": "incomparable"},
        "needs postgres &gt;=15, has noble (read 23 Nov 2026 09:12 UTC), which has no place in that"
        " order",
    ),
    (
        {"has": "16", "read": READ, "why": "stale"},
        "needs postgres &gt;=15, had 16 (read 23 Nov 2026 09:12 UTC, too long ago to rely on)",
    ),
    ({"why": "unknown"}, "needs postgres &gt;=15; what is there was not read yet"),
    (
        {"why": "unknown", "error": "It does not answer", "has": "16", "read": READ},
        "needs postgres &gt;=15; what is there cannot be read: It does not answer. (last read"
        " 23 Nov 2026 09:12 UTC: 16)",
    ),
    (
        {"kind": "memory", "needs": 3 * 2**29, "has": 2**28, "read": READ},
        "needs 1.5 GiB of memory, has 256 MiB (read 23 Nov 2026 09:12 UTC)",
    ),
    (
        {"kind": "cpu", "needs": 2, "has": 1, "read": READ},
        "needs 2 cores, has 1 core (read 23 Nov 2026 09:12 UTC)",
    ),
    (
        {"kind": "data", "needs": "load-test", "has": "demo", "prepare": True},
        "needs the data set load-test, has demo (`team.yml`) → preparing *staging* brings it",
    ),
    (
        {"kind": "feature", "needs": "vouchers", "has": None},
        "needs the feature vouchers, has none (`team.yml`)",
    ),
    (
        {"kind": "network", "needs": "bank", "has": "shop"},
        "needs the network bank, has shop (`team.yml`)",
    ),
]


@pytest.mark.parametrize(("miss", "line"), MISSES)
def test_each_miss_is_one_line_with_what_is_there_how_it_is_known_and_what_brings_it(
    miss: dict[str, Any], line: str
) -> None:
    first, *missing, last = read("blocked", unsuitable(**miss)).splitlines()[1:]
    assert first == "*api 1.1.0* does not fit *staging* as it is:"
    assert missing[0] == f"• {line}"
    is_read = miss.get("why") in ("unknown", "stale")
    assert missing[1:] == ["It is being read again now; try again in a moment."] * is_read
    assert last == (
        f"It fits *production*. What *staging* has is looked after by <@{OPAL}>."
        " `/release plan api 1.1.0` shows them all."
    )


SENTENCES: list[tuple[str, dict[str, Any], str]] = [
    (
        "waiting_for_approval",
        REQUEST,
        f"Asked for: *api 1.1.0 → production* ({CARD}) waits for 2 approvals until"
        f" 21 Sep 2026 14:43 UTC. {ITS_CARD} in the channel of *production* names who may give"
        " them.",
    ),
    (
        "waiting_for_approval",
        REQUEST | {"needed": 1},
        f"Asked for: *api 1.1.0 → production* ({CARD}) waits for 1 approval until"
        f" 21 Sep 2026 14:43 UTC. {ITS_CARD} in the channel of *production* names who may give"
        " it.",
    ),
    (
        "unknown_command",
        {"name": "/frob", "nearest": "", "known": ["/deploy", "/rollback", "/ops"]},
        "There is no command `/frob`. Known: `/deploy`, `/rollback` and `/ops`. See `/ops help`.",
    ),
    (
        "too_long",
        {"length": 2001, "limit": 2000, "reason": False},
        "That is 2001 characters; I read 2000. Nothing was done. Say it in fewer words.",
    ),
    (
        "too_long",
        {"length": 2001, "limit": 2000, "reason": True},
        "That is 2001 characters; I read 2000. Nothing was done."
        " Make the reason shorter and put the rest behind a link.",
    ),
    (
        "queued",
        REQUEST | {"ahead": []},
        f"Asked for: *api 1.1.0 → production* ({CARD}) starts now. {ITS_CARD} shows how it goes.",
    ),
    (
        "approved",
        REQUEST | {"ahead": [AHEAD], "link": ""},
        "Your approval was the last one needed: *api 1.1.0 → production* is queued behind"
        " #11 *web 2.0.0 → production* by <@U0BEN> and starts by itself."
        " Its card in the channel of *production* shows how it goes.",
    ),
    (
        "approval_counted",
        REQUEST | {"count": 1},
        f"Your approval of *api 1.1.0 → production* ({CARD}) counts: 1 of 2."
        " 1 more approval needed until 21 Sep 2026 14:43 UTC.",
    ),
    (
        "already_asked",
        REQUEST,
        f"*api 1.1.0 → production* is asked for already: {CARD} by <@U0ANA>,"
        " 21 Sep 2026 14:13 UTC, waits for approval until 21 Sep 2026 14:43 UTC."
        " See its card; asking twice changes nothing.",
    ),
    (
        "already_decided",
        REQUEST | {"state": "rejected", "ended": ASKED + 60, "ended_by": CLEO},
        f"Nothing to decide any more: {CARD}, *api 1.1.0 → production*, was rejected by <@U0CLEO>,"
        " 21 Sep 2026 14:14 UTC.",
    ),
    (
        "not_permitted",
        {"permission": "deploy", "roles": ["developer", "operator"], "holders": [OPAL, DEVI]},
        "You may not deploy there: that needs the role `developer` or `operator`."
        " Ask <@U0OPAL> or <@U0DEVI>. `/ops help` shows what you may do.",
    ),
    (
        "own_request",
        {"holders": [CLEO]},
        "You asked for this yourself, so somebody else has to decide. Ask <@U0CLEO>.",
    ),
    (
        "unknown_environment",
        {"name": "prodution", "nearest": "production", "known": ["production", "staging"]},
        "There is no environment `prodution`. Did you mean `production`?"
        " Known: `production` and `staging`. See `/env list`.",
    ),
    (
        "unknown_version",
        {
            "service": "api",
            "version": "1.1.00",
            "nearest": "1.1.0",
            "known": ["1.1.0"],
            "read": ASKED,
            "error": "",
        },
        "`api` has no version `1.1.00`. Did you mean `1.1.0`? The newest are `1.1.0`."
        " Its repository was last read 21 Sep 2026 14:13 UTC."
        " It is being read again now: just pushed? Try again in a moment.",
    ),
    (
        "lock_cleared",
        LOCK | {"by": OPAL, "because": "fixed & tried"},
        "*production* is open again. It was locked since 23 Nov 2026 09:00 UTC: api 1.1.0 failed"
        " (deployment 12): it exited. Make sure the cause is gone."
        " Your reason is kept: “fixed &amp; tried”.",
    ),
    (
        "crashed",
        {"id": "1a2b3c4d"},
        "Something went wrong in me, and nothing was changed. Try once more; if it happens again,"
        " give `1a2b3c4d` to whoever looks after me: the log has it under that id.",
    ),
]


@pytest.mark.parametrize(("code", "facts", "said"), SENTENCES, ids=[s[0] for s in SENTENCES])
def test_what_is_said(code: str, facts: dict[str, Any], said: str) -> None:
    assert read(code, facts) == said


def test_all_blockers_are_listed_at_once_with_the_button_that_clears() -> None:
    message = reply(Outcome("blocked", REQUEST | {"blockers": BLOCKED.blockers}, refused=True))
    assert lines(message.blocks) == [
        "*api 1.1.0 → production*: 2 things stand in the way:",
        "1. *production* is locked since 23 Nov 2026 09:00 UTC after #12 by <@U0ANA>: api 1.1.0"
        " failed (deployment 12): it exited. Make sure the cause is gone. It stays locked until"
        " <@U0CLEO> or <@U0OPAL> says that the cause is gone: `/env unlock production because …`.",
        "2. <@U0ANA>, who asked for it, no longer has the role for it."
        " Somebody who may has to ask anew.",
        "[Clear lock]",
    ]
    assert carried(message) == {"environment": "production", "claim": 5}


def carried(message: Message) -> dict[str, Any]:
    (button,) = next(b["elements"] for b in message.blocks if b["type"] == "actions")
    return actions.unpack(button["value"])


PROPOSAL = {
    "service": "api",
    "environment": "production",
    "live": "1.1.0",
    "live_since": ASKED,
    "version": "1.0.0",
    "commit": "abcdef12" * 5,
    "was_live": ASKED - 86400,
    "reason": "errors",
    "others": ["0.9.0"],
}


def test_a_rollback_is_proposed_with_what_was_good_and_confirmed_once_more() -> None:
    message = reply(Outcome("rollback_proposed", PROPOSAL))
    assert lines(message.blocks) == [
        "Roll api in production back to *1.0.0*? It went live there 20 Sep 2026 14:13 UTC"
        " (commit `abcdef12`). Live now: `1.1.0` since 21 Sep 2026 14:13 UTC."
        " No approval is needed.",
        "[Roll back to 1.0.0]",
        "~ Another one: `/rollback api in production to &lt;version&gt;`, with `0.9.0`.",
    ]
    assert carried(message) == {
        "service": "api",
        "environment": "production",
        "version": "1.0.0",
        "reason": "errors",
    }
    button = message.blocks[1]["elements"][0]
    assert button["style"] == "danger"
    assert "*1.0.0* replaces 1.1.0" in button["confirm"]["text"]["text"]


def row(**more: Any) -> dict[str, Any]:
    known = {"id": 12, "kind": "deploy", "service": "api", "version": "1.1.0", "state": "live"}
    return known | {"requester": ANA, "url": "http://127.0.0.1:8101", "at": ASKED} | more


def place(name: str, **more: Any) -> dict[str, Any]:
    services = [
        {"service": "api", "address": "127.0.0.1:8101", "approvals": 2, "live": row()},
        {"service": "web", "address": "127.0.0.1:8102", "approvals": 0, "live": None},
    ]
    known = {"environment": name, "tier": "production", "channel": "C0PRODUCTION"}
    return known | {"lock": None, "services": services, "open": []} | more


def test_environments_show_what_runs_since_when_by_whom_what_is_open_and_what_is_locked() -> None:
    places = [place("production", lock=LOCK, open=[row(id=14, state="waiting", version="1.2.0")])]
    message = reply(Outcome("environments", {"environments": places}))
    assert message.text == "1 environment, production locked"
    assert lines(message.blocks) == [
        "*production* · <#C0PRODUCTION>",
        "• <http://127.0.0.1:8101|api 1.1.0> · since 21 Sep 2026 14:13 UTC · by <@U0ANA>",
        "• web: nothing live yet",
        "• #14 api 1.2.0 waits for approval · by <@U0ANA>, 21 Sep 2026 14:13 UTC",
        "🔒 *Locked* since 23 Nov 2026 09:00 UTC: api 1.1.0 failed (deployment 12): it exited."
        " Make sure the cause is gone. It stays locked until <@U0CLEO> or <@U0OPAL> says that the"
        " cause is gone: `/env unlock production because …`. [Clear lock]",
    ]


def test_one_environment_shows_its_rules_and_its_last_deployments() -> None:
    may = {"deploy": ["developer", "operator"], "approve": ["approver"], "rollback": ["operator"]}
    facts = place("blue") | {"runtime": "process", "may": may, "last": [row()]}
    message = reply(Outcome("environment", facts))
    assert message.text == "blue, not locked: api 1.1.0 and web not live"
    assert lines(message.blocks)[3:] == [
        "*Addresses and rules*",
        "• api at <http://127.0.0.1:8101|127.0.0.1:8101> · needs 2 approvals",
        "• web at 127.0.0.1:8102",
        "~ deploy: developer or operator · approve: approver · roll back: operator"
        " · runtime process",
        "*Last deployments*",
        "• #12 api 1.1.0 · live · 21 Sep 2026 14:13 UTC · by <@U0ANA>",
    ]


def test_releases_show_what_is_live_where() -> None:
    release: dict[str, Any] = {
        "service": "api",
        "version": "1.1.0",
        "commit": "a" * 40,
        "subject": "Faster",
    }
    release |= {"tagged": ASKED, "moved_to": "", "live": ["production", "staging"]}
    one = {"service": "api", "more": 3, "read": ASKED, "error": "", "releases": [release]}
    assert lines(reply(Outcome("releases", {"services": [one]})).blocks) == [
        "*api*",
        "`1.1.0` · Faster · 21 Sep 2026 14:13 UTC · live in *production* and *staging*",
        "~ and 3 older · Repository read 21 Sep 2026 14:13 UTC",
    ]


def test_status_says_first_whether_anything_is_wrong() -> None:
    quiet = {"open": [], "locks": [], "readings": [], "undelivered": 0, "audit": {}}
    message = reply(Outcome("status", quiet))
    assert message.text == "0 deployments open"
    assert lines(message.blocks)[0] == "*Nothing is under way.*"
    unread = [{"of": "catalogue:api", "at": None, "error": "no answer", "people": False}]
    troubled = reply(Outcome("status", quiet | {"readings": unread, "undelivered": 2}))
    assert troubled.text == "0 deployments open, I have trouble"
    assert "⚠️ The repository of api cannot be read: no answer. Last read: never" in str(
        troubled.blocks
    )


HELP: dict[str, Any] = {
    "topic": "/ops",
    "roles": ["developer"],
    "may": {"deploy": ["staging"], "approve": [], "rollback": [], "unlock": []},
    "others": {"deploy": [OPAL], "approve": [CLEO], "rollback": [OPAL], "unlock": [OPAL]},
    "service": "api",
    "environment": "staging",
}


def test_help_shows_what_one_may_do_and_whom_to_ask_for_the_rest() -> None:
    said = "\n".join(lines(reply(Outcome("help", HELP)).blocks))
    assert "`/deploy api 1.4.2 to staging because …`" in said
    assert "/rollback" not in said
    assert "deploy elsewhere: <@U0OPAL>; roll back: <@U0OPAL>; lock and unlock: <@U0OPAL>" in said
    assert "Your roles: developer" in said


def test_help_with_one_command_shows_only_that() -> None:
    said = "\n".join(lines(reply(Outcome("help", HELP | {"topic": "/env"})).blocks))
    assert "/env list" in said
    assert "/deploy" not in said
