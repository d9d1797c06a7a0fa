"""Before a content is deployed: what it would change, what is wrong with it, whether it may go."""

from __future__ import annotations

from collections.abc import Sequence

from dictionary_deploy.dictionaries import KINDS, Entry
from dictionary_deploy.diff import diff_entries
from dictionary_deploy.model import Dictionary, Diff, Problem
from dictionary_deploy.next_step import Review
from dictionary_deploy.ports import Source

FEW_ENTRIES = 20
"""`max-shrink` counts from this many entries up: of three entries, losing two is no accident."""

LARGEST_READ = 64 * 1024 * 1024
"""Bytes up to which a text dictionary is read whole."""

ALLOW_EMPTY = "If an empty dictionary is meant, set `allow-empty: true` for it."


def is_read_whole(dictionary: Dictionary, size: int) -> bool:
    """Whether a file of `size` bytes is read into memory, to validate it and to compare its entries."""
    return not KINDS[dictionary.kind].is_binary and size <= LARGEST_READ


def review(
    dictionary: Dictionary, source: Source, before: bytes | None, *, is_rollback: bool = False
) -> Review:
    """What deploying the file in place of `before` means; None when nothing is deployed, or it is gone."""
    kind, size = KINDS[dictionary.kind], source.content.size
    if kind.parse is None or size > LARGEST_READ:
        if size == 0 and not dictionary.allow_empty:
            return Review(veto=f"{dictionary.file} is empty.", remedy=ALLOW_EMPTY)
        return Review()
    parsed = kind.parse(source.read(), dictionary.file)
    problems = tuple(problem for problem in parsed.problems if problem.rule not in dictionary.ignore)
    was = kind.parse(before, dictionary.file).entries if before is not None else None
    if problems and not parsed.entries:
        # What cannot be read at all has not lost its entries.
        return Review(None, problems, *_veto(dictionary, problems, parsed.entries, ""))
    diff = diff_entries(was, parsed.entries)
    shrunk = _shrunk(dictionary, diff)
    if shrunk and is_rollback:
        problems += (Problem("max-shrink", "warning", dictionary.file, 1, shrunk),)
    veto, remedy = _veto(dictionary, problems, parsed.entries, "" if is_rollback else shrunk)
    return Review(diff, problems, veto, remedy)


def _shrunk(dictionary: Dictionary, diff: Diff) -> str:
    """In a sentence that the file loses more entries than it may; empty when it does not."""
    entries = diff.entries
    had = entries.total - entries.added + entries.removed
    lost = had - entries.total
    if not diff.available or had < FEW_ENTRIES or lost * 100 <= had * dictionary.max_shrink:
        return ""
    return (
        f"{dictionary.file} would shrink from {had} entries to {entries.total},"
        f" by more than {dictionary.max_shrink} percent."
    )


def _veto(
    dictionary: Dictionary, problems: tuple[Problem, ...], entries: Sequence[Entry], shrunk: str
) -> tuple[str, str]:
    """Why it must not be deployed and what to do; empty when it may."""
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        first = errors[0]
        more = f" ({len(errors) - 1} more)" if len(errors) > 1 else ""
        return (
            f"{first.file}:{first.line}: {first.message}{more}",
            "Mend the file; what is live stays as it is.",
        )
    if not entries and not dictionary.allow_empty:
        return f"{dictionary.file} has no entries.", ALLOW_EMPTY
    if shrunk:
        return shrunk, "If that is meant, raise `max-shrink` for it."
    return "", ""
