"""Word lists: one entry per line, read by the engine's `Analysis.getWordList`, which rejects nothing."""

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
    such_lines,
)
from dictionary_deploy.dictionaries.lucene.lines import trim
from dictionary_deploy.dictionaries.lucene.standard_tokenizer import MAX_TOKEN_UNITS
from dictionary_deploy.dictionaries.lucene.stop_lists import NAMED_LIST_OF_ENGINE
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

_TRAILING_COMMENT = re.compile(r"(?:^|\s)([#|])")
_HASH_RULE = re.compile("#[ \t\n\x0b\f\r]*=>")


def read_words(text: Text, options: Options, only: Keys | None = None) -> Entries:
    """Return every line that is neither blank nor a comment."""
    found = (key for line in text.lines for key in word_keys(line, options))
    return {key: () for key in found if only is None or key in only}


def word_keys(line: str, options: Options) -> Iterator[str]:
    """Yield the word of a line."""
    if word := entry_text(line, options):
        yield word


def entry_text(line: str, options: Options) -> str | None:
    """Return the line as the engine reads it; None for a blank line or a comment.

    OpenSearch since 2.4 trims a line before it looks for the `#` of a comment.
    """
    text = trim(line)
    start = text if options.engine.comments_after_trimming else line
    return None if start is None or start.startswith("#") else text


def rule_text(line: str, options: Options) -> str | None:
    """Return the same for a file of rules, in which newer engines read `# => x` as a rule for `#`."""
    text = trim(line)
    is_rule = options.engine.has_hash_rules and text is not None and _HASH_RULE.match(text)
    return text if is_rule else entry_text(line, options)


def single_word(line: str, options: Options) -> str | None:
    """Return the word of a line; None if it has several, which have their own rules."""
    word = entry_text(line, options)
    return None if word is None or re.search(r"\s", word) else word


def _word(line: Line, options: Options) -> str:
    return entry_text(line.text, options) or ""


def _trailing_comment(line: Line, options: Options) -> Iterator[Finding]:
    """Flag a `#` after a word, a rule or a mapping.

    Engines before OpenSearch 2.4 also need an unindented `#`.

    The `#` does not start a comment: it becomes part of the entry, which then never matches.

    Fix: move the comment to its own line, with `#` in the first column. In mappings, remove it.

    - the # article
    + # article
    + the
    """
    found = _TRAILING_COMMENT.search(_word(line, options))
    if found and found[1] == "#":
        yield Finding(
            line.number,
            line.text.find("#") + 1,
            "This `#` does not start a comment, so the whole line is one entry and never matches. Move the"
            " comment to its own line, with `#` in the first column.",
        )


def _snowball_comments(text: Text, options: Options) -> Iterator[Finding]:
    """Flag a `|` at the start of a line or after a word, as in Snowball's lists. Reports the first one.

    It does not start a comment here: the whole line is one entry, which never matches.

    Fix: remove the comments: `sed 's/ *|.*//' words.txt`.

    - ich   | I
    + ich
    """
    if not any("|" in block for block in text.blocks):
        return
    found = ((line, _TRAILING_COMMENT.search(_word(line, options))) for line in text.numbered_lines())
    lines = [line for line, comment in found if comment and comment[1] == "|"]
    if lines:
        note = such_lines(len(lines), [line.number for line in lines])
        yield Finding(
            lines[0].number,
            lines[0].text.find("|") + 1,
            "`|` does not start a comment here, so the whole line is one entry and never matches. Remove such"
            f" comments, for example with `sed 's/ *|.*//'`.{note}",
        )


def _several_words(line: Line, options: Options) -> Iterator[Finding]:
    """Flag whitespace, a comma or a semicolon in a word list's entry, or whitespace in a stemmer's key.

    A line is one entry and is compared with single tokens, so it never matches.

    - the, a
    + the
    + a
    """
    word = _word(line, options)
    if re.search(r"[\s,;]", word) and re.search(r"\w", word) and not _TRAILING_COMMENT.search(word):
        yield Finding(
            line.number,
            1,
            f"{excerpt(word)} is one entry, so it matches no single token. Write one word per line, without"
            " commas.",
        )


def _invisible(code: str, _: str) -> str:
    r"""Flag an invisible character, such as a no-break or zero-width space.

    In synonyms it is flagged anywhere in a term, elsewhere at the edge of an entry. It is part of the entry,
    which then never matches.

    Fix: remove it, or write a space. In mappings, write an escape such as `\u00a0` if it is intentional.

    - laptop\u00a0, notebook
    + laptop, notebook
    """
    return f"The invisible character {code} is part of the entry, so it never matches. Remove it."


def duplicate_entry(word: str, first: int) -> str:
    """Flag an entry that the file already has. The second one does nothing.

      the
    - the
    """
    return f"{word} is already in line {first}. Remove one of the two."


def _long_term(line: Line, options: Options) -> Iterator[Finding]:
    """Flag a term or word of more than 255 characters.

    The standard and whitespace tokenizers split tokens there, so it never matches. Usually a comma or a line
    break is missing.

    Fix: add the missing separators, or remove the term.
    """
    word = _word(line, options)
    if len(word) > MAX_TOKEN_UNITS:
        yield Finding(
            line.number,
            1,
            f"{excerpt(word)} is longer than {MAX_TOKEN_UNITS} characters, so it matches no token of the"
            " standard or whitespace tokenizer. Write one word per line.",
        )


def _named_list(line: Line, options: Options) -> Iterator[Finding]:
    """Flag an entry such as `_english_` where the engine does not replace it by its own list.

    Only stopwords and common words can name a list, and only one that the engine has; `_none_` is no list.

    - _english_
    + a
    + the
    """
    word = _word(line, options)
    if re.fullmatch("_[a-z_]+_", word):
        yield Finding(
            line.number,
            1,
            f"{excerpt(word)} is a plain word here, not the name of a list. Write the list's words.",
        )


def _unknown_list(line: Line, options: Options) -> Iterator[Finding]:
    if not NAMED_LIST_OF_ENGINE.fullmatch(_word(line, options)):
        yield from _named_list(line, options)


INVISIBLE_CHARACTER = invisible_character(word_keys, _invisible)
_ANY_LIST = r"^[\x00-\x09\x0b-\x20]*_[a-z_]+_"
NAMED_LIST = LineRule("named-list", "warning", _ANY_LIST, _named_list)
UNKNOWN_LIST = LineRule("named-list", "warning", _ANY_LIST, _unknown_list)
USE_LOWERCASE = "Write it in lowercase, unless the filter ignores case or precedes the lowercase filter."
CAPITAL_LETTERS = capital_letters(single_word, USE_LOWERCASE)

WORD_RULES = (
    *TEXT_RULES,
    LIST_IN_OTHER_FORMAT,
    FileRule("snowball-comments", "warning", _snowball_comments),
    LineRule("trailing-comment", "warning", "#", _trailing_comment),
    LineRule("several-words", "warning", r"[^\S\n]|[,;]", _several_words, is_once=True),
    INVISIBLE_CHARACTER,
    LineRule("long-term", "warning", f"^.{{{MAX_TOKEN_UNITS + 1}}}", _long_term),
    decomposed_characters(single_word),
    fullwidth_characters(single_word),
    repeated_keys("duplicate-entry", "warning", word_keys, duplicate_entry, is_once=True),
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
