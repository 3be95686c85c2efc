"""What every port raises."""

from __future__ import annotations

from handlers.rules.secrets import hide


class PortError(Exception):
    """An outside failure, in one sentence a person can act on.

    ``permanent`` says that trying again is useless until somebody changes something; ``away``
    that nobody is there who could answer, as while a daemon is started anew. What has the shape of
    a secret is hidden here already: addresses of repositories carry passwords.
    """

    def __init__(self, message: str, permanent: bool = False, away: bool = False) -> None:
        super().__init__(hide(message))
        self.message = hide(message)
        self.permanent = permanent
        self.away = away
