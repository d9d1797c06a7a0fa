"""Type tables of a word delimiter, such as `$ => DIGIT`, read by `WordDelimiterTokenFilterFactory`."""

from __future__ import annotations

from collections.abc import Iterator

from dictionary_deploy.dictionaries.hashes import Keys
from dictionary_deploy.dictionaries.kind import (
    Entries,
    FileRule,
    Finding,
    Kind,
    LineRule,
    Options,
    rule_excerpt,
)
from dictionary_deploy.dictionaries.lucene.escapes import escape_surrogates, split_sides, unescape
from dictionary_deploy.dictionaries.lucene.lines import JAVA_TRIMMED, LAST_OF_ONE_UNIT
from dictionary_deploy.dictionaries.rules.encoding import TEXT_RULES
from dictionary_deploy.dictionaries.rules.repeated_keys import repeated_keys
from dictionary_deploy.dictionaries.text import Line, Text
from dictionary_deploy.dictionaries.word_lists import rule_text

HASH_RULE = "Engines before OpenSearch 2.11 skip this line as a comment, newer ones read a rule for `#`."
TYPES = ("LOWER", "UPPER", "ALPHA", "DIGIT", "ALPHANUM", "SUBWORD_DELIM")


def parse_type(line: str, options: Options) -> tuple[str, str] | None:
    """Return the character and its type; None for a line that is blank, a comment or rejected."""
    left, kind = split_sides(rule_text(line, options) or "") or ("", "")
    character = unescape(left) or ""
    is_one = len(character) == 1 and character <= LAST_OF_ONE_UNIT
    return (escape_surrogates(character), kind) if is_one and kind in TYPES else None


def read_types(text: Text, options: Options, only: Keys | None = None) -> Entries:
    """Return the type of each character. The last rule of a character counts."""
    found = (parse_type(line, options) for line in text.lines)
    return {each[0]: (each[1],) for each in found if each and (only is None or each[0] in only)}


def type_keys(line: str, options: Options) -> Iterator[str]:
    """Yield the character of a line."""
    found = parse_type(line, options)
    if found:
        yield found[0]


def _not_a_type(line: Line, options: Options) -> Iterator[Finding]:
    """Flag a line that is not one character, `=>` and a type. To the engine, an emoji is two characters.

    Engine: `Invalid Mapping Rule : [ab => ALPHA]. Only a single character is allowed.`, or `Illegal type.` at
    the end.

    Fix: write one character, `=>` and LOWER, UPPER, ALPHA, DIGIT, ALPHANUM or SUBWORD_DELIM in capitals.

    - $ => digit
    + $ => DIGIT
    """
    rule = rule_text(line.text, options)
    if rule is not None and parse_type(line.text, options) is None:
        yield Finding(
            line.number,
            1,
            f"{rule_excerpt(rule)} gives no character a type, so the engine rejects the file. Write one"
            f" character, `=>` and one of {', '.join(TYPES)}.",
        )


def _comment_as_type(line: Line, options: Options) -> Iterator[Finding]:
    r"""Flag a line such as `# => ALPHA`. It is a comment before OpenSearch 2.11, and a rule for `#` since.

    Engine: before OpenSearch 2.11 `java.util.NoSuchElementException` if the table has no other line.

    Fix: write `\#` or `\u0023`, which all versions read as the character.

    - # => ALPHA
    + \# => ALPHA
    """
    text = line.text.strip(JAVA_TRIMMED)
    as_a_rule = parse_type(f"\\{text}", options) if text.startswith("#") else None
    if as_a_rule:
        yield Finding(
            line.number,
            line.text.find("#") + 1,
            f"{HASH_RULE}"
            r" Write `\#` for the character, or change the comment.",
        )


def _typed_twice(character: str, before: int) -> str:
    """Flag a character that has a type in an earlier line. The last line counts.

    - $ => DIGIT
      $ => ALPHA
    """
    return f"Line {before} already gives {character} a type, and the last line counts. Remove one of the two."


def _no_types(text: Text, options: Options) -> Iterator[Finding]:
    """Flag a type table without a rule, even with `allow-empty`.

    Engine: `java.util.NoSuchElementException`, without a message.

    Fix: add a rule, or remove `type_table_path` from the index settings.

    + $ => DIGIT
    """
    if not any(rule_text(line, options) is not None for line in text.lines):
        yield Finding(
            1,
            1,
            "The type table has no rule, so the engine rejects it. Add a rule, or remove `type_table_path`"
            " from the index settings.",
        )


WORD_DELIMITER_TYPES = Kind(
    "word-delimiter-types",
    (
        *TEXT_RULES,
        LineRule("not-a-type", "error", r"^(?!$)", _not_a_type),
        FileRule("no-types", "error", _no_types),
        LineRule("comment-as-type", "warning", "#", _comment_as_type),
        repeated_keys("typed-twice", "warning", type_keys, _typed_twice, last_counts=True, is_once=True),
    ),
    read_types,
    type_keys,
    one_line_counts=True,
    setting="type_table_path",
    description="character types of `word_delimiter` and `word_delimiter_graph` filters",
    entries_are="characters, each with its type",
)
