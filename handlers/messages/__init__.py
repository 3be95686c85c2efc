"""What can be asked, who asks, and what comes back. Frozen values; no imports of ours.

A command is an imperative. An outcome is a state with facts; a refusal is an expected no with
facts. The sentence a person reads for either is made in one place only: ``bot/reply.py``.
"""

from handlers.messages.base import CLOCK, Actor, Command, Facts, Outcome, Question, Refusal
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
from handlers.messages.environments import ClearLock, ListEnvironments, ShowEnvironment
from handlers.messages.releases import ListReleases, ShowRelease
from handlers.messages.upkeep import ForgetReceipts, Reconcile, ReviveService, ShowHelp, ShowStatus

__all__ = [
    "CLOCK",
    "Actor",
    "ApproveDeployment",
    "CancelDeployment",
    "ChooseDeployment",
    "ClearLock",
    "Command",
    "ExpireApprovals",
    "Facts",
    "ForgetReceipts",
    "ListEnvironments",
    "ListReleases",
    "Outcome",
    "ProposeRollback",
    "Question",
    "Reconcile",
    "Refusal",
    "RejectDeployment",
    "RequestDeploy",
    "RequestRollback",
    "ReviveService",
    "ShowEnvironment",
    "ShowHelp",
    "ShowRelease",
    "ShowStatus",
]
