"""The package operations, through both APIs."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from dictionary_deploy.aws.packages import AwsPackages
from dictionary_deploy.errors import AwsError, UnclearError
from dictionary_deploy.model import Package, Service, Version
from tests.aws.conftest import Connect
from tests.aws.served import BUCKET, COMMIT, Aws, answer, serve_answers

LATER_COMMIT = "2e" * 20
MISSING = Package("F1", "missing", "AVAILABLE", "v1")

WRITES: dict[str, Callable[[AwsPackages, Package], None]] = {
    "es:CreatePackage": lambda packages, _: packages.create("stopwords", BUCKET, "by-hand.txt", None),
    "es:UpdatePackage": lambda packages, package: packages.update(
        package, BUCKET, "by-hand.txt", COMMIT, None
    ),
    "es:AssociatePackage": lambda packages, package: packages.associate(package, "search-prod"),
}
READS: dict[str, Callable[[AwsPackages, Package], object]] = {
    "es:DescribePackages": lambda packages, package: packages.describe([package.id]),
    "es:GetPackageVersionHistory": lambda packages, package: packages.history(package),
    "es:ListDomainsForPackage": lambda packages, package: packages.domains(package),
}


@pytest.fixture(params=["es", "opensearch"])
def packages(aws: Aws, connect: Connect, request: pytest.FixtureRequest) -> AwsPackages:
    """Return the adapter on each of the APIs."""
    service: Service = request.param
    clients = connect(aws.url, service)
    return AwsPackages(clients.reads, clients.writes)


def test_package_is_created_updated_and_associated(aws: Aws, packages: AwsPackages) -> None:
    aws.put()
    domain = aws.add_domain()
    packages.create("synonyms", BUCKET, "by-hand.txt", "Words that mean the same")
    (package,) = packages.all()
    assert ("synonyms", "COPYING", "") == (package.name, package.status, package.available)
    aws.pass_time()
    packages.update(package, BUCKET, "by-hand.txt", COMMIT, None)
    aws.pass_time()
    package = packages.describe([package.id])[package.id]
    assert ("AVAILABLE", "v2") == (package.status, package.available)
    assert [("v1", None), ("v2", COMMIT)] == [
        (version.name, version.commit) for version in packages.history(package)
    ]
    packages.associate(package, domain)
    aws.pass_time()
    (found,) = packages.domains(package)
    assert (domain, "ACTIVE", "v2") == (found.domain, found.status, found.version)


def test_details_have_every_member_and_times_in_iso_8601(aws: Aws) -> None:
    aws.put()
    aws.packages.create("synonyms", BUCKET, "by-hand.txt", "Words that mean the same")
    aws.local.failures.fail_copy("synonyms")
    aws.pass_time()
    aws.packages.update(aws.named("synonyms"), BUCKET, "by-hand.txt", COMMIT, None)
    aws.pass_time()
    package = aws.named("synonyms")
    assert {
        "PackageID": package.id,
        "PackageName": "synonyms",
        "PackageType": "TXT-DICTIONARY",
        "PackageDescription": "Words that mean the same",
        "PackageStatus": "COPY_FAILED",
        "CreatedAt": "2023-11-14T22:13:20.000Z",
        "LastUpdatedAt": "2023-11-14T22:14:21.000Z",
        "AvailablePackageVersion": "v1",
        "ErrorDetails": {"ErrorType": "InternalFailure", "ErrorMessage": "The copy failed."},
    } == package.details
    assert "InternalFailure: The copy failed." == package.error


def test_failed_association_has_its_error(aws: Aws) -> None:
    package, domain = aws.create(), aws.add_domain()
    aws.local.failures.fail_association(error_message="No space left.")
    aws.packages.associate(package, domain)
    aws.pass_time()
    (found,) = aws.packages.domains(package)
    assert ("ASSOCIATION_FAILED", "InternalFailure: No space left.") == (found.status, found.error)
    assert package.id == found.details["PackageID"]


def test_aws_owned_packages_are_skipped(aws: Aws) -> None:
    aws.switch(supplied_packages=150)
    aws.create("analysis-nori")
    assert ["analysis-nori"] == [package.name for package in aws.packages.all()]


def test_lists_are_read_from_all_pages(aws: Aws) -> None:
    aws.switch(page_size=2)
    names = [f"package-{number}" for number in range(5)]
    for name in names:
        aws.create(name)
    package = aws.named(names[0])
    domains = [aws.add_domain(f"search-{number}") for number in range(5)]
    for domain in domains:
        aws.packages.associate(package, domain)
    for number in range(5):
        aws.packages.update(package, BUCKET, "by-hand.txt", f"{number:040}", None)
        aws.pass_time()
    everything = aws.packages.all()
    assert names == [each.name for each in everything]
    assert {each.id for each in everything} == aws.packages.describe([each.id for each in everything]).keys()
    assert domains == [each.domain for each in aws.packages.domains(package)]
    assert ["", *(f"{number:040}" for number in range(5))] == [
        version.message for version in aws.packages.history(package)
    ]


def test_pages_have_the_largest_size_that_aws_allows(connect: Connect) -> None:
    with serve_answers(answer(200, b'{"PackageVersionHistoryList": []}')) as told:
        clients = connect(told.url)
        AwsPackages(clients.reads, clients.writes).history(MISSING)
    assert "/2015-01-01/packages/F1/history?maxResults=100" == told.requests[0][1]


@pytest.fixture
def listing() -> Callable[..., bytes]:
    """A page of DescribePackages."""

    def page(*ids: str, token: str | None = None) -> bytes:
        listed = [{"PackageID": each, "PackageName": f"name-of-{each}"} for each in ids]
        return answer(200, json.dumps({"PackageDetailsList": listed, "NextToken": token}).encode())

    return page


def test_package_on_two_pages_is_returned_once(connect: Connect, listing: Callable[..., bytes]) -> None:
    with serve_answers(listing("F1", "F2", token="a"), listing("F2", "F3")) as told:
        clients = connect(told.url)
        found = AwsPackages(clients.reads, clients.writes).all()
    assert ["F1", "F2", "F3"] == [package.id for package in found]


def test_endless_pages_are_an_error(connect: Connect, listing: Callable[..., bytes]) -> None:
    with serve_answers(listing("F1", token="a"), listing("F1", token="a")) as told:
        clients = connect(told.url)
        with pytest.raises(UnclearError, match="malformed response"):
            AwsPackages(clients.reads, clients.writes).all()


@pytest.mark.parametrize("answered", ["validation", "not-found", "empty"])
def test_deleted_package_is_missing_for_every_form_of_response(aws: Aws, answered: str) -> None:
    package = aws.create()
    aws.switch(unknown_package=answered)
    assert {package.id: package} == aws.packages.describe([package.id, "F999"])


def test_similar_package_id_is_not_described(aws: Aws) -> None:
    package = aws.create()
    assert {} == aws.packages.describe([package.id[:-1] + "?"])


def test_denied_describe_is_an_error(aws: Aws) -> None:
    aws.fail("es:DescribePackages", "AccessDeniedException")
    with pytest.raises(AwsError) as caught:
        aws.packages.describe(["F1"])
    assert ("access-denied", "Grant es:DescribePackages on * to the role.") == (
        caught.value.reason,
        caught.value.remedy,
    )


@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_versions_are_sorted_by_number(aws: Aws, order: str) -> None:
    package = aws.create()
    for number in range(2, 12):
        aws.packages.update(package, BUCKET, "by-hand.txt", f"{number:040}", None)
        aws.pass_time()
    aws.switch(history_order=order)
    versions = aws.packages.history(package)
    assert [f"v{number}" for number in range(1, 12)] == [version.name for version in versions]
    assert Version("v2", f"{2:040}", "2023-11-14T22:14:20.000Z") == versions[1]


@pytest.mark.parametrize("write", ["create", "update"])
def test_description_is_sent_only_when_set(aws: Aws, write: str) -> None:
    aws.put()
    aws.packages.create("synonyms", BUCKET, "by-hand.txt", "First" if write == "create" else None)
    aws.pass_time()
    if write == "update":
        aws.packages.update(aws.named("synonyms"), BUCKET, "by-hand.txt", COMMIT, "First")
        aws.pass_time()
    aws.packages.update(aws.named("synonyms"), BUCKET, "by-hand.txt", LATER_COMMIT, None)
    assert "First" == aws.named("synonyms").details["PackageDescription"]


@pytest.mark.parametrize(
    ("member", "commit", "description"),
    [("CommitMessage", "f" * 161, None), ("PackageDescription", COMMIT, "d" * 1025)],
)
def test_overlong_values_are_rejected_before_they_are_sent(
    aws: Aws, member: str, commit: str, description: str | None
) -> None:
    package = aws.create()
    with pytest.raises(AwsError, match=f"The {member} for the package synonyms .* is longer than"):
        aws.packages.update(package, BUCKET, "by-hand.txt", commit, description)
    assert 0 == aws.count("es:UpdatePackage")


def test_values_at_the_limit_are_sent(aws: Aws) -> None:
    package = aws.create()
    aws.packages.update(package, BUCKET, "by-hand.txt", "f" * 160, "d" * 1024)
    assert 1 == aws.count("es:UpdatePackage")


@pytest.mark.parametrize("operation", WRITES)
@pytest.mark.parametrize("code", ["InternalException", "ServiceUnavailable", "ThrottlingException"])
def test_write_is_sent_once_for_every_response(aws: Aws, operation: str, code: str) -> None:
    package, _ = aws.create(), aws.add_domain()
    before = aws.count(operation)
    aws.fail(operation, code, times=9)
    with pytest.raises(AwsError):
        WRITES[operation](aws.packages, package)
    assert 1 == aws.count(operation) - before


@pytest.mark.parametrize("operation", WRITES)
def test_write_with_a_lost_response_is_unclear(aws: Aws, operation: str) -> None:
    package, _ = aws.create(), aws.add_domain()
    before = aws.count(operation)
    aws.gateway.lost_answers["POST"] = 1
    with pytest.raises(UnclearError):
        WRITES[operation](aws.packages, package)
    assert 1 == aws.count(operation) - before


def test_update_with_a_lost_response_is_in_the_history(aws: Aws) -> None:
    package = aws.create()
    aws.gateway.lost_answers["POST"] = 1
    with pytest.raises(UnclearError):
        aws.packages.update(package, BUCKET, "by-hand.txt", COMMIT, None)
    aws.pass_time()
    assert COMMIT == aws.packages.history(package)[-1].commit


@pytest.mark.parametrize("operation", WRITES)
def test_write_response_without_details_is_unclear(connect: Connect, operation: str) -> None:
    with serve_answers(answer(200, b"{}")) as told:
        clients = connect(told.url)
        with pytest.raises(UnclearError, match=operation):
            WRITES[operation](AwsPackages(clients.reads, clients.writes), MISSING)


@pytest.mark.parametrize("operation", READS)
def test_reads_are_retried(aws: Aws, operation: str) -> None:
    package = aws.create()
    expected, before = READS[operation](aws.packages, package), aws.count(operation)
    aws.fail(operation, "ServiceUnavailable", times=2)
    assert expected == READS[operation](aws.packages, package)
    assert 3 == aws.count(operation) - before


@pytest.mark.parametrize("operation", ["es:GetPackageVersionHistory", "es:ListDomainsForPackage"])
def test_read_of_a_missing_package_is_reported(aws: Aws, operation: str) -> None:
    with pytest.raises(AwsError, match=rf"{operation} for the package missing \(F1\)") as caught:
        READS[operation](aws.packages, MISSING)
    assert "package-not-found" == caught.value.reason


def test_update_during_a_copy_is_refused_with_the_aws_message(aws: Aws) -> None:
    package = aws.create()
    aws.packages.update(package, BUCKET, "by-hand.txt", COMMIT, None)
    with pytest.raises(AwsError, match="A change/update is in progress") as caught:
        aws.packages.update(package, BUCKET, "by-hand.txt", LATER_COMMIT, None)
    assert ("update-failed", "ValidationException") == (caught.value.reason, caught.value.code)


def test_conflicting_association_has_the_aws_message(aws: Aws) -> None:
    package, domain = aws.create(), aws.add_domain()
    aws.packages.associate(package, domain)
    aws.pass_time()
    with pytest.raises(AwsError, match="already in desired state") as caught:
        aws.packages.associate(package, domain)
    assert ("association-failed", "ConflictException") == (caught.value.reason, caught.value.code)


def test_denied_association_names_the_domain(aws: Aws) -> None:
    package, domain = aws.create(), aws.add_domain()
    aws.fail("es:AssociatePackage", "AccessDeniedException")
    with pytest.raises(AwsError) as caught:
        aws.packages.associate(package, domain)
    assert (
        "Grant es:AssociatePackage on arn:aws:es:*:*:domain/search-prod to the role." == caught.value.remedy
    )


def test_26th_package_is_refused(aws: Aws) -> None:
    aws.put()
    for number in range(25):
        aws.packages.create(f"package-{number}", BUCKET, "by-hand.txt", None)
    with pytest.raises(AwsError) as caught:
        aws.packages.create("one-more", BUCKET, "by-hand.txt", None)
    assert "limit-exceeded" == caught.value.reason
