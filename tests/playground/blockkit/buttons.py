"""4.4: what is clicked."""

from typing import Any

from tests.playground.blockkit.case import (
    Case,
    additional,
    amount,
    letters,
    needs,
    of_each,
    one_of,
    plain_only,
    refuses,
    rule,
    takes,
)
from tests.playground.blockkit.samples import BOTH, FEEDBACK, FLOW, ICON
from tests.playground.kit import (
    action,
    actions,
    button,
    confirm,
    option,
    options,
    plain,
)
from tests.workspace import JSON

_AT = "/0/elements/0"


def _context(*elements: JSON) -> JSON:
    return {"type": "context_actions", "elements": list(elements)}


def _icon(**fields: Any) -> JSON:
    return _context({**ICON, **fields})


def _feedback(**fields: Any) -> JSON:
    return _context({**BOTH, **fields})


def _flow(**fields: Any) -> JSON:
    return actions({**FLOW, **fields})


def _trigger(**fields: Any) -> JSON:
    return _flow(workflow={"trigger": {"url": "https://x.example", **fields}})


def _static(**fields: Any) -> JSON:
    return action("static_select", **fields)


def _half(name: str) -> list[Case]:
    """Either button of the pair."""

    def put(**fields: Any) -> JSON:
        return _feedback(**{name: {**FEEDBACK, **fields}})

    at = f"{_AT}/{name}"
    return [
        *letters(lambda text: put(text=plain(text)), 1, 75, f"{at}/text/text"),
        *letters(lambda text: put(value=text), 1, 2000, f"{at}/value"),
        *letters(lambda text: put(accessibility_label=text), 1, 75, f"{at}/accessibility_label"),
        *plain_only(lambda text: put(text=text), f"{at}/text"),
        *needs("text", "value", of=FEEDBACK, at=at, make=lambda half: _feedback(**{name: half})),
    ]


CASES = [
    *rule(
        "4.4 button: plain text of 1 to 75",
        letters(lambda text: actions(button(text=plain(text))), 1, 75, f"{_AT}/text/text"),
        plain_only(lambda text: actions(button(text=text)), f"{_AT}/text"),
        needs("text", of=button(), at=_AT, make=lambda b: actions(b)),
    ),
    *rule(
        "4.4 button: value of up to 2000",
        letters(lambda text: actions(button(value=text)), 0, 2000, f"{_AT}/value"),
    ),
    *rule(
        "4.4 button: url of up to 3000",
        letters(lambda text: actions(button(url=text)), 1, 3000, f"{_AT}/url"),
    ),
    *rule(
        "4.4 button: style",
        one_of(lambda word: actions(button(style=word)), ("primary", "danger"), f"{_AT}/style"),
    ),
    *rule(
        "4.4 button: confirm",
        takes(actions(button(confirm=confirm()))),
        refuses("must provide an object", f"{_AT}/confirm", actions(button(confirm=True))),
    ),
    *rule(
        "4.4 button: accessibility_label of up to 75",
        letters(
            lambda text: actions(button(accessibility_label=text)),
            1,
            75,
            f"{_AT}/accessibility_label",
        ),
    ),
    *rule(
        "4.4 icon_button: the icon trash and a text of up to 75",
        takes(_icon()),
        refuses("must be one of: trash", f"{_AT}/icon", _icon(icon="star")),
        letters(lambda text: _icon(text=plain(text)), 1, 75, f"{_AT}/text/text"),
        plain_only(lambda text: _icon(text=text), f"{_AT}/text"),
        needs("icon", "text", of=ICON, at=_AT, make=lambda icon: _context(icon)),
    ),
    *rule(
        "4.4 icon_button: what it may have besides",
        letters(lambda text: _icon(value=text), 1, 2000, f"{_AT}/value"),
        letters(lambda text: _icon(accessibility_label=text), 1, 75, f"{_AT}/accessibility_label"),
        letters(lambda text: _icon(action_id=text), 1, 255, f"{_AT}/action_id"),
        takes(_icon(visible_to_user_ids=["U0ANA"], confirm=confirm())),
        refuses("must be an id", f"{_AT}/visible_to_user_ids/0", _icon(visible_to_user_ids=["x"])),
        refuses("must provide an object", f"{_AT}/confirm", _icon(confirm="x")),
    ),
    *rule(
        "4.4 feedback_buttons: a positive and a negative one",
        needs("positive_button", "negative_button", of=BOTH, at=_AT, make=lambda b: _context(b)),
        letters(lambda text: _feedback(action_id=text), 1, 255, f"{_AT}/action_id"),
        of_each(("positive_button", "negative_button"), _half),
    ),
    *rule(
        "4.4 workflow_button: text, action_id and the url of its trigger",
        needs("text", "action_id", "workflow", of=FLOW, at=_AT, make=lambda b: actions(b)),
        letters(lambda text: _flow(text=plain(text)), 1, 75, f"{_AT}/text/text"),
        letters(lambda text: _flow(action_id=text), 1, 255, f"{_AT}/action_id"),
        letters(lambda text: _trigger(url=text), 1, 3000, f"{_AT}/workflow/trigger/url"),
        plain_only(lambda text: _flow(text=text), f"{_AT}/text"),
        refuses("missing required field: trigger", f"{_AT}/workflow", _flow(workflow={})),
        refuses(
            "missing required field: url",
            f"{_AT}/workflow/trigger",
            _flow(workflow={"trigger": {}}),
        ),
    ),
    *rule(
        "4.4 workflow_button: style, label and input parameters",
        one_of(lambda word: _flow(style=word), ("primary", "danger"), f"{_AT}/style"),
        letters(lambda text: _flow(accessibility_label=text), 1, 75, f"{_AT}/accessibility_label"),
        takes(_trigger(customizable_input_parameters=[{"name": "a", "value": ""}])),
        needs(
            "name",
            "value",
            of={"name": "a", "value": "b"},
            at=f"{_AT}/workflow/trigger/customizable_input_parameters/0",
            make=lambda p: _trigger(customizable_input_parameters=[p]),
        ),
        refuses(
            "must be more than 0",
            f"{_AT}/workflow/trigger/customizable_input_parameters/0/name",
            _trigger(customizable_input_parameters=[{"name": "", "value": "b"}]),
        ),
    ),
    *rule(
        "4.4 overflow: 1 to 5 options",
        amount(lambda n: action("overflow", options=options(n)), 1, 5, f"{_AT}/options"),
        refuses("missing required field: options", _AT, action("overflow")),
        takes(action("overflow", options=options(1), confirm=confirm())),
    ),
    *rule(
        "4.4 overflow: an option with a url of up to 3000",
        letters(
            lambda text: action("overflow", options=[option(url=text)]),
            1,
            3000,
            f"{_AT}/options/0/url",
        ),
        refuses(additional("url"), f"{_AT}/options/0", _static(options=[option(url="https://x")])),
        refuses(
            additional("url"),
            f"{_AT}/options/0",
            action("checkboxes", options=[option(url="https://x")]),
        ),
    ),
]
