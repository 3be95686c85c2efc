"""Calls about channels, people, groups and items that Slack refuses, each with its error."""

from tests.playground.webapi.refused import NONE, OPS, SECRET, Refusals

SAID = {**OPS, "timestamp": "$said"}
CROWD = [f"U{n}" for n in range(501)]
TEN = [f"U0X{n}" for n in range(10)]

CHANNELS: Refusals = {
    "conversations.list": [
        ("invalid_types", {"types": "secret_channel"}),
        ("invalid_limit", {"limit": 0}),
        ("invalid_limit", {"limit": "many"}),
        ("invalid_cursor", {"cursor": "bmV4dF90czoxLjA="}),
    ],
    "conversations.info": [("channel_not_found", NONE), ("channel_not_found", SECRET)],
    "conversations.members": [
        ("channel_not_found", NONE),
        ("invalid_limit", {**OPS, "limit": -1}),
        ("invalid_cursor", {**OPS, "cursor": "x"}),
    ],
    "conversations.open": [
        ("users_list_not_supplied", {}),
        ("user_not_found", {"users": "U0NOBODY"}),
        ("user_not_found", {"users": "U0STATION"}),
        ("user_disabled", {"users": "U0GONE"}),
        ("too_many_users", {"users": TEN}),
        ("channel_not_found", NONE),
        ("channel_not_found", {"users": "U0CLEO,U0DEVI", "prevent_creation": True}),
        ("method_not_supported_for_channel_type", OPS),
        ("invalid_user_combination", {"users": "U0ANA,U0LONE"}),
    ],
    "conversations.history": [
        ("channel_not_found", NONE),
        ("not_in_channel", {"channel": "C0LEFT"}),
        ("invalid_ts_oldest", {**OPS, "oldest": "yesterday"}),
        ("invalid_ts_latest", {**OPS, "latest": "now"}),
        ("invalid_cursor", {**OPS, "cursor": "b2Zmc2V0OjE="}),
    ],
    "conversations.replies": [
        ("channel_not_found", {**NONE, "ts": "1.0"}),
        ("thread_not_found", {**OPS, "ts": "1.000000"}),
        ("invalid_arguments", OPS),
        ("invalid_ts_oldest", {**OPS, "ts": "$said", "oldest": "x"}),
        ("invalid_cursor", {**OPS, "ts": "$said", "cursor": "x"}),
    ],
    "conversations.join": [
        ("channel_not_found", SECRET),
        ("is_archived", {"channel": "C0SHUT"}),
        ("method_not_supported_for_channel_type", {"channel": "C0INNER"}),
    ],
    "conversations.create": [
        ("invalid_arguments", {}),
        ("invalid_name_required", {"name": ""}),
        ("invalid_name_maxlength", {"name": "x" * 81}),
        ("invalid_name_punctuation", {"name": "---"}),
        ("invalid_name_specials", {"name": "Big Name"}),
        ("name_taken", {"name": "ops"}),
    ],
    "conversations.invite": [
        ("channel_not_found", {**NONE, "users": "U0ANA"}),
        ("no_user", {"channel": "$room"}),
        ("user_not_found", {"channel": "$room", "users": "U0NOBODY"}),
        ("cant_invite_self", {"channel": "$room", "users": "U0STATION"}),
        ("cant_invite", {"channel": "$room", "users": "U0GONE"}),
        ("user_is_restricted", {"channel": "$room", "users": "U0GUEST"}),
        ("no_external_invite_permission", {"channel": "$room", "users": "U0STRANGE"}),
        ("already_in_channel", {**OPS, "users": "U0ANA"}),
        ("not_in_channel", {"channel": "C0LEFT", "users": "U0ANA"}),
        ("is_archived", {"channel": "C0OLD", "users": "U0ANA"}),
        ("method_not_supported_for_channel_type", {"channel": "D0ANA", "users": "U0BEN"}),
    ],
    "conversations.setTopic": [
        ("channel_not_found", {**NONE, "topic": "x"}),
        ("invalid_arguments", OPS),
        ("too_long", {**OPS, "topic": "x" * 251}),
        ("is_archived", {"channel": "C0OLD", "topic": "x"}),
        ("not_in_channel", {"channel": "C0LEFT", "topic": "x"}),
        ("method_not_supported_for_channel_type", {"channel": "D0ANA", "topic": "x"}),
    ],
    "conversations.archive": [
        ("channel_not_found", NONE),
        ("already_archived", {"channel": "C0OLD"}),
        ("cant_archive_general", {"channel": "C0GENERAL"}),
        ("not_in_channel", {"channel": "C0LEFT"}),
        ("method_not_supported_for_channel_type", {"channel": "$group_talk"}),
    ],
}

PEOPLE: Refusals = {
    "users.info": [("user_not_found", {"user": "U0NOBODY"}), ("invalid_arguments", {})],
    "users.list": [("invalid_cursor", {"cursor": "x"}), ("invalid_limit", {"limit": "x"})],
    "users.lookupByEmail": [
        ("users_not_found", {"email": "x@y.example"}),
        ("users_not_found", {"email": "gone@t0station.example"}),
        ("invalid_arguments", {}),
    ],
    "users.profile.get": [("user_not_found", {"user": "U0NOBODY"})],
    "users.conversations": [
        ("user_not_found", {"user": "U0NOBODY"}),
        ("invalid_types", {"types": "x"}),
        ("invalid_cursor", {"cursor": "x"}),
    ],
    "usergroups.list": [("invalid_auth", {"_token": "xoxb-stolen"})],
    "usergroups.users.list": [("no_such_subteam", {"usergroup": "S1"}), ("invalid_arguments", {})],
    "usergroups.create": [
        ("invalid_arguments", {}),
        ("missing_subteam_name", {"name": " "}),
        ("name_too_long", {"name": "x" * 81, "handle": "x"}),
        ("description_too_long", {"name": "x", "description": "x" * 141}),
        ("bad_handle", {"name": "x", "handle": "Not A Handle"}),
        ("forbidden_handle", {"name": "x", "handle": "here"}),
        ("name_already_exists", {"name": "Release approvers", "handle": "x"}),
        ("handle_already_exists", {"name": "x", "handle": "release-approvers"}),
        ("handle_already_exists", {"name": "x", "handle": "ana"}),
        ("invalid_channel_provided", {"name": "x", "channels": "C0NONE"}),
    ],
    "usergroups.update": [
        ("no_such_subteam", {"usergroup": "S1"}),
        ("name_already_exists", {"usergroup": "$group", "name": "Release approvers"}),
    ],
    "usergroups.users.update": [
        ("no_such_subteam", {"usergroup": "S1", "users": "U0ANA"}),
        ("no_users_provided", {"usergroup": "$group"}),
        ("invalid_users", {"usergroup": "$group", "users": "U0NOBODY"}),
        ("invalid_users", {"usergroup": "$group", "users": "U0GONE"}),
        ("failed_for_some_users", {"usergroup": "$group", "users": "U0ANA,U0STRANGE"}),
        ("subteam_max_users_exceeded", {"usergroup": "$group", "users": CROWD}),
    ],
}

ITEMS: Refusals = {
    "reactions.add": [
        ("already_reacted", {**OPS, "timestamp": "$reacted", "name": "tada"}),
        ("invalid_name", {**SAID, "name": "No No"}),
        ("invalid_arguments", SAID),
        ("no_item_specified", {**OPS, "name": "tada"}),
        ("bad_timestamp", {**OPS, "timestamp": "now", "name": "tada"}),
        ("channel_not_found", {**SAID, **NONE, "name": "tada"}),
        ("message_not_found", {**OPS, "timestamp": "1.000000", "name": "tada"}),
        ("too_many_reactions", {**OPS, "timestamp": "$covered", "name": "tada"}),
        ("is_archived", {"channel": "$closed", "timestamp": "$spoken", "name": "tada"}),
    ],
    "reactions.remove": [
        ("no_reaction", {**SAID, "name": "tada"}),
        ("no_reaction", {"file": "$file", "name": "tada"}),
        ("file_not_found", {"file": "F1", "name": "tada"}),
        ("invalid_name", {**SAID, "name": "!"}),
        ("no_item_specified", {"name": "tada"}),
        ("message_not_found", {**OPS, "timestamp": "1.000000", "name": "tada"}),
    ],
    "reactions.get": [
        ("no_item_specified", {}),
        ("bad_timestamp", {**OPS, "timestamp": "x"}),
        ("file_not_found", {"file": "F1"}),
    ],
    "pins.add": [
        ("already_pinned", {**OPS, "timestamp": "$pinned"}),
        ("no_item_specified", OPS),
        ("bad_timestamp", {**OPS, "timestamp": "x"}),
        ("message_not_found", {**OPS, "timestamp": "1.000000"}),
        ("not_in_channel", {**SAID, "channel": "C0LEFT"}),
        ("not_pinnable", {"channel": "$room", "timestamp": "$note"}),
        ("too_many_pins", {"channel": "$full_of_pins", "timestamp": "$spoken"}),
    ],
    "pins.remove": [("no_pin", SAID), ("bad_timestamp", {**OPS, "timestamp": "x"})],
    "pins.list": [("channel_not_found", NONE)],
}
