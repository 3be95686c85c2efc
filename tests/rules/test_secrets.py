"""Whatever has the value or the shape of a secret is not shown; the rest of the line is."""

from __future__ import annotations

import pytest

from handlers.rules.secrets import HIDDEN, hide, secret_values

SHOWN = [
    ("token xoxb-12-abc-DEF was refused", f"token {HIDDEN} was refused"),
    ("xapp-1-A0-77-beef", HIDDEN),
    ("clone https://ana:hunter2@git.example/x", f"clone https://{HIDDEN}@git.example/x"),
    ("postgresql://:pw12@db/x", f"postgresql://{HIDDEN}@db/x"),
    ("POST https://hooks.slack.com/actions/T0/1/x ok", f"POST {HIDDEN} ok"),
    ("password=hunter2, user=ana", f"password={HIDDEN}, user=ana"),
    ('{"api_key": "abcd1234", "n": 1}', f'{{"api_key": "{HIDDEN}", "n": 1}}'),
    ("Authorization: Bearer abcdef0123", f"Authorization: Bearer {HIDDEN}"),
    ("key AKIAABCDEFGHIJKLMNOP end", f"key {HIDDEN} end"),
    ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- x", f"{HIDDEN} x"),
    ("-----BEGIN PRIVATE KEY-----\nMIIE cut off", HIDDEN),
    ("12:00:01 listens on http://127.0.0.1:8080/healthz", None),
    ("database schema is newer than expected: have 42", None),
    ("token bucket is full", None),
]


@pytest.mark.parametrize(("text", "shown"), SHOWN)
def test_secrets_are_hidden_by_shape_and_other_words_stay(text: str, shown: str | None) -> None:
    assert hide(text) == (text if shown is None else shown)


def test_a_known_value_is_hidden_wherever_it_stands_and_longer_ones_first() -> None:
    assert hide("a=open b=opensesame", ["open", "opensesame"]) == f"a={HIDDEN} b={HIDDEN}"


def test_a_value_too_short_to_be_a_secret_does_not_eat_the_text() -> None:
    assert hide("a b c", ["b"]) == "a b c"


def test_the_name_of_a_variable_says_whether_its_value_is_secret() -> None:
    variables = [("DB_PASSWORD", "one1"), ("API_TOKEN", "two2"), ("SHOP_THEME", "green")]
    assert secret_values(variables) == ("one1", "two2")
