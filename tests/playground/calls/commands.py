"""4.10: slash commands."""

from typing import Any

from playground.manifest import ManifestError
from tests.playground.calls.stage import (
    Call,
    Stage,
    calls,
    done,
    elsewhere,
    fails,
    holds,
    manifest,
    works,
)
from tests.workspace import JSON


def _threaded(stage: Stage, *, inside: bool) -> JSON:
    where = {"thread_ts": stage.posted()} if inside else {}
    return stage.ana.do("command", channel="C0OPS", text="/say hello", **where)


def _alone(stage: Stage) -> JSON:
    with elsewhere() as other:
        return other.ana.command("/say hello")


def _acked(stage: Stage, **ack: Any) -> JSON:
    stage.answers = ack
    return stage.ana.command("/say hello")


def _heard_by_ben(stage: Stage, **ack: Any) -> JSON:
    """Ack with a text; ok when Ben reads it too."""
    before = len(stage.ben.messages())
    done(_acked(stage, text="the ack", **ack))
    assert stage.ana.newest()["text"] == "the ack"
    return holds(len(stage.ben.messages()) > before, "Ben reads nothing")


def _command_shown(stage: Stage, **ack: Any) -> JSON:
    """Ack with a text; ok when everybody sees what was typed."""
    before = len(stage.ben.messages())
    done(_acked(stage, text="the ack", **ack))
    said = [m["text"] for m in stage.ben.messages()[before:]]
    return holds("/say hello" in said, "the command is not shown")


def _text(stage: Stage, command: str, text: str, wanted: str) -> JSON:
    found = stage.command(f"{command} {text}")["text"]
    return holds(found == wanted, f"text is {found}")


def _channel_name(stage: Stage, channel: str, wanted: str) -> JSON:
    found = stage.command(channel=channel)["channel_name"]
    return holds(found == wanted, f"called {found}")


def _group_talk(stage: Stage) -> JSON:
    opened = done(stage.api("conversations.open", users="U0ANA,U0BEN"))["channel"]["id"]
    return _channel_name(stage, opened, "mpdm-ana--ben--wide-1")


def _shortcut(stage: Stage) -> JSON:
    stage.answers = {}
    return stage.told(lambda: stage.ana.do("shortcut", callback_id="global"))


def _declared(name: str) -> JSON:
    """Whether Slack takes a manifest with such a command."""
    made = manifest(slash_commands=[{"command": name, "description": "x"}])
    try:
        with elsewhere(made) as other:
            (command,) = other.ana.get("boot")["app"]["commands"]
            return holds(command["command"] == name)
    except ManifestError as problem:
        return holds(False, str(problem))


CASES: list[Call] = [
    *calls(
        "4.10 not in threads",
        works(lambda s: _threaded(s, inside=False)),
        fails("/say is not supported in threads", lambda s: _threaded(s, inside=True)),
    ),
    *calls(
        "4.10 only commands of the manifest",
        works(lambda s: s.ana.command("/say")),
        fails("/nope is not a valid command", lambda s: s.ana.command("/nope now")),
    ),
    *calls(
        "4.10 names: a slash, and 1 to 31 small letters, digits, - and _",
        works(lambda s: _declared("/a")),
        works(lambda s: _declared("/" + "x" * 31)),
        works(lambda s: _declared("/ship-it_2")),
        fails("not a command", lambda s: _declared("/")),
        fails("not a command", lambda s: _declared("ship")),
        fails("longer than 32", lambda s: _declared("/" + "x" * 32)),
        fails("not a command", lambda s: _declared("/Ship")),
        fails("not a command", lambda s: _declared("/ship it")),
    ),
    *calls(
        "4.10 acked within 3 seconds",
        works(lambda s: s.ana.command("/say hello")),
        fails(
            '/silent failed with the error "operation_timeout"',
            lambda s: s.ignored(lambda: s.ana.command("/silent")),
        ),
    ),
    *calls(
        "4.10 an app that is there",
        works(lambda s: s.ana.command("/say hello")),
        fails('/say failed with the error "dispatch_failed"', _alone),
    ),
    *calls(
        "4.10 an ack that Slack understands",
        works(lambda s: _acked(s, text="x")),
        works(lambda s: _acked(s)),
        fails(
            '/say failed with the error "invalid_command_response"',
            lambda s: _acked(s, blocks=[{"type": "x"}]),
        ),
    ),
    *calls(
        "4.10 the text of an ack is for one person, in_channel for everybody",
        works(lambda s: _heard_by_ben(s, response_type="in_channel")),
        fails("Ben reads nothing", lambda s: _heard_by_ben(s)),
        fails("Ben reads nothing", lambda s: _heard_by_ben(s, response_type="ephemeral")),
    ),
    *calls(
        "4.10 with in_channel the command is shown as well",
        works(lambda s: _command_shown(s, response_type="in_channel")),
        fails("the command is not shown", lambda s: _command_shown(s)),
    ),
    *calls(
        "4.10 should_escape: mentions carry id and name, otherwise they are as typed",
        works(lambda s: _text(s, "/escaped", "@ben #ops", "<@U0BEN|ben> <#C0OPS|ops>")),
        fails("text is @ben #ops", lambda s: _text(s, "/say", "@ben #ops", "<@U0BEN|ben>")),
    ),
    *calls(
        "4.10 is_enterprise_install is a word, elsewhere it is a boolean",
        works(lambda s: holds(s.command()["is_enterprise_install"] == "false")),
        fails(
            "no word", lambda s: holds(_shortcut(s)["is_enterprise_install"] == "false", "no word")
        ),
    ),
    *calls(
        "4.10 channel_name: a name, directmessage, privategroup or mpdm-…",
        works(lambda s: _channel_name(s, "C0OPS", "ops")),
        works(lambda s: _channel_name(s, "D0ANA", "directmessage")),
        works(lambda s: _channel_name(s, "C0INNER", "privategroup")),
        works(_group_talk),
        fails("called privategroup", lambda s: _channel_name(s, "C0INNER", "inner")),
    ),
]
