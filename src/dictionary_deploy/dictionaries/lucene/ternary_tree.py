"""Model of Lucene's TernaryTree, to detect hyphenation patterns that it cannot store.

A node takes one number of 16 bits, and so does a character of the ends of keys that only one key has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

MAX_NUMBERS = 1 << 16
BLOCK = 2048
"""Number of nodes by which the tree grows."""
MAX_STEPS = 5_000_000
"""Steps after which validation gives up: thousands of different characters may take quadratic time."""

_END = "\0"
_SPLIT, _TAIL, _LOW, _EQUAL, _HIGH = range(5)
_Node = list[Any]
"""Its character, or the rest of its only key; and the nodes of lower, equal and higher characters."""


class TernaryTree:
    """The nodes of a tree."""

    def __init__(self) -> None:
        self.nodes = 1
        """Nodes, with the unused first one."""
        self.characters = 0
        """Characters of the ends of keys, with a terminator each."""
        self.is_full = False
        """True if a number has overflowed, so that the tree mixes up its keys."""
        self.steps = 0
        self._root: _Node = [None]

    def insert(self, key: str) -> None:
        """Add a key."""
        link, side, place = self._root, 0, 0
        while node := link[side]:
            self.steps += 1
            if tail := node[_TAIL]:
                self.nodes += 1
                if place == len(key):
                    link[side] = [_END, "", None, None, node]
                    return
                node[_SPLIT], node[_TAIL], node[_EQUAL] = tail[0], "", [_END, tail[1:], None, None, None]
            character = key[place] if place < len(key) else _END
            if character == node[_SPLIT]:
                if character == _END:
                    return
                link, side, place = node, _EQUAL, place + 1
            else:
                link, side = node, _LOW if character < node[_SPLIT] else _HIGH
        self.is_full |= max(self.nodes, self.characters) >= MAX_NUMBERS
        self.nodes += 1
        self.characters += len(key) - place + 1 if place < len(key) else 0
        link[side] = [_END, key[place:], None, None, None]

    def tails(self) -> Iterator[str]:
        """Yield the ends of keys that only one key has, in the order of the characters."""
        rest: list[_Node | None] = [self._root[0]]
        while rest:
            if node := rest.pop():
                if node[_TAIL]:
                    yield node[_TAIL]
                else:
                    rest += [node[_HIGH], node[_EQUAL], node[_LOW]]


def tree_of(keys: Iterable[str], max_steps: int = MAX_STEPS) -> TernaryTree:
    """Return the tree of some keys, in this order. Stops when it is full."""
    tree = TernaryTree()
    for key in keys:
        tree.insert(key)
        if tree.is_full or tree.steps > max_steps:
            break
    return tree


def in_balanced_order(keys: Iterable[str]) -> Iterator[str]:
    """Yield the keys in the order in which Lucene inserts them again: the middle ones first."""
    in_order = sorted(set(keys), key=lambda key: key.encode("utf-16-be"))
    parts = [(0, len(in_order))]
    while parts:
        first, last = parts.pop()
        if first < last:
            middle = first + (last - first) // 2
            yield in_order[middle]
            parts += [(middle + 1, last), (first, middle)]


def fails_to_compact(tree: TernaryTree, max_steps: int = MAX_STEPS) -> bool:
    """Return True if Lucene fails to store equal tails once.

    It uses another tree, but makes room for a single node before it inserts a tail, which may take more.
    """
    other, room = TernaryTree(), BLOCK
    for tail in dict.fromkeys(tree.tails()):
        room += BLOCK if other.nodes + 1 > room else 0
        other.insert(tail)
        if other.nodes > room or other.steps > max_steps:
            break
    return other.nodes > room


def units(keys: Sequence[str]) -> int:
    """Return the maximum number of nodes or characters of these keys."""
    return sum(map(len, keys)) + len(keys)
