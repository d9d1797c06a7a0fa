"""Rules about groups of equivalent synonyms, and about the number of pairs.

A file can have thousands of such terms, so each rule reports the first one only.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from itertools import compress, islice

from dictionary_deploy.dictionaries.hashes import join_columns, repeated_hashes, shared_hashes
from dictionary_deploy.dictionaries.kind import FileRule, Finding, Options, excerpt
from dictionary_deploy.dictionaries.rules.spelling import (
    capital_letters,
    decomposed_characters,
    fullwidth_characters,
)
from dictionary_deploy.dictionaries.synonyms.index import rules_of
from dictionary_deploy.dictionaries.synonyms.parser import is_rule, parse_rule, plain
from dictionary_deploy.dictionaries.synonyms.tables import EQUIVALENT, Form, Table, beginnings, columns
from dictionary_deploy.dictionaries.text import Text

MAX_PAIRS = 100_000
FIRST = " (There may be more such terms.)"
_NO_TERM = {hash("")}


def _in_two_groups(text: Text, options: Options) -> Iterator[Finding]:
    """Flag a term that is in the groups of two lines. Reports the first one.

    Groups do not merge: with `a, b` and `b, c`, `b` finds all three, but `a` and `c` do not find each other.

    Fix: write one group. If this is intentional, ignore the rule.

    - tv, telly
    - telly, television
    + tv, telly, television
    """
    if not options.expand:
        return
    first, number = _first_again(_groups(text))
    for line in text.at([number] if number else []):
        terms = map(plain, parse_rule(line.text).inputs)
        term = next(term for term in terms if first.get(hash(term), number) < number)
        yield Finding(
            number,
            line.text.find(term) + 1,
            f"{excerpt(term)} is also in the group of line {first[hash(term)]}. It finds the terms of both"
            " groups, but they do not find each other. Write one group, or set `ignore: [in-two-groups]` if"
            f" this is intentional.{FIRST}",
        )


def _replaced_and_kept(text: Text, options: Options) -> Iterator[Finding]:
    """Flag a term that one line replaces with `=>` and another line has in a group. Reports the first one.

    The engine merges the rules of a term and keeps it if one of them does: with `tv, telly` and `tv =>
    television`, `tv` finds `television`, `telly` and itself.

    Fix: remove the term from the group, or add it to the right side of the mapping.

      tv => television
    - tv, telly
    + telly => television
    """
    if not options.expand:
        return
    groups = _groups(text)
    mappings = [table for table in rules_of(text).tables if table.form[1] > 0]
    number, kept = _first_replaced(mappings, columns(groups, Table.inputs))
    for line in text.at([number] if number else []):
        rule = parse_rule(line.text)
        outputs = {*map(plain, rule.outputs)}
        term = next(term for term in map(plain, rule.inputs) if hash(term) in kept and term not in outputs)
        first, _ = _first_of_each({hash(term)}, groups)
        yield Finding(
            number,
            line.text.find(term) + 1,
            f"{excerpt(term)} is replaced here, but the group in line {first[hash(term)]} keeps it, so the"
            " engine keeps it. Remove it from the group, or add it to the right side here if this is"
            f" intentional.{FIRST}",
        )


def _first_replaced(mappings: list[Table], grouped: array[int]) -> tuple[int, AbstractSet[int]]:
    """Return the first line that replaces terms of a group, or 0, and terms that include these."""
    for some in beginnings(mappings):
        kept = shared_hashes(columns(some, Table.inputs), grouped) - _NO_TERM
        if number := min(
            (number for table in some for number in islice(table.lines_replacing(kept), 1)), default=0
        ):
            return number, kept
    return 0, frozenset()


def _groups(text: Text) -> list[Table]:
    """Return the rules of several equivalent terms."""
    return [table for table in rules_of(text).tables if table.form[1] == EQUIVALENT and table.form[0] > 1]


def _first_again(groups: list[Table]) -> tuple[dict[int, int], int]:
    """Return the first lines of terms, and the first line with one of them in another group, or 0."""
    for some in beginnings(groups):
        if repeated_hashes(columns(some, Table.inputs)) - _NO_TERM:
            different = _different(some)
            first, again = _first_of_each(
                repeated_hashes(columns(different, Table.inputs)) - _NO_TERM, different
            )
            if again:
                return first, again
    return {}, 0


def _different(tables: list[Table]) -> list[Table]:
    """Return the tables without duplicate rules, which have their own rule."""
    twice = repeated_hashes(join_columns(table.shapes for table in tables))
    if not twice:
        return tables
    # An empty term does not change a shape.
    firsts = defaultdict[Form, dict[int, int]](dict)
    for table in tables:
        first = firsts[table.form]
        for number, shape in zip(table.numbers, table.shapes, strict=True):
            if shape in twice:
                first[shape] = min(number, first.get(shape, number))
    return [table.without(bytes(_has_earlier(firsts[table.form], table))) for table in tables]


def _has_earlier(first: Mapping[int, int], table: Table) -> Iterator[bool]:
    """Yield for each row whether an earlier one has its shape."""
    return (
        first.get(shape, number) != number for shape, number in zip(table.shapes, table.numbers, strict=True)
    )


def _first_of_each(wanted: AbstractSet[int], tables: Iterable[Table]) -> tuple[dict[int, int], int]:
    """Return the first line of each term, and the first line that has one of them again, or 0."""
    first: dict[int, int] = {}
    again = 0
    for table in tables:
        for column in table.inputs():
            is_wanted = [*map(wanted.__contains__, column)]
            found = zip(compress(table.numbers, is_wanted), compress(column, is_wanted), strict=True)
            for number, term in found:
                other = first.setdefault(term, number)
                if other != number:
                    first[term], later = min(other, number), max(other, number)
                    again = min(again, later) if again else later
    return first, again


def _many_pairs(text: Text, options: Options) -> Iterator[Finding]:
    """Flag rules that make more than 100,000 pairs of a term and an expansion.

    Every node keeps the pairs in memory for each analyzer that uses the file, and rebuilds them at every
    reload.

    Fix: map large groups to one term with `=>`, and remove unused terms.

    - a1, a2, …, a400
    + a1, a2, …, a400 => a1
    """
    pairs = 0
    for number, line in enumerate(text.lines, start=1):
        if is_rule(line):
            left, arrow, right = line.partition("=>")
            count = left.count(",") + 1
            one_more = (right.count(",") + 1) if arrow else (count - 1 if options.expand else 1)
            pairs += count * one_more
            if pairs > MAX_PAIRS:
                yield Finding(
                    number,
                    1,
                    f"The rules up to this line make more than {MAX_PAIRS:,} pairs of terms, which every"
                    " node keeps in memory. Map large groups to one term with `=>`, and remove unused terms.",
                )
                return


def _multi_word_term(text: Text, options: Options) -> Iterator[Finding]:
    """Flag an expansion to several words with `filter: synonym` in the configuration. Reports the first one.

    Filters of the type `synonym` place the words wrongly, so phrase searches find too much and too little.
    `synonym_graph` places them correctly.

    Fix: use `synonym_graph` in the search analyzer, and remove `filter: synonym` from the configuration.

    - nyc => new york
    + new york => nyc
    """
    if options.is_graph:
        return
    for number, line in enumerate(text.lines, start=1):
        outputs = map(plain, parse_rule(line).outputs) if " " in line and is_rule(line) else ()
        term = next((term for term in outputs if " " in term), None)
        if term is not None:
            yield Finding(
                number,
                line.find(term) + 1,
                f"{excerpt(term)} has several words, which a `synonym` filter places wrongly for phrase"
                f" searches. Use `synonym_graph` in the search analyzer.{FIRST}",
            )
            return


def _rule_text(line: str, _: Options) -> str | None:
    return line if is_rule(line) else None


GROUP_RULES = (
    FileRule("in-two-groups", "warning", _in_two_groups),
    FileRule("replaced-and-kept", "warning", _replaced_and_kept),
    FileRule("multi-word-term", "warning", _multi_word_term),
    FileRule("many-pairs", "warning", _many_pairs),
    capital_letters(
        _rule_text,
        "Write it in lowercase, or set `lowercase: true` in `analyzer` if a lowercase filter precedes the"
        " synonym filter.",
    ),
    decomposed_characters(_rule_text),
    fullwidth_characters(_rule_text),
)
