"""The local AWS over real HTTP with a manual clock, and boto3 clients of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError

from sandbox.aws.app import LocalAws

SESSION = boto3.Session("AKIAIOSFODNN7EXAMPLE", "secret", region_name="eu-west-1")


@dataclass
class Clock:
    now: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now

    def turn(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class World:
    """A served local AWS: `switch` and `failures` directly, clients over HTTP."""

    aws: LocalAws
    clock: Clock
    url: str

    def client(self, service: str, *, region: str = "eu-west-1", session: boto3.Session = SESSION) -> Any:
        config = Config(retries={"total_max_attempts": 1})
        return session.client(service, endpoint_url=self.url, region_name=region, config=config)  # type: ignore[call-overload]  # the stubs know each service by its literal name

    def switch(self, **values: Any) -> None:
        self.aws.switches = self.aws.switches.override(values)

    def post(self, name: str, **arguments: Any) -> requests.Response:
        return requests.post(f"{self.url}/_sandbox/{name}", json=arguments, timeout=10)

    def put(self, key: str = "synonyms.txt", body: bytes = b"a, b\n", **arguments: Any) -> None:
        self.client("s3").put_object(Bucket="acme", Key=key, Body=body, **arguments)

    def create(self, name: str = "synonyms", key: str = "synonyms.txt", service: str = "es") -> str:
        """Create an available package from an existing object; return its ID."""
        self.put(key)
        created = self.client(service).create_package(
            PackageName=name,
            PackageType="TXT-DICTIONARY",
            PackageSource={"S3BucketName": "acme", "S3Key": key},
        )
        self.clock.turn(1)
        return str(created["PackageDetails"]["PackageID"])

    def update(self, package_id: str, message: str = "Second", key: str = "synonyms.txt") -> dict[str, Any]:
        source = {"S3BucketName": "acme", "S3Key": key}
        answer: dict[str, Any] = self.client("es").update_package(
            PackageID=package_id, PackageSource=source, CommitMessage=message
        )["PackageDetails"]
        return answer

    def describe(self, package_id: str) -> dict[str, Any]:
        filters = [{"Name": "PackageID", "Value": [package_id]}]
        details: dict[str, Any] = self.client("es").describe_packages(Filters=filters)["PackageDetailsList"][
            0
        ]
        return details

    def history(self, package_id: str) -> list[tuple[str, str | None]]:
        """Return version and message of each entry, in the order of the response."""
        entries = self.client("es").get_package_version_history(PackageID=package_id)[
            "PackageVersionHistoryList"
        ]
        return [(entry["PackageVersion"], entry.get("CommitMessage")) for entry in entries]

    def add_domain(self, name: str = "search-prod") -> str:
        self.client("es").create_elasticsearch_domain(DomainName=name)
        return name

    def associate(self, package_id: str, domain: str = "search-prod") -> dict[str, Any]:
        answer: dict[str, Any] = self.client("es").associate_package(PackageID=package_id, DomainName=domain)[
            "DomainPackageDetails"
        ]
        return answer

    def domains(self, package_id: str) -> list[tuple[str, str, str | None]]:
        """Return domain, status and version of each association."""
        listed = self.client("es").list_domains_for_package(PackageID=package_id)["DomainPackageDetailsList"]
        return [(one["DomainName"], one["DomainPackageStatus"], one.get("PackageVersion")) for one in listed]


def refusal(call: Callable[..., Any], *arguments: Any, **named: Any) -> tuple[str, int, str]:
    """Return code, HTTP status and message of the error of a call."""
    with pytest.raises(ClientError) as caught:
        call(*arguments, **named)
    response = caught.value.response
    status = response["ResponseMetadata"]["HTTPStatusCode"]
    return response["Error"]["Code"], status, response["Error"]["Message"]
