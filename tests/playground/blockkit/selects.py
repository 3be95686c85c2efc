"""4.4: what is chosen from a list."""

from typing import Any

from tests.playground.blockkit.case import (
    BOOLEAN,
    STRING,
    additional,
    amount,
    flag,
    letters,
    needs,
    of_each,
    plain_only,
    refuses,
    rule,
    takes,
    too_few,
    too_long,
)
from tests.playground.blockkit.samples import GROUP
from tests.playground.kit import (
    action,
    asks,
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


def _static(**fields: Any) -> JSON:
    return action("static_select", **fields)


def _many(**fields: Any) -> JSON:
    return action("multi_static_select", **fields)


def _groups(count: int, each: int = 1) -> JSON:
    return _static(option_groups=[{"label": plain(), "options": options(each)}] * count)


CASES = [
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
        of_each(
            _SELECTS,
            lambda kind: letters(
                lambda text: _some(kind, placeholder=plain(text)), 1, 150, f"{_AT}/placeholder/text"
            ),
        ),
        plain_only(lambda text: _some("users_select", placeholder=text), f"{_AT}/placeholder"),
    ),
    *rule(
        "4.4 selects: confirm and focus_on_load",
        of_each(
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
        of_each(
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
        of_each(
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
        of_each(
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
        of_each(
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
