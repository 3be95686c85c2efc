"""The command line, as processes: what each command says, how it ends, and that it does end."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from bot import cli
from bot.doctor import examine, refused_tokens
from bot.settings import read_settings
from bot.slack import slack_client
from handlers.messages import RequestDeploy
from handlers.store import open_store, schema_lag
from integrations.git_source import GitSource
from integrations.runtimes.process.runtime import ProcessRuntime
from playground.server import Playground
from tests.command import Said, command, environ, logs_kept, told, types
from tests.databases import new_database
from tests.desk import SPOTS, open_desk
from tests.station import MANIFEST, ROOT, make_spots, seed, write_team
from tests.workspace import Workspace, eventually

READY = "Stationmaster is ready."
READY_WITHIN, ENDS_WITHIN = 15.0, 8.0


@dataclass
class Running:
    """A bot in a process of its own."""

    process: subprocess.Popen[str]
    environ: dict[str, str]
    ready_after: float
    err: Path


@contextmanager
def running(environ: dict[str, str], folder: Path) -> Iterator[Running]:
    """``run``, from its start until it is ready; killed if a test has not ended it."""
    err, began = folder / "err", time.monotonic()
    with err.open("w") as sink:
        process = subprocess.Popen(
            command("run", "--while-stdin"),
            cwd=ROOT,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=sink,
            text=True,
        )
    with process:
        assert process.stdout
        line = process.stdout.readline().strip()
        assert line == READY, err.read_text()
        try:
            yield Running(process, environ, time.monotonic() - began, err)
        finally:
            process.kill()


@pytest.fixture(scope="module")
def slack() -> Iterator[Playground]:
    with Playground(MANIFEST, seed(make_spots(SPOTS))) as playground:
        yield playground
    assert playground.violations == []


@pytest.fixture(scope="module")
def surroundings(
    slack: Playground, shop: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], tuple[dict[str, str], Path]]:
    """Makes the environment of a bot of its own, and the folder it is in."""

    def make() -> tuple[dict[str, str], Path]:
        folder = tmp_path_factory.mktemp("bot")
        team_file = write_team(folder / "team.yml", shop, make_spots(SPOTS))
        return told(folder / "data", team_file, slack.base_url), folder

    return make


Surroundings = Callable[[], tuple[dict[str, str], Path]]


@pytest.fixture(scope="module")
def bot(surroundings: Surroundings) -> Iterator[Running]:
    """One that runs for several tests, and ends by itself when its input ends."""
    with running(*surroundings()) as bot:
        yield bot
        assert bot.process.stdin
        bot.process.stdin.close()
        ends_well(bot)
    # What it started outlives it, as it should.
    data = Path(bot.environ["STATION_DATA"])
    ProcessRuntime(data / "process", GitSource(data / "repositories")).stop_everything()


@pytest.fixture
def asleep(sqlite_template: Path, slack: Playground, tmp_path: Path) -> dict[str, str]:
    """The environment of a bot that was stopped just now: people and releases are known."""
    home = tmp_path / "data"
    home.mkdir()
    database = shutil.copy(sqlite_template, home / "stationmaster.db")
    with open_desk(f"sqlite:///{database}", tmp_path) as desk:
        desk.at = datetime.now(UTC)
        desk.directory_read()
        for version in ("1.0.0", "1.1.0"):
            assert not desk.asks(RequestDeploy("shop-api", version, "prod-1"), "U0ANA").refused
    return told(home, tmp_path / "team.yml", slack.base_url)


def ends_well(bot: Running) -> None:
    """Within seconds, and without a word of complaint."""
    assert bot.process.wait(ENDS_WITHIN) == 0
    assert bot.err.read_text() == ""


def test_a_second_one_on_the_same_folder_is_told_who_runs(bot: Running) -> None:
    second = types(bot.environ, "run")
    assert (second.code, second.out) == (2, "")
    (line,) = second.err.splitlines()
    assert f"process {bot.process.pid}" in line
    assert bot.environ["STATION_DATA"] in line


def test_what_is_said_in_the_terminal_is_done_by_the_running_bot(
    bot: Running, slack: Playground
) -> None:
    workspace = Workspace(slack.base_url)
    eventually(lambda: "1.1.0" in workspace.types("/release list", "U0ANA", "C0FREE001"))
    said = types(bot.environ, "say", "/deploy shop-api 1.0.0 to free-1", "--as", "U0ANA")
    assert (said.code, said.err) == (0, "")
    workspace.card("C0FREE001", "Live: shop-api 1.0.0", 30.0)


def test_told_to_with_a_signal_it_reads_its_setup_file_again(surroundings: Surroundings) -> None:
    environ, folder = surroundings()
    own = Playground(MANIFEST, seed(make_spots(SPOTS)))  # the other one has two bots by now
    with (
        own as slack,
        running(environ | {"SLACK_API_URL": f"{slack.base_url}/api/"}, folder) as bot,
    ):
        file = folder / "team.yml"
        told = json.loads(file.read_text("utf-8"))
        told["environments"]["lab"] = told["environments"].pop("free-2")
        file.write_text(json.dumps(told), "utf-8")
        bot.process.send_signal(signal.SIGHUP)
        workspace = Workspace(slack.base_url)
        eventually(lambda: "*lab*" in workspace.types("/env list", "U0ANA", "C0FREE001"))
        file.write_text("{", "utf-8")
        bot.process.send_signal(signal.SIGHUP)
        eventually(
            lambda: "cannot be used" in str(workspace.messages("D0OPAL", "U0OPAL")),
            "what is wrong with it",
        )
        assert "*lab*" in workspace.types("/env list", "U0ANA", "C0FREE001")
        bot.process.send_signal(signal.SIGTERM)
        assert bot.process.wait(ENDS_WITHIN) == 0
        assert "team.yml:1" in bot.err.read_text()


def test_a_killed_bot_leaves_its_folder_to_the_next_which_ends_when_asked_to(
    surroundings: Surroundings,
) -> None:
    environ, folder = surroundings()
    with running(environ, folder) as first:
        first.process.kill()
    with running(environ, folder) as second:
        assert second.ready_after < READY_WITHIN
        second.process.send_signal(signal.SIGTERM)
        ends_well(second)


def test_questions_are_answered_while_the_bot_is_stopped(asleep: dict[str, str]) -> None:
    said = types(asleep, "say", "/env list", "--as", "U0ANA")
    assert (said.code, said.err) == (0, "")
    assert "free-1" in said.out
    assert "prod-2" in said.out


def test_a_request_in_the_terminal_waits_for_the_bot_to_run(asleep: dict[str, str]) -> None:
    said = types(asleep, "say", "/deploy shop-api 1.1.0 to free-1", "--as", "U0ANA")
    assert (said.code, said.err) == (0, "")
    assert "Asked for" in said.out
    store = open_store(f"sqlite:///{asleep['STATION_DATA']}/stationmaster.db")
    with store.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT status FROM workflow_status WHERE name = 'deploy'")
        ).all()
    store.close()
    assert [row.status for row in rows] == ["ENQUEUED"]


@pytest.fixture
def typed(
    asleep: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., Said]]:
    """Runs a command in this process: quicker, where how the process ends is not the point."""

    def run(*words: str, **variables: str) -> Said:
        for name, value in (asleep | variables).items():
            monkeypatch.setenv(name, value)
        code = cli.main(words)
        return Said(code, *capsys.readouterr())

    with logs_kept():
        yield run


def test_who_has_read_enough_is_told_nothing_more() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w") as nobody:
        done = subprocess.run(
            command("schema"), stdout=nobody, stderr=subprocess.PIPE, env=environ(), text=True,
            check=False, cwd=ROOT,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "")


def test_the_schema_of_the_setup_file_is_written_for_editors(typed: Callable[..., Said]) -> None:
    said = typed("schema")
    assert (said.code, said.err) == (0, "")
    assert json.loads(said.out)["title"] == "Stationmaster team.yml"


@pytest.mark.parametrize(
    ("words", "who", "said"),
    [
        ("/env list", "U0NOBODY", "I do not know your account yet"),
        ("/deploy", "U0ANA", "Some words are missing"),
        ("/deploy shop-api 1.1.0", "U0ANA", "/deploy"),
        ("/deploy shop-api 9.9.9 to prod-1", "U0ANA", "9.9.9"),
        ("/env unlock", "U0OPAL", "Which `environment`?"),
        ("/launch shop-api", "U0ANA", "/launch"),
        ("", "U0ANA", ""),
    ],
)
def test_what_is_refused_in_the_terminal_says_why(
    typed: Callable[..., Said], words: str, who: str, said: str
) -> None:
    answer = typed("say", words, "--as", who)
    assert (answer.code, answer.err) == (1, "")
    assert said in answer.out
    assert answer.out.strip()


def test_slack_markup_is_plain_text_in_the_terminal(typed: Callable[..., Said]) -> None:
    answer = typed("say", "/deploy shop-web 1.1.0 to prod-2", "--as", "U0ANA")
    assert answer.code == 0
    assert re.search(r"until \d+ \w+ \d{4} \d\d:\d\d UTC\.", answer.out), answer.out
    usage = typed("say", "/env unlock", "--as", "U0OPAL").out
    assert "`/env unlock <environment> because <reason>`" in usage


def test_the_tokens_are_gone_from_the_environment_once_they_are_read(
    typed: Callable[..., Said],
) -> None:
    assert typed("say", "/env list", "--as", "U0ANA").code == 0
    assert [name for name in os.environ if name.startswith("SLACK_")] == ["SLACK_API_URL"]


def test_an_empty_database_gets_its_tables_once(
    typed: Callable[..., Said], tmp_path: Path, postgres: str
) -> None:
    done = Said(0, "The database has the newest shape.\n", "")
    file = f"sqlite:///{tmp_path / 'new.db'}"
    assert types(environ(DATABASE_URL=file), "db", "upgrade") == done
    for url in (file, new_database(postgres, "upgraded")):
        assert typed("db", "upgrade", DATABASE_URL=url) == done
        store = open_store(url)
        assert schema_lag(store) == ""
        store.close()


def test_an_audit_log_that_was_tampered_with_is_told(
    asleep: dict[str, str], typed: Callable[..., Said]
) -> None:
    assert typed("audit", "verify") == Said(0, "✓ All 2 entries hold.\n", "")
    store = open_store(f"sqlite:///{asleep['STATION_DATA']}/stationmaster.db")
    with store.write() as session:
        session.execute(text("UPDATE audit SET code = 'approved' WHERE id = 2"))
    store.close()
    said = types(asleep, "audit", "verify")
    assert said.code == 1
    (line,) = said.err.splitlines()
    assert line == "✗ Entry 2 was changed after it was written. The 1 entries before it hold."


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("audit", "verify"), "Run `python -m bot db upgrade`"),
        (("say", "/env list", "--as", "U0ANA"), "Start the bot once"),
    ],
)
def test_a_database_without_tables_is_told_with_what_to_do(
    typed: Callable[..., Said], tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    (tmp_path / "other.db").touch()
    answer = typed(*words, DATABASE_URL=f"sqlite:///{tmp_path / 'other.db'}")
    assert answer.code == 2
    (line,) = answer.err.splitlines()
    assert said in line


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("audit", "verify"), 2),
        (("say", "/env list", "--as", "U0ANA"), 2),
        (("doctor",), 0),
    ],
)
def test_looking_at_a_database_does_not_make_one(
    surroundings: Surroundings, words: tuple[str, ...], code: int
) -> None:
    environ, folder = surroundings()
    said = types(environ, *words)
    assert said.code == code, said
    if code:
        assert said.err.startswith(f"✗ There is no database {folder / 'data'}/stationmaster.db.")
    assert not list(folder.rglob("*.db"))


@pytest.mark.parametrize(
    ("name", "value", "where"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-wrong", "OAuth & Permissions"),
        ("SLACK_APP_TOKEN", "xapp-wrong", "Basic Information"),
    ],
)
def test_a_token_that_slack_refuses_ends_it_before_it_is_ready(
    surroundings: Surroundings, slack: Playground, name: str, value: str, where: str
) -> None:
    environ, _ = surroundings()
    said = types(environ | {name: value}, "run")
    assert (said.code, said.out) == (2, "")
    (line,) = said.err.splitlines()
    assert line.startswith(f"✗ Slack refused {name} (invalid_auth).")
    assert where in line
    assert _refusals(slack) == {"invalid_auth"}


def _refusals(slack: Playground) -> set[str]:
    return {why.rpartition(": ")[2] for why in Workspace(slack.base_url).violated()}


def test_slack_out_of_reach_is_no_refusal() -> None:
    nowhere = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1",
               "SLACK_API_URL": "http://127.0.0.1:9/api/"}  # fmt: skip
    settings = read_settings(nowhere)
    assert refused_tokens(settings, slack_client(settings)) == []


def test_the_doctor_names_the_token_for_all_that_slack_refuses_with_it(
    surroundings: Surroundings, slack: Playground
) -> None:
    environ, _ = surroundings()
    found = examine(environ | {"SLACK_BOT_TOKEN": "xoxb-wrong"})
    refused = [one for one in found if "invalid_auth" in one.said]
    assert {one.what.split()[0] for one in refused} == {"bot", "people", "user"}
    assert all("SLACK_BOT_TOKEN" in one.mend for one in refused)
    assert _refusals(slack) == {"invalid_auth"}


@pytest.mark.parametrize(
    ("variables", "words", "said"),
    [
        ({"DATABASE_URL": "postgresql://station@127.0.0.1:9/x"}, ("db", "upgrade"), "refused"),
        ({"DATABASE_URL": "sqlite://"}, ("db", "upgrade"), "a file, not a database in memory"),
        ({"DATABASE_URL": "sqlite:////dev/null/x.db"}, ("audit", "verify"), "/dev/null"),
        ({"STATION_DATA": "/dev/null/data"}, ("run",), "/dev/null"),
        ({"STATION_TEAM": "/nowhere.yml"}, ("run",), "/nowhere.yml: cannot be read"),
        ({"STATION_TEAM": "/nowhere.yml"}, ("say", "/help", "--as", "U0ANA"), "/nowhere.yml"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(
    typed: Callable[..., Said], variables: dict[str, str], words: tuple[str, ...], said: str
) -> None:
    answer = typed(*words, **variables)
    assert (answer.code, answer.out) == (2, "")
    (line,) = answer.err.splitlines()
    assert line.startswith("✗ ")
    assert said in line


def test_a_database_that_is_none_is_said_in_one_line(
    asleep: dict[str, str], typed: Callable[..., Said]
) -> None:
    Path(asleep["STATION_DATA"], "stationmaster.db").write_bytes(b"not a database " * 100)
    said = typed("run")
    assert said.code == 2
    assert said.err == "✗ The database cannot be used: file is not a database\n"
