"""One of two synonyms files that are compared, by the hashes of its terms as the analyzer leaves them."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import reduce
from itertools import chain, compress, islice
from operator import ne, or_
from weakref import WeakKeyDictionary

from dictionary_deploy.dictionaries.hashes import hashes, last_bytes
from dictionary_deploy.dictionaries.kind import Options
from dictionary_deploy.dictionaries.synonyms.rule import keys_of_rule
from dictionary_deploy.dictionaries.synonyms.survey import survey
from dictionary_deploy.dictionaries.synonyms.tables import EQUIVALENT, Table, Tables
from dictionary_deploy.dictionaries.text import Text

BITS = 60
MARKS = tuple(1 << byte % BITS | 1 << byte % (BITS - 1) for byte in range(256))
"""Of each byte one or two bits."""
LONE = (1, EQUIVALENT)
WIDE = 100
"""Outputs of a rule from which on it counts as a whole: when it is another one, its terms become others."""


_tables: WeakKeyDictionary[Text, dict[Options, tuple[Table, ...]]] = WeakKeyDictionary()


def tables_of(text: Text, options: Options) -> tuple[Table, ...]:
    """The rules that the engine does not refuse, by their terms as the analyzer leaves them."""
    tables = _tables.setdefault(text, {})
    if options not in tables:
        tables[options] = _tables_of(text, options)
    return tables[options]


def _tables_of(text: Text, options: Options) -> tuple[Table, ...]:
    analyzer = options.analyzer
    odd = Tables()
    if analyzer.tokenizer in {"whitespace", "keyword"} and not analyzer.stopwords:
        found = survey(text, lowercase=analyzer.lowercase)
        regular, lines = found.regular, text.at(found.odd)
    else:
        regular, lines = Tables(), text.numbered()
    for line in lines:
        if rule := keys_of_rule(line.text, options):
            odd.add(*rule, line.number)
    # One term alone says something only without `expand`: that it becomes itself.
    return tuple(
        table if table.form != LONE else table.to_itself()
        for table in (*regular, *odd)
        if table.form != LONE or not options.expand
    )


class Side:
    """One of the files: the columns of terms that become something else, once for each of their rules."""

    def __init__(self, tables: Sequence[Table], *, expand: bool) -> None:
        self.tables = tables
        self._expand = expand

    def __iter__(self) -> Iterator[array[int]]:
        return chain.from_iterable(map(self._effective, self.tables))

    def _effective(self, table: Table) -> Iterator[array[int]]:
        columns = table.inputs()
        if table.form[1] == EQUIVALENT:
            return columns if self._expand else islice(columns, 1, None)
        if table.form[1] > 1:
            return columns
        return (
            array("q", compress(column, map(ne, column, output)))
            for column in columns
            for output in table.outputs()
        )

    def shapes(self, table: Table) -> array[int]:
        """Of each row a number, the same for rules that say the same."""
        shapes = table.shapes
        is_by_first = table.form[1] == EQUIVALENT and not self._expand
        return hashes(zip(shapes, next(table.inputs()), strict=True)) if is_by_first else shapes

    def values(self, keys: AbstractSet[int]) -> dict[int, bytearray]:
        """All outputs of each key, as the bytes of their hashes."""
        found: dict[int, bytearray] = {key: bytearray() for key in keys}
        for table in self.tables:
            size, first, last, terms = self._outputs(table)
            for column in table.inputs():
                is_wanted = [*map(keys.__contains__, column)]
                rows = compress(range(0, size * len(column), size), is_wanted)
                for key, row in zip(compress(column, is_wanted), rows, strict=True):
                    found[key] += terms[row + first : row + last]
        return found

    def add_marks(self, marks: dict[int, int], shift: int = 0) -> None:
        """Mark each key with the bits that its outputs have by their last bytes, moved to the left."""
        for table in self.tables:
            of_rows = self._marks(table)
            for column in table.inputs():
                is_wanted = [*map(marks.__contains__, column)]
                for key, mark in zip(compress(column, is_wanted), compress(of_rows, is_wanted), strict=True):
                    marks[key] |= mark << shift

    def _marks(self, table: Table) -> array[int]:
        first, last = self._places_of_outputs(table)
        if last - first > len(table.numbers):
            ends = (last_bytes(row[first:last]) for row in table.rows())
            return array("q", (reduce(or_, map(MARKS.__getitem__, end), 0) for end in ends))
        marks = array("q", bytes(8 * len(table.numbers)))
        for place in range(first, last):
            end = last_bytes(table.terms[place :: table.width])
            marks = array("q", map(or_, marks, map(MARKS.__getitem__, end)))
        return marks

    def _places_of_outputs(self, table: Table) -> tuple[int, int]:
        """In a row, those from the first one to before the last one."""
        if table.form[1] == EQUIVALENT:
            return 0, table.width if self._expand else 1
        return table.form[0], table.width

    def _outputs(self, table: Table) -> tuple[int, int, int, memoryview]:
        """How many bytes a row has, the first and the last byte of its outputs, and all rows."""
        size = table.terms.itemsize
        first, last = self._places_of_outputs(table)
        if last - first > WIDE:
            return size, 0, size, memoryview(self.shapes(table)).cast("B")
        return table.width * size, first * size, last * size, memoryview(table.terms).cast("B")
