"""The objects in S3: immutable, one per package and commit."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO
from urllib.parse import quote, unquote

from botocore.exceptions import ClientError

from dictionary_deploy.aws.errors import Call, calling, nonsense
from dictionary_deploy.errors import AwsError
from dictionary_deploy.model import Content, StoredObject

BLOCK = 1024 * 1024
LONGEST_METADATA = 512
"""S3 takes 2 KB of metadata in all; four values of ours are short, two come from outside."""


@dataclass(frozen=True, slots=True)
class Objects:
    """The objects below a prefix of a bucket. `client` is boto3's, for S3."""

    client: Any
    bucket: str
    prefix: str
    expected_owner: str | None = None

    def key(self, package_name: str, commit: str) -> str:
        """Where the content of `commit` for a package lies."""
        return f"{self.prefix}/{package_name}/{commit}.txt"

    def url(self, key: str) -> str:
        return f"s3://{self.bucket}/{key}"

    def head(self, key: str) -> StoredObject | None:
        """What S3 has under `key`, None when nothing.

        Without s3:ListBucket S3 answers 403 for a missing key, which cannot be told from a missing
        s3:GetObject: that raises AwsError, since guessing would deploy everything at every run.
        """
        call = self._call("s3:GetObject", key)
        try:
            with calling(call):
                answer = self.client.head_object(**self._where(key), ChecksumMode="ENABLED")
        except AwsError as error:
            if _status(error) == 404:  # noqa: PLR2004 HTTP's own number
                return None
            if error.reason == "access-denied":
                raise AwsError(
                    "access-denied",
                    f"S3 does not say whether {self.url(key)} exists.",
                    f"Grant s3:GetObject on {call.resource} and s3:ListBucket on arn:aws:s3:::{self.bucket}:"
                    " without the second S3 answers 403 for an object that does not exist.",
                    code=error.code,
                ) from error
            raise
        return self._stored(key, answer)

    def read(self, key: str, most: int) -> bytes | None:
        """The bytes under `key`; None when there is nothing, or more than `most`."""
        try:
            with calling(self._call("s3:GetObject", key)):
                answer = self.client.get_object(**self._where(key))
                with answer["Body"] as body:
                    data: bytes = body.read(most + 1)
        except AwsError as error:
            if error.code == "NoSuchKey":
                return None
            raise
        return None if len(data) > most else data

    def upload(
        self,
        key: str,
        source: BinaryIO,
        content: Content,
        metadata: Mapping[str, str],
        *,
        may_replace: bool,
    ) -> StoredObject:
        """Put `source` under `key`, once, encrypted, its checksum verified by S3.

        The same bytes there already are as good. Other bytes are replaced if `may_replace`, else
        AwsError with `content-mismatch`. Streams: the size of the file does not matter.
        """
        condition: dict[str, str] = {"IfNoneMatch": "*"}
        for _ in range(3):  # each time somebody else wrote in between
            try:
                return self._put(key, source, content, metadata, condition)
            except AwsError as error:
                if error.code not in {"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"}:
                    raise
            stored = self.head(key)
            if stored is None:
                condition = {"IfNoneMatch": "*"}
            elif stored.sha256 == content.sha256:
                return stored
            elif not may_replace:
                raise AwsError(
                    "content-mismatch",
                    f"{self.url(key)} has other bytes than the file, and a version carries its commit.",
                    "Make the build that writes the file reproducible, or deploy from a new commit.",
                )
            else:
                condition = {"IfMatch": stored.etag}
        raise AwsError("upload-failed", f"{self.url(key)} is being written by somebody else.", "Rerun.")

    def _put(
        self,
        key: str,
        source: BinaryIO,
        content: Content,
        metadata: Mapping[str, str],
        condition: Mapping[str, str],
    ) -> StoredObject:
        source.seek(0)
        call = self._call("s3:PutObject", key)
        try:
            with calling(call):
                answer = self.client.put_object(
                    **self._where(key),
                    **condition,
                    Body=source,
                    ContentLength=content.size,
                    ContentType="text/plain; charset=utf-8",
                    ChecksumSHA256=base64.b64encode(bytes.fromhex(content.sha256)).decode("ascii"),
                    ServerSideEncryption="AES256",
                    Metadata={name: quote(value)[:LONGEST_METADATA] for name, value in metadata.items()},
                )
        except AwsError as error:
            if error.reason == "access-denied":
                error.remedy += (
                    " A bucket policy that demands aws:kms refuses these uploads, too: AWS cannot copy a"
                    " dictionary that a KMS key encrypts, so let AES256 pass for this prefix."
                )
            raise
        return StoredObject(key, content.sha256, answer.get("ETag", ""), **_ours(metadata))

    def _stored(self, key: str, answer: Mapping[str, Any]) -> StoredObject:
        metadata = {name: unquote(value) for name, value in answer.get("Metadata", {}).items()}
        checksum = answer.get("ChecksumSHA256", "")
        # A multipart upload's checksum is one of checksums, with a dash and the number of parts.
        is_whole = checksum and "-" not in checksum
        sha256 = base64.b64decode(checksum).hex() if is_whole else self._hash(key)
        return StoredObject(key, sha256, answer.get("ETag", ""), **_ours(metadata))

    def _hash(self, key: str) -> str:
        """The SHA-256 of an object that was not written by this action: S3 does not know it."""
        call = self._call("s3:GetObject", key)
        digest = hashlib.sha256()
        with calling(call):
            answer = self.client.get_object(**self._where(key))
            if "Body" not in answer:
                raise nonsense(call)
            with answer["Body"] as body:
                for block in body.iter_chunks(BLOCK):
                    digest.update(block)
        return digest.hexdigest()

    def _where(self, key: str) -> dict[str, str]:
        owner = {"ExpectedBucketOwner": self.expected_owner} if self.expected_owner else {}
        return {"Bucket": self.bucket, "Key": key, **owner}

    def _call(self, action: str, key: str) -> Call:
        resource = f"arn:aws:s3:::{self.bucket}/{self.prefix}/*"
        return Call(action, resource, self.url(key), "upload-failed")


def _ours(metadata: Mapping[str, str]) -> dict[str, str]:
    return {
        "file": metadata.get("file", ""),
        "repository": metadata.get("repository", ""),
        "repository_id": metadata.get("repository-id", ""),
    }


def _status(error: AwsError) -> int:
    cause = error.__cause__
    return int(cause.response["ResponseMetadata"]["HTTPStatusCode"]) if isinstance(cause, ClientError) else 0
