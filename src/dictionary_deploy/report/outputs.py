"""The action's outputs and its exit status."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal

from dictionary_deploy.model import CHANGES, FAILED_STATUSES, Mode, Report, Result

OverallResult = Literal[
    "failed", "drifted", "superseded", "planned", "updated", "unchanged", "skipped", "nothing"
]

FAILING = frozenset({"failed", "invalid"})

MAX_PROBLEMS = 50
"""Problems of each dictionary in the outputs. GitHub accepts 1 MB of outputs per job."""


def outputs(report: Report, comment_url: str = "") -> dict[str, Any]:
    """Return the value of every output of the action. Values other than strings become JSON."""
    return {
        "result": overall_result(report),
        "changed": "true" if any(result.changed for result in report.results) else "false",
        "dictionaries": [_dictionary(result) for result in report.results],
        "comment-url": comment_url,
        "failure-reason": _failure_reason(report),
    }


def overall_result(report: Report) -> OverallResult:
    """Return the worst result of any dictionary, in the order of `OverallResult`.

    `invalid` counts as failed, `held` as superseded, `created` and `applied` as updated. In `check`, any
    difference from the branch is drift. A plan without changes is `unchanged`; a run without dictionaries
    is `nothing`.
    """
    outcomes = {result.outcome for result in report.results}
    if report.failure or outcomes & FAILING:
        return "failed"
    if "drifted" in outcomes or any(is_finding(report.mode, result) for result in report.results):
        return "drifted"
    if outcomes & {"superseded", "held"}:
        return "superseded"
    if any(result.planned and result.outcome in CHANGES for result in report.results):
        return "planned"
    if outcomes & CHANGES:
        return "updated"
    if outcomes == {"skipped"}:
        return "skipped"
    return "unchanged" if report.results else "nothing"


def exit_status(report: Report) -> int:
    """Return 1 if the run or a dictionary failed, or mode `check` has a finding; else 0."""
    found = any(is_finding(report.mode, result) for result in report.results)
    return 1 if report.failure or found else 0


def is_finding(mode: Mode, result: Result) -> bool:
    """Return True if `result` fails the run: invalid or failed, in `check` also any difference.

    A difference is an undeployed change, a rollback, a drift, a superseded commit, or a package whose last
    copy failed even if the available version is right.
    """
    if result.outcome in FAILING:
        return True
    is_undeployed = result.planned and result.outcome in CHANGES
    is_broken = result.package is not None and result.package.status in FAILED_STATUSES
    differs = result.outcome in {"drifted", "superseded", "held"}
    return mode == "check" and (differs or is_undeployed or is_broken)


def _failure_reason(report: Report) -> str:
    if report.failure:
        return report.failure.reason
    findings = (result for result in report.results if is_finding(report.mode, result))
    first = next(findings, None)
    return (first.reason or "drifted") if first else ""


def _dictionary(result: Result) -> dict[str, Any]:
    return {
        "file": result.dictionary.file,
        "package": result.dictionary.package,
        "outcome": result.outcome_name,
        "adopted": result.adopted,
        "commit": result.commit,
        "previous_commit": result.previous_commit,
        "object": result.object,
        "sha256": result.sha256,
        "package_details": dict(result.package.details) if result.package else None,
        "domains": [dict(domain.details) for domain in result.domains or ()],
        "entries": asdict(result.diff.entries) if result.diff else None,
        "problems": [asdict(problem) for problem in result.problems[:MAX_PROBLEMS]],
        "reason": result.reason,
        "message": result.message,
    }
