"""Where environments and blueprints name roles, and what is said of one that is not described."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from handlers.setup.parts import Blueprint, Environment, Setup

Place = tuple[str, ...]


def unknown_roles(setup: Setup, where: Place, environment: Environment) -> list[tuple[Place, str]]:
    """Every place in an environment, or in the blueprint that it would be made of, whose roles are
    not described; ``where`` is the part of the file that it was read from."""
    part = getattr(setup, where[0])[where[1]]
    return [
        ((*where, *place), _sentence(part, place, roles, role))
        for place, roles in (*_of_environment(environment), *_of_blueprint(part))
        for role in roles
        if role not in setup.roles
    ]


def _of_environment(environment: Environment) -> Iterator[tuple[Place, tuple[str, ...]]]:
    """Those of approvals only count where some are needed."""
    for name in ("deploy", "rollback", "unlock", "prepare", "logs", "scale", "stop"):
        yield (name,), getattr(environment, name)
    yield ("reset", "by"), environment.reset.by
    if environment.reset.approvals.needed:
        yield ("reset", "approvals", "by"), environment.reset.approvals.by
    if any(environment.approvals_needed(service) for service in environment.services):
        yield ("approvals", "by"), environment.approvals.by
    if environment.bookings is not None:
        booking = environment.bookings
        yield ("bookings", "by"), booking.by
        yield ("bookings", "take_over"), booking.take_over
        if booking.approvals.needed:
            yield ("bookings", "approvals", "by"), booking.approvals.by


def _of_blueprint(part: BaseModel) -> Iterator[tuple[Place, tuple[str, ...]]]:
    if isinstance(part, Blueprint):
        yield ("create",), part.create
        yield ("destroy",), part.destroy


def _sentence(part: BaseModel, place: Place, roles: tuple[str, ...], role: str) -> str:
    said = f"there is no role {role!r} under roles."
    if _is_written(part, place):
        return said
    usual = ", ".join(roles)
    return f"is left out, which means [{usual}], and {said} Please say here which of yours it is."


def _is_written(part: BaseModel, place: Place) -> bool:
    """Does the file itself say it, or is it what counts without a word?"""
    for key in place:
        if key not in part.model_fields_set:
            return False
        part = getattr(part, key)
    return True
