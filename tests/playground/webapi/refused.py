"""Calls Slack refuses, each with the error it has for them; ``$`` words are made fresh."""

from tests.playground.kit import home, modal, section
from tests.playground.webapi.stage import CLIENT
from tests.workspace import JSON

Refusals = dict[str, list[tuple[str, JSON]]]
OPS = {"channel": "C0OPS"}
TEXT = {**OPS, "text": "x"}
ANA = {**OPS, "user": "U0ANA"}
NONE = {"channel": "C0NONE"}
SECRET = {"channel": "C0SECRET"}
LATER = {**OPS, "post_at": "$soon"}
STOLEN = {"_token": "xoxb-stolen"}
LINK = {"channel_id": "C0OPS", "title": "T", "type": "link", "link": "https://x.example"}
UPLOAD = {"filename": "a.txt", "length": 10}
WIDE = [section(text={"type": "mrkdwn", "text": "x" * 2900}) for _ in range(5)]
BIG = {"event_type": "x", "event_payload": {"x": "x" * 8000}}
FIVE = [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}] * 2


def says(where: JSON) -> list[tuple[str, JSON]]:
    """What any method that says something refuses, ``where`` being its other arguments."""
    return [
        ("no_text", where),
        ("invalid_blocks", {**where, "blocks": [{"type": "x"}]}),
        ("invalid_blocks_format", {**where, "blocks": "hello"}),
        ("invalid_blocks_format", {**where, "blocks": {"type": "section"}}),
        ("invalid_attachments", {**where, "attachments": "hello"}),
        ("invalid_attachments", {**where, "attachments": ["hello"]}),
        ("invalid_attachments", {**where, "attachments": [{"blocks": [{"type": "x"}]}]}),
        ("invalid_attachments", {**where, "attachments": [{"text": {}}]}),
        ("invalid_attachments", {**where, "blocks": FIVE}),
        ("too_many_attachments", {**where, "attachments": [{"text": "x"}] * 101}),
        ("markdown_text_conflict", {**where, "text": "x", "markdown_text": "x"}),
        ("msg_blocks_too_long", {**where, "blocks": WIDE}),
        ("invalid_metadata_format", {**where, "text": "x", "metadata": "hello"}),
        ("invalid_metadata_format", {**where, "text": "x", "metadata": {"event_type": "x"}}),
        ("metadata_too_large", {**where, "text": "x", "metadata": BIG}),
    ]


def posts(where: JSON) -> list[tuple[str, JSON]]:
    """What any method that puts a message in a channel refuses."""
    text = {**where, "text": "x"}
    threaded = {**text, "channel": "C0FLAT", "thread_ts": "1.000000"}
    return [
        *says(where),
        ("invalid_arguments", {k: v for k, v in text.items() if k != "channel"}),
        ("channel_not_found", {**text, **NONE}),
        ("channel_not_found", {**text, **SECRET}),
        ("not_in_channel", {**text, "channel": "C0LEFT"}),
        ("is_archived", {**text, "channel": "C0OLD"}),
        ("restricted_action_read_only_channel", {**text, "channel": "C0READ"}),
        ("restricted_action_thread_only_channel", {**text, "channel": "C0THREADS"}),
        ("restricted_action_non_threadable_channel", threaded),
        ("cannot_reply_to_message", {**text, "thread_ts": "1.000000"}),
        ("cannot_reply_to_message", {**text, "channel": "$room", "thread_ts": "$note"}),
    ]


def whispers() -> list[tuple[str, JSON]]:
    """What chat.postEphemeral refuses as other posts are refused, with one error of its own."""
    general = {code: "restricted_action" for code, _ in posts(ANA) if code.startswith("restricted")}
    refused = [(code, args) for code, args in posts(ANA) if args.get("channel") != "$room"]
    return [(general.get(code, code), args) for code, args in refused]


CHAT: Refusals = {
    "chat.postMessage": [*posts(OPS), ("as_user_not_supported", {**TEXT, "as_user": True})],
    "chat.postEphemeral": [
        *whispers(),
        ("user_not_in_channel", {**TEXT, "user": "U0GUEST"}),
        ("msg_too_long", {**ANA, "text": "x" * 40_001}),
    ],
    "chat.scheduleMessage": [
        *posts(LATER),
        ("invalid_arguments", TEXT),
        ("invalid_time", {**TEXT, "post_at": "tomorrow"}),
        ("time_in_past", {**TEXT, "post_at": 1}),
        ("time_too_far", {**TEXT, "post_at": 99_999_999_999}),
        ("msg_too_long", {**LATER, "text": "x" * 40_001}),
        ("restricted_too_many", {"channel": "$full_of_plans", "text": "x", "post_at": "$soon"}),
    ],
    "chat.update": [
        *says({**OPS, "ts": "$said"}),
        ("no_text", {**OPS, "ts": "$said", "text": ""}),
        ("invalid_arguments", TEXT),
        ("channel_not_found", {**TEXT, **NONE, "ts": "1.000000"}),
        ("channel_not_found", {**TEXT, "channel": "#ops", "ts": "1.000000"}),
        ("message_not_found", {**TEXT, "ts": "1.000000"}),
        ("cant_update_message", {**TEXT, "ts": "$heard"}),
        ("msg_too_long", {**OPS, "ts": "$said", "text": "x" * 4001}),
        ("cant_broadcast_message", {**OPS, "ts": "$said", "reply_broadcast": True}),
        (
            "no_dual_broadcast_content_update",
            {**TEXT, "ts": "$reply", "reply_broadcast": True},
        ),
        ("file_not_found", {**TEXT, "ts": "$said", "file_ids": ["F0NONE"]}),
        ("file_deleted", {**TEXT, "ts": "$said", "file_ids": "$deleted"}),
        ("is_inactive", {"channel": "$closed", "ts": "$spoken", "text": "x"}),
    ],
    "chat.delete": [
        ("invalid_arguments", OPS),
        ("channel_not_found", {**NONE, "ts": "1.000000"}),
        ("message_not_found", {**OPS, "ts": "1.000000"}),
        ("cant_delete_message", {**OPS, "ts": "$heard"}),
    ],
    "chat.getPermalink": [
        ("channel_not_found", {**NONE, "message_ts": "1.000000"}),
        ("message_not_found", {**OPS, "message_ts": "1.000000"}),
    ],
    "chat.deleteScheduledMessage": [
        ("channel_not_found", {**NONE, "scheduled_message_id": "Q1"}),
        ("invalid_scheduled_message_id", {**OPS, "scheduled_message_id": "Q1"}),
    ],
    "chat.scheduledMessages.list": [
        ("invalid_channel", NONE),
        ("invalid_cursor", {"cursor": "?"}),
    ],
}

VIEWS: Refusals = {
    "views.open": [
        ("invalid_arguments", {"trigger_id": "$trigger"}),
        ("invalid_arguments", {"trigger_id": "$trigger", "view": "hello"}),
        ("invalid_arguments", {"trigger_id": "$trigger", "view": home()}),
        ("invalid_arguments", {"view": modal()}),
        ("invalid_trigger_id", {"trigger_id": "1.2.3", "view": modal()}),
        ("exchanged_trigger_id", {"trigger_id": "$used_trigger", "view": modal()}),
        ("expired_trigger_id", {"trigger_id": "$old_trigger", "view": modal()}),
        ("duplicate_external_id", {"trigger_id": "$trigger", "view": "$taken"}),
        ("view_too_large", {"trigger_id": "$trigger", "view": "$huge"}),
    ],
    "views.push": [
        ("invalid_trigger_id", {"trigger_id": "1.2.3", "view": modal()}),
        ("not_found", {"trigger_id": "$trigger_of_ben", "view": modal()}),
        ("push_limit_reached", {"trigger_id": "$trigger_on_three", "view": modal()}),
    ],
    "views.update": [
        ("invalid_arguments", {"view": modal()}),
        ("invalid_arguments", {"view_id": "V0", "external_id": "x", "view": modal()}),
        ("not_found", {"view_id": "V0", "view": modal()}),
        ("not_found", {"external_id": "nothing", "view": modal()}),
        ("hash_conflict", {"view_id": "$view", "view": modal(), "hash": "1.2"}),
    ],
    "views.publish": [
        ("invalid_arguments", {"user_id": "U0NOBODY", "view": home()}),
        ("invalid_arguments", {"user_id": "U0BEN", "view": modal()}),
        ("hash_conflict", {"user_id": "$at_home", "view": home(), "hash": "1.2"}),
    ],
}

FILES: Refusals = {
    "files.getUploadURLExternal": [
        ("missing_argument", {"filename": "a.txt", "length": 0}),
        ("missing_argument", {"length": 10}),
        ("invalid_arguments", {**UPLOAD, "length": "long"}),
        ("file_upload_size_restricted", {**UPLOAD, "length": 10**10}),
        ("unknown_snippet_type", {**UPLOAD, "snippet_type": "poem"}),
        ("snippet_too_large", {**UPLOAD, "length": 2 * 1024 * 1024, "snippet_type": "text"}),
        ("alt_txt_too_large", {**UPLOAD, "alt_txt": "x" * 1001}),
    ],
    "files.completeUploadExternal": [
        ("invalid_arguments", {}),
        ("invalid_arguments", {"files": "hello"}),
        ("invalid_arguments", {"files": [{"title": "x"}]}),
        ("invalid_arguments", {"files": [{"id": "F1", "title": 1}]}),
        ("file_not_found", {"files": [{"id": "F0NONE"}]}),
        ("file_update_failed", {"files": [{"id": "$empty"}]}),
        ("channel_not_found", {"files": [{"id": "$uploaded"}], "channel_id": "C0NONE"}),
        ("invalid_channel", {"files": [{"id": "$uploaded"}], "channels": "C0NONE"}),
        ("channels_limit_exceeded", {"files": [{"id": "F1"}], "channels": ["C0OPS"] * 101}),
        ("not_in_channel", {"files": [{"id": "$uploaded"}], "channel_id": "C0LEFT"}),
        ("posting_to_channel_denied", {"files": [{"id": "F1"}], "channel_id": "C0OLD"}),
        ("invalid_blocks", {"files": [{"id": "F1"}], "channel_id": "C0OPS", "blocks": [{}]}),
    ],
    "files.info": [("file_not_found", {"file": "F1"}), ("file_deleted", {"file": "$deleted"})],
    "files.delete": [("file_not_found", {"file": "F1"}), ("file_deleted", {"file": "$deleted"})],
}

BASICS: Refusals = {
    "api.test": [("as_you_wish", {"error": "as_you_wish"})],
    "auth.test": [("not_authed", {"_token": ""}), ("invalid_auth", STOLEN)],
    "apps.connections.open": [("not_allowed_token_type", {}), ("not_authed", {"_token": ""})],
    "blocks.validate": [
        ("invalid_arguments", {}),
        ("invalid_arguments", {"blocks": [], "view": {}}),
        ("invalid_blocks", {"blocks": [{"type": "x"}]}),
        ("invalid_blocks", {"view": {"type": "modal"}}),
        ("invalid_blocks", {"message": {"blocks": [{}]}}),
    ],
    "team.info": [("team_not_found", {"team": "T1"}), ("team_not_on_enterprise", {"domain": "x"})],
    "bots.info": [
        ("bot_not_found", {"bot": "B1"}),
        ("team_not_found", {"bot": "B0STATION", "team_id": "T1"}),
        ("invalid_arguments", {}),
    ],
    "emoji.list": [("invalid_auth", STOLEN)],
    "oauth.v2.access": [
        ("invalid_client_id", {"_token": ""}),
        ("bad_client_secret", {"client_id": CLIENT["client_id"]}),
        ("invalid_code", {**CLIENT, "code": "1.2.3"}),
        ("bad_redirect_uri", {**CLIENT, "code": "$code", "redirect_uri": "https://x.example"}),
        ("invalid_grant_type", {**CLIENT, "grant_type": "password"}),
        ("invalid_refresh_token", {**CLIENT, "grant_type": "refresh_token", "refresh_token": "x"}),
    ],
    "bookmarks.add": [
        ("channel_not_found", {**LINK, "channel_id": "C0NONE"}),
        ("invalid_arguments", {"channel_id": "C0OPS", "type": "link"}),
        ("invalid_bookmark_type", {**LINK, "type": "song"}),
        ("invalid_link", {**LINK, "link": "javascript:alert(1)"}),
        ("invalid_emoji", {**LINK, "emoji": "tada"}),
        ("invalid_parent_type", {**LINK, "parent_id": "Bk1"}),
        ("invalid_entity_id", {"channel_id": "C0OPS", "title": "T", "type": "file"}),
        ("file_not_found", {**LINK, "type": "file", "entity_id": "F1"}),
        ("too_many_bookmarks", {**LINK, "channel_id": "$full_of_bookmarks"}),
    ],
    "bookmarks.list": [("channel_not_found", {"channel_id": "C0NONE"})],
}
