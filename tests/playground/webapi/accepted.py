"""Calls Slack takes, with the arguments its reference documents; ``$`` words are made fresh."""

from tests.playground.kit import home, modal, section
from tests.playground.webapi.stage import CLIENT
from tests.workspace import JSON

OPS = {"channel": "C0OPS"}
META = {"event_type": "deployed", "event_payload": {"id": 7}}
LOOKS = {"username": "Robot", "icon_emoji": ":robot_face:"}
REPLY = {**OPS, "thread_ts": "$said"}
SAID = {**OPS, "timestamp": "$said"}

ACCEPTED: dict[str, list[JSON]] = {
    "api.test": [{}, {"anything": "goes"}, {"_token": ""}],
    "auth.test": [{}],
    "apps.connections.open": [{"_token": "xapp-playground"}],
    "blocks.validate": [{"blocks": [section()]}, {"view": modal()}, {"message": {"blocks": []}}],
    "chat.postMessage": [
        {**OPS, "text": "to a channel"},
        {"channel": "#ops", "text": "by its name"},
        {"channel": "U0ANA", "text": "to a person"},
        {**OPS, "blocks": [section()]},
        {**OPS, "attachments": [{"text": "one", "blocks": [section()]}]},
        {**OPS, "markdown_text": "# Heading"},
        {**OPS, "text": "x", "metadata": META},
        {**OPS, "text": "x", **LOOKS},
        {**OPS, "text": "x", "username": "Robot", "icon_url": "https://x.example/a.png"},
        {**OPS, "text": "x", "thread_ts": "$said", "reply_broadcast": True},
        {**OPS, "text": "x", "thread_ts": "$reply"},
        {**OPS, "text": "@release-approvers in #ops", "link_names": True},
        {**OPS, "text": "#ops", "parse": "full", "mrkdwn": False, "unfurl_links": False},
        {**OPS, "blocks": [{"type": "image", "alt_text": "a", "slack_file": {"id": "$file"}}]},
        {"channel": "C0FLAT", "text": "no thread"},
        {"channel": "C0INNER", "text": "private"},
    ],
    "chat.postEphemeral": [
        {**OPS, "user": "U0ANA", "text": "psst"},
        {**OPS, "user": "U0ANA", "blocks": [section()], **LOOKS},
        {**OPS, "user": "U0ANA", "attachments": [{"text": "x"}], "icon_url": "https://x.example"},
        {**OPS, "user": "U0ANA", "text": "#ops", "link_names": True, "parse": "full"},
        {**OPS, "user": "U0ANA", "text": "in a thread", "thread_ts": "$reply"},
        {**OPS, "user": "U0ANA", "text": "in no thread yet", "thread_ts": "$said"},
    ],
    "chat.update": [
        {**OPS, "ts": "$said", "text": "new"},
        {**OPS, "ts": "$said", "blocks": [section()]},
        {**OPS, "ts": "$said", "attachments": [{"text": "x"}]},
        {**OPS, "ts": "$said", "markdown_text": "*new*"},
        {**OPS, "ts": "$said", "metadata": META},
        {**OPS, "ts": "$said", "text": "#ops", "link_names": True, "parse": "none"},
        {**OPS, "ts": "$said", "text": "with a file", "file_ids": ["$file"]},
        {**OPS, "ts": "$reply", "reply_broadcast": True},
    ],
    "chat.delete": [{**OPS, "ts": "$said"}],
    "chat.getPermalink": [{**OPS, "message_ts": "$said"}, {**OPS, "message_ts": "$reply"}],
    "chat.scheduleMessage": [
        {**OPS, "text": "later", "post_at": "$soon"},
        {**OPS, "blocks": [section()], "post_at": "$soon", "thread_ts": "$said"},
        {**REPLY, "text": "#ops", "post_at": "$soon", "reply_broadcast": True},
        {**OPS, "text": "#ops", "post_at": "$soon", "link_names": True, "parse": "full"},
        {**OPS, "attachments": [{"text": "x"}], "post_at": "$soon", "metadata": META},
    ],
    "chat.deleteScheduledMessage": [{**OPS, "scheduled_message_id": "$scheduled"}],
    "chat.scheduledMessages.list": [{}, {**OPS, "limit": 1}, {"oldest": 1, "latest": 2}],
    "views.open": [{"trigger_id": "$trigger", "view": modal()}],
    "views.push": [{"view": modal(), "trigger_id": "$trigger_on_view"}],
    "views.update": [
        {"view_id": "$view", "view": modal(), "hash": "$hash"},
        {"external_id": "$shown", "view": modal()},
    ],
    "views.publish": [{"user_id": "U0BEN", "view": home(section())}],
    "conversations.list": [
        {},
        {"types": "public_channel,private_channel,mpim,im", "limit": 2},
        {"exclude_archived": True, "limit": 1000},
    ],
    "conversations.info": [
        {**OPS, "include_locale": True, "include_num_members": True},
        {"channel": "D0ANA"},
        {"channel": "$group_talk"},
    ],
    "conversations.members": [{**OPS, "limit": 2}, {"channel": "C0OUT"}],
    "conversations.open": [
        {"users": "U0ANA"},
        {"users": "U0ANA,U0BEN", "return_im": True},
        {"users": ["U0ANA", "U0STRANGE"]},
        {"channel": "D0ANA"},
    ],
    "conversations.history": [
        {**OPS, "limit": 1, "include_all_metadata": True},
        {**OPS, "oldest": "1.0", "latest": "99999999999.000000", "inclusive": True},
    ],
    "conversations.replies": [
        {**OPS, "ts": "$reply", "include_all_metadata": True},
        {**OPS, "ts": "$said", "limit": 1, "inclusive": True, "oldest": "1", "latest": "2"},
    ],
    "conversations.join": [{"channel": "C0OUT"}, OPS],
    "conversations.create": [{"name": "plain-name"}, {"name": "quiet", "is_private": True}],
    "conversations.invite": [
        {"channel": "$room", "users": "U0ANA,U0BEN"},
        {"channel": "$room", "users": ["U0CLEO", "U0NOBODY"], "force": True},
    ],
    "conversations.setTopic": [{"channel": "$room", "topic": "About this"}],
    "conversations.archive": [{"channel": "$room"}],
    "users.info": [{"user": "U0ANA"}, {"user": "U0STRANGE", "include_locale": True}],
    "users.list": [{}, {"limit": 2, "include_locale": True}],
    "users.lookupByEmail": [{"email": "ana@t0station.example"}],
    "users.profile.get": [{}, {"user": "U0ANA"}],
    "users.conversations": [
        {},
        {"user": "U0ANA", "types": "im,mpim", "limit": 3, "exclude_archived": True},
    ],
    "usergroups.list": [{}, {"include_users": True, "include_count": True}],
    "usergroups.users.list": [{"usergroup": "S0APPROVERS"}],
    "usergroups.create": [
        {"name": "On call"},
        {"name": "Ops", "handle": "ops-people", "description": "Who", "channels": "C0OPS"},
        {"name": "Third", "include_count": True},
    ],
    "usergroups.update": [
        {"usergroup": "$group", "handle": "renamed", "description": "New"},
        {"usergroup": "$group", "name": "Renamed", "channels": ["C0OPS"], "include_count": True},
    ],
    "usergroups.users.update": [
        {"usergroup": "$group", "users": "U0ANA,U0BEN", "include_count": True}
    ],
    "reactions.add": [{**SAID, "name": "tada"}, {**SAID, "name": ":+1::skin-tone-3:"}],
    "reactions.remove": [{**OPS, "timestamp": "$reacted", "name": "tada"}],
    "reactions.get": [{**OPS, "timestamp": "$reacted"}, {"file": "$file"}],
    "pins.add": [SAID],
    "pins.remove": [{**OPS, "timestamp": "$pinned"}],
    "pins.list": [OPS],
    "bookmarks.add": [
        {"channel_id": "C0OPS", "title": "Runbook", "type": "link", "link": "https://x.example"},
        {"channel_id": "C0OPS", "title": "Dot", "type": "file", "entity_id": "$file"},
        {
            **{"channel_id": "C0OPS", "title": "T", "type": "link", "link": "http://x.example"},
            "emoji": ":tada:",
        },
    ],
    "bookmarks.list": [{"channel_id": "C0OPS"}],
    "files.getUploadURLExternal": [
        {"filename": "a.png", "length": 10, "alt_txt": "A dot"},
        {"filename": "a.py", "length": 10, "snippet_type": "python"},
    ],
    "files.completeUploadExternal": [
        {"files": [{"id": "$uploaded", "title": "Dot"}]},
        {"files": [{"id": "$uploaded"}], "channel_id": "C0OPS", "initial_comment": "Look"},
        {"files": [{"id": "$uploaded"}], "channels": "C0OPS,C0INNER", "blocks": [section()]},
        {"files": [{"id": "$uploaded"}], "channel_id": "C0OPS", "thread_ts": "$said"},
        {"files": [{"id": "$uploaded"}], "channel_id": "C0OPS", **LOOKS},
        {"files": [{"id": "$uploaded"}], "channels": ["C0OPS"], "icon_url": "https://x.example"},
    ],
    "files.info": [{"file": "$file"}, {"file": "$file", "limit": 1, "cursor": ""}],
    "files.delete": [{"file": "$file"}],
    "team.info": [{}, {"team": "T0STATION"}],
    "bots.info": [{"bot": "B0STATION"}, {"bot": "B0STATION", "team_id": "T0STATION"}],
    "oauth.v2.access": [
        {"_token": "", **CLIENT, "code": "$code"},
        {
            **{"_token": "", **CLIENT, "code": "$code", "grant_type": "authorization_code"},
            "redirect_uri": "https://app.example/oauth",
        },
    ],
    "emoji.list": [{}, {"include_categories": True}],
}
