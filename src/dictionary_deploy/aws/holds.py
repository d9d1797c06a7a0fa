"""Read and write the record of rollbacks, `<prefix>/.holds`: one JSON object for all packages.

Runs read it after they took the lock, and write it under the lock. The conditional writes protect it from a
run that lost the lock without noticing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from dictionary_deploy.aws.record import Record, parse_texts
from dictionary_deploy.aws.s3 import S3Key
from dictionary_deploy.model import Holds, Rollback


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
        stored = self._record.read()
        if not stored.body:
            return Holds(read_at=stored.read_at)
        try:
            rollbacks = _parse(stored.body)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._record.format_error() from error
        return Holds(rollbacks, stored.age_seconds, stored.read_at, stored.etag)

    def write(self, was: Holds, changes: Mapping[str, Rollback | None]) -> bool:
        """Write the changes to the read record, by PackageID; None removes a rollback.

        A new rollback gets this run and the time. Return False if the object changed since it was read.
        """
        rollbacks = {
            package_id: each if each.run else replace(each, run=self.run, at=was.read_at)
            for package_id, each in {**was.rollbacks, **changes}.items()
            if each
        }
        body = {"rollbacks": {package_id: asdict(each) for package_id, each in rollbacks.items()}}
        return bool(self._record.write(was.etag, body))

    @property
    def _record(self) -> Record:
        partition = self.client.meta.partition
        return Record(
            self.client,
            S3Key(self.bucket, self.prefix, f"{self.prefix}/.holds", self.expected_owner, partition),
            "the record of rollbacks",
            "Update this action. To end all holds, delete the object, then rerun.",
        )


def _parse(body: Mapping[str, Any]) -> dict[str, Rollback]:
    """Return the rollbacks by PackageID. Raises an error for an unknown format."""
    return {package_id: parse_texts(Rollback, each) for package_id, each in body["rollbacks"].items()}
