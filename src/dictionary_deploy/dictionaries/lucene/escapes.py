"""Rules with an arrow and escapes: those of the mapping character filter and of the word delimiter."""

from __future__ import annotations

import re

from dictionary_deploy.dictionaries.lucene.lines import JAVA_TRIMMED

MAX_SIDE_UNITS = 256
"""UTF-16 units of a side without its escapes: the size of the engine's buffer."""

# Java's dot matches none of these, and its dollar sign matches before one at the very end.
_LINE_END = re.compile("[\u0085\u2028\u2029]")
_NAMED = {"\\": "\\", "n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_ESCAPE = re.compile(r"\\(?:u(.{0,4})|(.?))", re.DOTALL)
# What Java's Integer.parseInt takes: digits of any script, fullwidth letters, a sign for one of the four.
_DIGITS = re.compile(r"[+-]?(?:(?![\U00010000-\U0010ffff])[\dA-Fa-f\uff21-\uff26\uff41-\uff46])+")
_FULLWIDTH = {ord(letter) + 0xFEE0: letter for letter in "ABCDEFabcdef"}


def split_sides(rule: str) -> tuple[str, str] | None:
    r"""Both sides of a rule as written; None for what is none to the engine.

    The engine looks for `(.*)\s*=>\s*(.*)\s*$`: the last arrow divides, and what stands before a line end
    that BufferedReader takes for none is not looked at.
    """
    *_, before_last, last = ("", *_LINE_END.split(rule))
    left, arrow, right = (last or before_last).rpartition("=>")
    return (left.strip(JAVA_TRIMMED), right.strip(JAVA_TRIMMED)) if arrow else None


def unescape(side: str) -> str | None:
    """A side of a rule as the engine takes it; None when it refuses an escape in it, or its length."""
    is_sound = True

    def replaced(match: re.Match[str]) -> str:
        nonlocal is_sound
        digits, escape = match.groups()
        if digits is not None:
            is_sound &= len(digits) == 4 and _DIGITS.fullmatch(digits) is not None  # noqa: PLR2004 of \uXXXX
            return chr(int(digits.translate(_FULLWIDTH), 16) & 0xFFFF) if is_sound else ""
        is_sound &= escape != ""
        return _NAMED.get(escape, escape)

    # Two escapes may be the halves of one character.
    units = _ESCAPE.sub(replaced, side).encode("utf-16-le", "surrogatepass")
    return (
        units.decode("utf-16-le", "surrogatepass") if is_sound and len(units) <= 2 * MAX_SIDE_UNITS else None
    )


def escape_surrogates(text: str) -> str:
    """The text with an escape for half a character, which the engine takes and UTF-8 does not know."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
