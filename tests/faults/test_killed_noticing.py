"""``kill -9`` around noticing what was changed outside the bot, and around telling it. Whatever
happens: what is otherwise is told once to who looks after it, and so is that it is over."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from handlers import audit
from handlers.tables import AuditEntry, Drift, Notice
from integrations.git_source import GitSource
from integrations.runtimes.process.runtime import ProcessRuntime
from tests.faults.ground import Ground
from tests.faults.line import LONG, Ends, Line
from tests.faults.sweep import sweep
from tests.workspace import eventually

OPAL = "U0OPAL"
CODES = ("drift_noticed", "drift_over")


def notices(line: Line) -> list[tuple[str, bool]]:
    """What was told of changes, and whether each has arrived."""
    with line.store.read() as session:
        rows = session.query(Notice).filter(Notice.code.in_(CODES)).order_by(Notice.id)
        return [(row.code, bool(row.ts) and row.drawn == row.revision) for row in rows]


def arrives(line: Line, expected: list[str]) -> None:
    """Keep the bot alive until all of it has been told; that more is, is seen as well."""

    def told() -> bool:
        line.keep_alive()
        there = notices(line)
        return len(there) >= len(expected) and all(arrived for _, arrived in there)

    eventually(told, f"{expected[-1]} told", within=LONG, every=0.1)
    assert [code for code, _ in notices(line)] == expected


def notices_a_change(ground: Ground, ends: Ends) -> None:
    """Somebody leads the address elsewhere, and later back."""
    line = ground.line
    line.looks = True
    data = line.settings.data
    router = ProcessRuntime(data / "process", GitSource(data / "repositories"))._router
    (route,) = [one for one in router.persisted() if one.environment == line.spot.name]
    before = [code for code, _ in notices(line)]
    line.begin(ends)
    router.lead(replace(route, operation="somebody"))
    arrives(line, [*before, CODES[0]])
    router.lead(route)
    arrives(line, [*before, *CODES])
    line.stop()
    _check(line, len(before) // 2 + 1)


def _check(line: Line, times: int) -> None:
    """The oracles: each change has one row, one message and one audit entry of either kind."""
    with line.store.read() as session:
        rows = session.query(Drift).all()
        assert [row.what for row in rows if row.cleared_at] == ["address"] * times
        assert len(rows) == times
        kept = session.query(AuditEntry).filter(AuditEntry.code.in_(CODES))
        assert Counter(row.code for row in kept) == dict.fromkeys(CODES, times)
        assert audit.verify(session)[1] == ""
    messages = line.workspace.messages(f"D{OPAL[1:]}", OPAL)
    for word in ("was changed outside the bot", "is as declared again"):
        assert len([m for m in messages if word in m["text"]]) == times, word
    marks = Counter(str(m.get("metadata")) for m in messages)
    assert [mark for mark, count in marks.items() if count > 1] == []


def worth(point: str) -> bool:
    """How often is looked depends on the machine; what is told, and how, does not."""
    return "telling" in point or "postMessage" in point


@pytest.mark.timeout(900)
def test_whenever_it_is_killed_a_change_by_others_is_told_once(grounds: list[Ground]) -> None:
    sweep(grounds, notices_a_change, at_least=9, worth=worth)
