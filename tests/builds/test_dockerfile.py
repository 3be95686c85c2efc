"""Which images a Dockerfile would have fetched, however it is written, and what is refused because
that cannot be told."""

from __future__ import annotations

import pytest

from handlers.ports import PortError
from integrations.builds.dockerfile import images_of, registry_of


def used(text: str, network: bool = True, **given: str) -> tuple[str, ...]:
    return images_of(text, given, network)


@pytest.mark.parametrize(
    ("text", "images"),
    [
        ("FROM a/b", ("a/b",)),
        (
            "\ufeff# syntax=docker/dockerfile:1\n\n  from   a/b:1.2  AS  build\nRUN make",
            ("a/b:1.2",),
        ),
        ("FROM --platform=linux/amd64 a/b", ("a/b",)),
        ("FROM scratch\nCOPY . /", ()),
        ("FROM a AS one\nFROM one\nFROM b\nCOPY --from=one x y\nCOPY --from=0 x y", ("a", "b")),
        ("FROM a\nCOPY --from=b/c:1 x y", ("a", "b/c:1")),
        ("FROM a\nCOPY --chown=1:1 --from=b/c x y", ("a", "b/c")),
        ("FROM a\nADD --from=b/c x y", ("a", "b/c")),
        ("FROM a\nCOPY --from=later x y\nFROM b AS later", ("a", "later", "b")),
        ("FROM a AS self\nCOPY --from=self x y", ("a", "self")),
        ("FROM \\\n  a/b\nRUN x", ("a/b",)),
        ("FRO\\\nM a/b", ("a/b",)),
        ("# escape=`\nFROM `\n a/b\nRUN dir c:\\\nFROM c", ("a/b", "c")),
        ("FROM a\nRUN x \\\n# FROM b\n  y", ("a",)),
        ("FROM a\nRUN x \\\n\n  y\nFROM b", ("a", "b")),
        ("FROM a\r\nFROM b\r\n", ("a", "b")),
        ("ARG V=1\nFROM a:$V\nFROM a:${V}\nFROM b:${W:-2}", ("a:1", "b:2")),
        ('ARG V="1"\nARG I=a:$V\nFROM $I', ("a:1",)),
        ("ARG A=1 B=2\nFROM a:$A-$B", ("a:1-2",)),
        ("FROM a\nARG V=1\nENV FROM=x\nRUN echo FROM evil/x", ("a",)),
        (f"FROM a@sha256:{'0' * 64}", (f"a@sha256:{'0' * 64}",)),
        ("FROM localhost:5000/a/b:1", ("localhost:5000/a/b:1",)),
        ("FROM r.example.com/a/b", ("r.example.com/a/b",)),
    ],
)
def test_every_image_is_found(text: str, images: tuple[str, ...]) -> None:
    assert used(text) == images


def test_arguments_of_the_build_count_more_than_those_of_the_file() -> None:
    assert used("ARG V=1\nFROM a:$V", V="2") == ("a:2",)
    assert used("ARG V\nFROM a:$V", V="2") == ("a:2",)
    with pytest.raises(PortError, match="names an image that cannot be one"):
        used("ARG V\nFROM a:$V")


@pytest.mark.parametrize(
    "text",
    [
        # Old Engines take an indented remark for a part of the line that it follows, and so what
        # comes next for an instruction; new ones do not.
        "FROM a\nRUN x \\\n  # a remark\nFROM evil/x",
        # Old Engines go on after two backslashes, new ones do not.
        "FROM a\nRUN x \\\\\nFROM evil/x",
        "FROM a\nRUN x\n \u00a0FROM evil/x",
        "FROM a\nRUN x \\\n\nRUN y\nFROM evil/x",
        "FROM a\n\tCOPY\t--from=evil/x\ta\tb",
    ],
)
def test_what_any_engine_may_read_is_found(text: str) -> None:
    assert "evil/x" in used(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has no FROM"),
        ("# FROM a", "has no FROM"),
        ("FROM", "cannot be told from here"),
        ("FROM a:$X{Y}$(id)", "cannot be told from here"),
        ("ARG V=$(id)\nFROM a:$V", "cannot be told from here"),
        ("ARG V=${W%x}\nFROM a:$V", "cannot be told from here"),
        ("ARG V='a b'\nFROM a:$V", "cannot be told from here"),
        ('FROM "a/b"', "names an image that cannot be one"),
        ("FROM a\\b", "names an image that cannot be one"),
        ("FROM A/B", "names an image that cannot be one"),
        ("FROM a/../b", "names an image that cannot be one"),
        ("FROM a b", "has a FROM that cannot be read"),
        ("FROM a AS b c", "has a FROM that cannot be read"),
        ("FROM a AS r.example.com/x", "has a FROM that cannot be read"),
        ("FROM a\nCOPY --from=$X x y", "has an option that cannot be read"),
        ('FROM a\nCOPY --fr"om=evil/x" x y', "has an option that cannot be read"),
        ("FROM a\nCOPY --fr\\om=evil/x x y", "has an option that cannot be read"),
        ("FROM a\x0bFROM b", "has control characters"),
        ("FROM a\x1b[2J", "has control characters"),
        ("# escape=x\nFROM a", "says an escape that there is not"),
        ("FROM a\nONBU\u0130LD FROM b", "has an instruction that is none"),
    ],
)
def test_what_cannot_be_told_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(PortError) as refused:
        used(text)
    assert said in refused.value.message
    assert refused.value.permanent


@pytest.mark.parametrize(
    ("sources", "refused"),
    [
        ("https://example.com/x /x", True),
        ('["http://169.254.169.254/", "/x"]', True),
        ("--chown=1:1 ht\\tp://e/x /x", True),
        ("$URL /x", True),
        ("[broken /x", True),
        ("app.tar /x", False),
        ('["app.tar", "/x$Y"]', False),
        ("app.tar /$WHERE", False),
    ],
)
def test_without_a_network_the_engine_is_sent_nowhere_either(sources: str, refused: bool) -> None:
    text = f"FROM a\nADD {sources}"
    assert used(text, network=True) == ("a",)
    if refused:
        with pytest.raises(PortError, match="fetch an address"):
            used(text, network=False)
    else:
        assert used(text, network=False) == ("a",)


def test_where_an_image_comes_from_is_its_own_first_part() -> None:
    assert registry_of("python:3.12") == ""
    assert registry_of("shop/api") == ""
    assert registry_of("r.example.com/shop/api:1") == "r.example.com"
    assert registry_of("127.0.0.1:5000/api") == "127.0.0.1:5000"
    assert registry_of("localhost/api") == "localhost"
    assert registry_of("r.example.com.evil.com/api") == "r.example.com.evil.com"
