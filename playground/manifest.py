"""The app manifest: only what it declares exists in the workspace."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from playground.shapes import JSON

# Slack refuses a manifest that subscribes to an event without the scope that event needs.
EVENT_SCOPES = {
    "app_mention": "app_mentions:read",
    "message.im": "im:history",
    "message.channels": "channels:history",
}


class ManifestError(ValueError):
    """The manifest is not one Slack would take; the text says why."""


@dataclass(frozen=True)
class Command:
    """A slash command, with its leading slash."""

    name: str
    description: str
    usage_hint: str
    should_escape: bool

    def page(self) -> JSON:
        """Return what the page shows while someone types a command."""
        return {
            "command": self.name,
            "description": self.description,
            "usage_hint": self.usage_hint,
        }


@dataclass(frozen=True)
class Manifest:
    """The parts of ``app_manifest.yml`` that decide what the workspace offers and allows."""

    name: str
    commands: Mapping[str, Command]
    shortcuts: tuple[JSON, ...]
    scopes: tuple[str, ...]
    events: frozenset[str]
    home_tab: bool
    messages_tab: bool
    interactive: bool


def load(source: Path | JSON) -> Manifest:
    """Read a manifest from a file or a mapping; raise ManifestError when Slack would refuse it."""
    data = _read(source) if isinstance(source, Path) else source
    if not isinstance(data, dict):
        raise ManifestError("the manifest is not a mapping")
    features, settings = _part(data, "features"), _part(data, "settings")
    home = _part(features, "app_home")
    manifest = Manifest(
        name=str(_part(features, "bot_user").get("display_name") or _name(data)),
        commands={c.name: c for c in map(_command, features.get("slash_commands") or ())},
        shortcuts=tuple(features.get("shortcuts") or ()),
        scopes=tuple(_part(_part(data, "oauth_config"), "scopes").get("bot") or ()),
        events=frozenset(_part(settings, "event_subscriptions").get("bot_events") or ()),
        home_tab=bool(home.get("home_tab_enabled")),
        messages_tab=bool(home.get("messages_tab_enabled", True)),
        interactive=bool(_part(settings, "interactivity").get("is_enabled")),
    )
    _check_scopes(manifest)
    return manifest


def _read(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text("utf-8"))
    except yaml.YAMLError as problem:
        raise ManifestError(f"{path} is not YAML: {problem}") from None


def _part(data: JSON, key: str) -> JSON:
    part: Any = data.get(key) or {}
    if not isinstance(part, dict):
        raise ManifestError(f"{key} is not a mapping")
    return part


def _name(data: JSON) -> str:
    name = _part(data, "display_information").get("name")
    if not isinstance(name, str):
        raise ManifestError("display_information.name is missing")
    return name


def _command(entry: JSON) -> Command:
    name = str(entry.get("command", ""))
    if not name.startswith("/") or not 2 <= len(name) <= 32:
        raise ManifestError(f"{name!r} is not a command: a slash and 1 to 31 characters")
    return Command(
        name,
        str(entry.get("description", "")),
        str(entry.get("usage_hint", "")),
        bool(entry.get("should_escape")),
    )


def _check_scopes(manifest: Manifest) -> None:
    if (manifest.commands or manifest.shortcuts) and "commands" not in manifest.scopes:
        raise ManifestError("slash commands and shortcuts need the scope commands")
    for event, scope in EVENT_SCOPES.items():
        if event in manifest.events and scope not in manifest.scopes:
            raise ManifestError(f"the event {event} needs the scope {scope}")
