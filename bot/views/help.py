"""Help that shows what one may do, with words to copy, and whom to ask for the rest."""

from __future__ import annotations

from bot.views import blocks, words
from bot.views.blocks import Block
from bot.views.message import Message, message
from bot.views.told import Told

EVERYBODY = (
    ("/release", "list", "which versions there are, and where they run"),
    ("/release", "show {service} 1.4.2", "one version: its commit, where it is live, its history"),
    ("/release", "plan {service} 1.4.2", "where it fits, and what is missing where it does not"),
    ("/env", "list", "what runs where, who holds it, what is locked"),
    ("/env", "board", "what waits for you and what you have; also at my Home"),
    ("/env", "show {environment}", "one environment with its rules and its last deployments"),
    ("/env", "plan {environment}", "what it is to be against what really runs, and what to do"),
    ("/env", "bookings [environment]", "who has what until when, who comes next, who waits"),
    ("/env", "calendar [environments]", "a picture of the next two weeks, for you or `in channel`"),
    ("/env", "usage [environment] last 30d", "how much was booked, and how much of it was idle"),
    ("/env", "free {environment}", "gives your booking back before its time"),
    ("/env", "extend {environment} by 1h", "has your booking end later"),
    ("/env", "create demo from {blueprint} for 2d", "makes a short-lived environment of your own"),
    ("/env", "keep demo for 1d", "has it live longer, or end sooner"),
    ("/env", "destroy demo because …", "stops and removes all of it"),
    ("/env", "withdraw {environment}", "takes back a preparation or reset that has not begun"),
    ("/env", "leave {environment}", "takes you off the wait-list"),
    ("/ops", "status", "what is under way and what is wrong"),
    ("/ops", "hosts", "what every machine has, and what of it is free"),
    ("/ops", "help", "this"),
)
ALLOWED = (
    (
        "deploy",
        "/deploy",
        "{service} 1.4.2 to {place} because …",
        "asks for a deployment; the reason is optional, and `/deploy` alone opens a form",
    ),
    (
        "rollback",
        "/rollback",
        "{service} in {place}",
        "shows the last good version and brings it back once you confirm",
    ),
    (
        "book",
        "/env",
        'book {place} for 2h "load test"',
        "has it for you alone; `/env book`: a form",
    ),
    ("book", "/env", "wait {place} for 2h", "offers it to you as soon as it is free"),
    ("take_over", "/env", "take {place} because …", "takes what is left of somebody's booking"),
    ("prepare", "/env", "prepare {place}", "fills in data, starts what should run, tests it"),
    ("reset", "/env", "reset {place} because …", "puts its data back to the baseline"),
    ("stop", "/env", "stop {place}", "has nothing run there; `start` and `restart` likewise"),
    ("logs", "/env", "logs {place} {service}", "the last lines it wrote, told to you alone"),
    ("logs", "/release", "log {service} 1.4.2", "what the build of its image wrote"),
    ("scale", "/env", "scale {place} {service} 3", "how many instances of it run"),
    ("unlock", "/env", "lock {place} for 1h because …", "keeps everybody else out until then"),
    ("unlock", "/env", "unlock {place} because …", "opens a locked environment"),
)
NOUNS = {
    "deploy": "deploy",
    "approve": "approve",
    "rollback": "roll back",
    "unlock": "lock and unlock",
    "prepare": "prepare",
    "reset": "reset",
    "stop": "stop and start",
    "logs": "read logs",
    "scale": "scale",
    "book": "book",
    "take_over": "take bookings over",
}


def draw_help(told: Told) -> Message:
    topic = str(told.get("topic") or "")
    shown = "" if topic == "/ops" else topic
    may = told.part("may")
    lines = [*_allowed(told, may, shown), *_for_everybody(told, shown)]
    lines = lines or [f"Nothing with `{words.escape(shown)}`: your roles do not include it."]
    drawn: list[Block | None] = [blocks.section("\n".join(["*What you can do*", *lines]))]
    if may.items("approve") and not shown:
        places = words.one_of(map(words.escape, may.items("approve")), "and")
        said = (
            f"You may *approve* in {places}: use the buttons on the card. Never your own request."
        )
        drawn.append(blocks.section(said))
    drawn += [blocks.context(_rest(told, may, shown)), blocks.context(_roles(told))]
    about = f" with {words.escape(topic)}" if shown else ""
    return message(f"What you can do{about}", drawn)


def _allowed(told: Told, may: Told, topic: str) -> list[str]:
    return [
        _line(command, example.format(service=told["service"], place=words.escape(places[0])), what)
        + _also(places)
        for permission, command, example, what in ALLOWED
        if topic in ("", command) and (places := may.items(permission))
    ]


def _for_everybody(told: Told, topic: str) -> list[str]:
    names = {name: told[name] for name in ("service", "environment", "blueprint")}
    return [
        _line(command, example.format(**names), what)
        for command, example, what in EVERYBODY
        if topic in ("", command) and (told.has("blueprint") or " demo" not in example)
    ]


def _line(command: str, example: str, what: str) -> str:
    return f"• `{command} {example}` {what}"


def _also(places: list[str]) -> str:
    others = words.one_of(map(words.escape, places[1:]), "and")
    return f" (also in {others})" if others else ""


def _rest(told: Told, may: Told, topic: str) -> str:
    """What one may not do, and who may."""
    others = told.part("others")
    commands = {
        "deploy": "/deploy",
        "rollback": "/rollback",
        "unlock": "/env",
        "prepare": "/env",
        "reset": "/env",
        "stop": "/env",
        "logs": "/env",
        "scale": "/env",
        "book": "/env",
        "take_over": "/env",
        "approve": "",
    }
    said = [
        f"{NOUNS[permission]}{' elsewhere' if may.items(permission) else ''}:"
        f" {others.people(permission, most=4)}"
        for permission, command in commands.items()
        if others.items(permission) and topic in ("", command)
    ]
    return f"For the rest ask: {'; '.join(said)}" if said else ""


def _roles(told: Told) -> str:
    roles = words.one_of(map(words.escape, told.items("roles")), "and")
    return f"Your roles: {roles}" if roles else "You have no role here; roles are in `team.yml`"
