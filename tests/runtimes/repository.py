"""A git repository that a test writes commit by commit, hostile trees included."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

WHO = {
    f"GIT_{role}_{fact}": value
    for role in ("AUTHOR", "COMMITTER")
    for fact, value in (("NAME", "Ada"), ("EMAIL", "ada@x.example"), ("DATE", "1770000000 +0000"))
}


class Repository:
    """A repository with a work tree in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self.git("init", "--quiet", "--template=", "--initial-branch=main")

    def git(self, *words: str, given: bytes = b"") -> str:
        alone = {"PATH": os.environ["PATH"], "HOME": str(self.folder)} | WHO
        alone |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
        done = subprocess.run(
            ("git", *words),
            cwd=self.folder,
            env=alone,
            input=given,
            capture_output=True,
            check=True,
        )
        return done.stdout.decode().strip()

    def commit(self, subject: str, files: Mapping[str, str], tag: str = "") -> str:
        for name, text in files.items():
            (self.folder / name).write_text(text, "utf-8")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", subject)
        commit = self.git("rev-parse", "HEAD")
        if tag:
            self.tag(tag, commit)
        return commit

    def tag(self, name: str, commit: str) -> None:
        self.git("update-ref", f"refs/tags/{name}", commit)

    def hostile(self, mode: str, name: str, content: str) -> str:
        """A commit whose tree has one entry that git itself would not let you add."""
        blob = self.git("hash-object", "-w", "--stdin", given=content.encode())
        kind = "40000" if mode == "tree" else mode
        inner = bytes.fromhex(blob)
        if mode == "tree":
            words = ("hash-object", "-w", "-t", "tree", "--literally", "--stdin")
            inner = bytes.fromhex(self.git(*words, given=b"100644 evil\0" + inner))
        entry = f"{kind} {name}\0".encode() + inner
        words = ("hash-object", "-w", "-t", "tree", "--literally", "--stdin")
        tree = self.git(*words, given=entry)
        commit = self.git("commit-tree", tree, "-m", "Innocent")
        self.git("update-ref", f"refs/heads/hostile-{commit}", commit)
        return commit
