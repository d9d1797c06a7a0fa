"""The action's outputs, its exit status and its annotations."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from operator import itemgetter
from typing import Any, Literal

from dictionary_deploy.errors import Fault
from dictionary_deploy.model import CHANGES, FAILED_STATUSES, Failure, Mode, Problem, Report, Result

OverallResult = Literal["failed", "drifted", "superseded", "planned", "updated", "unchanged", "nothing"]

FAILING = frozenset({"failed", "invalid"})

MOST_ANNOTATIONS = 10
"""Of each level that GitHub shows for one step."""
MOST_PROBLEMS = 50
"""Of each dictionary in the outputs, of which GitHub takes 1 MB per job."""


def outputs(report: Report, comment_url: str = "") -> dict[str, Any]:
    """Return the value of every output that the action declares; what is not a string is JSON there."""
    return {
        "result": overall_result(report),
        "changed": "true" if any(result.changed for result in report.results) else "false",
        "dictionaries": [_dictionary(result) for result in report.results],
        "comment-url": comment_url,
        "failure-reason": _failure_reason(report),
    }


def overall_result(report: Report) -> OverallResult:
    """Return what the run comes to: the worst that is true of any dictionary, in `OverallResult`'s order.

    `invalid` counts as failed, `held` as superseded (something else stands over the file), `created`
    and `applied` as updated. In `check`, whatever AWS lacks is drift. A plan in which nothing would
    change is `unchanged`; `nothing` is a run without dictionaries.
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
    return "unchanged" if report.results else "nothing"


def exit_status(report: Report) -> int:
    """Return 1 when the run as a whole or a dictionary of it failed, in `check` on any finding, else 0."""
    found = any(is_finding(report.mode, result) for result in report.results)
    return 1 if report.failure or found else 0


def is_finding(mode: Mode, result: Result) -> bool:
    """Whether `result` fails the run: invalid or failed; in `check` also all in which AWS is not the branch.

    That is what is still to be deployed, what was rolled back or deployed from elsewhere, and a package
    whose last copy failed, though what is available is right.
    """
    if result.outcome in FAILING:
        return True
    still_to_do = result.planned and result.outcome in CHANGES
    is_broken = result.package is not None and result.package.status in FAILED_STATUSES
    differs = result.outcome in {"drifted", "superseded", "held"}
    return mode == "check" and (differs or still_to_do or is_broken)


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
        "problems": [asdict(problem) for problem in result.problems[:MOST_PROBLEMS]],
        "reason": result.reason,
        "message": result.message,
    }


@dataclass(frozen=True, slots=True)
class Annotation:
    """A message at a place in a file. Without a file it is about the run; lines and columns count from 1."""

    level: Literal["error", "warning"]
    message: str
    title: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    is_told: bool = False
    """Whether the log has said the message already."""


def annotations_of(report: Report, most: int | None = MOST_ANNOTATIONS) -> tuple[Annotation, ...]:
    """Return what belongs at a line: errors first, and of each level at most `most`.

    A fault of the configuration and a problem are at their lines of the file, any other failure is at
    the dictionary's line of the configuration. What is too many is counted by the last annotation of
    the level.
    """
    found = [*_of_the_run(report)]
    for result in report.results:
        found += _of_a_dictionary(report, result)
    return tuple(
        annotation
        for level in ("error", "warning")
        for annotation in _limited([each for each in found if each.level == level], most)
    )


def said(one: Failure | Fault | Result) -> str:
    """Return what is the case, and what to do about it."""
    return f"{one.message} {one.remedy}".strip()


def _of_the_run(report: Report) -> list[Annotation]:
    faults = report.failure.faults if report.failure else ()
    if faults:
        return [
            Annotation(
                "error",
                said(fault),
                "invalid-config",
                fault.file,
                fault.line,
                fault.column,
            )
            for fault in faults
        ]
    if report.failure:
        return [Annotation("error", said(report.failure), report.failure.reason)]
    return []


def _of_a_dictionary(report: Report, result: Result) -> list[Annotation]:
    problems = [
        Annotation(
            problem.severity, problem.message, problem.rule, problem.file, problem.line, problem.column
        )
        for problem in _worst_first(result.problems)
    ]
    said_already = any(problem.level == "error" for problem in problems)
    is_failure = is_finding(report.mode, result) and not said_already
    if not is_failure and result.outcome != "drifted":
        return problems
    dictionary = result.dictionary
    at_the_configuration = Annotation(
        "error" if is_failure else "warning",
        said(result),
        f"{dictionary.package}: {result.reason or result.outcome_name}",
        report.config_path,
        dictionary.line,
        1,
    )
    return [at_the_configuration, *problems]


def _worst_first(problems: tuple[Problem, ...]) -> list[Problem]:
    """Return the first problem of each rule before any second one, so that one rule leaves room for others.

    They come with the most harmful rule first.
    """
    seen: Counter[str] = Counter()
    turns = []
    for problem in problems:
        seen[problem.rule] += 1
        turns.append(seen[problem.rule])
    return [problem for _, problem in sorted(zip(turns, problems, strict=True), key=itemgetter(0))]


def _limited(found: list[Annotation], most: int | None) -> list[Annotation]:
    if most is None or len(found) <= most:
        return found
    shown = found[: most - 1]
    level = found[0].level
    left = len(found) - len(shown)
    return [
        *shown,
        Annotation(level, f"{left} more {level}s are in the step summary.", f"{left} more {level}s"),
    ]
