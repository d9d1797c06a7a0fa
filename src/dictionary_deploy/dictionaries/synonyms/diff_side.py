"""A part of the rules of two compared synonyms files, by the hashes of their analyzed terms."""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain, combinations, compress, islice, product, repeat
from operator import eq, ne, xor
from typing import TypeVar
from weakref import WeakKeyDictionary

from dictionary_deploy.dictionaries.kind import Options
from dictionary_deploy.dictionaries.synonyms.index import index, reading_of
from dictionary_deploy.dictionaries.synonyms.parser import keys_of_rule
from dictionary_deploy.dictionaries.synonyms.tables import EQUIVALENT, Table, Tables
from dictionary_deploy.dictionaries.text import Text

LONE = (1, EQUIVALENT)
MAX_NARROW_TERMS = 16
"""Terms of a rule up to which pairs of them are compared."""
MIN_WIDE_OUTPUTS = 100
"""Outputs of a rule above which any change of the rule counts as a change of all its terms."""

MAX_SAMPLE_TERMS = 8
"""Terms of a wide rule whose expansions are compared one by one, to estimate the loss of all."""
MAX_SAMPLE_VALUES = 1_000_000
"""Expansions of these terms, unless one term has more."""

T = TypeVar("T")

_tables: WeakKeyDictionary[Text, dict[Options, tuple[Table, ...]]] = WeakKeyDictionary()


def tables_of(text: Text, options: Options) -> tuple[Table, ...]:
    """Return the rules that the engine accepts, by their analyzed terms; cached."""
    tables = _tables.setdefault(text, {})
    if options not in tables:
        tables[options] = _tables_of(text, options)
    return tables[options]


def _tables_of(text: Text, options: Options) -> tuple[Table, ...]:
    odd = Tables()
    if reading := reading_of(options):
        found = index(text, reading)
        regular, lines = found.regular, text.at(found.odd)
    else:
        regular, lines = Tables(), text.numbered_lines()
    for line in lines:
        if rule := keys_of_rule(line.text, options):
            odd.add(*rule, line.number)
    # A single term has an effect only without `expand`: it is kept.
    return tuple(
        table if table.form != LONE else table.to_itself()
        for table in (*regular, *odd)
        if table.form != LONE or not options.expand
    )


def sample(terms: Sequence[T], width: int) -> Sequence[T]:
    """Return a few of the terms of a rule with `width` terms, at equal distances."""
    return spread(terms, max(1, min(MAX_SAMPLE_TERMS, MAX_SAMPLE_VALUES // width)))


def spread(terms: Sequence[T], max_terms: int) -> Sequence[T]:
    """Return at most `max_terms` of the terms, at equal distances."""
    return terms[:: max(1, -(-len(terms) // max_terms))]


class Side:
    """Rules, as columns of the terms that they expand, once for each rule of a term."""

    def __init__(self, tables: Sequence[Table], *, expand: bool) -> None:
        self.tables = tables
        self._expand = expand

    def __iter__(self) -> Iterator[array[int]]:
        return chain.from_iterable(map(self._effective, self.tables))

    def _effective(self, table: Table) -> Iterator[array[int]]:
        if self._is_mutual(table):
            return iter((table.terms,))
        columns = table.inputs()
        if table.form[1] == EQUIVALENT:
            return islice(columns, 1, None)
        if table.form[1] > 1:
            return columns
        return _filter_inputs(ne, table)

    @property
    def idle(self) -> Iterator[array[int]]:
        """The columns of terms that a rule maps to themselves, which matters only next to another rule."""
        for table in self.tables:
            if table.form[1] == 1:
                yield from _filter_inputs(eq, table)
            elif table.form[1] == EQUIVALENT and not self._expand:
                yield from islice(table.inputs(), 1)

    def pairs(self) -> Iterator[int]:
        """Return a number for each pair of a term and an output of narrow rules, equal for swapped pairs."""
        return chain.from_iterable(
            map(xor, one, other) for table in self._narrow for one, other in self._pairs(table)
        )

    def pair_of_each(self, keys: AbstractSet[int]) -> dict[int, int]:
        """Return one such number for each term that has any."""
        found: dict[int, int] = {}
        rest = set(keys)
        for column, other in chain.from_iterable(map(self._partners, self._narrow)):
            if not rest:
                break
            is_wanted = [*map(rest.__contains__, column)]
            wanted = [*compress(column, is_wanted)]
            more = dict(zip(wanted, map(xor, wanted, compress(other, is_wanted)), strict=True))
            rest.difference_update(more)
            found |= more
        return found

    def inputs_of_others(self) -> Iterator[int]:
        """Return the inputs of all rules that are not narrow."""
        return chain.from_iterable(
            column for table in self.tables if table.width > MAX_NARROW_TERMS for column in table.inputs()
        )

    @property
    def _narrow(self) -> Iterator[Table]:
        return (table for table in self.tables if table.width <= MAX_NARROW_TERMS)

    def _pairs(self, table: Table) -> Iterator[tuple[array[int], array[int]]]:
        """Return columns of terms with columns of their outputs; each pair of equivalent terms once."""
        if table.form[1] != EQUIVALENT:
            return product(table.inputs(), table.outputs())
        if self._is_mutual(table):
            return combinations(table.inputs(), 2)
        first, *others = table.inputs()
        return zip(others, repeat(first))

    def _partners(self, table: Table) -> Iterator[tuple[array[int], array[int]]]:
        """Return each column of terms, with one column of their outputs."""
        if table.form[1] != EQUIVALENT:
            return zip(table.inputs(), repeat(next(table.outputs())))
        first, *others = table.inputs()
        to_first = zip(others, repeat(first))
        return chain([(first, others[0])], to_first) if self._is_mutual(table) else to_first

    def rows_of_wide(self) -> Iterator[array[int]]:
        """Return the inputs of each wide rule."""
        return (row[: table.form[0]] for table in self.tables if self._is_wide(table) for row in table.rows())

    def _is_mutual(self, table: Table) -> bool:
        return self._expand and table.form[1] == EQUIVALENT

    def _is_wide(self, table: Table) -> bool:
        first, last = self._places_of_outputs(table)
        return last - first > MIN_WIDE_OUTPUTS

    def flags(self, keys: AbstractSet[int]) -> list[bytes]:
        """Return a byte of 1 for each input that is one of the keys, column by column."""
        return [bytes(map(keys.__contains__, column)) for table in self.tables for column in table.inputs()]

    def size(self, flags: Sequence[bytes], *, is_whole: bool = False) -> int:
        """Return the bytes of all outputs of the inputs with a byte of 1."""
        rest = iter(flags)
        return sum(
            (last - first) * sum(flag.count(1) for flag in islice(rest, table.form[0]))
            for table in self.tables
            for _, first, last, _ in (self._outputs(table, is_whole=is_whole),)
        )

    def values(self, flags: Sequence[bytes], *, is_whole: bool = False) -> Mapping[int, bytearray]:
        """Return all outputs of each of these inputs, as the bytes of their hashes.

        The outputs of a wide rule are one hash, unless `is_whole`.
        """
        found = defaultdict[int, bytearray](bytearray)
        rest = iter(flags)
        for table in self.tables:
            size, first, last, outputs = self._outputs(table, is_whole=is_whole)
            for column, flag in enumerate(islice(rest, table.form[0])):
                for row in (match.start() for match in re.finditer(b"\1", flag)):
                    key = table.terms[row * table.width + column]
                    found[key] += outputs[row * size + first : row * size + last]
        return found

    def _places_of_outputs(self, table: Table) -> tuple[int, int]:
        if table.form[1] == EQUIVALENT:
            return 0, table.width if self._expand else 1
        return table.form[0], table.width

    def _outputs(self, table: Table, *, is_whole: bool) -> tuple[int, int, int, memoryview]:
        """Return the bytes of a row, the first and last byte of its outputs, and all rows."""
        size = table.terms.itemsize
        first, last = self._places_of_outputs(table)
        if self._is_wide(table) and not is_whole:
            return size, 0, size, memoryview(table.shapes).cast("B")
        return table.width * size, first * size, last * size, memoryview(table.terms).cast("B")


def _filter_inputs(matches: Callable[[int, int], bool], table: Table) -> Iterator[array[int]]:
    """Return the inputs for which a comparison with their only output is true."""
    (output,) = table.outputs()
    return (array("q", compress(column, map(matches, column, output))) for column in table.inputs())
