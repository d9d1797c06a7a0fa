"""Call the package operations of both APIs with exactly their parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dictionary_deploy.aws.errors import LOOKUP, Call, malformed_response, translate_errors
from dictionary_deploy.errors import AwsError
from dictionary_deploy.model import DomainPackage, Package, Version

PAGE_SIZE = 100
"""The maximum of MaxResults."""

MAX_CHARACTERS = {"CommitMessage": 160, "PackageDescription": 1024}
"""Maximum lengths, which botocore does not check."""

PACKAGE_NOT_FOUND = frozenset({"ResourceNotFoundException", "ValidationException"})
"""AWS's codes for an unknown PackageID. It may also return an empty list."""


@dataclass(frozen=True, slots=True)
class AwsPackages:
    """The packages of one account and Region.

    `reads` retries a call without a response. `writes` never retries, because AWS has no client token: a
    repeated UpdatePackage creates two versions.
    """

    reads: Any
    writes: Any

    def all(self) -> tuple[Package, ...]:
        """Return all customer packages, without AWS's own (`G…`) and plugins (`pkg-…`)."""
        found = self._describe("all packages", {})
        # Pages are no snapshot: a new package may move another one to the next page, too.
        return tuple({package.id: package for package in found if package.id.startswith("F")}.values())

    def describe(self, ids: Sequence[str]) -> dict[str, Package]:
        """Return the packages of the given IDs (at least one) by ID, without deleted ones."""
        filters = {"Filters": [{"Name": "PackageID", "Value": list(ids)}]}
        try:
            found = tuple(self._describe(", ".join(ids), filters))
        except AwsError as error:
            if error.code not in PACKAGE_NOT_FOUND:
                raise
            found = self.all()
        return {package.id: package for package in found if package.id in ids}

    def history(self, package: Package) -> tuple[Version, ...]:
        """Return all versions, ascending by number. AWS documents no order."""
        call = Call("es:GetPackageVersionHistory", "*", _subject(package), LOOKUP, "package-not-found")
        found = self._pages(
            call,
            self.reads.get_package_version_history,
            "PackageVersionHistoryList",
            {"PackageID": package.id},
        )
        versions = (
            Version(
                name=str(raw.get("PackageVersion", "")),
                message=str(raw.get("CommitMessage", "") or ""),
                created_at=json_value(raw.get("CreatedAt", "")),
            )
            for raw in found
        )
        return tuple(sorted(versions, key=lambda version: version.number))

    def create(self, name: str, bucket: str, key: str, description: str | None) -> None:
        """Create a package. CreatePackage has no CommitMessage, so the first version has no commit."""
        call = Call(
            "es:CreatePackage",
            "*",
            f"the package {name}",
            "update-failed",
            if_denied=self._grant_copy(bucket, key),
            if_too_many="AWS allows 25 packages per account and Region and never raises this quota. Delete a"
            " package that no domain uses, or merge two dictionaries of one kind.",
        )
        parameters: dict[str, Any] = {
            "PackageName": name,
            "PackageType": "TXT-DICTIONARY",
            "PackageSource": {"S3BucketName": bucket, "S3Key": key},
        }
        if description is not None:
            parameters["PackageDescription"] = description
        self._write(call, self.writes.create_package, parameters)

    def update(self, package: Package, bucket: str, key: str, commit: str, description: str | None) -> None:
        """Update a package with the commit as CommitMessage. Return as soon as AWS accepts the call.

        AWS's response has the package before the copy. Only a later read has the result.
        """
        call = Call(
            "es:UpdatePackage",
            "*",
            _subject(package),
            "update-failed",
            "package-not-found",
            if_denied=self._grant_copy(bucket, key),
        )
        parameters: dict[str, Any] = {
            "PackageID": package.id,
            "PackageSource": {"S3BucketName": bucket, "S3Key": key},
            "CommitMessage": commit,
        }
        if description is not None:
            parameters["PackageDescription"] = description
        self._write(call, self.writes.update_package, parameters)

    def domains(self, package: Package) -> tuple[DomainPackage, ...]:
        """Return all domains that the package is associated with, sorted by name."""
        call = Call("es:ListDomainsForPackage", "*", _subject(package), LOOKUP, "package-not-found")
        found = self._pages(
            call,
            self.reads.list_domains_for_package,
            "DomainPackageDetailsList",
            {"PackageID": package.id},
        )
        domains = (
            DomainPackage(
                domain=str(raw.get("DomainName", "")),
                status=str(raw.get("DomainPackageStatus", "")),
                version=str(raw.get("PackageVersion", "") or ""),
                details=json_value(dict(raw)),
            )
            for raw in found
        )
        return tuple(sorted(domains, key=lambda domain: domain.domain))

    def associate(self, package: Package, domain: str) -> None:
        """Associate the domain with the package's available version."""
        resource = f"arn:{self.writes.meta.partition}:es:*:*:domain/{domain}"
        subject = f"{_subject(package)} and the domain {domain}"
        call = Call(
            "es:AssociatePackage",
            resource,
            subject,
            "association-failed",
            "domain-not-found",
            if_too_many="AWS allows 20 packages per domain and never raises this quota. Dissociate a package"
            f" that no index of {domain} uses.",
        )
        with translate_errors(call):
            response = self.writes.associate_package(PackageID=package.id, DomainName=domain)
        if "DomainPackageDetails" not in response:
            raise malformed_response(call)

    def _describe(self, subject: str, parameters: Mapping[str, Any]) -> Iterator[Package]:
        call = Call("es:DescribePackages", "*", subject, LOOKUP)
        return map(
            _package, self._pages(call, self.reads.describe_packages, "PackageDetailsList", parameters)
        )

    def _grant_copy(self, bucket: str, key: str) -> str:
        return (
            "AWS copies the object with the role's permissions. Also grant s3:GetObject on"
            f" arn:{self.writes.meta.partition}:s3:::{bucket}/{key}."
        )

    def _write(self, call: Call, operation: Any, parameters: Mapping[str, Any]) -> None:
        for member, maximum in MAX_CHARACTERS.items():
            if len(str(parameters.get(member, ""))) > maximum:
                raise AwsError(
                    call.reason,
                    f"The {member} for {call.subject} is longer than {maximum} characters.",
                    "Shorten it.",
                )
        with translate_errors(call):
            response = operation(**parameters)
        if "PackageDetails" not in response:
            raise malformed_response(call)

    def _pages(
        self, call: Call, operation: Any, member: str, parameters: Mapping[str, Any]
    ) -> Iterator[Mapping[str, Any]]:
        """Yield the items of all pages. botocore has no paginators for these operations."""
        token: dict[str, str] = {}
        while True:
            with translate_errors(call):
                response = operation(**parameters, MaxResults=PAGE_SIZE, **token)
            yield from items_of(call, response, member)
            if not response.get("NextToken"):
                return
            if response["NextToken"] == token.get("NextToken"):
                raise malformed_response(call)  # would never end
            token = {"NextToken": response["NextToken"]}


def items_of(call: Call, response: Mapping[str, Any], member: str) -> Sequence[Mapping[str, Any]]:
    """Return the objects in a list of the response. botocore accepts a list of anything."""
    items = response.get(member)
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise malformed_response(call)
    return items


def _subject(package: Package) -> str:
    return f"the package {package.name} ({package.id})"


def _package(raw: Mapping[str, Any]) -> Package:
    return Package(
        id=str(raw.get("PackageID", "")),
        name=str(raw.get("PackageName", "")),
        status=str(raw.get("PackageStatus", "")),
        available=str(raw.get("AvailablePackageVersion", "") or ""),
        details=json_value(dict(raw)),
    )


def json_value(value: Any) -> Any:
    """Return `value` with all times as ISO 8601 in UTC with milliseconds."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, dict):
        return {name: json_value(member) for name, member in value.items()}
    if isinstance(value, list):
        return [json_value(item) for item in value]
    return value
