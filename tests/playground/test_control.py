"""What tests can do to the workspace: faults, limits, clocks, people; and who is let in."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.__main__ import main
from playground.manifest import ManifestError
from playground.server import Playground
from tests.playground.conftest import MANIFEST
from tests.playground.twins import MODES, connected, free_port
from tests.workspace import JSON, Person, eventually, request


def say(client: WebClient) -> JSON:
    answer: JSON = client.chat_postMessage(channel="C0OPS", text="x").data  # type: ignore[assignment]
    return answer


def test_a_429_says_how_long_to_wait_and_is_no_violation(client: WebClient, ana: Person) -> None:
    ana.do("control", action="fault", method="chat.postMessage", mode="429", retry_after=7)
    with pytest.raises(SlackApiError) as refused:
        say(client)
    assert refused.value.response.headers["Retry-After"] == "7"
    assert say(client)["ok"]
    assert ana.get("violations")["violations"] == []


def test_a_reset_after_the_effect_leaves_the_effect(playground: Playground, ana: Person) -> None:
    client = WebClient(token="xoxb-playground", base_url=playground.api_url, retry_handlers=[])
    ana.do("control", action="fault", mode="reset_after", method="chat.postMessage")
    with pytest.raises(OSError):
        say(client)
    assert ana.newest()["text"] == "x"


def test_a_500_and_an_error_leave_no_effect(client: WebClient, ana: Person) -> None:
    ana.do("control", action="fault", method="*", mode="500")
    ana.do("control", action="fault", method="*", mode="error", error="fatal_error", times=2)
    for _ in range(3):
        with pytest.raises(SlackApiError):
            say(client)
    assert ana.messages() == []
    assert say(client)["ok"]


def test_a_slow_answer_still_comes(client: WebClient, ana: Person) -> None:
    ana.do("control", action="fault", method="chat.postMessage", mode="slow", seconds=0.2)
    assert say(client)["ok"]
    assert ana.get("inspector", since="0")["entries"][0]["ms"] >= 200


def test_strict_limits_hold_a_channel_to_a_message_a_second(
    playground: Playground, ana: Person
) -> None:
    client = WebClient(token="xoxb-playground", base_url=playground.api_url, retry_handlers=[])
    ana.do("control", action="strict_rate_limits", on=True)
    for _ in range(5):
        say(client)
    with pytest.raises(SlackApiError) as refused:
        say(client)
    assert refused.value.response.status_code == 429
    ana.do("control", action="advance", seconds=1)
    assert say(client)["ok"]


def test_people_and_groups_can_be_edited(client: WebClient, ana: Person) -> None:
    ana.do("control", action="edit_user", user="U0BEN", fields={"deleted": True})
    ana.do("control", action="edit_group", group="S0APPROVERS", users=["U0ANA"])
    assert client.users_info(user="U0BEN")["user"]["deleted"]
    assert client.usergroups_users_list(usergroup="S0APPROVERS")["users"] == ["U0ANA"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"action": "explode"},
        {"action": 7},
        {"action": "fault", "mode": "lightning"},
        {"action": "fault", "planet": "Mars", "mode": "500"},
        {"action": "edit_user", "user": "U0ANA", "fields": {"id": "U0X"}},
        {"action": "edit_user", "user": "U0ANA"},
        {"action": "edit_group", "group": "S0APPROVERS", "users": "U0ANA"},
        {"action": "edit_group", "group": "S0NONE", "users": []},
        {"action": "fault", "mode": "slow", "seconds": "long"},
        {"action": "fault", "mode": "429", "retry_after": "7"},
        {"action": "fault", "mode": "500", "times": None},
        {"action": "fault", "mode": "500", "method": 7},
        {"action": "advance", "seconds": "soon"},
        {"action": "advance", "seconds": "nan"},
        {"action": "advance", "seconds": -1},
        {"action": "advance", "seconds": 1e300},
        {"action": "disconnect", "reason": "boredom"},
        {"action": "strict_rate_limits", "on": True, "events_per_hour": "few"},
        {"action": "strict_rate_limits", "on": True, "events_per_hour": -1},
    ],
)
def test_a_malformed_control_is_refused(body: JSON, playground: Playground) -> None:
    status, answer = request(f"{playground.base_url}/_play/control", body)
    assert status in (400, 404) and not json.loads(answer)["ok"]


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/_play/boot", {"Host": "evil.example"}, 403),
        ("/", {"Host": "evil.example"}, 403),
        ("/_play/boot", {"Origin": "https://evil.example"}, 403),
        ("/_play/boot", {"Origin": "null"}, 403),
        ("/api/api.test", {"Origin": "https://evil.example"}, 403),
        ("/api/api.test", {"Host": "slack.com"}, 200),
        ("/_play/boot", {"Origin": "http://localhost:8065"}, 200),
        ("/_play/boot", {"Host": "localhost:8065"}, 200),
        ("/page/../server.py", {}, 404),
        ("/..%2fserver.py", {}, 404),
    ],
)
def test_only_local_pages_are_let_in(
    playground: Playground, path: str, headers: dict[str, str], status: int
) -> None:
    assert request(playground.base_url + path, None, headers)[0] == status


def test_a_manifest_slack_would_refuse_does_not_start() -> None:
    manifest = {
        "display_information": {"name": "Bad"},
        "features": {"slash_commands": [{"command": "/x", "description": "x"}]},
    }
    with pytest.raises(ManifestError, match="need the scope commands"):
        Playground(manifest).start()


class Process:
    """The workspace as its own process."""

    def __init__(self, *more: str, stderr: int | None = None) -> None:
        command = [sys.executable, "-m", "playground", "--manifest", str(MANIFEST), "--port", "0"]
        self.process = subprocess.Popen(
            [*command, *more],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
        assert self.process.stdout
        self.base_url = self.process.stdout.readline().split()[-1]
        self.said = [self.process.stdout.readline().split()[-1] for _ in range(3)]

    def end(self, number: int | None = None) -> int:
        if number is not None:
            self.process.send_signal(number)
        self.process.communicate(timeout=10)
        return self.process.returncode


def test_the_workspace_survives_a_kill(tmp_path: Path) -> None:
    first = Process("--data", str(tmp_path))
    ana = Person(first.base_url, "U0ANA")
    client = WebClient(token="xoxb-playground", base_url=f"{first.base_url}/api/")
    root = say(client)["ts"]
    client.chat_postMessage(channel="C0OPS", text="reply", thread_ts=root)
    client.chat_update(channel="C0OPS", ts=root, text="edited")
    gone = say(client)["ts"]
    client.chat_delete(channel="C0OPS", ts=gone)
    ana.do("read", channel="C0OPS")
    ana.do("control", action="edit_user", user="U0BEN", fields={"title": "Boss"})
    ana.do("control", action="advance", seconds=1000)
    last = say(client)["ts"]
    assert first.end(signal.SIGKILL) == -signal.SIGKILL

    second = Process("--data", str(tmp_path))
    ana = Person(second.base_url, "U0ANA")
    client = WebClient(token="xoxb-playground", base_url=f"{second.base_url}/api/")
    assert [m["text"] for m in ana.messages()] == ["edited", "x"]
    assert [m["text"] for m in ana.messages(thread_ts=root)] == ["edited", "reply"]
    boot = ana.get("boot")
    assert {c["id"]: c["unread"] for c in boot["channels"]}["C0OPS"] == 1
    assert {p["id"]: p["title"] for p in boot["people"]}["U0BEN"] == "Boss"
    assert say(client)["ts"] > last
    assert second.end(signal.SIGTERM) == 0


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--manifest", "nothing.yml"], "No such file"),
        (["--manifest", "{text}"], "is not YAML"),
        (["--manifest", "{seed}"], "display_information.name is missing"),
        (["--seed", "{text}"], "is not YAML"),
        (["--seed", "{seed}"], "does not describe a workspace: KeyError: 'team'"),
        (["--port", "99999"], "is not a port: 0 to 65535"),
        (["--port", "-1"], "is not a port"),
        (["--request-url", "banana"], "is not an HTTP address"),
        (["--host", "256.1.1.1"], ""),
    ],
)
def test_what_it_cannot_be_started_with_is_said_in_one_sentence(
    words: list[str],
    why: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    text, seed = tmp_path / "text.md", tmp_path / "seed.yml"
    text.write_text("one: two: three")
    seed.write_text("people: []")
    filled = [word.format(text=text, seed=seed) for word in words]
    command = ["playground", "--manifest", str(MANIFEST), "--port", "0", *filled]
    monkeypatch.setattr(sys, "argv", command)
    with pytest.raises(SystemExit) as ended:
        sys.exit(main())
    said = capsys.readouterr()
    assert ended.value.code in (1, 2) and said.out == ""
    assert why in said.err and said.err.strip()


def test_the_terminal_says_what_slack_would_refuse_and_ends_it_with_its_input() -> None:
    workspace = Process("--while-stdin", stderr=subprocess.PIPE)
    client = WebClient(token="xoxb-playground", base_url=f"{workspace.base_url}/api/")
    with pytest.raises(SlackApiError):
        client.chat_postMessage(channel="C0NONE", text="x")
    said = "Slack would refuse this: chat.postMessage: channel_not_found\n"
    assert workspace.process.stderr and workspace.process.stderr.readline() == said
    assert workspace.end() == 0


@pytest.mark.parametrize("mode", MODES)
def test_an_app_needs_nothing_but_what_the_workspace_says_when_it_starts(mode: str) -> None:
    port = str(free_port())
    http = ["--request-url", f"http://127.0.0.1:{port}/slack/events"] if mode == "http" else []
    workspace = Process("--while-stdin", *http)
    ana = Person(workspace.base_url, "U0ANA")
    token = {"socket": "SLACK_APP_TOKEN", "http": "SLACK_SIGNING_SECRET"}[mode]
    names = ("SLACK_API_URL", "SLACK_BOT_TOKEN", token)
    told = dict(zip(names, workspace.said, strict=True)) | ({"APP_PORT": port} if http else {})
    with connected("python", ana, told):
        assert ana.do("message", channel="D0ANA", text="hello")["ok"]
        eventually(lambda: ana.newest("D0ANA")["text"] == "Echo: hello")
        assert ana.workspace.violations == []
    assert workspace.end() == 0
