"""The sentences of the report."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dictionary_deploy.model import (
    Dictionary,
    Diff,
    DomainPackage,
    Domains,
    EntryCounts,
    Failure,
    Outcome,
    Package,
    Problem,
    Report,
    Result,
    Version,
)
from dictionary_deploy.report.live_versions import ATTENTION, BAD, GOOD, IGNORED, PLANNED
from dictionary_deploy.report.wording import (
    entry_counts,
    heading,
    mark,
    overall_mark,
    overview,
    replacement,
)

FAILURE = Failure("locked", "Another run holds the lock.")
PACKAGE = Package("F1", "product-synonyms", "AVAILABLE", "v4")
BROKEN = Package("F1", "product-synonyms", "COPY_FAILED", "v4")
LIVE = DomainPackage("search-a", "ACTIVE", "v4")
BEHIND = DomainPackage("search-b", "ACTIVE", "v3")


def result(outcome: Outcome = "updated", wanted: Domains = "associated", **members: Any) -> Result:
    return Result(Dictionary("a.txt", "product-synonyms", "synonyms", wanted), outcome, "", **members)


def report(*results: Result, **members: Any) -> Report:
    return replace(Report("deploy", results, "c.yml"), **members)


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        (report(result(), result(), result("created")), "3 dictionaries deployed"),
        (report(result("failed"), result(), result()), "2 of 3 dictionaries deployed, 1 failed"),
        (report(result(), environment="production"), "1 dictionary deployed (production)"),
        (report(result("unchanged"), result("invalid")), "1 of 2 dictionaries invalid, 1 unchanged"),
        (report(result(planned=True)), "1 dictionary would be deployed"),
        (report(result(), failure=FAILURE), "1 dictionary deployed, then the run failed"),
        (report(failure=FAILURE, mode="plan"), "The plan failed"),
        (report(failure=FAILURE, mode="validate"), "The validation failed"),
        (report(), "Nothing to do"),
        (report(result("unchanged"), mode="validate"), "1 dictionary valid with warnings"),
        (report(result(), mode="rollback"), "1 dictionary rolled back"),
        (report(result("unchanged", planned=True), mode="check"), "1 dictionary up to date"),
        (report(result("applied", planned=True), mode="check"), "1 dictionary not on all domains"),
        (report(result("unchanged", package=BROKEN), mode="check"), "1 dictionary with a failed copy"),
    ],
)
def test_heading_sums_up_the_run(run: Report, expected: str) -> None:
    assert heading(run) == expected


@pytest.mark.parametrize(
    ("one", "sign"),
    [
        (result("failed"), BAD),
        (result("drifted"), ATTENTION),
        (result("superseded", planned=True), ATTENTION),
        (result("updated", planned=True), PLANNED),
        (result("updated", package=PACKAGE, domains=(LIVE, BEHIND)), ATTENTION),
        (result("updated", package=PACKAGE, domains=(LIVE,)), GOOD),
        (result("unchanged"), GOOD),
        (result("skipped"), IGNORED),
    ],
)
def test_mark_follows_outcome_and_domains(one: Result, sign: str) -> None:
    assert mark("deploy", one) == sign


def test_finding_of_check_is_marked_as_failed() -> None:
    assert mark("check", result("updated", planned=True)) == BAD


@pytest.mark.parametrize(
    ("run", "sign"),
    [
        (report(), GOOD),
        (report(failure=FAILURE), BAD),
        (report(result(), result("held")), ATTENTION),
        (report(result("held"), result("failed")), BAD),
        (report(result(planned=True), result("unchanged", planned=True)), PLANNED),
        (report(result("unchanged", package=PACKAGE, domains=(BEHIND,))), GOOD),
    ],
)
def test_overall_mark_is_the_worst_of_the_results(run: Report, sign: str) -> None:
    assert overall_mark(run) == sign


def test_entry_counts_of_a_plan_are_after_the_merge() -> None:
    diff = Diff(EntryCounts(1, 2, 3, 40))
    assert [entry_counts(result(diff=diff)), entry_counts(result(diff=diff, planned=True))] == [
        "1 added, 2 removed, 3 changed; 40 entries.",
        "1 added, 2 removed, 3 changed; 40 entries after the merge.",
    ]


def test_entry_counts_of_an_unchanged_plan_are_current() -> None:
    deployed = result("unchanged", diff=Diff(EntryCounts(1, 2, 3, 40)), planned=True)
    assert "1 added, 2 removed, 3 changed; 40 entries." == entry_counts(deployed)


def test_entry_counts_of_an_invalid_file_are_of_the_file() -> None:
    refused = (Problem("two-arrows", "error", "synonyms.txt", 1, "More than one =>."),)
    lost = result("invalid", diff=Diff(EntryCounts(0, 9, 0, 40)))
    unread = result("invalid", diff=Diff(EntryCounts(0, 0, 0, 40)), problems=refused)
    partly = result("invalid", diff=Diff(EntryCounts(1, 0, 0, 40)), problems=refused)

    assert [entry_counts(each) for each in (lost, unread, partly)] == [
        "9 removed; 40 entries in the file.",
        "",
        "Without the invalid entries: 1 added; 40 entries in the file.",
    ]


def test_overview_of_a_plan_counts_warnings() -> None:
    warning = Problem("lone-term", "warning", "synonyms.txt", 1, "It stands alone.")
    diff = Diff(EntryCounts(1, 0, 0, 40))
    numbers = "1 added; 40 entries after the merge."

    assert [
        overview(result(diff=diff, planned=True, problems=(warning,) * count)) for count in (0, 1, 2)
    ] == [
        numbers,
        f"{numbers} 1 warning.",
        f"{numbers} 2 warnings.",
    ]


@pytest.mark.parametrize("planned", [True, False])
def test_same_entries_have_no_effect_on_search(*, planned: bool) -> None:
    unchanged = result(diff=Diff(EntryCounts(0, 0, 0, 40)), planned=planned)

    assert "No effect on search: the file changed, but not its 40 entries." == entry_counts(unchanged)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (
            result(previous_commit="a" * 40, package=PACKAGE),
            "40 entries. No diff: the deployed content is not available.",
        ),
        (result(), "40 entries. No diff: the deployed content is not available."),
        (result("created", package=PACKAGE), "40 entries, all new."),
        (
            result(package=PACKAGE),
            "40 entries. No diff: the previous version was not made from a commit.",
        ),
    ],
)
def test_missing_diff_is_explained(one: Result, expected: str) -> None:
    diff = Diff(EntryCounts(0, 0, 0, 40), available=False)

    assert expected == entry_counts(replace(one, diff=diff))


def test_result_without_diff_has_no_entry_counts() -> None:
    assert "" == entry_counts(result())


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (result(), ""),
        (result(adopted=True), "Adopted: no earlier version of the package was made from a commit."),
        (
            result(adopted=True, replaced=Version("v3", "by hand")),
            'Adopted: this version replaced v3, with the message "by hand".',
        ),
        (
            result(replaced=Version("v3", ""), planned=True),
            "Changed outside of git: this version would replace v3, which had no message.",
        ),
    ],
)
def test_replaced_version_without_a_commit_is_named(one: Result, expected: str) -> None:
    assert replacement(one) == expected


def test_failed_copy_is_marked_as_failed_in_check() -> None:
    broken = result("unchanged", package=BROKEN)

    assert BAD == overall_mark(report(broken, mode="check"))
    assert GOOD == overall_mark(report(broken))
