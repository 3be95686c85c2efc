"""What releases need, and what environments have for them."""

from __future__ import annotations

from pydantic import Field

from handlers.rules import suitability
from handlers.setup.forms import Attached, Cores, Name, Range, Size
from handlers.setup.part import Part


class Needs(Part):
    """What there has to be: room, services with their versions, networks, a data set, features."""

    cpu: Cores | None = None
    memory: Size | None = None
    disk: Size | None = None
    services: dict[Name, Range] = Field(default_factory=dict)
    networks: tuple[Name, ...] = ()
    data: Name | None = None
    features: tuple[Name, ...] = ()

    @property
    def as_rule(self) -> suitability.Needs:
        room = {"cpu": self.cpu, "memory": self.memory, "disk": self.disk}
        return suitability.Needs(
            room={name: amount for name, amount in room.items() if amount},
            services=dict(self.services),
            networks=self.networks,
            data=self.data or "",
            features=self.features,
        )


class Has(Part):
    """What an environment has beside what is measured there; ``preparable`` are the data sets and
    features that preparing it can bring."""

    services: dict[Name, Attached] = Field(default_factory=dict)
    """Services of others: each one's version, or the address where it can be read."""
    networks: tuple[Name, ...] = ()
    data: Name | None = None
    features: tuple[Name, ...] = ()
    preparable: tuple[Name, ...] = ()

    @property
    def addresses(self) -> dict[str, str]:
        """Where the versions of services can be read."""
        return {name: at for name, at in self.services.items() if "://" in at}

    @property
    def versions(self) -> dict[str, str]:
        """The versions of services that are only declared."""
        return {name: at for name, at in self.services.items() if "://" not in at}
