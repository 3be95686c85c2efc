"""The one message of a deployment, as people read it from request to end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.views import actions
from bot.views.cards import STATES, draw_deployment
from handlers.snapshots import DeploymentView, HookView, StepView
from tests.views.read import lines
from tests.views.samples import (
    AT,
    ATTENTION,
    BLOCKED,
    CARDS,
    CLEO,
    DEVI,
    EXPIRED,
    FAILED,
    FINGERPRINT,
    GOING_BACK,
    LIVE,
    OPAL,
    QUEUED,
    REJECTED,
    ROLLBACK,
    ROLLED_BACK,
    RUNNING,
    STOPPED,
    UNWELL,
    WAITING,
    commit,
    done,
)

ASKED = "~ #12 · <@U0ANA> asked 23 Nov 2026 09:00 UTC · “customers wait for it”"
APPROVED = f"{ASKED} · approved by <@U0CLEO> and <@U0DEVI>"


def read(card: DeploymentView) -> list[str]:
    return lines(draw_deployment(card).blocks)


def buttons(card: DeploymentView) -> dict[str, dict[str, Any]]:
    drawn = [b for b in draw_deployment(card).blocks if b["type"] == "actions"]
    return {e["text"]["text"]: e for block in drawn for e in block["elements"]}


def test_a_request_says_what_who_why_what_changes_and_who_may_decide_until_when() -> None:
    assert read(WAITING) == [
        "⏳ *Waiting for approval: api 1.1.0 → production*",
        ASKED,
        "7 commits since 1.0.0:",
        *["00000000 Answer faster · Ana"] * 5,
        "and 2 more",
        "*1 of 2 approvals.* <@U0CLEO> said yes. 1 more needed from <@U0DEVI>"
        " until 23 Nov 2026 09:30 UTC; <@U0ANA> asked, so may not approve.",
        "~ 1.1.0 is commit `abcdef12` · live there now: 1.0.0 · usually 12 s",
        "[Approve] [Reject] [Cancel]",
    ]


def test_the_buttons_of_a_request_carry_what_was_seen_and_nothing_else() -> None:
    shown = buttons(WAITING)
    seen = {"deployment": 12, "fingerprint": FINGERPRINT}
    assert {name: b.get("style") for name, b in shown.items()} == {
        "Approve": "primary",
        "Reject": "danger",
        "Cancel": None,
    }
    assert [actions.unpack(b["value"]) for b in shown.values()] == [seen, seen, {"deployment": 12}]
    assert [b["action_id"] for b in shown.values()] == [
        actions.APPROVE,
        actions.REJECT,
        actions.CANCEL,
    ]


def test_a_group_of_approvers_is_called_once_by_its_own_name() -> None:
    said = "\n".join(read(replace(WAITING, decider_groups=("S0APPROVERS",))))
    assert "needed from <!subteam^S0APPROVERS> until" in said


def test_commits_that_would_be_taken_away_are_warned_of() -> None:
    changes = {"since": "1.2.0", "ahead": 0, "behind": 3, "commits": []}
    said = read(replace(WAITING, live_version="1.2.0", changes=changes))
    assert "Brings no commit that 1.2.0 does not have." in said
    assert "⚠️ *Takes away 3 commits* that are live now with 1.2.0." in said


CHANGES: list[tuple[dict[str, Any] | None, str]] = [
    (None, "~ Reading which commits it brings …"),
    (
        {"since": "1.0.0", "error": "the repository does not answer."},
        "⚠️ The commits since 1.0.0 could not be read: the repository does not answer."
        " Look at them yourself before you say yes.",
    ),
    ({"since": "", "ahead": 1, "commits": [commit(1)]}, "First time here, with 1 commit:"),
]


@pytest.mark.parametrize(("changes", "line"), CHANGES)
def test_what_is_known_of_the_changes_is_said(changes: dict[str, Any] | None, line: str) -> None:
    assert line in read(replace(WAITING, changes=changes))


def test_a_queued_deployment_knows_what_it_waits_behind_and_whose_that_is() -> None:
    assert draw_deployment(QUEUED).text == "Queued: api 1.1.0 → production, behind 1"
    assert "It starts by itself after *web 2.0.0* by <@U0BEN> (running)." in read(QUEUED)
    assert list(buttons(QUEUED)) == ["Cancel"]


def test_a_running_deployment_shows_its_steps_against_what_is_usual() -> None:
    assert read(RUNNING) == [
        "🚂 *Running: api 1.1.0 → production*",
        APPROVED,
        "# Step 3 of 6: Wait until 1.1.0 is healthy",
        "complete Fetch 1.1.0: took 1.2 s · usually 1.0 s · commit abcdef12 is in place",
        "complete Start 1.1.0 beside 1.0.0: took 0.5 s · usually 1.0 s · started beside 1.0.0",
        "in_progress Wait until 1.1.0 is healthy: since 09:00:01 UTC · usually 4.0 s",
        "pending Lead traffic to 1.1.0: usually 2.0 s",
        "pending Watch 1.1.0 under traffic: usually 2.0 s",
        "pending Let 1.0.0 finish and stop it: usually 2.0 s",
        "~ began 23 Nov 2026 09:00 UTC · usually 12 s · 1.0.0 serves meanwhile",
        "[Cancel]",
    ]


def switched(state: str, watch: str, *more: StepView) -> DeploymentView:
    health = done("health", 2, 3)
    rest = [StepView("switch", state, None, None, "", None)]
    rest.append(StepView("watch", watch, None, None, "", None))
    return replace(RUNNING, steps=(*RUNNING.steps[:2], health, *rest, *more))


HOOKS = (
    HookView("migrate", "before", "reversible", True),
    HookView("check", "before", "reversible", False),
    HookView("rewrite", "before", "needs_backup", False),
    HookView("drop-old", "after", "irreversible", False),
)


def test_a_request_says_what_runs_once_and_what_cannot_be_taken_back() -> None:
    said = "\n".join(read(replace(WAITING, hooks=HOOKS)))
    assert "`migrate`: is undone on the way back" in said
    assert "`check`: has nothing to take back" in said
    assert "a copy of the data is kept first, while api stands still" in said
    assert "*This cannot be taken back.* Once `drop-old` has begun" in said
    assert "cannot be taken back" not in "\n".join(read(replace(WAITING, hooks=HOOKS[:3])))


def test_once_a_hook_that_cannot_be_taken_back_has_begun_nothing_can_be_called_off() -> None:
    step = StepView("hook:drop-old", "in_progress", None, None, "", None)
    for state, can in (("pending", True), ("in_progress", False)):
        card = replace(RUNNING, hooks=HOOKS, steps=(*RUNNING.steps[:2], replace(step, state=state)))
        assert ("Cancel" in str(draw_deployment(card).blocks)) is can


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("hook:migrate", "Run migrate"),
        ("keep:rewrite", "Keep a copy of the data before rewrite"),
        ("undo:7:migrate", "Take migrate back"),
        ("put_back:7:rewrite", "Put the data back to before rewrite"),
    ],
)
def test_the_steps_of_hooks_are_told_in_words(name: str, title: str) -> None:
    step = StepView(name, "in_progress", None, None, "", None)
    assert title in str(draw_deployment(replace(RUNNING, steps=(step,))).blocks)


def test_what_stays_because_of_a_hook_says_so() -> None:
    done = StepView("hook:drop-old", "complete", None, None, "", None)
    card = replace(LIVE, failure="It was unhealthy.", hooks=HOOKS, steps=(done,))
    said = "\n".join(read(card))
    assert "*1.1.0 stays*, because its hook drop-old cannot be taken back" in said


GO_BACK = StepView("go_back", "in_progress", None, None, "", None)
ANSWERS = [
    (RUNNING, "1.0.0 serves meanwhile"),
    (switched("in_progress", "pending"), ""),
    (switched("complete", "in_progress"), "1.1.0 answers now, 1.0.0 is kept until the watch is"),
    (switched("complete", "complete"), "1.1.0 answers now"),
    (switched("complete", "error", GO_BACK), ""),
    (GOING_BACK, "1.0.0 serves meanwhile"),
]


@pytest.mark.parametrize(("card", "said"), ANSWERS)
def test_a_running_card_says_which_version_people_reach(card: DeploymentView, said: str) -> None:
    (line,) = [line for line in read(card) if line.startswith("~ began")]
    words = line.removeprefix("~ began 23 Nov 2026 09:00 UTC · usually 12 s").removeprefix(" · ")
    assert words.startswith(said)
    assert bool(words) == bool(said)
    assert ("is kept" in words) == ("is kept" in said)


@pytest.mark.parametrize("card", [ROLLED_BACK, STOPPED])
def test_what_an_ended_card_says_of_the_old_version_outlives_later_ones(
    card: DeploymentView,
) -> None:
    for later in ("1.2.0", ""):
        assert read(replace(card, live_version=later)) == read(card)
    first = "\n".join(read(replace(card, previous_version="", live_version="1.2.0")))
    assert "*Nothing served there before.*" in first
    assert "1.2.0" not in first


def test_stopping_what_runs_is_asked_once_more() -> None:
    assert "1.0.0 serves again" in buttons(RUNNING)["Cancel"]["confirm"]["text"]["text"]


RETIRING = replace(
    RUNNING, steps=(*RUNNING.steps[:2], replace(RUNNING.steps[2], name="retire", detail=""))
)
POINTLESS = [GOING_BACK, replace(RUNNING, cancelled_by=CLEO), RETIRING]


@pytest.mark.parametrize("card", POINTLESS, ids=["going back", "cancelled", "retiring"])
def test_cancel_is_gone_once_it_can_do_nothing(card: DeploymentView) -> None:
    assert buttons(card) == {}


def test_going_back_says_which_step_failed() -> None:
    said = read(GOING_BACK)
    assert said[2] == "It failed at step 3, _Wait until 1.1.0 is healthy_. Going back to 1.0.0."
    assert "error Wait until 1.1.0 is healthy: took 30 s · usually 4.0 s: api 1.1.0" in "\n".join(
        said
    )


def test_a_live_card_leads_to_the_service() -> None:
    assert read(LIVE) == [
        "✅ *Live: api 1.1.0 → production*",
        "since 23 Nov 2026 09:00 UTC · replaced 1.0.0 · took 12 s (usually 12 s) · 7 commits",
        APPROVED,
        "[Open api]",
    ]
    assert buttons(LIVE)["Open api"]["url"] == "http://127.0.0.1:8101"


def test_a_failure_says_what_failed_what_serves_that_it_is_locked_and_how_to_go_on() -> None:
    assert read(ROLLED_BACK) == [
        "↩️ *Failed and rolled back: api 1.1.0 → production*",
        "api 1.1.0 is not fit to serve: it exited with code 3."
        " It failed at step 3, _Wait until 1.1.0 is healthy_.",
        "*1.0.0 was left serving*, as before.",
        "The last lines api wrote:",
        "Traceback (most recent call last):",
        "KeyError: 'DATABASE_URL'",
        "🔒 *production is locked* since 23 Nov 2026 09:00 UTC, because of this. It stays locked"
        " until <@U0CLEO> or <@U0OPAL> says that the cause is gone:"
        " `/env unlock production because …`. `/rollback api in production` stays possible.",
        APPROVED,
        "[Clear lock]",
    ]
    value = actions.unpack(buttons(ROLLED_BACK)["Clear lock"]["value"])
    assert value == {"environment": "production", "claim": 5}


def test_the_clear_button_goes_with_the_lock() -> None:
    assert buttons(replace(ROLLED_BACK, lock=None)) == {}


def test_a_cleared_lock_is_said_with_who_cleared_it_and_why() -> None:
    cleared = {"by": OPAL, "because": "the schema is <new>", "at": AT}
    said = read(replace(ROLLED_BACK, lock=None, cleared=cleared))
    assert (
        "🔓 <@U0OPAL> cleared the lock 23 Nov 2026 09:00 UTC: “the schema is &lt;new&gt;”" in said
    )


def test_a_first_version_that_failed_leaves_nothing_and_says_so() -> None:
    assert "*Nothing served there before.* Deploy a version that works:" in "\n".join(read(FAILED))


def test_when_nobody_knows_a_person_is_told_what_to_look_at() -> None:
    said = "\n".join(read(ATTENTION))
    assert "Going back failed too: the router does not answer." in said
    assert "*What to do:* look at what really answers for api in production" in said


def test_a_rollback_that_is_not_well_says_why_it_stays_and_what_to_do() -> None:
    said = read(UNWELL)
    assert said[0] == "🚨 *Live, but not healthy: rollback of api to 1.0.0 in production*"
    assert said[1] == UNWELL.failure
    assert said[2] == "*1.0.0 stays*, because 1.1.0 is what this rollback was to leave."
    assert "`/rollback api in production to &lt;version&gt;`" in said[3]
    assert set(buttons(UNWELL)) == {"Open api", "Clear lock"}


ENDS = [
    (REJECTED, "<@U0DEVI> said no 23 Nov 2026 09:01 UTC: “not on a Friday”"),
    (EXPIRED, "Nothing was changed. To ask again: `/deploy api 1.1.0 to production`"),
    (STOPPED, "<@U0BEN> called it off 23 Nov 2026 09:01 UTC. *1.0.0 was left serving*, as before."),
    (BLOCKED, "2. <@U0ANA>, who asked for it, no longer has the role for it."),
]


@pytest.mark.parametrize(("card", "said"), ENDS)
def test_an_ended_request_says_why_and_has_no_buttons(card: DeploymentView, said: str) -> None:
    assert said in "\n".join(read(card))
    assert buttons(card) == {}


def test_a_rollback_is_called_one() -> None:
    assert draw_deployment(ROLLBACK).text.startswith(
        "Queued: rollback of api to 1.0.0 in production"
    )


def test_approvals_that_came_before_stay_named() -> None:
    both = replace(WAITING, approved_by=(CLEO, DEVI))
    assert "<@U0CLEO> and <@U0DEVI> said yes." in "\n".join(read(both))


def test_every_state_has_its_own_word_without_its_sign() -> None:
    texts = {draw_deployment(replace(WAITING, state=state)).text.split(":")[0] for state in STATES}
    assert len(texts) == len(STATES)


@pytest.mark.parametrize("name", CARDS)
def test_the_same_row_draws_the_same_card(name: str) -> None:
    assert draw_deployment(CARDS[name]) == draw_deployment(CARDS[name])


def test_a_step_that_took_long_says_minutes() -> None:
    slow = replace(RUNNING, steps=(done("prepare", 0, 125),))
    assert "took 2 min 5 s" in "\n".join(read(slow))
