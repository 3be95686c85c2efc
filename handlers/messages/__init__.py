"""What can be asked, who asks, and what comes back. Frozen values; no imports of ours.

A command is an imperative. An outcome is a state with facts; a refusal is an expected no with
facts. The sentence a person reads for either is made in one place only: ``bot/reply.py``.
"""

from handlers.messages.base import CLOCK, Actor, Command, Facts, Outcome, Question, Refusal
from handlers.messages.bookings import (
    ApproveBooking,
    AskHolder,
    BookEnvironments,
    ChooseBooking,
    ClaimOffer,
    ExtendBooking,
    FreeEnvironment,
    JoinWaitList,
    LeaveWaitList,
    ListBookings,
    LockEnvironment,
    OverrideBooking,
    PassOffer,
    RejectBooking,
    ShowUsage,
    SweepBookings,
    TakeOver,
)
from handlers.messages.calendars import LinkCalendar, PostCalendar
from handlers.messages.deployments import (
    ApproveDeployment,
    CancelDeployment,
    ChooseDeployment,
    ExpireApprovals,
    ProposeRollback,
    RejectDeployment,
    RequestDeploy,
    RequestRollback,
)
from handlers.messages.environments import (
    ClearLock,
    ListEnvironments,
    ShowBoard,
    ShowEnvironment,
    ShowLock,
)
from handlers.messages.instances import (
    CleanUp,
    FindLeftovers,
    ReadLog,
    ScaleService,
    ShowHosts,
)
from handlers.messages.preparations import (
    DecidePreparation,
    PrepareEnvironment,
    ReconcilePreparation,
    ResetEnvironment,
)
from handlers.messages.releases import ListReleases, PlanRelease, ShowRelease
from handlers.messages.upkeep import ForgetReceipts, Reconcile, ReviveService, ShowHelp, ShowStatus

__all__ = [
    "CLOCK",
    "Actor",
    "ApproveBooking",
    "ApproveDeployment",
    "AskHolder",
    "BookEnvironments",
    "CancelDeployment",
    "ChooseBooking",
    "ChooseDeployment",
    "ClaimOffer",
    "CleanUp",
    "ClearLock",
    "Command",
    "DecidePreparation",
    "ExpireApprovals",
    "ExtendBooking",
    "Facts",
    "FindLeftovers",
    "ForgetReceipts",
    "FreeEnvironment",
    "JoinWaitList",
    "LeaveWaitList",
    "LinkCalendar",
    "ListBookings",
    "ListEnvironments",
    "ListReleases",
    "LockEnvironment",
    "Outcome",
    "OverrideBooking",
    "PassOffer",
    "PlanRelease",
    "PostCalendar",
    "PrepareEnvironment",
    "ProposeRollback",
    "Question",
    "ReadLog",
    "Reconcile",
    "ReconcilePreparation",
    "Refusal",
    "RejectBooking",
    "RejectDeployment",
    "RequestDeploy",
    "RequestRollback",
    "ResetEnvironment",
    "ReviveService",
    "ScaleService",
    "ShowBoard",
    "ShowEnvironment",
    "ShowHelp",
    "ShowHosts",
    "ShowLock",
    "ShowRelease",
    "ShowStatus",
    "ShowUsage",
    "SweepBookings",
    "TakeOver",
]
