"""Read and write the record of rollbacks, `<prefix>/.holds`: one JSON object for all packages.

Runs read it after they took the lock, and write it under the lock. The conditional writes protect it from a
run that lost the lock without noticing.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from dictionary_deploy.aws.errors import malformed_response, translate_errors
from dictionary_deploy.aws.packages import json_value
from dictionary_deploy.aws.s3 import CONDITION_FAILED, S3Key, response_time
from dictionary_deploy.errors import AwsError, Reason
from dictionary_deploy.model import Holds, Rollback

REASON: Reason = "upload-failed"

FORM = 1
"""Format version of the object. A program must not write an unknown format."""

MAX_BYTES = 1_000_000
"""Maximum bytes to read: more than the maximum number of packages needs."""


@dataclass(slots=True)
class AwsHolds:
    """The object below a prefix of a bucket. `run` is the name or URL of this run."""

    client: Any
    bucket: str
    prefix: str
    run: str
    expected_owner: str | None = None

    def read(self) -> Holds:
        """Return the rollbacks on record. Raises AwsError for an unreadable object or an unknown format."""
        call = self._at.reading(self._subject, REASON)
        try:
            with translate_errors(call):
                response = self.client.get_object(**self._at.parameters)
                with closing(response["Body"]) as body:
                    data = body.read(MAX_BYTES)
        except AwsError as error:
            if error.code == "NoSuchKey" and isinstance(error.__cause__, ClientError):
                return Holds(read_at=_iso(response_time(error.__cause__.response)))
            raise
        if not response.get("ETag"):
            raise malformed_response(call)
        try:
            rollbacks = _parse(json.loads(data))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise AwsError(
                REASON,
                f"{self._at.url}, the record of rollbacks, has an unknown format. Nothing was written.",
                "Update this action. To end all holds, delete the object, then rerun.",
            ) from error
        date = response_time(response)
        age = (date - response["LastModified"]).total_seconds() if date else 0.0
        return Holds(rollbacks, age, _iso(date), response["ETag"])

    def write(self, was: Holds, changes: Mapping[str, Rollback | None]) -> bool:
        """Write the changes to the read record, by PackageID; None removes a rollback.

        A new rollback gets this run and the time. Return False if the object changed since it was read.
        """
        rollbacks = {
            package_id: each if each.run else replace(each, run=self.run, at=was.read_at)
            for package_id, each in {**was.rollbacks, **changes}.items()
            if each
        }
        body = {
            "form": FORM,
            "rollbacks": {package_id: asdict(each) for package_id, each in rollbacks.items()},
            # The ETag is a digest of the bytes, and a late write must not match a later object.
            "write": secrets.token_hex(16),
        }
        try:
            with translate_errors(self._at.writing(self._subject, REASON)):
                self.client.put_object(
                    **self._at.parameters,
                    **({"IfMatch": was.etag} if was.etag else {"IfNoneMatch": "*"}),
                    Body=json.dumps(body, indent=1).encode(),
                    ContentType="application/json",
                    ServerSideEncryption="AES256",
                )
        except AwsError as error:
            if error.code in CONDITION_FAILED:
                return False
            raise
        return True

    @property
    def _at(self) -> S3Key:
        return S3Key(
            self.bucket, self.prefix, f"{self.prefix}/.holds", self.expected_owner, self.client.meta.partition
        )

    @property
    def _subject(self) -> str:
        return f"the record of rollbacks {self._at.url}"


def _parse(body: Any) -> dict[str, Rollback]:
    """Return the rollbacks by PackageID. Raises an error for an unknown format."""
    if body["form"] != FORM:
        raise ValueError
    return {
        package_id: Rollback(**{member.name: _text(each[member.name]) for member in fields(Rollback)})
        for package_id, each in body["rollbacks"].items()
    }


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _iso(date: datetime | None) -> str:
    return str(json_value(date)) if date else ""
