"""4.7: what comes of submitting a modal, and of closing one."""

from typing import Any

from tests.playground.calls.stage import Call, Stage, calls, done, fails, holds, works
from tests.playground.kit import asks, home, modal, mrkdwn, option, section
from tests.workspace import JSON

_TROUBLE = "We had some trouble connecting. Try again?"


def _name(**fields: Any) -> JSON:
    return {**asks("plain_text_input", action_id="a", **fields), "block_id": "name"}


def _submitted(stage: Stage, answer: JSON | None = None, **fields: Any) -> JSON:
    view = stage.opened(_name(**fields), section(block_id="words"))
    return stage.submit(view, answer, name="x")


def _told(stage: Stage, errors: JSON) -> JSON:
    """Submit, and let the app answer with errors; not ok when Ana sees a banner."""
    answer = _submitted(stage, {"response_action": "errors", "errors": errors})
    return {**answer, "ok": answer.get("errors") == errors and "banner" not in answer}


def _unanswered(stage: Stage) -> JSON:
    """Submit while the app is deaf; the modal must stay, with what was entered."""
    view = stage.opened(_name(), callback_id="deaf")
    answer = stage.ignored(lambda: stage.submit(view, name="mine"))
    kept = stage.ana.modal()
    assert (kept["id"], kept["banner"]) == (view["id"], _TROUBLE)
    assert kept["state"]["values"]["name"]["a"]["value"] == "mine"
    return answer


def _after(stage: Stage, answer: JSON) -> JSON:
    """Submit the second of two modals; what is left open."""
    root = stage.opened()
    top = stage.push()["view"]
    assert stage.submit(top, answer)["ok"]
    left = [view["id"] for view in stage.ana.get("modal")["stack"]]
    return holds(left == [root["id"]], f"{len(left)} open")


def _pushed_on_three(stage: Stage) -> JSON:
    stage.opened()
    stage.push()
    top = done(stage.push())["view"]
    return stage.submit(top, {"response_action": "push", "view": modal()})


def _refused_values(stage: Stage, answer: JSON) -> JSON:
    """Have a submission refused; not ok when what was entered is gone."""
    view = stage.opened(_name(), section(block_id="words"))
    stage.submit(view, answer, name="mine")
    kept = stage.ana.workspace.modal("U0ANA")
    gone = kept is None or kept["state"]["values"]["name"]["a"]["value"] != "mine"
    return holds(not gone, "gone")


def _closed(stage: Stage, *, everything: bool = False, **fields: bool) -> JSON:
    """Close the modal on top of another; what the app hears of it."""
    stage.opened()
    view = stage.push(**fields)["view"]
    stage.answers = {}
    before = len(stage.heard)
    assert stage.ana.do("close", view_id=view["id"], all=everything)["ok"]
    told = stage.heard[before:]
    if not told:
        return holds(False, "not told")
    assert told[0]["type"] == "view_closed" and "trigger_id" not in told[0]
    return holds(told[0]["is_cleared"], "is_cleared is false")


def _checked(stage: Stage, given: Any, kind: str, **fields: Any) -> JSON:
    """Submit one value; the app must not hear of one that the client refuses."""
    block = {**asks(kind, action_id="a", **fields), "block_id": "it"}
    view = stage.opened(block)
    before = len(stage.heard)
    answer = stage.submit(view, it=given)
    assert (len(stage.heard) > before) is answer["ok"]
    return answer


_TWO = [option("a"), option("b", "B")]
_FREE = {"is_decimal_allowed": True}
_WHOLE = {"is_decimal_allowed": False}
_ONE = {"options": _TWO, "max_selected_items": 1}
_TAKEN = {"name": "Taken"}

CASES: list[Call] = [
    *calls(
        "4.7 submission: an ack without a body closes the view",
        works(lambda s: _submitted(s)),
        fails(_TROUBLE, lambda s: _submitted(s, {"response_action": "dance"})),
    ),
    *calls(
        "4.7 submission: errors are by the block_id of an input",
        works(lambda s: _told(s, {"name": "Taken"})),
        fails(_TROUBLE, lambda s: _told(s, {"words": "Taken"})),
        fails(_TROUBLE, lambda s: _told(s, {"gone": "Taken"})),
        fails(_TROUBLE, lambda s: _told(s, {"name": ""})),
    ),
    *calls(
        "4.7 submission: an update is judged as a view",
        works(lambda s: _submitted(s, {"response_action": "update", "view": modal()})),
        fails(
            _TROUBLE,
            lambda s: _submitted(s, {"response_action": "update", "view": modal(title=mrkdwn())}),
        ),
        fails(_TROUBLE, lambda s: _submitted(s, {"response_action": "update", "view": home()})),
    ),
    *calls(
        "4.7 submission: a push is judged as a view, and goes three high",
        works(lambda s: _submitted(s, {"response_action": "push", "view": modal()})),
        fails(_TROUBLE, lambda s: _submitted(s, {"response_action": "push"})),
        fails(_TROUBLE, _pushed_on_three),
    ),
    *calls(
        "4.7 submission: clear closes the stack, an empty ack the view on top",
        works(lambda s: _after(s, {})),
        fails("0 open", lambda s: _after(s, {"response_action": "clear"})),
    ),
    *calls(
        "4.7 submission: acked within 3 seconds, or a banner, and the modal stays",
        works(lambda s: _submitted(s)),
        fails(_TROUBLE, _unanswered),
    ),
    *calls(
        "4.7 submission: what is refused keeps what was entered",
        works(lambda s: _refused_values(s, {"response_action": "errors", "errors": _TAKEN})),
        works(lambda s: _refused_values(s, {"response_action": "dance"})),
        fails("gone", lambda s: _refused_values(s, {})),
    ),
    *calls(
        "4.7 closing: told where notify_on_close wants it",
        works(lambda s: _closed(s, notify_on_close=True, clear_on_close=True)),
        fails("not told", lambda s: _closed(s)),
        fails("not told", lambda s: _closed(s, notify_on_close=False, clear_on_close=True)),
    ),
    *calls(
        "4.7 closing: is_cleared with clear_on_close, or when the whole stack goes",
        works(lambda s: _closed(s, notify_on_close=True, clear_on_close=True)),
        works(lambda s: _closed(s, notify_on_close=True, everything=True)),
        fails("is_cleared is false", lambda s: _closed(s, notify_on_close=True)),
    ),
    *calls(
        "4.7 the client checks: required inputs are filled",
        works(lambda s: _checked(s, "x", "plain_text_input")),
        fails("complete this required field", lambda s: _checked(s, "", "plain_text_input")),
        fails("complete this required field", lambda s: _checked(s, None, "users_select")),
        fails("complete this", lambda s: _checked(s, [], "checkboxes", options=_TWO)),
    ),
    *calls(
        "4.7 the client checks: lengths",
        works(lambda s: _checked(s, "xx", "plain_text_input", min_length=2, max_length=2)),
        fails("at least 2 char", lambda s: _checked(s, "x", "plain_text_input", min_length=2)),
        fails("at most 2 char", lambda s: _checked(s, "xxx", "plain_text_input", max_length=2)),
        fails("at most 3000 char", lambda s: _checked(s, "x" * 3001, "plain_text_input")),
    ),
    *calls(
        "4.7 the client checks: numbers and their range",
        works(lambda s: _checked(s, "1.5", "number_input", min_value="1.5", **_FREE)),
        works(lambda s: _checked(s, "-2", "number_input", max_value="-2", **_WHOLE)),
        fails("enter a number.", lambda s: _checked(s, "two", "number_input", **_FREE)),
        fails("whole number", lambda s: _checked(s, "1.5", "number_input", **_WHOLE)),
        fails(
            "no lower than 2", lambda s: _checked(s, "1", "number_input", min_value="2", **_FREE)
        ),
        fails(
            "no higher than 2", lambda s: _checked(s, "3", "number_input", max_value="2", **_FREE)
        ),
    ),
    *calls(
        "4.7 the client checks: addresses of mail and of the web",
        works(lambda s: _checked(s, "a@b.example", "email_text_input")),
        works(lambda s: _checked(s, "https://a.example/b", "url_text_input")),
        fails("valid email", lambda s: _checked(s, "nobody", "email_text_input")),
        fails("valid URL", lambda s: _checked(s, "nowhere", "url_text_input")),
    ),
    *calls(
        "4.7 the client checks: no more than max_selected_items",
        works(lambda s: _checked(s, ["a"], "multi_static_select", **_ONE)),
        fails("at most 1 items", lambda s: _checked(s, ["a", "b"], "multi_static_select", **_ONE)),
    ),
]
