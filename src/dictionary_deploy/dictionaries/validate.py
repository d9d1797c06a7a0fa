"""Apply the rules of a kind to a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from heapq import nsmallest
from itertools import count, islice, repeat

from dictionary_deploy.dictionaries.kind import (
    DataRule,
    FileRule,
    Finding,
    Kind,
    LineRule,
    Options,
    Rule,
    Severity,
    such_lines,
)
from dictionary_deploy.dictionaries.rules.encoding import BYTE_ORDER_MARK, MARK_RULE
from dictionary_deploy.dictionaries.text import Line, Text
from dictionary_deploy.model import Problem

REMOVE_MARK = "The line starts with a byte order mark: save the file as UTF-8 without one."
MAX_FINDINGS = 100
"""Findings of a rule that are reported; the last one has the number of the others."""
MAX_COUNTED = 100_000
"""Findings of a rule after which it stops."""


def validate(
    kind: Kind,
    data: bytes,
    file: str,
    options: Options,
    *,
    ignore: Sequence[str] = (),
) -> tuple[tuple[Problem, ...], Text | None]:
    """Return the problems of a file and its text: errors first, then by importance, then by line.

    The text is None if the bytes have an error, and for binary kinds.
    """
    rules = [rule for rule in kind.rules if rule.id not in ignore]
    if not data.startswith(BYTE_ORDER_MARK) or all(rule.id != MARK_RULE for rule in rules):
        return _validate(kind, rules, data, file, options)
    effects = _effects_of_mark(kind, rules, data, options)
    problems, text = _validate(kind, rules, data, file, options, effects)
    return _with_one_mark(problems, effects), text


def _effects_of_mark(kind: Kind, rules: Sequence[Rule], data: bytes, options: Options) -> AbstractSet[str]:
    """Return the rules that flag the first line only because of its byte order mark."""
    first, *_ = re.split(rb"[\r\n]", data, maxsplit=1)
    marked, unmarked = (
        {problem.rule for problem in _validate(kind, rules, line, "", options)[0]}
        for line in (first, first.removeprefix(BYTE_ORDER_MARK))
    )
    return marked - unmarked - {MARK_RULE}


def _with_one_mark(problems: Sequence[Problem], effects: AbstractSet[str]) -> tuple[Problem, ...]:
    """Return the problems with the byte order mark as one of them: as the error that it causes, if any."""
    causes = [each for each in problems if each.line == 1 and each.rule in effects]
    if not causes:
        return tuple(problems)
    return tuple(
        replace(each, message=f"{each.message} {REMOVE_MARK}") if each in causes else each
        for each in problems
        if each.rule != MARK_RULE
    )


def _validate(
    kind: Kind,
    rules: Sequence[Rule],
    data: bytes,
    file: str,
    options: Options,
    effects_of_mark: AbstractSet[str] = frozenset(),
) -> tuple[tuple[Problem, ...], Text | None]:
    found: dict[Rule, list[Problem]] = {}
    text = None
    for rule in rules:
        if isinstance(rule, DataRule):
            found[rule] = _problems(rule, rule.find(data, options), file)
    is_readable = not any(problem.severity == "error" for problems in found.values() for problem in problems)
    if is_readable and not kind.is_binary:
        text = _decode(kind, data)
    for rule in rules:
        if text is not None and not isinstance(rule, DataRule):
            findings = _findings(rule, text, options)
            if rule.id in effects_of_mark:
                findings = (each for each in findings if each.line > 1 or _severity(rule, each) == "error")
            found[rule] = _problems(rule, findings, file)
    in_order = [problem for rule in rules for problem in found.get(rule, ())]
    return tuple(sorted(in_order, key=lambda problem: problem.severity)), text


def _findings(rule: FileRule | LineRule, text: Text, options: Options) -> Iterable[Finding]:
    if isinstance(rule, FileRule):
        return rule.find(text, options)
    return (finding for line in _suspicious(rule, text) for finding in rule.find(line, options))


def _severity(rule: Rule, finding: Finding) -> Severity:
    return finding.severity or rule.severity


def _suspicious(rule: LineRule, text: Text) -> Iterable[Line]:
    if callable(rule.suspicious):
        return rule.suspicious(text)
    return suspicious_lines(text, rule.suspicious, rule.min_characters)


def suspicious_lines(text: Text, pattern: str, min_characters: int = 0) -> Iterator[Line]:
    """Yield the lines in which the pattern matches, each once, in the file's order.

    It skips blocks without a line of `min_characters`.

    Each rule has its own search. A joined pattern would try all alternatives at every character, while most
    single patterns are found as fast as their first character.
    """
    search = re.compile(pattern, re.MULTILINE).search
    longest_of_each = text.longest if min_characters else repeat(0)
    for block, first, longest in zip(text.blocks, text.firsts, longest_of_each, strict=False):
        number = first
        counted, offset = 0, 0 if longest >= min_characters else len(block) + 1
        # The empty text after the last line end is not a line.
        while (match := search(block, offset)) and (start := block.rfind("\n", 0, match.start()) + 1) < len(
            block
        ):
            found = block.find("\n", match.start())
            end = len(block) if found < 0 else found
            number += block.count("\n", counted, start)
            yield Line(block[start:end], number)
            counted, offset = start, end + 1
            if offset > len(block):
                break


def _decode(kind: Kind, data: bytes) -> Text | None:
    """Return the text; None if the bytes are wrong and the rule about them is ignored."""
    try:
        return kind.decode(data)
    except UnicodeDecodeError:
        return None


def _first(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the first finding, with the lines of the others."""
    found = sorted(islice(findings, MAX_COUNTED), key=_place)
    if found:
        numbers = [*dict.fromkeys(finding.line for finding in found)]
        note = such_lines(len(numbers), numbers, is_minimum=len(found) == MAX_COUNTED)
        yield replace(found[0], message=f"{found[0].message}{note}")


def _place(finding: Finding) -> tuple[int, int]:
    return finding.line, finding.column


def _problems(rule: Rule, findings: Iterable[Finding], file: str) -> list[Problem]:
    """Return the first MAX_FINDINGS problems of a rule, in the file's order."""
    if not isinstance(rule, DataRule) and rule.is_once:
        findings = _first(findings)
    counted = count(1)
    counting = (finding for finding, _ in zip(islice(findings, MAX_COUNTED), counted, strict=False))
    first = nsmallest(MAX_FINDINGS, counting, key=_place)
    every = next(counted) - 1
    more = f"{'at least ' if every == MAX_COUNTED else ''}{every - len(first)}"
    return [
        Problem(
            rule=rule.id,
            severity=_severity(rule, finding),
            file=file,
            line=finding.line,
            column=finding.column,
            message=f"{finding.message} (And {more} more of this rule.)"
            if every > len(first) and number == MAX_FINDINGS
            else finding.message,
        )
        for number, finding in enumerate(first, start=1)
    ]
