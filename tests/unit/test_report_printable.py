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
        ("❤\ufe0f", r"❤\ufe0f"),
        ("葛\ufe00", r"葛\ufe00"),
        ("e\u0301\u0301", "e\u0301\\u0301"),
        ("a\u200b\u0301", r"a\u200b\u0301"),
        ("a\u0301\u0302\u0303\u0304\u0305\u0306", "a\u0301\u0302\u0303\u0304\\u0305\\u0306"),
    ],
)
def test_controls_directions_and_invisible_characters_are_escaped(value: str, shown: str) -> None:
    assert escape_unprintable(value) == shown


@pytest.mark.parametrize("value", ["e\u0323\u0302", "ש\u05c1\u05bc\u05b8\u0591", "นี\u0e49", "เป\u0e47น"])
def test_marks_that_languages_stack_are_unchanged(value: str) -> None:
    assert escape_unprintable(value) == value


def test_characters_to_keep_are_kept() -> None:
    assert escape_unprintable("a\tb\nc\x00", keep="\t\n") == "a\tb\nc\\x00"
