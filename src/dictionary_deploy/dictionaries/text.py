"""A file's text, in blocks of lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain, compress, count, islice

BLOCK = 1 << 18
"""Minimum bytes of a block. All lines of a large file at once would take several times its size."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its line end; `number` is the physical line of the file, from 1."""

    text: str
    number: int


class Text:
    """A file's text with LF as line ends. A byte order mark is part of it, as for the engine.

    It consists of blocks of whole lines: in a string with one emoji, Python stores four bytes per character.
    Lines are not stored; each iteration splits the blocks again.
    """

    def __init__(self, *blocks: str) -> None:
        self.blocks = blocks

    @classmethod
    def of(cls, data: bytes) -> Text:
        """Return the text of UTF-8 data. Raises UnicodeDecodeError.

        Like Java's BufferedReader, it ends a line at LF, CR LF and a lone CR only.
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
        """The lines without line ends. Empty text after the last line end is not a line."""
        return chain.from_iterable(map(lines_of, self.blocks))

    def only(self, wanted: Iterable[object]) -> Text:
        """Return a text of the lines whose flag is true."""
        rest = iter(wanted)
        blocks = ("".join(f"{line}\n" for line in compress(lines_of(block), rest)) for block in self.blocks)
        return Text(*filter(None, blocks))

    @cached_property
    def longest(self) -> tuple[int, ...]:
        """Characters of the longest line of each block."""
        return tuple(max(map(len, lines_of(block)), default=0) for block in self.blocks)

    @cached_property
    def firsts(self) -> tuple[int, ...]:
        """The number of the first line of each block."""
        ends = (block.count("\n") for block in self.blocks)
        return tuple(islice(accumulate(ends, initial=1), len(self.blocks)))

    def numbered_lines(self, where: Callable[[str], bool] = bool) -> Iterator[Line]:
        """Yield all lines of the blocks for which `where` returns True; by default, of all blocks."""
        for block, first in zip(self.blocks, self.firsts, strict=True):
            if where(block):
                yield from map(Line, lines_of(block), count(first))

    def at(self, numbers: Iterable[int]) -> Iterator[Line]:
        """Yield the lines with these ascending numbers."""
        blocks = iter(self.blocks)
        before, lines = 0, list[str]()
        for number in numbers:
            while number > before + len(lines):
                before += len(lines)
                lines = lines_of(next(blocks))
            yield Line(lines[number - before - 1], number)


def lines_of(block: str) -> list[str]:
    """Return the lines of a block."""
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
