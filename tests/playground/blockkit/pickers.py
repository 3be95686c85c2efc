"""4.4: dates, times, and boxes to tick."""

from collections.abc import Callable
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
    action,
    confirm,
    mrkdwn,
    option,
    options,
    plain,
)
from tests.workspace import JSON

_AT = "/0/elements/0"
_CHECKED = ("checkboxes", "radio_buttons")
_PICKED = ("datepicker", "timepicker", "datetimepicker")


def _boxes(kind: str, count: int = 2, **fields: Any) -> JSON:
    return action(kind, **{"options": options(count), **fields})


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


def _confirmed(kind: str, put: Any) -> list[Case]:
    return [
        takes(put(kind, confirm=confirm())),
        refuses("must provide an object", f"{_AT}/confirm", put(kind, confirm="x")),
    ]


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
        of_each(
            ("datepicker", "timepicker"),
            lambda kind: _placeholder(
                lambda text: action(kind, placeholder=text), f"{_AT}/placeholder"
            ),
        ),
        *(_common(kind, action, _AT) + _confirmed(kind, action) for kind in _PICKED),
    ),
    *rule(
        "4.4 checkboxes and radio buttons: 1 to 10 options",
        of_each(_CHECKED, lambda kind: amount(lambda n: _boxes(kind, n), 1, 10, f"{_AT}/options")),
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
]
