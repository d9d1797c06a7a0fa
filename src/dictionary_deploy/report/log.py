"""The report as plain lines for the log, without redaction of account IDs."""

from __future__ import annotations

from collections.abc import Iterator

from dictionary_deploy.model import Mode, Report, Result
from dictionary_deploy.report import actions, entries, overview, wording


def log_lines(report: Report) -> tuple[str, ...]:
    """Return the heading, then the result and live versions of each dictionary, then the notes."""
    return tuple(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    yield wording.heading(report)
    if report.failure:
        # Each fault of the configuration is an annotation, which the log has, too.
        yield wording.fault_count(report.failure) if report.failure.faults else str(report.failure)
    for result in report.results:
        yield from _result_lines(report.mode, result)
    yield from report.notes


def _result_lines(mode: Mode, result: Result) -> Iterator[str]:
    dictionary, row = result.dictionary, overview.row(mode, result)
    yield f"{dictionary.file} -> {dictionary.package}: {row.outcome}. {wording.full_message(result)}".strip()
    is_news = row.to_do not in {result.remedy, overview.NOTHING}
    details = (
        row.live,
        f"Entries: {row.entries}." if row.entries else "",
        entries.comparison(result),
        wording.replacement(result),
        f"To do: {row.to_do}" if is_news else "",
        *actions.reload_notes_for(result),
    )
    yield from (f"    {sentence}" for sentence in (*details, *result.warnings) if sentence)
