"""The durable engine (DBOS) and nothing else of it: launch, start work in a transaction, look.

Workflows touch the engine only through their decorators, so that it could be replaced.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from dbos import (
    DBOS,
    DBOSClient,
    DBOSConfig,
    DBOSPortableJSONSerializer,
    EnqueueOptions,
    SQLAlchemyDatasource,
)
from sqlalchemy.orm import Session

from handlers.ask import Work
from handlers.store import Store
from handlers.work.bench import bench

VERSION = "1"
"""Recovery is tied to this word. The default is a hash of the code, under which one added comment
leaves running work pending for ever; raise it only with a patch of the workflows."""

EXECUTOR = "stationmaster"
"""Constant, so that a restart recovers its own work: one process per database."""

NAME = "stationmaster"
QUEUE, ERRANDS, INQUIRIES, BUILDS = "environments", "errands", "inquiries", "builds"
POLL, POLL_INQUIRIES, POLL_ASIDE = 0.2, 0.4, 1.0
"""Seconds between looks at the queues of environments, of inquiries, and of what nobody waits for
within a second. Half of it is the mean wait before work begins, and each look costs several
milliseconds also while nothing is to be done: most of what an idle bot uses."""

R = TypeVar("R")
_datasource: list[SQLAlchemyDatasource] = []
_running: list[Engine] = []


def start(session: Session, work: Work) -> None:
    """``Engine.start`` for work that has other work begin."""
    _running[0].start(session, work)


def exactly_once(name: str, body: Callable[[Session, int], R], deployment: int) -> R:
    """Run ``body`` as a database effect of the workflow that calls: its rows and the engine's
    checkpoint are one transaction, so that no crash repeats or loses it."""
    source = _datasource[0]

    def run() -> R:
        return body(source.sql_session(), deployment)

    return source.run_tx_step({"name": name}, run)


def workflow(name: str) -> Callable[[Callable[[int], str]], Callable[[int], str]]:
    """Make a function durable work under a name. All of it, from its beginning to its end, sees the
    setup that was in force when it began; after a restart the one of then."""

    def decorate(body: Callable[[int], str]) -> Callable[[int], str]:
        @DBOS.workflow(name=name)
        @functools.wraps(body)
        def run(number: int) -> str:
            with bench().in_force.held():
                return body(number)

        return run

    return decorate


@dataclass(frozen=True)
class Engine:
    """The launched engine. JSON, not pickle, is what it stores: unpickling runs what it reads."""

    client: DBOSClient

    def start(self, session: Session, work: Work) -> None:
        """Enqueue in the caller's transaction, once for each name. Work of one environment runs
        one at a time, in the order of its places."""
        options: EnqueueOptions = {
            "workflow_name": work.workflow,
            "workflow_id": work.name,
            "app_version": VERSION,
            "queue_name": work.queue or ERRANDS,
        }
        if work.environment:
            options["queue_name"] = QUEUE
            options["queue_partition_key"] = work.environment
            options["priority"] = work.place
        self.client.enqueue_in_transaction(session, options, work.number)

    def states(self, names: Sequence[str]) -> dict[str, str]:
        """The engine's state of each operation it knows: ENQUEUED, PENDING, SUCCESS, ERROR …"""
        if not names:
            return {}
        found = DBOS.list_workflows(workflow_ids=list(names), load_input=False, load_output=False)
        return {status.workflow_id: status.status for status in found}

    def stop(self, wait: int) -> None:
        """Finish what is under way within ``wait`` seconds; the rest goes on after a restart."""
        DBOS.destroy(workflow_completion_timeout_sec=wait)
        self.client.destroy()


def launch(store: Store) -> Engine:
    """Launch the engine on the store's database and recover interrupted work. The workflows must
    have been imported, and the bench laid out, before."""
    serializer = DBOSPortableJSONSerializer()
    DBOS(
        config=DBOSConfig(
            name=NAME,
            system_database_url=store.engine.url.render_as_string(hide_password=False),
            system_database_engine=store.work_engine,
            executor_id=EXECUTOR,
            application_version=VERSION,
            serializer=serializer,
            log_level="WARNING",
            scheduler_polling_interval_sec=3600,
        )
    )
    _datasource[:] = [
        SQLAlchemyDatasource.create(store.url, engine=store.engine, serializer=serializer)
    ]
    DBOS.launch()
    _open_queues(store)
    _running[:] = [connect(store)]
    return _running[0]


def _open_queues(store: Store) -> None:
    DBOS.register_queue(
        QUEUE,
        partition_concurrency=1,
        # On PostgreSQL a global limit forces the serializable dequeue; without it two operations
        # of one partition can start when its head changes.
        global_concurrency=None if store.is_sqlite else 100,
        polling_interval_sec=POLL,
        on_conflict="always_update",
    )
    DBOS.register_queue(
        # One at a time and not at once: what only enriches a card gives way to people who wait.
        ERRANDS,
        worker_concurrency=1,
        polling_interval_sec=POLL_ASIDE,
        on_conflict="always_update",
    )
    DBOS.register_queue(
        # People wait for these, and each may wait for one machine that does not answer.
        INQUIRIES,
        worker_concurrency=4,
        polling_interval_sec=POLL_INQUIRIES,
        on_conflict="always_update",
    )
    DBOS.register_queue(
        # Each takes an Engine's processors for minutes.
        BUILDS,
        worker_concurrency=2,
        polling_interval_sec=POLL_ASIDE,
        on_conflict="always_update",
    )


def prepare(store: Store) -> None:
    """Make the engine's own tables, as ``launch`` does; already there is success."""
    DBOS.migrate(store.engine.url.render_as_string(hide_password=False))


def connect(store: Store) -> Engine:
    """Reach the engine of the process that runs on this database, to start work there."""
    return Engine(
        DBOSClient(
            system_database_engine=store.engine,
            serializer=DBOSPortableJSONSerializer(),
            application_name=NAME,
        )
    )
