"""The annotations: errors and warnings at lines of files."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from operator import itemgetter
from typing import Literal

from dictionary_deploy.model import Problem, Report, Result
from dictionary_deploy.report.outputs import is_finding
from dictionary_deploy.report.wording import said

MOST_ANNOTATIONS = 10
"""Of each level that GitHub shows for one step."""


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
