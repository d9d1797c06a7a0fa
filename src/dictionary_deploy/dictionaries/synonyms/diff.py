"""Compare two synonyms files by the hashes of their terms: count the differences, show the first ones.

Lines that both files have are not parsed twice: only the removed lines of the file before are.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from heapq import nsmallest
from itertools import chain, compress, islice, takewhile
from math import fsum
from typing import Literal

from dictionary_deploy.dictionaries.hashes import MIN_SPLIT, Keys, hashes, only_in_one, parts
from dictionary_deploy.dictionaries.kind import MAX_SHOWN, Comparison, Entries, Options
from dictionary_deploy.dictionaries.synonyms.diff_side import Side, sample, spread, tables_of
from dictionary_deploy.dictionaries.synonyms.expansions import lines_of_each, read_lines, rule_changes
from dictionary_deploy.dictionaries.synonyms.parser import keys_of_rule
from dictionary_deploy.dictionaries.synonyms.tables import Table, beginnings
from dictionary_deploy.dictionaries.text import Line, Text
from dictionary_deploy.model import EntryChange, EntryCounts

BATCH_TERMS = 50_000
"""Terms whose outputs are in memory at once."""
BATCHES = 5
"""Batches of terms that are compared by one output of each first."""
MAX_BATCH_BYTES = 32 * 1024 * 1024
"""Bytes of these outputs, unless one term has more."""

MAX_SAMPLE_OF_MANY = 5_000
"""Terms whose loss is computed to estimate that of more."""

MAX_TERMS = 10_000
"""Added and removed terms that are shown: a rule with several is one line."""

MAX_PROBED = 200
"""Changed terms that may serve as probes of an index."""

MAX_PROBED_CHARACTERS = 1_000
"""Characters of the lines about them."""

MAX_LINES_OF_TERM = 10_000
"""Lines about a term up to which its change is shown: a longer one is unreadable."""


@dataclass(frozen=True, slots=True)
class RuleSets:
    """The rules of one file alone, and of both."""

    gone: Side
    new: Side
    kept: Side

    @property
    def sides(self) -> tuple[Side, Side, Side]:
        return self.gone, self.new, self.kept


def compare(before: Text, after: Text, options: Options) -> Comparison:
    """Return how many terms have other expansions, and the first of these terms before and after."""
    is_gone, is_new = only_in_one(hashes(before.lines), hashes(after.lines))
    gone = before if all(is_gone) else before.only(is_gone)
    rules = divide(gone, after, is_new, options)
    numbers, shown, lost = count(rules)
    old = lines_of_each(tables_of(gone, options), shown.changed | shown.removed)
    new = lines_of_each(tables_of(after, options), shown.changed | shown.added)
    removed, parts_of_removed = _rules("-", gone, old, shown.removed, (rules.new, rules.kept), options)
    added, parts_of_added = _rules("+", after, new, shown.added, (rules.gone, rules.kept), options)
    all_terms = shown.changed | shown.removed | shown.added
    terms = {key for key in all_terms if len(old.get(key, ())) + len(new.get(key, ())) <= MAX_LINES_OF_TERM}

    def entries(keys: AbstractSet[int]) -> tuple[Entries, Entries]:
        had, has = [*_lines(gone, old, keys)], [*_lines(after, new, keys)]
        had += [line for line in has if not is_new[line.number - 1]]
        return _entries(had, options, keys), _entries(has, options, keys)

    had, has = entries(terms & (shown.changed | parts_of_removed | parts_of_added))
    first = {*nsmallest(MAX_PROBED, terms, key=lambda key: (new.get(key) or old.get(key) or (0,))[0])}
    probed = entries(_on_short_lines(gone, old, first) & _on_short_lines(after, new, first))
    return Comparison(numbers, had, has, lost, (*removed, *added), probed)


def _rules(
    sign: Literal["+", "-"],
    text: Text,
    numbers: Mapping[int, list[int]],
    terms: AbstractSet[int],
    others: Iterable[Side],
    options: Options,
) -> tuple[list[EntryChange], AbstractSet[int]]:
    """Return the rules of the terms that have no term of other rules, and the terms of all other rules."""
    lines = _lines(text, numbers, terms)
    found = [rule for line in lines if (rule := keys_of_rule(line.text, options))]
    doubtful = {hash(term) for inputs, _ in found for term in inputs} - terms
    tables = chain.from_iterable(side.tables for side in others) if doubtful else ()
    columns = chain.from_iterable(table.inputs() for table in tables)
    known = doubtful.intersection(chain.from_iterable(columns))
    changes, rest = rule_changes(sign, found, options, lambda term: hash(term) not in known)
    return changes, terms & {*map(hash, rest)}


def _lines(text: Text, numbers: Mapping[int, list[int]], keys: AbstractSet[int]) -> Iterator[Line]:
    return text.at(sorted({number for key in keys for number in numbers.get(key, ())}))


def _on_short_lines(text: Text, numbers: Mapping[int, list[int]], keys: AbstractSet[int]) -> AbstractSet[int]:
    lines = _lines(text, numbers, keys)
    long = {line.number for line in lines if len(line.text) > MAX_PROBED_CHARACTERS}
    return {key for key in keys if long.isdisjoint(numbers.get(key, ()))}


def _entries(
    lines: Iterable[Line], options: Options, keys: AbstractSet[int]
) -> Mapping[str, tuple[str, ...]]:
    return read_lines((line.text for line in lines), options, Keys(keys))


def divide(gone: Text, after: Text, is_new: bytes, options: Options) -> RuleSets:
    """Return the rules of the removed lines and of the file after, which has a flag for each new line."""
    tables = tables_of(after, options)
    of_numbers = b"\0" + is_new
    flags = [bytes(map(of_numbers.__getitem__, table.numbers)) for table in tables]
    new = [table if all(flag) else table.only(flag) for table, flag in zip(tables, flags, strict=True)]
    kept = [table.without(flag) for table, flag in zip(tables, flags, strict=True)]
    sides = (tables_of(gone, options), new, kept)
    return RuleSets(
        *(Side([table for table in side if table.numbers], expand=options.expand) for side in sides)
    )


@dataclass(frozen=True, slots=True)
class ShownTerms:
    """The first changed, removed and added terms."""

    changed: AbstractSet[int]
    removed: AbstractSet[int]
    added: AbstractSet[int]


class FirstTerms:
    """The number of terms that were added to it, and the terms with the lowest line numbers."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self.count = 0
        self.terms: set[int] = set()
        self._tables = tables

    def add(self, terms: set[int]) -> None:
        """Add terms of the tables that were not added before."""
        self.count += len(terms)
        self.terms = self.first(MAX_TERMS, self.terms | self.first(MAX_TERMS, terms))

    def first(self, most: int, terms: set[int]) -> set[int]:
        """Return the first of the terms."""
        if len(terms) <= most:
            return terms
        lines: dict[int, int] = {}
        for tables in takewhile(lambda _: len(lines) < most, beginnings(self._tables)):
            for table in tables:
                for column in table.inputs():
                    is_wanted = [*map(terms.__contains__, column)]
                    numbers = compress(table.numbers, is_wanted)
                    for number, term in zip(numbers, compress(column, is_wanted), strict=True):
                        lines[term] = min(number, lines.get(term, number))
        return {*nsmallest(most, lines, key=lines.__getitem__)}


def count(rules: RuleSets, batch_terms: int = BATCH_TERMS) -> tuple[EntryCounts, ShownTerms, float]:
    """Return the numbers of added, removed, changed and all terms, the first of the changes, and the loss."""
    added, removed = FirstTerms(rules.new.tables), FirstTerms(rules.gone.tables)
    changed = FirstTerms([*rules.new.tables, *rules.kept.tables])
    total, lost = 0, 0.0
    in_both: set[int] = set()
    idle = (*rules.gone.idle, *rules.new.idle)
    for sides in parts(rules.gone, rules.new, rules.kept, idle):
        gone, new, kept, same = map(set, sides)
        total += len(kept) + len(new) - len(kept & new)
        both = gone & new | kept & gone | kept & new | kept & same
        in_both |= both
        del sides, kept, same  # large ones
        gone -= both
        new -= both
        removed.add(gone)
        added.add(new)
        del gone, new, both
        if len(in_both) > BATCHES * batch_terms:
            lost += _add_changed(changed, rules, in_both, batch_terms)
            in_both = set()
    lost += _add_changed(changed, rules, in_both, batch_terms)
    shown = ShownTerms(changed.first(MAX_SHOWN, changed.terms), removed.terms, added.terms)
    return EntryCounts(added.count, removed.count, changed.count, total), shown, removed.count + lost


def _add_changed(changed: FirstTerms, rules: RuleSets, terms: AbstractSet[int], batch_terms: int) -> float:
    """Add those of the terms that have other expansions. Return the sum of the shares that they lost."""
    found, lost = _changed(rules, terms, batch_terms)
    changed.add(found)
    return lost


def _changed(rules: RuleSets, terms: AbstractSet[int], batch_terms: int) -> tuple[set[int], float]:
    """Return those of the terms that have other expansions, and the sum of the shares that they lost."""
    rest = terms
    for side, others in ((rules.gone, (rules.new, rules.kept)), (rules.new, (rules.gone, rules.kept))):
        if len(rest) > batch_terms:
            rest = rest - _surely_changed(rest, side, others)
    found = {*terms} - rest
    rows = chain.from_iterable(side.rows_of_wide() for side in rules.sides)
    wide = {*filter(terms.__contains__, chain.from_iterable(rows))}
    weights = _weights_of_many(rules, found - wide, min(batch_terms, MAX_SAMPLE_OF_MANY))
    shares = []
    for some in batches(rules, rest, batch_terms):
        for term, expansions in _expansions(rules, some):
            is_changed, share = _compare_expansions(term, *expansions)
            if is_changed:
                found.add(term)
                if term not in wide:
                    shares.append(share)
    weights |= _weights_of_wide(rules, found & wide)
    for some in batches(rules, weights.keys(), batch_terms, is_whole=True):
        for term, expansions in _expansions(rules, some, is_whole=True):
            shares.append(weights[term] * _compare_expansions(term, *expansions)[1])
    return found, fsum(shares)


def _weights_of_many(rules: RuleSets, changed: AbstractSet[int], most: int) -> dict[int, float]:
    """Return at most so many of the terms that can have lost an expansion, and how many each stands for."""
    terms = [*dict.fromkeys(filter(changed.__contains__, chain.from_iterable(rules.gone)))]
    some = spread(terms, most)
    return dict.fromkeys(some, len(terms) / len(some)) if some else {}


def _weights_of_wide(rules: RuleSets, changed: AbstractSet[int]) -> dict[int, float]:
    """Return a few terms of each wide rule, and how many each stands for.

    Each of n terms of a rule can have n expansions.
    """
    weights = dict[int, float]()
    rest = set(changed)
    for row in chain.from_iterable(side.rows_of_wide() for side in rules.sides):
        terms = [term for term in dict.fromkeys(row) if term in rest]
        rest.difference_update(terms)
        if terms:
            some = sample(terms, len(row))
            weights.update(dict.fromkeys(some, len(terms) / len(some)))
    return weights


def _surely_changed(terms: AbstractSet[int], side: Side, others: Sequence[Side]) -> AbstractSet[int]:
    """Return terms with an output on a side that they do not have on the others: most, if files differ.

    It takes half the time of comparing all outputs.
    """
    pairs = side.pair_of_each(terms)
    there = set(pairs.values()).intersection(chain.from_iterable(other.pairs() for other in others))
    # 0: a term that becomes itself.
    unknown = (term for term, pair in pairs.items() if not pair or pair in there)
    return set(pairs).difference(unknown, *(other.inputs_of_others() for other in others))


def _expansions(
    rules: RuleSets, terms: AbstractSet[int], *, is_whole: bool = False
) -> Iterator[tuple[int, tuple[bytearray, bytearray, bytearray]]]:
    """Yield each term with its outputs in removed, in new and in common lines, unless the first are equal."""
    gone, new, kept = (side.values(terms, is_whole=is_whole) for side in rules.sides)
    return ((term, (gone[term], new[term], kept[term])) for term in terms if gone[term] != new[term])


def batches(
    rules: RuleSets,
    keys: AbstractSet[int],
    most: int,
    most_bytes: int = MAX_BATCH_BYTES,
    *,
    is_whole: bool = False,
) -> Iterator[AbstractSet[int]]:
    """Yield the terms in sets that fit into memory with their outputs."""
    rest = iter(keys)
    while some := {*islice(rest, most)}:
        ready = [some]
        while ready:
            some = ready.pop()
            sizes = (side.size(some, is_whole=is_whole) for side in rules.sides)
            if len(some) == 1 or sum(sizes) <= most_bytes:
                yield some
            else:
                half = {*islice(some, len(some) // 2)}
                ready += [half, some - half]


def _compare_expansions(term: int, gone: bytearray, new: bytearray, kept: bytearray) -> tuple[bool, float]:
    """Return True if a term's outputs differ, and the share of them that is lost.

    The outputs are those of removed, of new and of common lines.
    """
    columns = [array("q", bytes(each)) for each in (gone, new, kept)]
    # One set of millions of outputs would be too large.
    sets = parts(*((each,) for each in columns)) if max(map(len, columns)) > MIN_SPLIT else (columns,)
    is_changed, lost, had = False, 0, 0
    for each in sets:
        before, after, both = map(set, each)
        is_changed = is_changed or before - both != after - both
        before |= both
        before.discard(term)
        had += len(before)
        before -= both
        before -= after
        lost += len(before)
    return is_changed, lost / had if had else 0.0
