"""team.yml -> one validated, frozen Setup. Every problem is named with its file, line and place.

``team.example.yml`` is the manual of this file and an input of its tests.
"""

from handlers.setup.forms import port
from handlers.setup.load import SetupError, load
from handlers.setup.parts import (
    Approvals,
    Bookings,
    Environment,
    Health,
    Place,
    Role,
    Service,
    Setup,
)

__all__ = [
    "Approvals",
    "Bookings",
    "Environment",
    "Health",
    "Place",
    "Role",
    "Service",
    "Setup",
    "SetupError",
    "load",
    "port",
]
