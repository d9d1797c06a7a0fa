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
from typing import Literal, TypeAlias

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

MAX_TERMS = 2 * MAX_SHOWN
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

    shown_terms = terms & (shown.changed | parts_of_removed | parts_of_added)
    first = {*nsmallest(MAX_PROBED, terms, key=lambda key: (new.get(key) or old.get(key) or (0,))[0])}
    # Reading lines splits whole blocks of a file: once for both.
    old_lines, new_lines = ([*_lines(*side, shown_terms | first)] for side in ((gone, old), (after, new)))

    def entries(keys: AbstractSet[int]) -> tuple[Entries, Entries]:
        had, has = _about(keys, old, old_lines), _about(keys, new, new_lines)
        had += [line for line in has if not is_new[line.number - 1]]
        return _entries(had, options, keys), _entries(has, options, keys)

    probed = _on_short_lines(first, old, old_lines) & _on_short_lines(first, new, new_lines)
    return Comparison(numbers, *entries(shown_terms), lost, (*removed, *added), entries(probed))


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
    return text.at(sorted(_numbers(keys, numbers)))


def _about(keys: AbstractSet[int], numbers: Mapping[int, list[int]], lines: Iterable[Line]) -> list[Line]:
    wanted = _numbers(keys, numbers)
    return [line for line in lines if line.number in wanted]


def _numbers(keys: AbstractSet[int], numbers: Mapping[int, list[int]]) -> AbstractSet[int]:
    return {number for key in keys for number in numbers.get(key, ())}


def _on_short_lines(
    keys: AbstractSet[int], numbers: Mapping[int, list[int]], lines: Iterable[Line]
) -> AbstractSet[int]:
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

    def __init__(self, most: int, tables: Sequence[Table]) -> None:
        self.count = 0
        self.terms: set[int] = set()
        self._most = most
        self._tables = tables

    def add(self, terms: set[int]) -> None:
        """Add terms of the tables that were not added before; the set is changed."""
        self.count += len(terms)
        terms |= self.terms
        self.terms = terms if len(terms) <= self._most else self._first(terms)

    def _first(self, terms: AbstractSet[int]) -> set[int]:
        lines: dict[int, int] = {}
        for tables in takewhile(lambda _: len(lines) < self._most, beginnings(self._tables)):
            for table in tables:
                for column in table.inputs():
                    is_wanted = [*map(terms.__contains__, column)]
                    numbers = compress(table.numbers, is_wanted)
                    for number, term in zip(numbers, compress(column, is_wanted), strict=True):
                        lines[term] = min(number, lines.get(term, number))
        return {*sorted(lines, key=lines.__getitem__)[: self._most]}


def count(rules: RuleSets, batch_terms: int = BATCH_TERMS) -> tuple[EntryCounts, ShownTerms, float]:
    """Return the numbers of added, removed, changed and all terms, the first of the changes, and the loss."""
    added, removed = (FirstTerms(MAX_TERMS, side.tables) for side in (rules.new, rules.gone))
    changed = FirstTerms(MAX_SHOWN, [*rules.new.tables, *rules.kept.tables])
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
    # Changed terms are shown before all others.
    others = (removed.terms, added.terms) if len(changed.terms) < MAX_SHOWN else (set[int](), set[int]())
    numbers = EntryCounts(added.count, removed.count, changed.count, total)
    return numbers, ShownTerms(changed.terms, *others), removed.count + lost


def _add_changed(changed: FirstTerms, rules: RuleSets, terms: set[int], batch_terms: int) -> float:
    """Add those of the terms that have other expansions. Return the sum of the shares that they lost."""
    found, lost = _changed_terms(rules, terms, batch_terms)
    changed.add(found)
    return lost


def _changed_terms(rules: RuleSets, terms: set[int], batch_terms: int) -> tuple[set[int], float]:
    """Return those of the terms that have other expansions, and the sum of the shares that they lost."""
    rows = chain.from_iterable(side.rows_of_wide() for side in rules.sides)
    wide = {*filter(terms.__contains__, chain.from_iterable(rows))}
    rest, weights = terms, dict[int, float]()
    for side, others in ((rules.gone, (rules.new, rules.kept)), (rules.new, (rules.gone, rules.kept))):
        if len(rest) > batch_terms:
            sure = _surely_changed_terms(rest, side, others)
            rest = rest.difference(sure)
            many = [term for term in sure if term not in wide]
            some = spread(many, min(batch_terms, MAX_SAMPLE_OF_MANY))
            weights.update(dict.fromkeys(some, len(many) / max(1, len(some))))
    found = terms - rest
    shares = []
    for term, outputs in _expansions(rules, rest | weights.keys(), batch_terms):
        is_changed, share = _compare_expansions(term, outputs)
        if is_changed:
            found.add(term)
            if term not in wide:
                shares.append(weights.get(term, 1) * share)
    weights = _weights_of_wide(rules, found & wide)
    for term, outputs in _expansions(rules, weights.keys(), batch_terms, is_whole=True):
        shares.append(weights[term] * _compare_expansions(term, outputs)[1])
    return found, fsum(shares)


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


def _surely_changed_terms(terms: AbstractSet[int], side: Side, others: Sequence[Side]) -> list[int]:
    """Return terms with an output on a side that they do not have on the others: most, if files differ.

    It takes half the time of comparing all outputs.
    """
    pairs = side.pair_of_each(terms)
    there = set(pairs.values()).intersection(chain.from_iterable(other.pairs() for other in others))
    there.add(0)  # a term that becomes itself
    unknown = {*filter(pairs.__contains__, chain.from_iterable(each.inputs_of_others() for each in others))}
    return [term for term, pair in pairs.items() if pair not in there and term not in unknown]


Outputs: TypeAlias = "tuple[bytes | bytearray, ...]"
"""The bytes of a term's outputs in removed, in new and in common lines."""


def _expansions(
    rules: RuleSets, terms: AbstractSet[int], batch_terms: int, *, is_whole: bool = False
) -> Iterator[tuple[int, Outputs]]:
    return chain.from_iterable(some.items() for some in batches(rules, terms, batch_terms, is_whole=is_whole))


def batches(
    rules: RuleSets,
    keys: AbstractSet[int],
    most: int,
    most_bytes: int = MAX_BATCH_BYTES,
    *,
    is_whole: bool = False,
) -> Iterator[Mapping[int, Outputs]]:
    """Yield the outputs of the terms, of as many terms as fit into memory."""
    rest = iter(keys)
    while some := {*islice(rest, most)}:
        ready = [some]
        while ready:
            some = ready.pop()
            sides = [(side, side.flags(some)) for side in rules.sides]
            sizes = (side.size(flags, is_whole=is_whole) for side, flags in sides)
            if len(some) == 1 or sum(sizes) <= most_bytes:
                values = [side.values(flags, is_whole=is_whole) for side, flags in sides]
                yield {term: tuple(each.get(term, b"") for each in values) for term in some}
            else:
                half = {*islice(some, len(some) // 2)}
                ready += [half, some - half]


def _compare_expansions(term: int, outputs: Outputs) -> tuple[bool, float]:
    """Return True if a term's outputs differ, and the share of them that is lost."""
    gone, new, _ = outputs
    if gone == new:
        return False, 0.0
    columns = [array("q", bytes(each)) for each in outputs]
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
