"""Rules as hashes of their terms, in one table per form."""

from __future__ import annotations

import re
from array import array
from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property, reduce
from itertools import chain, compress
from operator import xor

from dictionary_deploy.dictionaries.hashes import hashes, join_columns

EQUIVALENT = -1
"""The number of outputs of equivalent synonyms."""

FIRST_LINES = 10_000

Form = tuple[int, int]
"""The numbers of inputs and outputs of a rule."""


def width_of(form: Form) -> int:
    """Return the number of terms of a rule."""
    return form[0] + max(form[1], 0)


@dataclass(frozen=True)
class Table:
    """The rules of one form, row by row: the hashes of their terms, and their line numbers."""

    form: Form
    terms: array[int] = field(default_factory=hashes)
    numbers: array[int] = field(default_factory=lambda: array("i"))

    @property
    def width(self) -> int:
        """The number of terms of a row."""
        return width_of(self.form)

    def inputs(self) -> Iterator[array[int]]:
        """Return the columns of inputs: the first term of each row, then the second, and so on."""
        return (self.terms[place :: self.width] for place in range(self.form[0]))

    def outputs(self) -> Iterator[array[int]]:
        """Return the columns of outputs; none for equivalent synonyms."""
        return (self.terms[place :: self.width] for place in range(self.form[0], self.width))

    @cached_property
    def shapes(self) -> array[int]:
        """A number for each row, equal for rules with the same terms."""
        inputs = self._xor_terms(0, self.form[0])
        if self.form[1] == EQUIVALENT:
            return inputs
        return hashes(zip(inputs, self._xor_terms(self.form[0], self.width), strict=True))

    def _xor_terms(self, first: int, last: int) -> array[int]:
        """Return a number for each row, equal for equal terms from `first` to before `last`, in any order.

        An empty term, whose hash is 0, does not change it.
        """
        if last - first > len(self.numbers):
            return array("q", (reduce(xor, row[first:last], 0) for row in self.rows()))
        columns = (self.terms[place :: self.width] for place in range(first, last))
        result = next(columns, array("q", bytes(8 * len(self.numbers))))
        for column in columns:
            result = array("q", map(xor, result, column))
        return result

    def numbers_with(self, wanted: AbstractSet[int], columns: Iterable[array[int]]) -> Iterator[int]:
        """Return the line numbers of rows with one of the hashes in these columns."""
        return chain.from_iterable(
            compress(self.numbers, map(wanted.__contains__, column)) for column in columns if wanted
        )

    def lines_replacing(self, wanted: AbstractSet[int]) -> Iterator[int]:
        """Yield the line numbers of rows with one of the hashes as an input but not as an output."""
        every = range(len(self.numbers))
        places = {
            place
            for column in self.inputs()
            if wanted
            for place in compress(every, map(wanted.__contains__, column))
        }
        for place in sorted(places):
            row = self.terms[place * self.width : (place + 1) * self.width]
            if not wanted.isdisjoint({*row[: self.form[0]]}.difference(row[self.form[0] :])):
                yield self.numbers[place]

    def rows(self) -> Iterator[array[int]]:
        """Return the terms of each rule."""
        return (self.terms[start : start + self.width] for start in range(0, len(self.terms), self.width))

    def to_itself(self) -> Table:
        """Return mappings of each single term to itself."""
        return Table(
            (1, 1), array("q", chain.from_iterable(zip(self.terms, self.terms, strict=True))), self.numbers
        )

    def up_to(self, number: int) -> Table:
        """Return the rows up to a line."""
        count = bisect(self.numbers, number)
        return Table(self.form, self.terms[: count * self.width], self.numbers[:count])

    def only(self, places: bytes) -> Table:
        """Return the rows with a byte of 1."""
        return self._runs(re.finditer(b"\1+", places))

    def without(self, places: bytes) -> Table:
        """Return the rows with a byte of 0."""
        return self._runs(re.finditer(b"\0+", places))

    def _runs(self, runs: Iterable[re.Match[bytes]]) -> Table:
        table = Table(self.form)
        for first, last in (run.span() for run in runs):
            table.terms.extend(self.terms[first * self.width : last * self.width])
            table.numbers.extend(self.numbers[first:last])
        return table


ColumnsOf = Callable[[Table], "Iterator[array[int]]"]
"""`Table.inputs` or `Table.outputs`."""


def columns(tables: Iterable[Table], side: ColumnsOf) -> array[int]:
    """Return all hashes of these columns."""
    return join_columns(column for table in tables for column in side(table))


def numbers_with(wanted: AbstractSet[int], tables: Iterable[Table], side: ColumnsOf) -> list[int]:
    """Return the line numbers of rows with one of the hashes in these columns, in order."""
    return sorted({number for table in tables for number in table.numbers_with(wanted, side(table))})


def beginnings(tables: Sequence[Table]) -> Iterator[list[Table]]:
    """Yield the rows up to a line, then up to later lines: the first lines of a file often suffice."""
    last = max((table.numbers[-1] for table in tables), default=0)
    limit = 0
    while limit < last:
        limit = min(8 * limit + FIRST_LINES, last)
        yield [table.up_to(limit) for table in tables]


class Tables:
    """One table per form of rules."""

    def __init__(self) -> None:
        self._tables: dict[Form, Table] = {}

    def __iter__(self) -> Iterator[Table]:
        return iter(self._tables.values())

    def of(self, form: Form) -> Table:
        """Return the table of a form, for adding rows."""
        return self._tables.setdefault(form, Table(form))

    def add(self, inputs: Sequence[str], outputs: Sequence[str] | None, number: int) -> None:
        """Add a rule without repeated terms on a side; outputs are None for equivalent synonyms."""
        table = self.of((len(inputs), EQUIVALENT if outputs is None else len(outputs)))
        table.terms.extend(map(hash, (*inputs, *(outputs or ()))))
        table.numbers.append(number)
