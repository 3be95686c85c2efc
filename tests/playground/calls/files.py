"""4.12: files, in three steps."""

from typing import Any

from tests.playground.calls.stage import Call, Stage, calls, done, fails, holds, works
from tests.workspace import JSON, eventually, request

_BYTES = b"0123456789"
_FORM = {"Content-Type": "multipart/form-data; boundary=edge"}
_RAW = {"Content-Type": "application/octet-stream"}
_PART = b'--edge\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n'


def _promise(stage: Stage, **sent: Any) -> JSON:
    args = {"filename": "a.txt", "length": len(_BYTES), **sent}
    query = "&".join(f"{name}={value}" for name, value in args.items() if value is not None)
    return stage.form("files.getUploadURLExternal", query)


def _sent(stage: Stage, content: bytes = _BYTES, *, form: bool = False) -> str:
    """Promise ten bytes and send these; the id of the file."""
    promise = done(_promise(stage))
    body = _PART + content + b"\r\n--edge--\r\n" if form else content
    status, answer = request(promise["upload_url"], body, _FORM if form else _RAW)
    assert (status, answer) == (200, f"OK - {len(content)}".encode())
    return str(promise["file_id"])


def _complete(stage: Stage, *files: str, **sent: Any) -> JSON:
    wanted = [{"id": file, "title": "A"} for file in files]
    return stage.api("files.completeUploadExternal", files=wanted, **sent)


def _twice(stage: Stage) -> JSON:
    file = _sent(stage)
    done(_complete(stage, file))
    return _complete(stage, file)


def _shown(stage: Stage, **sent: Any) -> JSON:
    """Complete an upload; the message that shows it, none when nobody is to see it."""
    file = _sent(stage)
    answer = done(_complete(stage, file, **sent))
    assert answer["files"] == [{"id": file, "title": "A"}]
    if not sent:
        whole = done(stage.form("files.info", f"file={file}"))["file"]
        return holds(whole["is_public"], "private to the app")

    def look() -> list[JSON]:
        return [m for m in stage.ana.messages() if file in [f["id"] for f in m.get("files", ())]]

    (message,) = eventually(look, "the message")
    return {"ok": message["subtype"] == "file_share", "message": message}


def _said(stage: Stage, **sent: Any) -> JSON:
    """Whether what goes with a file is the comment alone."""
    message = _shown(stage, channel_id="C0OPS", **sent)["message"]
    return holds(message["text"] == "look" and "blocks" not in message, "blocks")


_BLOCKS = [{"type": "divider"}]

CASES: list[Call] = [
    *calls(
        "4.12 getUploadURLExternal: a filename and a length over 0",
        works(lambda s: _promise(s, length=1)),
        fails("missing_argument", lambda s: _promise(s, length=0)),
        fails("missing_argument", lambda s: _promise(s, length=None)),
        fails("missing_argument", lambda s: _promise(s, filename=None)),
    ),
    *calls(
        "4.12 getUploadURLExternal: alt_txt of up to 1000, a snippet_type that is known",
        works(lambda s: _promise(s, alt_txt="x" * 1_000, snippet_type="python")),
        fails("alt_txt_too_large", lambda s: _promise(s, alt_txt="x" * 1_001)),
        fails("unknown_snippet_type", lambda s: _promise(s, snippet_type="poem")),
    ),
    *calls(
        "4.12 the bytes come raw or as a form, as many as were promised",
        works(lambda s: _complete(s, _sent(s))),
        works(lambda s: _complete(s, _sent(s, form=True))),
        fails("file_update_failed", lambda s: _complete(s, _sent(s, b"012345678"))),
        fails("file_update_failed", lambda s: _complete(s, str(done(_promise(s))["file_id"]))),
    ),
    *calls(
        "4.12 completeUploadExternal: a file that was promised, once",
        works(lambda s: _complete(s, _sent(s), _sent(s))),
        fails("file_not_found", lambda s: _complete(s, "F0NONE")),
        fails("file_not_found", _twice),
    ),
    *calls(
        "4.12 completeUploadExternal: channels that are there and that the app is in",
        works(lambda s: _complete(s, _sent(s), channel_id="C0OPS")),
        works(lambda s: _complete(s, _sent(s), channels="C0OPS,C0INNER")),
        fails("channel_not_found", lambda s: _complete(s, _sent(s), channel_id="C0NONE")),
        fails("not_in_channel", lambda s: _complete(s, _sent(s), channel_id="C0LEFT")),
        fails("channels_limit_exceeded", lambda s: _complete(s, "F1", channels=["C0OPS"] * 101)),
    ),
    *calls(
        "4.12 completeUploadExternal: blocks are judged",
        works(lambda s: _complete(s, _sent(s), channel_id="C0OPS", blocks=_BLOCKS)),
        fails(
            "[json-pointer:/blocks/0/type]",
            lambda s: _complete(s, _sent(s), channel_id="C0OPS", blocks=[{"type": "x"}]),
        ),
    ),
    *calls(
        "4.12 an initial_comment leaves out the blocks",
        works(lambda s: _said(s, initial_comment="look", blocks=_BLOCKS)),
        fails("blocks", lambda s: _said(s, blocks=_BLOCKS)),
    ),
    *calls(
        "4.12 a message shows the file; without a channel it stays private",
        works(lambda s: _shown(s, channel_id="C0OPS")),
        fails("private to the app", lambda s: _shown(s)),
    ),
]
