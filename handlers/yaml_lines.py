"""YAML that remembers its lines: plain values, and for each place in them the line it came from.

Duplicate keys, anchors and tags are refused: the first hides a mistake, the others are how a
small file becomes a huge or a surprising one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml
from yaml.reader import ReaderError

NO_ANCHORS = (
    "anchors and aliases are not used in this file; put a value that begins with & or * in quotes."
)
NO_TAGS = "tags are not used in this file; put a value that begins with ! in quotes."


class YamlError(Exception):
    """Not YAML, or YAML this reader refuses."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


@dataclass(frozen=True)
class Document:
    value: Any
    lines: dict[tuple[Any, ...], int]

    def line(self, place: tuple[Any, ...]) -> int:
        """The line of ``place``, or of the nearest part of the file that contains it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read_yaml(text: str) -> Document:
    """Parse one document of scalars, lists and mappings."""
    lines: dict[tuple[Any, ...], int] = {}
    try:
        _refuse_surprises(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        return Document({} if node is None else _value(node, (), lines), lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlError(_plainly(error), mark.line + 1 if mark else 1) from error
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise YamlError("there is a character that cannot be in a text file.", line) from error
    except RecursionError as error:
        raise YamlError("its parts are nested too deeply.", 1) from error


def _plainly(error: yaml.MarkedYAMLError) -> str:
    problem = str(error.problem)
    if "'\\t'" in problem:
        return "there is a tab; indent with spaces."
    if "another document" in problem:
        return "a second document begins here; remove the line of hyphens."
    if str(error.context).endswith(("an alias", "an anchor")):
        return NO_ANCHORS
    return f"is not YAML: {problem}; look at this line and the one before."


def _refuse_surprises(text: str) -> None:
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if getattr(event, "anchor", None):
            raise YamlError(NO_ANCHORS, _line(event))
        if getattr(event, "tag", None):
            raise YamlError(NO_TAGS, _line(event))


def _line(marked: Any) -> int:
    return int(marked.start_mark.line) + 1


def _value(node: yaml.Node, place: tuple[Any, ...], lines: dict[tuple[Any, ...], int]) -> Any:
    lines.setdefault(place, _line(node))
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, place, lines)
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*place, i), lines) for i, child in enumerate(node.value)]
    return _scalar(node)


def _mapping(
    node: yaml.MappingNode, place: tuple[Any, ...], lines: dict[tuple[Any, ...], int]
) -> dict[Any, Any]:
    result: dict[Any, Any] = {}
    for key_node, child in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise YamlError("a key must be a plain word.", _line(key_node))
        key = key_node.value
        if key in result:
            raise YamlError(f"{key} stands here a second time.", _line(key_node))
        lines[(*place, key)] = _line(key_node)
        result[key] = _value(child, (*place, key), lines)
    return result


def _scalar(node: yaml.Node) -> Any:
    if node.tag.endswith(":timestamp"):  # nothing here is a date, and 2027-13-45 would be none
        return node.value
    try:
        return yaml.SafeLoader("").construct_object(node)
    except (yaml.YAMLError, ValueError) as error:
        raise YamlError(f"put {node.value} in quotes.", _line(node)) from error
