"""4.3: the blocks most messages are made of."""

from tests.playground.blockkit.case import (
    OBJECT,
    amount,
    either_text,
    flag,
    letters,
    needs,
    plain_only,
    refuses,
    rule,
    takes,
    too_long,
    unsupported,
    whole,
)
from tests.playground.blockkit.samples import FLOW, ICON, VIDEO
from tests.playground.kit import (
    actions,
    asks,
    button,
    context,
    image,
    mrkdwn,
    option,
    options,
    plain,
    section,
    without,
)
from tests.workspace import JSON

_SELECTS = [
    f"{many}{kind}_select"
    for many in ("", "multi_")
    for kind in ("external", "users", "conversations", "channels")
]
_PICKERS: list[JSON] = [
    {"type": "datepicker"},
    {"type": "timepicker"},
    {"type": "checkboxes", "options": options(1)},
    {"type": "radio_buttons", "options": options(1)},
]
_CHOICES: list[JSON] = [
    *({"type": kind} for kind in _SELECTS),
    {"type": "static_select", "options": options(1)},
    {"type": "multi_static_select", "options": options(1)},
    *_PICKERS,
]
_CLICKS: list[JSON] = [button(), {"type": "overflow", "options": [option()]}, FLOW]
_TYPED: list[JSON] = [
    {"type": "plain_text_input"},
    {"type": "email_text_input"},
    {"type": "url_text_input"},
    {"type": "number_input", "is_decimal_allowed": True},
    {"type": "rich_text_input", "action_id": "a"},
    {"type": "file_input"},
]
_MOMENT: JSON = {"type": "datetimepicker"}
_MD = {"type": "markdown", "text": "x" * 6000}


def _header(**fields: object) -> JSON:
    return {"type": "header", "text": plain(), **fields}


def _fields(*fields: JSON) -> JSON:
    return {"type": "section", "fields": list(fields)}


CASES = [
    *rule(
        "4.3 section: text or fields",
        takes(section()),
        takes(_fields(plain())),
        takes(section(fields=[plain()])),
        refuses("must define either `text` or `fields`", "/0", {"type": "section"}),
    ),
    *rule(
        "4.3 section: text of 1 to 3000, plain_text or mrkdwn",
        letters(lambda text: section(text=mrkdwn(text)), 1, 3000, "/0/text/text"),
        letters(lambda text: section(text=plain(text)), 1, 3000, "/0/text/text"),
        either_text(lambda text: section(text=text), "/0/text"),
    ),
    *rule(
        "4.3 section: 1 to 10 fields of 1 to 2000",
        amount(lambda n: _fields(*[plain()] * n), 1, 10, "/0/fields"),
        letters(lambda text: _fields(plain(text)), 1, 2000, "/0/fields/0/text"),
        letters(lambda text: _fields(mrkdwn(text)), 1, 2000, "/0/fields/0/text"),
        either_text(lambda text: _fields(text), "/0/fields/0"),
    ),
    *rule(
        "4.3 section: an accessory that is no text input and no datetimepicker",
        *(takes(section(accessory=e)) for e in [*_CLICKS, *_CHOICES, image()]),
        *(
            refuses(unsupported(e["type"]), "/0/accessory/type", section(accessory=e))
            for e in [*_TYPED, _MOMENT, ICON]
        ),
        refuses(OBJECT, "/0/accessory", section(accessory=[button()])),
    ),
    *rule("4.3 section: expand", flag(lambda on: section(expand=on), "/0/expand")),
    *rule(
        "4.3 header: plain text of 1 to 150",
        letters(lambda text: _header(text=plain(text)), 1, 150, "/0/text/text"),
        plain_only(lambda text: _header(text=text), "/0/text"),
        needs("text", of=_header(), at="/0"),
    ),
    *rule(
        "4.3 header: level 1 to 4",
        whole(lambda n: _header(level=n), 1, 4, "/0/level"),
    ),
    *rule(
        "4.3 divider: nothing in it",
        takes({"type": "divider", "block_id": "d"}),
        refuses("invalid additional property: text", "/0", {"type": "divider", "text": plain()}),
    ),
    *rule(
        "4.3 context: 1 to 10 elements",
        amount(lambda n: context(*[plain()] * n), 1, 10, "/0/elements"),
        needs("elements", of=context(plain()), at="/0"),
    ),
    *rule(
        "4.3 context: images and texts of up to 3000",
        takes(context(image(), plain(), mrkdwn())),
        letters(lambda text: context(mrkdwn(text)), 1, 3000, "/0/elements/0/text"),
        letters(lambda text: context(plain(text)), 1, 3000, "/0/elements/0/text"),
        refuses(unsupported("button"), "/0/elements/0/type", context(button())),
    ),
    *rule(
        "4.3 actions: 1 to 25 elements",
        amount(lambda n: actions(*[button()] * n), 1, 25, "/0/elements"),
        needs("elements", of=actions(button()), at="/0"),
    ),
    *rule(
        "4.3 actions: buttons, selects, pickers, no text inputs",
        *(takes(actions(e)) for e in [*_CLICKS, *_CHOICES, _MOMENT]),
        *(
            refuses(unsupported(e["type"]), "/0/elements/0/type", actions(e))
            for e in [*_TYPED, image(), ICON]
        ),
    ),
    *rule(
        "4.3 image: alt_text of 1 to 2000",
        letters(lambda text: image(alt_text=text), 1, 2000, "/0/alt_text"),
        needs("alt_text", of=image(), at="/0"),
    ),
    *rule(
        "4.3 image: exactly one of image_url and slack_file",
        takes(image()),
        takes({"type": "image", "alt_text": "a", "slack_file": {"id": "F12345678"}}),
        refuses(
            "must define either `image_url` or `slack_file`",
            "/0",
            image(slack_file={"id": "F12345678"}),
        ),
        refuses(
            "must define either `image_url` or `slack_file`", "/0", without(image(), "image_url")
        ),
    ),
    *rule(
        "4.3 image: image_url of up to 3000",
        letters(lambda text: image(image_url=text), 1, 3000, "/0/image_url"),
    ),
    *rule(
        "4.3 image: plain title of up to 2000",
        letters(lambda text: image(title=plain(text)), 1, 2000, "/0/title/text"),
        plain_only(lambda text: image(title=text), "/0/title"),
    ),
    *rule(
        "4.3 input: plain label of 1 to 2000",
        letters(
            lambda text: {**asks("users_select"), "label": plain(text)}, 1, 2000, "/0/label/text"
        ),
        plain_only(lambda text: {**asks("users_select"), "label": text}, "/0/label"),
    ),
    *rule(
        "4.3 input: a label and an element",
        needs("label", "element", of=asks("users_select"), at="/0"),
    ),
    *rule(
        "4.3 input: elements that take something in",
        *(takes({**asks("x"), "element": e}, on="modal") for e in [*_TYPED, *_CHOICES, _MOMENT]),
        *(
            refuses(unsupported(e["type"]), "/0/element/type", {**asks("x"), "element": e})
            for e in [*_CLICKS, image(), ICON]
        ),
    ),
    *rule(
        "4.3 input: plain hint of up to 2000",
        letters(
            lambda text: {**asks("users_select"), "hint": plain(text)}, 1, 2000, "/0/hint/text"
        ),
        plain_only(lambda text: {**asks("users_select"), "hint": text}, "/0/hint"),
    ),
    *rule(
        "4.3 input: optional",
        flag(lambda on: {**asks("users_select"), "optional": on}, "/0/optional"),
    ),
    *rule(
        "4.3 input: dispatch_action, but not of files",
        flag(lambda on: {**asks("users_select"), "dispatch_action": on}, "/0/dispatch_action"),
        takes({**asks("file_input"), "dispatch_action": False}, on="modal"),
        refuses(
            "must not be set for a file_input",
            "/0/dispatch_action",
            {**asks("file_input"), "dispatch_action": True},
            on="modal",
        ),
    ),
    *rule(
        "4.3 markdown: text of 1 to 12000",
        letters(lambda text: {"type": "markdown", "text": text}, 1, 12_000, "/0/text"),
        needs("text", of={"type": "markdown", "text": "x"}, at="/0"),
    ),
    *rule(
        "4.3 markdown: 12000 in all of a message",
        takes(_MD, _MD),
        refuses(too_long(12_000), "", _MD, {"type": "markdown", "text": "x" * 6001}),
    ),
    *rule(
        "4.3 video: its required fields",
        needs("alt_text", "title", "thumbnail_url", "video_url", of=VIDEO, at="/0"),
    ),
    *rule(
        "4.3 video: title and description under 200",
        letters(lambda text: {**VIDEO, "title": plain(text)}, 1, 199, "/0/title/text"),
        letters(lambda text: {**VIDEO, "description": plain(text)}, 1, 199, "/0/description/text"),
        plain_only(lambda text: {**VIDEO, "title": text}, "/0/title"),
        plain_only(lambda text: {**VIDEO, "description": text}, "/0/description"),
    ),
    *rule(
        "4.3 video: author_name under 50",
        letters(lambda text: {**VIDEO, "author_name": text}, 1, 49, "/0/author_name"),
    ),
    *rule(
        "4.3 video: video_url and title_url by https",
        takes({**VIDEO, "title_url": "https://x.example"}),
        takes({**VIDEO, "video_url": "https://" + "x" * 2992}),
        *(
            refuses("must be an https URL", f"/0/{name}", {**VIDEO, name: url})
            for name in ("video_url", "title_url")
            for url in ("http://x.example", "https://", "https://a b", "https://" + "x" * 2993)
        ),
    ),
    *rule(
        "4.3 video: alt_text, provider and thumbnail",
        letters(lambda text: {**VIDEO, "alt_text": text}, 1, 2000, "/0/alt_text"),
        letters(lambda text: {**VIDEO, "thumbnail_url": text}, 1, 3000, "/0/thumbnail_url"),
        letters(lambda text: {**VIDEO, "provider_icon_url": text}, 1, 3000, "/0/provider_icon_url"),
        takes({**VIDEO, "provider_name": "x"}),
        refuses("must be more than 0", "/0/provider_name", {**VIDEO, "provider_name": ""}),
    ),
]
