"""What posting, scheduling and whispering share: content, its looks, and its thread."""

import re

from playground.api.content import read_content
from playground.api.errors import Refused
from playground.api.registry import Call
from playground.channels import Channel
from playground.shapes import JSON
from playground.timeline import NoSuchMessage
from playground.workspace import Workspace

_NAMED = re.compile(r"(?<![\w<|@#])([@#])([\w-]+)")
# What Slack itself says in a channel cannot be replied to.
_NO_THREAD = ("channel_join", "channel_topic", "channel_archive")


def read_saying(call: Call) -> JSON:
    """Return what the app says and how it looks; raise Refused."""
    content = read_content(call.args, call.world.files)
    check_videos(call, content)
    return {**linked(call, content), **looks(call)}


def check_videos(call: Call, content: JSON) -> None:
    """Raise Refused missing_scope for a video of an app that may not embed links."""
    if any(block["type"] == "video" for block in content.get("blocks", ())):
        call.need("links.embed:write")


def linked(call: Call, content: JSON) -> JSON:
    """Return the content, with names in its text made mentions when the call wants that."""
    if call.args.flag("link_names") or call.args.text("parse") == "full":
        return {**content, "text": _linked(call.world.workspace, content["text"])}
    return content


def looks(call: Call) -> JSON:
    """Return the name and icon a message has instead of the app's; raise Refused."""
    name = call.args.text("username")
    emoji, url = call.args.text("icon_emoji"), call.args.text("icon_url")
    if not (name or emoji or url):
        return {}
    call.need("chat:write.customize")
    icons = {"emoji": emoji} if emoji else {"image_64": url} if url else {}
    name = name or call.world.workspace.app_name
    return {"subtype": "bot_message", "username": name, "icons": icons}


def _linked(workspace: Workspace, text: str) -> str:
    groups = {g.handle: f"<!subteam^{g.id}>" for g in workspace.groups.values()}
    channels = {c.name: f"<#{c.id}>" for c in workspace.channels.values() if c.name}

    def link(match: re.Match[str]) -> str:
        known = groups if match[1] == "@" else channels
        return known.get(match[2], match[0])

    return _NAMED.sub(link, text)


def root_of(call: Call, place: Channel) -> str:
    """Return the ts of the root ``thread_ts`` leads to, empty for none; raise Refused."""
    if not (thread := call.args.text("thread_ts")):
        return ""
    timeline = call.world.timeline
    try:
        root = timeline.root_of(place.id, thread)
        subtype = timeline.find(place.id, root).get("subtype")
    except NoSuchMessage:
        raise Refused("cannot_reply_to_message") from None
    if subtype in _NO_THREAD:
        raise Refused("cannot_reply_to_message")
    return root


def in_thread(call: Call, place: Channel, content: JSON) -> JSON:
    """Return the content with what makes it a reply, when it is to be one."""
    if not (root := root_of(call, place)):
        return content
    author = call.world.timeline.find(place.id, root).get("user", "")
    reply = {**content, "thread_ts": root, "parent_user_id": author}
    if call.args.flag("reply_broadcast"):
        reply["subtype"] = "thread_broadcast"
    return reply
