"""team.yml -> one validated, frozen Setup. Every problem is named with its file, line and place.

``team.example.yml`` is the manual of this file and an input of its tests.
"""

from handlers.setup.blueprints import Data
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
from handlers.setup.schema import json_schema

__all__ = [
    "Approvals",
    "Bookings",
    "Data",
    "Environment",
    "Health",
    "Place",
    "Role",
    "Service",
    "Setup",
    "SetupError",
    "json_schema",
    "load",
    "port",
]
