"""``/deploy``, ``/rollback`` and ``/release``."""

from __future__ import annotations

from bot.parse.line import OpenForm, Said, Words, names, slots
from handlers.messages import (
    ListReleases,
    PlanRelease,
    ProposeRollback,
    ReadBuildLog,
    RequestDeploy,
    RequestRollback,
    ShowRelease,
)


def deploy(said: Words) -> Said:
    service, version, environment = slots(said, 3, 1)
    if service and version and environment:
        return RequestDeploy(service, version, environment, said.reason)
    return OpenForm("deploy", service, version, environment, said.reason)


def rollback(said: Words) -> Said:
    joints = [joint for joint, _ in said.behind]
    if len(joints) == 2 and joints[0] == "to" and joints[1] != "to":
        # "to 1.1.0 in production": the words say which is which.
        said = Words(said.usage, said.bare, said.behind[::-1], said.reason)
    service, environment, version = slots(said, 3, 2, ("service", "environment", "version"))
    if not service or not environment:
        return OpenForm("rollback", service, version, environment, said.reason)
    if version:
        return RequestRollback(service, environment, version, said.reason)
    return ProposeRollback(service, environment, said.reason)


def list_releases(said: Words) -> Said:
    return ListReleases(*names(said, "service", optional=True))


def show_release(said: Words) -> Said:
    return ShowRelease(*names(said, "service", "version"))


def plan_release(said: Words) -> Said:
    return PlanRelease(*names(said, "service", "version"))


def read_build_log(said: Words) -> Said:
    return ReadBuildLog(*names(said, "service", "version"))
