"""S3 in front of moto's: rejects what S3 rejects and moto accepts.

Refused here are content that is not what its SHA-256 says, a bucket of another owner, and whatever
the switches take away.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from typing import IO

from werkzeug.wrappers import Request, Response

from sandbox.aws.answers import s3_error
from sandbox.aws.errors import ServiceError
from sandbox.aws.failures import Failures
from sandbox.aws.moto_services import Caller, MotoServices
from sandbox.aws.switches import Switches

IN_MEMORY = 16 * 1024 * 1024
"""Bytes of a body that are kept in memory; larger bodies go to a file."""

WRITES = frozenset({"PUT", "POST", "DELETE"})


class S3:
    """Serves S3's requests with errors of S3 or responses of moto."""

    def __init__(self, moto: MotoServices, switches: Callable[[], Switches], failures: Failures) -> None:
        self._moto = moto
        self._switches = switches
        self._failures = failures
        self._owners: dict[str, str] = {}
        """The account that created each bucket."""

    def answer(self, request: Request) -> Response:
        """Return the response; raise ServiceError for a rejected request."""
        self._refuse(request)
        with SpooledTemporaryFile(IN_MEMORY) as body:
            # Read all of it before calling moto: a slow sender blocks no other request.
            check_sha256(request, receive(request, body))
            if "policy" in request.args and request.method in {"PUT", "DELETE"}:
                self._note_policy(request, body.read())
                body.seek(0)
            response = self._moto.answer(request)
        if request.method == "PUT" and response.status_code == 200 and not request.query_string:
            self._note_owner(request)
        if self._is_missing_key(request, response) and not self._switches().list_bucket:
            return s3_error(ServiceError("AccessDenied", "Access Denied"))
        return response

    def _refuse(self, request: Request) -> None:
        switches, headers = self._switches(), request.headers
        bucket, _, key = request.path.lstrip("/").partition("/")
        owner = headers.get("X-Amz-Expected-Bucket-Owner")
        if (
            (owner and owner != self._owners.get(bucket, self._moto.account(Caller.of(request))))
            or (key and request.method in {"GET", "HEAD"} and bucket in self._failures.unreadable_buckets)
            or (headers.get("X-Amz-Server-Side-Encryption") == "AES256" and not switches.aes256)
        ):
            raise ServiceError("AccessDenied", "Access Denied")
        is_conditional = "If-Match" in headers or "If-None-Match" in headers
        if is_conditional and request.method in WRITES and not switches.conditional_writes:
            raise ServiceError(
                "NotImplemented", "A header you provided implies functionality that is not implemented"
            )

    def _note_owner(self, request: Request) -> None:
        bucket, _, key = request.path.strip("/").partition("/")
        if not key:
            self._owners[bucket] = self._moto.account(Caller.of(request))

    def _note_policy(self, request: Request, document: bytes) -> None:
        """Apply a bucket policy: only denials of s3:GetObject count, for all principals."""
        policy = json.loads(document or b"{}")
        denied = any(
            each["Effect"] == "Deny" and each["Action"] == "s3:GetObject"
            for each in policy.get("Statement", [])
        )
        self._failures.deny_read(request.path.strip("/"), denied=denied)

    @staticmethod
    def _is_missing_key(request: Request, response: Response) -> bool:
        reads_key = request.method in {"GET", "HEAD"} and "/" in request.path.lstrip("/").rstrip("/")
        return reads_key and response.status_code == 404 and b"NoSuchBucket" not in response.data


def receive(request: Request, body: IO[bytes]) -> bytes:
    """Move the request's body to `body`, where moto reads it; return its SHA-256."""
    digest = hashlib.sha256()
    while chunk := request.stream.read(1 << 20):
        digest.update(chunk)
        body.write(chunk)
    body.seek(0)
    request.environ["wsgi.input"] = body
    return digest.digest()


def check_sha256(request: Request, digest: bytes) -> None:
    """Raise ServiceError if the digest differs from the one in the request."""
    stated = request.headers.get("X-Amz-Checksum-Sha256")
    if stated is None:
        return
    # moto stores a checksum only if the SDK names its algorithm. With a given checksum, SDKs do not.
    request.environ["HTTP_X_AMZ_SDK_CHECKSUM_ALGORITHM"] = "SHA256"
    if not _is_sha256(stated):
        raise ServiceError("InvalidRequest", "Value for x-amz-checksum-sha256 header is invalid.")
    if base64.b64decode(stated) != digest:
        raise ServiceError("BadDigest", "The SHA256 you specified did not match the calculated checksum.")


def _is_sha256(stated: str) -> bool:
    try:
        return len(base64.b64decode(stated, validate=True)) == hashlib.sha256().digest_size
    except binascii.Error:
        return False
