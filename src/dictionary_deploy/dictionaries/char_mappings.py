"""Mappings of a character filter: `ph => f`, read by `MappingCharFilterFactory`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dictionary_deploy.dictionaries.hashes import Keys
from dictionary_deploy.dictionaries.kind import (
    Entries,
    Finding,
    Kind,
    LineRule,
    Options,
    excerpt,
    rule_excerpt,
)
from dictionary_deploy.dictionaries.lucene.escapes import LONGEST_SIDE, printable, sides, unescaped
from dictionary_deploy.dictionaries.lucene.lines import trimmed
from dictionary_deploy.dictionaries.rules.encoding import TEXT_RULES
from dictionary_deploy.dictionaries.rules.repeated_keys import repeated_keys
from dictionary_deploy.dictionaries.rules.spelling import invisible_character
from dictionary_deploy.dictionaries.text import Line, Text
from dictionary_deploy.dictionaries.word_lists import taken

NO_COMMENTS = "OpenSearch from 2.9 and 1.3.11 on knows no comments in this file, and all others do."


def parse_mapping(line: str, options: Options) -> tuple[str, str] | None:
    """Both sides, unescaped; None for a line that is blank, a comment to the engine, or refused."""
    rule = _rule(line, options)
    left, right = (sides(rule) if rule else None) or ("", "")
    before, after = unescaped(left), unescaped(right)
    return (printable(before), printable(after)) if before and after is not None else None


def _rule(line: str, options: Options) -> str | None:
    """The line as the engine takes it; None for one that it skips."""
    return taken(line, options) if options.engine.comments_in_mappings else trimmed(line)


def read_mappings(text: Text, options: Options, only: Keys | None = None) -> Entries:
    """What each text becomes; a text that is mapped twice makes the engine refuse the file."""
    mappings = (parse_mapping(line, options) for line in text.lines)
    return {
        mapping[0]: (mapping[1],) for mapping in mappings if mapping and (only is None or mapping[0] in only)
    }


def mapping_keys(line: str, options: Options) -> Iterator[str]:
    """The text that a line maps."""
    mapping = parse_mapping(line, options)
    if mapping:
        yield mapping[0]


def _not_a_mapping(line: Line, options: Options) -> Iterator[Finding]:
    rule = _rule(line.text, options)
    if rule is not None and parse_mapping(line.text, options) is None:
        if rule.startswith("#") and not options.engine.comments_in_mappings:
            yield Finding(
                line.number,
                1,
                f"{excerpt(rule)} is no mapping, and the engine refuses the file: {NO_COMMENTS} Delete the"
                " line.",
            )
            return
        yield Finding(
            line.number,
            1,
            f"{rule_excerpt(rule)} is no mapping, and the engine refuses the file: it takes `text => text`,"
            f" with something on the left, at most {LONGEST_SIDE} characters a side, and the escapes"
            r" \\ \n \t \r \b \f \uXXXX.",
        )


def _comment_as_mapping(line: Line, options: Options) -> Iterator[Finding]:
    if (_rule(line.text, options) or "").startswith("#") and parse_mapping(line.text, options):
        yield Finding(
            line.number,
            1,
            f"The line maps a text that begins with #: {NO_COMMENTS}"
            r" Delete it, or write \# when that is meant.",
        )


def _mapped_twice(text: str, first: int) -> str:
    return f"Line {first} maps {text} already, and the engine refuses the file. Delete one of the two."


def _two_arrows(line: Line, options: Options) -> Iterator[Finding]:
    if parse_mapping(line.text, options) and line.text.count("=>") > 1:
        yield Finding(
            line.number,
            line.text.rfind("=>") + 1,
            "The last => divides: what stands before it is one text, with the other => in it."
            " Write a line for each mapping.",
        )


def _trailing_comment(line: Line, options: Options) -> Iterator[Finding]:
    mapping = parse_mapping(line.text, options)
    found = re.search(r"(?:^|\s)#(?=\s*\w)", mapping[1]) if mapping else None
    if found:
        yield Finding(
            line.number,
            line.text.rfind("#") + 1,
            f"# begins no comment behind a mapping: the text becomes {excerpt(found.string)}. Delete it, or"
            r" write \# when that is meant.",
        )


def _quoted_side(line: Line, options: Options) -> Iterator[Finding]:
    mapping = parse_mapping(line.text, options)
    if mapping and re.fullmatch('".+"', mapping[0]) and re.fullmatch('".*"', mapping[1]):
        yield Finding(
            line.number,
            line.text.find('"') + 1,
            f"The quotation marks are part of both texts: {excerpt(mapping[0])} is what becomes"
            f" {excerpt(mapping[1])}. Solr's files have them, and these have not: delete them.",
        )


def _sides(line: str, options: Options) -> tuple[str, ...]:
    rule = _rule(line, options)
    return (sides(rule) if rule else None) or ()


def _invisible(code: str, _: str) -> str:
    return (
        f"An invisible character, {code}, begins or ends a text. Delete it, or"
        f" write \\u{code[2:].lower()} when it is meant, for others to see."
    )


CHAR_MAPPINGS = Kind(
    "char-mappings",
    (
        *TEXT_RULES,
        LineRule("not-a-mapping", "error", r"^(?!$)", _not_a_mapping),
        repeated_keys("mapped-twice", "error", mapping_keys, _mapped_twice),
        LineRule("comment-as-mapping", "warning", "#", _comment_as_mapping),
        LineRule("trailing-comment", "warning", "#", _trailing_comment),
        LineRule("quoted-term", "warning", '"', _quoted_side),
        invisible_character(_sides, _invisible),
        LineRule("last-arrow", "warning", r"=>[^\n]*=>", _two_arrows),
    ),
    read_mappings,
    mapping_keys,
    setting="mappings_path",
    description="mappings of `mapping` character filters",
    entries_are="texts, each with its replacement",
)
