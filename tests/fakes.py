"""Ports without an outside world. They obey the suites in tests/contracts like the real ones."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from handlers.ports import (
    BuildOrder,
    Built,
    Change,
    Changes,
    Errand,
    File,
    Leftover,
    Lines,
    Look,
    Machine,
    Measured,
    Person,
    Plan,
    PortError,
    Report,
    Running,
    Say,
    Serving,
    Tag,
    Wanted,
    silent,
)

State = Literal["starting", "healthy", "unhealthy", "exited", "switching"]


@dataclass(frozen=True)
class Commit:
    """One commit of a scripted repository; the newest of a repository comes last."""

    commit: str
    subject: str
    tag: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    author: str = "Ada"
    at: datetime = datetime(2026, 3, 2, 9, tzinfo=UTC)


class FakeSource:
    """Repositories from a script; ``down`` makes everybody who needs the network fail."""

    def __init__(self) -> None:
        self.repositories: dict[str, list[Commit]] = {}
        self.down = ""
        self.calls: list[str] = []

    def script(self, repository: str, *commits: Commit) -> None:
        """Set the straight history of a repository, oldest first."""
        base = datetime(2026, 3, 2, 9, tzinfo=UTC)
        self.repositories[repository] = [
            Commit(c.commit, c.subject, c.tag, c.files, c.author, base + timedelta(hours=number))
            for number, c in enumerate(commits)
        ]

    def check(self, repository: str) -> str:
        return f"{repository} answers and has {len(self.versions(repository))} tags."

    def versions(self, repository: str) -> tuple[Tag, ...]:
        self.calls.append(f"versions {repository}")
        if self.down:
            raise PortError(self.down)
        tagged = [commit for commit in self._history(repository) if commit.tag]
        tags = [Tag(c.tag.removeprefix("v"), c.commit, c.subject, c.at) for c in tagged]
        return tuple(reversed(tags))

    def changes(self, repository: str, since: str | None, until: str, limit: int) -> Changes:
        new, old = self._upto(repository, until), self._upto(repository, since)
        ahead = [commit for commit in reversed(new) if commit not in old]
        behind = [commit for commit in old if commit not in new]
        shown = tuple(Change(c.commit, c.subject, c.author, c.at) for c in ahead[:limit])
        return Changes(shown, len(ahead), len(behind))

    def export(self, repository: str, commit: str, into: str) -> None:
        self.calls.append(f"export {commit}")
        files = self._upto(repository, commit)[-1].files
        if Path(into).exists():
            return
        half = Path(f"{into}.half")
        half.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (half / name).write_text(text, "utf-8")
        half.rename(into)

    def read(
        self, repository: str, commits: tuple[str, ...], path: str
    ) -> Mapping[str, File | None]:
        self.calls.append(f"read {len(commits)} {path}")
        found = {commit: self._upto(repository, commit)[-1].files for commit in commits}
        return {c: File(files[path]) if path in files else None for c, files in found.items()}

    def _history(self, repository: str) -> list[Commit]:
        if repository not in self.repositories:
            raise PortError(f"{repository} cannot be read: it does not exist.", permanent=True)
        return self.repositories[repository]

    def _upto(self, repository: str, commit: str | None) -> list[Commit]:
        history = self._history(repository)
        if commit is None:
            return []
        for number, known in enumerate(history):
            if known.commit == commit:
                return history[: number + 1]
        raise PortError(f"{repository} has no commit {commit[:12]}.", permanent=True)


class FakeRuntime:
    """A runtime in memory. Everything is healthy unless ``script`` says otherwise.

    >>> runtime.script("d7", "unhealthy", reason="It answered 500.", log=("Traceback",))
    >>> runtime.fail("switch", PortError("The router does not answer."), times=2)
    """

    def __init__(self) -> None:
        self._mutex = threading.RLock()
        self._looks: dict[str, list[Look]] = {}
        self._failures: dict[str, list[Exception]] = {}
        self._instances: dict[str, Plan] = {}
        self._gone: set[str] = set()
        self.asked: dict[str, int | None] = {}
        self._restarts: dict[tuple[str, int], int] = {}
        self._errands: dict[tuple[str, str], Errand] = {}
        self.sent: list[Errand] = []
        """Errands in the order in which they really began."""
        self.reports: dict[str, Report] = {}
        """How errands of a name go, other than well."""
        self._routes: dict[tuple[str, str], Plan] = {}
        self._owners: dict[str, tuple[str, str]] = {}
        self.prepared: set[tuple[str, str]] = set()
        self.written: dict[tuple[str, str], Sequence[str]] = {}
        self.machines: list[Machine] = [
            Machine("fake", (), 4.0, 0.5, 8 * 2**30, 4 * 2**30, 64 * 2**30, 32 * 2**30, 0)
        ]
        self.lying: list[Leftover] = []
        self.room = (4.0, 8 * 2**30, 64 * 2**30)
        self.calls: list[tuple[str, str]] = []
        self.before: Callable[[str, str], None] = lambda call, operation: None

    def script(
        self, operation: str, *states: State, reason: str = "", log: tuple[str, ...] = ()
    ) -> None:
        """What the next looks at ``operation`` see, one after the other; the last one stays."""
        if not states:
            raise ValueError("a script needs at least one state")
        self._looks[operation] = [Look(state, reason or f"It is {state}.", log) for state in states]

    def fail(self, call: str, error: Exception, times: int = 1) -> None:
        """Make the next ``times`` calls of a method raise, before they have done anything."""
        self._failures.setdefault(call, []).extend([error] * times)

    def crash(self, operation: str) -> None:
        """The machine takes the instance away; an address may still lead to it."""
        self._gone.add(operation)

    @property
    def started(self) -> list[str]:
        """Operations in the order in which an instance of them really began."""
        return [operation for call, operation in self.calls if call == "began"]

    def check(self) -> str:
        self._enter("check", "")
        return "The fake runtime is ready."

    def prepare(self, plan: Plan, say: Say = silent) -> None:
        self._enter("prepare", plan.operation)
        self.prepared.add((plan.service, plan.commit))

    def start(self, plan: Plan) -> None:
        self._enter("start", plan.operation)
        with self._mutex:
            if plan.operation not in self._instances:
                self._begin(plan)

    def look(self, plan: Plan) -> Look:
        self._enter("look", plan.operation)
        with self._mutex:
            if plan.operation not in self._instances:
                return Look("absent", "There is no instance of it.")
            if plan.operation in self._gone:
                return Look("exited", "It ended; its exit code is not known.")
            script = self._looks.get(plan.operation) or [Look("healthy", "It answered 200.")]
            return script.pop(0) if len(script) > 1 else script[0]

    def switch(self, plan: Plan) -> Serving:
        self._enter("switch", plan.operation)
        with self._mutex:
            if not self._is_alive(plan.operation):
                route = self._routes.get((plan.environment, plan.service))
                if route is None or route.fence != plan.fence or route.operation == plan.operation:
                    raise PortError(f"{plan.service} {plan.version} does not run.", permanent=True)
                self._begin(plan)  # the way back
            self._lead(plan)
            return _serving(plan)

    def serving(self, environment: str, service: str) -> Serving | None:
        self._enter("serving", "")
        plan = self._routes.get((environment, service))
        return _serving(plan) if plan else None

    def revive(self, plan: Plan) -> None:
        self._enter("revive", plan.operation)
        with self._mutex:
            route = self._routes.get((plan.environment, plan.service))
            if route is None or route.operation != plan.operation:
                raise PortError(f"{plan.address} does not lead to it.", permanent=True)
            if not self._is_alive(plan.operation):
                self._begin(plan)

    def instances(self, environment: str, service: str) -> tuple[str, ...]:
        self._enter("instances", "")
        plans = [plan for name, plan in self._instances.items() if self._is_alive(name)]
        wanted = (environment, service)
        return tuple(p.operation for p in plans if (p.environment, p.service) == wanted)

    def measure(self, environment: str) -> Measured:
        self._enter("measure", "")
        here = {s: p for (e, s), p in self._routes.items() if e == environment}
        running = {s: p.version for s, p in here.items() if self._is_alive(p.operation)}
        return Measured(*self.room, running)

    def retire(self, plan: Plan, operation: str) -> None:
        self._enter("retire", operation)
        with self._mutex:
            if any(route.operation == operation for route in self._routes.values()):
                raise PortError("An address leads to it; it cannot be retired.", permanent=True)
            self._instances.pop(operation, None)

    def halt(self, environment: str, service: str, drain: float) -> None:
        self._enter("halt", service)
        with self._mutex:
            for name, plan in self._instances.items():
                if (plan.environment, plan.service) == (environment, service):
                    self._gone.add(name)

    def forget(self, environment: str, service: str) -> None:
        self._enter("forget", service)
        with self._mutex:
            if self.instances(environment, service):
                raise PortError(f"{service} runs.", permanent=True)
            self._routes.pop((environment, service), None)
            mine = {a for a, who in self._owners.items() if who == (environment, service)}
            for address in mine:
                del self._owners[address]

    def send(self, errand: Errand, say: Say = silent) -> None:
        self._enter("send", errand.name)
        with self._mutex:
            if (errand.plan.service, errand.plan.commit) not in self.prepared:
                raise PortError(f"{errand.plan.service} is not prepared.", permanent=True)
            if (errand.plan.operation, errand.name) not in self._errands:
                self._errands[errand.plan.operation, errand.name] = errand
                self.sent.append(errand)

    def report(self, errand: Errand) -> Report:
        self._enter("report", errand.name)
        if (errand.plan.operation, errand.name) not in self._errands:
            return Report("absent", reason="There is nothing of it.")
        well = Report("ended", 0, "It ended with exit code 0.")
        return self.reports.get(errand.name, well)

    def recall(self, errand: Errand) -> None:
        self._enter("recall", errand.name)
        with self._mutex:
            self._errands.pop((errand.plan.operation, errand.name), None)

    def prune(self, plan: Plan) -> None:
        self._enter("prune", plan.operation)

    def inspect(self, environment: str) -> tuple[Running, ...]:
        self._enter("inspect", "")
        with self._mutex:
            here = [p for p in self._instances.values() if p.environment == environment]
            found = [self._running(p, n) for p in here for n in range(1, self._count(p) + 1)]
        return tuple(sorted(found, key=lambda one: (one.service, one.operation, one.number)))

    def log(self, environment: str, service: str, wanted: Wanted) -> Lines:
        self._enter("log", service)
        written = self.written.get((environment, service), ())
        found = [line for line in written if wanted.words.casefold() in line.casefold()]
        return Lines(tuple(found[-wanted.tail :]))

    def hosts(self) -> tuple[Machine, ...]:
        self._enter("hosts", "")
        return tuple(sorted(self.machines, key=lambda one: one.name))

    def scale(self, plan: Plan) -> None:
        self._enter("scale", plan.operation)
        with self._mutex:
            route = self._routes.get((plan.environment, plan.service))
            if route is None or route.operation != plan.operation or plan.fence < route.fence:
                raise PortError(f"{plan.address} does not lead to it.", permanent=True)
            self._instances[plan.operation] = self._routes[route.environment, route.service] = plan

    def requests(self, environment: str) -> int | None:
        self._enter("requests", "")
        return self.asked.get(environment, 0)

    def restart(self, plan: Plan, old: Collection[datetime]) -> int:
        self._enter("restart", plan.operation)
        with self._mutex:
            route = self._routes.get((plan.environment, plan.service))
            if route is None or route.operation != plan.operation:
                raise PortError(f"{plan.address} does not lead to it.", permanent=True)
            stale = [
                number
                for number in range(1, self._count(route) + 1)
                if self._since(route.operation, number) in old
            ]
            for number in stale[: max(1, self._count(route) // 2)]:
                self._restarts[route.operation, number] = (
                    self._restarts.get((route.operation, number), 0) + 1
                )
                self.calls.append(("restarted", f"{route.operation}.{number}"))
            return len(stale)

    def _since(self, operation: str, number: int) -> datetime:
        times = self._restarts.get((operation, number), 0)
        return datetime(2026, 3, 2, 9, tzinfo=UTC) + timedelta(minutes=number, hours=times)

    def leftovers(
        self, needed: Collection[str], gone: Collection[str] = ()
    ) -> tuple[Leftover, ...]:
        self._enter("leftovers", "")
        running = {plan.commit for plan in self._instances.values()}
        spared = set(needed) | running
        lying = [one for one in self.lying if one.id not in spared]
        there = {(p.environment, p.service) for p in self._instances.values()}
        there |= set(self._routes)
        orphans = [
            Leftover("fake", "process", f"{place}/{service}", f"{service} of {place}", 0, place)
            for place, service in sorted(there)
            if place in gone
        ]
        return (*lying, *orphans)

    def clean(
        self, which: Collection[Leftover], needed: Collection[str], gone: Collection[str] = ()
    ) -> tuple[Leftover, ...]:
        self._enter("clean", "")
        removed = tuple(one for one in self.leftovers(needed, gone) if one in which)
        self.lying = [one for one in self.lying if one not in removed]
        for one in (one for one in removed if one.kind == "process"):
            place, _, service = one.id.partition("/")
            self.halt(place, service, 0.0)
            self.forget(place, service)
            for name in [n for n, p in self._instances.items() if p.environment == place]:
                del self._instances[name]
        return removed

    def watch(self, changed: Callable[[str], None], stopping: Callable[[], bool]) -> None:
        self._enter("watch", "")

    def _count(self, plan: Plan) -> int:
        return plan.container.replicas if plan.container else 1

    def _running(self, plan: Plan, number: int) -> Running:
        route = self._routes.get((plan.environment, plan.service))
        how = plan.container
        return Running(
            service=plan.service,
            operation=plan.operation,
            version=plan.version,
            commit=plan.commit,
            image=how.image if how else "",
            number=number,
            state="running" if self._is_alive(plan.operation) else "ended",
            since=self._since(plan.operation, number),
            restarts=0,
            cpu=0.25,
            cores=how.cpu if how else 4.0,
            memory=64 * 2**20,
            limit=how.memory if how else 0,
            serves=route is not None and route.operation == plan.operation,
            host="fake",
        )

    def _enter(self, call: str, operation: str) -> None:
        self.before(call, operation)
        with self._mutex:
            self.calls.append((call, operation))
            if failures := self._failures.get(call):
                raise failures.pop(0)

    def _begin(self, plan: Plan) -> None:
        if (plan.service, plan.commit) not in self.prepared:
            raise PortError(f"{plan.service} {plan.version} is not prepared.", permanent=True)
        self.calls.append(("began", plan.operation))
        self._gone.discard(plan.operation)
        self._instances[plan.operation] = plan

    def _is_alive(self, operation: str) -> bool:
        script = self._looks.get(operation)
        has_ended = script is not None and script[0].state == "exited"
        return operation in self._instances and operation not in self._gone and not has_ended

    def _lead(self, plan: Plan) -> None:
        who = (plan.environment, plan.service)
        before = self._routes.get(who)
        if before and plan.fence < before.fence and plan.operation != before.operation:
            raise PortError(f"A newer order has led {plan.address} already.", permanent=True)
        if self._owners.get(plan.address, who) != who:
            raise PortError(f"{plan.address} belongs to another service.", permanent=True)
        self._owners[plan.address] = who
        self._routes[who] = plan


def _serving(plan: Plan) -> Serving:
    return Serving(plan.operation, plan.version, plan.commit, f"http://{plan.address}")


class FakeDirectory:
    """A scripted directory; ``people`` and ``groups`` may be changed while it is in use."""

    def __init__(self, people: Iterable[Person], groups: Mapping[str, Iterable[str]]) -> None:
        self.accounts = {person.user: person for person in people}
        self.groups = {name: list(users) for name, users in groups.items()}
        self.error: PortError | None = None

    def people(self) -> tuple[Person, ...]:
        if self.error:
            raise self.error
        return tuple(self.accounts.values())

    def members(self, group: str) -> tuple[str, ...]:
        if self.error:
            raise self.error
        if group not in self.groups:
            raise PortError(f"There is no group {group}.", permanent=True)
        return tuple(self.groups[group])


class FakeProbe:
    """Services of others from a script: what each address says, or why it does not."""

    def __init__(self, **said: str) -> None:
        self.said: dict[str, str | PortError] = dict(said)

    def version(self, address: str) -> str:
        answer = self.said.get(address, PortError(f"{address} does not answer."))
        if isinstance(answer, PortError):
            raise answer
        return answer


class FakeImages:
    """Registries from a script: what each ``image:tag`` is, or why it is not."""

    def __init__(self) -> None:
        self.there: dict[str, str | PortError] = {}

    def resolve(self, image: str, tag: str) -> str:
        missing = PortError(f"The registry has no {image}:{tag}.", permanent=True)
        answer = self.there.get(f"{image}:{tag}", missing)
        if isinstance(answer, PortError):
            raise answer
        return answer


class FakeBuilder:
    """Builds in memory, and pushes to the scripted registries of ``images``.

    >>> builder.fail("build", Built("The build failed at step 2 of 3, RUN make: …"))
    >>> builder.fail("push", PortError("The registry does not answer."))
    """

    def __init__(self, images: FakeImages | None = None) -> None:
        self.images = images or FakeImages()
        self.lines: tuple[str, ...] = ("Step 1/1 : FROM scratch", "Successfully built")
        self.began: list[str] = []
        """Builds that really began, by the commits that they are of."""
        self.fetched: set[str] = set()
        self.there: dict[str, str] = {}
        """What was built and is not pushed, or is kept: the name of each with its commit."""
        self._failures: dict[str, list[Built | PortError]] = {}

    def fail(self, step: str, *with_: Built | PortError) -> None:
        self._failures.setdefault(step, []).extend(with_)

    def check(self, engine: str) -> str:
        return f"{engine} builds"

    def fetch(self, order: BuildOrder) -> str:
        self._failing("fetch")
        self.fetched.add(order.name)
        return "1 file of 0.0 MiB"

    def build(self, order: BuildOrder, write: Say = silent, say: Say = silent) -> Built:
        name = f"{order.image}:{order.commit}"
        if name in self.there:
            return Built(detail="it was built already")
        if order.name not in self.fetched:
            raise PortError(f"The commit {order.commit[:12]} is not fetched.", permanent=True)
        self.began.append(order.commit)
        for line in self.lines:
            write(line)
            say(line)
        say("")
        if failed := self._failing("build"):
            return failed
        self.there[name] = f"{order.image}@sha256:{hashlib.sha256(name.encode()).hexdigest()}"
        return Built(detail="built in 0.1 s")

    def push(self, order: BuildOrder, say: Say = silent) -> str:
        name = f"{order.image}:{order.commit}"
        if name not in self.there:
            text = f"{order.engine} does not have what was built of {order.commit[:12]} any more."
            raise PortError(text, permanent=True)
        say("")
        self._failing("push")
        self.images.there[name] = self.there[name]
        return self.there[name]

    def discard(self, order: BuildOrder) -> None:
        self.fetched.discard(order.name)
        mine = [name for name in self.there if name.startswith(f"{order.image}:")]
        for name in mine[: max(0, len(mine) - order.keep)]:
            del self.there[name]

    def _failing(self, step: str) -> Built | None:
        failed = self._failures.get(step, [])
        one = failed.pop(0) if failed else None
        if isinstance(one, PortError):
            raise one
        return one
