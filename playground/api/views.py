"""views.*: modals and the Home tab."""

from collections.abc import Callable

from playground import forms, views
from playground.api.errors import Refused, bad_view, missing
from playground.api.registry import Call, method
from playground.shapes import JSON
from playground.triggers import TriggerRefused
from playground.views import View, ViewRefused


@method("views.open")
def open_view(call: Call) -> JSON:
    """Open a modal for whoever did what issued the trigger."""
    spec = _spec(call, "modal")
    return _answer(call, lambda: call.world.views.open(_exchange(call), spec))


@method("views.push")
def push_view(call: Call) -> JSON:
    """Put a modal on top of the one the trigger came from."""
    spec = _spec(call, "modal")
    return _answer(call, lambda: call.world.views.push(_exchange(call), spec))


@method("views.update")
def update_view(call: Call) -> JSON:
    """Replace an open view, named by ``view_id`` or ``external_id``."""
    view = _named(call)
    spec = _spec(call, view.spec["type"])
    _check_hash(call, view)
    return _answer(call, lambda: call.world.views.update(view, spec))


@method("views.publish")
def publish_view(call: Call) -> JSON:
    """Set someone's Home tab."""
    if not call.world.manifest.home_tab:
        raise Refused("not_enabled")
    user = call.args.required("user_id")
    if user not in call.world.workspace.people:
        raise Refused("invalid_arguments", ["invalid `user_id`"])
    spec = _spec(call, "home")
    if home := call.world.views.home(user):
        _check_hash(call, home)
    return _answer(call, lambda: call.world.views.publish(user, spec))


def _exchange(call: Call) -> str:
    try:
        return call.world.triggers.exchange(call.args.required("trigger_id"))
    except TriggerRefused as refused:
        raise Refused(refused.code) from None


def _named(call: Call) -> View:
    view_id, external_id = call.args.text("view_id"), call.args.text("external_id")
    if view_id and external_id:
        raise Refused("invalid_arguments", ["Cannot provide both `view_id` and `external_id`"])
    if not view_id and not external_id:
        raise missing("view_id")
    known = call.world.views
    try:
        return known.find(view_id) if view_id else known.find_external(external_id)
    except ViewRefused as refused:
        raise Refused(refused.code) from None


def _spec(call: Call, surface: str) -> JSON:
    refusal = Refused("invalid_arguments", ["must provide an object [json-pointer:/view]"])
    raw = call.args.json("view", refusal)
    if raw is None:
        raise missing("view")
    try:
        spec = views.checked(raw, surface)
    except ViewRefused as refused:
        raise _refusal(refused) from None
    if any(element["type"] == "file_input" for _, element in forms.elements(spec["blocks"])):
        call.need("files:read")
    return spec


def _check_hash(call: Call, view: View) -> None:
    if call.args.text("hash") not in ("", view.hash):
        raise Refused("hash_conflict")


def _answer(call: Call, change: Callable[[], View]) -> JSON:
    try:
        return {"ok": True, "view": call.world.views.slack(change())}
    except ViewRefused as refused:
        raise _refusal(refused) from None


def _refusal(refused: ViewRefused) -> Refused:
    return bad_view(refused.problems) if refused.problems else Refused(refused.code)
