"""Probe the permissions and features of a bucket with one scratch object.

Its key is always the same, so that a role without the permission to delete leaves at most one small object.
"""

from __future__ import annotations

import secrets
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Literal

from dictionary_deploy.aws.errors import NO_BUCKET, Call, malformed_response, translate_errors
from dictionary_deploy.aws.s3 import NO_CONDITIONS, S3Key
from dictionary_deploy.errors import AwsError

CONDITION_FAILED = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})

Conditions = Literal["kept", "refused", "ignored"]
"""The bucket's response to conditional writes: enforced, rejected, or the condition ignored."""


@dataclass(frozen=True, slots=True)
class BucketProbe:
    """Probes below a prefix of a bucket. `client` is boto3's, for S3. Every method may raise AwsError."""

    client: Any
    bucket: str
    prefix: str
    expected_owner: str | None = None

    @property
    def at(self) -> S3Key:
        """The scratch object. No package name begins with a dot."""
        return S3Key(
            self.bucket,
            self.prefix,
            f"{self.prefix}/.doctor",
            self.expected_owner,
            self.client.meta.partition,
        )

    def region(self) -> str:
        """Return the Region of the bucket; empty if S3 does not report it."""
        arn = self.at.arn(self.bucket)
        owner = {"ExpectedBucketOwner": self.expected_owner} if self.expected_owner else {}
        try:
            with translate_errors(Call("s3:ListBucket", arn, f"the bucket {self.bucket}", "upload-failed")):
                response = self.client.head_bucket(Bucket=self.bucket, **owner)
        except AwsError as error:
            if error.code != "404":  # the only code of a response without a body
                raise
            raise AwsError(error.reason, f"Bucket {self.bucket} not found.", NO_BUCKET) from error
        return str(response["ResponseMetadata"]["HTTPHeaders"].get("x-amz-bucket-region", ""))

    def write(self) -> str:
        """Create or overwrite the object, and return its ETag."""
        return self._put({})

    def conditions(self, etag: str) -> Conditions:
        """Return how the bucket handles conditions. `etag` is the one that `write` returned."""
        try:
            if self._put_succeeds({"IfNoneMatch": "*"}) or self._put_succeeds(
                {"IfMatch": '"' + "0" * 32 + '"'}
            ):
                return "ignored"
            return "kept" if self._put_succeeds({"IfMatch": etag}) else "refused"
        except AwsError as error:
            if error.code in NO_CONDITIONS:
                return "refused"
            raise

    def encryption(self) -> str:
        """Read the object, and return its encryption as S3 spells it (`AES256`, `aws:kms`)."""
        with translate_errors(self.at.read_call(self.at.url, "upload-failed")):
            response = self.client.get_object(**self.at.parameters)
            with closing(response["Body"]) as body:
                body.read()
        return str(response.get("ServerSideEncryption", ""))

    def read_missing(self) -> bool:
        """Return True if S3 reports a missing object as missing, which needs the permission to list."""
        at = S3Key(
            self.bucket,
            self.prefix,
            f"{self.prefix}/.doctor-missing",
            self.expected_owner,
            self.client.meta.partition,
        )
        try:
            with translate_errors(at.read_call(at.url, "upload-failed")):
                self.client.get_object(**at.parameters)["Body"].close()
        except AwsError as error:
            if error.code != "NoSuchKey":
                raise
        return True

    def remove(self) -> None:
        """Delete the object."""
        resource = self.at.arn(f"{self.bucket}/{self.at.key}")
        with translate_errors(Call("s3:DeleteObject", resource, self.at.url, "upload-failed")):
            self.client.delete_object(**self.at.parameters)

    def _put_succeeds(self, condition: dict[str, str]) -> bool:
        try:
            self._put(condition)
        except AwsError as error:
            if error.code in CONDITION_FAILED:
                return False
            raise
        return True

    def _put(self, condition: dict[str, str]) -> str:
        call = self.at.write_call(self.at.url, "upload-failed")
        with translate_errors(call):
            response = self.client.put_object(
                **self.at.parameters,
                **condition,
                Body=f"dictionary-deploy doctor was here: {secrets.token_hex(8)}\n".encode(),
                ContentType="text/plain; charset=utf-8",
                ServerSideEncryption="AES256",
            )
        if not response.get("ETag"):
            raise malformed_response(call)
        return str(response["ETag"])
