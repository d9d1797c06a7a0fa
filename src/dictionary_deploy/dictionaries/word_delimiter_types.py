"""The type table of a word delimiter: `# => ALPHA`, read by `WordDelimiterTokenFilterFactory`."""

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
from dictionary_deploy.dictionaries.lucene.escapes import printable, sides, unescaped
from dictionary_deploy.dictionaries.lucene.lines import JAVA_TRIMMED, LAST_OF_ONE_UNIT
from dictionary_deploy.dictionaries.rules.encoding import TEXT_RULES
from dictionary_deploy.dictionaries.rules.repeated_keys import repeated_keys
from dictionary_deploy.dictionaries.text import Line, Text
from dictionary_deploy.dictionaries.word_lists import taken

TYPES = ("LOWER", "UPPER", "ALPHA", "DIGIT", "ALPHANUM", "SUBWORD_DELIM")


def parse_type(line: str, options: Options) -> tuple[str, str] | None:
    """The character and its type; None for a line that is blank, a comment, or refused."""
    left, kind = sides(taken(line, options) or "") or ("", "")
    character = unescaped(left) or ""
    is_one = len(character) == 1 and character <= LAST_OF_ONE_UNIT
    return (printable(character), kind) if is_one and kind in TYPES else None


def read_types(text: Text, options: Options, only: Keys | None = None) -> Entries:
    """The type of each character. Of two rules for a character the last one counts."""
    found = (parse_type(line, options) for line in text.lines)
    return {each[0]: (each[1],) for each in found if each and (only is None or each[0] in only)}


def type_keys(line: str, options: Options) -> Iterator[str]:
    """The character that a line gives a type."""
    found = parse_type(line, options)
    if found:
        yield found[0]


def _not_a_type(line: Line, options: Options) -> Iterator[Finding]:
    rule = taken(line.text, options)
    if rule is not None and parse_type(line.text, options) is None:
        yield Finding(
            line.number,
            1,
            f"{rule_excerpt(rule)} gives no character a type, and the engine refuses the file: it takes one"
            f" character, =>, and one of {', '.join(TYPES)}.",
        )


def _comment_as_type(line: Line, options: Options) -> Iterator[Finding]:
    text = line.text.strip(JAVA_TRIMMED)
    as_a_rule = parse_type(f"\\{text}", options) if text.startswith("#") else None
    if as_a_rule:
        yield Finding(
            line.number,
            line.text.find("#") + 1,
            "The line looks like a type for the character #, and is a comment to most engines; OpenSearch"
            r" since pull request 10220 may read it as a rule. Write \# when it is meant, and something else"
            " behind the # when not.",
        )


def _typed_twice(character: str, before: int) -> str:
    return f"Line {before} gives {character} a type already, and the last one counts. Delete one of the two."


def _no_types(text: Text, options: Options) -> Iterator[Finding]:
    if not any(taken(line, options) is not None for line in text.lines):
        yield Finding(
            1, 1, "A type table without a rule is refused by the engine. Write a rule, or use no type table."
        )


WORD_DELIMITER_TYPES = Kind(
    "word-delimiter-types",
    (
        *TEXT_RULES,
        LineRule("not-a-type", "error", r"^(?!$)", _not_a_type),
        FileRule("no-types", "error", _no_types),
        LineRule("comment-as-type", "warning", "#", _comment_as_type),
        repeated_keys("typed-twice", "warning", type_keys, _typed_twice, last_counts=True),
    ),
    read_types,
    type_keys,
    setting="type_table_path",
    description="character types of `word_delimiter` and `word_delimiter_graph` filters",
    entries_are="characters, each with its type",
)
