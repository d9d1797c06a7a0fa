"""Word lists: an entry a line, read by the engine's `Analysis.getWordList`."""

from __future__ import annotations

from collections.abc import Container, Iterator

from dictionary_deploy.dictionaries.kind import Entries, Options
from dictionary_deploy.dictionaries.lines import line_keys
from dictionary_deploy.dictionaries.text import Text


def read_words(text: Text, options: Options, only: Container[str] | None = None) -> Entries:
    """Every line that is neither blank nor a comment."""
    found = (key for line in text.lines for key in word_keys(line, options))
    return {key: () for key in found if only is None or key in only}


def word_keys(line: str, options: Options) -> Iterator[str]:
    """The word of a line; a line that begins with `#` is a comment."""
    if not line.startswith("#"):
        yield from line_keys(line, options)
