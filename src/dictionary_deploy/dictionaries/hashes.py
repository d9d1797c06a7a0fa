"""Hashes of millions of things, eight bytes each: a set of the things is many times the size of their file.

Two things may have one hash: some two of ten million do in one run of 400,000, since Python's hashes of text
have 64 bits and go by a secret of the run's own.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Container, Iterable, Iterator
from collections.abc import Set as AbstractSet
from itertools import chain, compress, filterfalse, pairwise
from typing import TypeAlias

PARTS = 4
MIN_SPLIT = 50_000
"""Hashes of which a set is large enough to take its parts one by one."""


def hashes(things: Iterable[object] = ()) -> array[int]:
    """The hash of each thing, in their order."""
    return array("q", map(hash, things))


def joined(columns: Iterable[array[int]]) -> array[int]:
    """All columns as one."""
    every = hashes()
    for column in columns:
        every.extend(column)
    return every


Columns: TypeAlias = "Iterable[array[int]]"
"""What has columns each time it is gone through: a tuple, or what makes them anew."""


def parts(*tables: Columns) -> Iterator[tuple[Iterator[int], ...]]:
    """The hashes of each table's columns, part by part: equal ones are in the same part of all tables."""
    count = PARTS if max(sum(map(len, table)) for table in tables) > MIN_SPLIT else 1
    ends = [[*map(_last_bytes, table)] for table in tables]
    for part in range(count):
        is_in_part = bytes(byte % count == part for byte in range(256))
        yield tuple(
            _chosen(table, (end.translate(is_in_part) for end in ends_of_table))
            for table, ends_of_table in zip(tables, ends, strict=True)
        )


def _chosen(table: Columns, chosen: Iterable[bytes]) -> Iterator[int]:
    return chain.from_iterable(map(compress, table, chosen))


def _last_bytes(column: array[int]) -> bytes:
    """The last byte of each hash, or the first one, as the machine has it: one is as good as the other."""
    return memoryview(column).cast("B")[:: column.itemsize].tobytes()


def places(wanted: AbstractSet[int], column: array[int]) -> Iterator[int]:
    """Where a column has some of few hashes, in order."""
    return (found.start() for found in re.finditer(b"\1", bytes(map(wanted.__contains__, column))))


def distinct(table: Columns) -> int:
    """How many different hashes there are."""
    return sum(len(set(part)) for (part,) in parts(table))


def repeated(column: array[int]) -> set[int]:
    """The hashes that are there more than once."""
    found: set[int] = set()
    for (part,) in parts((column,)):
        ours = [*part]
        if len(set(ours)) < len(ours):
            found.update(one for one, other in pairwise(sorted(ours)) if one == other)
    return found


def shared(one: array[int], other: array[int]) -> set[int]:
    """The hashes that are in both."""
    few, many = sorted((one, other), key=len)
    if len(few) <= PARTS * MIN_SPLIT:
        return set(few).intersection(many)
    return set[int]().union(*(set(ours).intersection(theirs) for ours, theirs in parts((few,), (many,))))


def only_in_one(one: array[int], other: array[int]) -> tuple[bytes, bytes]:
    """Of each hash whether the other column lacks it: a byte of 1 or 0.

    Where very many are lacking the others count as lacking, too, which is told soon.
    """
    found: set[int] = set()
    for part, (ours, theirs) in enumerate(parts((one,), (other,)), start=1):
        some, others = set(ours), [*theirs]
        found.update(filterfalse(some.__contains__, others))
        some.difference_update(others)
        found |= some
        if len(found) > max(MIN_SPLIT, (len(one) + len(other)) * part / PARTS / 2):
            return b"\1" * len(one), b"\1" * len(other)
    one_flags, other_flags = (bytes(map(found.__contains__, column)) for column in (one, other))
    return one_flags, other_flags


class Keys(Container[str]):
    """Keys of entries, told by their hashes."""

    def __init__(self, hashes: AbstractSet[int]) -> None:
        self.hashes = hashes

    @classmethod
    def of(cls, keys: Iterable[str]) -> Keys:
        """These keys."""
        return cls({*map(hash, keys)})

    def __contains__(self, key: object) -> bool:
        return hash(key) in self.hashes
