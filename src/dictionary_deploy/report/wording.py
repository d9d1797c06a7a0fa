"""What the report says in words: plain text, to be escaped by whoever prints it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from dictionary_deploy.errors import Fault
from dictionary_deploy.model import Failure, Mode, Report, Result
from dictionary_deploy.report.live_versions import ATTENTION, BAD, GOOD, PLANNED, is_behind, live
from dictionary_deploy.report.outputs import is_finding

_WORDS: Mapping[str, str] = {
    "updated": "deployed",
    "created": "deployed",
    "would-update": "would be deployed",
    "would-create": "would be deployed",
    "applied": "brought to their domains",
    "would-apply": "would be brought to their domains",
    "failed": "failed",
    "invalid": "invalid",
    "drifted": "drifted",
    "would-be-drifted": "drifted",
    "superseded": "superseded",
    "would-be-superseded": "would be superseded",
    "held": "held after a rollback",
    "would-be-held": "held after a rollback",
    "unchanged": "unchanged",
    "would-be-unchanged": "unchanged",
}
"""The outcomes by name, in the order of the heading."""

_WORDS_OF_MODE: Mapping[Mode, Mapping[str, str]] = {
    "validate": {"unchanged": "valid with warnings"},  # those without any are not shown
    "rollback": {"updated": "rolled back", "created": "rolled back"},
    "check": {
        "would-update": "not deployed",
        "would-create": "without a package",
        "would-apply": "not on every domain",
        "unchanged": "in step with the branch",
        "would-be-unchanged": "in step with the branch",
    },
}


def heading(report: Report) -> str:
    """Return in one line what is the case: how many dictionaries are deployed, how many failed."""
    where = f" ({report.environment})" if report.environment else ""
    if not report.results:
        done = "Every dictionary is valid" if report.mode == "validate" else "Nothing to do"
        name = {"auto": "run", "validate": "validation"}.get(report.mode, report.mode)
        failed = f"The {name} failed"
        return (failed if report.failure else done) + where
    words = Counter(word(report.mode, result) for result in report.results)
    order = [*dict.fromkeys(word(report.mode, result) for result in sorted(report.results, key=_place))]
    total = len(report.results)
    noun = "dictionary" if total == 1 else "dictionaries"
    count = f"{total}" if len(words) == 1 else f"{words[order[0]]} of {total}"
    others = "".join(f", {words[each]} {each}" for each in order[1:])
    stopped = ", then the run failed" if report.failure else ""
    return f"{count} {noun} {order[0]}{others}{stopped}{where}"


def word(mode: Mode, result: Result) -> str:
    """Return what is the case with a dictionary, as the end of `3 dictionaries …`."""
    if result.outcome == "unchanged" and is_finding(mode, result):
        return "with a failed copy"
    return _WORDS_OF_MODE.get(mode, {}).get(result.outcome_name) or _WORDS[result.outcome_name]


def _place(result: Result) -> int:
    return [*_WORDS].index(result.outcome_name)


def overall_mark(report: Report) -> str:
    """Return the worst sign of any dictionary that is not simply unchanged."""
    marks = {
        mark(report.mode, result)
        for result in report.results
        if result.outcome != "unchanged" or is_finding(report.mode, result)
    }
    if report.failure:
        return BAD
    return next((sign for sign in (BAD, ATTENTION, PLANNED) if sign in marks), GOOD)


def mark(mode: Mode, result: Result) -> str:
    """Return the sign of a section: it fails the run, wants attention, is planned, or is good."""
    if is_finding(mode, result):
        return BAD
    if result.outcome in {"drifted", "superseded", "held"}:
        return ATTENTION
    if result.planned:
        return PLANNED
    return ATTENTION if is_behind(result) else GOOD


def wants_attention(mode: Mode, result: Result) -> bool:
    """Return whether somebody has to look at a dictionary, however many there are."""
    return mark(mode, result) in {BAD, ATTENTION}


def brief(result: Result) -> str:
    """Return what matters most of a dictionary, for the overview: what changes, or what is live where."""
    if result.outcome == "invalid":
        return result.message
    if result.planned and result.diff:
        warnings = sum(problem.severity == "warning" for problem in result.problems)
        told = f" {warnings} warning{'' if warnings == 1 else 's'}." if warnings else ""
        return f"{entry_numbers(result)}{told}"
    return live(result) or result.message


def entry_numbers(result: Result) -> str:
    """Return how many entries a change adds, removes and changes; empty when nobody looked."""
    if result.diff is None:
        return ""
    entries = result.diff.entries
    if not result.diff.available:
        return f"{_why_no_diff(result)} Entries in all: {entries.total}."
    has_errors = any(problem.severity == "error" for problem in result.problems)
    if not (entries.added or entries.removed or entries.changed):
        if has_errors:
            return ""  # what is refused has entries that cannot be read
        return f"No effect on search: the file changed, its {entries.total} entries did not."
    is_to_come = result.planned and result.outcome != "unchanged"  # what is deployed has been counted
    if is_to_come or result.outcome == "invalid":
        what = "Of the entries that can be read" if has_errors else "Entries"
        return (
            f"{what}: {entries.added} to add, {entries.removed} to remove, {entries.changed} to change;"
            f" {entries.total} in all then."
        )
    return (
        f"Entries: {entries.added} added, {entries.removed} removed, {entries.changed} changed;"
        f" {entries.total} in all."
    )


def _why_no_diff(result: Result) -> str:
    if result.outcome == "created":
        return "All of it is new."
    if not result.previous_commit and result.package:
        return "What was there before was not made from a commit, so there is nothing to compare with."
    return "The deployed content is not available to compare with."


def replaced(result: Result) -> str:
    """Return which version that was not made from a commit gives way; empty when none does."""
    old = result.replaced
    if old is None:
        return "Adopted: no version of the package was made from a commit before." if result.adopted else ""
    why = "Adopted" if result.adopted else "Changed outside of git"
    verb = "would replace" if result.planned else "replaced"
    message = f'with the message "{old.message}"' if old.message else "which had no message"
    return f"{why}: this version {verb} {old.name}, {message}."


def said(one: Failure | Fault | Result) -> str:
    """Return what is the case, and what to do about it."""
    return f"{one.message} {one.remedy}".strip()
