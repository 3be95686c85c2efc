"""team.yml -> one validated, frozen Setup. Every problem is named with its file, line and place.

``team.example.yml`` is the manual of this file and an input of its tests.
"""

from handlers.setup.blueprints import Approvals, Cost, Data, Reset, Smoke, clock_time
from handlers.setup.builds import Build
from handlers.setup.containers import Container, Engine
from handlers.setup.forms import port
from handlers.setup.freezes import Freeze
from handlers.setup.in_force import InForce, News, open_setup
from handlers.setup.load import RELEASE_FILE, SetupError, load, load_release, say_at
from handlers.setup.needs import Needs
from handlers.setup.parts import (
    Blueprint,
    Bookings,
    Environment,
    Health,
    Place,
    Role,
    Service,
    Setup,
)
from handlers.setup.paths import missing_folders, missing_secrets
from handlers.setup.schema import json_schema
from handlers.setup.secrets import secret_words, version_of

__all__ = [
    "RELEASE_FILE",
    "Approvals",
    "Blueprint",
    "Bookings",
    "Build",
    "Container",
    "Cost",
    "Data",
    "Engine",
    "Environment",
    "Freeze",
    "Health",
    "InForce",
    "Needs",
    "News",
    "Place",
    "Reset",
    "Role",
    "Service",
    "Setup",
    "SetupError",
    "Smoke",
    "clock_time",
    "json_schema",
    "load",
    "load_release",
    "missing_folders",
    "missing_secrets",
    "open_setup",
    "port",
    "say_at",
    "secret_words",
    "version_of",
]
