"""Modals and the Home tab: who has what open, and what they entered in it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playground import blockkit, forms, ids
from playground.blockkit import Problem
from playground.bus import Bus
from playground.clock import Stamps
from playground.shapes import JSON
from playground.workspace import Workspace

_MAX_BYTES = 250_000
_MAX_STACK = 3


class ViewRefused(Exception):
    """Slack would refuse this view; ``code`` is its error, ``problems`` the broken rules."""

    def __init__(self, code: str, problems: list[Problem] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.problems = problems or []


@dataclass(eq=False)
class View:
    """One modal or Home tab of one person, as it is now."""

    id: str
    user: str
    spec: JSON
    hash: str
    root_id: str
    previous_id: str | None = None
    values: JSON = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    banner: str = ""

    @property
    def blocks(self) -> list[JSON]:
        """The blocks of the view, normalised."""
        blocks: list[JSON] = self.spec["blocks"]
        return blocks


def checked(raw: Any, surface: str) -> JSON:
    """Return a view normalised; raise ViewRefused. ``surface`` is ``modal`` or ``home``."""
    problems = blockkit.check_view(raw)
    if not problems and raw["type"] != surface:
        problems = [Problem(f"must be a {surface} view", "/view/type")]
    if problems:
        raise ViewRefused("invalid_arguments", problems)
    if _size(raw) > _MAX_BYTES:
        raise ViewRefused("view_too_large")
    spec: JSON = {**blockkit.filled(raw), "blocks": blockkit.normalise(raw["blocks"])}
    return spec


def _size(view: JSON) -> int:
    text = json.dumps(view, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode("utf-8", "surrogatepass"))


class Views:
    """Each person's stack of modals (at most 3) and Home tab."""

    def __init__(self, workspace: Workspace, stamps: Stamps, bus: Bus) -> None:
        self._workspace = workspace
        self._stamps = stamps
        self._bus = bus
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}
        self._near: dict[str, str] = {}

    def stands(self, user: str, channel: str) -> None:
        """Remember in which conversation this person acted last; empty in a view or anywhere."""
        if channel or not self.stack(user):
            self._near[user] = channel

    def stack(self, user: str) -> list[View]:
        """Return this person's open modals, the top one last."""
        return self._stacks.get(user, [])

    def home(self, user: str) -> View | None:
        """Return this person's Home tab, when the app has published one."""
        return self._homes.get(user)

    def find(self, view_id: str) -> View:
        """Return an open view by id; raise ViewRefused not_found."""
        return self._first(lambda view: view.id == view_id)

    def find_external(self, external_id: str) -> View:
        """Return an open view by the app's own id; raise ViewRefused not_found."""
        return self._first(lambda view: view.spec.get("external_id") == external_id)

    def _first(self, matches: Callable[[View], bool]) -> View:
        views = [v for stack in self._stacks.values() for v in stack] + list(self._homes.values())
        found = next(filter(matches, views), None)
        if found is None:
            raise ViewRefused("not_found")
        return found

    def open(self, user: str, spec: JSON) -> View:
        """Open a modal in place of whatever modal this person has open."""
        self._check_external(spec, None)
        view = self._new(user, spec)
        self._stacks[user] = [view]
        self._show(user)
        return view

    def push(self, user: str, spec: JSON) -> View:
        """Put a modal on top of this person's; raise ViewRefused without one, or above three."""
        stack = self.stack(user)
        if not stack:
            raise ViewRefused("not_found")
        if len(stack) >= _MAX_STACK:
            raise ViewRefused("push_limit_reached")
        self._check_external(spec, None)
        view = self._new(user, spec)
        view.root_id, view.previous_id = stack[0].id, stack[-1].id
        stack.append(view)
        self._show(user)
        return view

    def update(self, view: View, spec: JSON) -> View:
        """Show another spec in the same view; what was entered stays where the ids stayed."""
        self._check_external(spec, view)
        view.spec, view.hash = spec, self._hash()
        view.values = forms.state_of(view.blocks, view.values, self._near.get(view.user, ""))
        self.refuse(view, {}, "")
        return view

    def publish(self, user: str, spec: JSON) -> View:
        """Set this person's Home tab."""
        view = self._homes.get(user)
        if view is None:
            view = self._homes[user] = self._new(user, spec)
        return self.update(view, spec)

    def refuse(self, view: View, errors: dict[str, str], banner: str) -> None:
        """Show errors at the inputs and above them; empty ones clear what was shown."""
        view.errors, view.banner = errors, banner
        if view in self.stack(view.user):
            self._show(view.user)
        elif view is self.home(view.user):
            self._bus.publish({"type": "home", "view": self.page(view)}, {view.user})

    def close(self, view: View) -> None:
        """Take one view out of its stack."""
        if view in self.stack(view.user):
            self._stacks[view.user].remove(view)
            self._show(view.user)

    def close_all(self, user: str) -> list[View]:
        """Close all modals of this person and return them, the top one first."""
        closed = list(reversed(self._stacks.pop(user, [])))
        self._show(user)
        return closed

    def _new(self, user: str, spec: JSON) -> View:
        view_id = ids.capitals("V")
        values = forms.state_of(spec["blocks"], near=self._near.get(user, ""))
        return View(view_id, user, spec, self._hash(), view_id, values=values)

    def _hash(self) -> str:
        return f"{self._stamps.next()}.{ids.mixed(8)}"

    def _check_external(self, spec: JSON, holder: View | None) -> None:
        external_id = spec.get("external_id")
        if not external_id:
            return
        try:
            taken = self.find_external(external_id)
        except ViewRefused:
            return
        if taken is not holder:
            raise ViewRefused("duplicate_external_id")

    def _show(self, user: str) -> None:
        stack = [self.page(view) for view in self.stack(user)]
        self._bus.publish({"type": "modal", "stack": stack}, {user})

    def page(self, view: View) -> JSON:
        """Return a view as the page draws it: Slack's JSON plus errors and banner."""
        shown = self.slack(view)
        if view.errors:
            shown["errors"] = view.errors
        if view.banner:
            shown["banner"] = view.banner
        return shown

    def slack(self, view: View) -> JSON:
        """Return a view as Slack sends it to the app."""
        spec, app, team = view.spec, self._workspace.app, self._workspace.team.id
        return {
            "id": view.id,
            "team_id": team,
            "type": spec["type"],
            "blocks": view.blocks,
            "private_metadata": spec.get("private_metadata", ""),
            "callback_id": spec.get("callback_id", ""),
            "state": {"values": view.values},
            "hash": view.hash,
            "title": spec.get("title"),
            "clear_on_close": spec.get("clear_on_close", False),
            "notify_on_close": spec.get("notify_on_close", False),
            "close": spec.get("close"),
            "submit": spec.get("submit"),
            "previous_view_id": view.previous_id,
            "root_view_id": view.root_id,
            "app_id": app.id,
            "external_id": spec.get("external_id", ""),
            "app_installed_team_id": team,
            "bot_id": app.bot_id,
        }
