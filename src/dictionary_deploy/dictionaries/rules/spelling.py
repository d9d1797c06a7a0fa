"""Rules about how words are spelled: as text hardly ever is by the time it meets the dictionary.

A file has such words by the thousand or not at all. So each rule tells of the first one, and how many there
are: a warning for each would hide all others.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

from dictionary_deploy.dictionaries.kind import FileRule, Finding, LineRule, Options, excerpt
from dictionary_deploy.dictionaries.text import Line, Text

Read = Callable[[str, Options], str | None]
"""What the engine takes of a line; None for one that it skips."""

NOT_SEEN = "\x7f-\x9f\u00a0\u00ad\u1680\u2000-\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
_INVISIBLE_AT_AN_EDGE = re.compile(f"^[{NOT_SEEN}]|[{NOT_SEEN}]$")
_WORD = re.compile(r"[^\s,=>]+")
_FULLWIDTH = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")


PIECE, OVERLAP = 200, 10
"""Characters that are normalized at once: of a million accents on one letter that takes hours."""


def invisible_character(
    texts_of: Callable[[str, Options], Iterable[str]], message: Callable[[str, str], str]
) -> LineRule:
    """Return a rule that flags an invisible character at an edge of a line's texts.

    `message` gets the character's code, such as `U+00A0`, and an excerpt of the text.
    """

    def find(line: Line, options: Options) -> Iterator[Finding]:
        for text in texts_of(line.text, options):
            found = _INVISIBLE_AT_AN_EDGE.search(text)
            # A byte order mark has its own rule.
            if found and not (line.number == 1 and text.startswith("\ufeff")):
                column = line.text.find(text) + found.start() + 1
                yield Finding(line.number, column, message(f"U+{ord(found.group()):04X}", excerpt(text)))
                return

    return LineRule("invisible-character", "warning", f"[{NOT_SEEN}]", find)


def capital_letters(read: Read, remedy: str) -> FileRule:
    """A rule for kinds whose words meet tokens that a lowercase filter has been over."""

    def find(text: Text, options: Options) -> Iterator[Finding]:
        if options.analyzer.lowercase:
            return iter(())
        message = f"has capital letters: it matches no token that a lowercase filter has been over. {remedy}"
        return _first_of_all(text.numbered(_is_capital), options, read, _is_capital, message)

    return FileRule("capital-letters", "warning", find)


def decomposed_characters(read: Read) -> FileRule:
    """A rule about letters whose accent is a character of its own."""

    def find(text: Text, options: Options) -> Iterator[Finding]:
        message = (
            "is written with accents as characters of their own (NFD), and nearly all text with one character"
            " for letter and accent (NFC): they are no match. Save the file in NFC, unless a filter"
            " normalizes."
        )
        return _first_of_all(text.numbered(_is_not_composed), options, read, _is_decomposed, message)

    return FileRule("decomposed-characters", "warning", find)


def fullwidth_characters(read: Read) -> FileRule:
    """A rule about the wide forms of Latin letters and digits, which Japanese input methods write."""

    def find(text: Text, options: Options) -> Iterator[Finding]:
        message = (
            "has fullwidth letters or digits, which are other characters than the usual ones. Write the usual"
            " ones, unless the text that is searched is written so and no filter folds it."
        )
        return _first_of_all(text.numbered(_is_fullwidth), options, read, _is_fullwidth, message)

    return FileRule("fullwidth-characters", "warning", find)


def _is_capital(word: str) -> bool:
    return word != word.lower()


def _is_decomposed(word: str) -> bool:
    return _is_not_composed(word) and any(
        len(unicodedata.normalize("NFC", piece)) < len(piece)
        for piece in (word[start : start + PIECE] for start in range(0, len(word), PIECE - OVERLAP))
    )


def _is_not_composed(text: str) -> bool:
    # Of a block some parts may grow and others shrink.
    return not text.isascii() and not unicodedata.is_normalized("NFC", text)


def _is_fullwidth(word: str) -> bool:
    return not word.isascii() and _FULLWIDTH.search(word) is not None


def _first_of_all(
    lines: Iterable[Line], options: Options, read: Read, is_minded: Callable[[str], bool], message: str
) -> Iterator[Finding]:
    """One finding, at the first word that is minded, which says in how many other lines there are more."""
    first, count = None, 0
    for line in lines:
        if is_minded(line.text) and is_minded(read(line.text, options) or ""):
            first = first or line
            count += 1
    if first is None:
        return
    words = ((match.start(), match.group()) for match in _WORD.finditer(first.text))
    start, word = next((found for found in words if is_minded(found[1])), (0, first.text))
    more = f" (Such lines: {count}.)" if count > 1 else ""
    yield Finding(first.number, start + 1, f"{excerpt(word)} {message}{more}")
