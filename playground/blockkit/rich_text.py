"""Rich text (SLACK.md 4.6): sections, lists, quotes and preformatted text made of leaves."""

from playground.blockkit.objects import ONE_ID, URL
from playground.blockkit.rules import (
    Rule,
    boolean,
    by_type,
    choice,
    integer,
    items,
    matching,
    shape,
    string,
)

_FLAGS = (
    "bold",
    "italic",
    "strike",
    "underline",
    "code",
    "highlight",
    "client_highlight",
    "unlink",
)
_STYLE = {"style": shape({}, dict.fromkeys(_FLAGS, boolean))}
_BORDER = {"border": integer(0, 1)}

LEAVES: dict[str, Rule] = {
    "text": shape({"text": string()}, _STYLE),
    "link": shape({"url": URL}, {**_STYLE, "text": string(least=0), "unsafe": boolean}),
    "user": shape({"user_id": ONE_ID}, _STYLE),
    "usergroup": shape({"usergroup_id": ONE_ID}, _STYLE),
    "team": shape({"team_id": ONE_ID}, _STYLE),
    "channel": shape({"channel_id": ONE_ID}, _STYLE),
    "emoji": shape(
        {"name": string()},
        {**_STYLE, "skin_tone": integer(1, 6), "unicode": string()},
    ),
    "broadcast": shape({"range": choice("here", "channel", "everyone")}, _STYLE),
    "color": shape({"value": matching(r"#[0-9a-fA-F]{6}", "a color like #RRGGBB")}, _STYLE),
    "date": shape(
        {"timestamp": integer(0), "format": string()},
        {**_STYLE, "url": URL, "fallback": string()},
    ),
}
_LEAVES = items(by_type(LEAVES))
_UNSTYLED = items(by_type({kind: LEAVES[kind] for kind in ("text", "link")}))
_SECTION = shape({"elements": _LEAVES}, {})

PARTS: dict[str, Rule] = {
    "rich_text_section": _SECTION,
    "rich_text_list": shape(
        {
            "style": choice("bullet", "ordered"),
            "elements": items(by_type({"rich_text_section": _SECTION}), 1),
        },
        {**_BORDER, "indent": integer(0, 8), "offset": integer(0)},
    ),
    "rich_text_preformatted": shape({"elements": _UNSTYLED}, {**_BORDER, "language": string()}),
    "rich_text_quote": shape({"elements": _LEAVES}, _BORDER),
}
RICH_TEXT = shape({"elements": items(by_type(PARTS), 1)}, {"block_id": string(255)})
