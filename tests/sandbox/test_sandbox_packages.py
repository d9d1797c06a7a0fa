"""The package model with a manual clock, without HTTP and S3."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass, field
from typing import Any

import pytest

from sandbox.aws.errors import IN_CHANGE, ServiceError
from sandbox.aws.failures import Failures
from sandbox.aws.package import CopyError
from sandbox.aws.packages import Packages
from sandbox.aws.switches import Switches


@dataclass
class Model:
    """The packages of an account, its objects, its domains and the time."""

    switches: Switches
    now: float = 1000.0
    objects: dict[str, str] = field(default_factory=lambda: {"first": "a, b", "second": "a, b, c"})
    domains: set[str] = field(default_factory=lambda: {"search-prod", "search-test"})

    def __post_init__(self) -> None:
        self.failures = Failures(lambda: self.now)
        self.packages = Packages(
            account="123456789012",
            clock=lambda: self.now,
            switches=lambda: self.switches,
            failures=self.failures,
            read_object=self.read,
            has_domain=self.domains.__contains__,
            ids=itertools.count(1),
        )

    def read(self, bucket: str, key: str) -> str:
        if key not in self.objects:
            raise CopyError("NoSuchKey", f"{bucket} has no {key}")
        return hashlib.sha256(self.objects[key].encode()).hexdigest()

    def create(self, name: str = "synonyms") -> str:
        """Create an available package; return its ID."""
        created = self.packages.create_package(
            {"PackageName": name, "PackageType": "TXT-DICTIONARY", "PackageSource": source("first")}
        )
        self.now += 1
        return str(created["PackageDetails"]["PackageID"])

    def update(
        self, package_id: str = "F1", key: str = "second", message: str = "Second", **more: str
    ) -> str:
        """Return the status in the response of UpdatePackage."""
        parameters = {"PackageID": package_id, "PackageSource": source(key), "CommitMessage": message}
        answer = self.packages.update_package(parameters | more)
        return str(answer["PackageDetails"]["PackageStatus"])

    def details(self, package_id: str = "F1") -> dict[str, Any]:
        filters = [{"Name": "PackageID", "Value": [package_id]}]
        listed = self.packages.describe_packages({"Filters": filters})["PackageDetailsList"]
        return dict(listed[0])

    def state(self, package_id: str = "F1") -> tuple[str, str | None]:
        """Return status and available version."""
        details = self.details(package_id)
        return details["PackageStatus"], details.get("AvailablePackageVersion")

    def history(self, package_id: str = "F1") -> list[str]:
        answer = self.packages.get_package_version_history({"PackageID": package_id})
        return [entry["PackageVersion"] for entry in answer["PackageVersionHistoryList"]]

    def associate(self, package_id: str = "F1", domain: str = "search-prod") -> dict[str, Any]:
        answer = self.packages.associate_package({"PackageID": package_id, "DomainName": domain})
        return dict(answer["DomainPackageDetails"])

    def domain(self, package_id: str = "F1") -> tuple[str, str | None]:
        """Return status and version on the only domain."""
        (listed,) = self.packages.list_domains_for_package({"PackageID": package_id})[
            "DomainPackageDetailsList"
        ]
        return listed["DomainPackageStatus"], listed.get("PackageVersion")


def source(key: str) -> dict[str, str]:
    return {"S3BucketName": "acme", "S3Key": key}


def model(**switches: Any) -> Model:
    """A world with one available package, F1."""
    made = Model(Switches(**switches))
    made.create()
    return made


def message(error: pytest.ExceptionInfo[ServiceError]) -> tuple[str, str]:
    return error.value.code, error.value.message


# ---------------------------------------------------------------- copies and versions


def test_update_is_copying_for_its_seconds() -> None:
    aws = model(copy_seconds=1)
    assert "COPYING" == aws.update()
    aws.now += 0.9
    assert ("COPYING", "v1") == aws.state()
    aws.now += 0.1
    assert ("AVAILABLE", "v2") == aws.state()


def test_package_has_creation_and_update_times() -> None:
    aws = model()
    aws.update()
    aws.now = 5000
    details = aws.details()
    assert (1000, 1002) == (details["CreatedAt"], details["LastUpdatedAt"])


def test_description_is_kept_until_it_is_replaced() -> None:
    aws = model(update_while_copying="queue")
    aws.update(PackageDescription="Words")
    aws.update()
    assert "Words" == aws.details()["PackageDescription"]


def test_object_is_read_at_the_end_of_the_copy() -> None:
    aws = model()
    aws.update()
    aws.objects["second"] = "replaced meanwhile"
    aws.now += 1
    aws.details()
    aws.objects["second"] = "replaced too late"
    assert (
        hashlib.sha256(b"replaced meanwhile").hexdigest() == aws.packages.packages["F1"].versions[-1].sha256
    )


def test_missing_object_fails_the_copy_and_keeps_the_old_version() -> None:
    aws = model()
    aws.update(key="gone")
    aws.now += 1
    assert ("COPY_FAILED", "v1") == aws.state()
    expected = {"ErrorType": "NoSuchKey", "ErrorMessage": "acme has no gone"}
    assert expected == aws.details()["ErrorDetails"]


def test_update_after_a_failure_clears_the_error() -> None:
    aws = model()
    aws.update(key="gone")
    aws.now += 1
    aws.details()
    aws.update()
    assert "ErrorDetails" not in aws.details()
    aws.now += 1
    assert ("AVAILABLE", "v2") == aws.state()


def test_copy_can_be_followed_by_validation() -> None:
    aws = model(validating=True)
    aws.now += 1
    aws.update()
    aws.now += 1
    assert ("VALIDATING", "v1") == aws.state()
    aws.now += 1
    assert ("AVAILABLE", "v2") == aws.state()


@pytest.mark.parametrize("validating", [False, True])
def test_validation_fails_once_on_demand(*, validating: bool) -> None:
    aws = model(validating=validating)
    aws.now += 1
    aws.failures.fail_copy("synonyms", status="VALIDATION_FAILED", error_type="", error_message="Bad words")
    aws.update()
    aws.now += 2
    assert ("VALIDATION_FAILED", "v1") == aws.state()
    assert {"ErrorType": "", "ErrorMessage": "Bad words"} == aws.details()["ErrorDetails"]
    aws.update()
    aws.now += 2
    assert ("AVAILABLE", "v2") == aws.state()


def test_copy_fails_on_demand_for_one_package_id() -> None:
    aws = model()
    aws.create("stopwords")
    aws.failures.fail_copy("F2")
    aws.update("F1")
    aws.update("F2")
    aws.now += 1
    assert [("AVAILABLE", "v2"), ("COPY_FAILED", "v1")] == [aws.state("F1"), aws.state("F2")]


def test_update_during_a_copy_is_refused() -> None:
    aws = model()
    aws.update()
    with pytest.raises(ServiceError) as error:
        aws.update()
    assert ("ValidationException", IN_CHANGE) == message(error)


def test_updates_during_a_copy_can_queue() -> None:
    aws = model(update_while_copying="queue")
    aws.update()
    aws.now += 0.5
    aws.update(key="first")
    aws.now += 0.5
    assert ("COPYING", "v2") == aws.state()
    aws.now += 0.9
    assert ("COPYING", "v2") == aws.state()
    aws.now += 0.1
    assert ("AVAILABLE", "v3") == aws.state()


def test_identical_content_creates_a_version() -> None:
    aws = model()
    aws.update(key="first")
    aws.now += 1
    assert ("AVAILABLE", "v2") == aws.state()


def test_identical_content_can_create_no_version() -> None:
    aws = model(identical_content="same-version")
    aws.update(key="first")
    aws.now += 1
    assert ("AVAILABLE", "v1") == aws.state()
    assert ["v1"] == aws.history()
    aws.update(key="second")
    aws.now += 1
    assert ("AVAILABLE", "v2") == aws.state()


# ---------------------------------------------------------------- history


def test_history_has_the_newest_version_first() -> None:
    aws = model()
    aws.update()
    aws.now += 1
    assert ["v2", "v1"] == aws.history()


def test_history_can_have_the_oldest_version_first() -> None:
    aws = model(history_order="oldest")
    aws.update()
    aws.now += 1
    assert ["v1", "v2"] == aws.history()


def test_version_is_in_the_history_after_its_copy() -> None:
    aws = model()
    aws.update()
    assert ["v1"] == aws.history()
    aws.now += 1
    assert ["v2", "v1"] == aws.history()


def test_version_can_be_in_the_history_at_the_call() -> None:
    aws = model(history_entry="call")
    aws.update()
    assert ["v2", "v1"] == aws.history()


@pytest.mark.parametrize(("entry", "late"), [("call", 5), ("copied", 6)])
def test_history_can_be_late(entry: str, late: float) -> None:
    aws = model(history_entry=entry, history_seconds=5)
    aws.now += 5
    aws.update()
    aws.now += late - 0.1
    assert ["v1"] == aws.history()
    aws.now += 0.1
    assert ["v2", "v1"] == aws.history()


def test_history_entry_has_message_and_time_of_the_call() -> None:
    aws = model()
    aws.update(message="Add c")
    aws.now += 1
    newest, oldest = aws.packages.get_package_version_history({"PackageID": "F1"})[
        "PackageVersionHistoryList"
    ]
    assert {"PackageVersion": "v2", "CommitMessage": "Add c", "CreatedAt": 1001} == newest
    assert {"PackageVersion": "v1", "CreatedAt": 1000} == oldest


@pytest.mark.parametrize("entry", ["call", "copied"])
@pytest.mark.parametrize(("left", "history"), [(False, ["v1"]), (True, ["v2", "v1"])])
def test_failed_copy_can_leave_a_history_entry(*, entry: str, left: bool, history: list[str]) -> None:
    aws = model(failed_copy_in_history=left, history_entry=entry)
    aws.update(key="gone")
    aws.now += 1
    assert history == aws.history()


# ---------------------------------------------------------------- names, numbers, limits


def test_package_name_is_unique() -> None:
    aws = model()
    with pytest.raises(ServiceError) as error:
        aws.create("synonyms")
    assert ("ResourceAlreadyExistsException", "Package synonyms already exists") == message(error)


def test_region_has_at_most_25_packages() -> None:
    aws = model()
    for number in range(24):
        aws.create(f"package-{number}")
    with pytest.raises(ServiceError) as error:
        aws.create("one-more")
    assert ("LimitExceededException", "You can have at most 25 packages") == message(error)


def test_only_dictionaries_are_created() -> None:
    aws = model()
    with pytest.raises(ServiceError) as error:
        aws.packages.create_package(
            {"PackageName": "plugin", "PackageType": "ZIP-PLUGIN", "PackageSource": source("first")}
        )
    assert ("InvalidTypeException", "Only TXT-DICTIONARY packages can be made here.") == message(error)


def test_package_source_needs_a_key() -> None:
    aws = model()
    with pytest.raises(ServiceError) as error:
        aws.packages.update_package(
            {"PackageID": "F1", "PackageSource": {"S3BucketName": "acme", "S3Key": ""}}
        )
    assert ("ValidationException", "PackageSource needs S3BucketName and S3Key") == message(error)


def test_missing_read_permission_fails_the_copy_or_the_call() -> None:
    aws = model()
    aws.failures.deny_read("acme")
    assert "COPYING" == aws.update()
    aws.now += 1
    aws.details()
    aws.switches = Switches(missing_read_right="call")
    with pytest.raises(ServiceError) as error:
        aws.update()
    assert ("AccessDeniedException", "Access to the S3 bucket acme is denied") == message(error)


def test_aws_owned_packages_are_first_and_share_one_name() -> None:
    aws = model(supplied_packages=2)
    listed = aws.packages.describe_packages({})["PackageDetailsList"]
    expected = [("G1", "analysis-nori"), ("G2", "analysis-nori"), ("F1", "synonyms")]
    assert expected == [(details["PackageID"], details["PackageName"]) for details in listed]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ([{"Name": "PackageName", "Value": ["synonyms"]}], ["F1"]),
        ([{"Name": "PackageName", "Value": ["synonym"]}], []),
        ([{"Name": "PackageName", "Value": ["s*"]}], ["F1", "F2"]),
        ([{"Name": "PackageName", "Value": ["synonyms", "stopwords"]}], ["F1", "F2"]),
        ([{"Name": "PackageID", "Value": ["F*"]}, {"Name": "PackageName", "Value": ["stop?ords"]}], ["F2"]),
        ([{"Name": "PackageStatus", "Value": ["COPYING"]}], []),
        ([{"Name": "PackageType", "Value": ["ZIP-PLUGIN"]}], ["G1", "G2", "G3"]),
        ([{"Name": "PackageOwner", "Value": ["123456789012"]}], ["F1", "F2"]),
        ([{"Name": "EngineVersion", "Value": ["OpenSearch_2.11"]}], []),
    ],
)
def test_all_filters_match_by_one_of_their_values(filters: list[dict[str, Any]], found: list[str]) -> None:
    aws = model()
    aws.create("stopwords")
    listed = aws.packages.describe_packages({"Filters": filters})["PackageDetailsList"]
    assert found == [details["PackageID"] for details in listed]


def test_pages_are_linked_by_tokens() -> None:
    aws = model(supplied_packages=4)
    first = aws.packages.describe_packages({"MaxResults": 2})
    second = aws.packages.describe_packages({"MaxResults": 2, "NextToken": first["NextToken"]})
    third = aws.packages.describe_packages({"MaxResults": 2, "NextToken": second["NextToken"]})
    pages = [
        [details["PackageID"] for details in page["PackageDetailsList"]] for page in (first, second, third)
    ]
    assert [["G1", "G2"], ["G3", "G4"], ["F1"]] == pages
    assert "NextToken" not in third


def test_page_can_be_smaller_than_requested() -> None:
    aws = model(page_size=1)
    assert 1 == len(aws.packages.describe_packages({"MaxResults": 100})["PackageDetailsList"])


@pytest.mark.parametrize("token", ["nonsense", "AAAA", "="])
def test_unknown_page_token_is_refused(token: str) -> None:
    aws = model()
    with pytest.raises(ServiceError) as error:
        aws.packages.describe_packages({"NextToken": token})
    assert ("ValidationException", "Invalid pagination token") == message(error)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("validation", ("ValidationException", "Package not found")),
        ("not-found", ("ResourceNotFoundException", "Package not found")),
    ],
)
def test_unknown_package_id_is_an_error(answer: str, expected: tuple[str, str]) -> None:
    aws = model(unknown_package=answer)
    parameters = {"PackageID": "F9", "PackageSource": source("first"), "DomainName": "search-prod"}
    for operation in (
        aws.packages.update_package,
        aws.packages.delete_package,
        aws.packages.associate_package,
        aws.packages.dissociate_package,
        aws.packages.get_package_version_history,
        aws.packages.list_domains_for_package,
        lambda _: aws.details("F9"),
    ):
        with pytest.raises(ServiceError) as error:
            operation(parameters)
        assert expected == message(error)


def test_unknown_package_id_can_be_an_empty_list() -> None:
    aws = model(unknown_package="empty")
    filters = [{"Name": "PackageID", "Value": ["F9"]}]
    assert {"PackageDetailsList": []} == aws.packages.describe_packages({"Filters": filters})
    assert [] == aws.history("F9")
    assert {"DomainPackageDetailsList": []} == aws.packages.list_domains_for_package({"PackageID": "F9"})
    with pytest.raises(ServiceError) as error:
        aws.update("F9")
    assert ("ResourceNotFoundException", "Package not found") == message(error)


def test_deleted_package_is_deleting_and_then_missing() -> None:
    aws = model()
    aws.packages.delete_package({"PackageID": "F1"})
    assert ("DELETING", "v1") == aws.state()
    with pytest.raises(ServiceError) as error:
        aws.update()
    assert ("ValidationException", IN_CHANGE) == message(error)
    aws.now += 1
    with pytest.raises(ServiceError) as error:
        aws.state()
    assert ("ValidationException", "Package not found") == message(error)


# ---------------------------------------------------------------- domains


def test_association_becomes_active_at_the_available_version() -> None:
    aws = model(associate_seconds=2)
    answer = aws.associate()
    assert ("ASSOCIATING", "analyzers/F1") == (answer["DomainPackageStatus"], answer["ReferencePath"])
    aws.now += 1.9
    assert ("ASSOCIATING", None) == aws.domain()
    aws.now += 0.1
    assert ("ACTIVE", "v1") == aws.domain()


def test_domain_keeps_its_version_until_it_is_associated_again() -> None:
    aws = model()
    aws.associate()
    aws.now += 1
    aws.update()
    aws.now += 5
    assert ("ACTIVE", "v1") == aws.domain()
    aws.associate()
    assert ("ASSOCIATING", "v1") == aws.domain()
    aws.now += 1
    assert ("ACTIVE", "v2") == aws.domain()


@pytest.mark.parametrize("seconds", [0, 1])
def test_association_of_the_current_version_is_a_conflict(seconds: float) -> None:
    aws = model()
    aws.associate()
    aws.now += seconds
    with pytest.raises(ServiceError) as error:
        aws.associate()
    assert ("ConflictException", "Package is already in desired state") == message(error)


def test_association_during_an_association_waits() -> None:
    aws = model(associate_seconds=10)
    aws.associate()
    aws.update()
    aws.now += 1
    with pytest.raises(ServiceError) as error:
        aws.associate()
    assert ("ConflictException", IN_CHANGE) == message(error)


def test_association_fails_on_demand_and_can_be_retried() -> None:
    aws = model()
    aws.failures.fail_association(package="other")
    aws.failures.fail_association(domain="search-prod", error_type="Full", error_message="No room")
    aws.associate()
    aws.now += 1
    (details,) = aws.packages.list_domains_for_package({"PackageID": "F1"})["DomainPackageDetailsList"]
    assert "ASSOCIATION_FAILED" == details["DomainPackageStatus"]
    assert {"ErrorType": "Full", "ErrorMessage": "No room"} == details["ErrorDetails"]
    aws.associate()
    aws.now += 1
    assert ("ACTIVE", "v1") == aws.domain()


def test_association_during_a_copy_applies_the_old_version() -> None:
    aws = model()
    aws.associate()
    aws.now += 1
    aws.update()
    aws.associate()
    aws.now += 1
    assert ("ACTIVE", "v1") == aws.domain()
    aws.associate()
    aws.now += 1
    assert ("ACTIVE", "v2") == aws.domain()


def test_association_during_a_copy_can_be_refused() -> None:
    aws = model(associate_while_copying="refuse")
    aws.update()
    with pytest.raises(ServiceError) as error:
        aws.associate()
    assert ("ValidationException", IN_CHANGE) == message(error)


def test_package_without_a_version_cannot_be_associated() -> None:
    aws = model()
    aws.create("stopwords")
    aws.now -= 1
    with pytest.raises(ServiceError) as error:
        aws.associate("F2")
    assert ("ValidationException", "Package has no version to associate: it is COPYING") == message(error)


def test_domain_accepts_two_packages_at_once() -> None:
    aws = model()
    aws.create("stopwords")
    aws.associate("F1")
    assert "ASSOCIATING" == aws.associate("F2")["DomainPackageStatus"]


def test_domain_can_require_one_package_at_a_time() -> None:
    aws = model(simultaneous_associations="one-per-domain")
    aws.create("stopwords")
    aws.associate("F1")
    with pytest.raises(ServiceError) as error:
        aws.associate("F2")
    assert ("ConflictException", IN_CHANGE) == message(error)
    assert "ASSOCIATING" == aws.associate("F2", "search-test")["DomainPackageStatus"]
    aws.now += 1
    assert "ASSOCIATING" == aws.associate("F2")["DomainPackageStatus"]


def test_package_can_require_one_domain_at_a_time() -> None:
    aws = model(simultaneous_associations="one-per-package")
    aws.create("stopwords")
    aws.associate("F1")
    with pytest.raises(ServiceError) as error:
        aws.associate("F1", "search-test")
    assert ("ConflictException", IN_CHANGE) == message(error)
    assert "ASSOCIATING" == aws.associate("F2")["DomainPackageStatus"]
    aws.now += 1
    assert "ASSOCIATING" == aws.associate("F1", "search-test")["DomainPackageStatus"]


@pytest.mark.parametrize(
    ("switch", "code"), [("validation", "ValidationException"), ("limit-exceeded", "LimitExceededException")]
)
def test_domain_has_at_most_20_packages(switch: str, code: str) -> None:
    aws = model(domain_quota=switch)
    for number in range(20):
        aws.associate(aws.create(f"package-{number}"))
    with pytest.raises(ServiceError) as error:
        aws.associate("F1")
    assert (code, "You have reached the limit of 20 packages per domain") == message(error)


def test_domain_is_in_change_for_its_seconds() -> None:
    aws = model(change_is_conflict=True)
    aws.failures.change_domain("search-prod", seconds=30)
    aws.now += 29
    with pytest.raises(ServiceError) as error:
        aws.associate()
    assert ("ConflictException", IN_CHANGE) == message(error)
    aws.now += 1
    assert "ASSOCIATING" == aws.associate()["DomainPackageStatus"]


def test_domain_in_change_refuses_packages() -> None:
    aws = model()
    aws.failures.change_domain("search-prod")
    with pytest.raises(ServiceError) as error:
        aws.associate()
    assert ("ValidationException", IN_CHANGE) == message(error)
    listed = aws.packages.list_packages_for_domain({"DomainName": "search-prod"})
    assert {"DomainPackageDetailsList": []} == listed
    aws.failures.change_domain("search-prod", changing=False)
    assert "ASSOCIATING" == aws.associate()["DomainPackageStatus"]


def test_missing_domain_is_not_found() -> None:
    aws = model()
    with pytest.raises(ServiceError) as error:
        aws.associate(domain="nowhere")
    assert ("ResourceNotFoundException", "Domain not found: nowhere") == message(error)


def test_domain_lists_its_packages() -> None:
    aws = model()
    aws.create("stopwords")
    aws.associate("F1", "search-prod")
    aws.associate("F2", "search-prod")
    aws.associate("F2", "search-test")
    listed = aws.packages.list_packages_for_domain({"DomainName": "search-prod"})["DomainPackageDetailsList"]
    assert ["F1", "F2"] == [details["PackageID"] for details in listed]


def test_dissociated_package_is_dissociating_and_then_missing() -> None:
    aws = model()
    place = {"PackageID": "F1", "DomainName": "search-prod"}
    aws.associate()
    aws.now += 1
    aws.packages.dissociate_package(place)
    assert ("DISSOCIATING", "v1") == aws.domain()
    with pytest.raises(ServiceError) as error:
        aws.associate()
    assert ("ConflictException", IN_CHANGE) == message(error)
    aws.now += 1
    with pytest.raises(ServiceError) as error:
        aws.packages.dissociate_package(place)
    assert ("ValidationException", "Package is not associated to this domain") == message(error)


def test_associated_package_is_not_deleted() -> None:
    aws = model()
    aws.associate()
    with pytest.raises(ServiceError) as error:
        aws.packages.delete_package({"PackageID": "F1"})
    expected = ("ConflictException", "Package is associated to a domain. Dissociate it first.")
    assert expected == message(error)


# ---------------------------------------------------------------- switches and failures


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"copy-seconds": "0.5"}, Switches(copy_seconds=0.5)),
        ({"page_size": 2}, Switches(page_size=2)),
        ({"validating": True}, Switches(validating=True)),
        ({"list-bucket": "false"}, Switches(list_bucket=False)),
        ({"history_order": "oldest"}, Switches(history_order="oldest")),
    ],
)
def test_switches_are_set_from_json_and_from_text(values: dict[str, Any], expected: Switches) -> None:
    assert expected == Switches().override(values)


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"validating": "perhaps"}, "validating cannot be 'perhaps'. Set it to true or false."),
        ({"copy-seconds": "long"}, "copy-seconds cannot be 'long'. Set it to a number."),
        ({"history_order": "random"}, "history_order cannot be 'random'. Set it to newest or oldest."),
    ],
)
def test_invalid_switch_value_is_refused(values: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValueError, match="cannot be") as error:
        Switches().override(values)
    assert fault == str(error.value)


def test_unknown_switch_error_lists_the_switches() -> None:
    with pytest.raises(ValueError, match=r"There is no switch speed\. There are: copy-seconds, .*aes256\."):
        Switches().override({"speed": 1})


def test_refusal_applies_to_its_path_as_often_as_requested() -> None:
    failures = Failures()
    failures.fail_operation("s3:PutObject", "SlowDown", path=".lock", times=2)
    calls = [("s3:GetObject", "/a/.lock"), ("s3:PutObject", "/a/b")] + [("s3:PutObject", "/a/.lock")] * 3
    refused = [bool(failures.take_refusal(operation, path)) for operation, path in calls]
    assert [False, False, True, True, False] == refused


def test_cleared_failures_do_not_occur() -> None:
    aws = model()
    aws.failures.fail_copy("F1")
    aws.failures.fail_association()
    aws.failures.fail_operation("es:UpdatePackage", "InternalException")
    aws.failures.change_domain("search-prod")
    aws.failures.deny_read("acme")
    aws.failures.clear()
    assert aws.failures == Failures(aws.failures.clock, _lock=aws.failures._lock)


def test_read_permission_can_be_restored() -> None:
    failures = Failures()
    failures.deny_read("acme")
    failures.deny_read("acme", denied=False)
    assert set() == failures.unreadable_buckets
