"""Rows -> frozen read models for the views: all a card needs, read in one transaction."""

from handlers.snapshots.deployments import DeploymentView, StepView, deployment_view

__all__ = ["DeploymentView", "StepView", "deployment_view"]
