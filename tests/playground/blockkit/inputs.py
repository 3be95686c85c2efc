"""4.4: what is typed or handed over, and pictures."""

from collections.abc import Callable
from typing import Any

from tests.playground.blockkit.case import (
    STRING,
    Case,
    additional,
    flag,
    letters,
    missing,
    of_each,
    plain_only,
    refuses,
    rule,
    takes,
    too_few,
    unsupported,
    whole,
)
from tests.playground.kit import (
    asks,
    context,
    image,
    leaf,
    mrkdwn,
    plain,
    section,
)
from tests.workspace import JSON

_IN = "/0/element"
_TYPED = (
    "plain_text_input",
    "number_input",
    "email_text_input",
    "url_text_input",
    "rich_text_input",
)


def _typed(kind: str, **fields: Any) -> JSON:
    """An input of any kind, with what it needs."""
    needed: dict[str, JSON] = {
        "number_input": {"is_decimal_allowed": True},
        "rich_text_input": {"action_id": "a"},
    }
    own = needed.get(kind, {})
    return asks(kind, **{**own, **fields})


def _number(**fields: Any) -> JSON:
    return _typed("number_input", **fields)


def _common(kind: str, put: Any, at: str) -> list[Case]:
    return [
        *flag(lambda on: put(kind, focus_on_load=on), f"{at}/focus_on_load"),
        *letters(lambda text: put(kind, action_id=text), 1, 255, f"{at}/action_id"),
    ]


def _placeholder(put: Callable[[JSON], JSON], at: str) -> list[Case]:
    return [
        *letters(lambda text: put(plain(text)), 1, 150, f"{at}/text"),
        *plain_only(put, at),
    ]


def _length(**fields: Any) -> JSON:
    return asks("plain_text_input", **fields)


CASES = [
    *rule(
        "4.4 typed inputs: placeholder of up to 150, action_id and focus_on_load",
        of_each(
            _TYPED,
            lambda kind: _placeholder(
                lambda text: _typed(kind, placeholder=text), f"{_IN}/placeholder"
            ),
        ),
        *(_common(kind, _typed, _IN) for kind in _TYPED),
    ),
    *rule(
        "4.4 typed inputs: when they dispatch",
        *(
            case
            for kind in _TYPED
            for case in [
                takes(
                    _typed(
                        kind, dispatch_action_config={"trigger_actions_on": ["on_enter_pressed"]}
                    )
                ),
                refuses(
                    "must provide an object",
                    f"{_IN}/dispatch_action_config",
                    _typed(kind, dispatch_action_config="x"),
                ),
            ]
        ),
    ),
    *rule(
        "4.4 plain_text_input: initial_value of up to 3000",
        letters(lambda text: _length(initial_value=text), 0, 3000, f"{_IN}/initial_value"),
    ),
    *rule(
        "4.4 plain_text_input: min_length 0 to 3000, max_length 1 to 3000, in order",
        whole(lambda n: _length(min_length=n), 0, 3000, f"{_IN}/min_length"),
        whole(lambda n: _length(max_length=n), 1, 3000, f"{_IN}/max_length"),
        takes(_length(min_length=8, max_length=8)),
        refuses(
            "must not be more than `max_length`",
            f"{_IN}/min_length",
            _length(min_length=9, max_length=8),
        ),
    ),
    *rule(
        "4.4 plain_text_input: multiline",
        flag(lambda on: _length(multiline=on), f"{_IN}/multiline"),
    ),
    *rule(
        "4.4 number_input: is_decimal_allowed is required",
        flag(lambda on: _number(is_decimal_allowed=on), f"{_IN}/is_decimal_allowed"),
        refuses(missing("is_decimal_allowed"), _IN, asks("number_input")),
    ),
    *rule(
        "4.4 number_input: numbers in strings, min_value not over max_value",
        *(
            takes(_number(**{name: value}))
            for name in ("initial_value", "min_value", "max_value")
            for value in ("0", "-1.5", "9" * 400)
        ),
        *(
            refuses("must be a number in a string", f"{_IN}/{name}", _number(**{name: value}))
            for name in ("initial_value", "min_value", "max_value")
            for value in ("", "x", "1e3", "1.", "--1", "٣")
        ),
        *(
            refuses(STRING, f"{_IN}/{name}", _number(**{name: 1}))
            for name in ("initial_value", "min_value", "max_value")
        ),
        takes(_number(min_value="2", max_value="2.0")),
        takes(_number(min_value="9", max_value="10")),
        refuses(
            "must not be more than `max_value`",
            f"{_IN}/min_value",
            _number(min_value="10", max_value="9"),
        ),
        refuses(
            "must not be more than `max_value`",
            f"{_IN}/min_value",
            _number(min_value="10000000000000001", max_value="10000000000000000"),
        ),
    ),
    *rule(
        "4.4 email_text_input and url_text_input: initial_value",
        of_each(
            ("email_text_input", "url_text_input"),
            lambda kind: letters(
                lambda text: asks(kind, initial_value=text), 0, 3000, f"{_IN}/initial_value"
            ),
        ),
    ),
    *rule(
        "4.4 rich_text_input: action_id is required",
        takes(_typed("rich_text_input")),
        refuses(missing("action_id"), _IN, asks("rich_text_input")),
    ),
    *rule(
        "4.4 rich_text_input: initial_value is rich text, 1 to 100 lines",
        takes(_typed("rich_text_input", initial_value=leaf(text="x"))),
        refuses(
            STRING.replace("a string", "an object"),
            f"{_IN}/initial_value",
            _typed("rich_text_input", initial_value="x"),
        ),
        refuses(
            unsupported("mrkdwn"),
            f"{_IN}/initial_value/type",
            _typed("rich_text_input", initial_value=mrkdwn()),
        ),
        whole(lambda n: _typed("rich_text_input", min_lines=n), 1, 100, f"{_IN}/min_lines"),
        whole(lambda n: _typed("rich_text_input", max_lines=n), 1, 100, f"{_IN}/max_lines"),
        takes(_typed("rich_text_input", min_lines=2, max_lines=2)),
        refuses(
            "must not be more than `max_lines`",
            f"{_IN}/min_lines",
            _typed("rich_text_input", min_lines=3, max_lines=2),
        ),
    ),
    *rule(
        "4.4 file_input: only in a modal",
        takes(asks("file_input"), on="modal"),
        refuses(unsupported("file_input"), f"{_IN}/type", asks("file_input")),
        refuses(unsupported("file_input"), f"{_IN}/type", asks("file_input"), on="home"),
    ),
    *rule(
        "4.4 file_input: max_files 1 to 10, filetypes",
        whole(lambda n: asks("file_input", max_files=n), 1, 10, f"{_IN}/max_files", on="modal"),
        letters(
            lambda text: asks("file_input", action_id=text), 1, 255, f"{_IN}/action_id", on="modal"
        ),
        takes(asks("file_input", filetypes=["pdf"]), on="modal"),
        refuses(too_few(1), f"{_IN}/filetypes", asks("file_input", filetypes=[]), on="modal"),
        refuses(
            "must be more than 0",
            f"{_IN}/filetypes/0",
            asks("file_input", filetypes=[""]),
            on="modal",
        ),
    ),
    *rule(
        "4.4 image element: as the block, without a title",
        takes(section(accessory=image()), context(image())),
        refuses(additional("title"), "/0/accessory", section(accessory=image(title=plain()))),
        refuses(additional("title"), "/0/elements/0", context(image(title=plain()))),
        refuses(
            missing("alt_text"),
            "/0/elements/0",
            context({"type": "image", "image_url": "https://x.example"}),
        ),
        refuses("must define either", "/0/elements/0", context({"type": "image", "alt_text": "a"})),
        letters(lambda text: context(image(alt_text=text)), 1, 2000, "/0/elements/0/alt_text"),
        letters(lambda text: context(image(image_url=text)), 1, 3000, "/0/elements/0/image_url"),
    ),
]
