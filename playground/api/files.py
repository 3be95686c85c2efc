"""files.*: an upload in three steps, and what becomes of it (SLACK.md 4.12)."""

import asyncio
from typing import Any

from playground.api import places
from playground.api.content import read_parts
from playground.api.errors import Refused, missing
from playground.api.registry import Call, method
from playground.api.request import Args
from playground.api.saying import looks, root_of
from playground.channels import Channel
from playground.files import File, FileRefused
from playground.shapes import JSON

MAX_LENGTH = 100 * 1024 * 1024
_MAX_SNIPPET = 1024 * 1024
_MAX_ALT_TEXT = 1000
_MOST_CHANNELS = 100
_SHARE_SECONDS = 0.05
_SNIPPETS = (
    "text", "c", "cpp", "csharp", "css", "csv", "diff", "dockerfile", "go", "html", "java",
    "javascript", "json", "kotlin", "lua", "makefile", "markdown", "perl", "php", "powershell",
    "python", "r", "ruby", "rust", "scala", "shell", "sql", "swift", "toml", "typescript", "xml",
    "yaml",
)  # fmt: skip


@method("files.getUploadURLExternal", "files:write", json=False)
def get_upload_url(call: Call) -> JSON:
    """Give out an address that takes the bytes of one file."""
    name = call.args.text("filename")
    length = call.args.whole("length", Refused("invalid_arguments"))
    if not name or not length or length < 0:
        raise Refused("missing_argument")
    if length > MAX_LENGTH:
        raise Refused("file_upload_size_restricted")
    if snippet := call.args.text("snippet_type"):
        if snippet not in _SNIPPETS:
            raise Refused("unknown_snippet_type")
        if length > _MAX_SNIPPET:
            raise Refused("snippet_too_large")
    alt_text = call.args.text("alt_txt")
    if len(alt_text) > _MAX_ALT_TEXT:
        raise Refused("alt_txt_too_large")
    url, file_id = call.world.files.promise(name, length, alt_text)
    return {"ok": True, "upload_url": url, "file_id": file_id}


@method("files.completeUploadExternal", "files:write")
def complete_upload(call: Call) -> JSON:
    """Finish uploads and share them; the message appears a moment after the answer."""
    wanted = _wanted(call)
    channels = _channels(call)
    content = _introduction(call)
    root = root_of(call, channels[0]) if len(channels) == 1 else ""
    try:
        done = [call.world.files.complete(file["id"], file.get("title") or "") for file in wanted]
    except FileRefused as refused:
        raise Refused(refused.code) from None
    if root:
        content["thread_ts"] = root
    for channel in channels:
        loop = asyncio.get_running_loop()
        loop.call_later(_SHARE_SECONDS, _share, call, channel, content, done)
    return {"ok": True, "files": [{"id": file.id, "title": file.title} for file in done]}


def _wanted(call: Call) -> list[JSON]:
    refusal = Refused("invalid_arguments", ["must provide an array [json-pointer:/files]"])
    raw: Any = call.args.json("files", refusal)
    if not raw:
        raise missing("files")
    if not isinstance(raw, list) or not all(_is_wanted(file) for file in raw):
        raise refusal
    return raw


def _is_wanted(file: Any) -> bool:
    if not isinstance(file, dict) or not isinstance(file.get("id"), str):
        return False
    return isinstance(file.get("title", ""), str | None)


def _channels(call: Call) -> list[Channel]:
    several = call.args.items("channels")
    if len(several) > _MOST_CHANNELS:
        raise Refused("channels_limit_exceeded")
    one = call.args.text("channel_id")
    places_of = [(one, "channel_not_found")] if one else []
    found = [
        _place(call, name, refusal)
        for name, refusal in [*places_of, *((name, "invalid_channel") for name in several)]
    ]
    return list({channel.id: channel for channel in found}.values())


def _place(call: Call, name: str, refusal: str) -> Channel:
    channel = places.named(call, name)
    if channel is None or channel.name == name:
        raise Refused(refusal)
    if call.me not in channel.members:
        raise Refused("not_in_channel")
    if channel.archived or channel.posting == "read_only":
        raise Refused("posting_to_channel_denied")
    return channel


def _introduction(call: Call) -> JSON:
    comment, given = call.args.text("initial_comment"), call.args.values.get("blocks")
    args = Args({"text": comment} if comment else {"blocks": given})
    try:
        return {**read_parts(args, call.world.files), **looks(call)}
    except Refused as refused:
        raise Refused("invalid_blocks", extra=refused.body()) from None


def _share(call: Call, channel: Channel, content: JSON, done: list[File]) -> None:
    files, chat = call.world.files, call.world.chat
    shown = [files.slack(file) for file in done]
    said = {**content, "subtype": "file_share", "files": shown, "upload": False}
    message = chat.post_as_app(channel, said)
    shared = [files.shared(files.find(file.id), channel, message["ts"]) for file in done]
    chat.change(channel, {**message, "files": [files.slack(file) for file in shared]})
    for file in shared:
        call.world.news.file_shared(channel, file.id)


@method("files.info", "files:read", json=False)
def info(call: Call) -> JSON:
    """Describe a file."""
    shown = call.world.files.slack(places.file(call, call.args.required("file")))
    return {
        "ok": True,
        "file": shown,
        "comments": [],
        "response_metadata": {"next_cursor": ""},
    }


@method("files.delete", "files:write")
def delete(call: Call) -> JSON:
    """Delete a file, in the messages that show it as well."""
    file = places.file(call, call.args.required("file"))
    call.world.files.delete(file)
    for shared in file.shares.values():
        for place, shares in shared.items():
            _bury(call, place, file.id, {share["ts"] for share in shares})
    call.world.news.file_deleted(file.id)
    return {"ok": True}


def _bury(call: Call, place: str, file_id: str, stamps: set[str]) -> None:
    channel = call.world.workspace.channels[place]
    tombstone = {"id": file_id, "mode": "tombstone"}
    for message in call.world.timeline.all(place):
        if message["ts"] in stamps:
            left = [tombstone if f["id"] == file_id else f for f in message.get("files", ())]
            call.world.chat.change(channel, {**message, "files": left})
