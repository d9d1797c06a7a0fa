"""The entries of a dictionary: total, changes and the base of the comparison. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from dictionary_deploy.model import EXPECT, Diff, EntryChange, Result


def summary(result: Result) -> str:
    """Return the number of entries, and how many are added, removed and changed; empty if unknown.

    The minus is the character: `40 (+2 \N{MINUS SIGN}1, 3 changed)`.
    """
    if result.diff is None or result.outcome == "unchanged":
        return ""
    counts, total = result.diff.entries, str(result.diff.entries.total)
    if not result.diff.available:
        return f"{total} (all new)" if result.outcome == "created" else total
    signs = {"+": counts.added, "\N{MINUS SIGN}": counts.removed}
    signed = " ".join(f"{sign}{count}" for sign, count in signs.items() if count)
    changes = ", ".join(filter(None, (signed, f"{counts.changed} changed" if counts.changed else "")))
    if not changes and _has_errors(result):
        return ""  # entries with errors cannot be read
    return f"{total} ({changes or 'same entries'})"


def count_hidden(diff: Diff, shown: Sequence[EntryChange]) -> int:
    """Return the number of changed entries that are not shown."""
    counts = diff.entries
    return counts.added + counts.removed + counts.changed - sum(change.entries for change in shown)


def comparison(result: Result) -> str:
    """Return the base of the comparison, unless it is the live version; empty without entries."""
    diff = result.diff
    if diff is None or result.outcome in {"unchanged", "created"}:
        return ""
    if not diff.available:
        return _why_no_diff(result)
    changed = diff.entries.added or diff.entries.removed or diff.entries.changed
    if not changed:
        return "" if _has_errors(result) else "No effect on search: the file changed, but not its entries."
    readable = "Without the invalid entries. " if _has_errors(result) else ""
    return f"{readable}{_over_manual_version(result)}".strip()


def _over_manual_version(result: Result) -> str:
    """Return a sentence if the version that the file replaces was not made from a commit."""
    if result.outcome == "invalid":
        return ""  # its message has the base if needed
    if result.previous_commit or not result.last_commit or result.package is None:
        return ""
    live = result.replaced.name if result.replaced else result.package.available
    return (
        f"Compared with commit {result.last_commit[:12]}, the last one deployed: {live} was not made from a"
        " commit."
    )


def _why_no_diff(result: Result) -> str:
    if result.package is None:
        return "No diff: there is no content to compare with."
    if result.last_commit:
        return f"No diff: the content of commit {result.last_commit[:12]} is not available."
    return "No diff: the previous version was not made from a commit."


def _has_errors(result: Result) -> bool:
    """Return True if the file has errors. A broken expectation is no invalid entry."""
    return any(problem.severity == "error" and problem.rule != EXPECT for problem in result.problems)
