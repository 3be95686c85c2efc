"""What every source of releases promises: the docstrings of ``Source``."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from handlers.ports import File, PortError, Source
from integrations.git_source import GitSource
from tests.fakes import Commit, FakeSource
from tests.runtimes.repository import Repository

STORY = (("First light", "1.0.0"), ("Add a door", ""), ("Add a window", "v1.1.0"))


@dataclass(frozen=True)
class Shelf:
    """A source under test with one repository of three commits, oldest first."""

    source: Source
    repository: str
    commits: tuple[str, ...]


def git_shelf(folder: Path) -> Shelf:
    made = Repository(folder / "shop")
    commits = tuple(made.commit(subject, {"a.txt": subject}, tag) for subject, tag in STORY)
    return Shelf(GitSource(folder / "mirrors"), str(made.folder), commits)


def fake_shelf(folder: Path) -> Shelf:
    source = FakeSource()
    commits = tuple(f"{number:040x}" for number in range(3))
    pairs = zip(commits, STORY, strict=True)
    source.script("shop", *(Commit(c, s, tag, {"a.txt": s}) for c, (s, tag) in pairs))
    return Shelf(source, "shop", commits)


@pytest.fixture(params=[git_shelf, fake_shelf], ids=["git", "fake"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    make: Callable[[Path], Shelf] = request.param
    return make(tmp_path)


def test_a_repository_that_answers_says_so_in_one_line(shelf: Shelf) -> None:
    line = shelf.source.check(shelf.repository)
    assert shelf.repository in line
    assert "\n" not in line


def test_versions_come_newest_first_and_without_the_v(shelf: Shelf) -> None:
    tags = shelf.source.versions(shelf.repository)
    assert [tag.version for tag in tags] == ["1.1.0", "1.0.0"]
    assert [tag.commit for tag in tags] == [shelf.commits[2], shelf.commits[0]]
    assert tags[0].subject == "Add a window"


def test_changes_are_what_is_new_newest_first(shelf: Shelf) -> None:
    first, _, last = shelf.commits
    changes = shelf.source.changes(shelf.repository, first, last, 10)
    assert [change.subject for change in changes.commits] == ["Add a window", "Add a door"]
    assert (changes.ahead, changes.behind) == (2, 0)


def test_a_cut_list_still_has_the_whole_count(shelf: Shelf) -> None:
    first, _, last = shelf.commits
    changes = shelf.source.changes(shelf.repository, first, last, 1)
    assert [change.subject for change in changes.commits] == ["Add a window"]
    assert changes.ahead == 2


def test_going_back_takes_commits_away(shelf: Shelf) -> None:
    first, _, last = shelf.commits
    changes = shelf.source.changes(shelf.repository, last, first, 10)
    assert changes.commits == ()
    assert (changes.ahead, changes.behind) == (0, 2)


def test_the_first_deployment_brings_everything(shelf: Shelf) -> None:
    assert shelf.source.changes(shelf.repository, None, shelf.commits[2], 10).ahead == 3


def test_an_unknown_commit_is_permanent(shelf: Shelf, tmp_path: Path) -> None:
    for act in (
        lambda: shelf.source.changes(shelf.repository, None, "f" * 40, 10),
        lambda: shelf.source.export(shelf.repository, "f" * 40, str(tmp_path / "out")),
    ):
        with pytest.raises(PortError) as refused:
            act()
        assert refused.value.permanent
    assert not (tmp_path / "out").exists()


def test_an_unknown_repository_is_said_plainly(shelf: Shelf) -> None:
    with pytest.raises(PortError) as refused:
        shelf.source.versions(f"{shelf.repository}-gone")
    assert refused.value.message.endswith(".")
    assert "\n" not in refused.value.message


def test_an_export_holds_the_tree_and_is_left_alone_afterwards(
    shelf: Shelf, tmp_path: Path
) -> None:
    out = tmp_path / "releases" / "out"
    shelf.source.export(shelf.repository, shelf.commits[1], str(out))
    assert [path.name for path in out.iterdir()] == ["a.txt"]
    assert (out / "a.txt").read_text() == "Add a door"
    shelf.source.export(shelf.repository, shelf.commits[2], str(out))
    assert (out / "a.txt").read_text() == "Add a door"
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_sixteen_readers_at_once_all_get_the_answer(shelf: Shelf) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = set(pool.map(lambda _: shelf.source.versions(shelf.repository), range(16)))
    assert len(answers) == 1


def test_a_file_is_read_as_it_was_in_each_commit(shelf: Shelf) -> None:
    found = shelf.source.read(shelf.repository, shelf.commits, "a.txt")
    assert found == {c: File(text) for c, (text, _) in zip(shelf.commits, STORY, strict=True)}


def test_where_there_is_no_such_file_that_is_the_answer(shelf: Shelf) -> None:
    found = shelf.source.read(shelf.repository, shelf.commits, ".stationmaster.yml")
    assert found == dict.fromkeys(shelf.commits)
    assert shelf.source.read(shelf.repository, (), "a.txt") == {}


@pytest.mark.parametrize("commit", ["f" * 40, "main", "0123\n4567"])
def test_the_file_of_an_unknown_commit_is_a_permanent_no_and_never_no_file(
    shelf: Shelf, commit: str
) -> None:
    with pytest.raises(PortError) as refused:
        shelf.source.read(shelf.repository, (shelf.commits[0], commit), "a.txt")
    assert refused.value.permanent
