"""Text of strangers is shown, and has no power."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.views import actions, words
from bot.views.history import NOTES, draw_note

ESCAPED = [
    ("<!channel> & co", "&lt;!channel&gt; &amp; co"),
    ("a\nb\tc\0d", "a b c d"),
    ("pay\u202egnp.exe", "pay gnp.exe"),
    ("z\u200be\ufeffro", "z e ro"),
    ("```", "'''"),
    ("x" * 400, "x" * 299 + "…"),
]


@pytest.mark.parametrize(("text", "shown"), ESCAPED)
def test_text_of_strangers_is_made_harmless(text: str, shown: str) -> None:
    assert words.escape(text) == shown


def test_what_is_no_id_mentions_nobody() -> None:
    assert words.person("U0ANA") == "<@U0ANA>"
    assert words.person("!channel> <@U0ANA") == "!channel&gt; &lt;@U0ANA"
    assert words.group("S0|x") == "S0|x"
    assert words.person("") == "somebody"


LINKS = [
    ("https://a.example/p?x=1&y", "<https://a.example/p?x=1&amp;y|card>"),
    ("javascript:alert(1)", "card"),
    ("https://a.example|evil", "card"),
    ("https://user@a.example/", "card"),
    ("", "card"),
]


@pytest.mark.parametrize(("url", "shown"), LINKS)
def test_only_plain_addresses_become_links(url: str, shown: str) -> None:
    assert words.link(url, "card") == shown


SPANS = [(0.04, "0.0 s"), (1.24, "1.2 s"), (9.96, "10 s"), (59.6, "1 min 0 s"), (61, "1 min 1 s")]
SPANS += [(3700, "1 h 1 min"), (90_000, "1 d 1 h")]


@pytest.mark.parametrize(("seconds", "said"), SPANS)
def test_durations_are_said_as_people_say_them(seconds: float, said: str) -> None:
    assert words.span(seconds) == said


def test_a_moment_is_shown_in_each_readers_zone() -> None:
    at = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)
    stamp = int(at.timestamp())
    assert words.when(at) == words.when(stamp)
    assert words.when(at) == (
        f"<!date^{stamp}^{{date_short_pretty}} {{time}}|23 Nov 2026 09:05 UTC>"
    )
    assert words.when(None) == "an unknown time"


CUT = [
    ("abc <@U0ANA> def", 9, "abc…"),
    ("abc &amp; def", 8, "abc…"),
    ("abcdef", 4, "abc…"),
    ("abc", 3, "abc"),
]


@pytest.mark.parametrize(("text", "limit", "shown"), CUT)
def test_finished_text_is_never_cut_in_its_markup(text: str, limit: int, shown: str) -> None:
    assert words.fit(text, limit) == shown


def test_plain_text_has_no_markup_left() -> None:
    said = "*a* `b` <https://x.example|c> <@U0ANA> <!date^1^{time}|noon> &lt;d&gt; e_f _g_"
    assert words.plain(said) == "a b c somebody noon <d> e_f g"


def test_lists_of_words_read_as_people_say_them() -> None:
    assert words.one_of([]) == ""
    assert words.one_of("a") == "a"
    assert words.one_of("abc", "and") == "a, b and c"
    assert words.one_of("abcde", most=3) == "a, b or 3 more"


@pytest.mark.parametrize("garbage", [None, "", "x", "[1]", "null", "{", "[" * 100_000, 7])
def test_the_value_of_a_strange_button_is_nothing(garbage: object) -> None:
    assert actions.unpack(garbage) == {}


def test_a_value_too_long_for_slack_loses_its_longest_text_first() -> None:
    packed = actions.pack(service="api", version="1.0.0", reason="ä" * 5000)
    facts = actions.unpack(packed)
    assert len(packed) <= actions.VALUE
    assert (facts["service"], facts["version"]) == ("api", "1.0.0")


def test_only_what_the_card_does_not_say_goes_into_its_thread() -> None:
    assert draw_note("requested", {"by": "U0ANA"}) is None
    assert draw_note("started", {}) is None
    assert set(NOTES) >= {"approved", "failed", "lock_cleared", "needs_attention"}


HISTORY = [
    ("approved", {"by": "U0CLEO", "count": 1, "needed": 2}, "<@U0CLEO> approved: 1 of 2."),
    ("rejected", {"by": "U0CLEO", "reason": "<no>"}, "<@U0CLEO> rejected it: “&lt;no&gt;”"),
    ("cancelled", {"by": "U0ANA"}, "<@U0ANA> called it off before anything was changed."),
    ("cancelled", {"serving": "1.0.0"}, "Stopped as asked. 1.0.0 serves, as before."),
    ("live", {"replaced": "1.0.0"}, "Live. It replaced 1.0.0, which finished its requests."),
    ("live", {"replaced": ""}, "Live. It is the first version here."),
    (
        "unwell",
        {"sentence": "It exited", "left": "1.1.0", "locked": ""},
        "A person is needed: the rollback serves and is not healthy. It exited. It stays all the"
        " same: nothing is led back to what people chose to leave. 1.1.0, which it left, is"
        " stopped.",
    ),
    (
        "rolled_back",
        {"sentence": "It exited", "serving": "1.0.0", "locked": "prod"},
        "Rolled back: It exited. 1.0.0 serves, as before. *prod* is locked: when the cause is gone,"
        " use the button on the card or `/env unlock prod because …`. Rolling back stays possible.",
    ),
]


@pytest.mark.parametrize(("code", "facts", "line"), HISTORY)
def test_the_thread_tells_the_history(code: str, facts: dict[str, object], line: str) -> None:
    drawn = draw_note(code, facts)
    assert drawn is not None
    assert drawn.text == line


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Europe/Lisbon", "Wed 12:00"),
        ("Asia/Kolkata", "Wed 16:30"),
        *(
            (zone, "Wed 11:00 UTC")
            for zone in (None, "", "Mars/Phobos", "../etc", "\0", "x" * 9999)
        ),
    ],
)
def test_a_button_says_the_time_of_its_readers_clock(zone: object, shown: str) -> None:
    assert words.clock_of(1782903600, zone) == shown


def test_a_structure_is_no_text() -> None:
    for structure in ({"name": "x"}, ["x"], ("x",)):
        assert words.clean(structure) == ""
        assert words.escape(structure) == ""
