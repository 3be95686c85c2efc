"""Releases from git: a bare mirror per repository, read without ever running what is in it."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from handlers.ports import Change, Changes, File, PortError, Tag
from integrations.disk import locked, sync, sync_tree
from integrations.git_command import Git, GitFailed, GitTooSlow, without_credentials
from integrations.git_tree import read_file

VERSION = re.compile(r"v?(\d+(?:\.\d+){0,3})(?:-([0-9A-Za-z.-]+))?", re.ASCII)
COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}", re.ASCII)
LONGEST_VERSION = 64
TAG_FIELDS = (
    "%(refname:strip=2)%00%(objecttype)%00%(objectname)%00%(subject)%00"
    "%(*objecttype)%00%(*objectname)%00%(*subject)%00%(creatordate:unix)"
)
FETCH = (
    *("fetch", "--quiet", "--prune", "--force", "--no-tags", "--no-auto-maintenance"),
    *("--no-write-fetch-head", "--no-recurse-submodules"),
)
REFS = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
HOPELESS = re.compile(
    r"not found|does not exist|not appear to be a git|denied|authentication|could not read "
    r"(username|password)|not allowed|unable to find remote helper",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Mirror:
    """A mirror whose lock we hold; ``origin`` is what git is told, ``name`` what people read."""

    folder: Path
    origin: str
    name: str
    hold: int


class GitSource:
    """Implements ``Source``. ``patience`` is the longest a fetch may take, in seconds."""

    def __init__(self, home: Path, patience: float = 25.0) -> None:
        self._home = home.absolute()
        self._patience = patience
        self._home.mkdir(parents=True, exist_ok=True)
        self._git = Git(self._home)

    def check(self, repository: str) -> str:
        origin, name = _address(repository)
        words = ("ls-remote", "--tags", "--refs", "--", origin)
        with _plainly(name):
            tags = self._git.run(*words, at=self._home, limit=min(9.0, self._patience))
        count = tags.count(b"\n")
        return f"{name} answers and has {count} tag{'' if count == 1 else 's'}."

    def versions(self, repository: str) -> tuple[Tag, ...]:
        with self._mirror(repository) as mirror:
            self._fetch(mirror)
            words = ("for-each-ref", f"--format={TAG_FIELDS}", "refs/tags")
            with _plainly(mirror.name):
                listing = self._git.run(*words, at=mirror.folder, limit=4)
        return _newest_first(_unambiguous(listing.decode("utf-8", "replace")))

    def changes(self, repository: str, since: str | None, until: str, limit: int) -> Changes:
        with self._mirror(repository) as mirror:
            for commit in filter(None, (until, since)):
                self._must_have(mirror, commit)
            log = self._log(mirror, since, until, limit)
            ahead, behind = self._distance(mirror, since, until)
        return Changes(log, ahead, behind)

    def export(self, repository: str, commit: str, into: str) -> None:
        target = Path(into).absolute()
        with self._mirror(repository) as mirror:
            if target.exists():
                return
            self._must_have(mirror, commit)
            target.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".export-", dir=target.parent) as name:
                tree = self._check_out(mirror, commit, Path(name))
                _refuse_escapes(tree, mirror.name)
                sync_tree(tree)
                os.rename(tree, target)
            sync(target.parent)

    def read(
        self, repository: str, commits: tuple[str, ...], path: str
    ) -> Mapping[str, File | None]:
        with self._mirror(repository) as mirror, _plainly(mirror.name):
            known = tuple(filter(COMMIT.fullmatch, commits))
            found = read_file(self._git, mirror.folder, known, path) if known else {}
            unknown = tuple(commit for commit in commits if commit not in found)
            for commit in unknown:
                self._must_have(mirror, commit)
            return found | read_file(self._git, mirror.folder, unknown, path) if unknown else found

    @contextmanager
    def _mirror(self, repository: str) -> Iterator[Mirror]:
        origin, name = _address(repository)
        slug = re.sub(r"[^a-z0-9]+", "-", Path(name).stem.lower())[:40].strip("-")
        digest = hashlib.sha256(origin.encode()).hexdigest()[:16]
        folder = self._home / f"{slug or 'repository'}-{digest}.git"
        with locked(folder.with_suffix(".lock"), self._patience) as hold:
            if not folder.exists():
                self._create(folder)
            yield Mirror(folder, origin, name, hold)

    def _create(self, folder: Path) -> None:
        # Made aside and renamed: a half-made mirror would be an error for ever.
        with tempfile.TemporaryDirectory(prefix=".mirror-", dir=self._home) as name:
            words = ("init", "--bare", "--quiet", "--template=", "mirror")
            with _plainly("git"):
                self._git.run(*words, at=Path(name), limit=9)
            os.rename(Path(name, "mirror"), folder)

    def _fetch(self, mirror: Mirror) -> None:
        # We hold the lock and a fetch of a killed bot would hold it too, so these are leftovers.
        for leftover in mirror.folder.rglob("*.lock"):
            leftover.unlink(missing_ok=True)
        words = (*FETCH, "--", mirror.origin, *REFS)
        with _plainly(mirror.name):
            self._git.run(*words, at=mirror.folder, limit=self._patience, hold=mirror.hold)

    def _must_have(self, mirror: Mirror, commit: str) -> None:
        if not COMMIT.fullmatch(commit):
            raise PortError(f"{commit[:80]!r} is not a full commit id.", permanent=True)
        if self._has(mirror, commit):
            return
        self._fetch(mirror)
        if not self._has(mirror, commit):
            raise PortError(f"{mirror.name} has no commit {commit[:12]}.", permanent=True)

    def _has(self, mirror: Mirror, commit: str) -> bool:
        try:
            self._git.run("cat-file", "-e", f"{commit}^{{commit}}", at=mirror.folder, limit=5)
        except GitTooSlow as slow:
            raise PortError(f"{mirror.name} cannot be read: {slow}.") from None
        except GitFailed:
            return False
        return True

    def _log(self, mirror: Mirror, since: str | None, until: str, limit: int) -> tuple[Change, ...]:
        words = ["log", "-z", "--format=%H%x00%s%x00%an%x00%ct", "--encoding=UTF-8"]
        words += [f"--max-count={max(0, limit)}", "--end-of-options", until]
        words += [f"^{since}"] if since else []
        with _plainly(mirror.name):
            log = self._git.run(*words, "--", at=mirror.folder, limit=10)
        fields = log.decode("utf-8", "replace").split("\0")
        rows = zip(*[iter(fields)] * 4, strict=False)
        return tuple(Change(row[0], _line(row[1]), _line(row[2]), _moment(row[3])) for row in rows)

    def _distance(self, mirror: Mirror, since: str | None, until: str) -> tuple[int, int]:
        between = f"{since}...{until}" if since else until
        words = ("rev-list", "--count", "--left-right", "--end-of-options", between, "--")
        with _plainly(mirror.name):
            counted = self._git.run(*words, at=mirror.folder, limit=10).split()
        return (int(counted[1]), int(counted[0])) if since else (sum(map(int, counted)), 0)

    def _check_out(self, mirror: Mirror, commit: str, beside: Path) -> Path:
        """git itself refuses names such as ``..`` or ``.git`` and never writes through a link."""
        tree, index = beside / "tree", str(beside / "index")
        tree.mkdir()
        place = (f"--git-dir={mirror.folder}", f"--work-tree={tree}")
        with _plainly(mirror.name, permanent=True):
            for words, limit in ((("read-tree", commit), 20), (("checkout-index", "--all"), 120)):
                self._git.run(*place, *words, at=tree, limit=limit, index=index)
        return tree


@contextmanager
def _plainly(name: str, permanent: bool = False) -> Iterator[None]:
    """Turn what git says into one sentence about ``name``."""
    try:
        yield
    except GitTooSlow as slow:
        raise PortError(f"{name} cannot be read: {slow}.") from None
    except GitFailed as failure:
        reason = str(failure).rstrip(".")
        hopeless = permanent or bool(HOPELESS.search(reason))
        raise PortError(f"{name} cannot be read: {reason}.", hopeless) from None


def _address(repository: str) -> tuple[str, str]:
    """What git is told and what people read; a path is made absolute, a trick is refused."""
    odd = any(unicodedata.category(letter).startswith("C") for letter in repository)
    if not repository or repository.startswith("-") or "::" in repository or odd:
        raise PortError(f"{repository[:80]!r} is not a repository address.", permanent=True)
    is_path = "://" not in repository and ":" not in repository.split("/")[0]
    origin = str(Path(repository).expanduser().absolute()) if is_path else repository
    return origin, without_credentials(origin)


def _unambiguous(listing: str) -> Iterator[Tag]:
    """The tags that are versions; ``v1.0`` and ``1.0`` on two commits are no answer at all."""
    found: dict[str, set[str]] = {}
    tags = [tag for line in listing.splitlines() if (tag := _tag(line.split("\0")))]
    for tag in tags:
        found.setdefault(tag.version, set()).add(tag.commit)
    for tag in {tag.version: tag for tag in tags}.values():
        if len(found[tag.version]) == 1:
            yield tag


def _tag(fields: list[str]) -> Tag | None:
    if len(fields) != 8:
        return None
    name, kind, commit, subject, inner_kind, inner_commit, inner_subject, at = fields
    if kind == "tag":
        kind, commit, subject = inner_kind, inner_commit, inner_subject
    if kind != "commit" or len(name) > LONGEST_VERSION or not VERSION.fullmatch(name):
        return None
    return Tag(name.removeprefix("v"), commit, _line(subject), _moment(at))


def _newest_first(tags: Iterator[Tag]) -> tuple[Tag, ...]:
    return tuple(sorted(tags, key=lambda tag: _rank(tag.version), reverse=True))


def _rank(version: str) -> tuple[object, ...]:
    """Semantic Versioning 2.0, section 11: a pre-release is before its release."""
    match = VERSION.fullmatch(version)
    assert match, version
    numbers = [int(number) for number in match[1].split(".")]
    padded = tuple(numbers + [0] * (4 - len(numbers)))
    words = match[2].split(".") if match[2] else []
    ranks = tuple((0, int(word), "") if word.isdigit() else (1, 0, word) for word in words)
    return padded, not words, ranks, version


def _line(text: str) -> str:
    """Without control, direction and other invisible characters."""
    return "".join(c for c in text if not unicodedata.category(c).startswith("C")).strip()[:300]


def _moment(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds or 0), UTC)


def _refuse_escapes(tree: Path, name: str) -> None:
    """A link may point to what is in the tree and to nothing else."""
    root = tree.resolve()
    for where, folders, files in os.walk(tree):
        for path in (Path(where, entry) for entry in (*folders, *files)):
            if path.is_symlink() and not _stays(path, root):
                shown = _line(str(path.relative_to(tree)))
                text = f"{name} holds a link that leads out of its tree: {shown}."
                raise PortError(text, permanent=True)


def _stays(link: Path, root: Path) -> bool:
    try:
        return not os.readlink(link).startswith("/") and link.resolve().is_relative_to(root)
    except (OSError, RuntimeError):  # a circle of links
        return False
