"""The picture of the calendar: nothing overlaps or is cut off, everything can be read on both of
Slack's themes, and the words say the same."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.views.calendar import palette
from bot.views.calendar.layout import MARGIN, NAMES, WIDTH, lay_out
from bot.views.calendar.letters import drawable, numbered
from bot.views.calendar.paint import draw_picture, measure, paint
from bot.views.calendar.shapes import Box, Dot, Fill, Sheet, Strip, Text
from bot.views.calendar.words import LONGEST, VERBS, alt_text, comment
from handlers.snapshots.calendars import CalendarView, Lane, Mark
from tests.views.calendars import EVERY, NOW, ORDINARY, STAGING, STRANGE, at, bar, span

THEMES = {"light": "#ffffff", "dark": "#1a1d21"}


def luminance(colour: tuple[int, ...]) -> float:
    parts = [c / 255 for c in colour[:3]]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


def crossed(sheet: Sheet) -> list[str]:
    """Words that meet other words, or a bar or dot that is not the one they stand in."""
    things = [s for s in sheet.shapes if isinstance(s, Strip | Dot)]
    found = [
        f"{a.text!r} meets {b.text!r}"
        for a, b in combinations(sheet.texts, 2)
        if a.box.overlaps(b.box)
    ]
    found += [
        f"{text.text!r} meets {thing}"
        for text in sheet.texts
        for thing in things
        if text.box.overlaps(thing.box) and not text.box.inside(thing.box)
    ]
    return found + [f"{a} meets {b}" for a, b in combinations(things, 2) if a.box.overlaps(b.box)]


@pytest.mark.parametrize("view", EVERY.values(), ids=EVERY)
def test_no_words_overlap_and_none_are_cut_off(view: CalendarView) -> None:
    sheet = lay_out(view, measure)
    assert crossed(sheet) == []
    paper = Box(MARGIN - 1, MARGIN - 5, sheet.width - MARGIN + 1, sheet.height - MARGIN + 1)
    assert [t.text for t in sheet.texts if not t.box.inside(paper)] == []
    assert sheet.height < 2400


def test_words_are_painted_where_the_layout_has_them_and_nowhere_else() -> None:
    """Each letter's pixels lie in its box: what the layout promises is what is seen."""
    sheet = lay_out(replace(ORDINARY, lanes=(STAGING,)), measure)
    bare = paint(replace(sheet, shapes=tuple(s for s in sheet.shapes if not isinstance(s, Text))))
    for text in sheet.texts:
        alone = paint(replace(sheet, shapes=(replace(text, plate=False),)))
        blank = paint(replace(sheet, shapes=()))
        drawn = _changed(alone, blank)
        assert drawn, text.text
        x0, y0, x1, y1 = drawn
        box = text.box
        assert box.x0 - 2 <= x0 and x1 <= box.x1 + 2, text.text
        assert box.y0 - 2 <= y0 and y1 <= box.y1 + 5, text.text
    assert bare.size == (WIDTH, sheet.height)


def _changed(one: Image.Image, other: Image.Image) -> tuple[int, int, int, int] | None:
    from PIL import ImageChops

    return ImageChops.difference(one.convert("RGB"), other.convert("RGB")).getbbox()


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("name", ["ordinary", "strange"])
def test_every_text_has_contrast_on_both_themes(name: str, theme: str) -> None:
    sheet = lay_out(EVERY[name], measure)
    image = paint(sheet)
    slack = Image.new("RGBA", image.size, theme)
    slack.alpha_composite(image)
    for text in sheet.texts:
        ground = slack.getpixel((round(text.box.x0) - 1, round(text.box.y0) + 1))
        assert isinstance(ground, tuple)
        assert contrast(rgb(text.colour), ground) >= 4.5, (text.text, ground)
    for look in palette.BARS.values():
        assert contrast(rgb(look.text), rgb(look.fill)) >= 4.5
        assert contrast(rgb(look.edge), rgb(palette.GROUND)) >= 3
    assert contrast(rgb(palette.BORDER), rgb(theme)) >= 3
    corner = slack.getpixel((0, 0))
    assert corner == (*rgb(theme), 255)


def test_days_have_lines_weekends_are_shaded_and_now_is_marked() -> None:
    image = Image.open(io.BytesIO(draw_picture(ORDINARY))).convert("RGB")
    low = 132
    row = [image.getpixel((x, low)) for x in range(MARGIN + NAMES, WIDTH - MARGIN)]
    assert row.count(rgb(palette.DAY)) >= 15
    shaded = row.count(rgb(palette.WEEKEND)) / len(row)
    assert 0.15 < shaded < 4 / 17 + 0.01
    said = {text.text for text in lay_out(ORDINARY, measure).texts}
    assert {"now 13:40", "Sat 28", "times in Europe/Berlin, as of Thu 26 Nov 13:40"} <= said
    share = (NOW - ORDINARY.span.start) / (ORDINARY.span.end - ORDINARY.span.start)
    x = round(MARGIN + NAMES + share * (WIDTH - 2 * MARGIN - NAMES))
    assert image.getpixel((x, 126)) == rgb(palette.NOW)


@pytest.mark.parametrize(
    ("now", "odd", "hours"),
    [
        (datetime(2026, 10, 20, 12, tzinfo=UTC), 7, 25),
        (datetime(2027, 3, 20, 12, tzinfo=UTC), 10, 23),
    ],
)
def test_days_of_23_and_25_hours_are_as_wide_as_they_are_long(
    now: datetime, odd: int, hours: int
) -> None:
    sheet = lay_out(CalendarView("Europe/Berlin", now, span(now), (), ()), measure)
    lines = sorted(
        s.box.x0 for s in sheet.shapes if isinstance(s, Fill) and s.colour == palette.DAY
    )
    wide = [b - a for a, b in pairwise([*lines, WIDTH - MARGIN])]
    hour = (WIDTH - 2 * MARGIN - NAMES) / (17 * 24 + hours - 24)
    assert wide == [pytest.approx(hour * (hours if day == odd else 24), abs=1) for day in range(17)]


def test_shared_bookings_are_stacked_and_carry_their_names() -> None:
    sheet = lay_out(replace(ORDINARY, lanes=(STAGING,)), measure)
    shared = [s.box.y0 for s in sheet.shapes if isinstance(s, Strip) and s.kind == "shared"]
    assert len(shared) == len(set(shared)) == 4  # one of them in the legend
    said = " ".join(text.text for text in sheet.texts)
    for name in ("Cleo Martin", "Devi Rao", "Opal Lindqvist", "Ben Okafor", "Ana Ortiz"):
        assert name in said


def test_the_end_of_an_environment_is_drawn_and_stands_below_its_name() -> None:
    sheet = lay_out(ORDINARY, measure)
    said = [text.text for text in sheet.texts]
    assert "gone from 20:58 on · made by Ben Okafor, from preview" in said
    assert {"ends Mon 30 Nov 20:58", "ends Thu 17 Dec 09:40"} <= set(said)
    (drawn, _legend) = (s for s in sheet.shapes if isinstance(s, Strip) and s.kind == "gone")
    share = (at(103.3) - ORDINARY.span.start) / (ORDINARY.span.end - ORDINARY.span.start)
    left, right = MARGIN + NAMES, WIDTH - MARGIN
    assert drawn.box.x0 == pytest.approx(left + share * (right - left))
    assert drawn.box.x1 == right
    assert drawn.open_end, "what ends after the days that are shown has no bar"


def test_what_has_no_room_is_counted_in_the_picture() -> None:
    said = [text.text for text in lay_out(EVERY["crowded"], measure).texts]
    assert sum("more: /env bookings" in line for line in said) == 12
    assert sum("older deployments" in line for line in said) == 12
    assert any(line.startswith("No room for 3 more environments: left-a") for line in said)


def test_what_is_now_has_a_place_before_what_is_over() -> None:
    many = tuple(bar("booked", h, h + 1, what=f"no {h}") for h in range(-40, -1))
    lane = Lane("staging", "test", (*many, bar("booked", -1, 2, "Ana Ortiz", "present")), ())
    sheet = lay_out(replace(ORDINARY, lanes=(lane,)), measure)
    assert any("present" in text.text for text in sheet.texts)


def test_names_without_a_letter_of_the_font_are_numbers_that_the_message_explains() -> None:
    said = [text.text for text in lay_out(STRANGE, measure).texts]
    assert any(line.startswith("person 1 ") for line in said)
    above = comment(STRANGE, "U0ANA", "")
    assert "person 1 is <@" in above and "Asia/Tokyo" in above
    assert "山田太郎" in alt_text(STRANGE)
    assert drawable("Zoë Łukasz Straße – 3×") == "Zoe Lukasz Strasse - 3x"
    assert numbered([("U1", "Ana"), ("U2", "Иван"), ("U3", "")]) == {"U2": "person 1"}


def test_the_words_say_what_the_picture_shows_and_fit_what_slack_takes() -> None:
    for view in EVERY.values():
        assert 0 < len(alt_text(view)) <= LONGEST
    said = alt_text(ORDINARY, 5000)
    for part in (
        "staging: Ana Ortiz has it alone Thu 26 Nov 12:40 to 16:40 (load test)",
        "Devi Rao shares it", "Ben Okafor has asked for it", "shop-web 2.0.0 failed",
        "locked by Opal Lindqvist", "locked after a failure Thu 26 Nov 10:40 and on",
        "demo: Devi Rao has it alone Thu 26 Nov 15:40 to Fri 27 Nov 15:40 (show the fair);"
        " ends Mon 30 Nov 20:58 (made by Ben Okafor from preview);",
        "trial: ends Thu 17 Dec 09:40 (made by Zoë Müller from preview).",
        "lab: nothing booked", "frozen Sun 6 Dec 03:40 to Tue 8 Dec 15:40 (nobody is there)",
    ):  # fmt: skip
        assert part in said
    assert "74 bookings and locks, 59 deployments" in alt_text(EVERY["crowded"])


def test_a_channel_that_could_not_be_reached_is_named_above_the_picture() -> None:
    assert "I am not in <#C0STAGING>" in comment(ORDINARY, "U0ANA", "C0STAGING")


TEXTS = st.text(max_size=30)
HOURS = st.floats(-60, 400, allow_nan=False)


@st.composite
def lanes(draw: st.DrawFn) -> Lane:
    bars = draw(
        st.lists(
            st.builds(
                lambda kind, start, length, name, what: bar(
                    kind, start, None if length is None else start + length, name, what
                ),
                st.sampled_from(sorted(VERBS)),
                HOURS,
                st.none() | st.floats(0.1, 400),
                TEXTS,
                TEXTS,
            ),
            max_size=12,
        ),
    )
    moments = draw(st.lists(st.floats(-60, 0), max_size=8))
    states = st.sampled_from(sorted(palette.MARKS))
    marks = tuple(Mark(at(h), draw(TEXTS), draw(states)) for h in moments)
    return Lane(draw(TEXTS), "test", tuple(bars), marks)


@settings(max_examples=40)
@given(st.lists(lanes(), max_size=4))
def test_whatever_is_booked_nothing_overlaps(some: list[Lane]) -> None:
    view = replace(ORDINARY, lanes=tuple(some))
    sheet = lay_out(view, measure)
    assert crossed(sheet) == []
    assert all(t.box.x0 >= 0 and t.box.x1 <= WIDTH for t in sheet.texts)
    assert len(alt_text(view)) <= LONGEST
