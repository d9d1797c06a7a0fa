"""The live versions, as a table and in sentences."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dictionary_deploy.model import Dictionary, DomainPackage, Package, Result
from dictionary_deploy.report.live_versions import (
    ATTENTION,
    BAD,
    GOOD,
    IGNORED,
    VersionRow,
    is_behind,
    lacks_domain,
    live_summary,
    version_rows,
)
from tests.unit.reported import BEHIND, LIVE, PACKAGE, result

BROKEN = DomainPackage(
    "search-c", "ASSOCIATION_FAILED", "v4", {"ErrorDetails": {"ErrorType": "Bad", "ErrorMessage": "no"}}
)
NOT_CONFIGURED = "Not updated because not configured: search-b (v3)."


# ---------------------------------------------------------------- the table


def test_version_rows_have_package_and_domains() -> None:
    assert version_rows(
        result(wanted=("search-a", "search-c", "search-z"), domains=(LIVE, BEHIND, BROKEN))
    ) == (
        VersionRow(GOOD, "package", "product-synonyms", "v4", "AVAILABLE"),
        VersionRow(GOOD, "domain", "search-a", "v4", "ACTIVE"),
        VersionRow(IGNORED, "domain", "search-b", "v3", "ACTIVE, not configured"),
        VersionRow(BAD, "domain", "search-c", "v4", "ASSOCIATION_FAILED: Bad: no"),
        VersionRow(ATTENTION, "domain", "search-z", "", "not associated"),
    )


@pytest.mark.parametrize(
    ("package", "row"),
    [
        (
            replace(PACKAGE, status="COPY_FAILED", details={"ErrorDetails": {"ErrorMessage": "gone"}}),
            VersionRow(BAD, "package", "product-synonyms", "v4", "COPY_FAILED: gone"),
        ),
        (
            replace(PACKAGE, status="DELETED"),
            VersionRow(BAD, "package", "product-synonyms", "v4", "DELETED"),
        ),
        (
            replace(PACKAGE, status="COPYING"),
            VersionRow(ATTENTION, "package", "product-synonyms", "v4", "COPYING"),
        ),
    ],
)
def test_version_row_of_a_package_is_marked_by_its_status(package: Package, row: VersionRow) -> None:
    assert version_rows(result(package=package)) == (row,)


def test_unknown_package_has_no_version_rows() -> None:
    assert () == version_rows(result(package=None))


def test_domain_that_is_not_configured_is_not_behind() -> None:
    assert not is_behind(result(wanted=("search-a",), domains=(LIVE, BEHIND)))
    assert is_behind(result(domains=(LIVE, BEHIND)))


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (result(domains=()), True),
        (result("unchanged", domains=()), True),
        (result("created", package=None, planned=True), True),
        (result(package=None, planned=True), False),
        (result(domains=(BEHIND,)), False),
        (result(domains=None), False),
        (result(domains=(), wanted="none"), False),
        (result(domains=(), wanted=("search-a",)), False),
    ],
)
def test_package_lacks_a_domain_if_none_is_associated_or_listed(one: Result, *, expected: bool) -> None:
    assert expected == lacks_domain(one)


# ---------------------------------------------------------------- in a sentence


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (result(package=None), ""),
        (result(package=replace(PACKAGE, available="")), "No version is available yet."),
        (result(domains=(LIVE,)), "v4 is active on search-a."),
        (result(domains=(LIVE, LIVE)), "v4 is active on all domains."),
        (result(domains=(LIVE,), planned=True), "v4 is currently active on search-a."),
        (
            result(domains=(LIVE, BEHIND)),
            "v4 is active on 1 of 2 domains, not on search-b (still v3).",
        ),
        (
            result(domains=(LIVE,), wanted=("search-a", "search-b")),
            "v4 is active on 1 of 2 domains, not on search-b (not associated).",
        ),
        (
            result(domains=(BEHIND,)),
            "v4 is available, but not live on search-b (still v3).",
        ),
        (
            result(domains=(BROKEN,)),
            "v4 is available, but not live on search-c (v4, ASSOCIATION_FAILED).",
        ),
        (
            result(domains=(LIVE, BEHIND), wanted=("search-a",)),
            f"v4 is active on search-a. {NOT_CONFIGURED}",
        ),
        (
            result(domains=(LIVE, replace(LIVE, domain="search-d"), BEHIND), wanted=("search-a", "search-d")),
            f"v4 is active on all configured domains. {NOT_CONFIGURED}",
        ),
        (
            result(domains=(BEHIND,), wanted=()),
            f"v4 is available. {NOT_CONFIGURED}",
        ),
        (
            result(domains=(BEHIND,), wanted="none"),
            "v4 is available, but not live on search-b (still v3).",
        ),
        (
            result(domains=(LIVE, BEHIND), wanted="none"),
            "v4 is active on 1 of 2 domains, not on search-b (still v3).",
        ),
        (
            result(domains=(), wanted="none"),
            "v4 is available, but no domain is associated with the package.",
        ),
        (
            result(domains=()),
            "v4 is available, but no domain is associated with the package.",
        ),
        (
            result(domains=None, wanted="none"),
            "v4 is available; the domains that use it are unknown.",
        ),
        (
            result(domains=None, wanted="none", why_no_domains="Denied."),
            "v4 is available; the domains that use it are unknown. Denied.",
        ),
        (
            result(domains=None),
            "v4 is available; the domains that use it are unknown. The domains were not read.",
        ),
    ],
)
def test_live_summary_names_where_the_version_is_active(one: Result, expected: str) -> None:
    assert expected == live_summary(one)


@pytest.mark.parametrize(("available", "version"), [("v4", "v4"), ("", "No version")])
def test_live_summary_after_a_lost_lock_names_its_holder(available: str, version: str) -> None:
    lost = result("failed", package=replace(PACKAGE, available=available), domains=(LIVE,), reason="locked")

    assert live_summary(lost) == (
        f"{version} was available when this run lost the lock."
        " The run that holds the lock reports the live versions."
    )


def test_live_summary_of_an_earlier_version_has_still() -> None:
    deployed, earlier = (result("failed", domains=(LIVE,), is_deployed=each) for each in (True, False))

    assert "v4 is active on search-a." == live_summary(deployed)
    assert "v4 is still active on search-a." == live_summary(earlier)


def test_live_summary_names_the_first_domains_behind() -> None:
    behind = tuple(replace(BEHIND, domain=f"search-{number}") for number in range(7))

    assert live_summary(result(domains=(LIVE, *behind))).endswith("search-4 (still v3) and 2 more.")


# ---------------------------------------------------------------- domains of other environments

LEFT_OUT = Dictionary("a.txt", "product-synonyms", "synonyms", "associated", left_out=(("search-b", "prod"),))


def test_domain_of_another_environment_is_not_behind() -> None:
    found = replace(result(domains=(LIVE, BEHIND)), dictionary=LEFT_OUT)

    assert VersionRow(
        IGNORED, "domain", "search-b", "v3", "ACTIVE, updated by environment prod"
    ) in version_rows(found)
    assert live_summary(found) == (
        "v4 is active on search-a. Not updated because updated by environment prod: search-b (v3)."
    )
    assert not is_behind(found)
