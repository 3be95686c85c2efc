"""The command line: run, demo, doctor, db upgrade, audit verify, schema, say."""

from __future__ import annotations

import argparse
import gc
import json
import logging
import os
import secrets
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from bot.settings import TOKENS, Settings, SettingsError, database_url, read_settings
from handlers.setup import SetupError
from handlers.store import StoreError

USAGE_ERROR, FAILED = 2, 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. What is wrong is said, never a traceback."""
    given = _parser().parse_args(arguments)
    try:
        code: int = given.run(given)
        sys.stdout.flush()
    except (SettingsError, SetupError) as error:
        for problem in error.problems:
            print(f"✗ {problem}", file=sys.stderr)
        return USAGE_ERROR
    except StoreError as error:
        print(f"✗ {error}", file=sys.stderr)
        return USAGE_ERROR
    except DBAPIError as error:
        said = " ".join(str(error.orig).split())
        print(f"✗ The database cannot be used: {said}", file=sys.stderr)
        return USAGE_ERROR
    except BrokenPipeError:
        # Whoever read has read enough, as `head` does; nothing is left to be said to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as error:
        where = f"{error.filename}: {error.strerror}" if error.filename else error
        print(f"✗ {where}. `python -m bot doctor` looks at everything.", file=sys.stderr)
        return USAGE_ERROR
    except KeyboardInterrupt:
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="stationmaster", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    run = commands.add_parser("run", help="connect to Slack and work")
    run.add_argument("--while-stdin", action="store_true", help="stop when standard input ends")
    run.set_defaults(run=_run)
    demo = commands.add_parser("demo", help="a local Slack in the browser, nothing else needed")
    demo.add_argument("--home", type=Path, default=Path(".demo"), help="where it keeps its things")
    demo.add_argument("--port", type=int, default=8065, help="port of the page, if it is free")
    demo.add_argument("--fresh", action="store_true", help="forget an earlier demo first")
    demo.add_argument("--no-browser", action="store_true", help="only print the address")
    demo.set_defaults(run=_demo)
    doctor = commands.add_parser("doctor", help="check everything and say how to mend it")
    doctor.set_defaults(run=_doctor)
    db = commands.add_parser("db", help="the database")
    db.add_argument("action", choices=["upgrade"], help="bring the tables to the newest shape")
    db.set_defaults(run=_db)
    audit = commands.add_parser("audit", help="the audit log")
    audit.add_argument("action", choices=["verify"], help="check the chain, name the first break")
    audit.set_defaults(run=_audit)
    schema = commands.add_parser("schema", help="the JSON schema of team.yml, for editors")
    schema.set_defaults(run=_schema)
    say = commands.add_parser("say", help='type a slash command here: say "/env list" --as U0ANA')
    say.add_argument("text", help="the command as typed in Slack, in quotes")
    say.add_argument("--as", dest="user", required=True, metavar="U…", help="Slack user id")
    say.set_defaults(run=_say)
    return parser


def _settings() -> Settings:
    from bot.logs import set_up_logs

    settings = read_settings(os.environ)
    set_up_logs(settings.log_level, settings.secrets)
    for name in TOKENS:  # Bolt would read them too, and whatever we start would inherit them
        os.environ.pop(name, None)
    return settings


def _run(given: argparse.Namespace) -> int:
    from bot.doctor import refused_tokens
    from bot.slack import slack_client
    from bot.wiring import build

    settings = _settings()
    if problems := refused_tokens(settings, slack_client(settings)):
        raise SettingsError(problems)
    bot = build(settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    signal.signal(signal.SIGHUP, lambda *_: _beside(bot.read_setup))
    if given.while_stdin:
        threading.Thread(target=_stop_at_end_of_input, args=(stop,), daemon=True).start()
    bot.start()
    # What the start made stays: walking over it at every collection would hold answers up, 0.1 s.
    gc.freeze()
    print("Stationmaster is ready.", flush=True)
    stop.wait()
    bot.stop()
    # Threads of libraries may still wait for the network; everything of ours is on disk.
    os._exit(0)


def _beside(act: Callable[[], None]) -> None:
    """In a thread of its own: a signal may come while the main one holds what is needed for it."""
    threading.Thread(target=act, daemon=True).start()


def _stop_at_end_of_input(stop: threading.Event) -> None:
    while sys.stdin.read(1024):
        pass
    stop.set()


def _demo(given: argparse.Namespace) -> int:
    from bot.demo import demo

    return demo(given.home.absolute(), given.port, given.fresh, not given.no_browser)


def _doctor(_given: argparse.Namespace) -> int:
    from bot.doctor import examine

    logging.disable()  # the findings say it, in better words
    findings = examine(os.environ)
    for finding in findings:
        print(finding)
    return 0 if all(finding.well for finding in findings) else FAILED


def _db(_given: argparse.Namespace) -> int:
    from handlers.store import migrate, open_store
    from handlers.work import engine

    with closing(open_store(_database_url())) as store:
        migrate(store)
        engine.prepare(store)
    print("The database has the newest shape.")
    return 0


def _audit(_given: argparse.Namespace) -> int:
    from handlers.audit import verify
    from handlers.store import open_store, schema_lag

    with closing(open_store(_existing(_database_url()))) as store:
        if lag := schema_lag(store):
            raise StoreError(f"{lag} Run `python -m bot db upgrade`, or check DATABASE_URL.")
        with store.read() as session:
            count, problem = verify(session)
    if problem:
        print(f"✗ {problem} The {count} entries before it hold.", file=sys.stderr)
        return FAILED
    print(f"✓ All {count} entries hold.")
    return 0


def _schema(_given: argparse.Namespace) -> int:
    from handlers.setup import json_schema

    print(json.dumps(json_schema(), indent=2))
    return 0


def _database_url() -> str:
    return database_url(os.environ, Path(os.environ.get("STATION_DATA") or "data").absolute())


def _existing(url: str) -> str:
    """``url``; StoreError when SQLite has no such file, which connecting would make."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        path = Path(parsed.database)
        if not path.is_file():
            raise StoreError(
                f"There is no database {path}. Check STATION_DATA and DATABASE_URL;"
                " `python -m bot run` makes a new one."
            )
    return url


def _say(given: argparse.Namespace) -> int:
    from bot.say import say

    settings = _settings()
    _existing(settings.database_url)
    answer, refused = say(settings, given.text, given.user, f"say:{secrets.token_hex(8)}")
    print(answer)
    return FAILED if refused else 0
