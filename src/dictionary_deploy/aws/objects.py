"""The objects in S3: immutable, one per package and commit."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, BinaryIO
from urllib.parse import quote, unquote

from botocore.exceptions import ClientError

from dictionary_deploy.aws.errors import malformed_response, translate_errors
from dictionary_deploy.aws.packages import json_value
from dictionary_deploy.aws.s3 import S3Key
from dictionary_deploy.errors import AwsError, Reason
from dictionary_deploy.model import Content, StoredObject

BLOCK = 1024 * 1024
LONGEST_METADATA = 512
"""S3 takes 2 KB of metadata in all; of ours, names and values, three come from outside."""

UNEXPLAINED = frozenset({400, 403, 404})
"""Statuses that mean different things, which S3 cannot tell in an answer to HEAD: it has no body."""

REASON: Reason = "upload-failed"


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
        return self._at(key).url

    def head(self, key: str) -> StoredObject | None:
        """What S3 has under `key`, None when nothing.

        Without s3:ListBucket S3 answers 403 for a missing key, which cannot be told from a missing
        s3:GetObject: that raises AwsError, since guessing would deploy everything at every run.
        """
        at = self._at(key)
        try:
            with translate_errors(at.reading(at.url, REASON)):
                answer = self.client.head_object(**at.parameters, ChecksumMode="ENABLED")
        except AwsError as error:
            if _status(error) not in UNEXPLAINED:
                raise
            # Is it the key or the bucket that is missing, is it a right or are the credentials old?
            answer = self._get(key, ChecksumMode="ENABLED")
            if answer is None:
                return None
            answer["Body"].close()
        return self._stored(key, answer)

    def read(self, key: str, most: int) -> bytes | None:
        """The bytes under `key`; None when there is nothing, or more than `most`."""
        answer = self._get(key)
        if answer is None:
            return None
        at = self._at(key)
        with closing(answer["Body"]) as body, translate_errors(at.reading(at.url, REASON)):
            # Read to its end, a body that was cut off is an error.
            data: bytes | None = body.read() if answer["ContentLength"] <= most else None
        return data

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

        The same bytes there already are as good. Other bytes are replaced if `may_replace`, unless they are
        of another file or environment, whose package of the name (in another account or Region) may be
        made from them; else AwsError with `content-mismatch`. Streams: the size of the file does not matter.
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
            else:
                self._check_replacing(stored, metadata, may_replace=may_replace)
                condition = {"IfMatch": stored.etag}
        raise AwsError("upload-failed", f"{self.url(key)} is being written by somebody else.", "Rerun.")

    def _check_replacing(
        self, stored: StoredObject, metadata: Mapping[str, str], *, may_replace: bool
    ) -> None:
        """AwsError where the bytes that are there have to stay."""
        if not may_replace:
            raise AwsError(
                "content-mismatch",
                f"{self.url(stored.key)} has other bytes than the file, and a version carries its commit.",
                "Make the build that writes the file reproducible, or deploy from a new commit.",
            )
        if _is_of_another(stored, metadata):
            where = f" in environment {stored.environment}" if stored.environment else ""
            raise AwsError(
                "content-mismatch",
                f"{self.url(stored.key)} has other bytes than the file: those of {stored.file}{where}.",
                "Make the build that writes the file reproducible; where environments are to have different"
                " contents, give each a bucket or a `prefix` of its own.",
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
        call = at.writing(at.url, REASON)
        with translate_errors(call):
            answer = self.client.put_object(
                **at.parameters,
                **condition,
                Body=source,
                ContentLength=content.size,
                ContentType="text/plain; charset=utf-8",
                ChecksumSHA256=base64.b64encode(bytes.fromhex(content.sha256)).decode("ascii"),
                ServerSideEncryption="AES256",
                Metadata={name: _encoded(value) for name, value in metadata.items()},
            )
        if not answer.get("ETag"):
            raise malformed_response(call)
        return StoredObject(key, content.sha256, answer["ETag"], **_ours(metadata))

    def _get(self, key: str, **more: str) -> dict[str, Any] | None:
        """GetObject's answer, its body not yet read; None when there is nothing under `key`."""
        at = self._at(key)
        try:
            with translate_errors(at.reading(at.url, REASON)):
                answer: dict[str, Any] = self.client.get_object(**at.parameters, **more)
        except AwsError as error:
            if error.code == "NoSuchKey":
                return None
            raise
        return answer

    def _stored(self, key: str, answer: Mapping[str, Any]) -> StoredObject:
        metadata = {name: unquote(value) for name, value in answer.get("Metadata", {}).items()}
        checksum = answer.get("ChecksumSHA256", "")
        # A multipart upload's checksum is one of checksums, with a dash and the number of parts.
        is_whole = checksum and "-" not in checksum
        sha256 = base64.b64decode(checksum).hex() if is_whole else self._hash(key)
        written = json_value(answer.get("LastModified", ""))
        return StoredObject(key, sha256, answer.get("ETag", ""), modified_at=written, **_ours(metadata))

    def _hash(self, key: str) -> str:
        """The SHA-256 of an object that was not written by this action: S3 does not know it."""
        at = self._at(key)
        call = at.reading(at.url, REASON)
        answer = self._get(key)
        if answer is None:
            raise malformed_response(call)  # it was there a moment ago
        digest = hashlib.sha256()
        with closing(answer["Body"]) as body, translate_errors(call):
            for block in body.iter_chunks(BLOCK):
                digest.update(block)
        return digest.hexdigest()

    def _at(self, key: str) -> S3Key:
        return S3Key(self.bucket, self.prefix, key, self.expected_owner)


def _encoded(value: str) -> str:
    """Percent-encoded, since S3's metadata is ASCII, and cut between two characters when it is too long."""
    encoded = ""
    for character in value:
        more = quote(character, errors="replace")
        if len(encoded) + len(more) > LONGEST_METADATA:
            break
        encoded += more
    return encoded


def _ours(metadata: Mapping[str, str]) -> dict[str, str]:
    return {
        "file": metadata.get("file", ""),
        "repository": metadata.get("repository", ""),
        "repository_id": metadata.get("repository-id", ""),
        "environment": metadata.get("environment", ""),
    }


def _is_of_another(stored: StoredObject, metadata: Mapping[str, str]) -> bool:
    """Whether an object of ours was put there for another file or environment than `metadata` have."""
    known = {"file": stored.file, "environment": stored.environment}
    is_alike = all(_encoded(value) == _encoded(metadata.get(name, "")) for name, value in known.items())
    return bool(stored.file) and not is_alike


def _status(error: AwsError) -> int:
    cause = error.__cause__
    return int(cause.response["ResponseMetadata"]["HTTPStatusCode"]) if isinstance(cause, ClientError) else 0
