"""Which version is in force where, as a table and in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dictionary_deploy.model import Dictionary, DomainPackage, Domains, Outcome, Package, Result
from dictionary_deploy.report.live_versions import (
    ASIDE,
    ATTENTION,
    BAD,
    GOOD,
    TruthRow,
    is_behind,
    live,
    moves,
    reloading,
    truth,
)

PACKAGE = Package("F1", "product-synonyms", "AVAILABLE", "v4")
LIVE = DomainPackage("search-a", "ACTIVE", "v4")
BEHIND = DomainPackage("search-b", "ACTIVE", "v3")
BROKEN = DomainPackage(
    "search-c", "ASSOCIATION_FAILED", "v4", {"ErrorDetails": {"ErrorType": "Bad", "ErrorMessage": "no"}}
)
ALONE = "Left alone, since not configured: search-b (v3)."
UNASSOCIATED = "The package is associated with no domain: name one under `domains`, and it is associated."
NONE = "`domains: none` leaves every domain alone; `domains: associated` would bring it to them."
REOPENED = "once its indices are closed and opened"


def result(outcome: Outcome = "updated", wanted: Domains = "associated", **members: Any) -> Result:
    given = {"package": PACKAGE} | members
    return Result(Dictionary("a.txt", "product-synonyms", "synonyms", wanted), outcome, "", **given)


# ---------------------------------------------------------------- the table


def test_the_truth_puts_the_packages_version_beside_each_domains() -> None:
    assert truth(result(wanted=("search-a", "search-c", "search-z"), domains=(LIVE, BEHIND, BROKEN))) == (
        TruthRow(GOOD, "package", "product-synonyms", "v4", "AVAILABLE"),
        TruthRow(GOOD, "domain", "search-a", "v4", "ACTIVE"),
        TruthRow(ASIDE, "domain", "search-b", "v3", "ACTIVE, not configured"),
        TruthRow(BAD, "domain", "search-c", "v4", "ASSOCIATION_FAILED: Bad: no"),
        TruthRow(ATTENTION, "domain", "search-z", "", "no association seen"),
    )


@pytest.mark.parametrize(
    ("package", "row"),
    [
        (
            replace(PACKAGE, status="COPY_FAILED", details={"ErrorDetails": {"ErrorMessage": "gone"}}),
            TruthRow(BAD, "package", "product-synonyms", "v4", "COPY_FAILED: gone"),
        ),
        (
            replace(PACKAGE, status="DELETED"),
            TruthRow(BAD, "package", "product-synonyms", "v4", "DELETED"),
        ),
        (
            replace(PACKAGE, status="COPYING"),
            TruthRow(ATTENTION, "package", "product-synonyms", "v4", "COPYING"),
        ),
    ],
)
def test_the_truth_tells_a_package_that_failed_from_one_under_way(package: Package, row: TruthRow) -> None:
    assert truth(result(package=package)) == (row,)


def test_nothing_is_true_of_a_package_that_nobody_saw() -> None:
    assert () == truth(result(package=None))


def test_a_domain_that_is_left_alone_is_not_behind() -> None:
    assert not is_behind(result(wanted=("search-a",), domains=(LIVE, BEHIND)))
    assert is_behind(result(domains=(LIVE, BEHIND)))


# ---------------------------------------------------------------- in a sentence


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (result(package=None), ""),
        (result(package=replace(PACKAGE, available="")), "No version is available yet."),
        (result(package=replace(PACKAGE, available=""), planned=True), "Now: no version is available yet."),
        (result(domains=(LIVE,)), "v4 is live everywhere (on 1 domain)."),
        (result(domains=(LIVE, LIVE)), "v4 is live everywhere (on 2 domains)."),
        (result(domains=(LIVE,), planned=True), "Now: v4 is live everywhere (on 1 domain)."),
        (
            result(domains=(LIVE,), engines={"search-a": "OpenSearch_2.11"}),
            "v4 is live everywhere (on 1 domain).",
        ),
        (
            result(domains=(LIVE,), engines={"search-a": "7.4"}),
            f"v4 is live everywhere (on 1 domain), on search-a {REOPENED}.",
        ),
        (
            result(domains=(LIVE,), engines={"search-a": "7.4"}, planned=True),
            "Now: v4 is live everywhere (on 1 domain).",
        ),
        (
            result("unchanged", domains=(LIVE,), engines={"search-a": "7.4"}),
            "v4 is live everywhere (on 1 domain).",
        ),
        (
            result(domains=(LIVE, BEHIND), engines={"search-a": "7.4", "search-b": "7.4"}),
            f"v4 is live on 1 of 2 domains, on search-a {REOPENED}; not on search-b (v3).",
        ),
        (
            result(
                domains=tuple(replace(LIVE, domain=name) for name in "abcdefg"),
                engines=dict.fromkeys("abcdefg", "6.8"),
            ),
            f"v4 is live everywhere (on 7 domains), on a, b, c, d, e and 2 more {REOPENED}.".replace(
                "its", "their"
            ),
        ),
        (
            replace(
                result(domains=(LIVE,)),
                dictionary=Dictionary("a.dic", "product-synonyms", "sudachi", "associated"),
            ),
            "v4 is live everywhere (on 1 domain), from the next blue/green deployment of a domain on.",
        ),
        (
            result(domains=(LIVE, BEHIND, LIVE)),
            "v4 is live on 2 of 3 domains; not on search-b (v3).",
        ),
        (
            result(domains=(LIVE,), wanted=("search-a", "search-b")),
            "v4 is live on 1 of 2 domains; not on search-b (no association seen).",
        ),
        (
            result(domains=(BEHIND,)),
            "v4 is available, not applied: live on none of 1 domain; not on search-b (v3).",
        ),
        (
            result(domains=(LIVE, BEHIND), wanted=("search-a",)),
            f"v4 is live on every configured domain (on 1 domain). {ALONE}",
        ),
        (
            result(domains=(BEHIND,), wanted=()),
            f"v4 is available, not applied. {ALONE}",
        ),
        (
            result(domains=(BEHIND,), wanted="none"),
            f"v4 is available, not applied: live on none of 1 domain; not on search-b (v3). {NONE}",
        ),
        (
            result(domains=(LIVE, BEHIND), wanted="none"),
            f"v4 is live on 1 of 2 domains; not on search-b (v3). {NONE}",
        ),
        (result(domains=(), wanted="none"), f"v4 is available, not applied. {NONE}"),
        (
            result(domains=()),
            f"v4 is available, not applied. {UNASSOCIATED}",
        ),
        (
            result(domains=None, wanted="none"),
            f"v4 is available; where it is live is not known. {NONE}",
        ),
        (
            result(domains=None, wanted="none", why_no_domains="Denied."),
            f"v4 is available; where it is live is not known. Denied. {NONE}",
        ),
        (
            result(domains=None),
            "v4 is available; where it is live is not known. The domains were not looked at.",
        ),
        (
            result(domains=None, why_no_domains="AccessDenied. Grant it."),
            "v4 is available; where it is live is not known. AccessDenied. Grant it.",
        ),
    ],
)
def test_one_sentence_says_where_the_version_is_live(one: Result, said: str) -> None:
    assert said == live(one)


def test_a_run_that_lost_the_lock_does_not_say_what_is_live() -> None:
    told = "was available: the run that has it now says what is live."

    assert f"When this run lost the lock, v4 {told}" == live(
        result("failed", domains=(LIVE,), reason="locked")
    )


def test_what_is_live_in_place_of_a_content_that_failed_is_not_taken_for_it() -> None:
    ours, older = (result("failed", domains=(LIVE,), is_deployed=each) for each in (True, False))

    assert "v4 is live everywhere (on 1 domain)." == live(ours)
    assert "Still: v4 is live everywhere (on 1 domain)." == live(older)


def test_of_many_domains_that_are_behind_the_sentence_names_a_few() -> None:
    behind = tuple(replace(BEHIND, domain=f"search-{number}") for number in range(7))

    assert live(result(domains=(LIVE, *behind))).endswith("search-4 (v3) and 2 more.")


# ---------------------------------------------------------------- what a merge would do


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (result(planned=True, domains=(LIVE, BEHIND)), "to search-a (now v4), search-b (now v3)."),
        (result(planned=True, wanted=("search-z",), domains=()), "to search-z (now without it)."),
        (result("applied", planned=True, domains=(LIVE, BEHIND)), "to search-b (now v3)."),
        (result(planned=True, wanted="none", domains=(LIVE,)), "to no domain: `domains: none`."),
        (result("created", planned=True, package=None, wanted=("a",)), "to a (now without it)."),
    ],
)
def test_a_plan_says_where_the_version_would_go(one: Result, said: str) -> None:
    assert f"Its version would go {said}" == moves(one)


@pytest.mark.parametrize(
    "one",
    [
        result(domains=(BEHIND,)),
        result("unchanged", planned=True, domains=(LIVE,)),
        result(planned=True, domains=()),
    ],
)
def test_what_moves_nothing_says_nothing(one: Result) -> None:
    assert "" == moves(one)


def test_a_package_that_would_be_made_for_no_domain_says_so_before_the_merge() -> None:
    said = moves(result("created", planned=True, package=None))
    assert "Its version would go to no domain: name one under `domains`, and it is associated." == said


def test_of_many_domains_that_would_move_the_sentence_names_a_few() -> None:
    behind = tuple(replace(BEHIND, domain=f"search-{number}") for number in range(7))

    assert moves(result(planned=True, domains=behind)).endswith("search-4 (now v3) and 2 more.")


# ---------------------------------------------------------------- when search uses it


def test_what_went_to_domains_says_when_search_uses_it() -> None:
    engines = {"search-a": "OpenSearch_2.11"}
    [told] = reloading(result(domains=(LIVE,), engines=engines))

    assert told.startswith("search-a (OpenSearch 2.11) reloads synonyms_path: analyzers/F1 in search")


def test_what_could_not_be_asked_is_told_with_the_permission() -> None:
    *_, last = reloading(result(domains=(LIVE,), why_no_engines="Grant es:DescribeElasticsearchDomains."))

    assert "Grant es:DescribeElasticsearchDomains." == last


@pytest.mark.parametrize(
    "one",
    [
        result("unchanged", domains=(LIVE,)),
        result(package=None),
        result(wanted="none", domains=(LIVE,)),
        result(domains=(), why_no_engines="Denied."),
    ],
)
def test_what_went_nowhere_says_nothing_of_reloading(one: Result) -> None:
    assert () == reloading(one)
