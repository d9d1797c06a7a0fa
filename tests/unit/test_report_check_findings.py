"""What `check` says of a finding: since when, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from dictionary_deploy.model import DomainNames, DomainPackage, Outcome, Result, Version
from dictionary_deploy.report.check_findings import REMEDIES, explain
from tests.unit.situation import DICTIONARY, A, C, domain, package

FOUND = "It differs."


def version(number: int, message: str) -> Version:
    return Version(f"v{number}", message, f"2026-11-0{number}T10:00:00Z")


HISTORY = (version(1, ""), version(2, A), version(3, C), version(4, "by hand"), version(5, "once more"))


def found(
    outcome: Outcome,
    available: str = "v3",
    status: str = "AVAILABLE",
    domains: Sequence[DomainPackage] | None = None,
    wanted: DomainNames = "associated",
    **details: Any,
) -> Result:
    return Result(
        replace(DICTIONARY, domains=wanted),
        outcome,
        FOUND,
        package=package(available, status, **details),
        domains=None if domains is None else tuple(domains),
    )


def told(result: Result, versions: Sequence[Version] = HISTORY) -> str:
    """What is said besides the message that was there."""
    return explain(result, versions).message.removeprefix(FOUND).strip()


@pytest.mark.parametrize("outcome", REMEDIES)
def test_every_finding_has_a_remedy(outcome: Outcome) -> None:
    assert REMEDIES[outcome] == explain(found(outcome), HISTORY).remedy


def test_a_remedy_that_there_is_stays() -> None:
    assert "Mend it." == explain(replace(found("drifted"), remedy="Mend it."), HISTORY).remedy


@pytest.mark.parametrize("outcome", ["unchanged", "failed", "invalid"])
def test_what_is_in_step_or_has_failed_is_left_as_it_is(outcome: Outcome) -> None:
    assert found(outcome) == explain(found(outcome), HISTORY)


@pytest.mark.parametrize("outcome", ["updated", "held", "superseded"])
def test_another_version_is_told_with_its_commit_and_since_when_it_is_there(outcome: Outcome) -> None:
    assert f"Available is v3, of commit {C}, since 2026-11-03T10:00:00Z." == told(found(outcome))


def test_drift_is_told_since_its_first_version() -> None:
    assert "Available is v5, of no commit, since 2026-11-04T10:00:00Z." == told(found("drifted", "v5"))


def test_versions_after_the_available_one_tell_nothing() -> None:
    assert "Available is v4, of no commit, since 2026-11-04T10:00:00Z." == told(found("drifted", "v4"))


def test_a_version_of_which_no_time_is_known_is_told_without() -> None:
    assert f"Available is v1, of commit {A}." == told(found("held", "v1"), (Version("v1", A),))


@pytest.mark.parametrize("available", ["", "v9"])
def test_without_an_available_version_in_the_history_nothing_is_told_of_it(available: str) -> None:
    assert "" == told(found("updated", available))


def test_without_a_package_there_is_no_time_to_tell() -> None:
    assert "" == told(replace(found("created"), package=None))


def test_domains_that_are_behind_are_told_with_what_they_have_since_when() -> None:
    seen = [
        domain("live", "v3"),
        domain("old", "v2", LastUpdated="2026-11-02T10:00:00Z"),
        domain("broken", "", "ASSOCIATION_FAILED", LastUpdated="2026-11-03T11:00:00Z"),
    ]

    assert (
        "Behind: old has v2 (ACTIVE), since 2026-11-02T10:00:00Z;"
        " broken has none (ASSOCIATION_FAILED), since 2026-11-03T11:00:00Z."
    ) == told(found("applied", domains=seen))


def test_of_the_domains_only_those_that_are_configured_are_told() -> None:
    seen = [domain("old", "v2"), domain("other", "v1")]

    assert "Behind: old has v2 (ACTIVE); new has none." == told(
        found("applied", domains=seen, wanted=("old", "new"))
    )


def test_nothing_is_told_of_domains_that_nobody_looked_at() -> None:
    assert "" == told(found("applied"))
    assert "" == told(replace(found("applied"), package=None))


@pytest.mark.parametrize(
    ("details", "said"),
    [
        ({}, "The last copy ended with COPY_FAILED."),
        (
            {"LastUpdatedAt": "2026-11-06T10:00:00Z", "ErrorDetails": {"ErrorMessage": "No right"}},
            "The last copy ended with COPY_FAILED: No right, since 2026-11-06T10:00:00Z.",
        ),
    ],
)
def test_a_failed_copy_is_told_though_what_is_available_is_right(details: dict[str, Any], said: str) -> None:
    explained = explain(found("unchanged", status="COPY_FAILED", **details), HISTORY)

    assert f"{FOUND} {said}" == explained.message
    assert "the next version ends it" in explained.remedy
