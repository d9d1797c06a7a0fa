"""Text of which each line is an entry."""

from __future__ import annotations

from collections.abc import Iterator

from dictionary_deploy.dictionaries.hashes import Keys
from dictionary_deploy.dictionaries.kind import Entries, Options
from dictionary_deploy.dictionaries.text import Text

JAVA_TRIMMED = "".join(map(chr, range(0x21)))
"""What Java's String.trim takes off: the code points up to U+0020."""

JAVA_WHITE_SPACE = (
    "".join(
        map(chr, (*range(9, 14), *range(0x1C, 0x21), 0x1680, *range(0x2000, 0x2007), *range(0x2008, 0x200B)))
    )
    + "\u2028\u2029\u205f\u3000"
)
"""What Java's Character.isWhitespace takes for white space: U+001C to U+001F too, but no no-break spaces."""

LAST_OF_ONE_UNIT = "\uffff"
"""Characters after it are two UTF-16 units, which Java counts as two characters."""


def trim(line: str) -> str | None:
    """The line as the engine's `Analysis.loadWordList` hands it on; None for one that it skips as blank.

    Blank is a line of white space alone; one of other control characters is trimmed, and of no character.
    """
    return line.strip(JAVA_TRIMMED) if line.strip(JAVA_WHITE_SPACE) else None


def read_lines(text: Text, options: Options, only: Keys | None = None) -> Entries:
    """Every line that is not blank."""
    found = (key for line in text.lines for key in line_keys(line, options))
    return {key: () for key in found if only is None or key in only}


def line_keys(line: str, _: Options) -> Iterator[str]:
    """The line itself, without the white space around it."""
    if key := line.strip(JAVA_TRIMMED):
        yield key
