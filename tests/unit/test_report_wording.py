"""The sentences of the report."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dictionary_deploy.decide import Done, Observed, Step, Upload
from dictionary_deploy.decide.result import conclude
from dictionary_deploy.model import (
    Dictionary,
    DomainPackage,
    Domains,
    Failure,
    Mode,
    Outcome,
    Package,
    Report,
    Result,
    Version,
)
from dictionary_deploy.report.live_versions import ATTENTION, BAD, GOOD, IGNORED, PLANNED
from dictionary_deploy.report.wording import (
    explanation,
    heading,
    is_wrong,
    mark,
    outcome,
    overall_mark,
    replacement,
)
from tests.unit.situation import FRESH, WANTED, C, decide

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
        (report(result(planned=True, package=PACKAGE)), "1 dictionary would be deployed"),
        (report(result(planned=True)), "1 dictionary changed since the base"),
        (report(result(), failure=FAILURE), "1 dictionary deployed, then the run failed"),
        (report(failure=FAILURE, mode="plan"), "The plan failed"),
        (report(failure=FAILURE, mode="validate"), "The validation failed"),
        (report(), "Nothing to do"),
        (report(result("unchanged"), mode="validate"), "1 dictionary valid with warnings"),
        (
            report(result("invalid"), result("unchanged"), mode="validate"),
            "1 dictionary invalid, 1 valid with warnings",
        ),
        (report(result(), mode="rollback"), "1 dictionary rolled back"),
        (report(result("unchanged", planned=True), mode="check"), "1 dictionary up to date"),
        (report(result("applied", planned=True), mode="check"), "1 dictionary not on all domains"),
        (report(result("unchanged", package=BROKEN), mode="check"), "1 dictionary with a failed copy"),
        (report(result("unchanged", package=PACKAGE, domains=()), mode="check"), "1 dictionary on no domain"),
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
        (result("updated", package=PACKAGE, domains=(LIVE,), engines={"search-a": "7.10"}), GOOD),
        (result("updated", package=PACKAGE, domains=(LIVE,), engines={"search-a": "7.4"}), ATTENTION),
        (result("updated", package=PACKAGE, domains=()), ATTENTION),
        (result("updated", package=PACKAGE, domains=(), planned=True), ATTENTION),
        (result("updated", "none", package=PACKAGE, domains=()), ATTENTION),
        (result("updated", "none", package=PACKAGE, domains=(), planned=True), PLANNED),
        (result("unchanged", package=PACKAGE, domains=()), ATTENTION),
        (result("unchanged", package=PACKAGE, domains=(LIVE,), engines={"search-a": "7.4"}), GOOD),
        (result("skipped"), IGNORED),
        (result("unchanged"), GOOD),
    ],
)
def test_mark_follows_outcome_and_domains(one: Result, sign: str) -> None:
    assert mark("deploy", one) == sign


def test_package_on_no_domain_is_a_finding_of_check() -> None:
    assert mark("check", result("unchanged", package=PACKAGE, domains=())) == BAD
    assert mark("check", result("unchanged", "none", package=PACKAGE, domains=())) == GOOD


def test_reindex_is_no_finding_of_check() -> None:
    stopwords = replace(result("unchanged").dictionary, kind="stopwords")

    found = replace(result("unchanged", package=PACKAGE, domains=(LIVE,)), dictionary=stopwords)

    assert mark("check", found) == GOOD


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
        (report(result("unchanged", package=PACKAGE, domains=()), result(planned=True)), ATTENTION),
    ],
)
def test_overall_mark_is_the_worst_of_the_results(run: Report, sign: str) -> None:
    assert overall_mark(run) == sign


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (result(), False),
        (result("failed"), True),
        (result("held", planned=True), True),
        (result(package=PACKAGE, domains=(BEHIND,)), True),
        (result(package=PACKAGE, domains=(BEHIND,), planned=True), False),
        (result(package=PACKAGE, domains=()), False),
    ],
)
def test_details_matter_if_something_is_wrong(one: Result, *, expected: bool) -> None:
    assert expected == is_wrong("deploy", one)


def test_unchanged_dictionary_is_valid_in_validate() -> None:
    assert ["valid", "invalid", "unchanged"] == [
        outcome("validate", result("unchanged")),
        outcome("validate", result("invalid")),
        outcome("deploy", result("unchanged")),
    ]


SEEN = Observed(0.0, None)
DEPLOYED = replace(SEEN, package=PACKAGE, versions=(Version("v4", C),))


@pytest.mark.parametrize(
    ("step", "seen", "mode", "expected"),
    [
        (Upload(may_replace=True), replace(SEEN, package=PACKAGE), "plan", ""),
        (Upload(may_replace=True), SEEN, "plan", ""),
        (Done("unchanged", "Same content as v2."), DEPLOYED, "deploy", "Same content as v2."),
    ],
)
def test_explanation_omits_what_outcome_and_version_express(
    step: Step, seen: Observed, mode: Mode, expected: str
) -> None:
    assert expected == explanation(conclude(WANTED, seen, step, mode=mode, attempt=FRESH, url=str))


def test_explanation_of_a_deployed_version_is_empty() -> None:
    step = decide(f"v1:{C}", contents={C: "new"})

    assert isinstance(step, Done)
    assert "" == explanation(replace(result(), message=step.message))
    assert "But late." == explanation(replace(result(), message=f"{step.message} But late."))


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
