"""The report as plain lines for the log, without redaction of account IDs."""

from __future__ import annotations

from collections.abc import Iterator

from dictionary_deploy.model import Mode, Report, Result
from dictionary_deploy.report import live_versions, wording
from dictionary_deploy.report.wording import full_message


def log_lines(report: Report) -> tuple[str, ...]:
    """Return the heading, then the result and live versions of each dictionary, then the notes."""
    return tuple(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    yield wording.heading(report)
    if report.failure:
        yield full_message(report.failure)
    for result in report.results:
        yield from _result_lines(report.mode, result)
    yield from report.notes


def _result_lines(mode: Mode, result: Result) -> Iterator[str]:
    dictionary = result.dictionary
    # Validation compares with nothing: "unchanged" would be wrong.
    is_valid = mode == "validate" and result.outcome == "unchanged"
    outcome = "valid" if is_valid else result.outcome_name
    yield f"{dictionary.file} -> {dictionary.package}: {outcome}. {full_message(result)}".strip()
    details = (
        wording.replacement(result),
        wording.entry_counts(result),
        live_versions.live_summary(result),
        live_versions.planned_domains(result),
        *live_versions.reload_notes_for(result),
    )
    yield from (f"    {sentence}" for sentence in (*details, *result.warnings) if sentence)
