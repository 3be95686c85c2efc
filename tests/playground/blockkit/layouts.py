"""4.3: the newer blocks that group others, and those that show work under way."""

from tests.playground.blockkit.case import (
    OBJECT,
    STRING,
    amount,
    either_text,
    flag,
    letters,
    needs,
    one_of,
    plain_only,
    refuses,
    rule,
    takes,
    unsupported,
)
from tests.playground.blockkit.samples import BLOCKS, BOTH, BOX, CARD, EVERYWHERE, ICON
from tests.playground.kit import button, image, leaf, mrkdwn, plain, task, without
from tests.workspace import JSON

_ALERT = BLOCKS["alert"]
_CAROUSEL = BLOCKS["carousel"]
_PLAN: JSON = {"type": "plan", "title": "P"}
_CHILDREN = [*EVERYWHERE, "table"]
_STATES = ("pending", "in_progress", "complete", "error")
_SOURCE: JSON = {"type": "url", "url": "https://x.example", "text": "x"}
_COLLAPSIBLE: JSON = {**BOX, "is_collapsible": True}


CASES = [
    *rule(
        "4.3 alert: text",
        letters(lambda text: {**_ALERT, "text": mrkdwn(text)}, 1, 3000, "/0/text/text"),
        either_text(lambda text: {**_ALERT, "text": text}, "/0/text"),
        needs("text", of=_ALERT, at="/0"),
    ),
    *rule(
        "4.3 alert: level",
        one_of(
            lambda word: {**_ALERT, "level": word},
            ("default", "info", "warning", "error", "success"),
            "/0/level",
        ),
    ),
    *rule(
        "4.3 card: at least one of hero_image, title, actions, body",
        takes({"type": "card", "title": plain()}),
        takes({"type": "card", "body": plain()}),
        takes({"type": "card", "actions": [button()]}),
        takes({"type": "card", "hero_image": image()}),
        refuses("must define at least one of", "/0", {"type": "card"}),
        refuses("must define at least one of", "/0", {"type": "card", "icon": image()}),
        refuses("must define at least one of", "/0", {"type": "card", "subtitle": plain()}),
    ),
    *rule(
        "4.3 card: title and subtitle of up to 150",
        letters(lambda text: {**CARD, "title": plain(text)}, 1, 150, "/0/title/text"),
        letters(lambda text: {**CARD, "subtitle": mrkdwn(text)}, 1, 150, "/0/subtitle/text"),
        either_text(lambda text: {**CARD, "title": text}, "/0/title"),
        either_text(lambda text: {**CARD, "subtitle": text}, "/0/subtitle"),
    ),
    *rule(
        "4.3 card: body of up to 200",
        letters(lambda text: {**CARD, "body": mrkdwn(text)}, 1, 200, "/0/body/text"),
        either_text(lambda text: {**CARD, "body": text}, "/0/body"),
    ),
    *rule(
        "4.3 card: 1 to 2 actions, buttons or icon buttons",
        amount(lambda n: {**CARD, "actions": [button()] * n}, 1, 2, "/0/actions"),
        takes({**CARD, "actions": [ICON]}),
        refuses(
            unsupported("users_select"),
            "/0/actions/0/type",
            {**CARD, "actions": [{"type": "users_select"}]},
        ),
    ),
    *rule(
        "4.3 card: icon and hero_image are images",
        takes({**CARD, "icon": image(), "hero_image": image()}),
        refuses(unsupported("button"), "/0/icon/type", {**CARD, "icon": button()}),
        refuses(unsupported("button"), "/0/hero_image/type", {**CARD, "hero_image": button()}),
        refuses(
            "invalid additional property: title", "/0/icon", {**CARD, "icon": image(title=plain())}
        ),
    ),
    *rule(
        "4.3 carousel: 1 to 10 cards",
        amount(lambda n: {**_CAROUSEL, "elements": [CARD] * n}, 1, 10, "/0/elements"),
        needs("elements", of=_CAROUSEL, at="/0"),
        refuses(
            unsupported("section"),
            "/0/elements/0/type",
            {**_CAROUSEL, "elements": [BLOCKS["section"]]},
        ),
    ),
    *rule(
        "4.3 container: title, plain of up to 150 or rich text",
        letters(lambda text: {**BOX, "title": plain(text)}, 1, 150, "/0/title/text"),
        plain_only(lambda text: {**BOX, "title": text}, "/0/title"),
        takes({**BOX, "title": leaf(text="x")}),
        needs("title", of=BOX, at="/0"),
    ),
    *rule(
        "4.3 container: 1 to 10 child blocks",
        amount(
            lambda n: {**BOX, "child_blocks": [{"type": "divider"}] * n}, 1, 10, "/0/child_blocks"
        ),
        needs("child_blocks", of=BOX, at="/0"),
    ),
    *rule(
        "4.3 container: which blocks it may hold",
        *(takes({**BOX, "child_blocks": [BLOCKS[kind]]}) for kind in _CHILDREN),
        *(
            refuses(
                unsupported(kind), "/0/child_blocks/0/type", {**BOX, "child_blocks": [BLOCKS[kind]]}
            )
            for kind in BLOCKS
            if kind not in _CHILDREN
        ),
    ),
    *rule(
        "4.3 container: subtitle of up to 150",
        letters(lambda text: {**BOX, "subtitle": plain(text)}, 1, 150, "/0/subtitle/text"),
        either_text(lambda text: {**BOX, "subtitle": text}, "/0/subtitle"),
    ),
    *rule(
        "4.3 container: icon",
        takes({**BOX, "icon": image()}),
        refuses(unsupported("button"), "/0/icon/type", {**BOX, "icon": button()}),
    ),
    *rule(
        "4.3 container: width",
        one_of(
            lambda word: {**BOX, "width": word}, ("narrow", "standard", "wide", "full"), "/0/width"
        ),
    ),
    *rule(
        "4.3 container: is_collapsible",
        flag(lambda on: {**BOX, "is_collapsible": on}, "/0/is_collapsible"),
    ),
    *rule(
        "4.3 container: default_collapsed needs is_collapsible",
        flag(lambda on: {**_COLLAPSIBLE, "default_collapsed": on}, "/0/default_collapsed"),
        refuses(
            "needs `is_collapsible`", "/0/default_collapsed", {**BOX, "default_collapsed": True}
        ),
        refuses(
            "needs `is_collapsible`",
            "/0/default_collapsed",
            {**BOX, "default_collapsed": True, "is_collapsible": False},
        ),
    ),
    *rule(
        "4.3 container: has_header_divider is not for is_collapsible",
        flag(lambda on: {**BOX, "has_header_divider": on}, "/0/has_header_divider"),
        takes({**BOX, "has_header_divider": True, "is_collapsible": False}),
        refuses(
            "not with `is_collapsible`",
            "/0/has_header_divider",
            {**_COLLAPSIBLE, "has_header_divider": True},
        ),
    ),
    *rule(
        "4.3 context_actions: 1 to 5 feedback or icon buttons",
        amount(lambda n: {"type": "context_actions", "elements": [ICON] * n}, 1, 5, "/0/elements"),
        takes({"type": "context_actions", "elements": [BOTH]}),
        needs("elements", of=BLOCKS["context_actions"], at="/0"),
        refuses(
            unsupported("button"),
            "/0/elements/0/type",
            {"type": "context_actions", "elements": [button()]},
        ),
    ),
    *rule(
        "4.3 task_card: task_id and title",
        needs("task_id", "title", of=task(), at="/0"),
        refuses(STRING, "/0/task_id", task(task_id=1)),
        refuses(STRING, "/0/title", task(title=plain())),
        refuses("must be more than 0", "/0/title", task(title="")),
        refuses("must be more than 0", "/0/task_id", task(task_id="")),
    ),
    *rule(
        "4.3 task_card: status",
        one_of(lambda word: task(status=word), _STATES, "/0/status"),
    ),
    *rule(
        "4.3 task_card: details and output are rich text",
        takes(task(details=leaf(text="x"), output=leaf(text="x"))),
        refuses(unsupported("plain_text"), "/0/details/type", task(details=plain())),
        refuses(unsupported("plain_text"), "/0/output/type", task(output=plain())),
    ),
    *rule(
        "4.3 task_card: sources are links",
        takes(task(sources=[])),
        takes(task(sources=[_SOURCE, _SOURCE])),
        letters(lambda text: task(sources=[{**_SOURCE, "url": text}]), 1, 3000, "/0/sources/0/url"),
        needs("url", "text", of=_SOURCE, at="/0/sources/0", make=lambda s: task(sources=[s])),
        refuses(
            unsupported("file"), "/0/sources/0/type", task(sources=[{**_SOURCE, "type": "file"}])
        ),
        refuses(
            "must be more than 0", "/0/sources/0/text", task(sources=[{**_SOURCE, "text": ""}])
        ),
    ),
    *rule(
        "4.3 plan: title",
        needs("title", of=_PLAN, at="/0"),
        refuses(STRING, "/0/title", {**_PLAN, "title": plain()}),
        refuses("must be more than 0", "/0/title", {**_PLAN, "title": ""}),
    ),
    *rule(
        "4.3 plan: tasks, whose type may be left out",
        takes({**_PLAN, "tasks": []}),
        takes({**_PLAN, "tasks": [task(status="error"), without(task(), "type")]}),
        refuses("must be one of", "/0/tasks/0/status", {**_PLAN, "tasks": [task(status="done")]}),
        refuses("must be one of", "/0/tasks/0/type", {**_PLAN, "tasks": [task(type="section")]}),
        refuses(
            "missing required field: task_id",
            "/0/tasks/0",
            {**_PLAN, "tasks": [without(task(), "task_id")]},
        ),
        refuses(OBJECT, "/0/tasks/0", {**_PLAN, "tasks": ["x"]}),
    ),
    *rule(
        "4.3 plan: one in a message",
        takes(_PLAN),
        refuses("no more than 1 plan allowed", "", _PLAN, _PLAN),
    ),
]
