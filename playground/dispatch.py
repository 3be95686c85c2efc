"""The one way everything takes to the app: three seconds, a record, and the faults on demand."""

import asyncio
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any

from playground import ids
from playground.background import Background
from playground.clock import ShiftedClock
from playground.envelope import DeliveryFailed, Envelope, Line
from playground.faults import Fault, Faults
from playground.inspector import Exchange, Inspector

_OVERTAKEN_WITHIN = 60.0


class Dispatch:
    """Delivers envelopes over a line, whichever kind it is."""

    def __init__(
        self,
        line: Line,
        clock: ShiftedClock,
        inspector: Inspector,
        faults: Faults,
        ack_seconds: float,
    ) -> None:
        self.line = line
        self._clock = clock
        self._inspector = inspector
        self._faults = faults
        self._ack_seconds = ack_seconds
        self._twins = Background()
        self._held: list[asyncio.Event] = []

    async def send(self, envelope: Envelope) -> Any:
        """Deliver and return the body of the ack, None where none is accepted.

        Raises DeliveryFailed: dispatch_failed when the app is not there or refuses,
        operation_timeout when it does not ack within 3 seconds.
        """
        fault = self._faults.of_delivery(envelope.name, envelope.type)
        mode = fault.mode if fault else ""
        if mode == "duplicate":
            self._twins.start(self._twin(envelope))
        elif mode == "reorder":
            await self._be_overtaken()
        try:
            body = await self._deliver(envelope, fault)
        finally:
            self._let_go()
        return body if envelope.accepts_body else None

    async def _deliver(self, envelope: Envelope, fault: Fault | None) -> Any:
        started = time.perf_counter()
        wire = envelope.wire()
        self._inspector.log(Exchange("envelope", envelope.name, ok=True, request=wire))
        try:
            body = await self._carry(envelope, fault)
        except DeliveryFailed as failed:
            self._log_ack(envelope, started, None, failed)
            raise
        self._log_ack(envelope, started, body, None)
        return body

    async def _carry(self, envelope: Envelope, fault: Fault | None) -> Any:
        late = fault if fault and fault.mode == "late_ack" else None
        try:
            async with self._clock.timeout(self._ack_seconds):
                body = await self.line.carry(envelope)
                if late:
                    await self._clock.sleep(late.seconds)
                return body
        except TimeoutError:
            failed = self.line.timed_out(envelope)
            if late:
                failed.fault_of_app = None
            raise failed from None

    async def _twin(self, envelope: Envelope) -> None:
        """Deliver the same once more, as an event that seemed lost or a packet sent twice."""
        retry = None if envelope.retry is None else (envelope.retry[0] + 1, "timeout")
        with suppress(DeliveryFailed):
            await self._deliver(replace(envelope, id=ids.unique(), retry=retry), None)

    async def _be_overtaken(self) -> None:
        overtaken = asyncio.Event()
        self._held.append(overtaken)
        with suppress(TimeoutError):
            async with self._clock.timeout(_OVERTAKEN_WITHIN):
                await overtaken.wait()

    def _let_go(self) -> None:
        for overtaken in self._held:
            overtaken.set()
        self._held.clear()

    async def close(self) -> None:
        """Deliver no more."""
        await self._twins.close()
        await self.line.close()

    def _log_ack(
        self, envelope: Envelope, started: float, body: Any, failed: DeliveryFailed | None
    ) -> None:
        self._inspector.log(
            Exchange(
                "ack",
                envelope.name,
                ok=failed is None,
                request={"envelope_id": envelope.id},
                response={"failed": failed.code, "reason": failed.reason} if failed else body,
                ms=(time.perf_counter() - started) * 1000,
                violation=failed.fault_of_app if failed else None,
            )
        )
