"""Read and upload the objects in S3: immutable, one per package and commit."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, BinaryIO
from urllib.parse import quote, unquote

from botocore.exceptions import ClientError

from dictionary_deploy.aws.errors import LOOKUP, malformed_response, translate_errors
from dictionary_deploy.aws.packages import json_value
from dictionary_deploy.aws.s3 import CONDITION_FAILED, S3Key, response_time
from dictionary_deploy.decide.ownership import ONE_SOURCE, source_name
from dictionary_deploy.errors import AwsError, Reason
from dictionary_deploy.model import Content, StoredObject

BLOCK_BYTES = 1024 * 1024
MAX_METADATA_BYTES = 400
"""Maximum bytes of a metadata value. S3 accepts 2 KB in total; four of our values are external."""

AMBIGUOUS_STATUSES = frozenset({400, 403, 404})
"""Statuses with several meanings. A response to HEAD has no body that would explain them."""

REASON: Reason = "upload-failed"


@dataclass(frozen=True, slots=True)
class AwsObjects:
    """The objects below a prefix of a bucket. `client` is boto3's, for S3."""

    client: Any
    bucket: str
    prefix: str
    expected_owner: str | None = None

    def key(self, package_name: str, commit: str) -> str:
        """Return the key of the content of `commit` for a package."""
        return f"{self.prefix}/{package_name}/{commit}.txt"

    def url(self, key: str) -> str:
        return self._at(key).url

    def head(self, key: str) -> StoredObject | None:
        """Return the object's metadata; None if there is no object.

        Without s3:ListBucket, S3 responds with 403 for a missing key, the same as without s3:GetObject. That
        raises AwsError: to assume a missing key would deploy everything in every run.
        """
        at = self._at(key)
        try:
            with translate_errors(at.read_call(at.url, LOOKUP)):
                response = self.client.head_object(**at.parameters, ChecksumMode="ENABLED")
        except AwsError as error:
            if _status(error) not in AMBIGUOUS_STATUSES:
                raise
            # GET explains the status: missing key or bucket, missing permission, or expired credentials.
            response = self._get(key, ChecksumMode="ENABLED")
            if response is None:
                return None
            response["Body"].close()
        return self._stored_object(key, response)

    def read(self, key: str, max_bytes: int) -> bytes | None:
        """Return the object's bytes; None if it is missing or larger than `max_bytes`."""
        response = self._get(key)
        if response is None:
            return None
        at = self._at(key)
        with closing(response["Body"]) as body, translate_errors(at.read_call(at.url, LOOKUP)):
            # A truncated body raises an error if it is read to its end.
            data: bytes | None = body.read() if response["ContentLength"] <= max_bytes else None
        return data

    def upload(
        self,
        key: str,
        source: BinaryIO,
        content: Content,
        metadata: Mapping[str, str],
        *,
        may_replace: bool,
        relabel: bool = False,
    ) -> StoredObject:
        """Upload `source` once, encrypted, with a checksum that S3 verifies.

        An object with the same bytes is kept, unless `relabel` replaces its metadata. Other bytes are
        replaced if `may_replace`, unless they belong to another file or environment: a package of the same
        name in another account or Region may have been made from them. Otherwise raises AwsError with
        `content-mismatch`. The upload is a stream.
        """
        condition: dict[str, str] = {"IfNoneMatch": "*"}
        for _ in range(3):  # repeated if another run wrote in between
            try:
                return self._put(key, source, content, metadata, condition)
            except AwsError as error:
                if error.code not in CONDITION_FAILED:
                    raise
            stored = self.head(key)
            if stored is None:
                condition = {"IfNoneMatch": "*"}
            elif stored.sha256 != content.sha256:
                self._check_replacing(stored, metadata, may_replace=may_replace)
                condition = {"IfMatch": stored.etag}
            elif relabel:
                condition = {"IfMatch": stored.etag}
            else:
                return stored
        raise AwsError("upload-failed", f"Another run is writing {self.url(key)}.", "Rerun.")

    def _check_replacing(
        self, stored: StoredObject, metadata: Mapping[str, str], *, may_replace: bool
    ) -> None:
        """Raise AwsError if the existing object must stay."""
        if _belongs_elsewhere(stored, metadata):
            theirs = source_name(stored.file, stored.environment)
            theirs += f" by {stored.config}" if stored.config else ""
            ours = source_name(metadata.get("file", ""), metadata.get("environment", ""))
            raise AwsError(
                "content-mismatch",
                f"{self.url(stored.key)} has the content of {theirs}. This run deploys {ours} as the same"
                " package.",
                ONE_SOURCE,
            )
        if not may_replace:
            raise AwsError(
                "content-mismatch",
                f"{self.url(stored.key)} differs from the file, and a version already has its commit.",
                "Make the build that writes the file reproducible, or deploy from a new commit.",
            )

    def _put(
        self,
        key: str,
        source: BinaryIO,
        content: Content,
        metadata: Mapping[str, str],
        condition: Mapping[str, str],
    ) -> StoredObject:
        source.seek(0)
        at = self._at(key)
        call = at.write_call(at.url, REASON)
        with translate_errors(call):
            response = self.client.put_object(
                **at.parameters,
                **condition,
                Body=source,
                ContentLength=content.size,
                ContentType="text/plain; charset=utf-8",
                ChecksumSHA256=base64.b64encode(bytes.fromhex(content.sha256)).decode("ascii"),
                ServerSideEncryption="AES256",
                Metadata={name: _encode(value) for name, value in metadata.items()},
            )
        if not response.get("ETag"):
            raise malformed_response(call)
        written = json_value(response_time(response)) or ""
        return StoredObject(
            key,
            content.sha256,
            response["ETag"],
            modified_at=written,
            **_version_and_expiry(response),
            **_metadata(metadata),
        )

    def _get(self, key: str, **more: str) -> dict[str, Any] | None:
        """Return the response of GetObject with its body unread; None if there is no object."""
        at = self._at(key)
        try:
            with translate_errors(at.read_call(at.url, LOOKUP)):
                response: dict[str, Any] = self.client.get_object(**at.parameters, **more)
        except AwsError as error:
            if error.code == "NoSuchKey":
                return None
            raise
        return response

    def _stored_object(self, key: str, response: Mapping[str, Any]) -> StoredObject:
        metadata = {name: unquote(value) for name, value in response.get("Metadata", {}).items()}
        checksum = response.get("ChecksumSHA256", "")
        # The checksum of a multipart upload is a checksum of checksums, with a dash and the number of parts.
        is_whole = checksum and "-" not in checksum
        sha256 = base64.b64decode(checksum).hex() if is_whole else self._hash(key)
        written = json_value(response.get("LastModified", ""))
        return StoredObject(
            key,
            sha256,
            response.get("ETag", ""),
            modified_at=written,
            **_version_and_expiry(response),
            **_metadata(metadata),
        )

    def _hash(self, key: str) -> str:
        """Return the SHA-256 of an object that this action did not write. S3 does not have it."""
        at = self._at(key)
        call = at.read_call(at.url, LOOKUP)
        response = self._get(key)
        if response is None:
            raise malformed_response(call)  # it was there a moment ago
        digest = hashlib.sha256()
        with closing(response["Body"]) as body, translate_errors(call):
            for block in body.iter_chunks(BLOCK_BYTES):
                digest.update(block)
        return digest.hexdigest()

    def _at(self, key: str) -> S3Key:
        return S3Key(self.bucket, self.prefix, key, self.expected_owner, self.client.meta.partition)


def _encode(value: str) -> str:
    """Return the value percent-encoded, because S3 metadata is ASCII, and cut to its maximum length."""
    encoded = ""
    for character in value:
        more = quote(character, errors="replace")
        if len(encoded) + len(more) > MAX_METADATA_BYTES:
            break
        encoded += more
    return encoded


def _version_and_expiry(response: Mapping[str, Any]) -> dict[str, str]:
    """Return the version and the expiry; empty if S3 has none."""
    return {"version_id": response.get("VersionId", ""), "expiration": response.get("Expiration", "")}


def _metadata(metadata: Mapping[str, str]) -> dict[str, str]:
    return {
        "file": metadata.get("file", ""),
        "repository": metadata.get("repository", ""),
        "repository_id": metadata.get("repository-id", ""),
        "config": metadata.get("config", ""),
        "environment": metadata.get("environment", ""),
    }


def _belongs_elsewhere(stored: StoredObject, metadata: Mapping[str, str]) -> bool:
    """Return True if the object was written for another file or environment than `metadata`."""
    known = {"file": stored.file, "environment": stored.environment}
    is_alike = all(_encode(value) == _encode(metadata.get(name, "")) for name, value in known.items())
    return bool(stored.file) and not is_alike


def _status(error: AwsError) -> int:
    cause = error.__cause__
    return int(cause.response["ResponseMetadata"]["HTTPStatusCode"]) if isinstance(cause, ClientError) else 0
