from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from dictionary_deploy.doctor.checks import (
    PACKAGES_PER_REGION,
    Check,
    denied,
    domain_checks,
    find_package,
    missed,
    ok,
    version_check,
    written_check,
)
from dictionary_deploy.errors import AwsError, DeployError, UnclearError
from dictionary_deploy.model import Dictionary, DomainNames, DomainPackage, Package, Version

DICTIONARY = Dictionary("s.txt", "product-synonyms", "synonyms", "associated")
PACKAGE = Package("F1", "product-synonyms", "AVAILABLE", "v2")
SHA = "a" * 40


def found(dictionary: Dictionary = DICTIONARY, *packages: Package, others: Sequence[str] = ()) -> Check:
    return find_package(dictionary, packages, others)[1]


def domains(
    dictionary: Dictionary,
    *associations: DomainPackage,
    names: DomainNames = ("search-prod", "search-test"),
    engines: Mapping[str, str] | None = None,
) -> list[Check]:
    return list(domain_checks(dictionary, PACKAGE, associations, names, engines or {}))


def test_a_check_reads_as_a_line_and_one_more_for_what_to_do() -> None:
    check = Check("package a", "not ok", "There is none.", "Make it.", stops=True)

    assert ("not ok          package a: There is none.", f"{' ' * 16}-> Make it.") == check.lines
    assert ("ok              Region: eu-west-1.",) == ok("Region", "eu-west-1.").lines
    assert {
        "subject": "package a",
        "verdict": "not ok",
        "said": "There is none.",
        "remedy": "Make it.",
        "stops": True,
    } == check.members


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (AwsError("access-denied", "No.", "Grant it."), "not ok"),
        (DeployError("wrong-branch", "No.", "Grant it."), "not ok"),
        (UnclearError("update-failed", "No.", "Grant it."), "could not tell"),
        (AwsError("update-failed", "No.", "Grant it.", code="Throttling"), "could not tell"),
    ],
)
def test_what_failed_is_not_ok_unless_there_was_no_answer(error: DeployError, verdict: str) -> None:
    assert ("x", verdict, "No.", "Grant it.", True) == tuple(missed("x", error).members.values())
    assert not missed("x", error, stops=False).stops


def test_what_a_deploy_can_do_without_is_said_with_what_is_lost() -> None:
    error = AwsError("access-denied", "No.", "Grant it.")
    unclear = UnclearError("update-failed", "Late.", "Rerun.")

    assert Check("x", "could not tell", "No. Poorer.", "Grant it.") == denied("x", error, "Poorer.")
    assert Check("x", "could not tell", "Late. Poorer.") == denied("x", unclear, "Poorer.")


# ---------------------------------------------------------------- packages


def test_a_package_is_found_by_its_exact_name_or_its_id() -> None:
    others = (Package("F2", "product-synonyms-old", "AVAILABLE", "v1"), PACKAGE)
    said = "product-synonyms (F1) is AVAILABLE, available is v2."

    assert (PACKAGE, ok("package product-synonyms", said)) == find_package(DICTIONARY, others, ())
    assert (PACKAGE, ok("package F1", said)) == find_package(replace(DICTIONARY, package="F1"), others, ())


def test_a_package_without_a_version_says_so() -> None:
    check = found(DICTIONARY, replace(PACKAGE, status="COPYING", available=""))

    assert ("ok", "product-synonyms (F1) is COPYING, no version is available.") == (check.verdict, check.said)


def test_two_packages_of_a_name_stop_a_deploy() -> None:
    check = found(DICTIONARY, PACKAGE, replace(PACKAGE, id="F2"))

    assert ("not ok", True) == (check.verdict, check.stops)
    assert "F1, F2" in check.said


def test_two_files_for_one_package_stop_a_deploy() -> None:
    check = found(DICTIONARY, PACKAGE, others=["t.txt"])

    assert ("not ok", True) == (check.verdict, check.stops)
    assert "s.txt and t.txt are for the same package" in check.said


def test_a_package_that_is_being_deleted_stops_a_deploy() -> None:
    check = found(DICTIONARY, replace(PACKAGE, status="DELETING"))

    assert ("not ok", True) == (check.verdict, check.stops)


@pytest.mark.parametrize(
    ("details", "said"),
    [
        ({}, "AWS does not say why."),
        ({"ErrorDetails": {"ErrorType": "AccessDenied", "ErrorMessage": "No"}}, "AccessDenied: No."),
    ],
)
def test_a_copy_that_failed_is_not_ok_and_stops_nothing(details: Mapping[str, object], said: str) -> None:
    check = found(DICTIONARY, replace(PACKAGE, status="COPY_FAILED", details=details))

    assert ("not ok", False) == (check.verdict, check.stops)
    assert check.said.endswith(said)


@pytest.mark.parametrize(
    ("names", "there"),
    [
        (["product-synonym"], "Did you mean product-synonym?"),
        (["b", "a"], "There are: a, b."),
        ([], "There are: none."),
    ],
)
def test_a_missing_package_stops_a_deploy_and_what_is_there_is_named(
    names: Sequence[str], there: str
) -> None:
    check = found(DICTIONARY, *(Package(f"F{name}", name, "AVAILABLE", "v1") for name in names))

    assert ("not ok", True) == (check.verdict, check.stops)
    assert check.remedy.startswith(there)


def test_a_missing_package_that_is_to_be_created_is_fine_as_long_as_there_is_room() -> None:
    creating = replace(DICTIONARY, create=True)
    others = [Package(f"F{n}", f"p{n}", "AVAILABLE", "v1") for n in range(PACKAGES_PER_REGION)]

    assert "ok" == found(creating, *others[1:]).verdict
    assert ("not ok", True) == (found(creating, *others).verdict, found(creating, *others).stops)


# ---------------------------------------------------------------- versions


@pytest.mark.parametrize(
    ("available", "versions", "verdict", "said"),
    [
        ("", [], "ok", "There is none yet."),
        ("v2", [Version("v1", "")], "could not tell", "The history does not have v2 yet."),
        ("v2", [Version("v2", SHA)], "ok", f"v2 was made from the commit {SHA}."),
        ("v1", [Version("v1", "by hand")], "ok", "The first deploy adopts the package"),
        ("v2", [Version("v1", SHA), Version("v2", "")], "not ok", "Somebody changed the package by hand."),
    ],
)
def test_where_the_available_version_comes_from(
    available: str, versions: Sequence[Version], verdict: str, said: str
) -> None:
    check = version_check(DICTIONARY, replace(PACKAGE, available=available), versions)

    assert (verdict, False) == (check.verdict, check.stops)
    assert said in check.said


# ---------------------------------------------------------------- domains


def test_domains_that_are_left_alone_are_not_looked_at() -> None:
    [check] = domains(replace(DICTIONARY, domains="none"), DomainPackage("search-prod", "ACTIVE", "v1"))

    assert "as `domains: none` says" in check.said


def test_a_package_that_no_domain_has_is_told_to_be_live_nowhere() -> None:
    [check] = domains(DICTIONARY)

    assert ("ok", True) == (check.verdict, "live nowhere" in check.said)


def test_each_associated_domain_says_its_version_and_search_when_it_reloads() -> None:
    checks = domains(
        DICTIONARY, DomainPackage("search-prod", "ACTIVE", "v2"), engines={"search-prod": "OpenSearch_2.11"}
    )

    assert ok("domain search-prod for product-synonyms", "v2 is ACTIVE.") == checks[0]
    assert "search-prod (OpenSearch 2.11) reloads" in checks[1].said


def test_a_domain_that_is_behind_or_failed_is_seen_to_by_the_next_deploy() -> None:
    behind, failed, *_ = domains(
        DICTIONARY,
        DomainPackage("a", "ACTIVE", "v1"),
        DomainPackage("b", "ASSOCIATION_FAILED", "", {"ErrorDetails": {"ErrorMessage": "Disk is full"}}),
    )

    assert ("ok", True) == (behind.verdict, "behind v2" in behind.said)
    assert ("not ok", False) == (failed.verdict, failed.stops)
    assert "no version is ASSOCIATION_FAILED. Disk is full" == failed.said


def test_a_listed_domain_without_the_package_gets_it_if_there_is_such_a_domain() -> None:
    listed = replace(DICTIONARY, domains=("search-test", "search-prd", "zzz"))

    there, misspelled, missing = domains(listed)

    assert ("ok", True) == (there.verdict, "the next deploy associates it" in there.said)
    assert ("not ok", True) == (misspelled.verdict, misspelled.stops)
    assert misspelled.remedy.startswith("Did you mean search-prod?")
    assert missing.remedy.startswith("There are: search-prod, search-test.")


def test_whether_a_domain_exists_may_not_be_known() -> None:
    [check] = domains(replace(DICTIONARY, domains=("search-test",)), names="unknown")
    [none] = domains(replace(DICTIONARY, domains=("search-test",)), names=())

    assert ("could not tell", False) == (check.verdict, check.stops)
    assert none.remedy.startswith("There are: none.")


# ---------------------------------------------------------------- the bucket


@pytest.mark.parametrize(
    ("encryption", "conditions", "verdict", "word"),
    [
        ("AES256", "kept", "ok", "work"),
        ("aws:kms", "kept", "not ok", "aws:kms"),
        ("", "kept", "not ok", "nothing"),
        ("AES256", "refused", "not ok", "refused"),
        ("AES256", "ignored", "not ok", "ignored"),
    ],
)
def test_a_bucket_has_to_encrypt_with_aes256_and_to_keep_conditions(
    encryption: str, conditions: str, verdict: str, word: str
) -> None:
    check = written_check("writing", encryption, conditions)

    assert (verdict, verdict == "not ok") == (check.verdict, check.stops)
    assert word in check.said
