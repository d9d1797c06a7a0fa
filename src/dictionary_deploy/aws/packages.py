"""The package operations, alike for both APIs; exactly their parameters, checked before the call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dictionary_deploy.aws.errors import Call, malformed_response, translate_errors
from dictionary_deploy.errors import AwsError
from dictionary_deploy.model import DomainPackage, Package, Version

PAGE = 100
"""The most that MaxResults may be."""

LONGEST = {"CommitMessage": 160, "PackageDescription": 1024}
"""botocore does not check maximum lengths."""

PACKAGE_NOT_FOUND = frozenset({"ResourceNotFoundException", "ValidationException"})
"""AWS answers an unknown PackageID with either, or with an empty list."""


@dataclass(frozen=True, slots=True)
class Packages:
    """The packages of one account and Region.

    `reads` repeats a call that got no answer; `writes` sends each once, since AWS has no client
    token: a repeated UpdatePackage makes two versions.
    """

    reads: Any
    writes: Any

    def all(self) -> tuple[Package, ...]:
        """Every customer package. AWS's own (`G…`) and plugins (`pkg-…`) are left out."""
        found = self._described("all packages", {})
        # Pages are no snapshot: a package made meanwhile may move another one onto the next page again.
        return tuple({package.id: package for package in found if package.id.startswith("F")}.values())

    def describe(self, ids: Sequence[str]) -> dict[str, Package]:
        """These packages (at least one) by ID; one that is gone is absent."""
        filters = {"Filters": [{"Name": "PackageID", "Value": list(ids)}]}
        try:
            found = tuple(self._described(", ".join(ids), filters))
        except AwsError as error:
            if error.code not in PACKAGE_NOT_FOUND:
                raise
            found = self.all()
        return {package.id: package for package in found if package.id in ids}

    def history(self, package: Package) -> tuple[Version, ...]:
        """All versions, ascending by number: AWS promises no order."""
        call = Call("es:GetPackageVersionHistory", "*", _named(package), "update-failed", "package-not-found")
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
        """CreatePackage; it has no CommitMessage, so its first version carries no commit."""
        call = Call(
            "es:CreatePackage",
            "*",
            f"the package {name}",
            "update-failed",
            if_denied=_grant_copy(bucket, key),
            if_too_many="AWS allows 25 packages per account and Region, and raises that for nobody: delete"
            " one that no domain uses, or put two dictionaries of one kind into one file.",
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
        """UpdatePackage with the commit as CommitMessage. Returns when AWS said yes.

        AWS's answer shows the package before the copy: what became of it, only a later look tells.
        """
        call = Call(
            "es:UpdatePackage",
            "*",
            _named(package),
            "update-failed",
            "package-not-found",
            if_denied=_grant_copy(bucket, key),
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
        """Every domain that the package is associated with, by name."""
        call = Call(
            "es:ListDomainsForPackage", "*", _named(package), "association-failed", "package-not-found"
        )
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
        """AssociatePackage: bring the domain to the available version."""
        resource = f"arn:aws:es:*:*:domain/{domain}"
        subject = f"{_named(package)} and the domain {domain}"
        call = Call(
            "es:AssociatePackage",
            resource,
            subject,
            "association-failed",
            "domain-not-found",
            if_too_many="AWS allows 20 packages per domain, and raises that for nobody: dissociate one that"
            f" no index of {domain} uses.",
        )
        with translate_errors(call):
            answer = self.writes.associate_package(PackageID=package.id, DomainName=domain)
        if "DomainPackageDetails" not in answer:
            raise malformed_response(call)

    def _described(self, subject: str, parameters: Mapping[str, Any]) -> Iterator[Package]:
        call = Call("es:DescribePackages", "*", subject, "update-failed")
        return map(
            _package, self._pages(call, self.reads.describe_packages, "PackageDetailsList", parameters)
        )

    def _write(self, call: Call, operation: Any, parameters: Mapping[str, Any]) -> None:
        for member, most in LONGEST.items():
            if len(str(parameters.get(member, ""))) > most:
                raise AwsError(
                    call.reason,
                    f"The {member} for {call.subject} is longer than {most} characters.",
                    "Shorten it.",
                )
        with translate_errors(call):
            answer = operation(**parameters)
        if "PackageDetails" not in answer:
            raise malformed_response(call)

    def _pages(
        self, call: Call, operation: Any, member: str, parameters: Mapping[str, Any]
    ) -> Iterator[Mapping[str, Any]]:
        """All items over all pages; botocore has no paginators for these operations."""
        token: dict[str, str] = {}
        while True:
            with translate_errors(call):
                answer = operation(**parameters, MaxResults=PAGE, **token)
            if not isinstance(answer.get(member), list):
                raise malformed_response(call)
            yield from answer[member]
            if not answer.get("NextToken"):
                return
            if answer["NextToken"] == token.get("NextToken"):
                raise malformed_response(call)  # else it would never end
            token = {"NextToken": answer["NextToken"]}


def _named(package: Package) -> str:
    return f"the package {package.name} ({package.id})"


def _grant_copy(bucket: str, key: str) -> str:
    return (
        f"AWS copies with the caller's rights, so it also needs s3:GetObject on arn:aws:s3:::{bucket}/{key}."
    )


def _package(raw: Mapping[str, Any]) -> Package:
    return Package(
        id=str(raw.get("PackageID", "")),
        name=str(raw.get("PackageName", "")),
        status=str(raw.get("PackageStatus", "")),
        available=str(raw.get("AvailablePackageVersion", "") or ""),
        details=json_value(dict(raw)),
    )


def json_value(value: Any) -> Any:
    """`value` with every time in it, however deep, as ISO 8601 in UTC with milliseconds."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, dict):
        return {name: json_value(member) for name, member in value.items()}
    if isinstance(value, list):
        return [json_value(item) for item in value]
    return value
