"""The sentences say what is the case, in numbers first."""

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
from dictionary_deploy.report.live_versions import ATTENTION, BAD, GOOD, PLANNED
from dictionary_deploy.report.wording import brief, entry_numbers, heading, mark, overall_mark, replaced

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
    ("run", "said"),
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
        (report(result("unchanged", planned=True), mode="check"), "1 dictionary in step with the branch"),
        (report(result("applied", planned=True), mode="check"), "1 dictionary not on every domain"),
        (report(result("unchanged", package=BROKEN), mode="check"), "1 dictionary with a failed copy"),
    ],
)
def test_the_heading_says_in_one_line_what_is_the_case(run: Report, said: str) -> None:
    assert heading(run) == said


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
    ],
)
def test_the_mark_tells_what_wants_attention(one: Result, sign: str) -> None:
    assert mark("deploy", one) == sign


def test_what_check_finds_is_marked_as_failed() -> None:
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
def test_the_mark_of_the_run_is_the_worst_of_what_is_not_unchanged(run: Report, sign: str) -> None:
    assert overall_mark(run) == sign


def test_the_numbers_of_entries_have_the_tense_of_the_report() -> None:
    diff = Diff(EntryCounts(1, 2, 3, 40))
    assert [entry_numbers(result(diff=diff)), entry_numbers(result(diff=diff, planned=True))] == [
        "Entries: 1 added, 2 removed, 3 changed; 40 in all.",
        "Entries: 1 to add, 2 to remove, 3 to change; 40 in all then.",
    ]


def test_a_plan_of_what_is_deployed_already_has_nothing_to_add() -> None:
    deployed = result("unchanged", diff=Diff(EntryCounts(1, 2, 3, 40)), planned=True)
    assert "Entries: 1 added, 2 removed, 3 changed; 40 in all." == entry_numbers(deployed)


def test_of_a_file_that_is_refused_no_effect_is_told_and_nothing_is_said_to_be_done() -> None:
    refused = (Problem("two-arrows", "error", "synonyms.txt", 1, "More than one =>."),)
    lost = result("invalid", diff=Diff(EntryCounts(0, 9, 0, 40)))
    unread = result("invalid", diff=Diff(EntryCounts(0, 0, 0, 40)), problems=refused)
    partly = result("invalid", diff=Diff(EntryCounts(1, 0, 0, 40)), problems=refused)

    assert [entry_numbers(each) for each in (lost, unread, partly)] == [
        "Entries: 0 to add, 9 to remove, 0 to change; 40 in all then.",
        "",
        "Of the entries that can be read: 1 to add, 0 to remove, 0 to change; 40 in all then.",
    ]


def test_the_overview_of_a_plan_counts_the_warnings() -> None:
    warning = Problem("lone-term", "warning", "synonyms.txt", 1, "It stands alone.")
    diff = Diff(EntryCounts(1, 0, 0, 40))
    numbers = "Entries: 1 to add, 0 to remove, 0 to change; 40 in all then."

    assert [brief(result(diff=diff, planned=True, problems=(warning,) * count)) for count in (0, 1, 2)] == [
        numbers,
        f"{numbers} 1 warning.",
        f"{numbers} 2 warnings.",
    ]


@pytest.mark.parametrize("planned", [True, False])
def test_a_file_whose_entries_stay_has_no_effect_on_search(*, planned: bool) -> None:
    unchanged = result(diff=Diff(EntryCounts(0, 0, 0, 40)), planned=planned)

    assert "No effect on search: the file changed, its 40 entries did not." == entry_numbers(unchanged)


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (
            result(previous_commit="a" * 40, package=PACKAGE),
            "The deployed content is not available to compare with.",
        ),
        (result(), "The deployed content is not available to compare with."),
        (result("created", package=PACKAGE), "All of it is new."),
        (
            result(package=PACKAGE),
            "What was there before was not made from a commit, so there is nothing to compare with.",
        ),
    ],
)
def test_the_numbers_say_why_there_was_nothing_to_compare_with(one: Result, said: str) -> None:
    diff = Diff(EntryCounts(0, 0, 0, 40), available=False)

    assert f"{said} Entries in all: 40." == entry_numbers(replace(one, diff=diff))


def test_there_are_no_numbers_when_nobody_looked() -> None:
    assert "" == entry_numbers(result())


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (result(), ""),
        (result(adopted=True), "Adopted: no version of the package was made from a commit before."),
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
def test_a_version_not_made_from_a_commit_is_named_when_it_gives_way(one: Result, said: str) -> None:
    assert replaced(one) == said


def test_a_check_that_fails_for_a_failed_copy_is_not_marked_as_good() -> None:
    broken = result("unchanged", package=BROKEN)

    assert BAD == overall_mark(report(broken, mode="check"))
    assert GOOD == overall_mark(report(broken))
