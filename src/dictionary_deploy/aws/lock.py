"""One deploy at a time per bucket and prefix: an object in S3, written only under conditions.

The object's body names the run that holds it. A lease makes it safe to take over from a run that
died; its age goes by S3's own clock (LastModified against the answer's Date), never by ours. Given
back, the object stays, saying that nobody holds it: so the role needs no s3:DeleteObject.
"""

from __future__ import annotations

import json
import secrets
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from dictionary_deploy.aws.errors import malformed_response, translate_errors
from dictionary_deploy.aws.s3 import NO_CONDITIONS, S3Key
from dictionary_deploy.clock import LEASE_SECONDS, MAX_LEASE_SECONDS
from dictionary_deploy.errors import AwsError, LockError, Reason

REASON: Reason = "upload-failed"
"""Why a call about the lock fails when AWS's code does not tell: the lock is an object like any other."""

CHANGED_MEANWHILE = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"})


@dataclass(slots=True)
class Lock:
    """The lock `<prefix>/.lock`. `run` names this run for those who wait, best as a URL."""

    client: Any
    bucket: str
    prefix: str
    run: str
    expected_owner: str | None = None
    _token: str = field(default_factory=lambda: secrets.token_hex(16))
    _etag: str = ""

    @property
    def key(self) -> str:
        return f"{self.prefix}/.lock"

    def take(self) -> str:
        """Try once. Empty when this run holds the lock now, else who does.

        May be repeated: a run that holds it already prolongs its lease. Raises LockError when the bucket
        cannot do conditional writes, AwsError otherwise.
        """
        holder, denied = self._look_if_allowed()
        if holder is None:
            if self._put({"IfNoneMatch": "*"}, self._token):
                return ""
            if denied:
                raise denied
            holder = self._look()
        if holder is None:
            return "another run, which is just taking it"
        # Our own token is there when boto3 repeated a write of ours that had gone through.
        if holder.token in {"", self._token} or holder.age > holder.lease:
            is_ours = self._put({"IfMatch": holder.etag}, self._token)
            return "" if is_ours else "another run, which was quicker"
        return holder.run

    def renew(self) -> None:
        """Prolong the lease, if it is held. Raises LockError when another run has taken the lock over."""
        if self._etag and not self._rewrite(self._token):
            self._etag = ""
            raise LockError(
                "locked",
                "Another run took the lock over, since this one did not renew it in time.",
                "Rerun: it looks at what is deployed and goes on from there.",
            )

    def release(self) -> None:
        """Give it back, if it is still held."""
        if self._etag:
            self._rewrite("")
            self._etag = ""

    def _rewrite(self, token: str) -> bool:
        """Write over what this run wrote before. Whether it was still there, so that this stands now."""
        if self._put({"IfMatch": self._etag}, token):
            return True
        # Perhaps the ETag is an earlier one: of a write that had gone through, and boto3 repeated it or
        # its answer was lost.
        holder = self._look()
        if holder is None or holder.token != self._token:
            return False
        return self._put({"IfMatch": holder.etag}, token)

    def _put(self, condition: dict[str, str], token: str) -> bool:
        """Whether the condition held, so that the body is now ours."""
        body = {
            "run": self.run,
            "token": token,
            "lease_seconds": LEASE_SECONDS,
            # An ETag is a digest of the bytes. Each write needs one of its own: else a run that saw the
            # lease over could take over, by If-Match, what has been renewed since.
            "write": secrets.token_hex(16),
        }
        call = self._at.writing(self._subject, REASON)
        try:
            with translate_errors(call):
                answer = self.client.put_object(
                    **self._at.parameters,
                    **condition,
                    Body=json.dumps(body).encode(),
                    ContentType="application/json",
                    ServerSideEncryption="AES256",
                )
        except AwsError as error:
            if error.code in CHANGED_MEANWHILE:
                return False
            if error.code in NO_CONDITIONS:
                raise LockError(
                    "locked",
                    f"The bucket {self.bucket} does not do conditional writes ({error.code}).",
                    "Use a bucket of Amazon S3 itself: the lock that keeps two deploys apart needs them.",
                ) from error
            raise
        if not answer.get("ETag"):
            raise malformed_response(call)
        self._etag = answer["ETag"]
        return True

    def _look_if_allowed(self) -> tuple[_Holder | None, AwsError | None]:
        """As `_look`. What must not be listed is denied when it is missing: that may be no fault yet."""
        try:
            return self._look(), None
        except AwsError as error:
            if error.reason != "access-denied":
                raise
            return None, error

    def _look(self) -> _Holder | None:
        try:
            with translate_errors(self._at.reading(self._subject, REASON)):
                answer = self.client.get_object(**self._at.parameters)
                with closing(answer["Body"]) as body:
                    data = body.read(10_000)
                modified = answer["LastModified"]
        except AwsError as error:
            if error.code == "NoSuchKey":
                return None
            raise
        date = answer["ResponseMetadata"]["HTTPHeaders"].get("date", "")
        return _Holder.parse(data, answer.get("ETag", ""), modified, date)

    @property
    def _at(self) -> S3Key:
        return S3Key(self.bucket, self.prefix, self.key, self.expected_owner)

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

    @classmethod
    def parse(cls, data: bytes, etag: str, modified: datetime, date: str) -> _Holder:
        """A body that is not ours counts as a dead run's, once it is older than a lease."""
        try:
            body = json.loads(data)
            run, token = str(body["run"]), str(body["token"])
            lease = min(MAX_LEASE_SECONDS, float(body["lease_seconds"]))
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            run, token, lease = "somebody, who wrote something else there", "?", LEASE_SECONDS
        try:
            age = (parsedate_to_datetime(date) - modified).total_seconds()
        except (ValueError, TypeError):
            age = 0.0
        return cls(run, token, lease, age, etag)
