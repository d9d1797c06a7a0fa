"""Two contents of a kind: what one says that the other does not, as the search engine reads them."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from dictionary_deploy.dictionaries import Entries, Kind, Options, Text
from dictionary_deploy.model import Diff, EntryChange
from dictionary_deploy.model import Entries as Numbers


def diff_texts(kind: Kind, before: Text | None, after: Text, options: Options) -> Diff:
    """The entries that `after` adds, removes and changes, and how many it has.

    Order, comments, blank lines, spacing and duplicates are no changes, since they are none to the
    engine. Without a `before` (nothing deployed, or no longer there) nothing can be said but the total.
    `kind` is one that is read.
    """
    if before is None:
        return Diff(Numbers(0, 0, 0, count_entries(kind, after, options)), available=False)
    keys = _touched_keys(kind, before, after, options)
    had, has = _read(kind, before, options, keys), _read(kind, after, options, keys)
    removed = [EntryChange("-", kind.show(key, values)) for key, values in had.items() if key not in has]
    added = [EntryChange("+", kind.show(key, values)) for key, values in has.items() if key not in had]
    changed = [
        EntryChange("~", kind.show_change(key, had[key], values))
        for key, values in has.items()
        if key in had and had[key] != values
    ]
    total = count_entries(kind, after, options) if keys is not None else len(has)
    return Diff(Numbers(len(added), len(removed), len(changed), total), (*changed, *removed, *added))


def count_entries(kind: Kind, text: Text, options: Options) -> int:
    """How many entries the engine sees."""
    return kind.count(text, options) if kind.count else len(_read(kind, text, options, None))


def _touched_keys(kind: Kind, before: Text, after: Text, options: Options) -> AbstractSet[str] | None:
    """The keys of which some line says something that the other file does not say so; None: all of them.

    Most of two large files is the same, and lines are compared quicker than what they mean.
    """
    if kind.keys is None:
        return None
    lines = set(before.lines).symmetric_difference(after.lines)
    return {key for line in lines for key in kind.keys(line, options)}


def _read(kind: Kind, text: Text, options: Options, keys: AbstractSet[str] | None) -> Entries:
    return kind.read(text, options, keys) if kind.read else {}
