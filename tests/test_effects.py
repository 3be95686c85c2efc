"""What an effect says when a version is not fit to serve."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from handlers.ports import Look
from handlers.work.effects import _unfit

JOB: Any = SimpleNamespace(plan=SimpleNamespace(service="api", version="1.1.0"))


@pytest.mark.parametrize(
    ("look", "why"),
    [
        (Look("unhealthy", "It answered 500."), "it answered 500"),
        (Look("exited", ""), "it is exited"),
    ],
)
def test_the_reason_goes_on_in_the_same_sentence(look: Look, why: str) -> None:
    assert _unfit(JOB, look) == f"api 1.1.0 is not fit to serve: {why}."
