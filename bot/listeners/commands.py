"""Slash commands: the words become a command, a question or a form. Accepted first, then acked,
so that Slack never confirms what is not on disk; the answer follows."""

from __future__ import annotations

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.clerk import Clerk, Delivery
from bot.desk import Desk
from bot.listeners.forms import draw_form
from bot.listeners.wrap import Body, payload, slash_actor, slash_way
from bot.parse import Misunderstood, OpenForm, parse
from bot.reply import reply
from handlers.messages import Outcome

COMMANDS = ("/deploy", "/rollback", "/release", "/env", "/ops")


def register(app: App, desk: Desk, clerk: Clerk) -> None:
    def hear(ack: Ack, body: Body, client: WebClient) -> None:
        said = parse(body["command"], body.get("text", ""))
        actor = slash_actor(body)
        if isinstance(said, OpenForm):
            view, no = draw_form(desk, said, actor)
            if view:
                client.views_open(trigger_id=body["trigger_id"], view=view)
            ack(**payload(no) if no else {})
        elif isinstance(said, Misunderstood):
            ack(**payload(reply(Outcome(said.code, said.facts, refused=True))))
        else:
            clerk.accept(Delivery(f"slash:{body['trigger_id']}", said, actor, slash_way(body)))
            ack()

    for command in COMMANDS:
        app.command(command)(hear)
