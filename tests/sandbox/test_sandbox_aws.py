"""The package operations, the failures and the switches, through boto3 and over HTTP."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
import requests
from served_aws import World, refusal

SOURCE = {"S3BucketName": "acme", "S3Key": "synonyms.txt"}

BOTH = pytest.mark.parametrize("service", ["es", "opensearch"])


@BOTH
def test_package_is_created_updated_and_associated(world: World, service: str) -> None:
    client = world.client(service)
    package_id = world.create(service=service)
    client.update_package(PackageID=package_id, PackageSource=SOURCE, CommitMessage="Second")
    world.clock.turn(1)
    world.add_domain()
    client.associate_package(PackageID=package_id, DomainName="search-prod")
    world.clock.turn(1)
    (on_domain,) = client.list_packages_for_domain(DomainName="search-prod")["DomainPackageDetailsList"]
    assert ("ACTIVE", "v2") == (on_domain["DomainPackageStatus"], on_domain["PackageVersion"])
    assert f"analyzers/{package_id}" == on_domain["ReferencePath"]
    client.dissociate_package(PackageID=package_id, DomainName="search-prod")
    world.clock.turn(1)
    assert [] == client.list_domains_for_package(PackageID=package_id)["DomainPackageDetailsList"]
    deleted = client.delete_package(PackageID=package_id)["PackageDetails"]
    assert "DELETING" == deleted["PackageStatus"]


def test_both_apis_have_the_same_packages_and_domains(world: World) -> None:
    package_id = world.create(service="es")
    world.client("opensearch").create_domain(DomainName="search-new")
    world.add_domain("search-old")
    for domain in ("search-new", "search-old"):
        world.client("opensearch").associate_package(PackageID=package_id, DomainName=domain)
    world.clock.turn(1)
    assert [("search-new", "ACTIVE", "v1"), ("search-old", "ACTIVE", "v1")] == world.domains(package_id)


def test_details_have_the_members_of_their_api(world: World) -> None:
    package_id = world.create()
    filters = [{"Name": "PackageID", "Value": [package_id]}]
    old = {
        "PackageID",
        "PackageName",
        "PackageType",
        "PackageStatus",
        "CreatedAt",
        "LastUpdatedAt",
        "AvailablePackageVersion",
    }
    new = {"AllowListedUserList", "PackageOwner", "PackageVendingOptions", "PackageEncryptionOptions"}
    (details,) = world.client("opensearch").describe_packages(Filters=filters)["PackageDetailsList"]
    assert [old, old | new] == [set(world.describe(package_id)), set(details)]


def test_times_come_from_the_clock(world: World) -> None:
    details = world.describe(world.create())
    times = [details[name].timestamp() for name in ("CreatedAt", "LastUpdatedAt")]
    assert [world.clock.now - 1, world.clock.now] == times


def test_packages_are_separate_per_region(world: World) -> None:
    package_id = world.create()
    elsewhere = world.client("es", region="us-west-2")
    expected = ("ValidationException", 400, "Package not found")
    assert expected == refusal(elsewhere.get_package_version_history, PackageID=package_id)


def test_packages_are_separate_per_account(world: World) -> None:
    package_id = world.create()
    role = world.client("sts").assume_role(
        RoleArn="arn:aws:iam::999999999999:role/other", RoleSessionName="other"
    )["Credentials"]
    session = boto3.Session(role["AccessKeyId"], role["SecretAccessKey"], role["SessionToken"])
    client = world.client("es", session=session)
    expected = ("ValidationException", 400, "Package not found")
    assert expected == refusal(client.list_domains_for_package, PackageID=package_id)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"PackageName": "No"},
            (
                "2 validation errors detected: Value 'No' at 'packageName' failed to satisfy constraint: "
                "Member must have length greater than or equal to 3; Value 'No' at 'packageName' failed to "
                "satisfy constraint: Member must satisfy regular expression pattern: [a-z][a-z0-9\\-]+"
            ),
        ),
        (
            {"PackageType": "ZIP-PLUGIN"},
            (
                "1 validation error detected: Value 'ZIP-PLUGIN' at 'packageType' failed to satisfy "
                "constraint: Member must satisfy enum value set: [TXT-DICTIONARY]"
            ),
        ),
        (
            {"PackageSource": {"S3BucketName": "b" * 64, "S3Key": "k"}},
            (
                f"1 validation error detected: Value '{'b' * 64}' at 'packageSource.s3BucketName' failed to "
                "satisfy constraint: Member must have length less than or equal to 63"
            ),
        ),
        (
            {"PackageSource": {"S3BucketName": "acme", "S3Key": ""}},
            "PackageSource needs S3BucketName and S3Key",
        ),
        (
            {"PackageName": None},
            (
                "1 validation error detected: Value null at 'packageName' failed to satisfy "
                "constraint: Member must not be null"
            ),
        ),
    ],
)
def test_values_that_the_es_model_forbids_are_refused(
    world: World, arguments: dict[str, Any], message: str
) -> None:
    valid = {"PackageName": "synonyms", "PackageType": "TXT-DICTIONARY", "PackageSource": SOURCE}
    answer = requests.post(f"{world.url}/2015-01-01/packages", json=valid | arguments, timeout=10)
    assert (400, "ValidationException:") == (answer.status_code, answer.headers["x-amzn-ErrorType"])
    assert {"message": message} == answer.json()


def test_limits_are_those_of_the_called_api(world: World) -> None:
    arguments = {"PackageType": "TXT-DICTIONARY", "PackageSource": SOURCE}
    code, *_ = refusal(world.client("es").create_package, PackageName="n" * 29, **arguments)
    assert "ValidationException" == code
    made = world.client("opensearch").create_package(PackageName="n" * 29, **arguments)
    assert "n" * 29 == made["PackageDetails"]["PackageName"]


def test_commit_message_has_at_most_160_characters(world: World) -> None:
    package_id = world.create()
    message = (
        f"1 validation error detected: Value '{'m' * 161}' at 'commitMessage' failed to satisfy constraint: "
        "Member must have length less than or equal to 160"
    )
    expected = ("ValidationException", 400, message)
    assert expected == refusal(world.update, package_id, "m" * 161)


def test_filter_value_with_underscore_is_refused_by_es_alone(world: World) -> None:
    filters = [{"Name": "PackageStatus", "Value": ["COPY_FAILED"]}]
    message = (
        "1 validation error detected: Value 'COPY_FAILED' at 'filters.1.member.value.1.member' failed to "
        "satisfy constraint: Member must satisfy regular expression pattern: ^[0-9a-zA-Z\\*\\.\\\\/\\?-]*$"
    )
    expected = ("ValidationException", 400, message)
    assert expected == refusal(world.client("es").describe_packages, Filters=filters)
    assert [] == world.client("opensearch").describe_packages(Filters=filters)["PackageDetailsList"]


def test_page_has_at_most_100_entries(world: World) -> None:
    message = (
        "1 validation error detected: Value '101' at 'maxResults' failed to satisfy constraint: "
        "Member must have value less than or equal to 100"
    )
    expected = ("ValidationException", 400, message)
    assert expected == refusal(world.client("es").describe_packages, MaxResults=101)
    package_id = world.create()
    history = world.client("es").get_package_version_history
    assert expected == refusal(history, PackageID=package_id, MaxResults=101)


def test_history_has_pages(world: World) -> None:
    package_id = world.create()
    world.update(package_id)
    world.clock.turn(1)
    history = world.client("es").get_package_version_history
    first = history(PackageID=package_id, MaxResults=1)
    second = history(PackageID=package_id, MaxResults=1, NextToken=first["NextToken"])
    versions = [page["PackageVersionHistoryList"][0]["PackageVersion"] for page in (first, second)]
    assert ["v2", "v1"] == versions


@pytest.mark.parametrize("body", ["{", "[]", '{"Filters": "all"}', '{"MaxResults": "many"}'])
def test_malformed_body_is_a_serialization_exception(world: World, body: str) -> None:
    answer = requests.post(f"{world.url}/2015-01-01/packages/describe", data=body, timeout=10)
    assert (400, "SerializationException:") == (answer.status_code, answer.headers["x-amzn-ErrorType"])


def test_non_numeric_query_is_a_serialization_exception(world: World) -> None:
    package_id = world.create()
    path = f"/2015-01-01/packages/{package_id}/history?maxResults=many"
    answer = requests.get(world.url + path, timeout=10)
    assert {"message": 'maxResults cannot be "many"'} == answer.json()


@BOTH
def test_errors_have_the_classes_of_the_service_model(world: World, service: str) -> None:
    package_id = world.create(service=service)
    client = world.client(service)
    world.add_domain()
    place = {"PackageID": package_id, "DomainName": "search-prod"}
    client.associate_package(**place)
    world.clock.turn(1)
    with pytest.raises(client.exceptions.ConflictException, match="Package is already in desired state"):
        client.associate_package(**place)
    with pytest.raises(client.exceptions.ResourceAlreadyExistsException, match="synonyms already exists"):
        client.create_package(PackageName="synonyms", PackageType="TXT-DICTIONARY", PackageSource=SOURCE)
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="Domain not found: nowhere"):
        client.list_packages_for_domain(DomainName="nowhere")
    with pytest.raises(client.exceptions.ValidationException, match="Package not found"):
        client.get_package_version_history(PackageID="F9")


# ---------------------------------------------------------------- the object


@pytest.mark.parametrize(
    ("bucket", "details"),
    [
        ("acme", {"ErrorType": "NoSuchKey", "ErrorMessage": "The specified key does not exist."}),
        ("missing", {"ErrorType": "NoSuchBucket", "ErrorMessage": "The specified bucket does not exist"}),
    ],
)
def test_missing_object_fails_the_copy(world: World, bucket: str, details: dict[str, str]) -> None:
    package_id = world.create()
    source = {"S3BucketName": bucket, "S3Key": "gone.txt"}
    world.client("es").update_package(PackageID=package_id, PackageSource=source)
    world.clock.turn(1)
    described = world.describe(package_id)
    assert ("COPY_FAILED", "v1") == (described["PackageStatus"], described["AvailablePackageVersion"])
    assert details == described["ErrorDetails"]


def test_object_under_a_kms_key_fails_the_copy(world: World) -> None:
    package_id = world.create()
    world.put("secret.txt", ServerSideEncryption="aws:kms")
    world.update(package_id, key="secret.txt")
    world.clock.turn(1)
    described = world.describe(package_id)
    assert "COPY_FAILED" == described["PackageStatus"]
    assert "AccessDenied" == described["ErrorDetails"]["ErrorType"]


def test_object_in_an_unreadable_bucket_fails_the_copy(world: World) -> None:
    package_id = world.create()
    world.aws.failures.deny_read("acme")
    world.update(package_id)
    world.clock.turn(1)
    expected = {"ErrorType": "AccessDenied", "ErrorMessage": "Access Denied"}
    assert expected == world.describe(package_id)["ErrorDetails"]


def test_copy_that_is_due_ignores_later_writes(world: World) -> None:
    package_id = world.create(key="a b/ü.txt")
    world.put("a b/ü.txt", b"second")
    world.update(package_id, key="a b/ü.txt")
    world.clock.turn(1)
    world.put("a b/ü.txt", b"third")
    (_, second) = requests.get(f"{world.url}/_sandbox/packages", timeout=10).json()
    assert {
        "package": "synonyms",
        "package_id": package_id,
        "version": "v2",
        "available": True,
        "message": "Second",
        "bucket": "acme",
        "key": "a b/ü.txt",
        "sha256": "16367aacb67a4a017c8da8ab95682ccb390863780f7114dda0a0e0c55644c7c4",
    } == second


# ---------------------------------------------------------------- the control API


def test_requests_are_recorded_with_their_operations(world: World) -> None:
    package_id = world.create()
    s3 = world.client("s3")
    world.aws.requests.clear()
    world.describe(package_id)
    refusal(world.client("opensearch").get_package_version_history, PackageID="F9")
    world.client("sts").get_caller_identity()
    s3.list_buckets()
    s3.list_objects_v2(Bucket="acme")
    s3.list_objects(Bucket="acme")
    s3.head_bucket(Bucket="acme")
    s3.get_bucket_location(Bucket="acme")
    s3.copy_object(Bucket="acme", Key="copy", CopySource="acme/synonyms.txt")
    s3.delete_object(Bucket="acme", Key="copy")
    world.client("sqs").list_queues()
    requests.get(world.url, data={"form": "without an action"}, timeout=10)
    expected = [
        ("POST", "/2015-01-01/packages/describe", "es:DescribePackages", 200),
        ("GET", "/2021-01-01/packages/F9/history", "es:GetPackageVersionHistory", 400),
        ("POST", "/", "sts:GetCallerIdentity", 200),
        ("GET", "/", "s3:ListBuckets", 200),
        ("GET", "/acme?list-type=2&encoding-type=url", "s3:ListObjectsV2", 200),
        ("GET", "/acme?encoding-type=url", "s3:ListObjects", 200),
        ("HEAD", "/acme", "s3:HeadBucket", 200),
        ("GET", "/acme?location", "s3:GetBucketLocation", 200),
        ("PUT", "/acme/copy", "s3:CopyObject", 200),
        ("DELETE", "/acme/copy", "s3:DeleteObject", 204),
        ("POST", "/", "sqs:POST", 200),
        ("GET", "/", "s3:ListBuckets", 200),
    ]
    recorded = requests.get(f"{world.url}/_sandbox/requests", timeout=10).json()
    assert expected == [tuple(request.values()) for request in recorded]
    assert {} == requests.delete(f"{world.url}/_sandbox/requests", timeout=10).json()
    assert [] == requests.get(f"{world.url}/_sandbox/requests", timeout=10).json()


def test_unsigned_web_identity_login_is_recorded(world: World) -> None:
    world.aws.requests.clear()
    arguments = {"RoleArn": "arn:aws:iam::123456789012:role/deploy", "RoleSessionName": "deploy"}
    world.client("sts").assume_role_with_web_identity(**arguments, WebIdentityToken="token")
    (request,) = world.aws.requests
    assert ("sts:AssumeRoleWithWebIdentity", 200) == (request["operation"], request["status"])


@BOTH
def test_operation_fails_as_often_as_requested(world: World, service: str) -> None:
    client = world.client(service)
    world.post(
        "fail_operation",
        operation="es:DescribePackages",
        code="ThrottlingException",
        message="Rate exceeded",
        times=2,
    )
    for _ in range(2):
        assert ("ThrottlingException", 429, "Rate exceeded") == refusal(client.describe_packages)
    assert 3 == len(client.describe_packages()["PackageDetailsList"])


def test_errors_on_demand_have_the_form_of_their_service(world: World) -> None:
    failures = world.aws.failures
    failures.fail_operation("s3:GetObject", "SlowDown", message="Please reduce your request rate.")
    failures.fail_operation("sts:GetCallerIdentity", "ExpiredToken", status=403, message="Expired <now>")
    s3, sts = world.client("s3"), world.client("sts")
    slow = ("SlowDown", 503, "Please reduce your request rate.")
    assert slow == refusal(s3.get_object, Bucket="acme", Key="any")
    expired = ("ExpiredToken", 403, "Expired <now>")
    assert expired == refusal(sts.get_caller_identity)


def test_copies_and_associations_fail_on_demand(world: World) -> None:
    package_id = world.create()
    world.add_domain()
    world.post("fail_copy", package="synonyms", error_message="Lost")
    world.post("fail_association", domain="search-prod")
    world.associate(package_id)
    world.update(package_id)
    world.clock.turn(1)
    assert [("search-prod", "ASSOCIATION_FAILED", None)] == world.domains(package_id)
    assert "Lost" == world.describe(package_id)["ErrorDetails"]["ErrorMessage"]


def test_switches_are_read_and_set(world: World) -> None:
    world.post("switches", **{"copy-seconds": 0, "history_order": "oldest"})
    switches = requests.get(f"{world.url}/_sandbox/switches", timeout=10).json()
    assert (0.0, "oldest", 1.0) == (
        switches["copy_seconds"],
        switches["history_order"],
        switches["associate_seconds"],
    )


@pytest.mark.parametrize(
    ("name", "arguments", "status", "message"),
    [
        ("switches", {"speed": 1}, 400, "There is no switch speed."),
        ("fail_copy", {}, 400, "missing 1 required positional argument: 'package'"),
        ("fail_everything", {}, 404, "There is no POST /_sandbox/fail_everything"),
    ],
)
def test_invalid_demand_is_reported(
    world: World, name: str, arguments: dict[str, Any], status: int, message: str
) -> None:
    answer = world.post(name, **arguments)
    assert status == answer.status_code
    assert message in answer.json()["message"]


def test_invalid_json_request_is_reported(world: World) -> None:
    answer = requests.post(f"{world.url}/_sandbox/switches", data="{", timeout=10)
    assert 400 == answer.status_code


def test_reset_deletes_all_packages(world: World) -> None:
    package_id = world.create()
    requests.post(f"{world.url}/moto-api/reset", timeout=10)
    expected = ("ValidationException", 400, "Package not found")
    assert expected == refusal(world.describe, package_id)
