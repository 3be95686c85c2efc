"""4.2: which blocks may stand on which surface."""

from tests.playground.blockkit.case import Case, refuses, rule, takes, unsupported
from tests.playground.blockkit.samples import BLOCKS, EVERYWHERE

TAKEN = {
    "message": [kind for kind in BLOCKS if kind not in ("file", "auth_provider")],
    "modal": [*EVERYWHERE, "alert"],
    "home": [*EVERYWHERE, "card", "carousel"],
}


def _surface(name: str) -> list[Case]:
    others = [kind for kind in BLOCKS if kind not in TAKEN[name]]
    return [
        *(takes(BLOCKS[kind], on=name) for kind in TAKEN[name]),
        *(refuses(unsupported(kind), "/0/type", BLOCKS[kind], on=name) for kind in others),
        refuses(unsupported("fancy"), "/0/type", {"type": "fancy"}, on=name),
    ]


CASES = [
    *rule("4.2 the blocks of a message", _surface("message")),
    *rule("4.2 the blocks of a modal", _surface("modal")),
    *rule("4.2 the blocks of a Home tab", _surface("home")),
]
