"""The doctor: one line for each thing it looked at, how to mend what is not well, and nothing
that it leaves behind."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from bot.doctor import Finding, examine
from playground.server import Playground
from tests.command import told, types
from tests.databases import new_database
from tests.docker.engine import Engine
from tests.station import MANIFEST, make_spots, write_team
from tests.workspace import Workspace


@dataclass
class Patient:
    """A bot's surroundings, all well until a test breaks them."""

    home: Path
    environ: dict[str, str]
    refusal: str = ""
    """The one error that Slack is meant to answer this test with."""

    @property
    def team_file(self) -> Path:
        return Path(self.environ["STATION_TEAM"])

    def setup(self, **changes: Any) -> None:
        """Change the setup file at the top."""
        told = json.loads(self.team_file.read_text())
        self.team_file.write_text(json.dumps(told | changes))

    def findings(self) -> dict[str, Finding]:
        return {finding.what: finding for finding in examine(self.environ)}

    def broken(self) -> dict[str, Finding]:
        return {what: finding for what, finding in self.findings().items() if not finding.well}


@pytest.fixture(scope="module")
def slack() -> Iterator[Playground]:
    with Playground(MANIFEST) as playground:
        yield playground


@pytest.fixture
def patient(
    slack: Playground, shop: Path, sqlite_template: Path, tmp_path: Path
) -> Iterator[Patient]:
    home = tmp_path / "data"
    home.mkdir()
    shutil.copy(sqlite_template, home / "stationmaster.db")
    team_file = write_team(tmp_path / "team.yml", shop, make_spots({"free": 1, "prod": 1}))
    patient = Patient(home, told(home, team_file, slack.base_url))
    yield patient
    refusals = {why.rpartition(": ")[2] for why in Workspace(slack.base_url).violated()}
    assert refusals == ({patient.refusal} if patient.refusal else set())


def processes(home: Path) -> list[str]:
    """Processes that belong to a data folder, by their words."""
    found = [p.info["cmdline"] or [] for p in psutil.process_iter(["cmdline"])]
    return [" ".join(words) for words in found if any(str(home) in word for word in words)]


def test_all_well_is_a_tick_on_every_line_and_nothing_left_running(patient: Patient) -> None:
    said = types(patient.environ, "doctor")
    assert said.err == ""
    assert said.code == 0
    assert [line.split(":")[0] for line in said.out.splitlines()] == [
        "✓ settings",
        "✓ database",
        "✓ setup file",
        "✓ bot token",
        "✓ scopes",
        "✓ app token",
        "✓ people",
        "✓ user group S0APPROVERS",
        "✓ repository of shop-api",
        "✓ repository of shop-web",
        "✓ runtime process",
        "✓ services' data",
    ]
    assert processes(patient.home) == []


def test_the_address_of_the_web_server_is_looked_at(patient: Patient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        patient.environ["STATION_WEB"] = address
        broken = patient.broken()
        assert set(broken) == {"web"} and f"STATION_WEB is {address}" in broken["web"].said
    well = patient.findings()["web"]
    assert well.well and f"free for `run`; others reach it at http://{address}" in well.said


def test_what_is_not_well_is_crossed_with_how_to_mend_it(patient: Patient) -> None:
    patient.environ["SLACK_BOT_TOKEN"], patient.refusal = "xoxb-wrong", "invalid_auth"
    said = types(patient.environ, "doctor")
    assert said.code == 1
    assert said.err == ""
    cross, mend = said.out.split("✗ bot token: ")[1].splitlines()[:2]
    assert cross == "Slack answered invalid_auth"
    assert mend.startswith("    → ")


def test_every_wrong_setting_has_a_line_of_its_own(patient: Patient) -> None:
    patient.environ |= {"SLACK_BOT_TOKEN": "", "SLACK_APP_TOKEN": "xoxb-1", "DATABASE_URL": "x"}
    findings = examine(patient.environ)
    assert [(f.what, f.well) for f in findings] == [("settings", False)] * 3
    assert all("README" in f.mend for f in findings)


@pytest.mark.parametrize(
    ("variables", "what", "said", "mend"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-wrong"}, "bot token", "invalid_auth", "copy its token"),
        ({"SLACK_APP_TOKEN": "xapp-wrong"}, "app token", "invalid_auth", "connections:write"),
        ({"SLACK_API_URL": "http://127.0.0.1:9/api/"}, "bot token", "refused", "SLACK_API_URL"),
        ({"DATABASE_URL": "postgresql://station@127.0.0.1:9/x"}, "database", "refused",
         "DATABASE_URL"),
        ({"DATABASE_URL": "sqlite:////dev/null/x.db"}, "database", "/dev/null", "DATABASE_URL"),
        ({"STATION_DATA": "/dev/null/data"}, "data folder", "Not a directory", "STATION_DATA"),
        ({"STATION_TEAM": "/nowhere/team.yml"}, "setup file", "No such file", "team.example.yml"),
    ],
)  # fmt: skip
def test_what_the_environment_gets_wrong_is_one_crossed_line(
    patient: Patient, variables: dict[str, str], what: str, said: str, mend: str
) -> None:
    patient.environ |= variables
    patient.refusal = "invalid_auth" if said == "invalid_auth" else ""
    found = patient.broken()[what]
    assert said in found.said
    assert mend in found.mend
    assert "\n" not in found.said


def test_a_missing_scope_is_named(patient: Patient) -> None:
    manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    manifest["oauth_config"]["scopes"]["bot"].remove("usergroups:read")
    with Playground(manifest) as narrow:
        patient.environ["SLACK_API_URL"] = narrow.api_url
        broken = patient.broken()
    assert broken["scopes"].said == "missing usergroups:read"
    assert "install it to the workspace again" in broken["scopes"].mend
    assert "missing_scope" in broken["user group S0APPROVERS"].said
    assert set(broken) == {"scopes", "user group S0APPROVERS"}
    assert [why.split(": ")[1] for why in narrow.violations] == ["missing_scope"]


def test_a_setup_for_another_workspace_is_named(patient: Patient) -> None:
    patient.setup(team="T0OTHER")
    (found,) = patient.broken().values()
    assert found.what == "workspace"
    assert found.said == "the token is of T0STATION, the setup file of T0OTHER"
    assert "team:" in found.mend


def test_a_folder_of_data_that_is_away_is_named(patient: Patient) -> None:
    shutil.rmtree(patient.team_file.parent / "baseline")
    (found,) = patient.broken().values()
    assert "there is no folder" in found.said
    assert "Bring the folder back" in found.mend


def test_an_unknown_user_group_is_named(patient: Patient) -> None:
    roles = {"developer": {}, "operator": {}, "approver": {"groups": ["S0NOBODY", "S0APPROVERS"]}}
    patient.setup(roles=roles)
    patient.refusal = "no_such_subteam"
    (found,) = patient.broken().values()
    assert found.what == "user group S0NOBODY"
    assert "Slack answered usergroups.users.list with" in found.said
    assert "its id in the setup file" in found.mend


def test_a_repository_that_is_gone_is_named_and_the_others_are_well(patient: Patient) -> None:
    services = json.loads(patient.team_file.read_text())["services"]
    services["shop-web"]["repository"] = str(patient.home / "gone")
    patient.setup(services=services)
    (found,) = patient.broken().values()
    assert found.what == "repository of shop-web"
    assert str(patient.home / "gone") in found.said
    assert "repository:" in found.mend


def test_every_mistake_in_the_setup_file_is_named_and_slack_is_looked_at_all_the_same(
    patient: Patient,
) -> None:
    patient.team_file.write_text("team: T0STATION\nteams: 1\n")
    findings = [f for f in examine(patient.environ) if f.what == "setup file"]
    assert [f.said.split(":")[2].strip() for f in findings] == [
        "roles", "services", "environments", "teams",
    ]  # fmt: skip
    assert patient.findings()["app token"].well


def test_a_file_that_is_no_database_is_said_in_one_line(patient: Patient) -> None:
    (patient.home / "stationmaster.db").write_bytes(b"not a database " * 100)
    found = patient.broken()["database"]
    assert found.said == "file is not a database"


def test_tables_of_an_older_shape_are_told_and_well(patient: Patient) -> None:
    (patient.home / "stationmaster.db").unlink()
    found = patient.findings()["database"]
    assert found.well
    assert "`run` brings it up to date" in found.said


def test_postgresql_is_looked_at_like_a_file(patient: Patient, postgres: str) -> None:
    patient.environ["DATABASE_URL"] = new_database(postgres, "doctor")
    assert patient.findings()["database"].said.startswith("PostgreSQL, ")


def test_slack_that_never_answers_is_said_and_not_waited_for_long(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        patient.environ["SLACK_API_URL"] = f"http://127.0.0.1:{mute.getsockname()[1]}/api/"
        broken = patient.broken()
    assert "timed out" in broken["bot token"].said
    assert "timed out" in broken["people"].said


def test_where_builds_can_run_is_looked_at(patient: Patient, engine: Engine) -> None:
    told = json.loads(patient.team_file.read_text())
    told["services"]["shop-api"] |= {
        "image": "registry.example.com/shop/api",
        "build": {"engine": "lab"},
    }
    router = f"sha256:{'0' * 64}"

    def at(address: str) -> None:
        engines = {"lab": {"address": address, "router": router}}
        registries: dict[str, Any] = {"registry.example.com": {}}
        patient.setup(services=told["services"], engines=engines, registries=registries)

    at(engine.url)
    found = patient.findings()["build of shop-api"]
    assert found.well
    assert found.said.startswith("lab builds (Docker ")
    at(f"unix://{patient.home}/nobody.sock")
    (found,) = patient.broken().values()
    assert found.what == "build of shop-api"
    assert "does not answer" in found.said
    assert "`build:` in the setup file" in found.mend
