"""Ranges of versions: of databases and queues, and of what we release ourselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.versions import ANY, both, first_within, is_range, is_version, within

WITHIN = [
    # version    range            is it in
    ("15.3", ">=15", True),
    ("14.8", ">=15", False),
    ("16.1", ">=15,<17", True),
    ("17.0", ">=15,<17", False),
    ("15", "==15.*", True),
    ("7.2.4", "~=7.2", True),
    ("8.0.0", "~=7.2", False),
    ("10.0", ">=9", True),
    ("1.10.0", ">1.9.9", True),
    ("7.0.1", "!=7.0.1", False),
    ("2.0.0-rc.1", ">=2", False),
    ("2.0.0-rc.1", ">=1.9", True),
    ("17beta1", ">=17", False),
    ("0.0.1", ANY, True),
    ("1.3.0-hotfix", ">=1", None),
    ("unknown", ANY, None),
    ("", ">=1", None),
    ("9" * 5000, ">=1", None),
]


@pytest.mark.parametrize(("version", "wanted", "is_in"), WITHIN)
def test_a_version_is_in_a_range_or_not_or_has_no_place_in_the_order(
    version: str, wanted: str, is_in: bool | None
) -> None:
    assert within(version, wanted) is is_in


@pytest.mark.parametrize(
    "text", ["", " ", "15", "latest", ">=", "===15", ">=15;<17", "^15", ">= fifteen", ">=1," * 50]
)
def test_what_is_no_range_is_known_as_none(text: str) -> None:
    assert not is_range(text)
    assert within("15", text) is None


def test_the_first_that_is_in_the_range_is_found() -> None:
    assert first_within(("2.0.0", "1.3.0-x", "1.3.0", "1.2.0"), ">=1,<2") == "1.3.0"
    assert first_within(("1.0.0",), ">=2") == ""
    assert first_within((), ANY) == ""


VERSIONS = st.lists(st.integers(0, 9), min_size=1, max_size=3).map(lambda n: ".".join(map(str, n)))
RANGES = st.just(ANY) | st.tuples(st.sampled_from([">=", "<", ">", "<=", "!="]), VERSIONS).map(
    "".join
)


@given(version=VERSIONS, one=RANGES, other=RANGES)
def test_both_ranges_hold_what_is_in_each(version: str, one: str, other: str) -> None:
    assert is_version(version)
    assert is_range(both(one, other))
    assert within(version, both(one, other)) is (within(version, one) and within(version, other))


@given(st.text(max_size=150))
def test_no_text_is_too_odd_to_be_judged(text: str) -> None:
    assert within(text, ">=1") in (True, False, None)
    assert is_range(text) in (True, False)
