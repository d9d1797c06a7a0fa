"""The sentences of the report, in plain text. The output functions escape them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from dictionary_deploy.errors import Fault
from dictionary_deploy.model import Diff, Failure, Mode, Report, Result
from dictionary_deploy.report.live_versions import (
    ATTENTION,
    BAD,
    GOOD,
    IGNORED,
    PLANNED,
    is_behind,
    live_summary,
)
from dictionary_deploy.report.markdown import Markdown
from dictionary_deploy.report.outputs import is_finding

_LABELS: Mapping[str, str] = {
    "updated": "deployed",
    "created": "deployed",
    "would-update": "would be deployed",
    "would-create": "would be deployed",
    "applied": "associated with domains",
    "would-apply": "would be associated with domains",
    "failed": "failed",
    "invalid": "invalid",
    "drifted": "drifted",
    "would-be-drifted": "drifted",
    "superseded": "superseded",
    "would-be-superseded": "would be superseded",
    "skipped": "skipped",
    "would-be-skipped": "skipped",
    "held": "held after a rollback",
    "would-be-held": "held after a rollback",
    "unchanged": "unchanged",
    "would-be-unchanged": "unchanged",
}
"""The label of each outcome, in the order of the heading."""

_LABELS_OF_MODE: Mapping[Mode, Mapping[str, str]] = {
    "validate": {"unchanged": "valid with warnings"},  # those without warnings are not shown
    "rollback": {"updated": "rolled back", "created": "rolled back"},
    "check": {
        "would-update": "not deployed",
        "would-create": "without a package",
        "would-apply": "not on all domains",
        "unchanged": "up to date",
        "would-be-unchanged": "up to date",
    },
}


def heading(report: Report) -> str:
    """Return the run's result in one line: how many dictionaries are deployed, how many failed."""
    environment = f" ({report.environment})" if report.environment else ""
    if not report.results:
        done = "All dictionaries are valid" if report.mode == "validate" else "Nothing to do"
        name = {"auto": "run", "validate": "validation"}.get(report.mode, report.mode)
        failed = f"The {name} failed"
        return (failed if report.failure else done) + environment
    counts = Counter(label(report.mode, result) for result in report.results)
    order = [
        *dict.fromkeys(label(report.mode, result) for result in sorted(report.results, key=_label_position))
    ]
    total = len(report.results)
    noun = "dictionary" if total == 1 else "dictionaries"
    count = f"{total}" if len(counts) == 1 else f"{counts[order[0]]} of {total}"
    others = "".join(f", {counts[each]} {each}" for each in order[1:])
    stopped = ", then the run failed" if report.failure else ""
    return f"{count} {noun} {order[0]}{others}{stopped}{environment}"


def label(mode: Mode, result: Result) -> str:
    """Return the label of a result's outcome. It completes `3 dictionaries …`."""
    if result.outcome == "unchanged" and is_finding(mode, result):
        return "with a failed copy"
    return _LABELS_OF_MODE.get(mode, {}).get(result.outcome_name) or _LABELS[result.outcome_name]


def _label_position(result: Result) -> int:
    return [*_LABELS].index(result.outcome_name)


def overall_mark(report: Report) -> Markdown:
    """Return the worst mark of the results. An unchanged result counts only if it is a finding."""
    marks = {
        mark(report.mode, result)
        for result in report.results
        if result.outcome != "unchanged" or is_finding(report.mode, result)
    }
    if report.failure:
        return BAD
    return next((sign for sign in (BAD, ATTENTION, PLANNED) if sign in marks), GOOD)


def mark(mode: Mode, result: Result) -> Markdown:
    """Return the mark of a result: failed, needs attention, planned or good."""
    if is_finding(mode, result):
        return BAD
    if result.outcome in {"drifted", "superseded", "held"}:
        return ATTENTION
    if result.outcome == "skipped":
        return IGNORED
    if result.planned:
        return PLANNED
    return ATTENTION if is_behind(result) else GOOD


def needs_attention(mode: Mode, result: Result) -> bool:
    """Return True if a user has to look at the result."""
    return mark(mode, result) in {BAD, ATTENTION}


def overview(result: Result) -> str:
    """Return the most important fact about a result: its changes, or its live versions."""
    if result.outcome == "invalid":
        return result.message
    if result.planned and result.diff:
        count = sum(problem.severity == "warning" for problem in result.problems)
        warnings = f" {count} warning{'' if count == 1 else 's'}." if count else ""
        return f"{entry_counts(result)}{warnings}"
    return live_summary(result) or result.message


def entry_counts(result: Result) -> str:
    """Return how many entries a change adds, removes and changes; empty without a diff."""
    if result.diff is None:
        return ""
    counts = result.diff.entries
    if not result.diff.available:
        return _without_diff(result, result.diff)
    has_errors = any(problem.severity == "error" for problem in result.problems)
    named = {"added": counts.added, "removed": counts.removed, "changed": counts.changed}
    changes = ", ".join(f"{count} {name}" for name, count in named.items() if count)
    if not changes:
        if has_errors:
            return ""  # entries with errors cannot be read
        return f"No effect on search: the file changed, but not its {_entries(counts.total)}."
    is_planned = result.planned and result.outcome != "unchanged"  # an unchanged one is already deployed
    readable = "Without the invalid entries: " if has_errors else ""
    where = " after the merge" if is_planned else " in the file" if result.outcome == "invalid" else ""
    return f"{readable}{changes}; {_entries(counts.total)}{where}."


def _without_diff(result: Result, diff: Diff) -> str:
    entries = _entries(diff.entries.total)
    if result.outcome == "created":
        return f"{entries}, all new."
    if not result.previous_commit and result.package:
        return f"{entries}. No diff: the previous version was not made from a commit."
    return f"{entries}. No diff: the deployed content is not available."


def _entries(count: int) -> str:
    return f"{count} {'entry' if count == 1 else 'entries'}"


def replacement(result: Result) -> str:
    """Return a sentence about the replaced version that has no commit; empty without one."""
    old = result.replaced
    if old is None:
        return "Adopted: no earlier version of the package was made from a commit." if result.adopted else ""
    reason = "Adopted" if result.adopted else "Changed outside of git"
    verb = "would replace" if result.planned else "replaced"
    message = f'with the message "{old.message}"' if old.message else "which had no message"
    return f"{reason}: this version {verb} {old.name}, {message}."


def full_message(one: Failure | Fault | Result) -> str:
    """Return the message followed by the remedy."""
    return f"{one.message} {one.remedy}".strip()
