"""What every kind of dictionary has in common, so that whoever checks or compares files knows no kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from dictionary_deploy.dictionaries.engines import NEWEST, Engine
from dictionary_deploy.dictionaries.hashes import Keys
from dictionary_deploy.dictionaries.text import Line, Text
from dictionary_deploy.model import ASSUMED_ANALYZER, Analyzer, EntryCounts

MAX_EXCERPT = 60


@dataclass(frozen=True, slots=True)
class Options:
    """How the index settings have the file read."""

    engine: Engine = NEWEST
    analyzer: Analyzer = ASSUMED_ANALYZER
    expand: bool = True
    lenient: bool = False
    is_graph: bool = True
    """Whether the synonym filter gives the words of a term their places in the text: `synonym_graph` does."""


Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule minds, at a physical line and a column in characters, both from 1."""

    line: int
    column: int
    message: str
    severity: Severity | None = None
    """When it is not the rule's own: what one engine refuses another may accept."""


# The documentation of a rule is the docstring of its function, or of one if several kinds have the rule.
# It begins with "Flag". Paragraphs with "Engine:" quote the engine's messages, those with "Fix:" have the
# remedy. Lines that begin with "-", "+" or a space are an example. docs/rules.md is generated from it.


@dataclass(frozen=True, slots=True)
class DataRule:
    """A rule about a file's bytes. When it finds an error, the file is not read any further."""

    id: str
    severity: Severity
    find: Callable[[bytes, Options], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class FileRule:
    """A rule about the text as a whole, such as what is in it twice."""

    id: str
    severity: Severity
    find: Callable[[Text, Options], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class LineRule:
    """A rule about a line on its own.

    `suspicious` is a regular expression that matches somewhere in every line the rule minds, and in
    few others: it is all that most lines are looked at with, so that a million of them take a second.
    `^` and `$` are the line's. Those that begin with one certain character are found soonest. Where no
    pattern is quick it is a function that has such lines, in the file's order.
    """

    id: str
    severity: Severity
    suspicious: str | Callable[[Text], Iterable[Line]]
    find: Callable[[Line, Options], Iterable[Finding]]
    least: int = 0
    """Characters that a line has at least which the rule minds."""


Rule = DataRule | FileRule | LineRule

Entries = Mapping[str, tuple[str, ...]]
"""What a file says, by what it says it of: a term and what it expands to, a word and its segments, a
stopword and nothing. Two files with equal entries are the same to the engine. In the file's order."""


def list_entry(key: str, values: tuple[str, ...]) -> str:
    """An entry as people write it when its values are what the key becomes."""
    return f"{key} => {', '.join(values)}" if values else key


def changed_value(key: str, before: tuple[str, ...], after: tuple[str, ...]) -> str:
    """An entry that says something else of the same key."""
    return f"{key}: {', '.join(before)} → {', '.join(after)}"


MAX_SHOWN = 3_000
"""Changed entries that are told one by one: more of them are only counted."""


@dataclass(frozen=True, slots=True)
class Compared:
    """How many entries two files have and do not share, and those that are to be told, before and after."""

    numbers: EntryCounts
    had: Entries
    has: Entries


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of dictionary, a row of the table `KINDS`."""

    name: str
    rules: tuple[Rule, ...] = ()
    """The more harm a rule prevents, the earlier it stands."""
    read: Callable[[Text, Options, Keys | None], Entries] | None = None
    """The entries, or only those whose keys are in the container. Without it the kind is binary.

    Never raises: what the engine refuses is left out, and is a rule's business."""
    keys: Callable[[str, Options], Iterable[str]] | None = None
    """The keys of which a line says something; None when lines say nothing on their own."""
    count: Callable[[Text, Options], int] | None = None
    """How many keys there are, when there is a cheaper way than to read them all."""
    compare: Callable[[Text, Text, Options], Compared] | None = None
    """What two files do not share, when there is a better way than to read the entries of both."""
    decode: Callable[[bytes], Text] = Text.of
    """Raises UnicodeDecodeError only when one of the rules about bytes finds an error."""
    show: Callable[[str, tuple[str, ...]], str] = list_entry
    """An entry in a line."""
    show_change: Callable[[str, tuple[str, ...], tuple[str, ...]], str] = changed_value
    """An entry that changed, in a line."""
    setting: str = ""
    """The index setting that names such files; empty if there is none."""
    description: str = ""
    """The files' purpose, for the documentation, the schema and the issue form."""
    entries_are: str = "lines"
    """The entries that reports count, for the documentation."""

    @property
    def is_binary(self) -> bool:
        """Whether its files have no entries that could be read."""
        return self.read is None


def excerpt(text: str) -> str:
    """The text in backticks, cut when it is long."""
    return f"`{text}`" if len(text) <= MAX_EXCERPT else f"`{text[:MAX_EXCERPT]}…`"


def rule_excerpt(rule: str) -> str:
    """A rule in a message. Nothing is left of a line of control characters, which the engine trims."""
    return excerpt(rule) if rule else "A line of control characters"
