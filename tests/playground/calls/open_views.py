"""4.7: views that people have open."""

import json
import re
from typing import Any

from tests.playground.calls.stage import (
    Call,
    Stage,
    calls,
    elsewhere,
    fails,
    holds,
    manifest,
    works,
)
from tests.playground.kit import asks, home, modal, mrkdwn, section
from tests.workspace import JSON

_BOTH = "Cannot provide both `view_id` and `external_id`"


def _again(stage: Stage) -> JSON:
    trigger = stage.trigger()
    stage.api("views.open", trigger_id=trigger, view=modal())
    return stage.api("views.open", trigger_id=trigger, view=modal())


def _after(stage: Stage, seconds: float) -> JSON:
    trigger = stage.trigger()
    stage.advance(seconds)
    return stage.api("views.open", trigger_id=trigger, view=modal())


def _stacked(stage: Stage, more: int) -> JSON:
    answer: JSON = {"ok": True, "view": stage.opened()}
    for _ in range(more):
        answer = stage.push()
    return answer


def _pushed_on_nothing(stage: Stage) -> JSON:
    stage.begin()
    return stage.push()


def _replaced(stage: Stage) -> JSON:
    first = stage.opened()
    second = stage.opened()
    assert [view["id"] for view in stage.ana.get("modal")["stack"]] == [second["id"]]
    return stage.update(first)


def _closed(stage: Stage) -> JSON:
    view = stage.opened()
    stage.begin()
    return stage.update(view)


def _by_name(stage: Stage, **names: str) -> JSON:
    view = stage.opened(external_id="mine")
    known = {name: view["id"] if value == "its" else value for name, value in names.items()}
    return stage.api("views.update", view=modal(external_id="mine"), **known)


def _with_hash(stage: Stage, *, stale: bool) -> JSON:
    view = stage.opened()
    newer = stage.update(view)["view"]
    assert newer["hash"] != view["hash"]
    return stage.update(view, hash=view["hash"] if stale else newer["hash"])


def _rehashed(stage: Stage, *, changed: bool) -> JSON:
    view = stage.opened()
    assert re.fullmatch(r"\d{10}\.\d{6}\.\w{8}", view["hash"])
    later = stage.update(view)["view"] if changed else stage.ana.modal()
    return holds(later["hash"] != view["hash"], "the same hash")


def _home(*, enabled: bool) -> JSON:
    tabs = {"home_tab_enabled": enabled, "messages_tab_enabled": True}
    with elsewhere(manifest(app_home=tabs)) as other:
        return other.publish()


def _home_with_hash(stage: Stage, *, stale: bool) -> JSON:
    first = stage.publish()["view"]["hash"]
    second = stage.publish(hash=first)["view"]["hash"]
    return stage.publish(hash=first if stale else second)


def _twins(stage: Stage, first: str, second: str) -> JSON:
    stage.opened(external_id=first)
    return stage.push(external_id=second)


def weighing(stage: Stage, size: int) -> JSON:
    """A modal of exactly this many bytes as compact JSON; é is two."""
    blocks = [section(text=mrkdwn("é" * 1400)) for _ in range(85)]
    view = modal(*blocks, private_metadata="")
    have = _size(view)
    parts, rest = divmod(size - have, 1000)
    for block in blocks[:parts]:
        block["text"]["text"] += "x" * 1000
    view["private_metadata"] = "x" * rest
    assert _size(view) == size
    return stage.api("views.open", trigger_id=stage.trigger(), view=view)


def _size(view: Any) -> int:
    return len(json.dumps(view, ensure_ascii=False, separators=(",", ":")).encode())


def _name(**fields: Any) -> JSON:
    return {**asks("plain_text_input", action_id="a", **fields), "block_id": "name"}


def _kept(stage: Stage, block: JSON) -> JSON:
    """Update a modal in which Ana has written ``mine``; not ok when it is gone."""
    view = stage.opened(_name(initial_value="old"))
    stage.ana.do("state", view_id=view["id"], block_id="name", action_id="a", value="mine")
    values = stage.update(view, block)["view"]["state"]["values"]
    ((entry,),) = [tuple(entries.values()) for entries in values.values()]
    return {"ok": entry["value"] == "mine", "error": f"now {entry['value']}"}


CASES: list[Call] = [
    *calls(
        "4.7 trigger_id: good for 3 seconds",
        works(lambda s: _after(s, 3)),
        fails("expired_trigger_id", lambda s: _after(s, 3.1)),
    ),
    *calls(
        "4.7 trigger_id: good once",
        works(lambda s: s.open()),
        fails("exchanged_trigger_id", _again),
    ),
    *calls(
        "4.7 trigger_id: issued to this app",
        works(lambda s: s.open()),
        works(lambda s: holds(re.fullmatch(r"\d{13}\.\d{13}\.[0-9a-f]{32}", s.trigger()))),
        fails(
            "invalid_trigger_id",
            lambda s: s.api("views.open", trigger_id="12345.98765.abcd2358fdea", view=modal()),
        ),
        fails("invalid_trigger_id", lambda s: s.api("views.push", trigger_id="x", view=modal())),
    ),
    *calls(
        "4.7 one root modal, opening again replaces it",
        works(lambda s: s.update(s.opened())),
        fails("not_found", _replaced),
    ),
    *calls(
        "4.7 up to three views on a stack",
        works(lambda s: _stacked(s, 2)),
        fails("push_limit_reached", lambda s: _stacked(s, 3)),
    ),
    *calls(
        "4.7 a push needs an open parent",
        works(lambda s: _stacked(s, 1)),
        fails("not_found", _pushed_on_nothing),
    ),
    *calls(
        "4.7 update: a view that is open",
        works(lambda s: s.update(s.opened())),
        fails("not_found", _closed),
        fails("not_found", lambda s: s.api("views.update", view_id="V0", view=modal())),
        fails("not_found", lambda s: s.api("views.update", external_id="no", view=modal())),
    ),
    *calls(
        "4.7 update: by view_id or by external_id",
        works(lambda s: _by_name(s, view_id="its")),
        works(lambda s: _by_name(s, external_id="mine")),
        fails(_BOTH, lambda s: _by_name(s, view_id="its", external_id="mine")),
        fails("missing required field: view_id", lambda s: _by_name(s)),
    ),
    *calls(
        "4.7 update: with the hash of the newest state",
        works(lambda s: _with_hash(s, stale=False)),
        fails("hash_conflict", lambda s: _with_hash(s, stale=True)),
    ),
    *calls(
        "4.7 update: keeps what was entered where block_id and action_id stay",
        works(lambda s: _kept(s, _name(initial_value="new"))),
        fails("now new", lambda s: _kept(s, {**_name(initial_value="new"), "block_id": "other"})),
        fails(
            "now new",
            lambda s: _kept(
                s,
                {
                    **asks("plain_text_input", action_id="b", initial_value="new"),
                    "block_id": "name",
                },
            ),
        ),
        fails("now None", lambda s: _kept(s, asks("plain_text_input"))),
    ),
    *calls(
        "4.7 publish: with the hash of the newest state",
        works(lambda s: _home_with_hash(s, stale=False)),
        fails("hash_conflict", lambda s: _home_with_hash(s, stale=True)),
    ),
    *calls(
        "4.7 every change makes another hash, a time with eight letters or digits",
        works(lambda s: _rehashed(s, changed=True)),
        fails("the same hash", lambda s: _rehashed(s, changed=False)),
    ),
    *calls(
        "4.7 publish: where the app has a Home tab",
        works(lambda s: _home(enabled=True)),
        fails("not_enabled", lambda s: _home(enabled=False)),
    ),
    *calls(
        "4.7 publish: for somebody who exists",
        works(lambda s: s.publish()),
        fails("invalid `user_id`", lambda s: s.publish(user_id="U0NOBODY")),
        fails("missing required field: user_id", lambda s: s.publish(user_id="")),
    ),
    *calls(
        "4.7 external_id: once in a team",
        works(lambda s: _twins(s, "one", "two")),
        works(lambda s: _twins(s, "", "")),
        works(lambda s: _by_name(s, external_id="mine")),
        fails("duplicate_external_id", lambda s: _twins(s, "one", "one")),
    ),
    *calls(
        "4.7 a view of up to 250 KB",
        works(lambda s: weighing(s, 250_000)),
        fails("view_too_large", lambda s: weighing(s, 250_001)),
    ),
    *calls(
        "4.7 a modal is opened, a Home tab published",
        works(lambda s: s.publish()),
        fails(
            "[json-pointer:/view/type]",
            lambda s: s.api("views.open", trigger_id=s.trigger(), view=home()),
        ),
        fails("[json-pointer:/view/type]", lambda s: s.publish(view=modal())),
        fails(
            "[json-pointer:/view/type]",
            lambda s: s.api("views.update", view_id=s.opened()["id"], view=home()),
        ),
    ),
]
