"""What a ``.dockerignore`` leaves behind, by the rules of its own manual."""

from __future__ import annotations

import pytest

from integrations.builds.ignore import Ignored

FILES = (
    "Dockerfile", "README.md", "docs/a.md", "docs/in/b.md", "src/a.py", "src/a.pyc", "src/x/b.pyc",
    ".env", "node/mod/x.js", "a+b[1].txt",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("", ()),
        ("# *\n\n", ()),
        ("docs", ("docs/a.md", "docs/in/b.md")),
        ("/docs/", ("docs/a.md", "docs/in/b.md")),
        ("./docs/../docs/in", ("docs/in/b.md",)),
        ("*.md", ("README.md",)),
        ("*/*.md", ("docs/a.md",)),
        ("**/*.md", ("README.md", "docs/a.md", "docs/in/b.md")),
        ("**/*.md\n!README.md", ("docs/a.md", "docs/in/b.md")),
        ("docs\n!docs/in", ("docs/a.md",)),
        ("!docs/in\ndocs", ("docs/a.md", "docs/in/b.md")),
        ("src/*.py?", ("src/a.pyc",)),
        ("src/**", ("src/a.py", "src/a.pyc", "src/x/b.pyc")),
        ("**/[a-b].pyc", ("src/a.pyc", "src/x/b.pyc")),
        ("**/[^a].pyc", ("src/x/b.pyc",)),
        (".env\r\n", (".env",)),
        ("\ufeff.env", (".env",)),
        ("node/*/x.js", ("node/mod/x.js",)),
        ("a+b\\[1\\].txt", ("a+b[1].txt",)),
        ("../../etc\n..", ()),
        ("!", ()),
        ("*\n!src/a.py", tuple(name for name in FILES if name != "src/a.py")),
    ],
)
def test_the_last_pattern_that_fits_decides(text: str, gone: tuple[str, ...]) -> None:
    ignored = Ignored(text)
    assert tuple(name for name in FILES if ignored.leaves_out(name)) == gone
