"""4.6: rich text."""

from typing import Any

from tests.playground.blockkit.case import (
    ARRAY,
    INTEGER,
    STRING,
    TOO_SHORT,
    Case,
    additional,
    flag,
    letters,
    missing,
    of_each,
    one_of,
    refuses,
    rule,
    takes,
    too_few,
    too_long,
    unsupported,
    whole,
)
from tests.playground.kit import leaf, rich
from tests.workspace import JSON

_PART = "/0/elements/0"
_AT = "/0/elements/0/elements/0"
_FLAGS = ["bold", "italic", "strike", "underline", "code", "highlight"]
_FLAGS += ["client_highlight", "unlink"]
_TEXT: JSON = {"type": "text", "text": "x"}
_SECTION: JSON = {"type": "rich_text_section", "elements": [_TEXT]}
_LEAVES: dict[str, JSON] = {
    "text": {"text": "x"},
    "link": {"url": "https://x.example"},
    "user": {"user_id": "U0ANA"},
    "usergroup": {"usergroup_id": "S0APPROVERS"},
    "team": {"team_id": "T0STATION"},
    "channel": {"channel_id": "C0OPS"},
    "emoji": {"name": "wave"},
    "broadcast": {"range": "here"},
    "color": {"value": "#a1B2c3"},
    "date": {"timestamp": 1795383975, "format": "{date}"},
}
_IDS = ("user_id", "usergroup_id", "team_id", "channel_id")


def _leaf(kind: str, **fields: Any) -> JSON:
    return leaf(kind, **{**_LEAVES[kind], **fields})


def _list(*elements: JSON, **fields: Any) -> JSON:
    return rich({"type": "rich_text_list", "style": "bullet", "elements": list(elements), **fields})


def _listed(**fields: Any) -> JSON:
    return _list(_SECTION, **fields)


def _pre(*elements: JSON, **fields: Any) -> JSON:
    return rich({"type": "rich_text_preformatted", "elements": list(elements), **fields})


def _quote(*elements: JSON, **fields: Any) -> JSON:
    return rich({"type": "rich_text_quote", "elements": list(elements), **fields})


def _without(value: JSON, name: str) -> JSON:
    return {key: item for key, item in value.items() if key != name}


def _needed(kind: str) -> list[Case]:
    return [
        case
        for name in _LEAVES[kind]
        for case in [
            takes(leaf(kind, **_LEAVES[kind])),
            refuses(missing(name), _AT, leaf(kind, **_without(_LEAVES[kind], name))),
        ]
    ]


CASES = [
    *rule(
        "4.6 rich_text: sections, lists, preformatted text and quotes",
        takes(rich(_SECTION)),
        takes(_listed(), _pre(_TEXT), _quote(_TEXT)),
        refuses(unsupported("rich_text_table"), f"{_PART}/type", rich({"type": "rich_text_table"})),
        refuses(too_few(1), "/0/elements", rich()),
        refuses(missing("elements"), "/0", {"type": "rich_text"}),
        refuses(additional("text"), "/0", {**rich(_SECTION), "text": "x"}),
        refuses(too_long(255), "/0/block_id", {**rich(_SECTION), "block_id": "x" * 256}),
    ),
    *rule(
        "4.6 section: leaves",
        takes(rich({"type": "rich_text_section", "elements": []})),
        refuses(missing("elements"), _PART, rich({"type": "rich_text_section"})),
        refuses(
            unsupported("rich_text_section"),
            f"{_AT}/type",
            rich({"type": "rich_text_section", "elements": [_SECTION]}),
        ),
        refuses(additional("border"), _PART, rich({**_SECTION, "border": 1})),
    ),
    *rule(
        "4.6 list: style bullet or ordered",
        one_of(lambda word: _listed(style=word), ("bullet", "ordered"), f"{_PART}/style"),
        refuses(missing("style"), _PART, rich({"type": "rich_text_list", "elements": [_SECTION]})),
    ),
    *rule(
        "4.6 list: its elements are sections",
        takes(_list(_SECTION, _SECTION)),
        refuses(too_few(1), f"{_PART}/elements", _list()),
        refuses(missing("elements"), _PART, rich({"type": "rich_text_list", "style": "bullet"})),
        refuses(unsupported("text"), f"{_AT}/type", _list(_TEXT)),
        refuses(
            unsupported("rich_text_quote"),
            f"{_AT}/type",
            _list({"type": "rich_text_quote", "elements": []}),
        ),
    ),
    *rule("4.6 list: indent 0 to 8", whole(lambda n: _listed(indent=n), 0, 8, f"{_PART}/indent")),
    *rule(
        "4.6 list: offset",
        takes(_listed(offset=0)),
        takes(_listed(offset=500)),
        refuses("must be 0 or more", f"{_PART}/offset", _listed(offset=-1)),
        refuses(INTEGER, f"{_PART}/offset", _listed(offset="1")),
    ),
    *rule(
        "4.6 border 0 or 1",
        whole(lambda n: _listed(border=n), 0, 1, f"{_PART}/border"),
        whole(lambda n: _pre(_TEXT, border=n), 0, 1, f"{_PART}/border"),
        whole(lambda n: _quote(_TEXT, border=n), 0, 1, f"{_PART}/border"),
    ),
    *rule(
        "4.6 preformatted: texts and links, a language",
        takes(_pre()),
        takes(_pre(_TEXT, {"type": "link", **_LEAVES["link"]}, language="python")),
        refuses(missing("elements"), _PART, rich({"type": "rich_text_preformatted"})),
        refuses(TOO_SHORT, f"{_PART}/language", _pre(language="")),
        *(
            refuses(unsupported(kind), f"{_AT}/type", _pre({"type": kind, **_LEAVES[kind]}))
            for kind in _LEAVES
            if kind not in ("text", "link")
        ),
    ),
    *rule(
        "4.6 quote: leaves",
        takes(_quote()),
        takes(_quote(*({"type": kind, **fields} for kind, fields in _LEAVES.items()))),
        refuses(missing("elements"), _PART, rich({"type": "rich_text_quote"})),
        refuses(ARRAY, f"{_PART}/elements", rich({"type": "rich_text_quote", "elements": "x"})),
    ),
    *rule(
        "4.6 leaves: only the known ones, each with what it needs",
        *(_needed(kind) for kind in _LEAVES),
        refuses(unsupported("blink"), f"{_AT}/type", leaf("blink")),
    ),
    *rule(
        "4.6 leaves: styles are known and boolean",
        of_each(
            _FLAGS,
            lambda name: flag(lambda on: _leaf("text", style={name: on}), f"{_AT}/style/{name}"),
        ),
        *(takes(_leaf(kind, style={"bold": True})) for kind in _LEAVES),
        *(
            refuses(additional("big"), f"{_AT}/style", _leaf(kind, style={"big": True}))
            for kind in _LEAVES
        ),
    ),
    *rule(
        "4.6 text leaf: not empty",
        takes(_leaf("text", text=" ")),
        refuses(TOO_SHORT, f"{_AT}/text", _leaf("text", text="")),
        refuses(STRING, f"{_AT}/text", _leaf("text", text=None)),
    ),
    *rule(
        "4.6 link leaf: url, text, unsafe",
        letters(lambda text: _leaf("link", url=text), 1, 3000, f"{_AT}/url"),
        takes(_leaf("link", text="")),
        refuses(STRING, f"{_AT}/text", _leaf("link", text=1)),
        flag(lambda on: _leaf("link", unsafe=on), f"{_AT}/unsafe"),
    ),
    *rule(
        "4.6 user, usergroup, team and channel leaves: an id",
        *(takes(_leaf(name.removesuffix("_id"))) for name in _IDS),
        *(
            refuses(
                "must be an id", f"{_AT}/{name}", _leaf(name.removesuffix("_id"), **{name: text})
            )
            for name in _IDS
            for text in ("ana", "", "u0ana", "U", "0ANA")
        ),
    ),
    *rule(
        "4.6 emoji leaf: name, skin_tone, unicode",
        whole(lambda n: _leaf("emoji", skin_tone=n), 1, 6, f"{_AT}/skin_tone"),
        takes(_leaf("emoji", unicode="1f44b")),
        refuses(TOO_SHORT, f"{_AT}/name", _leaf("emoji", name="")),
        refuses(TOO_SHORT, f"{_AT}/unicode", _leaf("emoji", unicode="")),
    ),
    *rule(
        "4.6 broadcast leaf: here, channel or everyone",
        one_of(
            lambda word: _leaf("broadcast", range=word),
            ("here", "channel", "everyone"),
            f"{_AT}/range",
        ),
    ),
    *rule(
        "4.6 color leaf: #RRGGBB",
        takes(_leaf("color", value="#09afAF")),
        *(
            refuses("must be a color", f"{_AT}/value", _leaf("color", value=text))
            for text in ("red", "#fff", "#gggggg", "#0000000", "٠٠٠٠٠٠")
        ),
    ),
    *rule(
        "4.6 date leaf: timestamp, format, url, fallback",
        takes(_leaf("date", url="https://x.example", fallback="then")),
        takes(_leaf("date", timestamp=0)),
        refuses("must be 0 or more", f"{_AT}/timestamp", _leaf("date", timestamp=-1)),
        refuses(INTEGER, f"{_AT}/timestamp", _leaf("date", timestamp="1")),
        refuses(TOO_SHORT, f"{_AT}/format", _leaf("date", format="")),
        letters(lambda text: _leaf("date", url=text), 1, 3000, f"{_AT}/url"),
        refuses(TOO_SHORT, f"{_AT}/fallback", _leaf("date", fallback="")),
    ),
]
