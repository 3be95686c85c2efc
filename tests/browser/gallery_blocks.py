"""Every block and every element of Block Kit, as an app would send them."""

from __future__ import annotations

from typing import Any

from tests.playground.kit import actions, asks, button, mrkdwn, option, plain, rich, section

JSON = dict[str, Any]

FRUITS = [
    option("apple", "Apple"),
    option("pear", "Pear", description=plain("Green")),
    option("plum", "Plum"),
]
GROUPS = [
    {"label": plain("Sweet"), "options": FRUITS[:2]},
    {"label": plain("Sour"), "options": [option("lemon", "Lemon")]},
]


def picture(base_url: str) -> str:
    """An image this machine itself serves."""
    return f"{base_url}/page/favicon.svg"


def image(base_url: str, alt: str = "Two lights") -> JSON:
    return {"type": "image", "image_url": picture(base_url), "alt_text": alt}


BUTTONS: list[JSON] = [
    button(action_id="plain_button", text=plain("Plain"), value="v"),
    button(action_id="primary", text=plain("Approve"), style="primary", value="yes"),
    button(
        action_id="careful",
        text=plain("Delete…"),
        style="danger",
        value="no",
        confirm={
            "title": plain("Delete it?"),
            "text": mrkdwn("This *cannot* be undone."),
            "confirm": plain("Delete"),
            "deny": plain("Keep"),
            "style": "danger",
        },
    ),
    button(action_id="site", text=plain("Open site"), url="http://127.0.0.1:1/", value="site"),
    {
        "type": "overflow",
        "action_id": "overflow",
        "options": [option("edit", "Edit"), option("archive", "Archive")],
    },
]
MENUS: list[JSON] = [
    {"type": "static_select", "action_id": "static_select", "options": FRUITS},
    {"type": "static_select", "action_id": "grouped", "option_groups": GROUPS},
    {"type": "external_select", "action_id": "external_select", "min_query_length": 1},
    {"type": "users_select", "action_id": "users_select"},
    {"type": "channels_select", "action_id": "channels_select"},
    {"type": "conversations_select", "action_id": "conversations_select"},
    {"type": "multi_static_select", "action_id": "multi_static_select", "options": FRUITS},
    {"type": "multi_external_select", "action_id": "multi_external_select", "min_query_length": 1},
    {"type": "multi_users_select", "action_id": "multi_users_select"},
    {"type": "multi_channels_select", "action_id": "multi_channels_select"},
    {"type": "multi_conversations_select", "action_id": "multi_conversations_select"},
]
PICKERS: list[JSON] = [
    {"type": "datepicker", "action_id": "datepicker"},
    {"type": "timepicker", "action_id": "timepicker"},
    {"type": "datetimepicker", "action_id": "datetimepicker"},
    {"type": "checkboxes", "action_id": "checkboxes", "options": FRUITS},
    {"type": "radio_buttons", "action_id": "radio_buttons", "options": FRUITS},
]
CONTROLS = [
    actions(*BUTTONS, block_id="buttons"),
    actions(*MENUS, block_id="menus"),
    actions(*PICKERS, block_id="pickers"),
    {
        "type": "context_actions",
        "block_id": "feedback",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "feedback_buttons",
                "positive_button": {"text": plain("Good answer"), "value": "good"},
                "negative_button": {"text": plain("Bad answer"), "value": "bad"},
            },
            {
                "type": "icon_button",
                "action_id": "icon_button",
                "icon": "trash",
                "text": plain("Remove"),
                "value": "bin",
            },
        ],
    },
]


def leaf(kind: str, **fields: Any) -> JSON:
    return {"type": kind, **fields}


def bold(text: str) -> JSON:
    return leaf("text", text=text, style={"bold": True})


RICH = rich(
    leaf(
        "rich_text_section",
        elements=[
            bold("Bold"), leaf("text", text=" and "),
            leaf("text", text="struck", style={"strike": True}), leaf("text", text=" by "),
            leaf("user", user_id="U0BEN"), leaf("text", text=" in "),
            leaf("channel", channel_id="C0OPS"), leaf("text", text=" for "),
            leaf("usergroup", usergroup_id="S0APPROVERS"), leaf("text", text=" "),
            leaf("emoji", name="rocket"), leaf("text", text=" "),
            leaf("color", value="#2b6cb0"), leaf("text", text=" "),
            leaf("link", url="https://example.com", text="a link"), leaf("text", text=" "),
            leaf("broadcast", range="here"), leaf("text", text=" "),
            leaf("date", timestamp=1_790_000_000, format="{date_long} at {time}", fallback="then"),
        ],
    ),
    leaf(
        "rich_text_list", style="ordered",
        elements=[leaf("rich_text_section", elements=[leaf("text", text=t)]) for t in "ab"],
    ),
    leaf(
        "rich_text_list", style="bullet", indent=1,
        elements=[leaf("rich_text_section", elements=[leaf("text", text="deeper")])],
    ),
    leaf("rich_text_quote", elements=[leaf("text", text="Quoted words")]),
    leaf("rich_text_preformatted", elements=[leaf("text", text="make demo\nmake test")]),
)  # fmt: skip

MARKDOWN = """# Release notes
Some **bold**, *italic*, ~~gone~~ and `code`, [a link](https://example.com).

- one
- two
  - deeper
1. first
2. second

> quoted

| Service | Version |
|---|---:|
| api | 1.2.0 |

```python
print("hello")
```
---
- [x] done
- [ ] to do"""


def words(base_url: str) -> list[JSON]:
    """Blocks that are read, not used."""
    return [
        {"type": "header", "text": plain("Everything :rocket: at once")},
        section(text=mrkdwn("*Section* with _fields_ and an image"), accessory=image(base_url)),
        section(fields=[mrkdwn(f"*Field {n}*\nvalue {n}") for n in range(4)]),
        {"type": "divider"},
        {"type": "context", "elements": [image(base_url), mrkdwn("asked by <@U0BEN>")]},
        RICH,
        {**image(base_url), "title": plain("A picture")},
        *(
            {"type": "alert", "level": level, "text": mrkdwn(f"*{level}*: look here")}
            for level in ("default", "info", "success", "warning", "error")
        ),
        {
            "type": "video",
            "title": plain("How to deploy"),
            "title_url": "https://example.com/watch",
            "alt_text": "A film about deploying",
            "description": plain("In three minutes"),
            "author_name": "Ana",
            "provider_name": "Films",
            "thumbnail_url": picture(base_url),
            "video_url": "https://example.com/embed",
        },
    ]


def cell(text: str) -> JSON:
    return {"type": "raw_text", "text": text}


def number(value: float) -> JSON:
    return {"type": "raw_number", "value": value, "text": str(value)}


TABLE = {
    "type": "table",
    "column_settings": [{"is_wrapped": True}, {"align": "right"}],
    "rows": [
        [cell("Service"), cell("Version"), cell("Notes")],
        [cell("api"), cell("1.2.0"), RICH],
        [cell("web"), cell("1.0.0"), cell("stable")],
    ],
}
DATA_TABLE = {
    "type": "data_table",
    "caption": "Deployments this week",
    "page_size": 3,
    "row_header_column_index": 0,
    "rows": [
        [cell("Service"), cell("Count")],
        *([cell(f"service-{n}"), number(10 - n)] for n in range(8)),
    ],
}
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri"]


def chart(kind: str) -> JSON:
    """A chart of one kind, with two series or three segments."""
    title = f"Deployments, {kind}"
    if kind == "pie":
        named = [("api", 5), ("web", 3), ("worker", 2.5)]
        parts = [{"label": name, "value": value} for name, value in named]
        return {
            "type": "data_visualization",
            "title": title,
            "chart": {"type": kind, "segments": parts},
        }
    lines = {"api": [3, 5, 2, 8, 6], "web": [1, -2, 4, 3, 9]}
    series = [
        {"name": n, "data": [{"label": d, "value": v} for d, v in zip(DAYS, vs, strict=True)]}
        for n, vs in lines.items()
    ]
    axes = {"categories": DAYS, "x_label": "Day", "y_label": "Deployments"}
    spec = {"type": kind, "series": series, "axis_config": axes}
    return {"type": "data_visualization", "title": title, "chart": spec}


PLAN = {
    "type": "plan",
    "title": "Deploying api 1.2.0",
    "tasks": [
        {"task_id": "1", "title": "Build", "status": "complete", "details": rich(
            leaf("rich_text_section", elements=[leaf("text", text="12 s, usually 11 s")]))},
        {"task_id": "2", "title": "Start beside the old one", "status": "in_progress",
         "sources": [{"type": "url", "url": "https://example.com/run", "text": "The run"}]},
        {"task_id": "3", "title": "Switch over", "status": "pending"},
    ],
}  # fmt: skip
TASK = {
    "type": "task_card",
    "task_id": "t",
    "title": "Health check",
    "status": "error",
    "output": rich(
        leaf("rich_text_preformatted", elements=[leaf("text", text="503 Service Unavailable")])
    ),
}


def card(base_url: str, name: str) -> JSON:
    return {
        "type": "card",
        "block_id": f"card-{name}",
        "icon": image(base_url, f"{name} icon"),
        "hero_image": image(base_url, f"{name} picture"),
        "title": mrkdwn(f"*{name}*"),
        "subtitle": plain("A service"),
        "body": mrkdwn("Runs in `production`"),
        "actions": [button(action_id=f"card_{name}", text=plain(f"Deploy {name}"), value=name)],
    }


def container(name: str, **fields: Any) -> JSON:
    inside = [
        section(text=mrkdwn("Inside the container"), block_id=f"in-{name}"),
        actions(
            button(action_id="inside", text=plain("Inside"), value="in"), block_id=f"do-{name}"
        ),
    ]
    return {
        "type": "container",
        "block_id": name,
        "title": plain("A container"),
        "child_blocks": inside,
        **fields,
    }


def messages(base_url: str) -> dict[str, list[JSON]]:
    """What the gallery posts, message by message; Slack takes one table and one plan each."""
    carousel = {
        "type": "carousel",
        "elements": [card(base_url, name) for name in ("web", "worker", "search", "mail")],
    }
    return {
        "words": words(base_url),
        "markdown": [{"type": "markdown", "text": MARKDOWN}],
        "table": [TABLE],
        "data_table": [DATA_TABLE],
        "charts": [chart("line"), chart("bar")],
        "charts_2": [chart("area"), chart("pie")],
        "work": [PLAN, TASK],
        "cards": [card(base_url, "api"), carousel],
        "containers": [
            container("open", subtitle=plain("with a subtitle"), icon=image(base_url)),
            container("folded", is_collapsible=True, default_collapsed=True),
        ],
        "controls": CONTROLS,
    }


INPUTS: dict[str, JSON] = {
    "plain_text_input": {"max_length": 20, "focus_on_load": True},
    "number_input": {"is_decimal_allowed": False, "min_value": "1", "max_value": "9"},
    "email_text_input": {},
    "url_text_input": {},
    "rich_text_input": {},
    "static_select": {"options": FRUITS},
    "multi_static_select": {"options": FRUITS, "max_selected_items": 2},
    "external_select": {"min_query_length": 1},
    "users_select": {},
    "conversations_select": {"default_to_current_conversation": True},
    "datepicker": {},
    "timepicker": {},
    "datetimepicker": {},
    "checkboxes": {"options": FRUITS},
    "radio_buttons": {"options": FRUITS},
    "file_input": {"max_files": 2, "filetypes": ["txt", "png"]},
}


def form(*kinds: str, **fields: Any) -> JSON:
    """A modal with one optional input of each of these kinds, named after it."""
    blocks = [
        {
            **asks(kind, action_id=kind, **INPUTS[kind]),
            "block_id": kind,
            "label": plain(kind),
            "optional": True,
            "hint": plain(f"Hint for {kind}"),
        }
        for kind in kinds or INPUTS
    ]
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("Form"),
        "submit": plain("Send"),
        "blocks": blocks,
        **fields,
    }
