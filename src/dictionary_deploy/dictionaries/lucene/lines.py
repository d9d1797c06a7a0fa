"""Java's trimming and whitespace, and text in which each line is an entry."""

from __future__ import annotations

from collections.abc import Iterator

from dictionary_deploy.dictionaries.hashes import Keys
from dictionary_deploy.dictionaries.kind import Entries, Options
from dictionary_deploy.dictionaries.text import Text

JAVA_TRIMMED = "".join(map(chr, range(0x21)))
"""Characters that Java's String.trim removes: up to U+0020."""

JAVA_WHITESPACE = (
    "".join(
        map(chr, (*range(9, 14), *range(0x1C, 0x21), 0x1680, *range(0x2000, 0x2007), *range(0x2008, 0x200B)))
    )
    + "\u2028\u2029\u205f\u3000"
)
"""Java's Character.isWhitespace: with U+001C to U+001F, without no-break spaces."""

LAST_OF_ONE_UNIT = "\uffff"
"""Later characters have two UTF-16 units, which Java counts as two characters."""


def trim(line: str) -> str | None:
    """Return the line as the engine's `Analysis.loadWordList` does; None for a blank line.

    A line of other control characters is not blank: it is trimmed to an empty one.
    """
    return line.strip(JAVA_TRIMMED) if line.strip(JAVA_WHITESPACE) else None


def read_lines(text: Text, options: Options, only: Keys | None = None) -> Entries:
    """Return every line that is not blank."""
    found = (key for line in text.lines for key in line_keys(line, options))
    return {key: () for key in found if only is None or key in only}


def line_keys(line: str, _: Options) -> Iterator[str]:
    """Yield the trimmed line."""
    if key := line.strip(JAVA_TRIMMED):
        yield key
