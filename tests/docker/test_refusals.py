"""What is made of an Engine's refusal: what it means, and whether it is worth waiting or trying
again."""

from __future__ import annotations

import pytest

from integrations.runtimes.docker.client import Refused

NO_POOL = "could not find an available, non-overlapping IPv4 address pool among the defaults"


@pytest.mark.parametrize(
    ("status", "said", "begins", "permanent", "away"),
    [
        (404, "No such image", "The Docker Engine dock refused: No such image.", True, False),
        (500, "it has had a fault", "The Docker Engine dock refused: it has", False, False),
        (500, "write: No space left on device", "The disk of the Docker Engine dock", True, False),
        (503, "The swarm does not have a leader.", "The Docker Engine dock refused", False, True),
        (403, NO_POOL, "The Docker Engine dock has no addresses for another network", True, False),
        (500, NO_POOL, "The Docker Engine dock has no addresses for another network", True, False),
    ],
)
def test_a_refusal_says_what_it_means(
    status: int, said: str, begins: str, permanent: bool, away: bool
) -> None:
    no = Refused("dock", status, said)
    assert no.message.startswith(begins)
    assert no.message.endswith(".")
    assert (no.permanent, no.away) == (permanent, away)
