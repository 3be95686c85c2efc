"""``bot say``: a slash command typed in the terminal, through the same parser, gate and words."""

from __future__ import annotations

import re
from contextlib import closing
from html import unescape
from typing import Any

from bot.parse import Misunderstood, OpenForm, parse
from bot.reply import reply
from bot.settings import Settings
from bot.views.message import Message
from bot.wiring import utc_now
from handlers import setup as team
from handlers.gate import Gate
from handlers.messages import Actor, Command, Outcome
from handlers.store import StoreError, open_store, schema_lag
from handlers.work import engine

MARKUP = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
"""Slack's links, mentions and dates: what is behind the bar is for those who cannot draw them."""


def say(settings: Settings, text: str, user: str, key: str) -> tuple[str, bool]:
    """What the bot answers ``user``, and whether it was a no. Work that is started is done by the
    running bot, or by the next one that runs."""
    setup = team.open_setup(settings.team_file)
    with closing(open_store(settings.database_url)) as store:
        if lag := schema_lag(store):
            raise StoreError(f"{lag} Start the bot once with `python -m bot run`.")
        engine.prepare(store)
        gate = Gate(store, setup, utc_now, engine.connect(store).start)
        outcome = _take(gate, text, Actor(setup.setup.team, user, "command line"), key)
    return plain(reply(outcome)), outcome.refused


def _take(gate: Gate, text: str, actor: Actor, key: str) -> Outcome:
    command, _, rest = text.strip().partition(" ")
    said = parse(command, rest)
    if isinstance(said, Misunderstood):
        return Outcome(said.code, said.facts, refused=True)
    if isinstance(said, OpenForm):
        return Outcome("words_missing", {"command": command}, refused=True)
    if isinstance(said, Command):
        return gate.submit(said, actor, key)
    return gate.ask(said, actor)


def plain(message: Message) -> str:
    """A message as a terminal can show it: its blocks' words, or its text."""
    lines = [line for block in message.blocks for line in _words(block)]
    return unescape(MARKUP.sub(_unmarked, "\n".join(lines) or message.text))


def _unmarked(found: re.Match[str]) -> str:
    target, label = found[1], found[2]
    if target.startswith("http") and label:
        return f"{label} ({target})"
    return label or target.lstrip("!")


def _words(part: Any) -> list[str]:
    if isinstance(part, dict):
        if part.get("type") == "button":
            return []
        found = [part["text"]] if isinstance(part.get("text"), str) else []
        return found + [w for value in part.values() for w in _words(value)]
    if isinstance(part, list | tuple):
        return [w for value in part for w in _words(value)]
    return []
