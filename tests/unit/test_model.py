from __future__ import annotations

from dataclasses import replace

import pytest

from dictionary_deploy.model import (
    OUTCOMES,
    PLANNED_NAMES,
    ClosedIndex,
    DomainPackage,
    Outcome,
    Package,
    Result,
    Version,
    partition_of,
)
from tests.unit.situation import DICTIONARY, A


@pytest.mark.parametrize(
    ("configured", "package"),
    [
        ("F123456", Package("F123456", "any", "AVAILABLE", "v1")),
        ("product-synonyms", Package("F1", "product-synonyms", "AVAILABLE", "v1")),
        ("G123", Package("F1", "G123", "AVAILABLE", "v1")),
    ],
)
def test_dictionary_names_a_package_by_id_or_by_exact_name(configured: str, package: Package) -> None:
    dictionary = replace(DICTIONARY, package=configured)

    assert dictionary.names(package)
    assert not dictionary.names(replace(package, id="F9", name=f"{configured}-2"))


@pytest.mark.parametrize(("name", "number"), [("v1", 1), ("v12", 12), ("7", 7), ("latest", 0), ("", 0)])
def test_version_is_ordered_by_the_number_in_its_name(name: str, number: int) -> None:
    assert number == Version(name, "").number


@pytest.mark.parametrize("sha", [A, "0" * 64], ids=["sha-1", "sha-256"])
def test_version_with_a_sha_message_is_from_that_commit(sha: str) -> None:
    assert sha == Version("v1", sha).commit


@pytest.mark.parametrize("message", ["", "Add synonyms", A[:7], f"{A}\n", f"Deploy {A}", A.upper(), "a" * 41])
def test_version_with_another_message_is_from_no_commit(message: str) -> None:
    assert None is Version("v1", message).commit


@pytest.mark.parametrize(
    ("status", "is_settled"),
    [
        ("AVAILABLE", True),
        ("COPY_FAILED", True),
        ("VALIDATION_FAILED", True),
        ("DELETED", True),
        ("DELETE_FAILED", True),
        ("COPYING", False),
        ("VALIDATING", False),
        ("SOMETHING_NEW", False),
    ],
)
def test_package_is_settled_when_aws_has_finished(status: str, *, is_settled: bool) -> None:
    assert is_settled == Package("F1", "p", status, "v1").is_settled


@pytest.mark.parametrize(
    ("details", "error"),
    [
        ({}, ""),
        ({"ErrorDetails": None}, ""),
        ({"ErrorDetails": {"ErrorType": "Access", "ErrorMessage": "denied"}}, "Access: denied"),
        ({"ErrorDetails": {"ErrorType": "", "ErrorMessage": "denied"}}, "denied"),
    ],
)
def test_errors_of_packages_and_domains_are_one_line(details: dict[str, object], error: str) -> None:
    assert error == Package("F1", "p", "COPY_FAILED", "v1", details).error
    assert error == DomainPackage("search", "ASSOCIATION_FAILED", "v1", details).error


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_only_finished_outcomes_keep_their_name_in_a_plan(outcome: Outcome) -> None:
    result = Result(DICTIONARY, outcome, "")
    expected = outcome if outcome in {"invalid", "failed"} else PLANNED_NAMES[outcome]

    assert outcome == result.outcome_name
    assert expected == replace(result, planned=True).outcome_name
    assert expected.startswith("would-") == (outcome not in {"invalid", "failed"})


def test_index_has_the_same_key_whoever_closed_it() -> None:
    assert ("search-prod", "shop") == ClosedIndex("search-prod", "shop", "run 1", "2026-01-01").key


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("*", "aws")],
)
def test_partition_follows_the_region(region: str, partition: str) -> None:
    assert partition == partition_of(region)
