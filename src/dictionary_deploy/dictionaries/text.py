"""A file's text, and the places in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain, compress, count, islice

BLOCK = 1 << 18
"""Bytes that are looked at at once: all lines of a large file are several times its size."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its end; `number` is the physical line of the file, from 1."""

    text: str
    number: int


class Text:
    """A file's text with LF at every line's end; a byte order mark is part of it, as it is for the engine.

    It is kept in blocks, which end where a line does: one emoji makes Python keep four bytes for every
    character that is with it. Lines are made anew each time they are asked for.
    """

    def __init__(self, *blocks: str) -> None:
        self.blocks = blocks

    @classmethod
    def of(cls, data: bytes) -> Text:
        """The text of UTF-8 data; raises UnicodeDecodeError where it is none.

        Java's BufferedReader ends a line at LF, CR LF and a lone CR, and at nothing else.
        """
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return cls(*(data[start:end].decode("utf-8") for start, end in _blocks(data)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and self.blocks == other.blocks

    def __hash__(self) -> int:
        return hash(self.blocks)

    @property
    def lines(self) -> Iterator[str]:
        """The lines without their ends. What stands behind the last end is no line when it is empty."""
        return chain.from_iterable(map(lines_of, self.blocks))

    def only(self, wanted: Iterable[object]) -> Text:
        """The lines of which that is true."""
        rest = iter(wanted)
        blocks = ("".join(f"{line}\n" for line in compress(lines_of(block), rest)) for block in self.blocks)
        return Text(*filter(None, blocks))

    @cached_property
    def longest(self) -> tuple[int, ...]:
        """How many characters each block's longest line has."""
        return tuple(max(map(len, lines_of(block)), default=0) for block in self.blocks)

    @cached_property
    def firsts(self) -> tuple[int, ...]:
        """The number of each block's first line."""
        ends = (block.count("\n") for block in self.blocks)
        return tuple(islice(accumulate(ends, initial=1), len(self.blocks)))

    def numbered(self, where: Callable[[str], bool] = bool) -> Iterator[Line]:
        """Every line with its number, or all lines of the blocks of which that is true."""
        for block, first in zip(self.blocks, self.firsts, strict=True):
            if where(block):
                yield from map(Line, lines_of(block), count(first))

    def at(self, numbers: Iterable[int]) -> Iterator[Line]:
        """The lines of these numbers, which ascend."""
        blocks = iter(self.blocks)
        before, lines = 0, list[str]()
        for number in numbers:
            while number > before + len(lines):
                before += len(lines)
                lines = lines_of(next(blocks))
            yield Line(lines[number - before - 1], number)


def lines_of(block: str) -> list[str]:
    """The lines of a text that ends where a line does."""
    lines = block.split("\n")
    if not lines[-1]:
        lines.pop()
    return lines


def _blocks(data: bytes) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(data):
        end = data.find(b"\n", start + BLOCK) + 1 or len(data)
        yield start, end
        start = end
