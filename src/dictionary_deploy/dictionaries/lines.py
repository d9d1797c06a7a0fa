"""Text of which each line is an entry."""

from __future__ import annotations

from collections.abc import Container, Iterator

from dictionary_deploy.dictionaries.kind import Entries, Options
from dictionary_deploy.dictionaries.text import Text

JAVA_TRIMMED = "".join(map(chr, range(0x21)))
"""What Java's String.trim takes off: the code points up to U+0020."""


def read_lines(text: Text, options: Options, only: Container[str] | None = None) -> Entries:
    """Every line that is not blank."""
    found = (key for line in text.lines for key in line_keys(line, options))
    return {key: () for key in found if only is None or key in only}


def line_keys(line: str, _: Options) -> Iterator[str]:
    """The line itself, without the white space around it."""
    if key := line.strip(JAVA_TRIMMED):
        yield key
