"""4.4: pickers, boxes, and what is typed."""

from typing import Any

from tests.playground.blockkit.case import (
    INTEGER,
    STRING,
    Case,
    additional,
    amount,
    flag,
    letters,
    missing,
    plain_only,
    refuses,
    rule,
    takes,
    too_few,
    unsupported,
    whole,
)
from tests.playground.kit import (
    action,
    asks,
    confirm,
    context,
    image,
    leaf,
    mrkdwn,
    option,
    options,
    plain,
    section,
)
from tests.workspace import JSON

_AT = "/0/elements/0"
_IN = "/0/element"
_TYPED = (
    "plain_text_input",
    "number_input",
    "email_text_input",
    "url_text_input",
    "rich_text_input",
)
_CHECKED = ("checkboxes", "radio_buttons")
_PICKED = ("datepicker", "timepicker", "datetimepicker")


def _typed(kind: str, **fields: Any) -> JSON:
    """An input of any kind, with what it needs."""
    own: JSON = {
        "number_input": {"is_decimal_allowed": True},
        "rich_text_input": {"action_id": "a"},
    }.get(kind, {})
    return asks(kind, **{**own, **fields})


def _number(**fields: Any) -> JSON:
    return _typed("number_input", **fields)


def _boxes(kind: str, count: int = 2, **fields: Any) -> JSON:
    return action(kind, **{"options": options(count), **fields})


def _common(kind: str, put: Any, at: str) -> list[Case]:
    return [
        *flag(lambda on: put(kind, focus_on_load=on), f"{at}/focus_on_load"),
        *letters(lambda text: put(kind, action_id=text), 1, 255, f"{at}/action_id"),
    ]


def _confirmed(kind: str, put: Any) -> list[Case]:
    return [
        takes(put(kind, confirm=confirm())),
        refuses("must provide an object", f"{_AT}/confirm", put(kind, confirm="x")),
    ]


def _length(**fields: Any) -> JSON:
    return asks("plain_text_input", **fields)


CASES = [
    *rule(
        "4.4 datepicker: YYYY-MM-DD",
        takes(action("datepicker", initial_date="2028-02-29")),
        takes(action("datepicker", initial_date="2026-12-31")),
        *(
            refuses(
                "must be a date like",
                f"{_AT}/initial_date",
                action("datepicker", initial_date=text),
            )
            for text in ("tomorrow", "2026-1-1", "20261231", "2026-12-31T00:00", "٢٠٢٦-١٢-٣١")
        ),
        *(
            refuses(
                "must be a date of the calendar",
                f"{_AT}/initial_date",
                action("datepicker", initial_date=text),
            )
            for text in ("2026-02-29", "2026-13-01", "2026-12-32", "2026-00-10")
        ),
        refuses(STRING, f"{_AT}/initial_date", action("datepicker", initial_date=20261231)),
    ),
    *rule(
        "4.4 timepicker: HH:mm and a timezone",
        takes(action("timepicker", initial_time="00:00", timezone="Europe/Berlin")),
        takes(action("timepicker", initial_time="23:59")),
        *(
            refuses(
                "must be a time like",
                f"{_AT}/initial_time",
                action("timepicker", initial_time=text),
            )
            for text in ("24:00", "23:60", "9:00", "09:00:00", "noon", "٠٩:٠٠")
        ),
        refuses(STRING, f"{_AT}/timezone", action("timepicker", timezone=1)),
    ),
    *rule(
        "4.4 datetimepicker: a number of 10 digits",
        whole(
            lambda n: action("datetimepicker", initial_date_time=n),
            1_000_000_000,
            9_999_999_999,
            f"{_AT}/initial_date_time",
        ),
        refuses(
            INTEGER,
            f"{_AT}/initial_date_time",
            action("datetimepicker", initial_date_time="1795383975"),
        ),
        refuses(additional("placeholder"), _AT, action("datetimepicker", placeholder=plain())),
    ),
    *rule(
        "4.4 pickers: placeholder, confirm and focus_on_load",
        *(
            letters(
                lambda text, kind=kind: action(kind, placeholder=plain(text)),
                1,
                150,
                f"{_AT}/placeholder/text",
            )
            for kind in ("datepicker", "timepicker")
        ),
        *(
            plain_only(lambda text, kind=kind: action(kind, placeholder=text), f"{_AT}/placeholder")
            for kind in ("datepicker", "timepicker")
        ),
        *(_common(kind, action, _AT) + _confirmed(kind, action) for kind in _PICKED),
    ),
    *rule(
        "4.4 checkboxes and radio buttons: 1 to 10 options",
        *(
            amount(lambda n, kind=kind: _boxes(kind, n), 1, 10, f"{_AT}/options")
            for kind in _CHECKED
        ),
        *(refuses(missing("options"), _AT, action(kind)) for kind in _CHECKED),
        *(_common(kind, _boxes, _AT) + _confirmed(kind, _boxes) for kind in _CHECKED),
    ),
    *rule(
        "4.4 checkboxes and radio buttons: options may be mrkdwn",
        *(
            takes(_boxes(kind, options=[{"text": mrkdwn(), "value": "a", "description": mrkdwn()}]))
            for kind in _CHECKED
        ),
        refuses(
            unsupported("mrkdwn"),
            f"{_AT}/options/0/text/type",
            action("static_select", options=[{"text": mrkdwn(), "value": "a"}]),
        ),
        refuses(
            unsupported("mrkdwn"),
            f"{_AT}/options/0/text/type",
            action("overflow", options=[{"text": mrkdwn(), "value": "a"}]),
        ),
        *(
            refuses(
                unsupported("html"),
                f"{_AT}/options/0/text/type",
                _boxes(kind, options=[{"text": {"type": "html", "text": "x"}, "value": "a"}]),
            )
            for kind in _CHECKED
        ),
    ),
    *rule(
        "4.4 checkboxes and radio buttons: initial options are among the options",
        takes(_boxes("checkboxes", initial_options=options(2))),
        takes(_boxes("radio_buttons", initial_option=options(2)[1])),
        refuses(
            "must be one of the options",
            f"{_AT}/initial_options",
            _boxes("checkboxes", initial_options=options(3)),
        ),
        refuses(too_few(1), f"{_AT}/initial_options", _boxes("checkboxes", initial_options=[])),
        refuses(
            "must be one of the options",
            f"{_AT}/initial_option",
            _boxes("radio_buttons", initial_option=option("z")),
        ),
        refuses(
            missing("value"),
            f"{_AT}/initial_option",
            _boxes("radio_buttons", initial_option={"text": plain()}),
        ),
    ),
    *rule(
        "4.4 typed inputs: placeholder of up to 150, action_id and focus_on_load",
        *(
            letters(
                lambda text, kind=kind: _typed(kind, placeholder=plain(text)),
                1,
                150,
                f"{_IN}/placeholder/text",
            )
            for kind in _TYPED
        ),
        *(_common(kind, _typed, _IN) for kind in _TYPED),
        plain_only(lambda text: _typed("url_text_input", placeholder=text), f"{_IN}/placeholder"),
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
        *(
            letters(
                lambda text, kind=kind: asks(kind, initial_value=text),
                0,
                3000,
                f"{_IN}/initial_value",
            )
            for kind in ("email_text_input", "url_text_input")
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
