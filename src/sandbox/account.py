"""An AWS account as its operator uses it: buckets and packages, created by hand."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config

Keys = tuple[str, str, str | None]
"""Access key, secret key and, for a role, the session token."""
KEYS: Keys = ("AKIAIOSFODNN7EXAMPLE", "not-a-secret", None)
REGION = "eu-west-1"


@functools.cache
def _session(keys: Keys, region: str) -> boto3.Session:
    key, secret, token = keys
    return boto3.Session(key, secret, token, region_name=region)


@dataclass(eq=False)
class Account:
    """The account of the keys in a Region, at the local AWS with this URL."""

    url: str
    keys: Keys = KEYS
    region: str = REGION
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """Return the boto3 client of the service, which does not retry."""
        if service not in self._clients:
            self._clients[service] = _session(self.keys, self.region).client(
                service,  # type: ignore[call-overload] # the stubs know each service by its literal name
                endpoint_url=self.url,
                config=Config(retries={"total_max_attempts": 1}),
            )
        return self._clients[service]

    def assume_role(self, account_id: str, region: str) -> Account:
        """Assume the role for deploys in another account; return that account in a Region."""
        role = f"arn:aws:iam::{account_id}:role/dictionaries-deploy"
        given = self.client("sts").assume_role(RoleArn=role, RoleSessionName="deploy")["Credentials"]
        keys = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        return Account(self.url, keys, region)

    @property
    def environ(self) -> dict[str, str]:
        """The variables that configure-aws-credentials sets in a job, and the URL."""
        key, secret, token = self.keys
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": secret,
            **({"AWS_SESSION_TOKEN": token} if token else {}),
        }

    def create_bucket(self, bucket: str) -> None:
        """Create the bucket in the Region of the session."""
        where = {"CreateBucketConfiguration": {"LocationConstraint": self.region}}
        if self.region == "us-east-1":
            where = {}
        self.client("s3").create_bucket(Bucket=bucket, **where)

    def create_package(self, name: str, bucket: str, content: bytes = b"old => older\n") -> str:
        """Create a package from an object of the bucket; return its ID. It is COPYING at first."""
        self.client("s3").put_object(Bucket=bucket, Key=f"by-hand/{name}", Body=content)
        created = self.client("opensearch").create_package(
            PackageName=name,
            PackageType="TXT-DICTIONARY",
            PackageSource={"S3BucketName": bucket, "S3Key": f"by-hand/{name}"},
        )
        return str(created["PackageDetails"]["PackageID"])

    def commit_messages(self, package_id: str) -> list[str]:
        """Return the CommitMessage of each version, oldest first; empty for a version without one."""
        history = self.client("opensearch").get_package_version_history(PackageID=package_id)
        versions = sorted(history["PackageVersionHistoryList"], key=lambda each: each["PackageVersion"])
        return [version.get("CommitMessage", "") for version in versions]
