"""The tables of test_blockkit: what Slack takes, and where it points when it refuses."""

from tests.playground.kit import (
    action,
    actions,
    asks,
    button,
    cell,
    confirm,
    context,
    home,
    image,
    leaf,
    lines,
    modal,
    mrkdwn,
    option,
    options,
    plain,
    rich,
    section,
    table,
    task,
    without,
)
from tests.workspace import JSON

GROUP = {"label": plain(), "options": options(1)}
BULLETS = {"type": "rich_text_list", "style": "bullet"}
SECTION = {"type": "rich_text_section", "elements": []}
VIDEO = {
    "type": "video",
    "alt_text": "a",
    "title": plain(),
    "thumbnail_url": "https://x.example/t.png",
    "video_url": "https://x.example/v",
}
FEEDBACK = {"text": plain(), "value": "v"}
CARD = {"type": "card", "title": plain()}
BOX = {"type": "container", "title": plain(), "child_blocks": [section()]}
PIE = {"type": "pie", "segments": [{"label": "a", "value": 1}]}
CHART = {"type": "data_visualization", "title": "T", "chart": PIE}
DATA = {"type": "data_table", "caption": "C", "rows": [[cell()], [cell()]]}
WORKFLOW = {"trigger": {"url": "https://slack.com/shortcuts/x"}}

ACCEPTED: dict[str, list[JSON]] = {
    "nothing": [],
    "section text": [section(text=mrkdwn("x" * 3000), block_id="b" * 255, expand=True)],
    "section fields": [{"type": "section", "fields": [plain("x" * 2000), *[plain()] * 9]}],
    "section accessory": [section(accessory=image())],
    "section select": [section(accessory={"type": "users_select", "action_id": "u"})],
    "header": [{"type": "header", "text": plain("x" * 150), "level": 4}],
    "divider": [{"type": "divider"}],
    "context": [context(plain(), mrkdwn("x" * 3000), image())],
    "actions": [actions(*[button() for _ in range(25)])],
    "image": [image(title=plain("x" * 2000), alt_text="x" * 2000)],
    "image by file": [{"type": "image", "alt_text": "a", "slack_file": {"id": "F12345678"}}],
    "button": [
        action(
            "button",
            text=plain("x" * 75),
            value="x" * 2000,
            url="https://x",
            style="danger",
            confirm=confirm(style="primary"),
            accessibility_label="x" * 75,
        )
    ],
    "overflow": [action("overflow", options=[option(url="https://x.example")] * 5)],
    "one overflow option": [action("overflow", options=options(1))],
    "workflow button": [action("workflow_button", text=plain(), workflow=WORKFLOW)],
    "static select": [action("static_select", options=options(100), placeholder=plain("x" * 150))],
    "select groups": [action("static_select", option_groups=[GROUP])],
    "select initial": [
        action("static_select", options=options(2), initial_option=option("1", "1"))
    ],
    "multi select": [action("multi_static_select", options=options(2), max_selected_items=1)],
    "external select": [action("external_select", min_query_length=0)],
    "multi external select": [action("multi_external_select", min_query_length=1)],
    "users select": [action("users_select", initial_user="U0ANA")],
    "multi users select": [action("multi_users_select", initial_users=["U0ANA"])],
    "conversations select": [action("conversations_select", filter={"include": ["im"]})],
    "multi conversations": [action("multi_conversations_select")],
    "channels select": [action("channels_select", initial_channel="C0OPS")],
    "multi channels select": [action("multi_channels_select")],
    "date picker": [action("datepicker", initial_date="2026-12-31")],
    "time picker": [action("timepicker", initial_time="23:59", timezone="UTC")],
    "date time picker": [action("datetimepicker", initial_date_time=1795383975)],
    "checkboxes": [action("checkboxes", options=[{"text": mrkdwn("*a*"), "value": "a"}])],
    "radio buttons": [action("radio_buttons", options=options(10), initial_option=options(1)[0])],
    "option": [action("static_select", options=[option("v" * 150, "x" * 75, description=plain())])],
    "text input": [asks("plain_text_input", multiline=True, min_length=0, max_length=3000)],
    "number input": [asks("number_input", is_decimal_allowed=False, min_value="1", max_value="2")],
    "email input": [asks("email_text_input", initial_value="a@b.c")],
    "url input": [asks("url_text_input", focus_on_load=True)],
    "rich input": [asks("rich_text_input", action_id="a", initial_value=leaf(text="x"))],
    "dispatch": [
        {
            **asks(
                "plain_text_input",
                dispatch_action_config={"trigger_actions_on": ["on_enter_pressed"]},
            ),
            "dispatch_action": True,
            "hint": plain("x" * 2000),
            "optional": True,
        }
    ],
    "rich text": [leaf(text="x", style={"bold": True, "code": False})],
    "rich link": [leaf("link", url="https://x.example", text="x")],
    "rich user": [leaf("user", user_id="U0ANA")],
    "rich group": [leaf("usergroup", usergroup_id="S0APPROVERS")],
    "rich channel": [leaf("channel", channel_id="C0OPS")],
    "rich emoji": [leaf("emoji", name="wave", skin_tone=2)],
    "rich broadcast": [leaf("broadcast", range="here")],
    "rich color": [leaf("color", value="#a1B2c3")],
    "rich date": [leaf("date", timestamp=1795383975, format="{date}", fallback="then")],
    "rich list": [rich({**BULLETS, "indent": 8, "border": 1, "elements": [SECTION]})],
    "rich preformatted": [rich({"type": "rich_text_preformatted", "elements": [], "border": 0})],
    "rich quote": [rich({"type": "rich_text_quote", "elements": []})],
    "markdown": [{"type": "markdown", "text": "x" * 12000}],
    "video": [VIDEO],
    "table": [table([[cell()] * 20] * 10, column_settings=[None, {"align": "right"}])],
    "table of 100 rows": [table([[cell()]] * 100)],
    "table cells": [table([[leaf(text="x"), {"type": "raw_number", "value": 1.5, "text": "1.5"}]])],
    "data table": [DATA],
    "pie": [CHART],
    "lines": [lines(name="n", data=[{"label": "a", "value": 1}])],
    "alert": [{"type": "alert", "text": mrkdwn(), "level": "warning"}],
    "card": [{**CARD, "actions": [button()], "icon": image()}],
    "carousel": [{"type": "carousel", "elements": [CARD] * 10}],
    "container": [{**BOX, "is_collapsible": True, "default_collapsed": True, "width": "wide"}],
    "context actions": [
        {
            "type": "context_actions",
            "elements": [
                {"type": "icon_button", "icon": "trash", "text": plain()},
                {
                    "type": "feedback_buttons",
                    "positive_button": FEEDBACK,
                    "negative_button": FEEDBACK,
                },
            ],
        }
    ],
    "task card": [task(status="in_progress", details=leaf(text="x"), output=leaf(text="x"))],
    "task sources": [task(sources=[{"type": "url", "url": "https://x.example", "text": "x"}])],
    "plan": [{"type": "plan", "title": "P", "tasks": [task(), without(task(), "type")]}],
    "fifty blocks": [{"type": "divider"}] * 50,
    "same action in two blocks": [action("users_select", action_id="a") for _ in range(2)],
}

MANY = "no more than {} items allowed"
LONG = "must be less than {} characters"
EMPTY = "must be more than 0 characters"
REFUSED: dict[str, tuple[list[JSON], str, str]] = {
    "no object": (["x"], "must provide an object", "/blocks/0"),  # type: ignore[list-item]
    "no type": ([{"text": plain()}], "missing required field: type", "/blocks/0"),
    "no such block": ([{"type": "fancy"}], "unsupported type: fancy", "/blocks/0/type"),
    "file block": ([{"type": "file"}], "unsupported type: file", "/blocks/0/type"),
    "type of another type": ([{"type": ["x"]}], "unsupported type", "/blocks/0/type"),
    "51 blocks": ([{"type": "divider"}] * 51, MANY.format(50), "/blocks"),
    "additional property": (
        [section(colour="red")],
        "invalid additional property: colour",
        "/blocks/0",
    ),
    "long block id": ([section(block_id="x" * 256)], LONG.format(256), "/blocks/0/block_id"),
    "block id twice": (
        [section(block_id="a"), section(block_id="a")],
        '`block_id` "a" already exists',
        "/blocks/1/block_id",
    ),
    "action id twice": (
        [section(), actions(button(action_id="a"), button(action_id="a"))],
        '`action_id` "a" already exists',
        "/blocks/1/elements/1/action_id",
    ),
    "long action id": (
        [action("users_select", action_id="x" * 256)],
        LONG.format(256),
        "/blocks/0/elements/0/action_id",
    ),
    "type of an untyped object": (
        [action("static_select", options=[option(type="option")])],
        "invalid additional property: type",
        "/blocks/0/elements/0/options/0",
    ),
    "empty section": ([{"type": "section"}], "must define either `text` or `fields`", "/blocks/0"),
    "empty text": ([section(text=mrkdwn(""))], EMPTY, "/blocks/0/text/text"),
    "long text": ([section(text=mrkdwn("x" * 3001))], LONG.format(3001), "/blocks/0/text/text"),
    "text is a number": (
        [section(text={"type": "mrkdwn", "text": 1})],
        "must provide a string",
        "/blocks/0/text/text",
    ),
    "text is no object": ([section(text="hi")], "must provide an object", "/blocks/0/text"),
    "html text": (
        [section(text={"type": "html", "text": "x"})],
        "unsupported type: html",
        "/blocks/0/text/type",
    ),
    "emoji in mrkdwn": (
        [section(text={**mrkdwn(), "emoji": True})],
        "invalid additional property: emoji",
        "/blocks/0/text",
    ),
    "no fields": ([{"type": "section", "fields": []}], "no fewer than 1", "/blocks/0/fields"),
    "11 fields": ([section(fields=[plain()] * 11)], MANY.format(10), "/blocks/0/fields"),
    "long field": (
        [section(fields=[plain("x" * 2001)])],
        LONG.format(2001),
        "/blocks/0/fields/0/text",
    ),
    "text input beside a section": (
        [section(accessory={"type": "plain_text_input"})],
        "unsupported type: plain_text_input",
        "/blocks/0/accessory/type",
    ),
    "date and time beside a section": (
        [section(accessory={"type": "datetimepicker"})],
        "unsupported type: datetimepicker",
        "/blocks/0/accessory/type",
    ),
    "expand is a word": ([section(expand="yes")], "must provide a boolean", "/blocks/0/expand"),
    "header without text": ([{"type": "header"}], "missing required field: text", "/blocks/0"),
    "mrkdwn header": (
        [{"type": "header", "text": mrkdwn()}],
        "unsupported type: mrkdwn",
        "/blocks/0/text/type",
    ),
    "long header": (
        [{"type": "header", "text": plain("x" * 151)}],
        LONG.format(151),
        "/blocks/0/text/text",
    ),
    "header level": (
        [{"type": "header", "text": plain(), "level": 5}],
        "between 1 and 4",
        "/blocks/0/level",
    ),
    "empty context": ([context()], "no fewer than 1", "/blocks/0/elements"),
    "11 in context": ([context(*[plain()] * 11)], MANY.format(10), "/blocks/0/elements"),
    "button in context": (
        [context(button())],
        "unsupported type: button",
        "/blocks/0/elements/0/type",
    ),
    "empty actions": ([actions()], "no fewer than 1", "/blocks/0/elements"),
    "26 actions": ([actions(*[button()] * 26)], MANY.format(25), "/blocks/0/elements"),
    "input in actions": (
        [action("plain_text_input")],
        "unsupported type: plain_text_input",
        "/blocks/0/elements/0/type",
    ),
    "image without alt": (
        [without(image(), "alt_text")],
        "missing required field: alt_text",
        "/blocks/0",
    ),
    "image twice": ([image(slack_file={"id": "F12345678"})], "must define either", "/blocks/0"),
    "no image": ([without(image(), "image_url")], "must define either", "/blocks/0"),
    "long image url": ([image(image_url="x" * 3001)], LONG.format(3001), "/blocks/0/image_url"),
    "file id": (
        [{"type": "image", "alt_text": "a", "slack_file": {"id": "f1"}}],
        "must be a file id",
        "/blocks/0/slack_file/id",
    ),
    "input without label": (
        [without(asks("users_select"), "label")],
        "missing required field: label",
        "/blocks/0",
    ),
    "input without element": (
        [{"type": "input", "label": plain()}],
        "missing required field: element",
        "/blocks/0",
    ),
    "button as input": (
        [asks("button", text=plain())],
        "unsupported type: button",
        "/blocks/0/element/type",
    ),
    "file input outside a modal": (
        [asks("file_input")],
        "unsupported type: file_input",
        "/blocks/0/element/type",
    ),
    "long button": (
        [action("button", text=plain("x" * 76))],
        LONG.format(76),
        "/blocks/0/elements/0/text/text",
    ),
    "mrkdwn button": (
        [action("button", text=mrkdwn())],
        "unsupported type: mrkdwn",
        "/blocks/0/elements/0/text/type",
    ),
    "long button value": (
        [actions(button(value="x" * 2001))],
        LONG.format(2001),
        "/blocks/0/elements/0/value",
    ),
    "button style": (
        [actions(button(style="loud"))],
        "must be one of",
        "/blocks/0/elements/0/style",
    ),
    "long label": (
        [actions(button(accessibility_label="x" * 76))],
        LONG.format(76),
        "/blocks/0/elements/0/accessibility_label",
    ),
    "confirm without deny": (
        [actions(button(confirm=without(confirm(), "deny")))],
        "missing required field: deny",
        "/blocks/0/elements/0/confirm",
    ),
    "long confirm title": (
        [actions(button(confirm=confirm(title=plain("x" * 101))))],
        LONG.format(101),
        "/blocks/0/elements/0/confirm/title/text",
    ),
    "long confirm text": (
        [actions(button(confirm=confirm(text=mrkdwn("x" * 301))))],
        LONG.format(301),
        "/blocks/0/elements/0/confirm/text/text",
    ),
    "long confirm button": (
        [actions(button(confirm=confirm(deny=plain("x" * 31))))],
        LONG.format(31),
        "/blocks/0/elements/0/confirm/deny/text",
    ),
    "6 overflow options": (
        [action("overflow", options=options(6))],
        MANY.format(5),
        "/blocks/0/elements/0/options",
    ),
    "select without options": (
        [action("static_select")],
        "must define either",
        "/blocks/0/elements/0",
    ),
    "options and groups": (
        [action("static_select", options=options(1), option_groups=[GROUP])],
        "must define either",
        "/blocks/0/elements/0",
    ),
    "no options": (
        [action("static_select", options=[])],
        "no fewer than 1",
        "/blocks/0/elements/0/options",
    ),
    "101 options": (
        [action("static_select", options=options(101))],
        MANY.format(100),
        "/blocks/0/elements/0/options",
    ),
    "long group label": (
        [action("static_select", option_groups=[{**GROUP, "label": plain("x" * 76)}])],
        LONG.format(76),
        "/blocks/0/elements/0/option_groups/0/label/text",
    ),
    "foreign initial option": (
        [action("static_select", options=options(1), initial_option=option("z"))],
        "one of the options",
        "/blocks/0/elements/0/initial_option",
    ),
    "long placeholder": (
        [action("users_select", placeholder=plain("x" * 151))],
        LONG.format(151),
        "/blocks/0/elements/0/placeholder/text",
    ),
    "select at most none": (
        [action("multi_users_select", max_selected_items=0)],
        "between 1",
        "/blocks/0/elements/0/max_selected_items",
    ),
    "long option": (
        [action("static_select", options=[option(text="x" * 76)])],
        LONG.format(76),
        "/blocks/0/elements/0/options/0/text/text",
    ),
    "long option value": (
        [action("static_select", options=[option("x" * 151)])],
        LONG.format(151),
        "/blocks/0/elements/0/options/0/value",
    ),
    "long option description": (
        [action("static_select", options=[option(description=plain("x" * 76))])],
        LONG.format(76),
        "/blocks/0/elements/0/options/0/description/text",
    ),
    "mrkdwn option of a select": (
        [action("static_select", options=[{"text": mrkdwn(), "value": "a"}])],
        "unsupported type: mrkdwn",
        "/blocks/0/elements/0/options/0/text/type",
    ),
    "option without value": (
        [action("static_select", options=[{"text": plain()}])],
        "missing required field: value",
        "/blocks/0/elements/0/options/0",
    ),
    "link in a select option": (
        [action("static_select", options=[option(url="https://x.example")])],
        "invalid additional property: url",
        "/blocks/0/elements/0/options/0",
    ),
    "11 checkboxes": (
        [action("checkboxes", options=options(11))],
        MANY.format(10),
        "/blocks/0/elements/0/options",
    ),
    "foreign initial checkbox": (
        [action("checkboxes", options=options(1), initial_options=[option("z")])],
        "one of the options",
        "/blocks/0/elements/0/initial_options",
    ),
    "11 radio buttons": (
        [action("radio_buttons", options=options(11))],
        MANY.format(10),
        "/blocks/0/elements/0/options",
    ),
    "empty filter": (
        [action("conversations_select", filter={})],
        "at least one of",
        "/blocks/0/elements/0/filter",
    ),
    "filter of nothing": (
        [action("conversations_select", filter={"include": []})],
        "no fewer than 1",
        "/blocks/0/elements/0/filter/include",
    ),
    "response url in a message": (
        [action("conversations_select", response_url_enabled=True)],
        "only in an input block of a modal",
        "/blocks/0/elements/0/response_url_enabled",
    ),
    "no date": (
        [action("datepicker", initial_date="tomorrow")],
        "a date like",
        "/blocks/0/elements/0/initial_date",
    ),
    "no time": (
        [action("timepicker", initial_time="24:00")],
        "a time like",
        "/blocks/0/elements/0/initial_time",
    ),
    "no moment": (
        [action("datetimepicker", initial_date_time=7)],
        "must be between",
        "/blocks/0/elements/0/initial_date_time",
    ),
    "long initial value": (
        [asks("plain_text_input", initial_value="x" * 3001)],
        LONG.format(3001),
        "/blocks/0/element/initial_value",
    ),
    "max length": (
        [asks("plain_text_input", max_length=3001)],
        "must be between",
        "/blocks/0/element/max_length",
    ),
    "min over max length": (
        [asks("plain_text_input", min_length=9, max_length=8)],
        "must not be more",
        "/blocks/0/element/min_length",
    ),
    "number without decimals": (
        [asks("number_input")],
        "missing required field: is_decimal_allowed",
        "/blocks/0/element",
    ),
    "min over max": (
        [asks("number_input", is_decimal_allowed=True, min_value="2", max_value="1")],
        "must not be more",
        "/blocks/0/element/min_value",
    ),
    "number as number": (
        [asks("number_input", is_decimal_allowed=True, min_value=2)],
        "must provide a string",
        "/blocks/0/element/min_value",
    ),
    "rich input without action": (
        [asks("rich_text_input")],
        "missing required field: action_id",
        "/blocks/0/element",
    ),
    "dispatch on nothing": (
        [asks("plain_text_input", dispatch_action_config={"trigger_actions_on": ["on_blur"]})],
        "must be one of",
        "/blocks/0/element/dispatch_action_config/trigger_actions_on/0",
    ),
    "rich part": (
        [rich({"type": "rich_text_table"})],
        "unsupported type",
        "/blocks/0/elements/0/type",
    ),
    "rich leaf": (
        [leaf("blink")],
        "unsupported type: blink",
        "/blocks/0/elements/0/elements/0/type",
    ),
    "empty leaf": ([leaf(text="")], EMPTY, "/blocks/0/elements/0/elements/0/text"),
    "leaf style": (
        [leaf(text="x", style={"big": True})],
        "invalid additional property: big",
        "/blocks/0/elements/0/elements/0/style",
    ),
    "link without url": (
        [leaf("link", text="x")],
        "missing required field: url",
        "/blocks/0/elements/0/elements/0",
    ),
    "broadcast to nobody": (
        [leaf("broadcast", range="moon")],
        "must be one of",
        "/blocks/0/elements/0/elements/0/range",
    ),
    "no color": ([leaf("color", value="red")], "a color", "/blocks/0/elements/0/elements/0/value"),
    "date without format": (
        [leaf("date", timestamp=1)],
        "missing required field: format",
        "/blocks/0/elements/0/elements/0",
    ),
    "list without style": (
        [rich({"type": "rich_text_list", "elements": [SECTION]})],
        "missing required field: style",
        "/blocks/0/elements/0",
    ),
    "list too deep": (
        [rich({**BULLETS, "indent": 9, "elements": [SECTION]})],
        "between 0 and 8",
        "/blocks/0/elements/0/indent",
    ),
    "mention in preformatted": (
        [rich({"type": "rich_text_preformatted", "elements": [{"type": "user", "user_id": "U0"}]})],
        "unsupported type: user",
        "/blocks/0/elements/0/elements/0/type",
    ),
    "empty markdown": ([{"type": "markdown", "text": ""}], EMPTY, "/blocks/0/text"),
    "long markdown": (
        [{"type": "markdown", "text": "x" * 12001}],
        LONG.format(12001),
        "/blocks/0/text",
    ),
    "long markdowns together": (
        [{"type": "markdown", "text": "x" * 6001}] * 2,
        LONG.format(12001),
        "/blocks",
    ),
    "markdown of 53 headings": (
        [{"type": "markdown", "text": "# h\n" * 53}],
        MANY.format(50),
        "/blocks",
    ),
    "video by http": (
        [{**VIDEO, "video_url": "http://x.example"}],
        "an https URL",
        "/blocks/0/video_url",
    ),
    "table without rows": ([{"type": "table"}], "missing required field: rows", "/blocks/0"),
    "table of 101 rows": ([table([[cell()]] * 101)], MANY.format(100), "/blocks/0/rows"),
    "table of 21 columns": ([table([[cell()] * 21])], MANY.format(20), "/blocks/0/rows/0"),
    "empty cell": ([table([[cell("")]])], EMPTY, "/blocks/0/rows/0/0/text"),
    "plain text cell": (
        [table([[plain()]])],
        "unsupported type: plain_text",
        "/blocks/0/rows/0/0/type",
    ),
    "column settings": (
        [table([[cell()]], column_settings=[{"align": "middle"}])],
        "must be one of",
        "/blocks/0/column_settings/0/align",
    ),
    "21 column settings": (
        [table([[cell()]], column_settings=[None] * 21)],
        MANY.format(20),
        "/blocks/0/column_settings",
    ),
    "long table": ([table([[cell("x" * 5001)] * 2])], LONG.format(10001), "/blocks/0/rows"),
    "uneven data table": (
        [{**DATA, "rows": [[cell()], [cell(), cell()]]}],
        "must have 1 cells",
        "/blocks/0/rows/1",
    ),
    "rich data header": (
        [{**DATA, "rows": [[leaf(text="x")], [cell()]]}],
        "unsupported type: rich_text",
        "/blocks/0/rows/0/0/type",
    ),
    "pie of nothing": (
        [{**CHART, "chart": {"type": "pie", "segments": [{"label": "a", "value": 0}]}}],
        "must be more than 0",
        "/blocks/0/chart/segments/0/value",
    ),
    "labels are no categories": (
        [lines(name="n", data=[{"label": "b", "value": 1}])],
        "must be the categories",
        "/blocks/0/chart/series/0/data",
    ),
    "three charts": ([CHART] * 3, "no more than 2", "/blocks"),
    "alert level": (
        [{"type": "alert", "text": plain(), "level": "panic"}],
        "must be one of",
        "/blocks/0/level",
    ),
    "empty card": ([{"type": "card"}], "at least one of", "/blocks/0"),
    "three card actions": (
        [{**CARD, "actions": [button()] * 3}],
        MANY.format(2),
        "/blocks/0/actions",
    ),
    "11 cards": (
        [{"type": "carousel", "elements": [CARD] * 11}],
        MANY.format(10),
        "/blocks/0/elements",
    ),
    "collapsed container": (
        [{**BOX, "default_collapsed": True}],
        "needs `is_collapsible`",
        "/blocks/0/default_collapsed",
    ),
    "plan in a container": (
        [{**BOX, "child_blocks": [{"type": "plan", "title": "P"}]}],
        "unsupported type: plan",
        "/blocks/0/child_blocks/0/type",
    ),
    "button in context actions": (
        [{"type": "context_actions", "elements": [button()]}],
        "unsupported type: button",
        "/blocks/0/elements/0/type",
    ),
    "task without id": (
        [without(task(), "task_id")],
        "missing required field: task_id",
        "/blocks/0",
    ),
    "task status": ([task(status="done")], "must be one of", "/blocks/0/status"),
    "task details": (
        [task(details=plain())],
        "unsupported type: plain_text",
        "/blocks/0/details/type",
    ),
    "plan without title": ([{"type": "plan"}], "missing required field: title", "/blocks/0"),
    "task of a plan": (
        [{"type": "plan", "title": "P", "tasks": [task(status="done")]}],
        "must be one of",
        "/blocks/0/tasks/0/status",
    ),
    "two plans": ([{"type": "plan", "title": "P"}] * 2, "no more than 1", "/blocks"),
}


GOOD_VIEWS: dict[str, JSON] = {
    "modal": modal(title=plain("x" * 24), close=plain("x" * 24), notify_on_close=True),
    "modal with inputs": modal(asks("plain_text_input"), private_metadata="x" * 3000),
    "modal of 100 blocks": modal(*[{"type": "divider"}] * 100),
    "modal with a file input": modal(asks("file_input", max_files=10)),
    "modal with an alert": modal({"type": "alert", "text": plain()}),
    "modal with response url": modal(asks("channels_select", response_url_enabled=True)),
    "modal without submit": without(modal(), "submit"),
    "home": home(section(), callback_id="x" * 255),
    "empty home": home(),
    "home with a card": home(CARD),
}
BAD_VIEWS: dict[str, tuple[JSON, str]] = {
    "no such view": ({"type": "page"}, "/view/type"),
    "modal without title": (without(modal(), "title"), "/view"),
    "long title": (modal(title=plain("x" * 25)), "/view/title/text"),
    "mrkdwn title": (modal(title=mrkdwn()), "/view/title/type"),
    "long submit": (modal(submit=plain("x" * 25)), "/view/submit/text"),
    "long close": (modal(close=plain("x" * 25)), "/view/close/text"),
    "input without submit": (without(modal(asks("users_select")), "submit"), "/view"),
    "long callback id": (modal(callback_id="x" * 256), "/view/callback_id"),
    "long external id": (modal(external_id="x" * 256), "/view/external_id"),
    "long metadata": (modal(private_metadata="x" * 3001), "/view/private_metadata"),
    "additional property": (modal(submit_disabled=True), "/view"),
    "no blocks": (without(modal(), "blocks"), "/view"),
    "empty modal": ({**modal(), "blocks": []}, "/view/blocks"),
    "101 blocks": (modal(*[{"type": "divider"}] * 101), "/view/blocks"),
    "block id twice": (
        modal(section(block_id="a"), section(block_id="a")),
        "/view/blocks/1/block_id",
    ),
    "two focused": (
        modal(*[asks("users_select", focus_on_load=True)] * 2),
        "/view/blocks/1/element/focus_on_load",
    ),
    "plan in a modal": (modal({"type": "plan", "title": "P"}), "/view/blocks/0/type"),
    "table in a modal": (modal(table([[cell()]])), "/view/blocks/0/type"),
    "card in a modal": (modal(CARD), "/view/blocks/0/type"),
    "too many files": (modal(asks("file_input", max_files=11)), "/view/blocks/0/element/max_files"),
    "dispatched file input": (
        modal({**asks("file_input"), "dispatch_action": True}),
        "/view/blocks/0/dispatch_action",
    ),
    "home with title": (home(title=plain()), "/view"),
    "home with submit": (home(submit=plain()), "/view"),
    "home with markdown": (home({"type": "markdown", "text": "x"}), "/view/blocks/0/type"),
    "home with alert": (home({"type": "alert", "text": plain()}), "/view/blocks/0/type"),
    "home with a file input": (home(asks("file_input")), "/view/blocks/0/element/type"),
}
