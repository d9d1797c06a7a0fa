"""The parameters and errors of the calls for one key in S3."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from dictionary_deploy.aws.errors import Call
from dictionary_deploy.errors import Reason

NO_CONDITIONS = frozenset({"NotImplemented", "501"})
"""Codes of a bucket without conditional writes."""


CONDITION_FAILED = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"})
"""Codes of a conditional write whose condition does not hold."""


def response_time(response: Mapping[str, Any]) -> datetime | None:
    """Return the time of the response by S3's clock; None without a date."""
    try:
        return parsedate_to_datetime(response["ResponseMetadata"]["HTTPHeaders"]["date"])
    except (KeyError, ValueError, TypeError):
        return None


@dataclass(frozen=True, slots=True)
class S3Key:
    """`key` below `prefix` in a bucket that must belong to `expected_owner`, if set."""

    bucket: str
    prefix: str
    key: str
    expected_owner: str | None = None
    partition: str = "aws"
    """AWS's partition, as in ARNs."""

    @property
    def url(self) -> str:
        return f"s3://{self.bucket}/{self.key}"

    @property
    def parameters(self) -> dict[str, str]:
        owner = {"ExpectedBucketOwner": self.expected_owner} if self.expected_owner else {}
        return {"Bucket": self.bucket, "Key": self.key, **owner}

    def arn(self, resource: str) -> str:
        """Return the ARN of a bucket, or of objects in it."""
        return f"arn:{self.partition}:s3:::{resource}"

    def read_call(self, subject: str, reason: Reason) -> Call:
        """Return the call of GetObject or HeadObject, which share an IAM action."""
        return self._call(
            "s3:GetObject",
            subject,
            reason,
            f"Also grant s3:ListBucket on {self.arn(self.bucket)}:"
            " without it, S3 returns 403 for an object that does not exist.",
        )

    def write_call(self, subject: str, reason: Reason) -> Call:
        """Return the call of PutObject with AES256."""
        return self._call(
            "s3:PutObject",
            subject,
            reason,
            "If a bucket policy requires aws:kms, allow AES256 for this prefix: AWS cannot copy a dictionary"
            " encrypted with a KMS key.",
        )

    def _call(self, action: str, subject: str, reason: Reason, if_denied: str) -> Call:
        if self.expected_owner:
            if_denied += (
                f" Also check that the bucket belongs to the account {self.expected_owner}, as set by"
                " `expected-bucket-owner`."
            )
        resource = self.arn(f"{self.bucket}/{self.prefix}/*")
        return Call(action, resource, subject, reason, if_denied=if_denied)
