"""Two synonyms files, compared by the hashes of their terms: what differs is counted, and the first told."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
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
NONE: frozenset[int] = frozenset()


def compare(before: Text, after: Text, options: Options) -> Compared:
    """How many terms become something else now, and the keys of the first of them."""
    had, has = (Side(tables_of(text, options), expand=options.expand) for text in (before, after))
    added, removed, changed = (Sample() for _ in range(3))
    both: set[int] = set()
    for ours, theirs in _terms_to_compare(had, has):
        shared = ours & theirs
        removed.add(ours, shared, had)
        added.add(theirs, shared, has)
        both |= shared
        if len(both) > MARKED:
            changed.add(_differing(had, has, both), NONE, has)
            both = set()
    changed.add(_differing(had, has, both), NONE, has)
    numbers = Entries(added.count, removed.count, changed.count, distinct(has))
    shown = islice(chain(changed.first, removed.first, added.first), MOST_SHOWN)
    return Compared(numbers, Keys({key for _, key in shown}))


class Sample:
    """How many keys there are, and the first of them with their lines."""

    def __init__(self) -> None:
        self.count = 0
        self.first: list[tuple[int, int]] = []

    def add(self, keys: AbstractSet[int], others: AbstractSet[int], side: Side) -> None:
        """More keys, all of which the side has, but for some of them."""
        self.count += len(keys) - len(others)
        is_full = len(self.first) == MOST_SHOWN
        last = self.first[-1][0] if is_full else max((table.numbers[-1] for table in side.tables), default=0)
        self.first = sorted((*self.first, *_first_lines(keys, others, side.tables, last)))[:MOST_SHOWN]


def _first_lines(
    keys: AbstractSet[int], others: AbstractSet[int], tables: Sequence[Table], last: int
) -> Iterator[tuple[int, int]]:
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
    return ((number, key) for key, number in found.items())


def _terms_to_compare(had: Side, has: Side) -> Iterator[tuple[set[int], set[int]]]:
    """The terms of either file that may become something else than in the other one, part by part."""
    touched = _touched(had, has)
    if touched is not None:
        yield (
            {*filter(touched.__contains__, chain.from_iterable(had))},
            {*filter(touched.__contains__, chain.from_iterable(has))},
        )
        return
    for ours, theirs in parts(had, has):
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
    marks = dict.fromkeys(keys, 0)
    had.add_marks(marks)
    has.add_marks(marks, BITS)
    found = {key for key, mark in marks.items() if mark & (1 << BITS) - 1 != mark >> BITS}
    rest = iter(keys - found)
    del marks
    while some := {*islice(rest, AT_ONCE)}:
        before, after = had.values(some), has.values(some)
        found.update(key for key in some if _are_others(before[key], after[key]))
    return found


def _are_others(before: bytearray, after: bytearray) -> bool:
    return before != after and {*memoryview(before).cast("q")} != {*memoryview(after).cast("q")}
