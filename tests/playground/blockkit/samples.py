"""The smallest valid block of every type, and the parts they are made of."""

from tests.playground.kit import (
    actions,
    asks,
    button,
    cell,
    context,
    image,
    leaf,
    mrkdwn,
    options,
    plain,
    section,
    table,
    task,
)
from tests.workspace import JSON

GROUP = {"label": plain(), "options": options(1)}
VIDEO = {
    "type": "video",
    "alt_text": "a",
    "title": plain(),
    "thumbnail_url": "https://x.example/t.png",
    "video_url": "https://x.example/v",
}
FEEDBACK = {"text": plain(), "value": "v"}
ICON = {"type": "icon_button", "icon": "trash", "text": plain()}
BOTH = {"type": "feedback_buttons", "positive_button": FEEDBACK, "negative_button": FEEDBACK}
CARD = {"type": "card", "title": plain()}
BOX = {"type": "container", "title": plain(), "child_blocks": [section()]}
PIE = {"type": "pie", "segments": [{"label": "a", "value": 1}]}
CHART = {"type": "data_visualization", "title": "T", "chart": PIE}
DATA = {"type": "data_table", "caption": "C", "rows": [[cell()], [cell()]]}
FLOW = {
    "type": "workflow_button",
    "action_id": "w",
    "text": plain(),
    "workflow": {"trigger": {"url": "https://slack.com/shortcuts/x"}},
}
MARKDOWN = {"type": "markdown", "text": "# x"}

BLOCKS: dict[str, JSON] = {
    "actions": actions(button()),
    "context": context(plain()),
    "divider": {"type": "divider"},
    "header": {"type": "header", "text": plain()},
    "image": image(),
    "input": asks("plain_text_input"),
    "rich_text": leaf(text="x"),
    "section": section(),
    "video": VIDEO,
    "alert": {"type": "alert", "text": mrkdwn()},
    "card": CARD,
    "carousel": {"type": "carousel", "elements": [CARD]},
    "table": table([[cell()]]),
    "data_table": DATA,
    "container": BOX,
    "context_actions": {"type": "context_actions", "elements": [ICON]},
    "data_visualization": CHART,
    "markdown": MARKDOWN,
    "plan": {"type": "plan", "title": "P"},
    "task_card": task(),
    "file": {"type": "file", "external_id": "x", "source": "remote"},
    "auth_provider": {"type": "auth_provider", "provider": "x"},
}
EVERYWHERE = list(BLOCKS)[:9]
"""The blocks that may stand on every surface."""
