"""Mappings of a character filter: `ph => f`, read by `MappingCharFilterFactory`."""

from __future__ import annotations

from collections.abc import Container, Iterator

from dictionary_deploy.dictionaries.encoding import TEXT_RULES
from dictionary_deploy.dictionaries.escapes import LONGEST_SIDE, printable, sides, unescaped
from dictionary_deploy.dictionaries.excerpt import excerpt, rule_excerpt
from dictionary_deploy.dictionaries.kind import Entries, FileRule, Finding, Kind, LineRule, Options
from dictionary_deploy.dictionaries.lines import trimmed
from dictionary_deploy.dictionaries.text import Line, Text


def parse_mapping(line: str, options: Options) -> tuple[str, str] | None:
    """Both sides, unescaped; None for a line that is blank, a comment to the engine, or refused."""
    rule = _rule(line, options)
    left, right = (sides(rule) if rule else None) or ("", "")
    before, after = unescaped(left), unescaped(right)
    return (printable(before), printable(after)) if before and after is not None else None


def _rule(line: str, options: Options) -> str | None:
    """The line as the engine takes it; None for one that it skips."""
    is_comment = options.engine.comments_in_mappings and line.startswith("#")
    return None if is_comment else trimmed(line)


def read_mappings(text: Text, options: Options, only: Container[str] | None = None) -> Entries:
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
            "Newer OpenSearch knows no comments in this file: the line maps a text that begins with #."
            r" Delete it, or write \# when that is meant.",
        )


def _mapped_twice(text: Text, options: Options) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for line in text.numbered():
        for key in mapping_keys(line.text, options):
            if key in first:
                yield Finding(
                    line.number,
                    1,
                    f"Line {first[key]} maps {excerpt(key)} already, and the engine refuses the file."
                    " Delete one of the two.",
                )
            first.setdefault(key, line.number)


def _two_arrows(line: Line, options: Options) -> Iterator[Finding]:
    if parse_mapping(line.text, options) and line.text.count("=>") > 1:
        yield Finding(
            line.number,
            line.text.rfind("=>") + 1,
            "The last => divides: what stands before it is one text, with the other => in it."
            " Write a line for each mapping.",
        )


CHAR_MAPPINGS = Kind(
    "char-mappings",
    (
        *TEXT_RULES,
        LineRule("not-a-mapping", "error", r"^(?!$)", _not_a_mapping),
        FileRule("mapped-twice", "error", _mapped_twice),
        LineRule("comment-as-mapping", "warning", "#", _comment_as_mapping),
        LineRule("last-arrow", "warning", r"=>[^\n]*=>", _two_arrows),
    ),
    read_mappings,
    mapping_keys,
)
