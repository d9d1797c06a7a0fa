"""Columns of hashes, eight bytes each: a set of a million texts takes many times the size of their file.

Python's hashes of texts have 64 bits and a random seed per process. With ten million texts, two have the same
hash in one of 400,000 runs.
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
"""Hashes above which sets are built part by part."""


def hashes(objects: Iterable[object] = ()) -> array[int]:
    """Return the hash of each object, in order."""
    return array("q", map(hash, objects))


def join_columns(columns: Iterable[array[int]]) -> array[int]:
    """Return all columns as one."""
    every = hashes()
    for column in columns:
        every.extend(column)
    return every


Columns: TypeAlias = "Iterable[array[int]]"
"""Columns that can be iterated several times: a tuple, or an object that computes them."""


def parts(*tables: Columns) -> Iterator[tuple[Iterator[int], ...]]:
    """Yield the hashes of each table part by part. Equal hashes are in the same part of all tables."""
    count = PARTS if max(sum(map(len, table)) for table in tables) > MIN_SPLIT else 1
    ends = [[*map(_last_bytes, table)] for table in tables]
    for part in range(count):
        is_in_part = bytes(byte % count == part for byte in range(256))
        yield tuple(
            _select(table, (end.translate(is_in_part) for end in ends_of_table))
            for table, ends_of_table in zip(tables, ends, strict=True)
        )


def _select(table: Columns, chosen: Iterable[bytes]) -> Iterator[int]:
    return chain.from_iterable(map(compress, table, chosen))


def _last_bytes(column: array[int]) -> bytes:
    """Return the last byte of each hash; the first one on a big-endian machine."""
    return memoryview(column).cast("B")[:: column.itemsize].tobytes()


def places(wanted: AbstractSet[int], column: array[int]) -> Iterator[int]:
    """Yield the places of the hashes in a column, in order. Fast for few matches."""
    return (found.start() for found in re.finditer(b"\1", bytes(map(wanted.__contains__, column))))


def distinct(table: Columns) -> int:
    """Return the number of distinct hashes."""
    return sum(len(set(part)) for (part,) in parts(table))


def repeated_hashes(column: array[int]) -> set[int]:
    """Return the hashes that occur more than once."""
    found: set[int] = set()
    for (part,) in parts((column,)):
        ours = [*part]
        if len(set(ours)) < len(ours):
            found.update(one for one, other in pairwise(sorted(ours)) if one == other)
    return found


def shared_hashes(one: array[int], other: array[int]) -> set[int]:
    """Return the hashes in both columns."""
    few, many = sorted((one, other), key=len)
    if len(few) <= PARTS * MIN_SPLIT:
        return set(few).intersection(many)
    return set[int]().union(*(set(ours).intersection(theirs) for ours, theirs in parts((few,), (many,))))


def only_in_one(one: array[int], other: array[int]) -> tuple[bytes, bytes]:
    """Return a byte of 1 for each hash that the other column lacks, 0 for the others.

    If most are missing, it stops early and returns 1 for all.
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
    """A container of keys that stores only their hashes."""

    def __init__(self, hashes: AbstractSet[int]) -> None:
        self.hashes = hashes

    @classmethod
    def of(cls, keys: Iterable[str]) -> Keys:
        """Return a container of these keys."""
        return cls({*map(hash, keys)})

    def __contains__(self, key: object) -> bool:
        return hash(key) in self.hashes
