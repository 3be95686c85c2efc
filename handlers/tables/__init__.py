"""The rows. Rules that must hold whoever writes stand here as constraints, not in Python."""

from handlers.tables.base import Base, Utc
from handlers.tables.bookings import Booking, BookingPass, Wait
from handlers.tables.builds import Build
from handlers.tables.calendars import Feed, Picture
from handlers.tables.cards import Card, Note, Notice, Step
from handlers.tables.deployments import Approval, Deployment, Release
from handlers.tables.drifts import Drift, ToldChange
from handlers.tables.environments import Created, Declaration, Idle, Lock, Stay, Stop, TakenPort
from handlers.tables.homes import Home
from handlers.tables.hooks import HookRun
from handlers.tables.instances import HostReading, Inquiry, Scaling
from handlers.tables.preparations import Preparation
from handlers.tables.readings import Account, GroupMember, Measurement, Reading
from handlers.tables.records import AuditEntry, AuditHead, Receipt

__all__ = [
    "Account",
    "Approval",
    "AuditEntry",
    "AuditHead",
    "Base",
    "Booking",
    "BookingPass",
    "Build",
    "Card",
    "Created",
    "Declaration",
    "Deployment",
    "Drift",
    "Feed",
    "GroupMember",
    "Home",
    "HookRun",
    "HostReading",
    "Idle",
    "Inquiry",
    "Lock",
    "Measurement",
    "Note",
    "Notice",
    "Picture",
    "Preparation",
    "Reading",
    "Receipt",
    "Release",
    "Scaling",
    "Stay",
    "Step",
    "Stop",
    "TakenPort",
    "ToldChange",
    "Utc",
    "Wait",
]
