"""The environment of the process: what is wrong is named at once, and nothing secret is said."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from dbos._logger import init_logger

from bot.logs import Redaction, set_up_logs
from bot.settings import SettingsError, read_settings
from handlers.rules.secrets import HIDDEN
from tests.command import environ, logs_kept, types

BOT, APP = "xoxb-1111-2222-bottokenvalue", "xapp-1-A111-apptokenvalue"
RIGHT = {"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": APP}
POSTGRES = "postgresql://station:p%40ss-word@db.example.com/station"


def problems(**variables: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read_settings(RIGHT | variables)
    return caught.value.problems


def test_two_tokens_are_enough_to_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = read_settings(RIGHT)
    assert settings.data == tmp_path / "data"
    assert settings.team_file == tmp_path / "team.yml"
    assert settings.database_url == f"sqlite:///{tmp_path}/data/stationmaster.db"
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.log_level == "INFO"


def test_an_empty_variable_counts_as_not_set() -> None:
    names = ("SLACK_API_URL", "STATION_DATA", "STATION_TEAM", "DATABASE_URL", "STATION_LOG_LEVEL")
    assert read_settings(RIGHT | dict.fromkeys(names, "")) == read_settings(RIGHT)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SLACK_BOT_TOKEN", "", "SLACK_BOT_TOKEN is not set"),
        ("SLACK_BOT_TOKEN", "  ", "SLACK_BOT_TOKEN is not set"),
        ("SLACK_BOT_TOKEN", "xoxp-1-2", "should begin with xoxb-"),
        ("SLACK_APP_TOKEN", "", "SLACK_APP_TOKEN is not set"),
        ("SLACK_APP_TOKEN", BOT, "should begin with xapp-"),
        ("SLACK_API_URL", "slack.com/api", "expected an address such as https://slack.com/api/"),
        ("SLACK_API_URL", "ftp://slack.com/", "expected an address"),
        ("STATION_WEB", "8080", "expected one such as 127.0.0.1:8080"),
        ("STATION_WEB", "127.0.0.1:99999", "expected one such as 127.0.0.1:8080"),
        ("STATION_WEB_URL", "station.example.com", "expected an address such as https://"),
        ("STATION_WEB_URL", "https://station.example.com", "say where to listen"),
        ("STATION_LOG_LEVEL", "LOUD", "expected one of DEBUG, INFO, WARNING, ERROR"),
        ("DATABASE_URL", "stationmaster.db", "expected one such as postgresql://"),
        ("DATABASE_URL", "mysql://root:geheim@db/x", "expected one such as postgresql://"),
        ("DATABASE_URL", "postgresql://u:geheim@db:port/x", "expected one such as postgresql://"),
    ],
)
def test_a_wrong_variable_is_named_with_what_is_expected(name: str, value: str, said: str) -> None:
    (problem,) = problems(**{name: value})
    assert problem.startswith(name)
    assert said in problem
    assert "geheim" not in problem
    assert BOT not in problem


def test_all_that_is_wrong_is_named_at_once_without_a_traceback() -> None:
    wrong = {"SLACK_APP_TOKEN": "xoxb-no", "SLACK_API_URL": "slack", "STATION_LOG_LEVEL": "LOUD"}
    said = types(environ(DATABASE_URL="nothing", **wrong), "run")
    assert said.code == 2
    assert said.out == ""
    lines = said.err.splitlines()
    assert [line.split()[:2] for line in lines] == [
        ["✗", "SLACK_BOT_TOKEN"],
        ["✗", "SLACK_APP_TOKEN"],
        ["✗", "SLACK_API_URL"],
        ["✗", "DATABASE_URL"],
        ["✗", "STATION_LOG_LEVEL"],
    ]


@pytest.mark.parametrize("words", [("db", "upgrade"), ("audit", "verify")])
def test_a_wrong_database_is_named_by_the_commands_that_need_no_slack(words: tuple[str]) -> None:
    said = types(environ(DATABASE_URL="nothing"), *words)
    assert said.code == 2
    assert said.err.startswith("✗ DATABASE_URL")
    assert len(said.err.splitlines()) == 1


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What would be read on the terminal; the loggers are left as they were found."""
    sink = io.StringIO()
    settings = read_settings(RIGHT | {"DATABASE_URL": POSTGRES})
    with logs_kept():
        set_up_logs("DEBUG", settings.secrets)
        (handler,) = logging.getLogger().handlers
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(sink)
        yield sink


@pytest.mark.parametrize(
    ("told", "read"),
    [
        (f"token {BOT}", "token [hidden]"),
        (f"token {APP}.", "token [hidden]."),
        (f"a database at {POSTGRES}", "a database at postgresql://[hidden]@db.example.com/station"),
        ("password p@ss-word", "password [hidden]"),
        ("password p%40ss-word", "password [hidden]"),
        ("another bot's xoxb-9-8-seven", "another bot's [hidden]"),
        ("a person's xoxp-9-8-seven", "a person's [hidden]"),
        ("https://hooks.slack.com/commands/T0/1/secret sent", "[hidden] sent"),
        ("wss://wss.slack.com/link/?ticket=ab-12&app_id=A1", "wss://wss.slack.com/link/?ticket=[hidden]&app_id=A1"),
        ("https://robot:geheim@git.example.com/x", "https://[hidden]@git.example.com/x"),
        ("https://git.example.com/team/x#1", "https://git.example.com/team/x#1"),
    ],
)  # fmt: skip
def test_secrets_do_not_reach_the_log(log: io.StringIO, told: str, read: str) -> None:
    logging.getLogger("bot.courier").info("%s", told)
    assert log.getvalue().strip().endswith(f"bot.courier: {read}")


def test_secrets_do_not_reach_the_log_in_tracebacks(log: io.StringIO) -> None:
    try:
        raise ValueError(f"{BOT} and {POSTGRES}")
    except ValueError:
        logging.getLogger("slack_sdk.web").exception("a library failed with %s", APP)
    said = log.getvalue()
    assert "Traceback" in said
    assert said.count(HIDDEN) >= 3
    assert not [secret for secret in (BOT, APP, "p%40ss-word", "p@ss-word") if secret in said]


def test_the_engine_writes_through_the_same_gate(log: io.StringIO) -> None:
    init_logger()  # what the engine does when it starts
    logging.getLogger("dbos").warning("connected to %s", POSTGRES)
    assert log.getvalue().count("connected") == 1
    assert "p%40ss" not in log.getvalue()


@pytest.mark.parametrize("library", ["slack_sdk", "slack_bolt", "urllib3", "sqlalchemy.engine"])
def test_libraries_stay_quiet_at_debug(log: io.StringIO, library: str) -> None:
    logging.getLogger(library).info("the body of a request")
    logging.getLogger("handlers.gate").debug("ours")
    assert "body" not in log.getvalue()
    assert "ours" in log.getvalue()


def test_the_longest_secret_is_hidden_first() -> None:
    record = logging.LogRecord("bot", logging.INFO, "", 0, "geheim-lang", None, None)
    assert Redaction(["geheim", "geheim-lang"]).format(record).endswith(f": {HIDDEN}")
