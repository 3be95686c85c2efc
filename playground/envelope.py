"""One delivery to the app, whichever way it goes, and how it can fail."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from playground import ids
from playground.shapes import JSON


@dataclass(frozen=True)
class Envelope:
    """One delivery: its type, payload, and whether the ack may carry a body.

    ``type`` is ``slash_commands``, ``interactive`` or ``events_api``; ``name`` says more exactly
    what it is: the command, the payload's or the event's type. Only events have ``retry``, which
    attempt this is and why the one before failed.
    """

    type: str
    payload: JSON
    accepts_body: bool
    name: str
    retry: tuple[int, str] | None = None
    id: str = field(default_factory=ids.unique)

    def wire(self) -> JSON:
        """Return what goes over a socket."""
        wire: JSON = {
            "envelope_id": self.id,
            "type": self.type,
            "accepts_response_payload": self.accepts_body,
            "payload": self.payload,
        }
        if self.retry is not None:
            wire["retry_attempt"], wire["retry_reason"] = self.retry
        return wire


class DeliveryFailed(Exception):
    """The app was not reached or did not answer.

    ``code`` is what Slack tells the person, ``reason`` what it tells the app when it tries again,
    ``fault_of_app`` the violation if the app is to blame, ``final`` that it asked not to be tried
    again.
    """

    def __init__(
        self, code: str, reason: str, fault_of_app: str | None = None, *, final: bool = False
    ) -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason
        self.fault_of_app = fault_of_app
        self.final = final


class Line(Protocol):
    """A way to the app: Socket Mode, or signed HTTP requests."""

    @property
    def connected(self) -> bool:
        """Whether the app is there."""

    async def open(self) -> None:
        """Begin to look for the app."""

    async def carry(self, envelope: Envelope) -> Any:
        """Deliver and return the body of the answer, None for none; raise DeliveryFailed.

        It is cancelled when Slack's patience ends.
        """

    def timed_out(self, envelope: Envelope) -> DeliveryFailed:
        """Say what it means that ``carry`` of this envelope was cancelled."""

    async def close(self) -> None:
        """Leave, as the workspace goes away."""
