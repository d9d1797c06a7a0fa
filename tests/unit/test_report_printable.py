"""Characters that do not print become visible escapes."""

from __future__ import annotations

import pytest

from dictionary_deploy.report.printable import escape_unprintable


def test_printable_text_is_unchanged() -> None:
    assert escape_unprintable("Käse, 紅茶 🍵 => cheese") == "Käse, 紅茶 🍵 => cheese"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\nb\rc", r"a\nb\rc"),
        ("a\u202eb", r"a\u202eb"),
        ("a\u200bb", r"a\u200bb"),
        ("a\xa0b", r"a\xa0b"),
        ("a\u3164b", r"a\u3164b"),
        ("葛\U000e0100", r"葛\U000e0100"),
        ("a\udc80b", r"a\udc80b"),
    ],
)
def test_controls_directions_and_invisible_characters_are_escaped(value: str, shown: str) -> None:
    assert escape_unprintable(value) == shown


def test_characters_to_keep_are_kept() -> None:
    assert escape_unprintable("a\tb\nc\x00", keep="\t\n") == "a\tb\nc\\x00"
