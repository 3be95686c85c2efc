"""4.4: what is clicked and chosen."""

from collections.abc import Callable
from typing import Any

from tests.playground.blockkit.case import (
    BOOLEAN,
    STRING,
    Case,
    additional,
    amount,
    flag,
    letters,
    needs,
    one_of,
    plain_only,
    refuses,
    rule,
    takes,
    too_few,
    too_long,
)
from tests.playground.blockkit.samples import BOTH, FEEDBACK, FLOW, GROUP, ICON
from tests.playground.kit import (
    action,
    actions,
    asks,
    button,
    confirm,
    option,
    options,
    plain,
)
from tests.workspace import JSON

_AT = "/0/elements/0"
_EITHER = "must define either `options` or `option_groups`"
_FOREIGN = "must be one of the options"
_KINDS = ("static", "external", "users", "conversations", "channels")
_SELECTS = [f"{many}{kind}_select" for many in ("", "multi_") for kind in _KINDS]
_MULTIS = _SELECTS[len(_KINDS) :]


def _some(kind: str, **fields: Any) -> JSON:
    """A select of any kind, with options where it needs some."""
    own = {"options": options(2)} if "static" in kind else {}
    return action(kind, **own, **fields)


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


def _many(**fields: Any) -> JSON:
    return action("multi_static_select", **fields)


def _groups(count: int, each: int = 1) -> JSON:
    return _static(option_groups=[{"label": plain(), "options": options(each)}] * count)


def _of_each(kinds: list[str], cases: Callable[[str], list[Case]]) -> list[Case]:
    return [case for kind in kinds for case in cases(kind)]


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
        *(
            case
            for name in ("positive_button", "negative_button")
            for case in [
                *letters(
                    lambda text, name=name: _feedback(**{name: {**FEEDBACK, "text": plain(text)}}),
                    1,
                    75,
                    f"{_AT}/{name}/text/text",
                ),
                *letters(
                    lambda text, name=name: _feedback(**{name: {**FEEDBACK, "value": text}}),
                    1,
                    2000,
                    f"{_AT}/{name}/value",
                ),
                *letters(
                    lambda text, name=name: _feedback(
                        **{name: {**FEEDBACK, "accessibility_label": text}}
                    ),
                    1,
                    75,
                    f"{_AT}/{name}/accessibility_label",
                ),
                *plain_only(
                    lambda text, name=name: _feedback(**{name: {**FEEDBACK, "text": text}}),
                    f"{_AT}/{name}/text",
                ),
                *needs(
                    "text",
                    "value",
                    of=FEEDBACK,
                    at=f"{_AT}/{name}",
                    make=lambda b, name=name: _feedback(**{name: b}),
                ),
            ]
        ),
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
    *rule(
        "4.4 static selects: exactly one of options and option_groups",
        takes(_static(options=options(1))),
        takes(_static(option_groups=[GROUP])),
        takes(_many(option_groups=[GROUP])),
        refuses(_EITHER, _AT, _static()),
        refuses(_EITHER, _AT, _many()),
        refuses(_EITHER, _AT, _static(options=options(1), option_groups=[GROUP])),
        refuses(_EITHER, _AT, _many(options=options(1), option_groups=[GROUP])),
    ),
    *rule(
        "4.4 static selects: 1 to 100 options",
        amount(lambda n: _static(options=options(n)), 1, 100, f"{_AT}/options"),
        amount(lambda n: _many(options=options(n)), 1, 100, f"{_AT}/options"),
    ),
    *rule(
        "4.4 static selects: 1 to 100 groups",
        amount(lambda n: _groups(n), 1, 100, f"{_AT}/option_groups"),
    ),
    *rule(
        "4.4 option groups: 1 to 100 options",
        amount(lambda n: _groups(1, n), 1, 100, f"{_AT}/option_groups/0/options"),
        needs(
            "label",
            "options",
            of=GROUP,
            at=f"{_AT}/option_groups/0",
            make=lambda group: _static(option_groups=[group]),
        ),
    ),
    *rule(
        "4.4 option groups: plain label of up to 75",
        letters(
            lambda text: _static(option_groups=[{**GROUP, "label": plain(text)}]),
            1,
            75,
            f"{_AT}/option_groups/0/label/text",
        ),
        plain_only(
            lambda text: _static(option_groups=[{**GROUP, "label": text}]),
            f"{_AT}/option_groups/0/label",
        ),
    ),
    *rule(
        "4.4 an initial option equals one of the options",
        takes(_static(options=options(2), initial_option=option("1", "1"))),
        takes(_static(option_groups=[GROUP], initial_option=option("0", "0"))),
        takes(
            _static(
                options=options(1),
                initial_option={**option("0", "0"), "text": {**plain("0"), "emoji": True}},
            )
        ),
        takes(_many(options=options(3), initial_options=options(2))),
        refuses(
            _FOREIGN,
            f"{_AT}/initial_option",
            _static(options=options(1), initial_option=option("0", "other")),
        ),
        refuses(
            _FOREIGN,
            f"{_AT}/initial_option",
            _static(options=options(1), initial_option=option("z", "0")),
        ),
        refuses(
            _FOREIGN,
            f"{_AT}/initial_option",
            _static(options=options(1), initial_option=option("0", "0", description=plain())),
        ),
        refuses(
            _FOREIGN,
            f"{_AT}/initial_option",
            _static(option_groups=[GROUP], initial_option=option("1", "1")),
        ),
        refuses(
            _FOREIGN,
            f"{_AT}/initial_options",
            _many(options=options(1), initial_options=options(2)),
        ),
        refuses(
            too_few(1), f"{_AT}/initial_options", _many(options=options(1), initial_options=[])
        ),
    ),
    *rule(
        "4.4 selects: plain placeholder of up to 150",
        _of_each(
            _SELECTS,
            lambda kind: letters(
                lambda text: _some(kind, placeholder=plain(text)), 1, 150, f"{_AT}/placeholder/text"
            ),
        ),
        plain_only(lambda text: _some("users_select", placeholder=text), f"{_AT}/placeholder"),
    ),
    *rule(
        "4.4 selects: confirm and focus_on_load",
        _of_each(
            _SELECTS,
            lambda kind: [
                *flag(lambda on: _some(kind, focus_on_load=on), f"{_AT}/focus_on_load"),
                takes(_some(kind, confirm=confirm())),
                refuses("must provide an object", f"{_AT}/confirm", _some(kind, confirm="x")),
                refuses(too_long(255), f"{_AT}/action_id", _some(kind, action_id="x" * 256)),
            ],
        ),
    ),
    *rule(
        "4.4 multi selects: max_selected_items of 1 or more",
        _of_each(
            _MULTIS,
            lambda kind: [
                takes(_some(kind, max_selected_items=1)),
                takes(_some(kind, max_selected_items=500)),
                refuses(
                    "must be 1 or more",
                    f"{_AT}/max_selected_items",
                    _some(kind, max_selected_items=0),
                ),
            ],
        ),
        refuses(additional("max_selected_items"), _AT, _some("users_select", max_selected_items=1)),
    ),
    *rule(
        "4.4 external selects: min_query_length and initial options",
        _of_each(
            ["external_select", "multi_external_select"],
            lambda kind: [
                takes(_some(kind, min_query_length=0)),
                refuses(
                    "must be 0 or more", f"{_AT}/min_query_length", _some(kind, min_query_length=-1)
                ),
                refuses(additional("options"), _AT, _some(kind, options=options(1))),
            ],
        ),
        takes(_some("external_select", initial_option=option())),
        takes(_some("multi_external_select", initial_options=options(2))),
        refuses(
            "missing required field: value",
            f"{_AT}/initial_option",
            _some("external_select", initial_option={"text": plain()}),
        ),
        refuses(
            too_few(1), f"{_AT}/initial_options", _some("multi_external_select", initial_options=[])
        ),
    ),
    *rule(
        "4.4 users, conversations and channels: initial ids",
        _of_each(
            ["user", "conversation", "channel"],
            lambda noun: [
                takes(_some(f"{noun}s_select", **{f"initial_{noun}": "C0OPS"})),
                takes(_some(f"multi_{noun}s_select", **{f"initial_{noun}s": ["U0ANA", "U0BEN"]})),
                refuses(
                    "must be an id",
                    f"{_AT}/initial_{noun}",
                    _some(f"{noun}s_select", **{f"initial_{noun}": "ops"}),
                ),
                refuses(
                    STRING,
                    f"{_AT}/initial_{noun}",
                    _some(f"{noun}s_select", **{f"initial_{noun}": ["C0OPS"]}),
                ),
                refuses(
                    "must be an id",
                    f"{_AT}/initial_{noun}s/1",
                    _some(f"multi_{noun}s_select", **{f"initial_{noun}s": ["U0ANA", "#ops"]}),
                ),
            ],
        ),
    ),
    *rule(
        "4.4 conversations: default_to_current_conversation and a filter",
        _of_each(
            ["conversations_select", "multi_conversations_select"],
            lambda kind: [
                *flag(
                    lambda on: _some(kind, default_to_current_conversation=on),
                    f"{_AT}/default_to_current_conversation",
                ),
                takes(_some(kind, filter={"include": ["im"]})),
                refuses("must provide an object", f"{_AT}/filter", _some(kind, filter=["im"])),
            ],
        ),
        refuses(additional("filter"), _AT, _some("channels_select", filter={"include": ["im"]})),
    ),
    *rule(
        "4.4 response_url_enabled: only single selects in an input block of a modal",
        *(
            takes(asks(kind, response_url_enabled=True), on="modal")
            for kind in ("conversations_select", "channels_select")
        ),
        takes(_some("channels_select", response_url_enabled=False)),
        *(
            refuses(
                "only in an input block of a modal",
                f"{_AT}/response_url_enabled",
                _some(kind, response_url_enabled=True),
                on=surface,
            )
            for kind in ("conversations_select", "channels_select")
            for surface in ("message", "modal", "home")
        ),
        refuses(
            "only in an input block of a modal",
            "/0/element/response_url_enabled",
            asks("channels_select", response_url_enabled=True),
        ),
        refuses(
            additional("response_url_enabled"),
            "/0/element",
            asks("multi_channels_select", response_url_enabled=True),
            on="modal",
        ),
        *(
            refuses(
                BOOLEAN,
                "/0/element/response_url_enabled",
                asks(kind, response_url_enabled="yes"),
                on="modal",
            )
            for kind in ("conversations_select", "channels_select")
        ),
    ),
    *rule(
        "4.4 one element with focus_on_load in a view",
        takes(asks("users_select", focus_on_load=True), asks("users_select"), on="modal"),
        takes(
            asks("users_select", focus_on_load=True),
            asks("users_select", focus_on_load=False),
            on="modal",
        ),
        refuses(
            "only one element may be focused",
            "/1/element/focus_on_load",
            *[asks("users_select", focus_on_load=True)] * 2,
            on="modal",
        ),
        refuses(
            "only one element may be focused",
            "/1/elements/0/focus_on_load",
            asks("users_select", focus_on_load=True),
            action("users_select", focus_on_load=True),
            on="home",
        ),
    ),
]
