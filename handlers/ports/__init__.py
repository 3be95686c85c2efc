"""The ports: what the act beat asks of the outside world, and the frozen values exchanged there.

The docstring of each method is its contract; tests/contracts holds every implementation to it.
"""

from handlers.ports.builder import Builder, BuildOrder, Built
from handlers.ports.directory import Directory, Person
from handlers.ports.errands import Errand, Errands, Report
from handlers.ports.errors import PortError
from handlers.ports.images import Images
from handlers.ports.probe import Probe
from handlers.ports.runtime import (
    Container,
    HealthCheck,
    Look,
    Measured,
    Plan,
    Rollout,
    Runtime,
    Say,
    Serving,
    silent,
)
from handlers.ports.source import Change, Changes, File, Source, Tag
from handlers.ports.visitor import Answer, Visitor
from handlers.ports.volumes import Backup, Volume, Volumes
from handlers.ports.watching import (
    ITS_DATA,
    ITS_SECRETS,
    Leftover,
    Lines,
    Machine,
    Running,
    Wanted,
    Watched,
)

__all__ = [
    "ITS_DATA",
    "ITS_SECRETS",
    "Answer",
    "Backup",
    "BuildOrder",
    "Builder",
    "Built",
    "Change",
    "Changes",
    "Container",
    "Directory",
    "Errand",
    "Errands",
    "File",
    "HealthCheck",
    "Images",
    "Leftover",
    "Lines",
    "Look",
    "Machine",
    "Measured",
    "Person",
    "Plan",
    "PortError",
    "Probe",
    "Report",
    "Rollout",
    "Running",
    "Runtime",
    "Say",
    "Serving",
    "Source",
    "Tag",
    "Visitor",
    "Volume",
    "Volumes",
    "Wanted",
    "Watched",
    "silent",
]
