"""Lock a bucket and prefix for one deploy at a time with an object in S3 and conditional writes.

The object's body names the run that holds the lock. A lease allows others to take over from a run that
died. Others measure its age by S3's clock (LastModified against the response's Date); the run itself, by its
own from the request on. A release keeps the object and empties its token, so that the role needs no
s3:DeleteObject.
"""

from __future__ import annotations

import json
import math
import secrets
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from dictionary_deploy.aws.errors import malformed_response, translate_errors
from dictionary_deploy.aws.s3 import CONDITION_FAILED, NO_CONDITIONS, S3Key
from dictionary_deploy.clock import (
    LEASE_SECONDS,
    MAX_LEASE_AGE_SECONDS,
    MAX_LEASE_SECONDS,
    machine_seconds,
)
from dictionary_deploy.errors import AwsError, LockError, LostLockError, Reason

REASON: Reason = "upload-failed"
"""The reason of a failed call for AWS codes without a reason of their own."""


@dataclass(slots=True)
class Lock:
    """The lock `<prefix>/.lock`. `run` identifies this run to waiting runs, preferably by URL.

    `now` is the clock of this run's own lease.
    """

    client: Any
    bucket: str
    prefix: str
    run: str
    expected_owner: str | None = None
    now: Callable[[], float] = machine_seconds
    _token: str = field(default_factory=lambda: secrets.token_hex(16))
    _etag: str = ""
    _write: str = ""
    """ID of the last write of this run."""
    _leased_at: float = -math.inf
    """Start time of the last request that S3 granted: the lease began no earlier."""

    @property
    def key(self) -> str:
        return f"{self.prefix}/.lock"

    @property
    def age(self) -> float:
        """Seconds since the last successful request for the lock; infinite if this run does not hold it."""
        return self.now() - self._leased_at

    def check(self) -> None:
        """Raise LockError if the lease is too old for a write. May be called in any thread."""
        if self.age > MAX_LEASE_AGE_SECONDS:
            raise LockError(
                "locked",
                "The request was not sent: the lock was not renewed in time, and another run may hold it.",
                "Rerun: it picks up where this run left off.",
            )

    def take(self) -> str:
        """Try once to take the lock. Return an empty string on success, else the run that holds it.

        A run that already holds it extends its lease. Raises LockError if the bucket does not support
        conditional writes, AwsError otherwise.
        """
        holder, denied = self._look_if_allowed()
        if holder is None:
            if self._put({"IfNoneMatch": "*"}, self._token):
                return ""
            if denied:
                raise denied
            holder = self._look()
        if holder is None:
            return "another run, which is taking it"
        # Our own token is there if boto3 retried a write that had succeeded.
        if holder.token in {"", self._token} or holder.age > holder.lease:
            is_ours = self._put({"IfMatch": holder.etag}, self._token)
            return "" if is_ours else "another run, which was quicker"
        return holder.run

    def holder(self) -> str:
        """Return the other run that holds the lock; empty without one. Raises AwsError. Writes nothing."""
        holder, _ = self._look_if_allowed()
        return holder.run if holder and holder.token and holder.age <= holder.lease else ""

    def renew(self) -> None:
        """Extend the lease of a held lock. Raises LostLockError if another run has taken it over."""
        if self._etag and not self._rewrite(self._token):
            self._forget()
            raise LostLockError

    def release(self) -> bool:
        """Release the lock if it is held. Return False if another run had taken it over."""
        is_released = not self._etag or self._rewrite("")
        self._forget()
        return is_released

    def _rewrite(self, token: str) -> bool:
        """Overwrite what this run wrote before. Return True if it was still there."""
        if self._put({"IfMatch": self._etag}, token):
            return True
        # The ETag may be outdated: a write had succeeded, but boto3 retried it or its response was lost.
        holder = self._look()
        if holder is None or holder.token != self._token:
            return bool(holder and holder.write == self._write)  # a release that had succeeded
        return self._put({"IfMatch": holder.etag}, token)

    def _forget(self) -> None:
        self._etag, self._leased_at = "", -math.inf

    def _put(self, condition: dict[str, str], token: str) -> bool:
        """Write the lock under the condition. Return True if the condition held."""
        # The ETag is a digest of the bytes, and each write needs a new one. Otherwise If-Match would let a
        # run that saw an expired lease take over the lock after a renewal.
        self._write = secrets.token_hex(16)
        body = {
            "run": self.run,
            "token": token,
            "lease_seconds": LEASE_SECONDS,
            "write": self._write,
        }
        call, requested_at = self._at.write_call(self._subject, REASON), self.now()
        try:
            with translate_errors(call):
                response = self.client.put_object(
                    **self._at.parameters,
                    **condition,
                    Body=json.dumps(body).encode(),
                    ContentType="application/json",
                    ServerSideEncryption="AES256",
                )
        except AwsError as error:
            if error.code in CONDITION_FAILED:
                return False
            if error.code in NO_CONDITIONS:
                raise LockError(
                    "locked",
                    f"The bucket {self.bucket} does not support conditional writes ({error.code}).",
                    "Set `bucket` to a bucket of Amazon S3 itself: the lock needs conditional writes.",
                ) from error
            raise
        if not response.get("ETag"):
            raise malformed_response(call)
        self._etag, self._leased_at = response["ETag"], requested_at
        return True

    def _look_if_allowed(self) -> tuple[_Holder | None, AwsError | None]:
        """Return the holder, or the denial: without the permission to list, a missing object is denied."""
        try:
            return self._look(), None
        except AwsError as error:
            if error.reason != "access-denied":
                raise
            return None, error

    def _look(self) -> _Holder | None:
        try:
            with translate_errors(self._at.read_call(self._subject, REASON)):
                response = self.client.get_object(**self._at.parameters)
                with closing(response["Body"]) as body:
                    data = body.read(10_000)
                modified = response["LastModified"]
        except AwsError as error:
            if error.code == "NoSuchKey":
                return None
            raise
        date = response["ResponseMetadata"]["HTTPHeaders"].get("date", "")
        return _Holder.parse(data, response.get("ETag", ""), modified, date)

    @property
    def _at(self) -> S3Key:
        return S3Key(self.bucket, self.prefix, self.key, self.expected_owner, self.client.meta.partition)

    @property
    def _subject(self) -> str:
        return f"the lock {self._at.url}"


@dataclass(frozen=True, slots=True)
class _Holder:
    run: str
    token: str
    lease: float
    age: float
    etag: str
    write: str

    @classmethod
    def parse(cls, data: bytes, etag: str, modified: datetime, date: str) -> _Holder:
        """Parse the lock's body. The lease of an invalid one expires like that of a dead run."""
        try:
            body = json.loads(data)
            run, token, write = str(body["run"]), str(body["token"]), str(body.get("write"))
            lease = _valid_lease(float(body["lease_seconds"]))
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            run, token, write = "another program (unknown content)", "?", ""
            lease = LEASE_SECONDS
        try:
            age = (parsedate_to_datetime(date) - modified).total_seconds()
        except (ValueError, TypeError):
            age = 0.0
        return cls(run, token, lease, age, etag, write)


def _valid_lease(seconds: float) -> float:
    """Return the lease; LEASE_SECONDS for an invalid one, which might never expire."""
    return seconds if 0 < seconds <= MAX_LEASE_SECONDS else LEASE_SECONDS
