"""The floor: a Bolt app on the same connection and as many threads, which does nothing but ack."""

from __future__ import annotations

import os
import sys

from slack_bolt import Ack

from bot.acks import Acks
from bot.listeners.commands import COMMANDS
from bot.settings import read_settings
from bot.slack import Line, bolt_app, slack_client


def main() -> None:
    """Serve until standard input ends."""
    settings = read_settings(os.environ)
    app = bolt_app(slack_client(settings))

    def only_ack(ack: Ack) -> None:
        ack()

    for command in COMMANDS:
        app.command(command)(only_ack)
    Line(app, settings, Acks()).open()
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
