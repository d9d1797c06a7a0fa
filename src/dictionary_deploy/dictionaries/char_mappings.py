"""Mappings of a character filter, such as `ph => f`, read by `MappingCharFilterFactory`."""

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
from dictionary_deploy.dictionaries.lucene.escapes import (
    MAX_SIDE_UNITS,
    escape_surrogates,
    split_sides,
    unescape,
)
from dictionary_deploy.dictionaries.lucene.lines import trim
from dictionary_deploy.dictionaries.rules.encoding import TEXT_RULES
from dictionary_deploy.dictionaries.rules.repeated_keys import repeated_keys
from dictionary_deploy.dictionaries.rules.spelling import invisible_character
from dictionary_deploy.dictionaries.text import Line, Text
from dictionary_deploy.dictionaries.word_lists import rule_text

NO_COMMENTS = "OpenSearch 1.3 since 1.3.11, 2.9 and 2.10 read no comments in this file"
HASH_RULE = "Engines before OpenSearch 2.9 skip this line as a comment, newer ones read a rule for `#`."


def parse_mapping(line: str, options: Options) -> tuple[str, str] | None:
    """Return both sides without escapes; None for a line that is blank, a comment or rejected."""
    rule = _rule(line, options)
    left, right = (split_sides(rule) if rule else None) or ("", "")
    before, after = unescape(left), unescape(right)
    return (escape_surrogates(before), escape_surrogates(after)) if before and after is not None else None


def _rule(line: str, options: Options) -> str | None:
    """Return the line as the engine reads it; None for a line that it skips."""
    return rule_text(line, options) if options.engine.comments_in_mappings else trim(line)


def read_mappings(text: Text, options: Options, only: Keys | None = None) -> Entries:
    """Return the replacement of each text. The engine rejects a file that maps a text twice."""
    mappings = (parse_mapping(line, options) for line in text.lines)
    return {
        mapping[0]: (mapping[1],) for mapping in mappings if mapping and (only is None or mapping[0] in only)
    }


def mapping_keys(line: str, options: Options) -> Iterator[str]:
    """Yield the text that a line maps."""
    mapping = parse_mapping(line, options)
    if mapping:
        yield mapping[0]


def _not_a_mapping(line: Line, options: Options) -> Iterator[Finding]:
    r"""Flag a line that is not a text, `=>` and a text, a wrong escape, or a side of over 256 characters.

    A comment is not a mapping either for OpenSearch 1.3 since 1.3.11, 2.9 and 2.10 (pull requests 7591 and
    10220). All others skip lines that start with `#`, except that OpenSearch since 2.11 reads `# => x` as a
    rule for `#`.

    Engine: `Invalid Mapping Rule : [ph]`, since OpenSearch 2.4 `Line [1]: Invalid mapping rule : [ph]`;
    `cannot match the empty string`; `Invalid escaped char in [\]`; `For input string: "00zz" under radix 16`;
    `Index 256 out of bounds for length 256`.

    Fix: write `text => text`, with `\u0020` for a space.

    - ph f
    + ph => f
    """
    rule = _rule(line.text, options)
    if rule is not None and parse_mapping(line.text, options) is None:
        if rule.startswith("#") and not options.engine.comments_in_mappings:
            yield Finding(
                line.number,
                1,
                f"{excerpt(rule)} is not a mapping, so the engine rejects the file: {NO_COMMENTS}. Remove"
                " the line.",
            )
            return
        yield Finding(
            line.number,
            1,
            f"{rule_excerpt(rule)} is not a mapping, so the engine rejects the file. Write `text => text`"
            f" with 1 to {MAX_SIDE_UNITS} characters on the left, at most {MAX_SIDE_UNITS} on the right, and"
            " no escapes but"
            r" `\\ \n \t \r \b \f \uXXXX`.",
        )


def _comment_as_mapping(line: Line, options: Options) -> Iterator[Finding]:
    r"""Flag a mapping that starts with `#`, which other engines skip as a comment.

    OpenSearch since 2.11 reads `# => x` as a rule for `#`, and other lines with `#` as comments. OpenSearch
    1.3 since 1.3.11, 2.9 and 2.10 read all such mappings.

    Fix: remove the line, or write `\#` if it is intentional.

    - # => hash
    + \# => hash
    """
    if (_rule(line.text, options) or "").startswith("#") and parse_mapping(line.text, options):
        why = (
            HASH_RULE
            if options.engine.comments_in_mappings
            else f"This line maps a text that starts with `#`: {NO_COMMENTS}."
        )
        yield Finding(
            line.number,
            1,
            f"{why}"
            r" Remove the line, or write `\#` if this is intentional.",
        )


def _mapped_twice(text: str, first: int) -> str:
    """Flag a text that an earlier line maps.

    Engine: `match "ph" was already added`.

      ph => f
    - ph => v
    """
    return f"Line {first} already maps {text}, so the engine rejects the file. Remove one of the two."


def _two_arrows(line: Line, options: Options) -> Iterator[Finding]:
    """Flag more than one `=>` in a line. The last one separates: `a => b => c` maps the text `a => b`.

    - a => b => c
    + a => c
    + b => c
    """
    if parse_mapping(line.text, options) and line.text.count("=>") > 1:
        yield Finding(
            line.number,
            line.text.rfind("=>") + 1,
            "Only the last `=>` separates, so the text on its left contains the other one. Write one mapping"
            " per line.",
        )


def _trailing_comment(line: Line, options: Options) -> Iterator[Finding]:
    mapping = parse_mapping(line.text, options)
    found = re.search(r"(?:^|\s)#(?=\s*\w)", mapping[1]) if mapping else None
    if found:
        yield Finding(
            line.number,
            line.text.rfind("#") + 1,
            f"This `#` does not start a comment, so the replacement is {excerpt(found.string)}. Remove it,"
            " or write"
            r" `\#` if this is intentional.",
        )


def _quoted_side(line: Line, options: Options) -> Iterator[Finding]:
    mapping = parse_mapping(line.text, options)
    if mapping and re.fullmatch('".+"', mapping[0]) and re.fullmatch('".*"', mapping[1]):
        yield Finding(
            line.number,
            line.text.find('"') + 1,
            f"The quotation marks are part of both texts, unlike in Solr: {excerpt(mapping[0])} becomes"
            f" {excerpt(mapping[1])}. Remove them.",
        )


def _sides(line: str, options: Options) -> tuple[str, ...]:
    rule = _rule(line, options)
    return (split_sides(rule) if rule else None) or ()


def _invisible(code: str, _: str) -> str:
    return (
        f"The invisible character {code} is at an edge of a text. Remove it, or write"
        f" `\\u{code[2:].lower()}` if it is intentional."
    )


CHAR_MAPPINGS = Kind(
    "char-mappings",
    (
        *TEXT_RULES,
        LineRule("not-a-mapping", "error", r"^(?!$)", _not_a_mapping),
        repeated_keys("mapped-twice", "error", mapping_keys, _mapped_twice),
        LineRule("comment-as-mapping", "warning", "#", _comment_as_mapping, is_once=True),
        LineRule("trailing-comment", "warning", "#", _trailing_comment),
        LineRule("quoted-term", "warning", '"', _quoted_side, is_once=True),
        invisible_character(_sides, _invisible),
        LineRule("last-arrow", "warning", r"=>[^\n]*=>", _two_arrows),
    ),
    read_mappings,
    mapping_keys,
    setting="mappings_path",
    description="mappings of `mapping` character filters",
    entries_are="texts, each with its replacement",
)
