"""One deployment in every state of its life, as the read model tells of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from handlers.snapshots import DeploymentView, StepView

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ANA, BEN, CLEO, DEVI, OPAL = "U0ANA", "U0BEN", "U0CLEO", "U0DEVI", "U0OPAL"
FINGERPRINT = "f" * 64


def commit(number: int, subject: str = "Answer faster") -> dict[str, Any]:
    return {"commit": f"{number:040x}", "subject": subject, "author": "Ana", "at": 1_790_000_000}


LOCK = {
    "environment": "production",
    "claim": 5,
    "reason": "api 1.1.0 failed (deployment 12): it exited. Make sure the cause is gone.",
    "owner": ANA,
    "since": int(AT.timestamp()),
    "deployment": 12,
    "clearers": [CLEO, OPAL],
}

WAITING = DeploymentView(
    id=12,
    kind="deploy",
    service="api",
    version="1.1.0",
    artefact="",
    commit="abcdef12" * 5,
    environment="production",
    tier="production",
    state="waiting",
    requester=ANA,
    reason="customers wait for it",
    requested_at=AT,
    expires_at=AT + timedelta(minutes=30),
    ended_at=None,
    ended_by="",
    started_at=None,
    live_at=None,
    fingerprint=FINGERPRINT,
    needed=2,
    approved_by=(CLEO,),
    rejected_by="",
    deciders=(CLEO, DEVI),
    decider_groups=(),
    previous_version="",
    live_version="1.0.0",
    changes={
        "since": "1.0.0",
        "ahead": 7,
        "behind": 0,
        "commits": [commit(n) for n in range(1, 8)],
    },
    url="",
    failure="",
    log=(),
    cancelled_by="",
    steps=(),
    usual=12.0,
    ahead=(),
    blockers=(),
    lock=None,
    cleared=None,
)

OTHER = {"id": 11, "service": "web", "version": "2.0.0", "state": "running", "requester": BEN}
QUEUED = replace(WAITING, state="queued", approved_by=(CLEO, DEVI), deciders=(), ahead=(OTHER,))


def later(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


def done(name: str, start: float, end: float, detail: str = "") -> StepView:
    return StepView(name, "complete", later(start), later(end), detail, 1.0)


def ahead(*names: str) -> tuple[StepView, ...]:
    return tuple(StepView(name, "pending", None, None, "", 2.0) for name in names)


HEALTH = StepView("health", "in_progress", later(1.7), None, "", 4.0)
RUNNING = replace(
    QUEUED,
    state="running",
    started_at=AT,
    previous_version="1.0.0",
    ahead=(),
    steps=(
        done("prepare", 0, 1.2, "commit abcdef12 is in place"),
        done("start", 1.2, 1.7, "started beside 1.0.0"),
        HEALTH,
        *ahead("switch", "watch", "retire"),
    ),
)
BROKEN = replace(
    HEALTH,
    state="error",
    ended_at=later(31.7),
    detail="api 1.1.0 is not fit to serve: it exited with code 3.",
)
GOING_BACK = replace(
    RUNNING,
    steps=(
        *RUNNING.steps[:2],
        BROKEN,
        StepView("go_back", "in_progress", later(32), None, "", None),
        *ahead("discard"),
    ),
)
LIVE = replace(
    RUNNING,
    state="live",
    live_at=later(12.4),
    live_version="1.1.0",
    url="http://127.0.0.1:8101",
    steps=tuple(done(n, i, i + 1) for i, n in enumerate(("prepare", "start", "health"))),
)
REPLACED = replace(LIVE, state="replaced", ended_at=later(3600))
ROLLED_BACK = replace(
    GOING_BACK,
    state="rolled_back",
    ended_at=later(40),
    failure="api 1.1.0 is not fit to serve: it exited with code 3.",
    log=("Traceback (most recent call last):", "KeyError: 'DATABASE_URL'"),
    lock=LOCK,
)
FAILED = replace(ROLLED_BACK, state="failed", live_version="", previous_version="", lock=None)
ATTENTION = replace(
    ROLLED_BACK,
    state="needs_attention",
    lock=LOCK | {"reason": "Going back failed too: the router does not answer."},
)
UNWELL = replace(
    LIVE,
    kind="rollback",
    version="1.0.0",
    previous_version="1.1.0",
    live_version="1.0.0",
    failure="After the switch: api 1.0.0 is not fit to serve: it exited with code 3.",
    log=("KeyError: 'DATABASE_URL'",),
    lock=LOCK,
)
REJECTED = replace(
    WAITING, state="rejected", rejected_by=DEVI, failure="not on a Friday", ended_at=later(60)
)
EXPIRED = replace(WAITING, state="expired", ended_at=later(1800))
CANCELLED = replace(WAITING, state="cancelled", ended_by=ANA, ended_at=later(60))
STOPPED = replace(GOING_BACK, state="cancelled", cancelled_by=BEN, ended_at=later(60))
BLOCKED = replace(
    QUEUED,
    state="blocked",
    ended_at=later(60),
    blockers=(
        {"code": "locked", "facts": LOCK},
        {"code": "requester_lost_power", "facts": {"requester": ANA, "code": "not_permitted"}},
    ),
)
ROLLBACK = replace(
    QUEUED, kind="rollback", version="1.0.0", live_version="1.1.0", needed=0, approved_by=()
)

BUILD_STEP = StepView("build", "in_progress", later(4), None, "step 2 of 3, RUN make", 60.0)
BUILDING = replace(
    WAITING,
    state="building",
    expires_at=None,
    approved_by=(),
    deciders=(),
    usual=75.0,
    steps=(
        done("look", 0, 1, "it is not in the registry yet"),
        done("fetch", 1, 4, "12 files of 0.3 MiB"),
        BUILD_STEP,
        *ahead("push", "resolve"),
    ),
)
NO_MAKE = "The build failed at step 2 of 3, RUN make: code 2."
NOT_BUILT = replace(
    BUILDING,
    state="not_built",
    ended_at=later(30),
    failure=NO_MAKE,
    log=("make: *** No rule to make target", "make: *** [all] Error 2"),
    steps=(
        *BUILDING.steps[:2],
        replace(BUILD_STEP, state="error", ended_at=later(30), detail=NO_MAKE),
    ),
)

CARDS = {
    "building": BUILDING,
    "not built": NOT_BUILT,
    "waiting": WAITING,
    "queued": QUEUED,
    "running": RUNNING,
    "going back": GOING_BACK,
    "live": LIVE,
    "replaced": REPLACED,
    "rolled back": ROLLED_BACK,
    "failed": FAILED,
    "needs attention": ATTENTION,
    "unwell": UNWELL,
    "rejected": REJECTED,
    "expired": EXPIRED,
    "cancelled": CANCELLED,
    "stopped": STOPPED,
    "blocked": BLOCKED,
    "rollback": ROLLBACK,
}
