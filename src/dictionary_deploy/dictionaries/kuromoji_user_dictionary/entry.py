"""Parse lines of a kuromoji user dictionary like Lucene's `ja.dict.UserDictionary` and `CSVUtil`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dictionary_deploy.dictionaries.hashes import Keys
from dictionary_deploy.dictionaries.kind import Entries, Options
from dictionary_deploy.dictionaries.lucene.lines import JAVA_TRIMMED, trim
from dictionary_deploy.dictionaries.lucene.segments import cut_surface, without_comment
from dictionary_deploy.dictionaries.text import Text

COLUMNS = 4

_SPACES = re.compile(" +")


@dataclass(frozen=True, slots=True)
class UserEntry:
    """The columns of a line."""

    surface: str
    segments: tuple[str, ...]
    readings: tuple[str, ...]
    part_of_speech: str

    @property
    def joins(self) -> bool:
        """True if the segments join to the surface, without whitespace."""
        return without_spaces(self.surface) == without_spaces("".join(self.segments))


def columns_of(line: str, options: Options) -> list[str] | None:
    """Return the columns; an empty list for a line with an open quote, None for a line that is skipped."""
    text = trim(line) or ""
    if options.engine.comments_after_trimming and text.startswith("#"):
        return None
    if options.engine.hash_cuts_user_dictionary or text.startswith("#"):
        text = without_comment(text)
    if not text.strip(JAVA_TRIMMED):
        return None
    if text.count('"') % 2:
        return []
    pieces = _split_columns(text) if '"' in text else text.split(",")
    return [*map(_unquote, pieces[:-1]), pieces[-1]]


def _split_columns(text: str) -> list[str]:
    """Split the text at commas outside of quotes."""
    columns: list[list[str]] = [[]]
    for place, part in enumerate(text.split('"')):
        is_quoted = place % 2 == 1
        first, *others = [part] if is_quoted else part.split(",")
        columns[-1].append(first)
        columns.extend([other] for other in others)
    return ['"'.join(parts) for parts in columns]


def _unquote(value: str) -> str:
    """Return the value without quotes. Lucene keeps those of the last column."""
    inner = re.fullmatch('"([^"]+)"', value)
    return (inner[1] if inner else value).replace('""', '"')


def parse_entry(line: str, options: Options) -> UserEntry | None:
    """Return the entry of a line; None for a line that is skipped or has too few columns."""
    columns = columns_of(line, options) or []
    if len(columns) < COLUMNS:
        return None
    return UserEntry(columns[0], _split(columns[1]), _split(columns[2]), columns[3])


def _split(value: str) -> tuple[str, ...]:
    """Split like Java: without empty pieces at the end, with one at the start."""
    kept = value.rstrip(" ")
    return tuple(_SPACES.split(kept)) if kept or not value else ()


def without_spaces(text: str) -> str:
    """Return the text without ASCII whitespace."""
    return re.sub("[ \t\n\x0b\f\r]", "", text)


def read_entries(text: Text, options: Options, only: Keys | None = None) -> Entries:
    """Return segments, readings and part of speech of each surface. The first line of a surface counts."""
    entries: dict[str, tuple[str, ...]] = {}
    for line in text.lines:
        entry = parse_entry(line, options)
        if entry and entry.surface and (only is None or entry.surface in only):
            segments = " ".join(cut_surface(entry.surface, entry.segments))
            values = (segments, " ".join(entry.readings), entry.part_of_speech)
            entries.setdefault(entry.surface, values)
    return entries


def entry_keys(line: str, options: Options) -> Iterator[str]:
    """Yield the surface of a line."""
    if (entry := parse_entry(line, options)) and entry.surface:
        yield entry.surface


def show_entry(surface: str, values: tuple[str, ...]) -> str:
    """Return an entry such as `東京都庁: 東京 都庁 (トウキョウ トチョウ, 名詞)`."""
    segments, readings, part_of_speech = values
    return f"{surface}: {segments} ({readings}, {part_of_speech})"


def show_other_entry(surface: str, before: tuple[str, ...], after: tuple[str, ...]) -> str:
    """Return the changed values of a surface, segments first."""
    names = ("", "reading ", "part of speech ")
    changes = [
        f"{name}{old} → {new}" for name, old, new in zip(names, before, after, strict=True) if old != new
    ]
    return f"{surface}: {'; '.join(changes)}"
