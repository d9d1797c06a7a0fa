"""Compare two files of a kind by their entries, as the search engine reads them."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, compress, islice
from math import fsum
from operator import ne, not_
from typing import Literal

from dictionary_deploy.dictionaries import Entries, Kind, Options, Text
from dictionary_deploy.dictionaries.hashes import Keys, hashes, only_in_one
from dictionary_deploy.dictionaries.kind import MAX_SHOWN, lost_share
from dictionary_deploy.model import Diff, EntryChange, EntryCounts, Probe

MAX_CHANGE_CHARACTERS = 2_000
"""Characters of a changed entry that are shown: a term can have a million expansions."""
MAX_CHARACTERS = 1_000_000
"""Characters of all shown entries: the limit of a step summary."""
MAX_VALUES = 3_000_000
"""Values of all shown entries, which bounds the time for terms with a million expansions."""
MAX_PROBES = 3
"""Changed entries that each index is checked with."""
MAX_PROBE_TEXTS = 20
"""Maximum texts of such an entry, before and after the change together."""


def diff_texts(kind: Kind, before: Text | None, after: Text, options: Options) -> Diff:
    """Return the entries that `after` adds, removes and changes, and their total.

    Order, comments, blank lines, spacing and duplicates are not changes, because the engine ignores them. The
    order of lines with the same key is a change if it decides which of them counts. Without `before`, only
    the total is available. `kind` is not binary.
    """
    if before is None:
        return Diff(EntryCounts(0, 0, 0, count_entries(kind, after, options)), available=False)
    if kind.compare:
        found = kind.compare(before, after, options)
        changes = _changes(kind, found.had, found.has, found.rules)
        probes = (*islice(_probes(*found.probed), MAX_PROBES),)
        return Diff(found.numbers, changes, lost=found.lost, probes=probes)
    keys = _touched_keys(kind, before, after, options)
    had, has = _read(kind, before, options, keys), _read(kind, after, options, keys)
    shared = [key for key in had if key in has]
    changed = [key for key in shared if had[key] != has[key]]
    total = count_entries(kind, after, options) if keys is not None else len(has)
    numbers = EntryCounts(len(has) - len(shared), len(had) - len(shared), len(changed), total)
    lost = numbers.removed + fsum(lost_share(key, had[key], has[key]) for key in changed)
    probes = (*islice(_word_probes(had, has), MAX_PROBES),) if kind.name == "stopwords" else ()
    return Diff(numbers, _changes(kind, had, has), lost=lost, probes=probes)


def _probes(had: Entries, has: Entries) -> Iterator[Probe]:
    """Yield the changed terms of synonyms. A term without an entry finds only itself."""
    for term in chain(has, (term for term in had if term not in has)):
        before, after = had.get(term, (term,)), has.get(term, (term,))
        if before != after and len(before) + len(after) <= MAX_PROBE_TEXTS:
            yield Probe(term, before, after)


def _word_probes(had: Entries, has: Entries) -> Iterator[Probe]:
    """Yield the changed stopwords. A stopword finds nothing."""
    yield from (Probe(word, (word,), ()) for word in has if word not in had)
    yield from (Probe(word, (), (word,)) for word in had if word not in has)


def _changes(
    kind: Kind, had: Entries, has: Entries, rules: Sequence[EntryChange] = ()
) -> tuple[EntryChange, ...]:
    """Return the first changes, each as one line, within the limits above."""
    changes: list[EntryChange] = []
    length = values = 0
    for change, count in islice(_lines(kind, had, has, rules), MAX_SHOWN):
        text = change.text
        length += len(text)
        values += count
        is_short = len(text) <= MAX_CHANGE_CHARACTERS
        changes.append(change if is_short else replace(change, text=f"{text[:MAX_CHANGE_CHARACTERS]}…"))
        if length > MAX_CHARACTERS or values > MAX_VALUES:
            break
    return tuple(changes)


def _lines(
    kind: Kind, had: Entries, has: Entries, rules: Sequence[EntryChange]
) -> Iterator[tuple[EntryChange, int]]:
    """Yield each change and its number of values."""
    for key in has:
        if key in had:
            before, after = had[key], has[key]
            if before != after:
                yield EntryChange("~", kind.show_change(key, before, after)), len(before) + len(after)
    sides: tuple[tuple[Literal["-", "+"], Entries, Entries], ...] = (("-", had, has), ("+", has, had))
    for sign, entries, others in sides:
        yield from ((rule, rule.entries) for rule in rules if rule.sign == sign)
        for key in entries:
            if key not in others:
                values = entries[key]
                yield EntryChange(sign, kind.show(key, values)), len(values)


def count_entries(kind: Kind, text: Text, options: Options) -> int:
    """Return the number of entries that the engine reads."""
    return kind.count(text, options) if kind.count else len(_read(kind, text, options, None))


def _touched_keys(kind: Kind, before: Text, after: Text, options: Options) -> Keys | None:
    """Return the keys of the lines that may have changed entries; None for all keys.

    Most lines of two large files are equal, and comparing lines is faster than parsing them.
    """
    if kind.keys is None:
        return None
    columns = hashes(before.lines), hashes(after.lines)
    flags = only_in_one(*columns)
    if kind.one_line_counts and ne(*map(_shared_lines, columns, flags)):
        return None  # lines of the same key may have changed places
    lines = chain(compress(before.lines, flags[0]), compress(after.lines, flags[1]))
    return Keys.of(key for line in lines for key in kind.keys(line, options))


def _shared_lines(column: array[int], flags: bytes) -> array[int]:
    """Return the hashes of the lines that both files have, in order."""
    return array("q", compress(column, map(not_, flags)))


def _read(kind: Kind, text: Text, options: Options, keys: Keys | None) -> Entries:
    return kind.read(text, options, keys) if kind.read else {}
