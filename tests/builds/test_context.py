"""What of a commit goes to an Engine: its files and nothing else, bounded, the same each time."""

from __future__ import annotations

import os
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from handlers.ports import BuildOrder, PortError
from integrations.builds import context
from integrations.builds.context import dockerfile, pack

FILES = {"Dockerfile": "FROM a", "src/a.py": "a", "src/deep/b.py": "b", "docs/c.md": "c"}


def tree(folder: Path, files: Mapping[str, str] = FILES) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def order(**how: object) -> BuildOrder:
    one = BuildOrder("b1", "lab", "api", "shop", "c" * 40, "r.example.com/api")
    return BuildOrder(**{**vars(one), **how})


def packed(folder: Path, **how: object) -> list[str]:
    into = folder.with_name("context.tar")
    pack(folder, order(**how), into)
    with tarfile.open(into) as archive:
        return [one.name for one in archive.getmembers()]


def test_all_files_go_along_but_those_that_are_named(tmp_path: Path) -> None:
    there = tree(
        tmp_path / "tree", {**FILES, ".dockerignore": "docs\nsrc\n!src/deep/b.py\nDocker*"}
    )
    assert packed(there) == [".dockerignore", "Dockerfile", "src/deep/b.py"]


def test_a_folder_of_the_commit_may_be_all_of_it(tmp_path: Path) -> None:
    there = tree(tmp_path / "tree", {"api/docker/Dockerfile": "FROM a", "api/a": "", "web/b": ""})
    how = {"context": "api", "file": "docker/Dockerfile"}
    assert dockerfile(there, order(**how)) == "FROM a"
    assert packed(there, **how) == ["a", "docker", "docker/Dockerfile"]


def test_the_same_files_are_the_same_bytes_whoever_wrote_them_when(tmp_path: Path) -> None:
    archives = []
    for number in (1, 2):
        there = tree(tmp_path / f"tree-{number}")
        os.utime(there / "src/a.py", (number, number))
        (there / "src").chmod(0o700 + number)
        into = tmp_path / f"{number}.tar"
        assert pack(there, order(), into) == (7, 9)
        archives.append(into.read_bytes())
    assert archives[0] == archives[1]


def test_links_go_along_as_links_and_lead_nobody_out(tmp_path: Path) -> None:
    there = tree(tmp_path / "tree", {**FILES, "api/Dockerfile": "FROM a"})
    (there / "api" / "out").symlink_to("../docs/c.md")
    (there / "api" / "folder").symlink_to("../src")
    into = tmp_path / "context.tar"
    pack(there, order(context="api"), into)
    with tarfile.open(into) as archive:
        assert {m.name: (m.issym(), m.linkname) for m in archive} == {
            "Dockerfile": (False, ""),
            "out": (True, "../docs/c.md"),
            "folder": (True, "../src"),
        }


@pytest.mark.parametrize("where", ["context", "file", "between", "ignore"])
def test_what_is_reached_by_a_link_is_refused(tmp_path: Path, where: str) -> None:
    there, how = tree(tmp_path / "tree"), dict[str, str]()
    if where == "context":
        (there / "linked").symlink_to("src")
        how = {"context": "linked"}
    elif where == "file":
        (there / "Linked").symlink_to("Dockerfile")
        how = {"file": "Linked"}
    elif where == "between":
        (there / "linked").symlink_to("src")
        (there / "src" / "Dockerfile").write_text("FROM a", "utf-8")
        how = {"file": "linked/Dockerfile"}
    else:
        (there / ".dockerignore").symlink_to("docs/c.md")

    def sent() -> list[str]:
        dockerfile(there, order(**how))
        return packed(there, **how)

    with pytest.raises(PortError) as refused:
        sent()
    assert refused.value.permanent


def test_too_much_is_refused_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tree(tmp_path / "tree", {**FILES, "big": "x" * 2000})
    with pytest.raises(PortError, match=r"is larger than .*\.dockerignore.*largest"):
        packed(there, largest=2000)
    monkeypatch.setattr(context, "MOST", 3)
    with pytest.raises(PortError, match="has more than 3 files"):
        packed(there)
    assert not list(tmp_path.glob("*.tar"))


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"context": "nowhere"}, "has no folder nowhere"),
        ({"context": "Dockerfile"}, "has no folder Dockerfile"),
        ({"file": "Other"}, "has no file Other"),
        ({"file": "src"}, "has no file src"),
        ({"file": "odd"}, "is not text in UTF-8"),
        ({"file": "long"}, "is larger than 1 MiB"),
    ],
)
def test_what_is_not_there_or_no_text_is_said_with_its_name(
    tmp_path: Path, how: dict[str, str], said: str
) -> None:
    there = tree(tmp_path / "tree")
    (there / "odd").write_bytes(b"FROM \xff")
    (there / "long").write_bytes(b"#" * (context.LARGEST_TEXT + 1))
    with pytest.raises(PortError) as refused:
        dockerfile(there, order(**how))
    assert said in refused.value.message
    assert refused.value.permanent
