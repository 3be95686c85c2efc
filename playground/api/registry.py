"""The table of Web API methods: what each needs and which function answers it."""

from collections.abc import Callable
from dataclasses import dataclass

from playground.api.errors import missing_scope
from playground.api.request import Args
from playground.shapes import JSON
from playground.world import World


@dataclass(frozen=True)
class Call:
    """One authorised call."""

    world: World
    args: Args

    @property
    def me(self) -> str:
        """The bot user's id."""
        return self.world.workspace.app.user_id

    def need(self, *scopes: str) -> None:
        """Raise Refused missing_scope unless the app has one of these."""
        granted = self.world.manifest.scopes
        if not set(scopes) & set(granted):
            raise missing_scope(scopes[0], granted)


Answer = Callable[[Call], JSON]


@dataclass(frozen=True)
class Method:
    """One method: its answer, the scopes of which one suffices, and how it is called.

    ``caller`` is the kind of token it wants, ``bot`` or ``app``, or empty for none; ``json`` says
    whether Slack reads a JSON body (read methods ignore it).
    """

    answer: Answer
    scopes: tuple[str, ...]
    caller: str
    json: bool


METHODS: dict[str, Method] = {}


def method(
    name: str, *scopes: str, caller: str = "bot", json: bool = True
) -> Callable[[Answer], Answer]:
    """Register the function that answers a method."""

    def register(answer: Answer) -> Answer:
        METHODS[name] = Method(answer, scopes, caller, json)
        return answer

    return register
