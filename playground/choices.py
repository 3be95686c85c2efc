"""Which people and conversations a select offers; anything else cannot be chosen in it."""

from playground.forms import KINDS, NotAChoice
from playground.shapes import JSON
from playground.workspace import Workspace

_INCLUDED = {
    "public_channel": "public",
    "private_channel": "private",
    "im": "im",
    "mpim": "mpim",
}


def check(workspace: Workspace, element: JSON, entry: JSON) -> None:
    """Raise NotAChoice for what the element does not offer."""
    given = entry[KINDS[element["type"]].key]
    chosen = given if isinstance(given, list) else [given] if given else []
    kind = element["type"].removeprefix("multi_")
    for one in chosen:
        if kind in _OFFERS and not _OFFERS[kind](workspace, one, element.get("filter") or {}):
            raise NotAChoice(f"{one!r} is not one of the choices")


def _is_person(workspace: Workspace, user: str, _wanted: JSON) -> bool:
    return user in workspace.people


def _is_public(workspace: Workspace, channel: str, _wanted: JSON) -> bool:
    return channel in workspace.channels and workspace.channels[channel].kind == "public_channel"


def _is_offered(workspace: Workspace, conversation: str, wanted: JSON) -> bool:
    channel = workspace.channels.get(conversation)
    if channel is None:
        return False
    kinds = wanted.get("include") or list(_INCLUDED.values())
    # The one bot people talk to is the app: its direct messages are with a bot.
    with_bot = channel.is_im and bool(wanted.get("exclude_bot_users"))
    outside = bool(channel.shared_with and wanted.get("exclude_external_shared_channels"))
    return _INCLUDED[channel.kind] in kinds and not with_bot and not outside


_OFFERS = {
    "users_select": _is_person,
    "channels_select": _is_public,
    "conversations_select": _is_offered,
}
