"""Rules about what equivalent synonyms make of each other, and about their number.

A file of many such terms has them everywhere, so each rule tells of the first ones, and stops there.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from itertools import compress, islice

from dictionary_deploy.dictionaries.hashes import joined, repeated, shared
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

MOST_PAIRS = 100_000
_NO_TERM = {hash("")}


def _in_two_groups(text: Text, options: Options) -> Iterator[Finding]:
    if not options.expand:
        return
    first, number = _first_again(_groups(text))
    for line in text.at([number] if number else []):
        terms = map(plain, parse_rule(line.text).inputs)
        term = next(term for term in terms if first.get(hash(term), number) < number)
        yield Finding(
            number,
            line.text.find(term) + 1,
            f"{excerpt(term)} is in the groups of line {first[hash(term)]} and of this one, which do not"
            " become one: it finds the terms of both, and they do not find each other's. Write one group, or"
            " two mappings with => when this is meant. (More terms may be so; this is the first.)",
        )


def _replaced_and_kept(text: Text, options: Options) -> Iterator[Finding]:
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
            f"{excerpt(term)} is replaced here and kept by the group in line {first[hash(term)]}: the engine"
            " then keeps it, and adds what both lines say. Take it out of the group, or write it on the right"
            " side, too, when that is meant. (More terms may be so; this is the first.)",
        )


def _first_replaced(mappings: list[Table], grouped: array[int]) -> tuple[int, AbstractSet[int]]:
    """The first line that replaces terms which a group has, or 0, and these terms among others."""
    for some in beginnings(mappings):
        kept = shared(columns(some, Table.inputs), grouped) - _NO_TERM
        if number := min(
            (number for table in some for number in islice(table.replacing(kept), 1)), default=0
        ):
            return number, kept
    return 0, frozenset()


def _groups(text: Text) -> list[Table]:
    """The rules of equivalent synonyms; a term alone is no group."""
    return [table for table in rules_of(text).tables if table.form[1] == EQUIVALENT and table.form[0] > 1]


def _first_again(groups: list[Table]) -> tuple[dict[int, int], int]:
    """The first lines of terms, and the first line with one of them again, in another group; or 0."""
    for some in beginnings(groups):
        if repeated(columns(some, Table.inputs)) - _NO_TERM:
            different = _different(some)
            first, again = _first_of_each(repeated(columns(different, Table.inputs)) - _NO_TERM, different)
            if again:
                return first, again
    return {}, 0


def _different(tables: list[Table]) -> list[Table]:
    """The first of rules that say the same: of the others another rule tells."""
    twice = repeated(joined(table.shapes for table in tables))
    if not twice:
        return tables
    # An empty term leaves a shape what it is.
    firsts = defaultdict[Form, dict[int, int]](dict)
    for table in tables:
        first = firsts[table.form]
        for number, shape in zip(table.numbers, table.shapes, strict=True):
            if shape in twice:
                first[shape] = min(number, first.get(shape, number))
    return [table.without(bytes(_has_earlier(firsts[table.form], table))) for table in tables]


def _has_earlier(first: Mapping[int, int], table: Table) -> Iterator[bool]:
    """Of each row whether an earlier one has its shape."""
    return (
        first.get(shape, number) != number for shape, number in zip(table.shapes, table.numbers, strict=True)
    )


def _first_of_each(wanted: AbstractSet[int], tables: Iterable[Table]) -> tuple[dict[int, int], int]:
    """The first line of each of these terms, and the first line that has one of them again, or 0."""
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
    pairs = 0
    for number, line in enumerate(text.lines, start=1):
        if is_rule(line):
            left, arrow, right = line.partition("=>")
            count = left.count(",") + 1
            one_more = (right.count(",") + 1) if arrow else (count - 1 if options.expand else 1)
            pairs += count * one_more
            if pairs > MOST_PAIRS:
                yield Finding(
                    number,
                    1,
                    f"The rules up to this line make more than {MOST_PAIRS:,} pairs of terms, all of which"
                    " each node keeps in memory and builds anew at every reload. Map groups to one term with"
                    " =>, and leave out what nobody looks for.",
                )
                return


def _multi_word_term(text: Text, options: Options) -> Iterator[Finding]:
    if options.is_graph:
        return
    for number, line in enumerate(text.lines, start=1):
        outputs = map(plain, parse_rule(line).outputs) if " " in line and is_rule(line) else ()
        term = next((term for term in outputs if " " in term), None)
        if term is not None:
            yield Finding(
                number,
                line.find(term) + 1,
                f"{excerpt(term)} has several words, and a filter of type synonym puts them at wrong places:"
                " phrases find what they should not, and miss what they should. Use synonym_graph in the"
                " search analyzer. (More terms may be so; this is the first.)",
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
        "Write small letters, or say `lowercase: true` in `analyzer` when such a filter stands before the"
        " synonym filter.",
    ),
    decomposed_characters(_rule_text),
    fullwidth_characters(_rule_text),
)
