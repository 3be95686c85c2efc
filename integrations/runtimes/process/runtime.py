"""The embedded runtime. Reads top to bottom as the life of a deployment."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import time
from contextlib import AbstractContextManager
from pathlib import Path

from handlers.ports import Look, Measured, Plan, PortError, Say, Serving, Source, silent
from integrations.disk import locked
from integrations.machine import cores, free_disk, free_memory
from integrations.runtimes.pace import Pace
from integrations.runtimes.process.control import Control
from integrations.runtimes.process.errands import ProcessErrands
from integrations.runtimes.process.health import PATH, Answer, ask
from integrations.runtimes.process.instances import SIGNALS, Instance, Instances, named
from integrations.runtimes.process.route import Route, url_of
from integrations.runtimes.process.spawn import until
from integrations.runtimes.process.watch import ProcessWatch

PATIENCE = 30.0  # seconds to wait for another task at the same operation: longer than any drain
TRACES_KEPT = 86400.0  # seconds the log of a retired instance stays readable
LISTEN_LIMIT = 5.0  # seconds a revived instance has before the address leads to it regardless
ADDRESS_IN_USE = re.compile(r"address (is )?already in use|EADDRINUSE", re.IGNORECASE)


class ProcessRuntime(ProcessWatch, ProcessErrands):
    """Implements ``Runtime`` with processes of this machine, all of them below ``home``.

    Instances and the router are sessions of their own: they outlive the bot, however it ends.
    """

    def __init__(self, home: Path, source: Source) -> None:
        self._home = home.absolute()
        self._home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._source = source
        self._instances = Instances(self._home)
        self._router = Control(self._home)
        self._pace = Pace()

    def check(self) -> str:
        traffic = self._router.traffic_if_any()
        if traffic and traffic.silent:
            raise PortError(f"Somebody else listens on {', '.join(traffic.silent)}.")
        count = len(traffic.routes if traffic else self._router.persisted())
        routes = f"{count} address{'' if count == 1 else 'es'}"
        if traffic is None:
            return f"The router is not running; the bot starts it when it is needed, for {routes}."
        return f"The router runs and leads {routes}."

    def prepare(self, plan: Plan, say: Say = silent) -> None:
        """Also takes the address: that somebody else has it should be known before the start."""
        if not PATH.fullmatch(plan.health.path):
            raise PortError(f"{plan.health.path!r} is not a health path.", permanent=True)
        self._router.reserve(plan.address)
        with self._hold_releases(plan.service):
            release = self._release(plan.service, plan.commit)
            self._source.export(plan.repository, plan.commit, str(release))
            os.utime(release)  # prune goes by it

    def start(self, plan: Plan) -> None:
        with self._hold(plan.operation):
            if self._instances.find(plan.operation) is None:
                self._instances.start(plan, self._prepared(plan))

    def look(self, plan: Plan) -> Look:
        instance = self._instances.find(plan.operation)
        if instance is None:
            return Look("absent", "There is no instance of it.")
        answer = Answer(0)
        if self._instances.alive(instance):
            answer = ask(instance.port, plan.health.path, plan.health.request_timeout)
        log = self._instances.log(plan.operation)
        # Asked again, because it may have ended since and its port may be another's by now.
        instance = self._instances.find(plan.operation) or instance
        if not self._instances.alive(instance):
            return Look("exited", _end(instance, log), log)
        if not answer.status:
            return Look("starting", f"It {answer.text or 'does not listen yet'}.", log)
        if not self._instances.owns_port(instance):
            return Look("starting", f"Another process answers on its port {instance.port}.", log)
        return _verdict(plan, answer, log)

    def switch(self, plan: Plan) -> Serving:
        with self._hold(plan.operation):
            instance = self._instances.find(plan.operation)
            if instance is None or not self._is_alive(instance):
                if not self._is_way_back(plan):
                    text = f"{plan.service} {plan.version} does not run, so nothing can lead to it."
                    raise PortError(text, permanent=True)
                instance = self._running_again(plan)
            return self._lead(plan, instance)

    def serving(self, environment: str, service: str) -> Serving | None:
        traffic = self._router.traffic()
        route = traffic.of(environment, service)
        if route and route.address in traffic.silent:
            raise PortError(f"Somebody else listens on {route.address}.", permanent=True)
        return _serving(route) if route else None

    def revive(self, plan: Plan) -> None:
        with self._hold(plan.operation):
            route = self._router.traffic().of(plan.environment, plan.service)
            if route is None or route.operation != plan.operation:
                text = f"{plan.address} does not lead to {plan.service} {plan.version}."
                raise PortError(text, permanent=True)
            instance = self._running_again(plan)
            if instance.port != route.port:
                self._lead(plan, instance)

    def instances(self, environment: str, service: str) -> tuple[str, ...]:
        return tuple(i.operation for i in self._of(environment, service) if self._is_alive(i))

    def measure(self, environment: str) -> Measured:
        here = [route for route in self._routes() if route.environment == environment]
        return Measured(
            cores=cores(),
            memory=free_memory(),
            disk=free_disk(self._home),
            running={route.service: route.version for route in here if self._answers(route)},
        )

    def retire(self, plan: Plan, operation: str) -> None:
        with self._hold(operation):
            self._refuse_serving(operation)
            instance = self._instances.find(operation)
            if instance is None:
                return
            if self._is_alive(instance):
                self._wait_for_flying(operation, time.monotonic() + plan.drain)
            self._instances.end(instance)
            self._instances.forget(operation)

    def halt(self, environment: str, service: str, drain: float) -> None:
        deadline = time.monotonic() + drain
        for found in self._of(environment, service):
            self._end(found, deadline - time.monotonic())

    def _end(self, found: Instance, drain: float) -> None:
        deadline = time.monotonic() + drain
        with self._hold(found.operation):
            instance = self._instances.find(found.operation)
            if instance is not None and self._is_alive(instance):
                self._wait_for_flying(found.operation, deadline)
                self._instances.end(instance)

    def forget(self, environment: str, service: str) -> None:
        there = self._of(environment, service)
        if any(self._is_alive(one) for one in there):
            raise PortError(f"{service} runs in {environment}.", permanent=True)
        if self._router.persisted():
            self._router.leave(environment, service)
        for one in there:
            with self._hold(one.operation):
                self._instances.remove(one.operation)

    def prune(self, plan: Plan) -> None:
        with self._hold_releases(plan.service):
            self._prune_instances(plan)
            self._prune_releases(plan)

    def stop_everything(self) -> None:
        """End all instances and the router, now. What they were stays known: see ``revive``."""
        for instance in self._instances.all():
            if self._is_alive(instance):
                self._instances.end(instance)
        self._router.stop()

    def _wait_for_flying(self, operation: str, deadline: float) -> None:
        limit = max(0.0, deadline - time.monotonic())
        until(lambda: not self._router.traffic().flying.get(operation), limit)

    def _is_way_back(self, plan: Plan) -> bool:
        """Whether a deployment takes its own switch back by ``plan``: what served is gone with the
        machine that went down, and no verdict on it."""
        route = self._router.traffic().of(plan.environment, plan.service)
        return bool(route and route.fence == plan.fence and route.operation != plan.operation)

    def _running_again(self, plan: Plan) -> Instance:
        """Its instance, which is started again from its release when it has ended."""
        instance = self._instances.find(plan.operation)
        if instance is not None and self._is_alive(instance):
            return instance
        release = self._prepared(plan)
        if instance:
            self._instances.end(instance)  # children it may have left behind
            self._instances.forget(plan.operation)
        instance = self._instances.start(plan, release)
        until(lambda: ask(instance.port, plan.health.path, 1.0).is_good, LISTEN_LIMIT)
        return instance

    def _lead(self, plan: Plan, instance: Instance) -> Serving:
        route = Route(
            address=plan.address,
            port=instance.port,
            operation=plan.operation,
            fence=plan.fence,
            environment=plan.environment,
            service=plan.service,
            version=plan.version,
            commit=plan.commit,
        )
        self._router.lead(route)
        return _serving(route)

    def _routes(self) -> tuple[Route, ...]:
        """Where addresses lead; a router that was never needed is not started to be asked."""
        if not self._router.persisted():
            return ()
        traffic = self._router.traffic()
        return tuple(route for route in traffic.routes if route.address not in traffic.silent)

    def _answers(self, route: Route) -> bool:
        instance = self._instances.find(route.operation)
        return instance is not None and self._is_alive(instance)

    def _refuse_serving(self, operation: str) -> None:
        for route in self._router.traffic().routes:
            if route.operation == operation:
                text = f"{route.address} leads to it; it cannot be retired."
                raise PortError(text, permanent=True)

    def _prune_instances(self, plan: Plan) -> None:
        """Forget what ended, except the newest few, whose last words somebody may want."""
        routed = {route.operation for route in self._router.traffic().routes}
        spared = routed | {plan.operation}
        ended = [i for i in self._of(plan.environment, plan.service) if not self._is_alive(i)]
        for instance in sorted(ended, key=lambda i: i.created)[: -plan.keep or None]:
            if instance.operation not in spared:
                self._instances.remove(instance.operation)
        self._instances.remove_traces(TRACES_KEPT)

    def _prune_releases(self, plan: Plan) -> None:
        routes = self._router.traffic().routes
        needed = {plan.commit} | {route.commit for route in routes}
        needed |= {i.commit for i in self._instances.all() if self._is_alive(i)}
        folder = self._home / "releases" / named(plan.service)
        releases = [p for p in folder.glob("*") if not p.name.startswith(".")]
        releases.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        for release in releases[plan.keep :]:
            if release.name not in needed:
                self._forget_release(release)
        for doomed in folder.glob(".gone-*"):
            shutil.rmtree(doomed, ignore_errors=True)

    def _forget_release(self, release: Path) -> None:
        # Renamed first: half a release must not look like a whole one.
        doomed = release.with_name(f".gone-{release.name}")
        os.replace(release, doomed)
        shutil.rmtree(doomed, ignore_errors=True)

    def _of(self, environment: str, service: str) -> tuple[Instance, ...]:
        wanted = (environment, service)
        return tuple(i for i in self._instances.all() if (i.environment, i.service) == wanted)

    def _is_alive(self, instance: Instance) -> bool:
        return self._instances.alive(instance)

    def _release(self, service: str, commit: str) -> Path:
        return self._home / "releases" / named(service) / named(commit)

    def _prepared(self, plan: Plan) -> Path:
        release = self._release(plan.service, plan.commit)
        if not release.is_dir():
            raise PortError(f"{plan.service} {plan.version} is not prepared.", permanent=True)
        return release

    def _hold(self, operation: str) -> AbstractContextManager[int]:
        # A fixed number of locks, because a lock file can never be removed safely.
        stripe = hashlib.sha256(named(operation).encode()).hexdigest()[:2]
        return locked(self._home / "locks" / f"operation-{stripe}", PATIENCE)

    def _hold_releases(self, service: str) -> AbstractContextManager[int]:
        return locked(self._home / "locks" / f"releases-{named(service)}", PATIENCE)


def _serving(route: Route) -> Serving:
    return Serving(route.operation, route.version, route.commit, url_of(route.address))


def _verdict(plan: Plan, answer: Answer, log: tuple[str, ...]) -> Look:
    if answer.is_good:
        return Look("healthy", f"It answered {answer.status} to {plan.health.path}.", log)
    said = f": {answer.text}" if answer.text else "."
    return Look("unhealthy", f"It answered {answer.status} to {plan.health.path}{said}", log)


def _end(instance: Instance, log: tuple[str, ...]) -> str:
    if any(ADDRESS_IN_USE.search(line) for line in log):
        return f"It ended because its port {instance.port} was taken by another process."
    if instance.ended is None:
        return "It ended; its exit code is not known."
    if instance.ended < 0:
        how = SIGNALS.get(instance.ended, f"signal {-instance.ended} ended it")
        return f"It ended: {how}."
    return f"It ended with exit code {instance.ended}."
