"""What methods answer has the shape of Slack's own answers: the same fields, the same types."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.playground.webapi.accepted import ACCEPTED
from tests.playground.webapi.stage import Stage, staged

SHAPES = json.loads(Path(__file__).with_name("webapi").joinpath("shapes.json").read_text())
OBJECTS, METHODS = SHAPES["objects"], SHAPES["methods"]
TYPES = {"s": str, "n": int | float, "b": bool}
# Slack's reference describes them, and its samples happen not to have them.
BESIDE = {"conversations.join.warning", "files.info.response_metadata"}
# Not in every answer: they tell of a problem, a window, a page, a text file, or another team.
NOT_ALWAYS = {
    *("already_open", "arg", "callstack", "deprecated_argument", "latest", "no_op", "offset"),
    *("app_id", "app_name", "enterprise_id", "expires_in", "oldest", "response_metadata"),
    *("content", "content_highlight_css", "content_highlight_html", "is_truncated", "paging"),
    "content_highlight_html_truncated",
}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged() as stage:
        stage.done("files.completeUploadExternal", files=[{"id": "$uploaded"}])
        yield stage


@pytest.mark.parametrize("method", METHODS)
def test_an_answer_has_the_shape_of_slacks(stage: Stage, method: str) -> None:
    for args in ACCEPTED[method]:
        answer = stage.done(method, **args)
        assert list(strange(answer, METHODS[method], method)) == []
        assert set(METHODS[method]) - set(answer) - NOT_ALWAYS == set()


def test_a_field_slack_does_not_have_and_a_wrong_type_are_seen() -> None:
    shape = {"ok": "b", "channel": "@channel"}
    assert list(strange({"ok": 1, "x": 2, "channel": {"id": 3}}, shape, "m")) == [
        "m.ok: int",
        "m.x is new",
        "m.channel.id: int",
    ]


def strange(value: Any, shape: Any, path: str) -> Iterator[str]:
    """Yield where a value is not of a shape: a new field, or another type."""
    if isinstance(shape, str) and shape.startswith("@"):
        shape = OBJECTS[shape[1:]]
    if value is None or shape == "any":
        return
    if isinstance(shape, dict) and isinstance(value, dict):
        for name, item in value.items():
            if name in shape:
                yield from strange(item, shape[name], f"{path}.{name}")
            elif f"{path}.{name}" not in BESIDE:
                yield f"{path}.{name} is new"
    elif isinstance(shape, list) and isinstance(value, list):
        for item in value if shape else ():
            yield from strange(item, shape[0], path)
    elif isinstance(shape, dict | list) or not _is(value, shape):
        yield f"{path}: {type(value).__name__}"


def _is(value: Any, letter: str) -> bool:
    return isinstance(value, TYPES[letter]) and (letter == "b") == isinstance(value, bool)
