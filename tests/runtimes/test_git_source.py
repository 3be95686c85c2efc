"""The git source against hostile repositories, moved tags, slow servers and repositories gone."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from handlers.ports import File, PortError
from integrations.git_command import Git
from integrations.git_source import GitSource
from playground.shop import make_shop
from tests.runtimes.repository import Repository


@pytest.fixture
def made(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "shop")


@pytest.fixture
def source(tmp_path: Path) -> GitSource:
    return GitSource(tmp_path / "mirrors")


@pytest.fixture
def black_hole() -> Iterator[str]:
    """A server that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/shop.git"


@pytest.mark.parametrize(
    "name",
    [
        "-rf",
        "--upload-pack=touch",
        "$(touch${IFS}p)",
        "1.0;id",
        "latest",
        "1.2.3.4.5",
        "١.٠",
        "1.0+build",
        "release/1.0",
        "1." + "0" * 80,
    ],
)
def test_a_tag_that_is_no_version_is_left_out(
    made: Repository, source: GitSource, name: str
) -> None:
    commit = made.commit("Work", {"a": "1"}, "1.0.0")
    made.tag(name, commit)
    assert [tag.version for tag in source.versions(str(made.folder))] == ["1.0.0"]


def test_versions_are_ordered_as_versions(made: Repository, source: GitSource) -> None:
    commit = made.commit("Work", {"a": "1"})
    order = ["2.0.0", "2.0.0-rc.10", "2.0.0-rc.2", "2.0.0-rc", "1.10.0", "1.9.1", "1.9", "v1"]
    for name in sorted(order):
        made.tag(name, commit)
    versions = [tag.version for tag in source.versions(str(made.folder))]
    assert versions == [name.removeprefix("v") for name in order]


def test_one_version_with_two_meanings_is_no_version(made: Repository, source: GitSource) -> None:
    made.tag("1.0.0", made.commit("One", {"a": "1"}))
    made.tag("v1.0.0", made.commit("Two", {"a": "2"}))
    assert source.versions(str(made.folder)) == ()


def test_a_moved_or_removed_tag_is_seen_and_its_old_commit_kept(
    made: Repository, source: GitSource, tmp_path: Path
) -> None:
    old = made.commit("Old", {"a": "old"}, "1.0.0")
    source.versions(str(made.folder))
    made.git("update-ref", "-d", "refs/heads/main")
    new = made.commit("New", {"a": "new"}, "1.0.0")
    assert [tag.commit for tag in source.versions(str(made.folder))] == [new]
    made.git("tag", "-d", "1.0.0")
    assert source.versions(str(made.folder)) == ()
    source.export(str(made.folder), old, str(tmp_path / "out"))
    assert (tmp_path / "out" / "a").read_text() == "old"


def test_a_repository_that_has_gone_away_still_deploys_what_is_mirrored(
    made: Repository, source: GitSource, tmp_path: Path
) -> None:
    commit = made.commit("Work", {"a": "1"}, "1.0.0")
    source.versions(str(made.folder))
    shutil.rmtree(made.folder)
    source.export(str(made.folder), commit, str(tmp_path / "out"))
    assert source.changes(str(made.folder), None, commit, 5).ahead == 1
    with pytest.raises(PortError, match="cannot be read"):
        source.versions(str(made.folder))


@pytest.mark.parametrize(
    ("mode", "name", "content"),
    [
        ("120000", "link", "/etc/passwd"),
        ("120000", "link", "../../../outside"),
        ("100644", "../evil", "x"),
        ("100644", ".git", "x"),
        ("tree", "..", "x"),
        ("tree", ".git", "x"),
        ("100644", "/evil", "x"),
    ],
)
def test_a_hostile_tree_writes_nothing(
    made: Repository, source: GitSource, tmp_path: Path, mode: str, name: str, content: str
) -> None:
    commit = made.hostile(mode, name, content)
    releases = tmp_path / "releases"
    with pytest.raises(PortError) as refused:
        source.export(str(made.folder), commit, str(releases / "out"))
    assert refused.value.permanent
    assert list(releases.iterdir()) == []
    assert not list(tmp_path.rglob("evil"))


def test_a_link_inside_the_tree_is_exported(
    made: Repository, source: GitSource, tmp_path: Path
) -> None:
    (made.folder / "link").symlink_to("a")
    commit = made.commit("Work", {"a": "1"})
    source.export(str(made.folder), commit, str(tmp_path / "out"))
    assert (tmp_path / "out" / "link").read_text() == "1"


@pytest.mark.parametrize(
    "repository",
    ["-oProxyCommand=id", "ext::sh -c id", "--upload-pack=id", "", "a\nb", "git://127.0.0.1/x"],
)
def test_a_trick_address_is_refused(source: GitSource, repository: str) -> None:
    with pytest.raises(PortError) as refused:
        source.versions(repository)
    assert refused.value.permanent


@pytest.mark.parametrize("commit", ["main", "HEAD", "-x", "--output=p", "1.0.0", "$(id)"])
def test_a_commit_is_a_full_id(made: Repository, source: GitSource, commit: str) -> None:
    made.commit("Work", {"a": "1"}, "1.0.0")
    with pytest.raises(PortError, match="full commit id"):
        source.changes(str(made.folder), None, commit, 5)


def test_a_silent_server_is_given_up(tmp_path: Path, black_hole: str) -> None:
    source = GitSource(tmp_path, patience=0.5)
    began = time.monotonic()
    with pytest.raises(PortError) as refused:
        source.versions(black_hole)
    assert not refused.value.permanent
    assert time.monotonic() - began < 5


def test_credentials_are_never_repeated(tmp_path: Path, black_hole: str) -> None:
    source = GitSource(tmp_path, patience=0.5)
    with pytest.raises(PortError) as refused:
        source.check(black_hole.replace("http://", "http://bot:hunter2@"))
    assert "hunter2" not in refused.value.message


def test_a_machine_without_git_is_told_so(
    made: Repository, source: GitSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = made.commit("Work", {"a": "1"}, "1.0.0")
    source.versions(str(made.folder))
    monkeypatch.setenv("PATH", "/nowhere")
    for act in (source.check, source.versions, lambda r: source.changes(r, None, commit, 5)):
        with pytest.raises(PortError, match="git cannot be run"):
            act(str(made.folder))


def test_what_people_wrote_is_one_clean_line(made: Repository, source: GitSource) -> None:
    commit = made.commit("Fix \x1b[31mred\x1b[0m \u202etxt\x07", {"a": "1"})
    (change,) = source.changes(str(made.folder), None, commit, 5).commits
    assert change.subject == "Fix [31mred[0m txt"


def test_hooks_and_configuration_of_the_repository_do_not_run(
    made: Repository, source: GitSource, tmp_path: Path
) -> None:
    canary = tmp_path / "canary"
    made.commit("Work", {"a": "1"}, "1.0.0")
    for key in ("core.fsmonitor", "uploadpack.packObjectsHook", "core.sshCommand"):
        made.git("config", key, f"touch {canary}")
    source.versions(str(made.folder))
    assert not canary.exists()


def test_locks_left_by_a_crash_do_not_stop_the_next_fetch(
    made: Repository, source: GitSource, tmp_path: Path
) -> None:
    made.commit("Work", {"a": "1"}, "1.0.0")
    source.versions(str(made.folder))
    (mirror,) = (tmp_path / "mirrors").glob("*.git")
    (mirror / "packed-refs.lock").touch()
    (mirror / "refs" / "tags" / "1.1.0.lock").touch()
    made.commit("More", {"a": "2"}, "1.1.0")
    made.git("tag", "-d", "1.0.0")
    assert [tag.version for tag in source.versions(str(made.folder))] == ["1.1.0"]


def test_the_shop_is_the_same_every_time(tmp_path: Path) -> None:
    source = GitSource(tmp_path / "mirrors")
    shops = [tmp_path / "one", tmp_path / "two"]
    threads = [threading.Thread(target=make_shop, args=(shop,)) for shop in shops]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    api, again = (source.versions(str(shop / "shop-api")) for shop in shops)
    assert api == again
    assert [tag.version for tag in api] == ["1.3.0", "1.2.0", "1.1.0", "1.0.0"]
    web = source.versions(str(shops[0] / "shop-web"))
    assert [tag.version for tag in web] == ["2.1.0", "2.0.0", "1.1.0", "1.0.0"]


def test_what_is_no_plain_small_text_is_a_problem_and_not_an_error(
    made: Repository, source: GitSource
) -> None:
    name, told = ".stationmaster.yml", {}
    (made.folder / name).mkdir()
    told["It is a folder."] = made.commit("A folder", {f"{name}/a": "1"})
    (made.folder / name / "a").unlink()
    (made.folder / name).rmdir()
    told["It is larger than 64 KiB."] = made.commit("Large", {name: "#" * (64 * 1024 + 1)})
    (made.folder / name).write_bytes(b"needs: \xff")
    told["It is not text in UTF-8."] = made.commit("Latin", {})
    exact = made.commit("As large as may be", {name: "#" * 64 * 1024})
    (made.folder / name).unlink()
    (made.folder / name).symlink_to("/etc/hostname")
    link = made.commit("A link", {})
    source.versions(str(made.folder))
    found = source.read(str(made.folder), (*told.values(), exact, link), name)
    assert {commit: file.problem for commit, file in found.items() if file and file.problem} == {
        commit: problem for problem, commit in told.items()
    }
    assert found[exact] == File("#" * 64 * 1024)
    assert found[link] == File("/etc/hostname")


def test_a_file_of_many_commits_is_two_questions(
    made: Repository, source: GitSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits = tuple(made.commit(f"{n}", {"a": f"{n % 7}"}) for n in range(12))
    source.versions(str(made.folder))
    asked: list[tuple[str, ...]] = []
    run = Git.run

    def counted(git: Git, *words: str, **more: Any) -> bytes:
        asked.append(words)
        return run(git, *words, **more)

    monkeypatch.setattr(Git, "run", counted)
    found = source.read(str(made.folder), commits, "a")
    assert [file.text for file in found.values() if file] == [f"{n % 7}" for n in range(12)]
    assert len(asked) == 2
