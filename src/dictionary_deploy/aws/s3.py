"""A key in S3: the parameters that every call about it has, and what the errors of these calls tell."""

from __future__ import annotations

from dataclasses import dataclass

from dictionary_deploy.aws.errors import Call
from dictionary_deploy.errors import Reason

NO_CONDITIONS = frozenset({"NotImplemented", "501"})
"""Codes of a bucket that does no conditional writes."""


@dataclass(frozen=True, slots=True)
class S3Key:
    """`key` below `prefix` in a bucket that must belong to `expected_owner`, when that is given."""

    bucket: str
    prefix: str
    key: str
    expected_owner: str | None = None

    @property
    def url(self) -> str:
        return f"s3://{self.bucket}/{self.key}"

    @property
    def parameters(self) -> dict[str, str]:
        owner = {"ExpectedBucketOwner": self.expected_owner} if self.expected_owner else {}
        return {"Bucket": self.bucket, "Key": self.key, **owner}

    def reading(self, subject: str, reason: Reason) -> Call:
        """GetObject or HeadObject, which are one IAM action."""
        return self._call(
            "s3:GetObject",
            subject,
            reason,
            f"Grant s3:ListBucket on arn:aws:s3:::{self.bucket}, too:"
            " without it S3 answers 403 for an object that does not exist.",
        )

    def writing(self, subject: str, reason: Reason) -> Call:
        """PutObject under AES256."""
        return self._call(
            "s3:PutObject",
            subject,
            reason,
            "A bucket policy that demands aws:kms refuses these uploads, too: AWS cannot copy a dictionary"
            " that a KMS key encrypts, so let AES256 pass for this prefix.",
        )

    def _call(self, action: str, subject: str, reason: Reason, if_denied: str) -> Call:
        if self.expected_owner:
            if_denied += (
                f" S3 also refuses when the bucket does not belong to the account {self.expected_owner},"
                " which `expected-bucket-owner` demands."
            )
        resource = f"arn:aws:s3:::{self.bucket}/{self.prefix}/*"
        return Call(action, resource, subject, reason, if_denied=if_denied)
