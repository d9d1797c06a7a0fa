"""Escapes in the files of the mapping character filter and of the word delimiter's types."""

from __future__ import annotations

import re

_NAMED = {"\\": "\\", "n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_ESCAPE = re.compile(r"\\(u[+-]?[0-9A-Fa-f]{0,4}|.?)", re.DOTALL)
_DIGITS = re.compile(r"[0-9A-Fa-f]{4}|[+-][0-9A-Fa-f]{3}")


def unescaped(side: str) -> str | None:
    """A side of a rule as the engine takes it; None when it refuses an escape in it.

    Java's `Integer.parseInt` takes a sign for one of the four places.
    """
    is_sound = True

    def replaced(match: re.Match[str]) -> str:
        nonlocal is_sound
        escape = match.group(1)
        if escape.startswith("u"):
            is_sound &= _DIGITS.fullmatch(escape[1:]) is not None
            return chr(abs(int(escape[1:], 16))) if is_sound else ""
        is_sound &= escape != ""
        return _NAMED.get(escape, escape)

    result = _ESCAPE.sub(replaced, side)
    # Two escapes may be the halves of one character; a half alone is no text.
    joined = result.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return joined if is_sound else None
