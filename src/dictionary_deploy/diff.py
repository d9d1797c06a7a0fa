"""Two contents of a kind: which entries one adds to the other, and which it takes away."""

from __future__ import annotations

from collections.abc import Sequence

from dictionary_deploy.dictionaries import Entry
from dictionary_deploy.model import Diff, Entries, EntryChange


def diff_entries(before: Sequence[Entry] | None, after: Sequence[Entry]) -> Diff:
    """The entries that `after` adds and removes; order and duplicates are no changes.

    Without a `before` (nothing deployed, or no longer there) nothing can be said but the total.
    """
    wanted = {entry.key: entry for entry in after}
    if before is None:
        return Diff(Entries(0, 0, 0, len(wanted)), available=False)
    had = {entry.key: entry for entry in before}
    added = [entry for key, entry in wanted.items() if key not in had]
    removed = [entry for key, entry in had.items() if key not in wanted]
    changes = [EntryChange("-", entry.text) for entry in removed]
    changes += [EntryChange("+", entry.text) for entry in added]
    return Diff(Entries(len(added), len(removed), 0, len(wanted)), tuple(changes))
