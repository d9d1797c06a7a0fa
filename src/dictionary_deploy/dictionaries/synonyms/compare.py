"""Two synonyms files, compared by the hashes of their terms: what differs is counted, and the first told."""

from __future__ import annotations

from array import array
from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain, compress, islice
from operator import ne
from weakref import WeakKeyDictionary

from dictionary_deploy.dictionaries.hashes import (
    Keys,
    ManyError,
    distinct,
    hashes,
    joined,
    only_in_one,
    parts,
)
from dictionary_deploy.dictionaries.kind import MOST_SHOWN, Compared, Options
from dictionary_deploy.dictionaries.synonyms.rule import keys_of_rule
from dictionary_deploy.dictionaries.synonyms.survey import survey
from dictionary_deploy.dictionaries.synonyms.tables import EQUIVALENT, Table, Tables
from dictionary_deploy.dictionaries.text import Text
from dictionary_deploy.model import Entries

WIDE = 100
"""Terms of a rule from which on it counts as a whole: when it is another one, its terms become others."""
AT_ONCE = 50_000
"""Terms of which all outputs are in memory."""


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
    return tuple(table for table in (*regular, *odd) if table.form != (1, EQUIVALENT))


def compare(before: Text, after: Text, options: Options) -> Compared:
    """How many terms become something else now, and the keys of the first of them."""
    had, has = (Side(tables_of(text, options), expand=options.expand) for text in (before, after))
    added, removed, changed = (Sample() for _ in range(3))
    both: set[int] = set()
    for ours, theirs in _terms_to_compare(had, has):
        removed.add(ours - theirs, had)
        added.add(theirs - ours, has)
        both |= ours & theirs
        if len(both) > AT_ONCE:
            changed.add(_differing(had, has, both), has)
            both = set()
    changed.add(_differing(had, has, both), has)
    numbers = Entries(added.count, removed.count, changed.count, distinct(has.keys))
    shown = islice(chain(changed.first, removed.first, added.first), MOST_SHOWN)
    return Compared(numbers, Keys({key for _, key in shown}))


class Side:
    """One of the files. `keys` has each term that becomes something else, once for each of its rules."""

    def __init__(self, tables: Sequence[Table], *, expand: bool) -> None:
        self.tables = tables
        self._expand = expand
        self.keys = hashes()
        for table in tables:
            for column in self._effective(table):
                self.keys.extend(column)

    def _effective(self, table: Table) -> Iterator[Iterable[int]]:
        columns = table.inputs()
        if table.form[1] == EQUIVALENT:
            return columns if self._expand else islice(columns, 1, None)
        if table.form[1] > 1:
            return columns
        return (compress(column, map(ne, column, output)) for column in columns for output in table.outputs())

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

    def _outputs(self, table: Table) -> tuple[int, int, int, memoryview]:
        """How many bytes a row has, the first and the last byte of its outputs, and all rows."""
        size = table.terms.itemsize
        if table.width > WIDE:
            return size, 0, size, memoryview(self.shapes(table)).cast("B")
        first, last = table.form[0], table.width
        if table.form[1] == EQUIVALENT:
            first, last = 0, last if self._expand else 1
        return table.width * size, first * size, last * size, memoryview(table.terms).cast("B")


class Sample:
    """How many keys there are, and the first of them with their lines."""

    def __init__(self) -> None:
        self.count = 0
        self.first: list[tuple[int, int]] = []

    def add(self, keys: AbstractSet[int], side: Side) -> None:
        """More keys, all of which the side has."""
        self.count += len(keys)
        is_full = len(self.first) == MOST_SHOWN
        last = self.first[-1][0] if is_full else max((table.numbers[-1] for table in side.tables), default=0)
        self.first = sorted((*self.first, *_first_lines(keys, side.tables, last)))[:MOST_SHOWN]


def _first_lines(keys: AbstractSet[int], tables: Sequence[Table], last: int) -> Iterator[tuple[int, int]]:
    """The first of the keys, up to a line, and their lines."""
    found: dict[int, int] = {}
    limit = 0
    while limit < last and len(found) < min(len(keys), MOST_SHOWN):
        limit = min(8 * limit + MOST_SHOWN, last)
        for table in tables:
            numbers = table.numbers[: bisect(table.numbers, limit)]
            for column in table.inputs():
                is_wanted = [*map(keys.__contains__, column[: len(numbers)])]
                for number, key in zip(
                    compress(numbers, is_wanted), compress(column, is_wanted), strict=True
                ):
                    found[key] = min(number, found.get(key, number))
    return ((number, key) for key, number in found.items())


def _terms_to_compare(had: Side, has: Side) -> Iterator[tuple[set[int], set[int]]]:
    """The terms of either file that may become something else than in the other one, part by part."""
    touched = _touched(had, has)
    if touched is not None:
        yield {*filter(touched.__contains__, had.keys)}, {*filter(touched.__contains__, has.keys)}
        return
    for ours, theirs in parts(had.keys, has.keys):
        yield set(ours), set(theirs)


def _touched(had: Side, has: Side) -> set[int] | None:
    """The inputs of rules that only one file has; None when these are very many."""
    shapes = [[(table, side.shapes(table)) for table in side.tables] for side in (had, has)]
    try:
        single = only_in_one(*(joined(shape for _, shape in side) for side in shapes))
    except ManyError:
        return None
    return {
        key
        for table, shape in chain(*shapes)
        for column in table.inputs()
        for key in compress(column, map(single.__contains__, shape))
    }


def _differing(had: Side, has: Side, keys: set[int]) -> set[int]:
    """Those of the keys whose outputs are others."""
    found: set[int] = set()
    rest = iter(keys)
    while some := {*islice(rest, 2 * AT_ONCE)}:
        before, after = had.values(some), has.values(some)
        found.update(key for key in some if _are_others(before[key], after[key]))
    return found


def _are_others(before: bytearray, after: bytearray) -> bool:
    return before != after and {*memoryview(before).cast("q")} != {*memoryview(after).cast("q")}
