"""Looks at what a deployment has come to: at its trial, and after the switch at what serves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from handlers.ports import Look, Plan
from integrations.runtimes.docker.words import ENTRY, container_of
from integrations.runtimes.process.health import Answer
from integrations.runtimes.swarm.client import Swarm
from integrations.runtimes.swarm.entry import NOTHING
from integrations.runtimes.swarm.names import label, place_of
from integrations.runtimes.swarm.routers import Routers, order_in
from integrations.runtimes.swarm.seen import Task, moment
from integrations.runtimes.swarm.standing import (
    Service,
    held_up,
    newest_failure,
    operation_of,
    progress,
    rolled_back,
    sentence,
)

NOTICED_WITHIN = timedelta(seconds=10)
"""As long as a router may take to see the first tasks that it has to lead to."""
NEVER = datetime.fromtimestamp(0, UTC)
"""The time where nothing is waited for: it need not be asked."""


@dataclass(frozen=True)
class Looks:
    swarm: Swarm
    routers: Routers

    def look(self, plan: Plan) -> Look:
        place = place_of(plan)
        stable = self.swarm.service(place.stable)
        if stable and operation_of(stable) == plan.operation:
            return self._at_stable(plan, stable)
        order = order_in(self.routers.find(plan))
        if stable and order.operation == plan.operation and rolled_back(stable, order.at):
            return self._at_taken_back(plan, stable)
        trial = self.swarm.service(place.trial(plan.operation))
        if trial is not None:
            return self._at_trial(plan, trial)
        if stable and order.operation == plan.operation:
            now = label(stable["Spec"]["Labels"], "version")
            return Look("exited", f"Somebody else has led {plan.address} to {now} since.")
        return Look("absent", "There is no task of it.")

    def _at_trial(self, plan: Plan, trial: Service) -> Look:
        tasks = self.swarm.tasks([trial], self.swarm.nodes())
        if not tasks:
            return Look("starting", "The swarm has not looked for a node yet.")
        task = max(tasks, key=lambda one: one.created)
        if task.has_ended:
            log = self.swarm.log(task)
            return Look("unhealthy" if task.is_unhealthy else "exited", sentence(task.say()), log)
        answer = None
        if task.ip and task.state in ("starting", "running"):
            answer = self.routers.ask(plan, task.ip, container_of(plan).port)
        return self._judged(plan, task, answer)

    def _judged(self, plan: Plan, task: Task, answer: Answer | None) -> Look:
        """The swarm's own verdict counts, and the answer to the health question where one could
        be asked."""
        said = f"{answer.status} to {plan.health.path}" if answer else ""
        more = f": {answer.text}" if answer and answer.text else ""
        if answer and answer.status and not answer.is_good:
            return Look("unhealthy", f"It answered {said}{more or '.'}", self.swarm.log(task))
        if task.state == "running" and (answer is None or answer.is_good):
            return Look("healthy", f"It answered {said}." if said else sentence(task.say()))
        log = self.swarm.log(task) if task.state in ("starting", "running") else ()
        if answer and answer.is_good:
            words = f"It answered {said}, but has not passed its own check on {task.where} yet."
            return Look("starting", words, log)
        if answer:
            return Look("starting", f"It {answer.text or 'does not listen yet'}.", log)
        return Look("starting", sentence(task.say()), log)

    def _at_stable(self, plan: Plan, stable: Service) -> Look:
        tasks = self.swarm.tasks([stable], self.swarm.nodes())
        patience = timedelta(seconds=plan.health.timeout)
        waits = held_up(stable, tasks) or any(task.is_due for task in tasks)
        now = self.swarm.now() if waits else NEVER
        stands = progress(stable, tasks, now, patience)
        if stands.state == "healthy":
            return self._at_address(plan, stands)
        if stands.state == "switching":
            return stands
        failed = newest_failure(task for task in tasks if task.operation == plan.operation)
        return replace(stands, log=self.swarm.log(failed) if failed else ())

    def _at_address(self, plan: Plan, stands: Look) -> Look:
        """All tasks are up; whether the address leads to them is asked where people come in."""
        answer = self.routers.ask(plan, "127.0.0.1", ENTRY)
        if answer is None:
            return stands
        if answer.is_good:
            reason = f"It answered {answer.status} to {plan.health.path}; {stands.reason}"
            return replace(stands, reason=reason)
        if answer.status and not answer.text.startswith(NOTHING):
            more = f": {answer.text}" if answer.text else "."
            return Look("unhealthy", f"It answered {answer.status} to {plan.health.path}{more}")
        ordered = order_in(self.routers.find(plan)).at
        is_new = ordered and self.swarm.now() - moment(ordered) < NOTICED_WITHIN
        reason = f"{plan.address} does not lead to it yet."
        return Look("switching" if is_new else "unhealthy", reason)

    def _at_taken_back(self, plan: Plan, stable: Service) -> Look:
        tasks = self.swarm.tasks([stable], self.swarm.nodes())
        failed = newest_failure(task for task in tasks if task.operation == plan.operation)
        why = failed.say() if failed else "a task of it failed"
        back = label(stable["Spec"]["Labels"], "version")
        words = f"The swarm itself has gone back to {back}: {why}."
        return Look("exited", words, self.swarm.log(failed) if failed else ())
