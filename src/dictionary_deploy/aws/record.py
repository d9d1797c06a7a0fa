"""A record that runs share: one JSON object in S3, read as a whole and written conditionally."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import ClientError

from dictionary_deploy.aws.errors import malformed_response, translate_errors
from dictionary_deploy.aws.packages import json_value
from dictionary_deploy.aws.s3 import CONDITION_FAILED, S3Key, response_time
from dictionary_deploy.errors import AwsError, Reason

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")

REASON: Reason = "upload-failed"

FORM = 1
"""Format version of the objects. A program must not write an unknown format."""

MAX_BYTES = 1_000_000
"""Maximum bytes to read: more than the maximum number of packages needs."""


@dataclass(frozen=True, slots=True)
class Stored:
    """The object as read. `body` and `etag` are empty without an object."""

    body: Mapping[str, Any]
    etag: str = ""
    read_at: str = ""
    """The time of the read by S3's clock, ISO 8601; empty if unknown."""
    age_seconds: float = 0.0
    """By S3's clock."""


@dataclass(frozen=True, slots=True)
class Record:
    """The object. Every method may raise AwsError."""

    client: Any
    at: S3Key
    name: str
    """For messages, such as `the record of rollbacks`."""
    remedy: str
    """The user's action if the object has an unknown format."""

    def read(self) -> Stored:
        """Return the object. Raises AwsError if it is not JSON in this format."""
        call = self.at.read_call(f"{self.name} {self.at.url}", REASON)
        try:
            with translate_errors(call):
                response = self.client.get_object(**self.at.parameters)
                with closing(response["Body"]) as body:
                    data = body.read(MAX_BYTES)
        except AwsError as error:
            if error.code == "NoSuchKey" and isinstance(error.__cause__, ClientError):
                return Stored({}, read_at=_iso(response_time(error.__cause__.response)))
            raise
        if not response.get("ETag"):
            raise malformed_response(call)
        parsed = _parse_json_object(data)
        if parsed.get("form") != FORM:
            raise self.format_error()
        date = response_time(response)
        age = (date - response["LastModified"]).total_seconds() if date else 0.0
        return Stored(parsed, response["ETag"], _iso(date), age)

    def write(self, etag: str, body: Mapping[str, Any]) -> str:
        """Replace the object read with this ETag; without one, create it.

        Return the new ETag; empty if the object changed since it was read.
        """
        call = self.at.write_call(f"{self.name} {self.at.url}", REASON)
        # The ETag is a digest of the bytes, and a late write must not match a later object.
        data = {"form": FORM, **body, "write": secrets.token_hex(16)}
        try:
            with translate_errors(call):
                response = self.client.put_object(
                    **self.at.parameters,
                    **({"IfMatch": etag} if etag else {"IfNoneMatch": "*"}),
                    Body=json.dumps(data, indent=1).encode(),
                    ContentType="application/json",
                    ServerSideEncryption="AES256",
                )
        except AwsError as error:
            if error.code in CONDITION_FAILED:
                # boto3 repeats a write that had succeeded if its response was lost.
                stored = self.read()
                return stored.etag if stored.body.get("write") == data["write"] else ""
            raise
        if not response.get("ETag"):
            raise malformed_response(call)
        return str(response["ETag"])

    def format_error(self) -> AwsError:
        """Return the error for an object of an unknown format."""
        message = f"{self.at.url}, {self.name}, has an unknown format. Nothing was written."
        return AwsError(REASON, message, self.remedy)


def _parse_json_object(data: bytes) -> Mapping[str, Any]:
    try:
        parsed = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}


def parse_texts(entry: type[T], members: Mapping[str, object]) -> T:
    """Return a dataclass whose members are all texts. Raises KeyError or TypeError for other members."""
    texts = {member.name: members[member.name] for member in fields(entry)}
    if not all(isinstance(text, str) for text in texts.values()):
        raise TypeError
    return entry(**texts)


def _iso(date: datetime | None) -> str:
    return str(json_value(date)) if date else ""
