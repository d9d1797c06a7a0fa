"""The sentences of the report, in plain text. The output functions escape them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from dictionary_deploy.errors import Fault
from dictionary_deploy.model import Failure, Mode, Report, Result
from dictionary_deploy.report.actions import is_waiting
from dictionary_deploy.report.indices import index_action
from dictionary_deploy.report.live_versions import (
    ATTENTION,
    BAD,
    GOOD,
    IGNORED,
    PLANNED,
    is_behind,
    is_without_aws,
    lacks_domain,
)
from dictionary_deploy.report.markdown import Markdown
from dictionary_deploy.report.outputs import is_finding

LEFT_ALONE = frozenset({"drifted", "superseded", "held"})
"""Outcomes without a change that a user must review."""

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
    # The results of a validation lack those without problems.
    total = counts[order[0]] if report.mode == "validate" else len(report.results)
    noun = "dictionary" if total == 1 else "dictionaries"
    count = f"{total}" if total == counts[order[0]] else f"{counts[order[0]]} of {total}"
    others = "".join(f", {counts[each]} {each}" for each in order[1:])
    stopped = ", then the run failed" if report.failure else ""
    return f"{count} {noun} {order[0]}{others}{stopped}{environment}"


def label(mode: Mode, result: Result) -> str:
    """Return the label of a result's outcome. It completes `3 dictionaries …`."""
    if result.outcome == "unchanged" and is_finding(mode, result):
        return "on no domain" if lacks_domain(result) else "with a failed copy"
    if is_without_aws(result):
        return "changed since the base"
    return _LABELS_OF_MODE.get(mode, {}).get(result.outcome_name) or _LABELS[result.outcome_name]


def _label_position(result: Result) -> int:
    return [*_LABELS].index(result.outcome_name)


def overall_mark(report: Report) -> Markdown:
    """Return the worst mark of the results. An unchanged result counts only if it needs attention."""
    marks = {mark(report.mode, result) for result in report.results if is_touched(report.mode, result)}
    if report.failure:
        return BAD
    return next((sign for sign in (BAD, ATTENTION, PLANNED) if sign in marks), GOOD)


def is_touched(mode: Mode, result: Result) -> bool:
    """Return True if the report has more than the name of the dictionary."""
    is_news = result.outcome != "unchanged" or is_finding(mode, result) or lacks_domain(result)
    return is_news or bool(result.problems or result.warnings or index_action(result))


def mark(mode: Mode, result: Result) -> Markdown:
    """Return the mark of a result: failed, needs attention, planned, ignored or good."""
    if is_finding(mode, result):
        return BAD
    if result.outcome in LEFT_ALONE or lacks_domain(result):
        return ATTENTION
    if result.outcome == "unchanged":
        return ATTENTION if index_action(result) else GOOD
    if result.outcome == "skipped":
        return IGNORED
    if result.planned:
        return PLANNED
    return ATTENTION if is_waiting(result) else GOOD


def is_wrong(mode: Mode, result: Result) -> bool:
    """Return True if a user must read the details, not only the action."""
    return (
        is_finding(mode, result) or result.outcome in LEFT_ALONE or (is_behind(result) and not result.planned)
    )


def outcome(mode: Mode, result: Result) -> str:
    """Return the outcome as users see it. Validation compares with nothing: "unchanged" would be wrong."""
    return "valid" if mode == "validate" and result.outcome == "unchanged" else result.outcome_name


def explanation(result: Result) -> str:
    """Return the result's message without a sentence that the outcome and the version already express."""
    return _STANDARD_MESSAGE.sub("", result.message, count=1)


_STANDARD_MESSAGE = re.compile(
    r"\A(?:Version \S+ was made from this commit(?: and is available)?\."
    r"|A new version would be created from this file\.|The package would be created\.) *"
)


def replacement(result: Result) -> str:
    """Return a sentence about the replaced version that has no commit; empty without one."""
    old = result.replaced
    if old is None:
        return "Adopted: no earlier version of the package was made from a commit." if result.adopted else ""
    reason = "Adopted" if result.adopted else "Changed outside of git"
    verb = "would replace" if result.planned else "replaced"
    message = f'with the message "{old.message}"' if old.message else "which had no message"
    return f"{reason}: this version {verb} {old.name}, {message}."


def fault_count(failure: Failure) -> str:
    """Return the number of faults of the configuration. Annotations have each in full."""
    count = len(failure.faults)
    return f"The configuration has {count} fault{'' if count == 1 else 's'}."


def full_message(one: Failure | Fault | Result) -> str:
    """Return the message followed by the remedy."""
    return f"{one.message} {one.remedy}".strip()
