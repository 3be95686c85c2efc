"""Which people, conversations and files an element takes; anything else cannot be chosen in it."""

from pathlib import PurePath

from playground.files import File, FileRefused, Files
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


_MOST_FILES = 10


def chosen_files(known: Files, user: str, element: JSON, given: list[str]) -> list[JSON]:
    """Return the file objects of what this person added; raise NotAChoice."""
    most = element.get("max_files", _MOST_FILES)
    if len(given) > most:
        raise NotAChoice(f"Please add at most {most} files.")
    return [known.slack(_added(known, user, element, file_id)) for file_id in given]


def _added(known: Files, user: str, element: JSON, file_id: str) -> File:
    try:
        file = known.find(file_id)
    except FileRefused:
        raise NotAChoice(f"{file_id!r} is not a file") from None
    if file.user != user:
        raise NotAChoice(f"{file_id!r} is not a file of yours")
    wanted = element.get("filetypes") or []
    suffix = PurePath(file.name).suffix.lower().removeprefix(".")
    if wanted and not {suffix, file.filetype} & {kind.lower() for kind in wanted}:
        raise NotAChoice(f"{file.name} is not of a type that is wanted: {', '.join(wanted)}.")
    return file
