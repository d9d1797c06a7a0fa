"""Word lists: an entry a line, read by the engine's `Analysis.getWordList`, which refuses nothing."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from dictionary_deploy.dictionaries.encoding import TEXT_RULES
from dictionary_deploy.dictionaries.excerpt import excerpt
from dictionary_deploy.dictionaries.kind import Entries, FileRule, Finding, Kind, LineRule, Options
from dictionary_deploy.dictionaries.lines import trimmed
from dictionary_deploy.dictionaries.text import Line, Text

_INVISIBLE_AT_AN_EDGE = re.compile(
    "^[\u0085\u00a0\u00ad\u200b-\u200f\u2028\u2029\u2060\u3000\ufeff]"
    "|[\u0085\u00a0\u00ad\u200b-\u200f\u2028\u2029\u2060\u3000\ufeff]$"
)


def read_words(text: Text, options: Options, only: Container[str] | None = None) -> Entries:
    """Every line that is neither blank nor a comment."""
    found = (key for line in text.lines for key in word_keys(line, options))
    return {key: () for key in found if only is None or key in only}


def word_keys(line: str, options: Options) -> Iterator[str]:
    """The word of a line."""
    if word := taken(line, options):
        yield word


def taken(line: str, options: Options) -> str | None:
    """The line as the engine takes it; None for one that it skips, as blank or a comment.

    OpenSearch from 2.4 on trims a line before it looks for the `#` of a comment.
    """
    text = trimmed(line)
    start = text if options.engine.comments_after_trimming else line
    return None if start is None or start.startswith("#") else text


def _word(line: Line, options: Options) -> str:
    return taken(line.text, options) or ""


def _trailing_comment(line: Line, options: Options) -> Iterator[Finding]:
    found = re.search(r"\s([#|])", _word(line, options))
    if found:
        yield Finding(
            line.number,
            line.text.find(found.group(), 1) + 2,
            f"{found.group(1)} begins no comment behind a word: the whole line is one entry, and matches"
            " no token. Put the comment on a line of its own that begins with #.",
        )


def _several_words(line: Line, options: Options) -> Iterator[Finding]:
    word = _word(line, options)
    if re.search(r"[\s,;]", word) and not re.search(r"\s[#|]", word):
        yield Finding(
            line.number,
            1,
            f"{excerpt(word)} is one entry, and no single token is ever equal to it."
            " Write a word a line, without commas.",
        )


def _invisible(line: Line, options: Options) -> Iterator[Finding]:
    word = _word(line, options)
    found = _INVISIBLE_AT_AN_EDGE.search(word)
    if found and not (line.number == 1 and word.startswith("\ufeff")):  # that is the byte order mark's rule
        yield Finding(
            line.number,
            line.text.find(word) + found.start() + 1,
            f"An invisible character, U+{ord(found.group()):04X}, is part of the entry, which matches no"
            " token without it. Delete it.",
        )


def _duplicate_entry(text: Text, options: Options) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for line in text.numbered():
        word = _word(line, options)
        if word and word in first:
            yield Finding(
                line.number, 1, f"{excerpt(word)} is in line {first[word]} already. Delete one of the two."
            )
        first.setdefault(word, line.number)


INVISIBLE_CHARACTER = LineRule(
    "invisible-character",
    "warning",
    "[\u0085\u00a0\u00ad\u200b-\u200f\u2028\u2029\u2060\u3000\ufeff]",
    _invisible,
)

WORD_RULES = (
    *TEXT_RULES,
    LineRule("trailing-comment", "warning", r"\s[#|]", _trailing_comment),
    LineRule("several-words", "warning", r"[^\S\n]|[,;]", _several_words),
    INVISIBLE_CHARACTER,
    FileRule("duplicate-entry", "warning", _duplicate_entry),
)


def word_list(name: str) -> Kind:
    """A kind whose files are word lists."""
    return Kind(name, WORD_RULES, read_words, word_keys)
