"""``bot doctor``: looks at everything the bot needs, and says how to mend what is not well."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
import yaml
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.settings import Settings, SettingsError, read_settings
from bot.slack import slack_client
from bot.web import listen_at
from bot.wiring import real_ports, resource
from handlers import setup as team
from handlers.moved import moved
from handlers.ports import PortError
from handlers.setup import Setup, SetupError
from handlers.store import Store, StoreError, open_store, ping, schema_lag

BAD_TOKEN = {
    "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired",
    "not_allowed_token_type",
}  # fmt: skip
BOT_MEND = (
    "Install the app again and copy its token (Slack app, OAuth & Permissions →"
    " Bot User OAuth Token) to SLACK_BOT_TOKEN."
)
DATA_MEND = "Correct STATION_DATA or its rights, or bring the Engine back."
APP_MEND = (
    "Create an app-level token with connections:write (Slack app, Basic Information →"
    " App-Level Tokens) for SLACK_APP_TOKEN, and switch Socket Mode on."
)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; ``mend`` says what to do where it is not well."""

    what: str
    well: bool
    said: str
    mend: str = ""

    def __str__(self) -> str:
        line = f"{'✓' if self.well else '✗'} {self.what}: {self.said}"
        return f"{line}\n    → {self.mend}" if self.mend and not self.well else line


def examine(environ: Mapping[str, str]) -> list[Finding]:
    """Every finding, in the order in which to mend them; nothing is changed."""
    try:
        settings = read_settings(environ)
    except SettingsError as error:
        mend = "Set it in the environment; README, “Connect a real Slack workspace”, has the list."
        return [Finding("settings", False, problem, mend) for problem in error.problems]
    findings = [Finding("settings", True, "all set"), *_database(settings), *_web(settings)]
    client = slack_client(settings)
    try:
        setup = team.load(settings.team_file)
    except SetupError as error:
        mend = "team.example.yml shows and explains every part of the file."
        findings += [Finding("setup file", False, problem, mend) for problem in error.problems]
        return [*findings, *_slack(client, settings, None)]
    findings.append(Finding("setup file", True, f"{settings.team_file}, {_count(setup)}"))
    findings += _moved(settings, setup)
    mend = "Bring the folder back, or correct its path in the setup file."
    findings += [Finding("data", False, said, mend) for said in team.missing_folders(setup)]
    mend = "Put the file there and let whoever runs the bot read it, or correct its path."
    findings += [Finding("secrets", False, said, mend) for said in team.missing_secrets(setup)]
    return [*findings, *_slack(client, settings, setup), *_outside(settings, setup, client)]


def _count(setup: Setup) -> str:
    return f"{len(setup.services)} services, {len(setup.environments)} environments"


def _database(settings: Settings) -> Iterator[Finding]:
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        with closing(open_store(settings.database_url)) as store:
            lag = _lag(store)
    except (StoreError, SQLAlchemyError, OSError) as error:
        said = _short(error)
        yield Finding("database", False, said, "Check DATABASE_URL, STATION_DATA and their rights.")
        return
    kind = "SQLite" if store.is_sqlite else "PostgreSQL"
    said = f"{kind}, {lag.removesuffix('.') + ' (`run` brings it up to date)' if lag else 'ready'}"
    yield Finding("database", True, said)


def _moved(settings: Settings, setup: Setup) -> Iterator[Finding]:
    """What the file says against what is there, as far as tables say it."""
    try:
        with closing(open_store(settings.database_url)) as store:
            if _lag(store):
                return
            with store.read() as session:
                found = moved(session, setup)
    except (StoreError, SQLAlchemyError, OSError):  # which is said of the database
        return
    path = settings.team_file
    for place, why in found.items():
        said = team.say_at(path, str(path), place, why)
        yield Finding("runtime", False, said, "The bot does not start with it as it is.")


def _lag(store: Store) -> str:
    """What the tables lack. A SQLite file that is not there stays so: connecting would make it."""
    if store.is_sqlite and not Path(str(store.engine.url.database)).is_file():
        return "not made yet"
    ping(store)
    return schema_lag(store)


def _web(settings: Settings) -> Iterator[Finding]:
    """Nothing is said of what is off. A bot that runs answers there itself."""
    if not settings.web:
        return
    try:
        answer = requests.get(f"http://{settings.web}/healthz", timeout=3)
        is_ours = set(answer.json()) == {"database", "slack"}
    except (OSError, ValueError, AttributeError, TypeError):
        is_ours = False
    if is_ours:
        yield Finding(
            "web", True, f"the bot answers at {settings.web}; others reach it at {settings.web_url}"
        )
        return
    try:
        listen_at(settings.web).close()
    except SettingsError as error:
        yield Finding("web", False, error.problems[0], "Set another address in STATION_WEB.")
        return
    yield Finding(
        "web", True, f"{settings.web} is free for `run`; others reach it at {settings.web_url}"
    )


def _slack(client: WebClient, settings: Settings, setup: Setup | None) -> Iterator[Finding]:
    try:
        answer = client.auth_test()
    except (SlackClientError, OSError) as error:
        mend = BOT_MEND if _code(error) in BAD_TOKEN else "Check SLACK_API_URL and the network."
        yield Finding("bot token", False, _short(error), mend)
        return
    yield Finding("bot token", True, f"{answer['user']} in {answer['team']}")
    if setup is not None and answer["team_id"] != setup.team:
        said = f"the token is of {answer['team_id']}, the setup file of {setup.team}"
        yield Finding("workspace", False, said, "Correct `team:` in the setup file, or the token.")
    yield _scopes(str(answer.headers.get("x-oauth-scopes", "")))
    yield _app_token(client, settings)


def _scopes(header: str) -> Finding:
    manifest = yaml.safe_load(resource("app_manifest.yml").read_text(encoding="utf-8"))
    wanted = set(manifest["oauth_config"]["scopes"]["bot"])
    missing = sorted(wanted - {scope.strip() for scope in header.split(",")})
    if not missing:
        return Finding("scopes", True, f"all {len(wanted)} granted")
    mend = "Update the app from app_manifest.yml and install it to the workspace again."
    return Finding("scopes", False, f"missing {', '.join(missing)}", mend)


def _app_token(client: WebClient, settings: Settings) -> Finding:
    try:
        client.apps_connections_open(app_token=settings.app_token)
    except (SlackClientError, OSError) as error:
        return Finding("app token", False, _short(error), APP_MEND)
    return Finding("app token", True, "Socket Mode answers")


def _outside(settings: Settings, setup: Setup, client: WebClient) -> Iterator[Finding]:
    try:
        ports = real_ports(settings, client, lambda: setup)
    except OSError as error:
        yield Finding("data folder", False, _short(error), "Correct STATION_DATA or its rights.")
        return
    looks: list[tuple[str, Callable[[], Any], str]] = [
        ("people", lambda: f"{len(ports.directory.people())} accounts", "Check the scopes."),
        *(
            (
                f"user group {group}",
                lambda g=group: f"{len(ports.directory.members(g))} members",
                "Check its id in the setup file and the scope usergroups:read.",
            )
            for group in setup.groups
        ),
        *(
            (
                f"repository of {name}",
                lambda s=service: ports.source.check(s.repository),
                "Check `repository:` in the setup file and this machine's access to it.",
            )
            for name, service in setup.services.items()
        ),
        *(
            (f"runtime {name}", ports.runtimes[name].check, "See the sentence above.")
            for name in sorted({e.runtime for e in setup.environments.values()})
        ),
        *(
            (
                f"build of {name}",
                lambda s=service: ports.builder.check(s.build.engine),
                "See the sentence above; `build:` in the setup file says which engine builds it.",
            )
            for name, service in setup.services.items()
            if service.build is not None
        ),
        ("services' data", ports.volumes.check, DATA_MEND),
    ]
    for what, look, mend in looks:
        try:
            yield Finding(what, True, str(look()))
        except PortError as error:
            refused = _code(error.__cause__) in BAD_TOKEN
            yield Finding(what, False, error.message, BOT_MEND if refused else mend)
        except OSError as error:
            yield Finding(what, False, _short(error), mend)


def refused_tokens(settings: Settings, client: WebClient) -> list[str]:
    """A sentence for each token that Slack refuses, which no trying again will change. When it is
    out of reach nothing is known, and the bot may as well start: it keeps trying."""
    problems = []
    looks: list[tuple[str, Callable[[], Any], str]] = [
        ("SLACK_BOT_TOKEN", client.auth_test, BOT_MEND),
        (
            "SLACK_APP_TOKEN",
            lambda: client.apps_connections_open(app_token=settings.app_token),
            APP_MEND,
        ),
    ]
    for name, ask, mend in looks:
        try:
            ask()
        except (SlackClientError, OSError) as error:
            code = _code(error)
            if code in BAD_TOKEN | {"missing_scope"}:
                problems.append(f"Slack refused {name} ({code}). {mend}")
            elif not code:
                break
    return problems


def _code(error: BaseException | None) -> str:
    """What Slack answered; empty when the error is no answer of Slack's."""
    return str(error.response.get("error")) if isinstance(error, SlackApiError) else ""


def _short(error: BaseException) -> str:
    if code := _code(error):
        return f"Slack answered {code}"
    if isinstance(error, DBAPIError) and error.orig is not None:
        error = error.orig
    return (str(error).strip() or type(error).__name__).splitlines()[0]
