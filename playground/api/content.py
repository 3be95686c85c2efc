"""What a message says: text, blocks, attachments, metadata, by SLACK.md 4.8."""

import json
from collections.abc import Iterator
from typing import Any

from playground import blockkit
from playground.api.errors import Refused, bad_blocks
from playground.api.request import Args
from playground.blockkit import Problem
from playground.files import FileRefused, Files
from playground.shapes import JSON

MAX_TEXT = 40_000
_MAX_ATTACHMENTS = 100
_MAX_ATTACHMENT_TEXT = 8_000
_MAX_BLOCK_TEXT = 13_200
_MAX_METADATA = 8_000
_IN_BLOCKS = ("png", "jpg", "gif")


def read_content(args: Args, files: Files) -> JSON:
    """Return what a message says, normalised; raise Refused no_text when it says nothing."""
    content = read_parts(args, files)
    if not (content["text"] or content.get("blocks") or content.get("attachments")):
        raise Refused("no_text")
    return content


def read_parts(args: Args, files: Files) -> JSON:
    """Return ``text``, and ``blocks``, ``attachments`` and ``metadata`` when given, normalised."""
    content: JSON = {"text": args.text("text")[:MAX_TEXT]}
    if blocks := _read_blocks(args, files):
        content["blocks"] = blocks
    if attachments := _read_attachments(args):
        content["attachments"] = attachments
    if metadata := _read_metadata(args):
        content["metadata"] = metadata
    return content


def _read_blocks(args: Args, files: Files) -> list[JSON]:
    raw = args.json("blocks", Refused("invalid_blocks_format"))
    if markdown := args.text("markdown_text"):
        if raw or args.text("text"):
            raise Refused("markdown_text_conflict")
        raw = [{"type": "markdown", "text": markdown}]
    if raw is None:
        return []
    if not isinstance(raw, list):
        raise Refused("invalid_blocks_format")
    if problems := blockkit.check_blocks(raw, "message"):
        if any(problem.message == blockkit.ONE_TABLE for problem in problems):
            raise Refused("invalid_attachments", map(str, problems))
        raise bad_blocks(problems)
    if problems := check_files(raw, files, "/blocks"):
        raise bad_blocks(problems)
    if blockkit.text_length(raw) > _MAX_BLOCK_TEXT:
        raise Refused("msg_blocks_too_long")
    return blockkit.normalise(raw)


def check_files(part: Any, files: Files, pointer: str) -> list[Problem]:
    """Return the images in blocks whose file the app does not have, or that is no image."""
    return [
        Problem("invalid slack file", place)
        for wanted, place in _slack_files(part, pointer)
        if not _shows(wanted, files)
    ]


def _slack_files(part: Any, pointer: str) -> Iterator[tuple[JSON, str]]:
    pairs = enumerate(part) if isinstance(part, list) else part.items()
    for key, value in pairs:
        if key == "slack_file" and isinstance(value, dict):
            yield value, f"{pointer}/slack_file"
        elif isinstance(value, dict | list):
            yield from _slack_files(value, f"{pointer}/{key}")


def _shows(wanted: JSON, files: Files) -> bool:
    try:
        file = files.find(wanted["id"]) if "id" in wanted else files.at(wanted["url"])
    except FileRefused:
        return False
    return file.width > 0 and file.filetype in _IN_BLOCKS


def _read_attachments(args: Args) -> list[JSON]:
    raw = args.json("attachments", Refused("invalid_attachments"))
    if raw is None:
        return []
    if not isinstance(raw, list) or not all(isinstance(item, dict) for item in raw):
        raise Refused("invalid_attachments")
    if len(raw) > _MAX_ATTACHMENTS:
        raise Refused("too_many_attachments")
    return [_read_attachment(item, index) for index, item in enumerate(raw)]


def _read_attachment(item: JSON, index: int) -> JSON:
    blocks, text = item.get("blocks") or [], item.get("text", "")
    if not isinstance(text, str):
        raise Refused("invalid_attachments")
    if problems := blockkit.check_blocks(blocks, "message", f"/attachments/{index}/blocks"):
        raise Refused("invalid_attachments", map(str, problems))
    shown = {**item, "id": index + 1, "fallback": item.get("fallback") or text or "[no preview]"}
    if text:
        shown["text"] = text[:_MAX_ATTACHMENT_TEXT]
    return {**shown, "blocks": blockkit.normalise(blocks)} if blocks else shown


def _read_metadata(args: Args) -> JSON | None:
    raw = args.json("metadata", Refused("invalid_metadata_format"))
    if not raw and isinstance(raw, dict | None):
        return None
    shaped = isinstance(raw, dict) and isinstance(raw.get("event_type"), str)
    if not shaped or not isinstance(raw.get("event_payload"), dict):
        raise Refused("invalid_metadata_format")
    if len(json.dumps(raw)) > _MAX_METADATA:
        raise Refused("metadata_too_large")
    metadata: JSON = raw
    return metadata
