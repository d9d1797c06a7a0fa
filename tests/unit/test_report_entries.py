"""The number of entries, how many change, and what they are compared with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dictionary_deploy.model import (
    Dictionary,
    Diff,
    EntryCounts,
    Outcome,
    Package,
    Problem,
    Result,
    Version,
)
from dictionary_deploy.report.entries import comparison, summary

PACKAGE = Package("F1", "product-synonyms", "AVAILABLE", "v4")
ERROR = Problem("two-arrows", "error", "a.txt", 1, "More than one =>.")
BROKEN = Problem("expect", "error", ".github/dictionaries.yml", 9, "A search does not find it.")
COMMIT = "c" * 40


def result(outcome: Outcome = "updated", *counts: int, available: bool = True, **members: Any) -> Result:
    diff = Diff(EntryCounts(*counts), available=available) if counts else None
    dictionary = Dictionary("a.txt", "product-synonyms", "synonyms", "associated")
    given = {"package": PACKAGE, "previous_commit": COMMIT, "last_commit": COMMIT} | members
    return Result(dictionary, outcome, "", diff=diff, **given)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (result(), ""),
        (result("updated", 15, 7, 3, 1028), "1028 (+15 \N{MINUS SIGN}7, 3 changed)"),
        (result("updated", 0, 7, 0, 20), "20 (\N{MINUS SIGN}7)"),
        (result("updated", 0, 0, 1, 20), "20 (1 changed)"),
        (result("updated", 0, 0, 0, 20), "20 (same entries)"),
        (result("updated", 0, 0, 0, 20, available=False), "20"),
        (result("created", 0, 0, 0, 20, available=False), "20 (all new)"),
        (result("unchanged", 1, 2, 3, 20, planned=True), ""),
        (result("invalid", 0, 0, 0, 20, problems=(ERROR,)), ""),
        (result("invalid", 1, 0, 0, 20, problems=(ERROR,)), "20 (+1)"),
    ],
)
def test_summary_counts_entries_and_changes(one: Result, expected: str) -> None:
    assert expected == summary(one)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (result(), ""),
        (result("updated", 1, 0, 0, 20), ""),
        (result("updated", 1, 0, 0, 20, last_commit="", previous_commit=""), ""),
        (result("updated", 1, 0, 0, 20, package=None, previous_commit=""), ""),
        (result("invalid", 1, 0, 0, 20, problems=(ERROR,)), "Without the invalid entries."),
        (result("invalid", 1, 0, 0, 20, problems=(BROKEN,)), ""),
        (result("invalid", 0, 0, 0, 20, problems=(ERROR,)), ""),
        (
            result("updated", 0, 0, 0, 20),
            "No effect on search: the file changed, but not its entries.",
        ),
        (
            result("updated", 0, 0, 0, 20, available=False),
            "No diff: the content of commit cccccccccccc is not available.",
        ),
        (
            result("updated", 0, 0, 0, 20, available=False, last_commit=""),
            "No diff: the previous version was not made from a commit.",
        ),
        (
            result("updated", 0, 0, 0, 20, available=False, package=None),
            "No diff: there is no content to compare with.",
        ),
        (result("created", 0, 0, 0, 20, available=False), ""),
        (result("unchanged", 0, 0, 0, 20, available=False, last_commit=""), ""),
    ],
)
def test_comparison_is_explained_unless_it_is_with_the_live_version(one: Result, expected: str) -> None:
    assert expected == comparison(one)


def test_comparison_under_a_manual_version_is_with_the_last_commit() -> None:
    """The live version's content is unknown: the entries are compared with something else."""
    planned = result("updated", 1, 0, 0, 20, previous_commit="", planned=True)
    done = replace(
        planned, planned=False, package=replace(PACKAGE, available="v5"), replaced=Version("v4", "")
    )

    expected = "Compared with commit cccccccccccc, the last one deployed: v4 was not made from a commit."
    assert [expected] * 2 == [comparison(each) for each in (planned, done)]
    assert "" == comparison(result("invalid", 0, 9, 0, 20, previous_commit=""))
