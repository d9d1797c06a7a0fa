"""Escape characters that do not print."""

from __future__ import annotations

import re
import unicodedata

# Letters and marks by Unicode, but invisible.
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
MAX_MARKS = 4
"""Combining marks on a character, as in pointed Hebrew. Higher stacks cover other lines."""


def escape_unprintable(value: str, keep: str = "") -> str:
    r"""Return `value` with each character that does not print as an escape: `\x1b`, `\u202e`, `\n`.

    These are terminal escapes, direction overrides, zero-width characters, lone surrogates, fillers,
    variation selectors, all whitespace except the space, and combining marks that repeat the one before, or
    follow MAX_MARKS others or an escape. Characters in `keep` stay.
    """
    if value.isascii() and value.isprintable():
        return value
    shown: list[str] = []
    before, marks = "", 0
    for char in value:
        marks = marks + 1 if _is_mark(char) else 0
        if char not in keep and (
            marks > MAX_MARKS or (marks and char == before) or not char.isprintable() or _BLANK.match(char)
        ):
            shown.append(char.encode("unicode_escape").decode("ascii"))
            marks = MAX_MARKS
        else:
            shown.append(char)
        before = char
    return "".join(shown)


def _is_mark(char: str) -> bool:
    return char > "\x7f" and unicodedata.category(char) in {"Mn", "Me"}
