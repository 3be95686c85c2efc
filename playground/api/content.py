"""What a message says: text, blocks, attachments, metadata, by SLACK.md 4.8."""

import json

from playground import blockkit
from playground.api.errors import Refused, bad_blocks
from playground.api.request import Args
from playground.shapes import JSON

MAX_TEXT = 40_000
_MAX_ATTACHMENTS = 100
_MAX_ATTACHMENT_TEXT = 8_000
_MAX_BLOCK_TEXT = 13_200
_MAX_METADATA = 8_000


def read_content(args: Args) -> JSON:
    """Return what a message says, normalised; raise Refused.

    The result always has ``text``; ``blocks``, ``attachments`` and ``metadata`` only when given.
    """
    content: JSON = {"text": args.text("text")[:MAX_TEXT]}
    if blocks := _read_blocks(args):
        content["blocks"] = blocks
    if attachments := _read_attachments(args):
        content["attachments"] = attachments
    if metadata := _read_metadata(args):
        content["metadata"] = metadata
    if not (content["text"] or content.get("blocks") or attachments):
        raise Refused("no_text")
    return content


def _read_blocks(args: Args) -> list[JSON]:
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
    if blockkit.text_length(raw) > _MAX_BLOCK_TEXT:
        raise Refused("msg_blocks_too_long")
    return blockkit.normalise(raw)


def _read_attachments(args: Args) -> list[JSON]:
    raw = args.json("attachments", Refused("invalid_attachments"))
    if raw is None:
        return []
    if not isinstance(raw, list) or not all(isinstance(item, dict) for item in raw):
        raise Refused("invalid_attachments")
    if len(raw) > _MAX_ATTACHMENTS:
        raise Refused("too_many_attachments")
    return [_read_attachment(attachment, index) for index, attachment in enumerate(raw)]


def _read_attachment(raw: JSON, index: int) -> JSON:
    blocks, text = raw.get("blocks") or [], raw.get("text")
    if problems := blockkit.check_blocks(blocks, "message", f"/attachments/{index}/blocks"):
        raise Refused("invalid_attachments", map(str, problems))
    shown = {**raw, "blocks": blockkit.normalise(blocks)} if blocks else raw
    return {**shown, "text": text[:_MAX_ATTACHMENT_TEXT]} if isinstance(text, str) else shown


def _read_metadata(args: Args) -> JSON | None:
    raw = args.json("metadata", Refused("invalid_metadata_format"))
    if raw is None:
        return None
    shaped = isinstance(raw, dict) and isinstance(raw.get("event_type"), str)
    if not shaped or not isinstance(raw.get("event_payload"), dict):
        raise Refused("invalid_metadata_format")
    if len(json.dumps(raw)) > _MAX_METADATA:
        raise Refused("metadata_too_large")
    metadata: JSON = raw
    return metadata
