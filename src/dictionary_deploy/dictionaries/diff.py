"""Two contents of a kind: what one says that the other does not, as the search engine reads them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, compress, islice
from typing import Literal

from dictionary_deploy.dictionaries import Entries, Kind, Options, Text
from dictionary_deploy.dictionaries.hashes import Keys, hashes, only_in_one
from dictionary_deploy.dictionaries.kind import MAX_SHOWN
from dictionary_deploy.model import Diff, EntryChange, EntryCounts

MAX_CHANGE_CHARACTERS = 2_000
"""Characters of a changed entry that are told: a term may become a million others."""
MAX_CHARACTERS = 1_000_000
"""Characters of all of them, which is what a step summary takes."""
MAX_VALUES = 3_000_000
"""Values of all of them: of terms that each become a million others only the first are told."""


def diff_texts(kind: Kind, before: Text | None, after: Text, options: Options) -> Diff:
    """The entries that `after` adds, removes and changes, and how many it has.

    Order, comments, blank lines, spacing and duplicates are no changes, since they are none to the
    engine. Without a `before` (nothing deployed, or no longer there) nothing can be said but the total.
    `kind` is one that is read.
    """
    if before is None:
        return Diff(EntryCounts(0, 0, 0, count_entries(kind, after, options)), available=False)
    if kind.compare:
        compared = kind.compare(before, after, options)
        return Diff(compared.numbers, _told(kind, compared.had, compared.has))
    keys = _touched_keys(kind, before, after, options)
    had, has = _read(kind, before, options, keys), _read(kind, after, options, keys)
    shared = had.keys() & has.keys()
    changed = sum(had[key] != has[key] for key in shared)
    total = count_entries(kind, after, options) if keys is not None else len(has)
    numbers = EntryCounts(len(has) - len(shared), len(had) - len(shared), changed, total)
    return Diff(numbers, _told(kind, had, has))


def _told(kind: Kind, had: Entries, has: Entries) -> tuple[EntryChange, ...]:
    """Each change in a line, of very many or very long ones the first."""
    changes: list[EntryChange] = []
    length = values = 0
    for sign, text, count in islice(_lines(kind, had, has), MAX_SHOWN):
        length += len(text)
        values += count
        changes.append(
            EntryChange(
                sign, text if len(text) <= MAX_CHANGE_CHARACTERS else f"{text[:MAX_CHANGE_CHARACTERS]}…"
            )
        )
        if length > MAX_CHARACTERS or values > MAX_VALUES:
            break
    return tuple(changes)


def _lines(kind: Kind, had: Entries, has: Entries) -> Iterator[tuple[Literal["+", "-", "~"], str, int]]:
    """Each change, and how many values it has."""
    for key in has:
        if key in had:
            before, after = had[key], has[key]
            if before != after:
                yield "~", kind.show_change(key, before, after), len(before) + len(after)
    for key in had:
        if key not in has:
            values = had[key]
            yield "-", kind.show(key, values), len(values)
    for key in has:
        if key not in had:
            values = has[key]
            yield "+", kind.show(key, values), len(values)


def count_entries(kind: Kind, text: Text, options: Options) -> int:
    """How many entries the engine sees."""
    return kind.count(text, options) if kind.count else len(_read(kind, text, options, None))


def _touched_keys(kind: Kind, before: Text, after: Text, options: Options) -> Keys | None:
    """The keys of which some line says something that the other file does not say so; None: all of them.

    Most of two large files is the same, and lines are compared quicker than what they mean.
    """
    if kind.keys is None:
        return None
    flags = only_in_one(hashes(before.lines), hashes(after.lines))
    lines = chain(compress(before.lines, flags[0]), compress(after.lines, flags[1]))
    return Keys.of(key for line in lines for key in kind.keys(line, options))


def _read(kind: Kind, text: Text, options: Options, keys: Keys | None) -> Entries:
    return kind.read(text, options, keys) if kind.read else {}
