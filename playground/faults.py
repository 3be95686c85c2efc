"""Faults on demand: what a test wants the Web API to do wrong."""

from dataclasses import dataclass

MODES = ("429", "500", "reset_after", "slow", "error")


@dataclass
class Fault:
    """One planned fault of a method (``*``: of any), for its next ``times`` requests.

    429 answers with ``Retry-After``; 500 answers without doing; reset_after does and then cuts the
    connection; slow waits ``seconds`` and then does; error answers with that Slack error.
    """

    method: str
    mode: str
    times: int = 1
    retry_after: int = 1
    seconds: float = 1.0
    error: str = "fatal_error"

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ValueError(f"mode is one of {', '.join(MODES)}")


class Faults:
    """The planned faults, used up one request at a time, oldest plan first."""

    def __init__(self) -> None:
        self._plans: list[Fault] = []

    def plan(self, fault: Fault) -> None:
        """Add a fault to the plan."""
        self._plans.append(fault)

    def take(self, method: str) -> Fault | None:
        """Return the fault this request must suffer, and count it."""
        for fault in self._plans:
            if fault.method in (method, "*"):
                fault.times -= 1
                if fault.times <= 0:
                    self._plans.remove(fault)
                return fault
        return None
