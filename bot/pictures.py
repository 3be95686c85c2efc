"""Pictures of the calendar as the courier brings them: drawn when due, uploaded, shared."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.letters import Letter, Rows
from bot.post import Post
from bot.views.calendar.paint import draw_picture
from bot.views.calendar.words import ENOUGH, alt_text, comment
from handlers import calendars
from handlers.calendars import PictureDue

NAME, TITLE = "calendar.png", "Calendar of environments"


def due_pictures(rows: Rows) -> list[Letter]:
    """Of each channel and person the next one."""
    return [PictureLetter(rows, due) for due in calendars.due(rows.store)]


@dataclass(frozen=True)
class PictureLetter:
    rows: Rows = field(repr=False)
    due: PictureDue

    @property
    def channel(self) -> str:
        return self.due.channel

    def deliver(self, post: Post) -> bool:
        """Share a new file, unless the last one is found to have arrived."""
        due, rows = self.due, self.rows
        channel = post.direct(due.channel)
        there = bool(due.file) and post.has_file(channel, due.file, due.at)
        if not there:
            view = calendars.read(rows.store, rows.setup, rows.now(), due.id)
            file = post.upload(NAME, draw_picture(view), alt_text(view))
            calendars.begin(rows.store, due.id, file)
            post.share(channel, file, TITLE, comment(view, due.user, due.wanted))
        calendars.posted(rows.store, due.id, rows.now())
        return not there

    def lost(self) -> None:
        self.give_up("lost")

    def divert(self) -> bool:
        """Where I am not a member no file can be shared: it goes to the one who asked."""
        return calendars.to_asker(self.rows.store, self.due.id)

    def give_up(self, why: str) -> None:
        rows = self.rows
        view = calendars.read(rows.store, rows.setup, rows.now(), self.due.id)
        said = alt_text(view, ENOUGH)
        calendars.failed(rows.store, self.due.id, rows.now(), why, said)
