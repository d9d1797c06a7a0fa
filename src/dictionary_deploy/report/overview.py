"""The overview: one row per dictionary with live version, changes and action. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dictionary_deploy.model import Mode, Result
from dictionary_deploy.report import entries, wording
from dictionary_deploy.report.actions import next_action
from dictionary_deploy.report.live_versions import live_summary
from dictionary_deploy.report.outputs import is_finding

NOTHING = "Nothing."
REVERT = "Revert or fix the file in git, too."


@dataclass(frozen=True, slots=True)
class Row:
    """One dictionary. The texts are plain."""

    mark: str
    file: str
    outcome: str
    reason: str
    live: str
    """The version and the domains on which it is active, in sentences."""
    entries: str
    to_do: str


OPTIONAL_COLUMNS = {"live": "Live version", "entries": "Entries"}
"""Titles of the columns that are omitted if all rows are empty."""


def row(mode: Mode, result: Result) -> Row:
    """Return the row of a dictionary."""
    return Row(
        mark=wording.mark(mode, result),
        file=result.dictionary.file,
        outcome=wording.outcome(mode, result),
        reason=result.reason if result.reason != result.outcome else "",
        live=live_summary(result),
        entries=entries.summary(result),
        to_do=_to_do(mode, result),
    )


def columns(rows: Iterable[Row]) -> list[str]:
    """Return the optional columns that some row fills."""
    shown = list(rows)
    return [name for name in OPTIONAL_COLUMNS if any(getattr(each, name) for each in shown)]


def _to_do(mode: Mode, result: Result) -> str:
    sentences = [result.remedy or next_action(result)]
    warnings = sum(problem.severity == "warning" for problem in result.problems)
    if warnings and not is_finding(mode, result):
        sentences.insert(0, f"Check {warnings} warning{'' if warnings == 1 else 's'}.")
    if result.is_rolled_back:
        sentences.append(REVERT)
    is_good = not wording.is_wrong(mode, result)
    return " ".join(filter(None, sentences)) or (NOTHING if is_good else "")
