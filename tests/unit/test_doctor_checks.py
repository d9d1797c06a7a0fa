from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from dictionary_deploy.doctor.checks import (
    Check,
    config_checks,
    degraded_check,
    domain_checks,
    failed_check,
    find_package,
    ok,
    owner_check,
    version_check,
    written_check,
)
from dictionary_deploy.errors import AwsError, DeployError, UnclearError
from dictionary_deploy.model import (
    PACKAGES_PER_REGION,
    Config,
    Dictionary,
    DomainNames,
    DomainPackage,
    Owner,
    Package,
    StoredObject,
    Version,
)

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


def test_check_has_a_line_and_one_for_its_remedy() -> None:
    check = Check("package a", "not ok", "There is none.", "Make it.", stops=True)

    assert ("not ok          package a: There is none.", f"{' ' * 16}-> Make it.") == check.lines
    assert ("ok              Region: eu-west-1.",) == ok("Region", "eu-west-1.").lines
    assert {
        "subject": "package a",
        "verdict": "not ok",
        "message": "There is none.",
        "remedy": "Make it.",
        "stops": True,
    } == check.members


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (AwsError("access-denied", "No.", "Grant it."), "not ok"),
        (DeployError("wrong-branch", "No.", "Grant it."), "not ok"),
        (UnclearError("update-failed", "No.", "Grant it."), "unknown"),
        (AwsError("update-failed", "No.", "Grant it.", code="Throttling"), "unknown"),
    ],
)
def test_failed_check_is_unknown_without_a_clear_response(error: DeployError, verdict: str) -> None:
    assert ("x", verdict, "No.", "Grant it.", True) == tuple(failed_check("x", error).members.values())
    assert not failed_check("x", error, stops=False).stops


def test_degraded_check_has_its_consequence() -> None:
    error = AwsError("access-denied", "No.", "Grant it.")
    unclear = UnclearError("update-failed", "Late.", "Rerun.")

    assert Check("x", "unknown", "No. Poorer.", "Grant it.") == degraded_check("x", error, "Poorer.")
    assert Check("x", "unknown", "Late. Poorer.") == degraded_check("x", unclear, "Poorer.")


# ---------------------------------------------------------------- packages


def test_package_is_found_by_exact_name_or_id() -> None:
    others = (Package("F2", "product-synonyms-old", "AVAILABLE", "v1"), PACKAGE)
    said = "product-synonyms (F1) is AVAILABLE, v2 is available."

    assert (PACKAGE, ok("package product-synonyms", said)) == find_package(DICTIONARY, others, ())
    assert (PACKAGE, ok("package F1", said)) == find_package(replace(DICTIONARY, package="F1"), others, ())


def test_package_without_a_version_is_ok() -> None:
    check = found(DICTIONARY, replace(PACKAGE, status="COPYING", available=""))

    assert ("ok", "product-synonyms (F1) is COPYING, no version is available.") == (
        check.verdict,
        check.message,
    )


def test_two_packages_of_one_name_stop_a_deploy() -> None:
    check = found(DICTIONARY, PACKAGE, replace(PACKAGE, id="F2"))

    assert ("not ok", True) == (check.verdict, check.stops)
    assert "F1, F2" in check.message


def test_two_files_for_one_package_stop_a_deploy() -> None:
    check = found(DICTIONARY, PACKAGE, others=["t.txt"])

    assert ("not ok", True) == (check.verdict, check.stops)
    assert "s.txt and t.txt have the same package" in check.message


def test_package_in_deletion_stops_a_deploy() -> None:
    check = found(DICTIONARY, replace(PACKAGE, status="DELETING"))

    assert ("not ok", True) == (check.verdict, check.stops)


@pytest.mark.parametrize(
    ("details", "said"),
    [
        ({}, "AWS reports no cause."),
        ({"ErrorDetails": {"ErrorType": "AccessDenied", "ErrorMessage": "No"}}, "AccessDenied: No."),
    ],
)
def test_failed_copy_is_not_ok_and_stops_nothing(details: Mapping[str, object], said: str) -> None:
    check = found(DICTIONARY, replace(PACKAGE, status="COPY_FAILED", details=details))

    assert ("not ok", False) == (check.verdict, check.stops)
    assert check.message.endswith(said)


@pytest.mark.parametrize(
    ("names", "there"),
    [
        (["product-synonym"], "Did you mean product-synonym?"),
        (["b", "a"], "Existing names: a, b."),
        ([], "Existing names: none."),
    ],
)
def test_missing_package_stops_a_deploy(names: Sequence[str], there: str) -> None:
    check = found(DICTIONARY, *(Package(f"F{name}", name, "AVAILABLE", "v1") for name in names))

    assert ("not ok", True) == (check.verdict, check.stops)
    assert check.remedy.startswith(there)


def test_missing_package_with_create_is_ok_within_the_quota() -> None:
    creating = replace(DICTIONARY, create=True)
    others = [Package(f"F{n}", f"p{n}", "AVAILABLE", "v1") for n in range(PACKAGES_PER_REGION)]

    assert "ok" == found(creating, *others[1:]).verdict
    assert ("not ok", True) == (found(creating, *others).verdict, found(creating, *others).stops)


# ---------------------------------------------------------------- versions


@pytest.mark.parametrize(
    ("available", "versions", "verdict", "said"),
    [
        ("", [], "ok", "No version is available yet."),
        ("v2", [Version("v1", "")], "unknown", "The history does not have v2 yet."),
        ("v2", [Version("v2", SHA)], "ok", f"v2 was made from commit {SHA}."),
        ("v1", [Version("v1", "by hand")], "ok", "The first deploy adopts the package"),
        ("v2", [Version("v1", SHA), Version("v2", "")], "not ok", "The package was changed outside of git."),
    ],
)
def test_version_check_has_the_commit(
    available: str, versions: Sequence[Version], verdict: str, said: str
) -> None:
    check = version_check(DICTIONARY, replace(PACKAGE, available=available), versions)

    assert (verdict, False) == (check.verdict, check.stops)
    assert said in check.message


# ---------------------------------------------------------------- domains


def test_domains_are_not_checked_with_domains_none() -> None:
    [check] = domains(replace(DICTIONARY, domains="none"), DomainPackage("search-prod", "ACTIVE", "v1"))

    assert "because of `domains: none`" in check.message


def test_package_without_domains_is_ok() -> None:
    [check] = domains(DICTIONARY)

    assert ("ok", True) == (check.verdict, "no domain gets new versions" in check.message)


def test_associated_domain_has_version_and_reload_note() -> None:
    checks = domains(
        DICTIONARY, DomainPackage("search-prod", "ACTIVE", "v2"), engines={"search-prod": "OpenSearch_2.11"}
    )

    assert ok("domain search-prod for product-synonyms", "v2 is ACTIVE.") == checks[0]
    assert "search-prod (OpenSearch 2.11) reloads" in checks[1].message


def test_behind_or_failed_domains_stop_nothing() -> None:
    behind, failed, *_ = domains(
        DICTIONARY,
        DomainPackage("a", "ACTIVE", "v1"),
        DomainPackage("b", "ASSOCIATION_FAILED", "", {"ErrorDetails": {"ErrorMessage": "Disk is full"}}),
    )

    assert ("ok", True) == (behind.verdict, "behind v2" in behind.message)
    assert ("not ok", False) == (failed.verdict, failed.stops)
    assert "no version is ASSOCIATION_FAILED. Disk is full" == failed.message


def test_listed_domain_must_exist() -> None:
    listed = replace(DICTIONARY, domains=("search-test", "search-prd", "zzz"))

    there, misspelled, missing = domains(listed)

    assert ("ok", True) == (there.verdict, "the next deploy associates it" in there.message)
    assert ("not ok", True) == (misspelled.verdict, misspelled.stops)
    assert misspelled.remedy.startswith("Did you mean search-prod?")
    assert missing.remedy.startswith("Existing names: search-prod, search-test.")


def test_domain_is_unknown_without_the_names() -> None:
    [check] = domains(replace(DICTIONARY, domains=("search-test",)), names="unknown")
    [none] = domains(replace(DICTIONARY, domains=("search-test",)), names=())

    assert ("unknown", False) == (check.verdict, check.stops)
    assert none.remedy.startswith("Existing names: none.")


# ---------------------------------------------------------------- the bucket


@pytest.mark.parametrize(
    ("encryption", "conditions", "verdict", "word"),
    [
        ("AES256", "kept", "ok", "work"),
        ("aws:kms", "kept", "not ok", "aws:kms"),
        ("", "kept", "not ok", "not encrypted"),
        ("AES256", "refused", "not ok", "refused"),
        ("AES256", "ignored", "not ok", "ignored"),
    ],
)
def test_bucket_must_support_aes256_and_conditions(
    encryption: str, conditions: str, verdict: str, word: str
) -> None:
    check = written_check("writing", encryption, conditions)

    assert (verdict, verdict == "not ok") == (check.verdict, check.stops)
    assert word in check.message


def test_domain_of_another_environment_is_skipped() -> None:
    dictionary = replace(DICTIONARY, left_out=(("search-prod", "prod"), ("search-gone", "prod")))
    associations = [DomainPackage(name, "ACTIVE", "v2") for name in ("search-prod", "search-test")]

    checks = domains(dictionary, *associations)

    assert ("domain search-prod for product-synonyms", "ok") == (checks[0].subject, checks[0].verdict)
    assert "Skipped: environment prod lists it for this package." == checks[0].message
    assert "domain search-test for product-synonyms" == checks[1].subject
    assert not any("search-gone" in check.subject for check in checks)


@pytest.mark.parametrize(
    ("stored", "verdict", "stops"),
    [
        (None, "ok", False),
        (StoredObject("key", "hash", repository="acme/shop", config="d.yml"), "ok", False),
        (StoredObject("key", "hash", repository="acme/shop", config="other.yml"), "not ok", False),
        (StoredObject("key", "hash", repository="acme/other"), "not ok", True),
    ],
)
def test_owner_of_a_package_is_this_repository(
    stored: StoredObject | None, verdict: str, *, stops: bool
) -> None:
    check = owner_check(DICTIONARY, Owner("acme/shop"), "d.yml", stored)

    assert ("owner of product-synonyms", verdict, stops) == (check.subject, check.verdict, check.stops)


def test_shared_packages_are_checks_of_the_configuration() -> None:
    warned = Config(
        "d.yml", "acme", "dictionaries", None, "es", None, None, (DICTIONARY,), warnings=("Odd.",)
    )
    other = (
        b"bucket: acme\ndomains: none\n"
        b"dictionaries: [{file: o.txt, package: product-synonyms, kind: synonyms}]\n"
    )

    checks = list(config_checks([warned, warned], {"o.yml": other}))

    assert ["configuration"] * 2 == [check.subject for check in checks]
    assert "Odd." == checks[0].message
    assert "d.yml deploys s.txt, o.yml deploys o.txt" in checks[1].message
    assert [] == list(config_checks([replace(warned, warnings=())], {}))
