"""Rules about characters that searched text rarely has.

A file has uppercase, decomposed or fullwidth characters in thousands of words or in none. These rules report
the first word and the number of lines: one warning per word would hide all others.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

from dictionary_deploy.dictionaries.kind import (
    MAX_LISTED_LINES,
    FileRule,
    Finding,
    LineRule,
    Options,
    excerpt,
    such_lines,
)
from dictionary_deploy.dictionaries.text import Line, Text

Read = Callable[[str, Options], str | None]
"""Returns the part of a line that the engine reads; None for a line that it skips."""

INVISIBLE = "\x7f-\x9f\u00a0\u00ad\u1680\u2000-\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
_INVISIBLE_EDGE = re.compile(f"^[{INVISIBLE}]|[{INVISIBLE}]$")
_WORD = re.compile(r"[^\s,=>]+")
_FULLWIDTH = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")

PIECE, OVERLAP = 200, 10
"""Characters to normalize at once: a million accents on one letter take hours."""


def invisible_character(
    texts_of: Callable[[str, Options], Iterable[str]], message: Callable[[str, str], str]
) -> LineRule:
    """Return a rule that flags an invisible character at an edge of a line's texts.

    `message` gets the character's code, such as `U+00A0`, and an excerpt of the text.
    """

    def find(line: Line, options: Options) -> Iterator[Finding]:
        for text in texts_of(line.text, options):
            found = _INVISIBLE_EDGE.search(text)
            # A byte order mark has its own rule.
            if found and not (line.number == 1 and text.startswith("\ufeff")):
                column = line.text.find(text) + found.start() + 1
                yield Finding(line.number, column, message(f"U+{ord(found.group()):04X}", excerpt(text)))
                return

    find.__doc__ = message.__doc__
    return LineRule("invisible-character", "warning", f"[{INVISIBLE}]", find)


def capital_letters(read: Read, remedy: str) -> FileRule:
    """Return a rule for words that are compared with lowercase tokens."""

    def find(text: Text, options: Options) -> Iterator[Finding]:
        """Flag words with uppercase letters. Reports the first one.

        Most analyzers lowercase text first, so such an entry never matches. Protected words and keywords are
        not flagged: they may precede a lowercase filter. Synonyms are not flagged with `lowercase: true` in
        `analyzer`.

        Fix: write lowercase. For synonyms, set `lowercase: true` in `analyzer` if a lowercase filter precedes
        the synonym filter: the engine then lowercases the rules, too. Ignore the rule if the filter ignores
        case.

        - television, TV
        + television, tv
        """
        if options.analyzer.lowercase:
            return iter(())
        message = f"has uppercase letters, so it never matches lowercased text. {remedy}"
        return _first_flagged(text.numbered_lines(_is_capital), options, read, _is_capital, message)

    return FileRule("capital-letters", "warning", find)


def decomposed_characters(read: Read) -> FileRule:
    """Return a rule for letters whose accent is a separate character."""

    def find(text: Text, options: Options) -> Iterator[Finding]:
        r"""Flag words with accents as separate characters (Unicode's NFD instead of NFC).

        Reports the first one.

        They look the same but do not match: nearly all text is NFC. Files made on macOS can be NFD.

        Fix: run `uconv -x nfc`, or normalize the file in your editor. Ignore the rule if a filter such as
        `icu_normalizer` normalizes the text.

        - cafe\u0301, coffee
        + café, coffee
        """
        message = (
            "has accents as separate characters (NFD), so it does not match text in NFC. Save the file in"
            " NFC, unless a filter normalizes the text."
        )
        return _first_flagged(text.numbered_lines(_is_not_composed), options, read, _is_decomposed, message)

    return FileRule("decomposed-characters", "warning", find)


def fullwidth_characters(read: Read) -> FileRule:
    """Return a rule for the fullwidth Latin letters and digits of Japanese input methods."""

    def find(text: Text, options: Options) -> Iterator[Finding]:
        """Flag words with fullwidth Latin letters or digits. Reports the first one.

        They are other characters than ASCII ones, and most analyzers for Japanese fold them in text.

        Fix: write ASCII letters and digits.

        - lcd, ＬＣＤ
        + lcd, 液晶
        """  # noqa: RUF002 fullwidth letters are the point
        message = (
            "has fullwidth letters or digits, which do not match ASCII ones. Write ASCII letters and digits,"
            " unless the searched text is fullwidth, too, and no filter folds it."
        )
        return _first_flagged(text.numbered_lines(_is_fullwidth), options, read, _is_fullwidth, message)

    return FileRule("fullwidth-characters", "warning", find)


def _is_capital(word: str) -> bool:
    return word != word.lower()


def _is_decomposed(word: str) -> bool:
    return _is_not_composed(word) and any(
        len(unicodedata.normalize("NFC", piece)) < len(piece)
        for piece in (word[start : start + PIECE] for start in range(0, len(word), PIECE - OVERLAP))
    )


def _is_not_composed(text: str) -> bool:
    # In a block, some parts may grow and others shrink.
    return not text.isascii() and not unicodedata.is_normalized("NFC", text)


def _is_fullwidth(word: str) -> bool:
    return not word.isascii() and _FULLWIDTH.search(word) is not None


def _first_flagged(
    lines: Iterable[Line], options: Options, read: Read, is_flagged: Callable[[str], bool], message: str
) -> Iterator[Finding]:
    """Yield one finding for the first flagged word, with the number of lines that have one."""
    first, count, numbers = None, 0, list[int]()
    for line in lines:
        if is_flagged(line.text) and is_flagged(read(line.text, options) or ""):
            first = first or line
            count += 1
            if count <= MAX_LISTED_LINES:
                numbers.append(line.number)
    if first is None:
        return
    words = ((match.start(), match.group()) for match in _WORD.finditer(first.text))
    start, word = next((found for found in words if is_flagged(found[1])), (0, first.text))
    yield Finding(first.number, start + 1, f"{excerpt(word)} {message}{such_lines(count, numbers)}")
