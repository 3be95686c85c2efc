"""What runs once before a version starts and after it serves, and how each is taken back."""

from __future__ import annotations

from typing import Annotated, Literal

from handlers.setup.forms import EXACT, Duration, Name, formed
from handlers.setup.part import Part
from handlers.setup.swarms import Words


class Hook(Part):
    """A program that runs once, in the release or, where containers run it, in ``image``, which
    is the service's own exact image if it is not said."""

    name: Name
    command: Words
    image: Annotated[str, formed(EXACT)] | None = None
    timeout: Duration = 300.0
    way_back: Literal["reversible", "needs_backup", "irreversible"]
    undo: tuple[str, ...] = ()
    """Leads back what has ended well and is reversible; without it, nothing has to."""


class Hooks(Part):
    """Those of ``before`` run before anything of the version starts, those of ``after`` once it was
    watched under traffic and before the old one is stopped; one after the other."""

    before: tuple[Hook, ...] = ()
    after: tuple[Hook, ...] = ()

    @property
    def all(self) -> tuple[tuple[str, int, Hook], ...]:
        """Each with its phase and its place in that."""
        return tuple(
            (phase, place, hook)
            for phase, hooks in (("before", self.before), ("after", self.after))
            for place, hook in enumerate(hooks)
        )
