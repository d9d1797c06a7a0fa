"""Synonyms in WordNet's prolog format, as Lucene's `WordnetSynonymParser` reads them.

Lucene does not parse prolog: it reads the set's number from characters 3 to 11 of a line and the word between
the first and the last `'`, and ignores the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import Literal

from dictionary_deploy.dictionaries.hashes import Keys
from dictionary_deploy.dictionaries.kind import (
    MAX_SHOWN,
    Comparison,
    Entries,
    FileRule,
    Finding,
    Kind,
    LineRule,
    Options,
    excerpt,
)
from dictionary_deploy.dictionaries.lucene.analyzer import MODELLED, analyze_untrimmed
from dictionary_deploy.dictionaries.rules.encoding import TEXT_RULES
from dictionary_deploy.dictionaries.rules.limits import (
    MIN_LONG_CHARACTERS,
    is_over_limit,
    over_limit_message,
)
from dictionary_deploy.dictionaries.synonyms import show_expansion, show_other_expansion
from dictionary_deploy.dictionaries.synonyms.expansions import Expansions, rule_changes
from dictionary_deploy.dictionaries.synonyms.file_rules import ANALYZER_NOT_CHECKED, eliminated_term
from dictionary_deploy.dictionaries.text import Line, Text
from dictionary_deploy.model import EntryChange, EntryCounts

NUMBER = slice(2 * 2, 2 * 11)
"""The bytes of the set's number, in UTF-16."""
_FORM = re.compile(r"s\(\d{9},\d+,'[^_]*',[a-z],\d+,\d+\)\.")
EXAMPLE = "`s(100000001,1,'woods',n,1,0).`"


def parse_line(line: str) -> tuple[bytes, str] | None:
    """Return the set's number and the word; None for a line at which the engine fails."""
    first, last = line.find("'"), line.rfind("'")
    units = line.encode("utf-16-le")
    if len(units) < NUMBER.stop or first == last:
        return None
    return units[NUMBER], line[first + 1 : last].replace("''", "'")


def read_sets(text: Text, options: Options, only: Keys | None = None) -> Entries:
    """Return the expansions of each term. A set is a run of lines with one number, which may occur again."""
    found = _expansions(text, options).without_effectless()
    return found if only is None else {term: found[term] for term in found if term in only}


def read_rules(text: Text, options: Options, only: Keys) -> Expansions:
    """Return the expansions of the terms in `only`, also of those that expand only to themselves."""
    found = _expansions(text, options)
    return found.only(term for term in found if term in only)


def _sets(text: Text, options: Options) -> Iterator[list[tuple[int, str]]]:
    """Yield the line numbers and terms of each set of several lines; an empty term for a rejected word."""
    lines = ((line.number, parsed) for line in text.numbered_lines() if (parsed := parse_line(line.text)))
    for _, members in groupby(lines, key=lambda each: each[1][0]):
        words = [(number, analyze_untrimmed(word, options).key) for number, (_, word) in members]
        if len(words) > 1:
            yield words


def _outputs(words: Sequence[tuple[int, str]], options: Options) -> tuple[str, ...]:
    """Return the expansions of each term of a set; none for a set without effect."""
    terms = [term for _, term in words if term]
    if options.expand:
        return tuple(dict.fromkeys(terms)) if len(terms) > 1 else ()
    _, first = words[0]
    return (first,) if first else ()


def _expansions(text: Text, options: Options) -> Expansions:
    found = Expansions()
    for words in _sets(text, options):
        outputs = _outputs(words, options)
        for term in dict.fromkeys(term for _, term in words if term and outputs):
            found.add(term, outputs)
    return found


def _compare(before: Text, after: Text, options: Options) -> Comparison:
    """Compare two files without joining the expansions of all terms: one set can have all words of a file."""
    had, has = (_expansions(each, options).without_effectless() for each in (before, after))
    removed = [term for term in had if term not in has]
    added = [term for term in has if term not in had]
    changed = [term for term in has if term in had and had.differs(has, term)]
    numbers = EntryCounts(len(added), len(removed), len(changed), len(has))
    rules_removed, parts_of_removed = _rule_changes("-", before, options, dict.fromkeys(removed))
    rules_added, parts_of_added = _rule_changes("+", after, options, dict.fromkeys(added))
    shown = changed[:MAX_SHOWN]
    return Comparison(
        numbers,
        had.only((*shown, *parts_of_removed)),
        has.only((*shown, *parts_of_added)),
        len(removed) + had.sum_lost_shares(has, changed),
        (*rules_removed, *rules_added),
    )


def _rule_changes(
    sign: Literal["+", "-"], text: Text, options: Options, changed: Mapping[str, None]
) -> tuple[list[EntryChange], list[str]]:
    """Return the first sets whose terms are all among `changed`, and the first of its other terms."""
    sets = ([*dict.fromkeys(term for _, term in words if term)] for words in _sets(text, options))
    rules = ((terms, None) for terms in sets if any(map(changed.__contains__, terms)))
    changes, rest = rule_changes(sign, islice(rules, MAX_SHOWN), options, changed.__contains__)
    return changes, [*islice((term for term in changed if term in rest), MAX_SHOWN)]


def _not_a_line(line: Line, _: Options) -> Iterator[Finding]:
    """Flag a line that is blank, a comment, shorter than eleven characters, or without two `'`.

    The engine reads the set's number from characters 3 to 11 of every line and the word between the outer
    `'`.

    Engine: an error such as `java.lang.StringIndexOutOfBoundsException: begin 2, end 11, length 0`, without a
    line and even if the filter is `lenient`.

    - % synonyms of wood
      s(100000001,1,'woods',n,1,0).
    """
    if parse_line(line.text) is None:
        what = excerpt(line.text) if line.text.strip() else "A blank line"
        yield Finding(
            line.number,
            1,
            f"{what} is not a line of WordNet's format, so the engine rejects the file. Remove it, or write"
            f" it as {EXAMPLE}.",
        )


def _eliminated_term(line: Line, options: Options) -> Iterator[Finding]:
    parsed = parse_line(line.text)
    refusal = analyze_untrimmed(parsed[1], options).refusal if parsed else ""
    if parsed and refusal:
        yield Finding(
            line.number,
            line.text.find("'") + 2,
            eliminated_term(parsed[1], refusal),
            "warning" if options.lenient else None,
        )


def _over_limit(text: Text, options: Options) -> Iterator[Finding]:
    if options.analyzer.tokenizer not in MODELLED or max(text.longest, default=0) < MIN_LONG_CHARACTERS:
        return
    for words in _sets(text, options):
        outputs = set(filter(is_over_limit, _outputs(words, options)))
        for number, term in words:
            if term in outputs:
                yield Finding(number, 1, over_limit_message(term))


def _odd_line(line: Line, _: Options) -> Iterator[Finding]:
    """Flag a line that the engine accepts but that does not have WordNet's form, or a word with underscores.

    An indented line has another number, so it leaves its set. To the engine, an underscore is not a space.

    - s(100000001,1,'new_york',n,1,0).
    + s(100000001,1,'new york',n,1,0).
    """
    if parse_line(line.text) and not _FORM.fullmatch(line.text):
        hint = " Write spaces instead of underscores." if "_" in line.text else ""
        yield Finding(
            line.number,
            1,
            f"{excerpt(line.text)} is not in WordNet's form, so the engine may read another set or word."
            f" Write it as {EXAMPLE}.{hint}",
        )


def _split_set(text: Text, _: Options) -> Iterator[Finding]:
    """Flag a set's number that occurs again after another set. The later lines are a set of their own.

    - s(100000001,1,'woods',n,1,0).
      s(100000002,1,'king',n,1,0).
    + s(100000001,1,'woods',n,1,0).
      s(100000001,2,'forest',n,1,0).
    """
    ended: dict[bytes, int] = {}
    current = None
    for line in text.numbered_lines():
        parsed = parse_line(line.text)
        number = parsed[0] if parsed else None
        if number is not None and number != current and number in ended:
            yield Finding(
                line.number,
                3,
                f"Set {number.decode('utf-16-le', 'replace')} ended in line {ended[number]}, so this line"
                " starts another set, whose words are no synonyms of the first. Keep the lines of a set"
                " together.",
            )
        if number is not None:
            ended[number] = line.number
        current = number


WORDNET = Kind(
    "wordnet-synonyms",
    (
        *TEXT_RULES,
        LineRule("not-wordnet", "error", r"^", _not_a_line),
        LineRule("eliminated-term", "error", "'", _eliminated_term),
        FileRule("over-limit", "error", _over_limit),
        ANALYZER_NOT_CHECKED,
        FileRule("split-set", "warning", _split_set),
        LineRule(
            "odd-line",
            "warning",
            r"^(?!s\(\d{9},\d+,'[^_\n]*',[a-z],\d+,\d+\)\.$)",
            _odd_line,
            is_once=True,
        ),
    ),
    read_sets,
    count=lambda text, options: len(_expansions(text, options).without_effectless()),
    compare=_compare,
    show=show_expansion,
    show_change=show_other_expansion,
    setting="synonyms_path",
    description="synonyms in WordNet's format, for the same filters with `format: wordnet`",
    entries_are="terms, each with its expansions",
)
