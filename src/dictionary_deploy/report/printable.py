"""Escape characters that do not print."""

from __future__ import annotations

import re

# Letters and marks by Unicode, but invisible.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\U000e0100-\U000e01ef]")


def escape_unprintable(value: str, keep: str = "") -> str:
    r"""Return `value` with each character that does not print as an escape: `\x1b`, `\u202e`, `\n`.

    These are terminal escapes, direction overrides, zero-width characters, lone surrogates, fillers,
    variation selectors and all whitespace except the space. Characters in `keep` stay.
    """
    if value.isprintable() and not _BLANK.search(value):
        return value
    return "".join(
        char if (char.isprintable() and not _BLANK.match(char)) or char in keep else _escape(char)
        for char in value
    )


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
