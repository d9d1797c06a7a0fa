"""The interface of all kinds, so validation and diff need not know any kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dictionary_deploy.dictionaries.engines import NEWEST, Engine
from dictionary_deploy.dictionaries.hashes import Keys
from dictionary_deploy.dictionaries.text import Line, Text
from dictionary_deploy.errors import inline_code
from dictionary_deploy.model import ASSUMED_ANALYZER, Analyzer, EntryChange, EntryCounts

MAX_EXCERPT = 60


@dataclass(frozen=True, slots=True)
class Options:
    """The index settings that affect how the engine reads a file."""

    engine: Engine = NEWEST
    analyzer: Analyzer = ASSUMED_ANALYZER
    expand: bool = True
    lenient: bool = False
    is_graph: bool = True
    """True if the filter is `synonym_graph`, which gives the words of a term correct positions."""


Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem that a rule reports, at a physical line and a column in characters, both from 1."""

    line: int
    column: int
    message: str
    severity: Severity | None = None
    """The severity if it differs from the rule's: one engine may accept what another rejects."""


# The documentation of a rule is the docstring of its function, or of one if several kinds have the rule.
# It begins with "Flag". Paragraphs with "Engine:" quote the engine's messages, those with "Fix:" have the
# remedy. Lines that begin with "-", "+" or a space are an example. docs/rules.md is generated from it.


@dataclass(frozen=True, slots=True)
class DataRule:
    """A rule about a file's bytes. After an error, the file is not decoded."""

    id: str
    severity: Severity
    find: Callable[[bytes, Options], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class FileRule:
    """A rule about the whole text, such as one about duplicates."""

    id: str
    severity: Severity
    find: Callable[[Text, Options], Iterable[Finding]]
    is_once: bool = False
    """True if only the first finding is reported, with the lines of the others.

    For rules that flag many lines of a real file, or none: the fix is the same for all."""


@dataclass(frozen=True, slots=True)
class LineRule:
    """A rule about a single line.

    `suspicious` is a regular expression that matches in every line that the rule flags, and in few others:
    most lines are checked by it alone, so a million lines take a second. `^` and `$` match at the ends of a
    line. Patterns that begin with a literal character are the fastest. If no pattern is fast, it is a
    function that returns such lines, in the file's order.
    """

    id: str
    severity: Severity
    suspicious: str | Callable[[Text], Iterable[Line]]
    find: Callable[[Line, Options], Iterable[Finding]]
    min_characters: int = 0
    """Minimum length of a line that the rule flags."""
    is_once: bool = False
    """As for a FileRule."""


Rule = DataRule | FileRule | LineRule

Entries = Mapping[str, tuple[str, ...]]
"""Keys and values of a file, in its order: a term and its expansions, a stopword and no values.

Two files with equal entries are equal for the engine."""


def list_entry(key: str, values: tuple[str, ...]) -> str:
    """Return an entry such as `a => b, c`."""
    return f"{key} => {', '.join(values)}" if values else key


def changed_value(key: str, before: tuple[str, ...], after: tuple[str, ...]) -> str:
    """Return a changed entry, such as `a: b → b, c`."""
    return f"{key}: {', '.join(before)} → {', '.join(after)}"


MAX_SHOWN = 3_000
"""Lines with changed entries that are listed; more are only counted."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The numbers of changes between two files, and the entries to list, before and after."""

    numbers: EntryCounts
    had: Entries
    has: Entries
    lost: float
    """The sum, over the entries before, of `lost_share`; a removed entry is 1."""
    rules: tuple[EntryChange, ...] = ()
    """Added and removed rules, each instead of its entries."""
    probed: tuple[Entries, Entries] = ({}, {})
    """A few changed entries before and after, also of `rules`."""


def lost_share(key: str, before: Iterable[str], after: Iterable[str]) -> float:
    """Return the share of an entry's values that is gone, from 0 to 1. A term is no value of itself."""
    had = {*before} - {key}
    return len(had.difference(after)) / len(had) if had else 0.0


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of dictionary, a row of the table `KINDS`."""

    name: str
    rules: tuple[Rule, ...] = ()
    """Rules, the most important first."""
    read: Callable[[Text, Options, Keys | None], Entries] | None = None
    """Returns the entries, or only those with the given keys. None for a binary kind.

    Never raises: it skips lines that the engine rejects, which rules report."""
    keys: Callable[[str, Options], Iterable[str]] | None = None
    """Returns the keys of a line's entries; None if a line has no meaning on its own."""
    one_line_counts: bool = False
    """True if only the first or the last line with the same key counts, so the order of lines matters."""
    count: Callable[[Text, Options], int] | None = None
    """Returns the number of keys, if that is faster than reading all entries."""
    compare: Callable[[Text, Text, Options], Comparison] | None = None
    """Compares two files, if that is faster than reading the entries of both."""
    decode: Callable[[bytes], Text] = Text.of
    """Raises UnicodeDecodeError only if a rule about bytes reports an error."""
    show: Callable[[str, tuple[str, ...]], str] = list_entry
    """Returns an entry as one line."""
    show_change: Callable[[str, tuple[str, ...], tuple[str, ...]], str] = changed_value
    """Returns a changed entry as one line."""
    setting: str = ""
    """The index setting that names such files, or empty."""
    description: str = ""
    """The files' purpose, for the documentation, the schema and the issue form."""
    entries_are: str = "lines"
    """The entries that reports count, for the documentation."""

    @property
    def is_binary(self) -> bool:
        """True if the files have no entries."""
        return self.read is None


def excerpt(text: str) -> str:
    """Return the text as inline code, shortened to MAX_EXCERPT characters."""
    return inline_code(text if len(text) <= MAX_EXCERPT else f"{text[:MAX_EXCERPT]}…")


MAX_LISTED_LINES = 5


def such_lines(count: int, numbers: Sequence[int], *, is_minimum: bool = False) -> str:
    """Return a note for a message about the first of several lines."""
    if count <= 1:
        return ""
    listed = ", ".join(map(str, numbers[:MAX_LISTED_LINES]))
    more = ", …" if count > MAX_LISTED_LINES else ""
    return f" ({'At least ' if is_minimum else ''}{count:,} lines are affected: {listed}{more})"


def rule_excerpt(rule: str) -> str:
    """Return a rule for a message; the engine trims control characters."""
    return excerpt(rule) if rule else "A line of control characters"
