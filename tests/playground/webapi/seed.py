"""Who calls and where: an app that may do all, and a channel for every refusal."""

from typing import Any

from playground.workspace import read_seed
from tests.workspace import JSON

SCOPES = """bookmarks:read bookmarks:write channels:history channels:join channels:manage
channels:read chat:write chat:write.customize commands emoji:read files:read files:write
groups:history groups:read groups:write im:history im:read im:write mpim:history mpim:read
links.embed:write mpim:write pins:read pins:write reactions:read reactions:write team:read
usergroups:read
usergroups:write users.profile:read users:read users:read.email"""
CHANNELS: list[JSON] = [
    {"id": "C0GENERAL", "name": "general", "general": True},
    {"id": "C0OLD", "name": "old", "archived": True},
    {"id": "C0READ", "name": "read-only", "posting": "read_only"},
    {"id": "C0THREADS", "name": "threads-only", "posting": "thread_only"},
    {"id": "C0FLAT", "name": "flat", "posting": "non_threadable"},
    {"id": "C0INNER", "name": "inner", "private": True},
    {"id": "C0OUT", "name": "out", "without_app": True},
    {"id": "C0LEFT", "name": "left", "without_app": True},
    {"id": "C0SHUT", "name": "shut", "without_app": True, "archived": True},
    {"id": "C0SECRET", "name": "secret", "private": True, "without_app": True},
]
LONER = {"id": "U0LONE", "name": "lone", "real_name": "Lone", "tz": "UTC", "team_id": "T0FAR"}


def manifest(scopes: str = SCOPES, **settings: Any) -> JSON:
    """The manifest of an app that may do all it could ask for."""
    return {
        "display_information": {"name": "Wide"},
        "features": {
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
            "bot_user": {"display_name": "Wide"},
            "slash_commands": [{"command": "/form", "description": "Gives a trigger"}],
        },
        "oauth_config": {
            "scopes": {"bot": scopes.split()},
            "redirect_urls": ["https://app.example/oauth"],
        },
        "settings": {"socket_mode_enabled": True, **settings},
    }


def seed(**team: Any) -> JSON:
    """The workspace of the demo with a channel for every reason to refuse a message."""
    known = read_seed(None)
    return {
        **known,
        "team": {**known["team"], **team},
        "channels": [*known["channels"], *CHANNELS],
        "people": [*known["people"], {**LONER, "is_stranger": True}],
    }
