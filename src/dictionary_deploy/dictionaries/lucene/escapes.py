"""Arrows and escapes in the files of the mapping character filter and the word delimiter."""

from __future__ import annotations

import re

from dictionary_deploy.dictionaries.lucene.lines import JAVA_TRIMMED

MAX_SIDE_UNITS = 256
"""UTF-16 units of an unescaped side: the size of the engine's buffer."""

# Java's dot does not match these characters; its dollar sign matches before one at the end.
_LINE_END = re.compile("[\u0085\u2028\u2029]")
_NAMED = {"\\": "\\", "n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_ESCAPE = re.compile(r"\\(?:u(.{0,4})|(.?))", re.DOTALL)
# As Java's Integer.parseInt accepts: digits of any script, fullwidth letters, a sign in place of one digit.
_DIGITS = re.compile(r"[+-]?(?:(?![\U00010000-\U0010ffff])[\dA-Fa-f\uff21-\uff26\uff41-\uff46])+")
_FULLWIDTH = {ord(letter) + 0xFEE0: letter for letter in "ABCDEFabcdef"}


def split_sides(rule: str) -> tuple[str, str] | None:
    r"""Return both sides of a rule as written; None if it is not a rule.

    The engine matches `(.*)\s*=>\s*(.*)\s*$`: the last arrow separates, and it ignores text before a line
    separator that BufferedReader does not know.
    """
    *_, before_last, last = ("", *_LINE_END.split(rule))
    left, arrow, right = (last or before_last).rpartition("=>")
    return (left.strip(JAVA_TRIMMED), right.strip(JAVA_TRIMMED)) if arrow else None


def unescape(side: str) -> str | None:
    """Return an unescaped side; None if the engine rejects an escape or the length."""
    is_valid = True

    def replace(match: re.Match[str]) -> str:
        nonlocal is_valid
        digits, escape = match.groups()
        if digits is not None:
            is_valid &= len(digits) == 4 and _DIGITS.fullmatch(digits) is not None  # noqa: PLR2004 of \uXXXX
            return chr(int(digits.translate(_FULLWIDTH), 16) & 0xFFFF) if is_valid else ""
        is_valid &= escape != ""
        return _NAMED.get(escape, escape)

    # Two escapes may be the halves of one character.
    units = _ESCAPE.sub(replace, side).encode("utf-16-le", "surrogatepass")
    return (
        units.decode("utf-16-le", "surrogatepass") if is_valid and len(units) <= 2 * MAX_SIDE_UNITS else None
    )


def escape_surrogates(text: str) -> str:
    """Return the text with escapes for lone surrogates, which the engine accepts and UTF-8 lacks."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
