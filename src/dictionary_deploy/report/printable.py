"""Characters that do not print, made visible."""

from __future__ import annotations

import re

# Letters and marks to Unicode, and yet nothing is to be seen of them.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\U000e0100-\U000e01ef]")


def escape_unprintable(value: str, keep: str = "") -> str:
    r"""Return `value` with each character that does not print as an escape: `\x1b`, `\u202e`, `\n`.

    Terminal escapes, direction overrides, zero-width characters, lone surrogates, fillers, variants of
    ideographs and all white space but the blank are meant; those in `keep` stay as they are.
    """
    if value.isprintable() and not _BLANK.search(value):
        return value
    return "".join(
        char if (char.isprintable() and not _BLANK.match(char)) or char in keep else _escape(char)
        for char in value
    )


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
