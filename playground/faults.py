"""Faults on demand: what a test wants the Web API, or a delivery, to do wrong."""

from collections.abc import Collection
from dataclasses import dataclass

REQUEST_MODES = ("429", "500", "reset_after", "slow", "error")
DELIVERY_MODES = ("duplicate", "reorder", "late_ack")


@dataclass
class Fault:
    """One planned fault of ``method`` (``*``: of any), for its next ``times``.

    Of a request to the Web API: 429 answers with ``Retry-After``; 500 answers without doing;
    reset_after does and then cuts the connection; slow waits ``seconds`` and then does; error
    answers with that Slack error. Of a delivery, where ``method`` is a command, the type of a
    payload or event, or of an envelope: duplicate sends it twice; reorder holds it back until
    another has been delivered; late_ack lets the answer arrive ``seconds`` late.
    """

    method: str
    mode: str
    times: int = 1
    retry_after: int = 1
    seconds: float = 1.0
    error: str = "fatal_error"

    def __post_init__(self) -> None:
        if self.mode not in (modes := (*REQUEST_MODES, *DELIVERY_MODES)):
            raise ValueError(f"mode is one of {', '.join(modes)}")
        if not (isinstance(self.method, str) and isinstance(self.error, str)):
            raise ValueError("method and error are strings")
        if not all(isinstance(n, int) and n >= 0 for n in (self.times, self.retry_after)):
            raise ValueError("times and retry_after are whole numbers")
        if not (isinstance(self.seconds, int | float) and self.seconds >= 0):
            raise ValueError("seconds is a number")


class Faults:
    """The planned faults, used up one request or delivery at a time, oldest plan first."""

    def __init__(self) -> None:
        self._plans: list[Fault] = []

    def plan(self, fault: Fault) -> None:
        """Add a fault to the plan."""
        self._plans.append(fault)

    def take(self, method: str) -> Fault | None:
        """Return the fault this request must suffer, and count it."""
        return self._take(REQUEST_MODES, (method,))

    def of_delivery(self, *names: str) -> Fault | None:
        """Return the fault a delivery known by these names must suffer, and count it."""
        return self._take(DELIVERY_MODES, names)

    def _take(self, modes: Collection[str], names: Collection[str]) -> Fault | None:
        for fault in self._plans:
            if fault.mode in modes and fault.method in (*names, "*"):
                fault.times -= 1
                if fault.times <= 0:
                    self._plans.remove(fault)
                return fault
        return None
