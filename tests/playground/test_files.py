"""Files: taken where Slack says, shared a moment later, given to those who may have them."""

import os
from collections.abc import Iterator

import pytest
import requests
from slack_sdk import WebClient

from playground.server import Playground
from tests.pictures import picture
from tests.playground.webapi.caller import TOKEN
from tests.playground.webapi.seed import manifest, seed
from tests.playground.webapi.stage import DOT, Stage
from tests.workspace import JSON, eventually, request

BOT = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Playground(manifest(), seed()) as playground:
        yield Stage(playground)


@pytest.fixture(scope="module")
def client(stage: Stage) -> WebClient:
    return WebClient(token=TOKEN, base_url=stage.playground.api_url, timeout=10)


def shared(stage: Stage, file: str, channel: str = "C0OPS") -> JSON:
    """The message that shows a file, once it is there."""

    def look() -> list[JSON]:
        told = stage.done("conversations.history", channel=channel)["messages"]
        return [m for m in told if file in [f["id"] for f in m.get("files", ())]]

    return eventually(look)[0]


def test_slacks_own_client_uploads_and_shares(stage: Stage, client: WebClient) -> None:
    sent = client.files_upload_v2(
        filename="dot.gif", content=DOT, title="A dot", channel="C0OPS", initial_comment="Look"
    )
    message = shared(stage, sent["files"][0]["id"])
    assert (message["text"], message["subtype"]) == ("Look", "file_share")
    shown = message["files"][0]
    assert (shown["title"], shown["mimetype"], shown["original_w"]) == ("A dot", "image/gif", 1)
    assert list(shown["shares"]["public"]) == ["C0OPS"]


def test_a_file_can_be_shared_in_a_thread_and_in_several_channels(stage: Stage) -> None:
    root, file = stage.said(), stage.uploaded()
    where = {"channel_id": "C0OPS", "thread_ts": root}
    stage.done("files.completeUploadExternal", files=[{"id": file}], **where)
    eventually(
        lambda: len(stage.done("conversations.replies", channel="C0OPS", ts=root)["messages"]) == 2
    )
    wide = stage.uploaded()
    stage.done("files.completeUploadExternal", files=[{"id": wide}], channels="C0OPS,C0INNER")
    assert shared(stage, wide)["ts"] and shared(stage, wide, "C0INNER")["ts"]


def test_an_image_is_served_to_the_page_and_to_the_app(stage: Stage) -> None:
    url = stage.done("files.info", file="$file")["file"]["url_private"]
    for headers in ({}, BOT):
        answer = requests.get(url, headers=headers, timeout=10)
        assert (answer.content, answer.headers["Content-Type"]) == (DOT, "image/gif")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    stolen = requests.get(url, headers={"Authorization": "Bearer xoxb-stolen"}, timeout=10)
    assert stolen.status_code == 403


def stored(stage: Stage, name: str, content: bytes) -> JSON:
    """The file object of what was uploaded under this name."""
    promise = stage.done("files.getUploadURLExternal", filename=name, length=len(content))
    assert request(promise["upload_url"], content)[0] == 200
    stage.done("files.completeUploadExternal", files=[{"id": promise["file_id"]}])
    shown: JSON = stage.done("files.info", file=promise["file_id"])["file"]
    return shown


SNIFFED = {
    "png": picture("png", 7, 5),
    "jpeg": picture("jpeg", 7, 5),
    "gif": picture("gif", 7, 5),
    "webp": picture("webp", 7, 5),
    "webp, lossless": picture("webp", 7, 5, lossless=True),
    "webp, with more in it": picture("webp", 7, 5, exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0"),
}


@pytest.mark.parametrize("kind", SNIFFED)
def test_an_image_is_known_by_its_bytes_whatever_it_is_called(stage: Stage, kind: str) -> None:
    shown = stored(stage, "page.html", SNIFFED[kind])
    assert shown["mimetype"] == f"image/{kind.partition(',')[0]}"
    assert (shown["original_w"], shown["original_h"]) == (7, 5)
    answer = requests.get(shown["url_private"], timeout=10)
    assert answer.headers["Content-Type"] == shown["mimetype"]
    assert answer.headers["Content-Disposition"] == "inline"
    saved = requests.get(shown["url_private_download"], timeout=10)
    assert saved.headers["Content-Disposition"] == "attachment"


HARM = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
FAKES = {
    "called one": ("fake.png", HARM),
    "a drawing that can run": ("drawing.svg", HARM),
    "cut off png": ("a.png", picture("png")[:20]),
    "cut off gif": ("a.gif", picture("gif")[:8]),
    "cut off jpeg": ("a.jpg", picture("jpeg")[:30]),
    "cut off webp": ("a.webp", picture("webp")[:29]),
    "no picture in it": ("a.webp", b"RIFF....WEBPVP9 " + b"x" * 30),
}


@pytest.mark.parametrize("fake", FAKES)
def test_what_only_looks_like_an_image_is_never_shown(stage: Stage, fake: str) -> None:
    answer = requests.get(stored(stage, *FAKES[fake])["url_private"], timeout=10)
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == "attachment"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_what_is_no_image_is_only_ever_downloaded(stage: Stage) -> None:
    page = b"<script>alert(1)</script>"
    args = {"filename": "page.html", "length": len(page)}
    promise = stage.done("files.getUploadURLExternal", **args)
    sent = requests.post(promise["upload_url"], files={"file": ("page.html", page)}, timeout=10)
    assert sent.text == f"OK - {len(page)}"
    done = stage.done("files.completeUploadExternal", files=[{"id": promise["file_id"]}])
    shown = stage.done("files.info", file=done["files"][0]["id"])["file"]
    answer = requests.get(shown["url_private"], timeout=10)
    assert answer.headers["Content-Disposition"] == "attachment"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert "thumb_64" not in shown


@pytest.mark.parametrize("size", [1, 13])
def test_an_upload_of_another_size_is_not_completed(stage: Stage, size: int) -> None:
    promise = stage.promised()
    assert request(promise["upload_url"], DOT[:size])[0] == 200
    answer = stage.call("files.completeUploadExternal", files=[{"id": promise["file_id"]}])
    assert answer["error"] == "file_update_failed"


def test_more_than_was_promised_and_unknown_tickets_are_refused(stage: Stage) -> None:
    promise = stage.promised()
    assert request(promise["upload_url"], os.urandom(100))[0] == 413
    assert request(f"{stage.playground.base_url}/upload/v1/none", DOT)[0] == 404
    broken = {"Content-Type": "multipart/form-data"}
    assert request(promise["upload_url"], b"x", broken)[0] == 400


def test_a_deleted_file_is_gone_from_its_messages(stage: Stage) -> None:
    file = stage.uploaded()
    stage.done("files.completeUploadExternal", files=[{"id": file}], channel_id="C0OPS")
    url = shared(stage, file)["files"][0]["url_private"]
    stage.done("files.delete", file=file)
    assert shared(stage, file)["files"] == [{"id": file, "mode": "tombstone"}]
    assert requests.get(url, timeout=10).status_code == 404


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.txt", b"no image"), ("a.png", b"\x89PNG\r\n\x1a\n"), ("a.webp", picture("webp"))],
)
def test_a_block_shows_only_images_the_app_has(stage: Stage, name: str, content: bytes) -> None:
    promise = stage.done("files.getUploadURLExternal", filename=name, length=len(content))
    request(promise["upload_url"], content)
    stage.done("files.completeUploadExternal", files=[{"id": promise["file_id"]}])
    for wanted in (
        {"id": promise["file_id"]},
        {"id": "F0NONE0000"},
        {"url": "https://x.example/a"},
    ):
        block = {"type": "image", "alt_text": "a", "slack_file": wanted}
        answer = stage.call("chat.postMessage", channel="C0OPS", blocks=[block])
        assert answer["errors"] == ["invalid slack file [json-pointer:/blocks/0/slack_file]"]
