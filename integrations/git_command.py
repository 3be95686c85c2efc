"""Runs the git binary: argv only, a clean environment, no configuration but ours, a time limit."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path

from integrations.disk import write_whole

# safe.directory: git refuses repositories of other owners, which a bot on a server always meets;
# nothing of a repository's own configuration can run a program while it is only fetched from.
# gc.auto=0: an approved commit must not vanish because its tag was moved.
CONFIGURATION = """\
[core]
\thooksPath = /dev/null
\tfsmonitor = false
[gc]
\tauto = 0
[safe]
\tdirectory = *
[protocol]
\tallow = never
[protocol "https"]
\tallow = always
[protocol "http"]
\tallow = always
[protocol "ssh"]
\tallow = always
[protocol "file"]
\tallow = always
"""
PASSED_ON = ("PATH", "HOME", "SSH_AUTH_SOCK", "SSL_CERT_FILE", "TMPDIR")
CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")


class GitFailed(Exception):
    """git ended with an error; the text is its last words, without credentials."""


class GitTooSlow(GitFailed):
    """git was ended because its time was over."""


class Git:
    """The git binary, cut off from the configuration of the machine and of the user."""

    def __init__(self, home: Path) -> None:
        self._configuration = home / "gitconfig"
        if not self._configuration.exists():
            write_whole(self._configuration, CONFIGURATION)

    def run(
        self,
        *words: str,
        at: Path,
        limit: float,
        hold: int | None = None,
        index: str = "",
        given: bytes = b"",
    ) -> bytes:
        """What git printed after it was ``given`` its input. ``hold`` is a lock handle that git
        keeps even if we are killed."""
        try:
            with subprocess.Popen(
                ("git", *words),
                cwd=at,
                env=self._environment() | ({"GIT_INDEX_FILE": index} if index else {}),
                stdin=subprocess.PIPE if given else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=() if hold is None else (hold,),
                start_new_session=True,
            ) as process:
                printed, complaint = _within(process, limit, given)
        except OSError as error:
            raise GitFailed(f"git cannot be run ({error.strerror})") from None
        if process.returncode:
            raise GitFailed(_last_words(complaint))
        return printed

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        return kept | {
            "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": str(self._configuration),
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "true",
            "GIT_SSH_COMMAND": "ssh -oBatchMode=yes -oConnectTimeout=8",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_OPTIONAL_LOCKS": "0",
        }


def _within(process: subprocess.Popen[bytes], limit: float, given: bytes) -> tuple[bytes, bytes]:
    try:
        return process.communicate(given or None, timeout=limit)
    except subprocess.TimeoutExpired:
        # The whole session: git leaves ssh and index-pack behind when only it is killed.
        os.killpg(process.pid, signal.SIGKILL)
        raise GitTooSlow(f"no answer within {limit:.0f} s") from None


def without_credentials(text: str) -> str:
    """The text with ``user:password@`` removed from every address in it."""
    return CREDENTIALS.sub("", text)


def _last_words(complaint: bytes) -> str:
    lines = without_credentials(complaint.decode("utf-8", "replace")).splitlines()
    telling = [line for line in lines if line.startswith(("fatal:", "error:", "ERROR:"))]
    text = (telling or lines or ["git gave no reason"])[0]
    return re.sub(r"^(fatal|error|ERROR): ", "", text).strip()[:200]
