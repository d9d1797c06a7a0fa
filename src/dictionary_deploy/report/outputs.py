"""The action's outputs and its exit status."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import accumulate, takewhile
from typing import Any, Literal, get_args

from dictionary_deploy.model import CHANGES, FAILED_STATUSES, Diff, Mode, Report, Result
from dictionary_deploy.report.live_versions import lacks_domain
from dictionary_deploy.settings.inputs import DEFAULT_LIMIT

OverallResult = Literal[
    "failed", "drifted", "held", "superseded", "planned", "updated", "unchanged", "skipped", "nothing"
]

FAILING = frozenset({"failed", "invalid"})

MAX_INDICES = 50
MAX_PROBLEMS = 50
"""Problems of each dictionary in the outputs. GitHub accepts 1 MB of outputs per job."""

MAX_ENTRY_CHARACTERS = 200
"""Characters of each of them."""

MAX_SUMMARY_BYTES = 120_000
"""Bytes of the output `summary`: Linux limits an environment variable to 128 KiB."""

MAX_OTHERS_BYTES = 200
"""Maximum bytes of its last element, which counts the results that do not fit."""

MAX_MESSAGE_CHARACTERS = (500, 200, 80)
"""Characters of each message in the output `summary`; less if it would be too large."""


def outputs(report: Report, comment_url: str = "", limit: int = DEFAULT_LIMIT) -> dict[str, Any]:
    """Return the value of every output of the action. Values other than strings are JSON.

    `limit` is the number of lines with changed entries of each dictionary.
    """
    return {
        "result": overall_result(report),
        "changed": any(result.changed for result in report.results),
        "dictionaries": [_dictionary(result, limit) for result in report.results],
        "summary": _summary(report),
        "comment-url": comment_url,
        "failure-reason": _failure_reason(report),
    }


def json_values(report: Report, comment_url: str = "", limit: int = DEFAULT_LIMIT) -> dict[str, Any]:
    """Return the values for `--json`: all outputs, and the message of a run that failed as a whole."""
    failure = report.failure
    message = f"{failure.message} {failure.remedy}".strip() if failure else ""
    return outputs(report, comment_url, limit) | {"message": message}


def overall_result(report: Report) -> OverallResult:
    """Return the first value of `OverallResult` that applies to the run or a dictionary."""
    found = {_overall_result(report.mode, result) for result in report.results}
    if report.failure:
        found.add("failed")
    return next((name for name in get_args(OverallResult) if name in found), "nothing")


def _overall_result(mode: Mode, result: Result) -> str:
    """Return the run's result if it had only this dictionary. In `check`, any difference is drift."""
    if result.outcome in FAILING:
        return "failed"
    if is_finding(mode, result):
        return "drifted"
    if result.outcome in CHANGES:
        return "planned" if result.planned else "updated"
    return result.outcome


def exit_status(report: Report) -> int:
    """Return 1 if the run or a dictionary failed, or mode `check` has a finding; else 0."""
    found = any(is_finding(report.mode, result) for result in report.results)
    return 1 if report.failure or found else 0


def is_finding(mode: Mode, result: Result) -> bool:
    """Return True if `result` fails the run: invalid or failed, in `check` also any difference.

    Differences are a change that is not deployed, a rollback, a drift, a superseded commit, a package that no
    domain has, and a failed copy, even if the available version is right. A change whose deploy may be in
    progress is not one of them.
    """
    if result.outcome in FAILING:
        return True
    is_undeployed = result.planned and result.outcome in CHANGES and not result.is_pending
    is_broken = result.package is not None and result.package.status in FAILED_STATUSES
    differs = result.outcome in {"drifted", "superseded", "held"}
    return mode == "check" and (differs or is_undeployed or is_broken or lacks_domain(result))


def _failure_reason(report: Report) -> str:
    if report.failure:
        return report.failure.reason
    findings = (result for result in report.results if is_finding(report.mode, result))
    first = next(findings, None)
    return (first.reason or "drifted") if first else ""


def _dictionary(result: Result, limit: int) -> dict[str, Any]:
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
        "indices": [
            {"domain": use.domain, "index": use.index, "state": use.state, "refusal": use.refusal}
            for use in result.indices[:MAX_INDICES]
        ],
        "effects": [*result.effects],
        "entries": _entries(result.diff, limit) if result.diff else None,
        "problems": [asdict(problem) for problem in result.problems[:MAX_PROBLEMS]],
        "reason": result.reason,
        "message": result.message,
    }


def _summary(report: Report) -> list[dict[str, str]]:
    """Return the most important members of each result, in at most MAX_SUMMARY_BYTES.

    If there are too many results, findings go first, and the last element has the number of the others.
    """
    for limit in MAX_MESSAGE_CHARACTERS:
        summary = [_in_short(result, limit) for result in report.results]
        if len(json.dumps(summary)) <= MAX_SUMMARY_BYTES:
            return summary
    results = sorted(report.results, key=lambda result: not is_finding(report.mode, result))
    summary = [_in_short(result, limit) for result in results]
    sizes = accumulate(len(json.dumps(each)) + len(", ") for each in summary)
    shown = sum(1 for _ in takewhile(lambda size: size <= MAX_SUMMARY_BYTES - MAX_OTHERS_BYTES, sizes))
    others = f"{len(summary) - shown} more dictionaries are in the output `dictionaries`."
    return [*summary[:shown], dict.fromkeys(summary[0], "") | {"message": others}]


def _in_short(result: Result, limit: int) -> dict[str, str]:
    return {
        "file": result.dictionary.file,
        "package": result.dictionary.package,
        "version": result.package.available if result.package else "",
        "outcome": result.outcome_name,
        "message": _clip(result.message, limit),
    }


def _entries(diff: Diff, limit: int) -> dict[str, Any]:
    shown = diff.changes[:limit]
    changes = [{"sign": each.sign, "text": clip_entry(each.text)} for each in shown]
    return asdict(diff.entries) | {"changes": changes}


def clip_entry(text: str) -> str:
    """Return an entry's text, shortened to MAX_ENTRY_CHARACTERS."""
    return _clip(text, MAX_ENTRY_CHARACTERS)


def _clip(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit]}…"
