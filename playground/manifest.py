"""The app manifest: only what it declares exists in the workspace."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from playground.shapes import JSON

# Slack refuses a manifest that subscribes to an event without the scope that event needs.
EVENT_SCOPES = {
    "app_mention": "app_mentions:read",
    "channel_archive": "channels:read",
    "channel_created": "channels:read",
    "file_deleted": "files:read",
    "file_shared": "files:read",
    "group_archive": "groups:read",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "pin_added": "pins:read",
    "pin_removed": "pins:read",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "subteam_created": "usergroups:read",
    "subteam_members_changed": "usergroups:read",
    "subteam_updated": "usergroups:read",
    "team_join": "users:read",
    "user_change": "users:read",
}
# The longest texts and lists, by Slack's own schema of manifests.
_COMMAND = re.compile(r"/[a-z0-9_-]{1,31}")
_LONGEST = {
    "name": 35, "description": 140, "display_name": 80,
    "command": 32, "command description": 2000, "usage_hint": 1000, "slash_commands": 50,
    "shortcut name": 24, "shortcut description": 150, "callback_id": 255, "shortcuts": 10,
    "bot scopes": 255, "bot_events": 100,
}  # fmt: skip
_SHORTCUTS = ("global", "message")


class ManifestError(ValueError):
    """The manifest is not one Slack would take; the text says why."""


@dataclass(frozen=True)
class Command:
    """A slash command, with its leading slash."""

    name: str
    description: str
    usage_hint: str
    should_escape: bool
    url: str

    def page(self) -> JSON:
        """Return what the page shows while someone types a command."""
        return {
            "command": self.name,
            "description": self.description,
            "usage_hint": self.usage_hint,
        }


@dataclass(frozen=True)
class RequestUrls:
    """Where signed requests go, by what they are about; empty where the manifest says nothing."""

    commands: Mapping[str, str]
    interactivity: str
    options: str
    events: str

    def of(self, kind: str, name: str) -> str:
        """Return the URL for a type of envelope and what it is about."""
        if kind == "slash_commands":
            return self.commands.get(name, "")
        if kind == "events_api":
            return self.events
        return self.options if name == "block_suggestion" else self.interactivity

    def all(self) -> Iterator[str]:
        """Yield every URL there is."""
        urls = (*self.commands.values(), self.interactivity, self.options, self.events)
        yield from filter(None, urls)


@dataclass(frozen=True)
class Manifest:
    """The parts of ``app_manifest.yml`` that decide what the workspace offers and allows.

    ``urls`` is None for an app in Socket Mode.
    """

    name: str
    commands: Mapping[str, Command]
    shortcuts: tuple[JSON, ...]
    scopes: tuple[str, ...]
    events: frozenset[str]
    home_tab: bool
    messages_tab: bool
    interactive: bool
    urls: RequestUrls | None

    def shortcut(self, kind: str, callback_id: str) -> JSON | None:
        """Return the global or message shortcut of this callback id."""
        of_kind = (s for s in self.shortcuts if s["type"] == kind)
        return next((s for s in of_kind if s["callback_id"] == callback_id), None)

    redirect_urls: tuple[str, ...] = ()
    token_rotation: bool = False


def load(source: Path | JSON, request_url: str = "") -> Manifest:
    """Read a manifest from a file or a mapping; raise ManifestError when Slack would refuse it.

    With ``request_url`` the app gets signed requests there, whatever the manifest says of how it
    wants to be reached.
    """
    data = _read(source) if isinstance(source, Path) else source
    if not isinstance(data, dict):
        raise ManifestError("the manifest is not a mapping")
    features, settings = _part(data, "features"), _part(data, "settings")
    home = _part(features, "app_home")
    commands = [_command(entry) for entry in _list(features, "slash_commands")]
    manifest = Manifest(
        name=_text(_part(features, "bot_user"), "display_name", "display_name") or _name(data),
        commands={c.name: c for c in commands},
        shortcuts=tuple(_shortcut(entry) for entry in _list(features, "shortcuts")),
        scopes=tuple(_names(_part(_part(data, "oauth_config"), "scopes"), "bot", "bot scopes")),
        events=frozenset(_names(_part(settings, "event_subscriptions"), "bot_events")),
        home_tab=bool(home.get("home_tab_enabled")),
        messages_tab=bool(home.get("messages_tab_enabled", True)),
        interactive=bool(_part(settings, "interactivity").get("is_enabled")),
        urls=_urls(settings, commands, request_url),
        redirect_urls=tuple(_part(data, "oauth_config").get("redirect_urls") or ()),
        token_rotation=bool(settings.get("token_rotation_enabled")),
    )
    _check_scopes(manifest)
    _check_urls(manifest)
    return manifest


def _read(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise ManifestError(f"{path} is not YAML: {problem}") from None


def _part(data: JSON, key: str) -> JSON:
    part: Any = data.get(key) or {}
    if not isinstance(part, dict):
        raise ManifestError(f"{key} is not a mapping")
    return part


def _list(data: JSON, key: str) -> list[JSON]:
    found: Any = data.get(key) or []
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise ManifestError(f"{key} is not a list of mappings")
    if len(found) > _LONGEST[key]:
        raise ManifestError(f"{key} has more than {_LONGEST[key]} entries")
    return found


def _names(data: JSON, key: str, what: str = "") -> list[str]:
    found: Any = data.get(key) or []
    what = what or key
    if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
        raise ManifestError(f"{what} is not a list of names")
    if len(found) > _LONGEST[what]:
        raise ManifestError(f"{what} has more than {_LONGEST[what]} entries")
    if len(set(found)) < len(found):
        raise ManifestError(f"{what} names something twice")
    return found


def _text(data: JSON, key: str, what: str) -> str:
    value = data.get(key)
    value = "" if value is None else value
    if not isinstance(value, str):
        raise ManifestError(f"{what} is not a text")
    if len(value) > _LONGEST[what]:
        raise ManifestError(f"{what} is longer than {_LONGEST[what]} characters: {value!r}")
    return value


def _name(data: JSON) -> str:
    display = _part(data, "display_information")
    _text(display, "description", "description")
    if not (name := _text(display, "name", "name")):
        raise ManifestError("display_information.name is missing")
    return name


def _command(entry: JSON) -> Command:
    name = _text(entry, "command", "command")
    if not _COMMAND.fullmatch(name):
        raise ManifestError(f"{name!r} is not a command: a slash and 1 to 31 of a-z, 0-9, - and _")
    description = _text(entry, "description", "command description")
    hint = _text(entry, "usage_hint", "usage_hint")
    escape, url = bool(entry.get("should_escape")), str(entry.get("url") or "")
    return Command(name, description, hint, escape, url)


def _shortcut(entry: JSON) -> JSON:
    if entry.get("type") not in _SHORTCUTS:
        raise ManifestError("a shortcut's type is global or message")
    for key, what in (("name", "shortcut name"), ("callback_id", "callback_id")):
        if not _text(entry, key, what):
            raise ManifestError(f"a shortcut needs a {key}")
    _text(entry, "description", "shortcut description")
    return entry


def _urls(settings: JSON, commands: list[Command], given: str) -> RequestUrls | None:
    if settings.get("socket_mode_enabled") and not given:
        return None
    interactivity, events = _part(settings, "interactivity"), _part(settings, "event_subscriptions")
    return RequestUrls(
        commands={c.name: given or c.url for c in commands},
        interactivity=given or str(interactivity.get("request_url") or ""),
        options=given or str(interactivity.get("message_menu_options_url") or ""),
        events=(given or str(events.get("request_url") or "")) if events else "",
    )


def _check_scopes(manifest: Manifest) -> None:
    if (manifest.commands or manifest.shortcuts) and "commands" not in manifest.scopes:
        raise ManifestError("slash commands and shortcuts need the scope commands")
    for event, scope in EVENT_SCOPES.items():
        if event in manifest.events and scope not in manifest.scopes:
            raise ManifestError(f"the event {event} needs the scope {scope}")


def _check_urls(manifest: Manifest) -> None:
    if (urls := manifest.urls) is None:
        return
    missing = [f"{name}: url" for name, url in urls.commands.items() if not url]
    if manifest.interactive and not urls.interactivity:
        missing.append("interactivity: request_url")
    if manifest.events and not urls.events:
        missing.append("event_subscriptions: request_url")
    if missing:
        raise ManifestError(f"without Socket Mode these are needed: {', '.join(missing)}")
    if wrong := [url for url in urls.all() if not url.startswith(("http://", "https://"))]:
        raise ManifestError(f"{wrong[0]!r} is not an HTTP address")
