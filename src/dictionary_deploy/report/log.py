"""The report as plain lines for the log, where nothing is redacted."""

from __future__ import annotations

from collections.abc import Iterator

from dictionary_deploy.model import Mode, Report, Result
from dictionary_deploy.report import live_versions, wording
from dictionary_deploy.report.wording import said


def log_lines(report: Report) -> tuple[str, ...]:
    """Return the heading, then for each dictionary what became of it and where it is live, then the notes."""
    return tuple(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    yield wording.heading(report)
    if report.failure:
        yield said(report.failure)
    for result in report.results:
        yield from _lines_of(report.mode, result)
    yield from report.notes


def _lines_of(mode: Mode, result: Result) -> Iterator[str]:
    dictionary = result.dictionary
    # Nothing was compared, so that nobody knows whether it is unchanged.
    is_valid = mode == "validate" and result.outcome == "unchanged"
    outcome = "valid" if is_valid else result.outcome_name
    yield f"{dictionary.file} -> {dictionary.package}: {outcome}. {said(result)}".strip()
    more = (
        wording.replaced(result),
        wording.entry_numbers(result),
        live_versions.live(result),
        live_versions.moves(result),
        *live_versions.reloading(result),
    )
    yield from (f"    {sentence}" for sentence in more if sentence)
