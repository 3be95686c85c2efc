"""One process per database, whichever kind it is."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from handlers.claims import claim_database, claim_file
from handlers.store import StoreError, open_store


def test_a_database_has_one_owner_at_a_time(database_url: str) -> None:
    with ExitStack() as stack:
        first, second = open_store(database_url), open_store(database_url)
        stack.callback(first.close)
        stack.callback(second.close)
        with claim_database(first), pytest.raises(StoreError) as caught, claim_database(second):
            pass
        assert "Stop it first" in str(caught.value)
        with claim_database(second):
            pass


def test_who_holds_a_folder_is_named(tmp_path: Path) -> None:
    path = tmp_path / "running.lock"
    with (
        claim_file(path, "data"),
        pytest.raises(StoreError, match=r"process \d+"),
        claim_file(path, "data"),
    ):
        pass
