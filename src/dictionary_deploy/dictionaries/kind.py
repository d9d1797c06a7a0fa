"""What every kind of dictionary has in common, so that whoever compares two files knows no kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dictionary_deploy.model import Problem


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: `key` is what makes two of them the same, `text` is how people write it."""

    key: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file holds, and what is wrong with it."""

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of dictionary. `parse(data, file)` never raises; without it the kind is binary."""

    name: str
    parse: Callable[[bytes, str], Parsed] | None

    @property
    def is_binary(self) -> bool:
        """Whether its files have no entries that could be read."""
        return self.parse is None
