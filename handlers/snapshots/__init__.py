"""Rows -> frozen read models for the views: all a card needs, read in one transaction."""

from handlers.snapshots.bookings import BookingView, LockView, booking_view, lock_view
from handlers.snapshots.created import CreatedView, created_view
from handlers.snapshots.deployments import DeploymentView, HookView, StepView, deployment_view
from handlers.snapshots.preparations import PreparationView, preparation_view

__all__ = [
    "BookingView",
    "CreatedView",
    "DeploymentView",
    "HookView",
    "LockView",
    "PreparationView",
    "StepView",
    "booking_view",
    "created_view",
    "deployment_view",
    "lock_view",
    "preparation_view",
]
