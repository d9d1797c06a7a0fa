"""The report as plain lines for the log, without redaction of account IDs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from dictionary_deploy.model import Diff, EntryChange, Mode, Report, Result
from dictionary_deploy.report import actions, entries, overview, wording
from dictionary_deploy.report.outputs import clip_entry
from dictionary_deploy.settings.inputs import DEFAULT_LIMIT

Sign = Literal["+", "-", "~"]


class ChangedEntry(str):
    """A line of the log with a changed entry."""

    __slots__ = ("sign",)
    sign: Sign

    @classmethod
    def of(cls, change: EntryChange) -> ChangedEntry:
        """Return the line of a change."""
        line = cls(f"      {change.sign} {clip_entry(change.text)}")
        line.sign = change.sign
        return line


def log_lines(report: Report, limit: int = DEFAULT_LIMIT) -> tuple[str, ...]:
    """Return the heading, then the result and live versions of each dictionary, then the notes.

    `limit` is the number of lines with changed entries of each dictionary.
    """
    return tuple(_lines(report, limit))


def _lines(report: Report, limit: int) -> Iterator[str]:
    yield wording.heading(report)
    if report.failure:
        # Each fault of the configuration is an annotation, which the log has, too.
        yield wording.fault_count(report.failure) if report.failure.faults else str(report.failure)
    for result in report.results:
        yield from _result_lines(report.mode, result, limit)
    yield from report.notes


def _result_lines(mode: Mode, result: Result, limit: int) -> Iterator[str]:
    dictionary, row = result.dictionary, overview.row(mode, result)
    yield f"{dictionary.file} -> {dictionary.package}: {row.outcome}. {wording.full_message(result)}".strip()
    is_news = row.to_do not in {result.remedy, overview.NOTHING}
    if row.live:
        yield f"    {row.live}"
    if row.entries and result.diff:
        yield f"    Entries: {row.entries}."
        yield from _entry_lines(result.diff, limit)
    details = (
        entries.comparison(result),
        wording.replacement(result),
        f"To do: {row.to_do}" if is_news else "",
        *actions.reload_notes_for(result),
    )
    yield from (f"    {sentence}" for sentence in (*details, *result.warnings) if sentence)


def _entry_lines(diff: Diff, limit: int) -> Iterator[str]:
    """Yield the first changed entries, and the number of the others."""
    shown = diff.changes[:limit]
    yield from map(ChangedEntry.of, shown)
    if shown and (hidden := entries.count_hidden(diff, shown)):
        yield f"      and {hidden} more changed {'entry' if hidden == 1 else 'entries'}"
