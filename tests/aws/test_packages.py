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
    """The adapter on each of the APIs."""
    service: Service = request.param
    clients = connect(aws.url, service)
    return AwsPackages(clients.reads, clients.writes)


def test_a_dictionary_goes_from_its_creation_to_a_domain(aws: Aws, packages: AwsPackages) -> None:
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


def test_details_have_every_member_of_the_answer_and_times_in_iso_8601(aws: Aws) -> None:
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


def test_a_failed_association_says_why(aws: Aws) -> None:
    package, domain = aws.create(), aws.add_domain()
    aws.local.failures.fail_association(error_message="No space left.")
    aws.packages.associate(package, domain)
    aws.pass_time()
    (found,) = aws.packages.domains(package)
    assert ("ASSOCIATION_FAILED", "InternalFailure: No space left.") == (found.status, found.error)
    assert package.id == found.details["PackageID"]


def test_packages_of_awss_own_are_left_out(aws: Aws) -> None:
    aws.switch(supplied_packages=150)
    aws.create("analysis-nori")
    assert ["analysis-nori"] == [package.name for package in aws.packages.all()]


def test_lists_are_read_over_all_their_pages(aws: Aws) -> None:
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


def test_pages_ask_for_as_many_as_aws_allows(connect: Connect) -> None:
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


def test_a_package_that_moved_onto_the_next_page_is_one_package(
    connect: Connect, listing: Callable[..., bytes]
) -> None:
    with serve_answers(listing("F1", "F2", token="a"), listing("F2", "F3")) as told:
        clients = connect(told.url)
        found = AwsPackages(clients.reads, clients.writes).all()
    assert ["F1", "F2", "F3"] == [package.id for package in found]


def test_pages_that_never_end_are_an_error(connect: Connect, listing: Callable[..., bytes]) -> None:
    with serve_answers(listing("F1", token="a"), listing("F1", token="a")) as told:
        clients = connect(told.url)
        with pytest.raises(UnclearError, match="malformed response"):
            AwsPackages(clients.reads, clients.writes).all()


@pytest.mark.parametrize("answered", ["validation", "not-found", "empty"])
def test_a_package_that_is_gone_is_absent_however_aws_says_so(aws: Aws, answered: str) -> None:
    package = aws.create()
    aws.switch(unknown_package=answered)
    assert {package.id: package} == aws.packages.describe([package.id, "F999"])


def test_a_package_whose_id_only_looks_alike_is_not_described(aws: Aws) -> None:
    package = aws.create()
    assert {} == aws.packages.describe([package.id[:-1] + "?"])


def test_a_describe_that_is_denied_is_an_error(aws: Aws) -> None:
    aws.fail("es:DescribePackages", "AccessDeniedException")
    with pytest.raises(AwsError) as caught:
        aws.packages.describe(["F1"])
    assert ("access-denied", "Grant es:DescribePackages on * to the role.") == (
        caught.value.reason,
        caught.value.remedy,
    )


@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_versions_ascend_by_number_whatever_order_aws_lists_them_in(aws: Aws, order: str) -> None:
    package = aws.create()
    for number in range(2, 12):
        aws.packages.update(package, BUCKET, "by-hand.txt", f"{number:040}", None)
        aws.pass_time()
    aws.switch(history_order=order)
    versions = aws.packages.history(package)
    assert [f"v{number}" for number in range(1, 12)] == [version.name for version in versions]
    assert Version("v2", f"{2:040}", "2023-11-14T22:14:20.000Z") == versions[1]


@pytest.mark.parametrize("write", ["create", "update"])
def test_a_description_is_sent_when_there_is_one_and_left_alone_otherwise(aws: Aws, write: str) -> None:
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
def test_what_is_too_long_is_refused_before_it_is_sent(
    aws: Aws, member: str, commit: str, description: str | None
) -> None:
    package = aws.create()
    with pytest.raises(AwsError, match=f"The {member} for the package synonyms .* is longer than"):
        aws.packages.update(package, BUCKET, "by-hand.txt", commit, description)
    assert 0 == aws.count("es:UpdatePackage")


def test_what_is_just_short_enough_is_sent(aws: Aws) -> None:
    package = aws.create()
    aws.packages.update(package, BUCKET, "by-hand.txt", "f" * 160, "d" * 1024)
    assert 1 == aws.count("es:UpdatePackage")


@pytest.mark.parametrize("operation", WRITES)
@pytest.mark.parametrize("code", ["InternalException", "ServiceUnavailable", "ThrottlingException"])
def test_a_write_is_sent_once_whatever_aws_answers(aws: Aws, operation: str, code: str) -> None:
    package, _ = aws.create(), aws.add_domain()
    before = aws.count(operation)
    aws.fail(operation, code, times=9)
    with pytest.raises(AwsError):
        WRITES[operation](aws.packages, package)
    assert 1 == aws.count(operation) - before


@pytest.mark.parametrize("operation", WRITES)
def test_a_write_whose_answer_is_lost_may_have_been_done(aws: Aws, operation: str) -> None:
    package, _ = aws.create(), aws.add_domain()
    before = aws.count(operation)
    aws.gateway.lost_answers["POST"] = 1
    with pytest.raises(UnclearError):
        WRITES[operation](aws.packages, package)
    assert 1 == aws.count(operation) - before


def test_an_update_whose_answer_is_lost_shows_in_the_history(aws: Aws) -> None:
    package = aws.create()
    aws.gateway.lost_answers["POST"] = 1
    with pytest.raises(UnclearError):
        aws.packages.update(package, BUCKET, "by-hand.txt", COMMIT, None)
    aws.pass_time()
    assert COMMIT == aws.packages.history(package)[-1].commit


@pytest.mark.parametrize("operation", WRITES)
def test_a_write_that_gets_an_answer_without_details_is_unclear(connect: Connect, operation: str) -> None:
    with serve_answers(answer(200, b"{}")) as told:
        clients = connect(told.url)
        with pytest.raises(UnclearError, match=operation):
            WRITES[operation](AwsPackages(clients.reads, clients.writes), MISSING)


@pytest.mark.parametrize("operation", READS)
def test_a_read_is_repeated(aws: Aws, operation: str) -> None:
    package = aws.create()
    expected, before = READS[operation](aws.packages, package), aws.count(operation)
    aws.fail(operation, "ServiceUnavailable", times=2)
    assert expected == READS[operation](aws.packages, package)
    assert 3 == aws.count(operation) - before


@pytest.mark.parametrize("operation", ["es:GetPackageVersionHistory", "es:ListDomainsForPackage"])
def test_a_read_about_a_missing_package_says_so(aws: Aws, operation: str) -> None:
    with pytest.raises(AwsError, match=rf"{operation} for the package missing \(F1\)") as caught:
        READS[operation](aws.packages, MISSING)
    assert "package-not-found" == caught.value.reason


def test_a_second_update_during_a_copy_is_refused_with_awss_words(aws: Aws) -> None:
    package = aws.create()
    aws.packages.update(package, BUCKET, "by-hand.txt", COMMIT, None)
    with pytest.raises(AwsError, match="A change/update is in progress") as caught:
        aws.packages.update(package, BUCKET, "by-hand.txt", LATER_COMMIT, None)
    assert ("update-failed", "ValidationException") == (caught.value.reason, caught.value.code)


def test_an_association_with_nothing_to_do_is_told_with_awss_words(aws: Aws) -> None:
    package, domain = aws.create(), aws.add_domain()
    aws.packages.associate(package, domain)
    aws.pass_time()
    with pytest.raises(AwsError, match="already in desired state") as caught:
        aws.packages.associate(package, domain)
    assert ("association-failed", "ConflictException") == (caught.value.reason, caught.value.code)


def test_a_denied_association_names_the_domain_as_the_resource(aws: Aws) -> None:
    package, domain = aws.create(), aws.add_domain()
    aws.fail("es:AssociatePackage", "AccessDeniedException")
    with pytest.raises(AwsError) as caught:
        aws.packages.associate(package, domain)
    assert (
        "Grant es:AssociatePackage on arn:aws:es:*:*:domain/search-prod to the role." == caught.value.remedy
    )


def test_the_25th_package_is_the_last(aws: Aws) -> None:
    aws.put()
    for number in range(25):
        aws.packages.create(f"package-{number}", BUCKET, "by-hand.txt", None)
    with pytest.raises(AwsError) as caught:
        aws.packages.create("one-more", BUCKET, "by-hand.txt", None)
    assert "limit-exceeded" == caught.value.reason
