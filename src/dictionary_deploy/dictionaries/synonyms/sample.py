"""Of very many keys how many there are, and the first of them."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from heapq import nsmallest
from itertools import compress

from dictionary_deploy.dictionaries.kind import MOST_SHOWN
from dictionary_deploy.dictionaries.synonyms.tables import Table


class Sample:
    """How many keys there are, and the first of them."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self.count = 0
        self._tables = tables
        self._last = max((table.numbers[-1] for table in tables), default=0)
        self._keys: AbstractSet[int] = frozenset()

    def add(self, keys: AbstractSet[int], others: AbstractSet[int] = frozenset()) -> None:
        """More keys, all of which the tables have, but for some of them."""
        self.count += len(keys) - len(others)
        if self.count <= MOST_SHOWN:
            self._keys |= keys - others
            return
        lines = {
            key: line
            for some, but in ((self._keys, frozenset[int]()), (keys, others))
            for key, line in _first_lines(some, but, self._tables, self._last).items()
        }
        self._keys = {*nsmallest(MOST_SHOWN, lines, key=lines.__getitem__)}
        self._last = max(map(lines.__getitem__, self._keys))

    def first(self, count: int) -> AbstractSet[int]:
        """So many of the first keys."""
        if count >= len(self._keys):
            return self._keys
        lines = _first_lines(self._keys, frozenset(), self._tables, self._last)
        return {*nsmallest(count, lines, key=lines.__getitem__)}


def _first_lines(
    keys: AbstractSet[int], others: AbstractSet[int], tables: Sequence[Table], last: int
) -> dict[int, int]:
    """The first of the keys but for the others, up to a line, and their lines."""
    found: dict[int, int] = {}
    limit = 0
    while limit < last and len(found) < min(len(keys) - len(others), MOST_SHOWN):
        limit = min(8 * limit + MOST_SHOWN, last)
        for table in (table.up_to(limit) for table in tables):
            for column in table.inputs():
                is_wanted = [*map(keys.__contains__, column)]
                for number, key in zip(
                    compress(table.numbers, is_wanted), compress(column, is_wanted), strict=True
                ):
                    if key not in others:
                        found[key] = min(number, found.get(key, number))
    return found
