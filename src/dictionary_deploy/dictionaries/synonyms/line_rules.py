"""Rules about a line of the Solr format on its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from dictionary_deploy.dictionaries.kind import Finding, LineRule, Options, Severity, excerpt
from dictionary_deploy.dictionaries.synonyms.index import index, odd_lines
from dictionary_deploy.dictionaries.synonyms.parser import is_rule, parse_rule, plain
from dictionary_deploy.dictionaries.synonyms.tables import EQUIVALENT
from dictionary_deploy.dictionaries.text import Line, Text

MOST_TERMS = 30
"""Equivalent synonyms in one rule: 31 of them already make 930 pairs."""

# At an arrow's end. Of a space and a term before it, which most lines have, none of these is true.
_NOTHING_BEFORE = r"(?<=^=>)|(?<=^[\s,]=>)|(?<=[\s,]{2}=>)"
_BLANK = r"[\x00-\x09\x0b-\x20]"
_SEPARATORS_OF_OTHERS = "\t|;|[|]|->|\u2192|\u21d2|\uff0c|\uff1b|\u3001|\uff1d\uff1e"
NO_SEPARATOR = re.compile(_SEPARATORS_OF_OTHERS)
# Those that are no part of any term, whatever else is in the line.
_NEVER_WITHIN = re.compile(
    r"(?<=[^\s,>])(?:\t+(?=[^\s,=])|->|\u2192|\u21d2|\uff0c|\uff1b|\u3001|\uff1d\uff1e)(?=[^>])"
)
_COMMENT_BEHIND = re.compile(r"[^\s,>\\][^\S\n]+#(?=[^\S\n]*[^\s,\d#])(?![^,]*=>)")
_STRAY_ARROW = re.compile(r"(?<!\\)=>\s*=>|(?<!\\)==+>|^\s*=>|(?<!\\)=>\s*$")
_ONE_TERM = re.compile(r"^,*+[^,\\]*+(?:\\.[^,\\]*+)*+\\?,*+$", re.DOTALL)
_SYMBOLS = re.compile(r"(?:^|,|=>)[^\w,]*(?:$|,|=>)")


def _two_arrows(line: Line, _: Options) -> Iterator[Finding]:
    if is_rule(line.text) and parse_rule(line.text).arrows > 1:
        yield Finding(
            line.number,
            line.text.rfind("=>") + 1,
            "More than one => in a line: the engine refuses the file."
            " Write a line for each mapping, or \\=> where it belongs to a term.",
        )


def _empty_term(line: Line, options: Options) -> Iterator[Finding]:
    if not is_rule(line.text):
        return
    if not plain(line.text):
        yield Finding(
            line.number,
            1,
            "A line of nothing but white space is a term without a token: delete it, or the white space.",
            _when(options),
        )
    elif any(not plain(term) for term in parse_rule(line.text).terms):
        found = _SYMBOLS.search(line.text)
        yield Finding(
            line.number,
            found.start() + 1 if found else 1,
            "A term of nothing but white space, beside a comma or =>:"
            f" the engine {'leaves it out' if options.lenient else 'refuses the file'}."
            " Delete the comma, or write the term.",
            _when(options),
        )


def _when(options: Options) -> Severity | None:
    """A lenient filter leaves out what cannot be a term."""
    return "warning" if options.lenient else None


def _two_terms_as_one(line: Line, _: Options) -> Iterator[Finding]:
    if not is_rule(line.text):
        return
    is_one = len([*parse_rule(line.text).terms]) == 1
    found = (NO_SEPARATOR if is_one else _NEVER_WITHIN).search(line.text)
    what = "the line is one term and no rule" if is_one else "what stands on both its sides is one term"
    if found:
        yield Finding(
            line.number,
            found.start() + 1,
            f"{_named(found.group())} separates nothing here, so that {what}."
            " Put a comma between equivalent terms, => between a term and what replaces it.",
        )


def _named(separator: str) -> str:
    return "A tab" if separator.startswith("\t") else f"`{separator}`"


def _lines_of_one_term(text: Text) -> Iterator[Line]:
    found = index(text)
    regular = chain.from_iterable(table.numbers for table in found.regular if table.form == (1, EQUIVALENT))
    return (line for line in text.at(sorted((*regular, *found.odd))) if _ONE_TERM.search(line.text))


def _lone_term(line: Line, _: Options) -> Iterator[Finding]:
    if not is_rule(line.text) or NO_SEPARATOR.search(line.text):
        return
    rule = parse_rule(line.text)
    if not rule.is_explicit and len(rule.inputs) == 1 and plain(rule.inputs[0]) and "=>" not in line.text:
        yield Finding(
            line.number,
            1,
            f"{excerpt(plain(rule.inputs[0]))} stands alone: a rule of one term does nothing."
            " Add its synonyms, or delete the line.",
        )


def _empty_side(line: Line, _: Options) -> Iterator[Finding]:
    if not is_rule(line.text) or "=>" not in line.text:
        return
    rule = parse_rule(line.text)
    at_an_edge = not rule.is_explicit and re.search(r"^\s*=>|(?<!\\)=>\s*$", line.text)
    if at_an_edge or (rule.is_explicit and not (rule.inputs and rule.outputs)):
        yield Finding(
            line.number,
            line.text.find("=>") + 1,
            "One side of => is empty, so that the line does nothing; it deletes no term either."
            " Write both sides; to delete a term, use a stop filter.",
        )


def _indented_comment(line: Line, _: Options) -> Iterator[Finding]:
    stripped = line.text.lstrip()
    if stripped.startswith("#") and line.text != stripped:
        yield Finding(
            line.number,
            len(line.text) - len(stripped) + 1,
            "A # with white space before it begins no comment: the engine reads the line as a rule."
            " Put the # in the first column.",
        )


def _trailing_comment(line: Line, _: Options) -> Iterator[Finding]:
    found = _COMMENT_BEHIND.search(line.text)
    if found and is_rule(line.text) and not line.text.lstrip().startswith("#"):
        yield Finding(
            line.number,
            found.end(),
            "A # behind a rule begins no comment: it and all that follows are part of the last term."
            " Put the comment on a line of its own, with the # in the first column.",
        )


def _stray_arrow(line: Line, _: Options) -> Iterator[Finding]:
    found = _STRAY_ARROW.search(line.text)
    if found and is_rule(line.text) and parse_rule(line.text).arrows == 1:
        yield Finding(
            line.number,
            found.start() + 1,
            f"{excerpt(found.group().strip())} is more than the one => that divides this rule: the engine"
            " passes over the arrows it does not need, and takes a single = for a part of the term."
            " Write one =>, between both sides.",
        )


def _large_group(line: Line, options: Options) -> Iterator[Finding]:
    if not is_rule(line.text) or not options.expand:
        return
    rule = parse_rule(line.text)
    count = len(rule.inputs)
    if not rule.is_explicit and count > MOST_TERMS:
        yield Finding(
            line.number,
            1,
            f"{count} equivalent terms make {count * (count - 1)} pairs, and every search for one"
            " of them looks for all. Map them to one term with =>, in the index and in the search.",
        )


ERRORS = (
    LineRule("two-arrows", "error", r"=>[^\n]*=>", _two_arrows),
    LineRule(
        "empty-term",
        "error",
        odd_lines(rf"{_BLANK}(?:(?<=\\.)|(?<![^,>]{_BLANK}){_BLANK}*(?:$|,|=>))"),
        _empty_term,
    ),
)

WARNINGS = (
    LineRule("two-terms-as-one", "warning", _SEPARATORS_OF_OTHERS, _two_terms_as_one),
    LineRule("empty-side", "warning", rf"=>(?:{_NOTHING_BEFORE}|(?:[^\S\n]|,)*+(?:$|=>))", _empty_side),
    LineRule("indented-comment", "warning", r"#(?<=[^\S\n]#)", _indented_comment),
    LineRule("trailing-comment", "warning", r"#(?<=[^\S\n]#)", _trailing_comment),
    LineRule("stray-arrow", "warning", rf"=>(?:(?<===>)|{_NOTHING_BEFORE}|[^\S\n]*+(?:$|=>))", _stray_arrow),
    LineRule("lone-term", "warning", _lines_of_one_term, _lone_term),
    LineRule(
        "large-group",
        "warning",
        rf",(?:[^,\n]*,){{{MOST_TERMS - 1}}}",
        _large_group,
        least=2 * MOST_TERMS + 1,
    ),
)
