"""What a person types: escaped as Slack's client does, with mentions turned into ids."""

import re

from playground.shapes import JSON
from playground.workspace import Workspace

_TOKEN = re.compile(
    r"<@(?P<user>[UW]\w+)>|<!subteam\^(?P<group>S\w+)>|<#(?P<channel>C\w+)>"
    r"|(?<![\w<])@(?P<name>[\w-]+)|(?<![\w<])#(?P<place>[\w-]+)"
)


def escape(text: str) -> str:
    """Escape the three characters Slack's markup uses."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def message(workspace: Workspace, text: str) -> JSON:
    """Return the text and the rich_text block of a typed message."""
    leaves = _leaves(workspace, text)
    section = {"type": "rich_text_section", "elements": leaves}
    block = {"type": "rich_text", "block_id": "typed", "elements": [section]}
    return {"text": "".join(map(_markup, leaves)), "blocks": [block]}


def command_text(workspace: Workspace, text: str) -> str:
    """Return the text of a command with ``should_escape``: mentions carry id and name."""
    return "".join(_named(workspace, leaf) for leaf in _leaves(workspace, text))


def _leaves(workspace: Workspace, text: str) -> list[JSON]:
    leaves: list[JSON] = []
    position = 0
    for match in _TOKEN.finditer(text):
        if (leaf := _mention(workspace, match)) is not None:
            leaves += _plain(text[position : match.start()])
            leaves.append(leaf)
            position = match.end()
    return leaves + _plain(text[position:])


def _plain(text: str) -> list[JSON]:
    return [{"type": "text", "text": text}] if text else []


def _mention(workspace: Workspace, match: re.Match[str]) -> JSON | None:
    found = match.groupdict()
    name, place = (found["name"] or "").lower(), found["place"]
    for person in workspace.people.values():
        if person.id == found["user"] or person.name == name:
            return {"type": "user", "user_id": person.id}
    for group in workspace.groups.values():
        if group.id == found["group"] or group.handle == name:
            return {"type": "usergroup", "usergroup_id": group.id}
    for channel in workspace.channels.values():
        if channel.id == found["channel"] or (place and channel.name == place):
            return {"type": "channel", "channel_id": channel.id}
    if name in ("here", "channel", "everyone"):
        return {"type": "broadcast", "range": name}
    return None


def _markup(leaf: JSON) -> str:
    shapes = {
        "text": lambda: escape(leaf["text"]),
        "user": lambda: f"<@{leaf['user_id']}>",
        "usergroup": lambda: f"<!subteam^{leaf['usergroup_id']}>",
        "channel": lambda: f"<#{leaf['channel_id']}>",
        "broadcast": lambda: f"<!{leaf['range']}>",
    }
    return shapes[leaf["type"]]()


def _named(workspace: Workspace, leaf: JSON) -> str:
    if leaf["type"] == "user":
        return f"<@{leaf['user_id']}|{workspace.person(leaf['user_id']).name}>"
    if leaf["type"] == "channel":
        return f"<#{leaf['channel_id']}|{workspace.channel(leaf['channel_id']).name}>"
    return _markup(leaf)
