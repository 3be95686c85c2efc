"""A build as people read it: on the card of who waits for it, in its thread, and in private."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.reply import reply
from bot.views.cards import draw_deployment
from bot.views.history import draw_note
from bot.views.notices import draw_notice
from handlers.messages import Outcome
from tests.test_reply import REQUEST, place, read
from tests.views.read import lines
from tests.views.samples import ANA, BUILDING, NOT_BUILT

EXACT = f"registry.example.com/shop/api@sha256:{'ab12' * 16}"
IMAGE = "image `registry.example.com/shop/api ab12ab12ab12`"
LOG: dict[str, Any] = {"service": "api", "version": "1.1.0", "build": 3, "count": 2}


def test_a_card_says_that_it_is_built_first_how_far_that_is_and_what_comes_then() -> None:
    drawn = draw_deployment(BUILDING)
    said = lines(drawn.blocks)
    assert said[0] == "🔨 *Building: api 1.1.0 → production*"
    assert drawn.text.endswith("→ production. Step 3 of 5: Build the image of 1.1.0")
    first = "Its image is built from commit `abcdef12` first. Then it is asked for 2 approvals of"
    assert f"{first} exactly that image." in said
    assert "step 2 of 3, RUN make" in str(drawn.blocks)
    assert said[-2].endswith("usually 1 min 15 s")
    assert said[-1] == "[Cancel]"


def test_where_nobody_is_asked_it_says_that_it_goes_on_by_itself() -> None:
    said = lines(draw_deployment(replace(BUILDING, needed=0, steps=())).blocks)
    assert "Its image is built from commit `abcdef12` first. Then it is deployed by itself." in said
    assert "~ waits for its turn · usually 1 min 15 s" in said


def test_a_build_that_failed_says_where_why_its_last_lines_and_what_to_do() -> None:
    said = "\n".join(lines(draw_deployment(NOT_BUILT).blocks))
    assert said.startswith("❌ *Not built: api 1.1.0 → production*\nThe build failed at step 2")
    assert "It failed at step 3, _Build the image of 1.1.0_.\nNothing was changed." in said
    assert "The last lines the build wrote:" in said
    assert "make: *** [all] Error 2" in said
    assert "`/deploy api 1.1.0 to production` has it built again." in said
    assert "`/release log api 1.1.0`" in said


def test_its_thread_says_what_was_built_and_has_all_that_a_failed_one_wrote() -> None:
    built = draw_note("built", {"artefact": EXACT, "took": 42.4, "found": False})
    there = draw_note("built", {"artefact": EXACT, "took": 0.2, "found": True})
    assert built is not None
    assert there is not None
    assert built.text == f"Built in 42 s: {IMAGE}."
    assert there.text == f"The registry had it already: {IMAGE}."
    failed = draw_note("not_built", {"sentence": "It broke.", "file": "x.log", "build": 3})
    assert failed is not None
    assert failed.text.endswith("Nothing was changed. All that it wrote is in the file below.")


def test_who_asks_is_told_that_it_is_built_first() -> None:
    said = read("building", REQUEST)
    assert "Nobody has built that version yet: its image is built first, then it waits for" in said
    assert "2 approvals" in said
    assert "is deployed by itself" in read("building", REQUEST | {"needed": 0})


def test_what_a_build_wrote_is_told_whole_or_by_its_end() -> None:
    short = draw_notice("build_log_read", LOG | {"state": "built", "ended": 1, "lines": ["a", "b"]})
    assert "ended well" in short.text
    assert "It wrote 2 lines." in short.text
    long = LOG | {"state": "failed", "ended": 1, "lines": ["b"], "count": 90, "file": "x.log"}
    assert (
        "All of them are in the file below; the last 1:" in draw_notice("build_log_read", long).text
    )


def test_what_can_be_built_is_not_said_to_be_missing() -> None:
    facts = LOG | {"environment": "lab", "image": "r/api", "problem": "none", "builds": True}
    assert "asking for a deployment of it does: `/deploy api 1.1.0 to lab`" in read(
        "no_artefact", facts
    )
    release = LOG | {"builds": True, "artefact_problem": "The registry has none.", "live": []}
    assert "it is built when a deployment of it is asked for" in "\n".join(
        lines(reply(Outcome("release", release)).blocks)
    )
    plan = LOG | {"places": [place("lab") | {"fit": "fits", "builds": True}]}
    assert "• its image is built first" in lines(reply(Outcome("plan", plan)).blocks)


def test_what_is_not_there_to_read_says_why() -> None:
    assert "I have not built api 1.1.0" in read("never_built", LOG)
    said = read("no_build_log", LOG | {"at": 1_790_000_000, "failure": "It broke."})
    assert "is not kept" in said
    assert "It ended with: It broke." in said
    twin = REQUEST | {"state": "building"}
    assert "is being built. See its card" in read("already_asked", twin)
    assert "has to be built first" in read("already_decided", twin)
    assert ANA in read("already_asked", twin)
