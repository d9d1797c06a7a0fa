"""Findings of `check`: for how long AWS has differed, and the fix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from dictionary_deploy.model import DomainNames, DomainPackage, Outcome, Place, Result, Standing, Version
from dictionary_deploy.report.check_findings import REMEDIES, WAIT, defer, differing_files, explain
from dictionary_deploy.report.outputs import is_finding
from tests.unit.situation import CONFIG, DICTIONARY, FILE, A, C, D, domain, package

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


def added(result: Result, versions: Sequence[Version] = HISTORY) -> str:
    """Return the text that `explain` adds to the message."""
    return explain(result, versions).message.removeprefix(FOUND).strip()


@pytest.mark.parametrize("outcome", REMEDIES)
def test_finding_gets_a_remedy(outcome: Outcome) -> None:
    assert REMEDIES[outcome] == explain(found(outcome), HISTORY).remedy


def test_existing_remedy_stays() -> None:
    assert "Fix it." == explain(replace(found("drifted"), remedy="Fix it."), HISTORY).remedy


@pytest.mark.parametrize("outcome", ["unchanged", "failed", "invalid"])
def test_result_without_a_finding_is_unchanged(outcome: Outcome) -> None:
    assert found(outcome) == explain(found(outcome), HISTORY)


@pytest.mark.parametrize("outcome", ["updated", "held", "superseded"])
def test_other_version_is_reported_with_commit_and_time(outcome: Outcome) -> None:
    assert f"Available: v3 (commit {C}) since 2026-11-03T10:00:00Z." == added(found(outcome))


def test_drift_is_reported_since_its_first_version() -> None:
    assert "Available: v5 (no commit) since 2026-11-04T10:00:00Z." == added(found("drifted", "v5"))


def test_versions_after_the_available_one_are_ignored() -> None:
    assert "Available: v4 (no commit) since 2026-11-04T10:00:00Z." == added(found("drifted", "v4"))


def test_version_without_a_time_is_reported_without_one() -> None:
    assert f"Available: v1 (commit {A})." == added(found("held", "v1"), (Version("v1", A),))


@pytest.mark.parametrize("available", ["", "v9"])
def test_available_version_missing_in_history_is_not_reported(available: str) -> None:
    assert "" == added(found("updated", available))


def test_missing_package_has_no_time() -> None:
    assert "" == added(replace(found("created"), package=None))


def test_domains_behind_are_reported_with_version_and_time() -> None:
    seen = [
        domain("live", "v3"),
        domain("old", "v2", LastUpdated="2026-11-02T10:00:00Z"),
        domain("broken", "", "ASSOCIATION_FAILED", LastUpdated="2026-11-03T11:00:00Z"),
    ]

    assert (
        "Behind: old (v2, ACTIVE, since 2026-11-02T10:00:00Z),"
        " broken (no version, ASSOCIATION_FAILED, since 2026-11-03T11:00:00Z)."
    ) == added(found("applied", domains=seen))


def test_only_configured_domains_are_reported() -> None:
    seen = [domain("old", "v2"), domain("other", "v1")]

    assert "Behind: old (v2, ACTIVE), new (not associated)." == added(
        found("applied", domains=seen, wanted=("old", "new"))
    )


def test_unknown_domains_are_not_reported() -> None:
    assert "" == added(found("applied"))
    assert "" == added(replace(found("applied"), package=None))


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ({}, "The last copy ended with COPY_FAILED."),
        (
            {"LastUpdatedAt": "2026-11-06T10:00:00Z", "ErrorDetails": {"ErrorMessage": "No right"}},
            "The last copy ended with COPY_FAILED: No right (since 2026-11-06T10:00:00Z).",
        ),
    ],
)
def test_failed_copy_is_reported_although_unchanged(details: dict[str, Any], expected: str) -> None:
    explained = explain(found("unchanged", status="COPY_FAILED", **details), HISTORY)

    assert f"{FOUND} {expected}" == explained.message
    assert "deploy a new version" in explained.remedy


def test_package_on_no_domain_is_reported_although_unchanged() -> None:
    explained = explain(found("unchanged", domains=()), HISTORY)

    assert f"{FOUND} No domain is associated with the package." == explained.message
    assert "List domains under `domains`; the next deploy associates them." == explained.remedy
    assert found("unchanged", domains=(), wanted="none") == explain(
        found("unchanged", domains=(), wanted="none"), HISTORY
    )


# ---------------------------------------------------------------- the branch's tip


@pytest.mark.parametrize(
    ("here", "at_tip", "place", "differs"),
    [
        ("1", "1", "same", False),
        ("1", "1", "off-branch", False),
        ("1", "2", "moved", True),
        ("1", "2", "off-branch", True),
        ("", "", "untracked", False),
        ("", "", "off-branch", True),
        ("", "", "unknown", True),
        ("", "1", "untracked", True),
        ("1", "", "moved", True),
    ],
)
def test_file_differs_from_the_tip_by_its_blob(
    here: str, at_tip: str, place: Place, *, differs: bool
) -> None:
    standing = Standing(D, {CONFIG: place, FILE: place}, {}, {FILE: at_tip}, {FILE: here})

    assert ([FILE] if differs else []) == differing_files(standing, C, [FILE])


def test_file_of_an_unknown_commit_differs_and_one_of_the_tip_does_not() -> None:
    standing = Standing(D, {FILE: "unknown"}, {}, {FILE: "1"})

    assert [FILE] == differing_files(standing, C, [FILE])
    assert [] == differing_files(standing, D, [FILE])


# ---------------------------------------------------------------- a deploy in progress

MINUTE = 60.0


def undeployed(outcome: Outcome = "updated", status: str = "AVAILABLE") -> Result:
    return replace(found(outcome, status=status), planned=True)


@pytest.mark.parametrize(
    ("outcome", "holder", "age", "is_note"),
    [
        ("updated", "run 7", None, True),
        ("created", "run 7", None, True),
        ("applied", "run 7", None, True),
        ("updated", "", 30 * MINUTE, True),
        ("created", "", -5 * MINUTE, True),
        ("applied", "", MINUTE, False),
        ("updated", "", 31 * MINUTE, False),
        ("updated", "", -6 * MINUTE, False),
        ("updated", "", None, False),
    ],
)
def test_undeployed_content_is_a_note_while_a_deploy_may_be_in_progress(
    outcome: Outcome, holder: str, age: float | None, *, is_note: bool
) -> None:
    deferred = defer(undeployed(outcome), holder, age)

    assert is_note is not is_finding("check", deferred)
    assert (WAIT in deferred.remedy) is is_note


def test_first_deploy_over_a_manual_version_may_be_in_progress() -> None:
    adopted = replace(undeployed(), replaced=version(1, "by hand"), adopted=True)

    assert defer(adopted, "", MINUTE).is_pending


def test_note_names_the_run_or_the_age_of_the_tip() -> None:
    held, young = defer(undeployed(), "run 7", None), defer(undeployed(), "", 4 * MINUTE)

    assert f"{FOUND} A deploy may be in progress: run 7 holds the lock." == held.message
    assert f"{FOUND} A deploy may be in progress: the tip of the branch is 4 min 0 s old." == young.message


@pytest.mark.parametrize(
    "result",
    [
        undeployed(status="COPY_FAILED"),
        found("drifted"),
        replace(undeployed(), replaced=version(4, "by hand")),
        found("held"),
        found("unchanged"),
    ],
    ids=["failed copy", "drift", "drift and a changed file", "rollback", "no difference"],
)
def test_other_findings_stay_while_a_deploy_is_in_progress(result: Result) -> None:
    assert result == defer(result, "run 7", MINUTE)
