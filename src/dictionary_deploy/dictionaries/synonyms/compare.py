"""Two synonyms files, compared by the hashes of their terms: what differs is counted, and the first told."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from heapq import nsmallest
from itertools import chain, compress, islice

from dictionary_deploy.dictionaries.hashes import (
    Keys,
    ManyError,
    distinct,
    joined,
    only_in_one,
    parts,
)
from dictionary_deploy.dictionaries.kind import MOST_SHOWN, Compared, Options
from dictionary_deploy.dictionaries.synonyms.side import BITS, Side, tables_of
from dictionary_deploy.dictionaries.synonyms.tables import Table
from dictionary_deploy.dictionaries.text import Text
from dictionary_deploy.model import Entries

AT_ONCE = 50_000
"""Terms of which all outputs are in memory."""
MARKED = 250_000
"""Terms that have marks of their outputs: by these most that differ do so already."""


def compare(before: Text, after: Text, options: Options) -> Compared:
    """How many terms become something else now, and the keys of the first of them."""
    had, has = (Side(tables_of(text, options), expand=options.expand) for text in (before, after))
    touched = _touched(had, has)
    return compare_all(had, has) if touched is None else _compare_some(had, has, touched)


def compare_all(had: Side, has: Side, marked: int = MARKED) -> Compared:
    """Of both files all terms, part by part; of those that both have about `marked` at once."""
    added, removed, changed = Sample(has), Sample(had), Sample(has)
    both: set[int] = set()
    total = 0
    for ours, theirs in ((set(ours), set(theirs)) for ours, theirs in parts(had, has)):
        total += len(theirs)
        shared = ours & theirs
        removed.add(ours, shared)
        added.add(theirs, shared)
        both |= shared
        del ours, theirs, shared  # large ones
        if len(both) > marked:
            changed.add(_differing(had, has, both))
            both = set()
    changed.add(_differing(had, has, both))
    return _compared(added, removed, changed, total)


def _compare_some(had: Side, has: Side, keys: AbstractSet[int]) -> Compared:
    """The terms that may become something else; all others become the same."""
    added, removed, changed = Sample(has), Sample(had), Sample(has)
    for before, after in _values(had, has, keys):
        ours, theirs = ({key for key in side if _is_effective(key, side[key])} for side in (before, after))
        removed.add(ours - theirs)
        added.add(theirs - ours)
        changed.add({key for key in ours & theirs if _are_others(before[key], after[key])})
    return _compared(added, removed, changed, distinct(has))


def _compared(added: Sample, removed: Sample, changed: Sample, total: int) -> Compared:
    shown: set[int] = set()
    for sample in (changed, removed, added):
        shown |= sample.first(MOST_SHOWN - len(shown))
    return Compared(Entries(added.count, removed.count, changed.count, total), Keys(shown))


class Sample:
    """How many keys there are, and the first of them."""

    def __init__(self, side: Side) -> None:
        self.count = 0
        self._side = side
        self._last = max((table.numbers[-1] for table in side.tables), default=0)
        self._keys: AbstractSet[int] = frozenset()

    def add(self, keys: AbstractSet[int], others: AbstractSet[int] = frozenset()) -> None:
        """More keys, all of which the side has, but for some of them."""
        self.count += len(keys) - len(others)
        if self.count <= MOST_SHOWN:
            self._keys |= keys - others
            return
        lines = {
            key: line
            for some, but in ((self._keys, frozenset[int]()), (keys, others))
            for key, line in _first_lines(some, but, self._side.tables, self._last).items()
        }
        self._keys = {*nsmallest(MOST_SHOWN, lines, key=lines.__getitem__)}
        self._last = max(map(lines.__getitem__, self._keys))

    def first(self, count: int) -> AbstractSet[int]:
        """So many of the first keys."""
        if count >= len(self._keys):
            return self._keys
        lines = _first_lines(self._keys, frozenset(), self._side.tables, self._last)
        return {*nsmallest(count, lines, key=lines.__getitem__)}


def _first_lines(
    keys: AbstractSet[int], others: AbstractSet[int], tables: Sequence[Table], last: int
) -> dict[int, int]:
    """The first of the keys but for the others, up to a line, and their lines."""
    found: dict[int, int] = {}
    limit = 0
    while limit < last and len(found) < min(len(keys) - len(others), MOST_SHOWN):
        limit = min(8 * limit + MOST_SHOWN, last)
        for table in tables:
            numbers = table.numbers[: bisect(table.numbers, limit)]
            for column in table.inputs():
                is_wanted = [*map(keys.__contains__, column[: len(numbers)])]
                for number, key in zip(
                    compress(numbers, is_wanted), compress(column, is_wanted), strict=True
                ):
                    if key not in others:
                        found[key] = min(number, found.get(key, number))
    return found


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
    marks = dict.fromkeys(keys, 0)
    had.add_marks(marks)
    has.add_marks(marks, BITS)
    found = {key for key, mark in marks.items() if mark & (1 << BITS) - 1 != mark >> BITS}
    del marks
    for before, after in _values(had, has, keys - found):
        found.update(key for key in before if _are_others(before[key], after[key]))
    return found


def _values(had: Side, has: Side, keys: AbstractSet[int]) -> Iterator[tuple[dict[int, bytearray], ...]]:
    """What each of the keys becomes in both files, some keys at once."""
    rest = iter(keys)
    while some := {*islice(rest, AT_ONCE)}:
        yield had.values(some), has.values(some)


def _is_effective(key: int, values: bytearray) -> bool:
    """Whether a term becomes something else than itself."""
    return any(value != key for value in memoryview(values).cast("q"))


def _are_others(before: bytearray, after: bytearray) -> bool:
    return before != after and {*memoryview(before).cast("q")} != {*memoryview(after).cast("q")}
