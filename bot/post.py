"""The way to Slack: one message sent, changed, or found again after nobody heard of its arrival."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from typing import Any

import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.views.message import Message
from bot.views.words import USER

log = logging.getLogger(__name__)

UNREADABLE = {"missing_scope", "not_in_channel", "channel_not_found"}

TIMEOUT = 10
"""Seconds for the bytes of one file."""

UNREACHED = (SlackClientError, OSError, HTTPException)


@dataclass(frozen=True)
class Posted:
    """Where a message is, and whether it is new or was found."""

    channel: str
    ts: str
    is_new: bool


@dataclass(frozen=True)
class Post:
    client: WebClient

    def once(
        self,
        channel: str,
        message: Message,
        marker: dict[str, Any],
        attempts: int,
        thread: str = "",
    ) -> Posted:
        """Post, unless an earlier attempt is found to have arrived although nobody heard of it."""
        channel = self._direct(channel)
        if attempts:
            found = self._find(channel, marker, thread)
            if found:
                return Posted(channel, found, False)
        answer = self._send(
            "chat.postMessage",
            channel,
            message,
            metadata={"event_type": "stationmaster", "event_payload": marker},
            unfurl_links=False,
            unfurl_media=False,
            **({"thread_ts": thread} if thread else {}),
        )
        return Posted(str(answer["channel"]), str(answer["ts"]), True)

    def change(self, channel: str, ts: str, message: Message) -> None:
        self._send("chat.update", channel, message, ts=ts)

    def attach(self, channel: str, thread: str, name: str, text: str) -> None:
        """Have a file in a thread, unless it is there from an earlier attempt."""
        asked = {"channel": channel, "ts": thread, "limit": 999}
        answer = self.client.api_call("conversations.replies", params=asked, http_verb="GET")
        files = [one for said in answer["messages"] for one in said.get("files") or ()]
        if not any(one.get("name") == name for one in files):
            self.client.files_upload_v2(
                channel=channel, thread_ts=thread, filename=name, title=name, content=text
            )

    def attach_if_possible(self, channel: str, thread: str, name: str, text: str) -> None:
        """``attach`` where the note says enough without it; in some channels no file can be."""
        try:
            if text:
                self.attach(channel, thread, name, text)
        except SlackApiError as error:
            if error.response.get("error") not in UNREADABLE:
                raise
            log.warning("the file %s could not be shown in %s: %s", name, channel, error)

    def publish(self, user: str, view: dict[str, Any]) -> None:
        """What stands at somebody's App Home from now on."""
        self.client.views_publish(user_id=user, view=view)

    def direct(self, channel: str) -> str:
        """Where a person reads it; a channel is one already."""
        return self._direct(channel)

    def upload(self, name: str, content: bytes, alt_text: str) -> str:
        """The id of a file that Slack has now, and shows nobody yet."""
        promised = self.client.files_getUploadURLExternal(
            filename=name, length=len(content), alt_txt=alt_text
        )
        answer = requests.post(str(promised["upload_url"]), data=content, timeout=TIMEOUT)
        if answer.status_code != 200:
            raise OSError(f"the upload of {name} was answered {answer.status_code}")
        return str(promised["file_id"])

    def share(self, channel: str, file: str, title: str, comment: str) -> None:
        """Show an uploaded file, with words above it."""
        self.client.files_completeUploadExternal(
            files=[{"id": file, "title": title}], channel_id=channel, initial_comment=comment
        )

    def has_file(self, channel: str, file: str, since: datetime) -> bool:
        """Is it there already, although nobody heard of it?"""
        recent = {"channel": channel, "oldest": str(since.timestamp() - 60), "limit": 999}
        return any(
            file == shown.get("id")
            for message in self._history("conversations.history", recent)
            for shown in message.get("files", ())
        )

    def permalink(self, channel: str, ts: str) -> str:
        """The address of a message; empty where Slack does not give one now."""
        try:
            answer = self.client.chat_getPermalink(channel=channel, message_ts=ts)
        except UNREACHED as error:
            log.warning("no permalink for the card in %s: %s", channel, error)
            return ""
        return str(answer["permalink"])

    def _direct(self, channel: str) -> str:
        """The direct messages with a person: only by that id can they be looked through."""
        if not USER.fullmatch(channel):
            return channel
        try:
            answer = self.client.conversations_open(users=channel)
        except SlackApiError as error:
            if error.response.get("error") not in UNREADABLE:
                raise
            return channel  # installed before the scope was asked for: Slack opens it by itself
        return str(answer["channel"]["id"])

    def _find(self, channel: str, marker: dict[str, Any], thread: str) -> str:
        """The message that carries ``marker``, from the time it was asked for on."""
        method = "conversations.replies" if thread else "conversations.history"
        arguments: dict[str, Any] = {
            "channel": channel,
            "oldest": str(marker["asked"] - 60),
            "limit": 999,  # the most that Slack gives at once
            "include_all_metadata": True,
        }
        if thread:
            arguments["ts"] = thread
        for message in self._history(method, arguments):
            if (message.get("metadata") or {}).get("event_payload") == marker:
                return str(message["ts"])
        return ""

    def _history(self, method: str, arguments: dict[str, Any]) -> list[dict[str, Any]]:
        try:
            answer = self.client.api_call(method, params=arguments, http_verb="GET")
        except SlackApiError as error:
            if error.response.get("error") not in UNREADABLE:
                raise
            return []  # this channel's history is closed to us: better said twice than never
        return list(answer["messages"])

    def _send(self, method: str, channel: str, message: Message, **more: Any) -> dict[str, Any]:
        body = {"channel": channel, "text": message.text, "blocks": list(message.blocks), **more}
        try:
            return dict(self.client.api_call(method, json=body).data)  # type: ignore[arg-type]
        except SlackApiError as error:
            if error.response.get("error") != "invalid_blocks":
                raise
            # Better the plain sentence than silence; the log has what Slack objected to.
            log.error("Slack refused the blocks of %s: %s", method, error.response.get("errors"))
            return dict(self.client.api_call(method, json=body | {"blocks": []}).data)  # type: ignore[arg-type]
