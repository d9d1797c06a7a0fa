"""Word lists: an entry a line, read by the engine's `Analysis.getWordList`, which refuses nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dictionary_deploy.dictionaries.hashes import Keys
from dictionary_deploy.dictionaries.kind import (
    Entries,
    FileRule,
    Finding,
    Kind,
    LineRule,
    Options,
    Rule,
    excerpt,
)
from dictionary_deploy.dictionaries.lucene.lines import trimmed
from dictionary_deploy.dictionaries.lucene.standard_tokenizer import LONGEST
from dictionary_deploy.dictionaries.rules.encoding import TEXT_RULES
from dictionary_deploy.dictionaries.rules.repeated_keys import repeated_keys
from dictionary_deploy.dictionaries.rules.spelling import (
    capital_letters,
    decomposed_characters,
    fullwidth_characters,
    invisible_character,
)
from dictionary_deploy.dictionaries.rules.wrong_format import LIST_IN_OTHER_FORMAT
from dictionary_deploy.dictionaries.text import Line, Text

_COMMENT_BEHIND = re.compile(r"(?:^|\s)([#|])")
NAMED_LIST_OF_ENGINE = re.compile(
    "_(?:arabic|armenian|basque|bengali|brazilian|bulgarian|catalan|cjk|czech|danish|dutch|english|estonian"
    "|finnish|french|galician|german|greek|hindi|hungarian|indonesian|irish|italian|latvian|lithuanian"
    "|norwegian|persian|portuguese|romanian|russian|sorani|spanish|swedish|thai|turkish)_"
)
"""What stands in a file of stopwords or common words for a list of the engine's own."""


def read_words(text: Text, options: Options, only: Keys | None = None) -> Entries:
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


def single_word(line: str, options: Options) -> str | None:
    """The word of a line, when it can be one: of others other rules tell."""
    word = taken(line, options)
    return None if word is None or re.search(r"\s", word) else word


def _word(line: Line, options: Options) -> str:
    return taken(line.text, options) or ""


def _trailing_comment(line: Line, options: Options) -> Iterator[Finding]:
    found = _COMMENT_BEHIND.search(_word(line, options))
    if found and found[1] == "#":
        yield Finding(
            line.number,
            line.text.find("#") + 1,
            f"# begins no comment {'behind a word' if found.start(1) else 'here'}: the whole line is one"
            " entry, and matches no token. Put the comment on a line of its own, with # in the first column.",
        )


def _snowball_comments(text: Text, options: Options) -> Iterator[Finding]:
    if not any("|" in block for block in text.blocks):
        return
    found = ((line, _COMMENT_BEHIND.search(_word(line, options))) for line in text.numbered())
    lines = [line for line, comment in found if comment and comment[1] == "|"]
    if lines:
        more = f" (Such lines: {len(lines)}.)" if len(lines) > 1 else ""
        yield Finding(
            lines[0].number,
            lines[0].text.find("|") + 1,
            "| begins a comment in Snowball's lists and Solr's, and none here: the whole line is one entry,"
            f" and matches no token. Leave these comments out, as in `sed 's/ *|.*//'`.{more}",
        )


def _several_words(line: Line, options: Options) -> Iterator[Finding]:
    word = _word(line, options)
    if re.search(r"[\s,;]", word) and re.search(r"\w", word) and not _COMMENT_BEHIND.search(word):
        yield Finding(
            line.number,
            1,
            f"{excerpt(word)} is one entry, and no single token is ever equal to it."
            " Write a word a line, without commas.",
        )


def _invisible(code: str, _: str) -> str:
    return (
        f"An invisible character, {code}, is part of the entry, which matches no token without it. Delete it."
    )


def duplicate_entry(word: str, first: int) -> str:
    """The message of `duplicate-entry`."""
    return f"{word} is in line {first} already. Delete one of the two."


def _long_term(line: Line, options: Options) -> Iterator[Finding]:
    word = _word(line, options)
    if len(word) > LONGEST:
        yield Finding(
            line.number,
            1,
            f"{excerpt(word)} is longer than {LONGEST} characters, where the standard and the whitespace"
            " tokenizer cut a token: no token is ever equal to it. Write a word a line.",
        )


def _named_list(line: Line, options: Options) -> Iterator[Finding]:
    word = _word(line, options)
    if re.fullmatch("_[a-z_]+_", word):
        yield Finding(
            line.number,
            1,
            f"{excerpt(word)} stands for no list here: it is a plain word, which no text has."
            " Write the words themselves.",
        )


def _unknown_list(line: Line, options: Options) -> Iterator[Finding]:
    if not NAMED_LIST_OF_ENGINE.fullmatch(_word(line, options)):
        yield from _named_list(line, options)


INVISIBLE_CHARACTER = invisible_character(word_keys, _invisible)
_ANY_LIST = r"^[\x00-\x09\x0b-\x20]*_[a-z_]+_"
NAMED_LIST = LineRule("named-list", "warning", _ANY_LIST, _named_list)
UNKNOWN_LIST = LineRule("named-list", "warning", _ANY_LIST, _unknown_list)
LOWERED = "Write small letters, unless the filter ignores case or stands where tokens still have capitals."
CAPITAL_LETTERS = capital_letters(single_word, LOWERED)

WORD_RULES = (
    *TEXT_RULES,
    LIST_IN_OTHER_FORMAT,
    FileRule("snowball-comments", "warning", _snowball_comments),
    LineRule("trailing-comment", "warning", "#", _trailing_comment),
    LineRule("several-words", "warning", r"[^\S\n]|[,;]", _several_words),
    INVISIBLE_CHARACTER,
    LineRule("long-term", "warning", f"^.{{{LONGEST + 1}}}", _long_term),
    decomposed_characters(single_word),
    fullwidth_characters(single_word),
    repeated_keys("duplicate-entry", "warning", word_keys, duplicate_entry),
)


def word_list(name: str, setting: str, description: str, *rules: Rule) -> Kind:
    """Return a kind of word lists, with the rules that not all word lists have."""
    return Kind(
        name,
        (*WORD_RULES, *rules),
        read_words,
        word_keys,
        setting=setting,
        description=description,
        entries_are="lines; `#` starts a comment",
    )
