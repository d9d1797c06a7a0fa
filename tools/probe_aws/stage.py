"""A bucket and packages for the questions, created and deleted again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

NAME = "dd-live-"
"""The prefix of the packages' names, which marks them as test packages."""
BUCKET = "dictionary-deploy-live-"
PENDING = frozenset({"COPYING", "VALIDATING", "DELETING"})
PATIENCE = 900.0
"""Seconds that AWS may take for one step."""
PAUSE, GROWTH = 1.0, 0.1
"""Seconds between two polls, and their increase per second waited."""


class PatienceError(Exception):
    """AWS did not finish in time."""


@dataclass(slots=True)
class Stage:
    """`packages_api` is boto3's client for `es` or `opensearch`, sending each call once; `s3` that for S3.

    `now` is the time in seconds and `pause` waits; `run` makes the names unique.
    """

    packages_api: Any
    s3: Any
    region: str
    run: str
    now: Callable[[], float]
    pause: Callable[[float], None]
    say: Callable[[str], None]
    has_bucket: bool = False
    packages: list[str] = field(default_factory=list)
    """The IDs of the created packages."""

    @property
    def bucket(self) -> str:
        return f"{BUCKET}{self.run}"

    def open(self) -> None:
        """Create the bucket."""
        where = {} if self.region == "us-east-1" else {"LocationConstraint": self.region}
        more = {"CreateBucketConfiguration": where} if where else {}
        self.say(f"Making the bucket {self.bucket}")
        self.has_bucket = True  # also when the answer is lost
        self.s3.create_bucket(Bucket=self.bucket, **more)

    def put(self, key: str, text: str, **more: str) -> str:
        self.s3.put_object(
            **{
                "Bucket": self.bucket,
                "Key": key,
                "Body": text.encode(),
                "ServerSideEncryption": "AES256",
                **more,
            }
        )
        return key

    def create(self, letter: str) -> str:
        """Create a package and wait until it is available; return its ID."""
        name = f"{NAME}{self.run}-{letter}"
        self.say(f"Making the package {name}")
        source = {"S3BucketName": self.bucket, "S3Key": self.put(f"{letter}.txt", f"{letter}, made\n")}
        made = self.packages_api.create_package(
            PackageName=name, PackageType="TXT-DICTIONARY", PackageSource=source
        )
        package_id = str(made["PackageDetails"]["PackageID"])
        self.packages.append(package_id)
        return package_id

    def update(self, package_id: str, key: str, message: str) -> dict[str, Any]:
        source = {"S3BucketName": self.bucket, "S3Key": key}
        answer = self.packages_api.update_package(
            PackageID=package_id, PackageSource=source, CommitMessage=message
        )
        details: dict[str, Any] = answer["PackageDetails"]
        return details

    def details(self, package_id: str) -> dict[str, Any]:
        """Return the PackageDetails of one package, empty if it is deleted."""
        wanted = [{"Name": "PackageID", "Value": [package_id]}]
        try:
            found = list(
                self.pages(self.packages_api.describe_packages, "PackageDetailsList", Filters=wanted)
            )
        except ClientError as error:
            if code_of(error) in {"ValidationException", "ResourceNotFoundException"}:
                return {}
            raise
        return next((each for each in found if each["PackageID"] == package_id), {})

    def settle(self, package_id: str) -> tuple[dict[str, Any], list[str]]:
        """Wait until the package is idle; return its details and all statuses seen."""
        seen: list[str] = []
        for _ in self.looks():
            details = self.details(package_id)
            status = str(details.get("PackageStatus", "gone"))
            if status not in seen:
                seen.append(status)
            if status not in PENDING:
                return details, seen
        raise PatienceError(f"The package {package_id} stays {seen[-1]}.")

    def history(self, package_id: str) -> list[dict[str, Any]]:
        """Return the version history in AWS's order."""
        call = self.packages_api.get_package_version_history
        return list(self.pages(call, "PackageVersionHistoryList", PackageID=package_id))

    def messages(self, package_id: str) -> list[str]:
        return [str(each.get("CommitMessage", "")) for each in self.history(package_id)]

    def associate(self, package_id: str, domain: str) -> ClientError | None:
        """Associate the package; return the error of AWS."""
        try:
            self.packages_api.associate_package(PackageID=package_id, DomainName=domain)
        except ClientError as error:
            return error
        return None

    def associations(self, package_id: str) -> dict[str, dict[str, Any]]:
        """Return the associations of the package by domain."""
        call = self.packages_api.list_domains_for_package
        found = self.pages(call, "DomainPackageDetailsList", PackageID=package_id)
        return {each["DomainName"]: each for each in found}

    def settle_domains(self, package_id: str) -> dict[str, dict[str, Any]]:
        """Wait until the domains of a package are idle; return their associations."""
        for _ in self.looks():
            found = self.associations(package_id)
            if not any(each["DomainPackageStatus"].endswith("ING") for each in found.values()):
                return found
        raise PatienceError(f"The domains of the package {package_id} do not come to rest.")

    def deny_reading(self, arn: str) -> None:
        """Forbid the caller to read the bucket's objects."""
        statement = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": f"arn:{arn.split(':')[1]}:s3:::{self.bucket}/*",
            "Condition": {"ArnEquals": {"aws:PrincipalArn": principal_of(arn)}},
        }
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        self.s3.put_bucket_policy(Bucket=self.bucket, Policy=json.dumps(policy))

    def allow_reading(self) -> None:
        self.s3.delete_bucket_policy(Bucket=self.bucket)

    def looks(self, seconds: float = PATIENCE) -> Iterator[float]:
        """Yield the seconds waited so far, with pauses, until the timeout."""
        began = self.now()
        while (waited := self.now() - began) <= seconds:
            yield waited
            self.pause(PAUSE + GROWTH * waited)

    def pages(
        self, call: Callable[..., dict[str, Any]], member: str, **parameters: Any
    ) -> Iterator[dict[str, Any]]:
        token: dict[str, str] = {}
        while True:
            answer = call(**parameters, MaxResults=100, **token)
            yield from answer[member]
            if not answer.get("NextToken"):
                return
            token = {"NextToken": answer["NextToken"]}

    # ------------------------------------------------------------ deletion

    def close(self) -> list[str]:
        """Delete everything; return sentences about how to delete the rest."""
        left: list[str] = []
        for package_id in self._made(left):
            try:
                self.remove_package(package_id)
            except (ClientError, BotoCoreError, PatienceError) as error:
                left.append(f"{package_id}: {error} aws es delete-package --package-id {package_id}")
        if self.has_bucket:
            try:
                self.remove_bucket(self.bucket)
            except (ClientError, BotoCoreError) as error:
                left.append(f"The bucket {self.bucket}: {error} aws s3 rb --force s3://{self.bucket}")
        return left

    def _made(self, left: list[str]) -> list[str]:
        """Return the IDs of all packages of this run, including those whose creation got no response."""
        try:
            listed = list(self.pages(self.packages_api.describe_packages, "PackageDetailsList"))
        except (ClientError, BotoCoreError) as error:
            left.append(f"Packages {NAME}{self.run}-…, should there be any: {error}")
            return self.packages
        name = f"{NAME}{self.run}-"
        return [each["PackageID"] for each in listed if str(each.get("PackageName")).startswith(name)]

    def remove_package(self, package_id: str) -> None:
        """Dissociate the package from its domains and delete it."""
        self.say(f"Removing the package {package_id}")
        details, _ = self.settle(package_id)
        if not details:
            return
        for domain in self.settle_domains(package_id):
            self.packages_api.dissociate_package(PackageID=package_id, DomainName=domain)
            self.settle_domains(package_id)
        self.packages_api.delete_package(PackageID=package_id)
        self.settle(package_id)

    def remove_bucket(self, bucket: str) -> None:
        self.say(f"Removing the bucket {bucket}")
        self.s3.delete_bucket_policy(Bucket=bucket)
        for each in self.s3.list_objects_v2(Bucket=bucket).get("Contents", []):
            self.s3.delete_object(Bucket=bucket, Key=each["Key"])
        self.s3.delete_bucket(Bucket=bucket)


def code_of(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])


def message_of(error: ClientError) -> str:
    """Return AWS's own message."""
    return f"{code_of(error)}: {error.response['Error']['Message']}"


def principal_of(arn: str) -> str:
    """Return the caller's ARN for policies: that of the role for a role's session."""
    session = arn.split(":assumed-role/")
    if len(session) == 1:
        return arn
    prefix = session[0].replace(":sts:", ":iam:", 1)
    return f"{prefix}:role/{session[1].split('/')[0]}"
