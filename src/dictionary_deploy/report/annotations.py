"""The annotations: errors and warnings at lines of files."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from operator import itemgetter
from typing import Literal

from dictionary_deploy.model import Problem, Report, Result
from dictionary_deploy.report.actions import NO_DOMAINS
from dictionary_deploy.report.live_versions import lacks_domain, live_summary
from dictionary_deploy.report.outputs import is_finding
from dictionary_deploy.report.wording import full_message

Level = Literal["error", "warning"]

MAX_ANNOTATIONS = 10
"""Annotations of each level that GitHub shows for one step."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """A message at a place in a file; without a file, about the run. Lines and columns count from 1."""

    level: Level
    message: str
    title: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    is_logged: bool = False
    """True if the log already contains the message."""


def annotations_of(report: Report, limit: int | None = MAX_ANNOTATIONS) -> tuple[Annotation, ...]:
    """Return the annotations, errors first, at most `limit` of each level.

    Faults of the configuration and problems are at their own lines; other failures are at the
    dictionary's line of the configuration. The last annotation of a level counts those over the limit.
    """
    found = [*_run_annotations(report)]
    for result in report.results:
        found += _result_annotations(report, result)
    return tuple(
        annotation
        for level in ("error", "warning")
        for annotation in _limit_annotations([each for each in found if each.level == level], limit)
    )


def _run_annotations(report: Report) -> list[Annotation]:
    faults = report.failure.faults if report.failure else ()
    if faults:
        return [
            Annotation(
                "error",
                full_message(fault),
                "invalid-config",
                fault.file,
                fault.line,
                fault.column,
            )
            for fault in faults
        ]
    if report.failure:
        return [Annotation("error", full_message(report.failure), report.failure.reason)]
    return []


def _result_annotations(report: Report, result: Result) -> list[Annotation]:
    problems = [
        Annotation(
            problem.severity, problem.message, problem.rule, problem.file, problem.line, problem.column
        )
        for problem in _worst_first(result.problems)
    ]
    has_error = any(problem.level == "error" for problem in problems)
    if is_finding(report.mode, result):
        own = [] if has_error else [_config_annotation(report, result, "error", full_message(result))]
    elif lacks_domain(result):
        own = [_config_annotation(report, result, "warning", f"{live_summary(result)} {NO_DOMAINS}".strip())]
    elif result.outcome in {"drifted", "held"}:
        own = [_config_annotation(report, result, "warning", full_message(result))]
    else:
        own = []
    warnings = [_config_annotation(report, result, "warning", warning) for warning in result.warnings]
    return [*own, *warnings, *problems]


def _config_annotation(report: Report, result: Result, level: Level, message: str) -> Annotation:
    """Return an annotation at the dictionary's line of the configuration."""
    dictionary = result.dictionary
    title = f"{dictionary.package}: {result.reason or result.outcome_name}"
    return Annotation(level, message, title, report.config_path, dictionary.line, 1)


def _worst_first(problems: tuple[Problem, ...]) -> list[Problem]:
    """Return the first problem of each rule before the second of any, so that no rule crowds out others.

    `problems` has the most harmful rule first.
    """
    seen: Counter[str] = Counter()
    turns = []
    for problem in problems:
        seen[problem.rule] += 1
        turns.append(seen[problem.rule])
    return [problem for _, problem in sorted(zip(turns, problems, strict=True), key=itemgetter(0))]


def _limit_annotations(found: list[Annotation], limit: int | None) -> list[Annotation]:
    if limit is None or len(found) <= limit:
        return found
    shown = found[: limit - 1]
    level = found[0].level
    more = len(found) - len(shown)
    return [
        *shown,
        Annotation(level, f"{more} more {level}s are in the step summary.", f"{more} more {level}s"),
    ]
