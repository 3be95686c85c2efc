"""What people type, and what is understood. Every line here could be typed in Slack."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.parse import Misunderstood, OpenForm, parse
from bot.reply import known_codes, reply
from handlers.messages import (
    ClearLock,
    Command,
    FindLeftovers,
    ListEnvironments,
    ListReleases,
    Outcome,
    PlanRelease,
    PostCalendar,
    ProposeRollback,
    Question,
    ReadBuildLog,
    ReadLog,
    RequestDeploy,
    RequestRollback,
    ScaleService,
    ShowBoard,
    ShowEnvironment,
    ShowHelp,
    ShowHosts,
    ShowRelease,
    ShowStatus,
    ShowUsage,
)

NOUNS = ["list", "show", "plan", "log", "help"]
UNDERSTOOD = [
    ("/env", "board", ShowBoard()),
    ("/env", "calendar", PostCalendar([])),
    ("/env", "calendar staging, test and prod", PostCalendar(["staging", "test", "prod"])),
    ("/env", "calendar staging IN channel", PostCalendar(["staging"], True)),
    ("/env", "calendar in channel prod", PostCalendar(["prod"], True)),
    ("/env", "logs staging api", ReadLog("staging", "api")),
    (
        "/env",
        "logs staging api tail 200 since 10m grep connection refused",
        ReadLog("staging", "api", 600.0, 200, "connection refused"),
    ),
    ("/env", 'logs staging api grep "since 1h"', ReadLog("staging", "api", words="since 1h")),
    ("/env", "scale staging api 3", ScaleService("staging", "api", 3)),
    ("/env", "scale staging api to 3", ScaleService("staging", "api", 3)),
    (
        "/env",
        "scale staging api 1 because it is night",
        ScaleService("staging", "api", 1, "it is night"),
    ),
    ("/ops", "hosts", ShowHosts()),
    ("/ops", "leftovers", FindLeftovers()),
    ("/env", "usage", ShowUsage()),
    ("/env", "usage staging last 2W", ShowUsage("staging", 14)),
    ("/env", "usage last 7d", ShowUsage("", 7)),
    ("/deploy", "api 1.4.2 to production", RequestDeploy("api", "1.4.2", "production")),
    ("/deploy", "api v1.4.2 to production", RequestDeploy("api", "v1.4.2", "production")),
    ("/deploy", "  api   1.4.2\tTO  production ", RequestDeploy("api", "1.4.2", "production")),
    ("/deploy", "api 1.4.2 on production", RequestDeploy("api", "1.4.2", "production")),
    ("/deploy", "api 1.4.2 production", RequestDeploy("api", "1.4.2", "production")),
    ("/deploy", "“api” `1.4.2` in ‘prod’", RequestDeploy("api", "1.4.2", "prod")),
    ("/deploy", "API 1.4.2 to Production", RequestDeploy("API", "1.4.2", "Production")),
    (
        "/deploy",
        "api 1.4.2 to production because “it's on fire”",
        RequestDeploy("api", "1.4.2", "production", "it's on fire"),
    ),
    (
        "/deploy",
        "api 1 to prod Because: nobody in Berlin likes to wait in a queue",
        RequestDeploy("api", "1", "prod", "nobody in Berlin likes to wait in a queue"),
    ),
    ("/deploy", "", OpenForm("deploy")),
    ("/deploy", "api", OpenForm("deploy", service="api")),
    ("/deploy", "api 1.4.2", OpenForm("deploy", "api", "1.4.2")),
    ("/deploy", "api 1.4.2 to", OpenForm("deploy", "api", "1.4.2")),
    ("/deploy", "api to prod", OpenForm("deploy", "api", "", "prod")),
    ("/deploy", "to prod", OpenForm("deploy", "", "", "prod")),
    ("/deploy", "because of rain", OpenForm("deploy", reason="of rain")),
    ("/rollback", "api in production", ProposeRollback("api", "production")),
    ("/rollback", "api production", ProposeRollback("api", "production")),
    (
        "/rollback",
        "api in production because errors",
        ProposeRollback("api", "production", "errors"),
    ),
    ("/rollback", "api in prod to 1.4.1", RequestRollback("api", "prod", "1.4.1")),
    ("/rollback", "api to 1.4.1 in prod", RequestRollback("api", "prod", "1.4.1")),
    ("/rollback", "api on prod to 1 because x", RequestRollback("api", "prod", "1", "x")),
    ("/rollback", "api prod to 1.4.1", RequestRollback("api", "prod", "1.4.1")),
    ("/rollback", "", OpenForm("rollback")),
    ("/rollback", "api", OpenForm("rollback", "api")),
    ("/rollback", "in prod", OpenForm("rollback", environment="prod")),
    ("/release", "", ListReleases()),
    ("/release", "LIST", ListReleases()),
    ("/release", "list api", ListReleases("api")),
    ("/release", "show api 1.4.2", ShowRelease("api", "1.4.2")),
    ("/release", "plan api 1.4.2", PlanRelease("api", "1.4.2")),
    ("/release", "log api v1.4.2", ReadBuildLog("api", "v1.4.2")),
    ("/release", "PLAN “api” v1.4.2", PlanRelease("api", "v1.4.2")),
    ("/env", "", ListEnvironments()),
    ("/env", "list", ListEnvironments()),
    ("/env", "show production", ShowEnvironment("production")),
    ("/env", "unlock production", OpenForm("unlock", environment="production")),
    ("/env", "unlock prod because it is fixed", ClearLock("prod", 0, "it is fixed")),
    ("/ops", "", ShowStatus()),
    ("/ops", "status", ShowStatus()),
    ("/ops", "help", ShowHelp("/ops")),
    ("/deploy", "Help", ShowHelp("/deploy")),
    ("/rollback", "?", ShowHelp("/rollback")),
    ("/release", "help", ShowHelp("/release")),
    ("/env", "--help", ShowHelp("/env")),
]


@pytest.mark.parametrize(("command", "text", "meant"), UNDERSTOOD)
def test_what_is_typed_is_understood(command: str, text: str, meant: object) -> None:
    assert parse(command, text) == meant


FIVE = ["/deploy", "/rollback", "/release", "/env", "/ops"]
MISUNDERSTOOD: list[tuple[str, str, str, dict[str, Any]]] = [
    ("/env", "usage staging last week", "too_many_words", {"words": "week"}),
    ("/env", "usage 30d 7d", "too_many_words", {"words": "7d"}),
    ("/deploy", "api 1 to a to b", "too_many_words", {"words": "b"}),
    ("/deploy", "api 1 2 to prod", "too_many_words", {"words": "2"}),
    ("/deploy", "\u0430pi 1 to prod", "bad_name", {"what": "service"}),
    ("/deploy", "api 1 to pr\u200bod", "bad_name", {"what": "word"}),
    ("/deploy", "api 1 \u200bto prod", "bad_name", {"what": "word"}),
    ("/deploy", "api 1 to \u202edorp", "bad_name", {"word": "�dorp"}),
    ("/deploy", "a\0b 1 to prod", "bad_name", {"word": "a�b"}),
    ("/deploy", f"{'a' * 41} 1 to prod", "bad_name", {"why": "it has 41 characters"}),
    ("/deploy", "1api 1 to prod", "bad_name", {"why": "it begins with 1"}),
    ("/deploy", "api 1/2 to prod", "bad_version", {"word": "1/2"}),
    ("/deploy", f"api {'1' * 65} to prod", "bad_version", {"why": "it has 65 characters"}),
    ("/deploy", "<!channel> 1 to prod", "bad_name", {"word": "<!channel>"}),
    ("/deploy", "x" * 100_000, "too_long", {"length": 100_000, "reason": False}),
    ("/env", f"unlock prod because {'x ' * 2000}", "too_long", {"reason": True}),
    ("/release", "shwo api 1", "unknown_word", {"nearest": "show", "word": "shwo"}),
    ("/release", "zzz", "unknown_word", {"nearest": "", "known": NOUNS}),
    ("/release", "list api web", "too_many_words", {"words": "web"}),
    ("/release", "show api", "missing_words", {"missing": ["version"]}),
    ("/release", "log api", "missing_words", {"missing": ["version"]}),
    ("/release", "plan", "missing_words", {"missing": ["service", "version"]}),
    ("/release", "plan api 1.0 prod", "too_many_words", {"words": "prod"}),
    ("/env", "unlock", "missing_words", {"missing": ["environment"]}),
    ("/env", "show", "missing_words", {"missing": ["environment"]}),
    ("/ops", "statsu", "unknown_word", {"nearest": "status"}),
    ("/ops", "status now", "too_many_words", {"words": "now"}),
    ("/frob", "", "unknown_command", {"name": "/frob", "nearest": "", "known": FIVE}),
    ("/frob", "help", "unknown_command", {"name": "/frob"}),
    ("/deplyo", "api 1 to prod", "unknown_command", {"nearest": "/deploy"}),
]


@pytest.mark.parametrize(("command", "text", "code", "facts"), MISUNDERSTOOD)
def test_what_is_not_understood_is_named(
    command: str, text: str, code: str, facts: dict[str, Any]
) -> None:
    said = parse(command, text)
    assert isinstance(said, Misunderstood)
    assert (said.code, {k: said.facts[k] for k in facts}) == (code, facts)


def test_a_look_alike_letter_is_named_because_nobody_can_see_it() -> None:
    said = parse("/deploy", "\u0430pi 1 to prod")
    assert isinstance(said, Misunderstood)
    assert "U+0430 (cyrillic small letter a)" in reply(Outcome(said.code, said.facts)).text


COMMANDS = st.sampled_from(["/deploy", "/rollback", "/release", "/env", "/ops", "deploy", ""])
TYPED = "api 1.4.2 to in on because production list show unlock status help “ ` \u200b <!here> ä"
WORDS = st.sampled_from(TYPED.split(" "))


@given(COMMANDS, st.text(max_size=60) | st.lists(WORDS, max_size=9).map(" ".join))
def test_whatever_is_typed_has_an_answer(command: str, text: str) -> None:
    said = parse(command, text)
    if isinstance(said, Misunderstood):
        assert said.code in known_codes()
        assert reply(Outcome(said.code, said.facts, refused=True)).text
    else:
        assert isinstance(said, Command | Question | OpenForm)
