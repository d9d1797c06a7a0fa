"""Review a file before its deploy: its problems, its changes and whether it may be deployed."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from dictionary_deploy.decide import Refuse, Review
from dictionary_deploy.dictionaries import KINDS, Kind, Options, Text, engine_of, validate
from dictionary_deploy.dictionaries.diff import diff_texts
from dictionary_deploy.dictionaries.expectations import broken_expectations, unchecked_warning
from dictionary_deploy.model import EXPECT, Dictionary, Diff, Problem
from dictionary_deploy.protocols import Source

MIN_SHRINK_ENTRIES = 20
"""Entries from which `max-shrink` applies: losing two of three entries is no accident."""

TOLERANCE = 1e-6
"""Percent by which the loss may differ for the rounding of its sum."""

MAX_READ_BYTES = 64 * 1024 * 1024
"""Bytes up to which a text dictionary is parsed."""

BEGINNING_BYTES = 64 * 1024
"""Bytes of a binary dictionary that are validated."""

ALLOW_SHRINK = "If this is intentional, add this line to the dictionary's entry in the configuration:"
ALLOW_EMPTY = "If an empty dictionary is intentional, set `allow-empty: true`."


def is_read_whole(dictionary: Dictionary, size: int) -> bool:
    """Return True if a file of `size` bytes is read into memory, to validate and compare it."""
    return not KINDS[dictionary.kind].is_binary and size <= MAX_READ_BYTES


def review(
    dictionary: Dictionary, source: Source, before: bytes | None, *, is_rollback: bool = False
) -> Review:
    """Review a file that would replace `before`, which is None if nothing is deployed or it is missing.

    In a rollback every problem is a warning: the content was deployed before, and waiting for a better one
    would leave the bad one live.
    """
    found = _review(dictionary, source, before)
    if not (is_rollback and found.veto):
        return found
    problems = tuple(replace(each, severity="warning") for each in found.problems)
    if problems == found.problems:  # without errors, the size is the reason
        rule = "max-shrink" if found.diff and found.diff.entries.total else "allow-empty"
        problems += (Problem(rule, "warning", dictionary.file, 1, found.veto.message),)
    return replace(found, problems=problems, veto=None)


def _review(dictionary: Dictionary, source: Source, before: bytes | None) -> Review:
    kind, size = KINDS[dictionary.kind], source.content.size
    if kind.is_binary or size > MAX_READ_BYTES:
        if size == 0 and not dictionary.allow_empty:
            return Review(veto=Refuse("invalid-dictionary", f"{dictionary.file} is empty.", ALLOW_EMPTY))
        problems = (
            _check_beginning(kind, dictionary, source)
            if kind.is_binary
            else unchecked_warning(dictionary.expect, f"the file is over {MAX_READ_BYTES >> 20} MiB")
        )
        return Review(None, problems, _veto(dictionary, problems))
    options = options_of(dictionary)
    problems, text = validate(kind, source.read(), dictionary.file, options, ignore=dictionary.ignore)
    if text is None:
        # A file that cannot be decoded has not lost its entries.
        return Review(None, problems, _veto(dictionary, problems))
    if not any(problem.severity == "error" for problem in problems):
        broken = broken_expectations(dictionary.kind, dictionary.expect, text, options)
        problems = tuple(sorted((*broken, *problems), key=lambda problem: problem.severity))
    diff = diff_texts(kind, _deployed_text(kind, before), text, options)
    shrunk = _shrink_message(dictionary, diff)
    if shrunk and diff.entries.total == dictionary.shrink_to:
        # The line may be left from an earlier change to the same number of entries.
        message = f"{shrunk} `shrink-to: {dictionary.shrink_to}` allows it. Remove the line after the deploy."
        problems += (Problem("max-shrink", "warning", dictionary.file, 1, message),)
        shrunk = ""
    return Review(diff, problems, _veto(dictionary, problems, diff, shrunk))


def _check_beginning(kind: Kind, dictionary: Dictionary, source: Source) -> tuple[Problem, ...]:
    """Return the problems in the first bytes of a binary file."""
    source.handle.seek(0)
    beginning = source.handle.read(BEGINNING_BYTES)
    source.handle.seek(0)
    problems, _ = validate(kind, beginning, dictionary.file, options_of(dictionary), ignore=dictionary.ignore)
    return problems


def options_of(dictionary: Dictionary) -> Options:
    """Return the options that a configuration's entry sets."""
    return Options(
        engine=engine_of(dictionary.engine),
        analyzer=dictionary.analyzer,
        expand=dictionary.expand,
        lenient=dictionary.lenient,
        is_graph=dictionary.filter == "synonym_graph",
    )


def _deployed_text(kind: Kind, data: bytes | None) -> Text | None:
    """Return the deployed text; None if nothing is deployed or it cannot be decoded as this kind."""
    try:
        return None if data is None else kind.decode(data)
    except UnicodeDecodeError:
        return None


def _shrink_message(dictionary: Dictionary, diff: Diff) -> str:
    """Return a sentence if the file loses more entries than allowed; empty otherwise."""
    entries, excess = diff.entries, diff.lost_percent - dictionary.max_shrink
    if not diff.available or diff.deployed < MIN_SHRINK_ENTRIES or excess <= TOLERANCE:
        return ""
    return (
        f"{dictionary.file} would lose {ceil(diff.lost_percent * 10 - TOLERANCE) / 10:g} percent of its"
        f" {diff.deployed} deployed entries ({entries.removed} removed, {entries.changed} changed), more than"
        f" `max-shrink: {dictionary.max_shrink}` allows."
    )


def _veto(
    dictionary: Dictionary, problems: tuple[Problem, ...], diff: Diff | None = None, shrunk: str = ""
) -> Refuse | None:
    """Return the refusal of a deploy; None if there is no reason against it."""
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        first = errors[0]
        more = f" ({len(errors) - 1} more)" if len(errors) > 1 else ""
        return Refuse(
            "invalid-dictionary",
            f"{first.file}:{first.line}: {first.message}{more}",
            # The message of an expectation has its own remedy.
            f"{'' if first.rule == EXPECT else 'Fix the file. '}The live version stays live.",
        )
    if diff and not diff.entries.total and not dictionary.allow_empty:
        # Lines without entries were probably written for another kind.
        kind = f"Check that `kind: {dictionary.kind}` is right. " if problems else ""
        return Refuse("invalid-dictionary", f"{dictionary.file} has no entries.", f"{kind}{ALLOW_EMPTY}")
    if shrunk:
        allowed = f"shrink-to: {diff.entries.total}" if diff else ""
        return Refuse("invalid-dictionary", shrunk, f"{ALLOW_SHRINK} `{allowed}`")
    return None
