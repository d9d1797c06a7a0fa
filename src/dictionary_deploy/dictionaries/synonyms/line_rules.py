"""Rules about a single line of Solr's format."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from dictionary_deploy.dictionaries.kind import Finding, LineRule, Options, Severity, excerpt
from dictionary_deploy.dictionaries.lucene.analyzer import MODELLED
from dictionary_deploy.dictionaries.rules.limits import (
    MIN_LONG_CHARACTERS,
    is_over_limit,
    over_limit_message,
)
from dictionary_deploy.dictionaries.synonyms.index import index, odd_lines
from dictionary_deploy.dictionaries.synonyms.parser import is_rule, keys_of_rule, parse_rule, plain
from dictionary_deploy.dictionaries.synonyms.tables import EQUIVALENT
from dictionary_deploy.dictionaries.text import Line, Text

MAX_GROUP_TERMS = 30
"""Equivalent terms of one rule: 31 already make 930 pairs."""

# At the end of an arrow. Does not match after a term and a space, which most lines have.
_NOTHING_BEFORE = r"(?<=^=>)|(?<=^[\s,]=>)|(?<=[\s,]{2}=>)"
_BLANK = r"[\x00-\x09\x0b-\x20]"
_OTHER_SEPARATORS = "\t|;|[|]|->|\u2192|\u21d2|\uff0c|\uff1b|\u3001|\uff1d\uff1e"
OTHER_SEPARATOR = re.compile(_OTHER_SEPARATORS)
# Separators that are never part of a term, even in a line with commas.
_NEVER_IN_A_TERM = re.compile(
    r"(?<=[^\s,>])(?:\t+(?=[^\s,=])|->|\u2192|\u21d2|\uff0c|\uff1b|\uff1d\uff1e)(?=[^>])"
)
_HASH = re.compile(r"[^\s,>\\][^\S\n]+#(?=[^\S\n]*[^\s,\d#])")
_STRAY_ARROW = re.compile(r"(?<!\\)=>\s*=>|(?<![\\=])==++>|(?<=\\=)==++>|^\s*=>|(?<!\\)=>\s*$")
_ONE_TERM = re.compile(r"^,*+[^,\\]*+(?:\\.[^,\\]*+)*+\\?,*+$", re.DOTALL)
_SYMBOLS = re.compile(r"(?:^|,|=>)[^\w,]*(?:$|,|=>)")


def _two_arrows(line: Line, _: Options) -> Iterator[Finding]:
    r"""Flag more than one `=>` with text on both sides.

    The engine rejects it even if the filter is `lenient`.

    Engine: `Invalid synonym rule at line 1`, caused by `more than one explicit mapping specified on the same
    line`.

    Fix: write one mapping per line, or `\=>` for an arrow in a term.

    - laptop => notebook => portable
    + laptop, notebook => portable
    """
    if is_rule(line.text) and parse_rule(line.text).arrows > 1:
        yield Finding(
            line.number,
            line.text.rfind("=>") + 1,
            "The line has more than one `=>`, so the engine rejects the file."
            r" Write one mapping per line, or `\=>` for an arrow in a term.",
        )


def _empty_term(line: Line, options: Options) -> Iterator[Finding]:
    """Flag a line or a term of whitespace only. Two commas with nothing between them are fine.

    The analyzer leaves no token of it. A warning if the filter is `lenient`: the engine skips the term.

    Engine: `Invalid synonym rule at line 1`, caused by `term:  was completely eliminated by analyzer`.

    - laptop, , notebook
    + laptop, notebook
    """
    if not is_rule(line.text):
        return
    effect = "the engine skips it" if options.lenient else "the engine rejects the file"
    severity: Severity | None = "warning" if options.lenient else None
    if not plain(line.text):
        yield Finding(
            line.number,
            1,
            f"The line is only whitespace, so {effect}. Remove the line or the whitespace.",
            severity,
        )
    elif any(not plain(term) for term in parse_rule(line.text).terms):
        found = _SYMBOLS.search(line.text)
        yield Finding(
            line.number,
            found.start() + 1 if found else 1,
            f"A term next to a comma or `=>` is only whitespace, so {effect}. Remove the comma, or write the"
            " term.",
            severity,
        )


def _two_terms_as_one(line: Line, _: Options) -> Iterator[Finding]:
    """Flag a tab, `;`, `|`, `->` or a fullwidth comma, semicolon or arrow that does not separate terms.

    `;`, `|` and the ideographic comma are flagged only in a line of one term. The text on both sides is one
    long term.

    Fix: write a comma between equivalent terms, or `=>` between a term and its replacement.

    - laptop; notebook
    + laptop, notebook
    """
    if not is_rule(line.text):
        return
    is_one = len([*parse_rule(line.text).terms]) == 1
    found = (OTHER_SEPARATOR if is_one else _NEVER_IN_A_TERM).search(line.text)
    what = "the whole line is one term" if is_one else "the text on both sides is one term"
    if found:
        yield Finding(
            line.number,
            found.start() + 1,
            f"{_separator(found.group())} does not separate terms, so {what}. Write a comma between"
            " equivalent terms, or `=>` between a term and its replacement.",
        )


def _separator(separator: str) -> str:
    return "A tab" if separator.startswith("\t") else f"`{separator}`"


def _lines_of_one_term(text: Text) -> Iterator[Line]:
    found = index(text)
    regular = chain.from_iterable(table.numbers for table in found.regular if table.form == (1, EQUIVALENT))
    return (line for line in text.at(sorted((*regular, *found.odd))) if _ONE_TERM.search(line.text))


def _lone_term(line: Line, _: Options) -> Iterator[Finding]:
    """Flag a line of one term. A rule of one term does nothing.

    - laptop
    + laptop, notebook
    """
    if not is_rule(line.text) or OTHER_SEPARATOR.search(line.text):
        return
    rule = parse_rule(line.text)
    if not rule.is_explicit and len(rule.inputs) == 1 and plain(rule.inputs[0]) and "=>" not in line.text:
        yield Finding(
            line.number,
            1,
            f"{excerpt(plain(rule.inputs[0]))} is the only term of its rule, which does nothing."
            " Add its synonyms, or remove the line.",
        )


def _empty_side(line: Line, _: Options) -> Iterator[Finding]:
    """Flag an arrow with nothing on one side. The line does nothing; it does not remove the term either.

    Fix: write both sides. To remove a term from searches, use a stop filter.

    - foo =>
    + foo => bar
    """
    if not is_rule(line.text) or "=>" not in line.text:
        return
    rule = parse_rule(line.text)
    at_an_edge = not rule.is_explicit and re.search(r"^\s*=>|(?<!\\)=>\s*$", line.text)
    if at_an_edge or (rule.is_explicit and not (rule.inputs and rule.outputs)):
        yield Finding(
            line.number,
            line.text.find("=>") + 1,
            "One side of `=>` is empty, so the line does nothing. Write both sides; to remove a term from"
            " searches, use a stop filter.",
        )


def _indented_comment(line: Line, _: Options) -> Iterator[Finding]:
    """Flag a `#` after whitespace. The engine reads the line as a rule.

    -   # computers
    + # computers
    """
    stripped = line.text.lstrip()
    if stripped.startswith("#") and line.text != stripped:
        yield Finding(
            line.number,
            len(line.text) - len(stripped) + 1,
            "This `#` is indented, so the engine reads the line as a rule. Move the `#` to the first column.",
        )


def _trailing_comment(line: Line, _: Options) -> Iterator[Finding]:
    found = _trailing_hash(line.text)
    if found and is_rule(line.text) and not line.text.lstrip().startswith("#"):
        yield Finding(
            line.number,
            found.end(),
            "This `#` does not start a comment, so it and the text after it are part of the last term. Move"
            " the comment to its own line, with `#` in the first column.",
        )


def _trailing_hash(text: str) -> re.Match[str] | None:
    """Return the first `#` after a word that no arrow follows in the same term."""
    at = 0
    while found := _HASH.search(text, at):
        comma = text.find(",", found.end())
        arrow = text.rfind("=>", found.end(), comma if comma >= 0 else len(text))
        if arrow < 0:
            break
        at = arrow + len("=>")
    return found


def _stray_arrow(line: Line, _: Options) -> Iterator[Finding]:
    """Flag extra arrows that the engine accepts: `=>=>`, `==>`, or `=>` at the start or end of a full rule.

    The engine ignores empty sides, and reads the extra `=` of `==>` as part of the left term.

    - laptop ==> notebook
    + laptop => notebook
    """
    found = _STRAY_ARROW.search(line.text)
    if not found or not is_rule(line.text):
        return
    rule = parse_rule(line.text)
    if rule.arrows == 1 and all(map(plain, rule.terms)):  # an empty term has its own rule
        yield Finding(
            line.number,
            found.start() + 1,
            f"{excerpt(found.group().strip())} is not the single `=>` of a rule, so the engine ignores an"
            " arrow or reads `=` as part of a term. Write one `=>` between both sides.",
        )


def _large_group(line: Line, options: Options) -> Iterator[Finding]:
    """Flag more than 30 equivalent terms in a line. Each term expands to all others: 31 terms make 930 pairs.

    - a1, a2, …, a31
    + a1, a2, …, a31 => a1
    """
    if not is_rule(line.text) or not options.expand:
        return
    rule = parse_rule(line.text)
    count = len(rule.inputs)
    if not rule.is_explicit and count > MAX_GROUP_TERMS:
        yield Finding(
            line.number,
            1,
            f"{count} equivalent terms make {count * (count - 1)} pairs, and each search for one looks for"
            " all. Map them to one term with `=>`, both for indexing and for searching.",
        )


def _over_limit(line: Line, options: Options) -> Iterator[Finding]:
    """Flag an output of synonyms, or a key of a stemmer override, of more than 32,766 bytes in UTF-8.

    Every term of a group is an output, but on the left side of `=>` any length is fine. A filter that is
    `lenient` rejects the file, too. Usually commas or line breaks are missing.

    Engine: `Failed to build synonyms`; for a stemmer override `bytes can be at most 32766 in length; got
    32767`.

    Fix: add the missing separators, or remove the term.
    """
    if len(line.text) < MIN_LONG_CHARACTERS or options.analyzer.tokenizer not in MODELLED:
        return
    inputs, outputs = keys_of_rule(line.text, options) or ((), None)
    if outputs is None:
        outputs = inputs if options.expand else inputs[:1]
    for term in filter(is_over_limit, outputs):
        yield Finding(line.number, 1, over_limit_message(term))


ERRORS = (
    LineRule("over-limit", "error", r"^(?!$)", _over_limit, min_characters=MIN_LONG_CHARACTERS),
    LineRule("two-arrows", "error", r"=>[^\n]*=>", _two_arrows),
    LineRule(
        "empty-term",
        "error",
        odd_lines(rf"{_BLANK}(?:(?<=\\.)|(?<![^,>]{_BLANK}){_BLANK}*(?:$|,|=>))"),
        _empty_term,
    ),
)

WARNINGS = (
    LineRule("two-terms-as-one", "warning", _OTHER_SEPARATORS, _two_terms_as_one),
    LineRule("empty-side", "warning", rf"=>(?:{_NOTHING_BEFORE}|(?:[^\S\n]|,)*+(?:$|=>))", _empty_side),
    LineRule("indented-comment", "warning", r"#(?<=[^\S\n]#)", _indented_comment),
    LineRule("trailing-comment", "warning", r"#(?<=[^\S\n]#)", _trailing_comment),
    LineRule("stray-arrow", "warning", rf"=>(?:(?<===>)|{_NOTHING_BEFORE}|[^\S\n]*+(?:$|=>))", _stray_arrow),
    LineRule("lone-term", "warning", _lines_of_one_term, _lone_term),
    LineRule(
        "large-group",
        "warning",
        rf",(?:[^,\n]*,){{{MAX_GROUP_TERMS - 1}}}",
        _large_group,
        min_characters=2 * MAX_GROUP_TERMS + 1,
        is_once=True,
    ),
)
