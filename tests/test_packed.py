"""Archives of data: whatever one has in it, nothing is written outside of where it is unpacked, and
what is packed comes back as it was."""

from __future__ import annotations

import io
import os
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from handlers.ports import PortError
from integrations.volumes import packed
from integrations.volumes.packed import laid_over, pack, unpack

Entry = tuple[str, bytes, str | bytes]
FILE, FOLDER, LINK, AGAIN = tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE


def archive(*entries: Entry, mode: int = 0o644) -> bytes:
    """An archive of such entries: name, kind, and what it holds or where it leads."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        for name, kind, what in entries:
            entry = tarfile.TarInfo(name)
            entry.type, entry.mode = kind, mode
            if isinstance(what, bytes):
                entry.size = len(what)
                tar.addfile(entry, io.BytesIO(what))
            else:
                entry.linkname = what
                tar.addfile(entry)
    return made.getvalue()


TOP: Entry = ("data", FOLDER, "")
HOSTILE: dict[str, tuple[Entry, ...]] = {
    "up": (TOP, ("data/../../out", FILE, b"x")),
    "up at once": (TOP, ("../out", FILE, b"x")),
    "from the root": (TOP, ("/tmp/out", FILE, b"x")),
    "another top": (TOP, ("other/out", FILE, b"x")),
    "through a link": (TOP, ("data/a", LINK, "{out}"), ("data/a/out", FILE, b"x")),
    "over a link": (TOP, ("data/a", LINK, "{out}/out"), ("data/a", FILE, b"x")),
    "a link over a file": (TOP, ("data/a", FILE, b"x"), ("data/a", LINK, "{out}")),
    "another name of a link": (TOP, ("data/a", LINK, "{out}/mine"), ("data/b", AGAIN, "data/a")),
    "another name of what is outside": (TOP, ("data/b", AGAIN, "{out}/mine")),
    "another name of what is above": (TOP, ("data/b", AGAIN, "data/../../mine")),
    "a device": (TOP, ("data/null", tarfile.CHRTYPE, "")),
    "a disk": (TOP, ("data/disk", tarfile.BLKTYPE, "")),
    "a pipe": (TOP, ("data/pipe", tarfile.FIFOTYPE, "")),
    "twice": (TOP, ("data/a", FILE, b"x"), ("data/a", FILE, b"y")),
    "a link instead of the data": (("data", LINK, "{out}"), ("data/out", FILE, b"x")),
    "deep": (TOP, (f"data{'/a' * 5000}", FILE, b"x")),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_would_be_written_elsewhere_is_refused_and_nothing_is(
    tmp_path: Path, kind: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "mine").write_text("mine", "utf-8")
    entries = [
        (name, of, what.format(out=outside) if isinstance(what, str) else what)
        for name, of, what in HOSTILE[kind]
    ]
    with pytest.raises(PortError) as refused:
        unpack([archive(*entries)], "data", tmp_path / "into" / "data")
    assert refused.value.permanent
    assert [path.name for path in outside.iterdir()] == ["mine"]
    assert (outside / "mine").read_text("utf-8") == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["into", "outside"]
    assert [path.name for path in (tmp_path / "into").iterdir()] == ["data"]
    there = [path for path in (tmp_path / "into").rglob("*") if path.is_symlink()]
    assert there == [], "links come last"


def test_a_link_is_kept_as_a_link_wherever_it_leads(tmp_path: Path) -> None:
    count = unpack([archive(TOP, ("data/a", LINK, "/etc/passwd"))], "data", tmp_path / "data")
    assert count == 1
    assert os.readlink(tmp_path / "data" / "a") == "/etc/passwd"


def test_no_copy_has_more_rights_than_a_file_needs(tmp_path: Path) -> None:
    entries: tuple[Entry, ...] = (TOP, ("data/a", FILE, b"x"), ("data/b", FOLDER, ""))
    unpack([archive(*entries, mode=0o6000)], "data", tmp_path / "data")
    modes = [stat.S_IMODE((tmp_path / "data" / name).stat().st_mode) for name in ("a", "b")]
    assert modes == [0o600, 0o700]


@pytest.mark.parametrize("size", [0, 100, 512, 700, 1024, 1500, 2048, 2560])
def test_half_an_archive_is_none(tmp_path: Path, size: int) -> None:
    whole = archive(TOP, ("data/a", FILE, b"x" * 1000))
    with pytest.raises(PortError):
        unpack([whole[:size]], "data", tmp_path / "data")


def test_a_copy_leaves_room_for_the_bot_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "ROOM", 2**60)
    with pytest.raises(PortError, match="no room left for a copy of the data") as refused:
        unpack([archive(TOP, ("data/a", FILE, b"x"))], "data", tmp_path / "data")
    assert refused.value.permanent


def test_what_is_packed_comes_back_as_it_was(tmp_path: Path) -> None:
    source = tmp_path / "source"
    odd = ["a" * 200, "b\nc", "d é ☃", os.fsdecode(b"e\xff"), " ", "-f", "deep/er/f"]
    for name in odd:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(name.encode("utf-8", "surrogateescape") * 1000)
    (source / "empty").mkdir()
    (source / "link").symlink_to("nowhere")
    (source / "deep" / "er" / "f").chmod(0o755)
    pieces = pack(laid_over([source]), "data", (7, 8))
    assert unpack(pieces, "data", tmp_path / "data") == len(odd) + 1
    for name in odd:
        assert (tmp_path / "data" / name).read_bytes() == (source / name).read_bytes()
    assert (tmp_path / "data" / "empty").is_dir()
    assert os.readlink(tmp_path / "data" / "link") == "nowhere"
    assert stat.S_IMODE((tmp_path / "data" / "deep" / "er" / "f").stat().st_mode) == 0o755


def test_everything_in_an_archive_is_its_owners_who_may_write_it(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "deep").mkdir(parents=True)
    (source / "deep" / "a").write_text("x", "utf-8")
    (source / "deep" / "a").chmod(0o444)
    (source / "deep").chmod(0o555)
    with tarfile.open(
        fileobj=io.BytesIO(b"".join(pack(laid_over([source]), "data", (7, 8))))
    ) as tar:
        there = {one.name: (one.uid, one.gid, oct(one.mode)) for one in tar}
    assert there == {
        "data": (7, 8, "0o755"), "data/deep": (7, 8, "0o755"), "data/deep/a": (7, 8, "0o644"),
    }  # fmt: skip


def cut(path: Path) -> None:
    path.write_bytes(b"x")


def removed(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("change", [cut, removed])
def test_what_changes_while_it_is_read_is_broken_off(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    large = tmp_path / "source" / "large"
    large.parent.mkdir()
    large.write_bytes(b"x" * 4096)
    pieces = pack(laid_over([large.parent]), "data", (0, 0))
    next(pieces)
    if change is cut:
        next(pieces)  # its size has been said
    change(large)
    with pytest.raises(PortError, match="large"):
        list(pieces)


def test_a_pipe_in_the_baseline_is_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(PortError, match="pipe is neither a file") as refused:
        list(pack(laid_over([tmp_path]), "data", (0, 0)))
    assert refused.value.permanent


def test_a_file_of_a_seed_takes_no_folder_away(tmp_path: Path) -> None:
    (tmp_path / "1" / "a").mkdir(parents=True)
    (tmp_path / "2").mkdir()
    (tmp_path / "2" / "a").write_text("x", "utf-8")
    with pytest.raises(PortError, match="is a folder") as refused:
        laid_over([tmp_path / "1", tmp_path / "2"])
    assert refused.value.permanent
    assert laid_over([tmp_path / "2", tmp_path / "1"]) == {"a": tmp_path / "1" / "a"}
