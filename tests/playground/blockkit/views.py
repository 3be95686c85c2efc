"""4.7: what a view may hold, judged without anybody having it open."""

from tests.playground.blockkit.case import (
    ARRAY,
    OBJECT,
    STRING,
    additional,
    flag,
    letters,
    missing,
    plain_only,
    refuses,
    rule,
    takes,
    unsupported,
)
from tests.playground.kit import asks, home, modal, plain, section, without
from tests.workspace import JSON

_VIEW = "view"


def _home(**fields: object) -> JSON:
    return home(section(), **fields)


CASES = [
    *rule(
        "4.7 a view is a modal or a Home tab",
        takes(modal(), on=_VIEW),
        takes(_home(), on=_VIEW),
        takes(home(), on=_VIEW),
        refuses(unsupported("page"), "/type", {"type": "page"}, on=_VIEW),
        refuses(missing("type"), "", {"blocks": []}, on=_VIEW),
        refuses(STRING, "/type", {"type": {"modal": True}}, on=_VIEW),
        refuses(OBJECT, "", "modal", on=_VIEW),
        refuses(OBJECT, "", ["modal"], on=_VIEW),
    ),
    *rule(
        "4.7 modal: plain title of 1 to 24",
        letters(lambda text: modal(title=plain(text)), 1, 24, "/title/text", on=_VIEW),
        plain_only(lambda text: modal(title=text), "/title", on=_VIEW),
        refuses(missing("title"), "", without(modal(), "title"), on=_VIEW),
    ),
    *rule(
        "4.7 modal: plain submit and close of up to 24",
        letters(lambda text: modal(submit=plain(text)), 1, 24, "/submit/text", on=_VIEW),
        letters(lambda text: modal(close=plain(text)), 1, 24, "/close/text", on=_VIEW),
        plain_only(lambda text: modal(submit=text), "/submit", on=_VIEW),
        plain_only(lambda text: modal(close=text), "/close", on=_VIEW),
    ),
    *rule(
        "4.7 modal: submit when there is an input",
        takes(without(modal(), "submit"), on=_VIEW),
        takes(modal(section(), asks("users_select")), on=_VIEW),
        refuses(
            missing("submit"),
            "",
            without(modal(section(), asks("users_select")), "submit"),
            on=_VIEW,
        ),
    ),
    *rule(
        "4.7 a view needs blocks",
        takes(modal(section()), on=_VIEW),
        refuses(missing("blocks"), "", without(modal(), "blocks"), on=_VIEW),
        refuses(missing("blocks"), "", {"type": "home"}, on=_VIEW),
        refuses(ARRAY, "/blocks", {"type": "home", "blocks": {}}, on=_VIEW),
        refuses(OBJECT, "/blocks/0", {"type": "home", "blocks": ["x"]}, on=_VIEW),
    ),
    *rule(
        "4.7 callback_id of up to 255",
        letters(lambda text: modal(callback_id=text), 0, 255, "/callback_id", on=_VIEW),
        letters(lambda text: _home(callback_id=text), 0, 255, "/callback_id", on=_VIEW),
    ),
    *rule(
        "4.7 external_id of up to 255",
        letters(lambda text: modal(external_id=text), 0, 255, "/external_id", on=_VIEW),
        letters(lambda text: _home(external_id=text), 0, 255, "/external_id", on=_VIEW),
    ),
    *rule(
        "4.7 private_metadata of up to 3000",
        letters(lambda text: modal(private_metadata=text), 0, 3000, "/private_metadata", on=_VIEW),
        letters(lambda text: _home(private_metadata=text), 0, 3000, "/private_metadata", on=_VIEW),
    ),
    *rule(
        "4.7 modal: clear_on_close and notify_on_close",
        flag(lambda on: modal(clear_on_close=on), "/clear_on_close", on=_VIEW),
        flag(lambda on: modal(notify_on_close=on), "/notify_on_close", on=_VIEW),
    ),
    *rule(
        "4.7 a view has no additional properties",
        takes(modal(), on=_VIEW),
        refuses(additional("submit_disabled"), "", modal(submit_disabled=True), on=_VIEW),
        refuses(additional("hash"), "", modal(hash="x"), on=_VIEW),
    ),
    *rule(
        "4.7 Home tab: no title, submit or close",
        takes(_home(), on=_VIEW),
        *(
            refuses(additional(name), "", _home(**{name: plain()}), on=_VIEW)
            for name in ("title", "submit", "close")
        ),
    ),
]
